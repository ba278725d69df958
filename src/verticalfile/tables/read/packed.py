"""Packed files: gz and zst hold one file, zip a table for each member. All limits are counted
while reading, since what an archive says of itself is what its maker wished."""

from __future__ import annotations

import io
import itertools
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator

from backports import zstd

from verticalfile.tables.reading import Reading, Reason

MEMBERS = 10_000
OUTPUT_BYTES = 20 << 30
RATIO = 200
RATIO_FREE_BYTES = 64 << 20
"""Below this a high ratio is harmless: an empty table packs well."""
STEP_BYTES = 1 << 20

ReadOne = Callable[[bytes, str], Reading]


class Refused(Exception):
    """An archive breaks a rule; the text says which."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


def read_packed(body: bytes, kind: str, name: str, read_one: ReadOne) -> Reading:
    """Unpack within limits and read what is inside; never raises for what the bytes are."""
    try:
        if kind == "gz":
            return read_one(_bounded(_gunzip(body), len(body)), _inner(name, ".gz"))
        if kind == "zst":
            return read_one(_bounded(_unzstd(body), len(body)), _inner(name, ".zst"))
        return _read_zip(body, read_one)
    except Refused as refused:
        return Reading(kind, f"{kind}/1", reason=refused.reason, detail=refused.detail)
    except (
        EOFError,
        OSError,
        zlib.error,
        zstd.ZstdError,
        zipfile.BadZipFile,
        ValueError,
        NotImplementedError,
    ) as error:
        return Reading(kind, f"{kind}/1", reason=Reason.BAD_ARCHIVE, detail=str(error)[:200])


def _inner(name: str, ending: str) -> str:
    return name[: -len(ending)] if name.lower().endswith(ending) else name


def _gunzip(body: bytes) -> Iterator[bytes]:
    engine = zlib.decompressobj(wbits=31)
    rest = body
    while rest:
        part = engine.decompress(rest, STEP_BYTES)
        yield part
        rest = engine.unconsumed_tail
        if engine.eof:
            rest = engine.unused_data.lstrip(b"\0")
            if rest:
                engine = zlib.decompressobj(wbits=31)
        elif not rest and not part:
            break
    yield engine.flush()
    if not engine.eof:
        raise EOFError("the gzip data ends before its end mark")


def _unzstd(body: bytes) -> Iterator[bytes]:
    with zstd.ZstdFile(io.BytesIO(body)) as handle:
        while part := handle.read(STEP_BYTES):
            yield part


def _bounded(parts: Iterator[bytes], packed_bytes: int, room: int = OUTPUT_BYTES) -> bytes:
    whole = bytearray()
    for part in parts:
        whole += part
        if len(whole) > room:
            raise Refused(Reason.TOO_LARGE, "it unpacks to more than is allowed")
        if len(whole) > RATIO_FREE_BYTES and len(whole) > RATIO * max(packed_bytes, 1):
            raise Refused(Reason.TOO_LARGE, f"it unpacks to more than {RATIO} times its size")
    return bytes(whole)


def _read_zip(body: bytes, read_one: ReadOne) -> Reading:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        members = [m for m in archive.infolist() if not m.is_dir()]
        _judge(members, len(body))
        tables, details, room = [], [], OUTPUT_BYTES
        for member in members:
            with archive.open(member) as handle:
                inner = _bounded(
                    iter(lambda handle=handle: handle.read(STEP_BYTES), b""),  # type: ignore[misc]  # bound at once
                    member.compress_size,
                    room,
                )
            room -= len(inner)
            reading = read_one(inner, member.filename)
            details += [f"{member.filename}: {reading.reason}"] if reading.reason else []
            many = len(reading.tables) > 1
            tables += [
                type(t)(
                    f"{member.filename}/{t.name}" if many else member.filename, t.columns, t.rows
                )
                for t in reading.tables
            ]
    if not tables:
        return Reading("zip", "zip/1", reason=Reason.NOT_TABULAR, detail="; ".join(details)[:500])
    return Reading("zip", "zip/1", tuple(tables), repairs=tuple(details))


def _judge(members: list[zipfile.ZipInfo], packed_bytes: int) -> None:
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
