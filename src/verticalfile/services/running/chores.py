"""What the scheduler does beside collecting: the report of a day, embargoes that end, verifying.

Each is a child process of low priority, one at a time, and is asked for anew from what is noted:
one that fails or is killed is tried again an hour later and never stands in the way of collecting.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from verticalfile.services.archive import Archive
from verticalfile.services.deciding import embargoing
from verticalfile.services.running import mailing
from verticalfile.services.safe import verifying

AGAIN_AFTER_S = 3600.0
LIMIT_S = 1800.0
"""A slice ends by itself after ten minutes; one large file may take longer."""
NICENESS = 10
log = logging.getLogger("verticalfile.scheduling")

KINDS: dict[str, tuple[tuple[str, ...], Callable[[Archive], bool]]] = {
    "report": (("report", "--send"), mailing.is_wanted),
    "embargo": (("embargo", "--due"), embargoing.any_due),
    "verify": (("verify", "--slice"), verifying.is_due),
}
"""Chore -> the command, and whether there is anything to do."""


@dataclass
class Chores:
    """The chores of one scheduler."""

    root: Path
    again_after_s: float = AGAIN_AFTER_S
    _name: str = ""
    _process: subprocess.Popen[bytes] | None = None
    _give_up: float = 0.0
    _not_before: dict[str, float] = field(default_factory=dict)

    def look(self, archive: Archive) -> None:
        """Begin what is wanted, unless something is being done."""
        if self._is_busy():
            return
        for name, (words, is_wanted) in KINDS.items():
            now = time.monotonic()
            if now < self._not_before.get(name, 0.0):
                continue
            self._not_before[name] = now + self.again_after_s
            if is_wanted(archive):
                self._start(name, words)
                return

    def end(self) -> None:
        """Stop what is being done; what it had noted stays."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _start(self, name: str, words: tuple[str, ...]) -> None:
        command = [sys.executable, "-m", "verticalfile", "--archive", str(self.root), *words]
        self._name, self._give_up = name, time.monotonic() + LIMIT_S
        self._process = subprocess.Popen(  # noqa: S603  # fixed words
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, NICENESS)

    def _is_busy(self) -> bool:
        if self._process is None:
            return False
        code = self._process.poll()
        if code is None:
            if time.monotonic() > self._give_up:
                self.end()
                log.warning("%s did not end and was stopped; it is tried again", self._name)
            return self._process is not None
        if code:
            log.warning("%s ended with exit code %s; it is tried again", self._name, code)
        self._process = None
        return False
