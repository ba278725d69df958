"""What people of Alder Falls ask the town to mend, and what becomes of it, day by day.

Times are the town's own, without offset, as the publisher prints them. A request is a first
state and a list of later edits; the file of a day is every request as it stood that day.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from verticalfile.town.days import STORM
from verticalfile.town.files.wishes import CATEGORIES, Category, detail
from verticalfile.town.streets import PARKS, STREETS, Street, any_of, crossing, dice, house
from verticalfile.town.workdays import next_workday

COLUMNS = (
    "Request ID", "Opened", "Closed", "Category", "Details", "Street Address", "Neighborhood",
    "Ward", "Status", "Reported By",
)  # fmt: skip
BEGIN = date(2021, 7, 1)
END = date(2024, 12, 31)
PER_WEEK = 6.4
"""Requests in an ordinary week: a town of some nine thousand that has just begun to count them."""
STORM_TREES = 84
SNOWFALLS = (
    date(2021, 12, 18), date(2022, 1, 16), date(2022, 2, 3), date(2022, 2, 25), date(2022, 12, 16),
    date(2022, 12, 23), date(2023, 1, 25), date(2023, 2, 23), date(2023, 3, 4), date(2024, 1, 9),
    date(2024, 1, 13), date(2024, 2, 13), date(2024, 3, 23), date(2024, 12, 5), date(2024, 12, 20),
)  # fmt: skip
_SNOW_DAYS = 4
"""How long after a snowfall people report unshovelled walks."""
_WEEKDAY_SHARE = (1.5, 1.25, 1.15, 1.1, 1.05, 0.55, 0.4)
_WAYS = ("Phone", "Web form", "App", "Walk-in", "Staff")
_WAY_WEIGHTS = (38, 27, 22, 5, 8)


@dataclass(slots=True)
class Request:
    """One request: its first state by column, and edits `(when, {column: text})` in order of time."""

    opened: datetime
    first: dict[str, str]
    edits: list[tuple[datetime, dict[str, str]]] = field(default_factory=list)

    def on(self, moment: datetime) -> Mapping[str, str]:
        """The row as it stood at `moment`."""
        row = dict(self.first)
        for when, change in self.edits:
            if when <= moment:
                row.update(change)
        return row


def all_requests(seed: int) -> Sequence[Request]:
    """Every request of the years, in order of opening, numbered within each year."""
    die = dice(seed, "service requests")
    found: list[Request] = []
    day = BEGIN
    while day <= END:
        for category in _of_day(die, day):
            found.append(_request(die, category, _hour(die, day)))
        day += timedelta(days=1)
    found.sort(key=lambda request: request.opened)
    numbers: dict[int, int] = {}
    for request in found:
        year = request.opened.year
        numbers[year] = numbers.get(year, 0) + 1
        request.first["Request ID"] = f"SR-{year}-{numbers[year]:04}"
    return found


def rows_on(requests: Sequence[Request], moment: datetime) -> list[Mapping[str, str]]:
    """The file's rows at a moment, oldest request first."""
    return [request.on(moment) for request in requests if request.opened <= moment]


def _of_day(die: random.Random, day: date) -> list[Category]:
    weights = [_weight(category, day) for category in CATEGORIES]
    usual = sum(sum(category.by_month) for category in CATEGORIES) / 12
    expected = PER_WEEK / 7 * _WEEKDAY_SHARE[day.weekday()] * sum(weights) / usual
    count = int(expected) + (die.random() < expected % 1)
    found = die.choices(CATEGORIES, weights=weights, k=count)
    since_storm = (day - STORM).days
    if 0 <= since_storm < 7:
        tree = next(c for c in CATEGORIES if c.name == "Fallen tree or limb")
        share = (0.34, 0.27, 0.15, 0.10, 0.06, 0.05, 0.03)[since_storm]
        found += [tree] * round(STORM_TREES * share)
    return found


def _weight(category: Category, day: date) -> float:
    weight = category.by_month[day.month - 1]
    if category.after_snow:
        fresh = any(0 <= (day - fall).days < _SNOW_DAYS for fall in SNOWFALLS)
        weight *= 9 if fresh else 0.15
    return weight


def _hour(die: random.Random, day: date) -> datetime:
    minutes = int(min(max(die.gauss(11.6, 3.4), 0.1), 23.9) * 60)
    return datetime.combine(day, time(minutes // 60, minutes % 60))


def _request(die: random.Random, category: Category, opened: datetime) -> Request:
    street = any_of(die, PARKS if category.in_parks else STREETS)
    first = {
        "Request ID": "",
        "Opened": f"{opened:%Y-%m-%d %H:%M}",
        "Closed": "",
        "Category": category.name,
        "Details": detail(die, category, opened),
        "Street Address": _address(die, category, street),
        "Neighborhood": street.neighborhood,
        "Ward": str(street.ward),
        "Status": "Open",
        "Reported By": die.choices(_WAYS, weights=_WAY_WEIGHTS)[0],
    }
    request = Request(opened, first)
    _live(die, category, request)
    if die.random() < 0.025:  # the crew finds the right place, and the office corrects it
        noticed = _working_hour(die, opened + timedelta(days=die.uniform(1, 9)))
        request.edits.append((noticed, {"Street Address": _address(die, category, street)}))
    request.edits.sort(key=lambda edit: edit[0])
    return request


def _address(die: random.Random, category: Category, street: Street) -> str:
    if category.in_parks:
        return street.name
    at_crossing = die.random() < category.crossing_share
    return crossing(die, street) if at_crossing else house(die, street)


def _live(die: random.Random, category: Category, request: Request) -> None:
    """What becomes of it: most are mended within the usual days, some are referred, some reopened."""
    days = category.days * die.lognormvariate(0, 0.75)
    storm_day = (request.opened.date() - STORM).days
    if category.name == "Fallen tree or limb" and 0 <= storm_day < 7:
        days = days * 4 + 3  # two crews for a whole town of trees
    closed = _working_hour(die, request.opened + timedelta(days=days))
    if die.random() < 0.035:
        noticed = _working_hour(die, request.opened + timedelta(days=die.uniform(0.2, 2)))
        request.edits.append((noticed, {"Status": "Duplicate", "Closed": _stamp(noticed)}))
        return
    if die.random() < category.referred_share:
        sent = _working_hour(die, request.opened + timedelta(days=die.uniform(0.5, 5)))
        request.edits.append((sent, {"Status": "Referred to county"}))
        closed = _working_hour(die, closed + timedelta(days=die.randint(6, 40)))
    elif days > 4:
        started = _working_hour(die, request.opened + timedelta(days=days * 0.45))
        if started < closed:
            request.edits.append((started, {"Status": "In progress"}))
    if die.random() < 0.02:
        return  # forgotten: stays as it is
    request.edits.append((closed, {"Status": "Closed", "Closed": _stamp(closed)}))
    if die.random() < 0.04:
        again = _working_hour(die, closed + timedelta(days=die.uniform(3, 24)))
        mended = _working_hour(die, again + timedelta(days=category.days * 2 + die.uniform(4, 20)))
        request.edits.append((again, {"Status": "Reopened", "Closed": ""}))
        request.edits.append((mended, {"Status": "Closed", "Closed": _stamp(mended)}))


def _working_hour(die: random.Random, moment: datetime) -> datetime:
    """An hour at which the crews work, at or after `moment`: workdays, 7 to 16 o'clock."""
    day = moment.date() + timedelta(days=moment.hour >= 16)
    begin = max(moment, datetime.combine(next_workday(day), time(7)))
    left = datetime.combine(begin.date(), time(15, 59)) - begin
    return begin + timedelta(minutes=die.randint(0, max(left // timedelta(minutes=1), 0)))


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
