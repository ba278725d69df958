"""A window on the changes between two versions of a large table: all are counted, some shown.

Only the key is read of every row that came or went; whole rows are read for the window alone. So
a page, or the first screen of a terminal, costs the same for a hundred changes and for a million.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from verticalfile.services.decisions import KeyChoice
from verticalfile.services.table_history import (
    QUICK_COUNT_ROWS,
    TableHistory,
    by_place,
    named,
    select,
)
from verticalfile.tables.cells import ColumnForms, cells_of
from verticalfile.tables.changes import ChangedRow, Changes, Counts, Row
from verticalfile.tables.quick_counts import pairs_by_key


@dataclass(frozen=True, slots=True)
class Window:
    """Of each kind of change the rows from `first` (the first is 0), at most `most`."""

    first: int = 0
    most: int = 40

    @property
    def cut(self) -> slice:
        return slice(self.first, self.first + self.most)


def changes_in_window(
    table: TableHistory, old: int, new: int, key: KeyChoice | None, window: Window
) -> Changes | None:
    """The changes between two ordinals, cut to a window, `whole` telling of all.

    None where only a whole comparison can tell: few rows, no key, keys that repeat or changed
    their form, JSON, other columns, or changes that may be of format only. Rows go by first
    appearance.
    """
    before, after = table.layout_of(old), table.layout_of(new)
    ids = table.key_ids(key, old, new)
    if not ids or before.has_kinds or after.has_kinds or not table.share_epoch(old, new):
        return None
    removed, added = table.history.between_in(old, new, ids)
    if max(removed.num_rows, added.num_rows) < QUICK_COUNT_ROWS:
        return None
    sides = by_place(table.name, ids, removed), by_place(table.name, ids, added)
    pairs = pairs_by_key(*sides, ids)
    if pairs is None or len(pairs) == removed.num_rows == added.num_rows:
        return None
    counts = Counts(added.num_rows - len(pairs), removed.num_rows - len(pairs), len(pairs))
    stayed_old, stayed_new = ({pair[n] for pair in pairs} for n in (0, 1))
    shown = pairs[window.cut]
    went = [n for n in range(removed.num_rows) if n not in stayed_old][window.cut]
    came = [n for n in range(added.num_rows) if n not in stayed_new][window.cut]
    rids = [
        *_rids(removed, [*(o for o, _ in shown), *went]),
        *_rids(added, [*(n for _, n in shown), *came]),
    ]
    columns = tuple(i for i in after.ids if i in table.history.manifest.epoch_of(after))
    rows = iter(_rows(table, rids, new, columns))
    olds, gone, news, fresh = ([next(rows) for _ in part] for part in (shown, went, shown, came))
    return named(_changes(columns, ids, olds, news, gone, fresh, counts), before, after)


def _changes(
    columns: tuple[str, ...],
    key: tuple[str, ...],
    olds: Sequence[Row],
    news: Sequence[Row],
    gone: Sequence[Row],
    fresh: Sequence[Row],
    counts: Counts,
) -> Changes:
    places = [columns.index(part) for part in key]
    both = list(zip(olds, news, strict=True))
    forms = ColumnForms(both)
    changed = tuple(ChangedRow(tuple(n[p] for p in places), o, n, columns, forms) for o, n in both)
    return Changes(
        columns, (), (), (), False, tuple(fresh), tuple(gone), changed, key, whole=counts
    )


def _rids(found: pa.Table, places: Sequence[int]) -> list[int]:
    picked: list[int] = found.column("_rid").take(pa.array(places, pa.int64())).to_pylist()
    return picked


def _rows(
    table: TableHistory, rids: Sequence[int], ordinal: int, columns: Sequence[str]
) -> list[Row]:
    found = table.history.rows_of(rids, ordinal)
    epoch = table.history.manifest.epoch_of(table.layout_of(ordinal))
    ordered = select(by_place(table.name, epoch, found), columns)
    return list(zip(*cells_of(ordered, columns), strict=True))
