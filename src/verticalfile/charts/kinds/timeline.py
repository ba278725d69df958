"""The timeline of checks: a mark for each version, and where nobody looked or nothing was offered."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from verticalfile.charts import frame
from verticalfile.charts.drawing import (
    NARROW,
    About,
    Cell,
    Drawn,
    Numbers,
    Sheet,
    moment_cell,
    within_budget,
)
from verticalfile.charts.pen import Anchor, Box, Pen, number, svg, width_of
from verticalfile.charts.runs import Gap
from verticalfile.charts.scales import Scale, seconds
from verticalfile.charts.summary import told_of_gaps
from verticalfile.charts.words import Words

BROAD = Sheet("c-svg c-broad", "b", 960, 14, 104)
"""Shown from 832 px on: 14 px x 832 / 960 = 12.1 px."""
NARROW_TALL = replace(NARROW, height=84)
LOWEST = 14.0
"""Height of the mark of a version in which the fewest rows changed."""
GAP_HALF = 12.0
MARKS_BROAD, MARKS_NARROW = 100, 28
"""Versions that can be told apart side by side: some 9 px each."""


class What(StrEnum):
    """What a version brought, as its shape tells."""

    FIRST = "first"
    ROWS = "rows"
    COLUMNS = "columns"
    FORM = "form"
    HELD = "held"
    UNREADABLE = "unreadable"
    WITHDRAWN = "withdrawn"


SHAPES = {
    What.FIRST: "m-5-5h10v10h-10z",
    What.ROWS: "m-5-5h10v10h-10z",
    What.COLUMNS: "m0-6.500 6.500 6.500-6.500 6.500-6.500-6.500z",
    What.FORM: "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    What.HELD: "m0-6.500 6 11h-12z",
    What.UNREADABLE: "m-4.500-4.500 9 9m0-9-9 9",
    What.WITHDRAWN: "m-5.500 0a5.500 5.500 0 1 0 11 0a5.500 5.500 0 1 0-11 0zm2 0h7",
}
ON_THE_LINE = (What.FORM, What.UNREADABLE, What.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Mark:
    """One version. `touched`: rows added, removed and changed (of the first: its rows); None is
    not known, or not to be told. `label`: what people call it."""

    at: datetime
    what: What
    touched: int | None = None
    label: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class TimelineChart:
    """`gaps`: nobody looked. `gone`: it was not offered. `asked`: the day one reads as of."""

    about: About
    marks: tuple[Mark, ...]
    until: datetime | None = None  # the last look
    gaps: tuple[Gap, ...] = ()
    gone: tuple[Gap, ...] = ()
    asked: datetime | None = None
    is_recorded: bool = False  # a record of others tells what stood when, and nobody looks


def draw_timeline(chart: TimelineChart, words: Words) -> Drawn:
    """Draw it for both widths, with its summary and numbers."""
    ordered = tuple(sorted(chart.marks, key=lambda m: m.at))
    chart = replace(chart, marks=ordered)
    summary = _summary(chart, words)

    def draw(at_most: int) -> tuple[str, str]:
        return (
            _drawing(chart, BROAD, words, summary, min(at_most, MARKS_BROAD)),
            _drawing(chart, NARROW_TALL, words, summary, min(at_most, MARKS_NARROW)),
        )

    wide, narrow, _ = within_budget(draw)
    said = _said(chart, words)
    if len(ordered) > MARKS_NARROW:
        said = (*said, words.gettext("Where versions lie close, one mark stands for several."))
    return Drawn(chart.about, wide, narrow, summary, _numbers(chart, words), said)


def told_of_what(what: What, words: Words) -> str:
    """What happened, for the table."""
    match what:
        case What.FIRST:
            return words.gettext("First version")
        case What.ROWS:
            return words.gettext("Rows changed")
        case What.COLUMNS:
            return words.gettext("Only columns changed")
        case What.FORM:
            return words.gettext("Only the form of the file changed")
        case What.HELD:
            return words.gettext("Held for review")
        case What.UNREADABLE:
            return words.gettext("Could not be read")
        case What.WITHDRAWN:
            return words.gettext("Withdrawn by the library")


def _said(chart: TimelineChart, words: Words) -> tuple[str, ...]:
    """The meaning of the shapes that are there."""
    there = {mark.what for mark in chart.marks}
    said = [words.gettext("One mark for each version; the taller, the more rows changed.")]
    shapes = {
        What.COLUMNS: words.gettext("Diamond: only columns changed."),
        What.FORM: words.gettext("Small circle: only the form of the file changed."),
        What.HELD: words.gettext("Triangle: held for review."),
        What.UNREADABLE: words.gettext("Cross: could not be read."),
        What.WITHDRAWN: words.gettext("Barred circle: withdrawn by the library."),
    }
    said += [text for what, text in shapes.items() if what in there]
    if chart.gaps:
        said.append(
            words.gettext("Hatched: the source records no state.")
            if chart.is_recorded
            else words.gettext("Hatched: we did not check.")
        )
    if chart.gone:
        said.append(words.gettext("Dotted: the publisher did not offer it."))
    return tuple(said)


def _summary(chart: TimelineChart, words: Words) -> str:
    if not chart.marks:
        return words.gettext("There is no version yet.")
    first, last = chart.marks[0], chart.marks[-1]
    told = [
        words.ngettext(
            "%(n)s version, on %(start)s.",
            "%(n)s versions, from %(start)s to %(end)s.",
            len(chart.marks),
            start=words.day(first.at),
            end=words.day(last.at),
        )
    ]
    changed = [m for m in chart.marks if m.what is not What.FIRST and m.touched]
    if changed:
        most = max(changed, key=lambda m: m.touched or 0)
        told.append(
            words.gettext(
                "The most rows, %(rows)s, changed on %(day)s.",
                rows=words.number(most.touched or 0),
                day=words.day(most.at),
            )
        )
    told += [told_of_gaps(chart.gaps, words), told_of_gaps(chart.gone, words)]
    return " ".join(part for part in told if part)


def _numbers(chart: TimelineChart, words: Words) -> Numbers:
    rows = tuple(
        (
            moment_cell(mark.at, words),
            Cell(mark.label, mark.label),
            Cell(told_of_what(mark.what, words), str(mark.what)),
            Cell("", "") if mark.touched is None else Cell(words.number(mark.touched), str(mark.touched)),
        )
        for mark in chart.marks
    )  # fmt: skip
    headings = (
        words.gettext("First seen"), words.gettext("Version"), words.gettext("What happened"),
        words.gettext("Rows touched"),
    )  # fmt: skip
    return Numbers(chart.about.title, headings, rows)


def _drawing(chart: TimelineChart, sheet: Sheet, words: Words, summary: str, at_most: int) -> str:
    pen = frame.sheet_pen(sheet)
    key = f"{chart.about.key}-{sheet.letter}"
    moments = [m.at for m in chart.marks]
    moments += [at for gap in (*chart.gaps, *chart.gone) for at in (gap.start, gap.end)]
    moments += [at for at in (chart.until, chart.asked) if at is not None]
    start, end = (min(moments), max(moments)) if moments else (datetime(2000, 1, 1),) * 2
    top = sheet.size * 1.9
    base = top + sheet.height
    plot = frame.Plot(8, top, sheet.width - 36, base)
    x = frame.time_scale(start, end, plot.left, plot.right)
    below = frame.Plot(plot.left, plot.top, plot.right, base + GAP_HALF)
    if moments:
        frame.draw_time_axis(pen, below, start, end, words)
        _draw_line(pen, chart, x, base, end)
        _draw_unknown(pen, chart, x, base, key, words)
        asked = _draw_asked(pen, chart, x, base, words)
        _draw_marks(pen, _close_together(chart.marks, at_most), x, base, sheet, asked)
    else:
        pen.text(0, base, words.gettext("Nothing to draw"), kind="c-q")
    worded = 3.1 if chart.gaps or chart.gone else 1.9
    height = frame.colophon(pen, base + GAP_HALF + sheet.size * worded, chart.about, words)
    defs = frame.hatching(key) if chart.gaps else ""
    return svg(pen, height, key=key, kind=sheet.kind, title=chart.about.title, description=summary, defs=defs)  # fmt: skip


def _draw_line(pen: Pen, chart: TimelineChart, x: Scale, base: float, end: datetime) -> None:
    """The line of what was seen; it stops where nobody looked or nothing was offered."""
    if not chart.marks:
        return
    at, last = chart.marks[0].at, max(chart.until or chart.marks[-1].at, chart.marks[-1].at)
    parts = []
    for gap in sorted((*chart.gaps, *chart.gone), key=lambda g: g.start):
        if gap.start > at:
            parts.append((at, min(gap.start, last)))
        at = max(at, gap.end)
    if last > at or not parts:
        parts.append((at, last))
    pen.path((f"M{number(x.place(seconds(a)))} {number(base)}H{number(x.place(seconds(b)))}" for a, b in parts if b >= a), "c-s c-s1")  # fmt: skip


def _draw_unknown(
    pen: Pen, chart: TimelineChart, x: Scale, base: float, key: str, words: Words
) -> None:
    """Gaps as hatched boxes, times without an offer as dots; each kind says its word."""
    unknown = words.gettext("no state") if chart.is_recorded else words.gettext("not checked")
    for gaps, word in (
        (chart.gaps, unknown),
        (chart.gone, words.gettext("not offered")),
    ):
        spans = frame.joined_places(
            [(x.place(seconds(g.start)), x.place(seconds(g.end))) for g in gaps]
        )
        if gaps is chart.gaps:
            around = frame.Plot(0, base - GAP_HALF, 0, base + GAP_HALF)
            frame.draw_gaps(pen, around, spans, key)
        else:
            pen.path((f"M{number(a)} {number(base)}H{number(b)}" for a, b in spans), "c-dots")
        for left, right in spans:
            y = base + GAP_HALF + 8 + pen.size * 2.5
            pen.text_if_free((left + right) / 2, y, word, kind="c-q", anchor="middle", apart=10)


def _close_together(marks: Sequence[Mark], at_most: int) -> list[Mark]:
    """Marks of one stretch of time as one where there are too many; the chosen one stays."""
    if len(marks) <= at_most:
        return list(marks)
    start, end = marks[0].at, marks[-1].at
    whole = (end - start).total_seconds() or 1.0
    gathered: dict[int, list[Mark]] = {}
    for mark in marks:
        share = (mark.at - start).total_seconds() / whole
        gathered.setdefault(min(at_most - 1, int(share * at_most)), []).append(mark)
    return [_one_of(inside) for inside in gathered.values()]


def _one_of(inside: Sequence[Mark]) -> Mark:
    if len(inside) == 1:
        return inside[0]
    told = [m.touched for m in inside if m.touched is not None]
    first = next((m for m in inside if m.chosen), inside[0])
    what = What.ROWS if told else first.what
    label = first.label if first.chosen else ""
    return Mark(first.at, what, max(told) if told else None, label, first.chosen)


def _draw_marks(
    pen: Pen, marks: Sequence[Mark], x: Scale, base: float, sheet: Sheet, taken: Sequence[Box]
) -> None:
    most = max([m.touched or 0 for m in marks if m.what not in ON_THE_LINE], default=0)
    places = [(x.place(seconds(m.at)), base - _height(m, most, sheet), m) for m in marks]
    pen.path((f"M{number(at)} {number(base)}V{number(y)}" for at, y, _ in places if y < base), "c-s c-s1")  # fmt: skip
    for chosen, kind in ((False, "c-m c-s1"), (True, "c-f1")):
        shapes = [
            f"M{number(at)} {number(y)}{SHAPES[m.what]}"
            for at, y, m in places
            if m.chosen is chosen and m.what is not What.UNREADABLE
        ]
        pen.path(shapes, kind)
    pen.path((f"M{number(at)} {number(y)}{SHAPES[m.what]}" for at, y, m in places if m.what is What.UNREADABLE), "c-s c-s1")  # fmt: skip
    around = [*taken, *(Box(at - 7, y - 7, at + 7, y + 7) for at, y, _ in places)]
    around += [Box(at - 2, y, at + 2, base) for at, y, _ in places]
    around.append(Box(0, base - 3, pen.width, base + 3))
    by_worth = sorted(places, key=lambda p: (not p[2].chosen, p[1]))
    for at, y, mark in by_worth:
        if mark.label:
            _draw_label(pen, at, y, mark, around)


def _draw_label(pen: Pen, at: float, y: float, mark: Mark, around: Sequence[Box]) -> None:
    """What people call the version, where there is room; the chosen one also left or above."""
    kind, level = ("c-b" if mark.chosen else "c-q"), y + pen.size * 0.35
    places: list[tuple[float, float, Anchor]] = [
        (at + 10, level, "start"),
        (at - 10, level, "end"),
        (at, y - 11, "middle"),
        (at, pen.size, "middle"),  # the line of the date at the top
        (at - 6, pen.size, "end"),
    ]
    for x, line, anchor in places if mark.chosen else places[:1]:
        if pen.text_if_free(x, line, mark.label, kind=kind, anchor=anchor, apart=2, around=around):
            return


def _height(mark: Mark, most: int, sheet: Sheet) -> float:
    """The square root of the rows changed, so that small changes are seen beside large ones."""
    if mark.what in ON_THE_LINE:
        return 0.0
    if mark.touched is None or not most:
        return LOWEST
    return LOWEST + (sheet.height - LOWEST) * math.sqrt(mark.touched / most)


def _draw_asked(pen: Pen, chart: TimelineChart, x: Scale, base: float, words: Words) -> list[Box]:
    """The day one reads as of, from top to bottom; returns where the line stands."""
    if chart.asked is None:
        return []
    at = x.place(seconds(chart.asked))
    y = pen.size
    pen.path(f"M{number(at)} {number(y - pen.size * 0.8)}V{number(base)}", "c-asked")
    label = words.day(chart.asked)
    ahead = at + 8 + width_of(label, pen.size) < pen.width
    pen.text(at + 8 if ahead else at - 8, y, label, kind="c-b", anchor="start" if ahead else "end")
    return [Box(at - 1, 0, at + 1, base)]
