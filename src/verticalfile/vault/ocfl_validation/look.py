"""Looking at a folder: reads only, follows no link, opens nothing but files, keeps to limits.

Whatever cannot be read, is a link or is neither file nor folder is noted.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import BinaryIO

from verticalfile.kernel import limits
from verticalfile.vault.ocfl_validation.digests import HASHES
from verticalfile.vault.ocfl_validation.verdict import Notes, shown


class Kind(Enum):
    """What stands under a name, as far as OCFL knows kinds."""

    FILE = "file"
    FOLDER = "folder"
    OTHER = "other"  # links, devices, pipes: noted when seen, never opened


class Look:
    """One folder under judgement. Places are paths below it with slashes, "" is the folder."""

    def __init__(self, root: Path, notes: Notes) -> None:
        self._root = root
        self._notes = notes
        self._room = limits.OCFL_ENTRIES
        self._inodes: dict[tuple[int, int], str] = {}

    def is_folder(self) -> bool:
        """Whether the folder itself is one; notes what it is otherwise."""
        try:
            mode = os.lstat(self._root).st_mode
        except (OSError, ValueError) as error:
            self._notes.add("X001", "", f"cannot be read: {_reason(error)}")
            return False
        if stat.S_ISLNK(mode):
            self._notes.add("E090", "", "is a symbolic link")
        elif not stat.S_ISDIR(mode):
            self._notes.add("X001", "", "is no folder")
        return stat.S_ISDIR(mode)

    def has_folder(self, place: str) -> bool:
        """Whether a place below the folder is a folder, no link."""
        try:
            return stat.S_ISDIR(os.lstat(self._path(place)).st_mode)
        except OSError:
            return False

    def entries(self, place: str) -> dict[str, Kind]:
        """Names and kinds of what stands in a folder, sorted.

        Where it cannot be read whole, a nameless entry says that there is more.
        """
        found: dict[str, Kind] = {}
        try:
            with os.scandir(self._path(place)) as scanned:
                for entry in scanned:
                    self._room -= 1
                    if self._room < 0:
                        self._notes.add(
                            "X002", "", f"holds more than {limits.OCFL_ENTRIES} files and folders"
                        )
                        found[""] = Kind.OTHER
                        break
                    found[entry.name] = self._kind(joined(place, entry.name), entry)
        except OSError as error:
            self._notes.add("X001", place, f"cannot be read: {_reason(error)}")
            found[""] = Kind.OTHER
        return dict(sorted(found.items()))

    def _kind(self, place: str, entry: os.DirEntry[str]) -> Kind:
        told = entry.stat(follow_symlinks=False)
        if stat.S_ISDIR(told.st_mode):
            return Kind.FOLDER
        if not stat.S_ISREG(told.st_mode):
            link = stat.S_ISLNK(told.st_mode)
            what = "is a symbolic link" if link else "is neither a file nor a folder"
            self._notes.add("E090" if link else "E089", place, what)
            return Kind.OTHER
        if told.st_nlink > 1:
            first = self._inodes.setdefault((told.st_dev, told.st_ino), place)
            if first != place:
                self._notes.add("E090", place, f"is the same file as {shown(first)}, a hard link")
        return Kind.FILE

    def walk(self, place: str) -> Iterator[tuple[str, dict[str, Kind]]]:
        """The folder and all folders below it, each with its entries."""
        waiting = [place]
        while waiting:
            here = waiting.pop()
            found = self.entries(here)
            yield here, found
            waiting += [joined(here, name) for name, kind in found.items() if kind is Kind.FOLDER][
                ::-1
            ]

    def content(self, place: str, limit: int) -> bytes | None:
        """The bytes of a file; None, and a note, where it cannot be read or is longer."""
        try:
            with self._opened(place) as handle:
                body = handle.read(limit + 1)
        except OSError as error:
            self._notes.add("X001", place, f"cannot be read: {_reason(error)}")
            return None
        if len(body) > limit:
            self._notes.add("X002", place, f"is longer than {limit} bytes and was not read")
            return None
        return body

    def digests(self, place: str, algorithms: Iterable[str]) -> Mapping[str, str]:
        """Digests of a file by each algorithm, read once; empty, and a note, where unreadable."""
        hashes = {name: HASHES[name]() for name in algorithms}
        try:
            with self._opened(place) as handle:
                while chunk := handle.read(limits.COPY_STEP_BYTES):
                    for each in hashes.values():
                        each.update(chunk)
        except OSError as error:
            self._notes.add("X001", place, f"cannot be read: {_reason(error)}")
            return {}
        return {name: each.hexdigest() for name, each in hashes.items()}

    @contextlib.contextmanager
    def _opened(self, place: str) -> Iterator[BinaryIO]:
        # O_NONBLOCK: a pipe that took the file's name since the listing must not hold us
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        handle = os.open(self._path(place), flags)
        with os.fdopen(handle, "rb") as opened:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise OSError(None, "no longer a file")
            yield opened

    def _path(self, place: str) -> str:
        return os.path.join(self._root, place) if place else os.fspath(self._root)


def joined(place: str, name: str) -> str:
    return f"{place}/{name}" if place else name


def _reason(error: OSError | ValueError) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)
