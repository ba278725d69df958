"""The Python API gives what the command line gives, as Arrow, pandas, polars or DuckDB."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import verticalfile as library
from verticalfile.kernel.clock import SetClock
from verticalfile.services.archive import init
from verticalfile.services.collecting import backfill
from verticalfile.services.datasets import adding
from verticalfile.services.names import NotHeld


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "dated"
    folder.mkdir()
    (folder / "permits-2021-01-10.csv").write_text("id,value\n1,10\n2,20\n")
    (folder / "permits-2021-04-10.csv").write_text("id,value\n1,10\n2,25\n3,30\n")
    made = init(tmp_path / "a", clock=SetClock(datetime(2022, 1, 1, tzinfo=UTC)))
    resource = adding.add(made, str(folder), name="permits", key=["id"])[0]
    backfill.from_folder(made, lambda: resource, folder)
    return made.root


def test_as_of_gives_the_table_in_every_form(archive: Path) -> None:
    then = library.open(archive).dataset("permits").as_of("2021-03")
    rows = [{"id": "1", "value": "10"}, {"id": "2", "value": "20"}]
    assert then.rows() == rows
    assert then.arrow().to_pylist() == rows
    assert then.pandas().to_dict("records") == rows
    assert then.polars().to_dicts() == rows
    assert then.duckdb().fetchall() == [("1", "10"), ("2", "20")]
    assert then.original() == b"id,value\n1,10\n2,20\n"
    assert then.version.number == 1


def test_changes_rows_and_sql_are_there_too(archive: Path) -> None:
    held = library.open(archive)
    assert held.datasets() == ["permits"]
    permits = held.dataset("permits")
    found = permits.changes("2021-03", "2021-05").changes
    assert [row.cells for row in found.changed] == [{"value": ("20", "25")}]
    assert len(permits.row("2").moments) == 2
    assert held.sql("SELECT sum(value::INT) AS s FROM permits", at="2021-03").to_pylist() == [
        {"s": 30}
    ]
    with pytest.raises(NotHeld):
        permits.as_of("2020")


def test_datasets_are_found_and_what_happened_is_told(archive: Path) -> None:
    made = library.open(archive)
    assert [hit.dataset for hit in made.search("value").hits] == ["permits"]
    assert made.search("value", format=["Parquet"]).total == 0
    assert [entry.register for entry in made.lately("changed").entries] == ["changed"]
