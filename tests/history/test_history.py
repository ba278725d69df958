"""The history against direct reading: as-of, changes, any order of ingest, epochs, compaction."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verticalfile.history import encoding, segments
from verticalfile.history.history import History
from verticalfile.history.ingest import NewOriginal

Rows = list[tuple[str | None, ...]]


def an_original(sha: str, names: tuple[str, ...], rows: Rows, **more: object) -> NewOriginal:
    table = pa.table(
        {f"c{n}": pa.array([row[n] for row in rows], pa.string()) for n in range(len(names))}
    )
    return NewOriginal(sha, "made/1", names, table, more.pop("renamed", {}), **more)


def ingest(history: History, *originals: NewOriginal) -> None:
    newest = (
        history.manifest.layout_of(len(history.manifest.ordinals))
        if history.manifest.ordinals
        else None
    )
    history.commit(history.prepare(history.plan(originals, newest)))


def content(history: History, ordinal: int) -> Counter[tuple[tuple[str, str | None], ...]]:
    with history.connect() as connection:
        found = connection.sql(history.as_of_sql(ordinal)).to_arrow_table().to_pylist()
    return Counter(tuple(sorted(row.items())) for row in found)


def expected(names: tuple[str, ...], rows: Rows) -> Counter[tuple[tuple[str, str | None], ...]]:
    return Counter(tuple(sorted(zip(names, row, strict=True))) for row in rows)


cells = st.sampled_from(["", "a", "b|1", "x\x1f", "ñ", "𝄞", None, "1", "line\nline"])
two_columns = st.lists(st.tuples(cells, cells), max_size=6)


@settings(max_examples=40)
@given(versions=st.lists(two_columns, min_size=1, max_size=6), cut=st.integers(0, 6))
def test_as_of_equals_a_direct_reading(
    versions: list[Rows], cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("history")
    history = History(folder / "h", "t", scratch=folder)
    new = [an_original(f"s{n}", ("one", "two"), rows) for n, rows in enumerate(versions)]
    for part in (new[:cut], new[cut:]):
        if part:
            ingest(history, *part)
    for n, rows in enumerate(versions, start=1):
        assert content(history, n) == expected(("one", "two"), rows)
        assert history.count_at(n) == len(rows)
    for a, b in ((1, len(versions)), (len(versions), 1)):
        removed, added = history.between(a, b)
        old, now = Counter(versions[a - 1]), Counter(versions[b - 1])
        assert Counter(_tuples(removed)) == old - now
        assert Counter(_tuples(added)) == now - old


def _tuples(table: pa.Table) -> list[tuple[str | None, ...]]:
    return [tuple(row.values()) for row in table.to_pylist()]


@settings(max_examples=60)
@given(row=st.lists(st.one_of(st.none(), st.text(max_size=5)), min_size=1, max_size=5))
def test_the_encoding_of_a_table_is_that_of_plain_python_and_can_be_undone(
    row: list[str | None],
) -> None:
    try:
        table = pa.table({f"c{n}": pa.array([v], pa.string()) for n, v in enumerate(row)})
    except UnicodeEncodeError:
        return
    (found,) = encoding.encoded_rows(table, table.column_names, has_kinds=False).to_pylist()
    assert found == encoding.encoded_row(row)
    assert encoding.decoded_row(found) == (row, None)
    digests = encoding.row_digests(table, table.column_names, has_kinds=False)
    assert digests.tobytes() == hashlib.sha256(found.encode()).digest()


def test_a_row_that_comes_and_goes_is_stored_once(tmp_path: Path) -> None:
    history = History(tmp_path / "h", "t", scratch=tmp_path)
    row: Rows = [("1", "x")]
    for n, times in enumerate((1, 3, 2, 0, 1)):
        ingest(history, an_original(f"s{n}", ("id", "v"), row * times))
    assert [history.count_at(n) for n in range(1, 6)] == [1, 3, 2, 0, 1]
    assert history.manifest.next_rid == 1
    [state] = history.row_states({"c0001": "1"})
    assert state.events == {1: 1, 2: 2, 3: -1, 4: -2, 5: 1}


def test_order_of_rows_and_of_columns_changes_nothing_in_the_history(tmp_path: Path) -> None:
    history = History(tmp_path / "h", "t", scratch=tmp_path)
    ingest(history, an_original("a", ("id", "v"), [("1", "x"), ("2", "y")]))
    ingest(history, an_original("b", ("v", "id"), [("y", "2"), ("x", "1")]))
    first, second = history.manifest.ordinals
    assert first.table_sha256 == second.table_sha256
    assert first.order_sha256 != second.order_sha256
    assert len(history.manifest.segments) == 1


def test_a_renamed_column_keeps_its_rows_and_its_old_name_can_name_another(tmp_path: Path) -> None:
    history = History(tmp_path / "h", "t", scratch=tmp_path)
    ingest(history, an_original("a", ("Agency", "v"), [("Fire", "1")]))
    ingest(
        history,
        an_original("b", ("Org", "v"), [("Fire", "1")], renamed={"Org": "Agency"}),
        an_original("c", ("Org", "Agency", "v"), [("Fire", "9", "1")]),
    )
    ids = [history.manifest.layout_of(n).ids for n in (1, 2, 3)]
    assert ids[0] == ids[1]
    assert ids[2][0] == ids[0][0]
    assert ids[2][1] not in ids[0]
    assert history.manifest.next_rid == 2  # one content of two columns, one of three
    assert content(history, 3) == expected(("Org", "Agency", "v"), [("Fire", "9", "1")])


def test_a_column_that_flaps_costs_its_rows_once(tmp_path: Path) -> None:
    history = History(tmp_path / "h", "t", scratch=tmp_path)
    for n in range(6):
        names = ("id", "extra") if n % 2 else ("id",)
        ingest(history, an_original(f"s{n}", names, [("1", "x")[: len(names)]]))
    assert history.manifest.next_rid == 2
    assert content(history, 6) == expected(("id", "extra"), [("1", "x")])
    assert content(history, 5) == expected(("id",), [("1",)])


def test_compaction_keeps_every_answer(tmp_path: Path) -> None:
    history = History(tmp_path / "h", "t", scratch=tmp_path)
    versions: list[Rows] = [[(str(k), str(k * n % 5)) for k in range(8)] for n in range(40)]
    for n, rows in enumerate(versions):
        ingest(history, an_original(f"s{n}", ("id", "v"), rows))
    assert len(history.manifest.segments) < 20
    assert len(list((tmp_path / "h").glob("*.parquet"))) == len(history.manifest.segments)
    for n, rows in enumerate(versions, start=1):
        assert content(history, n) == expected(("id", "v"), rows)


def test_a_volatile_column_is_not_part_of_a_row(tmp_path: Path) -> None:
    history = History(tmp_path / "h", "t", scratch=tmp_path)
    for n in range(3):
        new = an_original(f"s{n}", ("_id", "v"), [(str(n), "x")], dropped=frozenset({"_id"}))
        ingest(history, new)
    assert len({o.table_sha256 for o in history.manifest.ordinals}) == 1


def test_zero_rows_keep_the_columns(tmp_path: Path) -> None:
    history = History(tmp_path / "h", "t", scratch=tmp_path)
    ingest(history, an_original("a", ("id",), [("1",)]), an_original("b", (), []))
    assert history.manifest.layout_of(2).names == ("id",)
    assert content(history, 2) == Counter()


def test_a_thousand_columns_and_hostile_names_are_read_back(tmp_path: Path) -> None:
    history = History(tmp_path / "h", "t", scratch=tmp_path)
    names = ("_rid", "select", "", 'a"b', *(f"n{k}" for k in range(1000)))
    ingest(history, an_original("a", names, [tuple(str(k) for k in range(len(names)))]))
    assert history.count_at(1) == 1
    rows = history.rows_at(1)
    layout = history.manifest.layout_of(1)
    assert [rows.column(i)[0].as_py() for i in layout.ids] == [str(k) for k in range(len(names))]


@settings(max_examples=25)
@given(
    versions=st.lists(
        st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy")), max_size=5),
        min_size=2,
        max_size=5,
    )
)
def test_digests_that_are_stored_and_digests_that_are_worked_out_tell_the_same(
    versions: list[Rows],
) -> None:
    found = []
    for from_rows in (0, 3, 1_000_000):  # all stored, some stored, none
        with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            patch.setattr(segments, "DIGESTS_FROM_ROWS", from_rows)
            history = History(Path(folder) / "h", "t", scratch=Path(folder))
            for n, rows in enumerate(versions):
                wide = ("one", "two", *(("three",) if n == 2 else ()))
                padded: Rows = [(*row, "z")[: len(wide)] for row in rows]
                ingest(history, an_original(f"s{n}", wide, padded))
            numbers = range(1, len(versions) + 1)
            held = [s.digests for s in history.manifest.segments]
            assert all(held) if from_rows == 0 else not any(held) or from_rows == 3
            found.append(
                [(history.manifest.ordinals[n - 1], history.rows_at(n)) for n in numbers]
                + [(history.manifest.next_rid, None)]
            )
    assert found[0] == found[1] == found[2]


def test_a_changed_cell_is_found_though_file_and_manifest_agree(tmp_path: Path) -> None:
    history = History(tmp_path / "h", "t", scratch=tmp_path)
    for n in range(4):
        rows: Rows = [(str(k), "x" if k > n else "y") for k in range(5)] + [("twice", "z")] * 2
        ingest(history, an_original(f"s{n}", ("id", "v"), rows))
    assert history.damage(quick=False) == []
    segment = history.manifest.segments[0]
    path = history.folder / segment.file
    table = pq.read_table(path)
    cells = table.column("c0002").to_pylist()
    cells[cells.index("x")] = "forged"
    pq.write_table(table.set_column(table.column_names.index("c0002"), "c0002", [cells]), path)
    forged = replace(
        segment,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        size_bytes=path.stat().st_size,
    )
    history.manifest = history.manifest.with_(segments=(forged, *history.manifest.segments[1:]))
    (said,) = history.damage(quick=False)
    assert "versions are not those recorded" in said
    assert history.damage(quick=True) == []


def test_the_first_rows_are_found_although_the_first_ids_are_gone(tmp_path: Path) -> None:
    history = History(tmp_path / "h", "t", scratch=tmp_path)
    rows: Rows = [(str(n), "x") for n in range(400)]
    ingest(history, an_original("a", ("id", "v"), rows))
    ingest(history, an_original("b", ("id", "v"), rows[100:] + rows[:1] * 3))
    for ordinal, kept in ((1, rows), (2, rows[:1] * 3 + rows[100:])):
        for limit in (0, 1, 5, 60, 303, 1000):
            found = _tuples(history.rows_at(ordinal, limit=limit))
            assert found == kept[:limit]
