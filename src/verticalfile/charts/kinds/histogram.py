"""How many values lie in each of equally wide stretches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verticalfile.charts import frame
from verticalfile.charts.drawing import (
    NARROW,
    WIDE,
    About,
    Cell,
    Drawn,
    Numbers,
    Sheet,
    Unit,
    finite,
)
from verticalfile.charts.pen import Pen, number, svg, width_of
from verticalfile.charts.scales import Scale, bounds, number_ticks
from verticalfile.charts.words import Number, Words

BINS = 40
"""Bars of one histogram; more are put together."""


@dataclass(frozen=True, slots=True)
class HistogramChart:
    """`counts[n]` values lie from `edges[n]` to below `edges[n + 1]` (the last: including it)."""

    about: About  # its unit is that of the edges
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    measure: str = ""  # what is counted
    left_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.edges) != len(self.counts) + 1 and (self.edges or self.counts):
            raise ValueError("a histogram has one edge more than counts")


def binned(values: Sequence[Number | None], at_most: int = 20) -> tuple[tuple[float, ...], tuple[int, ...]]:  # fmt: skip
    """Edges at round numbers and the counts between them; what is no number is not counted."""
    told = [v for each in values if (v := finite(each)) is not None]
    if not told:
        return (), ()
    low, high = min(told), max(told)
    if low == high:
        low, high = bounds(told, zero=False)
    edges = number_ticks(low, high, at_most)
    if edges[0] > min(told):  # by a hair, which a tick may leave out and an edge may not
        edges = [2 * edges[0] - edges[1], *edges]
    if edges[-1] < max(told):
        edges = [*edges, 2 * edges[-1] - edges[-2]]
    counts = [0] * (len(edges) - 1)
    step = Scale(edges[0], edges[-1], 0, len(counts))
    for value in told:
        place = min(len(counts) - 1, int(step.place(value)))
        # places are rounded; the edges themselves decide
        while place > 0 and value < edges[place]:
            place -= 1
        while place < len(counts) - 1 and value >= edges[place + 1]:
            place += 1
        counts[place] += 1
    return tuple(edges), tuple(counts)


def draw_histogram(chart: HistogramChart, words: Words) -> Drawn:
    """Draw it for both widths, with its summary and numbers."""
    summary = _summary(chart, words)
    edges, counts, said = _drawn(chart, words)
    wide, narrow = (
        _drawing(chart, edges, counts, sheet, words, summary) for sheet in (WIDE, NARROW)
    )
    headings = (
        words.gettext("From"), words.gettext("To"), chart.measure or words.gettext("How many"),
    )  # fmt: skip
    rows = tuple(
        (_edge(low, chart, words), _edge(high, chart, words), Cell(words.number(n), str(n)))
        for low, high, n in zip(chart.edges, chart.edges[1:], chart.counts, strict=False)
    )
    numbers = Numbers(chart.about.title, headings, rows)
    return Drawn(chart.about, wide, narrow, summary, numbers, (*said, *chart.left_out))


def _edge(value: float, chart: HistogramChart, words: Words) -> Cell:
    exact = repr(value).removesuffix(".0")
    return Cell(chart.about.unit.shown(value, words), exact)


def _drawn(
    chart: HistogramChart, words: Words
) -> tuple[tuple[float, ...], tuple[int, ...], tuple[str, ...]]:
    """Neighbours together where there are more than BINS."""
    many = -(-len(chart.counts) // BINS)
    if many <= 1:
        return chart.edges, chart.counts, ()
    edges = (*chart.edges[:-1:many], chart.edges[-1])
    starts = range(0, len(chart.counts), many)
    counts = tuple(sum(chart.counts[n : n + many]) for n in starts)
    said = words.ngettext(
        "Each bar stands for %(n)s row of the table.",
        "Each bar stands for %(n)s rows of the table.", many,
    )  # fmt: skip
    return edges, counts, (said,)


def _summary(chart: HistogramChart, words: Words) -> str:
    total = sum(chart.counts)
    if not total:
        return words.gettext("There are no values.")
    unit = chart.about.unit
    filled = [n for n, count in enumerate(chart.counts) if count]
    fullest = max(filled, key=lambda n: chart.counts[n])
    return words.ngettext(
        "%(n)s value between %(low)s and %(high)s.",
        "%(n)s values between %(low)s and %(high)s; the highest bar, from %(from)s to %(to)s, has %(most)s.",
        total, low=unit.shown(chart.edges[filled[0]], words),
        high=unit.shown(chart.edges[filled[-1] + 1], words),
        most=words.number(chart.counts[fullest]),
        **{"from": unit.shown(chart.edges[fullest], words),
           "to": unit.shown(chart.edges[fullest + 1], words)},
    )  # fmt: skip


def _drawing(
    chart: HistogramChart, edges: tuple[float, ...], counts: tuple[int, ...], sheet: Sheet,
    words: Words, summary: str,
) -> str:  # fmt: skip
    pen = frame.sheet_pen(sheet)
    key = f"{chart.about.key}-{sheet.letter}"
    axis = frame.value_axis(0, max([*counts, 1]), Unit(), words, at_most=4, whole=True)
    top = sheet.size * 0.9
    said = " ".join(part for part in (chart.measure, axis.said) if part)
    if said:
        pen.text(0, top + sheet.size * 0.6, said, kind="c-q")
        top += sheet.line * 1.2
    tall = sheet.height if edges else sheet.empty
    plot = frame.Plot(axis.room(sheet.size), top, sheet.width - 14, top + tall)
    if edges:
        frame.draw_value_axis(pen, plot, axis)
        x = Scale(edges[0], edges[-1], plot.left, plot.right)
        y = axis.scale(plot)
        pen.path((_bar(x, y, edges[n], edges[n + 1], c) for n, c in enumerate(counts) if c), "c-f1")
        below = _draw_edges(pen, plot, x, edges, chart.about.unit, words)
    else:
        frame.draw_nothing(pen, plot, words)
        below = plot.bottom
    height = frame.colophon(pen, below, chart.about, words)
    return svg(pen, height, key=key, kind=sheet.kind, title=chart.about.title, description=summary)


def _bar(x: Scale, y: Scale, low: float, high: float, count: int) -> str:
    """A bar with a hair of paper beside it."""
    left, right = x.place(low) + 0.5, x.place(high) - 0.5
    tall = y.place(0) - y.place(count)
    return f"M{number(left)} {number(y.place(0))}v{number(-tall)}H{number(right)}v{number(tall)}z"


def _draw_edges(
    pen: Pen, plot: frame.Plot, x: Scale, edges: tuple[float, ...], unit: Unit, words: Words
) -> float:
    """Round numbers along the edge, as many as fit; returns where the next thing begins."""
    for at_most in (8, 6, 4, 3, 2, 1):
        ticks = [
            t for t in number_ticks(edges[0], edges[-1], at_most) if edges[0] <= t <= edges[-1]
        ]
        labels, said = frame.tick_labels(ticks, unit, words)
        if frame.apart([(x.place(t), n) for t, n in zip(ticks, labels, strict=True)], pen):
            break
    pen.path((f"M{number(x.place(t))} {number(plot.bottom)}v6" for t in ticks), "c-axis")
    for tick, label in zip(ticks, labels, strict=True):
        half = width_of(label, pen.size) / 2
        at = min(max(x.place(tick), half), pen.width - half)
        pen.text(at, plot.bottom + 8 + pen.size, label, kind="c-q", anchor="middle")
    if said:
        pen.text(plot.right, plot.bottom + 10 + 2.2 * pen.size, said, kind="c-q", anchor="end")
    return plot.bottom + pen.size * (3 if said else 1.8)
