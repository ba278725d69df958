"""The doctor: what is installed, and what is in the way."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta

from verticalfile.kernel.letters import counted
from verticalfile.kernel.moments import for_people
from verticalfile.services.archive import Archive
from verticalfile.services.collecting.due import CLOCK_FUTURE_SLACK, due
from verticalfile.services.known import derive
from verticalfile.services.names import names_of
from verticalfile.sources.registry import installed
from verticalfile.tables.child.bounds import CUTS_NONE_OFF, landlock_version
from verticalfile.vault.lock import holders

FREE_BYTES_WANTED = 2 << 30
CLOCK_BACK_TOLD = timedelta(days=30)
"""For so long a clock that went back is something to act on; it stays in `vf log` for ever."""
PACKAGES = ("duckdb", "pyarrow", "numpy", "backports.zstd", "httpx", "rich", "click")


@dataclass(frozen=True, slots=True)
class Ailment:
    """One line of the doctor; `well` is False where somebody should act."""

    what: str
    said: str
    well: bool


def doctor(archive: Archive) -> list[Ailment]:
    """Versions of what is installed, free space, clock, permissions, locks, what waits."""
    found = [
        Ailment("python", platform.python_version(), sys.version_info >= (3, 11)),
        Ailment(
            "packages", ", ".join(f"{p} {importlib.metadata.version(p)}" for p in PACKAGES), True
        ),
        Ailment("sqlite", sqlite3.sqlite_version, True),
    ]
    git = shutil.which("git")
    said = "not found: back-filling from git will not work"
    if git:
        told = subprocess.run([git, "--version"], capture_output=True, text=True, check=False)
        said = told.stdout.strip()
    found.append(Ailment("git", said, git is not None))
    found.append(Ailment("files are read", _reading(), True))
    found.append(_kinds_of_source())
    usage = shutil.disk_usage(archive.root)
    enough = usage.free >= FREE_BYTES_WANTED
    found.append(Ailment("free space", f"{usage.free / 1e9:.1f} GB", enough))
    found.append(_clock(archive))
    found.append(_permissions(archive))
    found.append(_locks(archive))
    resources = archive.index.resources()
    waiting = due(archive, resources)
    found.append(Ailment("due", f"{len(waiting)} of {len(resources)} files", True))
    failed = [r for r in resources if r.outcome in ("failed", "blocked", "partial")]
    names = ", ".join(f"{r.dataset} ({r.detail})" for r in failed[:5])
    found.append(Ailment("last checks", names or "none failed", not failed))
    held = sum(len(derive.waiting(archive, r.id)) for r in resources if r.held)
    found.append(
        Ailment("held", counted(held, "surprising version") if held else "nothing", not held)
    )
    return found


def _kinds_of_source() -> Ailment:
    """Those that are installed, and packages that were to bring one and do not."""
    there = installed()
    told = "; ".join([", ".join(sorted(there.kinds)), *there.broken.values()])
    return Ailment("kinds of source", told, not there.broken)


def _reading() -> str:
    """Whether the kernel keeps the readers of harvested files from all other files."""
    version = landlock_version()
    if version >= CUTS_NONE_OFF:
        return f"in a child process that can open no other file (Landlock {version})"
    if version:
        return (
            "in a child process that can open no other file, but could cut one off"
            f" (Landlock {version}; Linux 6.2 and later keep it from that too)"
        )
    return "in a child process; this system has no Landlock to keep it from other files"


def _permissions(archive: Archive) -> Ailment:
    folders = [archive.root / name for name in ("vault", "history", "locks", "cache")]
    closed = [f.name for f in folders if f.exists() and not os.access(f, os.W_OK | os.X_OK)]
    lacking = [f.name for f in folders[:2] if not f.is_dir()]  # the others are made when needed
    said = [f"{name} cannot be written" for name in closed] + [
        f"{name} is missing" for name in lacking
    ]
    return Ailment("permissions", "; ".join(said) or "all can be written", not said)


def _locks(archive: Archive) -> Ailment:
    """Who writes now; a lock that nobody holds is let go by the kernel and says nothing."""
    names = names_of(archive)
    held = [
        f"{who} writes to {names.get(what, what)}" for who, what in holders(archive.root / "locks")
    ]
    return Ailment("locks", "; ".join(held) or "nobody writes", True)


def _clock(archive: Archive) -> Ailment:
    """The present moment, and whether the clock was ahead or went back while something was noted."""
    now = archive.clock.now()

    def told(moment: datetime) -> str:
        return for_people(moment, archive.zone)

    latest = max((r.checked_at for r in archive.index.resources() if r.checked_at), default=None)
    if latest is not None and latest > now + CLOCK_FUTURE_SLACK:
        return Ailment("clock", f"{told(now)}, but a check was noted at {told(latest)}", False)
    jumps = archive.index.clock_jumps()
    if not jumps:
        return Ailment("clock", f"{told(now)} ({archive.zone.key})", True)
    before, after = jumps[-1]
    said = f"{told(now)}; it went back {counted(len(jumps), 'time')}, last from {told(before)} to {told(after)}"
    return Ailment("clock", said, before < now - CLOCK_BACK_TOLD)
