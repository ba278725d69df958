"""`vf run` serves and collects: one command, and nothing of it outlives it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from verticalfile.services.archive import init
from verticalfile.services.datasets.adding import add
from verticalfile.vault.lock import holders

WAIT_S = 180.0


def until(found):
    give_up = time.monotonic() + WAIT_S
    while not (answer := found()):
        assert time.monotonic() < give_up, "it never came"
        time.sleep(0.1)
    return answer


def started(root: Path) -> tuple[subprocess.Popen[bytes], int]:
    """`vf run` as a person starts it, and the port that it listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", "verticalfile", "--archive", str(root), "run"]
    return subprocess.Popen([*words, "--port", str(port)], stdout=subprocess.DEVNULL), port


def scheduler_of(root: Path) -> int:
    held = {what: who for who, what in holders(root / "locks")}
    return int(held.get("scheduler", "process 0").split()[1])


def health(port: int) -> dict:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60) as answer:
            return json.load(answer)
    except (OSError, urllib.error.HTTPError):
        return {}


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_run_serves_and_collects_and_leaves_no_process(tmp_path: Path, how: int) -> None:
    file = tmp_path / "trees.csv"
    file.write_text("id,kind\n1,oak\n")
    archive = init(tmp_path / "archive")
    add(archive, str(file), name="trees")
    process, port = started(archive.root)
    try:
        told = until(lambda: (h := health(port)).get("scheduler_seen_at") and h)
        assert told["well"]
        until(lambda: archive.index.resources()[0].outcome == "changed")
        until(lambda: health(port)["checks_waiting"] == 0)
        child = scheduler_of(archive.root)
        assert child != process.pid
        assert is_alive(child)
    finally:
        process.send_signal(how)
        began = time.monotonic()
        process.wait(timeout=90)
    assert time.monotonic() - began < 25
    until(lambda: not is_alive(child))
    until(lambda: not health(port))  # no worker serves on by itself
    assert scheduler_of(archive.root) == 0


def test_to_serve_only_and_to_collect_only_are_two_things(tmp_path: Path) -> None:
    archive = init(tmp_path / "archive")
    words = [sys.executable, "-m", "verticalfile", "--archive", str(archive.root), "run"]
    done = subprocess.run([*words, "--no-collect", "--only-collect"],
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 10
    assert "To mend it: choose one of the two." in done.stderr


def test_a_scheduler_that_is_killed_comes_again_and_the_pages_stay(tmp_path: Path) -> None:
    file = tmp_path / "trees.csv"
    file.write_text("id,kind\n1,oak\n")
    archive = init(tmp_path / "archive")
    process, port = started(archive.root)
    try:
        until(lambda: health(port).get("scheduler_seen_at"))
        first = scheduler_of(archive.root)
        os.kill(first, signal.SIGKILL)
        add(archive, str(file), name="trees")
        until(lambda: archive.index.resources()[0].outcome == "changed")
        second = scheduler_of(archive.root)
        assert second not in (0, first, process.pid)
        assert health(port)["well"]
    finally:
        process.terminate()
        process.wait(timeout=90)
    until(lambda: not is_alive(second))
