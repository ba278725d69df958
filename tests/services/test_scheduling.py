"""The scheduler of `vf run`, with real processes and a real server on the loopback."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verticalfile.services.archive import Archive, init, open_archive
from verticalfile.services.datasets.adding import add
from verticalfile.services.gathering import reports
from verticalfile.services.running.scheduling import (
    BACK_OFF_MOST,
    Scheduler,
    back_off,
    due_now,
    heartbeat,
)
from verticalfile.vault.copies.check import check

WAIT_S = 90.0
PORT = 8080
"""One of those to which a publisher's address may lead; each test has a loopback of its own."""


def an_address() -> str:
    chance = random.SystemRandom()
    return f"127.{chance.randint(1, 250)}.{chance.randint(0, 250)}.{chance.randint(1, 250)}"


class Portal(ThreadingHTTPServer):
    """Answers every file with a small table; counts who is asked for at once."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((an_address(), PORT), _Answer)
        self.hanging = threading.Event()
        self.takes_s = 0.0
        self.status = 200
        self.at_once = self.most_at_once = self.answered = 0
        self.counting = threading.Lock()

    @property
    def address(self) -> str:
        return f"http://{self.server_address[0]}:{PORT}"


class _Answer(BaseHTTPRequestHandler):
    server: Portal

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        portal = self.server
        if self.path == "/robots.txt":
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        with portal.counting:
            portal.at_once += 1
            portal.answered += 1
            portal.most_at_once = max(portal.most_at_once, portal.at_once)
        try:
            time.sleep(portal.takes_s)
            while portal.hanging.is_set():
                time.sleep(0.05)
            body = f"id,n\n1,{self.path}\n".encode()
            self.send_response(portal.status)
            self.send_header("Content-Type", "text/csv")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass
        finally:
            with portal.counting:
                portal.at_once -= 1


@pytest.fixture
def portal() -> Iterator[Portal]:
    server = Portal()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.hanging.clear()
    server.shutdown()
    server.server_close()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return init(tmp_path / "archive")


@contextmanager
def scheduling(archive: Archive, **told: float) -> Iterator[Scheduler]:
    """A scheduler while the block lasts; its checks are processes of their own."""
    scheduler = Scheduler(archive.root, allow_private=True, look_every_s=0.3, **told)
    thread = threading.Thread(target=scheduler.run)
    thread.start()
    try:
        yield scheduler
    finally:
        scheduler.stopping.set()
        thread.join(30)
        assert not thread.is_alive()


def until(found: Callable[[], object]) -> None:
    give_up = time.monotonic() + WAIT_S
    while not found():
        assert time.monotonic() < give_up, "it never came"
        time.sleep(0.1)


def outcomes(archive: Archive, name: str) -> list[str]:
    [resource] = archive.index.resources(name)
    return [str(body["outcome"]) for body in archive.index.observations(resource.id)]


def command(archive: Archive, *words: str) -> list[str]:
    return [sys.executable, "-m", "verticalfile", "--archive", str(archive.root), *words]


def test_what_is_due_is_collected_one_at_a_time_for_each_host(
    archive: Archive, portal: Portal
) -> None:
    portal.takes_s = 0.3
    for name in ("ash", "elm", "oak"):
        add(archive, f"{portal.address}/{name}.csv", name=name)
    with scheduling(archive):
        until(lambda: all(outcomes(archive, n) for n in ("ash", "elm", "oak")))
        time.sleep(1)
        assert heartbeat(archive) is not None
    assert [outcomes(archive, n) for n in ("ash", "elm", "oak")] == [["changed"]] * 3
    assert (portal.answered, portal.most_at_once) == (3, 1)
    assert heartbeat(archive) is None, "who has stopped is not silent"
    assert list(check(archive.vault.root)) == []


def test_a_check_that_hangs_is_ended_and_told_as_failed_with_a_mend(
    archive: Archive, portal: Portal
) -> None:
    portal.hanging.set()
    add(archive, f"{portal.address}/ash.csv", name="ash")
    with scheduling(archive, limit_s=3):
        until(lambda: outcomes(archive, "ash"))
    [resource] = archive.index.resources("ash")
    assert resource.outcome == "failed"
    assert "did not end within 3 seconds" in resource.detail
    assert "To mend it: see what hangs with `vf collect ash/ash`" in resource.detail
    assert due_now(archive, [resource]) == [], "it is left alone for 30 seconds"


def test_a_check_that_is_killed_is_told_and_costs_one_repeated_check(
    archive: Archive, portal: Portal
) -> None:
    portal.hanging.set()
    add(archive, f"{portal.address}/ash.csv", name="ash")
    with scheduling(archive) as scheduler:
        until(lambda: portal.at_once)
        os.killpg(scheduler._running[0].process.pid, signal.SIGKILL)
        until(lambda: outcomes(archive, "ash"))
        portal.hanging.clear()
    [resource] = archive.index.resources("ash")
    assert "killed from outside" in resource.detail
    assert subprocess.run(command(archive, "collect", "--allow-private", "ash"),
                          capture_output=True, check=False).returncode == 0  # fmt: skip
    assert outcomes(archive, "ash") == ["failed", "changed"]
    assert len(archive.index.versions(resource.id)) == 1
    assert list(check(archive.vault.root)) == []


def test_the_whole_of_it_stops_within_25_seconds_though_a_check_hangs(
    archive: Archive, portal: Portal
) -> None:
    portal.hanging.set()
    add(archive, f"{portal.address}/ash.csv", name="ash")
    words = command(archive, "run", "--only-collect", "--allow-private")
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    until(lambda: portal.at_once)
    began = time.monotonic()
    process.terminate()
    _, said = process.communicate(timeout=30)
    assert time.monotonic() - began < 25
    assert process.returncode == 0
    assert "Traceback" not in said
    assert outcomes(archive, "ash") == [], "what was cut off is no failure, and is due again"
    assert len(due_now(archive, archive.index.resources())) == 1


def test_somebody_typing_collect_meanwhile_never_meets_a_locked_database(
    archive: Archive, portal: Portal
) -> None:
    names = ["ash", "elm", "oak", "yew"]
    for name in names:
        add(archive, f"{portal.address}/{name}.csv", name=name)
    portal.takes_s = 1
    with scheduling(archive):
        until(lambda: portal.at_once)
        typed = [
            subprocess.Popen(
                command(archive, "collect", "--allow-private", name),
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )
            for name in (*names, *names)
        ]  # fmt: skip
        said = [(*each.communicate(timeout=WAIT_S), each.returncode) for each in typed]
        until(lambda: all(outcomes(archive, n) for n in names))
    assert [code for *_, code in said] == [0] * len(typed), said
    told = "".join(out + err for out, err, _ in said)
    assert "database is locked" not in told
    assert "Waiting: process" in told, "waiting is said"
    for resource in archive.index.resources():
        assert resource.outcome in ("changed", "unchanged")
        assert len(archive.index.versions(resource.id)) == 1
    assert list(check(archive.vault.root)) == []


def test_of_two_schedulers_one_waits_and_takes_over(archive: Archive, portal: Portal) -> None:
    portal.takes_s = 0.5
    with scheduling(archive):
        until(lambda: heartbeat(archive))
        with scheduling(archive):
            add(archive, f"{portal.address}/ash.csv", name="ash")
            until(lambda: outcomes(archive, "ash"))
    assert portal.answered == 1
    with scheduling(archive):
        add(archive, f"{portal.address}/elm.csv", name="elm")
        until(lambda: outcomes(archive, "elm"))


def journal_versions(archive: Archive) -> int:
    return sum(each.inventory.head for each in archive.journal.objects())


def seen_in_journal(archive: Archive) -> int:
    return sum(o.outcome == "changed" for o in archive.journal.observations())


def test_checks_wait_for_one_another_in_one_version_of_the_journal(
    archive: Archive, portal: Portal
) -> None:
    names = ["ash", "elm", "oak"]
    for name in names:
        add(archive, f"{portal.address}/{name}.csv", name=name)
    before = journal_versions(archive)
    with scheduling(archive):
        until(lambda: all(outcomes(archive, name) for name in names))
        assert journal_versions(archive) == before
        assert archive.journal.waiting.path.exists()
    assert journal_versions(archive) == before + 1, "who is stopped leaves nothing waiting"
    assert not archive.journal.waiting.path.exists()
    assert seen_in_journal(archive) == len(names)
    assert [outcomes(archive, name) for name in names] == [["changed"]] * 3
    assert list(check(archive.vault.root)) == []


def test_what_a_killed_scheduler_left_waiting_is_read_at_the_next_start(
    archive: Archive, portal: Portal
) -> None:
    add(archive, f"{portal.address}/ash.csv", name="ash")
    words = command(archive, "run", "--only-collect", "--allow-private")
    process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    until(lambda: outcomes(archive, "ash"))
    process.kill()
    process.wait()
    assert archive.journal.waiting.path.exists()
    archive.index.close()
    for path in archive.root.glob("index.sqlite3*"):  # all that knew of it beside the file
        path.unlink()
    with scheduling(archive):
        until(lambda: archive.index.resources("ash") and outcomes(archive, "ash"))
    assert outcomes(archive, "ash") == ["changed"]
    assert seen_in_journal(archive) == 1
    assert portal.answered == 1, "it is known to have been looked at"


@given(failures=st.integers(1, 10_000))
def test_waiting_doubles_from_thirty_seconds_up_to_six_hours(failures: int) -> None:
    assert back_off(1) == timedelta(seconds=30)
    assert back_off(failures + 1) == min(back_off(failures) * 2, BACK_OFF_MOST)


def test_what_fails_is_asked_for_less_and_less_often(archive: Archive) -> None:
    add(archive, f"http://{an_address()}:{PORT}/ash.csv", name="ash")  # nobody is there
    for _ in range(2):
        subprocess.run(command(archive, "collect", "--allow-private", "ash"),
                       capture_output=True, check=False)  # fmt: skip
    [resource] = archive.index.resources("ash")
    assert outcomes(archive, "ash") == ["failed"] * 2
    for seconds, count in ((59, 0), (61, 1)):
        later = open_archive(archive.root, clock=_At(resource.checked_at, seconds))
        assert len(due_now(later, [resource])) == count


class _At:
    """A clock so many seconds after a moment."""

    def __init__(self, moment, seconds: int) -> None:
        self._now = moment + timedelta(seconds=seconds)

    def now(self):
        return self._now


def test_what_is_due_of_one_host_is_looked_at_in_one_child(
    archive: Archive, portal: Portal
) -> None:
    names = ("ash", "elm", "fir", "oak")
    for name in names:
        add(archive, f"{portal.address}/{name}.csv", name=name)
    with scheduling(archive):
        until(lambda: all(outcomes(archive, name) for name in names))
        until(lambda: reports.runs(archive))
    [run] = reports.runs(archive)
    assert run.looked == len(names)
    assert portal.most_at_once == 1


def test_a_child_that_is_killed_is_told_for_the_file_that_it_was_at(
    archive: Archive, portal: Portal
) -> None:
    for name in ("ash", "elm", "fir"):
        add(archive, f"{portal.address}/{name}.csv", name=name)
    order = [each.dataset for each in due_now(archive, archive.index.resources())]
    portal.takes_s = 0.5
    with scheduling(archive) as scheduler:
        until(lambda: outcomes(archive, order[0]))
        portal.hanging.set()
        until(lambda: portal.at_once)
        was_at = next(name for name in order if not outcomes(archive, name))
        os.killpg(scheduler._running[0].process.pid, signal.SIGKILL)
        until(lambda: outcomes(archive, was_at))
        assert outcomes(archive, was_at) == ["failed"]
        portal.hanging.clear()
        until(lambda: all("changed" in outcomes(archive, name) for name in order[:1] + order[2:]))
    assert outcomes(archive, order[0]) == ["changed"]
