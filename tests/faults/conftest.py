"""Whole commands in children that share one warm start, so that hundreds of them can be tried."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

NURSERY = """
import json, os, resource, signal, sys
import duckdb, pyarrow, pyarrow.parquet, sqlite3, numpy
import verticalfile.catalog.schema
from verticalfile.cli.reader import looking_cmd, opening_cmd
from verticalfile.cli.staff import collecting_cmd, keeping_cmd
from verticalfile.cli.main import main
from verticalfile.services.collecting import backfill, collect
from verticalfile.services.safe import safekeeping
from verticalfile.services.taking_in import intake, rebuild
import verticalfile.tables.read.delimited

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

def die_at(wanted, inside):
    steps = 0
    def hook(name, facts):
        nonlocal steps
        if name not in ("os.rename", "os.link", "os.mkdir", "os.rmdir", "os.remove", "open"):
            return
        if name == "open" and (not isinstance(facts[1], str) or facts[1] in ("r", "rb")):
            return
        if not str(facts[0]).startswith(inside):
            return
        steps += 1
        if steps == wanted:
            os._exit(137)
    sys.addaudithook(hook)

for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        for number, name in ((1, "out"), (2, "err")):
            os.dup2(os.open(asked[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        sys.stdin = open(os.devnull)
        sys.argv = ["vf", *asked["words"]]
        if asked["limit"] is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (asked["limit"], resource.RLIM_INFINITY))
        if asked["step"] is not None:
            die_at(asked["step"], asked["inside"])
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        except BaseException:
            import traceback
            traceback.print_exc()
            code = 99
        sys.stdout.flush(); sys.stderr.flush()
        os._exit(code)
    print(child, flush=True)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
"""


@dataclass(frozen=True)
class Done:
    """What a command answered; `code` is negative for the signal that killed it."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> dict:
        return json.loads(self.out)


class Commands:
    """`vf(archive, "collect", "t")` in a child forked from one that has everything imported."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self._count = 0

    def _nursery(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-c", NURSERY], text=True, bufsize=1,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"},
            )  # fmt: skip
        return self._process

    def __call__(
        self,
        archive: Path,
        *words: str,
        limit: int | None = None,
        step: int | None = None,
        kill_after_s: float | None = None,
        life: Path | None = None,
    ) -> Done:
        """Run it: no file over `limit` bytes; dead at the `step`-th change of a name in the
        archive; or killed so many seconds after `life` exists."""
        self._count += 1
        out, err = (self._folder / f"{self._count}.{name}" for name in ("out", "err"))
        asked = {
            "words": ["--archive", str(archive), *words], "limit": limit, "step": step,
            "inside": str(archive), "out": str(out), "err": str(err),
        }  # fmt: skip
        nursery = self._nursery()
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        nursery.stdin.write(json.dumps(asked) + "\n")
        child = int(nursery.stdout.readline())
        if kill_after_s is not None:
            self._kill(child, kill_after_s, life or out)
        code = int(nursery.stdout.readline())
        return Done(code, out.read_text(), err.read_text())

    def _kill(self, child: int, after_s: float, life: Path) -> None:
        """SIGKILL to our own child; it is a zombie at worst, so its number is not another's."""
        assert self._process is not None
        assert self._process.stdout is not None
        give_up = time.monotonic() + 20
        while not life.exists() and time.monotonic() < give_up:
            time.sleep(0.0005)
        if not select.select([self._process.stdout], [], [], after_s)[0]:
            os.kill(child, signal.SIGKILL)

    def end(self) -> None:
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait(timeout=90)


@pytest.fixture(scope="session")
def vf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """Runs whole commands."""
    commands = Commands(tmp_path_factory.mktemp("said"))
    yield commands
    commands.end()
