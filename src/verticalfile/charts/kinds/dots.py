"""Estimates side by side: a dot, and a whisker for what it may well be."""

from __future__ import annotations

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
    shared,
    value_cell,
)
from verticalfile.charts.pen import Pen, clean, number, svg, width_of
from verticalfile.charts.rows import ROWS, Rows, draw_names, rows_for
from verticalfile.charts.scales import Scale, bounds
from verticalfile.charts.summary import told_of_parts
from verticalfile.charts.words import Number, Words

RADIUS = 5.0


@dataclass(frozen=True, slots=True)
class Dot:
    """An estimate with its range; `weak` ones are too uncertain to use and drawn hollow."""

    name: str
    value: Number | None
    low: Number | None = None
    high: Number | None = None
    weak: bool = False


@dataclass(frozen=True, slots=True)
class DotChart:
    """Dots in the order given; the first ROWS are drawn. `sure`: what the range means."""

    about: About
    dots: tuple[Dot, ...]
    heading: str = ""
    measure: str = ""
    sure: str = ""


def draw_dots(chart: DotChart, words: Words) -> Drawn:
    """Draw it for both widths, with its summary and numbers."""
    about = chart.about
    names = shared([clean(dot.name) for dot in chart.dots])
    summary = told_of_parts(names, [d.value for d in chart.dots], about.unit, words)
    wide, narrow = (_drawing(chart, names, sheet, words, summary) for sheet in (WIDE, NARROW))
    rows = tuple(
        (
            Cell(name, dot.name),
            *(value_cell(v, about.unit, words) for v in (dot.value, dot.low, dot.high)),
        )
        for name, dot in zip(names, chart.dots, strict=True)
    )
    headings = (
        chart.heading or words.gettext("Name"), chart.measure or words.gettext("Value"),
        words.gettext("At least"), words.gettext("At most"),
    )  # fmt: skip
    return Drawn(about, wide, narrow, summary, Numbers(about.title, headings, rows), _said(chart, words))  # fmt: skip


def _said(chart: DotChart, words: Words) -> tuple[str, ...]:
    said = [chart.sure] if clean(chart.sure) else []
    shown = chart.dots[:ROWS]
    if not said and any(d.low is not None or d.high is not None for d in shown):
        said.append(words.gettext("The line beside a dot shows what the value may well be."))
    if any(d.weak for d in shown):
        said.append(words.gettext("Hollow: too uncertain to use."))
    if len(chart.dots) > ROWS:
        said.append(
            words.gettext(
                "The first %(shown)s of %(all)s are drawn; the table has all.",
                shown=words.number(ROWS), all=words.number(len(chart.dots)),
            )
        )  # fmt: skip
    low, high = _bounds(chart)
    if low > 0 or high < 0:
        said.append(words.gettext("The scale does not begin at zero."))
    return tuple(said)


def _bounds(chart: DotChart) -> tuple[float, float]:
    told = [finite(v) for d in chart.dots[:ROWS] for v in (d.value, d.low, d.high)]
    return bounds([v for v in told if v is not None], zero=False)


def _drawing(
    chart: DotChart, names: tuple[str, ...], sheet: Sheet, words: Words, summary: str
) -> str:
    pen, about = frame.sheet_pen(sheet), chart.about
    key = f"{about.key}-{sheet.letter}"
    dots = chart.dots[:ROWS]
    axis = frame.value_axis(*_bounds(chart), about.unit, words, at_most=5 if sheet.is_wide else 3)
    top = 2.0
    said = " ".join(part for part in (clean(chart.measure), axis.said) if part)
    if said:
        pen.text(0, sheet.size, said, kind="c-q")
        top = sheet.size * 1.6
    rows = rows_for(sheet, names[:ROWS], top)
    most = sheet.width * (0.3 if sheet.is_wide else 0.5)
    labels = [_label(dot, about.unit, words, most, sheet.size) for dot in dots]
    room = max((width_of(text, sheet.size) for text in labels), default=0.0) + 10
    half = max(width_of(axis.labels[0], sheet.size), width_of(axis.labels[-1], sheet.size)) / 2
    beside = room if sheet.is_wide else half
    scale = Scale(axis.ticks[0], axis.ticks[-1], rows.left + max(RADIUS + 2, half if not sheet.is_wide else 0), sheet.width - beside - RADIUS)  # fmt: skip
    bottom = rows.bottom(max(1, len(dots)))
    grid = (f"M{number(scale.place(t))} {number(top)}V{number(bottom)}" for t in axis.ticks)
    pen.path(grid, "c-grid")
    _draw_marks(pen, dots, rows, scale)
    for place, label in enumerate(labels):
        y = rows.y(place)
        if sheet.is_wide:
            pen.text(sheet.width - room + 10, y + sheet.size * 0.35, label)
        else:
            left = sheet.width - width_of(label, sheet.size)
            pen.text(left, y - 12, label, kind="c-b")
    draw_names(pen, sheet, rows, names[:ROWS], beside=0 if sheet.is_wide else room)
    if not dots:
        pen.text(0, top + sheet.size, words.gettext("Nothing to draw"), kind="c-q")
    for tick, text in zip(axis.ticks, axis.labels, strict=True):
        y = bottom + sheet.size * 1.1
        pen.text_if_free(scale.place(tick), y, text, kind="c-q", anchor="middle", apart=8)
    height = frame.colophon(pen, bottom + sheet.size * 1.2, about, words)
    return svg(pen, height, key=key, kind=sheet.kind, title=about.title, description=summary)


def _label(dot: Dot, unit: Unit, words: Words, room: float, size: float) -> str:
    """The estimate; with an even range also its half: 1,240 ± 210."""
    shown = frame.value_label(dot.value, unit, words, room=room, size=size)
    low, high, middle = finite(dot.low), finite(dot.high), finite(dot.value)
    if low is None or high is None or middle is None or unit.share:
        return shown
    if abs((high - middle) - (middle - low)) > 1e-6 * max(1.0, abs(middle)):
        return shown
    half = float(f"{middle - low:.6g}")
    whole = f"{shown} ± {words.number(half)}"
    return whole if width_of(whole, size) <= room else shown


def _draw_marks(pen: Pen, dots: tuple[Dot, ...], rows: Rows, scale: Scale) -> None:
    whiskers: list[str] = []
    sure: list[str] = []
    weak: list[str] = []
    for place, dot in enumerate(dots):
        y = rows.y(place)
        value, low, high = finite(dot.value), finite(dot.low), finite(dot.high)
        if low is not None and high is not None:
            left, right = sorted((scale.place(low), scale.place(high)))
            whiskers.append(
                f"M{number(left)} {number(y - 4)}v8M{number(left)} {number(y)}H{number(right)}"
                f"M{number(right)} {number(y - 4)}v8"
            )
        if value is not None:
            circle = f"M{number(scale.place(value) - RADIUS)} {number(y)}a5 5 0 1 0 10 0a5 5 0 1 0-10 0z"  # fmt: skip
            (weak if dot.weak else sure).append(circle)
    pen.path(whiskers, "c-w")
    pen.path(sure, "c-f1")
    pen.path(weak, "c-m c-s1")
