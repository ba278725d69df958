"""Wholes side by side, each cut into the same parts."""

from __future__ import annotations

from collections.abc import Sequence
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
from verticalfile.charts.frame import SERIES
from verticalfile.charts.pen import clean, number, svg, width_of
from verticalfile.charts.rows import THICK, Rows, draw_names, rows_for
from verticalfile.charts.scales import Scale
from verticalfile.charts.summary import told_of_parts
from verticalfile.charts.words import Number, Words

WHOLES = 16
"""Rows of one chart; more are a table."""
TEXTURES = (
    "",
    "M0 1.500h6",
    "M1.500 0v6",
    "M1.500 1.500h1.500v1.500h-1.500z",
    "M0 6 6 0",
    "M0 1.500h6M1.500 0v6",
)
"""On the colours of the parts, so that they are told apart without colour: none, lines across,
lines up, dots, a slant, a lattice."""


@dataclass(frozen=True, slots=True)
class Whole:
    """One row: a value for each part, in their order; None is not known."""

    name: str
    values: tuple[Number | None, ...]


@dataclass(frozen=True, slots=True)
class StackedChart:
    """Parts beyond SERIES are drawn together; negative values cannot be stacked and are said."""

    about: About
    parts: tuple[str, ...]
    wholes: tuple[Whole, ...]
    heading: str = ""
    measure: str = ""


def draw_stacked(chart: StackedChart, words: Words) -> Drawn:
    """Draw it for both widths, with its summary and numbers."""
    about = chart.about
    names = shared([clean(w.name) for w in chart.wholes])
    totals = [_total(w.values) for w in chart.wholes]
    summary = told_of_parts(names, totals, about.unit, words)
    parts, lengths, said = _drawn(chart, words)
    wide, narrow = (
        _drawing(chart, names, parts, lengths, sheet, words, summary) for sheet in (WIDE, NARROW)
    )
    rows = tuple(
        (
            Cell(name, whole.name),
            *(value_cell(_at(whole.values, n), about.unit, words) for n in range(len(chart.parts))),
            value_cell(total, about.unit, words),
        )
        for name, whole, total in zip(names, chart.wholes, totals, strict=True)
    )
    headings = (
        chart.heading or words.gettext("Name"), *shared([clean(p) for p in chart.parts]),
        words.gettext("Together"),
    )  # fmt: skip
    return Drawn(about, wide, narrow, summary, Numbers(about.title, headings, rows), said)


def _at(values: Sequence[Number | None], place: int) -> Number | None:
    return values[place] if place < len(values) else None


def _total(values: Sequence[Number | None]) -> Number:
    total = Decimal(0)
    for value in values:
        if value is not None and (finite(value) or -1.0) > 0:
            total += Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return int(total) if total == total.to_integral_value() and total < 10**18 else total


def _drawn(
    chart: StackedChart, words: Words
) -> tuple[list[str], list[list[float]], tuple[str, ...]]:
    """Names of the parts drawn, the length of each in each row, and what must be said."""
    said = []
    parts = list(shared([clean(p) for p in chart.parts]))
    told = [[finite(_at(w.values, n)) for n in range(len(parts))] for w in chart.wholes[:WHOLES]]
    lengths = [[max(0.0, v or 0.0) for v in row] for row in told]
    if any(v is not None and v < 0 for row in told for v in row):
        said.append(words.gettext("Values below zero cannot be stacked; they stand in the table."))
    if len(parts) > SERIES:
        rest = parts[SERIES - 1 :]
        parts = [*parts[: SERIES - 1], words.ngettext("%(n)s other", "%(n)s others together", len(rest))]  # fmt: skip
        lengths = [[*row[: SERIES - 1], sum(row[SERIES - 1 :])] for row in lengths]
    if len(chart.wholes) > WHOLES:
        said.append(
            words.gettext(
                "The first %(shown)s of %(all)s are drawn; the table has all.",
                shown=words.number(WHOLES), all=words.number(len(chart.wholes)),
            )
        )  # fmt: skip
    return parts, lengths, tuple(said)


def _drawing(
    chart: StackedChart, names: tuple[str, ...], parts: list[str], lengths: list[list[float]],
    sheet: Sheet, words: Words, summary: str,
) -> str:  # fmt: skip
    pen, about = frame.sheet_pen(sheet), chart.about
    key = f"{about.key}-{sheet.letter}"
    top = 0.0
    if clean(chart.measure):
        pen.text(0, sheet.size, chart.measure, kind="c-q")
        top = sheet.size * 1.5
    samples = [(f'<path d="M-10-7h20v14h-20z" fill="url(#{key}-p{n})"/>', part) for n, part in enumerate(parts)]  # fmt: skip
    top = frame.key_rows(pen, top, samples)
    rows = rows_for(sheet, names[:WHOLES], top)
    totals = [_total(w.values) for w in chart.wholes[:WHOLES]]
    most = sheet.width * 0.4
    labels = [frame.value_label(t, about.unit, words, room=most, size=sheet.size) for t in totals]
    room = max((width_of(text, sheet.size) for text in labels), default=0.0) + 8
    longest = max((sum(row) for row in lengths), default=0.0) or 1.0
    scale = Scale(0, longest, rows.left, sheet.width - room)
    draw_names(pen, sheet, rows, names[:WHOLES])
    for n in range(len(parts)):
        pen.path(_segments(lengths, n, rows, scale), "c-p", fill=f"url(#{key}-p{n})")
    bottom = rows.bottom(max(1, len(lengths)))
    pen.path(rows.upright(rows.left, len(lengths)), "c-axis")
    if not lengths:
        pen.text(0, rows.top + sheet.size, words.gettext("Nothing to draw"), kind="c-q")
    for place, (row, label) in enumerate(zip(lengths, labels, strict=True)):
        pen.text(scale.place(sum(row)) + 6, rows.y(place) + sheet.size * 0.35, label)
    height = frame.colophon(pen, bottom, about, words)
    defs = "".join(_texture(key, n) for n in range(len(parts)))
    return svg(pen, height, key=key, kind=sheet.kind, title=about.title, description=summary, defs=defs)  # fmt: skip


def _segments(lengths: list[list[float]], part: int, rows: Rows, scale: Scale) -> list[str]:
    """One part in every row, from where the parts before it end."""
    found = []
    for place, row in enumerate(lengths):
        if row[part] > 0:
            left, right = scale.place(sum(row[:part])), scale.place(sum(row[: part + 1]))
            top = rows.y(place) - THICK / 2
            found.append(f"M{number(left)} {number(top)}H{number(right)}v{number(THICK)}H{number(left)}z")  # fmt: skip
    return found


def _texture(key: str, place: int) -> str:
    drawn = f'<path class="c-x" d="{TEXTURES[place]}"/>' if TEXTURES[place] else ""
    return (
        f'<pattern id="{key}-p{place}" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<path class="c-f{place + 1}" d="M0 0h6v6h-6z"/>{drawn}</pattern>'
    )
