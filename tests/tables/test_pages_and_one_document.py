"""A list that came in pages and later as one document, or the other way: one table through time."""

from __future__ import annotations

import json
from pathlib import Path

from verticalfile.sources.pages import PagesFile
from verticalfile.tables.read import read
from verticalfile.tables.reading import Known, Reading, Reason

RECORDS = [{"id": "a", "title": "Trees", "licence": "CC0"}, {"id": "b", "title": "Parks"}]


def known_of(reading: Reading) -> Known:
    (table,) = reading.tables
    return Known(reading.format, {table.name: frozenset(table.columns)}, {table.name: table.columns})  # fmt: skip


def in_pages(folder: Path) -> Reading:
    with PagesFile(folder / "pages.zip", protocol="test", records=()) as pages:
        for record in RECORDS:
            pages.page(json.dumps([record]).encode())
    return read((folder / "pages.zip").read_bytes(), name="pages.zip")


def test_one_document_after_pages_of_such_records_is_read(tmp_path: Path) -> None:
    before = in_pages(tmp_path)
    found = read(json.dumps(RECORDS).encode(), name="list.json", known=known_of(before))
    assert (found.reason, [t.rows.num_rows for t in found.tables]) == (None, [2])


def test_another_document_after_pages_is_of_another_kind(tmp_path: Path) -> None:
    before = in_pages(tmp_path)
    layer = [{"currentVersion": 10, "name": "Trees", "type": "Feature Layer"}]
    found = read(json.dumps(layer).encode(), name="layer.json", known=known_of(before))
    assert (found.reason, found.detail) == (Reason.OTHER_KIND, "json where pages was before")
    found = read(b"id,title,licence\na,Trees,CC0\n", name="list.csv", known=known_of(before))
    assert found.reason is Reason.OTHER_KIND


def test_pages_after_one_document_are_read(tmp_path: Path) -> None:
    before = read(json.dumps(RECORDS).encode(), name="list.json")
    in_pages(tmp_path)
    body = (tmp_path / "pages.zip").read_bytes()
    assert read(body, name="pages.zip", known=known_of(before)).reason is None
