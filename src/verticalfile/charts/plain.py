"""Charts as plain text, for a terminal and for mail."""

from __future__ import annotations

from collections.abc import Sequence

from verticalfile.charts.drawing import Drawn, Unit, finite
from verticalfile.charts.kinds.bars import BarChart
from verticalfile.charts.kinds.line import LineChart
from verticalfile.charts.kinds.timeline import TimelineChart, told_of_what
from verticalfile.charts.pen import clean
from verticalfile.charts.runs import Point, known
from verticalfile.charts.words import Words

EIGHTHS = " ▏▎▍▌▋▊▉█"
LEVELS = "▁▂▃▄▅▆▇█"
UNKNOWN = "·"
ROWS = 60
"""Lines of one series; of more the first and the last are shown, and the cut is said."""


def spark(values: Sequence[float | None]) -> str:
    """One letter a value, as high as the value between the lowest and the highest; a dot where
    it is not known."""
    told = [v for v in values if v is not None]
    low, high = min(told, default=0.0), max(told, default=0.0)
    found = []
    for value in values:
        if value is None:
            found.append(UNKNOWN)
        else:
            half = high / 2 - low / 2
            share = (value / 2 - low / 2) / half if half else 0.5
            found.append(LEVELS[min(7, int(share * 8))])
    return "".join(found)


def bar(value: float | None, most: float, width: int) -> str:
    """A bar of so many letters for `most`, in eighths of a letter; below zero it is hatched."""
    if value is None or most <= 0:
        return ""
    eighths = round(abs(value) / most * width * 8)
    whole = "█" * (eighths // 8) + EIGHTHS[eighths % 8].strip()
    return whole if value >= 0 else "▒" * max(1, eighths // 8)


def line_as_text(chart: LineChart, drawn: Drawn, words: Words, *, width: int = 80) -> str:
    """Title, a spark of each line, each value with its date and bar, the summary."""
    lines = [clean(chart.about.title)]
    for each in chart.series:
        points = known(each)
        told = [finite(p.value) for p in points]
        if len(chart.series) > 1:
            lines += ["", clean(each.name)]
        lines.append(spark(told[-width:]))
        lines += _values(points, chart.about.unit, words, width)
    lines += ["", clean(drawn.summary, 1200), *(clean(text) for text in drawn.said)]
    return "\n".join(lines) + "\n"


def timeline_as_text(chart: TimelineChart, drawn: Drawn, words: Words, *, width: int = 80) -> str:
    """Title, a line a version: date, what people call it, what happened, a bar of the rows."""
    most = max((m.touched or 0 for m in chart.marks), default=0)
    told = [
        (f"{m.at:%Y-%m-%d}", m.label, told_of_what(m.what, words), m.touched) for m in chart.marks
    ]
    label = max((len(each[1]) for each in told), default=0)
    what = max((len(each[2]) for each in told), default=0)
    wide = len(words.number(most))
    room = max(8, width - 14 - label - what - wide)
    lines = []
    for day, name, happened, touched in told:
        count = "" if touched is None else words.number(touched)
        drawn_bar = bar(float(touched or 0), float(most), room)
        lines.append(
            f"{day} {name:>{label}} {happened:<{what}} {count:>{wide}} {drawn_bar}".rstrip()
        )
    return "\n".join([clean(chart.about.title), *lines, "", clean(drawn.summary, 1200)]) + "\n"


def _values(points: Sequence[Point], unit: Unit, words: Words, width: int) -> list[str]:
    """A line a value: date, bar, value."""
    shown = [
        words.gettext("not known") if p.value is None else unit.shown(p.value, words)
        for p in points
    ]
    most = max((abs(v) for p in points if (v := finite(p.value)) is not None), default=0.0)
    wide = max((len(text) for text in shown), default=0)
    room = max(8, width - wide - 13)
    lines = [
        f"{p.at:%Y-%m-%d} {text:>{wide}} {bar(finite(p.value), most, room)}".rstrip()
        for p, text in zip(points, shown, strict=True)
    ]
    if len(lines) <= ROWS:
        return lines
    half = ROWS // 2
    cut = words.gettext("(%(n)s more lines)", n=words.number(len(lines) - 2 * half))
    return [*lines[:half], cut, *lines[-half:]]


def bars_as_text(chart: BarChart, drawn: Drawn, words: Words, *, width: int = 80) -> str:
    """Title, a line a bar, the summary."""
    unit = chart.about.unit
    told = [(clean(b.name)[: width // 3], b.value) for b in chart.bars]
    shown = [words.gettext("not known") if v is None else unit.shown(v, words) for _, v in told]
    names = max((len(name) for name, _ in told), default=0)
    wide = max((len(text) for text in shown), default=0)
    most = max((abs(f) for _, v in told if (f := finite(v)) is not None), default=0.0)
    room = max(8, width - names - wide - 3)
    lines = [
        f"{name:<{names}} {text:>{wide}} {bar(finite(value), most, room)}".rstrip()
        for (name, value), text in zip(told, shown, strict=True)
    ]
    return "\n".join([clean(chart.about.title), *lines, "", clean(drawn.summary, 1200)]) + "\n"
