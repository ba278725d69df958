"""A value through time: steps for values valid until the next, or slopes between measurements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

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
    moment_cell,
    shared,
    value_cell,
    within_budget,
)
from verticalfile.charts.frame import SERIES, SHAPES, Plot, ValueAxis
from verticalfile.charts.pen import Pen, clean, fitted, number, svg, width_of
from verticalfile.charts.runs import Gap, Point, Run, Series, known, slope_runs, step_runs, thinned
from verticalfile.charts.scales import Scale, bounds, seconds
from verticalfile.charts.summary import told_of_gaps, told_of_line, told_of_lines
from verticalfile.charts.words import Words

MARKED_POINTS = 40
"""Up to so many points each has a marker; beyond, only the last of each line."""
LABEL_SHARE = 0.3
"""Of the width, for names at the ends of lines."""


@dataclass(frozen=True, slots=True)
class LineChart:
    """At most SERIES lines; `until` is how long the last values are known to have held."""

    about: About
    series: tuple[Series, ...]
    until: datetime | None = None
    gaps: tuple[Gap, ...] = ()
    slopes: bool = False
    whole: bool = False  # the values are counts
    left_out: tuple[str, ...] = ()  # sentences about what is not in the chart


@dataclass(frozen=True, slots=True)
class _Ready:
    """The chart without what cannot be drawn, and what all its drawings share."""

    chart: LineChart
    names: tuple[str, ...]
    points: tuple[list[Point], ...]
    start: datetime
    end: datetime
    low: float
    high: float

    def runs(self, points: Sequence[Point]) -> list[Run]:
        if self.chart.slopes:
            return slope_runs(points, self.chart.gaps)
        return step_runs(points, self.chart.gaps, self.end)


def draw_line(chart: LineChart, words: Words) -> Drawn:
    """Draw it for both widths, with its summary and numbers."""
    ready = _ready(chart)
    if len(ready.points) == 1:
        told = told_of_line(ready.points[0], chart.about.unit, words)
    else:
        told = told_of_lines(ready.names, ready.points, chart.about.unit, words)
    summary = " ".join([told, told_of_gaps(chart.gaps, words)]).strip()

    def draw(at_most: int) -> tuple[str, str]:
        return (
            _drawing(ready, WIDE, words, summary, at_most),
            _drawing(ready, NARROW, words, summary, at_most * 2 // 5),
        )

    wide, narrow, at_most = within_budget(draw)
    return Drawn(chart.about, wide, narrow, summary, _numbers(ready, words), _said(ready, words, at_most))  # fmt: skip


def _ready(chart: LineChart) -> _Ready:
    series = chart.series[:SERIES]
    points = tuple(known(s) for s in series)
    moments = [p.at for each in points for p in each]
    moments += [at for gap in chart.gaps for at in (gap.start, gap.end)]
    moments += [chart.until] if chart.until is not None else []
    start, end = (min(moments), max(moments)) if moments else (datetime(2000, 1, 1),) * 2
    values = [v for each in points for p in each if (v := finite(p.value)) is not None]
    low, high = bounds(values, zero=chart.about.unit.share)
    names = shared([clean(s.name) for s in series])
    return _Ready(chart, names, points, start, end, low, high)


def _said(ready: _Ready, words: Words, at_most: int) -> tuple[str, ...]:
    """What the picture alone would not tell."""
    said = []
    chart = ready.chart
    if ready.low > 0 or ready.high < 0:
        said.append(words.gettext("The scale does not begin at zero."))
    if chart.gaps:
        reasons = dict.fromkeys(clean(gap.why) for gap in chart.gaps)
        said.append(words.gettext("Hatched: %(reasons)s.", reasons=", ".join(reasons)))
    total = sum(map(len, ready.points))
    if total > at_most:
        said.append(
            words.gettext(
                "%(all)s values are drawn as at most %(drawn)s: the lowest and highest of each stretch of time.",
                all=words.number(total), drawn=words.number(at_most),
            )
        )  # fmt: skip
    if len(chart.series) > SERIES:
        said.append(
            words.ngettext(
                "%(n)s more line is not drawn.", "%(n)s more lines are not drawn.",
                len(chart.series) - SERIES,
            )
        )  # fmt: skip
    return (*said, *chart.left_out)


def _drawing(ready: _Ready, sheet: Sheet, words: Words, summary: str, at_most: int) -> str:
    chart, pen = ready.chart, frame.sheet_pen(sheet)
    key = f"{chart.about.key}-{sheet.letter}"
    axis = frame.value_axis(
        ready.low, ready.high, chart.about.unit, words,
        at_most=5 if sheet.is_wide else 4, whole=chart.whole,
    )  # fmt: skip
    ends = _ends(ready)
    labels = _end_labels(ready, ends, sheet, axis, words)
    top = sheet.size * 0.9
    several = len(ready.names) > 1
    if several and not sheet.is_wide:
        samples = [(_sample(n), name) for n, name in enumerate(ready.names)]
        top = frame.key_rows(pen, 0.0, samples)
    if axis.said:
        pen.text(0, top + sheet.size * 0.6, axis.said, kind="c-q")
        top += sheet.line * 1.2
    room = max((width_of(text, sheet.size) for text in labels), default=0.0)
    tall = sheet.height if any(ready.points) else sheet.empty
    plot = Plot(axis.room(sheet.size), top, sheet.width - room - (26 if several else 14), top + tall)  # fmt: skip
    x = frame.time_scale(ready.start, ready.end, plot.left + 6, plot.right)
    spans = frame.joined_places(
        [(x.place(seconds(g.start)), x.place(seconds(g.end))) for g in chart.gaps]
    )
    if any(ready.points):
        frame.draw_value_axis(pen, plot, axis)
        frame.draw_gaps(pen, plot, spans, key)
        inside = Plot(plot.left + 6, plot.top, plot.right, plot.bottom)
        frame.draw_time_axis(pen, inside, ready.start, ready.end, words)
        _draw_series(pen, ready, x, axis.scale(plot), at_most)
        _draw_labels(pen, plot, axis, x, ends, labels, several)
    else:
        frame.draw_nothing(pen, plot, words)
    height = frame.colophon(pen, plot.bottom + sheet.size * 1.8, chart.about, words)
    defs = frame.hatching(key) if chart.gaps else ""
    return svg(
        pen, height, key=key, kind=sheet.kind, title=chart.about.title, description=summary, defs=defs,
    )  # fmt: skip


def _sample(place: int) -> str:
    """A piece of the line with its marker, for a key."""
    return (
        f'<path class="c-s c-s{place + 1}" d="M-12 0h24"/>'
        f'<path class="c-m c-s{place + 1}" d="M0 0{SHAPES[place]}"/>'
    )


def _draw_series(pen: Pen, ready: _Ready, x: Scale, y: Scale, at_most: int) -> None:
    each = max(2, at_most // max(1, len(ready.points)))
    marked = sum(map(len, ready.points)) <= MARKED_POINTS
    for place, points in enumerate(ready.points):
        runs = ready.runs(thinned(points, each))
        kind = f"c-s{place + 1}"
        join = _slopes if ready.chart.slopes else _steps
        pen.path((join(run, x, y) for run in runs), f"c-s {kind}")
        all_marks = [(at, v) for run in runs for at, v in run.points]
        lone = [run.points[0] for run in runs if len(run.points) == 1]
        marks = all_marks if marked else [*lone, *all_marks[-1:]]
        pen.path(
            (_at(x, y, at, value) + SHAPES[place] for at, value in dict.fromkeys(marks)),
            f"c-m {kind}",
        )


def _at(x: Scale, y: Scale, at: datetime, value: float) -> str:
    return f"M{number(x.place(seconds(at)))} {number(y.place(value))}"


def _steps(run: Run, x: Scale, y: Scale) -> str:
    """Level until the next value, then straight up or down."""
    first, *rest = run.points
    parts = [_at(x, y, *first)]
    for at, value in rest:
        parts.append(f"H{number(x.place(seconds(at)))}V{number(y.place(value))}")
    return "".join([*parts, f"H{number(x.place(seconds(run.end)))}"])


def _slopes(run: Run, x: Scale, y: Scale) -> str:
    first, *rest = run.points
    lines = (f"L{number(x.place(seconds(at)))} {number(y.place(v))}" for at, v in rest)
    return "".join([_at(x, y, *first), *lines])


def _ends(ready: _Ready) -> list[tuple[datetime, float] | None]:
    """Of each line: until when it is drawn, and at what value."""
    found: list[tuple[datetime, float] | None] = []
    for points in ready.points:
        runs = ready.runs(points)
        found.append((runs[-1].end, runs[-1].points[-1][1]) if runs else None)
    return found


def _end_labels(
    ready: _Ready, ends: Sequence[tuple[datetime, float] | None], sheet: Sheet, axis: ValueAxis,
    words: Words,
) -> list[str]:  # fmt: skip
    """The last value of each line, with its name where there are several and room."""
    labels = []
    unit = ready.chart.about.unit
    for name, points, end in zip(ready.names, ready.points, ends, strict=True):
        told = [p.value for p in points if p.value is not None]
        value = unit.shown(told[-1], words) if end is not None else ""
        if end is not None and axis.factor != 1:
            value = f"{float(f'{end[1] / axis.factor:.3g}'):,}".replace("-", "−").removesuffix(".0")
        room = sheet.width * LABEL_SHARE - width_of(f" {value}", sheet.size)
        if len(ready.names) > 1 and sheet.is_wide:
            value = f"{fitted(name, max(0.0, room), sheet.size)} {value}"
        labels.append(value if width_of(value, sheet.size) < sheet.width * 0.45 else "")
    return labels


def _draw_labels(
    pen: Pen,
    plot: Plot,
    axis: ValueAxis,
    x: Scale,
    ends: Sequence[tuple[datetime, float] | None],
    labels: Sequence[str],
    several: bool,
) -> None:
    """Labels at the ends of lines; with several, all at the right, moved apart, with markers."""
    y, line = axis.scale(plot), pen.size * 1.25
    held = [(y.place(e[1]), n, e) for n, e in enumerate(ends) if e is not None]
    places = _moved_apart([p for p, _, _ in sorted(held)], line, plot.top, plot.bottom)
    for at, (_, n, end) in zip(places, sorted(held), strict=True):
        middle = at + pen.size * 0.35
        if several:
            pen.path(f"M{number(plot.right + 14)} {number(at)}{SHAPES[n]}", f"c-m c-s{n + 1}")
            pen.text(plot.right + 24, middle, labels[n])
        elif labels[n]:
            pen.text(x.place(seconds(end[0])) + 9, middle, labels[n], kind="c-b")


def _moved_apart(wanted: Sequence[float], least: float, top: float, bottom: float) -> list[float]:
    """Places in the same order, at least so far apart, inside where there is room."""
    places = list(wanted)
    for n in range(1, len(places)):
        places[n] = max(places[n], places[n - 1] + least)
    if places and places[-1] > bottom:
        places[-1] = max(bottom, top + least * (len(places) - 1))
        for n in range(len(places) - 2, -1, -1):
            places[n] = min(places[n], places[n + 1] - least)
    return places


def _numbers(ready: _Ready, words: Words) -> Numbers:
    """A row for each moment at which a value is told; gaps are rows, too."""
    about = ready.chart.about
    moments: dict[datetime, dict[int, Point]] = {}
    for place, points in enumerate(ready.points):
        for point in points:
            moments.setdefault(point.at, {})[place] = point
    rows = []
    for at in sorted(moments):
        cells = [moment_cell(at, words)]
        for place in range(len(ready.names)):
            held = moments[at].get(place)
            cells.append(value_cell(held.value, about.unit, words) if held else Cell("", ""))
        rows.append(tuple(cells))
    heading = words.gettext("First seen") if not ready.chart.slopes else words.gettext("Date")
    return Numbers(about.title, (heading, *ready.names), tuple(rows))
