"""Digest and frame of a large original, worked out in a thread while others read its bytes.

Hashing and compressing let other Python threads run, so on two cores a reading costs no wait.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

from backports.zstd import ZstdError

from verticalfile.kernel.errors import VerticalFileError
from verticalfile.kernel.originals import Original, sha256_of

Place = Callable[[str], Callable[[], None] | None]
"""Puts a frame where `keep` finds it, under the digest; what it returns is done last."""


class Ahead:
    """The work on one original. `pack` makes its frame, which takes no digest."""

    def __init__(self, original: Original, pack: Callable[[], Place]) -> None:
        self._original, self._pack = original, pack
        self._digest = ""
        self._digesting = threading.Lock()
        self._packed = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        last = None
        try:
            # what goes wrong here goes wrong again in `keep`, which says so
            with contextlib.suppress(
                VerticalFileError, OSError, MemoryError, ValueError, ZstdError
            ):
                last = self._pack()(self.sha256)
        finally:
            self._packed.set()  # whatever it was: who waits would wait without end
        if last is not None:
            last()

    @property
    def sha256(self) -> str:
        """The digest; who asks first works it out, best while waiting for something else."""
        with self._digesting:
            if not self._digest:
                self._digest = sha256_of(self._original)
            return self._digest

    def wait(self) -> None:
        """Return when the frame is made; `keep` must not run before."""
        self._packed.wait()

    def end(self) -> None:
        """Return when all is done."""
        self._thread.join()
