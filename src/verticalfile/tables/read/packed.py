"""Packed files: gz and zst hold one file, zip a table for each member. All limits are counted
while reading, since what an archive says of itself is what its maker wished."""

from __future__ import annotations

import itertools
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from backports import zstd

from verticalfile.kernel.errors import tells_no_room
from verticalfile.kernel.originals import Original, gathered, size_of
from verticalfile.tables.read.pages import note_of, read_pages
from verticalfile.tables.reading import Reading, ReadTable, Reason

MEMBERS = 10_000
OUTPUT_BYTES = 20 << 30
RATIO = 200
RATIO_FREE_BYTES = 64 << 20
"""Below this a high ratio is harmless: an empty table packs well."""
STEP_BYTES = 1 << 20

ReadOne = Callable[[Original, str], Reading]


@dataclass(frozen=True, slots=True)
class Packed:
    """A packed file as it lies open; `kind` is gz, zst or zip."""

    handle: BinaryIO
    size_bytes: int
    kind: str
    name: str


class Refused(Exception):
    """An archive breaks a rule; the text says which."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


def read_packed(packed: Packed, read_one: ReadOne, into: Callable[[], Path]) -> Reading:
    """Unpack within limits and read what is inside; never raises for what the bytes are."""
    kind = packed.kind
    try:
        if kind == "zip":
            return _read_zip(packed, read_one, into)
        parts = gunzip(packed.handle) if kind == "gz" else _unzstd(packed.handle)
        inner = gathered(bounded(parts, packed.size_bytes), into)
        return read_one(inner, _inner(packed.name, f".{kind}"))
    except Refused as refused:
        return Reading(kind, f"{kind}/1", reason=refused.reason, detail=refused.detail)
    except OSError as error:
        if tells_no_room(error):
            raise
        return _bad(kind, error)
    except (EOFError, zlib.error, zstd.ZstdError, zipfile.BadZipFile, ValueError,
            NotImplementedError) as error:  # fmt: skip
        return _bad(kind, error)


def _bad(kind: str, error: Exception) -> Reading:
    return Reading(kind, f"{kind}/1", reason=Reason.BAD_ARCHIVE, detail=str(error)[:200])


def _inner(name: str, ending: str) -> str:
    return name[: -len(ending)] if name.lower().endswith(ending) else name


def gunzip(handle: BinaryIO) -> Iterator[bytes]:
    """What a gzip file holds: all members (RFC 1952 2.2), zeros after one of them skipped. Raises
    EOFError and zlib.error."""
    engine = zlib.decompressobj(wbits=31)
    while rest := handle.read(STEP_BYTES):
        while rest:
            if engine.eof:
                rest = rest.lstrip(b"\0")
                if not rest:
                    break
                engine = zlib.decompressobj(wbits=31)
            yield engine.decompress(rest, STEP_BYTES)
            rest = engine.unused_data if engine.eof else engine.unconsumed_tail
    yield engine.flush()
    if not engine.eof:
        raise EOFError("the gzip data ends before its end mark")


def _unzstd(handle: BinaryIO) -> Iterator[bytes]:
    with zstd.ZstdFile(handle) as unpacked:
        while part := unpacked.read(STEP_BYTES):
            yield part


def bounded(parts: Iterator[bytes], packed_bytes: int, room: int = OUTPUT_BYTES) -> Iterator[bytes]:
    """The same parts, as long as they keep the rules. Raises Refused."""
    size = 0
    for part in parts:
        size += len(part)
        if size > room:
            raise Refused(Reason.TOO_LARGE, "it unpacks to more than is allowed")
        if size > RATIO_FREE_BYTES and size > RATIO * max(packed_bytes, 1):
            raise Refused(Reason.TOO_LARGE, f"it unpacks to more than {RATIO} times its size")
        yield part


def _read_zip(packed: Packed, read_one: ReadOne, into: Callable[[], Path]) -> Reading:
    with zipfile.ZipFile(packed.handle) as archive:
        members = [m for m in archive.infolist() if not m.is_dir()]
        _judge(members)
        if (note := note_of(archive)) is not None:
            return read_pages(archive, note, read_one, into)
        tables: list[ReadTable] = []
        details: list[str] = []
        room = OUTPUT_BYTES
        for member in members:
            with archive.open(member) as handle:
                parts = iter(lambda handle=handle: handle.read(STEP_BYTES), b"")  # type: ignore[misc]  # bound at once
                inner = gathered(bounded(parts, member.compress_size, room), into)
            room -= size_of(inner)
            reading = read_one(inner, member.filename)
            details += [f"{member.filename}: {reading.reason}"] if reading.reason else []
            many = len(reading.tables) > 1
            tables += [
                replace(t, name=f"{member.filename}/{t.name}" if many else member.filename)
                for t in reading.tables
            ]
    if not tables:
        return Reading("zip", "zip/1", reason=Reason.NOT_TABULAR, detail="; ".join(details)[:500])
    return Reading("zip", "zip/1", tuple(tables), repairs=tuple(details))


def _judge(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MEMBERS:
        raise Refused(Reason.TOO_LARGE, f"it has {len(members)} members")
    if sum(m.file_size for m in members) > OUTPUT_BYTES:
        raise Refused(Reason.TOO_LARGE, "it says it unpacks to more than is allowed")
    seen: set[str] = set()
    spans: list[tuple[int, int]] = []
    for member in members:
        path = member.filename.replace("\\", "/")
        folded = unicodedata.normalize("NFC", path).casefold()
        if path.startswith("/") or ".." in path.split("/") or ":" in path or "\0" in path:
            raise Refused(Reason.BAD_ARCHIVE, "a member's path leads out of the archive")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise Refused(Reason.BAD_ARCHIVE, "a member is a link")
        if folded in seen:
            raise Refused(Reason.BAD_ARCHIVE, "two members bear one name")
        seen.add(folded)
        spans.append((member.header_offset, member.header_offset + member.compress_size))
    spans.sort()
    if any(a[1] > b[0] for a, b in itertools.pairwise(spans)):
        raise Refused(Reason.BAD_ARCHIVE, "members overlap")
