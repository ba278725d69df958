"""A line without axes, as high as a line of text, to stand in a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from verticalfile.charts.drawing import About, Drawn, Numbers, finite, moment_cell, value_cell
from verticalfile.charts.pen import Pen, number, svg
from verticalfile.charts.runs import Gap, Series, known, step_runs, thinned
from verticalfile.charts.scales import Scale, bounds, seconds, widened
from verticalfile.charts.summary import told_of_gaps, told_of_line
from verticalfile.charts.words import Words

WIDTH, HEIGHT = 120.0, 28.0
EDGE = 3.0
MOST_POINTS = 60


@dataclass(frozen=True, slots=True)
class SparkChart:
    """One line in steps. It shows a shape, no amounts: those are in its description."""

    about: About
    series: Series
    until: datetime | None = None
    gaps: tuple[Gap, ...] = ()


def draw_spark(chart: SparkChart, words: Words) -> Drawn:
    """One drawing that serves both widths, with its summary and numbers."""
    points = known(chart.series)
    unit = chart.about.unit
    told = told_of_line(points, unit, words)
    summary = " ".join(part for part in (told, told_of_gaps(chart.gaps, words)) if part)
    pen = Pen(WIDTH, 12)
    moments = [p.at for p in points] + ([chart.until] if chart.until else [])
    if moments:
        start, end = widened(min(moments), max(moments))
        x = Scale(seconds(start), seconds(end), EDGE, WIDTH - EDGE)
        values = [v for p in points if (v := finite(p.value)) is not None]
        y = Scale(*bounds(values, zero=unit.share), HEIGHT - EDGE, EDGE)
        runs = step_runs(thinned(points, MOST_POINTS), chart.gaps, max(moments))
        parts = []
        for run in runs:
            steps = [f"M{number(x.place(seconds(run.points[0][0])))} {number(y.place(run.points[0][1]))}"]  # fmt: skip
            for at, value in run.points[1:]:
                steps.append(f"H{number(x.place(seconds(at)))}V{number(y.place(value))}")
            parts.append("".join([*steps, f"H{number(x.place(seconds(run.end)))}"]))
        pen.path(parts, "c-s c-s1")
        if runs:
            at, value = runs[-1].end, runs[-1].points[-1][1]
            place = x.place(seconds(at)), y.place(value)
            pen.element("circle", "c-f1", cx=place[0], cy=place[1], r=3)
    whole = svg(
        pen, HEIGHT, key=f"{chart.about.key}-s", kind="c-spark", title=chart.about.title,
        description=" ".join([summary, _colophon(chart.about, words)]).strip(),
    )  # fmt: skip
    rows = tuple((moment_cell(p.at, words), value_cell(p.value, unit, words)) for p in points)
    headings = (words.gettext("First seen"), chart.series.name or words.gettext("Value"))
    return Drawn(chart.about, whole, whole, summary, Numbers(chart.about.title, headings, rows))


def _colophon(about: About, words: Words) -> str:
    """A sparkline has no room for date and source; they go into its description."""
    told = []
    if about.as_of is not None:
        told.append(words.gettext("As of %(day)s.", day=words.day(about.as_of)))
    if about.source:
        told.append(words.gettext("Source: %(source)s", source=about.source))
    return " ".join(told)
