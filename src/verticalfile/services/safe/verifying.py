"""Verifying on a schedule: every stored byte within 90 days, a slice at a time, oldest first.

A file is due again 45 days after it was verified, so that a machine that is on for half of the day
keeps to 90. Each result is an event of the file at once: a slice that is killed goes on where it
was. The journal and the storage root are verified like a file.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from verticalfile.catalog.index import ResourceLine
from verticalfile.kernel.letters import counted
from verticalfile.kernel.moments import from_iso
from verticalfile.services.archive import Archive
from verticalfile.services.journal_keeping import event, notes_waiting, write_journal
from verticalfile.services.safe.safekeeping import FIXITY, verify_file, verify_journal
from verticalfile.vault.copies.check import Finding

WITHIN = timedelta(days=90)
DUE_AFTER = timedelta(days=45)
SLICE_S = 600.0
JOURNAL = "journal"
"""The subject of the events about the journal and the root."""
WHOLE = "archive"
"""The subject of the events of a whole `vf verify`, which is one of everything."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far verifying is: files in all, those verified within 90 days, the oldest of all."""

    files: int
    verified: int
    oldest_at: datetime | None  # None: some were never verified
    damaged: int  # files in which the last look found damage


@dataclass(frozen=True, slots=True)
class Slice:
    """What one slice looked at and found."""

    verified: int
    findings: tuple[Finding, ...]
    differences: tuple[str, ...]
    left: int


def progress(archive: Archive) -> Progress:
    """How far verifying is."""
    last, damaged = _last(archive)
    now = archive.clock.now()
    fresh = sum(at is not None and now - at <= WITHIN for at in last.values())
    moments = [at for at in last.values() if at is not None]
    oldest = min(moments, default=None) if len(moments) == len(last) else None
    return Progress(len(last), fresh, oldest, len(damaged))


def is_due(archive: Archive) -> bool:
    """Whether a slice would have anything to do."""
    return bool(_due(archive))


def verify_slice(archive: Archive, *, limit_s: float = SLICE_S) -> Slice:
    """Verify what is due for so long; each result is an event."""
    files = {r.id: r for r in archive.index.resources()}
    due = _due(archive)
    give_up = time.monotonic() + limit_s
    findings: list[Finding] = []
    differences: list[str] = []
    done = 0
    with notes_waiting(archive):
        for name in due:
            if done and time.monotonic() > give_up:
                break
            found, differ = _verified(archive, files.get(name))
            findings += found
            differences += differ
            done += 1
            count = len(found) + len(differ)
            said = (
                "all well"
                if not count
                else f"found damage in {counted(count, 'place')}: run `vf verify`"
            )
            made = event(
                archive, FIXITY, name, quick=False, slice=True, findings=len(found),
                outcome="all well" if not count else "found damage", said=said,
            )  # fmt: skip
            write_journal(archive, (), [made])
    return Slice(done, tuple(findings), tuple(differences), len(due) - done)


def _verified(archive: Archive, resource: ResourceLine | None) -> tuple[list[Finding], list[str]]:
    if resource is None:
        return verify_journal(archive), []
    return verify_file(archive, resource)


def _due(archive: Archive) -> list[str]:
    """What to verify next, the longest not verified first; what is damaged at every slice."""
    now = archive.clock.now()
    last, damaged = _last(archive)
    wanted = [
        name
        for name, at in last.items()
        if at is None or name in damaged or not timedelta(0) <= now - at < DUE_AFTER
    ]
    never = datetime.min.replace(tzinfo=now.tzinfo)
    return sorted(wanted, key=lambda name: (last[name] or never, name))


def _last(archive: Archive) -> tuple[dict[str, datetime | None], set[str]]:
    """By file and for the journal, when it was verified last; and which were damaged then."""
    found: dict[str, datetime | None] = {r.id: None for r in archive.index.resources()}
    found[JOURNAL] = None
    damaged: set[str] = set()
    for body in archive.index.events_of_kind(FIXITY):
        detail, at = body["detail"], from_iso(str(body["at"]))
        if not isinstance(detail, dict) or detail.get("quick"):
            continue
        subject = str(body["subject"])
        names = list(found) if subject == WHOLE else [subject] if subject in found else []
        found |= dict.fromkeys(names, at)
        damaged -= set(names)
        if subject != WHOLE and detail["outcome"] != "all well":
            damaged |= set(names)
    return found, damaged
