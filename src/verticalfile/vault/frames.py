"""One zstd frame per capture: full, or a patch that has an earlier original as its prefix.

Pure: bytes in, bytes out. Which original is the prefix is decided by `reference_position`;
whether a patch pays is decided by `pack`. Restored on a shell by
`zstd -d --patch-from=PREVIOUS --long=31 FRAME` (without `--long` it fails).
"""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from backports import zstd

from verticalfile.kernel import limits
from verticalfile.kernel.originals import AtHand
from verticalfile.vault import in_place

WINDOW_LOG_MAX = 31
LARGE_LEVEL = 3  # level 9 saves 13 % and takes twice the time (engine.md 3.1)
LARGE_PATCH_LEVEL = 1  # what long-distance matching leaves is little: 0.4 % more, a tenth less time
SMALL_LEVEL = 12
LDM_RATE_LOG = 8  # one place in 256 is remembered: 2 % more than of 128, a quarter less time
LDM_HASH_LOG_MIN = 10  # a table of as many places as are remembered stays in the processor's cache


class Prefix:
    """An earlier original at the start of a patch, with which patches are made and read."""

    def __init__(self, body: AtHand | bytearray) -> None:
        self.body = body

    def __len__(self) -> int:
        return len(self.body)

    @cached_property
    def copied(self) -> tuple[zstd.ZstdDict, int]:
        """As `backports.zstd` wants it, which copies the bytes."""
        return zstd.ZstdDict(self.body, is_raw=True).as_prefix


@dataclass(frozen=True, slots=True)
class Frame:
    """A compressed original. `prefixed` tells whether the reference is needed to read it."""

    body: bytes
    prefixed: bool


def reference_position(position: int) -> int | None:
    """Position whose original is the prefix for `position`; None where the frame must be full.

    p minus the largest of the strides that divides p: at most 12 frames per restore.
    """
    if position == 0:
        return None
    return next(position - s for s in limits.PATCH_STRIDES if position % s == 0)


def pack(original: AtHand, prefix: Prefix | None) -> Frame:
    """Compress; keep whichever of patch and full frame is smaller."""
    if prefix is None:
        return Frame(compress(original, None), prefixed=False)
    patch = compress(original, prefix)
    if len(patch) <= limits.PATCH_WORTH_SHARE * len(original):
        return Frame(patch, prefixed=True)
    full = compress(original, None)
    if len(full) <= len(patch):
        return Frame(full, prefixed=False)
    return Frame(patch, prefixed=True)


def compress(original: AtHand, prefix: Prefix | None) -> bytes:
    """One frame with checksum. Small inputs are tried with and without long-distance matching."""
    span = len(original) + (len(prefix) if prefix is not None else 0)
    if span > limits.SMALL_FRAME_BYTES:
        level = LARGE_LEVEL if prefix is None else LARGE_PATCH_LEVEL
        return _compress(original, prefix, level=level, span=span, long_distance=True)
    plain = _compress(original, prefix, level=SMALL_LEVEL, span=span, long_distance=False)
    if prefix is None or len(plain) <= limits.PATCH_WORTH_SHARE / 10 * len(original):
        return plain
    far = _compress(original, prefix, level=SMALL_LEVEL, span=span, long_distance=True)
    return min(plain, far, key=len)


def _compress(
    original: AtHand, prefix: Prefix | None, *, level: int, span: int, long_distance: bool
) -> bytes:
    at = zstd.CompressionParameter
    options: dict[int, int] = {
        at.compression_level: level,
        at.checksum_flag: 1,
        at.window_log: min(max(span.bit_length(), 17), WINDOW_LOG_MAX),
    }
    if long_distance:
        options[at.enable_long_distance_matching] = 1
        options[at.ldm_min_match] = 64
        options[at.ldm_hash_rate_log] = LDM_RATE_LOG
        options[at.ldm_hash_log] = max((span >> LDM_RATE_LOG).bit_length() - 1, LDM_HASH_LOG_MIN)
    library = _library(span)
    if prefix is not None and library is not None and original:
        return in_place.compress(library, original, prefix.body, options)
    maker = zstd.ZstdCompressor(options=options, zstd_dict=_referred(prefix))
    maker.set_pledged_input_size(len(original))
    return maker.compress(original, mode=zstd.ZstdCompressor.FLUSH_FRAME)


def _library(span: int) -> ctypes.CDLL | None:
    """libzstd itself where so many bytes, with their prefix, are worth it."""
    return in_place.library() if span > limits.SMALL_FRAME_BYTES else None


def _referred(prefix: Prefix | None) -> tuple[zstd.ZstdDict, int] | None:
    return None if prefix is None else prefix.copied


STEP_BYTES = 1 << 20
COMPARE_STEP_BYTES = 128 << 10


def unpack_steps(
    frame: bytes | memoryview,
    prefix: Prefix | None,
    step_bytes: int = limits.COPY_STEP_BYTES,
) -> Iterator[bytes]:
    """Decode a frame in steps of at most so many bytes; raises ZstdError on damage."""
    reader = zstd.ZstdDecompressor(
        zstd_dict=_referred(prefix),
        options={zstd.DecompressionParameter.window_log_max: WINDOW_LOG_MAX},
    )
    feed: bytes | memoryview = frame
    while not reader.eof:
        step = reader.decompress(feed, max_length=step_bytes)
        feed = b""
        if not step and not reader.eof and reader.needs_input:
            raise zstd.ZstdError("the frame ends before its content does")
        if step:
            yield step


def unpack(frame: bytes | memoryview, prefix: Prefix | None, size: int) -> bytearray:
    """Decode a whole frame of `size` bytes, with one allocation. Raises ZstdError where it has
    another size."""
    out = bytearray(size)
    library = _library(size + len(prefix or b""))
    if library is not None and size:
        in_place.decompress_into(library, out, frame, prefix.body if prefix else None)
        return out
    at = 0
    for step in unpack_steps(frame, prefix, STEP_BYTES):
        if at + len(step) > size:
            raise zstd.ZstdError("the frame holds more than its original")
        out[at : at + len(step)] = step
        at += len(step)
    if at != size:
        raise zstd.ZstdError("the frame holds less than its original")
    return out


def decodes_to(
    frame: bytes | memoryview,
    prefix: Prefix | None,
    original: AtHand,
    look: Callable[[bytes], None] = lambda _: None,
) -> bool:
    """True when the frame gives back exactly these bytes, compared step by step; `look` sees each
    step as it was compared."""
    library = _library(len(original) + len(prefix or b""))
    if library is not None and original:
        earlier = prefix.body if prefix else None
        return in_place.gives_back(library, frame, earlier, original, look)
    at = 0
    try:
        # small steps stay in the processor's cache; bytes compare at once, views byte by byte
        for step in unpack_steps(frame, prefix, COMPARE_STEP_BYTES):
            if original[at : at + len(step)] != step:
                return False
            look(step)
            at += len(step)
    except zstd.ZstdError:
        return False
    return at == len(original)


def sha256_of(body: AtHand | bytearray) -> str:
    """Digest of an original, lower-case hex."""
    return hashlib.sha256(body).hexdigest()
