"""Versions from captures and observations (design 3): a pure rule, so that any order of
back-filling gives the same versions.

A version is a maximal run of equal captures in the order of first sighting, then place in the
source's walk, then id; an absence ends it too. Its number is a position, a label for people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Sighting:
    """A capture as versions need it. `tables`: name of a table -> rows in it."""

    capture: str
    seen_at: datetime
    last_seen_at: datetime
    walk: int
    sha256: str
    size_bytes: int
    reason: str = ""  # why it is unreadable; "" when it is readable
    detail: str = ""
    held: bool = False  # surprising, and not yet accepted
    moment_name: str = ""
    clock_back_from: datetime | None = None
    partial: str = ""  # why it may not be all of what there was


@dataclass(frozen=True, slots=True)
class Absence:
    """The source did not have the resource at this moment."""

    seen_at: datetime
    walk: int = 0


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is left of a version that was destroyed: that it was, when, and the class of reason."""

    seen_at: datetime
    last_seen_at: datetime
    current: bool  # readable and released: it was what one got then
    destroyed_at: datetime
    why: str
    places: frozenset[tuple[datetime, int]] = frozenset()  # (seen_at, walk) of its captures


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a resource; `captures` are the ids of its run, earliest first.

    Of one that was destroyed the dates are left and nothing else: no captures, digest or size.
    """

    number: int
    captures: tuple[str, ...]
    seen_at: datetime
    last_seen_at: datetime
    sha256: str
    size_bytes: int
    reason: str
    detail: str
    held: bool
    moment_name: str
    absent_from: datetime | None = None  # set when an absence ended it
    hidden: str = ""  # hide, restrict or destroy, when the library withdrew it
    clock_back_from: datetime | None = None  # when the one kept before was: the clock went back
    withdrawn_at: datetime | None = None
    withdrawn_why: str = ""  # the class of reason, as the register tells it
    partial: str = ""  # why it may not be all of what there was; "" where nothing speaks against it

    @property
    def readable(self) -> bool:
        return not self.reason

    @property
    def destroyed(self) -> bool:
        """Whether only its tombstone is left."""
        return self.hidden == "destroy" and not self.captures


@dataclass(frozen=True, slots=True)
class AsOf:
    """The answer to "what did it say then": a version, and what must be said beside it."""

    version: Version | None
    absent_since: datetime | None = None
    passed_over: tuple[Version, ...] = field(default=())  # newer ones, unreadable or held


def versions_of(
    sightings: Iterable[Sighting], absences: Iterable[Absence], graves: Iterable[Tombstone] = ()
) -> list[Version]:
    """Versions in order, numbered from 1; one that was destroyed keeps its place and number."""
    steps: list[tuple[tuple[datetime, int, int, str], Sighting | Absence | Tombstone]] = [
        ((s.seen_at, s.walk, 1, s.capture), s) for s in sightings
    ]
    steps += [((a.seen_at, a.walk, 0, ""), a) for a in absences]
    steps += [((g.seen_at, 0, 1, ""), g) for g in graves]
    found: list[Version] = []
    for _, step in sorted(steps, key=lambda pair: pair[0]):
        newest = found[-1] if found else None
        if isinstance(step, Absence):
            if newest is not None and newest.absent_from is None:
                found[-1] = replace(newest, absent_from=step.seen_at)
        elif isinstance(step, Tombstone):
            found.append(_buried(len(found) + 1, step))
        elif newest is not None and newest.absent_from is None and newest.sha256 == step.sha256:
            found[-1] = _joined(newest, step)
        else:
            found.append(_born(len(found) + 1, step))
    return found


def _born(number: int, step: Sighting) -> Version:
    return Version(
        number, (step.capture,), step.seen_at, max(step.seen_at, step.last_seen_at), step.sha256,
        step.size_bytes, step.reason, step.detail, step.held, step.moment_name,
        clock_back_from=step.clock_back_from, partial=step.partial,
    )  # fmt: skip


def _buried(number: int, grave: Tombstone) -> Version:
    reason = "" if grave.current else "destroyed"
    return Version(
        number, (), grave.seen_at, max(grave.seen_at, grave.last_seen_at), "", 0, reason, "", False,
        "", hidden="destroy", withdrawn_at=grave.destroyed_at, withdrawn_why=grave.why,
    )  # fmt: skip


def _joined(version: Version, step: Sighting) -> Version:
    return replace(
        version,
        captures=(*version.captures, step.capture),
        last_seen_at=max(version.last_seen_at, step.seen_at, step.last_seen_at),
        held=version.held and step.held,
        partial=version.partial and step.partial,  # the same bytes, once proved to be all
        clock_back_from=version.clock_back_from or step.clock_back_from,
    )


def as_of(versions: Sequence[Version], moment: datetime) -> AsOf:
    """The version current at a moment: the last readable, released one first seen by then."""
    passed: list[Version] = []
    for version in reversed([v for v in versions if v.seen_at <= moment]):
        if version.readable and not version.held:
            newest = passed[0] if passed else version
            gone = newest.absent_from
            return AsOf(version, gone if gone and gone <= moment else None, tuple(passed))
        passed.append(version)
    return AsOf(None, None, tuple(passed))


def as_of_now(versions: Sequence[Version], now: datetime) -> AsOf:
    """What is offered when no moment is asked for: as `as_of`, but the last that is left, and
    where the clock stands before all of them the newest."""
    left = [v for v in versions if not v.destroyed]
    if left and left[0].seen_at > now:
        now = left[-1].seen_at
    answer = as_of(left, now)
    if answer.version is None:
        return answer
    number = answer.version.number
    graves = [v for v in versions if v.destroyed and v.number > number and v.seen_at <= now]
    passed = sorted((*answer.passed_over, *graves), key=lambda v: -v.number)
    return replace(answer, passed_over=tuple(passed))


def readable_before(versions: Sequence[Version]) -> Mapping[int, Version]:
    """For each readable version the readable one before it: comparison is always with that.

    What was destroyed cannot be compared with, what is held or was refused is not: it was never
    current.
    """
    found: dict[int, Version] = {}
    newest: Version | None = None
    for version in versions:
        if not version.readable or version.destroyed:
            continue
        if newest is not None:
            found[version.number] = newest
        if not version.held:
            newest = version
    return found
