"""The timeline as a drawing: where each mark stands, how tall it is, where nobody looked.

Height is the square root of the rows that differ. The line stops at a gap: nothing is drawn
through what was not seen. Above 300 versions the tallest of each stretch stands for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime

from verticalfile.services.reading.timeline import Stop, Timeline
from verticalfile.web.sentences import shape

WIDE = 1000
LEFT, RIGHT = 22, 22
GROUND = 132
TALLEST = 92
LOWEST = 8
MARKS_AT_MOST = 300
BESIDE = 52
"""A label needs so much room to its right."""
NARROW_GAP = 90
"""Words below a gap need so much room between them."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A version: where, how tall, which shape, and what stands beside it."""

    x: float
    top: float
    shape: str  # square, diamond, cross
    is_here: bool
    label: str

    @property
    def stem(self) -> float:
        """How far down the ground is."""
        return round(GROUND - self.top, 1)

    @property
    def label_y(self) -> int:
        """Beside the mark, or above one that is so low that a gap would run through its label."""
        return -2 if self.stem > 26 else -17

    @property
    def label_x(self) -> int:
        return -4 if self.stem <= 26 else (-10 if self.near_end else 10)

    @property
    def near_end(self) -> bool:
        """Whether a label fits on the left side alone."""
        return self.x > WIDE - BESIDE


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the ground: a line, a gap, or a time in which the publisher did not offer it."""

    x: float
    width: float
    has_word: bool = False

    @property
    def end(self) -> float:
        return self.x + self.width

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything of the drawing, in its own coordinates."""

    marks: tuple[Mark, ...]
    lines: tuple[Stretch, ...]
    gaps: tuple[Stretch, ...]
    absent: tuple[Stretch, ...]
    years: tuple[tuple[float, str], ...]
    ticks: tuple[float, ...]
    thinned: bool


def drawing(time: Timeline) -> Drawing | None:
    """The drawing of a timeline; None when there is too little to draw."""
    if time.first is None or time.last_look is None or len(time.stops) < 2:
        return None
    scale = _Scale(time.first, max(time.last_look, time.stops[0].facts.version.seen_at))
    stops = list(reversed(time.stops))
    kept = _thinned(stops, scale)
    most = max((s.rows_touched for s in kept), default=0)
    marks = _labelled([_mark(s, scale, most) for s in kept])
    gaps = _worded([scale.stretch(g.since, g.until) for g in time.gaps])
    absent = [
        scale.stretch(s.absent.since, s.absent.until or scale.last) for s in stops if s.absent
    ]
    holes = sorted([*gaps, *absent], key=lambda s: s.x)
    years, ticks = _years(scale)
    return Drawing(
        tuple(marks), tuple(_between(scale, holes)), tuple(gaps), tuple(absent), years, ticks,
        len(kept) < len(stops),
    )  # fmt: skip


class _Scale:
    def __init__(self, first: datetime, last: datetime) -> None:
        self.first, self.last = first, last
        self._span = max((last - first).total_seconds(), 1.0)

    def x(self, moment: datetime) -> float:
        part = (moment - self.first).total_seconds() / self._span
        return round(LEFT + min(max(part, 0.0), 1.0) * (WIDE - LEFT - RIGHT), 1)

    def stretch(self, since: datetime, until: datetime) -> Stretch:
        start = self.x(since)
        return Stretch(start, round(self.x(until) - start, 1))


def _thinned(stops: list[Stop], scale: _Scale) -> list[Stop]:
    if len(stops) <= MARKS_AT_MOST:
        return stops
    step = (WIDE - LEFT - RIGHT) / MARKS_AT_MOST
    tallest: dict[int, Stop] = {}
    for stop in stops:
        place = int(scale.x(stop.facts.version.seen_at) / step)
        held = tallest.get(place)
        if (
            held is None
            or stop.is_here
            or (not held.is_here and stop.rows_touched > held.rows_touched)
        ):
            tallest[place] = stop
    return [tallest[place] for place in sorted(tallest)]


def _mark(stop: Stop, scale: _Scale, most: int) -> Mark:
    share = math.sqrt(stop.rows_touched / most) if most else 0.0
    top = GROUND - LOWEST - share * (TALLEST - LOWEST)
    number = str(stop.facts.version.number)
    place = scale.x(stop.facts.version.seen_at)
    return Mark(place, round(top, 1), shape(stop.facts), stop.is_here, number)


def _labelled(marks: list[Mark]) -> list[Mark]:
    """Numbers beside marks where there is room; the open one always has its own."""
    found = []
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        room = (following.x if following else WIDE) - mark.x
        if following is not None and following.near_end:
            room -= 30  # where its own label stands
        wide = room >= 30 or mark.is_here
        found.append(mark if wide else Mark(mark.x, mark.top, mark.shape, mark.is_here, ""))
    return found


def _worded(gaps: list[Stretch]) -> list[Stretch]:
    """The words “not checked” below the gaps, left out where they would run into one another."""
    found: list[Stretch] = []
    last = float(-NARROW_GAP)
    for gap in gaps:
        fits = gap.middle - last >= NARROW_GAP
        found.append(Stretch(gap.x, gap.width, fits))
        last = gap.middle if fits else last
    return found


def _between(scale: _Scale, holes: list[Stretch]) -> list[Stretch]:
    found, at = [], scale.x(scale.first)
    for hole in holes:
        if hole.x > at:
            found.append(Stretch(at, round(hole.x - at, 1)))
        at = max(at, hole.end)
    end = scale.x(scale.last)
    if end > at:
        found.append(Stretch(at, round(end - at, 1)))
    return found


def _years(scale: _Scale) -> tuple[tuple[tuple[float, str], ...], tuple[float, ...]]:
    """Where each year's name stands, and where it begins."""
    first, last = scale.first.astimezone(UTC).year, scale.last.astimezone(UTC).year
    every = max(1, -(-(last - first + 1) // 14))
    names, ticks = [], []
    for year in range(first, last + 1):
        begin = datetime(year, 1, 1, tzinfo=UTC)
        end = datetime(year + 1, 1, 1, tzinfo=UTC)
        start, stop = scale.x(begin), scale.x(end)
        if begin > scale.first:
            ticks.append(start)
        if stop - start >= 40 and (year - first) % every == 0:
            names.append((round((start + stop) / 2, 1), str(year)))
    return tuple(names), tuple(ticks)
