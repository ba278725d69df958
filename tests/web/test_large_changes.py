"""Of a large comparison only the rows of the page are read, and it says the same as the whole."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_room import Maker, lines

from verticalfile.services.archive import open_archive
from verticalfile.services.decisions import KeyChoice
from verticalfile.services.known.table_history import TableHistory
from verticalfile.services.reading.at_hand import Asked, at_hand
from verticalfile.services.reading.tables import differences as reading
from verticalfile.services.through_time import change_window
from verticalfile.services.visibility import Viewer

ROWS = 400


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """120 rows changed, 60 came, 40 went, one column holds what changed."""
    folder = tmp_path_factory.mktemp("large")
    maker = Maker(folder / "archive", folder / "sources")
    maker.add("a.csv", "calls", "Calls", key=["id"])
    row = "C-{:04},{},{}".format
    maker.collect(
        "calls", "a.csv", lines(*(row(n, n % 7, "open") for n in range(ROWS)), head="id,ward,state")
    )
    second = [row(n, n % 7, "closed" if n < 160 else "open") for n in range(40, ROWS + 60)]
    maker.collect("calls", "a.csv", lines(*second, head="id,ward,state"))
    maker.archive.index.close()
    return folder / "archive"


HEAD = "id,ward,state"


def rows_of(first: int, last: int, *, closed: int = 0, key: str = "C-{:04}") -> list[str]:
    return [
        f"{key.format(n)},{n % 7},{'closed' if n < closed else 'open'}" for n in range(first, last)
    ]


KINDS_OF_TABLES: dict[str, tuple[list[str], tuple[str, list[str]], tuple[str, list[str]]]] = {
    "without a key": ([], (HEAD, rows_of(0, ROWS)), (HEAD, rows_of(40, ROWS + 60, closed=160))),
    "with rows that stand twice": (
        [],
        (HEAD, rows_of(0, ROWS) * 2),
        (HEAD, rows_of(40, ROWS + 60, closed=160) + rows_of(0, ROWS)),
    ),
    "with keys that repeat": (
        ["id"],
        (HEAD, rows_of(0, ROWS) + rows_of(20, 60, key="C-{:03}x")),
        (HEAD, [f"{r[:6]},{r[7:]}" for r in rows_of(40, ROWS + 60, closed=160)]
         + [f"C-{n // 3:04},{n},again" for n in range(90)]),
    ),
    "where rows only come and go": (["id"], (HEAD, rows_of(0, ROWS)), (HEAD, rows_of(100, ROWS) + rows_of(900, 1200))),
    "where a column came": (
        ["id"],
        (HEAD, rows_of(0, ROWS)),
        (f"{HEAD},since", [f"{r},2024" for r in rows_of(40, ROWS + 60, closed=160)]),
    ),
    "where a column went, without a key": (
        [],
        (f"{HEAD},since", [f"{r},{n}" for n, r in enumerate(rows_of(0, ROWS) * 2)]),
        (HEAD, rows_of(40, ROWS + 60, closed=160)),
    ),
}  # fmt: skip


@pytest.fixture(scope="module", params=KINDS_OF_TABLES)
def other(request, tmp_path_factory):
    """Tables of which every kind of difference was once read whole."""
    folder = tmp_path_factory.mktemp("other")
    maker = Maker(folder / "archive", folder / "sources")
    key, *versions = KINDS_OF_TABLES[request.param]
    maker.add("a.csv", "calls", "Calls", **({"key": key} if key else {}))
    for head, rows in versions:
        maker.collect("calls", "a.csv", lines(*rows, head=head))
    maker.archive.index.close()
    archive = open_archive(folder / "archive")
    here = at_hand(archive, Asked("calls"), viewer=Viewer.PUBLIC)
    yield archive, here, reading.base_of(here, "")
    archive.index.close()


def test_other_tables_are_read_by_the_page_too_and_say_the_same(other, monkeypatch):
    for kind in ("", "changed", "added", "vanished"):
        with monkeypatch.context() as patched:
            whole, all_rows = every_page(other, kind)
            assert not whole.is_window
            patched.setattr(reading, "WINDOWED_ROWS", 50)
            patched.setattr(TableHistory, "changes", lambda *_: pytest.fail("read whole"))
            window, shown = every_page(other, kind)
        assert window.is_window
        assert sorted(shown, key=repr) == sorted(all_rows, key=repr)
        assert window.counts == replace(whole.counts, cells=0)
        assert window.compared.changes.columns_added == whole.compared.changes.columns_added
        assert window.compared.changes.columns_removed == whole.compared.changes.columns_removed
    assert window.counts.old - window.counts.vanished + window.counts.added == window.counts.new


def test_what_differs_is_found_without_reading_what_does_not(other, monkeypatch):
    """Where columns came or went, too: the whole of both sides says the same."""
    _, here, old = other
    table, new = here.history, here.ordinal
    before = table.ordinal_of(old.sha256)
    key = KeyChoice((tuple(here.table.key),), "given", None) if here.table.key else None
    short = table.changes(before, new, key)
    sides = table.rows_at(before), table.rows_at(new)
    monkeypatch.setattr(TableHistory, "_sides", lambda *_: sides)
    whole = table.changes(before, new, key)
    for part in ("added", "removed"):
        assert sorted(getattr(short, part)) == sorted(getattr(whole, part))
    assert sorted((r.old, r.new) for r in short.changed) == sorted((r.old, r.new) for r in whole.changed)  # fmt: skip
    assert (short.columns, short.columns_added, short.columns_removed) == (whole.columns, whole.columns_added, whole.columns_removed)  # fmt: skip


@pytest.fixture
def opened(large):
    archive = open_archive(large)
    here = at_hand(archive, Asked("calls"), viewer=Viewer.PUBLIC)
    yield archive, here, reading.base_of(here, "")
    archive.index.close()


def every_page(opened, kind: str):
    found, page = [], 1
    while True:
        told = reading.differences(*opened, kind=kind, page=page)
        found += [(r.kind, r.key, r.cells, r.more_cells) for r in told.rows]
        if page >= told.pages:
            return told, found
        page += 1


@pytest.mark.parametrize("kind", ["", "changed", "added", "vanished"])
def test_its_pages_and_numbers_are_those_of_the_whole(opened, monkeypatch, kind):
    whole, all_rows = every_page(opened, kind)
    assert not whole.is_window
    monkeypatch.setattr(reading, "WINDOWED_ROWS", 50)
    read: list[int] = []
    rows_of = change_window._rows
    monkeypatch.setattr(
        change_window, "_rows", lambda t, rids, *a: read.append(len(rids)) or rows_of(t, rids, *a)
    )
    monkeypatch.setattr(TableHistory, "changes", lambda *_: pytest.fail("read whole"))
    window, shown = every_page(opened, kind)
    assert window.is_window
    assert sorted(shown, key=repr) == sorted(all_rows, key=repr)
    assert [kind for kind, *_ in shown] == [kind for kind, *_ in all_rows]
    assert (window.counts.old, window.counts.new) == (whole.counts.old, whole.counts.new)
    assert window.counts.changed == whole.counts.changed == 120
    assert (window.counts.added, window.counts.vanished) == (60, 40)
    assert window.counts.same == whole.counts.same
    assert max(read) <= 2 * reading.A_PAGE  # both sides of the rows of a page
    assert window.pages == whole.pages


def test_a_page_beyond_the_last_is_the_last(opened, monkeypatch):
    monkeypatch.setattr(reading, "WINDOWED_ROWS", 50)
    told = reading.differences(*opened, page=99)
    assert told.page == told.pages == 5
    assert len(told.rows) == 20


def test_its_page_says_what_is_not_told_apart_and_leads_through_all(large, enter, monkeypatch):
    monkeypatch.setattr(reading, "WINDOWED_ROWS", 50)
    room = enter(large)
    text = room.get("/d/calls/changes/").content.decode()
    assert "those only written differently count as changed" in text
    assert "Rows 1 to 50 of 220." in text
    assert "60 rows added, 40 rows vanished, 120 rows changed, 240 rows the same." in text
    text = room.get("/d/calls/changes/?kind=vanished").content.decode()
    assert "Rows 1 to 40 of 40." in text
    assert "C-0039" in text
    assert "by_column" not in text


def test_rows_that_all_changed_are_read_by_the_page_too(tmp_path, enter, monkeypatch):
    """Where all are changed, a whole comparison could tell those of form alone; a page does not."""
    monkeypatch.setattr(reading, "WINDOWED_ROWS", 50)
    maker = Maker(tmp_path / "archive", tmp_path / "sources")
    maker.add("a.csv", "calls", "Calls", key=["id"])
    for state in ("open", "OPEN"):
        rows = [f"C-{n:04},{state}" for n in range(80)]
        maker.collect("calls", "a.csv", lines(*rows, head="id,state"))
    maker.archive.index.close()
    text = enter(tmp_path / "archive").get("/d/calls/changes/").content.decode()
    assert "80 rows changed" in text
    assert "those only written differently count as changed" in text
