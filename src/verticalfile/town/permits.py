"""Building permits of Alder Falls: issued, inspected, finished or forgotten.

The publisher shows eighteen months only: older permits leave the file, as many portals do it.
Amounts are whole dollars, printed with two decimals.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from verticalfile.town.days import STORM
from verticalfile.town.streets import STREETS, any_of, dice, house
from verticalfile.town.trades import KINDS, Kind, described, kind_weights
from verticalfile.town.workdays import is_workday, next_workday

COLUMNS = (
    "Permit Number", "Issued", "Work Type", "Description", "Street Address", "Neighborhood",
    "Contractor", "Value", "Fee", "Status", "Finaled",
)  # fmt: skip
BEGIN = date(2020, 7, 1)
END = date(2024, 12, 31)
WINDOW_DAYS = 548
"""Eighteen months."""
PER_WEEK = 6.0
"""Permits in a usual week."""
_SHOP_STREETS = tuple(street for street in STREETS if street.weight >= 2)
_LAPSE_DAYS = 365
"""A permit without a final inspection expires after a year."""


@dataclass(slots=True)
class Permit:
    """One permit: its first state by column, and edits `(day, {column: text})` in order of time."""

    issued: date
    first: dict[str, str]
    edits: list[tuple[date, dict[str, str]]] = field(default_factory=list)

    def on(self, day: date) -> Mapping[str, str]:
        row = dict(self.first)
        for when, change in self.edits:
            if when <= day:
                row.update(change)
        return row


def all_permits(seed: int) -> Sequence[Permit]:
    """Every permit of the years, in order of issue, numbered within each year."""
    die = dice(seed, "building permits")
    found: list[Permit] = []
    numbers: dict[int, int] = {}
    day = BEGIN
    while day <= END:
        if is_workday(day):
            for kind in _of_day(die, day):
                numbers[day.year] = numbers.get(day.year, 0) + 1
                number = f"PRM-{day.year}-{numbers[day.year]:04}"
                found.append(_permit(die, kind, number, day, seed=seed))
        day += timedelta(days=1)
    return found


def rows_on(permits: Sequence[Permit], day: date) -> list[Mapping[str, str]]:
    """The file's rows on a day: issued within the window, oldest first."""
    oldest = day - timedelta(days=WINDOW_DAYS)
    return [permit.on(day) for permit in permits if oldest <= permit.issued <= day]


def _of_day(die: random.Random, day: date) -> list[Kind]:
    weights = kind_weights(day.month)
    if 5 <= (day - STORM).days <= 90:  # roofers are busy for months after a windstorm
        weights = [
            w * (2.2 if kind.name == "Roof" else 1) for w, kind in zip(weights, KINDS, strict=True)
        ]
    usual = sum(sum(kind_weights(month)) for month in range(1, 13)) / 12
    expected = PER_WEEK / 5 * sum(weights) / usual
    count = int(expected + die.uniform(-0.9, 0.9) + die.random())
    return die.choices(KINDS, weights=weights, k=max(count, 0))


def _permit(die: random.Random, kind: Kind, number: str, issued: date, *, seed: int) -> Permit:
    work = described(die, kind)
    # a shop stays where it is: its own dice give the same house each time
    where = dice(seed, work.tenant) if work.tenant else die
    street = any_of(where, _SHOP_STREETS if work.tenant else STREETS)
    typical = kind.value_usd * work.share * 1.06 ** (issued.year - 2020)
    step = 50 if typical < 10_000 else 500 if typical < 100_000 else 2_500
    value = max(step, round(typical * die.lognormvariate(0, kind.spread) / step) * step)
    own_work = die.random() < kind.owner_share
    first = {
        "Permit Number": number,
        "Issued": issued.isoformat(),
        "Work Type": kind.name,
        "Description": work.text,
        "Street Address": house(where, street),
        "Neighborhood": street.neighborhood,
        "Contractor": "Owner" if own_work else die.choice(kind.firms),
        "Value": f"{value}.00",
        "Fee": f"{fee_usd(value)}.00",
        "Status": "Issued",
        "Finaled": "",
    }
    permit = Permit(issued, first)
    _live(die, kind, permit, value)
    permit.edits.sort(key=lambda edit: edit[0])
    return permit


def fee_usd(value_usd: int) -> int:
    """The town's fee: 45 dollars, and 7 more for each thousand of value or part of it."""
    return 45 + 7 * -(-value_usd // 1000)


def _live(die: random.Random, kind: Kind, permit: Permit, value_usd: int) -> None:
    """Inspected, finaled; a few withdrawn, a few lapse, a few are declared dearer than at first."""
    span = timedelta(days=int(kind.days * die.lognormvariate(0, 0.5)) + 5)
    if die.random() < 0.03:
        permit.edits.append((permit.issued + span / 3, {"Status": "Withdrawn"}))
        return
    if die.random() < 0.05:
        grown = round(value_usd * die.uniform(1.1, 1.5) / 50) * 50
        more = {"Value": f"{grown}.00", "Fee": f"{fee_usd(grown)}.00"}
        permit.edits.append((permit.issued + span / 2, more))
    if die.random() < 0.07:
        lapsed = permit.issued + timedelta(days=_LAPSE_DAYS)
        permit.edits.append((lapsed, {"Status": "Expired"}))
        return
    permit.edits.append((next_workday(permit.issued + span / 2), {"Status": "Inspected"}))
    final = next_workday(permit.issued + span)
    permit.edits.append((final, {"Status": "Finaled", "Finaled": final.isoformat()}))
