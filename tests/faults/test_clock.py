"""Reliability 4.5: clocks that jump, stand still or lie: everything is kept, and the jump is said."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.moments import for_people, last_instant, to_iso
from verticalfile.services import listing
from verticalfile.services.archive import Archive, init, open_archive
from verticalfile.services.collecting import backfill
from verticalfile.services.collecting.collect import Checked, collect
from verticalfile.services.collecting.due import due
from verticalfile.services.datasets import adding
from verticalfile.services.deciding import reviewing
from verticalfile.services.names import find_version
from verticalfile.services.opening import Form, open_version
from verticalfile.services.safe.doctor import doctor
from verticalfile.services.safe.safekeeping import verify
from verticalfile.services.taking_in.rebuild import rebuild
from verticalfile.services.visiting.fetching import Fetching

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
NEW_YORK = ZoneInfo("America/New_York")


class Library:
    """One file that a publisher changes, and a library whose clock is not to be trusted."""

    def __init__(self, root: Path, start: datetime = NOON) -> None:
        self.clock = SetClock(start)
        self.archive: Archive = init(root / "archive", clock=self.clock)
        self.file = root / "t.csv"
        self.publish(0)
        adding.add(self.archive, str(self.file), name="t", key=["id"])

    def publish(self, number: int) -> bytes:
        rows = [f"{n},{n * 3 + (number if n == 7 else 0)}" for n in range(40)]
        self.file.write_text("\n".join(["id,amount", *rows]) + "\n", encoding="utf-8")
        return self.file.read_bytes()

    def look(self, at: datetime) -> Checked:
        self.clock.move_to(at)
        (checked,) = collect(
            self.archive, self.archive.index.resources("t"), fetching=Fetching(Rules())
        )
        assert checked.error is None
        return checked

    def lines(self) -> list[listing.VersionLine]:
        return listing.versions(self.archive, "t")[1]

    def now(self) -> bytes:
        """The bytes that `vf get t` gives."""
        return b"".join(open_version(self.archive, "t", form=Form.ORIGINAL).chunks)

    def assert_whole(self, originals: int) -> None:
        found = verify(self.archive, None)
        assert (found.findings, found.history, found.originals) == ((), (), originals)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path)


def clock_line(archive: Archive) -> tuple[str, bool]:
    (found,) = [a for a in doctor(archive) if a.what == "clock"]
    return found.said, found.well


def test_a_day_back_between_two_versions_keeps_both_and_says_so(library: Library) -> None:
    old = library.file.read_bytes()
    library.look(NOON)
    new = library.publish(1)
    library.look(NOON - DAY)
    held = {library.archive.vault.original(c) for c in _captures(library)}
    assert held == {old, new}, "nothing is lost"
    flagged = [line.version.number for line in library.lines() if line.version.clock_back_from]
    assert flagged == [1], "v1 was kept last and seems to be the first"
    assert library.lines()[0].version.clock_back_from == NOON
    assert clock_line(library.archive)[1] is False
    assert for_people(NOON, UTC) in clock_line(library.archive)[0]
    jumped = [body for body in listing.log(library.archive, "t") if "clock_back_from" in body]
    assert [body["clock_back_from"] for body in jumped] == [to_iso(NOON)]
    library.assert_whole(originals=2)


def test_the_jump_is_said_by_versions_log_and_doctor(tmp_path: Path, vf, library: Library) -> None:
    library.look(NOON)
    library.publish(1)
    library.look(NOON - DAY)
    library.archive.index.close()
    said = "kept after 2024-03-01 12:00 by a clock that went back"
    root = library.archive.root
    versions = vf(root, "versions", "t")
    assert [said in line for line in versions.out.splitlines()[1:]] == [False, True]
    told = vf(root, "versions", "t", "--json").told
    assert [v["clock_back_from"] for v in told] == [None, to_iso(NOON)]
    assert sum(said in line for line in vf(root, "log", "t").out.splitlines()) == 1
    assert "went back 1 time, last from 2024-03-01 12:00" in vf(root, "doctor").out


def _captures(library: Library):
    (resource,) = library.archive.index.resources("t")
    return library.archive.vault.captures(resource.id)


def test_after_a_day_back_what_is_offered_now_is_what_one_gets(library: Library) -> None:
    library.look(NOON)
    new = library.publish(1)
    library.look(NOON - DAY)
    assert library.now() == new
    library.look(NOON + DAY)
    assert library.now() == new


def test_a_clock_that_was_years_ahead_does_not_hide_what_is_offered_now(library: Library) -> None:
    library.look(NOON)
    new = library.publish(1)
    library.look(NOON + 9000 * DAY)
    library.clock.move_to(NOON + DAY)
    assert [r.dataset for r in due(library.archive, library.archive.index.resources())] == ["t"]
    library.look(NOON + DAY)
    assert library.now() == new
    assert due(library.archive, library.archive.index.resources()) == []
    newer = library.publish(2)
    library.look(NOON + 2 * DAY)
    assert library.now() == newer
    assert "unchanged" in library.look(NOON + 3 * DAY).said
    library.assert_whole(originals=3)


def test_a_file_that_lost_its_rows_is_surprising_though_a_clock_was_ahead_once(
    library: Library,
) -> None:
    library.look(NOON + 9000 * DAY)
    library.look(NOON)
    library.file.write_text("id,amount\n1,3\n")
    assert library.look(NOON + DAY).outcome == "surprising"


def test_the_newest_decision_holds_whatever_the_clock_said(library: Library) -> None:
    library.look(NOON)
    reviewing.set_key(library.archive, "t", ["id"])
    library.clock.move_to(NOON - 2 * DAY)  # in the month before
    reviewing.set_key(library.archive, "t", ["amount"])
    before = reviewing.key_state(library.archive, "t").decisions
    assert before.key is not None
    assert before.key.current == ("amount",)
    rebuild(library.archive, None)
    assert reviewing.key_state(library.archive, "t").decisions == before
    for name in ("index.sqlite3", "index.sqlite3-wal", "index.sqlite3-shm"):
        (library.archive.root / name).unlink(missing_ok=True)
    again = open_archive(library.archive.root, clock=library.clock)
    rebuild(again, None)
    assert reviewing.key_state(again, "t").decisions == before


def test_two_states_in_the_same_second_are_both_kept(library: Library) -> None:
    bodies = [library.file.read_bytes()]
    library.look(NOON)
    for number in (1, 0, 2, 1):
        bodies.append(library.publish(number))
        library.look(NOON)
    held = {library.archive.vault.original(c) for c in _captures(library)}
    assert held == set(bodies)
    library.look(NOON + timedelta(seconds=1))
    assert library.now() == bodies[-1]
    library.assert_whole(originals=3)


def test_two_files_of_a_back_fill_dated_in_the_same_second_stand_in_the_order_of_the_walk(
    library: Library, tmp_path: Path
) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    for name, body in (("b", "id,n\n1,2\n"), ("a", "id,n\n1,1\n"), ("c", "id,n\n1,3\n")):
        (folder / f"{name}-20200131T235959Z.csv").write_text(body)
    resource = adding.add(library.archive, str(folder), name="old")[0]
    backfill.from_folder(library.archive, lambda: resource, folder)
    found = [
        b"".join(open_version(library.archive, "old", version=f"v{n}", form=Form.ORIGINAL).chunks)
        for n in (1, 2, 3)
    ]
    assert found == [b"id,n\n1,1\n", b"id,n\n1,2\n", b"id,n\n1,3\n"]


def test_a_machine_that_wakes_in_1970_keeps_what_it_sees(tmp_path: Path) -> None:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    library = Library(tmp_path, epoch)
    library.look(epoch + timedelta(seconds=5))
    body = library.publish(1)
    library.look(NOON)
    assert library.now() == body
    assert [line.version.seen_at for line in library.lines()] == [
        epoch + timedelta(seconds=5),
        NOON,
    ]
    assert clock_line(library.archive)[1] is True, "forward is no jump back"
    library.publish(2)
    library.look(epoch + DAY)
    assert clock_line(library.archive)[1] is False
    rebuild(library.archive, None)
    assert len(library.lines()) == 3
    library.assert_whole(originals=3)


def test_commits_and_files_of_1970_and_before_are_kept_with_their_dates(library: Library) -> None:
    library.look(NOON)
    for seconds in (0, -86_400, 2**33):
        os.utime(library.file, (seconds, seconds))
        library.look(library.clock.now() + DAY)
    assert len(library.lines()) == 1


def test_a_file_whose_date_no_calendar_has_is_kept_without_it(library: Library) -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:  # memory holds such dates
        file = Path(folder) / "far.csv"
        shutil.copy(library.file, file)
        os.utime(file, (2**40, 2**40))
        assert file.stat().st_mtime == 2**40
        adding.add(library.archive, str(file), name="far")
        resources = library.archive.index.resources("far")
        (checked,) = collect(library.archive, resources, fetching=Fetching(Rules()))
    assert checked.outcome == "changed", checked.said


def test_the_29th_of_february_is_a_day_in_leap_years_alone(
    library: Library, tmp_path: Path
) -> None:
    now = NOON
    utc = ZoneInfo("UTC")
    assert to_iso(last_instant("2024-02-29", zone=utc, now=now)) == "2024-02-29T23:59:59.999999Z"
    assert last_instant("2024-02", zone=utc, now=now) == last_instant(
        "2024-02-29", zone=utc, now=now
    )
    with pytest.raises(InputRefused):
        last_instant("2023-02-29", zone=utc, now=now)
    folder = tmp_path / "old"
    folder.mkdir()
    for day in ("2023-02-28", "2023-02-29", "2024-02-29", "2024-03-01"):
        (folder / f"{day}.csv").write_text(f"id,day\n1,{day}\n")
    resource = adding.add(library.archive, str(folder), name="old")[0]
    filled = backfill.from_folder(library.archive, lambda: resource, folder)
    assert filled.states == 3, "a date that no calendar has is no date"
    chosen = find_version(library.archive, resource, "2024-02")
    assert chosen.version.moment_name == "2024-02-29.csv"


@pytest.mark.parametrize(
    ("when", "moment"),
    [
        ("2021-11-07T01:30", "2021-11-07T06:30:59.999999Z"),  # twice: the later one is the last
        ("2021-11-07T01:30-04:00", "2021-11-07T05:30:59.999999Z"),
        ("2021-03-14T02:30", "2021-03-14T07:30:59.999999Z"),  # never: as if the clock had not moved
        ("2021-03-14", "2021-03-15T03:59:59.999999Z"),
        ("2021-11-07", "2021-11-08T04:59:59.999999Z"),
    ],
)
def test_an_hour_that_comes_twice_or_never_means_its_last_instant(when: str, moment: str) -> None:
    assert to_iso(last_instant(when, zone=NEW_YORK, now=NOON)) == moment


def test_versions_of_both_hours_of_an_autumn_night_are_told_apart(tmp_path: Path) -> None:
    first = datetime(2021, 11, 7, 5, 30, tzinfo=UTC)  # half past one, and an hour later again
    library = Library(tmp_path, first)
    (library.archive.root / "settings.json").write_text('{"time_zone": "America/New_York"}')
    library.look(first)
    library.publish(1)
    library.look(first + timedelta(hours=1))
    assert [line.version.number for line in library.lines()] == [1, 2]
    (resource,) = library.archive.index.resources("t")
    library.clock.move_to(NOON)
    for when, number in (
        ("2021-11-07T01:30", 2), ("2021-11-07T01:30-04:00", 1), ("2021-11-07T05:59Z", 1),
    ):  # fmt: skip
        assert find_version(library.archive, resource, when).version.number == number


def test_what_a_back_fill_learns_of_the_past_is_no_jump_of_the_clock(
    library: Library, tmp_path: Path
) -> None:
    library.look(NOON)
    folder = tmp_path / "old"
    folder.mkdir()
    for year in (2019, 2017):
        (folder / f"{year}-01-01.csv").write_text(f"id,amount\n{year},1\n")
    (resource,) = library.archive.index.resources("t")
    backfill.from_folder(library.archive, lambda: resource, folder)
    assert [line.version.clock_back_from for line in library.lines()] == [None] * 3
    assert clock_line(library.archive)[1] is True


def test_a_clock_that_stands_before_all_versions_gives_the_newest(library: Library) -> None:
    library.look(NOON)
    body = library.publish(1)
    library.look(NOON + DAY)
    library.clock.move_to(datetime(1970, 1, 1, tzinfo=UTC))
    assert library.now() == body
