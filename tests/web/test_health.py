"""`/healthz`: what a monitor is told, and nothing about anybody."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from verticalfile.kernel.moments import to_iso
from verticalfile.services.archive import init
from verticalfile.services.datasets.adding import add
from verticalfile.services.running.scheduling import HEARTBEAT


def a_beat(archive, ago: timedelta) -> None:
    told = {"at": to_iso(datetime.now(UTC) - ago), "running": 1}
    (archive.root / "cache" / HEARTBEAT).write_text(json.dumps(told))


def test_all_well_is_told_in_figures_alone(tmp_path, enter):
    archive = init(tmp_path / "new")
    add(archive, "https://data.example.org/secret-name.csv", name="secret-name")
    a_beat(archive, timedelta(seconds=3))
    answer = enter(archive.root).get("/healthz")
    assert answer.status_code == 200
    told = answer.json()
    assert set(told) == {
        "well", "why", "version", "archive_reachable", "scheduler_seen_at", "checks_running",
        "checks_waiting", "checks_failed", "versions_held", "free_bytes",
        "files_to_verify", "files_verified_in_90_days", "files_damaged", "oldest_verified_at",
    }  # fmt: skip
    assert (told["files_to_verify"], told["files_verified_in_90_days"]) == (2, 0)  # the journal too
    assert (told["well"], told["why"], told["archive_reachable"]) == (True, [], True)
    assert (told["checks_waiting"], told["checks_failed"], told["checks_running"]) == (1, 0, 1)
    assert told["free_bytes"] > 0
    assert "secret-name" not in answer.content.decode()
    assert str(tmp_path) not in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


def test_a_scheduler_that_went_silent_is_told_with_503(tmp_path, enter):
    archive = init(tmp_path / "new")
    assert enter(archive.root).get("/healthz").status_code == 200, "none has ever run"
    a_beat(archive, timedelta(minutes=5))
    answer = enter(archive.root).get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["why"] == ["the scheduler gives no sign of life"]


def test_an_archive_that_is_away_is_told_with_503(tmp_path, enter):
    archive = init(tmp_path / "new")
    room = enter(archive.root)
    (archive.root / "vault").rename(tmp_path / "vault-elsewhere")
    assert room.get("/healthz").status_code == 503
    assert room.get("/healthz").json()["why"][0] == "the archive cannot be read"
    (tmp_path / "new").rename(tmp_path / "elsewhere")
    assert room.get("/healthz").status_code == 503
