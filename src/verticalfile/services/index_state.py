"""Whether the index may have changed since: for what is made from it and kept a while."""

from __future__ import annotations

from datetime import date

from verticalfile.services.archive import Archive

WATCHED = ("index.sqlite3", "index.sqlite3-wal", "settings.json")

State = tuple[date, tuple[tuple[int, int], ...]]
"""The day, and of each file when it was written and its size."""


def state_of(archive: Archive) -> State:
    """Another one after every write to the index or the settings, and on another day. A write that
    changes nothing may make another too: then something is made anew in vain."""
    return archive.clock.now().date(), tuple(_written(archive, name) for name in WATCHED)


def _written(archive: Archive, name: str) -> tuple[int, int]:
    """An empty log is none: each reader makes one and takes it away again."""
    try:
        told = (archive.root / name).stat()
    except FileNotFoundError:
        return 0, 0
    return (told.st_mtime_ns, told.st_size) if told.st_size else (0, 0)
