"""The timeline of checks: marks, gaps, what was not offered, the day one reads as of."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from seeing import corners, moves, seen

from verticalfile.charts import (
    ENGLISH,
    SPANISH,
    About,
    Gap,
    Mark,
    TimelineChart,
    What,
    draw_timeline,
)

START = datetime(2020, 1, 1)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


CHART = TimelineChart(
    About("k", "Prices change each January"),
    (
        Mark(day(0), What.FIRST, 100, "1"),
        Mark(day(100), What.ROWS, 25, "2", chosen=True),
        Mark(day(200), What.COLUMNS, None, "3"),
        Mark(day(400), What.UNREADABLE, None, "4"),
        Mark(day(500), What.HELD, 4, "5"),
        Mark(day(900), What.WITHDRAWN, None, "6"),
    ),
    day(1000),
    gaps=(Gap(day(250), day(400), "we did not check"),),
    gone=(Gap(day(600), day(900), "the publisher did not offer it"),),
    asked=day(150),
)


def test_the_taller_the_more_rows_changed_by_the_square_root():
    marks = tuple(Mark(day(n), What.ROWS, rows) for n, rows in ((0, 100), (50, 25), (100, 0)))
    look = seen(draw_timeline(TimelineChart(About("k", "t"), marks), ENGLISH).wide)
    stems = next(d for d in look.paths("c-s c-s1") if "V" in d)
    heights = [corners("M" + part)[0][1] - corners("M" + part)[1][1] for part in stems.split("M")[1:]]  # fmt: skip
    lowest = heights[2]
    assert heights[1] - lowest == pytest.approx((heights[0] - lowest) / 2, abs=0.2)


def test_places_are_proportional_to_dates():
    marks = tuple(Mark(day(n), What.ROWS, 5) for n in (0, 10, 100))
    look = seen(draw_timeline(TimelineChart(About("k", "t"), marks), ENGLISH).wide)
    [shapes] = look.paths("c-m c-s1")
    a, b, c = sorted(x for x, _ in moves(shapes))
    assert (b - a) / (c - a) == pytest.approx(0.1, abs=0.002)


def test_the_line_stops_where_nobody_looked_and_where_it_was_not_offered():
    look = seen(draw_timeline(CHART, ENGLISH).wide)
    line = next(d for d in look.paths("c-s c-s1") if "V" not in d and "m" not in d)
    spans = [(corners("M" + p)[0][0], corners("M" + p)[1][0]) for p in line.split("M")[1:]]
    assert len(spans) == 3
    [dots] = look.paths("c-dots")
    (gone_left, _), (gone_right, _) = corners(dots)
    assert spans[1][1] == pytest.approx(gone_left, abs=0.2)
    assert spans[2][0] == pytest.approx(gone_right, abs=0.2)
    assert "not checked" in look.texts
    assert "not offered" in look.texts


def test_the_chosen_version_is_filled_and_the_others_open():
    look = seen(draw_timeline(CHART, ENGLISH).wide)
    assert [len(moves(d)) for d in look.paths("c-f1")] == [1]


def test_the_day_one_reads_as_of_has_its_date():
    drawn = draw_timeline(CHART, ENGLISH)
    assert len(seen(drawn.wide).paths("c-asked")) == 1
    assert "May 30, 2020" in seen(drawn.wide).texts
    assert "30 de mayo de 2020" in seen(draw_timeline(CHART, SPANISH).narrow).texts


def test_only_the_shapes_that_are_there_are_explained():
    drawn = draw_timeline(CHART, ENGLISH)
    assert "Cross: could not be read." in drawn.said
    assert "Triangle: held for review." in drawn.said
    assert not any("Small circle" in text for text in drawn.said)


def test_the_table_says_what_each_mark_means_and_no_count_that_is_not_told():
    rows = draw_timeline(CHART, ENGLISH).numbers.rows
    assert [row[2].text for row in rows] == [
        "First version", "Rows changed", "Only columns changed", "Could not be read",
        "Held for review", "Withdrawn by the library",
    ]  # fmt: skip
    assert rows[5][3].exact == ""


def test_a_thousand_versions_are_put_together_and_the_chosen_one_stays():
    marks = tuple(Mark(day(n), What.ROWS, n, str(n), chosen=n == 777) for n in range(1000))
    drawn = draw_timeline(replace(CHART, marks=marks, gaps=(), gone=()), ENGLISH)
    look = seen(drawn.wide)
    assert sum(len(moves(d)) for d in look.paths("c-m c-s1")) <= 100
    assert len(look.paths("c-f1")) == 1
    assert "777" in look.texts
    assert "Where versions lie close, one mark stands for several." in drawn.said
    assert len(drawn.numbers.rows) == 1000
