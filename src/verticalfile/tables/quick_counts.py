"""How many rows came, went and changed, column by column in Arrow: no Python object a cell.

The same counts as `changes.compare` where the key tells the rows of each side apart; where it does
not, or keys hardly survive (their form may have changed), the answer is None and `compare` says.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from verticalfile.tables.changes import FORM_SHARE, Counts, Row, paired_keys
from verticalfile.tables.reading import ReadTable


def count_by_key(old: ReadTable, new: ReadTable, key: Sequence[str]) -> Counts | None:
    """Counts by a key of both; tables of text without kinds."""
    pairs = pairs_by_key(old, new, key)
    if pairs is None:
        return None
    changed = _differing(old, new, pairs)
    return Counts(new.rows.num_rows - len(pairs), old.rows.num_rows - len(pairs), changed)


def pairs_by_key(
    old: ReadTable, new: ReadTable, key: Sequence[str]
) -> list[tuple[int, int]] | None:
    """Places of rows that share a key, in the order of `new`."""
    old_keys, new_keys = _keys(old, key), _keys(new, key)
    place = {value: n for n, value in enumerate(old_keys)}
    if len(place) != len(old_keys) or len(set(new_keys)) != len(new_keys):
        return None
    pairs = [(place[value], n) for n, value in enumerate(new_keys) if value in place]
    if len(pairs) < FORM_SHARE * min(len(old_keys), len(new_keys)):
        return None
    return pairs


def pairs_of_the_rest(
    old: ReadTable, new: ReadTable, key: Sequence[str]
) -> list[tuple[int, int]] | None:
    """`pairs_by_key` of sides from which rows that are on both are gone: of rows that share a key
    the first goes with the first, as `compare` has it. None where the form of the key changed."""
    old_keys, new_keys = _keys(old, key), _keys(new, key)
    waiting: dict[object, deque[int]] = defaultdict(deque)
    for place, value in enumerate(old_keys):
        waiting[value].append(place)
    olds, news = set(old_keys), set(new_keys)
    if len(olds & news) < FORM_SHARE * min(len(olds), len(news)):
        form, _, _ = paired_keys(_cells(old, key), _cells(new, key), range(len(key)))
        if form != "exact":
            return None
    return [
        (waiting[value].popleft(), place)
        for place, value in enumerate(new_keys)
        if waiting.get(value)
    ]


def _cells(table: ReadTable, key: Sequence[str]) -> list[Row]:
    columns = [[(text, "") for text in _column(table, name).to_pylist()] for name in key]
    return list(zip(*columns, strict=True))


def _keys(table: ReadTable, key: Sequence[str]) -> list[object]:
    if not table.rows.num_rows:
        return []
    columns = [_column(table, name).to_pylist() for name in key]
    return columns[0] if len(columns) == 1 else list(zip(*columns, strict=True))


def _column(table: ReadTable, name: str) -> pa.ChunkedArray:
    return table.rows.column(f"c{table.columns.index(name)}")


def _differing(old: ReadTable, new: ReadTable, pairs: Sequence[tuple[int, int]]) -> int:
    if not pairs:
        return 0
    import pyarrow.compute as pc  # a tenth of a reading command's start, and for writers alone

    olds, news = (pa.array(side) for side in zip(*pairs, strict=True))
    differs = np.zeros(len(pairs), dtype=bool)
    for name in new.columns:
        if name in old.columns:
            before, after = _column(old, name).take(olds), _column(new, name).take(news)
            both_null = pc.and_(before.is_null(), after.is_null())
            same = pc.or_(pc.fill_null(pc.equal(before, after), False), both_null)
            differs |= ~same.to_numpy()
    return int(differs.sum())
