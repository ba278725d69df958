"""What parent and worker say to each other: JSON with a length before it, tables as Arrow streams.

Nothing is unpickled. The parent believes no answer: each field is looked at, each table is
validated down to its last offset and letter, since a worker may have been taken over by a file.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from verticalfile.tables.reading import Known, Reading, ReadTable, Reason

HEAD = struct.Struct(">QQ")  # bytes of the JSON, bytes of what follows it
HEAD_MAX_BYTES = 256 << 20
"""Column names of ten thousand members; a worker that says more is not believed."""
INLINE_BYTES = 1 << 20
"""Up to here bytes go through the socket; what is larger goes through a file."""
ALIGNED = 64
"""Arrow wants its buffers at such places."""
STEP_BYTES = 1 << 20


class Nonsense(Exception):
    """An answer that no worker in its right mind gives."""


class TimeIsOver(Exception):
    """No answer within the time."""


class Ended(Exception):
    """The other side is gone."""


@dataclass(frozen=True, slots=True)
class Message:
    """A JSON object and the bytes after it."""

    body: dict[str, object]
    following: bytes


def send(
    to: socket.socket, body: Mapping[str, object], following: bytes | memoryview = b""
) -> None:
    """Raises Ended."""
    text = json.dumps(body).encode()
    try:
        to.sendall(HEAD.pack(len(text), len(following)) + text)
        if following:
            to.sendall(following)
    except (BrokenPipeError, ConnectionResetError) as error:
        raise Ended from error


def receive(
    by: socket.socket, *, until: float | None = None, following_max: int = INLINE_BYTES
) -> Message:
    """The next message. Raises Ended, Nonsense, and TimeIsOver at `until` of the monotonic clock."""
    text_bytes, following_bytes = HEAD.unpack(_exactly(by, HEAD.size, until))
    if text_bytes > HEAD_MAX_BYTES or following_bytes > following_max:
        raise Nonsense("it says too much")
    try:
        body = json.loads(_exactly(by, text_bytes, until))
    except (ValueError, RecursionError) as error:
        raise Nonsense("it is no JSON") from error
    if not isinstance(body, dict):
        raise Nonsense("it is no object")
    return Message(body, bytes(_exactly(by, following_bytes, until)))


def _exactly(by: socket.socket, count: int, until: float | None) -> bytes:
    got = bytearray()
    while len(got) < count:
        if until is not None:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeIsOver
            by.settimeout(left)
        try:
            piece = by.recv(min(count - len(got), STEP_BYTES))
        except TimeoutError:
            raise TimeIsOver from None
        except ConnectionResetError as error:
            raise Ended from error
        if not piece:
            raise Ended
        got += piece
    return bytes(got)


def known_to_body(known: Known) -> dict[str, object]:
    return {
        "format": known.format,
        "columns": {table: sorted(names) for table, names in known.columns.items()},
        "newest": known.newest,
    }


def known_from_body(body: dict[str, dict[str, list[str]]]) -> Known:
    return Known(
        body["format"],  # type: ignore[arg-type]  # a text or None; our own parent wrote it
        {table: frozenset(names) for table, names in body["columns"].items()},
        {table: tuple(names) for table, names in body["newest"].items()},
    )


def reading_to_body(reading: Reading) -> dict[str, object]:
    """All of a reading but the rows of its tables."""
    return {
        "format": reading.format, "reader": reading.reader, "detail": reading.detail,
        "reason": reading.reason, "encoding": reading.encoding, "repairs": reading.repairs,
        "facts": dict(reading.facts),
        "tables": [{"name": table.name, "columns": table.columns} for table in reading.tables],
    }  # fmt: skip


def reading_from_body(body: Mapping[str, object], rows_of: Callable[[int], pa.Table]) -> Reading:
    """The inverse; `rows_of` gives the rows of the table at a place. Raises Nonsense."""
    try:
        reason = Reason(_text(body["reason"])) if body["reason"] is not None else None
    except ValueError as error:
        raise Nonsense("an unknown reason") from error
    tables, facts = body["tables"], body["facts"]
    if not isinstance(tables, list) or not isinstance(facts, dict):
        raise Nonsense("no list of tables, or no facts")
    if any(not isinstance(value, str | bool | int) for value in facts.values()):
        raise Nonsense("a fact of another kind")
    read = []
    for place, told in enumerate(tables):
        columns = _texts(told["columns"])
        read.append(ReadTable(_text(told["name"]), columns, judged(rows_of(place), len(columns))))
    return Reading(
        _text(body["format"]), _text(body["reader"]), tuple(read), reason, _text(body["detail"]),
        _text(body["encoding"]), _texts(body["repairs"]), facts,
    )  # fmt: skip


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Nonsense("no text where one was expected")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Nonsense("half a letter") from error
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Nonsense("no list where one was expected")
    return tuple(_text(each) for each in value)


def written(rows: pa.Table) -> pa.Buffer:
    """A small table as an Arrow stream, filled up so that another may follow it."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    sink.write(bytes(-sink.tell() % ALIGNED))
    return sink.getvalue()


def rows_in(stream: pa.Buffer) -> pa.Table:
    """The table of an Arrow stream, without a copy. Raises Nonsense."""
    try:
        return pa.ipc.open_stream(stream).read_all()
    except (pa.ArrowException, OSError, ValueError, KeyError, IndexError) as error:
        raise Nonsense("no Arrow table") from error


def judged(rows: pa.Table, columns: int) -> pa.Table:
    """The table, once it is proved to be text in columns `c0`, `c1`, ... and sound throughout."""
    names = [f"c{n}" for n in range(columns)]
    if rows.column_names not in (names, [*names, "_kinds"]):
        raise Nonsense("other columns than it told")
    if any(kind != pa.string() for kind in rows.schema.types):
        raise Nonsense("a column that is no text")
    try:
        rows.validate(full=True)
    except pa.ArrowException as error:
        raise Nonsense("a table that is not sound") from error
    if len(rows.column_names) > columns and rows.num_rows:
        import pyarrow.compute as pc

        lengths = pc.min_max(pc.utf8_length(rows.column("_kinds"))).as_py()
        if lengths != {"min": columns, "max": columns} or rows.column("_kinds").null_count:
            raise Nonsense("kinds that do not fit the columns")
    return rows
