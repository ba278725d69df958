"""How things are measured: the bare scan, seconds, disk blocks, one line a figure."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from verticalfile.cli.main import GARBAGE_THRESHOLD
from verticalfile.kernel.clock import SetClock
from verticalfile.kernel.originals import Original
from verticalfile.services.archive import Archive, init
from verticalfile.services.datasets import adding
from verticalfile.services.taking_in import intake, rebuild
from verticalfile.sources.state import Offered, State

gc.set_threshold(GARBAGE_THRESHOLD, 50, 50)  # as every command has it

START = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Figure:
    """What was asked, and what came out; `met` None where nothing was asked."""

    what: str
    asked: str
    found: str
    met: bool | None


def bare_scan_s(path: Path) -> float:
    """DuckDB's all-text scan of a file, two threads: the yardstick of engine.md."""
    started = time.perf_counter()
    with duckdb.connect(":memory:", config={"threads": "2"}) as connection:
        connection.sql(
            f"SELECT sum(length(COLUMNS(*))) FROM read_csv('{path}', all_varchar = true,"
            " header = true, delim = ',', quote = '\"')"
        ).fetchall()
    return time.perf_counter() - started


def timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def blocks_bytes(folder: Path) -> int:
    """Space on disk in blocks, as `du` counts it."""
    return sum(os.lstat(p).st_blocks * 512 for p in folder.rglob("*"))


def an_archive(folder: Path, name: str) -> Archive:
    archive = init(folder, clock=SetClock(START + timedelta(days=4000)))
    source = folder.parent / f"{name}.csv"
    source.write_bytes(b"")
    adding.add(archive, str(source), name=name, key=["id"])
    return archive


def take(archive: Archive, name: str, bodies: Sequence[Original], first_day: int) -> None:
    """What collecting does once the bytes are here, everything included."""
    resource = archive.index.resources(name)[0]
    offers = []
    for n, body in enumerate(bodies):
        at = START + timedelta(days=first_day + n)
        state = State(f"{first_day + n}", at, "own visit", at, 0, "", {})
        offers.append(Offered(state, body, "text/csv"))
    with archive.writing(resource.id):
        rebuild.recover(archive, resource)
        intake.take_in(archive, resource, "benchmark", offers, file_name=f"{name}.csv")


def vf(root: Path, *words: str) -> tuple[float, float, float]:
    """Processor seconds and most memory of a command and its readers, and seconds by the clock."""
    command = [sys.executable, "-m", "verticalfile", "--archive", str(root), *words]
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)} ended with {process.returncode}.")
    wall_s = time.perf_counter() - started
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, wall_s
