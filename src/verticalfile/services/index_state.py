"""Whether the index may have changed since: for what is made from it and kept a while."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar

from verticalfile.services.archive import Archive

WATCHED = ("index.sqlite3", "index.sqlite3-wal", "settings.json")

KEYS_MAX = 4
Key = TypeVar("Key", bound=Hashable)
Made = TypeVar("Made")
State = tuple[date, tuple[tuple[int, int], ...]]
"""The day, and of each file when it was written and its size."""


def state_of(archive: Archive) -> State:
    """Another one after every write to the index or the settings, and on another day. A write that
    changes nothing may make another too: then something is made anew in vain."""
    return archive.clock.now().date(), tuple(_written(archive, name) for name in WATCHED)


class WhileUnchanged(Generic[Key, Made]):
    """What is made from the index, in memory as long as the index is the same: nothing that is
    withdrawn later lies on a disk. One for each key, of the last few keys: a key may be a host
    that a reader made up."""

    def __init__(self) -> None:
        self._made: dict[tuple[Path, Key], tuple[State, Made]] = {}
        self._lock = threading.Lock()

    def of(self, archive: Archive, key: Key, make: Callable[[], Made]) -> Made:
        """The one that was made, or a new one; kept only where nobody wrote meanwhile."""
        state = state_of(archive)
        known = self._made.get((archive.root, key))
        if known is not None and known[0] == state:
            return known[1]
        made = make()
        if state_of(archive) == state:
            with self._lock:
                self._made.pop((archive.root, key), None)
                self._made[(archive.root, key)] = state, made
                while len(self._made) > KEYS_MAX:
                    del self._made[next(iter(self._made))]
        return made


def _written(archive: Archive, name: str) -> tuple[int, int]:
    """An empty log is none: each reader makes one and takes it away again."""
    try:
        told = (archive.root / name).stat()
    except FileNotFoundError:
        return 0, 0
    return (told.st_mtime_ns, told.st_size) if told.st_size else (0, 0)
