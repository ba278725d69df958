"""A file through time: every version, the checks between them, and when nobody looked.

What a look and a gap are is told in `services/looks`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest

from verticalfile.kernel.moments import from_iso
from verticalfile.kernel.spans import NEVER
from verticalfile.services.archive import Archive
from verticalfile.services.datasets.looks import LONG, SEEN, Looks, looks_of
from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.versions import (
    Absent,
    VersionFacts,
    absences,
    version_facts,
)

TRIED = {"failed", "blocked", "partial"}


@dataclass(frozen=True, slots=True)
class Gap:
    """Nobody looked in between; `tries` failed."""

    since: datetime
    until: datetime
    tries: int


@dataclass(frozen=True, slots=True)
class Stop:
    """A line of the timeline, newest first: a version, and what lay before it."""

    facts: VersionFacts
    unchanged_checks: int
    is_here: bool
    gaps: tuple[Gap, ...]  # between its first sighting and the next version
    absent: Absent | None  # gone from the source after it
    came_back: bool

    @property
    def voids(self) -> list[Gap | Absent]:
        """Gaps and absence after its first sighting, the last one first."""
        found: list[Gap | Absent] = [*self.gaps, *([self.absent] if self.absent else [])]
        return sorted(found, key=lambda void: void.since, reverse=True)


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that is known of when a file said what."""

    here: AtHand
    stops: tuple[Stop, ...]  # newest first
    checks: int
    first: datetime | None
    last: datetime | None  # of which it is known what was offered
    gaps: tuple[Gap, ...]  # oldest first
    usual: timedelta | None  # the usual stretch between looks; None: too few to tell

    @property
    def is_looked_at(self) -> bool:
        """Whether anybody looks, or did: what was handed over or made here waits for no look."""
        return self.checks > 0 or self.here.file.every != NEVER

    @property
    def usual_days(self) -> int | None:
        """In whole days, at least one."""
        return max(1, round(self.usual / timedelta(days=1))) if self.usual else None

    @property
    def open_stops(self) -> tuple[Stop, ...]:
        """Versions that can be opened and compared, newest first."""
        return tuple(s for s in self.stops if s.facts.is_open and s.facts.version.readable)


def timeline(archive: Archive, here: AtHand) -> Timeline:
    """The timeline of the file at hand."""
    facts = version_facts(archive, here.file, viewer=here.viewer, newest=here.newest)
    seen = archive.index.observations(here.file.id)
    looked = looks_of(archive, here.file, here.versions)
    found = _gaps(looked, seen)
    repeated = Counter(
        str(body.get("capture", "")) for body in seen if body["outcome"] == "unchanged"
    )
    gone = {a.since: a for a in absences(here.versions)}
    stops: list[Stop] = []
    for each, following in zip_longest(facts, facts[1:]):
        version = each.version
        end = following.version.seen_at if following else None
        inside = tuple(g for g in found if g.since >= version.seen_at and _before(g.until, end))
        before = stops[-1].absent if stops else None
        stops.append(
            Stop(
                each, sum(repeated[c] for c in version.captures), version == here.version, inside,
                gone.get(version.absent_from) if version.absent_from else None,
                before is not None,
            )
        )  # fmt: skip
    checks = sum(1 for body in seen if body["outcome"] in {*SEEN, *TRIED})
    known = looked.told
    is_regular = len(known) > 2 and not here.told_by_git and here.file.every != NEVER
    usual = looked.allowed / LONG if is_regular else None
    return Timeline(
        here, tuple(reversed(stops)), checks, known[0] if known else None,
        known[-1] if known else None, tuple(found),
        usual,
    )  # fmt: skip


def _before(moment: datetime, end: datetime | None) -> bool:
    return end is None or moment <= end


def _gaps(looked: Looks, seen: Sequence[Mapping[str, object]]) -> list[Gap]:
    """Gaps, and the failed tries within each."""
    tries = sorted(from_iso(str(body["at"])) for body in seen if body["outcome"] in TRIED)
    return [
        Gap(since, until, sum(since < t < until for t in tries)) for since, until in looked.gaps
    ]
