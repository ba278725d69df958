"""When somebody looked at a file, and when nobody did: gaps are told, never drawn through."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Looks:
    """Moments at which it was known what was offered; `gaps` are longer than `allowed`."""

    moments: tuple[datetime, ...]
    allowed: timedelta
    gaps: tuple[tuple[datetime, datetime], ...]


def looks_of(archive: Archive, resource: ResourceLine, versions: Sequence[Version]) -> Looks:
    """All looks at a file, from its checks and from the sightings of its versions."""
    found = {at for v in versions for at in (v.seen_at, v.last_seen_at)}
    for body in archive.index.observations(resource.id):
        if body["outcome"] in SEEN:
            found.add(from_iso(str(body.get("seen_at", body["at"]))))
    return looks(found, every=_every(resource), around=resource.kind == SourceKind.GIT)


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
