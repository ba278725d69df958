"""A text file looked at in steps: what `sniff` says of bytes in memory, said of a file on disk."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from verticalfile.kernel import limits
from verticalfile.kernel.originals import steps_of
from verticalfile.tables.read import sniff
from verticalfile.tables.read.japanese import ENCODING, japanese_in

_BLANK = b"\xef\xbb\xbf \t\r\n"
_TEXT_CHARS = 1 << 20
_SPACES_BYTES = 4096
"""More spaces than this in a row, cut by the end of a step, are not looked for."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one pass over a file saw."""

    is_blank: bool
    has_conflict_markers: bool
    is_utf8: bool


@dataclass(frozen=True, slots=True)
class Coded:
    """How a file is encoded, and how many bytes of a mark stand before its text."""

    encoding: str  # as `sniff.decode` names it
    mark_bytes: int = 0
    note: str = ""  # as `sniff.decode` has it


def look_at(path: Path) -> Look:
    """One pass: is there anything, is a merge unfinished, is it UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, is_blank, conflict = True, True, False
    before = b"\n"
    for step in steps_of(path):
        is_blank = is_blank and not step.strip(_BLANK)
        if not conflict and (b"<" in step or b"<" in before):  # one rare byte is looked for quickly
            around = before + step
            conflict = b"<<<<<<<" in around and b"\n<<<<<<< " in around
        if is_utf8 and not (step.isascii() and decoder.getstate()[0] == b""):
            is_utf8 = _decodes(decoder, step)
        before = step[-8:] if len(step) >= 8 else (before + step)[-8:]
    return Look(is_blank, conflict, is_utf8 and _decodes(decoder, b"", final=True))


def _decodes(decoder: codecs.IncrementalDecoder, step: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(step, final)
    except UnicodeDecodeError:
        return False
    return True


def coding_of(path: Path, look: Look) -> Coded:
    """The rule of `sniff.decode`: by mark, as UTF-8, by the zero bytes of UTF-16, as Japanese,
    else Windows."""
    with open(path, "rb") as handle:
        head = handle.read(sniff.HEAD_BYTES)
    mark_bytes = 0
    for mark, encoding in sniff.BOMS:
        if head.startswith(mark):
            if look.is_utf8 if encoding == "utf-8-sig" else _is(path, encoding):
                return Coded(encoding, len(mark) if encoding == "utf-8-sig" else 0)
            mark_bytes = len(mark) if encoding == "utf-8-sig" else mark_bytes
    if look.is_utf8:
        return Coded("utf-8")
    wide = sniff.utf16_by_zeros(head[mark_bytes:])
    if wide:
        return Coded(wide, mark_bytes)
    if not mark_bytes and (found := japanese_in(steps_of(path, limits.LOOK_STEP_BYTES))):
        return Coded(ENCODING, 0, found.told)
    return Coded("cp1252" if _is(path, "cp1252") else "latin-1", mark_bytes)


def _is(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    return all(_decodes(decoder, step) for step in steps_of(path)) and _decodes(
        decoder, b"", final=True
    )


def as_utf8(path: Path, coded: Coded, into: Path) -> tuple[Path, int]:
    """The file as UTF-8 and where its text begins: the file itself where it is UTF-8 already."""
    if coded.encoding in ("utf-8", "utf-8-sig"):
        return path, coded.mark_bytes
    errors = "replace" if coded.encoding.startswith("utf-16-") else "strict"
    target = into / f"{path.name}.utf-8"
    with open(path, "rb") as raw, open(target, "w", encoding="utf-8", newline="") as out:
        raw.seek(coded.mark_bytes)
        with io.TextIOWrapper(raw, coded.encoding, errors, newline="") as text:
            while piece := text.read(_TEXT_CHARS):
                out.write(piece)
    return target, 0


def text_from(path: Path, start: int) -> io.TextIOWrapper:
    """The text of a UTF-8 file from a byte on, its line ends as they are."""
    raw = open(path, "rb")  # noqa: SIM115  # closed with the text
    raw.seek(start)
    return io.TextIOWrapper(raw, "utf-8", newline="")


def has_any(path: Path, wanted: Iterable[bytes]) -> bool:
    """Whether one of these stands anywhere in the file. Where the last byte of one is rare, its
    absence settles a step at once."""
    parts = tuple(wanted)
    overlap = max(map(len, parts)) - 1
    before = b""
    for step in steps_of(path):
        seam = before + step[:overlap]
        if any((part[-1:] in step and part in step) or part in seam for part in parts):
            return True
        before = (seam if len(step) < overlap else step)[-overlap:]
    return False


def ends_a_line_with(path: Path, byte: bytes, step_bytes: int = limits.LOOK_STEP_BYTES) -> bool:
    """Whether this byte stands before a line end, or at the end of the file."""
    before = 0
    for piece in steps_of(path, step_bytes):
        step = np.frombuffer(piece, dtype=np.uint8)
        ends = np.flatnonzero(step == 10)
        if b"\r" in piece:
            ends = np.concatenate([ends, np.flatnonzero(step == 13)])
        inner = ends[ends > 0]
        if bool(np.any(step[inner - 1] == byte[0])) or (
            len(inner) < len(ends) and before == byte[0]
        ):
            return True
        before = int(step[-1])
    return before == byte[0]


def has_space_beside_a_quote(
    path: Path, delimiter: bytes, step_bytes: int = limits.LOOK_STEP_BYTES
) -> bool:
    """Whether spaces stand between a quote and the border of a cell, on either side, seen without
    a parser: within a quoted text it may be found in vain."""
    border = rb"[\r\n" + re.escape(delimiter) + rb"]"
    beside = re.compile(border + rb' +"|" +' + border)
    before = b"\n"
    for step in steps_of(path, step_bytes):
        around = before + step
        if b'"' in around and beside.search(around):
            return True
        before = around[-_SPACES_BYTES:]
    bare = before.rstrip(b" ")
    return bare.endswith(b'"') and len(bare) < len(before)


def count_records(steps: Iterable[bytes]) -> int:
    """Records that are not blank: line ends outside quotes, counted without a parser."""
    count, inside, last = 0, 0, 10
    for piece in steps:
        step = np.frombuffer(piece, dtype=np.uint8)
        if not len(step):
            continue
        starts = _starts(step, last, returns=b"\r" in piece)
        quotes = np.flatnonzero(step == 34) if b'"' in piece else step[:0]
        if len(quotes):
            places = np.flatnonzero(starts)
            count += int(np.count_nonzero((np.searchsorted(quotes, places) + inside) % 2 == 0))
            inside = (inside + len(quotes)) % 2
        elif not inside:
            count += int(np.count_nonzero(starts))
        last = int(step[-1])
    return count


def _starts(
    step: np.ndarray[tuple[int], np.dtype[np.uint8]], last: int, *, returns: bool
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Where a line begins that is not blank; `last` is the byte before."""
    ends: np.ndarray[tuple[int], np.dtype[np.bool_]] = step == 10
    if returns:
        ends |= step == 13
    after = np.empty_like(ends)
    after[0] = last in (10, 13)
    after[1:] = ends[:-1]
    after &= ~ends
    return after
