"""A catalog's document as people and their servers write it: packed twice, or with slips of JSON.

Some slips leave no doubt about what was meant: a comma before a closing bracket, and line breaks or
tabs within a text. Nothing else is mended. Where a document needed it, nobody can tell whether more
of it went wrong, so such a list proves nothing (harvesting.md, trap 18).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from verticalfile.kernel.letters import counted
from verticalfile.tables.read.packed import Refused, bounded, gunzip

GZIP = b"\x1f\x8b"
STEP_BYTES = 1 << 20
DOCUMENT_BYTES = 2 << 30
"""What a packed list may come to; the largest catalogs seen have hundreds of megabytes."""
TEXT_BYTES = 64 << 20
"""The longest text that is looked through for slips: no longer value is read either."""
_BLANK = rb"[ \t\r\n]*"
_TOKEN = re.compile(
    rb'(?P<text>"(?:[^"\\]++|\\.)*+")|(?P<comma>,)(?=' + _BLANK + rb"[\]}])"
    rb'|(?P<open>"(?:[^"\\]++|\\.)*+\\?\Z|,' + _BLANK + rb"\Z)",
    re.DOTALL,
)
_CONTROL = re.compile(rb"[\x00-\x1f]")


class Slips:
    """How often each was met, and where the first one stands."""

    def __init__(self) -> None:
        self.commas = self.texts = 0
        self._first = ""
        self._line, self._column = 1, 1  # of the first byte that was not passed yet

    def __str__(self) -> str:
        told = [
            counted(self.commas, "comma too many", "commas too many"),
            counted(self.texts, "text broken over lines", "texts broken over lines"),
        ]
        said = " and ".join(each for each in told if not each.startswith("0"))
        return f"{said}, first at {self._first}" if said else ""

    def met(self, body: bytes, at: int) -> None:
        """One stands at this place of what comes next."""
        if not self._first:
            line, column = self._place(body, at)
            self._first = f"line {line} column {column}"

    def passed(self, body: bytes) -> None:
        """This much of the document was gone through."""
        self._line, self._column = self._place(body, len(body))

    def _place(self, body: bytes, at: int) -> tuple[int, int]:
        """Line and column, from 1 and in bytes."""
        lines, newest = body.count(b"\n", 0, at), body.rfind(b"\n", 0, at)
        return self._line + lines, at - newest if lines else self._column + at


def is_packed(path: Path) -> bool:
    """Whether the document came as a gzip file."""
    with open(path, "rb") as handle:
        return handle.read(2) == GZIP


def parts_of(path: Path, slips: Slips | None = None) -> Iterator[bytes]:
    """The document in parts, unpacked; with commas that are one too many as blanks, where `slips`
    are counted. Raises ValueError where it cannot be unpacked."""
    with open(path, "rb") as handle:
        parts = iter(partial(handle.read, STEP_BYTES), b"")
        if is_packed(path):
            parts = _unpacked(gunzip(handle), path)
        yield from parts if slips is None else _mended(parts, slips)


def start_of(body: bytes, at_most: int = 4096) -> bytes:
    """How a small answer begins, unpacked where it is a gzip file; b"" where that is broken."""
    if body[:2] != GZIP:
        return body[:at_most]
    try:
        return zlib.decompressobj(wbits=31).decompress(body, at_most)
    except zlib.error:
        return b""


class Parts:
    """Parts as a file that is read from its start."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts

    def read(self, size: int = -1, /) -> bytes:
        """The next parts, so many bytes at least; fewer only at the end."""
        held, count = [], 0
        for part in self._parts:
            held.append(part)
            count += len(part)
            if count >= size:
                break
        return b"".join(held)


def _unpacked(parts: Iterator[bytes], path: Path) -> Iterator[bytes]:
    try:
        yield from bounded(parts, path.stat().st_size, DOCUMENT_BYTES)
    except Refused as refused:
        raise ValueError(f"it is packed, and {refused.detail}") from None
    except (EOFError, zlib.error) as error:
        raise ValueError("it is packed, and broken off or damaged") from error


def _mended(parts: Iterator[bytes], slips: Slips) -> Iterator[bytes]:
    """The same bytes, as many, with a blank for each comma that stands before a closing bracket."""
    held = b""
    for part in parts:
        out, held = _mend(held + part, slips)
        if len(held) > TEXT_BYTES:
            raise ValueError(f"a text of more than {TEXT_BYTES:,} bytes stands in it")
        yield out
    yield held


def _mend(body: bytes, slips: Slips) -> tuple[bytes, bytes]:
    """`(mended, rest)`: the rest begins with what may go on in the next part."""
    out = bytearray(body)
    end = len(body)
    for found in _TOKEN.finditer(body):
        if found["open"]:
            end = found.start()
            break
        if found["comma"]:
            slips.commas += 1
            slips.met(body, found.start())
            out[found.start()] = 0x20
        elif within := _CONTROL.search(found["text"]):
            slips.texts += 1
            slips.met(body, found.start() + within.start())
    slips.passed(body[:end])
    return bytes(out[:end]), body[end:]
