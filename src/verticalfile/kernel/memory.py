"""Giving memory back to the machine: allocators keep what was once used for the next time.

Worth its milliseconds after something large, where other large things follow in the same process.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys


def give_back() -> None:
    """What is free in this process goes back to the machine, as far as the allocators can."""
    gc.collect()
    if (arrow := sys.modules.get("pyarrow")) is not None:  # who did not need it has nothing of it
        arrow.default_memory_pool().release_unused()
    with contextlib.suppress(AttributeError, OSError):  # other libraries than glibc have no such
        ctypes.CDLL(None).malloc_trim(0)
