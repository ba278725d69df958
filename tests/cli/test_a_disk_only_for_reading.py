"""An archive on a disk that is only for reading: a DVD, a snapshot, a copy that nobody may change."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_the_terminal import VF, run

ANSWERS = (
    ("list",), ("show", "permits"), ("versions", "permits"), ("log",), ("key", "permits"),
    ("get", "permits", "--version", "1"), ("changes", "permits"), ("row", "permits", "2"),
    ("sql", "SELECT count(*) FROM permits"), ("search", "permits"), ("cite", "permits"),
)  # fmt: skip


@pytest.fixture
def library(tmp_path: Path) -> Path:
    run("init", "library", cwd=tmp_path)
    for street in ("Oak", "Ash"):
        (tmp_path / "permits.csv").write_text(f"id,street\n1,Elm\n2,{street}\n")
        run("add", "../permits.csv", "--key", "id", cwd=tmp_path / "library")
        run("collect", "permits", cwd=tmp_path / "library")
    return tmp_path / "library"


@pytest.fixture
def locked(library: Path) -> Iterator[list[str]]:
    """How to run a command for which nothing in the archive can be written; root needs a mount."""
    if os.geteuid():
        for folder, _, files in os.walk(library):
            for name in (*files, "."):
                os.chmod(Path(folder) / name, 0o555)
        yield []
        for folder, _, _ in os.walk(library):
            os.chmod(folder, 0o755)
        return
    script = (
        'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && cd "$1" && shift && exec "$@"'
    )
    start = ["unshare", "-m", "sh", "-c", script, "sh", str(library)]
    if not shutil.which("unshare") or subprocess.run([*start, "true"], check=False).returncode:
        # root passes over permissions, and not every container lets it mount
        pytest.skip("root cannot make a disk read-only here")
    yield start


def asked(start: list[str], library: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*start, *VF, *words], cwd=library, capture_output=True, text=True, check=False
    )


def test_what_only_reads_gives_the_same_answers(library: Path, locked: list[str]) -> None:
    before = {words: run(*words, cwd=library).stdout for words in ANSWERS}
    for words in ANSWERS:
        done = asked(locked, library, *words)
        assert (done.returncode, done.stdout) == (0, before[words]), (words, done.stderr)


def test_what_stands_in_the_log_of_the_index_alone_is_read(
    library: Path, locked: list[str]
) -> None:
    holding = (
        "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute(\"UPDATE dataset SET title = 'Told in the log'\"); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", holding, str(library / "index.sqlite3")], check=True)
    assert (library / "index.sqlite3-wal").stat().st_size
    assert "Told in the log" in asked(locked, library, "list").stdout


def test_what_writes_is_refused_in_words(library: Path, locked: list[str]) -> None:
    for words in (("collect", "permits"), ("key", "permits", "--none"), ("rebuild",)):
        done = asked(locked, library, *words)
        assert done.returncode == 24, done.stderr
        assert "Traceback" not in done.stderr
        assert ".lock" not in done.stderr
        if words[0] == "collect":
            assert "permits cannot be written to: " in done.stderr
    with sqlite3.connect(library / "index.sqlite3") as index:
        assert index.execute("SELECT count(*) FROM version").fetchone() == (2,)
