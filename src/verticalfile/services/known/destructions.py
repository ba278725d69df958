"""Destructions that were asked for and wait for a second person. Folded from the events of a file.

One that was carried out names no original any more (decision 0013); one that nobody confirmed in
time is over, and has to be asked for anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from verticalfile.catalog.versions import Version
from verticalfile.kernel.limits import DESTRUCTION_WAITS_DAYS
from verticalfile.kernel.moments import from_iso, to_iso
from verticalfile.services.archive import Archive

ASKED = "destruction asked"


@dataclass(frozen=True, slots=True)
class Asked:
    """What one person asked for; `by` is the name that the second must not bear."""

    by: str
    reason: str
    authority: str
    originals: frozenset[str]
    at: datetime

    @property
    def until(self) -> datetime:
        """When it is over."""
        return self.at + timedelta(days=DESTRUCTION_WAITS_DAYS)


def asked_in(events: Iterable[Mapping[str, object]], now: datetime) -> list[Asked]:
    """Those that wait now, oldest first."""
    found = []
    for body in events:
        detail = body.get("detail")
        if body["kind"] != ASKED or not isinstance(detail, dict) or not detail["originals"]:
            continue
        asked = Asked(
            str(detail["asked_by"]), str(detail["reason"]), str(detail["authority"]),
            frozenset(map(str, detail["originals"])), from_iso(str(body["at"])),
        )  # fmt: skip
        if asked.at <= now <= asked.until:
            found.append(asked)
    return found


def by_two(archive: Archive, resource: str, version: Version) -> bool:
    """Whether the event of a version's destruction names two people."""
    for body in archive.index.events([resource]):
        detail = body.get("detail")
        if body["kind"] == "withdrawn" and isinstance(detail, dict) and "confirmed_by" in detail:
            graves = detail.get("tombstones", [])
            if any(grave.get("seen_at") == to_iso(version.seen_at) for grave in graves):
                return True
    return False
