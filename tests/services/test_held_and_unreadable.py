"""Design 7: what cannot be read, or surprises, is kept and not current, and both facts are said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services import listing
from verticalfile.services.archive import Archive, init
from verticalfile.services.collecting import backfill
from verticalfile.services.collecting.collect import Checked, collect
from verticalfile.services.datasets import adding
from verticalfile.services.deciding import reviewing
from verticalfile.services.names import find_version
from verticalfile.services.opening import open_version, told_about
from verticalfile.services.through_time import comparing
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.tables.read import read

START = datetime(2024, 1, 1, tzinfo=UTC)
ROWS = [f"{n},{n} Oak St,{n * 3}" for n in range(60)]
HEAD = "id,street,price"


class Town:
    """One file that a publisher changes, and a library that looks."""

    def __init__(self, root: Path) -> None:
        self.clock = SetClock(START)
        self.archive: Archive = init(root / "archive", clock=self.clock)
        self.file = root / "prices.csv"
        self.publish(ROWS)
        adding.add(self.archive, str(self.file), name="prices", key=["id"])

    def publish(self, rows: list[str], head: str = HEAD) -> None:
        self.file.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")

    def look(self, *, after: timedelta = timedelta(days=1)) -> Checked:
        self.clock.pass_time(after)
        found = self.archive.index.resources("prices")
        return collect(self.archive, found, fetching=Fetching(Rules()))[0]

    def current(self) -> int:
        (resource,) = self.archive.index.resources("prices")
        return find_version(self.archive, resource, None).version.number


@pytest.fixture
def town(tmp_path: Path) -> Town:
    made = Town(tmp_path)
    made.look()
    return made


def others() -> list[str]:
    return [f"{n + 900},{n} Elm St,{n}" for n in range(60)]


@pytest.mark.parametrize("what", ["rows", "columns", "all"])
def test_a_surprising_file_is_kept_and_held(town: Town, what: str) -> None:
    if what == "rows":
        town.publish(ROWS[:20])
    elif what == "columns":
        town.publish([row.split(",")[0] for row in ROWS], "id")
    else:
        town.publish([f"{n},{n} Oak St,{n * 3 + 1}" for n in range(60)])
    checked = town.look()
    assert checked.outcome == "surprising"
    assert town.current() == 1
    (resource,) = town.archive.index.resources("prices")
    assert resource.held == 1
    opened = open_version(town.archive, "prices")
    assert "v2, is not offered: held as surprising" in told_about(opened, UTC)


def test_repetition_over_three_days_releases_it(town: Town) -> None:
    town.publish(ROWS[:20])
    town.look()
    assert town.look().outcome == "unchanged"
    assert town.current() == 1, "one more check is not enough"
    again = town.look(after=timedelta(days=2))
    assert "confirmed by repetition" in again.said
    assert town.current() == 2


def test_two_checks_within_an_hour_do_not_release_it(town: Town) -> None:
    town.publish(ROWS[:20])
    town.look()
    for _ in range(4):
        town.look(after=timedelta(minutes=10))
    assert town.current() == 1


def test_a_person_releases_it_at_once_or_holds_it_for_good(town: Town) -> None:
    town.publish(ROWS[:20])
    town.look()
    assert [v.number for v in reviewing.release(town.archive, "prices", accept=True)] == [2]
    assert town.current() == 2
    town.publish(others())
    town.look()
    reviewing.release(town.archive, "prices", accept=False)
    for _ in range(4):
        town.look(after=timedelta(days=2))
    assert town.current() == 2, "what was refused is not confirmed by repetition"


def test_what_was_refused_waits_for_nobody_and_nothing_is_compared_with_it(town: Town) -> None:
    town.publish(others())
    town.look()
    (resource,) = town.archive.index.resources("prices")
    assert resource.held == 1
    reviewing.release(town.archive, "prices", accept=False)
    (resource,) = town.archive.index.resources("prices")
    assert resource.held == 0
    town.publish([*ROWS[:-1], "59,59 Oak St,1"])
    assert town.look().outcome == "changed"
    lines = listing.versions(town.archive, "prices")[1]
    found = lines[-1].change or lines[0].change
    assert found is not None
    assert (found.added, found.removed, found.changed) == (0, 0, 1), "compared with v1"
    compared = comparing.changes(town.archive, "prices")
    assert (compared.old.number, compared.new.number) == (1, 3)


def test_a_version_that_was_held_and_is_accepted_is_compared_with_again(town: Town) -> None:
    town.publish(ROWS[:20])
    town.look()
    town.publish(ROWS[:21])
    town.look()
    reviewing.release(town.archive, "prices", accept=True)
    found = {
        line.version.number: line.change for line in listing.versions(town.archive, "prices")[1]
    }
    assert found[2] is not None
    assert found[3] is not None
    assert (found[2].removed, found[3].added) == (40, 1)


def test_an_ordinary_loss_is_no_surprise(town: Town) -> None:
    town.publish(ROWS[:40])
    assert town.look().outcome == "changed"
    assert town.current() == 2


def test_a_back_fill_never_holds(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    for day, rows in (("2020-01-01", ROWS), ("2020-02-01", ROWS[:5]), ("2020-03-01", ROWS)):
        (folder / f"{day}.csv").write_text("\n".join([HEAD, *rows]) + "\n")
    archive = init(tmp_path / "archive", clock=SetClock(START))
    resource = adding.add(archive, str(folder), name="old")[0]
    backfill.from_folder(archive, lambda: resource, folder)
    assert [v.held for v in archive.index.versions(resource.id)] == [False] * 3


BROKEN = {
    "zero_byte": b"",
    "html": b"<!DOCTYPE html><html><body>Scheduled maintenance</body></html>",
    "cut_off": (HEAD + "\n" + "\n".join(ROWS[:30]) + '\n31,"31 Oak').encode(),
    "conflict_markers": (HEAD + "\n<<<<<<< HEAD\n1,a,2\n=======\n1,b,2\n>>>>>>> x\n").encode(),
    "elsewhere": b"version https://git-lfs.github.com/spec/v1\noid sha256:"
    + b"4d" * 32
    + b"\nsize 310397416\n",
    "not_table": b"This table has moved to another place.\nSee our page.\n",
    "no_header": "\n".join(ROWS).encode(),
}


@pytest.mark.parametrize("reason", BROKEN)
def test_an_unreadable_file_is_kept_with_its_reason_and_never_current(
    town: Town, reason: str
) -> None:
    town.file.write_bytes(BROKEN[reason])
    assert town.look().outcome == "unreadable"
    _, lines = listing.versions(town.archive, "prices")
    assert [line.version.reason for line in lines] == ["", reason]
    assert town.current() == 1
    original = open_version(town.archive, "prices", version="v2")
    assert b"".join(original.chunks) == BROKEN[reason]
    town.publish([*ROWS, "60,new,1"])
    town.look()
    _, lines = listing.versions(town.archive, "prices")
    assert lines[2].change is not None
    assert lines[2].change.added == 1, "comparison is with the last readable one"


def test_a_pointer_in_place_of_the_first_file_is_no_table(tmp_path: Path) -> None:
    assert read(BROKEN["elsewhere"], name="a.csv").reason == "elsewhere"
    assert read(b"/annex/objects/SHA256E-s3--4d.csv\n", name="a.csv").reason == "elsewhere"
    long = BROKEN["elsewhere"] + b"1,2\n" * 1000
    assert read(long, name="a.csv").reason is None, "a table may begin with any words"


def test_a_first_file_that_ends_within_quotes_opens_as_it_was_read(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.publish(["1,Elm,10", '2,"Oak,20', "3,Ash,30"])
    assert town.look().outcome == "changed"
    assert b"".join(open_version(town.archive, "prices", version="v1").chunks) == (
        b'id,street,price\r\n1,Elm,10\r\n2,"Oak,20\n3,Ash,30\n",\r\n'
    )
    town.publish(ROWS)
    town.look()
    town.publish([*ROWS[:-1], '61,"Oak'])
    assert "ends inside a quoted field" in town.look().said


def test_a_header_alone_is_a_table_without_rows(town: Town) -> None:
    town.publish([])
    town.look()
    _, lines = listing.versions(town.archive, "prices")
    assert (lines[1].rows, lines[1].version.readable) == (0, True)


def test_a_file_that_is_gone_is_an_observation_and_its_return_a_version(town: Town) -> None:
    body = town.file.read_bytes()
    town.file.unlink()
    assert town.look().outcome == "absent"
    (resource,) = town.archive.index.resources("prices")
    assert resource.absent_since is not None
    town.file.write_bytes(body)
    town.look()
    _, lines = listing.versions(town.archive, "prices")
    assert len(lines) == 2, "the same bytes after an absence are a version of their own"
    frames = [c for c in town.archive.vault.captures(resource.id) if c.stored.position is not None]
    assert len(frames) == 1


def test_one_bad_file_never_stops_the_others(town: Town, tmp_path: Path) -> None:
    adding.add(town.archive, "http://127.0.0.1:9/nothing.csv", name="away")
    town.publish(ROWS[:50])
    done = collect(
        town.archive, town.archive.index.resources(), fetching=Fetching(Rules(), lambda _: None)
    )
    assert {c.resource.dataset: c.outcome for c in done} == {"away": "failed", "prices": "changed"}
