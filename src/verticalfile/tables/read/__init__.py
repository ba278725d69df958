"""Read any file as tables of text, or say why not. Two steps: look, then read with all told."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import BinaryIO

from verticalfile.kernel.originals import OnDisk, Original, size_of
from verticalfile.tables.read import sniff
from verticalfile.tables.read.delimited import SMALL_BYTES, read_delimited
from verticalfile.tables.read.delimited_file import read_delimited_file
from verticalfile.tables.read.json_file import read_json_file
from verticalfile.tables.read.json_text import read_json
from verticalfile.tables.read.packed import Packed, read_packed
from verticalfile.tables.read.parquet import read_parquet
from verticalfile.tables.read.text_file import Look, look_at
from verticalfile.tables.reading import Known, Reading, ReadTable, Reason

READER = "file/1"
JSON_FORMATS = frozenset({"json", "jsonl", "geojson"})
JSON_NAMES = (".json", ".geojson", ".jsonl", ".ndjson")
TAIL_BYTES = 1 << 20
"""At the end of a zip stand the names of its members."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What goes with a file; `into` gives a folder for what is too much for memory."""

    name: str
    media_type: str
    known: Known
    into: Callable[[], Path]
    is_packed: bool = False


def read(
    original: Original,
    *,
    name: str,
    media_type: str = "",
    known: Known = Known(),  # noqa: B008  # frozen, empty
    into: Path | None = None,
) -> Reading:
    """Tables, or the reason why there are none; never raises for what the bytes are.

    `known` is what earlier readable versions looked like: it tells a table from prose. With a
    folder `into`, the rows of large tables are left there, as `stored`; else all are in memory.
    """
    if into is not None:
        return _read(original, _Asked(name, media_type, known, lambda: into))
    with contextlib.ExitStack() as stack:

        @cache
        def folder() -> Path:
            return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vf-")))

        return _in_memory(_read(original, _Asked(name, media_type, known, folder)))


def _in_memory(reading: Reading) -> Reading:
    """All rows as tables, mapped from their files, which may lose their names."""
    tables = [
        table if table.stored is None else replace(table, rows=table.stored.whole(), stored=None)
        for table in reading.tables
    ]
    return replace(reading, tables=tuple(tables))


def _read(original: Original, asked: _Asked) -> Reading:
    if isinstance(original, OnDisk) and original.size_bytes <= SMALL_BYTES:
        original = b"".join(original.chunks())
    ends = _ends(original)
    kind = sniff.kind_by_magic(ends, asked.name)
    if kind in ("gz", "zst", "zip"):
        return _read_packed(original, kind, asked)
    if kind == "parquet":
        with _opened(original) as handle:
            return read_parquet(handle, asked.into)
    look = _look(original)
    refused = None if kind else _refused_at_sight(ends, look)
    if refused is not None:
        return Reading("file", READER, reason=refused[0], detail=refused[1])
    kind = kind or sniff.kind_of_rest(ends)
    if kind:
        detail = f"a file of kind {kind}, which no reader here opens"
        return Reading("file", READER, reason=Reason.NOT_TABULAR, detail=detail)
    if _looks_like_json(ends, asked):
        return _other_kind(_read_json(original, asked), asked.known)
    return _other_kind(_read_delimited(original, look, asked), asked.known)


def _ends(original: Original) -> bytes:
    """Beginning and end of a file: enough to tell its kind."""
    if isinstance(original, bytes):
        return original
    with _opened(original) as handle:
        head = handle.read(sniff.HEAD_BYTES)
        handle.seek(max(original.size_bytes - TAIL_BYTES, handle.tell()))
        return head + handle.read()


def _path(original: OnDisk) -> Path:
    """Readers are given files; what streams out of the vault is written to one first."""
    if original.path is None:
        raise ValueError("only an original that stands in a file can be read")
    return original.path


def _opened(original: Original) -> BinaryIO:
    return io.BytesIO(original) if isinstance(original, bytes) else open(_path(original), "rb")


def _look(original: Original) -> Look:
    if isinstance(original, OnDisk):
        return look_at(_path(original))
    blank = b"\xef\xbb\xbf \t\r\n"
    is_blank = not original[:4096].strip(blank) and not original.strip(blank)
    return Look(is_blank, sniff.has_conflict_markers(original), is_utf8=False)


def _refused_at_sight(ends: bytes, look: Look) -> tuple[Reason, str] | None:
    if look.is_blank:
        return Reason.ZERO_BYTE, "the file is empty"
    if sniff.is_html(ends):
        return Reason.HTML, "a web page in place of data"
    if sniff.is_pointer(ends):
        return Reason.ELSEWHERE, "a pointer to a file that is kept elsewhere (Git LFS, git-annex)"
    if look.has_conflict_markers:
        return Reason.CONFLICT_MARKERS, "marks of an unfinished merge"
    return None


def _read_packed(original: Original, kind: str, asked: _Asked) -> Reading:
    if asked.is_packed:
        return Reading("file", READER, reason=Reason.NOT_TABULAR, detail="packed twice")

    def read_one(inner: Original, name: str) -> Reading:
        known = asked.known if kind != "zip" else _known_of(asked.known, name)
        return _read(inner, replace(asked, name=name, media_type="", is_packed=True, known=known))

    with _opened(original) as handle:
        packed = Packed(handle, size_of(original), kind, asked.name)
        return read_packed(packed, read_one, asked.into)


def _known_of(known: Known, name: str) -> Known:
    """What is known of a member: its columns; the format that is known is that of the zip."""
    columns = {"": known.columns[name]} if name in known.columns else {}
    newest = {"": known.newest[name]} if name in known.newest else {}
    return Known(None, columns, newest)


def _read_json(original: Original, asked: _Asked) -> Reading:
    """Small documents in memory, large ones in steps."""
    if isinstance(original, OnDisk):
        return read_json_file(_path(original), known=asked.known, into=asked.into())
    return read_json(original, known=asked.known)


def _read_delimited(original: Original, look: Look, asked: _Asked) -> Reading:
    """Small text in memory, large text in a file."""
    if isinstance(original, bytes) and len(original) <= SMALL_BYTES:
        return read_delimited(original, name=asked.name, known=asked.known)
    with contextlib.ExitStack() as stack:
        if isinstance(original, bytes):
            path = Path(stack.enter_context(_file_of(original, asked.into())))
            look = look_at(path)
        else:
            path = _path(original)
        return read_delimited_file(
            path, look, name=asked.name, known=asked.known, into=asked.into()
        )


@contextlib.contextmanager
def _file_of(body: bytes, into: Path) -> Iterator[Path]:
    with tempfile.NamedTemporaryFile(dir=into, prefix="text-") as out:
        out.write(body)
        out.flush()
        yield Path(out.name)


def _looks_like_json(ends: bytes, asked: _Asked) -> bool:
    known, name = asked.known, asked.name.lower()
    if known.format in JSON_FORMATS or "json" in asked.media_type or name.endswith(JSON_NAMES):
        return True
    if known.format == "delimited" or name.endswith((".csv", ".tsv", ".txt")):
        return False
    return ends.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{")


def _other_kind(reading: Reading, known: Known) -> Reading:
    """A table of another kind than all before is kept, and never current."""
    if known.format is None or reading.reason is not None or reading.format == known.format:
        return reading
    if reading.format in JSON_FORMATS:
        if known.format in JSON_FORMATS:
            return reading
        if known.format == "pages" and any(_is_much_alike(t, known) for t in reading.tables):
            return reading  # one document, where pages of such records came before
    detail = f"{reading.format} where {known.format} was before"
    return Reading(reading.format, reading.reader, reason=Reason.OTHER_KIND, detail=detail)


def _is_much_alike(table: ReadTable, known: Known) -> bool:
    """Whether it has half of the columns that a table of its name had, or these half of its own."""
    before, own = known.columns.get(table.name, frozenset()), frozenset(table.columns)
    return 2 * len(before & own) >= min(len(before), len(own)) > 0
