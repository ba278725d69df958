"""Civic data is not taken for data of persons: the made-up town and the real histories."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from pathlib import Path

import pytest

from verticalfile.rights.persons import SAMPLE_ROWS, flags_in
from verticalfile.services.archive import open_archive
from verticalfile.services.known.withheld import withholding_in

HISTORIES = (
    "calfire-incidents", "dotgov-federal", "fema-shelters", "nyc-daily", "nyc-modzcta",
    "toronto-bike-parking",
)  # fmt: skip
LOOKS = 5
"""Versions of each file that are looked at, from first to last."""


def table_in(raw: bytes) -> tuple[list[str], dict[str, list[str | None]]]:
    """Columns and the first cells of a file, read without the program under test."""
    if raw.lstrip()[:1] in (b"[", b"{"):
        body = json.loads(raw)
        if isinstance(body, dict):
            lists = [
                v for v in body.values() if isinstance(v, list) and v and isinstance(v[0], dict)
            ]
            body = lists[0] if lists else []
        rows = [
            {**each["properties"], "geometry": each["geometry"]} if each.get("type") == "Feature" else each
            for each in body[:SAMPLE_ROWS]
        ]  # fmt: skip
        columns = list(dict.fromkeys(name for row in rows for name in row))
        text = {name: [_text(row.get(name)) for row in rows] for name in columns}
        return columns, text
    reader = csv.reader(io.StringIO(raw.decode("utf-8", "replace")))
    columns = next(reader)
    rows = [row for _, row in zip(range(SAMPLE_ROWS), reader, strict=False)]
    return columns, {n: [r[i] if i < len(r) else None for r in rows] for i, n in enumerate(columns)}


def _text(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def git(folder: Path, *words: str) -> bytes:
    return subprocess.run(
        ["git", "-C", str(folder), *words], capture_output=True, check=True
    ).stdout


@pytest.mark.parametrize("history", HISTORIES)
def test_no_table_of_a_real_history_is_flagged(shared, tmp_path, history):
    bundle = shared / "fixtures" / "histories" / history / f"{history}.bundle"
    subprocess.run(["git", "clone", "-q", str(bundle), str(tmp_path / "work")], check=True)
    work = tmp_path / "work"
    names = set(git(work, "log", "--all", "--name-only", "--format=").decode().splitlines())
    paths = sorted(n for n in names if n.endswith((".csv", ".json", ".geojson")))
    looked = 0
    for path in paths:
        commits = git(work, "log", "--all", "--format=%H", "--", path).decode().split()
        for commit in commits[:: max(1, len(commits) // LOOKS)]:
            try:
                columns, cells = table_in(git(work, "show", f"{commit}:{path}"))
            except (ValueError, StopIteration, KeyError, TypeError, AttributeError,
                    subprocess.CalledProcessError):  # fmt: skip
                continue  # files that are no tables, or not there, are told of elsewhere
            looked += 1
            assert flags_in(columns, cells) == (), (path, commit)
    assert looked >= 5


def test_no_dataset_of_the_made_up_town_is_withheld(alder_falls):
    archive = open_archive(alder_falls[0])
    resources = archive.index.resources()
    assert len(resources) >= 8
    for resource in resources:
        found = withholding_in(archive.index.events([resource.id]))
        assert found.columns == (), resource.dataset
