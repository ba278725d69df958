"""Notes that wait beside the vault: none is lost, none comes twice, whoever dies and whenever."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verticalfile.kernel.clock import SetClock
from verticalfile.services.archive import Archive, init, open_archive
from verticalfile.services.journal_keeping import catch_up, write_journal, write_what_waits
from verticalfile.services.safe import backing_up, safekeeping
from verticalfile.services.taking_in.rebuild import rebuild
from verticalfile.vault.errors import VaultDamaged, VaultFull
from verticalfile.vault.inventory import object_path
from verticalfile.vault.notes.journal import Event, Observation

START = datetime(2024, 3, 31, 22, tzinfo=UTC)

CHILD = """
import os, sys
from pathlib import Path
sys.path.insert(0, {here!r})
from test_waiting_notes import START, a_note
from verticalfile.kernel.clock import SetClock
from verticalfile.services.archive import open_archive
from verticalfile.services.journal_keeping import write_journal, write_what_waits

root, wanted = Path(sys.argv[1]), int(sys.argv[2])
archive = open_archive(root, clock=SetClock(START))
archive.notes_wait = True
steps = 0

def die(name, facts):
    global steps
    if name in ("os.rename", "os.link", "os.mkdir", "os.remove", "os.truncate", "open"):
        if name == "open" and (not isinstance(facts[1], str) or facts[1] in ("r", "rb")):
            return
        if str(root) not in str(facts[0]):
            return
        steps += 1
        if steps == wanted:
            os._exit(137)

sys.addaudithook(die)
for n in (3, 4):
    write_journal(archive, [a_note(n)])
    print(n, flush=True)
write_what_waits(archive)
write_journal(archive, [a_note(5)])
print(5, flush=True)
"""


def a_note(number: int) -> Observation:
    return Observation("r", "url:x", START + timedelta(seconds=number), "unchanged", detail={"said": str(number)})  # fmt: skip


def an_archive(root: Path) -> Archive:
    archive = init(root, clock=SetClock(START))
    archive.notes_wait = True
    return archive


def journal_of(archive: Archive) -> list[str]:
    return [str(o.detail["said"]) for o in archive.journal.observations()]


def index_of(archive: Archive) -> list[str]:
    return [body["detail"]["said"] for body in archive.index.observations("r")]


def versions_of(archive: Archive) -> int:
    return sum(each.inventory.head for each in archive.journal.objects())


def test_notes_wait_an_hour_and_are_then_one_version(tmp_path):
    archive = an_archive(tmp_path / "a")
    for number in range(20):
        write_journal(archive, [a_note(number)])
        archive.clock.pass_time(timedelta(minutes=3))
        write_what_waits(archive, all_of_it=False)
    assert versions_of(archive) == 1
    assert index_of(archive) == journal_of(archive) == [str(n) for n in range(20)]
    write_journal(archive, [a_note(20)])
    assert versions_of(archive) == 1
    assert index_of(archive)[-1] == journal_of(archive)[-1] == "20"


def test_who_does_not_wait_writes_what_waits_first(tmp_path):
    archive = an_archive(tmp_path / "a")
    write_journal(archive, [a_note(1)])
    person = open_archive(archive.root, clock=archive.clock)
    write_journal(person, [a_note(2)], [Event("key set", START, "person", "t")])
    assert not archive.journal.waiting.path.exists()
    assert versions_of(archive) == 1
    assert journal_of(archive) == index_of(archive) == ["1", "2"]


@pytest.mark.slow
def test_a_death_at_any_step_loses_nothing_that_was_said_and_doubles_nothing(tmp_path):
    script = CHILD.format(here=str(Path(__file__).parent))
    for step in itertools.count(1):
        archive = an_archive(tmp_path / str(step))
        for number in (1, 2):
            write_journal(archive, [a_note(number)])
        archive.index.close()
        done = subprocess.run(
            [sys.executable, "-c", script, str(archive.root), str(step)],
            capture_output=True, text=True, check=False,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
        assert done.returncode in (0, 137), done.stderr
        said = done.stdout.split()
        with archive.writing("journal"):
            archive.journal.recover()
            catch_up(archive)
        held = journal_of(archive)
        assert held == sorted(set(held))
        assert set(held) >= {"1", "2", *said}, f"lost after step {step}"
        assert index_of(archive) == held
        write_what_waits(archive)
        write_journal(archive, [a_note(9)])
        assert journal_of(archive) == index_of(archive) == [*held, "9"]
        archive.index.close()
        if done.returncode == 0:
            assert step > 10
            return


def test_a_month_that_was_begun_is_put_right_among_thousands_of_folders(tmp_path):
    """A large archive has the first folder of the path of nearly every month to come."""
    archive = an_archive(tmp_path / "a")
    for number in range(4096):
        (archive.vault.root / f"{number:03x}" / "000").mkdir(parents=True, exist_ok=True)
    begun = archive.vault.root / object_path("journal/2024-03")
    (begun / "v1").mkdir(parents=True)
    archive.notes_wait = False
    write_journal(archive, [a_note(1)])
    assert journal_of(archive) == ["1"]


def test_a_line_that_was_cut_off_goes_and_the_others_stay(tmp_path):
    archive = an_archive(tmp_path / "a")
    for number in (1, 2):
        write_journal(archive, [a_note(number)])
    whole = archive.journal.waiting.path.read_bytes()
    first = whole.index(b"\n") + 1
    for cut in range(first, len(whole)):
        archive.journal.waiting.path.write_bytes(whole[:cut])
        assert [line.body["detail"]["said"] for line in archive.journal.waiting.lines()] == ["1"]
        archive.journal.wait([a_note(3)], [], at=START)
        told = [line.body["detail"]["said"] for line in archive.journal.waiting.lines()]
        assert told == ["1", "3"]


def test_a_line_that_was_altered_is_told_by_verify_and_never_written_to_the_vault(tmp_path):
    archive = an_archive(tmp_path / "a")
    write_journal(archive, [a_note(1)])
    path = archive.journal.waiting.path
    path.write_bytes(path.read_bytes().replace(b"unchanged", b"unchangeD"))
    with pytest.raises(VaultDamaged, match=r"Line 1 of waiting\.jsonl"):
        write_what_waits(archive)
    (found,) = safekeeping.verify(archive, None).findings
    assert found.path == "waiting.jsonl"
    assert path.exists()


def test_a_full_disk_leaves_the_lines_that_waited(tmp_path, monkeypatch):
    archive = an_archive(tmp_path / "a")
    write_journal(archive, [a_note(1)])
    before = archive.journal.waiting.path.read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(VaultFull):
        archive.journal.wait([a_note(2)], [], at=START)
    assert archive.journal.waiting.path.read_bytes() == before


def test_rebuild_verify_and_backup_see_what_waits(tmp_path):
    archive = an_archive(tmp_path / "a")
    write_journal(archive, [a_note(1)], [Event("key set", START, "person", "t")])
    waited = archive.journal.waiting.path.read_bytes()
    backing_up.backup(archive, tmp_path / "backup")
    assert not archive.journal.waiting.path.exists()
    write_journal(archive, [a_note(2)])
    assert safekeeping.verify(archive, None).well
    rebuild(archive, None)
    assert index_of(archive) == journal_of(archive) == ["1", "2"]
    backing_up.backup(archive, tmp_path / "backup")
    # a backup of a time at which the disk was full brings lines that the vault has since
    (tmp_path / "backup" / "files" / "waiting.jsonl").write_bytes(waited)
    backing_up.restore(tmp_path / "backup", tmp_path / "again")
    again = open_archive(tmp_path / "again")
    assert index_of(again) == journal_of(again) == ["1", "2"]
    assert len(again.index.events(["t"])) == 1


STEPS = st.lists(st.sampled_from(["wait", "write", "fold", "died", "look", "rebuilt"]), max_size=14)


@settings(max_examples=25)
@given(steps=STEPS)
def test_whatever_happens_each_note_stands_once_in_the_order_of_keeping(tmp_path_factory, steps):
    archive = an_archive(tmp_path_factory.mktemp("notes") / "a")
    path = archive.journal.waiting.path
    told: list[str] = []
    for number, step in enumerate(steps):
        archive.notes_wait = step == "wait"
        if step in ("wait", "write"):
            write_journal(archive, [a_note(number)])
            told.append(str(number))
        elif step == "fold":
            write_what_waits(archive)
        elif step == "died" and path.exists():  # between the vault and the forgetting
            waited = path.read_bytes()
            archive.journal.append(at=START)
            path.write_bytes(waited)
        elif step == "look":
            catch_up(archive)
        elif step == "rebuilt":
            rebuild(archive, None)
        assert journal_of(archive) == told
    catch_up(archive)
    assert index_of(archive) == told
    archive.index.close()
