"""The calendar of the story: which files there are, when they change, when somebody looked.

Every fault of a real publisher has its day here; what a person would tell of it stands in `told`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from verticalfile.town.workdays import months


@dataclass(frozen=True, slots=True)
class File:
    """One file of the portal: the dataset it belongs to, where it is, what the server calls it."""

    dataset: str
    path: str  # below the portal's address
    media_type: str


REQUESTS, PERMITS, PRICES = "service-requests", "building-permits", "sidewalk-repair-prices"
INSPECTIONS, SALES, BUDGET = "building-inspections", "housing-sales", "city-budget"
RESTAURANTS = "restaurant-inspections"
LIBRARIES = "library-branches"
BRANCHES, DOORS = f"{LIBRARIES}/branches", f"{LIBRARIES}/door-counts"

FILES: Mapping[str, File] = {
    REQUESTS: File(REQUESTS, f"data/{REQUESTS}.csv", "text/csv"),
    PERMITS: File(PERMITS, f"data/{PERMITS}.csv", "text/csv"),
    PRICES: File(PRICES, f"data/{PRICES}.csv", "text/csv"),
    INSPECTIONS: File(INSPECTIONS, f"data/{INSPECTIONS}.csv", "text/csv"),
    SALES: File(SALES, f"data/{SALES}.csv.gz", "application/gzip"),
    RESTAURANTS: File(RESTAURANTS, f"data/{RESTAURANTS}.json", "application/json"),
    BRANCHES: File(LIBRARIES, "data/library/branches.geojson", "application/geo+json"),
    DOORS: File(LIBRARIES, "data/library/door-counts.csv", "text/csv"),
    BUDGET: File(BUDGET, f"data/{BUDGET}.csv", "text/csv"),
}
"""Files by NAME as `vf` writes it; eight datasets, one of them in two files."""

FIRST_DAY, LAST_DAY = date(2022, 1, 4), date(2024, 12, 31)
WEEKS_4 = timedelta(weeks=4)
WEEKS_8 = timedelta(weeks=8)
NOBODY_LOOKED = (date(2022, 9, 14), date(2022, 12, 4))
"""The library moved, and its computer stood in a box: nothing was looked at on these days."""

# what befell the town
REZONED = date(2023, 5, 1)
STORM = date(2023, 7, 26)
BRANCH_CLOSED = date(2024, 1, 31)

# service requests
REORDERED = date(2022, 4, 28)
CUT_OFF = date(2022, 8, 15)
ERROR_PAGE = date(2022, 12, 5)
STORM_FILE = date(2023, 8, 1)
NOT_FOUND, FOUND_AGAIN = date(2024, 4, 16), date(2024, 4, 23)

# building permits
BOM_FROM = date(2022, 6, 21)
RENAMED = date(2023, 3, 14)
CUT_SHORT = date(2023, 5, 22)
HOMES_FROM = date(2023, 7, 18)
SMALL_LETTERS, CAPITALS_AGAIN = date(2023, 9, 12), date(2023, 10, 10)
WINDOWS_FROM, UTF8_AGAIN = date(2023, 11, 7), date(2024, 2, 27)

# sidewalk repair prices
RENUMBERED = date(2022, 3, 8)
PRICES_2023 = date(2023, 1, 3)
LATE_ITEMS = date(2023, 6, 20)
PRICES_2024 = date(2024, 1, 2)
REVISED = date(2024, 3, 12)
VANISHED, RETURNED = date(2024, 6, 18), date(2024, 9, 10)
PRICES_2025 = date(2024, 12, 31)

# building inspections
IDS_FROM = date(2022, 5, 24)
SPELLED = date(2022, 7, 22)
SHRUNK = date(2024, 1, 30)
SHRUNK_LOOKS = (date(2024, 2, 1), date(2024, 2, 6))

# housing sales
SPLIT = date(2023, 2, 28)
ZONES_CHANGED = date(2023, 5, 2)
FILTERED, WHOLE_AGAIN = date(2024, 5, 7), date(2024, 5, 21)

# restaurant inspections
TIMES_DROPPED = date(2023, 4, 6)
OUT_OF_ORDER = date(2023, 10, 10)
ENDED = date(2024, 8, 20)

# library branches and door counts
SUMMER_HOURS = date(2022, 6, 15)
MORE_DIGITS = date(2023, 2, 15)
STEP_FREE_TOLD = date(2023, 4, 15)
REPAIRS = date(2023, 8, 15)
CLOSED_TOLD = date(2024, 2, 15)
DOORS_ON_PORTAL = date(2024, 4, 15)
"""Until then somebody at the desk saved the door counts in a folder, month by month."""
ERASED = date(2024, 7, 15)
NEW_HOURS = date(2024, 12, 15)

# budget; a fiscal year begins with July of the year before its name
BUDGET_2023, BUDGET_2024, BUDGET_2025 = date(2022, 7, 1), date(2023, 7, 1), date(2024, 7, 1)
AFTER_STORM = date(2023, 10, 20)

ROWS_OF: Mapping[tuple[str, date], date] = {
    (REQUESTS, REORDERED): date(2022, 4, 26), (INSPECTIONS, SPELLED): date(2022, 7, 19),
    (SALES, ZONES_CHANGED): date(2023, 4, 25), (RESTAURANTS, TIMES_DROPPED): date(2023, 3, 28),
}  # fmt: skip
"""On these days the rows of an earlier export come once more, and only their look is new."""


def moment_of(day: date) -> datetime:
    """When a day's files are out: early in the town's morning."""
    return datetime.combine(day, time(11), tzinfo=UTC)


def beat_days(file: str) -> list[date]:
    """The days on which somebody looked and the portal answered otherwise than before."""
    return sorted({day for day in (*_OWN_DAYS[file], *_REGULAR.get(file, ())) if not _in_gap(day)})


def look_days(file: str) -> list[date]:
    """All days on which somebody looked at a file, in order; most files were the same at times."""
    beats = [day for day in beat_days(file) if not is_by_hand(file, day)]
    quiet = (day for day in (*_QUIET, *_AGAIN.get(file, ())) if beats[0] < day and not _in_gap(day))
    return sorted({*beats, *quiet})


def is_by_hand(file: str, day: date) -> bool:
    """Whether what a file was on a day is known from the folder at the desk alone."""
    return file == DOORS and day < DOORS_ON_PORTAL


def _in_gap(day: date) -> bool:
    first, last = NOBODY_LOOKED
    return first <= day <= last


def _every(step: timedelta, first: date, last: date = LAST_DAY) -> tuple[date, ...]:
    return tuple(first + n * step for n in range((last - first) // step + 1))


def _monthly(on: int) -> tuple[date, ...]:
    return tuple(months(FIRST_DAY, LAST_DAY, on=on))


_REGULAR: Mapping[str, tuple[date, ...]] = {
    REQUESTS: _every(WEEKS_4, FIRST_DAY),
    PERMITS: _every(WEEKS_8, FIRST_DAY),
    INSPECTIONS: _every(WEEKS_8, FIRST_DAY + WEEKS_4),
    SALES: _every(WEEKS_8, FIRST_DAY + WEEKS_4),
    # not on the day before nobody looked, so that a gap of more than ninety days is seen
    RESTAURANTS: (
        *_every(WEEKS_4, FIRST_DAY, date(2022, 8, 16)),
        *_every(WEEKS_4, date(2022, 12, 6), ENDED),
    ),
    DOORS: _monthly(15),
    BUDGET: tuple(day for day in _monthly(15) if day.month in (1, 4)),
}
"""When the publisher puts out a new file by habit."""

_QUIET = _every(WEEKS_8, FIRST_DAY)
"""When somebody looked at every file, whether or not there was anything new."""

_AGAIN: Mapping[str, tuple[date, ...]] = {
    INSPECTIONS: SHRUNK_LOOKS,
    PRICES: (VANISHED + WEEKS_4,),
}
"""Looks beside these: a library looks sooner at what is held as surprising, or is missing."""

_OWN_DAYS: Mapping[str, tuple[date, ...]] = {
    REQUESTS: (REORDERED, CUT_OFF, date(2022, 8, 16), ERROR_PAGE, date(2022, 12, 6), STORM_FILE,
               NOT_FOUND, FOUND_AGAIN),
    PERMITS: (BOM_FROM, RENAMED, CUT_SHORT, HOMES_FROM, SMALL_LETTERS, CAPITALS_AGAIN,
              WINDOWS_FROM, UTF8_AGAIN),
    PRICES: (FIRST_DAY, RENUMBERED, PRICES_2023, LATE_ITEMS, PRICES_2024, REVISED, VANISHED,
             RETURNED, PRICES_2025),
    INSPECTIONS: (IDS_FROM, SPELLED, SHRUNK),
    SALES: (SPLIT, ZONES_CHANGED, FILTERED, WHOLE_AGAIN),
    RESTAURANTS: (TIMES_DROPPED, OUT_OF_ORDER, OUT_OF_ORDER + timedelta(days=1), ENDED),
    BRANCHES: (date(2022, 1, 15), SUMMER_HOURS, MORE_DIGITS, STEP_FREE_TOLD, REPAIRS, CLOSED_TOLD, ERASED,
               NEW_HOURS),
    DOORS: (),
    BUDGET: (BUDGET_2023, BUDGET_2024, BUDGET_2025, AFTER_STORM, date(2022, 12, 12),
             date(2023, 7, 20), date(2023, 12, 12), date(2024, 12, 12)),
}  # fmt: skip
"""Days beside the regular ones."""
