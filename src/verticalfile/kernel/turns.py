"""Turns in the order of coming.

A semaphore lets a thread that comes again pass those that wait: of 50 readers at once half were
answered within 0.5 s and the last after 7.4 s.
"""

from __future__ import annotations

import threading
from collections import deque
from types import TracebackType


class Turns:
    """So many at once; `with turns:` waits for one."""

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._waiting: deque[threading.Event] = deque()
        self._changing = threading.Lock()

    def take(self, timeout_s: float | None = None) -> bool:
        """Wait for a turn; False where none came in so many seconds."""
        with self._changing:
            if self._free:  # then nobody waits
                self._free -= 1
                return True
            called = threading.Event()
            self._waiting.append(called)
        if called.wait(timeout_s):
            return True
        with self._changing:
            if called.is_set():
                return True
            self._waiting.remove(called)
            return False

    def give_back(self) -> None:
        """End a turn: whoever waits longest has it, so that it is never free meanwhile."""
        with self._changing:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1

    def __enter__(self) -> None:
        self.take()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.give_back()
