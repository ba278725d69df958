"""Verifying by itself: a slice at a time, each result an event, all of it within 90 days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services.archive import Archive, init
from verticalfile.services.collecting.collect import collect
from verticalfile.services.datasets.adding import add
from verticalfile.services.running import chores
from verticalfile.services.running.health import health
from verticalfile.services.safe import verifying
from verticalfile.services.safe.safekeeping import verify
from verticalfile.services.visiting.fetching import Fetching

START = datetime(2024, 1, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)
NAMES = ("ash", "elm", "oak")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(START)


@pytest.fixture
def archive(tmp_path: Path, clock: SetClock) -> Archive:
    made = init(tmp_path / "archive", clock=clock)
    for name in NAMES:
        (tmp_path / f"{name}.csv").write_text(f"id,kind\n1,{name}\n")
        add(made, str(tmp_path / f"{name}.csv"), name=name)
    collect(made, made.index.resources(), fetching=Fetching(Rules()))
    return made


def a_content_file(archive: Archive, name: str) -> Path:
    [resource] = archive.index.resources(name)
    [volume] = archive.vault.volumes(resource.id)
    files = [p for p in volume.object.root.glob("v*/content/**/*") if p.is_file()]
    return max(files, key=lambda p: p.stat().st_size)


def test_slices_go_on_where_the_last_one_ended_until_all_is_verified(
    archive: Archive, clock: SetClock
) -> None:
    assert verifying.progress(archive).verified == 0
    left = []
    while verifying.is_due(archive):
        clock.pass_time(timedelta(hours=1))
        done = verifying.verify_slice(archive, limit_s=0)
        assert done.verified == 1
        left.append(done.left)
    assert left == [3, 2, 1, 0]  # the journal is one of them
    far = verifying.progress(archive)
    assert (far.files, far.verified, far.damaged) == (4, 4, 0)
    events = archive.index.events_of_kind("fixity checked")
    assert len({event["subject"] for event in events}) == 4
    assert all("all well" in str(event["detail"]) for event in events)


def test_over_a_year_of_some_hours_a_day_nothing_is_older_than_ninety_days(
    archive: Archive, clock: SetClock
) -> None:
    for _ in range(40):
        clock.pass_time(9 * DAY)
        if verifying.is_due(archive):
            verifying.verify_slice(archive, limit_s=0)
            verifying.verify_slice(archive, limit_s=0)
        far = verifying.progress(archive)
        if clock.now() - START > 90 * DAY:
            assert far.verified == far.files
    assert far.oldest_at is not None
    assert len(archive.index.events_of_kind("fixity checked")) < 4 * 10


def test_one_changed_byte_is_found_told_and_looked_at_again_until_it_is_mended(
    archive: Archive, clock: SetClock
) -> None:
    hurt = a_content_file(archive, "elm")
    whole = hurt.read_bytes()
    hurt.chmod(0o644)
    hurt.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    found = verifying.verify_slice(archive)
    assert found.findings
    assert found.verified == 4
    assert health(archive).figures["files_damaged"] == 1
    assert "verifying found damage" in health(archive).why
    clock.pass_time(timedelta(hours=1))
    assert verifying.is_due(archive)
    hurt.write_bytes(whole)
    again = verifying.verify_slice(archive)
    assert (again.verified, again.findings) == (1, ())
    assert health(archive).figures["files_verified_in_90_days"] == 4
    assert "verifying found damage" not in health(archive).why


def test_a_whole_verification_counts_for_every_file(archive: Archive) -> None:
    assert verify(archive, None, quick=True).well
    assert verifying.progress(archive).verified == 0
    assert verify(archive, None).well
    assert not verifying.is_due(archive)


def test_the_scheduler_begins_a_slice_and_not_another_within_the_hour(archive: Archive) -> None:
    doing = chores.Chores(archive.root)
    doing.look(archive)
    process = doing._process
    assert process is not None
    assert process.wait(120) == 0
    assert verifying.progress(archive).files == 4
    doing.look(archive)
    assert doing._process is None
