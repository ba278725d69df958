"""Row encoding 1 and table digest 1: what makes two rows, and two tables, the same.

A row is encoded as its values one after another, `|`, their lengths in code points separated by
commas (-1 for NULL) and, where the format tells more than text (JSON), `;` and a letter a value.
For a fixed number of columns no two rows share an encoding: what follows the last `|` holds
only digits, commas, minus, `;` and letters, and the lengths cut the values apart. The order of columns is that of their
canonical names, so moved columns change nothing. Rows are equal when SHA-256 of the UTF-8 of
their encodings are. Arrow makes it; checked against plain Python in tests (engine.md 2.1).
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Digests = npt.NDArray[np.bytes_]  # dtype S32, one entry a row
Places = npt.NDArray[np.int32]
DIGEST_BYTES = 32
STEP_ROWS = 32_768
"""Rows that are encoded at once: some megabytes of text."""


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


def encoded_rows(rows: pa.Table, columns: Sequence[str], *, has_kinds: bool) -> pa.Array:
    """The encoding of each row; `columns` are physical names in canonical order."""
    import pyarrow.compute as pc  # a tenth of a reading command's start, and for writers alone

    cells = [_in_one_piece(rows.column(name)) for name in columns]
    lengths = [pc.fill_null(pc.utf8_length(cell).cast(pa.large_string()), "-1") for cell in cells]
    tail = [_repeated("|", rows.num_rows)]
    if lengths:
        tail.append(pc.binary_join_element_wise(*lengths, pa.scalar(",", pa.large_string())))
    if has_kinds:
        tail += [_repeated(";", rows.num_rows), _in_one_piece(rows.column("_kinds"))]
    nothing = pa.scalar("", pa.large_string())
    return pc.binary_join_element_wise(
        *cells, *tail, nothing, null_handling="replace", null_replacement=""
    )


def _in_one_piece(column: pa.ChunkedArray) -> pa.Array:
    """64-bit offsets: the texts of many rows joined may pass 2 GB."""
    return column.cast(pa.large_string()).combine_chunks()


def _repeated(text: str, times: int) -> pa.Array:
    return pa.repeat(pa.scalar(text, pa.large_string()), times)


def row_digests(rows: pa.Table, columns: Sequence[str], *, has_kinds: bool) -> Digests:
    """SHA-256 of each row, in the order of `rows`; one piece is encoded while another is hashed."""

    def encoded(start: int) -> pa.Array:
        return encoded_rows(rows.slice(start, STEP_ROWS), columns, has_kinds=has_kinds)

    with ThreadPoolExecutor(max_workers=1) as ahead:
        waiting: list[Future[pa.Array]] = []
        found = []
        for start in range(0, rows.num_rows, STEP_ROWS):
            waiting.append(ahead.submit(encoded, start))
            if len(waiting) > 1:
                found.append(_hashed(waiting.pop(0).result()))
        found += [_hashed(last.result()) for last in waiting]
    return np.frombuffer(b"".join(found), dtype=f"S{DIGEST_BYTES}")


def _hashed(texts: pa.Array) -> bytes:
    """SHA-256 of the UTF-8 of each text, one after another."""
    _, offsets, body = texts.buffers()
    places = np.frombuffer(offsets, dtype=np.int64, count=len(texts) + 1).tolist()
    view = memoryview(body) if body is not None else memoryview(b"")
    sha256 = hashlib.sha256
    return b"".join([sha256(view[start:end]).digest() for start, end in itertools.pairwise(places)])


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
    fixed = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(DIGEST_BYTES), len(digests), [None, pa.py_buffer(raw(digests))]
    )
    return fixed.cast(pa.binary())


def only_where(column: pa.ChunkedArray, mask: pa.BooleanArray) -> pa.ChunkedArray:
    """The column with NULL where the mask is false."""
    import pyarrow.compute as pc  # a tenth of a reading command's start, and for writers alone

    return pc.if_else(mask, column, pa.scalar(None, column.type))


def table_digest(
    canonical_names: Sequence[str], digests: Digests, order: Places | None = None
) -> str:
    """SHA-256 over the digest of the column names and the sorted row digests, as hex."""
    places = order_of(digests) if order is None else order
    return digest_of_parts(canonical_names, _sorted_parts(digests, places))


def order_of(digests: Digests) -> Places:
    """The places of digests in bytewise order of their first eight bytes."""
    return np.argsort(leading(digests)).astype(np.int32)


def order_kept(order: Places, unchanged: npt.NDArray[np.int64]) -> Places:
    """The places that stay, in bytewise order: of `order` those that `unchanged` names, as they
    are numbered there. `unchanged[n]` is a place in what `order` orders, -1 where n is new."""
    kept = unchanged >= 0
    now = np.full(len(order), -1, dtype=np.int32)
    now[unchanged[kept]] = np.flatnonzero(kept)
    stayed = now[order]
    return stayed[stayed >= 0]


def order_with(
    stayed: Places, firsts: npt.NDArray[np.uint64], came: npt.NDArray[np.int64], digests: Digests
) -> Places:
    """`order_of(digests)` from the order of those that stayed, whose leading bytes are `firsts`:
    a third of the work of sorting."""
    own = leading(digests[came])
    places = np.argsort(own)
    return np.insert(stayed, np.searchsorted(firsts, own[places]), came[places])


def _sorted_parts(digests: Digests, order: Places) -> Iterator[Digests]:
    """Digests sorted bytewise, in parts that stay in the processor's cache. `order` is that of their
    first eight bytes, which suffices but for forgeries."""
    words = _by_words(digests)
    firsts = words[:, 0][order]
    alike = np.flatnonzero(firsts[1:] == firsts[:-1])
    if len(alike) and bool(np.any(words[order[alike + 1]] != words[order[alike]])):
        yield np.sort(digests)
        return
    for start in range(0, len(order), STEP_ROWS):
        part = np.take(words, order[start : start + STEP_ROWS], axis=0)
        yield part.reshape(-1).view(f"S{DIGEST_BYTES}")


def in_order(digests: Digests) -> Digests:
    """Digests sorted bytewise."""
    parts = list(_sorted_parts(digests, order_of(digests)))
    return np.concatenate(parts) if parts else digests


def leading(digests: Digests) -> npt.NDArray[np.uint64]:
    """The first eight bytes of each digest as a number that sorts as the bytes do."""
    return _by_words(digests)[:, 0].view(">u8").astype(np.uint64)


def _by_words(digests: Digests) -> npt.NDArray[np.uint64]:
    return np.frombuffer(raw(digests), dtype=np.uint64).reshape(-1, DIGEST_BYTES // 8)


def picked(digests: Digests, places: npt.NDArray[np.int64]) -> Digests:
    """The digests at these places, something where a place is -1; by words, which is many times
    quicker than by strings."""
    if not len(digests):
        return np.zeros(len(places), dtype=f"S{DIGEST_BYTES}")
    found = np.take(_by_words(digests), np.maximum(places, 0), axis=0)
    return found.reshape(-1).view(f"S{DIGEST_BYTES}")


def digest_of_parts(canonical_names: Sequence[str], parts: Iterable[Digests]) -> str:
    """`table_digest` of digests that come in parts, each sorted and all in order."""
    names = json.dumps(sorted(canonical_names), ensure_ascii=False, separators=(",", ":"))
    whole = hashlib.sha256(hashlib.sha256(names.encode()).digest())
    for digests in parts:
        whole.update(raw(digests))
    return whole.hexdigest()


def order_digest(digests: Digests) -> str:
    """SHA-256 of the row digests in the order of the file, as hex."""
    return hashlib.sha256(raw(digests)).hexdigest()


def raw(digests: Digests) -> memoryview:
    """Digests one after another, without a copy where they lie so."""
    return np.ascontiguousarray(digests).view(np.uint8).data
