"""Portals of six kinds that live from day to day by a seed, and answer alike all day."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from verticalfile.catalog.described import DescribedLines
from verticalfile.catalog.source_lines import SourceLines
from verticalfile.services.archive import Archive
from verticalfile.town.portals import web
from verticalfile.town.portals.arcgis import ROOT, ArcGisSite
from verticalfile.town.portals.ckan import CkanSite
from verticalfile.town.portals.dcat_ap import DcatApSite
from verticalfile.town.portals.dcat_us import DcatUsSite
from verticalfile.town.portals.holdings import Holdings
from verticalfile.town.portals.serving import (
    Answer,
    Fault,
    PortalServer,
    Request,
    Site,
    cut_at,
    page_instead,
    status,
)
from verticalfile.town.portals.socrata import SocrataSite

OUT_OF_ORDER = (
    status(503), cut_at(200), page_instead(b"<html><title>Down for maintenance</title></html>"),
    status(403),
)  # fmt: skip


def a_web_page(holdings: Holdings) -> Site:
    """A page with a link to a file of each dataset, as a clerk keeps it by hand."""
    files = {f"/files/{holding.slug}.csv": holding for holding in holdings.held}
    documents = {path: holding.csv() for path, holding in files.items()}
    links = {path: holding.title for path, holding in files.items()}
    return web.WebSite({"/data.html": web.page(links), **documents})


Kind = tuple[str, Callable[[Holdings], Site], str]
"""What it is, its site, and the address below the host that is added."""
DCAT_US: Kind = ("dcat-us", DcatUsSite, "data.json")
KINDS: Sequence[Kind] = (
    ("ckan", CkanSite, ""),
    DCAT_US,
    ("socrata", SocrataSite, ""),
    ("arcgis", ArcGisSite, ROOT.lstrip("/")),
    ("web", a_web_page, "data.html"),
    ("dcat-ap", DcatApSite, "catalog.ttl"),
)


@dataclass
class Steady:
    """A site that answers a question the same all day: counters and orders move by the day alone,
    so that two archives that ask on one day, side by side, see the same."""

    site: Site
    given: dict[object, Answer | None] = field(default_factory=dict)
    alone: Lock = field(default_factory=Lock)

    def answer(self, request: Request) -> Answer | None:
        asked = (request.method, request.path, tuple(sorted(request.query.items())))
        with self.alone:
            if asked not in self.given:
                self.given[asked] = self.site.answer(request)
            return self.given[asked]


class Portal:
    """One portal: what it holds, and its server."""

    def __init__(self, kind: Kind, holdings: Holdings, stack: ExitStack) -> None:
        self.kind, self._site, self._path = kind
        self.holdings = holdings
        self.server = stack.enter_context(PortalServer())
        self.shows(holdings)

    @property
    def address(self) -> str:
        return f"{self.server.home}{self._path}"

    def shows(self, holdings: Holdings) -> None:
        """Answer with these from now on."""
        self.server.sites = [Steady(self._site(holdings))]


class World:
    """Portals of these kinds in turn, of 2 to 4 datasets each or of so many.

    `edited`: of so many datasets the list says otherwise each day.
    """

    def __init__(
        self, count: int, seed: int, stack: ExitStack, *, kinds: Sequence[Kind] = KINDS,
        datasets: int = 0, edited: int = 0,
    ) -> None:  # fmt: skip
        self.die, self.edited = random.Random(seed), edited
        self.portals = []
        for n in range(count):
            size = datasets or self.die.randrange(2, 5)
            holdings = Holdings(size, seed=n, rows=1 if datasets else 12)
            self.portals.append(Portal(kinds[n % len(kinds)], holdings, stack))
        self.ports = [portal.server.port for portal in self.portals]

    def next_day(self, now: datetime) -> None:
        """Each portal changes a little; some are out of order or empty for the day."""
        for portal in self.portals:
            portal.server.faults.clear()
            portal.holdings.now = now
            what, shown = self.die.random(), portal.holdings
            for holding in self.die.sample(shown.held, self.edited):
                holding.title += "!"
            if what < 0.35 and shown.held:
                shown.edit(self.die.choice(shown.held))
            elif what < 0.42:
                shown.add()
            elif what < 0.46 and len(shown.held) > 2:
                shown.drop(self.die.choice(shown.held))
            elif what < 0.54:
                portal.server.faults.append(Fault("", self.die.choice(OUT_OF_ORDER)))
            elif what < 0.57:
                shown = Holdings(0)
            portal.shows(shown)


def known(archive: Archive) -> dict[str, object]:
    """All that an archive knows, without when it was written down."""
    described, sources = DescribedLines(archive.index), SourceLines(archive.index)
    files = archive.index.resources()
    return {
        "versions": {r.id: archive.index.versions(r.id) for r in files},
        "files": [(r.dataset, r.name, r.location, r.rows, r.absent_since, r.held) for r in files],
        "said": {name: described.statements(name) for name in archive.index.datasets()},
        "members": {s.dataset: sources.members(s.resource) for s in sources.all()},
        "comparisons": {
            t.id: archive.index.comparisons(t.id) for r in files for t in archive.index.tables(r.id)
        },
    }
