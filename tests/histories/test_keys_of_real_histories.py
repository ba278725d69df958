"""Keys and renames of the real series, found without being told."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from verticalfile.sources.past.git_history import blobs, open_repository
from verticalfile.tables.keys import find_key
from verticalfile.tables.read import read
from verticalfile.tables.reading import ReadTable
from verticalfile.tables.renames import SURE, find_renames

SERIES = {
    "calfire-incidents": ("v1-incidents", "v1-allyear", "v2"),
    "dotgov-federal": ("root", "dotgov-domains"),
    "fema-shelters": ("shelters",),
    "nyc-daily": ("rolling", "growing"),
    "nyc-modzcta": ("modzcta",),
    "toronto-bike-parking": ("osm", "racks", "highcap"),
}
ALSO_RIGHT = {("toronto-bike-parking", "highcap"): {"ID", "ADDRESS_POINT_ID"}}


class Series:
    """Versions of a series, read from the bundle as they are asked for."""

    def __init__(self, folder: Path, series: str, scratch: Path) -> None:
        self.expected = json.loads((folder / "expected.json").read_text())["series"][series]
        with open(folder / f"versions-{series}.csv", newline="") as handle:
            self.lines = list(csv.DictReader(handle))
        self.repository = open_repository(str(folder / f"{folder.name}.bundle"), scratch)

    def tables(self, lines: list[dict[str, str]]) -> list[ReadTable]:
        pointer = self.expected["record_pointer"]
        found = []
        for _, body in blobs(self.repository, [line["blob"] for line in lines], Path.cwd):
            reading = read(body, name=self.expected["path"])
            found.append(
                next(t for t in reading.tables if t.name == (pointer[-1] if pointer else ""))
            )
        return found

    def spread(self, low: int, high: int) -> list[ReadTable]:
        """Up to 24 non-empty readable versions with n from low to high, in neighbouring pairs."""
        fine = [
            line
            for line in self.lines
            if line["status"] == "ok" and line["rows"] != "0" and low <= int(line["n"]) <= high
        ]
        starts = [round(k * (len(fine) - 2) / 11) for k in range(12)] if len(fine) > 24 else []
        picks = sorted({p for s in starts for p in (s, s + 1)}) or range(len(fine))
        return self.tables([fine[p] for p in picks])


def unified(table: ReadTable) -> ReadTable:
    """Names that differ by case alone are one, as the archive has them by then."""
    names = tuple("Domain Name" if name == "Domain name" else name for name in table.columns)
    return ReadTable(table.name, names, table.rows)


def right_names(history: str, series: str, expected: dict[str, object]) -> list[set[str]]:
    parts = [set(part) for part in expected["key"]]
    return [part | ALSO_RIGHT.get((history, series), set()) for part in parts]


def test_the_key_of_every_real_series_is_found_without_being_told(shared, tmp_path):
    judged = []
    for history, names in SERIES.items():
        folder = shared / "fixtures" / "histories" / history
        for name in names:
            (tmp_path / f"{history}-{name}").mkdir()
            series = Series(folder, name, tmp_path / f"{history}-{name}")
            spans = [(1, 75), (76, 10**6)] if name == "osm" else [(1, 10**6)]
            answers = []
            for span in spans:
                tables = [unified(table) for table in series.spread(*span)]
                found = find_key(tables)
                wanted = right_names(history, name, series.expected)
                good = (
                    found is not None
                    and len(found.columns) == len(wanted)
                    and all(c in part for c, part in zip(found.columns, wanted, strict=True))
                    and all(set(found.columns) <= set(table.columns) for table in tables)
                )
                answers.append((good, found.confidence if found else 0.0))
            judged.append(
                (f"{history}/{name}", all(g for g, _ in answers), min(c for _, c in answers))
            )
    assert sum(good for _, good, _ in judged) == 12, judged
    sure = [good for _, good, confidence in judged if confidence >= 0.9]
    assert sum(sure) >= 0.8 * len(sure)


@pytest.fixture
def dotgov(shared, tmp_path) -> Series:
    return Series(shared / "fixtures" / "histories" / "dotgov-federal", "root", tmp_path)


def pair(series: Series, number: int) -> list[ReadTable]:
    return series.tables([series.lines[number - 2], series.lines[number - 1]])


def test_columns_renamed_by_case_alone_are_taken(dotgov):
    found = {(r.old, r.new) for r in find_renames(*pair(dotgov, 208)) if r.confidence >= SURE}
    assert found == {
        ("Domain Name", "Domain name"),
        ("Domain Type", "Domain type"),
        ("Security Contact Email", "Security contact email"),
    }


def test_a_name_reused_for_another_column_is_seen(dotgov):
    found = {(r.old, r.new) for r in find_renames(*pair(dotgov, 416)) if r.confidence >= SURE}
    assert found == {("Agency", "Organization name"), ("Organization name", "Suborganization name")}
