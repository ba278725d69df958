"""DuckDB as the history uses it: in memory, bounded, without extensions, network or surprises."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import duckdb

from verticalfile.kernel.memory import give_back

MEMORY_LIMIT = "768MB"
"""Leaves room for Arrow and numpy below the 1.5 GB that a small machine can give."""

THREADS = 2
INSTANCES = 4
"""Archives that one process works with at a time; the least recently made goes first."""


_instances: dict[tuple[int, str, int], duckdb.DuckDBPyConnection] = {}
_making = threading.Lock()


def connect(scratch: Path | None = None, *, threads: int = THREADS) -> duckdb.DuckDBPyConnection:
    """A connection of its own, with its own temporary tables, to this process's instance, which
    takes ten times longer to make. It spills into `scratch`, or not at all without one."""
    place = (os.getpid(), str(scratch or ""), threads)  # an instance does not outlive a fork
    with _making:
        if place not in _instances:
            while len(_instances) >= INSTANCES:
                _instances.pop(next(iter(_instances)))
            _instances[place] = instance(scratch, threads=threads)
        connection = _instances[place].cursor()
    connection.execute("SET enable_progress_bar = false")
    return connection


def let_go() -> None:
    """Close the instances of this process, which keep what they once took, and give back what is
    free: after something large, before something else that is."""
    with _making:
        _instances.clear()
    give_back()


def instance(
    scratch: Path | None = None, *, memory: str = MEMORY_LIMIT, threads: int = THREADS
) -> duckdb.DuckDBPyConnection:
    """An instance of its own: for who changes settings, which all connections of one share."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": memory,
            "threads": str(threads),
            "temp_directory": str(scratch) if scratch else "",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "python_enable_replacements": "false",
        },
    )
    connection.execute("SET enable_progress_bar = false")
    return connection
