"""A window on the changes between two versions of a large table: all are counted, some shown.

Only the key is read of every row that came or went; whole rows are read for the window alone. So
a page, or the first screen of a terminal, costs the same for a hundred changes and for a million.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

from verticalfile.services.decisions import KeyChoice
from verticalfile.services.known.table_history import (
    QUICK_COUNT_ROWS,
    TableHistory,
    by_place,
    named,
    select,
)
from verticalfile.tables.cells import ColumnForms, cells_of
from verticalfile.tables.changes import ChangedRow, Changes, Counts, Row
from verticalfile.tables.quick_counts import pairs_of_the_rest


class Which(StrEnum):
    """A kind of change, by its name in `Counts`."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Window:
    """Of each kind of change the rows from `first` (the first is 0), at most `most`. With `in_row`
    these kinds follow one another as one list, and the window is on that."""

    first: int = 0
    most: int = 40
    in_row: tuple[Which, ...] = ()
    least: int | None = None  # where fewer rows differ a whole comparison tells more
    form_too: bool = False  # also where all changes may be of format only, which is then not told

    def cuts(self, counts: Counts) -> dict[Which, slice]:
        """Which rows of each kind are in the window."""
        last = self.first + self.most
        if not self.in_row:
            return dict.fromkeys(Which, slice(self.first, last))
        found = dict.fromkeys(Which, slice(0, 0))
        before = 0
        for which in self.in_row:
            found[which] = slice(max(0, self.first - before), max(0, last - before))
            before += getattr(counts, which)
        return found


def changes_in_window(
    table: TableHistory, old: int, new: int, key: KeyChoice | None, window: Window
) -> Changes | None:
    """The changes between two ordinals, cut to a window, `whole` telling of all.

    None where only a whole comparison can tell: few rows, keys that changed their form, JSON, or
    changes that may be of format only. Rows go by first appearance.
    """
    before, after = table.layout_of(old), table.layout_of(new)
    ids = table.key_ids(key, old, new)
    shared = table.shared_ids(old, new)
    if before.has_kinds or after.has_kinds or not shared:
        return None
    if table.share_epoch(old, new):
        removed, added = table.history.between_in(old, new, ids)
    else:
        removed, added = table.history.between_by(old, new, shared, (ids, ids))
    if max(removed.num_rows, added.num_rows) < _least(window):
        return None
    sides = by_place(table.name, ids, removed), by_place(table.name, ids, added)
    pairs = pairs_of_the_rest(*sides, ids) if ids else []
    if pairs is None:
        return None
    may_be_form = removed.num_rows == added.num_rows and len(pairs) in (0, added.num_rows)
    if may_be_form and not window.form_too and (pairs or not ids):
        return None
    counts = Counts(added.num_rows - len(pairs), removed.num_rows - len(pairs), len(pairs))
    stayed_old, stayed_new = ({pair[n] for pair in pairs} for n in (0, 1))
    cuts = window.cuts(counts)
    shown = pairs[cuts[Which.CHANGED]]
    went = [n for n in range(removed.num_rows) if n not in stayed_old][cuts[Which.REMOVED]]
    came = [n for n in range(added.num_rows) if n not in stayed_new][cuts[Which.ADDED]]
    old_rows = _rows(table, _rids(removed, [*(o for o, _ in shown), *went]), old, shared)
    new_rows = _rows(table, _rids(added, [*(n for _, n in shown), *came]), new, shared)
    olds, gone = old_rows[: len(shown)], old_rows[len(shown) :]
    news, fresh = new_rows[: len(shown)], new_rows[len(shown) :]
    return named(_changes(shared, ids, olds, news, gone, fresh, counts), before, after)


def is_small(known: Changes | None, window: Window) -> bool:
    """Whether a whole comparison that is known already is of so few rows that no window is asked."""
    if known is None:
        return False
    c = known.counts
    return max(c.added, c.removed) + c.changed < _least(window)


def _least(window: Window) -> int:
    return QUICK_COUNT_ROWS if window.least is None else window.least


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
