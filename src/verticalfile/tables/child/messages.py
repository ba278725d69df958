"""What parent and worker say to each other: JSON with a length before it, tables as Arrow streams.

Nothing is unpickled. The parent believes no answer: each field is looked at, each table is
validated down to its last offset and letter, since a worker may have been taken over by a file.
"""

from __future__ import annotations

import json
import re
import socket
import struct
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from verticalfile.tables.reading import Known, Reading, ReadTable, Reason

HEAD = struct.Struct(">QQ")  # bytes of the JSON, bytes of what follows it
HEAD_MAX_BYTES = 256 << 20
"""Column names of ten thousand members; a worker that says more is not believed."""
INLINE_BYTES = 1 << 20
"""Up to here bytes go through the socket; what is larger goes through a file."""
PART_MAX_BYTES = 1 << 30
"""A part of a table: one row of many long cells may be as long, and memory holds one part."""
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}")
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


class Talk:
    """Messages over a socket. Few calls a message: each one may wake the other side."""

    def __init__(self, way: socket.socket) -> None:
        self._way = way
        self._got = bytearray()

    def send(self, body: Mapping[str, object], following: bytes = b"") -> None:
        """Raises Ended."""
        text = json.dumps(body).encode()
        try:
            self._way.sendall(HEAD.pack(len(text), len(following)) + text + following)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise Ended from error

    def receive(self, *, until: float | None = None) -> Message:
        """The next message. Raises Ended, Nonsense, and TimeIsOver at `until` (monotonic clock)."""
        text_bytes, following_bytes = HEAD.unpack(self._exactly(HEAD.size, until))
        if text_bytes > HEAD_MAX_BYTES or following_bytes > INLINE_BYTES:
            raise Nonsense("it says too much")
        try:
            body = json.loads(self._exactly(text_bytes, until))
        except (ValueError, RecursionError) as error:
            raise Nonsense("it is no JSON") from error
        if not isinstance(body, dict):
            raise Nonsense("it is no object")
        return Message(body, self._exactly(following_bytes, until))

    def _exactly(self, count: int, until: float | None) -> bytes:
        while len(self._got) < count:
            if until is not None:
                left = until - time.monotonic()
                if left <= 0:
                    raise TimeIsOver
                self._way.settimeout(left)
            try:
                piece = self._way.recv(STEP_BYTES)
            except TimeoutError:
                raise TimeIsOver from None
            except ConnectionResetError as error:
                raise Ended from error
            if not piece:
                raise Ended
            self._got += piece
        found = bytes(self._got[:count])
        del self._got[:count]
        return found

    def close(self) -> None:
        self._way.close()


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
    """A reading without its tables."""
    return {
        "format": reading.format, "reader": reading.reader, "detail": reading.detail,
        "reason": reading.reason, "encoding": reading.encoding, "repairs": reading.repairs,
        "facts": dict(reading.facts),
    }  # fmt: skip


def reading_from_body(body: Mapping[str, object], tables: Sequence[ReadTable]) -> Reading:
    """The inverse. Raises Nonsense."""
    try:
        reason = Reason(_text(body["reason"])) if body["reason"] is not None else None
    except ValueError as error:
        raise Nonsense("an unknown reason") from error
    facts = body["facts"]
    if not isinstance(facts, dict):
        raise Nonsense("no facts")
    if any(not isinstance(value, str | bool | int) for value in facts.values()):
        raise Nonsense("a fact of another kind")
    return Reading(
        _text(body["format"]), _text(body["reader"]), tuple(tables), reason, _text(body["detail"]),
        _text(body["encoding"]), texts(body["repairs"]), facts,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ToldTable:
    """What a worker says of a table: its rows are so many streams, behind the message or in a file
    of the folder where it may write."""

    name: str
    columns: tuple[str, ...]
    lengths: tuple[int, ...]
    rows: int
    file: str | None

    def to_body(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_body(cls, body: Mapping[str, object]) -> ToldTable:
        """Raises Nonsense."""
        lengths, file, rows = body["lengths"], body["file"], body["rows"]
        if not isinstance(lengths, list) or not all(isinstance(n, int) for n in lengths):
            raise Nonsense("no lengths")
        if any(not 0 < n <= PART_MAX_BYTES for n in lengths) or not isinstance(rows, int):
            raise Nonsense("lengths that no table has")
        if file is not None and not (isinstance(file, str) and NAME.fullmatch(file)):
            raise Nonsense("no name of a file")
        return cls(_text(body["name"]), texts(body["columns"]), tuple(lengths), rows, file)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Nonsense("no text where one was expected")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Nonsense("half a letter") from error
    return value


def texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Nonsense("no list where one was expected")
    return tuple(_text(each) for each in value)
