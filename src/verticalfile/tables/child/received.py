"""Tables as they come from a worker: nothing in them is believed before it is proved sound.

A table is sound when its columns are those told of, all of text, and every offset and letter is
where it must be (Arrow's full validation); only then may other code touch it.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from verticalfile.kernel import limits
from verticalfile.tables.child.messages import Nonsense, ToldTable
from verticalfile.tables.reading import ReadTable
from verticalfile.tables.stored import HEAD_BYTES, StoredRows

_BROKEN = (pa.ArrowException, OSError, ValueError, EOFError, KeyError, IndexError)


def tables_of(
    told: Sequence[ToldTable], made: Path, following: bytes, mapped_bytes: int | None = None
) -> Iterator[ReadTable]:
    """The tables that a worker told of; it must not live any more where some are in files.

    Those are mapped, or where they are large left there and only their beginning is held. The
    files lose their names: their content stays as long as the tables do. Raises Nonsense.
    """
    in_files = sum(sum(table.lengths) for table in told if table.file)
    behind, at = pa.py_buffer(following), 0
    for table in told:
        if table.file is None:
            (length,) = table.lengths
            yield ReadTable(table.name, table.columns, _rows(behind.slice(at, length), table))
            at += length
            continue
        stored = _opened(made / table.file, table)
        if in_files <= (limits.STREAM_BYTES if mapped_bytes is None else mapped_bytes):
            yield ReadTable(table.name, table.columns, _whole(stored, table))
        else:
            _prove(stored, table)
            most = HEAD_BYTES if mapped_bytes is None else min(mapped_bytes, HEAD_BYTES)
            yield ReadTable(table.name, table.columns, stored.head(most), stored)


def _rows(stream: pa.Buffer, told: ToldTable) -> pa.Table:
    try:
        rows = pa.ipc.open_stream(stream).read_all()
    except _BROKEN as error:
        raise Nonsense("no Arrow table") from error
    return judged(rows, told.columns)


def _opened(path: Path, told: ToldTable) -> StoredRows:
    try:
        is_file = stat.S_ISREG(path.lstat().st_mode)
        if not is_file or path.stat().st_size != sum(told.lengths):
            raise Nonsense("no such file as it told of")
        stored = StoredRows(path, told.lengths, told.rows)
        path.unlink()
    except OSError as error:
        raise Nonsense("a file that cannot be read") from error
    return stored


def _whole(stored: StoredRows, told: ToldTable) -> pa.Table:
    try:
        rows = stored.whole()
    except _BROKEN as error:
        raise Nonsense("no Arrow table") from error
    return judged(rows, told.columns)


def _prove(stored: StoredRows, told: ToldTable) -> None:
    """Look at every part once; after that they can be read without."""
    rows = 0
    try:
        for part in stored.parts():
            rows += judged(part, told.columns).num_rows
    except _BROKEN as error:
        raise Nonsense("no Arrow table") from error
    if rows != told.rows:
        raise Nonsense("another number of rows than it told")


def judged(rows: pa.Table, columns: Sequence[str]) -> pa.Table:
    """The table, once it is proved to be text in columns `c0`, `c1`, ... and sound throughout."""
    names = [f"c{n}" for n in range(len(columns))]
    if rows.column_names not in (names, [*names, "_kinds"]):
        raise Nonsense("other columns than it told")
    if any(kind != pa.string() for kind in rows.schema.types):
        raise Nonsense("a column that is no text")
    try:
        rows.validate(full=True)
    except pa.ArrowException as error:
        raise Nonsense("a table that is not sound") from error
    if len(rows.column_names) > len(names) and rows.num_rows:
        import pyarrow.compute as pc

        kinds = rows.column("_kinds")
        lengths = pc.min_max(pc.utf8_length(kinds)).as_py()
        if kinds.null_count or lengths != {"min": len(names), "max": len(names)}:
            raise Nonsense("kinds that do not fit the columns")
    return rows
