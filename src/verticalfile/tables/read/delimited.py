"""Delimited text (RFC 4180 and its relatives): cells exactly as published, nothing guessed.

Small files go through Python's csv, large ones through DuckDB with everything told; both give
the same table, and rows are counted a second way (engine.md 5.1). A short row lacks its last
columns (NULL); surplus fields become columns +1, +2; blank lines are no rows; repeated names
get #2, #3.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from verticalfile.tables.read.sniff import Decoded, decode
from verticalfile.tables.reading import Known, Reading, ReadTable, Reason

READER = "delimited/1"
DELIMITERS = (",", "\t", ";", "|")
SNIFF_RECORDS = 50
SMALL_BYTES = 1 << 20
"""Below this Python's csv is faster than starting a query."""
CELL_BYTES = 64 << 20
"""Python's default of 131,072 would refuse the geometry of a large lake."""
STEP_BYTES = 4 << 20
SENTINEL = "\x1fvf no null\x1f"
"""DuckDB needs a text that means NULL; a file that has it goes to csv."""

csv.field_size_limit(CELL_BYTES)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How records are cut: delimiter, names of the first record, length of what stands above row 1."""

    delimiter: str
    names: tuple[str, ...]
    header_chars: int


def read_delimited(body: bytes, *, name: str, known: Known) -> Reading:
    """Read delimited text; never raises for what the bytes are."""
    decoded = decode(body)
    dialect = sniff_dialect(decoded.text, known.newest.get("", ()))
    facts: dict[str, object] = {"delimiter": dialect.delimiter}
    if decoded.encoding == "utf-8-sig":
        facts["bom"] = True
    facts["line_end"] = _line_end(decoded.text, dialect.header_chars)
    reading = Reading("delimited", READER, encoding=decoded.encoding, facts=facts)
    refused = _refusal(dialect, known, name)
    if refused is not None:
        return _unreadable(reading, *refused)
    columns = named_once(dialect.names)
    large = len(body) > SMALL_BYTES and len(columns) > 1
    rows = _by_duckdb(body, decoded, dialect) if large else None
    repairs: tuple[str, ...] = ()
    if rows is None:
        rows, columns, repairs, cut = _by_csv(decoded.text, dialect, columns)
        if cut and known.newest.get(""):
            return _unreadable(reading, Reason.CUT_OFF, "the file ends inside a quoted field")
    table = ReadTable("", columns, rows)
    return Reading(
        "delimited", READER, (table,), encoding=decoded.encoding, repairs=repairs, facts=facts
    )


def _unreadable(reading: Reading, reason: Reason, detail: str) -> Reading:
    return Reading(
        reading.format, reading.reader, reason=reason, detail=detail, encoding=reading.encoding,
        facts=reading.facts,
    )  # fmt: skip


def sniff_dialect(text: str, newest: Sequence[str]) -> Dialect:
    """The delimiter under which the first records agree best; the names seen before decide ties."""
    head = text[:STEP_BYTES]
    best: tuple[tuple[bool, float, int], Dialect] | None = None
    for place, delimiter in enumerate(DELIMITERS):
        records, header_chars = _head_records(head, delimiter)
        names = tuple(records[0]) if records else ()
        same = sum(len(record) == len(names) for record in records) / max(len(records), 1)
        fits_known = bool(newest) and len(set(names) & set(newest)) * 2 > len(newest)
        score = (fits_known, same if len(names) > 1 else 0.0, -place)
        if best is None or score > best[0]:
            best = (score, Dialect(delimiter, names, header_chars))
    assert best is not None
    return best[1]


def _head_records(text: str, delimiter: str) -> tuple[list[list[str]], int]:
    """The first records that are not blank, and the characters up to the end of the first."""
    records: list[list[str]] = []
    lines = io.StringIO(text, newline="")
    consumed = 0

    def counted() -> Iterator[str]:
        nonlocal consumed
        for line in lines:
            consumed += len(line)
            yield line

    header_chars = 0
    try:
        for record in csv.reader(counted(), delimiter=delimiter):
            if record:
                records.append(record)
                header_chars = header_chars or consumed
            if len(records) >= SNIFF_RECORDS:
                break
    except csv.Error:
        pass
    return records, header_chars


def _line_end(text: str, header_chars: int) -> str:
    head = text[:header_chars]
    return "\r\n" if head.endswith("\r\n") else "\r" if head.endswith("\r") else "\n"


def _refusal(dialect: Dialect, known: Known, name: str) -> tuple[Reason, str] | None:
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
    if len(names) == 1 and len(newest) > 1:
        return Reason.NOT_TABLE, "one field where there were several"
    if len(names) == len(newest):
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
    text: str, dialect: Dialect, columns: tuple[str, ...]
) -> tuple[pa.Table, tuple[str, ...], tuple[str, ...], bool]:
    repairs: list[str] = []
    cut = False
    try:
        records = _records(text, dialect, strict=True)
    except csv.Error as error:
        cut = "unexpected end of data" in str(error)
        repairs.append(f"Read leniently: {error}.")
        records = _records(text, dialect, strict=False)
    width = len(columns)
    widths = set(map(len, records))
    if widths and widths != {width}:
        widest = max(widths)
        if widest > width:
            columns += tuple(f"+{n}" for n in range(1, widest - width + 1))
            repairs.append("Some rows have more fields than the header.")
            width = widest
        if min(widths) < len(dialect.names):
            repairs.append("Some rows have fewer fields than the header.")
        padded = [[*record, *[None] * (width - len(record))] for record in records]
        return _arrow(padded, width), columns, tuple(repairs), cut
    return _arrow(records, width), columns, tuple(repairs), cut


def _records(text: str, dialect: Dialect, *, strict: bool) -> list[list[str]]:
    reader = csv.reader(
        io.StringIO(text[dialect.header_chars :], newline=""),
        delimiter=dialect.delimiter,
        strict=strict,
    )
    return [record for record in reader if record]


def _arrow(records: Sequence[Sequence[str | None]], width: int) -> pa.Table:
    by_column = list(zip(*records, strict=True)) if records else [()] * width
    return pa.table({f"c{n}": pa.array(cells, pa.string()) for n, cells in enumerate(by_column)})


def _by_duckdb(body: bytes, decoded: Decoded, dialect: Dialect) -> pa.Table | None:
    """The rows, or None where DuckDB refuses, counts other rows, or may read otherwise than csv."""
    if decoded.encoding == "utf-8":
        rest = memoryview(body)[len(decoded.text[: dialect.header_chars].encode()) :]
    else:
        rest = memoryview(decoded.text[dialect.header_chars :].encode())
    quoted_late = dialect.delimiter.encode() + b' "'
    if quoted_late in body or b"\x00" in body or SENTINEL.encode() in body:
        return None  # a space before a quote and zero bytes are read in other ways by DuckDB
    columns = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(len(dialect.names)))
    with tempfile.TemporaryDirectory(prefix="vf-") as folder:
        path = Path(folder) / "rows.csv"
        path.write_bytes(rest)
        with duckdb.connect(":memory:", config=_config(folder)) as connection:
            try:
                # a relation without parameters goes to Arrow by all threads, uncopied
                rows = connection.sql(
                    f"SELECT * FROM read_csv({_literal(str(path))}, auto_detect=false, header=false,"
                    f" delim={_literal(dialect.delimiter)}, quote='\"', escape='\"',"
                    f" columns={{{columns}}}, nullstr={_literal(SENTINEL)}, strict_mode=true)"
                ).to_arrow_table()
            except duckdb.Error:
                return None
    return rows if rows.num_rows == count_records(rest) else None


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _config(folder: str) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "memory_limit": "1GB",
        "threads": 2,
        "temp_directory": folder,
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }


def count_records(body: memoryview) -> int:
    """Records that are not blank: line ends outside quotes, counted without a parser."""
    whole = body.obj if isinstance(body.obj, bytes) else bytes(body)
    start = len(whole) - len(body)
    if whole.find(b'"', start) < 0 and whole.find(b"\r", start) < 0:
        plain = _count_plain(body)
        if plain is not None:
            return plain
    count, inside, last = 0, 0, ord("\n")
    for start in range(0, len(body), STEP_BYTES):
        step = np.frombuffer(body[start : start + STEP_BYTES], dtype=np.uint8)
        before = np.concatenate([[last], step[:-1]])
        starts = ((before == 10) | (before == 13)) & (step != 10) & (step != 13)
        quotes = np.flatnonzero(step == 34)
        if len(quotes) or inside:
            opened = (np.searchsorted(quotes, np.flatnonzero(starts)) + inside) % 2
            count += int(np.count_nonzero(opened == 0))
            inside = (inside + len(quotes)) % 2
        else:
            count += int(np.count_nonzero(starts))
        last = int(step[-1])
    return count


def _count_plain(body: memoryview) -> int | None:
    """Records where neither quotes nor carriage returns are; None where a line is blank."""
    count, last = 0, -1
    for start in range(0, len(body), STEP_BYTES):
        step = np.frombuffer(body[start : start + STEP_BYTES], dtype=np.uint8)
        feeds = np.flatnonzero(step == 10)
        if len(feeds):
            if start + int(feeds[0]) == last + 1 or bool(np.any(np.diff(feeds) == 1)):
                return None
            count, last = count + len(feeds), start + int(feeds[-1])
    return count + (last + 1 < len(body))
