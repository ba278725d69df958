"""Building inspections of Alder Falls: what was looked at for each permit, and whether it passed.

Made from the permits: the same numbers and addresses, and the last one passes on the day on which
its permit is finaled. Inspectors are codes, not names. The publisher shows eighteen months, later
only the newest sixteen weeks.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from verticalfile.town.days import SHRUNK
from verticalfile.town.files.permits import WINDOW_DAYS, Permit
from verticalfile.town.streets import dice
from verticalfile.town.workdays import next_workday

COLUMNS = (
    "Inspection ID", "Permit Number", "Inspection", "Scheduled For", "Attempt", "Result",
    "Inspector", "Remarks", "Street Address", "Neighborhood",
)  # fmt: skip
SHRUNK_WINDOW_DAYS = 112
BOOKED_DAYS = 6
"""An inspection stands in the file, without a result, from so many days before."""

_STEPS: Mapping[str, tuple[str, ...]] = {
    "Roof": ("Roof deck", "Final roof"),
    "Electrical": ("Rough electrical", "Final electrical"),
    "Plumbing": ("Rough plumbing", "Final plumbing"),
    "Heating and cooling": ("Final mechanical",),
    "Residential remodel": ("Framing", "Rough electrical", "Rough plumbing", "Insulation", "Final building"),
    "Deck or porch": ("Footing", "Framing", "Final building"),
    "Fence": ("Final building",),
    "Garage or shed": ("Footing", "Framing", "Final building"),
    "Concrete and masonry": ("Footing", "Final building"),
    "New house": ("Footing", "Foundation", "Framing", "Rough electrical", "Rough plumbing",
                  "Insulation", "Final electrical", "Final building"),
    "Commercial alteration": ("Framing", "Rough electrical", "Fire protection", "Accessible route",
                              "Final building"),
    "Sign": ("Final sign",),
    "Solar panels": ("Rough electrical", "Final electrical"),
    "Demolition": ("Utilities disconnected", "Site closed"),
}  # fmt: skip
_INSPECTORS: Mapping[str, tuple[str, ...]] = {
    "electrical": ("E-1",), "plumbing": ("P-1",), "mechanical": ("P-1", "E-1"), "Fire": ("F-2",),
}  # fmt: skip
_BUILDING = ("B-1", "B-2", "B-3")
_FAILED: Mapping[str, tuple[str, ...]] = {
    "Footing": ("Depth under 42 inches at north side", "Loose soil in trench, clean out"),
    "Foundation": ("Anchor bolts missing at two corners", "Damp proofing not complete"),
    "Framing": ("Joist hangers missing", "Header over rear door undersized", "Fire blocking at stairs"),
    "Insulation": ("Attic hatch not insulated", "Vapor retarder torn"),
    "Roof deck": ("Replace rotten decking at eaves", "Ice barrier not 24 inches past wall line"),
    "Rough electrical": ("Box fill exceeded in kitchen", "No protection plates at studs"),
    "Final electrical": ("Panel not labeled", "Smoke alarms not interconnected"),
    "Rough plumbing": ("No test on drain lines", "Trap arm too long at lavatory"),
    "Final plumbing": ("Water heater relief line not piped to floor", "Leak at shutoff"),
    "Fire protection": ("Sprinkler heads painted", "Alarm panel not connected"),
    "Accessible route": ("Door clear width 31 inches", "Ramp slope over 1 in 12"),
}  # fmt: skip
_FAILED_ELSE = ("Work not ready", "Plans not on site", "Guard rail under 36 inches")


@dataclass(frozen=True, slots=True)
class Inspection:
    """One visit: its row, with the result that is blank until the day has passed."""

    scheduled: date
    booked: date
    row: Mapping[str, str]


def all_inspections(seed: int, permits: Sequence[Permit]) -> Sequence[Inspection]:
    """Every visit in order of its day, numbered within each year in that order."""
    die = dice(seed, "building inspections")
    found = [visit for permit in permits for visit in _of_permit(die, permit)]
    found.sort(key=lambda visit: (visit.scheduled, visit.row["Permit Number"]))
    numbers: dict[int, int] = {}
    numbered = []
    for visit in found:
        year = visit.scheduled.year
        numbers[year] = numbers.get(year, 0) + 1
        own_id = f"I{year % 100:02}-{numbers[year]:05}"
        numbered.append(replace(visit, row={**visit.row, "Inspection ID": own_id}))
    return numbered


def rows_on(inspections: Sequence[Inspection], day: date) -> list[Mapping[str, str]]:
    """The file's rows on a day: what was visited lately, and what is booked for the next days."""
    window = SHRUNK_WINDOW_DAYS if day >= SHRUNK else WINDOW_DAYS
    oldest = day - timedelta(days=window)
    return [
        visit.row if visit.scheduled < day else {**visit.row, "Result": "", "Remarks": ""}
        for visit in inspections
        if oldest <= visit.scheduled and visit.booked <= day
    ]


def _of_permit(die: random.Random, permit: Permit) -> Iterator[Inspection]:
    """The steps of the work, spread from its issue to its end; what fails is looked at again."""
    ends = {change["Status"]: day for day, change in permit.edits if "Status" in change}
    final = ends.get("Finaled")
    stops = final or ends.get("Withdrawn") or ends.get("Expired") or permit.issued
    steps = _STEPS[permit.kind.name]
    if final is None:  # withdrawn early or forgotten: hardly begun
        steps = steps[: die.choice((0, 1, 1, 2))]
        stops = permit.issued + (stops - permit.issued) / 2
    span = (stops - permit.issued) / max(1, len(steps))
    for number, step in enumerate(steps, start=1):
        last = final is not None and number == len(steps)
        day = (
            stops if last else next_workday(permit.issued + span * (number - die.uniform(0.1, 0.5)))
        )
        booked = _booked(permit, day)
        passed = ("PASSED", "")
        if die.random() < _fail_share(permit):
            before = next_workday(max(permit.issued, day - timedelta(days=die.randint(4, 12))))
            if before < day:
                first = (before, _booked(permit, before))
                yield _visit(die, permit, step, first, 1, _trouble(die, step))
                booked, passed = before + timedelta(days=1), ("PASSED", "Corrected")
        yield _visit(die, permit, step, (day, booked), 2 if passed[1] else 1, passed)


def _booked(permit: Permit, day: date) -> date:
    return max(permit.issued, day - timedelta(days=BOOKED_DAYS))


def _fail_share(permit: Permit) -> float:
    """New houses, and work that owners do by themselves, fail more often."""
    by_owner = permit.first["Contractor"] == "Owner"
    return 0.14 + 0.12 * by_owner + 0.06 * (permit.kind.name == "New house")


def _trouble(die: random.Random, step: str) -> tuple[str, str]:
    """A result other than passed, and what the inspector wrote."""
    result = die.choices(("FAILED", "PARTIAL", "NO ACCESS"), weights=(74, 14, 12))[0]
    if result == "NO ACCESS":
        return result, "Nobody on site"
    return result, die.choice((*_FAILED.get(step, ()), *_FAILED_ELSE))


def _visit(
    die: random.Random,
    permit: Permit,
    step: str,
    days: tuple[date, date],
    attempt: int,
    outcome: tuple[str, str],
) -> Inspection:
    """`days` are that of the visit and that on which it was booked."""
    (day, booked), (result, remarks) = days, outcome
    trade = (codes for word, codes in _INSPECTORS.items() if word in step)
    row = {
        "Permit Number": permit.first["Permit Number"],
        "Inspection": step,
        "Scheduled For": day.isoformat(),
        "Attempt": str(attempt),
        "Result": result,
        "Inspector": die.choice(next(trade, _BUILDING)),
        "Remarks": remarks,
        "Street Address": permit.first["Street Address"],
        "Neighborhood": permit.first["Neighborhood"],
    }
    return Inspection(day, booked, row)
