"""A small archive for the pages: every state that a page can show, made by the services alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services.archive import Archive, init
from verticalfile.services.collecting.collect import collect
from verticalfile.services.collecting.rounds import round_of
from verticalfile.services.datasets.adding import add
from verticalfile.services.datasets.describing import describe
from verticalfile.services.datasets.shelving import make_shelf, put_on_shelf
from verticalfile.services.deciding import reviewing
from verticalfile.services.gathering.preview import found_at
from verticalfile.services.gathering.sources import add_source
from verticalfile.services.known.selection import Selection
from verticalfile.services.known.statements import Field
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.town.portals.ckan import CkanSite
from verticalfile.town.portals.holdings import Holdings
from verticalfile.town.portals.serving import Fault, PortalServer, status

START = datetime(2024, 1, 10, 15, tzinfo=UTC)
WEEK = timedelta(days=7)
EVIL = '<script>alert("x")</script>'
SECRET = "Quercus secretus"
LIBRARY = {
    "library": "Alder Falls Public Library",
    "place": "Alder Falls",
    "contact": "desk@alderfalls.example",
    "phone": "555-0142",
}

TOLD = (
    "https://data.alderfalls.example/trees",
    "https://creativecommons.org/publicdomain/zero/1.0/",
    "http://rightsstatements.org/vocab/CNE/1.0/",
)
"""Addresses that somebody told of the trees: the publisher's page, the licence; and what is told of
the rights of what nobody looked at."""

HEAD = "id,kind,height,ward,planted"


def tree(number: int, kind: str = "Oak", height: str = "", ward: int = 0) -> str:
    return f"T-{number:03},{kind},{height or number}.5,{ward or number % 5 + 1},2001-04-{number % 28 + 1:02}"


def trees(count: int, **other: str) -> list[str]:
    return [other.get(f"r{n}", tree(n)) for n in range(1, count + 1)]


class Maker:
    """Writes a file, moves the clock, collects."""

    def __init__(self, folder: Path, sources: Path) -> None:
        self.clock = SetClock(START)
        self.archive: Archive = init(
            folder, clock=self.clock, time_zone="America/New_York", settings=LIBRARY
        )
        self.sources = sources
        sources.mkdir(parents=True, exist_ok=True)

    def add(self, file: str, dataset: str, title: str, **told: object) -> None:
        path = self.sources / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        add(self.archive, str(path), name=dataset, title=title, every="weekly", **told)

    def collect(
        self, dataset: str, file: str, text: str | bytes | None, *, after: timedelta = WEEK
    ) -> str:
        """Collect what the file says now; None: it is not there."""
        path = self.sources / file
        if text is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(text.encode() if isinstance(text, str) else text)
        self.clock.pass_time(after)
        found = [r for r in self.archive.index.resources(dataset) if r.location == str(path)]
        rules = Fetching(Rules(allow_private=True), sleep=lambda _: None)
        return collect(self.archive, found, fetching=rules)[0].outcome


def lines(*rows: str, head: str = HEAD) -> str:
    return "\n".join([head, *rows]) + "\n"


def make_town(folder: Path, sources: Path) -> Archive:
    """Five datasets: trees with a rich past, one of two files, a hostile one, one that is gone, one
    never collected; and the list of a portal, from which nothing was chosen."""
    maker = Maker(folder, sources)
    _portal(maker)
    _trees(maker)
    _branches(maker)
    _hostile(maker)
    maker.add("gone.csv", "rent-register", "Rent register")
    maker.collect("rent-register", "gone.csv", lines("1,a", "2,b", head="n,name"))
    for _ in range(3):
        maker.collect("rent-register", "gone.csv", None)
    maker.add("never.csv", "never-collected", "Never collected")
    _described(maker.archive)
    maker.archive.index.close()
    return maker.archive


def _described(archive: Archive) -> None:
    """The trees in two languages, the hostile one in a hostile way; shelves of all kinds, one bare."""
    said = {
        Field.DESCRIPTION: ["Every tree on public land, with its height."],
        Field.PUBLISHER: ["Alder Falls Parks"], Field.PLACE: ["Alder Falls", "Mill Hill"],
        Field.LANDING_PAGE: [TOLD[0]], Field.SUBJECT: ["Plants"],
        Field.CONTACT: ["parks@alderfalls.example"],
        Field.LICENCE: [TOLD[1]],
    }  # fmt: skip
    describe(archive, "street-trees", said)
    spanish = {Field.TITLE: ["Árboles de la calle"], Field.DESCRIPTION: ["Cada árbol público."]}
    describe(archive, "street-trees", spanish, language="es")
    evil = {each: [EVIL] for each in Field if each is not Field.LANDING_PAGE}
    describe(archive, "hostile", evil | {Field.TITLE: [f"Hostile {EVIL}"]})
    for name, kind, title, spanish_title, datasets in (
        ("streets", "subject", "Streets", "Calles", ["street-trees", "rent-register"]),
        ("alder-falls", "place", "Alder Falls", "", ["street-trees"]),
        ("evil", "series", EVIL, EVIL, ["hostile"]),
        ("bare", "subject", "Bare", "Vacío", []),
    ):
        make_shelf(archive, name, kind, title=title, title_es=spanish_title)
        put_on_shelf(archive, name, datasets)


class TownPortal:
    """A portal whose list is followed, and none of its datasets taken."""

    def __init__(self, maker: Maker) -> None:
        self.maker = maker
        self.holdings = Holdings(8)
        self.site = CkanSite(self.holdings, rows_max=4)

    @contextmanager
    def open(self) -> Iterator[None]:
        with PortalServer(self.site) as self.server:
            rules = Rules(allow_private=True, extra_ports=frozenset({self.server.port}))
            self.fetching = Fetching(rules, sleep=lambda _: None)
            with found_at(self.maker.archive, self.server.home, self.fetching) as found:
                assert found is not None
                add_source(
                    self.maker.archive, found.recognised, Selection(words=("nothing of it",)),
                    name="town-portal", every="weekly",
                )  # fmt: skip
            yield

    def look(self, days: int) -> None:
        self.maker.clock.pass_time(timedelta(days=days))
        self.holdings.now = self.maker.clock.now()
        round_of(self.maker.archive, ["town-portal"], fetching=self.fetching)

    def look_while_it_moves(self) -> None:
        """Its count moves while the list is read, so what comes may not be whole."""

        def add_once() -> None:
            self.site.between_pages = None
            self.holdings.add()

        self.site.between_pages = add_once
        self.look(1)


def _portal(maker: Maker) -> None:
    """Before all else: a portal that drops an entry, is empty once, and does not let us in at last."""
    maker.clock.move_to(START - timedelta(days=60))
    portal = TownPortal(maker)
    with portal.open():
        portal.look_while_it_moves()
        portal.holdings.drop(portal.holdings.held[0])
        for _ in range(4):
            portal.look(4)
        portal.site.is_empty = True
        portal.look(4)
        portal.site.is_empty = False
        portal.holdings.add(EVIL)
        portal.look(4)
        portal.server.faults.append(Fault("", status(403)))
        portal.look(4)
    maker.clock.move_to(START)


def _trees(maker: Maker) -> None:
    """v1; v2: 1 changed, 5 added, 2 gone; v3: a web page; v4: a column renamed; v5: only written
    otherwise; v6: withdrawn; v7; v8: held."""
    maker.add("trees.csv", "street-trees", "Street trees", key=["id"])

    def put(text: str, after: timedelta = WEEK) -> str:
        return maker.collect("street-trees", "trees.csv", text, after=after)

    assert put(lines(*trees(60))) == "changed"
    assert put(lines(*trees(60)), after=WEEK) == "unchanged"
    second = trees(65, r3=tree(3, kind="Maple", height="9"))
    second = [r for r in second if not r.startswith(("T-010", "T-011"))]
    assert put(lines(*second)) == "changed"
    assert put("<!doctype html><html><body>Maintenance</body></html>") == "unreadable"
    renamed = HEAD.replace("planted", "Planted on")
    assert put(lines(*second, head=renamed), after=6 * WEEK) == "changed"
    written = [r.replace(",Oak,", ",OAK,") for r in second]
    assert put(lines(*written, head=renamed)) == "changed"
    secret = [*written, tree(70, kind=SECRET)]
    assert put(lines(*secret, head=renamed)) == "changed"
    reviewing.withdraw(
        maker.archive, "street-trees", version="v6", how="hide", reason="privacy",
        authority="the director",
    )  # fmt: skip
    assert put(lines(*written, tree(71, kind="Elm"), head=renamed)) == "changed"
    assert put(lines(*trees(9), head=renamed)) == "surprising"


def _branches(maker: Maker) -> None:
    for file, text in (
        ("branches/branches.csv", lines("1,Main", "2,Mill Hill", head="branch,name")),
        ("branches/table.csv", lines("1,oak", head="t,wood")),
        ("branches/door-counts.csv", lines("1,2024-01,900", "2,2024-01,40", head="b,month,n")),
    ):
        maker.add(file, "library-branches", "Library branches")
        maker.collect("library-branches", file, text)


def _hostile(maker: Maker) -> None:
    maker.add("evil.csv", "hostile", f"Hostile {EVIL}")
    head = f'"{EVIL}","a b","=cmd|x"'
    rows = [f'"{EVIL.replace(chr(34), chr(34) * 2)}","javascript:alert(1)","=1+1"', '"x","-5",""']
    head = f'"{EVIL.replace(chr(34), chr(34) * 2)}","a b","=cmd|x"'
    maker.collect("hostile", "evil.csv", "\n".join([head, *rows]) + "\n")
    maker.collect("hostile", "evil.csv", "\n".join([head, *rows, '"y","6","+cmd"']) + "\n")
