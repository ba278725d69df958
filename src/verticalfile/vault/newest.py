"""A deletable cache of originals that the next patch builds on, so that they need no restoring.

Nothing in it is believed before its SHA-256 is compared.
"""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path

from verticalfile.vault.frames import sha256_of

WORTH_BYTES = 1 << 20
"""Smaller originals are restored in no time."""


class NewestOriginals:
    """One folder per volume's resource, at most the three files that strides ask for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._reading = threading.Lock()
        self._shared: dict[str, bytes] | None = None
        self._peeked: dict[str, bytes] = {}

    def share_reading(self) -> None:
        """From now on an original that was read and compared is given again without either:
        it is the prefix of a patch here and the other side of a comparison there."""
        self._shared = {}

    def end_sharing(self) -> None:
        """Let go of what was shared."""
        self._shared = None
        self._peeked = {}

    def peek(self, resource: str, sha256: str) -> bytes | None:
        """The original, its digest not yet compared: nothing may rest on it before `get` gives
        the same object. Only between `share_reading` and `end_sharing`."""
        with self._reading:
            if self._shared is None:
                return None
            return self._shared.get(sha256) or self._peeked_at(resource, sha256)

    def get(self, resource: str, sha256: str) -> bytes | None:
        """The original, None when it is not here or not what it should be."""
        with self._reading:
            if self._shared and sha256 in self._shared:
                return self._shared[sha256]
            shares = self._shared is not None
            body = self._peeked_at(resource, sha256) if shares else self._bytes(resource, sha256)
        # outside of the lock: who peeks meanwhile need not wait for the digest
        if body is not None and sha256_of(body) != sha256:
            with self._reading:
                self._peeked.pop(sha256, None)
            (self._folder / resource / sha256).unlink(missing_ok=True)
            return None
        with self._reading:
            if self._shared is not None and body is not None:
                self._shared = {sha256: body}
        return body

    def _peeked_at(self, resource: str, sha256: str) -> bytes | None:
        if sha256 not in self._peeked:
            body = self._bytes(resource, sha256)
            if body is None:
                return None
            self._peeked = {sha256: body}
        return self._peeked[sha256]

    def holds(self, resource: str, sha256: str) -> bool:
        """Whether it is here; not whether it is sound."""
        return (self._folder / resource / sha256).exists()

    def _bytes(self, resource: str, sha256: str) -> bytes | None:
        try:
            return (self._folder / resource / sha256).read_bytes()
        except OSError:
            return None

    def put(self, resource: str, sha256: str, body: bytes, *, wanted: set[str]) -> None:
        """Hold this original; drop those that nothing builds on any more."""
        if len(body) < WORTH_BYTES:
            return
        folder = self._folder / resource
        part = folder / f"{sha256}.part"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for held in folder.iterdir():
                if held.name not in wanted:
                    held.unlink(missing_ok=True)
            part.write_bytes(body)
            os.replace(part, folder / sha256)
        except OSError:  # a cache that cannot be written costs time and nothing else
            with contextlib.suppress(OSError):
                part.unlink()

    def forget(self, resource: str) -> None:
        """Drop all of a resource."""
        folder = self._folder / resource
        for held in folder.iterdir() if folder.is_dir() else ():
            held.unlink(missing_ok=True)
