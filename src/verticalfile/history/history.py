"""The history of one table as its users see it: ingest, as of, what lies between, one row.

Readers take no lock: they load the manifest, then only read files it lists. Rows come as Arrow
tables with the shown names of the ordinal's layout as physical ids; see `Layout`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from verticalfile.history import compaction, segments
from verticalfile.history import manifest as manifests
from verticalfile.history.duck import connect, instance
from verticalfile.history.encoding import literal, quoted
from verticalfile.history.ingest import NewOriginal, Prepared, layout_for, prepare
from verticalfile.history.manifest import Layout, Manifest
from verticalfile.history.proof import wrong_ordinals
from verticalfile.history.step import Newest, Step, prepare_step, prepare_whole, shares_epoch
from verticalfile.history.views.large import prepare_stored

PART_RIDS = 2_000
"""Ids of rows that are looked for at once, at first, where a table is gone through in parts."""
PART_BYTES = 3 << 20
"""About so many bytes a part has then: DuckDB takes ten times as much, and half with one thread."""


MANY_ROWS = 5_000_000
"""Rows ever of a table from which its digests are not held in memory (design 6)."""
FEW = 3
"""Originals that are looked for one by one in such a history; more go together, in memory."""


@dataclass(frozen=True, slots=True)
class RowState:
    """One content of a keyed row and the ordinals' events of it: `{ordinal: change of count}`."""

    values: dict[str, str | None]  # by column id
    events: dict[int, int]


class History:
    """A table's history in `folder`. Writers hold the resource's lock."""

    def __init__(self, folder: Path, table: str, *, scratch: Path) -> None:
        self.folder = folder
        self.manifest: Manifest = manifests.load(folder, table)
        self.scratch = scratch

    def plan(
        self, new: Sequence[NewOriginal], before: Layout | None
    ) -> list[tuple[NewOriginal, Layout]]:
        """Give the columns of originals, in order of time, their ids; `before` is the layout of
        the readable version before the first."""
        planned = []
        state = self.manifest
        for original in new:
            state, layout = layout_for(state, original, before)
            if layout not in state.layouts:
                state = state.with_(layouts=(*state.layouts, layout))
            planned.append((original, layout))
            before = layout if original.rows.num_rows or before is None else before
        self.manifest = state
        return planned

    def prepare(self, planned: Sequence[tuple[NewOriginal, Layout]]) -> Prepared:
        """Write the segment of a batch; `commit` lists it. Nothing is visible before.

        What is too large for memory, or meets a history that is, gets a segment of its own.
        """
        done = Prepared(self.manifest, (), ())
        meets_many = self.manifest.next_rid > MANY_ROWS and len(planned) <= FEW
        for is_large, group in groupby(
            planned, key=lambda each: meets_many or each[0].stored is not None
        ):
            for batch in ([each] for each in group) if is_large else [list(group)]:
                make = prepare_stored if is_large else prepare
                made = make(self.folder, done.manifest, batch, self.scratch)
                done = Prepared(
                    made.manifest, done.ordinals + made.ordinals, done.digests + made.digests
                )
        return done

    def prepare_step(self, step: Step) -> Prepared:
        """`prepare` for one original whose difference from the newest ordinal is known."""
        return prepare_step(self.folder, self.manifest, step, self.scratch)

    def prepare_whole(self, new: NewOriginal, layout: Layout, newest: Newest) -> Prepared | None:
        """`prepare` for one original by the digests of the newest ordinal; None where its rows
        are encoded otherwise."""
        if not shares_epoch(self.manifest, layout):
            return None
        return prepare_whole(self.folder, self.manifest, new, layout, newest, self.scratch)

    def commit(self, prepared: Prepared) -> None:
        """List what was prepared, compact where due; durable on return."""
        self.folder.mkdir(parents=True, exist_ok=True)
        state = compaction.compact(self.folder, prepared.manifest, self.scratch)
        manifests.save(self.folder, state)
        self.manifest = state
        segments.sweep(self.folder, state)

    def damage(self, *, quick: bool) -> list[str]:
        """Sentences about segments that are missing or are not what was written, and, unless quick,
        about versions whose rows do not have their digest."""
        found = []
        for segment in self.manifest.segments:
            path = self.folder / segment.file
            if not path.is_file() or path.stat().st_size != segment.size_bytes:
                found.append(f"{segment.file} is missing or has another size")
            elif not quick:
                with open(path, "rb") as held:
                    if hashlib.file_digest(held, "sha256").hexdigest() != segment.sha256:
                        found.append(f"{segment.file} is not what was written")
        if not found and not quick:
            wrong = list(wrong_ordinals(self.folder, self.manifest, self.scratch))
            found += [f"the rows of {len(wrong)} versions are not those recorded"] if wrong else []
        return found

    def stands(self, ordinal: int) -> bool:
        """Whether the folder still holds this history up to an ordinal: where a version was
        destroyed, it was made again, and nothing derived from the former may stay."""
        now = manifests.load(self.folder, self.manifest.table)
        return now.ordinals[:ordinal] == self.manifest.ordinals[:ordinal]

    def recover(self) -> list[str]:
        """Remove what a crash left; call it under the lock."""
        return segments.sweep(self.folder, self.manifest)

    def connect(self) -> duckdb.DuckDBPyConnection:
        return connect(self.scratch)

    def instance(self) -> duckdb.DuckDBPyConnection:
        """An instance of its own, for who attaches files or changes settings."""
        return instance(self.scratch)

    def relation(self, columns: Sequence[str] = (), *, upto: int | None = None) -> str:
        """SQL of the events up to an ordinal."""
        wanted = [s for s in self.manifest.segments if upto is None or s.first <= upto]
        return segments.relation(self.folder, wanted, columns)

    def files(self, ordinal: int) -> list[str]:
        """Paths of the segments that an as-of reads."""
        listed = self.manifest.segments
        return [str(self.folder / s.file) for s in listed if s.first <= ordinal]

    def as_of_sql(self, ordinal: int) -> str:
        """SQL of the rows at an ordinal, under their shown names, in order of first appearance.

        A row that occurs n times is given n times.
        """
        layout = self.manifest.layout_of(ordinal)
        shown = [
            (i, name)
            for i, name in zip(layout.ids, layout.names, strict=True)
            if i not in layout.dropped
        ]
        names = _distinct_names([name for _, name in shown])
        picked = ", ".join(
            f"b.{quoted(i)} AS {quoted(name)}" for (i, _), name in zip(shown, names, strict=True)
        )
        return self._as_of(ordinal, picked or "1 AS nothing", [i for i, _ in shown])

    def ids_as_of_sql(self, ordinal: int, columns: Sequence[str], *, with_row: bool = False) -> str:
        """SQL of the rows at an ordinal under their column ids; `with_row` with `_rid` and `copy`."""
        picked = [f"b.{quoted(i)}" for i in columns] or ["1 AS nothing"]
        row = ["b._rid AS _rid", "copies.copy AS copy"] if with_row else []
        return self._as_of(ordinal, ", ".join([*row, *picked]), columns)

    def _as_of(self, ordinal: int, picked: str, columns: Sequence[str]) -> str:
        listed = self.manifest.segments
        births = segments.births(self.folder, listed, columns, ordinal)
        later = segments.changes_after_birth(self.folder, listed, ordinal)
        return (
            f"SELECT {picked} FROM {births} b LEFT JOIN {later} later USING (_rid)"
            ", range((b._dn + coalesce(later.n, 0))::BIGINT) copies(copy)"
        )

    def rows_at(self, ordinal: int, *, limit: int | None = None) -> pa.Table:
        """The encoded rows at an ordinal by column id (and `_kinds`), in order of first appearance;
        at most the first `limit`."""
        layout = self.manifest.layout_of(ordinal)
        columns = [*self.manifest.epoch_of(layout), *(["_kinds"] if layout.has_kinds else [])]
        picked = ", ".join(f"b.{quoted(i)}" for i in columns) or "1 AS nothing"
        if limit is not None and limit < self.manifest.next_rid:
            return self._first_rows(ordinal, limit)
        whole = self._as_of(ordinal, picked, columns)
        cut = "" if limit is None else f" LIMIT {limit}"
        with self.connect() as connection:
            return connection.execute(f"{whole} ORDER BY b._rid{cut}").to_arrow_table()

    def _first_rows(self, ordinal: int, limit: int) -> pa.Table:
        """Of the first ids alone: all parts of the files that have none of them are skipped."""
        found: list[pa.Table] = []
        for part in self.parts_at(ordinal):
            found.append(part.slice(0, limit))
            limit -= found[-1].num_rows
            if not limit:
                break
        return pa.concat_tables(found) if found else self.rows_at(ordinal).slice(0, 0)

    def parts_at(self, ordinal: int) -> Iterator[pa.Table]:
        """`rows_at`, some rows at a time: what is never in memory whole."""
        layout = self.manifest.layout_of(ordinal)
        columns = [*self.manifest.epoch_of(layout), *(["_kinds"] if layout.has_kinds else [])]
        picked = ", ".join(f"b.{quoted(i)}" for i in columns) or "1 AS nothing"
        whole = self._as_of(ordinal, picked, columns)
        low, step = 0, PART_RIDS
        while low < self.manifest.next_rid:
            with connect(self.scratch, threads=1) as connection:
                found = connection.execute(
                    f"{whole} WHERE b._rid >= {low} AND b._rid < {low + step} ORDER BY b._rid"
                ).to_arrow_table()
            low += step
            if found.num_rows:
                yield found
            if 2 * found.nbytes <= PART_BYTES:  # short rows, or most of them gone
                step *= 2
            elif found.nbytes > 2 * PART_BYTES:
                step = max(1, step // 2)

    def count_at(self, ordinal: int) -> int:
        """Rows at an ordinal, counted from the events alone."""
        with self.connect() as connection:
            found = connection.execute(
                f"SELECT coalesce(sum(_dn), 0) FROM {self.relation(upto=ordinal)}"
                f" WHERE _ord <= {ordinal}"
            ).fetchone()
        assert found is not None
        return int(found[0])

    def between(self, old: int, new: int) -> tuple[pa.Table, pa.Table]:
        """Rows only at `old`, rows only at `new` (by column id, repeated where they occur more
        often), net: what was undone in between does not appear. Both must share an epoch."""
        layout = self.manifest.layout_of(new)
        columns = [*self.manifest.epoch_of(layout), *(["_kinds"] if layout.has_kinds else [])]
        removed, added = self.between_in(old, new, columns)
        return removed.drop_columns("_rid"), added.drop_columns("_rid")

    def between_in(self, old: int, new: int, columns: Sequence[str]) -> tuple[pa.Table, pa.Table]:
        """`between`, in these columns alone and with `_rid`: few columns are found much sooner."""
        first, last, turned = (old, new, 1) if old <= new else (new, old, -1)
        touched = [s for s in self.manifest.segments if s.last > first and s.first <= last]
        net = (
            f"SELECT _rid, {turned} * sum(_dn) AS dn"
            f" FROM {segments.relation(self.folder, touched)}"
            f" WHERE _ord > {first} AND _ord <= {last} GROUP BY _rid HAVING sum(_dn) <> 0"
        )
        names = ", ".join(["_rid", *(f"b.{quoted(i)}" for i in columns)])
        births = segments.births(self.folder, self.manifest.segments, columns, last)
        with self.connect() as connection:  # one statement: of a small table each takes as long
            found = connection.execute(
                f"WITH net AS MATERIALIZED ({net}) SELECT dn > 0 AS _came, {names}"
                f" FROM {births} b JOIN net USING (_rid), range(abs(dn)::BIGINT) copies"
                " ORDER BY _came, _rid"
            ).to_arrow_table()
        came = pc.sum(found.column("_came"), min_count=0).as_py()
        rows = found.drop_columns("_came")
        return rows.slice(0, len(rows) - came), rows.slice(len(rows) - came)

    def between_by(
        self,
        old: int,
        new: int,
        shared: Sequence[str],
        columns: tuple[Sequence[str], Sequence[str]],
    ) -> tuple[pa.Table, pa.Table]:
        """`between` of two ordinals that may be encoded otherwise: rows only at `old`, only at
        `new`, by what stands in the columns that both have. Of each side these columns and `_rid`.

        Rows are the same where two hashes are: one of the cells, and MD5 of them in a row. No row
        comes to Python that is on both sides.
        """
        cells = [quoted(i) for i in shared]
        in_a_row = f"concat_ws(chr(31), {', '.join(f'coalesce({c}, chr(30))' for c in cells)})"
        hashes = f"hash({', '.join(cells)}) AS h, md5_number({in_a_row}) AS g"
        found = []
        with self.connect() as connection:
            for side, ordinal in (("olds", old), ("news", new)):
                rows = self.ids_as_of_sql(ordinal, shared, with_row=True)
                connection.execute(
                    f"CREATE TEMP TABLE {side} AS SELECT _rid, h, g,"
                    " row_number() OVER (PARTITION BY h, g ORDER BY _rid, copy) AS place"
                    f" FROM (SELECT _rid, copy, {hashes} FROM ({rows}))"
                )
            for side, other, ordinal, wanted in (
                ("olds", "news", old, columns[0]), ("news", "olds", new, columns[1]),
            ):  # fmt: skip
                alone = (
                    f"(SELECT _rid, count(*) AS n FROM (FROM {side} ANTI JOIN {other}"
                    " USING (h, g, place)) GROUP BY _rid)"
                )
                births = segments.births(self.folder, self.manifest.segments, wanted, ordinal)
                names = ", ".join(["b._rid", *(f"b.{quoted(i)}" for i in wanted)])
                found.append(
                    connection.execute(
                        f"SELECT {names} FROM {births} b JOIN {alone} alone USING (_rid),"
                        " range(alone.n) copies ORDER BY b._rid"
                    ).to_arrow_table()
                )
        return found[0], found[1]

    def rows_of(self, rids: Sequence[int], ordinal: int) -> pa.Table:
        """These rows, in this order, with the columns of an ordinal; a list of ids skips all parts
        of the files that have none of them."""
        columns = list(self.manifest.epoch_of(self.manifest.layout_of(ordinal)))
        upto = len(self.manifest.ordinals)
        births = segments.births(self.folder, self.manifest.segments, columns, upto)
        wanted = ", ".join(map(str, rids)) or "-1"
        names = ", ".join(["_rid", *map(quoted, columns)])
        with self.connect() as connection:
            found = connection.execute(
                f"SELECT {names} FROM {births} WHERE _rid IN ({wanted})"
            ).to_arrow_table()
        place = {rid: n for n, rid in enumerate(found.column("_rid").to_pylist())}
        order = pa.array([place[rid] for rid in rids], pa.int64())
        return found.drop_columns("_rid").take(order)

    def row_states(self, wanted: dict[str, str]) -> list[RowState]:
        """Every content ever of the rows whose columns (by id) hold these values, with events."""
        columns = [column.id for column in self.manifest.columns]
        births = self.relation(columns)
        where = " AND ".join(f"{quoted(i)} = {literal(text)}" for i, text in wanted.items())
        with self.connect() as connection:
            found = connection.execute(
                f"SELECT _rid, {', '.join(quoted(i) for i in columns)} FROM {births}"
                f" WHERE _born AND {where}"
            ).fetchall()
            if not found:
                return []
            rids = ", ".join(str(row[0]) for row in found)
            events = connection.execute(
                f"SELECT _rid, _ord, _dn FROM {self.relation()}"
                f" WHERE _rid IN ({rids}) ORDER BY _rid, _ord"
            ).fetchall()
        by_rid: dict[int, dict[int, int]] = {}
        for rid, ordinal, change in events:
            by_rid.setdefault(rid, {})[ordinal] = change
        return [
            RowState(dict(zip(columns, row[1:], strict=True)), by_rid.get(row[0], {}))
            for row in found
        ]


def _distinct_names(names: Sequence[str]) -> list[str]:
    """Names as DuckDB can hold them: it folds case, so `a` beside `A` becomes `a_2`."""
    taken: set[str] = set()
    shown = []
    for place, name in enumerate(names, start=1):
        candidate, number = name or f"column {place}", 2
        while candidate.lower() in taken:
            candidate, number = f"{name or 'column'}_{number}", number + 1
        taken.add(candidate.lower())
        shown.append(candidate)
    return shown
