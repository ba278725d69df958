"""A source's members through its listings: `step` takes one more, and forgets nothing.

Pure and deterministic: the same listings and decisions in the same order give the same members,
in one go or step by step. A listing adds, updates, joins and notes what is absent; nothing is
ever removed. Only a proved listing makes a member missing, and only several over days make it
vanished. A listing that loses or swaps too much is suspect: it changes nothing at all, and what
is new in it waits too, since in a swap the new may be the old. It ends when the known members
come back, when it repeats over checks and days, or when a person accepts it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from verticalfile.sources.identity import Entry
from verticalfile.sources.membership.findings import (
    Changed,
    Doubtful,
    Finding,
    Missing,
    New,
    Reached,
    Rekeyed,
    Released,
    Returned,
    Suspect,
    ToldApart,
    Touched,
    Unproved,
    Unreached,
    Vanished,
)
from verticalfile.sources.membership.listing import Listing, unproved_reason
from verticalfile.sources.membership.matching import Matching, match, places_repeated, told_once
from verticalfile.sources.membership.members import (
    Accepted,
    Gap,
    How,
    Member,
    Members,
    Name,
    Outcome,
    Roll,
    Rules,
    State,
    Suspicion,
    Trouble,
    Unsteady,
    Why,
)

RULES = Rules()
MARK_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Step:
    """What one listing came to."""

    members: Members
    findings: tuple[Finding, ...]
    keys: tuple[str, ...]  # for each entry of the listing its member; "" where it has none yet


def step(members: Members, listing: Listing, rules: Rules = RULES) -> Step:
    """Take one listing, in the order of their moments."""
    if listing.outcome is not Outcome.LISTED:
        return _unreached(members, listing)
    stands = told_once(listing.entries)
    entries = {
        place: entry for place, entry in enumerate(listing.entries) if stands[place] == place
    }
    reason = unproved_reason(listing, len(entries))
    matching = match(
        entries, members.by_key, weakly=not reason, apart=members.apart,
        hidden=listing.is_out_of_sight,
    )  # fmt: skip
    work = _Taking(members, listing, rules, entries, matching, reason)
    work.reached()
    if work.believed():
        work.take()
        known = matching.keys
    else:  # a join that was not taken is none
        known = {place: key for place, key in matching.keys.items() if place not in matching.joins}
    keys = tuple(known.get(stands[place], "") for place in range(len(listing.entries)))
    return Step(work.members, tuple(work.findings), keys)


def is_calm(members: Members) -> bool:
    """Whether the listing that was taken last, seen again, would find nothing and change no state:
    it was whole, nothing stands open, and nobody is missing."""
    last = members.accepted
    open_ = (members.suspicion, members.trouble, members.unsteady)
    states = {member.state for member in members.by_key.others()}
    return last is not None and last.proved and not any(open_) and State.MISSING not in states


def seen_again(members: Members, moment: datetime) -> Members:
    """What `step` makes of the listing that was taken last, where `is_calm`."""
    last = members.accepted
    assert last is not None
    by_key = Roll.like(members.by_key)
    for key, member in members.by_key.items():
        if member.last_seen == last.moment:
            by_key[key] = replace(member, last_seen=moment)
    accepted = replace(last, moment=moment)
    return replace(members, by_key=by_key, accepted=accepted)


def as_known(members: Members, entry: Entry) -> Entry | None:
    """The equal entry that a member has, of most: what is known need not be held twice."""
    own = members.by_key.get(key_of(entry, alone=True))
    return own.entry if own is not None and own.entry == entry else None


def key_of(entry: Entry, *, alone: bool, taken: Container[str] = ()) -> str:
    """A key for a new member: of its identifier, and of service and title where that repeats."""
    evidence = entry.evidence
    if alone and evidence.folded:
        parts = [evidence.folded]
    else:
        parts = [evidence.folded, evidence.service, evidence.title]
    key, again = _digest(*parts), 0
    while key in taken:
        again += 1
        key = _digest(*parts, str(again))
    return key


def _unreached(members: Members, listing: Listing) -> Step:
    """A failed fetch changes the state of no member."""
    before = members.trouble
    if before is not None and before.outcome is listing.outcome:
        trouble = replace(before, times=before.times + 1, reason=listing.reason)
    else:
        trouble = Trouble(listing.outcome, listing.moment, 1, listing.reason)
    finding = Unreached(
        listing.moment, trouble.outcome, trouble.since, trouble.times, listing.reason
    )
    return Step(replace(members, trouble=trouble), (finding,), ())


class _Taking:
    """One listing being taken."""

    def __init__(
        self,
        members: Members,
        listing: Listing,
        rules: Rules,
        entries: dict[int, Entry],
        matching: Matching,
        reason: str,
    ) -> None:
        self.members, self.listing, self.rules = members, listing, rules
        self.entries, self.matching, self.reason = entries, matching, reason
        self.moment = listing.moment
        self.findings: list[Finding] = []
        self.absent_since = listing.moment
        self.by_key = Roll()
        self.repeated = _repeated(entries)
        self.others = {key for member in members.by_key.others() for key in member.also}

    def reached(self) -> None:
        if (trouble := self.members.trouble) is not None:
            self.findings.append(Reached(self.moment, trouble.outcome, trouble.since))
            self.members = replace(self.members, trouble=None)

    def believed(self) -> bool:
        """Whether the listing may change anything; says why not.

        The first one that we fetched ourselves is not held against older copies that others made.
        """
        if self.entries and not (self.listing.is_copy or self.members.seen_by_us):
            return self._begun()
        listed = set(self.matching.keys.values())
        by_key = self.members.by_key
        away = {m.key for m in by_key.others() if m.state is not State.PRESENT}
        away |= self._out_of_sight(listed)
        present = len(by_key) - len(away)
        lost = sum(key not in listed and key not in away for key in by_key)
        del listed
        swapped = len(self.matching.joins)
        why = self._doubted(lost, swapped, present)
        before = self.members.suspicion
        if why is None:
            if before is None:
                return True
            if lost + swapped <= self.rules.allowance(present):
                self._release("came back")
                return True
            suspicion = self._still(before)
        else:
            suspicion = self._weighed(why, lost, swapped, present)
        if before is not None and before.accepted and suspicion.accepted:
            return self._release("accepted")
        if self._repeated_enough(suspicion):
            self.members = replace(self.members, suspicion=suspicion)
            return self._release("repeated")
        self.members = replace(self.members, suspicion=suspicion)
        self.findings.append(
            Suspect(
                self.moment,
                suspicion.why,
                suspicion.since,
                lost,
                swapped,
                present,
                suspicion.checks,
            )
        )
        return False

    def _out_of_sight(self, listed: set[str]) -> set[str]:
        """Members that are not listed and stand where this listing could not look."""
        if not self.listing.closed:
            return set()
        hidden, members = self.listing.is_out_of_sight, self.members.by_key
        return {key for key in members if key not in listed and hidden(members[key].entry)}

    def _begun(self) -> bool:
        if self.members.suspicion is not None:
            self._release("seen ourselves")
        self.members = replace(self.members, unsteady=None)
        return True

    def _doubted(self, lost: int, swapped: int, present: int) -> Why | None:
        if not present:
            return None
        if not self.entries:
            return Why.EMPTY
        allowed = self.rules.allowance(present)
        unknown = len(self.entries) - len(self.matching.keys) - len(self.matching.doubts)
        if self.reason:
            resembling = swapped + len(self.matching.doubts)
            return Why.SWAPPED if resembling > allowed else None
        unstable = self._unstable(lost, unknown, present)
        if lost + swapped > allowed:
            if unstable and lost > allowed:
                return Why.UNSTABLE
            return Why.LOST if lost > swapped else Why.SWAPPED
        if unstable or self._still_unsteady():
            self.reason = Why.UNSTABLE.value
        return None

    def _unstable(self, lost: int, unknown: int, present: int) -> bool:
        """The number is that of last time, give or take a hundredth, and the members are others."""
        before = self.members.accepted
        if before is None or not _much_the_same(len(self.entries), before.count):
            return False
        rules = self.rules
        allowed = max(rules.suspect_floor, rules.unstable_share_0to1 * present)
        if min(lost, unknown) <= allowed:
            return False
        unsteady = Unsteady(len(self.entries), self.moment)
        self.members = replace(self.members, unsteady=unsteady)
        return True

    def _still_unsteady(self) -> bool:
        """Until the count moves, or no swap was seen for long; then absence counts again."""
        before = self.members.unsteady
        if before is None:
            return False
        long_ago = self.moment - before.moment >= timedelta(days=self.rules.empty_days)
        if _much_the_same(len(self.entries), before.count) and not long_ago:
            return True
        self.members = replace(self.members, unsteady=None)
        return False

    def _weighed(self, why: Why, lost: int, swapped: int, of: int) -> Suspicion:
        """The suspicion that stands now: the one before, seen once more, or another listing."""
        marks = tuple(sorted({_mark(entry) for entry in self.entries.values()}))
        before = self.members.suspicion
        proved = not self.reason
        since = before.since if before else self.moment
        if before and self._repeats(before, marks):
            if before.proved and not proved:
                return before  # counts neither for nor against
            checks = before.checks + 1
            same_since = before.same_since if before.checks else self.moment
            return Suspicion(
                why, since, lost, swapped, of, proved, same_since, checks, before.marks,
                before.accepted,
            )  # fmt: skip
        return Suspicion(why, since, lost, swapped, of, proved, self.moment, 1, marks)

    def _still(self, before: Suspicion) -> Suspicion:
        """An unproved listing ends no suspicion; what it shows besides gainsays the suspect one."""
        shown = {_mark(entry) for entry in self.entries.values()}
        return before if shown <= set(before.marks) else replace(before, checks=0)

    def _repeats(self, before: Suspicion, marks: tuple[str, ...]) -> bool:
        if not before.marks or not marks:
            return before.marks == marks
        differing = len(set(before.marks) ^ set(marks))
        return differing <= self.rules.allowance(len(before.marks))

    def _repeated_enough(self, suspicion: Suspicion) -> bool:
        slow = suspicion.why in (Why.EMPTY, Why.UNSTABLE)
        days = self.rules.empty_days if slow else self.rules.suspect_days
        return (
            suspicion.proved
            and not self.reason
            and suspicion.checks >= self.rules.suspect_checks
            and self.moment - suspicion.same_since >= timedelta(days=days)
        ) or (not suspicion.proved and self._unproved_repeats(suspicion))

    def _unproved_repeats(self, suspicion: Suspicion) -> bool:
        """An unproved swap that repeats may add its new ones, since it takes nothing away."""
        return (
            suspicion.why is Why.SWAPPED
            and suspicion.checks >= self.rules.suspect_checks
            and self.moment - suspicion.same_since >= timedelta(days=self.rules.suspect_days)
        )

    def _release(self, how: str) -> bool:
        before = self.members.suspicion
        assert before is not None
        self.findings.append(Released(self.moment, before.why, before.since, how))
        if before.why is Why.UNSTABLE and how not in ("came back", "seen ourselves"):
            self.reason = Why.UNSTABLE.value  # it may add; whom it lacks is not known
        if how in ("repeated", "accepted") and before.why is Why.EMPTY:
            # the absence of all was seen then, and not believed; of another listing that was much
            # the same it is not known whom it lacked: it may have shown him under another name
            self.absent_since = before.same_since
        self.members = replace(self.members, suspicion=None)
        return True

    def take(self) -> None:
        """Let the listing change what is known."""
        self.by_key = Roll.like(self.members.by_key)
        for place in sorted(self.matching.keys, key=self.matching.keys.__getitem__):
            self._seen(self.matching.keys[place], self.entries[place], place)
        self._add()
        self._tell_apart()
        listed = set(self.matching.keys.values())
        if self.reason:
            gone = {m.key for m in self.by_key.others() if m.state not in _KNOWN}
            seen = sum(key in listed and key not in gone for key in self.by_key)
            known = len(self.by_key) - len(gone)
            self.findings.append(Unproved(self.moment, self.reason, seen, known))
        else:
            self._absent(listed)
        self.members = replace(
            self.members,
            by_key=self.by_key,
            accepted=Accepted(self.moment, len(self.entries), not self.reason),
            seen_by_us=self.members.seen_by_us or not self.listing.is_copy,
        )

    def _seen(self, key: str, entry: Entry, place: int) -> None:
        before = self.by_key[key]
        names, gaps = before.names, before.gaps
        is_same = entry == before.entry
        if not is_same and entry.evidence.identifier != before.entry.evidence.identifier:
            how = self.matching.joins.get(place, How.SPELLING)
            last = replace(names[-1], entry=before.entry, until=self.moment)
            names = (*names[:-1], last, Name(entry, self.moment, None, how))
            self.findings.append(
                Rekeyed(self.moment, key, before.entry.evidence, entry.evidence, how)
            )
        if before.state is not State.PRESENT:
            since = before.since or before.last_seen
            vanished = before.state is State.VANISHED
            gaps = (*gaps, Gap(since, self.moment, vanished))
            self.findings.append(Returned(self.moment, key, since, vanished))
        if is_same:
            pass
        elif entry.steady_digest != before.entry.steady_digest:
            self.findings.append(Changed(self.moment, key, before.entry.digest, entry.digest))
        elif entry.digest != before.entry.digest:
            self.findings.append(Touched(self.moment, key))
        self.by_key[key] = Member(
            key, entry, names, before.first_seen, max(before.last_seen, self.moment),
            gaps=gaps, doubts=before.doubts, seen_by_us=before.seen_by_us or self._by_us,
            also=self._also(before, entry),
        )  # fmt: skip

    @property
    def _by_us(self) -> datetime | None:
        return None if self.listing.is_copy else self.moment

    def _also(self, before: Member, entry: Entry) -> tuple[str, ...]:
        """Its other keys, and the one that it would have had, had it been met here: so it is found
        by whoever knew it by that, before older listings came in. Who had a key first keeps it."""
        key = key_of(entry, alone=entry.evidence.folded not in self.repeated)
        if key == before.key or key in before.also or key in self.by_key or key in self.others:
            return before.also
        self.others.add(key)
        return (*before.also, key)

    def _add(self) -> None:
        """New members, in an order that does not depend on the feed's."""
        unknown = [place for place in self.entries if place not in self.matching.keys]
        for place in sorted(unknown, key=self.entries.__getitem__):
            entry = self.entries[place]
            alone = entry.evidence.folded not in self.repeated
            key = key_of(entry, alone=alone, taken=self)
            candidates = self.matching.doubts.get(place, ())
            self.matching.keys[place] = key
            name = Name(entry, self.moment, None, How.FIRST)
            self.by_key[key] = Member(
                key, entry, (name,), self.moment, self.moment,
                doubts=tuple(candidate.key for candidate in candidates), seen_by_us=self._by_us,
            )  # fmt: skip
            self.findings.append(New(self.moment, key, entry))
            if candidates:
                self.findings.append(Doubtful(self.moment, key, entry.evidence, candidates))

    def __contains__(self, key: object) -> bool:
        """Whether a key is some member's."""
        return key in self.by_key or key in self.others

    def _tell_apart(self) -> None:
        """A doubt ends by itself when both are in one listing, each under a name of its own."""
        listed = set(self.matching.keys.values())
        for member in list(self.by_key.others()):
            key = member.key
            if not member.doubts or key not in listed:
                continue
            both = [
                other
                for other in member.doubts
                if other in listed and not _had(self.by_key[other], member)
            ]
            if both:
                rest = tuple(other for other in member.doubts if other not in both)
                self.by_key[key] = replace(member, doubts=rest)
                self.findings += [ToldApart(self.moment, key, other) for other in both]

    def _absent(self, listed: set[str]) -> None:
        asked = {other for member in self.by_key.others() for other in member.doubts}
        hidden = self._out_of_sight(listed)
        for key in self.by_key:
            if key in listed or key in hidden:
                continue
            member = self.by_key[key]
            if member.state in (State.VANISHED, State.JOINED):
                continue
            if member.state is State.PRESENT:
                self.findings.append(Missing(self.moment, key, member.last_seen))
                self.by_key[key] = replace(
                    member, state=State.MISSING, since=self.absent_since, absences=1
                )
                continue
            absences = member.absences + 1
            since = member.since or self.moment
            gone = (
                key not in asked  # whether it goes on under another name is not decided
                and absences >= self.rules.absences
                and self.moment - since >= timedelta(days=self.rules.absent_days)
            )
            if gone:
                copies = member.seen_by_us is None
                self.findings.append(
                    Vanished(self.moment, key, member.last_seen, since, absences, copies)
                )
            state = State.VANISHED if gone else State.MISSING
            self.by_key[key] = replace(member, state=state, absences=absences)


_KNOWN = (State.PRESENT, State.MISSING)


def _repeated(entries: Mapping[int, Entry]) -> frozenset[str]:
    """Folded identifiers that more than one entry has."""
    places = list(entries)
    perhaps = places_repeated(entry.evidence.folded for entry in entries.values())
    often = Counter(entries[places[n]].evidence.folded for n in perhaps)
    return frozenset(name for name, times in often.items() if times > 1)


def _much_the_same(count: int, before: int) -> bool:
    return abs(count - before) <= before / 100


def _had(older: Member, newer: Member) -> bool:
    """Whether the older once had the newer's identifier: then both at once says no more."""
    folded = newer.entry.evidence.folded
    return any(name.entry.evidence.folded == folded for name in older.names)


def _mark(entry: Entry) -> str:
    evidence = entry.evidence
    return _digest(evidence.folded, evidence.service, evidence.title)[:MARK_DIGITS]


def _digest(*parts: str) -> str:
    text = "\n".join(part.replace("\n", " ") for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]
