"""Folders for temporary files that go with their owner, also when the owner was killed.

Each is held by `flock` while its owner lives; whoever makes the next one removes those that nobody
holds. Where a file system knows no locks nothing is swept and nothing else is lost.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

PREFIX = "work-"


@contextlib.contextmanager
def working_folder(scratch: Path) -> Iterator[Path]:
    """A new folder below `scratch`, removed with all in it at the end."""
    scratch.mkdir(parents=True, exist_ok=True)
    with _held(scratch) as alone:
        if alone:
            _sweep(scratch)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=scratch))
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[bool]:
    """Hold a folder's lock; False where the file system knows none."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def _sweep(scratch: Path) -> None:
    """Remove folders whose owner is gone."""
    for folder in scratch.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(handle)
