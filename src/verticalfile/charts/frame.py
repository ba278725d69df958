"""The parts that charts share: axes with their ticks, gaps, keys, the line of date and source."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from verticalfile.charts.drawing import LONGEST_UNIT, About, Sheet, Unit, finite
from verticalfile.charts.pen import Pen, clean, fitted, number, width_of
from verticalfile.charts.scales import (
    STEPS,
    Scale,
    Step,
    number_ticks,
    seconds,
    time_steps,
    time_ticks,
    widened,
)
from verticalfile.charts.words import Number, Words, with_power

SERIES = 6
"""Lines or parts of one chart; more cannot be told apart."""
SHAPES = (
    "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    "m-3.5-3.5h7v7h-7z",
    "m0-5 5 5-5 5-5-5z",
    "m0-5 4.500 8h-9z",
    "m0 5 4.500-8h-9z",
    "m-1.500-4.500h3v3h3v3h-3v3h-3v-3h-3v-3h3z",
)
"""Markers of the series, each around a point: circle, square, diamond, two triangles, cross."""
COLOPHON_LINES = 3
NARROWEST_GAP = 4.0
"""A gap is drawn at least so wide, or nobody sees it."""


@dataclass(frozen=True, slots=True)
class Plot:
    """The part with the marks."""

    left: float
    top: float
    right: float
    bottom: float


def tick_labels(ticks: Sequence[float], unit: Unit, words: Words) -> tuple[list[str], str]:
    """Labels of round numbers, and what must be said of them: "in millions", "× 10^20"."""
    largest = max((abs(t) for t in ticks), default=0.0)
    if unit.share and 1e-4 < largest < 1e4:
        places = _decimals([100 * t for t in ticks])
        space = "\u00a0" if words.is_spanish else ""
        return [f"{100 * t:,.{places}f}{space}%" for t in ticks], ""
    factor, said = factor_of(largest, words)
    shown = [t / factor for t in ticks]
    places = _decimals(shown)
    labels = [f"{v:,.{places}f}".replace("-", "−") for v in shown]
    if labels and unit.before and ticks[-1] >= 0:
        labels[-1] = f"{clean(unit.before, LONGEST_UNIT)}{labels[-1]}"
    after = clean(unit.after, LONGEST_UNIT)
    return labels, " ".join(part for part in (said, after) if part)


def factor_of(largest: float, words: Words) -> tuple[float, str]:
    """What labels are divided by so that they stay short, and how that is said."""
    if largest == 0 or 1e-4 <= largest < 1e6:
        return 1.0, ""
    if 1e6 <= largest < 1e9:
        return 1e6, words.gettext("in millions")
    if 1e9 <= largest < 1e12:
        return 1e9, words.gettext("in billions")
    power = math.floor(math.log10(largest))
    power = max(power, -300)
    return 10.0**power, f"× 10^{power}"


def _decimals(values: Sequence[float]) -> int:
    """How many decimals tell these apart."""
    for places in range(7):
        if all(abs(v - round(v, places)) <= 1e-9 * max(1.0, abs(v)) for v in values):
            return places
    return 6


def value_label(value: Number | None, unit: Unit, words: Words, *, room: float, size: float) -> str:
    """A value beside its mark: whole where there is room, else rounded to three digits."""
    at = finite(value)
    if value is None or at is None:
        return words.gettext("not known")
    whole = unit.shown(value, words)
    if width_of(whole, size) <= room:
        return whole
    return fitted(with_power(at) if abs(at) >= 1e4 or at == 0 else f"{at:.3g}", room, size)


@dataclass(frozen=True, slots=True)
class ValueAxis:
    """An upright axis: its ends, its ticks and their labels."""

    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    said: str
    factor: float  # of the labels

    def room(self, size: float) -> float:
        """Width of the labels with the space beside them."""
        return max((width_of(text, size) for text in self.labels), default=0.0) + 8

    def scale(self, plot: Plot) -> Scale:
        return Scale(self.ticks[0], self.ticks[-1], plot.bottom, plot.top)


def value_axis(
    low: float, high: float, unit: Unit, words: Words, *, at_most: int = 5, whole: bool = False
) -> ValueAxis:
    ticks = number_ticks(low, high, at_most, whole=whole)
    labels, said = tick_labels(ticks, unit, words)
    largest = max((abs(t) for t in ticks), default=0.0)
    factor = 1.0 if unit.share and largest < 1e4 else factor_of(largest, words)[0]
    return ValueAxis(tuple(ticks), tuple(labels), said, factor)


def draw_value_axis(pen: Pen, plot: Plot, axis: ValueAxis) -> None:
    """Grid lines with labels at their left; zero, or the lowest, is the axis."""
    scale = axis.scale(plot)
    base = 0.0 if axis.ticks[0] <= 0 <= axis.ticks[-1] else axis.ticks[0]
    grid = [t for t in axis.ticks if t != base]
    pen.path((f"M{number(plot.left)} {number(scale.place(t))}H{number(plot.right)}" for t in grid), "c-grid")  # fmt: skip
    pen.path(f"M{number(plot.left)} {number(scale.place(base))}H{number(plot.right)}", "c-axis")
    for tick, label in zip(axis.ticks, axis.labels, strict=True):
        y = scale.place(tick) + pen.size * 0.35
        pen.text(plot.left - 8, y, label, kind="c-q", anchor="end")


def time_scale(start: datetime, end: datetime, left: float, right: float) -> Scale:
    """From moments, as `seconds`, to places."""
    start, end = widened(start, end)
    return Scale(seconds(start), seconds(end), left, right)


def draw_time_axis(
    pen: Pen, plot: Plot, start: datetime, end: datetime, words: Words, *, years_beside: bool = True
) -> None:
    """Ticks below the plot, as many as fit without touching."""
    start, end = widened(start, end)
    scale = Scale(seconds(start), seconds(end), plot.left, plot.right)
    room = plot.right - plot.left
    for step in [*time_steps(start, end, int(room / (2.5 * pen.size))), STEPS[-1]]:
        ticks = time_ticks(start, end, step)
        told = [(scale.place(seconds(t)), _time_label(t, step, words, n)) for n, t in enumerate(ticks)]  # fmt: skip
        if len(ticks) < 2 and step is not STEPS[-1]:
            break
        if apart(told, pen):
            break
    if len(told) < 2 or not apart(told, pen):
        told = _ends(start, end, scale, words, pen)
    pen.path((f"M{number(x)} {number(plot.bottom)}v6" for x, _ in told), "c-axis")
    for x, label in told:
        half = width_of(label, pen.size) / 2
        at = min(max(x, half), pen.width - half)
        pen.text(at, plot.bottom + 8 + pen.size, label, kind="c-q", anchor="middle")


def _time_label(at: datetime, step: Step, words: Words, place: int) -> str:
    match step.unit:
        case "year":
            return str(at.year)
        case "month":
            return words.short_month(at)
        case "day":
            return words.short_day(at) if place == 0 else words.day_of_year(at)
        case _:
            return words.hour(at) if place == 0 or at.hour == 0 else f"{at:%H:%M}"


def apart(told: Sequence[tuple[float, str]], pen: Pen) -> bool:
    """Whether labels centred at these places, moved inside the drawing, do not touch."""
    edge = -1e9
    for x, label in told:
        half = width_of(label, pen.size) / 2
        at = min(max(x, half), pen.width - half)
        if at - half < edge + 10:
            return False
        edge = at + half
    return True


def _ends(
    start: datetime, end: datetime, scale: Scale, words: Words, pen: Pen
) -> list[tuple[float, str]]:
    """Where no round moments fit: both ends, or the first alone."""
    both = [(scale.place(seconds(t)), words.short_day(t)) for t in (start, end)]
    return both if both[0][1] != both[1][1] and apart(both, pen) else both[:1]


def hatching(key: str) -> str:
    """The pattern that says: this is not known."""
    return (
        f'<pattern id="{key}-h" width="7" height="7" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><path d="M0 0v7" class="c-hat"/></pattern>'
    )


def joined_places(spans: Sequence[tuple[float, float]], touching: float = 2.0) -> list[tuple[float, float]]:  # fmt: skip
    """Spans of places, those that touch made one, each wide enough to be seen."""
    found: list[tuple[float, float]] = []
    for left, right in sorted(spans):
        if right - left < NARROWEST_GAP:
            middle = (left + right) / 2
            left, right = middle - NARROWEST_GAP / 2, middle + NARROWEST_GAP / 2
        if found and left <= found[-1][1] + touching:
            found[-1] = (found[-1][0], max(found[-1][1], right))
        else:
            found.append((left, right))
    return found


def draw_gaps(pen: Pen, plot: Plot, spans: Sequence[tuple[float, float]], key: str) -> None:
    """Hatched from top to bottom of the plot."""
    pen.path(
        (
            f"M{number(left)} {number(plot.top)}h{number(right - left)}"
            f"V{number(plot.bottom)}h{number(left - right)}z"
            for left, right in spans
        ),
        "c-gap",
        fill=f"url(#{key}-h)",
    )


def colophon(pen: Pen, top: float, about: About, words: Words) -> float:
    """As-of date and source below everything; returns the height of the whole drawing."""
    told = []
    if about.as_of is not None:
        told.append(words.gettext("As of %(day)s.", day=words.day(about.as_of)))
    if clean(about.source):
        told.append(words.gettext("Source: %(source)s", source=clean(about.source)))
    y = top
    for text in wrapped(" ".join(told), pen.width, pen.size):
        y += pen.size * 1.35
        pen.text(0, y, text, kind="c-q")
    return y + pen.size * 0.5


def wrapped(text: str, width: float, size: float) -> list[str]:
    """A text in lines; what the last of COLOPHON_LINES cannot hold is cut."""
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and (width_of(joined, size) <= width or len(lines) == COLOPHON_LINES):
            lines[-1] = joined
        else:
            lines.append(word)
    return lines


def key_rows(pen: Pen, top: float, entries: Sequence[tuple[str, str]]) -> float:
    """Samples with their names, side by side where they fit; returns where the next thing begins.

    Entries are (markup of a sample around 0, 0 in a box of 24, name).
    """
    if not entries:
        return top
    line = pen.size * 1.5
    x, y = 0.0, top + pen.size
    for sample, name in entries:
        wide = 30 + min(width_of(clean(name), pen.size), pen.width - 30)
        if x and x + wide > pen.width:
            x, y = 0.0, y + line
        pen.parts.append(
            f'<g transform="translate({number(x + 12)} {number(y - pen.size * 0.35)})">{sample}</g>'
        )
        pen.text(x + 30, y, name)
        x += wide + 18
    return y + pen.size


def draw_nothing(pen: Pen, plot: Plot, words: Words) -> None:
    """An empty chart says that it is."""
    pen.path(f"M0 {number(plot.bottom)}H{number(pen.width)}", "c-axis")
    middle = pen.width / 2, (plot.top + plot.bottom) / 2
    pen.text(*middle, words.gettext("Nothing to draw"), kind="c-q", anchor="middle")


def sheet_pen(sheet: Sheet) -> Pen:
    return Pen(sheet.width, sheet.size)
