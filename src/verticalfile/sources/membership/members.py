"""What is known of a source's datasets from its listings so far: the state of the fold.

Nothing here is ever removed. The state can be written as plain JSON and read again; it is
derived, since folding the kept listings and decisions again gives the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from verticalfile.kernel import limits
from verticalfile.sources.identity import Entry


class State(StrEnum):
    """Where a member stands. One that came back is present, and its gaps tell the rest."""

    PRESENT = "present"
    MISSING = "missing"
    VANISHED = "vanished"
    JOINED = "joined"  # a person said that it continues another; only that one goes on


class How(StrEnum):
    """By what evidence an entry was taken for a member under another identifier."""

    FIRST = "first"  # no join: the identifier a member began with
    SPELLING = "spelling"  # scheme, case of host, `/datasets/` or `/maps/`, last slash
    PLATFORM = "platform id"  # ArcGIS item and layer, Socrata 4x4, CKAN UUID
    FORMER = "former identifier"  # it had this identifier before
    TAIL = "same tail"  # and the same title
    SERVICE = "service URL"  # and the same title, or a title missing
    TITLE = "title"  # and the same item, moment of issue or publisher
    PERSON = "person"


class Why(StrEnum):
    """Why a listing is suspect."""

    EMPTY = "empty"
    LOST = "lost"
    SWAPPED = "swapped"
    UNSTABLE = "unstable membership"


class Outcome(StrEnum):
    """What an attempt to list a source came to."""

    LISTED = "listed"
    FAILED = "failed"
    BLOCKED = "blocked"  # by a firewall
    CLOSED = "closed"  # a login is asked for


@dataclass(frozen=True, slots=True)
class Rules:
    """The numbers that decide; a source's own settings may differ from the defaults."""

    absences: int = limits.VANISHED_ABSENCES
    absent_days: float = limits.VANISHED_DAYS
    suspect_floor: int = limits.SUSPECT_FLOOR
    suspect_share_0to1: float = limits.SUSPECT_SHARE
    unstable_share_0to1: float = limits.UNSTABLE_SHARE
    suspect_checks: int = limits.SUSPECT_CHECKS
    suspect_days: float = limits.SUSPECT_DAYS
    empty_days: float = limits.SUSPECT_EMPTY_DAYS

    def allowance(self, size: int) -> float:
        """How many of `size` may be lost or swapped before it is suspect."""
        return max(self.suspect_floor, self.suspect_share_0to1 * size)


@dataclass(frozen=True, slots=True)
class Name:
    """One identifier that a member had, with the last entry seen under it."""

    entry: Entry
    since: datetime
    until: datetime | None  # when the next one was first seen; None for the present one
    how: How


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which a member was not listed: from the first absence until it was back."""

    since: datetime
    until: datetime
    vanished: bool


@dataclass(frozen=True, slots=True)
class Member:
    """One dataset of a source, under a key that never changes."""

    key: str
    entry: Entry  # as last seen
    names: tuple[Name, ...]  # every identifier it ever had, in order; the last is the present one
    first_seen: datetime
    last_seen: datetime
    state: State = State.PRESENT
    since: datetime | None = None  # the first absence, when missing or vanished
    absences: int = 0  # in proved and accepted listings, since it was last seen
    gaps: tuple[Gap, ...] = ()
    doubts: tuple[str, ...] = ()  # keys of older members that it may be; a person decides
    continues: str = ""  # key of the older member, once joined by a person
    seen_by_us: datetime | None = None  # our own first sighting; None: known from copies alone
    also: tuple[str, ...] = ()  # keys it would have had, had it been met later than it was

    @property
    def returned_at(self) -> datetime | None:
        """When it last came back after an absence."""
        return self.gaps[-1].until if self.gaps and self.state is State.PRESENT else None


Moments = tuple[datetime, datetime, datetime | None]
"""First seen, last seen, first seen by us."""


class Roll(Mapping[str, Member]):
    """Members by their keys, in the order in which they were met; nobody is ever removed.

    Most members of a large portal were met once and never missed: of each of those its entry is
    held, and the moments, which thousands share. Whoever asks for one is given it whole.
    """

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._entries: list[Entry] = []
        self._moments: list[Moments] = []
        self._shared: dict[Moments, Moments] = {}
        self._others: dict[int, Member] = {}  # of whom there is more to tell

    @classmethod
    def of(cls, members: Iterable[Member]) -> Roll:
        """These members."""
        roll = cls()
        for member in members:
            roll[member.key] = member
        return roll

    @classmethod
    def like(cls, members: Mapping[str, Member]) -> Roll:
        """Another roll of the same members."""
        if not isinstance(members, Roll):
            return cls.of(members.values())
        roll = cls()
        roll._places, roll._entries = dict(members._places), list(members._entries)
        roll._moments, roll._shared = list(members._moments), dict(members._shared)
        roll._others = dict(members._others)
        return roll

    def __getitem__(self, key: str) -> Member:
        place = self._places[key]
        if (other := self._others.get(place)) is not None:
            return other
        return _plain(key, self._entries[place], self._moments[place])

    def __setitem__(self, key: str, member: Member) -> None:
        moments: Moments = (member.first_seen, member.last_seen, member.seen_by_us)
        moments = self._shared.setdefault(moments, moments)
        place = self._places.setdefault(key, len(self._entries))
        if place == len(self._entries):
            self._entries.append(member.entry)
            self._moments.append(moments)
        self._entries[place], self._moments[place] = member.entry, moments
        if member == _plain(key, member.entry, moments):
            self._others.pop(place, None)
        else:
            self._others[place] = member

    def others(self) -> Iterator[Member]:
        """Those of whom there is more to tell: missed, renamed, doubted, joined; all else is
        present, and has one name. In the order of all."""
        return (self._others[place] for place in sorted(self._others))

    def __contains__(self, key: object) -> bool:
        return key in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _plain(key: str, entry: Entry, moments: Moments) -> Member:
    """A member that was met once and never missed."""
    first, last, by_us = moments
    name = Name(entry, first, None, How.FIRST)
    return Member(key, entry, (name,), first, last, seen_by_us=by_us)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Why the source is suspect, and the listing that repeats or does not."""

    why: Why
    since: datetime
    lost: int
    swapped: int
    of: int  # present members of the last accepted listing
    proved: bool
    same_since: datetime  # since when the suspect listing has been much the same
    checks: int  # how often it was seen much the same
    marks: tuple[str, ...]  # of its entries, to tell whether a later one repeats it
    accepted: bool = False  # by a person; the next listing like it is taken


@dataclass(frozen=True, slots=True)
class Trouble:
    """The source cannot be listed."""

    outcome: Outcome
    since: datetime
    times: int
    reason: str


@dataclass(frozen=True, slots=True)
class Unsteady:
    """The feed showed other members at a constant count: cut, perhaps, in no stable order."""

    count: int
    moment: datetime  # of the last such swap


@dataclass(frozen=True, slots=True)
class Accepted:
    """The last listing that was taken."""

    moment: datetime
    count: int
    proved: bool


@dataclass(frozen=True, slots=True)
class Members:
    """All that is known of one source's datasets; `Members()` before the first listing."""

    by_key: Roll = field(default_factory=Roll)
    accepted: Accepted | None = None
    suspicion: Suspicion | None = None
    trouble: Trouble | None = None
    unsteady: Unsteady | None = None
    apart: frozenset[tuple[str, str]] = frozenset()  # (older, newer): never to be joined
    seen_by_us: bool = False  # whether a listing that we fetched ourselves was taken yet

    def key_for(self, key: str) -> str:
        """The key under which a member stands today: older listings that came in later may have
        given it another one. "" where nobody ever had this key."""
        if key in self.by_key:
            return key
        return next((m.key for m in self.by_key.others() if key in m.also), "")

    def present(self) -> int:
        """How many members stand as present."""
        away = sum(member.state is not State.PRESENT for member in self.by_key.others())
        return len(self.by_key) - away
