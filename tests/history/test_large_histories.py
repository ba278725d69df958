"""An original whose rows do not fit in memory makes the history that it makes in memory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verticalfile.history import history as history_module
from verticalfile.history import segments
from verticalfile.history.history import History
from verticalfile.history.ingest import NewOriginal
from verticalfile.history.views import buckets, large
from verticalfile.history.views.buckets import Buckets, sorting_order
from verticalfile.tables import stored
from verticalfile.tables.stored import RowWriter

SMALL = settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "BUCKET_ROWS", 3)
    monkeypatch.setattr(large, "EVENT_ROWS", 2)
    monkeypatch.setattr(large, "GROUP_BYTES", 60)
    monkeypatch.setattr(large, "WIDE_ROW_BYTES", 0)
    monkeypatch.setattr(stored, "PART_BYTES", 50)


def an_original(sha: str, names: tuple[str, ...], rows: list[tuple[str | None, ...]]):
    columns = {f"c{n}": pa.array([r[n] for r in rows], pa.string()) for n in range(len(names))}
    return NewOriginal(sha, "made/1", names, pa.table(columns), {})


def as_stored(new: NewOriginal, folder: Path, part_rows: int) -> NewOriginal:
    """The same with its rows in a file, of which `rows` are the first alone."""
    writer = RowWriter(folder / f"rows-{new.original_sha256}")
    for start in range(0, max(new.rows.num_rows, 1), part_rows):
        writer.write(new.rows.slice(start, part_rows))
    return replace(new, rows=new.rows.slice(0, 2), stored=writer.stored())


def ingest(history: History, *new: NewOriginal) -> None:
    manifest = history.manifest
    newest = manifest.layout_of(len(manifest.ordinals)) if manifest.ordinals else None
    history.commit(history.prepare(history.plan(new, newest)))


def told(history: History) -> object:
    manifest = history.manifest
    rows = [history.rows_at(n).to_pylist() for n in range(1, len(manifest.ordinals) + 1)]
    return manifest.next_rid, manifest.ordinals, manifest.layouts, rows


cells = st.sampled_from(["", "a", "b", "c", "ñ", None, "1"])
a_table = st.lists(st.tuples(cells, cells), max_size=9)


@SMALL
@given(
    versions=st.lists(a_table, min_size=1, max_size=6),
    which=st.lists(st.booleans(), min_size=6, max_size=6),
    part_rows=st.integers(1, 4),
    digests_from=st.sampled_from([0, 5, 1000]),
)
def test_both_ways_make_the_same_history(
    versions, which, part_rows: int, digests_from: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("history")
    old, segments.DIGESTS_FROM_ROWS = segments.DIGESTS_FROM_ROWS, digests_from
    try:
        here = History(folder / "memory", "t", scratch=folder)
        there = History(folder / "stored", "t", scratch=folder)
        for n, rows in enumerate(versions):
            names = ("one", "two") if n != 3 else ("one", "three")
            new = an_original(f"s{n}", names, rows)
            ingest(here, new)
            ingest(there, as_stored(new, folder, part_rows) if which[n] else new)
    finally:
        segments.DIGESTS_FROM_ROWS = old
    assert told(there) == told(here)
    assert there.damage(quick=False) == []
    assert [s.dense for s in there.manifest.segments] == [s.dense for s in here.manifest.segments]


def test_a_large_original_among_small_ones_of_a_batch_makes_the_same_history(
    tmp_path: Path,
) -> None:
    rows = [("1", "x"), ("2", "y"), ("1", "x")]
    new = [an_original(f"s{n}", ("id", "v"), [*rows[n % 2 :], (str(n), "z")]) for n in range(6)]
    here = History(tmp_path / "here", "t", scratch=tmp_path)
    there = History(tmp_path / "there", "t", scratch=tmp_path)
    ingest(here, *new)
    ingest(there, *(as_stored(o, tmp_path, 2) if n in (1, 2, 4) else o for n, o in enumerate(new)))
    assert [(o.rows, o.table_sha256, o.order_sha256) for o in there.manifest.ordinals] == [
        (o.rows, o.table_sha256, o.order_sha256) for o in here.manifest.ordinals
    ]
    for n in range(1, 7):
        assert sorted(map(str, there.rows_at(n).to_pylist())) == sorted(
            map(str, here.rows_at(n).to_pylist())
        )
    assert [p for p in tmp_path.iterdir() if p.name.startswith("tmp")] == []


def test_small_originals_that_meet_a_long_history_make_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [("1", "x"), ("2", "y"), ("1", "x"), ("3", None)]
    new = [an_original(f"s{n}", ("id", "v"), rows[n % 3 :] * (1 + n % 2)) for n in range(6)]
    here = History(tmp_path / "here", "t", scratch=tmp_path)
    there = History(tmp_path / "there", "t", scratch=tmp_path)
    for each in new:
        ingest(here, each)
    monkeypatch.setattr(history_module, "MANY_ROWS", -1)
    for each in new:
        ingest(there, each)
    assert told(there) == told(here)


def test_kinds_of_json_go_with_their_rows(tmp_path: Path) -> None:
    rows = pa.table({"c0": ["1", "1", None], "c1": ["x", None, "z"], "_kinds": ["ns", "sm", "zs"]})
    new = NewOriginal("s", "made/1", ("b", "a"), rows, {})
    here = History(tmp_path / "here", "t", scratch=tmp_path)
    there = History(tmp_path / "there", "t", scratch=tmp_path)
    ingest(here, new)
    ingest(there, as_stored(new, tmp_path, 1))
    assert told(there) == told(here)


@given(st.lists(st.binary(min_size=2, max_size=2), max_size=40), st.integers(1, 9))
def test_buckets_give_back_all_digests_in_order(short: list[bytes], count: int) -> None:
    digests = np.array([s * 16 for s in short], dtype="S32")
    filled = Buckets(Path("/tmp"), count)
    numbers = np.arange(len(digests), dtype=np.int64)
    for part in np.array_split(numbers, 3):
        filled.add(digests[part], part)
    found = list(filled.in_order())
    assert len(found) == count
    filled.sort()
    again = [(d.tolist(), n.tolist()) for d, n in filled.in_order()]
    assert again == [(d.tolist(), n.tolist()) for d, n in found]
    places = np.concatenate([n for _, n in found])
    assert places.tolist() == sorted(numbers.tolist(), key=lambda n: (short[n] * 16, n))
    assert b"".join(d.tobytes() for d, _ in found) == b"".join(sorted(s * 16 for s in short))


def test_digests_made_to_begin_alike_are_sorted_by_all_their_bytes() -> None:
    alike = np.array([b"12345678" + bytes([n]) * 24 for n in (9, 1, 5, 1)], dtype="S32")
    assert sorting_order(alike).tolist() == [1, 3, 2, 0]
