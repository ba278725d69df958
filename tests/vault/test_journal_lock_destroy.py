"""The journal only grows; one writer at a time; what is destroyed is gone and nothing else is."""

from __future__ import annotations

import multiprocessing
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from verticalfile.vault.capture import Taken
from verticalfile.vault.copies.check import check
from verticalfile.vault.destroy import destroy
from verticalfile.vault.errors import LockHeld
from verticalfile.vault.frames import sha256_of
from verticalfile.vault.lock import writer_lock
from verticalfile.vault.notes.journal import Event, Journal, Observation
from verticalfile.vault.vault import Vault

START = datetime(2021, 1, 1, tzinfo=UTC)


def test_the_journal_gives_back_what_was_appended_and_nothing_twice(tmp_path: Path) -> None:
    journal = Journal(Vault.create(tmp_path / "v").root)
    seen = Observation("r", "s", START, "absent", seen_at=START, detail={"said": "gone"})
    done = Event("key set", START, "person", "t", detail={"choices": [["id"]]})
    for _ in range(2):
        journal.append([seen], [done], at=START)
    assert list(journal.observations()) == [seen]
    assert list(journal.events()) == [done]


def test_a_journal_object_closes_and_the_next_goes_on(tmp_path: Path) -> None:
    journal = Journal(Vault.create(tmp_path / "v").root)
    for n in range(66):
        journal.append((), [Event("e", START, "test", str(n))], at=START)
    assert [o.object_id for o in journal.objects()] == ["journal/2021-01", "journal/2021-01-2"]
    assert [e.subject for e in journal.events()] == [str(n) for n in range(66)]
    _, events, position = journal.since({"journal/2021-01": 60})
    assert [e["subject"] for e in events] == [str(n) for n in range(60, 66)]
    assert journal.since(position)[1] == []


def _keep_many(root: Path, locks: Path, who: str, count: int) -> None:
    chance = random.Random(who)
    vault = Vault(root)
    for n in range(count):
        body = f"{who},{n}\n".encode() * 20
        taken = Taken(
            "r",
            "s",
            f"{who}-{n}",
            START + timedelta(minutes=n),
            "own visit",
            sha256_of(body),
            len(body),
        )
        with writer_lock(locks, "r", wait_s=60, on_wait=lambda _: None):
            vault.keep("r", [(taken, lambda body=body: body)], kept_at=START)
        time.sleep(chance.random() / 500)


def test_two_writers_lose_nothing_and_leave_no_debris(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path / "v")
    start = multiprocessing.get_context("spawn")
    writers = [
        start.Process(target=_keep_many, args=(vault.root, tmp_path / "locks", who, 40))
        for who in "ab"
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
        assert writer.exitcode == 0
    names = {c.taken.moment_name for c in vault.captures("r")}
    assert names == {f"{who}-{n}" for who in "ab" for n in range(40)}
    assert list(check(vault.root)) == []
    assert not list(vault.root.rglob("*.part"))


def test_waiting_for_a_lock_is_said_and_ends(tmp_path: Path) -> None:
    told: list[str] = []
    with (
        writer_lock(tmp_path, "r", wait_s=1, on_wait=told.append),
        pytest.raises(LockHeld),
        writer_lock(tmp_path, "r", wait_s=0.2, on_wait=told.append),
    ):
        pass
    assert len(told) == 1
    assert "Waiting" in told[0]


def test_a_canary_that_is_destroyed_is_nowhere_and_all_else_stays(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path / "v")
    bodies = [f"row {n}\n".encode() * 30 for n in range(70)]
    canary = b"canary 7f3a of a person\n" * 20
    bodies[10], bodies[67] = canary, canary
    for n, body in enumerate(bodies):
        taken = Taken(
            "r", "s", str(n), START + timedelta(days=n), "own visit", sha256_of(body), len(body)
        )
        vault.keep("r", [(taken, lambda body=body: body)], kept_at=START + timedelta(days=n))
    before = {c.id: c for c in vault.captures("r")}
    removed = destroy(vault, "r", {sha256_of(canary)}, at=START)
    assert {c.taken.moment_name for c in removed} == {"10", "67"}
    after = {c.id: c for c in Vault(vault.root).captures("r")}
    assert set(after) == set(before) - {c.id for c in removed}
    for each in after.values():
        assert each.taken == before[each.id].taken
        assert each.kept_at == before[each.id].kept_at
        assert vault.original(each) == bodies[int(each.taken.moment_name)]
    assert list(check(vault.root)) == []
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert b"canary 7f3a" not in path.read_bytes(), path
    for volume in vault.volumes("r"):
        for capture in volume.captures():
            frame = volume.original(capture) if capture.stored.position is not None else b""
            assert b"canary" not in frame


def test_a_crash_is_put_right_also_where_volumes_stand_in_the_folders_of_other_months(
    tmp_path: Path,
) -> None:
    """The first three digits of a month's folder are those of many a volume in a large vault."""
    vault = Vault.create(tmp_path / "v")
    journal = Journal(vault.root)
    for n in range(2):
        journal.append((), [Event("e", START, "test", str(n))], at=START)
    (newest,) = journal.objects()
    (newest.root / "v3" / "content").mkdir(parents=True)
    for digits in range(16**3):
        (vault.root / f"{digits:03x}" / "volume").mkdir(parents=True, exist_ok=True)
    assert Journal(vault.root).recover() == ["removed unfinished v3 of journal/2021-01"]
    journal.append((), [Event("e", START, "test", "2")], at=START)
    assert [e.subject for e in journal.events()] == ["0", "1", "2"]
