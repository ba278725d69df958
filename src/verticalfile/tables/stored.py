"""Rows that are not in memory: Arrow streams of some megabytes, one after another in a file.

Each stream is whole by itself (schema and rows), so any of them can be read alone and none costs
more memory than its own length.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

HEAD_ROWS = 100_000
HEAD_BYTES = 64 << 20
"""Of a large table the first rows are looked at for evidence: so many, and no more bytes."""
PART_BYTES = 8 << 20
"""Bytes of rows in one stream; one row alone may have more. Who goes through them needs some times
as much: 64 MB took 70 MB more, and no less time."""
ALIGNED = 64
"""Arrow wants its buffers at such places."""


class RowWriter:
    """Writes rows to a new file; `lengths` are those of its streams."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lengths: list[int] = []
        self.rows = 0
        self._out = open(path, "xb")  # noqa: SIM115  # closed by `close`

    def write(self, rows: pa.Table | pa.RecordBatch) -> None:
        """Add rows, in parts that fit in memory."""
        if rows.nbytes > PART_BYTES and rows.num_rows > 1:
            half = rows.num_rows // 2
            self.write(rows.slice(0, half))
            self.write(rows.slice(half))
            return
        stream = stream_of(rows)
        self._out.write(stream)
        self.lengths.append(stream.size)
        self.rows += rows.num_rows

    def stored(self) -> StoredRows:
        """What was written, to be read."""
        self._out.close()
        return StoredRows(self.path, self.lengths, self.rows)

    def discard(self) -> None:
        """Remove what was written."""
        self._out.close()
        self.path.unlink(missing_ok=True)


def stream_of(rows: pa.Table | pa.RecordBatch) -> pa.Buffer:
    """Rows as one Arrow stream, filled up so that another may follow it."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write(rows)
    sink.write(bytes(-sink.tell() % ALIGNED))
    return sink.getvalue()


class StoredRows:
    """Rows in a file, read part by part. The file may lose its name: it is held open."""

    def __init__(self, path: Path, lengths: Sequence[int], rows: int) -> None:
        self.path, self.lengths, self.num_rows = path, list(lengths), rows
        self.nbytes = sum(self.lengths)
        self._handle = open(path, "rb")  # noqa: SIM115  # as long as this lives

    def parts(self) -> Iterator[pa.Table]:
        """The rows in order; each part is let go before the next is read."""
        at = 0
        for length in self.lengths:
            self._handle.seek(at)
            body = self._handle.read(length)
            if len(body) != length:
                raise EOFError("the rows end before their end")
            yield pa.ipc.open_stream(pa.py_buffer(body)).read_all()
            del body
            at += length

    def head(self, most_bytes: int = HEAD_BYTES) -> pa.Table:
        """The first rows, until there are enough of them."""
        held: list[pa.Table] = []
        rows = size = 0
        for part in self.parts():
            held.append(part.slice(0, HEAD_ROWS - rows))
            rows, size = rows + held[-1].num_rows, size + held[-1].nbytes
            if rows >= HEAD_ROWS or size >= most_bytes:
                break
        return pa.concat_tables(held)

    def whole(self) -> pa.Table:
        """All rows, mapped and not copied: for what is small enough after all."""
        if not self.nbytes:
            raise EOFError("no rows, and no columns either")
        mapped = pa.py_buffer(mmap.mmap(self._handle.fileno(), 0, prot=mmap.PROT_READ))
        parts, at = [], 0
        for length in self.lengths:
            parts.append(pa.ipc.open_stream(mapped.slice(at, length)).read_all())
            at += length
        return pa.concat_tables(parts)
