"""`vf demo`: three years of a made-up town, collected by the ordinary services in a minute.

The clock is moved by the demo; the portal is a real server on loopback. At the end stands an
archive like any other, and the commands to try on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from verticalfile.cli import say
from verticalfile.fetch.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services.adding import add
from verticalfile.services.archive import Archive, init
from verticalfile.services.collect import Checked, Fetching, collect
from verticalfile.services.comparing import changes, row
from verticalfile.town import TABLES, Beat, story
from verticalfile.town.portal import Portal

TITLES = {
    "service-requests": "Service requests",
    "building-permits": "Building permits",
    "sidewalk-repair-prices": "Sidewalk repair prices",
}
LIBRARY = {
    "library": "Alder Falls Public Library",
    "place": "Alder Falls and Tamarack County",
    "contact": "reference@alderfalls.example",
    "phone": "555-0142",
}
KEYS = {"sidewalk-repair-prices": ("Item", "Year")}
"""Told when the list is added, as a librarian who knows it would; the other keys are found."""
HOOK = ("SW-204", "2023")


@click.command("demo")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default="alder-falls")
@click.option("--seed", default=1852, help="Another seed makes another town's numbers.")
def demo_command(folder: Path, seed: int) -> None:
    """Make an archive of a made-up town in DIR and tell its story."""
    beats = story(seed)
    clock = SetClock(beats[0].at)
    archive = init(folder, clock=clock, time_zone="America/New_York", settings=LIBRARY)
    say.out(say.coloured("Alder Falls is a made-up town. Nothing in it is true.", "yellow"))
    say.out("Its portal shows only the newest file of each of three tables, and makes the mistakes")
    say.out("that real portals make. This is what a library that looked now and then has kept.\n")
    with Portal(beats, clock) as portal:
        rules = Rules(allow_private=True, extra_ports=frozenset({portal.port}))
        fetching = Fetching(rules, sleep=lambda _: None)
        for name in TABLES:
            add(
                archive, portal.url(name), name=name, title=TITLES[name],
                key=KEYS.get(name, ()), every="weekly",
            )  # fmt: skip
            say.out(f"$ vf add {portal.home}data/{name}.csv --title “{TITLES[name]}”")
        _collect_all(archive, clock, beats, fetching)
    _ending(archive, folder)


def _collect_all(
    archive: Archive, clock: SetClock, beats: Sequence[Beat], fetching: Fetching
) -> None:
    resources = {r.dataset: r for r in archive.index.resources()}
    with say.progress("Three years") as step:
        for number, beat in enumerate(beats, start=1):
            clock.move_to(beat.at)
            checked = collect(archive, [resources[beat.table]], fetching=fetching)[0]
            _tell(beat, checked)
            step(number, len(beats))


def _tell(beat: Beat, checked: Checked) -> None:
    """The town's sentence, and what the command made of it."""
    surprising = checked.outcome in ("unreadable", "surprising", "absent", "partial", "failed")
    if not beat.said and not surprising:
        return
    day, _, sentence = beat.said.partition(": ")
    say.out(f"\n{say.coloured(day or beat.at.date().isoformat(), 'cyan')}  {sentence}")
    colour = "yellow" if surprising else "green"
    say.out(f"    $ vf collect {beat.table}")
    say.out(f"    {say.coloured(checked.said, colour)}")


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
        f"{at} versions sidewalk-repair-prices",
        f"{at} changes sidewalk-repair-prices 2024-03-01 2024-03-12",
        f"{at} row sidewalk-repair-prices SW-204 2023",
        f"{at} get building-permits --at 2023-03 -o permits-march-2023.csv",
        f'{at} sql "SELECT Category, count(*) FROM service_requests GROUP BY 1 ORDER BY 2 DESC"',
        f"{at} key building-permits",
        f"{at} verify",
    ):
        say.out(f"    {line}")
    say.out("\n" + say.coloured("Or read it in a browser:", "yellow"))
    say.out(f"    {at} run          then open http://127.0.0.1:8000/")
