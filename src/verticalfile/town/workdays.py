"""On which days the town's offices and crews work: the federal holidays on which they rest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

_FIXED = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
_MONDAY, _THURSDAY = 0, 3


def is_workday(day: date) -> bool:
    """Monday to Friday without holidays (5 U.S.C. 6103; one on a Sunday is kept on the Monday)."""
    if day.weekday() > 4 or (day.month, day.day) in _FIXED:
        return False
    before = day - timedelta(days=1)
    if day.weekday() == _MONDAY and (before.month, before.day) in _FIXED:
        return False
    week = (day.day - 1) // 7 + 1
    if day.weekday() == _MONDAY:
        last = (day + timedelta(days=7)).month != day.month
        return not (
            (day.month, week) in ((1, 3), (2, 3), (9, 1), (10, 2)) or (day.month == 5 and last)
        )
    return not (day.weekday() == _THURSDAY and (day.month, week) == (11, 4))


def next_workday(day: date) -> date:
    """The day itself if it is one, else the first after it."""
    while not is_workday(day):
        day += timedelta(days=1)
    return day


def months(first: date, last: date, *, on: int) -> Iterator[date]:
    """One day of each month, such as every fifteenth, from `first` to `last`."""
    year, month = first.year, first.month
    while (day := date(year, month, on)) <= last:
        if day >= first:
            yield day
        year, month = year + month // 12, month % 12 + 1
