"""Delimited text (RFC 4180 and its relatives): cells exactly as published, nothing guessed.

Small files go through Python's csv, large ones through DuckDB with everything told; both give
the same table, and rows are counted a second way (engine.md 5.1). A short row lacks its last
columns (NULL); surplus fields become columns +1, +2; blank lines are no rows; repeated names
get #2, #3. Lines above the table that explain it are no rows; where nothing names the columns they
are called column 1, column 2.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from verticalfile.tables.read.heading import Heading, Record, heading_of, is_prose
from verticalfile.tables.read.headless import OWN, begins_with_names, is_headless, own_names
from verticalfile.tables.read.sniff import decode
from verticalfile.tables.reading import Known, Reading, ReadTable, Reason

READER = "delimited/1"
DELIMITERS = (",", "\t", ";", "|")
SNIFF_RECORDS = 60
FEW_CHARS = 1 << 16
"""So much holds the first records of most files; going through more takes four bytes a letter."""
"""Notes above a table were seen to take forty lines."""
BELOW_NOTES = 0.9
"""A delimiter under which the table begins at the first record is believed rather, """
BELOW_PROSE = 0.5
"""but not where that record is a sentence: its commas cut decimals and thousands as well."""
SMALL_BYTES = 1 << 20
"""Below this Python's csv is faster than starting a query."""
SURPLUS = re.compile(r"\+\d+")
"""How the columns of surplus fields are called."""
NONE = -1
"""The place of a header that is not there."""
CELL_BYTES = 64 << 20
"""Python's default of 131,072 would refuse the geometry of a large lake."""
STEP_BYTES = 4 << 20

csv.field_size_limit(CELL_BYTES)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How records are cut: delimiter, names of the columns, length of what stands above row 1."""

    delimiter: str
    names: tuple[str, ...]
    header_chars: int
    lines_above: int = 0  # that explain the table and are no part of it
    header_lines: int = 1  # 2 where names stand below a line that groups them, 0 without names
    is_surely_named: bool = False  # by the looks of the first records alone


def read_delimited(body: bytes, *, name: str, known: Known) -> Reading:
    """Read delimited text; never raises for what the bytes are."""
    decoded = decode(body)
    dialect = sniff_dialect(decoded.text, known.newest.get("", ()))
    reading = first_look(decoded.text, decoded.encoding, dialect)
    refused = refusal(dialect, known, name)
    if refused is not None:
        return unreadable(reading, *refused)
    text = io.StringIO(decoded.text[dialect.header_chars :], newline="")
    columns = named_once(dialect.names)
    try:
        rows, columns, repairs, cut = _by_csv(text, dialect, columns, known)
    except csv.Error:
        return field_too_large(reading)
    if cut and known.newest.get(""):
        return unreadable(reading, Reason.CUT_OFF, "the file ends inside a quoted field")
    repairs = (decoded.note, *repairs) if decoded.note else repairs
    return replace(reading, tables=(ReadTable("", columns, rows),), repairs=repairs)


def first_look(head: str, encoding: str, dialect: Dialect) -> Reading:
    """What is known of a file before its rows are read."""
    facts: dict[str, object] = {"delimiter": dialect.delimiter}
    if encoding == "utf-8-sig":
        facts["bom"] = True
    facts["line_end"] = _line_end(head, dialect.header_chars)
    if dialect.lines_above:
        facts["lines_above"] = dialect.lines_above
    if dialect.header_lines != 1:
        facts["header_lines"] = dialect.header_lines
    return Reading("delimited", READER, encoding=encoding, facts=facts)


def unreadable(reading: Reading, reason: Reason, detail: str) -> Reading:
    return replace(reading, reason=reason, detail=detail)


def field_too_large(reading: Reading) -> Reading:
    return unreadable(
        reading, Reason.TOO_LARGE, f"a field is larger than {CELL_BYTES:,} characters"
    )


def sniff_dialect(text: str, newest: Sequence[str]) -> Dialect:
    """The delimiter under which the first records agree best; the names seen before decide ties."""
    head = text[:STEP_BYTES]
    best: tuple[tuple[bool, float, int, int], Dialect] | None = None
    for place, delimiter in enumerate(DELIMITERS):
        if best is not None and delimiter not in head:
            continue
        records = _head_records(head, delimiter)
        heading = heading_of(records, newest)
        if heading.place == 0 and is_headless(records, newest):
            heading = Heading(own_names(len(records[0].fields)), NONE, 0)
        dialect = _dialect(head, delimiter, records, heading)
        names, table = dialect.names, records[max(heading.place, 0) :]
        same = sum(len(record.fields) == len(names) for record in table) / max(len(table), 1)
        agrees = same * _belief(records, heading) if len(names) > 1 else 0.0
        fits_known = bool(newest) and len(set(names) & set(newest)) * 2 > len(newest)
        score = (fits_known, agrees, -heading.place, -place)
        if best is None or score > best[0]:
            best = (score, dialect)
    assert best is not None
    return best[1]


def _belief(records: Sequence[Record], heading: Heading) -> float:
    """How far a delimiter is believed for where it finds the names of the columns."""
    if heading.place > 0:
        return BELOW_NOTES
    return BELOW_PROSE if records and is_prose(records[0]) else 1.0


def _dialect(head: str, delimiter: str, records: Sequence[Record], heading: Heading) -> Dialect:
    if not records:
        return Dialect(delimiter, (), 0)
    above = head[: records[heading.begins - 1].end_chars] if heading.begins else ""
    lines = sum(1 for line in io.StringIO(above, newline="") if line.strip())
    if heading.place == NONE:
        return Dialect(delimiter, heading.names, 0, 0, 0)
    lines_of_names = 1 + heading.place - heading.begins
    ends = records[heading.place].end_chars
    sure = begins_with_names(records[heading.place :])
    return Dialect(delimiter, heading.names, ends, lines, lines_of_names, sure)


def _head_records(head: str, delimiter: str) -> list[Record]:
    """The first records that are not blank, and where each ends."""
    few = _records_in(head[:FEW_CHARS], delimiter)
    if len(head) <= FEW_CHARS or (len(few) == SNIFF_RECORDS and few[-1].end_chars < FEW_CHARS):
        return few
    return _records_in(head, delimiter)


def _records_in(head: str, delimiter: str) -> list[Record]:
    records: list[Record] = []
    lines = io.StringIO(head, newline="")
    consumed = 0

    def counted() -> Iterator[str]:
        nonlocal consumed
        for line in lines:
            consumed += len(line)
            yield line

    blank = False
    try:
        for fields in csv.reader(counted(), delimiter=delimiter):
            if fields:
                records.append(Record(tuple(fields), consumed, blank))
            blank = not any(fields)
            if len(records) >= SNIFF_RECORDS:
                break
    except csv.Error:
        pass
    return records


def _line_end(text: str, header_chars: int) -> str:
    head = text[:header_chars] or text[: text.find("\n") + 1] or text[: text.find("\r") + 1]
    return "\r\n" if head.endswith("\r\n") else "\r" if head.endswith("\r") else "\n"


def refusal(dialect: Dialect, known: Known, name: str) -> tuple[Reason, str] | None:
    names, newest = dialect.names, known.newest.get("", ())
    ever = known.columns.get("", frozenset())
    if not ever:
        prose = len(names) == 1 and name.lower().endswith((".txt", ".md", ".log", ".html", ".rst"))
        return (Reason.NOT_TABULAR, "text without columns") if prose else None
    if any(part in ever for part in names):
        return None
    folded = {part.casefold().strip() for part in ever}
    if any(part.casefold().strip() in folded for part in names if part.strip()):
        return None
    if newest and all(map(OWN.fullmatch, newest)):
        return None  # nothing named the columns before
    if dialect.lines_above and any(SURPLUS.fullmatch(part) for part in newest):
        return None  # its title was taken for the header, when there was too little below it
    if len(names) == 1 and len(newest) > 1:
        return Reason.NOT_TABLE, "one field where there were several"
    if len(names) == len(newest) and not dialect.is_surely_named:
        return Reason.NO_HEADER, "no column name that was seen before"
    return None


def named_once(names: Sequence[str]) -> tuple[str, ...]:
    """Repeated names get #2, #3, also the nameless."""
    seen: dict[str, int] = {}
    taken = set(names)
    shown: list[str] = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        candidate = name
        while seen[name] > 1 and (candidate == name or candidate in taken):
            candidate = f"{name}#{seen[name]}"
            if candidate in taken:
                seen[name] += 1
        taken.add(candidate)
        shown.append(candidate)
    return tuple(shown)


def _by_csv(
    text: io.StringIO, dialect: Dialect, columns: tuple[str, ...], known: Known
) -> tuple[pa.Table, tuple[str, ...], tuple[str, ...], bool]:
    repairs: list[str] = []
    cut = False
    try:
        records = list(records_in(text, dialect, strict=True))
    except csv.Error as error:
        cut = is_cut(error)
        repairs.append(read_leniently(error))
        text.seek(0)
        records = list(records_in(text, dialect, strict=False))
    widths = set(map(len, records))
    columns = columns if records else without_rows(columns, known)
    columns, width, said = fitted(columns, min(widths, default=None), max(widths, default=None))
    if widths - {width}:
        padded = [[*record, *[None] * (width - len(record))] for record in records]
        return as_table(padded, width), columns, (*repairs, *said), cut
    return as_table(records, width), columns, (*repairs, *said), cut


def is_cut(error: csv.Error | str) -> bool:
    return "unexpected end of data" in str(error)


def read_leniently(error: csv.Error) -> str:
    return f"Read leniently: {error}."


def fitted(
    columns: tuple[str, ...], least: int | None, most: int | None
) -> tuple[tuple[str, ...], int, list[str]]:
    """The columns that hold the shortest and the longest record, their number, and what to say."""
    said = []
    named = len(columns)
    if most is not None and most > named:
        columns += tuple(f"+{n}" for n in range(1, most - named + 1))
        said.append("Some rows have more fields than the header.")
    if least is not None and least < named:
        said.append("Some rows have fewer fields than the header.")
    return columns, len(columns), said


def without_rows(columns: tuple[str, ...], known: Known) -> tuple[str, ...]:
    """The columns of a header alone: also those of surplus fields, which no header names."""
    newest = known.newest.get("", ())
    surplus = newest[len(columns) :]
    same = newest[: len(columns)] == columns and all(map(SURPLUS.fullmatch, surplus))
    return newest if same else columns


def records_in(text: Iterable[str], dialect: Dialect, *, strict: bool) -> Iterator[list[str]]:
    """Records that are not blank."""
    reader = csv.reader(text, delimiter=dialect.delimiter, strict=strict)
    return (record for record in reader if record)


def as_table(records: Sequence[Sequence[str | None]], width: int) -> pa.Table:
    by_column = list(zip(*records, strict=True)) if records else [()] * width
    return pa.table({f"c{n}": pa.array(cells, pa.string()) for n, cells in enumerate(by_column)})
