"""Taking a view or a version away: CSV, JSON, Parquet, as the file came; streamed, dated by name."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from verticalfile.history.views import pages
from verticalfile.kernel.moments import day_of
from verticalfile.services import opening
from verticalfile.services.archive import Archive
from verticalfile.services.reading.at_hand import AtHand, must_be_table
from verticalfile.services.reading.tables.table import Question, shapes_for, view_of
from verticalfile.services.visibility import must_be_visible

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "excel": "text/csv; charset=utf-8",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
    "original": "application/octet-stream",
}
_DANGEROUS = re.compile(r"^[=+\-@\t\r]")
_PLAIN_NUMBER = re.compile(r"^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$")


class Form(StrEnum):
    """In what a view of a table can be taken."""

    CSV = "csv"
    EXCEL = "excel"  # for spreadsheets: a mark of UTF-8, and formulas made harmless
    JSON = "json"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class Taken:
    """Something on its way out."""

    name: str  # of the file
    media_type: str
    chunks: Iterator[bytes]
    size_bytes: int | None = None


def file_name(here: AtHand, zone: ZoneInfo, ending: str) -> str:
    """`slug_as-of-2024-03-03.csv`: the date, never a number (design 8)."""
    assert here.version is not None
    name = here.dataset.name if here.alone else f"{here.dataset.name}_{here.file.name}"
    day = day_of(here.version.seen_at, zone)
    return f"{name}_as-of-{day}.{ending}"


def take_view(archive: Archive, here: AtHand, question: Question, form: Form) -> Taken:
    """Every row of a view, in its order. Raises NotOnShelf, QuestionRefused."""
    history, ordinal = must_be_table(here)
    view = view_of(question, shapes_for(question, history.history, ordinal))
    layout = history.layout_of(ordinal)
    names_by_id = dict(zip(layout.ids, layout.names, strict=True))
    names = [names_by_id[i] for i in view.columns]
    batches = pages.batches(history.history, ordinal, view)
    ending = {"excel": "excel.csv"}.get(form, form.value)
    name = file_name(here, archive.zone, ending)
    if question.filters or question.columns:
        name = name.replace("_as-of-", "_selected_as-of-", 1)
    chunks = {
        Form.CSV: lambda: _csv(names, batches),
        Form.EXCEL: lambda: for_spreadsheets(_csv(names, batches)),
        Form.JSON: lambda: _json(names, batches),
        Form.PARQUET: lambda: _parquet(names, batches),
    }[form]()
    return Taken(name, TYPES[form], chunks)


def take_version(archive: Archive, here: AtHand, form: str) -> Taken:
    """A whole version: its table in the publisher's order, or the file as it came.

    Raises Withdrawn, NotHeld, InputRefused.
    """
    assert here.version is not None
    must_be_visible(here.viewer, here.version, archive.zone)
    name = f"{here.dataset.name}/{here.file.name}"
    if here.table is not None and here.table.name and form != "original":
        name = f"{name}/{here.table.name}"
    asked = opening.Form.CSV if form == "excel" else opening.Form(form)
    opened = opening.open_version(
        archive, name, version=here.version.sha256, form=asked, viewer=here.viewer
    )
    chunks = for_spreadsheets(opened.chunks) if form == "excel" else opened.chunks
    ending = {"excel": "excel.csv", "original": original_ending(here)}.get(form, form)
    size = here.version.size_bytes if form == "original" else None
    return Taken(file_name(here, archive.zone, ending), TYPES[form], chunks, size)


def original_ending(here: AtHand) -> str:
    """The ending of the file as the publisher named it; nothing strange leaves in a name."""
    last = here.file.location.rsplit("/", 1)[-1].partition("?")[0]
    ending = last.rpartition(".")[2].lower() if "." in last else ""
    return f"original.{ending}" if re.fullmatch(r"[a-z0-9]{1,8}", ending) else "original"


def _rows(batches: Iterable[pa.RecordBatch]) -> Iterator[list[tuple[str | None, ...]]]:
    for batch in batches:
        yield list(zip(*(c.to_pylist() for c in batch.columns), strict=True))


def _csv(names: Sequence[str], batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    yield _lines([names])
    for rows in _rows(batches):
        yield _lines(rows)


def _lines(rows: Iterable[Sequence[str | None]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def for_spreadsheets(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """CSV that a spreadsheet opens as text: a byte order mark, and an apostrophe before cells that
    it would take for formulas. Plain numbers such as -5 stay as they are."""
    yield b"\xef\xbb\xbf"
    for chunk in chunks:
        rows = csv.reader(io.StringIO(chunk.decode(), newline=""))
        yield _lines([[_harmless(cell) for cell in row] for row in rows])


def _harmless(cell: str) -> str:
    if _DANGEROUS.match(cell) and not _PLAIN_NUMBER.match(cell):
        return "'" + cell
    return cell


def _json(names: Sequence[str], batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """An array of objects; values are text as published, null where the format had none."""
    yield b"[\n"
    between = ""
    for rows in _rows(batches):
        lines = [json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) for row in rows]
        yield (between + ",\n".join(lines)).encode() if lines else b""
        between = ",\n" if lines else between
    yield b"\n]\n"


class _Sink(io.RawIOBase):
    """Bytes on their way out; keeps count of all, holds only what was not taken yet."""

    def __init__(self) -> None:
        self.waiting = bytearray()
        self.passed = 0

    def writable(self) -> bool:
        return True

    def write(self, given: Any) -> int:
        self.waiting += given
        return len(given)

    def tell(self) -> int:
        return self.passed + len(self.waiting)

    def take(self) -> bytes:
        """What was written since the last time."""
        body = bytes(self.waiting)
        self.passed += len(body)
        self.waiting.clear()
        return body


def _parquet(names: Sequence[str], batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    import pyarrow.parquet as pq

    schema = pa.schema([(name, pa.string()) for name in names])
    sink = _Sink()
    writer = pq.ParquetWriter(sink, schema, compression="zstd")
    for batch in batches:
        writer.write_table(pa.Table.from_batches([batch]).rename_columns(list(names)))
        yield sink.take()
    writer.close()
    yield sink.take()
