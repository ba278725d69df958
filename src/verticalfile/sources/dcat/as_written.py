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
    """How often each was met."""

    def __init__(self) -> None:
        self.commas = self.texts = 0

    def __str__(self) -> str:
        told = [
            counted(self.commas, "comma too many", "commas too many"),
            counted(self.texts, "text broken over lines", "texts broken over lines"),
        ]
        return " and ".join(each for each in told if not each.startswith("0"))


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
    for found in _TOKEN.finditer(body):
        if found["open"]:
            return bytes(out[: found.start()]), body[found.start() :]
        if found["comma"]:
            slips.commas += 1
            out[found.start()] = 0x20
        elif _CONTROL.search(found["text"]):
            slips.texts += 1
    return bytes(out), b""
