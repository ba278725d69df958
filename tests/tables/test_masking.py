"""Small counts are hidden so that nobody can work them out of what is shown."""

from __future__ import annotations

import itertools
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from verticalfile.tables.masking.fitting import Masked
from verticalfile.tables.masking.method import Method, NotMasked, Sheet, count_in, sheet_of
from verticalfile.tables.masking.suppress import masked, rows_shown

METHOD = Method(("a", "b", "c"), ("tract",), "all")
COLUMNS = ("tract", "a", "b", "c", "all")


def sheet(*rows: tuple[object, ...], method: Method = METHOD) -> Sheet:
    return sheet_of(COLUMNS, [[str(cell) for cell in row] for row in rows], method)


def shown(found: Masked, method: Method = METHOD) -> list[str]:
    return [" ".join(row) for row in rows_shown(found, method, "*")]


def test_a_small_count_takes_another_with_it_where_the_total_is_shown():
    """rights.md 8.12: 3, 250, 12 of 265: 3 alone could be had by subtraction."""
    assert shown(masked(sheet(("1", 3, 250, 12, 265)), METHOD)) == ["1 * 250 * 265"]


def test_without_a_total_a_small_count_is_hidden_alone():
    method = Method(("a", "b", "c"), ("tract",))
    assert shown(masked(sheet(("1", 3, 250, 12, 265), method=method), method), method) == [
        "1 * 250 12"
    ]


def test_two_small_counts_that_make_a_small_sum_take_more_with_them():
    """4 + 3 = 7 would tell that both are below 7."""
    assert shown(masked(sheet(("1", 4, 3, 250, 257)), METHOD)) == ["1 * * * 257"]


def test_where_all_of_a_row_is_small_its_total_goes():
    assert shown(masked(sheet(("1", 1, 1, 1, 3)), METHOD)) == ["1 * * * *"]
    assert shown(masked(sheet(("1", 4, 4, 4, 12)), METHOD)) == ["1 * * * *"]


def test_zeros_are_shown_or_hidden_as_it_was_decided():
    assert shown(masked(sheet(("1", 0, 250, 20, 270)), METHOD)) == ["1 0 250 20 270"]
    method = Method(("a", "b", "c"), ("tract",), "all", zeros=True)
    assert shown(masked(sheet(("1", 0, 250, 20, 270)), method), method) == ["1 * 250 * 270"]


def test_a_hidden_cell_is_not_had_by_the_rows_of_totals():
    found = masked(
        sheet(("1", 3, 20, 50, 73), ("2", 30, 25, 60, 115), ("Total", 33, 45, 110, 188)), METHOD
    )
    assert shown(found) == ["1 * * 50 73", "2 * * 60 115", "Total 33 45 110 188"]


def test_totals_of_groups_and_of_all_are_lines_as_well():
    method = Method(("n",), ("year", "tract"), by=("year",))
    rows = [
        ("2023", "1", "3"), ("2023", "2", "40"), ("2023", "Total", "43"),
        ("2024", "1", "20"), ("2024", "2", "30"), ("2024", "Total", "50"), ("Total", "", "93"),
    ]  # fmt: skip
    found = masked(sheet_of(("year", "tract", "n"), rows, method), method)
    assert [row[2] for row in rows_shown(found, method, "*")] == [
        "*",
        "*",
        "43",
        "20",
        "30",
        "50",
        "93",
    ]


def test_the_total_of_a_row_that_does_not_add_up_is_hidden_with_its_parts():
    assert shown(masked(sheet(("1", 3, 250, 12, 266)), METHOD)) == ["1 * 250 12 *"]
    assert shown(masked(sheet(("1", 30, 250, 12, 266)), METHOD)) == ["1 30 250 12 266"]


def test_what_looks_like_a_count_and_is_none_is_hidden_and_a_word_is_shown():
    found = masked(sheet(("1", "3 (est.)", 250, 12, 265), ("2", "", "n/a", 40, 40)), METHOD)
    assert shown(found) == ["1 * 250 12 *", "2  n/a 40 40"]
    assert [count_in(t) for t in ("1,234", " 7 ", "3.0", "3.5", "-3", "<5", "")] == [
        1234, 7, 3, None, None, None, None,
    ]  # fmt: skip


def test_a_table_that_does_not_have_the_columns_or_names_its_rows_twice_is_not_masked():
    with pytest.raises(NotMasked, match="no column “tract”"):
        sheet_of(("a", "b", "c", "all"), [], METHOD)
    with pytest.raises(NotMasked, match="same labels"):
        sheet(("1", 3, 250, 12, 265), ("1", 3, 250, 12, 265))


def test_what_was_hidden_once_stays_hidden():
    first = masked(sheet(("1", 3, 250, 12, 265)), METHOD)
    assert shown(masked(sheet(("1", 30, 250, 12, 292)), METHOD, first)) == ["1 * 250 * 292"]


def test_a_version_that_its_neighbour_would_reveal_hides_enough():
    """a + b = 15 of before, and 23 - 15 = 8 would be c, as a and b are what they were."""
    first = masked(sheet(("1", 3, 12, 250, 265)), METHOD)
    assert shown(first) == ["1 * * 250 265"]
    assert shown(masked(sheet(("1", 3, 12, 8, 23)), METHOD, first)) == ["1 * * * *"]


def test_a_version_that_comes_in_between_is_masked_by_those_around_it():
    first = masked(sheet(("1", 3, 12, 250, 265)), METHOD)
    last = masked(sheet(("1", 30, 31, 300, 361)), METHOD, first)
    between = masked(sheet(("1", 30, 12, 250, 292)), METHOD, first, last)
    assert shown(between) == ["1 * * 250 292"]


class Attacker:
    """Tries all whole numbers, by brute force, that agree with what is shown. That a cell did not
    change from one version to the next is known."""

    def __init__(self, series: list[Masked], most: int) -> None:
        self.most, self.true, self.known, self.tries = most, {}, {}, 30_000
        newest: dict[object, tuple[int, object]] = {}
        names: list[dict[object, object]] = []
        for at, each in enumerate(series):
            names.append({})
            for cell, value in each.sheet.values.items():
                if cell not in newest or newest[cell][0] != value:
                    newest[cell] = (value, (at, cell))
                name = names[at][cell] = newest[cell][1]
                (self.true if cell in each.hidden else self.known)[name] = value
        self.true = {name: v for name, v in self.true.items() if name not in self.known}
        self.equations = [
            ([names[at][c] for c in line.parts], names[at][line.total])
            for at, each in enumerate(series)
            for line in each.sheet.lines
        ]

    def fits(self, name: object, values: range) -> bool:
        """Whether a hidden cell can be one of these."""
        return any(self._go({**self.known, name: value}) for value in values)

    def _go(self, told: dict[object, int]) -> bool:
        self.tries -= 1
        assume(self.tries > 0)  # else it takes minutes
        branch: object = None
        for parts, total in self.equations:
            free = [p for p in (*parts, total) if p not in told]
            if not free:
                if sum(told[p] for p in parts) != told[total]:
                    return False
            elif len(free) == 1:
                rest = sum(told[p] for p in parts if p in told)
                value = rest if free[0] == total else told[total] - rest
                fits = value >= min(1, self.true[free[0]])
                return fits and self._go({**told, free[0]: value})
            else:
                branch = branch or free[0]
        if branch is None:
            return True
        return any(
            self._go({**told, branch: v}) for v in range(min(1, self.true[branch]), self.most)
        )


counts = st.integers(0, 9)
BELOW = 5


def small_sheet(numbers: list[int], method: Method) -> Sheet:
    rows = [numbers[:2], numbers[2:4]]
    rows.append([a + b for a, b in zip(*rows, strict=True)])
    full = [(name, a, b, a + b) for name, (a, b) in zip(("1", "2", "Total"), rows, strict=True)]
    texts = [[str(cell) for cell in row] for row in full]
    return sheet_of(("tract", "a", "b", "all"), texts, method)


SMALL = Method(("a", "b"), ("tract",), "all", below=BELOW)


def must_be_open(series: list[Masked]) -> None:
    attacker = Attacker(series, 15)
    for name, value in attacker.true.items():
        if value < BELOW:
            assert attacker.fits(name, range(BELOW, 15)), name
        else:
            others = [range(value), range(value + 1, 2 * value + 20)]
            assert any(attacker.fits(name, other) for other in others), name


@given(st.lists(counts, min_size=4, max_size=4))
@settings(max_examples=150)
def test_nobody_who_solves_the_totals_finds_a_hidden_count(numbers):
    must_be_open([masked(small_sheet(numbers, SMALL), SMALL)])


@given(st.lists(counts, min_size=4, max_size=4), st.integers(0, 3), st.integers(0, 9))
@settings(max_examples=80)
def test_nobody_who_knows_what_did_not_change_finds_a_hidden_count_of_two_versions(
    numbers, place, value
):
    first = masked(small_sheet(numbers, SMALL), SMALL)
    later = [*numbers[:place], value, *numbers[place + 1 :]]
    second = masked(small_sheet(later, SMALL), SMALL, first)
    assert all(
        cell in second.hidden for cell in first.hidden if second.sheet.values.get(cell) is not None
    )
    must_be_open([first, second])


@given(
    st.lists(st.lists(counts, min_size=4, max_size=4), min_size=3, max_size=3),
    st.permutations(range(3)),
    st.sets(st.integers(0, 3)),
)
@settings(max_examples=80)
def test_three_versions_that_come_in_any_order_tell_no_hidden_count(numbers, order, still):
    """Of a version and its neighbours; one that cannot be masked beside them is not shown."""
    same = [[numbers[0][n] if n in still else each[n] for n in range(4)] for each in numbers]
    held: dict[int, Masked] = {}
    for at in order:
        before = next((held[n] for n in sorted(held, reverse=True) if n < at), None)
        after = next((held[n] for n in sorted(held) if n > at), None)
        ever = {cell for each in held.values() for cell in each.hidden}
        try:
            held[at] = masked(small_sheet(same[at], SMALL), SMALL, before, after, ever)
        except NotMasked:
            continue
        must_be_open([each for each in (before, held[at], after) if each is not None])


def test_a_year_of_months_is_masked_with_half_of_its_counts_left():
    """200 tracts, most counts other than the month before: every version is shown, and not empty."""
    random = Random(3)
    method = Method(("a", "b", "c"), ("tract",), "all")
    rows = [[int(random.expovariate(1 / 40)) for _ in range(3)] for _ in range(200)]
    ever: frozenset[object] = frozenset()
    newest: Masked | None = None
    for _ in range(12):
        rows = [[max(0, n + random.randint(-3, 3)) for n in row] for row in rows]
        told = [[str(n), *row, sum(row)] for n, row in enumerate(rows)]
        told.append(["Total", *(sum(column) for column in list(zip(*told, strict=True))[1:])])
        newest = masked(sheet(*map(tuple, told)), method, newest, ever=ever)
        ever |= newest.hidden
    assert newest is not None
    assert len(newest.hidden) < len(newest.sheet.texts) / 2


def test_a_table_of_a_county_is_masked_in_seconds():
    """400 tracts of six ages with totals of rows and columns."""
    random = Random(7)  # the same numbers each time
    names = tuple("abcdef")
    rows = [[str(n), *[int(random.expovariate(1 / 40)) for _ in range(6)]] for n in range(400)]
    rows = [[*row, sum(row[1:])] for row in rows]
    rows.append(
        ["Total", *[sum(column) for column in itertools.islice(zip(*rows, strict=True), 1, None)]]
    )
    method = Method(names, ("tract",), "all")
    texts = [[str(cell) for cell in row] for row in rows]
    found = masked(sheet_of(("tract", *names, "all"), texts, method), method)
    small = {cell for cell, v in found.sheet.values.items() if 1 <= v < 11}
    assert small <= found.hidden
    assert len(found.hidden) < 2.5 * len(small)
