"""Delimited text in a file, read in steps: the same table as `delimited`, in bounded memory.

DuckDB reads with everything told; where it refuses, counts other rows, or may read otherwise,
Python's csv does (engine.md 5.1). Rows go to a file of their own as they come.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa

from verticalfile.kernel.errors import tells_no_room
from verticalfile.kernel.originals import steps_of
from verticalfile.tables.read import text_file
from verticalfile.tables.read.delimited import (
    STEP_BYTES,
    Dialect,
    as_table,
    field_too_large,
    first_look,
    fitted,
    is_cut,
    named_once,
    read_leniently,
    records_in,
    refusal,
    sniff_dialect,
    unreadable,
    without_rows,
)
from verticalfile.tables.reading import Known, Reading, ReadTable, Reason
from verticalfile.tables.stored import RowWriter, StoredRows

SENTINEL = "\x1fvf no null\x1f"
"""DuckDB needs a text that means NULL; a file that has it goes to csv."""
MEMORY = "1GB"
PART_TEXT_BYTES = 24 << 20
"""Text of the rows that are held at once, on either way."""
PART_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Text:
    """A text file in UTF-8: where its rows begin, and how they are cut."""

    path: Path
    header_bytes: int  # up to the end of the header, marks and blank lines before it included
    header: str
    dialect: Dialect


def read_delimited_file(
    path: Path, look: text_file.Look, *, name: str, known: Known, into: Path
) -> Reading:
    """Read delimited text in a file; never raises for what it is. Rows are stored in `into`."""
    coded = text_file.coding_of(path, look)
    utf8, start = text_file.as_utf8(path, coded, into)
    with text_file.text_from(utf8, start) as handle:
        head = handle.read(STEP_BYTES)
    dialect = sniff_dialect(head, known.newest.get("", ()))
    reading = first_look(head, coded.encoding, dialect)
    refused = refusal(dialect, known, name)
    if refused is not None:
        return unreadable(reading, *refused)
    header = head[: dialect.header_chars]
    text = Text(utf8, start + len(header.encode()), header, dialect)
    columns = named_once(dialect.names)
    stored = _by_duckdb(text, into) if len(columns) > 1 else None
    repairs: tuple[str, ...] = ()
    if stored is None:
        try:
            stored, columns, repairs, cut = _by_csv(text, columns, into, known)
        except csv.Error:
            return field_too_large(reading)
        if cut and known.newest.get(""):
            return unreadable(reading, Reason.CUT_OFF, "the file ends inside a quoted field")
    table = ReadTable("", columns, stored.head(), stored)
    repairs = (coded.note, *repairs) if coded.note else repairs
    return replace(reading, tables=(table,), repairs=repairs)


def _by_duckdb(text: Text, into: Path) -> StoredRows | None:
    """The rows, or None where DuckDB refuses, counts other rows, or may read otherwise than csv."""
    if text_file.has_any(text.path, (b"\x00", SENTINEL.encode())):
        return None  # zero bytes are read in another way by DuckDB
    if text_file.has_space_beside_a_quote(text.path, text.dialect.delimiter.encode()):
        return None  # it drops them without a word
    wanted = text_file.count_records(_rest(text))
    if not wanted or _may_end_in_surplus(text, wanted):
        return None
    path, skip = text.path, _lines_above(text.header)
    if skip is None:
        path, skip = _without_header(text, into), 0
    size = text.path.stat().st_size - text.header_bytes
    part_rows = max(2048, min(PART_ROWS, PART_TEXT_BYTES * max(wanted, 1) // max(size, 1)))
    columns = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(len(text.dialect.names)))
    writer = RowWriter(into / f"{text.path.name}.rows")
    try:
        with duckdb.connect(":memory:", config=_config(into)) as connection:
            # a relation without parameters goes to Arrow by all threads, uncopied
            parts = connection.sql(
                f"SELECT * FROM read_csv({_literal(str(path))}, auto_detect=false, header=false,"
                f" delim={_literal(text.dialect.delimiter)}, quote='\"', escape='\"', skip={skip},"
                f" columns={{{columns}}}, nullstr={_literal(SENTINEL)}, strict_mode=true)"
            ).to_arrow_reader(part_rows)
            for part in parts:
                writer.write(part)
            if not writer.lengths:
                writer.write(as_table([], len(text.dialect.names)))
    except BaseException as error:
        writer.discard()
        refused = isinstance(error, duckdb.Error | pa.ArrowException | OSError)
        if not refused or isinstance(error, MemoryError) or tells_no_room(error):
            raise
        return None
    if writer.rows != wanted:
        writer.discard()
        return None
    return writer.stored()


def _lines_above(header: str) -> int | None:
    """Lines above the first row; None where a line end may be part of a name."""
    if '"' in header or header.endswith("\r") or "\r" in header.replace("\r\n", ""):
        return None
    return header.count("\n") if header.endswith("\n") else None


def _may_end_in_surplus(text: Text, records: int) -> bool:
    """Whether a row may have one field too many that is empty, which DuckDB passes over without a
    word. Where there are no quotes the delimiters are counted, else such an end is enough."""
    delimiter = text.dialect.delimiter.encode()
    if not text_file.ends_a_line_with(text.path, delimiter):
        return False
    if text_file.has_any(text.path, (b'"',)):
        return True
    found = sum(step.count(delimiter) for step in _rest(text))
    return found != records * (len(text.dialect.names) - 1)


def _rest(text: Text) -> Iterable[bytes]:
    """The bytes from the first row on."""
    skipped = 0
    for step in steps_of(text.path):
        if skipped >= text.header_bytes:
            yield step
        elif skipped + len(step) > text.header_bytes:
            yield step[text.header_bytes - skipped :]
        skipped += len(step)


def _without_header(text: Text, into: Path) -> Path:
    target = into / f"{text.path.name}.body"
    with open(target, "wb") as out:
        out.writelines(_rest(text))
    return target


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _config(folder: Path) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "memory_limit": MEMORY,
        "threads": 2,
        "temp_directory": str(folder),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }


def _by_csv(
    text: Text, columns: tuple[str, ...], into: Path, known: Known
) -> tuple[StoredRows, tuple[str, ...], tuple[str, ...], bool]:
    """Two passes: the first finds the widest record and whether all is well, the second stores."""
    repairs: list[str] = []
    strict, cut = True, False
    try:
        least, most = _widths(text, strict=True)
    except csv.Error as error:
        strict, cut = False, is_cut(error)
        repairs.append(read_leniently(error))
        least, most = _widths(text, strict=False)
    columns = columns if most is not None else without_rows(columns, known)
    columns, width, said = fitted(columns, least, most)
    writer = RowWriter(into / f"{text.path.name}.rows")
    try:
        with text_file.text_from(text.path, text.header_bytes) as handle:
            records = records_in(handle, text.dialect, strict=strict)
            while held := _some(records):
                padded = [[*record, *[None] * (width - len(record))] for record in held]
                writer.write(as_table(padded, width))
        if not writer.lengths:
            writer.write(as_table([], width))
    except BaseException:
        writer.discard()
        raise
    return writer.stored(), columns, (*repairs, *said), cut


def _some(records: Iterable[list[str]]) -> list[list[str]]:
    """The next records, as many as fit in memory with ease."""
    held: list[list[str]] = []
    size = 0
    for record in records:
        held.append(record)
        size += sum(map(len, record)) + 64 * len(record)
        if size > PART_TEXT_BYTES:
            break
    return held


def _widths(text: Text, *, strict: bool) -> tuple[int | None, int | None]:
    with text_file.text_from(text.path, text.header_bytes) as handle:
        least = most = None
        for record in records_in(handle, text.dialect, strict=strict):
            width = len(record)
            least = width if least is None or width < least else least
            most = width if most is None or width > most else most
    return least, most
