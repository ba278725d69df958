"""zstd where the bytes are: a prefix is referred to and not copied, a frame decoded into its place.

`backports.zstd` copies each prefix, and decodes into a ring of its own and out of that in steps. Of
a file of 170 MB these are 350 MB of fresh memory, and handing them out takes the kernel longer than
all decoding. libzstd needs neither (zstd.h: `ZSTD_CCtx_refPrefix`, `ZSTD_decompressDCtx`). Called
here is the library that the module itself carries; where a build hides it, `library` is None and
the module does all: the frames are the same (decision 0080).
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import mmap
from collections.abc import Callable, Mapping
from functools import cache

from backports.zstd import ZstdError

Buffer = bytes | bytearray | memoryview | mmap.mmap
_SIZE, _POINTER, _INT = ctypes.c_size_t, ctypes.c_void_p, ctypes.c_int
_FUNCTIONS = {
    "ZSTD_createCCtx": (_POINTER, ()),
    "ZSTD_freeCCtx": (_SIZE, (_POINTER,)),
    "ZSTD_CCtx_setParameter": (_SIZE, (_POINTER, _INT, _INT)),
    "ZSTD_CCtx_refPrefix": (_SIZE, (_POINTER, _POINTER, _SIZE)),
    "ZSTD_compressBound": (_SIZE, (_SIZE,)),
    "ZSTD_compress2": (_SIZE, (_POINTER, _POINTER, _SIZE, _POINTER, _SIZE)),
    "ZSTD_createDCtx": (_POINTER, ()),
    "ZSTD_freeDCtx": (_SIZE, (_POINTER,)),
    "ZSTD_DCtx_refPrefix": (_SIZE, (_POINTER, _POINTER, _SIZE)),
    "ZSTD_decompressDCtx": (_SIZE, (_POINTER, _POINTER, _SIZE, _POINTER, _SIZE)),
    "ZSTD_isError": (ctypes.c_uint, (_SIZE,)),
    "ZSTD_getErrorName": (ctypes.c_char_p, (_SIZE,)),
}
NO_MEMORY = "Allocation error"
"""So begins what libzstd says where it is given no memory (zstd's error_private.c)."""
COMPARE_STEP_BYTES = 256 << 10


@cache
def library() -> ctypes.CDLL | None:
    """The libzstd of `backports.zstd`; None where its functions cannot be called."""
    try:
        module = importlib.import_module("backports.zstd._zstd")
        found = ctypes.CDLL(str(module.__file__))
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(found, name)
            function.restype, function.argtypes = result, arguments
    except (ImportError, OSError, AttributeError):
        return None
    return found


def compress(
    zstd: ctypes.CDLL, original: Buffer, prefix: Buffer, options: Mapping[int, int]
) -> bytes:
    """A frame of the original with this prefix. `options` are those of `ZstdCompressor`. Neither
    may be empty. Raises ZstdError, MemoryError."""
    (source, size), (earlier, earlier_size) = _place_of(original), _place_of(prefix)
    room = zstd.ZSTD_compressBound(size)
    with _room(room) as out:
        context = _made(zstd.ZSTD_createCCtx())
        try:
            for option, value in options.items():
                _checked(zstd, zstd.ZSTD_CCtx_setParameter(context, option, value))
            _checked(zstd, zstd.ZSTD_CCtx_refPrefix(context, earlier, earlier_size))
            target, _ = _place_of(out)
            made = zstd.ZSTD_compress2(context, target, room, source, size)
            return out[: _checked(zstd, made)]
        finally:
            zstd.ZSTD_freeCCtx(context)


def decompress_into(
    zstd: ctypes.CDLL, out: bytearray | mmap.mmap, frame: Buffer, prefix: Buffer | None
) -> None:
    """Decode a frame that fills `out`. Raises ZstdError where it is damaged, or of another size,
    and MemoryError."""
    (target, room), (source, size) = _place_of(out), _place_of(frame)
    context = _made(zstd.ZSTD_createDCtx())
    try:
        if prefix is not None:
            _checked(zstd, zstd.ZSTD_DCtx_refPrefix(context, *_place_of(prefix)))
        made = _checked(zstd, zstd.ZSTD_decompressDCtx(context, target, room, source, size))
    finally:
        zstd.ZSTD_freeDCtx(context)
    if made != room:
        raise ZstdError("the frame holds less than its original")


def gives_back(
    zstd: ctypes.CDLL,
    frame: Buffer,
    prefix: Buffer | None,
    original: Buffer,
    look: Callable[[bytes], None] = lambda _: None,
) -> bool:
    """True when the frame decodes to exactly these bytes; `look` sees each step of them as it was
    compared. Raises MemoryError: too little memory tells nothing about a frame."""
    size = len(original)
    with _room(size) as out:
        with contextlib.suppress(OSError, AttributeError):  # not every system has them
            out.madvise(mmap.MADV_HUGEPAGE)  # an eighth of the time for handing out small ones
        try:
            decompress_into(zstd, out, frame, prefix)
        except ZstdError:
            return False
        # bytes compare at once, views byte by byte; such steps stay in the processor's cache
        for at in range(0, size, COMPARE_STEP_BYTES):
            step = bytes(original[at : at + COMPARE_STEP_BYTES])
            if out[at : at + COMPARE_STEP_BYTES] != step:
                return False
            look(step)
        return True


def _room(size: int) -> mmap.mmap:
    """Fresh memory. Raises MemoryError, where `mmap` speaks of a file."""
    try:
        return mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except OSError as error:
        raise MemoryError(f"no {size:,} bytes of memory for a frame") from error


def _place_of(buffer: Buffer) -> tuple[int, int]:
    """Address and length; whoever calls keeps the buffer."""
    import numpy as np  # a tenth of the start of commands that only list

    seen = np.frombuffer(buffer, np.uint8)
    return seen.ctypes.data, len(seen)


def _made(context: int | None) -> int:
    if context is None:
        raise MemoryError("libzstd has no memory for a context")
    return context


def _checked(zstd: ctypes.CDLL, code: int) -> int:
    if zstd.ZSTD_isError(code):
        said = zstd.ZSTD_getErrorName(code).decode()
        raise MemoryError(said) if said.startswith(NO_MEMORY) else ZstdError(said)
    return code
