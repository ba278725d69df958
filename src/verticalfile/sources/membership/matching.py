"""Which entry of a listing is which known member: one to one, and never by a guess.

Evidence is tried from the strongest to the weakest, each only where it is unique on both sides.
What is left and resembles a known member is a doubt, for a person. What was seen in 2,044 real
listings: an ArcGIS service URL alone tells nothing once layers are renumbered (Minneapolis,
2022-04-17: twelve zoning overlays moved by one), and titles come more than once.
"""

from __future__ import annotations

import html
import json
from array import array
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import TypeVar

from verticalfile.kernel import limits
from verticalfile.sources.identity import Entry, Evidence, folded
from verticalfile.sources.membership.findings import Candidate
from verticalfile.sources.membership.members import How, Member, Roll, State

Old = TypeVar("Old")
New = TypeVar("New")
Thing = TypeVar("Thing")
Clue = Callable[[Evidence], Hashable | None]

_PRESENT = frozenset({State.PRESENT})
_KNOWN = frozenset({State.PRESENT, State.MISSING})
_ALL = frozenset({State.PRESENT, State.MISSING, State.VANISHED})


@dataclass(slots=True)
class Matching:
    """By place in the listing: the member's key, how it was joined, or what it may be."""

    keys: dict[int, str] = field(default_factory=dict)
    joins: dict[int, How] = field(default_factory=dict)
    doubts: dict[int, tuple[Candidate, ...]] = field(default_factory=dict)


def unique_pairs(
    old: Iterable[Old],
    new: Iterable[New],
    old_clue: Callable[[Old], Hashable | None],
    new_clue: Callable[[New], Hashable | None],
) -> list[tuple[Old, New]]:
    """Pairs with the same clue, where one old and one new has it; None and "" are no clue."""
    before, after = _by(old, old_clue), _by(new, new_clue)
    return [
        (those[0], these[0])
        for clue, those in before.items()
        if len(those) == 1 and len(these := after.get(clue, [])) == 1
    ]


def told_once(entries: Sequence[Entry]) -> list[int]:
    """For each place in the listing the place that stands for it: one record told twice is one.

    Two are one when the platform gave them one id and service, or identifier, service and title are equal;
    the least digest stands for them, so that the order of a feed does not matter.
    """
    stands = list(range(len(entries)))
    least: dict[Hashable, int] = {}
    perhaps = places_repeated(_self(entry.evidence) for entry in entries)
    for place in sorted(perhaps, key=lambda place: entries[place].digest):
        stands[place] = least.setdefault(_self(entries[place].evidence), place)
    return stands


def places_repeated(things: Iterable[Hashable]) -> list[int]:
    """Places of things that may stand at another place too, all that do among them: told by their
    hashes, so that not all of a large listing is held at once."""
    hashes = array("q", map(hash, things))
    seen: set[int] = set()
    twice: set[int] = set()
    for each in hashes:
        (twice if each in seen else seen).add(each)
    return [place for place, each in enumerate(hashes) if each in twice]


def match(
    entries: Mapping[int, Entry],
    members: Roll,
    *,
    weakly: bool,
    apart: frozenset[tuple[str, str]] = frozenset(),
    hidden: Callable[[Entry], bool] = lambda _: False,
) -> Matching:
    """Match entries, by place, with members; `weakly` only where absence is proved.

    An unproved listing does not tell that a member is gone, so tails, services and titles join
    nothing there; nor do they join members that were `hidden` from a listing.
    """
    joined = {member.key for member in members.others() if member.state is State.JOINED}
    pool: Mapping[str, Member] = members
    if joined:
        pool = {key: member for key, member in members.items() if key not in joined}
    work = _Work(entries, pool, apart)
    work.by_identifier()
    for clue in _within(lambda evidence: evidence.folded):
        work.join(clue, How.SPELLING, _same_spelling)
    work.join(lambda evidence: evidence.platform, How.PLATFORM, _any)
    work.by_former_identifier()
    if weakly:
        aside = {key: member for key, member in work.members.items() if hidden(member.entry)}
        for key in aside:
            del work.members[key]
        for standing in (_PRESENT, _KNOWN, _ALL):  # one that was there last time comes first
            work.join(_tail_and_title, How.TAIL, _any, standing)
            work.join(_service_title_issued, How.SERVICE, _any, standing)
            work.join(_service_and_title, How.SERVICE, _any, standing)
            work.join(lambda evidence: evidence.service, How.SERVICE, _without_a_title, standing)
            work.join(_title_and_issued, How.TITLE, _services_agree, standing)
            work.by_title(standing)
        work.members |= aside
    work.doubt()
    return work.done


class _Work:
    """What is left on both sides, and what was matched: `by_identifier` comes first, and leaves
    little of a large listing."""

    def __init__(
        self,
        entries: Mapping[int, Entry],
        pool: Mapping[str, Member],
        apart: frozenset[tuple[str, str]],
    ) -> None:
        self.all_entries, self.all_members, self.apart = entries, pool, apart
        self.entries: dict[int, Entry] = {}
        self.members: dict[str, Member] = {}
        self.done = Matching()

    def by_identifier(self) -> None:
        """The publisher's own identifier, byte for byte; the same member, no re-key."""
        owners = {
            _digest_of(_handle(member.entry.evidence)): key
            for key, member in self.all_members.items()
        }
        for place, entry in self.all_entries.items() if owners else ():
            key = owners.pop(_digest_of(_handle(entry.evidence)), None)
            if key is not None:
                self.done.keys[place] = key
        del owners
        taken = set(self.done.keys.values())
        self.members = {k: self.all_members[k] for k in self.all_members if k not in taken}
        self.entries = {n: e for n, e in self.all_entries.items() if n not in self.done.keys}
        for clue in _within(lambda evidence: evidence.identifier):
            self.join(clue, None, _any)

    def join(
        self,
        clue: Clue,
        how: How | None,
        fits: Callable[[Evidence, Evidence], bool],
        standing: frozenset[State] = _ALL,
    ) -> None:
        """Take the pairs that have the same clue, among the members of a standing."""
        if not self.entries or not self.members:
            return
        pool = [pair for pair in self.members.items() if pair[1].state in standing]
        pairs = unique_pairs(pool, self.entries.items(), _of_second(clue), _of_second(clue))
        single = self._covering_one(clue) if isinstance(clue, _Alone) else None
        for (key, member), (place, entry) in pairs:
            if single is not None and clue(entry.evidence) not in single:
                continue
            if fits(member.entry.evidence, entry.evidence):
                self._take(key, place, how)

    def by_former_identifier(self) -> None:
        """An identifier that a member had before; only if nothing else speaks against it."""
        if not self.entries or not self.members:
            return
        former = [
            (folded_name, key)
            for key, member in self.members.items()
            for folded_name in {name.entry.evidence.folded for name in member.names[:-1]}
        ]
        pairs = unique_pairs(
            former,
            self.entries.items(),
            lambda each: each[0],
            lambda each: each[1].evidence.folded,
        )
        for (_, key), (place, entry) in pairs:
            if key in self.members and _same_spelling(
                self.members[key].entry.evidence, entry.evidence
            ):
                self._take(key, place, How.FORMER)

    def by_title(self, standing: frozenset[State]) -> None:
        """A title that comes once in all the listing and once among all of that standing."""
        if not self.entries or not self.members:
            return
        asked = {_title(entry.evidence) for entry in self.entries.values()}
        told = (_title(entry.evidence) for entry in self.all_entries.values())
        often = Counter(title for title in told if title in asked)
        held = (
            _title(member.entry.evidence)
            for member in self.all_members.values()
            if member.state in standing
        )
        known = Counter(title for title in held if title in asked)
        self.join(
            lambda evidence: (
                (
                    (title := _title(evidence))
                    and often[title] <= 1
                    and known[title] <= 1
                    and title  # "" and False are no clue
                )
                or None
            ),
            How.TITLE,
            _title_holds,
            standing,
        )

    def doubt(self) -> None:
        """What is left and resembles a member that is not listed, or had its identifier."""
        if not self.entries or not self.all_members:
            return
        clues: list[tuple[How, Clue]] = [
            (How.TAIL, lambda evidence: evidence.tail),
            (How.SERVICE, lambda evidence: evidence.service),
            (How.TITLE, _title),
        ]
        known = [(how, clue, _by(self.members.items(), _of_second(clue))) for how, clue in clues]
        former: dict[Hashable, list[str]] = {
            folded_name: []
            for entry in self.entries.values()
            if (folded_name := entry.evidence.folded)
        }
        for key, member in self.all_members.items():
            for name in {folded(name.entry.evidence.identifier) for name in member.names}:
                if name in former:
                    former[name].append(key)
        for place, entry in self.entries.items():
            found: dict[str, How] = {}
            if entry.evidence.folded:
                found |= dict.fromkeys(former.get(entry.evidence.folded, ()), How.FORMER)
            for how, clue, by in known:
                sharing = by.get(clue(entry.evidence) or None, [])
                if len(sharing) <= limits.DOUBT_CANDIDATES:
                    for key, _ in sharing:
                        found.setdefault(key, how)
            if found and len(found) <= limits.DOUBT_CANDIDATES:
                self.done.doubts[place] = tuple(
                    Candidate(key, how) for key, how in sorted(found.items())
                )

    def _covering_one(self, clue: Clue) -> set[Hashable]:
        """Identifiers that cover one thing on both sides; alone, only they decide."""
        asked = {clue(each.evidence) for each in self.entries.values()}
        known = (clue(each.entry.evidence) for each in self.all_members.values())
        owners = Counter(name for name in known if name in asked)
        shown = (clue(each.evidence) for each in self.all_entries.values())
        told = Counter(name for name in shown if name in asked)
        return {name for name, often in told.items() if often == 1 and owners[name] == 1}

    def _take(self, key: str, place: int, how: How | None) -> None:
        self.done.keys[place] = key
        if how is not None:
            self.done.joins[place] = how
        del self.members[key], self.entries[place]


@dataclass(frozen=True, slots=True)
class _Alone:
    """An identifier as the only clue."""

    name: Callable[[Evidence], str]

    def __call__(self, evidence: Evidence) -> str | None:
        return self.name(evidence) or None


def _within(name: Callable[[Evidence], str]) -> list[Clue]:
    """Clues from an identifier that may cover several layers: with service and title, then less."""

    def with_both(evidence: Evidence) -> Hashable | None:
        found = name(evidence)
        return (found, evidence.service, _title(evidence)) if found else None

    def with_service(evidence: Evidence) -> Hashable | None:
        found = name(evidence)
        return (found, evidence.service) if found and evidence.service else None

    def with_title(evidence: Evidence) -> Hashable | None:
        found, title = name(evidence), _title(evidence)
        return (found, title) if found and title else None

    return [with_both, with_service, with_title, _Alone(name)]


def _self(evidence: Evidence) -> Hashable:
    return (evidence.platform, evidence.service) if evidence.platform else _handle(evidence)


def _handle(evidence: Evidence) -> tuple[str, str, str]:
    return (evidence.identifier, evidence.service, evidence.title)


def _digest_of(handle: Sequence[str]) -> bytes:
    """A handle in sixteen bytes, for tables of many."""
    return blake2b(json.dumps(handle).encode(), digest_size=16).digest()


def clues_of_copies(evidence: Evidence) -> list[Hashable]:
    """By what two catalogs show that they list the same thing."""
    return [clue for clue in (evidence.platform, _service_and_title(evidence)) if clue]


def _title(evidence: Evidence) -> str:
    """A title without what editors and escapes change of its letters."""
    return _folded_title(evidence.title)


@lru_cache(maxsize=1 << 13)
def _folded_title(title: str) -> str:
    if "&" in title:
        title = html.unescape(title)
    return " ".join(title.split()).casefold()


def _tail_and_title(evidence: Evidence) -> Hashable | None:
    title = _title(evidence)
    return (evidence.tail, title) if evidence.tail and title else None


def _service_and_title(evidence: Evidence) -> Hashable | None:
    title = _title(evidence)
    return (evidence.service, title) if evidence.service and title else None


def _service_title_issued(evidence: Evidence) -> Hashable | None:
    title = _title(evidence)
    known = evidence.service and title and evidence.issued
    return (evidence.service, title, evidence.issued) if known else None


def _title_and_issued(evidence: Evidence) -> Hashable | None:
    title = _title(evidence)
    return (title, evidence.issued) if title and evidence.issued else None


def _services_agree(old: Evidence, new: Evidence) -> bool:
    return not old.service or not new.service or old.service == new.service


def _same_spelling(old: Evidence, new: Evidence) -> bool:
    """Not if both title and service say otherwise: slugs are given again to other things."""
    if old.platform and old.platform == new.platform:
        return True
    return _title(old) == _title(new) or not (old.service and new.service != old.service)


def _without_a_title(old: Evidence, new: Evidence) -> bool:
    return not old.title or not new.title


def _title_holds(old: Evidence, new: Evidence) -> bool:
    """A title joins with a second witness, and if the service does not speak against it."""
    if old.item and old.item == new.item:
        return True
    if old.issued or new.issued:
        return old.issued == new.issued
    if (old.platform and new.platform) or old.service != new.service:
        return False  # another id or service under the same title: a new edition, or a namesake
    return bool(old.publisher) and old.publisher == new.publisher


def _any(old: Evidence, new: Evidence) -> bool:
    return True


def _by(
    things: Iterable[Thing], clue: Callable[[Thing], Hashable | None]
) -> dict[Hashable, list[Thing]]:
    found: dict[Hashable, list[Thing]] = {}
    for thing in things:
        if (name := clue(thing)) is not None and name != "":
            found.setdefault(name, []).append(thing)
    return found


def _of_second(clue: Clue) -> Callable[[tuple[object, Member | Entry]], Hashable | None]:
    def of(pair: tuple[object, Member | Entry]) -> Hashable | None:
        thing = pair[1]
        return clue(thing.entry.evidence if isinstance(thing, Member) else thing.evidence)

    return of
