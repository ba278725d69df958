"""Snapshots that this process holds open: opening one costs more than most of what is asked of it.

Each has an instance of DuckDB of its own, bounded in memory; the ones asked least lately are closed,
and all that nobody asked for a minute: so nothing of a file that is gone from its folder stays open
for long, and a file that took its place is never taken for it.
"""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import duckdb

from verticalfile.history.duck import instance
from verticalfile.history.encoding import literal

MOST = 3
MEMORY_LIMIT = "128MB"
"""Of each: the blocks of some columns, and room for sorting; a larger sort spills."""
IDLE_S = 60.0


@dataclass(slots=True)
class _Open:
    connection: duckdb.DuckDBPyConnection
    file: tuple[int, int, int]  # device, number and size: not its time, which reading moves
    asked_at: float


_open: OrderedDict[tuple[int, Path], _Open] = OrderedDict()
_lock = threading.Lock()
_closing: list[threading.Timer] = []


def connection_to(path: Path, scratch: Path | None) -> duckdb.DuckDBPyConnection:
    """A connection of its own in which the file's tables need no other name. Raises OSError where
    there is no file, duckdb.Error where it is none of ours."""
    told = path.stat()
    file, key = (told.st_dev, told.st_ino, told.st_size), (os.getpid(), path)
    with _lock:
        known = _open.get(key)
        if known is None or known.file != file:
            made = instance(scratch, memory=MEMORY_LIMIT)
            made.execute(f"ATTACH {literal(str(path))} AS snap (READ_ONLY)")
            known = _open[key] = _Open(made, file, 0.0)
        known.asked_at = time.monotonic()
        _open.move_to_end(key)
        while len(_open) > MOST:  # who still reads from one has a connection that keeps it
            _open.popitem(last=False)
        _close_later()
        connection = known.connection.cursor()
    connection.execute("SET enable_progress_bar = false")
    connection.execute("USE snap")
    return connection


def close_idle(idle_s: float = IDLE_S) -> None:
    """Close what nobody asked for so long."""
    with _lock:
        _closing.clear()
        now = time.monotonic()
        for key in [k for k, each in _open.items() if now - each.asked_at >= idle_s]:
            del _open[key]
        if _open:
            _close_later()


def _close_later() -> None:
    if not _closing:
        timer = threading.Timer(IDLE_S, close_idle)
        timer.daemon = True
        timer.start()
        _closing.append(timer)
