"""Values through time: places are true, gaps stay gaps, nothing is lost unsaid."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seeing import corners, moves, seen

from verticalfile.charts import (
    ENGLISH,
    SPANISH,
    About,
    Gap,
    LineChart,
    Point,
    Series,
    SparkChart,
    Unit,
    draw_line,
    draw_spark,
)
from verticalfile.charts.runs import known, slope_runs, step_runs, thinned

START = datetime(2020, 1, 1)
ABOUT = About("k", "Price of a slab", unit=Unit("$"))


def after(days: float) -> datetime:
    return START + timedelta(days=days)


def a_line(*values: tuple[float, object], name: str = "Price", **more: object) -> LineChart:
    points = tuple(Point(after(day), value) for day, value in values)
    return LineChart(ABOUT, (Series(name, points),), **more)


def line_of(chart: LineChart) -> list[tuple[float, float]]:
    [path] = seen(draw_line(chart, ENGLISH).wide).paths("c-s c-s1")
    return corners(path)


def test_places_are_proportional_to_dates_and_values():
    chart = a_line((0, 0), (10, 10), (40, 20), (100, 5), until=after(100))
    (x0, y0), _, (x1, y1), _, (x2, y2), *_, (xn, _) = line_of(chart)
    assert (x1 - x0) / (xn - x0) == pytest.approx(0.1, abs=0.002)
    assert (x2 - x0) / (xn - x0) == pytest.approx(0.4, abs=0.002)
    assert (y0 - y1) == pytest.approx((y0 - y2) / 2, abs=0.2)


def test_the_ticks_stand_where_their_values_do():
    look = seen(draw_line(a_line((0, 0), (10, 20)), ENGLISH).wide)
    texts = dict(look.boxes)
    [grid] = look.paths("c-grid")
    lines = sorted(y for _, y in moves(grid))
    top = texts["$20"]
    assert (top.top + top.bottom) / 2 == pytest.approx(lines[0], abs=3)


def test_a_value_holds_level_until_the_next_one():
    chart = a_line((0, 5), (50, 10), until=after(100))
    ys = [y for _, y in line_of(chart)]
    assert ys[0] == ys[1]
    assert ys[2] == ys[3]
    assert ys[0] > ys[2]


def test_slopes_go_straight_from_value_to_value():
    [path] = seen(draw_line(replace(a_line((0, 5), (50, 10)), slopes=True), ENGLISH).wide).paths("c-s c-s1")  # fmt: skip
    assert path.count("L") == 1
    assert "V" not in path


def test_no_line_goes_through_a_gap():
    gap = Gap(after(40), after(60), "we did not check")
    chart = a_line((0, 5), (60, 10), until=after(100), gaps=(gap,))
    look = seen(draw_line(chart, ENGLISH).wide)
    [path] = look.paths("c-s c-s1")
    first, second = (corners("M" + part) for part in path.split("M")[1:])
    [hatched] = [e for e in look.root.iter("path") if e.get("class") == "c-gap"]
    left = moves(hatched.get("d"))[0][0]
    assert first[-1][0] == pytest.approx(left, abs=0.2)
    assert second[0][0] > left
    drawn = draw_line(chart, ENGLISH)
    assert "From February 10, 2020 to March 1, 2020: we did not check." in drawn.summary
    assert "Hatched: we did not check." in drawn.said


@given(
    days=st.lists(st.integers(0, 400), min_size=1, max_size=30, unique=True),
    spans=st.lists(st.tuples(st.integers(0, 400), st.integers(1, 60)), max_size=5),
)
def test_steps_and_slopes_never_touch_the_inside_of_a_gap(days, spans):
    points = [Point(after(d), d) for d in sorted(days)]
    gaps = [Gap(after(a), after(a + b), "") for a, b in spans]
    for run in step_runs(points, gaps, after(500)):
        ends = [at for at, _ in run.points[1:]] + [run.end]
        for (start, _), end in zip(run.points, ends, strict=True):
            assert not any(g.start < end and g.end > start and end > start for g in gaps)
    for run in slope_runs(points, gaps):
        for (start, _), (end, _) in zip(run.points, run.points[1:], strict=False):
            assert not any(g.start < end and g.end > start for g in gaps)


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(-99, 99)), max_size=600))
def test_what_is_put_together_keeps_first_last_lowest_and_highest(pairs):
    points = known(Series("x", tuple(Point(after(d), v) for d, v in pairs)))
    few = thinned(points, 40)
    assert len(few) <= max(40, min(len(points), 40))
    assert few == sorted(few, key=lambda p: p.at)
    if points:
        assert (few[0], few[-1]) == (points[0], points[-1])
        values = [p.value for p in points]
        assert {min(values), max(values)} <= {p.value for p in few}


def test_a_value_that_is_not_known_breaks_the_line():
    chart = a_line((0, 5), (20, None), (50, 8), until=after(60))
    [path] = seen(draw_line(chart, ENGLISH).wide).paths("c-s c-s1")
    assert path.count("M") == 2
    rows = draw_line(chart, ENGLISH).numbers.rows
    assert rows[1][1].text == "not known"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, Decimal("NaN")])
def test_what_is_no_number_is_not_drawn_and_is_told(value):
    drawn = draw_line(a_line((0, 5), (20, value), (50, 8)), ENGLISH)
    assert drawn.numbers.rows[1][1].text == "not known"
    assert "nan" not in drawn.wide.lower().replace("nothing", "")


def test_one_value_is_a_point_with_its_value():
    drawn = draw_line(a_line((0, Decimal("14.10"))), ENGLISH)
    assert "$14.10" in seen(drawn.wide).texts
    assert drawn.summary == "$14.10 on January 1, 2020; there is one value."


def test_equal_values_make_a_level_line_inside():
    chart = a_line((0, 7), (10, 7), (20, 7))
    look = seen(draw_line(chart, ENGLISH).wide)
    ys = {y for _, y in line_of(chart)}
    assert len(ys) == 1
    assert 0 < ys.pop() < look.height
    assert "again" in draw_line(chart, ENGLISH).summary


def test_zero_is_left_out_only_for_what_hardly_varies_and_it_is_said():
    flat = draw_line(a_line((0, 480), (10, 485)), ENGLISH)
    assert "The scale does not begin at zero." in flat.said
    lively = draw_line(a_line((0, 300), (10, 485)), ENGLISH)
    assert lively.said == ()
    assert "0" in seen(lively.wide).texts


def test_ten_thousand_values_are_few_marks_and_the_csv_has_all():
    values = [(n, 1000 + n % 97) for n in range(10_000)]
    values[5000] = (5000, 9999)
    drawn = draw_line(a_line(*values), ENGLISH)
    assert any("10,000 values are drawn as at most" in text for text in drawn.said)
    assert drawn.numbers.csv().count("\r\n") == 10_001
    assert "The first 200 of 10,000 rows" in drawn.numbers.html(ENGLISH)
    highest = min(y for _, y in corners(seen(drawn.wide).paths("c-s c-s1")[0]))
    assert highest == pytest.approx(min(y for _, y in line_of(a_line((0, 1000), (5000, 9999)))), abs=0.2)  # fmt: skip
    assert "Highest: $9,999" in drawn.summary


def test_of_more_than_six_lines_six_are_drawn_and_it_is_said():
    many = tuple(Series(f"line {n}", (Point(START, n), Point(after(9), n))) for n in range(9))
    drawn = draw_line(LineChart(ABOUT, many), ENGLISH)
    look = seen(drawn.wide)
    assert all(look.paths(f"c-s c-s{n}") for n in range(1, 7))
    assert "3 more lines are not drawn." in drawn.said


def test_lines_with_one_name_are_told_apart():
    two = tuple(Series("same", (Point(START, n),)) for n in (1, 2))
    assert draw_line(LineChart(ABOUT, two), ENGLISH).numbers.headings[1:] == ("same", "same (2)")


def test_the_summary_tells_the_way_and_the_extremes():
    drawn = draw_line(a_line((0, 5), (10, 9), (20, 2), (30, 6)), ENGLISH)
    assert drawn.summary == (
        "It rose from $5 on January 1, 2020 to $6 on January 31, 2020."
        " Lowest: $2 on January 21, 2020. Highest: $9 on January 11, 2020."
    )
    assert (
        "Subió de $5 el 1 de enero de 2020" in draw_line(a_line((0, 5), (30, 6)), SPANISH).summary
    )


def test_numbers_have_the_digits_of_the_file_in_both_languages():
    chart = a_line((0, Decimal("12345.60")), (9, Decimal("12345.60")))
    for words in (ENGLISH, SPANISH):
        drawn = draw_line(chart, words)
        assert drawn.numbers.rows[0][1].text == "$12,345.60"
        assert "2020-01-01T00:00:00,12345.60" in drawn.numbers.csv()


def test_a_sparkline_has_its_story_in_its_description():
    chart = SparkChart(ABOUT, Series("Rows", (Point(START, 1), Point(after(5), 3))), after(9))
    drawn = draw_spark(chart, ENGLISH)
    assert seen(drawn.wide).texts == []
    assert "It rose from $1" in drawn.wide
    assert drawn.wide == drawn.narrow
