"""Differences by name in plain counts, as a yardstick: no renames, no forms, columns as they stand."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from verticalfile.tables.cells import Cell, cells_of, value_of
from verticalfile.tables.reading import ReadTable


@dataclass(frozen=True, slots=True)
class Difference:
    """Counts of distinct keys and of surplus rows. None where a key column is missing."""

    key_added: int | None
    key_removed: int | None
    key_changed: int | None
    rows_added: int
    rows_removed: int


def difference_by_name(
    old: ReadTable, new: ReadTable, *, old_key: Sequence[str] | None, new_key: Sequence[str] | None
) -> Difference:
    """Keys only in one side, in both but with another multiset of rows, and surplus rows,
    all over the columns that both have by exact name. JSON without records has the columns of
    the other side."""
    if not old.columns and new.columns:
        old, old_key = ReadTable(old.name, new.columns, old.rows), new_key
    elif not new.columns and old.columns:
        new, new_key = ReadTable(new.name, old.columns, new.rows), old_key
    elif not old.columns:
        return Difference(0, 0, 0, 0, 0)
    common = [name for name in new.columns if name in old.columns]
    old_rows = _rows(old, common)
    new_rows = _rows(new, common)
    had, have = Counter(old_rows), Counter(new_rows)
    added, removed = sum((have - had).values()), sum((had - have).values())
    if old_key is None or new_key is None:
        return Difference(None, None, None, added, removed)
    before, after = _by_key(old, old_key, old_rows), _by_key(new, new_key, new_rows)
    both = before.keys() & after.keys()
    return Difference(
        len(after) - len(both),
        len(before) - len(both),
        sum(before[key] != after[key] for key in both),
        added,
        removed,
    )


def duplicates(table: ReadTable, key: Sequence[str]) -> tuple[int, int]:
    """Key values on more than one row, and rows minus distinct key values."""
    counted = Counter(_rows(table, key))
    return sum(n > 1 for n in counted.values()), sum(counted.values()) - len(counted)


def duplicate_rows(table: ReadTable) -> int:
    """Rows minus distinct whole rows."""
    total: int = table.rows.num_rows
    return total - len(set(_rows(table, table.columns)))


def _rows(table: ReadTable, names: Sequence[str]) -> list[tuple[Cell, ...]]:
    if not names:
        return [()] * table.rows.num_rows
    columns = cells_of(table, names)
    if "_kinds" in table.rows.column_names:
        columns = [[value_of(cell) for cell in column] for column in columns]
    return list(zip(*columns, strict=True))


def _by_key(
    table: ReadTable, key: Sequence[str], rows: Sequence[tuple[Cell, ...]]
) -> dict[tuple[Cell, ...], Counter[tuple[Cell, ...]]]:
    found: dict[tuple[Cell, ...], Counter[tuple[Cell, ...]]] = defaultdict(Counter)
    for value, row in zip(_rows(table, key), rows, strict=True):
        found[value][row] += 1
    return found
