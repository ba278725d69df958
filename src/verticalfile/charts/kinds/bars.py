"""Values side by side as bars from zero."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from verticalfile.charts import frame
from verticalfile.charts.drawing import (
    NARROW,
    WIDE,
    About,
    Cell,
    Drawn,
    Numbers,
    Sheet,
    finite,
    shared,
    value_cell,
)
from verticalfile.charts.pen import Pen, clean, number, svg, width_of
from verticalfile.charts.rows import ROWS, THICK, Rows, draw_names, rows_for
from verticalfile.charts.scales import Scale, bounds
from verticalfile.charts.summary import told_of_parts
from verticalfile.charts.words import Number, Words


@dataclass(frozen=True, slots=True)
class Bar:
    """One value; None is not known."""

    name: str
    value: Number | None


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars in the order given. `adds_up`: those that do not fit may be drawn as their sum."""

    about: About
    bars: tuple[Bar, ...]
    heading: str = ""  # what the names are
    measure: str = ""  # what the values are
    adds_up: bool = True


def draw_bars(chart: BarChart, words: Words) -> Drawn:
    """Draw it for both widths, with its summary and numbers."""
    names = shared([clean(bar.name) for bar in chart.bars])
    values = [bar.value for bar in chart.bars]
    summary = told_of_parts(names, values, chart.about.unit, words)
    drawn, said = _drawn_bars(chart, names, words)
    wide, narrow = (_drawing(chart, drawn, sheet, words, summary) for sheet in (WIDE, NARROW))
    rows = tuple(
        (Cell(name, bar.name), value_cell(bar.value, chart.about.unit, words))
        for name, bar in zip(names, chart.bars, strict=True)
    )
    headings = (chart.heading or words.gettext("Name"), chart.measure or words.gettext("Value"))
    return Drawn(chart.about, wide, narrow, summary, Numbers(chart.about.title, headings, rows), said)  # fmt: skip


def _drawn_bars(
    chart: BarChart, names: tuple[str, ...], words: Words
) -> tuple[list[tuple[str, Number | None]], tuple[str, ...]]:
    """The bars that fit: the largest ones where there are too many, in the order given."""
    all_bars: list[tuple[str, Number | None]] = [
        (name, bar.value) for name, bar in zip(names, chart.bars, strict=True)
    ]
    if len(all_bars) <= ROWS:
        return all_bars, ()
    by_size = sorted(range(len(all_bars)), key=lambda n: -abs(finite(all_bars[n][1]) or 0.0))
    kept = set(by_size[: ROWS - 1])
    shown = [bar for n, bar in enumerate(all_bars) if n in kept]
    rest = [value for n, (_, value) in enumerate(all_bars) if n not in kept]
    if not chart.adds_up:
        said = words.gettext(
            "The %(shown)s largest of %(all)s are drawn; the table has all.",
            shown=words.number(len(shown)), all=words.number(len(all_bars)),
        )  # fmt: skip
        return shown, (said,)
    name = words.ngettext("%(n)s other", "%(n)s others together", len(rest))
    said = words.gettext("The smallest are drawn together; the table has all.")
    return [*shown, (name, _sum(rest))], (said,)


def _sum(values: list[Number | None]) -> Number:
    total = Decimal(0)
    for value in values:
        if value is not None and finite(value) is not None:
            total += Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return int(total) if total == total.to_integral_value() and abs(total) < 10**18 else total


def _drawing(
    chart: BarChart, bars: list[tuple[str, Number | None]], sheet: Sheet, words: Words, summary: str
) -> str:
    pen = frame.sheet_pen(sheet)
    key = f"{chart.about.key}-{sheet.letter}"
    top = _head(pen, chart.measure, sheet)
    rows = rows_for(sheet, [name for name, _ in bars], top)
    told = [finite(value) for _, value in bars]
    most = sheet.width * (0.22 if sheet.is_wide else 0.35)
    labels = [
        frame.value_label(value, chart.about.unit, words, room=most, size=sheet.size)
        for _, value in bars
    ]
    low, high = bounds([v for v in told if v is not None], zero=True)
    left, right = _sides(labels, told, sheet)
    scale = Scale(low, high, rows.left + left, sheet.width - right)
    zero = scale.place(0)
    draw_names(pen, sheet, rows, [name for name, _ in bars])
    pen.path(_bars(told, rows, scale), "c-f1")
    if bars:
        pen.path(rows.upright(zero, len(bars)), "c-axis")
    else:
        pen.text(0, top + sheet.size, words.gettext("Nothing to draw"), kind="c-q")
    for place, (value, label) in enumerate(zip(told, labels, strict=True)):
        y = rows.y(place) + sheet.size * 0.35
        at = zero if value is None else scale.place(value)
        before = value is not None and value < 0
        pen.text(at - 6 if before else at + 6, y, label, anchor="end" if before else "start",
                 kind="c-q" if value is None else "")  # fmt: skip
    bottom = rows.bottom(max(1, len(bars)))
    height = frame.colophon(pen, bottom, chart.about, words)
    return svg(pen, height, key=key, kind=sheet.kind, title=chart.about.title, description=summary)


def _head(pen: Pen, measure: str, sheet: Sheet) -> float:
    """The measure's name above the rows, where there is one."""
    if not clean(measure):
        return 2.0
    pen.text(0, sheet.size, measure, kind="c-q")
    return sheet.size * 1.6


def _sides(labels: list[str], told: list[float | None], sheet: Sheet) -> tuple[float, float]:
    """Room for the values left of the lowest and right of the highest."""
    sides = [0.0, 0.0]
    for label, value in zip(labels, told, strict=True):
        side = 0 if value is not None and value < 0 else 1
        sides[side] = max(sides[side], width_of(label, sheet.size) + 8)
    return sides[0], sides[1]


def _bars(told: list[float | None], rows: Rows, scale: Scale) -> str:

    zero = scale.place(0)
    parts = []
    for place, value in enumerate(told):
        if value:
            wide = scale.place(value) - zero
            top = rows.y(place) - THICK / 2
            parts.append(f"M{number(zero)} {number(top)}h{number(wide)}v{number(THICK)}h{number(-wide)}z")  # fmt: skip
    return "".join(parts)
