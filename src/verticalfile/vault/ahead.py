"""Digest and frame of a large original, worked out in a thread while others read its bytes.

Hashing and compressing let other Python threads run, so on two cores a reading costs no wait.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Future

from verticalfile.kernel.errors import VerticalFileError
from verticalfile.vault.frames import sha256_of

Pack = Callable[[str], Callable[[], None] | None]
"""Makes the frame of the original with this digest; what it returns is done last."""


class Ahead:
    """The work on one original: what `begin` does needs no digest, what it returns is given one."""

    def __init__(self, original: bytes, begin: Callable[[], Pack]) -> None:
        self._digest: Future[str] = Future()
        self._packed = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(original, begin), daemon=True)
        self._thread.start()

    def _run(self, original: bytes, begin: Callable[[], Pack]) -> None:
        pack = last = None
        # what goes wrong here goes wrong again in `keep`, which says so
        with contextlib.suppress(VerticalFileError, OSError, MemoryError):
            pack = begin()
        self._digest.set_result(sha256_of(original))
        with contextlib.suppress(VerticalFileError, OSError, MemoryError):
            last = pack(self._digest.result()) if pack is not None else None
        self._packed.set()
        if last is not None:
            last()

    @property
    def sha256(self) -> str:
        """The digest, as soon as it is there."""
        return self._digest.result()

    def wait(self) -> None:
        """Return when the frame is made; `keep` must not run before."""
        self._packed.wait()

    def end(self) -> None:
        """Return when all is done."""
        self._thread.join()
