"""Parquet: every value as text by one rule, so that a change of type alone shows as what it is.

Numbers, dates and moments by Arrow's cast to text (moments in UTC); nested values as compact
JSON; bytes as lower-case hex. NULL stays NULL.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from verticalfile.kernel.errors import tells_no_room
from verticalfile.tables.read.delimited import named_once
from verticalfile.tables.read.json_text import compact
from verticalfile.tables.reading import Reading, ReadTable, Reason
from verticalfile.tables.stored import RowWriter, StoredRows

READER = "parquet/1"


PART_ROWS = 20_000
MEMORY_BYTES = 64 << 20
"""Above this, as it says of itself, a file is read part by part."""


def read_parquet(handle: BinaryIO, into: Callable[[], Path]) -> Reading:
    """Read a Parquet file; never raises for what the bytes are."""
    try:
        with pq.ParquetFile(handle) as found:
            names = named_once(found.schema_arrow.names)
            groups = (found.metadata.row_group(n) for n in range(found.num_row_groups))
            if sum(group.total_byte_size for group in groups) > MEMORY_BYTES:
                stored = _stored(found, into())
                table = ReadTable("", names, stored.head(), stored)
            else:
                table = ReadTable("", names, _text_of(found.read()))
    except MemoryError:  # Arrow's is one of the next as well, and says nothing of the file
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        if tells_no_room(error):
            raise
        return Reading("parquet", READER, reason=Reason.CUT_OFF, detail=str(error)[:200])
    return Reading("parquet", READER, (table,))


def _text_of(rows: pa.Table) -> pa.Table:
    cells = [as_text(rows.column(n)) for n in range(rows.num_columns)]
    return pa.table({f"c{n}": column for n, column in enumerate(cells)})


def _stored(found: pq.ParquetFile, into: Path) -> StoredRows:
    """Rows that are too many for memory, as text, in a file of their own."""
    with tempfile.NamedTemporaryFile(dir=into, prefix="rows-") as made:
        writer = RowWriter(Path(f"{made.name}.arrow"))
    try:
        for part in found.iter_batches(PART_ROWS):
            writer.write(_text_of(pa.Table.from_batches([part])))
    except BaseException:
        writer.discard()
        raise
    return writer.stored()


def as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as text; NULL stays NULL."""
    kind = column.type
    if pa.types.is_nested(kind):
        return pa.chunked_array(
            [
                pa.array(
                    [None if v is None else compact(_plain(v)) for v in column.to_pylist()],
                    pa.string(),
                )
            ]
        )
    if (
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
    ):
        return pa.chunked_array(
            [pa.array([None if v is None else v.hex() for v in column.to_pylist()], pa.string())]
        )
    return column.cast(pa.string())


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value if isinstance(value, bool | int | float | str) or value is None else str(value)
