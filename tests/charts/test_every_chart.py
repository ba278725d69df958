"""What holds for every chart, whatever is put into it."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from seeing import seen

from verticalfile.charts import (
    ENGLISH,
    SPANISH,
    About,
    Bar,
    BarChart,
    Dot,
    DotChart,
    Gap,
    HistogramChart,
    LineChart,
    Mark,
    Point,
    Series,
    SparkChart,
    StackedChart,
    TimelineChart,
    Unit,
    What,
    Whole,
    alone,
    binned,
    draw_bars,
    draw_dots,
    draw_histogram,
    draw_line,
    draw_spark,
    draw_stacked,
    draw_timeline,
    figure,
)
from verticalfile.charts.drawing import MARKS, SVG_BYTES

QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
"""Shrinking charts of hundreds of parts takes minutes and tells little."""

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "]]></title><g onload='x'>&amp;&lt;",
    "a\x00b\x1bc\ufffe\ud800",
    "\u202egnol\u202c name",
    "W" * 4000,
    "wide wide " * 300,
    "語" * 90,
    "%(n)s %s {0}",
    "",
    "   ",
)
names = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30))
amounts = st.one_of(
    st.none(),
    st.integers(-(10**40), 10**40),
    st.integers(-50, 50),
    st.floats(allow_nan=True, allow_infinity=True),
    st.decimals(allow_nan=True, allow_infinity=True),
)
moments = st.datetimes(datetime(1800, 1, 1), datetime(2200, 1, 1))
units = st.builds(Unit, before=st.sampled_from(("", "$", "<b>")), after=st.sampled_from(("", "days", "W" * 300)), share=st.booleans())  # fmt: skip
abouts = st.builds(
    About, key=st.just("k"), title=names, source=names,
    as_of=st.one_of(st.none(), st.dates(date(1800, 1, 1), date(2200, 1, 1))), note=names, unit=units,
)  # fmt: skip
points = st.lists(st.builds(Point, moments, amounts), max_size=60).map(tuple)
gaps = st.lists(
    st.builds(lambda a, b, why: Gap(min(a, b), max(a, b), why), moments, moments, names), max_size=6
).map(tuple)
series = st.builds(Series, names, points)

DRAWERS = {
    "line": (draw_line, st.builds(LineChart, abouts, st.lists(series, max_size=8).map(tuple), st.one_of(st.none(), moments), gaps, st.booleans(), st.booleans())),
    "bars": (draw_bars, st.builds(BarChart, abouts, st.lists(st.builds(Bar, names, amounts), max_size=40).map(tuple), names, names, st.booleans())),
    "dots": (draw_dots, st.builds(DotChart, abouts, st.lists(st.builds(Dot, names, amounts, amounts, amounts, st.booleans()), max_size=40).map(tuple), names, names, names)),
    "stacked": (draw_stacked, st.builds(StackedChart, abouts, st.lists(names, max_size=9).map(tuple), st.lists(st.builds(Whole, names, st.lists(amounts, max_size=9).map(tuple)), max_size=24).map(tuple), names, names)),
    "histogram": (draw_histogram, st.builds(lambda about, values, measure: HistogramChart(about, *binned(values), measure), abouts, st.lists(amounts, max_size=80), names)),
    "spark": (draw_spark, st.builds(SparkChart, abouts, series, st.one_of(st.none(), moments), gaps)),
    "timeline": (draw_timeline, st.builds(TimelineChart, abouts, st.lists(st.builds(Mark, moments, st.sampled_from(What), st.one_of(st.none(), st.integers(0, 10**30)), names, st.booleans()), max_size=150).map(tuple), st.one_of(st.none(), moments), gaps, gaps, st.one_of(st.none(), moments))),
}  # fmt: skip


def check_the_drawing(svg: str) -> None:
    """Well-formed, named, nothing a strict policy refuses, small, every text inside and apart."""
    look = seen(svg)
    assert len(svg.encode()) <= SVG_BYTES
    assert look.root.get("role") == "img"
    title, description = list(look.root)[:2]
    assert (title.tag, description.tag) == ("title", "desc")
    assert look.root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert {e.tag for e in look.root.iter()} <= {
        "svg", "title", "desc", "defs", "pattern", "path", "text", "g", "circle",
    }  # fmt: skip
    for element in look.root.iter():
        for name, value in element.attrib.items():
            assert name != "style"
            assert not name.startswith("on")
            assert "href" not in name
            if name in ("d", "x", "y", "cx", "cy"):
                assert not re.search("nan|inf|e", value), (name, value)
    assert look.marks <= MARKS
    for text, box in look.boxes:
        assert box.left >= -0.6, text
        assert box.right <= look.width + 0.6, text
        assert box.top >= -0.5, text
        assert box.bottom <= look.height + 0.5, text
    boxes = look.boxes
    for place, (text, box) in enumerate(boxes):
        for other_text, other in boxes[place + 1 :]:
            assert not box.meets(other, -0.6), (text, other_text)


@pytest.mark.parametrize("kind", DRAWERS)
def test_whatever_is_put_in_every_drawing_is_sound(kind):
    draw, charts = DRAWERS[kind]

    @settings(max_examples=60, suppress_health_check=list(HealthCheck), phases=QUICK)
    @given(chart=charts, words=st.sampled_from((ENGLISH, SPANISH)))
    def holds(chart, words):
        drawn = draw(chart, words)
        check_the_drawing(drawn.wide)
        check_the_drawing(drawn.narrow)
        assert drawn == draw(chart, words)
        whole = figure(drawn, words)
        ET.fromstring(whole)  # a hostile name would break it
        assert "<script" not in whole
        ET.fromstring(alone(drawn.wide))

    holds()


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(chart=DRAWERS["bars"][1])
def test_the_csv_gives_back_names_and_values(chart):
    rows = list(csv.reader(io.StringIO(draw_bars(chart, ENGLISH).numbers.csv(), newline="")))
    assert len(rows) == len(chart.bars) + 1
    for bar, (name, value) in zip(chart.bars, rows[1:], strict=True):
        assert name == bar.name
        if value:
            assert Decimal(value) == Decimal(repr(bar.value) if isinstance(bar.value, float) else bar.value)  # fmt: skip


def test_a_hostile_name_is_shown_as_text():
    bar = Bar(HOSTILE[0], 3)
    drawn = draw_bars(BarChart(About("k", HOSTILE[1]), (bar,)), ENGLISH)
    assert HOSTILE[0] in seen(drawn.wide).texts
    assert "<script" not in figure(drawn, ENGLISH)
    assert "&lt;script&gt;" in drawn.wide


def test_marks_that_turn_the_reading_direction_do_not_reach_the_page():
    drawn = draw_bars(BarChart(About("k", HOSTILE[4]), (Bar(HOSTILE[4], 1),)), ENGLISH)
    assert "\u202e" not in figure(drawn, ENGLISH)


def test_the_key_of_a_chart_cannot_break_out_of_an_id():
    with pytest.raises(ValueError, match="cannot begin an id"):
        About('x" onload="y', "title")


def test_date_and_source_stand_in_both_drawings():
    about = About("k", "Title", "City of Alder Falls, Public Works", date(2026, 11, 23))
    drawn = draw_bars(BarChart(about, (Bar("a", 1),)), ENGLISH)
    for svg in (drawn.wide, drawn.narrow):
        told = " ".join(seen(svg).texts)
        assert "As of November 23, 2026. Source: City of Alder Falls, Public Works" in told
    spanish = draw_bars(BarChart(about, (Bar("a", 1),)), SPANISH)
    assert "Al 23 de noviembre de 2026." in " ".join(seen(spanish.wide).texts)


def test_a_chart_with_nothing_says_so():
    about = About("k", "Title")
    drawn = [
        draw_line(LineChart(about, (Series("x", ()),)), ENGLISH),
        draw_bars(BarChart(about, ()), ENGLISH),
        draw_dots(DotChart(about, ()), ENGLISH),
        draw_stacked(StackedChart(about, (), ()), ENGLISH),
        draw_histogram(HistogramChart(about, (), ()), ENGLISH),
        draw_timeline(TimelineChart(about, ()), ENGLISH),
    ]
    for each in drawn:
        assert "Nothing to draw" in seen(each.wide).texts
        assert each.summary in ("There are no values.", "There is no version yet.")
