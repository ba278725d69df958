"""Bars, stacked bars, dots and histograms: lengths are true and begin at zero."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seeing import bars, moves, seen

from verticalfile.charts import (
    ENGLISH,
    SPANISH,
    About,
    Bar,
    BarChart,
    Dot,
    DotChart,
    HistogramChart,
    StackedChart,
    Unit,
    Whole,
    binned,
    draw_bars,
    draw_dots,
    draw_histogram,
    draw_stacked,
)

ABOUT = About("k", "Title")


def bars_of(*values: object, sheet: str = "wide") -> list[tuple[float, float, float, float]]:
    drawn = draw_bars(BarChart(ABOUT, tuple(Bar(f"n{n}", v) for n, v in enumerate(values))), ENGLISH)  # fmt: skip
    return [b for d in seen(getattr(drawn, sheet)).paths("c-f1") for b in bars(d)]


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=20))
def test_bars_are_as_long_as_their_values_are_large_and_begin_at_one_line(values):
    for sheet in ("wide", "narrow"):
        found = bars_of(*values, sheet=sheet)
        assert len({x for x, *_ in found}) == 1
        unit = max(width for _, _, width, _ in found) / max(values)
        for value, (_, _, width, _) in zip(values, found, strict=True):
            assert width == pytest.approx(value * unit, abs=0.15)


def test_negative_bars_go_to_the_other_side_of_zero():
    (x0, _, plus, _), (x1, _, minus, _) = bars_of(20, -10)
    assert x0 == x1
    assert plus == pytest.approx(-2 * minus, abs=0.2)
    assert minus < 0


def test_nothing_and_what_is_not_known_have_no_bar_and_are_told_apart():
    drawn = draw_bars(BarChart(ABOUT, (Bar("a", 0), Bar("b", None), Bar("c", 2))), ENGLISH)
    look = seen(drawn.wide)
    assert len([b for d in look.paths("c-f1") for b in bars(d)]) == 1
    assert "0" in look.texts
    assert "not known" in look.texts


def test_too_many_bars_are_drawn_together_with_their_sum():
    chart = BarChart(ABOUT, tuple(Bar(f"n{n}", n) for n in range(100)))
    drawn = draw_bars(chart, ENGLISH)
    assert "77 others together" in seen(drawn.wide).texts
    assert f"{sum(range(77)):,}" in seen(drawn.wide).texts
    assert len(drawn.numbers.rows) == 100
    assert drawn.said == ("The smallest are drawn together; the table has all.",)


def test_what_does_not_add_up_is_not_summed():
    chart = BarChart(ABOUT, tuple(Bar(f"n{n}", n) for n in range(100)), adds_up=False)
    drawn = draw_bars(chart, ENGLISH)
    assert not any("together" in text for text in seen(drawn.wide).texts)
    assert drawn.said == ("The 23 largest of 100 are drawn; the table has all.",)


def test_a_value_keeps_its_digits_and_its_unit():
    about = About("k", "Title", unit=Unit("$", "a month"))
    drawn = draw_bars(BarChart(about, (Bar("a", Decimal("1240.50")),)), ENGLISH)
    assert "$1,240.50 a month" in seen(drawn.wide).texts


@given(
    st.lists(st.lists(st.integers(0, 500), min_size=3, max_size=3), min_size=1, max_size=10).filter(
        lambda rows: any(sum(row) for row in rows)
    )
)
def test_parts_of_a_stack_stand_one_after_the_other_and_are_true(rows):
    chart = StackedChart(
        ABOUT, ("a", "b", "c"), tuple(Whole(str(n), tuple(row)) for n, row in enumerate(rows))
    )
    look = seen(draw_stacked(chart, ENGLISH).wide)
    spans: dict[float, list[tuple[float, float]]] = {}
    for path in look.paths("c-p"):
        for x, y, end in re.findall(r"M([\d.]+) ([\d.]+)H([\d.]+)v", path):
            spans.setdefault(float(y), []).append((float(x), float(end)))
    lengths = sorted(max(end for _, end in each) - min(x for x, _ in each) for each in spans.values())  # fmt: skip
    totals = sorted(sum(row) for row in rows if sum(row))
    unit = lengths[-1] / totals[-1]
    assert lengths == pytest.approx([total * unit for total in totals], abs=0.3)
    for each in spans.values():
        for (_, end), (start, _) in zip(sorted(each), sorted(each)[1:], strict=False):
            assert end == pytest.approx(start, abs=0.11)


def test_parts_beyond_six_are_together_and_the_table_has_all():
    chart = StackedChart(ABOUT, tuple("abcdefgh"), (Whole("x", tuple(range(8))),))
    drawn = draw_stacked(chart, ENGLISH)
    assert "3 others together" in seen(drawn.wide).texts
    assert len(drawn.numbers.headings) == 10


def test_what_is_below_zero_cannot_be_stacked_and_that_is_said():
    drawn = draw_stacked(StackedChart(ABOUT, ("a",), (Whole("x", (-5,)),)), ENGLISH)
    assert drawn.said == ("Values below zero cannot be stacked; they stand in the table.",)
    assert drawn.numbers.rows[0][1].exact == "-5"


def test_each_part_of_a_stack_has_a_texture_of_its_own():
    chart = StackedChart(ABOUT, tuple("abcdef"), (Whole("x", (1,) * 6),))
    patterns = list(seen(draw_stacked(chart, ENGLISH).wide).root.iter("pattern"))
    drawn = [tuple(p.get("d") for p in each.iter("path")) for each in patterns]
    assert len(set(drawn)) == 6


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=200))
def test_every_value_is_in_one_bin_whose_edges_hold_it(values):
    edges, counts = binned(values)
    assert sum(counts) == len(values)
    for n, count in enumerate(counts):
        last = n == len(counts) - 1
        inside = [v for v in values if edges[n] <= v < edges[n + 1] or (last and v == edges[-1])]
        assert len(inside) == count


def test_bars_of_a_histogram_are_as_high_as_their_counts():
    drawn = draw_histogram(HistogramChart(ABOUT, (0, 10, 20, 30), (5, 20, 10)), ENGLISH)
    [path] = seen(drawn.wide).paths("c-f1")
    heights = [-float(h) for h in re.findall(r"v(-[\d.]+)H", path)]
    assert heights[1] == pytest.approx(4 * heights[0], abs=0.4)
    assert heights[2] == pytest.approx(2 * heights[0], abs=0.4)
    assert "35 values between 0 and 30; the highest bar, from 10 to 20, has 20." in drawn.summary


def test_many_bins_are_put_together_and_nothing_is_lost():
    chart = HistogramChart(ABOUT, tuple(range(101)), (1,) * 100)
    drawn = draw_histogram(chart, ENGLISH)
    assert drawn.said == ("Each bar stands for 3 rows of the table.",)
    [path] = seen(drawn.wide).paths("c-f1")
    assert len(moves(path)) == 34


def test_a_histogram_needs_one_edge_more_than_counts():
    with pytest.raises(ValueError, match="one edge more"):
        HistogramChart(ABOUT, (1.0, 2.0), (1, 2))


def test_a_whisker_spans_its_range_and_the_dot_stands_at_the_estimate():
    drawn = draw_dots(DotChart(ABOUT, (Dot("a", 50, 0, 100), Dot("b", 100, 90, 110))), ENGLISH)
    look = seen(drawn.wide)
    [whiskers] = look.paths("c-w")
    lines = re.findall(r"M([\d.]+) [\d.]+H([\d.]+)", whiskers)
    [dots] = look.paths("c-f1")
    centre = moves(dots)[0][0] + 5
    left, right = map(float, lines[0])
    assert (left + right) / 2 == pytest.approx(centre, abs=0.2)
    assert "50 ± 50" in look.texts


def test_weak_estimates_are_hollow_and_it_is_said():
    drawn = draw_dots(DotChart(ABOUT, (Dot("a", 5, 1, 9, weak=True), Dot("b", 5, 4, 6))), ENGLISH)
    look = seen(drawn.wide)
    assert len(look.paths("c-m c-s1")) == len(look.paths("c-f1")) == 1
    assert "Hollow: too uncertain to use." in drawn.said
    assert "Sin relleno" in " ".join(draw_dots(DotChart(ABOUT, (Dot("a", 5, 1, 9, weak=True),)), SPANISH).said)  # fmt: skip
