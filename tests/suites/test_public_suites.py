"""Public suites of odd and broken files, each read by our readers. See DIFFERENCES.md."""

from __future__ import annotations

import csv
import io
import json
import time

from verticalfile.tables.read import read
from verticalfile.tables.read.json_text import parse
from verticalfile.tables.reading import ReadTable

EXCEL_AND_HTML = (".xlsx", ".xls", ".ods", ".html")


def rows_of(table: ReadTable) -> list[dict[str, str]]:
    columns = [table.rows.column(f"c{n}").to_pylist() for n in range(len(table.columns))]
    return [dict(zip(table.columns, row, strict=True)) for row in zip(*columns, strict=True)]


def test_csv_spectrum_reads_as_its_json_says(shared):
    folder = shared / "fixtures" / "suites" / "csv-spectrum"
    files = sorted((folder / "csvs").glob("*.csv"))
    for path in files:
        expected = json.loads((folder / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))
        reading = read(path.read_bytes(), name=path.name)
        assert reading.reason is None, path.name
        assert rows_of(reading.tables[0]) == expected, path.name
    assert len(files) == 11


def test_json_parsing_accepts_and_refuses_as_the_standard_says(suite):
    verdicts = {"y": [], "n": [], "i": []}
    for path in sorted((suite("json-parsing") / "test_parsing").glob("*.json")):
        kind = path.name[0]
        try:
            parse(path.read_bytes().decode("utf-8"))
        except ValueError:
            verdicts[kind].append(False)
        else:
            verdicts[kind].append(True)
        reading = read(path.read_bytes(), name=path.name)  # no crash on any of them
        assert reading.tables or reading.reason
    assert verdicts["y"] == [True] * 95
    assert verdicts["n"] == [False] * 188
    assert len(verdicts["i"]) == 35


def test_every_odd_tabular_file_is_a_table_or_has_a_reason(suite):
    files = [p for p in sorted((suite("tabular-files") / "data").iterdir()) if p.is_file()]
    tables, reasons = 0, {}
    for path in files:
        started = time.monotonic()
        reading = read(path.read_bytes(), name=path.name)
        assert time.monotonic() - started < 20, path.name
        if reading.reason is None:
            tables += 1
            assert reading.tables, path.name
        else:
            reasons[path.name] = str(reading.reason)
            assert reading.detail, path.name
    assert len(files) >= 150
    readable = {p.name for p in files if not p.name.endswith(EXCEL_AND_HTML)}
    unread = {name: why for name, why in reasons.items() if name in readable}
    assert set(unread) <= UNREAD, unread
    assert tables >= len(readable) - len(UNREAD)


UNREAD = {"empty.csv", "invalid.json", "text.txt", "file.txt", "data.json"}
"""Empty, no JSON, prose, or JSON without a list of records: kept as files with the reason."""


def test_delimited_ones_hold_the_rows_of_a_plain_reader(suite):
    """Where Python's csv with the same dialect sees even rows, ours are the same, below the lines
    that only explain the table."""
    compared = 0
    explained = set()
    for path in sorted((suite("tabular-files") / "data").glob("*.csv")):
        reading = read(path.read_bytes(), name=path.name)
        if reading.reason is not None or reading.repairs:
            continue
        text = path.read_bytes().decode(reading.encoding or "utf-8").removeprefix("\ufeff")
        delimiter = str(reading.facts["delimiter"])
        records = [r for r in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if r]
        ours = [list(row.values()) for row in rows_of(reading.tables[0])]
        lines_above = int(str(reading.facts.get("lines_above", 0)))
        assert "header_lines" not in reading.facts, path.name
        assert ours == records[lines_above + 1 :], path.name
        explained |= {path.name} if lines_above else set()
        compared += 1
    assert compared >= 60
    assert explained == EXPLAINED


EXPLAINED = {"country-2.csv", "matrix-with-comment.csv", "skip-rows-before-headers.csv"}
"""Files whose table stands below a line that explains it."""


def test_leading_zeros_stay_text(suite):
    path = suite("tabular-files") / "data" / "leading-zeros.csv"
    cells = [
        v
        for row in rows_of(read(path.read_bytes(), name=path.name).tables[0])
        for v in row.values()
    ]
    assert any(v and v.startswith("0") and len(v) > 1 for v in cells)
