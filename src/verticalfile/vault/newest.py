"""A deletable cache of originals that the next patch builds on, so that they need no restoring.

Nothing in it is believed before its seal is compared, or its SHA-256 where that is missing; nothing
is handed out of it but by its SHA-256.
"""

from __future__ import annotations

import contextlib
import errno
import os
import threading
from pathlib import Path

from verticalfile.kernel.originals import (
    AtHand,
    OnDisk,
    Original,
    at_hand,
    mapped_or_read,
    size_of,
    write,
)
from verticalfile.kernel.seals import seal_of
from verticalfile.vault.frames import sha256_of

WORTH_BYTES = 1 << 20
"""Smaller originals are restored in no time."""


class NewestOriginals:
    """One folder per volume's resource, at most the three files that strides ask for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._reading = threading.Lock()
        self._shared: dict[str, AtHand] | None = None

    def share_reading(self) -> None:
        """From now on an original that was read and compared is given again without either:
        it is the prefix of a patch here and the other side of a comparison there."""
        self._shared = {}

    def end_sharing(self) -> None:
        """Let go of what was shared."""
        with self._reading:
            self._shared = None

    def get(self, resource: str, sha256: str) -> AtHand | None:
        """The original, None when it is not here or not what it should be, by its seal."""
        with self._reading:  # who comes meanwhile is given the same
            if self._shared and sha256 in self._shared:
                return self._shared[sha256]
            body = self._proved(resource, sha256)
            if self._shared is not None and body is not None:
                self._shared = {sha256: body}
            return body

    def read(self, resource: str, sha256: str) -> bytes | None:
        """The original to be handed out: in memory of our own, where nothing changes it between its
        digest and its use. None when it is not here or not what it should be."""
        try:
            body = (self._folder / resource / sha256).read_bytes()
        except OSError:
            return None
        return body if sha256_of(body) == sha256 else None

    def _proved(self, resource: str, sha256: str) -> AtHand | None:
        path, seal = self._folder / resource / sha256, self._seal(resource, sha256)
        try:
            body = mapped_or_read(path)
        except OSError:
            return None
        with contextlib.suppress(OSError):
            if seal.read_bytes() == seal_of(body):
                return body
        if sha256_of(body) == sha256:
            return body
        for each in (path, seal):
            with contextlib.suppress(OSError):  # an archive that is only read keeps what it has
                each.unlink(missing_ok=True)
        return None

    def holds(self, resource: str, sha256: str) -> bool:
        """Whether it is here; not whether it is sound."""
        return (self._folder / resource / sha256).exists()

    def _seal(self, resource: str, sha256: str) -> Path:
        return self._folder / resource / f"{sha256}.seal"

    def put(self, resource: str, sha256: str, original: Original, *, wanted: set[str]) -> None:
        """Hold this original; drop those that nothing builds on any more."""
        if size_of(original) < WORTH_BYTES:
            return
        folder = self._folder / resource
        part = folder / f"{sha256}.part"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for held in folder.iterdir():
                if held.stem not in wanted or held.suffix == part.suffix:
                    held.unlink(missing_ok=True)
            _write(original, part)
            self._seal(resource, sha256).write_bytes(_seal_of(original))
            os.replace(part, folder / sha256)
        except OSError:  # a cache that cannot be written costs time and nothing else
            with contextlib.suppress(OSError):
                part.unlink()

    def forget(self, resource: str) -> None:
        """Drop all of a resource."""
        folder = self._folder / resource
        for held in folder.iterdir() if folder.is_dir() else ():
            held.unlink(missing_ok=True)


def _write(original: Original, path: Path) -> None:
    """Another name of the file where it stands in one of ours on this disk, else a copy."""
    if isinstance(original, OnDisk) and original.path is not None:
        with contextlib.suppress(OSError):
            os.link(original.path, path)
            return
    with open(path, "xb") as out:  # never into a file that another name may lead to
        write(out, memoryview(at_hand(original)))


def _seal_of(original: Original) -> bytes:
    """The seal of the bytes that were hashed: where a file gives other ones, now or later, it is
    not believed. Raises OSError."""
    if isinstance(original, bytes):
        return seal_of(original)
    if original.seal is None and not original.is_as_hashed():
        raise OSError(errno.EIO, "the file is not any more what was hashed")
    assert original.seal is not None  # it is, since that is how it was looked at
    return original.seal
