"""From values and moments to places, with ticks that people can read.

Moments are naive: the wall time of the library, which whoever asks for a chart has put in.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

FLAT_SHARE = 0.2
"""A line that varies by less than this share of its values is drawn without zero, and it is said."""
LARGEST = 1e300
"""Beyond it differences of doubles overflow; larger values stand at the edge."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from [low, high] to [start, end]."""

    low: float
    high: float
    start: float
    end: float

    def place(self, value: float) -> float:
        """Where a value stands; outside the ends it stands at the end."""
        # halves, since high - low of doubles may overflow; of the smallest doubles they are nothing
        half = self.high / 2 - self.low / 2
        if half == 0:
            return self.start
        share = (value / 2 - self.low / 2) / half
        return self.start + min(1.0, max(0.0, share)) * (self.end - self.start)


def bounds(values: Sequence[float], *, zero: bool) -> tuple[float, float]:
    """Lowest and highest for a scale; with `zero` it always stands between them."""
    held = [min(LARGEST, max(-LARGEST, v)) for v in values]
    if not held:
        return 0.0, 1.0
    low, high = min(held), max(held)
    if zero or not _is_flat(low, high):
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        low, high = (low, low + 1.0) if low == 0 else (low - abs(low) / 10, high + abs(high) / 10)
    return low, high


def _is_flat(low: float, high: float) -> bool:
    """Whether zero would press the line flat: far from it, and hardly any difference."""
    far = min(abs(low), abs(high))
    same_side = low > 0 or high < 0
    return same_side and (high - low) < FLAT_SHARE * far and high != low


def number_ticks(low: float, high: float, at_most: int, *, whole: bool = False) -> list[float]:
    """Round numbers from at or below `low` to at or above `high`, 1, 2, 2.5 or 5 times a power
    of ten apart (whole: not less than 1)."""
    span = high - low
    # nearer to one another than doubles near them can be told apart
    if not math.isfinite(span) or span <= 1e-12 * max(abs(low), abs(high), 1e-280):
        return [low, high]
    at_most = max(2, at_most)  # one step cannot hold both sides of zero
    step = _nice_step(span / at_most, whole=whole)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    while last - first > at_most:
        step = _nice_step(step * 1.01, whole=whole)
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [_rounded(n * step, step) for n in range(first, last + 1)]


def _nice_step(least: float, *, whole: bool) -> float:
    power = 10.0 ** math.floor(math.log10(least))
    for factor in (1, 2, 2.5, 5, 10):
        step = factor * power
        if step >= least * (1 - 1e-9) and not (whole and step != math.floor(step)):
            return step
    return max(1.0, 10 * power) if whole else 10 * power


def _rounded(value: float, step: float) -> float:
    digits = max(0, 2 - math.floor(math.log10(step)))
    return round(value, digits) + 0.0 if digits <= 300 else value


@dataclass(frozen=True, slots=True)
class Step:
    """A distance between ticks of time: `count` hours, days, months or years."""

    unit: str
    count: int


STEPS = (
    *(Step("hour", n) for n in (1, 2, 3, 6, 12)),
    *(Step("day", n) for n in (1, 2, 7, 14)),
    *(Step("month", n) for n in (1, 2, 3, 6)),
    *(Step("year", n) for n in (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000)),
)
_DAYS = {"hour": 1 / 24, "day": 1.0, "month": 30.4, "year": 365.25}


def time_steps(start: datetime, end: datetime, at_most: int) -> Iterator[Step]:
    """Steps with at most so many ticks, the finest first."""
    days = (end - start).total_seconds() / 86400
    for step in STEPS:
        if days / (_DAYS[step.unit] * step.count) <= at_most:
            yield step


def time_ticks(start: datetime, end: datetime, step: Step) -> list[datetime]:
    """The moments of a step from `start` to `end`: whole hours, midnights, firsts of a month."""
    found = []
    at: datetime | None = _floor(start, step)
    while at is not None and at <= end:
        if at >= start:
            found.append(at)
        at = _next(at, step)
    return found


def _floor(at: datetime, step: Step) -> datetime:
    midnight = datetime(at.year, at.month, at.day)
    match step.unit:
        case "hour":
            return midnight + timedelta(hours=at.hour - at.hour % step.count)
        case "day":
            # days are counted from a Monday, so that sevens are weeks
            ordinal = midnight.toordinal()
            return datetime.fromordinal(max(1, ordinal - (ordinal - 1) % step.count))
        case "month":
            return datetime(at.year, 1 + (at.month - 1) // step.count * step.count, 1)
        case _:
            return datetime(max(1, at.year - at.year % step.count), 1, 1)


def _next(at: datetime, step: Step) -> datetime | None:
    try:
        match step.unit:
            case "hour":
                return at + timedelta(hours=step.count)
            case "day":
                return at + timedelta(days=step.count)
            case "month":
                month = at.month - 1 + step.count
                return datetime(at.year + month // 12, month % 12 + 1, 1)
            case _:
                year = at.year + step.count
                return datetime(year - year % step.count, 1, 1)
    except (OverflowError, ValueError):
        return None  # the calendar of Python ends in the year 9999


def widened(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """At least a day apart, so that one moment has a place."""
    if end - start >= timedelta(hours=1):
        return start, end
    half = timedelta(hours=12)
    return max(datetime.min + half, start) - half, min(datetime.max - half, end) + half


def seconds(at: datetime) -> float:
    """A moment as a number for a `Scale`."""
    return (at - datetime(1970, 1, 1)).total_seconds()
