"""An original: its bytes where they are few, a file on disk where they are many.

What is large is never in memory whole: it is read, hashed, compressed and given back in steps.
"""

from __future__ import annotations

import errno
import hashlib
import mmap
import os
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import IO

from verticalfile.kernel import limits
from verticalfile.kernel.seals import Sealing, seal_of

AtHand = bytes | mmap.mmap
"""All bytes of an original: in memory, or a file of ours that nobody changes, mapped into it."""


def mapped_or_read(path: Path) -> AtHand:
    """A file of ours as memory: no copy is made, which takes a tenth of the time of reading it.

    It is read through before, since what cannot be read would later end the process; where this
    system has no such way of reading, it is read. Raises OSError.
    """
    try:
        with open(path, "rb") as handle, open(os.devnull, "wb") as nowhere:
            at, size = 0, os.fstat(handle.fileno()).st_size
            while at < size:
                read = os.sendfile(nowhere.fileno(), handle.fileno(), at, size - at)
                if not read:  # it has been cut off since, and would be waited for without end
                    raise OSError(errno.EIO, "the file ends before its size")
                at += read
    except OSError:
        return path.read_bytes()
    return _mapped(path)


def _mapped(path: Path) -> AtHand:
    try:
        with open(path, "rb") as handle:
            return mmap.mmap(handle.fileno(), 0, prot=mmap.PROT_READ)
    except (OSError, ValueError):  # it is empty, or of a file system that maps nothing
        return path.read_bytes()


class OnDisk:
    """An original that is not read into memory. `path` is a file of ours that nobody changes, or
    None where the steps come from elsewhere, as out of a frame of the vault.

    One that `is_large` is gone through in steps; another may be had `at_hand`.
    """

    def __init__(
        self,
        size_bytes: int,
        sha256: str,
        chunks: Callable[[], Iterator[bytes]],
        path: Path | None = None,
        *,
        is_large: bool = True,
        seal: bytes | None = None,
    ) -> None:
        self.size_bytes, self.sha256, self.path = size_bytes, sha256, path
        self.is_large, self._chunks = is_large, chunks
        self.seal = seal  # of the bytes that were hashed; None until they are looked at again
        self._view: AtHand | None = None
        self._viewing = threading.Lock()

    def chunks(self) -> Iterator[bytes]:
        """Its bytes in steps, from the start. What checks them as they come raises at the end."""
        return self._chunks()

    def at_hand(self) -> AtHand:
        """All of its bytes, without a copy where that can be. Raises OSError."""
        with self._viewing:
            if self.path is None:
                return b"".join(self.chunks())
            if self._view is None:
                if self.path.stat().st_size != self.size_bytes:
                    raise OSError(errno.EIO, "the file is not what was written", str(self.path))
                self._view = _mapped(self.path)  # written just now: it need not be read first
            return self._view

    def is_as_hashed(self, seal: bytes | None = None) -> bool:
        """Whether its file gives the bytes that `sha256` was made of: they were hashed on their way
        to the disk, and what comes back from it may be other ones. By the seal where there is one,
        else by the digest. `seal`: of the bytes as somebody has just gone through them."""
        found = self.at_hand()
        seal = seal or seal_of(found)
        if self.seal is None and hashlib.sha256(found).hexdigest() == self.sha256:
            self.seal = seal
        return seal == self.seal


Original = bytes | OnDisk


def at_hand(original: Original) -> AtHand:
    """All bytes of an original that fits in memory."""
    return original if isinstance(original, bytes) else original.at_hand()


def in_file(path: Path, sha256: str, *, small_bytes: int | None = None) -> Original:
    """The original that stands in a file: read where it is small, left there where it is large."""
    size = path.stat().st_size
    if size <= (limits.STREAM_BYTES if small_bytes is None else small_bytes):
        return path.read_bytes()
    return _left(path, size, sha256, is_large=True)


def _left(
    path: Path, size: int, sha256: str, *, is_large: bool, seal: bytes | None = None
) -> OnDisk:
    return OnDisk(size, sha256, lambda: _copied_steps(path), path, is_large=is_large, seal=seal)


def left_in_file(path: Path, sha256: str, *, listing_bytes: int | None = None) -> Original:
    """`in_file` of a file that stays until the original is kept: one of some megabytes is not read,
    so that it can be mapped, and linked into the cache. Above `listing_bytes` it is large."""
    size = path.stat().st_size
    if listing_bytes is None and limits.MAPPED_BYTES <= size <= limits.STREAM_BYTES:
        return _left(path, size, sha256, is_large=False)
    return in_file(path, sha256, small_bytes=listing_bytes)


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
            return _spilled(chain(held, steps), into())
    return held[0] if len(held) == 1 else b"".join(held)


def copied(path: Path, into: Callable[[], Path]) -> Original:
    """The original that stands in a file of somebody else's: in memory, or as a copy of ours."""
    if path.stat().st_size < min(limits.MAPPED_BYTES, limits.STREAM_BYTES + 1):
        return path.read_bytes()
    return _spilled(_copied_steps(path), into())


def _spilled(steps: Iterable[bytes], into: Path) -> OnDisk:
    """A file of ours with these steps, which goes when nobody holds the original any more. Each is
    hashed while it is written and the next one read."""
    digest, sealing, size = hashlib.sha256(), Sealing(), 0

    def hash_step(step: bytes) -> None:
        digest.update(step)
        sealing.add(step)

    with tempfile.NamedTemporaryFile(dir=into, prefix="original-", delete=False) as out:
        path = Path(out.name)
        try:
            with ThreadPoolExecutor(max_workers=1) as beside:
                hashed: Future[None] = beside.submit(hash_step, b"")
                for step in steps:
                    hashed.result()
                    hashed = beside.submit(hash_step, step)
                    write(out, step)
                    size += len(step)
                hashed.result()
            out.flush()
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    is_large = size > limits.STREAM_BYTES  # as it came; it may have grown meanwhile
    found = _left(path, size, digest.hexdigest(), is_large=is_large, seal=sealing.seal())
    weakref.finalize(found, path.unlink, missing_ok=True)
    return found


def write(out: IO[bytes], *parts: bytes | memoryview) -> None:
    """Write in pieces that the kernel finds room for in memory that was just in use; for a large
    piece it takes fresh memory, which is slow where a host has to give it first."""
    for part in parts:
        view = memoryview(part)
        for at in range(0, len(view), limits.WRITE_BYTES):
            out.write(view[at : at + limits.WRITE_BYTES])


def steps_of(path: Path, step_bytes: int = limits.LOOK_STEP_BYTES) -> Iterator[bytes]:
    """The content of a file in steps."""
    with open(path, "rb") as handle:
        while chunk := handle.read(step_bytes):
            yield chunk


def _copied_steps(path: Path) -> Iterator[bytes]:
    return steps_of(path, limits.COPY_STEP_BYTES)


def steps_in(handle: IO[bytes], length: int) -> Iterator[bytes]:
    """So many bytes of a file from where it stands, in steps; fewer where it ends before."""
    while length and (step := handle.read(min(length, limits.COPY_STEP_BYTES))):
        length -= len(step)
        yield step


def size_of(original: Original) -> int:
    return len(original) if isinstance(original, bytes) else original.size_bytes


def sha256_of(original: Original) -> str:
    """Its digest, lower-case hex."""
    if isinstance(original, OnDisk):
        return original.sha256
    return hashlib.sha256(original).hexdigest()


def is_original(original: Original, sha256: str, size_bytes: int) -> bool:
    """Whether it has this digest; it is not worked out where the size tells."""
    return size_of(original) == size_bytes and sha256_of(original) == sha256


def chunks_of(original: Original) -> Iterator[bytes]:
    return iter([original]) if isinstance(original, bytes) else original.chunks()
