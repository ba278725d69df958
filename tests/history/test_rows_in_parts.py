"""Going through a version in parts gives its rows, each once, in the same order."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verticalfile.history import history as history_module
from verticalfile.history.history import History
from verticalfile.history.ingest import NewOriginal

SMALL = settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(autouse=True)
def parts_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_module, "PART_RIDS", 2)


def ingest(history: History, number: int, rows: list[tuple[str, str]]) -> None:
    columns = {f"c{n}": pa.array([row[n] for row in rows], pa.string()) for n in range(2)}
    new = NewOriginal(f"s{number}", "made/1", ("id", "name"), pa.table(columns), {})
    manifest = history.manifest
    newest = manifest.layout_of(len(manifest.ordinals)) if manifest.ordinals else None
    history.commit(history.prepare(history.plan([new], newest)))


cells = st.sampled_from(["", "a", "b", "c", "a longer one " * 9])
versions = st.lists(st.lists(st.tuples(cells, cells), max_size=14), min_size=1, max_size=4)


@SMALL
@given(versions=versions, part_bytes=st.sampled_from([1, 40, 200, 10_000]), limit=st.integers(0, 9))
def test_parts_and_beginnings_are_those_of_all_rows(
    versions, part_bytes: int, limit: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder: Path = tmp_path_factory.mktemp("history")
    history = History(folder / "t", "t", scratch=folder)
    for number, rows in enumerate(versions):
        ingest(history, number, rows)
    before, history_module.PART_BYTES = history_module.PART_BYTES, part_bytes
    try:
        for ordinal in range(1, len(versions) + 1):
            whole = history.rows_at(ordinal).to_pylist()
            parts = [row for part in history.parts_at(ordinal) for row in part.to_pylist()]
            assert parts == whole
            assert history.rows_at(ordinal, limit=limit).to_pylist() == whole[:limit]
    finally:
        history_module.PART_BYTES = before
