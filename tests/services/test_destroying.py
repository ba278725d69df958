"""What was destroyed by law is nowhere any more, nor what would tell of it; a tombstone stays."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from destroyed import destroyed

from verticalfile.fetch.manners.rules import Rules
from verticalfile.history import encoding
from verticalfile.kernel.clock import SetClock
from verticalfile.kernel.moments import to_iso
from verticalfile.services import listing, opening, querying
from verticalfile.services.archive import Archive, init, open_archive
from verticalfile.services.collecting import backfill
from verticalfile.services.collecting.collect import collect
from verticalfile.services.datasets import adding
from verticalfile.services.deciding import reviewing
from verticalfile.services.known.table_history import TableHistory
from verticalfile.services.names import NotHeld
from verticalfile.services.safe.backing_up import backup, restore
from verticalfile.services.safe.safekeeping import verify
from verticalfile.services.taking_in.rebuild import rebuild
from verticalfile.services.through_time import comparing
from verticalfile.services.visibility import Withdrawn
from verticalfile.services.visiting.fetching import Fetching

START = datetime(2024, 1, 1, 12, tzinfo=UTC)
CANARY = "Jane Canary, 7f3a Oak"
ROWS = 4_217  # so many that no other figure is like it
DAY = timedelta(days=1)


def a_table(number: int) -> bytes:
    """The `number`-th state; the 2nd names a person, has more rows and renames a column."""
    head = "id,name,Work Type" if number < 2 else "id,name,Permit Type"
    rows = [f"{n},n{n},{n % 7 + (number if n == 5 else 0)}" for n in range(40)]
    if number == 2:
        rows += [f"{n},{CANARY if n == 77 else 'x'},1" for n in range(40, ROWS)]
    return "\n".join([head, *rows]).encode() + b"\n"


class Library:
    """A file that is collected day by day: states 0, 1, 2 (twice), 3."""

    def __init__(self, root: Path) -> None:
        self.clock = SetClock(START)
        self.archive: Archive = init(root / "archive", clock=self.clock)
        self.file = root / "t.csv"
        for number, at in ((0, 0), (1, 1), (2, 2), (2, 3), (3, 5)):
            self.file.write_bytes(a_table(number))
            if at == 0:
                adding.add(self.archive, str(self.file), name="t", key=["id"])
            self.look(START + at * DAY)
        reviewing.release(self.archive, "t", accept=True)  # that so many rows were gone again
        self.clock.move_to(START + 9 * DAY)

    def look(self, at: datetime) -> None:
        self.clock.move_to(at)
        collect(self.archive, self.archive.index.resources("t"), fetching=Fetching(Rules()))

    def destroy(self, version: str | None = "v3") -> None:
        destroyed(
            self.archive, "t", version=version, reason="a person's address",
            authority="county court 24-117",
        )  # fmt: skip

    def lines(self) -> list[listing.VersionLine]:
        return listing.versions(self.archive, "t")[1]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path)


def stands(trace: bytes, body: bytes) -> bool:
    """Whether a trace is in a file; a count in its figures, and not four digits of some digest."""
    if trace.isdigit() and len(trace) < 8:
        return re.search(rb"(?<![0-9a-f])" + trace + rb"(?![0-9a-f])", body) is not None
    return trace in body


def traces(library: Library) -> list[bytes]:
    """All that would show or confirm what v3 was: text, digests, ids of captures, counts, size."""
    archive = library.archive
    (resource,) = archive.index.resources("t")
    version = library.lines()[2].version
    (table,) = archive.index.tables(resource.id)
    history = TableHistory(archive, table.id, "").history
    ordinal = history.manifest.ordinals[history.manifest.ordinal_of(version.sha256) - 1]
    row = hashlib.sha256(encoding.encoded_row(["77", CANARY, "1"]).encode()).digest()
    found = [
        CANARY, version.sha256, *version.captures,
        ordinal.table_sha256, ordinal.order_sha256, str(ROWS), f"{ROWS:,}", str(ROWS - 40),
        f"{ROWS - 40:,}", str(version.size_bytes),
    ]  # fmt: skip
    return [text.encode() for text in found] + [row]


def files_of(archive: Archive) -> dict[str, bytes]:
    """Every file, and beside them what is inside of those that are packed."""
    archive.index.close()
    found = {
        p.relative_to(archive.root).as_posix(): p.read_bytes()
        for p in archive.root.rglob("*")
        if p.is_file()
    }
    for name in list(found):
        if name.endswith(".parquet"):
            table = pq.read_table(archive.root / name)
            found[f"{name} as rows"] = json.dumps(table.to_pylist(), default=repr).encode()
        elif name.endswith(".sqlite3"):
            with sqlite3.connect(archive.root / name) as connection:
                found[f"{name} as SQL"] = "\n".join(connection.iterdump()).encode()
    for resource in archive.index.resources():
        for capture in archive.vault.captures(resource.id):
            found[f"original {capture.id}"] = archive.vault.original(capture)
    return found


def test_nothing_of_what_was_destroyed_is_left_in_any_file(library: Library) -> None:
    wanted = traces(library)
    before = files_of(library.archive)
    for trace in wanted[:-1]:  # a small table's digests of rows are worked out, not stored
        assert any(stands(trace, body) for body in before.values()), (
            f"{trace!r} could not be missed"
        )
    library.destroy()
    after = files_of(library.archive)
    for trace in wanted:
        assert [name for name, body in after.items() if stands(trace, body)] == [], trace
    left = {a_table(0), a_table(1), a_table(3)}
    assert {body for name, body in after.items() if name.startswith("original")} == left
    found = verify(library.archive, None, independent=True)
    assert found.well, found


def tombstone_told(archive: Archive) -> list[tuple[object, ...]]:
    return [
        (v.number, v.seen_at, v.last_seen_at, v.hidden, v.withdrawn_at, v.withdrawn_why)
        for v in (line.version for line in listing.versions(archive, "t")[1])
        if v.destroyed
    ]


def test_the_tombstone_stands_in_its_place_and_survives_a_rebuild(library: Library) -> None:
    library.destroy()
    expected = [
        (3, START + 2 * DAY, START + 3 * DAY, "destroy", START + 9 * DAY, "a person's address")
    ]
    assert tombstone_told(library.archive) == expected
    lines = library.lines()
    assert [line.version.number for line in lines] == [1, 2, 3, 4], "numbers stay"
    grave = lines[2]
    assert (grave.rows, grave.change, grave.version.sha256, grave.version.size_bytes) == (
        None, None, "", 0,
    )  # fmt: skip
    assert lines[3].change is not None
    assert (lines[3].change.added, lines[3].change.removed, lines[3].change.changed) == (0, 0, 1)
    assert lines[3].change.said == ("Work Type -> Permit Type",), (
        "what v3 had renamed is found anew"
    )
    rebuilt = rebuild(library.archive, None)
    assert rebuilt.differences == []
    assert library.lines() == lines
    assert library.archive.index.resources("t")[0].versions == 3
    again = open_archive(library.archive.root, clock=library.clock)
    assert tombstone_told(again) == expected


def test_whoever_asks_for_that_moment_is_told_the_fact_the_date_and_the_class_of_reason(
    library: Library,
) -> None:
    library.destroy()
    archive = library.archive
    sentence = "was withdrawn by the library on 2024-01-10 (destroyed: a person's address)."
    for ask in ("2024-01-03", to_iso(START + 3 * DAY), "v3"):
        with pytest.raises(Withdrawn) as told:
            opening.open_version(archive, "t", at=ask)
        assert told.value.message == f"Version v3 {sentence}"
        with pytest.raises(Withdrawn):
            opening.arrow_at(archive, "t", ask)
        with pytest.raises(Withdrawn):
            comparing.changes(archive, "t", "v1", ask)
    assert b"".join(opening.open_version(archive, "t", at="2024-01-02").chunks).count(b"\n") == 41
    answer = querying.sql(archive, "SELECT 1 AS t", at="2024-01-03")
    assert answer.left_out == (f"t/t {sentence[:-1]}",)
    assert list(querying.sql(archive, "SELECT count(*) FROM t").rows) == [(40,)]
    with pytest.raises(Withdrawn):
        library.destroy()
    kinds = {str(body["kind"]) for body in listing.log(archive, "t")}
    assert "withdrawn" in kinds


def test_when_the_newest_is_destroyed_the_one_before_is_given_and_the_fact_said(
    library: Library,
) -> None:
    library.destroy("v4")
    opened = opening.open_version(library.archive, "t", form=opening.Form.ORIGINAL)
    assert b"".join(opened.chunks) == a_table(2)
    assert "a later version, v4, was withdrawn by the library on" in opening.told_about(opened, UTC)
    assert list(querying.sql(library.archive, "SELECT count(*) FROM t").rows) == [(ROWS,)]
    assert reviewing.key_state(library.archive, "t").rows == ROWS


def test_when_all_are_destroyed_only_tombstones_are_left(library: Library) -> None:
    library.destroy(None)
    archive = library.archive
    assert [line.version.destroyed for line in library.lines()] == [True] * 4
    with pytest.raises(Withdrawn):
        opening.open_version(archive, "t")
    with pytest.raises(NotHeld):
        library.destroy(None)
    assert verify(archive, None).well
    assert rebuild(archive, None).originals == 0
    assert [line.version.destroyed for line in library.lines()] == [True] * 4
    library.look(START + 10 * DAY)
    assert [line.version.destroyed for line in library.lines()] == [True] * 4 + [False]


def test_an_unreadable_version_that_was_destroyed_was_never_what_one_got(library: Library) -> None:
    library.file.write_text("<html>Jane Canary is not here</html>")
    library.look(START + 10 * DAY)
    library.clock.move_to(START + 11 * DAY)
    library.destroy("v5")
    opened = opening.open_version(library.archive, "t", at="2024-01-11")
    assert opened.chosen.version.number == 4
    assert "v5, was withdrawn by the library" in opening.told_about(opened, UTC)


def test_a_back_fill_and_hidden_versions_live_beside_tombstones(
    library: Library, tmp_path: Path
) -> None:
    library.destroy()
    reviewing.withdraw(
        library.archive, "t", version="v2", how="hide", reason="under review", authority="director"
    )
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "2020-01-01.csv").write_bytes(a_table(7))
    (resource,) = library.archive.index.resources("t")
    backfill.from_folder(library.archive, lambda: resource, folder)
    told = [(line.version.number, line.version.hidden) for line in library.lines()]
    assert told == [(1, ""), (2, ""), (3, "hide"), (4, "destroy"), (5, "")]
    assert library.lines()[2].version.withdrawn_why == "under review"
    assert verify(library.archive, None).well


def test_commands_show_the_tombstone_and_nothing_more(tmp_path: Path, library: Library) -> None:
    import subprocess
    import sys

    library.destroy()
    library.archive.index.close()

    def vf(*words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "verticalfile", "--archive", str(library.archive.root), *words],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        return done

    told = json.loads(vf("versions", "t", "--json").stdout)[1]
    assert {name: value for name, value in told.items() if value is not None} == {
        "version": 3, "first_seen_at": "2024-01-03T12:00:00Z", "last_seen_at": "2024-01-04T12:00:00Z",
        "withdrawn": "destroy", "withdrawn_at": "2024-01-10T12:00:00Z",
        "withdrawn_why": "a person's address",
    }  # fmt: skip
    line = vf("versions", "t").stdout.splitlines()[2]
    assert line.split("\t") == [
        "v3", "2024-01-03", "2024-01-04", "", "", "", "", "",
        "withdrawn by the library on 2024-01-10 (destroyed: a person's address)", "",
    ]  # fmt: skip
    refused = vf("get", "t", "--at", "2024-01-03", code=40)
    assert refused.stdout == ""
    assert refused.stderr.startswith("vf: Version v3 was withdrawn by the library on 2024-01-10")
    log = vf("log", "t").stdout
    assert "county court 24-117" in log
    assert str(ROWS) not in log


def test_a_backup_that_still_holds_it_gives_back_an_archive_that_shows_it_to_nobody(
    tmp_path: Path, library: Library
) -> None:
    backup(library.archive, tmp_path / "backup")
    library.destroy()
    library.file.write_bytes(a_table(5))
    library.look(START + 10 * DAY)
    done = backup(library.archive, tmp_path / "backup")
    assert ["destroyed by law" in finding.what for finding in done.findings] == [True]
    restore(tmp_path / "backup", tmp_path / "restored")
    again = open_archive(tmp_path / "restored", clock=library.clock)
    told = [(v.number, v.hidden, v.destroyed) for v in again.index.versions(_id(again))]
    assert told[2] == (3, "destroy", False), "the bytes came back with the backup"
    with pytest.raises(Withdrawn):
        opening.open_version(again, "t", version="v3")
    collect(again, again.index.resources("t"), fetching=Fetching(Rules()))
    assert [v.destroyed for v in again.index.versions(_id(again))][2] is True
    again.index.close()
    assert all(CANARY.encode() not in p.read_bytes() for p in again.root.rglob("*") if p.is_file())
    assert backup(library.archive, tmp_path / "backup", destroy_there_too=True).findings == []


def _id(archive: Archive) -> str:
    return archive.index.resources("t")[0].id


def test_another_file_that_comes_for_the_moment_of_a_destroyed_one_is_kept(
    library: Library, tmp_path: Path
) -> None:
    """A publisher puts a cleaned copy in its place: it bears the same date and is another."""
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "2020-01-01.csv").write_bytes(a_table(2))
    (resource,) = adding.add(library.archive, str(folder), name="old")
    backfill.from_folder(library.archive, lambda: resource, folder)
    destroyed(library.archive, "old", version="v1", reason="names", authority="court")
    library.clock.pass_time(DAY)
    (folder / "2020-01-01.csv").write_bytes(a_table(1))
    backfill.from_folder(library.archive, lambda: resource, folder)
    assert b"".join(opening.open_version(library.archive, "old").chunks).count(b"\n") == 41
    assert verify(library.archive, None).well
