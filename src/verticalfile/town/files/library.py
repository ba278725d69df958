"""The public library of Alder Falls: its branches on the map, and who came through their doors.

The story of the Northbank Branch: the storm took its roof in July 2023, it never opened again, and
in the summer of 2024 it left both files, with all its past.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from verticalfile.town.days import (
    BRANCH_CLOSED,
    CLOSED_TOLD,
    ERASED,
    NEW_HOURS,
    REPAIRS,
    STEP_FREE_TOLD,
    STORM,
    SUMMER_HOURS,
)
from verticalfile.town.streets import NORTHBANK_ADDRESS, dice
from verticalfile.town.workdays import months

COLUMNS = (
    "Month", "Branch ID", "Branch", "Days Open", "Door Count", "Loans", "Computer Sessions", "Status",
)  # fmt: skip
BEGIN = date(2019, 1, 1)
COUNTER_BROKEN = ("AF-03", date(2022, 5, 1))
"""The counter at one door stood still for a month; the number was estimated later."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch; `lon` and `lat` lie in the middle of Lake Ontario, so that no real town is meant."""

    id: str
    name: str
    address: str
    neighborhood: str
    opened: int
    square_feet: int
    hours_per_week: int
    days_per_month: int
    doors: int  # visits in a usual month before 2020
    lon: float | None
    lat: float | None


BRANCHES: tuple[Branch, ...] = (
    Branch("AF-01", "Main Library", "6 Library Pl", "Courthouse Hill", 1911, 24_500, 58, 26, 9_800,
           -77.90113, 43.55042),
    Branch("AF-02", "Northbank Branch", NORTHBANK_ADDRESS, "Northbank", 1964, 5_200, 34, 21, 2_640,
           -77.90877, 43.55694),
    Branch("AF-03", "College Hill Branch", "655 College Ave", "College Hill", 1938, 6_900, 40, 22,
           3_120, -77.88961, 43.54803),
    Branch("AF-04", "Fairgrounds Branch", "318 Grange Ave", "Fairgrounds", 1977, 4_100, 30, 19, 1_910,
           -77.91755, 43.53918),
    Branch("AF-05", "Bookmobile", "", "", 1986, 0, 22, 16, 620, None, None),
)  # fmt: skip
_NORTHBANK = BRANCHES[1]
_SEASON = (0.92, 0.95, 1.04, 1.0, 0.94, 1.12, 1.2, 1.14, 0.98, 1.02, 0.95, 0.78)
_OF_2020 = (1.0, 1.0, 0.46, 0.0, 0.0, 0.18, 0.27, 0.31, 0.38, 0.4, 0.34, 0.31)
_LEVEL: Mapping[int, float] = {2019: 1.0, 2021: 0.56, 2022: 0.79, 2023: 0.9, 2024: 0.95}


def branches_on(day: date) -> list[tuple[Branch, Mapping[str, object]]]:
    """The branches that the file shows on a day, with what it says of each."""
    return [
        (branch, _properties(branch, day))
        for branch in BRANCHES
        if branch is not _NORTHBANK or day < ERASED
    ]


def _properties(branch: Branch, day: date) -> Mapping[str, object]:
    hours, status, stops = branch.hours_per_week, "Open", None
    if branch is _NORTHBANK and day >= REPAIRS:
        hours, status = 0, "Closed" if day >= CLOSED_TOLD else "Closed for repairs"
    if branch.id == "AF-04" and day >= SUMMER_HOURS:
        hours = 24
    if branch.id == "AF-01" and day >= NEW_HOURS:
        hours = 62
    if branch.id == "AF-05":
        stops = ["Cedar Bottom Co-op", "Falls Landing", "Meadowlark Care Home", "Mill District"]
        if day >= CLOSED_TOLD:
            hours, stops = 30, [*stops, "Northbank, Bridge St"]
    ways = {"step_free": branch.opened > 1950 or branch.id == "AF-01"}
    return {
        "branch_id": branch.id,
        "name": branch.name,
        "address": branch.address or None,
        "neighborhood": branch.neighborhood or None,
        "status": status,
        "hours_per_week": hours,
        "square_feet": branch.square_feet or None,
        "opened": branch.opened,
        "stops": stops,
        **(ways if day >= STEP_FREE_TOLD else {}),
    }


def door_counts(seed: int) -> Sequence[Mapping[str, str]]:
    """What was counted in each month at each branch, finally; oldest first."""
    die = dice(seed, "door counts")
    return [
        _row(die, branch, month)
        for month in months(BEGIN, date(2024, 12, 1), on=1)
        for branch in BRANCHES
    ]


def rows_on(counts: Sequence[Mapping[str, str]], day: date) -> Iterator[Mapping[str, str]]:
    """The file of a day: all months before its own; the last of them is not yet final."""
    this_month = day.replace(day=1).isoformat()[:7]
    last_month = (day.replace(day=1) - timedelta(days=1)).isoformat()[:7]
    for row in counts:
        if row["Month"] >= this_month or not _shown(row, day):
            continue
        yield _preliminary(row) if row["Month"] == last_month else row


def _shown(row: Mapping[str, str], day: date) -> bool:
    """Northbank is not counted once it is closed, and later never was."""
    if row["Branch ID"] != _NORTHBANK.id:
        return True
    return day < ERASED and row["Month"] <= BRANCH_CLOSED.isoformat()[:7]


def _preliminary(row: Mapping[str, str]) -> Mapping[str, str]:
    """As first told: a part of the loans is missing, and a counter that stood still says nothing."""
    broken = (row["Branch ID"], row["Month"]) == (COUNTER_BROKEN[0], str(COUNTER_BROKEN[1])[:7])
    loans = int(row["Loans"]) * 97 // 100
    doors = "" if broken else row["Door Count"]
    return {**row, "Door Count": doors, "Loans": str(loans), "Status": "Preliminary"}


def _row(die: random.Random, branch: Branch, month: date) -> Mapping[str, str]:
    noise = die.lognormvariate(0, 0.05)
    per_door = die.uniform(0.72, 0.88) * (1.7 if branch.id == "AF-05" else 1)
    share = _open_share(branch, month)
    level = _OF_2020[month.month - 1] if month.year == 2020 else _LEVEL[month.year]
    doors = round(branch.doors * _SEASON[month.month - 1] * level * share * noise)
    doors = round(doors * _gained(branch, month))
    shut = month.year == 2020 and month.month in (4, 5)
    days = 0 if shut else round(branch.days_per_month * share * (1 - 0.08 * (month.month == 12)))
    estimated = (branch.id, month) == COUNTER_BROKEN
    return {
        "Month": month.isoformat()[:7],
        "Branch ID": branch.id,
        "Branch": branch.name,
        "Days Open": str(days),
        "Door Count": str(doors // 100 * 100 if estimated else doors),
        "Loans": str(round(doors * per_door)),
        "Computer Sessions": str(round(doors * die.uniform(0.09, 0.13)) if branch.lon else 0),
        "Status": "Estimated" if estimated else "Final",
    }


def _open_share(branch: Branch, month: date) -> float:
    """Share of a month's days, 0 to 1, on which the storm let a branch open."""
    if branch is not _NORTHBANK or month < STORM.replace(day=1):
        return 1.0
    return (STORM.day - 1) / 31 if month == STORM.replace(day=1) else 0.0


def _gained(branch: Branch, month: date) -> float:
    """Where the readers of Northbank went; not all of them went anywhere."""
    if month <= STORM:
        return 1.0
    if branch.id == "AF-05":
        return 1.75 if month > BRANCH_CLOSED else 1.2
    return {"AF-01": 1.06, "AF-03": 1.08}.get(branch.id, 1.0)
