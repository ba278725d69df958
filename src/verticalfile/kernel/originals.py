"""An original: its bytes where they are few, a file on disk where they are many.

What is large is never in memory whole: it is read, hashed, compressed and given back in steps.
"""

from __future__ import annotations

import hashlib
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO

from verticalfile.kernel import limits


class OnDisk:
    """An original that is not in memory. `path` is a file of ours that nobody changes, or None
    where the steps come from elsewhere, as out of a frame of the vault."""

    def __init__(
        self,
        size_bytes: int,
        sha256: str,
        chunks: Callable[[], Iterator[bytes]],
        path: Path | None = None,
    ) -> None:
        self.size_bytes, self.sha256, self.path = size_bytes, sha256, path
        self._chunks = chunks

    def chunks(self) -> Iterator[bytes]:
        """Its bytes in steps, from the start. What checks them as they come raises at the end."""
        return self._chunks()


Original = bytes | OnDisk


def in_file(
    path: Path, sha256: str, *, ours: bool = False, small_bytes: int | None = None
) -> Original:
    """The original that stands in a file: read where it is small, left there where it is large.
    A file that is `ours` goes when nobody holds the original any more."""
    size = path.stat().st_size
    if size <= (limits.STREAM_BYTES if small_bytes is None else small_bytes):
        body = path.read_bytes()
        if ours:
            path.unlink(missing_ok=True)
        return body
    found = OnDisk(size, sha256, lambda: steps_of(path), path)
    if ours:
        weakref.finalize(found, path.unlink, missing_ok=True)
    return found


def gathered(chunks: Iterable[bytes], into: Callable[[], Path]) -> Original:
    """What these steps give: in memory, or in a new file of the folder that `into` gives, once
    there is too much of it."""
    held: list[bytes] = []
    size = 0
    steps = iter(chunks)
    for chunk in steps:
        held.append(chunk)
        size += len(chunk)
        if size > limits.STREAM_BYTES:
            return _spilled(held, steps, into())
    return held[0] if len(held) == 1 else b"".join(held)


def _spilled(held: list[bytes], steps: Iterator[bytes], into: Path) -> Original:
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=into, prefix="original-", delete=False) as out:
        path = Path(out.name)
        try:
            for part in (held, steps):
                for chunk in part:
                    digest.update(chunk)
                    out.write(chunk)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    held.clear()
    return in_file(path, digest.hexdigest(), ours=True)


def copied(path: Path, into: Callable[[], Path]) -> Original:
    """The original that stands in a file of somebody else's: in memory, or as a copy of ours."""
    if path.stat().st_size <= limits.STREAM_BYTES:
        return path.read_bytes()
    return _spilled([], steps_of(path), into())


def steps_of(path: Path, step_bytes: int = limits.COPY_STEP_BYTES) -> Iterator[bytes]:
    """The content of a file in steps."""
    with open(path, "rb") as handle:
        while chunk := handle.read(step_bytes):
            yield chunk


def steps_in(handle: IO[bytes], length: int) -> Iterator[bytes]:
    """So many bytes of a file from where it stands, in steps; fewer where it ends before."""
    while length and (step := handle.read(min(length, limits.COPY_STEP_BYTES))):
        length -= len(step)
        yield step


def size_of(original: Original) -> int:
    return len(original) if isinstance(original, bytes) else original.size_bytes


def sha256_of(original: Original) -> str:
    """Its digest, lower-case hex; that of a large one was worked out as it came."""
    if isinstance(original, OnDisk):
        return original.sha256
    return hashlib.sha256(original).hexdigest()


def chunks_of(original: Original) -> Iterator[bytes]:
    return iter([original]) if isinstance(original, bytes) else original.chunks()
