"""Frames of originals that are not in memory: made, read and compared in steps.

A frame of this kind is full, never a patch: a prefix and its source would have to be in memory
whole. Its window is small, so that whoever reads it needs little memory too; that of a portal's
listing, which is looked at every day, is smaller still (decision 0068).
"""

from __future__ import annotations

import hashlib
import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from backports import zstd

from verticalfile.kernel import limits
from verticalfile.kernel.errors import tells_no_room
from verticalfile.kernel.originals import OnDisk, steps_in
from verticalfile.vault.disk import no_room
from verticalfile.vault.errors import VaultDamaged, digest_mismatch, offered_differs
from verticalfile.vault.frames import LARGE_LEVEL, WINDOW_LOG_MAX


class PackedFile:
    """A frame in a nameless file, which goes with this object."""

    def __init__(self, folder: Path) -> None:
        self.handle: BinaryIO = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # as long as this
        self.length = 0

    def __len__(self) -> int:
        return self.length

    def chunks(self) -> Iterator[bytes]:
        self.handle.seek(0)
        return steps_in(self.handle, self.length)


def packed(original: OnDisk, folder: Path) -> PackedFile:
    """The frame of an original, decoded and compared; `folder` is on the disk of the vault.

    Raises DigestMismatch where the original is not what was offered.
    """
    frame = PackedFile(folder)
    try:
        found = _compressed(original, frame)
    except OSError as error:
        if tells_no_room(error):
            raise no_room(folder / "frames.zst", frame.length) from error
        raise
    if found != original.sha256:
        raise offered_differs(expected=original.sha256, found=found)
    if not _decodes_to(frame, original):
        raise VaultDamaged(
            f"A frame of {original.sha256[:12]} did not decode to its original.",
            mend="run the command again; if it repeats, test this machine's memory.",
        )
    return frame


def _compressed(original: OnDisk, frame: PackedFile) -> str:
    """Write the frame; the SHA-256 of what went into it."""
    digest = hashlib.sha256()
    maker = zstd.ZstdCompressor(options=_options(original.size_bytes))
    maker.set_pledged_input_size(original.size_bytes)
    for chunk in original.chunks():
        digest.update(chunk)
        frame.length += frame.handle.write(maker.compress(chunk))
    frame.length += frame.handle.write(maker.flush())
    frame.handle.flush()
    return digest.hexdigest()


def _options(size_bytes: int) -> dict[int, int]:
    at = zstd.CompressionParameter
    is_listing = size_bytes <= limits.STREAM_BYTES  # all else of that size is in memory
    return {
        at.compression_level: LARGE_LEVEL, at.checksum_flag: 1,
        at.window_log: limits.LISTING_WINDOW_LOG if is_listing else limits.STREAM_WINDOW_LOG,
        at.enable_long_distance_matching: 1,
    }  # fmt: skip


def _decodes_to(frame: PackedFile, original: OnDisk) -> bool:
    """Compared step by step, whatever the steps of the two are."""
    decoded = unpacked(frame.chunks())
    held = b""
    try:
        for chunk in original.chunks():
            while len(held) < len(chunk):
                held += next(decoded)
            if held[: len(chunk)] != chunk:
                return False
            held = held[len(chunk) :]
        return not held and next(decoded, None) is None
    except (StopIteration, zstd.ZstdError):
        return False


def unpacked(frame: Iterator[bytes]) -> Iterator[bytes]:
    """Decode a full frame that comes in steps; raises ZstdError on damage."""
    reader = zstd.ZstdDecompressor(
        options={zstd.DecompressionParameter.window_log_max: WINDOW_LOG_MAX}
    )
    for step in frame:
        feed = step
        while not reader.eof:
            piece = reader.decompress(feed, max_length=limits.COPY_STEP_BYTES)
            feed = b""
            if piece:
                yield piece
            elif reader.needs_input:
                break
    if not reader.eof:
        raise zstd.ZstdError("the frame ends before its content does")


def original_in(path: Path, offset: int, length: int, size_bytes: int, sha256: str) -> OnDisk:
    """The original of a full frame that stands in a pack; its steps raise DigestMismatch at the
    end where they were not those of the digest."""

    def chunks() -> Iterator[bytes]:
        digest, size = hashlib.sha256(), 0
        try:
            with open(path, "rb") as handle:
                handle.seek(offset)
                for piece in unpacked(steps_in(handle, length)):
                    digest.update(piece)
                    size += len(piece)
                    yield piece
        except (zstd.ZstdError, OSError) as error:
            raise digest_mismatch(str(path), expected=sha256, found="unreadable") from error
        if digest.hexdigest() != sha256 or size != size_bytes:
            raise digest_mismatch(str(path), expected=sha256, found=digest.hexdigest())

    return OnDisk(size_bytes, sha256, chunks)


def parts_of(frames: list[bytes | PackedFile]) -> Iterator[bytes]:
    """The bytes of frames one after another."""
    return itertools.chain.from_iterable(
        frame.chunks() if isinstance(frame, PackedFile) else (frame,) for frame in frames
    )
