"""Collecting without anybody asking: what is due of one host is looked at in one child process.

Nothing is queued: what is due is asked of the index again and again, and a child that is killed
costs repeated checks. One child at a time for each host, and none while the host asks us to
wait; two at once in all. A file whose checks fail is asked for less and less often. A child that
dies or hangs is told as a failed check of the file that it was at.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from verticalfile.catalog.index import ResourceLine
from verticalfile.kernel.errors import VerticalFileError
from verticalfile.kernel.moments import from_iso, to_iso
from verticalfile.services.archive import Archive, open_archive
from verticalfile.services.collecting.due import CLOCK_FUTURE_SLACK, due
from verticalfile.services.datasets.intervals import Intervals
from verticalfile.services.gathering.sources import is_listing
from verticalfile.services.journal_keeping import catch_up, write_journal, write_what_waits
from verticalfile.services.running.chores import Chores
from verticalfile.services.taking_in.catching_up import bring_up
from verticalfile.services.visiting.hosts import host_of, manners_of
from verticalfile.vault.errors import LockHeld
from verticalfile.vault.lock import holders, writer_lock
from verticalfile.vault.notes.journal import Observation

AT_ONCE = 2
"""A reader of files takes up to a gigabyte; a small library's machine bears two."""
TOGETHER = 200
"""Files of one host in one child: enough that its start counts for little."""
CHECK_LIMIT_S = 7 * 3600.0
"""A fetch may last six hours; reading what it brought is a matter of minutes."""
LOOK_EVERY_S = 5.0
STEP_S = 0.2
GRACE_S = 15.0
"""systemd and docker kill after a while; a check that is cut off here is simply done again."""
BACK_OFF_FIRST = timedelta(seconds=30)
BACK_OFF_MOST = timedelta(hours=6)
FAILED = ("failed", "partial")
"""Tried again soon. *blocked* is an answer: asking again soon would be rude."""
TOLD_ITSELF = (0, 3)
"""Exit codes of a `vf collect` that has noted what it saw."""
HEARTBEAT = "scheduler.json"
NAME = "scheduler"
log = logging.getLogger("verticalfile.scheduling")


@dataclass(slots=True)
class _Child:
    """A `vf collect` of some files of one host, in the order in which it looks at them."""

    resources: Sequence[ResourceLine]
    host: str
    process: subprocess.Popen[bytes]
    began: datetime
    give_up: float  # on the monotonic clock; later, whenever a file is done
    left: int

    def not_noted(self, resources: Sequence[ResourceLine]) -> list[ResourceLine]:
        """Those of its files of which it has not noted yet what it saw."""
        noted = {r.id for r in resources if r.checked_at and r.checked_at >= self.began}
        return [r for r in self.resources if r.id not in noted]


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The last sign of life of the scheduler, and how many checks it had running."""

    at: datetime
    running: int


def heartbeat(archive: Archive) -> Heartbeat | None:
    """The scheduler's last sign of life in this archive; None where none has ever run."""
    try:
        told = json.loads((archive.root / "cache" / HEARTBEAT).read_text(encoding="utf-8"))
        return Heartbeat(from_iso(told["at"]), int(told["running"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def due_now(
    archive: Archive, resources: Sequence[ResourceLine], intervals: Intervals | None = None
) -> list[ResourceLine]:
    """What is due, and what failed and has waited for long enough, the longest unseen first."""
    failing = [r for r in resources if r.outcome in FAILED and r.checked_at is not None]
    failed = {r.id for r in failing}
    wanted = due(archive, [r for r in resources if r.id not in failed], intervals)
    wanted += [r for r in failing if _has_waited(archive, r)]
    return sorted(wanted, key=lambda r: (r.checked_at is not None, r.checked_at, r.id))


def back_off(failures: int) -> timedelta:
    """How long after so many failures in a row to try again: 30 s doubled, up to 6 h."""
    doubled: int = 2 ** min(max(failures, 1) - 1, 20)
    return min(BACK_OFF_MOST, BACK_OFF_FIRST * doubled)


def _has_waited(archive: Archive, resource: ResourceLine) -> bool:
    checks = sorted(archive.index.observations(resource.id), key=lambda body: str(body["at"]))
    failures = 0
    for body in reversed(checks):
        if body["outcome"] not in FAILED:
            break
        failures += 1
    now = archive.clock.now()
    assert resource.checked_at is not None
    ahead = resource.checked_at > now + CLOCK_FUTURE_SLACK
    return ahead or now - resource.checked_at >= back_off(failures)


@dataclass
class Scheduler:
    """One scheduler of one archive; a second on the same archive waits until the first ends."""

    root: Path
    allow_private: bool = False
    limit_s: float = CHECK_LIMIT_S
    look_every_s: float = LOOK_EVERY_S
    stopping: threading.Event = field(default_factory=threading.Event)
    _running: list[_Child] = field(default_factory=list)
    _intervals: Intervals = field(default_factory=Intervals)

    def __post_init__(self) -> None:
        self._chores = Chores(self.root)

    def run(self) -> None:
        """Collect what is due until `stopping` is set; then end within 25 seconds."""
        while not self.stopping.is_set():
            try:
                with writer_lock(
                    self.root / "locks", NAME, wait_s=0, on_wait=lambda _: None
                ):  # fmt: skip
                    self._run()
            except LockHeld:
                self.stopping.wait(self.look_every_s)

    def _run(self) -> None:
        look_at = 0.0
        try:
            while not self.stopping.is_set():
                ended = self._reap()
                if ended or time.monotonic() >= look_at:
                    self._look_safely()
                    look_at = time.monotonic() + self.look_every_s
                self.stopping.wait(STEP_S)
        finally:
            self._end()

    def _look_safely(self) -> None:
        """What stands in the way of a look is logged and stops nothing: the next may succeed."""
        try:
            self._look()
        except (VerticalFileError, OSError, sqlite3.Error) as error:
            log.warning("collecting waits: %s", error)

    def _look(self) -> None:
        """Start what is due and may be; what stands in the way now is tried at the next look."""
        archive = open_archive(self.root)
        try:
            archive.notes_wait = True
            if archive.is_behind and not self._running:
                bring_up(archive)
            write_what_waits(archive, all_of_it=False)
            resources = archive.index.resources()
            for child in self._running:
                self._note_progress(child, resources)
            busy = {what for _, what in holders(self.root / "locks")}
            busy |= {r.id for child in self._running for r in child.resources}
            manners = manners_of(archive)
            by_host: dict[str, list[ResourceLine]] = {}
            for resource in due_now(archive, resources, self._intervals):
                if resource.id not in busy:
                    by_host.setdefault(host_of(resource.location), []).append(resource)
            for host, files in by_host.items():
                if len(self._running) >= AT_ONCE:
                    break
                if all(child.host != host for child in self._running) and not (
                    manners.rests_until(host)
                ):
                    self._start(archive, host, files[:TOGETHER])
            self._beat(archive)
            self._chores.look(archive)
        finally:
            archive.index.close()

    def _note_progress(self, child: _Child, resources: Sequence[ResourceLine]) -> None:
        """A child has as long as one check may take for each of its files."""
        left = len(child.not_noted(resources))
        if left < child.left:
            child.left, child.give_up = left, time.monotonic() + self.limit_s

    def _start(self, archive: Archive, host: str, files: Sequence[ResourceLine]) -> None:
        files = sorted(files, key=lambda each: not is_listing(each))  # as `vf collect` does
        words = [sys.executable, "-m", "verticalfile", "--archive", str(self.root)]
        words += ["collect", "--notes-wait", *["--allow-private"] * self.allow_private]
        began = archive.clock.now()
        process = subprocess.Popen(  # noqa: S603  # names are slugs, checked when they were added
            [*words, *(f"{each.dataset}/{each.name}" for each in files)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        give_up = time.monotonic() + self.limit_s
        self._running.append(_Child(files, host, process, began, give_up, len(files)))

    def _reap(self) -> bool:
        """Take note of the children that ended or must; True where there is room for another."""
        before = len(self._running)
        for check in list(self._running):
            code = check.process.poll()
            late = code is None and time.monotonic() > check.give_up
            if late:
                _kill(check.process)
            elif code is None:
                continue
            self._running.remove(check)
            if late or code not in TOLD_ITSELF:
                with suppress(
                    VerticalFileError, OSError, sqlite3.Error
                ):  # told at the next death, if it lasts
                    self._tell_death(check, None if late else code)
        return len(self._running) < before

    def _tell_death(self, child: _Child, code: int | None) -> None:
        """A failed check, with its reason, of the file that the child was at; the others are due
        again, unless it has noted what it saw of them."""
        archive = open_archive(self.root)
        archive.notes_wait = True
        try:
            catch_up(archive)
            left = child.not_noted(archive.index.resources())
            if not left:
                return
            at = left[0]
            said, mend = _why(code, self.limit_s)
            name = f"{at.dataset}/{at.name}"
            mend = mend.format(name=name)
            seen = Observation(
                at.id, f"{at.kind}:{at.location}",
                archive.clock.now(), "failed",
                detail={"said": f"{said} To mend it: {mend}", "code": "check-died", "mend": mend},
            )  # fmt: skip
            write_journal(archive, [seen])
        finally:
            archive.index.close()

    def _beat(self, archive: Archive) -> None:
        """Leave a sign of life for `/healthz`; it may be lost with the cache."""
        path = archive.root / "cache" / HEARTBEAT
        part = path.with_name(f"{HEARTBEAT}.part")
        told = {"at": to_iso(archive.clock.now()), "running": len(self._running)}
        with suppress(OSError):  # a full disk must not end the scheduler
            part.write_text(json.dumps(told), encoding="utf-8")
            os.replace(part, path)

    def _end(self) -> None:
        """Let checks end that are about to; the others are killed, and due again."""
        self._chores.end()
        give_up = time.monotonic() + GRACE_S
        while self._running and time.monotonic() < give_up:
            self._running = [c for c in self._running if c.process.poll() is None]
            time.sleep(STEP_S)
        for check in self._running:
            _kill(check.process)
        self._running = []
        self._write_what_waits()
        with suppress(OSError):  # who has stopped is not silent
            (self.root / "cache" / HEARTBEAT).unlink()

    def _write_what_waits(self) -> None:
        """Leave nothing waiting; what cannot be written now is read at the next start."""
        archive = open_archive(self.root)
        try:
            write_what_waits(archive)
        except (VerticalFileError, OSError, sqlite3.Error) as error:
            log.warning("what was seen stays in %s: %s", archive.journal.waiting.path.name, error)
        finally:
            archive.index.close()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a check and the readers that it started; its session is its own."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _why(code: int | None, limit_s: float) -> tuple[str, str]:
    if code is None:
        said = f"The check did not end within {limit_s:,.0f} seconds and was stopped."
        return said, "see what hangs with `vf collect {name}`."
    if code == -signal.SIGKILL:
        return (
            "The check was killed from outside, perhaps for want of memory.",
            "see the memory of the machine, then `vf collect {name}`.",
        )
    how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
    return f"The check ended {how} before it had seen anything.", "run `vf collect {name}`."
