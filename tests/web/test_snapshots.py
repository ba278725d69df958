"""Snapshots of large tables: bounded, deletable, gone with what is destroyed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time

import pytest
from made_room import Maker, lines
from pages import OLD

from verticalfile.history import manifest
from verticalfile.history.history import History
from verticalfile.history.views import column_shapes, open_snapshots, snapshot
from verticalfile.history.views.column_facts import count_facts, known_facts
from verticalfile.history.views.laying_out import all_laid_out, lay_out_later
from verticalfile.history.views.lenses import Lens
from verticalfile.history.views.pages import Sort, View, page
from verticalfile.services.archive import open_archive
from verticalfile.services.deciding import two_people
from verticalfile.services.reading.at_hand import Asked, at_hand
from verticalfile.services.reading.tables import table as reading
from verticalfile.services.visibility import Viewer
from verticalfile.web import heavy


@pytest.fixture(autouse=True)
def every_table_is_large(monkeypatch):
    monkeypatch.setattr(snapshot, "WORTH_ROWS", 0)


@pytest.fixture
def own(own):
    """Without the snapshots that other tests left in the archive it is a copy of."""
    for path in own.glob("history/*/snap-*"):
        path.unlink()
    return own


@pytest.fixture(autouse=True)
def nothing_is_left_in_hand():
    yield
    all_laid_out()


def snapshots(archive) -> set[str]:
    """Those that are there once everything in hand is done."""
    all_laid_out()
    return {path.name for path in archive.glob("history/*/snap-*")}


def test_the_snapshots_read_least_lately_make_room(own, enter, monkeypatch):
    room = enter(own)
    for moment in (OLD, "@20240131T150000Z", "@20240320T150000Z"):
        assert room.get(f"/d/street-trees/{moment}/table/").status_code == 200
        held = snapshots(own)
    assert len(held) == 3
    room.get(f"/d/street-trees/{OLD}/table/")
    one = next(own.glob("history/*/snap-*")).stat().st_size
    monkeypatch.setattr(snapshot, "TOGETHER_BYTES", 2 * one)
    room.get("/d/street-trees/table/")
    left = snapshots(own)
    assert len(left & held) == 2
    assert len(left) == 3


def test_a_snapshot_that_is_damaged_or_deleted_is_made_again(own, enter):
    room = enter(own)
    sorted_rows = "/d/street-trees/table/?sort=height"
    room.get(sorted_rows)
    all_laid_out()
    first = room.get(sorted_rows).content
    for path in own.glob("history/*/snap-*"):
        path.write_bytes(b"not a database")
    assert room.get(sorted_rows).content == first
    for path in own.glob("history/*/snap-*"):
        path.unlink()
    assert room.get(sorted_rows).content == first
    assert len(snapshots(own)) == 1


def test_what_a_crash_left_half_made_is_removed(own, enter):
    folder = next(own.glob("history/*"))
    left, young = (folder / f"snap-1-x.duckdb.building-{n}" for n in ("old", "new"))
    for path in (left, young):
        path.write_bytes(b"half")
    os.utime(left, (1, 1))
    enter(own).get("/d/street-trees/table/")
    all_laid_out()
    assert not left.exists()
    assert young.exists()


def test_nothing_of_a_destroyed_version_is_left_in_what_pages_made(own, enter):
    """Tree T-010 stood in the first version alone; its pages were read before."""
    room = enter(own)
    assert b"T-010" in room.get(f"/d/street-trees/{OLD}/table/").content
    assert room.get(f"/d/street-trees/{OLD}/").status_code == 200
    assert snapshots(own)
    archive = open_archive(own)
    two_people.ask(
        archive, "street-trees", version="v1", by="Ann Poe", reason="law", authority="court"
    )
    two_people.confirm(archive, "street-trees", version="v1", by="Bob Roe")
    archive.index.close()
    for path in own.rglob("*"):
        assert path.is_dir() or b"T-010" not in path.read_bytes(), path
    text = room.get(f"/d/street-trees/{OLD}/table/").content.decode()
    assert "The library destroyed this version." in text
    assert "It was decided by two people." in text
    for address in ("/changes/withdrawn/", "/changes/withdrawn/feed.json", "/d/street-trees/time/"):
        told = room.get(address).content.decode()
        assert "Ann Poe" not in told + text
        assert "Bob Roe" not in told + text
    assert "It was decided by two people." in room.get("/changes/withdrawn/").content.decode()


def test_a_page_is_answered_before_the_version_is_laid_out_and_says_what_is_not_counted(own, enter):
    room = enter(own)
    for path in own.glob("history/*/facts-*"):
        path.unlink()
    waiting = "The values are being read and counted."
    first = room.get(f"/d/street-trees/{OLD}/table/").content.decode()
    assert waiting in first
    all_laid_out()
    second = room.get(f"/d/street-trees/{OLD}/table/").content.decode()
    assert waiting not in second
    assert "different values" in second
    rows = [re.search("<table.*</table>", page, re.S) for page in (first, second)]
    assert rows[0][0] == rows[1][0]


def test_what_is_laid_out_of_a_history_that_is_made_again_meanwhile_does_not_stay(own):
    folder = next(own.glob("history/*/manifest.json")).parent
    former = History(folder, folder.name, scratch=own)
    for path in folder.glob("facts-*"):
        path.unlink()
    with snapshot.rows_in_memory(former, 1) as connection:
        manifest.save(folder, former.manifest.with_(ordinals=former.manifest.ordinals[1:]))
        snapshot.write(former, 1, {}, connection)
        count_facts(former, 1, connection)
    assert not snapshot.place_of(former, 1).exists()
    assert known_facts(former, 1) is None


def test_many_readers_read_several_snapshots_at_once(own, enter, monkeypatch):
    monkeypatch.setattr(heavy, "WAIT_S", 120.0)
    room = enter(own)
    moments = (OLD, "@20240131T150000Z", "@20240320T150000Z")
    for moment in moments:
        room.get(f"/d/street-trees/{moment}/table/")
        all_laid_out()
    alone = {m: room.get(f"/d/street-trees/{m}/table/?sort=height").content for m in moments}
    for path in own.glob("history/*/snap-*"):
        path.unlink()
    found: list[tuple[str, bytes]] = []

    def read(moment: str) -> None:
        found.append((moment, room.get(f"/d/street-trees/{moment}/table/?sort=height").content))

    readers = [threading.Thread(target=read, args=(moments[n % 3],)) for n in range(12)]
    for each in readers:
        each.start()
    for each in readers:
        each.join()
    assert len(found) == 12
    assert all(content == alone[moment] for moment, content in found)


def test_the_page_of_a_dataset_does_not_wait_until_its_values_are_counted(own, enter):
    room = enter(own)
    for path in own.glob("history/*/facts-*"):
        path.unlink()
    waiting = "The values are being read and counted."
    first = room.get(f"/d/street-trees/{OLD}/").content.decode()
    assert waiting in first
    all_laid_out()
    second = room.get(f"/d/street-trees/{OLD}/").content.decode()
    assert waiting not in second
    heads = [re.findall(r'<th scope="row">(.*?)</th>', each) for each in (first, second)]
    assert heads[0] == heads[1]
    assert len(heads[0]) == 5


def cells(page: str) -> list[str]:
    """The texts of a table, whatever its columns look like."""
    body = re.search("<tbody.*</tbody>", page, re.S)
    return re.findall(r">([^<>\n]+)<", body[0]) if body else []


def test_rows_are_sorted_alike_before_and_after_a_version_is_laid_out(tmp_path, enter, monkeypatch):
    """`size` looks like a number in the first rows, which are all that is looked at for a page
    that is not sorted by it."""
    monkeypatch.setattr(column_shapes, "SAMPLE_ROWS", 20)
    maker = Maker(tmp_path / "archive", tmp_path / "sources")
    maker.add("a.csv", "calls", "Calls", key=["id"])
    rows = [f"C-{n:03},{n},{'none' if n == 90 else 1000 - n}" for n in range(100)]
    maker.collect("calls", "a.csv", lines(*rows, head="id,place,size"))
    maker.archive.index.close()
    room = enter(tmp_path / "archive")
    addresses = [f"/d/calls/table/?{asked}" for asked in ("sort=size", "sort=size&dir=down", "sort=place", "from.place=80", "is.size=none")]  # fmt: skip
    with monkeypatch.context() as patched:
        patched.setattr(reading, "lay_out_later", lambda *_: None)
        before = [room.get(each).content.decode() for each in addresses]
    assert not snapshots(tmp_path / "archive")
    room.get("/d/calls/table/")
    assert snapshots(tmp_path / "archive")
    after = [room.get(each).content.decode() for each in addresses]
    assert [cells(each) for each in before] == [cells(each) for each in after]
    assert cells(before[1])[:3] == ["C-090", "90", "none"]  # as text it is the last


@pytest.mark.parametrize("is_sorted", [False, True])
def test_a_page_goes_on_where_the_one_before_ended_whichever_of_the_two_told_it(
    own, monkeypatch, is_sorted
):
    """The rows of the newest version are not the first ones that were ever seen."""
    archive = open_archive(own)
    here = at_hand(archive, Asked("street-trees"), viewer=Viewer.PUBLIC)
    history, ordinal = here.history.history, here.ordinal
    columns = history.manifest.layout_of(ordinal).ids
    view = View(columns, sort=Sort(columns[1], Lens.TEXT, descending=True) if is_sorted else None)
    lay_out_later(history, ordinal)
    all_laid_out()

    def rows_of(is_laid_out) -> list[tuple[str | None, ...]]:
        found, after = [], None
        for turn in range(100):
            with monkeypatch.context() as patched:
                if not is_laid_out(turn):
                    patched.setattr(snapshot, "place_of", lambda *_: own / "nowhere")
                told = page(history, ordinal, view, limit=7, after=after)
            found += told.rows
            after = told.last
            if after is None:
                return found
        pytest.fail("its pages have no end")

    alone = rows_of(lambda turn: False)
    assert len(alone) == history.manifest.ordinals[ordinal - 1].rows > 14
    assert rows_of(lambda turn: True) == alone
    assert rows_of(lambda turn: turn % 2) == alone
    assert rows_of(lambda turn: not turn % 2) == alone


def held_open(archive) -> list[str]:
    found = [os.readlink(each.path) for each in os.scandir("/proc/self/fd") if each.is_symlink()]
    return [path for path in found if "snap-" in path and str(archive) in path]


def test_a_snapshot_that_nobody_reads_any_more_does_not_stay_open(own, enter):
    """Else the bytes of one that was destroyed would stay on the disk while the server runs."""
    room = enter(own)
    for _ in range(2):
        room.get(f"/d/street-trees/{OLD}/table/?sort=height")
        all_laid_out()
    assert held_open(own)
    for path in own.glob("history/*/snap-*"):
        path.unlink()
    open_snapshots.close_idle(0)
    assert not held_open(own)


SERVES_AND_ENDS = """
import sys, time
from pathlib import Path
from verticalfile.history.views import laying_out, snapshot
from verticalfile.services.archive import open_archive
from verticalfile.services.reading.at_hand import Asked, at_hand
from verticalfile.services.visibility import Viewer
laying_out.FIRST_THE_PAGE_S = snapshot.WORTH_ROWS = 0
snapshot.hold = lambda history, ordinal, connection: connection.execute(
    "SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b").fetchall()
here = at_hand(open_archive(Path(sys.argv[1])), Asked("street-trees"), viewer=Viewer.PUBLIC)
laying_out.lay_out_later(here.history.history, here.ordinal)
time.sleep(1)
assert laying_out._in_hand
"""


def test_a_process_that_ends_does_not_wait_for_what_is_in_hand(own):
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", SERVES_AND_ENDS, str(own)], capture_output=True, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert time.monotonic() - started < 60
