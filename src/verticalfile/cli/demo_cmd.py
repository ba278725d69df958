"""`vf demo`: three years of a made-up town, collected by the ordinary services in a minute.

The clock is moved by the demo; the portal is a real server on loopback. At the end stands an
archive like any other, and the commands to try on it.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from verticalfile.catalog.index import ResourceLine
from verticalfile.cli import say
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.kernel.letters import counted
from verticalfile.services.archive import Archive, init
from verticalfile.services.collecting.backfill import from_folder, told_of
from verticalfile.services.collecting.collect import Checked
from verticalfile.services.collecting.rounds import round_of
from verticalfile.services.datasets.describing import describe
from verticalfile.services.datasets.shelving import make_shelf, put_on_shelf
from verticalfile.services.deciding.reviewing import release, set_key
from verticalfile.services.gathering.preview import found_at, preview_of
from verticalfile.services.gathering.sources import add_source
from verticalfile.services.known.selection import Selection
from verticalfile.services.known.statements import Field
from verticalfile.services.through_time.comparing import changes, row
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.sources.kind import LISTING
from verticalfile.town import DESCRIPTIONS, FILES, Beat, by_hand, looks, story
from verticalfile.town.days import DOORS
from verticalfile.town.publishers import (
    CITY,
    COUNTY,
    FILES_OF,
    FINANCE,
    address_of,
    open_portals,
)
from verticalfile.town.publishers import (
    LIBRARY as TOWN_LIBRARY,
)

KEYS = {
    "sidewalk-repair-prices": ("Item", "Year"),
    "library-branches/branches": ("branch_id",),
    DOORS: ("Month", "Branch ID"),
    "city-budget": ("Fiscal Year", "Account"),
}
"""Told when a file is added, as a librarian who knows it would; the other keys are found."""
LIBRARY = {
    "library": "Alder Falls Public Library",
    "place": "Alder Falls and Tamarack County",
    "contact": "reference@alderfalls.example",
    "phone": "555-0142",
}
HOOK = ("SW-204", "2023")
TITLES = {
    CITY: "Alder Falls Open Data", COUNTY: "Tamarack County Open Data",
    TOWN_LIBRARY: "Alder Falls Public Library: open data", FINANCE: "Alder Falls Finance Department",
}  # fmt: skip
SHELVES = {
    "streets": ("subject", "Streets and sidewalks", "Calles y aceras",
        ("service-requests", "sidewalk-repair-prices")),
    "housing": ("subject", "Housing and building", "Vivienda y construcción",
        ("building-permits", "building-inspections", "housing-sales")),
    "health": ("subject", "Health and food", "Salud y alimentos", ("restaurant-inspections",)),
    "libraries": ("subject", "Libraries", "Bibliotecas", ("library-branches",)),
    "money": ("subject", "Money and prices", "Dinero y precios",
        ("city-budget", "housing-sales", "sidewalk-repair-prices")),
    "alder-falls": ("place", "City of Alder Falls", "Ciudad de Alder Falls",
        ("service-requests", "building-permits", "building-inspections", "sidewalk-repair-prices",
         "library-branches", "city-budget")),
    "tamarack-county": ("place", "Tamarack County", "Condado de Tamarack",
        ("housing-sales", "restaurant-inspections")),
    "inspections": ("series", "Inspections", "Inspecciones",
        ("building-inspections", "restaurant-inspections")),
}  # fmt: skip
"""By name of the shelf, its kind, its titles, and what stands on it."""
REFUSED = "housing-sales"
"""What comes as surprising here is refused: somebody telephoned, and it is a mistake."""
NOTEWORTHY = ("unreadable", "surprising", "absent", "partial", "failed")
WIDTH = 96


@click.command("demo")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default="alder-falls")
@click.option("--seed", default=1852, help="Another seed makes another town's numbers.")
def demo_command(folder: Path, seed: int) -> None:
    """Make an archive of a made-up town in DIR and tell its story."""
    beats = story(seed)
    clock = SetClock(beats[0].at)
    archive = init(folder, clock=clock, time_zone="America/New_York", settings=LIBRARY)
    say.tell_in(archive.zone)
    say.out(say.coloured("Alder Falls is a made-up town. Nothing in it is true.", "yellow"))
    say.out(
        "Its portals show only the newest file of each of eight datasets, and make the mistakes"
    )
    say.out(
        "that real portals make. This is what a library that looked every few weeks has kept.\n"
    )
    with open_portals(beats, clock) as portals:
        ports = frozenset(server.port for server in portals.values())
        fetching = Fetching(Rules(allow_private=True, extra_ports=ports), sleep=lambda _: None)
        addresses = {name: address_of(name, server) for name, server in portals.items()}
        told = _Years(archive, clock, beats, addresses, fetching).collect()
    _describe(archive)
    _count(archive, told)
    _ending(archive, folder)


def _follow(archive: Archive, name: str, address: str, fetching: Fetching) -> None:
    """What `vf add` does: find out what the address is, show what it offers, take all of it."""
    with found_at(archive, address, fetching) as found:
        assert found is not None
        preview = preview_of(found, Selection())
    add_source(
        archive, preview.recognised, Selection(), name=name, title=TITLES[name], every="monthly"
    )
    say.out(f"    $ vf add {address} --all --name {name} --every monthly")
    say.out(
        f"    {preview.label}: {counted(preview.chosen, 'dataset')} with {counted(preview.files, 'file')},"
        f" {say.size(preview.size_bytes) if preview.sizes_told else 'sizes not told'}"
    )


def _describe(archive: Archive) -> None:
    """What a librarian says of each dataset, from its publisher's page, and where it stands."""
    for name, told in DESCRIPTIONS.items():
        licence = told.licence if told.licence.startswith("https:") else told.rights
        said = {
            Field.TITLE: [told.title], Field.DESCRIPTION: [told.about], Field.PUBLISHER: [told.publisher],
            Field.CONTACT: [f"{told.contact}, {told.email}"], Field.SUBJECT: told.keywords,
            Field.LICENCE: [licence] if licence else [],
        }  # fmt: skip
        describe(archive, name, said)
        spanish = {Field.TITLE: [told.title_es], Field.DESCRIPTION: [told.about_es]}
        describe(archive, name, {f: v for f, v in spanish.items() if v[0]}, language="es")
    for shelf, (kind, title, title_es, datasets) in SHELVES.items():
        make_shelf(archive, shelf, kind, title=title, title_es=title_es)
        put_on_shelf(archive, shelf, datasets)


@dataclass
class _Years:
    """The rounds of three years, as somebody makes them who looks every few weeks."""

    archive: Archive
    clock: SetClock
    beats: tuple[Beat, ...]
    addresses: Mapping[str, str]  # of the portals
    fetching: Fetching
    followed: set[str] = field(default_factory=set)  # portals
    away: set[str] = field(default_factory=set)  # files that were not there at the last look

    def collect(self) -> Counter[str]:
        """All rounds; returns how often what came of a file."""
        beat_of = {(beat.at, beat.file): beat for beat in self.beats}
        outcomes: Counter[str] = Counter()
        saved = by_hand(self.beats)
        rounds = [(at, [name for _, name in seen]) for at, seen in groupby(looks(), lambda x: x[0])]
        with say.progress("Three years") as step:
            for number, (at, names) in enumerate(rounds, start=1):
                self.clock.move_to(at)
                for checked in self._round(names):
                    name = _full(checked.resource)
                    outcomes[checked.outcome] += 1
                    _tell(at, beat_of.get((at, name)), checked, name)
                    _judge(self.archive, checked, name, saved)
                step(number, len(rounds))
        for portal in FILES_OF:
            self._list(portal)
        return outcomes

    def _round(self, names: list[str]) -> list[Checked]:
        """The files whose turn it is, after the lists that may tell something new of them."""
        for portal, files in FILES_OF.items():
            wanted = {*files} & {*names}
            if wanted and portal not in self.followed:
                self.followed.add(portal)
                _follow(self.archive, portal, self.addresses[portal], self.fetching)
            held = {_full(r) for r in self.archive.index.resources()}
            if wanted - held or wanted & self.away:
                self._list(portal)
        files_of = {_full(r): f"{r.dataset}/{r.name}" for r in self.archive.index.resources()}
        done = round_of(self.archive, [files_of[n] for n in names], fetching=self.fetching)
        lost = {_full(c.resource) for c in done if c.outcome == "absent"} - self.away
        for portal, files in FILES_OF.items():
            if lost & {*files}:  # is it off the list, too?
                self._list(portal)
        self.away = (self.away - {*names}) | {
            _full(c.resource) for c in done if c.outcome == "absent"
        }
        return done

    def _list(self, portal: str) -> None:
        """A look at the list of a portal, and at documents that it names for the first time."""
        round_of(self.archive, [f"{portal}/{LISTING}"], fetching=self.fetching)
        documents = [
            f"{r.dataset}/{r.name}"
            for r in self.archive.index.resources()
            if not r.is_data and not r.versions
        ]
        if documents:
            round_of(self.archive, documents, fetching=self.fetching)


def _full(resource: ResourceLine) -> str:
    """NAME as the story has it."""
    own = resource.dataset == resource.name
    return resource.dataset if own else f"{resource.dataset}/{resource.name}"


def _judge(archive: Archive, checked: Checked, name: str, saved: Mapping[str, bytes]) -> None:
    """What a librarian does about what came: tell a new table's key, fill its past, refuse a mistake."""
    if checked.outcome == "surprising" and name == REFUSED:
        release(archive, name, accept=False)
        say.out(f"    $ vf refuse {name}")
        say.out("    The assessor's office was asked: a filter was left on. Kept, never current.")
    elif name in KEYS and len(archive.index.versions(checked.resource.id)) == 1:
        set_key(archive, name, KEYS[name])
        if name == DOORS:
            _take_in_folder(archive, checked.resource, saved)


def _take_in_folder(archive: Archive, resource: ResourceLine, saved: Mapping[str, bytes]) -> None:
    """What `vf backfill --folder` does, of the copies that somebody at the desk has saved."""
    with TemporaryDirectory() as desk:
        folder = Path(desk, "door-counts")
        folder.mkdir()
        for file, body in saved.items():
            (folder / file).write_bytes(body)
        filled = from_folder(archive, lambda: resource, folder)
    say.out(f"    $ vf backfill {DOORS} --folder door-counts")
    say.out(f"    {say.coloured(told_of(resource, filled), 'green')}")


def _tell(at: datetime, beat: Beat | None, checked: Checked, name: str) -> None:
    """The town's sentence, and what the command made of it; a confirmation by repetition, too."""
    day = at.date().isoformat()
    if beat is not None and beat.aloud:
        sentence = beat.said.partition(": ")[2]
    elif "no longer held" in checked.said:
        sentence = "the second look since finds the same file."
    else:
        return
    sentence = sentence[0].upper() + sentence[1:]
    lines = textwrap.wrap(f"{day}  {sentence}", WIDTH, subsequent_indent=" " * 12)
    lines[0] = lines[0].replace(day, say.coloured(day, "cyan"), 1)
    say.out("\n".join(lines))
    say.out(f"    $ vf collect {name}")
    say.out(
        f"    {say.coloured(checked.said, 'yellow' if checked.outcome in NOTEWORTHY else 'green')}"
    )


def _count(archive: Archive, outcomes: Mapping[str, int]) -> None:
    """What was not told aloud, in figures."""
    files = [r for r in archive.index.resources() if _full(r) in FILES]
    versions = [v for r in files for v in archive.index.versions(r.id)]
    unreadable = sum(not v.readable for v in versions)
    looked = sum(outcomes.values())
    say.out(
        f"\nThat is a part of it. In {looked} looks, and from one folder, {len(versions)} versions were kept,"
        f"\n{unreadable} of them not readable; {outcomes['unchanged']} times nothing was new, {outcomes['absent']} times"
        f" nothing was there,\n{outcomes['failed'] + outcomes['partial']} times the connection or the"
        " server failed.\n`vf log` tells all of it, and `vf versions NAME --all` what was made of each."
    )


def _ending(archive: Archive, folder: Path) -> None:
    """The question that only an archive can answer, and what to try."""
    price = row(archive, "sidewalk-repair-prices", HOOK)
    say.out("\n" + say.coloured("What did a sidewalk panel cost in 2023?", "yellow"))
    for moment in price.moments:
        if moment.values:
            paid = moment.values[0].get("Price per Unit", "")
            seen = say.day(moment.version.seen_at)
            say.out(f"    {seen}  v{moment.version.number}: ${paid}")
    revised = changes(archive, "sidewalk-repair-prices", "2024-03-01", "2024-03-12")
    cells = [(c.key, c.cells) for c in revised.changes.changed]
    say.out(f"On 2024-03-12 {len(cells)} price was changed without a word.\n")
    say.out(say.coloured("Try next:", "yellow"))
    at = f"vf --archive {folder}"
    for line in (
        f"{at} list",
        f"{at} changes sidewalk-repair-prices 2024-03-01 2024-03-12",
        f"{at} row sidewalk-repair-prices SW-204 2023",
        f"{at} changes library-branches/door-counts 2024-06-15 2024-07-15",
        f"{at} get restaurant-inspections --at 2024-07 -o kitchens.csv",
        f"{at} sql 'SELECT Neighborhood, sum(\"Homes Added\"::int) FROM building_permits GROUP BY 1'",
        f"{at} key building-permits",
        f"{at} verify",
    ):
        say.out(f"    {line}")
    say.out("\n" + say.coloured("Or read it in a browser:", "yellow"))
    say.out(f"    {at} run --no-collect     then open http://127.0.0.1:8000/")
