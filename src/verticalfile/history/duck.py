"""DuckDB as the history uses it: in memory, bounded, without extensions, network or surprises."""

from __future__ import annotations

from pathlib import Path

import duckdb

MEMORY_LIMIT = "768MB"
"""Leaves room for Arrow and numpy below the 1.5 GB that a small machine can give."""

THREADS = 2


def connect(scratch: Path | None = None) -> duckdb.DuckDBPyConnection:
    """An in-memory connection; it spills into `scratch`, or not at all without one."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": MEMORY_LIMIT,
            "threads": str(THREADS),
            "temp_directory": str(scratch) if scratch else "",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "python_enable_replacements": "false",
        },
    )
    connection.execute("SET enable_progress_bar = false")
    return connection
