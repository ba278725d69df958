"""One table of the archive through time: rows at a version, changes between two of them.

Inside, columns go by their stable ids, so that renamed and moved columns are no difference; names
are put on at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from verticalfile.catalog.index import Comparison
from verticalfile.history.encoding import Digests
from verticalfile.history.history import History
from verticalfile.history.manifest import Layout
from verticalfile.services.archive import Archive
from verticalfile.services.decisions import KeyChoice
from verticalfile.tables.changes import ChangedRow, Changes, Kind, compare
from verticalfile.tables.quick_counts import count_by_key
from verticalfile.tables.reading import ReadTable

SAMPLE_ROWS = 100_000
"""Rows of a version that are looked at for evidence: the first ones, which versions share most."""
SAMPLE_BYTES = 32 << 20
LISTING_SAMPLE_BYTES = 8 << 20
"""Of a portal's listing that has more than SAMPLE_BYTES: its records are wide and alike."""
FEW_ROWS = 2_000
"""By so many the width of a table's rows is judged."""
QUICK_COUNT_ROWS = 1_000
"""Below this the ordinary comparison takes no noticeable time."""
EMPTY = pa.schema([]).empty_table()


class TableHistory:
    """History and decisions of one table; `fresh` holds originals that were just read."""

    def __init__(
        self, archive: Archive, table: str, name: str, *, folder: Path | None = None
    ) -> None:
        self.id = table
        self.name = name
        self.history = History(
            folder or archive.history_folder(table), table, scratch=archive.scratch
        )
        self.fresh: dict[int, tuple[ReadTable, Digests]] = {}
        self.sample_bytes = SAMPLE_BYTES
        self.steps: dict[tuple[int, int], tuple[ReadTable, ReadTable]] = {}  # removed, added rows

    def ordinal_of(self, sha256: str) -> int | None:
        return self.history.manifest.ordinal_of(sha256)

    def layout_of(self, ordinal: int) -> Layout:
        return self.history.manifest.layout_of(ordinal)

    def rows_at(self, ordinal: int, *, limit: int | None = None) -> ReadTable:
        """Rows with column ids for names, in order of first appearance; without volatile columns."""
        rows = self.history.rows_at(ordinal, limit=limit)
        ids = tuple(c for c in rows.column_names if c.startswith("c"))
        return by_place(self.name, ids, rows)

    def sample_at(self, ordinal: int) -> ReadTable:
        """Rows (of a large table the first) in the publisher's order of columns."""
        if ordinal in self.fresh:
            table = self.fresh[ordinal][0]
            first = replace(table, rows=table.rows.slice(0, SAMPLE_ROWS))
            return _kept_columns(first, self.layout_of(ordinal))
        table = self.rows_at(ordinal, limit=self._sample_rows(ordinal))
        return select(table, [i for i in self.layout_of(ordinal).ids if i in table.columns])

    def _sample_rows(self, ordinal: int) -> int:
        """Of wide rows fewer: a sample in memory takes several times its bytes."""
        if self.history.manifest.ordinals[ordinal - 1].rows <= FEW_ROWS:
            return FEW_ROWS
        few = self.history.rows_at(ordinal, limit=FEW_ROWS)
        each_bytes = max(1, few.nbytes // max(1, few.num_rows))
        whole = self.history.manifest.ordinals[ordinal - 1].rows * each_bytes
        most = SAMPLE_BYTES if whole <= SAMPLE_BYTES else self.sample_bytes
        return min(SAMPLE_ROWS, max(FEW_ROWS, int(most // each_bytes)))

    def shown_at(self, ordinal: int, *, limit: int | None = None) -> ReadTable:
        """`rows_at` under the names and in the order of the version."""
        return _shown(self.rows_at(ordinal, limit=limit), self.layout_of(ordinal))

    def parts_shown_at(self, ordinal: int) -> Iterator[ReadTable]:
        """`shown_at`, some rows at a time: what is never in memory whole."""
        for rows in self.history.parts_at(ordinal):
            ids = tuple(c for c in rows.column_names if c.startswith("c"))
            yield _shown(by_place(self.name, ids, rows), self.layout_of(ordinal))

    def key_ids(self, key: KeyChoice | None, *ordinals: int) -> tuple[str, ...]:
        """Ids of the first choice of key that all these ordinals have; () without one."""
        layouts = [self.layout_of(n) for n in ordinals]
        for choice in key.choices if key else ():
            ids = self._ids_of(choice)
            if ids and all(set(ids) <= set(each.ids) - set(each.dropped) for each in layouts):
                return ids
        return ()

    def _ids_of(self, names: Sequence[str]) -> tuple[str, ...]:
        """Ids that a layout gives these names, the newest layout with all of them first."""
        for layout in reversed(self.history.manifest.layouts):
            place = dict(zip(layout.names, layout.ids, strict=True))
            if all(name in place for name in names):
                return tuple(place[name] for name in names)
        return ()

    def changes(self, old: int, new: int, key: KeyChoice | None) -> Changes:
        """Changes between two ordinals under the names of each; kinds say nothing of bytes."""
        return self._changes(old, new, key, self._sides(old, new))

    def _changes(
        self, old: int, new: int, key: KeyChoice | None, sides: tuple[ReadTable, ReadTable]
    ) -> Changes:
        before, after = self.layout_of(old), self.layout_of(new)
        found = compare(*sides, key=self.key_ids(key, old, new))
        shown = named(found, before, after)
        rows = [self.history.manifest.ordinals[n - 1].rows for n in (old, new)]
        if after.has_kinds and 0 in rows:
            # JSON without records has no columns of its own: those it keeps are no news
            return replace(
                shown, columns_added=(), columns_removed=(), columns_renamed=(), columns_moved=False
            )
        return shown

    def share_epoch(self, old: int, new: int) -> bool:
        """Whether the rows of both are encoded alike, so that equal rows have equal digests."""
        encoding_of = self.history.manifest.encoding_of
        return encoding_of(self.layout_of(old)) == encoding_of(self.layout_of(new))

    def _sides(self, old: int, new: int) -> tuple[ReadTable, ReadTable]:
        before, after = self.layout_of(old), self.layout_of(new)
        one_epoch = self.share_epoch(old, new)
        if (old, new) in self.steps:
            removed_rows, added_rows = self.steps[(old, new)]
            return _kept_columns(removed_rows, before), _kept_columns(added_rows, after)
        if old in self.fresh and new in self.fresh:
            (olds, old_digests), (news, new_digests) = self.fresh[old], self.fresh[new]
            if one_epoch:
                only_old, only_new = surplus(old_digests, new_digests)
                olds, news = _taken(olds, only_old), _taken(news, only_new)
            return _kept_columns(olds, before), _kept_columns(news, after)
        if one_epoch:
            removed, added = self.history.between(old, new)
            ids = self.history.manifest.epoch_of(after)
            return by_place(self.name, ids, removed), by_place(self.name, ids, added)
        if not (before.has_kinds or after.has_kinds) and self.shared_ids(old, new):
            columns = self.ids_of(old), self.ids_of(new)
            found = self.history.between_by(old, new, self.shared_ids(old, new), columns)
            olds, news = (
                by_place(self.name, ids, rows.drop_columns("_rid"))
                for ids, rows in zip(columns, found, strict=True)
            )
            return olds, news
        return self.rows_at(old), self.rows_at(new)

    def ids_of(self, ordinal: int) -> tuple[str, ...]:
        """Columns that are encoded at an ordinal."""
        return tuple(self.history.manifest.epoch_of(self.layout_of(ordinal)))

    def shared_ids(self, old: int, new: int) -> tuple[str, ...]:
        """Those that are at both, in the order of the newer one."""
        known = self.ids_of(old)
        return tuple(i for i in self.ids_of(new) if i in known)

    def comparison(self, old: int, new: int, key: KeyChoice | None) -> Comparison:
        """Counts and kinds; without any difference of rows it is *export only*."""
        sides = self._sides(old, new)
        quick = self._quick_counts(old, new, key, sides)
        if quick is not None:
            return quick
        found = self._changes(old, new, key, sides)
        kinds = tuple(sorted(found.kinds))
        said: list[str] = []
        if not kinds:
            kinds = (Kind.EXPORT_ONLY,)
            before, after = (self.history.manifest.ordinals[n - 1] for n in (old, new))
            if before.table_sha256 != after.table_sha256:
                said.append("style of numbers")
            elif before.order_sha256 != after.order_sha256:
                said.append("order of rows")
            if found.columns_moved:
                said.append("order of columns")
        said += _said(found)
        return Comparison(
            len(found.added), len(found.removed), len(found.changed), kinds, tuple(said)
        )

    def _quick_counts(
        self, old: int, new: int, key: KeyChoice | None, sides: tuple[ReadTable, ReadTable]
    ) -> Comparison | None:
        """The counts of many text rows without a Python object a cell; None where that cannot
        tell: no key, rows that share one, JSON, or a change that may be of format only."""
        before, after = self.layout_of(old), self.layout_of(new)
        ids = self.key_ids(key, old, new)
        if not ids or before.has_kinds or after.has_kinds:
            return None
        olds, news = sides
        if max(olds.rows.num_rows, news.rows.num_rows) < QUICK_COUNT_ROWS:
            return None
        counts = count_by_key(olds, news, ids)
        if counts is None or not (counts.added or counts.removed):
            return None
        columns = tuple(i for i in news.columns if i in olds.columns)
        bare = Changes(columns, (), (), (), False, (), (), (), ids, whole=counts)
        shown = named(bare, before, after)
        return Comparison(
            counts.added, counts.removed, counts.changed, tuple(sorted(shown.kinds)),
            tuple(_said(shown)),
        )  # fmt: skip


def _said(found: Changes) -> list[str]:
    said = [f"+{name}" for name in found.columns_added]
    said += [f"-{name}" for name in found.columns_removed]
    said += [f"{o} -> {n}" for o, n in found.columns_renamed]
    return said + ([f"key {found.key_form}"] if found.key_form != "exact" else [])


def surplus(old: Digests, new: Digests) -> tuple[np.ndarray, np.ndarray]:
    """Places of rows that the other side has not, as multisets."""
    old_order, new_order = np.argsort(old, kind="stable"), np.argsort(new, kind="stable")
    old_sorted, new_sorted = old[old_order], new[new_order]
    # the k-th occurrence on one side is matched by a k-th occurrence on the other
    old_rank = np.arange(len(old)) - np.searchsorted(old_sorted, old_sorted, side="left")
    new_rank = np.arange(len(new)) - np.searchsorted(new_sorted, new_sorted, side="left")
    in_new = np.searchsorted(new_sorted, old_sorted, side="right") - np.searchsorted(
        new_sorted, old_sorted, side="left"
    )
    in_old = np.searchsorted(old_sorted, new_sorted, side="right") - np.searchsorted(
        old_sorted, new_sorted, side="left"
    )
    return np.sort(old_order[old_rank >= in_new]), np.sort(new_order[new_rank >= in_old])


def by_ids(table: ReadTable, layout: Layout) -> ReadTable:
    """A table as read, its names replaced by column ids."""
    if not table.columns and layout.ids:
        return ReadTable(table.name, layout.ids, EMPTY)
    return ReadTable(table.name, layout.ids, table.rows)


def by_place(name: str, ids: Sequence[str], rows: pa.Table) -> ReadTable:
    """Rows by column id as a table whose columns go by place."""
    columns = {f"c{n}": rows.column(i) for n, i in enumerate(ids)}
    if "_kinds" in rows.column_names:
        columns["_kinds"] = rows.column("_kinds")
    return ReadTable(name, tuple(ids), pa.table(columns) if columns else EMPTY)


def _taken(table: ReadTable, places: np.ndarray) -> ReadTable:
    if table.rows.num_columns == 0:
        return table
    return replace(table, rows=table.rows.take(pa.array(places)))


def _kept_columns(table: ReadTable, layout: Layout) -> ReadTable:
    """Without the volatile columns; kinds stay in step."""
    if not layout.dropped:
        return table
    return select(table, [i for i in table.columns if i not in layout.dropped])


def select(table: ReadTable, names: Sequence[str]) -> ReadTable:
    """These columns alone, in this order; kinds stay in step."""
    if table.rows.num_columns == 0:
        return ReadTable(table.name, tuple(names), table.rows)
    place = {name: n for n, name in enumerate(table.columns)}
    picks = [place[name] for name in names]
    columns = {f"c{n}": table.rows.column(f"c{at}") for n, at in enumerate(picks)}
    if "_kinds" in table.rows.column_names:
        turned = [
            "".join(text[at] for at in picks) for text in table.rows.column("_kinds").to_pylist()
        ]
        columns["_kinds"] = pa.array(turned, pa.string())
    return ReadTable(table.name, tuple(names), pa.table(columns) if columns else EMPTY)


def _shown(table: ReadTable, layout: Layout) -> ReadTable:
    ids = [i for i in layout.ids if i in table.columns]
    name_of = dict(zip(layout.ids, layout.names, strict=True))
    picked = select(table, ids)
    return replace(picked, columns=tuple(name_of[i] for i in ids))


def named(found: Changes, before: Layout, after: Layout) -> Changes:
    """Changes by column id under the names of each side."""
    old_name = dict(zip(before.ids, before.names, strict=True))
    new_name = dict(zip(after.ids, after.names, strict=True))

    shown = tuple(new_name[i] for i in found.columns)
    dropped = {*before.dropped, *after.dropped}
    common_old = [i for i in before.ids if i in after.ids and i not in dropped]
    common_new = [i for i in after.ids if i in before.ids and i not in dropped]
    in_order = [i for i in common_new if i in found.columns]
    place = {i: n for n, i in enumerate(found.columns)}
    picks = [place[i] for i in in_order]
    if picks == list(range(len(found.columns))):
        added, removed = found.added, found.removed
    else:
        added, removed = (
            tuple(tuple(row[n] for n in picks) for row in rows)
            for rows in (found.added, found.removed)
        )
    return Changes(
        columns=tuple(new_name[i] for i in in_order),
        columns_added=tuple(
            new_name[i] for i in after.ids if i not in before.ids and i not in dropped
        ),
        columns_removed=tuple(
            old_name[i] for i in before.ids if i not in after.ids and i not in dropped
        ),
        columns_renamed=tuple(
            (old_name[i], new_name[i]) for i in common_new if old_name[i] != new_name[i]
        ),
        columns_moved=common_old != common_new,
        added=added,
        removed=removed,
        changed=tuple(ChangedRow(r.key, r.old, r.new, shown, r.forms) for r in found.changed),
        key=tuple(new_name[i] for i in found.key),
        key_form=found.key_form,
        whole=found.whole,
    )
