"""Row encoding 1 and table digest 1: what makes two rows, and two tables, the same.

A row is encoded as its values one after another, `|`, their lengths in code points separated by
commas (-1 for NULL) and, where the format tells more than text (JSON), `;` and a letter a value.
For a fixed number of columns no two rows share an encoding: what follows the last `|` holds
only digits, commas, minus, `;` and letters, and the lengths cut the values apart. The order of columns is that of their
canonical names, so moved columns change nothing. Rows are equal when SHA-256 of the UTF-8 of
their encodings are. Checked against this Python in tests (engine.md 2.1).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

Digests = npt.NDArray[np.bytes_]  # dtype S32, one entry a row
DIGEST_BYTES = 32


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def encoded_row(values: Sequence[str | None], kinds: str | None = None) -> str:
    """The encoding in plain Python; the yardstick for the SQL one."""
    lengths = ",".join("-1" if v is None else str(len(v)) for v in values)
    body = "".join(v or "" for v in values) + "|" + lengths
    return body if kinds is None else f"{body};{kinds}"


def decoded_row(text: str, *, has_kinds: bool = False) -> tuple[list[str | None], str | None]:
    """The inverse of `encoded_row`."""
    kinds = None
    if has_kinds:
        text, _, kinds = text.rpartition(";")
    body, _, tail = text.rpartition("|")
    values: list[str | None] = []
    at = 0
    for length in map(int, tail.split(",")) if tail else ():
        values.append(None if length < 0 else body[at : at + length])
        at += max(length, 0)
    return values, kinds


def encoding_sql(columns: Sequence[str], *, has_kinds: bool) -> str:
    """SQL for the encoding of a row; `columns` are physical names in canonical order."""
    names = [quoted(name) for name in columns]
    lengths = ", ',', ".join(f"coalesce(length({name}), -1)" for name in names)
    parts = [*names, "'|'", *([lengths] if lengths else [])]
    if has_kinds:
        parts += ["';'", '"_kinds"']
    return f"concat({', '.join(parts)})"


def row_digests(
    connection: duckdb.DuckDBPyConnection,
    rows: pa.Table,
    columns: Sequence[str],
    *,
    has_kinds: bool,
) -> Digests:
    """SHA-256 of each row, in the order of `rows`."""
    if rows.num_rows == 0:
        return np.empty(0, dtype=f"S{DIGEST_BYTES}")
    connection.register("_to_digest", rows)
    try:
        answer = connection.sql(
            f"SELECT unhex(sha256({encoding_sql(columns, has_kinds=has_kinds)})) AS d"
            " FROM _to_digest"
        ).to_arrow_table()
    finally:
        connection.unregister("_to_digest")
    return digests_of(answer.column("d"))


def digests_of(column: pa.ChunkedArray) -> Digests:
    """A binary Arrow column of 32-byte values as numpy, without a Python object per value."""
    parts = [
        np.frombuffer(
            chunk.cast(pa.binary(DIGEST_BYTES)).buffers()[1],
            dtype=f"S{DIGEST_BYTES}",
            count=len(chunk),
            offset=chunk.offset * DIGEST_BYTES if chunk.offset else 0,
        )
        for chunk in column.chunks
        if len(chunk)
    ]
    return np.concatenate(parts) if parts else np.empty(0, dtype=f"S{DIGEST_BYTES}")


def as_arrow(digests: Digests) -> pa.Array:
    """Digests as an Arrow column of binary; the inverse of `digests_of`."""
    raw = np.ascontiguousarray(digests).tobytes()
    fixed = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(DIGEST_BYTES), len(digests), [None, pa.py_buffer(raw)]
    )
    return fixed.cast(pa.binary())


def only_where(column: pa.ChunkedArray, mask: pa.BooleanArray) -> pa.ChunkedArray:
    """The column with NULL where the mask is false."""
    import pyarrow.compute as pc  # a tenth of a reading command's start, and for writers alone

    return pc.if_else(mask, column, pa.scalar(None, column.type))


def table_digest(canonical_names: Sequence[str], digests: Digests) -> str:
    """SHA-256 over the digest of the column names and the sorted row digests, as hex."""
    return digest_of_sorted(canonical_names, np.sort(digests))


def digest_of_sorted(canonical_names: Sequence[str], digests: Digests) -> str:
    """`table_digest` of row digests that are sorted already."""
    names = json.dumps(sorted(canonical_names), ensure_ascii=False, separators=(",", ":"))
    whole = hashlib.sha256(hashlib.sha256(names.encode()).digest())
    whole.update(np.ascontiguousarray(digests).tobytes())
    return whole.hexdigest()


def order_digest(digests: Digests) -> str:
    """SHA-256 of the row digests in the order of the file, as hex."""
    return hashlib.sha256(np.ascontiguousarray(digests).tobytes()).hexdigest()
