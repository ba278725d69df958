"""A JSON document read in steps: member by member, record by record, in bounded memory.

The document is cut where its top level cuts it, and each piece is read by the same strict parser
as a small document, so that the values are the same to the last number token. What is wrong is
said with its line and column. Nothing larger than `PIECE_CHARS` is ever held.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

STEP_BYTES = 1 << 20
PIECE_CHARS = 64 << 20
"""One record, or one member that is no list; the largest records seen have 2 MB."""
_TOKEN_CHARS = 16
"""What may be cut at the end of a step beside a string: a number, a name, an escape."""
_BLANK = " \t\r\n"


class Readable(Protocol):
    """What is read from its start: an open file, or parts as they come."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, about as many; b"" at the end."""


class Kind(Enum):
    """What a step brings."""

    LIST = "list"  # a list begins: at the top, or as a member of the object at the top
    RECORD = "record"  # a value of that list
    MEMBER = "member"  # a member of the object at the top that is no list
    WHOLE = "whole"  # the document is neither a list nor an object


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `name` is the member's, "" at the top. Of a list `value` says whether it is the
    document itself; `outer` is the member at the top that it is a member of, if it is not there."""

    kind: Kind
    name: str = ""
    value: object = None
    outer: str | None = None


def steps_of_json(
    handle: Readable,
    decoder: json.JSONDecoder,
    *,
    encoding: str = "utf-8-sig",
    step_bytes: int = STEP_BYTES,
    levels: int = 1,
) -> Iterator[Step]:
    """The steps of a document from its first byte to its last. Raises ValueError for what is no JSON.

    On two levels a member that is an object comes without its value, its own members after it.
    """
    text = _Text(handle, decoder, encoding, step_bytes)
    first = text.peek()
    if first == "[":
        yield from _list(text, "", is_document=True)
    elif first == "{":
        yield from _object(text, levels)
    else:
        yield Step(Kind.WHOLE, "", text.value())
    if text.peek():
        text.fail("Extra data")


def _object(text: _Text, levels: int, outer: str | None = None) -> Iterator[Step]:
    text.take("{")
    if text.peek() == "}":
        text.take("}")
        return
    while True:
        if text.peek() != '"':
            text.fail("Expecting property name enclosed in double quotes")
        name = str(text.value())
        text.take(":")
        if text.peek() == "[":
            yield from _list(text, name, is_document=False, outer=outer)
        elif levels > 1 and text.peek() == "{":
            yield Step(Kind.MEMBER, name, None)
            yield from _object(text, levels - 1, name)
        else:
            yield Step(Kind.MEMBER, name, text.value(), outer)
        if text.peek() == "}":
            text.take("}")
            return
        text.take(",")


def _list(text: _Text, name: str, *, is_document: bool, outer: str | None = None) -> Iterator[Step]:
    text.take("[")
    yield Step(Kind.LIST, name, is_document, outer)
    if text.peek() == "]":
        text.take("]")
        return
    while True:
        yield Step(Kind.RECORD, name, text.value(), outer)
        if text.peek() == "]":
            text.take("]")
            return
        text.take(",")


class _Text:
    """The document's text, of which a window is in memory."""

    def __init__(
        self, handle: Readable, decoder: json.JSONDecoder, encoding: str, step_bytes: int
    ) -> None:
        self._handle, self._decoder = handle, decoder
        self._decode = codecs.getincrementaldecoder(encoding)()
        self._held, self._at, self._is_last = "", 0, False
        self._lines, self._chars = 0, 0  # line ends above the window; characters since the last
        self._least = self._step = step_bytes

    def peek(self) -> str:
        """The next character that is not blank, "" at the end."""
        while True:
            held, at, end = self._held, self._at, len(self._held)
            while at < end and held[at] in _BLANK:
                at += 1
            self._at = at
            if at < end:
                return held[at]
            if self._is_last:
                return ""
            self._more()

    def take(self, wanted: str) -> None:
        if self.peek() != wanted:
            self.fail(f"Expecting '{wanted}' delimiter")
        self._at += 1

    def value(self) -> object:
        """The value that begins here."""
        self.peek()
        self._step = self._least
        while True:
            try:
                value, end = self._decoder.raw_decode(self._held, self._at)
            except json.JSONDecodeError as error:
                if self._is_last or not self._may_be_cut(error):
                    self._at = error.pos
                    self.fail(error.msg)
            except RecursionError:
                raise ValueError("it is nested too deep") from None
            else:
                # of 1.5 cut behind its point, 1 is a value
                cut = 1 if isinstance(value, dict | list) else _TOKEN_CHARS
                if self._is_last or end <= len(self._held) - cut:
                    self._at = end
                    return value
            self._more()

    def _may_be_cut(self, error: json.JSONDecodeError) -> bool:
        is_open = error.msg.startswith("Unterminated string")
        return is_open or error.pos >= len(self._held) - _TOKEN_CHARS

    def fail(self, what: str) -> None:
        """Raise ValueError with the place."""
        above = self._held[: self._at]
        line = self._lines + above.count("\n") + 1
        start = above.rfind("\n")
        column = self._at - start if start >= 0 else self._chars + self._at + 1
        raise ValueError(f"{what}: line {line} column {column}")

    def _more(self) -> None:
        """Let go what was read and take more; twice as much each time for one long value."""
        read, rest = self._held[: self._at], self._held[self._at :]
        if len(rest) > PIECE_CHARS:
            self.fail(f"A value of more than {PIECE_CHARS:,} characters begins here")
        if ends := read.count("\n"):
            self._lines += ends
            self._chars = len(read) - read.rfind("\n") - 1
        else:
            self._chars += len(read)
        part = self._handle.read(self._step)
        self._step = min(self._step * 2, PIECE_CHARS)
        self._is_last = not part
        self._held, self._at = rest + self._decode.decode(part, final=self._is_last), 0
