"""The rezoning of the Old Depot: from one home or a workshop on a lot to four homes above shops.

The council voted in the spring of 2023. What follows is told by three files: more permits for
homes, more inspections of them, and lots and homes that change hands for more.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from verticalfile.town.days import REZONED
from verticalfile.town.streets import STREETS, Street, any_of, dice, house
from verticalfile.town.workdays import next_workday

AREA = "Old Depot"
HEARING = date(2023, 1, 17)
"""From the public hearing on people reckoned with it, and paid for it."""
PER_WEEK = 0.5
"""Permits for new homes in the Old Depot once the first plans were drawn."""

_NEW_ZONE = "MX-2"
_BY_NEIGHBORHOOD: Mapping[str, str] = {
    "Mill District": "MX-1", "Falls Landing": "R-2", "Courthouse Hill": "R-2", "Old Depot": "R-1",
    "Sawyer Flats": "R-2", "Northbank": "R-1", "College Hill": "R-2", "Tamarack Heights": "R-1",
    "Fairgrounds": "R-1", "Cedar Bottom": "R-1",
}  # fmt: skip
_BY_STREET: Mapping[str, str] = {
    "Main St": "C-1", "Court St": "C-1", "Sawyer Ave": "C-2", "County Road 9": "A-1",
    "Freight Ave": "I-1", "Roundhouse Rd": "I-1",
}  # fmt: skip

_STREETS = tuple(street for street in STREETS if street.neighborhood == AREA)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is built on a lot of the Old Depot; `value_usd` is the middle value in 2020."""

    text: str
    kind: str
    homes: int
    value_usd: int
    weight: float


PLANS: tuple[Plan, ...] = (
    Plan("Cottage behind existing house", "New house", 1, 128_000, 2.2),
    Plan("Two-family house on side yard", "New house", 2, 330_000, 3),
    Plan("Three-family house, three stories", "New house", 3, 455_000, 2.4),
    Plan("Four homes around a court", "New house", 4, 590_000, 2.4),
    Plan("Convert freight house to 6 apartments", "Commercial alteration", 6, 640_000, 0.7),
    Plan("Convert roundhouse shop to 4 apartments over store", "Commercial alteration", 4, 470_000, 0.9),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Project:
    """A plan on its lot, permitted on a day."""

    plan: Plan
    issued: date
    address: str
    street: Street


def zone_of(street: Street, day: date) -> str:
    """The zone in which a stretch of a street lies on a day."""
    if street.neighborhood == AREA and day >= REZONED:
        return _NEW_ZONE
    return _BY_STREET.get(street.name, _BY_NEIGHBORHOOD[street.neighborhood])


def projects(seed: int, last: date) -> Iterator[Project]:
    """What is built in the Old Depot because it may be, in order of permit; no lot twice."""
    die = dice(seed, "rezoning")
    taken: set[str] = set()
    day = REZONED + timedelta(days=15)
    while day <= last:
        plan = die.choices(PLANS, weights=[plan.weight for plan in PLANS])[0]
        street = any_of(die, _STREETS)
        address = house(die, street)
        if address not in taken:
            taken.add(address)
            yield Project(plan, next_workday(day), address, street)
        day += timedelta(days=max(1, round(_days_between(die, day))))


def _days_between(die: random.Random, day: date) -> float:
    """The first summer is the busiest; nobody pours concrete in the deep winter."""
    cold = day.month in (12, 1, 2)
    early = (day - REZONED).days < 240
    return die.expovariate(PER_WEEK * (1.3 if early else 0.9) * (0.4 if cold else 1)) * 7
