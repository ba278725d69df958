"""The publishers of the made-up town, each with a portal of its own kind on the loopback.

The city has CKAN, the county Socrata, the library a `data.json`, the finance department a page
with links. All tell the same story by the clock: a file that is not there is not listed either.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from verticalfile.kernel.clock import Clock
from verticalfile.town import catalog_file
from verticalfile.town.beats import Beat
from verticalfile.town.days import (
    BRANCHES,
    BUDGET,
    DOORS,
    FILES,
    INSPECTIONS,
    LIBRARIES,
    PERMITS,
    PRICES,
    REQUESTS,
    RESTAURANTS,
    SALES,
)
from verticalfile.town.descriptions import DESCRIPTIONS
from verticalfile.town.portals.ckan import CkanSite
from verticalfile.town.portals.holdings import Holding, Holdings
from verticalfile.town.portals.serving import Answer, PortalServer, Request, Site
from verticalfile.town.portals.socrata import SocrataSite
from verticalfile.town.portals.web import page

CITY, COUNTY, LIBRARY, FINANCE = (
    "alder-falls-data", "tamarack-county-data", "library-data", "alder-falls-finance",
)  # fmt: skip
"""Portals by the names under which the demo follows them."""
FILES_OF: Mapping[str, tuple[str, ...]] = {
    CITY: (REQUESTS, PERMITS, PRICES, INSPECTIONS),
    COUNTY: (SALES, RESTAURANTS),
    LIBRARY: (BRANCHES, DOORS),
    FINANCE: (BUDGET,),
}
KIND_OF: Mapping[str, str] = {
    CITY: "CKAN", COUNTY: "Socrata", LIBRARY: "a data.json", FINANCE: "a page with links",
}  # fmt: skip
HOME_OF: Mapping[str, str] = {
    CITY: "", COUNTY: "", LIBRARY: "data.json", FINANCE: "finance/budget.html",
}  # fmt: skip
"""What a person types behind the address of the portal."""
_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


class Told:
    """The story by the clock: what each file is answered with now."""

    def __init__(self, story: Iterable[Beat], clock: Clock) -> None:
        self._beats: dict[str, list[Beat]] = {}
        for beat in sorted(story, key=lambda beat: beat.at):
            self._beats.setdefault(beat.file, []).append(beat)
        self._clock = clock

    def now(self) -> datetime:
        """The clock's moment."""
        return self._clock.now()

    def beat(self, file: str) -> Beat | None:
        """The newest beat of a file at or before the clock's moment."""
        now = self.now()
        begun = [beat for beat in self._beats.get(file, ()) if beat.at <= now]
        return begun[-1] if begun else None

    def listed(self, files: Iterable[str]) -> Mapping[str, datetime]:
        """Files that are there or only out of order, and when each last changed."""
        found = {}
        for file in files:
            beat = self.beat(file)
            if beat is not None and beat.status not in _GONE:
                found[file] = beat.at
        return found

    def answer(self, file: str) -> Answer:
        """What is sent for a file; a file that breaks off names its whole length."""
        beat = self.beat(file)
        if beat is None or beat.body is None:
            return Answer(b"Nothing is here.\n", beat.status if beat else 404, "text/plain")
        headers = {"ETag": "", **beat.headers}
        media_type = headers.pop("Content-Type")
        whole = int(headers.pop("Content-Length", len(beat.body)))
        cut = len(beat.body) if whole > len(beat.body) else None
        return Answer(beat.body.ljust(whole), beat.status, media_type, headers, cut)


@dataclass
class _Held(Holding):
    """A dataset of the story, as a simulated portal holds it; its file is the story's."""

    body: bytes = field(default=b"", kw_only=True)

    def csv(self, *, delimiter: str = ",", bom: bool = False) -> bytes:
        """The file as it is, whatever its form."""
        return self.body


class _Shelf(Holdings):
    """What a portal of the story holds now."""

    def __init__(self, told: Told, files: tuple[str, ...]) -> None:
        self._told, self._files = told, files

    @property
    def held(self) -> list[Holding]:  # type: ignore[override]  # by the clock, never set
        return [
            self._holding(file, at)
            for file in self._files
            if (at := self._told.listed(self._files).get(file)) is not None
        ]

    def four_by_four_of(self, file: str) -> str:
        """The identifier of a file's dataset, whether or not it is there."""
        return self._holding(file, self._told.now()).four_by_four

    def _holding(self, file: str, at: datetime) -> Holding:
        described, beat = DESCRIPTIONS[FILES[file].dataset], self._told.beat(file)
        body = beat.body if beat is not None else None
        facts: dict[str, object] = {
            "type": "file", "media_type": FILES[file].media_type, "contact": described.contact,
            "email": described.email, "path": f"/{FILES[file].path}", "rights": described.rights,
        }  # fmt: skip
        return _Held(
            _number(file), described.title, described.about, described.publisher,
            described.licence if described.licence.startswith("https:") else "",
            described.keywords, tuple(described.columns), [], at, at, facts, body=body or b"",
        )  # fmt: skip


def _number(file: str) -> int:
    """From which a simulated portal makes its ids."""
    return int.from_bytes(hashlib.sha256(file.encode()).digest()[:4])


@dataclass(frozen=True, slots=True)
class _FilesSite:
    """The files of one publisher, wherever its portal puts them: `file_at` knows an address."""

    told: Told
    file_at: Callable[[str], str]  # path to file, "" for none

    def answer(self, request: Request) -> Answer | None:
        file = self.file_at(request.path)
        return self.told.answer(file) if file else None


@dataclass(frozen=True, slots=True)
class _CatalogSite:
    """A `data.json` beside plain files."""

    told: Told
    files: tuple[str, ...]

    def answer(self, request: Request) -> Answer | None:
        if request.path != "/data.json":
            return None
        home = f"http://{request.headers['Host']}/"
        listed = self.told.listed(self.files)
        return Answer(catalog_file.data_json(home, listed, {LIBRARIES: "Library branches"}))


@dataclass(frozen=True, slots=True)
class _PageSite:
    """A page of a department with links to its files."""

    told: Told
    files: tuple[str, ...]

    def answer(self, request: Request) -> Answer | None:
        if request.path != f"/{HOME_OF[FINANCE]}":
            return None
        links = {
            f"/{FILES[file].path}": f"{DESCRIPTIONS[FILES[file].dataset].title} (CSV)"
            for file in self.told.listed(self.files)
        }
        return Answer(page(links, title="Finance Department"), media_type="text/html")


def _plain(path: str) -> str:
    return next((name for name, file in FILES.items() if path == f"/{file.path}"), "")


def _at_the_city(path: str) -> str:
    """As CKAN has it: behind `/download/`."""
    _, found, name = path.rpartition("/download/")
    return next((f for f in FILES_OF[CITY] if found and FILES[f].path.endswith(f"/{name}")), "")


def _sites(told: Told) -> Mapping[str, list[Site]]:
    """What each portal serves: its files first, whose story may be an error, then its lists."""
    county = _Shelf(told, FILES_OF[COUNTY])
    ids = {county.four_by_four_of(file): file for file in FILES_OF[COUNTY]}

    def at_the_county(path: str) -> str:
        _, found, rest = path.partition("/download/")
        return ids.get(rest.partition("/")[0], "") if found else ""

    return {
        CITY: [_FilesSite(told, _at_the_city), CkanSite(_Shelf(told, FILES_OF[CITY]))],
        COUNTY: [_FilesSite(told, at_the_county), SocrataSite(county)],
        LIBRARY: [_FilesSite(told, _plain), _CatalogSite(told, FILES_OF[LIBRARY])],
        FINANCE: [_FilesSite(told, _plain), _PageSite(told, FILES_OF[FINANCE])],
    }


@contextmanager
def open_portals(story: Iterable[Beat], clock: Clock) -> Iterator[Mapping[str, PortalServer]]:
    """All portals by name, each on a port of its own, while the block lasts."""
    told = Told((b for b in story if not b.by_hand), clock)
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(PortalServer(*sites, now=told.now))
            for name, sites in _sites(told).items()
        }


def address_of(name: str, server: PortalServer) -> str:
    """What a person types to add the portal."""
    return f"{server.home}{HOME_OF[name]}"
