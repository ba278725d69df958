"""Building permits of Alder Falls: issued, inspected, finished or forgotten.

The publisher shows eighteen months only: older permits leave the file, as many portals do it.
Amounts are whole dollars, printed with two decimals.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from verticalfile.town.days import BRANCH_CLOSED, STORM
from verticalfile.town.files.rezoning import projects
from verticalfile.town.files.trades import KINDS, Kind, described, kind_weights
from verticalfile.town.streets import NORTHBANK_ADDRESS, STREETS, any_of, dice, house, shop
from verticalfile.town.workdays import is_workday, next_workday

COLUMNS = (
    "Permit Number", "Issued", "Work Type", "Description", "Street Address", "Neighborhood",
    "Contractor", "Value", "Fee", "Status", "Finaled", "Homes Added",
)  # fmt: skip
BEGIN = date(2020, 7, 1)
END = date(2024, 12, 31)
WINDOW_DAYS = 548
"""Eighteen months."""
PER_WEEK = 6.0
"""Permits in a usual week."""
_LAPSE_DAYS = 365
"""A permit without a final inspection expires after a year."""


@dataclass(slots=True)
class Permit:
    """One permit: its first state by column, and edits `(day, {column: text})` in order of time."""

    issued: date
    kind: Kind
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
    day = BEGIN
    while day <= END:
        if is_workday(day):
            found += [_permit(die, kind, day, seed=seed) for kind in _of_day(die, day)]
        day += timedelta(days=1)
    found += _of_the_rezoning(seed)
    found.append(_library_roof())
    found.sort(key=lambda permit: permit.issued)
    numbers: dict[int, int] = {}
    for permit in found:
        year = permit.issued.year
        numbers[year] = numbers.get(year, 0) + 1
        permit.first["Permit Number"] = f"PRM-{year}-{numbers[year]:04}"
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


def _permit(die: random.Random, kind: Kind, issued: date, *, seed: int) -> Permit:
    work = described(die, kind)
    if work.tenant:
        address, street = shop(seed, work.tenant)
    else:
        street = any_of(die, STREETS)
        address = house(die, street)
    typical = kind.value_usd * work.share * _dearer(issued)
    value = _rounded(typical * die.lognormvariate(0, kind.spread))
    own_work = die.random() < kind.owner_share
    contractor = "Owner" if own_work else die.choice(kind.firms)
    first = _first(
        issued, kind, work.text, (address, street.neighborhood, contractor), value, work.homes
    )
    permit = Permit(issued, kind, first)
    _live(die, kind, permit, value)
    return permit


def _of_the_rezoning(seed: int) -> list[Permit]:
    die = dice(seed, "permits of the rezoning")
    kinds = {kind.name: kind for kind in KINDS}
    found = []
    for project in projects(seed, END):
        plan, kind = project.plan, kinds[project.plan.kind]
        value = _rounded(plan.value_usd * _dearer(project.issued) * die.lognormvariate(0, 0.15))
        where = (project.address, project.street.neighborhood, die.choice(kind.firms))
        permit = Permit(
            project.issued, kind, _first(project.issued, kind, plan.text, where, value, plan.homes)
        )
        _live(die, kind, permit, value)
        found.append(permit)
    return found


def _library_roof() -> Permit:
    """The one permit of the story of the branch: a roof that was never mended."""
    issued = STORM + timedelta(days=19)
    kind = next(kind for kind in KINDS if kind.name == "Roof")
    text = "Northbank Branch library: replace roof trusses and deck, storm damage"
    where = (NORTHBANK_ADDRESS, "Northbank", "Ridge Brothers Exteriors")
    permit = Permit(issued, kind, _first(issued, kind, text, where, 186_000, 0))
    permit.edits.append((BRANCH_CLOSED + timedelta(days=2), {"Status": "Withdrawn"}))
    return permit


def _first(
    issued: date, kind: Kind, text: str, where: tuple[str, str, str], value: int, homes: int
) -> dict[str, str]:
    """The first state of a permit; its number comes later."""
    address, neighborhood, contractor = where
    return {
        "Permit Number": "",
        "Issued": issued.isoformat(),
        "Work Type": kind.name,
        "Description": text,
        "Street Address": address,
        "Neighborhood": neighborhood,
        "Contractor": contractor,
        "Value": f"{value}.00",
        "Fee": f"{fee_usd(value)}.00",
        "Status": "Issued",
        "Finaled": "",
        "Homes Added": str(homes),
    }


def _dearer(day: date) -> float:
    return float(1.06 ** (day.year - 2020))


def _rounded(value_usd: float) -> int:
    step = 50 if value_usd < 10_000 else 500 if value_usd < 100_000 else 2_500
    return max(step, round(value_usd / step) * step)


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
    permit.edits.sort(key=lambda edit: edit[0])
