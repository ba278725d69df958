"""Restaurant inspections in Alder Falls, as the county's health department offers them: JSON.

The publisher shows two years. What was found wrong stands inside each inspection, and is marked
as corrected when somebody has been there again.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from verticalfile.town.files.kitchens import RULES, Kitchen, Rule, all_kitchens
from verticalfile.town.streets import dice
from verticalfile.town.workdays import next_workday

BEGIN, END = date(2020, 9, 1), date(2024, 12, 31)
WINDOW_DAYS = 730
POSTED_DAYS = 5
"""An inspection is in the file so many days after it."""
PASS_POINTS, FAIL_POINTS = 90, 76
Row = Mapping[str, object]


@dataclass(slots=True)
class Inspection:
    """One visit; `corrected` is when what was wrong was seen to be right (None: on the spot)."""

    kitchen: Kitchen
    day: date
    visit: str
    broken: Sequence[Rule]
    on_the_spot: Sequence[bool]
    corrected: date | None = None
    number: str = field(default="")

    @property
    def score(self) -> int:
        return max(40, 100 - sum(rule.points for rule in self.broken))

    @property
    def result(self) -> str:
        if self.score < FAIL_POINTS:
            return "Fail"
        return "Pass" if self.score >= PASS_POINTS else "Pass with conditions"

    def on(self, day: date) -> Row:
        """The record as it stood on a day."""
        later = self.corrected is not None and self.corrected <= day
        return {
            "inspection_id": self.number,
            "license_number": self.kitchen.license,
            "name": self.kitchen.name,
            "kind": self.kitchen.kind,
            "address": self.kitchen.address,
            "neighborhood": self.kitchen.neighborhood,
            "inspected_on": self.day.isoformat(),
            "visit": self.visit,
            "score": self.score,
            "result": self.result,
            "violations": [
                {"code": rule.code, "text": rule.text, "critical": rule.critical,
                 "corrected": at_once or later}
                for rule, at_once in zip(self.broken, self.on_the_spot, strict=True)
            ],
        }  # fmt: skip


def all_inspections(seed: int) -> Sequence[Inspection]:
    """Every visit in order of its day, numbered within each year."""
    die = dice(seed, "restaurant inspections")
    found = [visit for kitchen in all_kitchens(seed) for visit in _of_kitchen(die, kitchen)]
    found.sort(key=lambda visit: (visit.day, visit.kitchen.license))
    numbers: dict[int, int] = {}
    for visit in found:
        numbers[visit.day.year] = numbers.get(visit.day.year, 0) + 1
        visit.number = f"RI-{visit.day.year}-{numbers[visit.day.year]:04}"
    return found


def rows_on(inspections: Sequence[Inspection], day: date) -> list[Row]:
    """The file's records on a day, newest first."""
    oldest, newest = day - timedelta(days=WINDOW_DAYS), day - timedelta(days=POSTED_DAYS)
    return [visit.on(day) for visit in reversed(inspections) if oldest <= visit.day <= newest]


def _of_kitchen(die: random.Random, kitchen: Kitchen) -> Iterator[Inspection]:
    day = max(BEGIN, kitchen.opened) + timedelta(days=die.randint(1, 365 // kitchen.visits))
    while day <= END:
        routine = _visit(die, kitchen, next_workday(_in_season(kitchen, day)), "Routine")
        yield from _with_follow_up(die, routine)
        if die.random() < 0.05:
            complaint = next_workday(day + timedelta(days=die.randint(20, 80)))
            yield from _with_follow_up(die, _visit(die, kitchen, complaint, "Complaint"))
        day += timedelta(days=round(365 / kitchen.visits * die.uniform(0.8, 1.25)))


def _in_season(kitchen: Kitchen, day: date) -> date:
    return day.replace(month=6, day=3 + day.day // 2) if kitchen.kind == "Seasonal" else day


def _visit(die: random.Random, kitchen: Kitchen, day: date, visit: str) -> Inspection:
    warm = 0.06 if day.month in (6, 7, 8) else 0.0  # cold rooms have a hard time in summer
    trouble = 1 - kitchen.care + warm + (0.15 if visit == "Complaint" else 0)
    count = sum(die.random() < trouble for _ in range(9))
    broken: dict[str, Rule] = {}
    for rule in die.choices(RULES, weights=[rule.weight for rule in RULES], k=count):
        broken.setdefault(rule.text, rule)
    spot = [die.random() < (0.45 if rule.critical else 0.15) for rule in broken.values()]
    return Inspection(kitchen, day, visit, tuple(broken.values()), spot)


def _with_follow_up(die: random.Random, visit: Inspection) -> Iterator[Inspection]:
    """A kitchen that failed is looked at again within two weeks; others mend by the next time."""
    yield visit
    if visit.score >= FAIL_POINTS:
        visit.corrected = visit.day + timedelta(days=die.randint(15, 200))
        return
    again = next_workday(visit.day + timedelta(days=die.randint(7, 14)))
    visit.corrected = again
    left = [rule for rule in visit.broken if not rule.critical and die.random() < 0.3]
    yield Inspection(visit.kitchen, again, "Follow-up", left, [False] * len(left))
