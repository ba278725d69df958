"""When somebody looked at a file, and when nobody did: gaps are told, never drawn through."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.versions import Version
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.moments import from_iso
from verticalfile.kernel.spans import span_of
from verticalfile.services.archive import Archive
from verticalfile.sources.what import SourceKind

LONG = 3
"""A time without a look is a gap when it is longer than so many of the usual ones."""
NEAR = 8
"""A record that became weekly after years of days has nothing but gaps by the median of all."""
SEEN = ("unchanged", "changed", "export only", "surprising", "unreadable", "absent")
"""Outcomes of checks that learned what the publisher offered; a failed one learned nothing."""
DATED_BY_OTHERS = (SourceKind.GIT, SourceKind.FOLDER)
"""Sources whose states have the dates of their record, whenever we look at it."""


@dataclass(frozen=True, slots=True)
class Looks:
    """Moments at which it was known what was offered; `gaps` are longer than `allowed`.

    `bare`: looks of ours at states that others dated, a repository or dated copies. They end a
    time without a state, but tell nothing of what the publisher offered on their own day.
    """

    moments: tuple[datetime, ...]
    allowed: timedelta
    gaps: tuple[tuple[datetime, datetime], ...]
    bare: frozenset[datetime] = frozenset()

    @property
    def told(self) -> tuple[datetime, ...]:
        """The moments at which the publisher is known to have offered what it did, or not."""
        return tuple(at for at in self.moments if at not in self.bare)


def looks_of(archive: Archive, resource: ResourceLine, versions: Sequence[Version]) -> Looks:
    """All looks at a file, from its checks and from the sightings of its versions."""
    told = {at for v in versions for at in (v.seen_at, v.last_seen_at)}
    own: set[datetime] = set()
    for body in archive.index.observations(resource.id):
        if body["outcome"] in SEEN:
            is_bare = resource.kind in DATED_BY_OTHERS and "seen_at" not in body
            (own if is_bare else told).add(from_iso(str(body.get("seen_at", body["at"]))))
    is_git = resource.kind == SourceKind.GIT
    found = looks(told | own, every=_every(resource), around=is_git)
    return replace(found, bare=frozenset(own - told))


def _every(resource: ResourceLine) -> timedelta:
    try:
        return span_of(resource.every)
    except InputRefused:
        return timedelta(0)


def looks(moments: Iterable[datetime], *, every: timedelta, around: bool = False) -> Looks:
    """Gaps are distances of more than LONG times the usual one, which is the median distance,
    and not less than how often it was meant to be looked at.

    `around`: others told of it in a rhythm of their own, which may change: what is usual is then
    not less than the median of the NEAR distances on each side.
    """
    ordered = tuple(sorted(set(moments)))
    apart = [(b - a).total_seconds() for a, b in pairwise(ordered)]
    usual = max(every, timedelta(seconds=median(apart))) if apart else every
    allowed = LONG * usual

    def is_gap(place: int) -> bool:
        if apart[place] <= allowed.total_seconds():
            return False
        near = apart[max(0, place - NEAR) : place + NEAR + 1]
        return not around or apart[place] > LONG * median(near)

    gaps = [pair for place, pair in enumerate(pairwise(ordered)) if is_gap(place)]
    return Looks(ordered, allowed, tuple(gaps))
