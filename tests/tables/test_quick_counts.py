"""Counting changes in Arrow gives what comparing the rows in Python gives."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from verticalfile.tables.changes import Counts, compare
from verticalfile.tables.quick_counts import count_by_key
from verticalfile.tables.reading import ReadTable

cells = st.one_of(st.none(), st.text("ab", max_size=2))
rows = st.lists(st.tuples(st.sampled_from("123456"), cells, cells), max_size=6)


def a_table(found: list[tuple[str | None, ...]], *names: str) -> ReadTable:
    columns = {f"c{n}": pa.array([row[n] for row in found], pa.string()) for n in range(len(names))}
    return ReadTable("", names, pa.table(columns))


@given(old=rows, new=rows)
def test_quick_counts_are_those_of_the_comparison_or_none(
    old: list[tuple[str | None, ...]], new: list[tuple[str | None, ...]]
) -> None:
    before, after = a_table(old, "id", "a", "b"), a_table(new, "id", "b", "c")
    counts = count_by_key(before, after, ["id"])
    found = compare(before, after, key=["id"])
    if counts is not None:
        assert counts == Counts(len(found.added), len(found.removed), len(found.changed))


def test_a_repeated_key_and_keys_that_hardly_survive_are_left_to_the_comparison() -> None:
    once, twice = [("1", "x"), ("2", "y")], [("1", "x"), ("1", "y")]
    assert count_by_key(a_table(once, "id", "a"), a_table(twice, "id", "a"), ["id"]) is None
    other = [("A1", "x"), ("A2", "y")]
    assert count_by_key(a_table(once, "id", "a"), a_table(other, "id", "a"), ["id"]) is None
    changed = [("1", "x"), ("2", "z"), ("3", "y")]
    found = count_by_key(a_table(once, "id", "a"), a_table(changed, "id", "a"), ["id"])
    assert found == Counts(added=1, removed=0, changed=1)
