"""Parquet: every value as text by one rule, so that a change of type alone shows as what it is.

Numbers, dates and moments by Arrow's cast to text (moments in UTC); nested values as compact
JSON; bytes as lower-case hex. NULL stays NULL.
"""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq

from verticalfile.tables.read.delimited import named_once
from verticalfile.tables.read.json_text import compact
from verticalfile.tables.reading import Reading, ReadTable, Reason

READER = "parquet/1"


def read_parquet(body: bytes) -> Reading:
    """Read a Parquet file; never raises for what the bytes are."""
    try:
        found = pq.read_table(io.BytesIO(body))
        cells = [as_text(found.column(n)) for n in range(found.num_columns)]
    except MemoryError:  # Arrow's is one of the next as well, and says nothing of the file
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        return Reading("parquet", READER, reason=Reason.CUT_OFF, detail=str(error)[:200])
    rows = pa.table({f"c{n}": column for n, column in enumerate(cells)})
    return Reading("parquet", READER, (ReadTable("", named_once(found.column_names), rows),))


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
