"""Whether the archive and its scheduler are well, in figures that tell nothing of anybody."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import dataclass
from datetime import timedelta

from verticalfile import __version__
from verticalfile.kernel.errors import VerticalFileError
from verticalfile.kernel.moments import to_iso
from verticalfile.services.archive import Archive
from verticalfile.services.running.scheduling import due_now, heartbeat
from verticalfile.services.safe import verifying

SILENT = timedelta(minutes=2)
"""The scheduler gives a sign of life every few seconds; after so long it hangs or has died."""
FREE_BYTES_NEEDED = 256 << 20
"""Below this a single large file may not be kept any more."""
FAILED = ("failed", "blocked", "partial")


@dataclass(frozen=True, slots=True)
class Health:
    """What a monitor is told; `why` is empty when all is well."""

    figures: dict[str, object]
    why: tuple[str, ...]


def health(archive: Archive) -> Health:
    """Look at the index, the vault's folder, the scheduler's last sign of life, and the disk.

    Checks that failed and versions that are held are counted and no ill of ours. A scheduler that
    has never run here is none either: `vf run --no-collect` serves only.
    """
    why = []
    figures: dict[str, object] = {"version": __version__}
    try:
        archive.index.journal_position()
        resources = archive.index.resources()
        reachable = (archive.vault.root / "0=ocfl_1.1").is_file()
        figures["checks_waiting"] = len(due_now(archive, resources))
        figures["checks_failed"] = sum(r.outcome in FAILED for r in resources)
        figures["versions_held"] = sum(r.held for r in resources)
        far = verifying.progress(archive)
        figures |= _verifying(far)
        if far.damaged:
            why.append("verifying found damage")
    except (OSError, sqlite3.Error, VerticalFileError):
        reachable = False
    figures["archive_reachable"] = reachable
    if not reachable:
        why.append("the archive cannot be read")
    beat = heartbeat(archive)
    figures["scheduler_seen_at"] = to_iso(beat.at) if beat else None
    figures["checks_running"] = beat.running if beat else 0
    if beat and archive.clock.now() - beat.at > SILENT:
        why.append("the scheduler gives no sign of life")
    try:
        free = shutil.disk_usage(archive.root).free
    except OSError:
        free = 0
    figures["free_bytes"] = free
    if free < FREE_BYTES_NEEDED:
        why.append("the disk is nearly full")
    return Health(figures, tuple(why))


def _verifying(far: verifying.Progress) -> dict[str, object]:
    """How far verifying is: all within 90 days is the promise."""
    return {
        "files_to_verify": far.files,
        "files_verified_in_90_days": far.verified,
        "files_damaged": far.damaged,
        "oldest_verified_at": to_iso(far.oldest_at) if far.oldest_at else None,
    }
