"""`vf chart`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from verticalfile.charts import (
    Drawn,
    LineChart,
    TimelineChart,
    Words,
    alone,
    draw_line,
    draw_timeline,
    line_as_text,
    timeline_as_text,
    words_for,
)
from verticalfile.charts.drawing import exact
from verticalfile.cli import say
from verticalfile.cli.archive_option import opened
from verticalfile.kernel.errors import InputRefused

SHOWS = ("rows", "blank", "values", "sum", "min", "median", "max", "versions")
FORMS = ("text", "svg", "csv", "json")
WIDEST = 120


@click.command("chart")
@click.argument("name", metavar="NAME")
@click.argument("column", metavar="[COLUMN]", required=False)
@click.option("--show", type=click.Choice(SHOWS), help="What of it; else the median of numbers, counts of other values, rows without a column.")  # fmt: skip
@click.option("--as", "form", type=click.Choice(FORMS), default="text")
@click.option("--at", metavar="WHEN", help="With --show versions: mark the version of this day.")
@click.option("--language", type=click.Choice(("en", "es")), default="en")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@click.pass_context
def chart_command(
    context: click.Context,
    name: str,
    column: str | None,
    show: str | None,
    form: str,
    at: str | None,
    language: str,
    output: Path | None,
) -> None:
    """A column, the rows or the versions through time, as a chart. Gaps stay gaps."""
    words = words_for(language)
    if show == "versions":
        if column is not None:
            raise InputRefused("The versions are not those of a column.", mend="leave COLUMN out.")
        body = _of_versions(context, name, at, form, words)
    else:
        if at is not None:
            raise InputRefused("--at goes with --show versions.", mend="leave it out.")
        body = _of_column(context, name, column, show, form, words)
    if output is None:
        sys.stdout.write(body)
        return
    output.write_text(body, encoding="utf-8", newline="")
    say.out(f"Wrote {output} ({say.size(output.stat().st_size)}).")


def _of_column(
    context: click.Context, name: str, column: str | None, show: str | None, form: str, words: Words
) -> str:
    from verticalfile.services.through_time.charting import Measure, chart_column

    measure = Measure(show) if show else None
    found = chart_column(opened(context), name, column, measure=measure, words=words)
    drawn = draw_line(found.chart, words)
    if form == "json":
        about = {"name": name, "column": found.column, "show": found.measure.value}
        return say.json_text(about | line_as_body(found.chart, drawn))
    if form == "text":
        return line_as_text(found.chart, drawn, words, width=_width())
    return _drawn(drawn, form)


def _of_versions(context: click.Context, name: str, at: str | None, form: str, words: Words) -> str:
    from verticalfile.services.through_time.timeline import timeline

    found = timeline(opened(context), name, at=at, words=words)
    drawn = draw_timeline(found.chart, words)
    if form == "json":
        return say.json_text({"name": name, "show": "versions"} | timeline_as_body(found.chart, drawn))  # fmt: skip
    if form == "text":
        return timeline_as_text(found.chart, drawn, words, width=_width())
    return _drawn(drawn, form)


def _drawn(drawn: Drawn, form: str) -> str:
    return alone(drawn.wide) if form == "svg" else drawn.numbers.csv()


def _width() -> int:
    return min(WIDEST, shutil.get_terminal_size((80, 24)).columns)


def line_as_body(chart: LineChart, drawn: Drawn) -> dict[str, object]:
    """The documented JSON; values are text with the digits of the file, null where unknown."""
    return {
        "title": chart.about.title, "source": chart.about.source, "as_of": chart.about.as_of,
        "until": chart.until.isoformat() if chart.until else None,
        "unit": {
            "before": chart.about.unit.before, "after": chart.about.unit.after,
            "share": chart.about.unit.share,
        },
        "series": [
            {
                "name": series.name,
                "points": [
                    {"at": p.at.isoformat(), "value": exact(p.value) or None} for p in series.points
                ],
            }
            for series in chart.series
        ],
        "gaps": [_gap(gap.start.isoformat(), gap.end.isoformat(), gap.why) for gap in chart.gaps],
        "summary": drawn.summary, "left_out": chart.left_out,
    }  # fmt: skip


def timeline_as_body(chart: TimelineChart, drawn: Drawn) -> dict[str, object]:
    """The documented JSON."""
    return {
        "title": chart.about.title, "source": chart.about.source, "as_of": chart.about.as_of,
        "until": chart.until.isoformat() if chart.until else None,
        "versions": [
            {
                "at": mark.at.isoformat(), "version": int(mark.label), "what": mark.what.value,
                "rows_touched": mark.touched, "chosen": mark.chosen,
            }
            for mark in chart.marks
        ],
        "gaps": [
            _gap(gap.start.isoformat(), gap.end.isoformat(), gap.why)
            for gap in (*chart.gaps, *chart.gone)
        ],
        "summary": drawn.summary,
    }  # fmt: skip


def _gap(start: str, end: str, why: str) -> dict[str, str]:
    return {"from": start, "to": end, "why": why}
