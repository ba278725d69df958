"""Pages of an interface kept as one file (see `sources.pages`): one table of all their records.

Members that move by themselves are left out of the table, and records stand sorted by their key,
so that what a portal shuffles or counts up between two looks is no change. The pages in the file
keep all of it, in their order. Pages of CSV are read as the one table that they are parts of.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from verticalfile.kernel.errors import trouble_of_json
from verticalfile.kernel.originals import Original, gathered
from verticalfile.tables.read.json_text import compact, parse, table_of_records
from verticalfile.tables.reading import Reading, ReadTable, Reason

FORM = "verticalfile-pages/1"
NOTE = "pages.json"
READER = "pages/1"
NOTE_MAX_BYTES = 1 << 20
"""It names the columns; layers have some hundred."""
PAGE_MAX_BYTES = 256 << 20
ROWS_AT_ONCE = 5_000


def note_of(archive: zipfile.ZipFile) -> Mapping[str, object] | None:
    """The note on top of a file of pages; None for any other zip."""
    first = next(iter(archive.infolist()), None)
    if first is None or first.filename != NOTE or first.file_size > NOTE_MAX_BYTES:
        return None
    try:
        note = json.loads(archive.read(first))
    except (ValueError, RecursionError):
        return None
    return note if isinstance(note, dict) and note.get("form") == FORM else None


def read_pages(
    archive: zipfile.ZipFile,
    note: Mapping[str, object],
    read_one: Callable[[Original, str], Reading],
    into: Callable[[], Path],
) -> Reading:
    """All records as one table; a page that is none is said, and the file is unreadable.

    Page by page, so that of a large layer only the texts are in memory, never all objects.
    """
    if isinstance(no_table := note.get("no_table"), str):
        return Reading("pages", READER, reason=Reason.NOT_TABULAR, detail=no_table[:200])
    volatile = frozenset(_texts(note.get("volatile")))
    names = [m.filename for m in archive.infolist()]
    if any(name.startswith("page-") and name.endswith(".csv") for name in names):
        return _read_csv_pages(archive, volatile, read_one, into)
    inside, columns = _texts(note.get("inside")), _texts(note.get("columns"))
    key = _texts(note.get("key"))
    tables: list[ReadTable] = []
    order: list[tuple[int, float, str]] = []
    seen: set[str] | None = set() if note.get("is_distinct") is True else None
    try:
        for member in archive.infolist():
            if member.filename.startswith("page-"):
                if member.file_size > PAGE_MAX_BYTES:
                    detail = f"{member.filename} is larger than a page may be"
                    return Reading("pages", READER, reason=Reason.TOO_LARGE, detail=detail)
                text = archive.read(member).decode("utf-8-sig")
                records = _records(text, member.filename, _texts(note.get("records")))
                rows = [_row(record, inside, volatile) for record in records]
                rows = rows if seen is None else _new_rows(rows, seen)
                order += [_sort_value(row, key) for row in rows] if key else []
                tables.append(table_of_records("", rows, columns))
    except (ValueError, RecursionError) as error:
        return Reading("pages", READER, reason=Reason.BAD_JSON, detail=trouble_of_json(error))
    table = _together(tables) if tables else table_of_records("", [], columns)
    if key and order != sorted(order):
        places = sorted(range(len(order)), key=order.__getitem__)
        table = replace(table, rows=table.rows.take(pa.array(places, pa.int64())))
    name = note.get("table")
    table = replace(table, name=name if isinstance(name, str) else "")
    return Reading("pages", READER, (table,), encoding="utf-8")


def _together(tables: Sequence[ReadTable]) -> ReadTable:
    """One table of all; columns in the order in which they first came."""
    columns = tuple(dict.fromkeys(name for table in tables for name in table.columns))
    parts = [table.rows if table.columns == columns else _wider(table, columns) for table in tables]
    return ReadTable("", columns, pa.concat_tables(parts).combine_chunks())


def _wider(table: ReadTable, columns: Sequence[str]) -> pa.Table:
    """The rows of a table with columns that it lacks, or in another order."""
    at = {name: place for place, name in enumerate(table.columns)}
    nothing = pa.nulls(table.rows.num_rows, pa.string())
    arrays = {
        f"c{n}": table.rows.column(f"c{at[name]}") if name in at else nothing
        for n, name in enumerate(columns)
    }
    places = [at.get(name) for name in columns]
    kinds = table.rows.column("_kinds").to_pylist()
    letters = ["".join("m" if p is None else row[p] for p in places) for row in kinds]
    return pa.table({**arrays, "_kinds": pa.array(letters, pa.string())})


def _new_rows(rows: Sequence[dict[str, object]], seen: set[str]) -> list[dict[str, object]]:
    """Rows that did not come before: pages of areas overlap."""
    new = []
    for row in rows:
        text = compact(row)
        if text not in seen:
            seen.add(text)
            new.append(row)
    return new


def _records(text: str, name: str, path: Sequence[str]) -> Iterator[Mapping[str, object]]:
    if name.endswith(".jsonl"):
        found: object = [parse(line) for line in text.split("\n") if line.strip()]
    else:
        found = parse(text)
        for step in path:
            found = found.get(step) if isinstance(found, dict) else None
    for record in found if isinstance(found, list) else []:
        if isinstance(record, dict):
            yield record


def _row(
    record: Mapping[str, object], inside: Sequence[str], volatile: frozenset[str]
) -> dict[str, object]:
    row: dict[str, object] = {}
    for name, value in record.items():
        if name in inside and isinstance(value, dict):
            row |= _row(value, inside, frozenset())
        else:
            row[name] = value
    return {name: value for name, value in row.items() if name not in volatile}


def _sort_value(row: Mapping[str, object], key: Sequence[str]) -> tuple[int, float, str]:
    """Numbers by their value, texts after them."""
    value: object = row
    for step in key:
        value = value.get(step) if isinstance(value, Mapping) else None
    text = str(value)
    try:
        return (0, float(text), text)
    except ValueError:
        return (1, 0.0, text)


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _read_csv_pages(
    archive: zipfile.ZipFile,
    volatile: frozenset[str],
    read_one: Callable[[Original, str], Reading],
    into: Callable[[], Path],
) -> Reading:
    """The pages below each other under the first one's header, without what moves by itself."""
    try:
        joined = gathered(_joined(archive, volatile), into)
    except (csv.Error, ValueError) as error:
        return Reading("pages", READER, reason=Reason.BAD_ARCHIVE, detail=str(error)[:200])
    return read_one(joined, "pages.csv")


def _joined(archive: zipfile.ZipFile, volatile: frozenset[str]) -> Iterator[bytes]:
    header: list[str] | None = None
    for member in archive.infolist():
        if not member.filename.startswith("page-"):
            continue
        with archive.open(member) as handle:
            rows = csv.reader(io.TextIOWrapper(handle, "utf-8-sig", newline=""))
            own = next(rows, [])
            kept = [at for at, name in enumerate(own) if name not in volatile]
            if header is None:
                header = own
                yield _lines([[own[at] for at in kept]])
            elif own != header:
                raise ValueError(f"{member.filename} has other columns than the pages before")
            while many := list(itertools.islice(rows, ROWS_AT_ONCE)):
                yield _lines([[row[at] for at in kept if at < len(row)] for row in many])


def _lines(rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue().encode()
