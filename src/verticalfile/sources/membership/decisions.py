"""What a person decides about a source's members, and may take back: inputs of the fold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from verticalfile.kernel.errors import InputRefused
from verticalfile.sources.membership.findings import Finding, Parted, Rekeyed, ToldApart
from verticalfile.sources.membership.fold import RULES, Step, key_of, step
from verticalfile.sources.membership.listing import Listing
from verticalfile.sources.membership.members import How, Member, Members, Name, Roll, Rules, State


@dataclass(frozen=True, slots=True)
class Accept:
    """The suspect listing is right: the next one like it is taken, or the same one again."""

    moment: datetime
    who: str


@dataclass(frozen=True, slots=True)
class Same:
    """`newer` continues `older`: the history goes on under the older key."""

    moment: datetime
    who: str
    newer: str
    older: str


@dataclass(frozen=True, slots=True)
class Different:
    """`newer` is not `older`: closes a doubt, or takes `Same` back."""

    moment: datetime
    who: str
    newer: str
    older: str


@dataclass(frozen=True, slots=True)
class Undo:
    """A join was wrong: from `identifier` on it was another dataset."""

    moment: datetime
    who: str
    key: str
    identifier: str


Decision = Accept | Same | Different | Undo


def decide(members: Members, decision: Decision) -> Step:
    """Apply one decision. Raises InputRefused when there is nothing of the kind to decide."""
    if isinstance(decision, Accept):
        return _accept(members)
    if isinstance(decision, Same):
        return _same(members, decision)
    if isinstance(decision, Different):
        return _different(members, decision)
    return _undo(members, decision)


def fold(members: Members, events: Iterable[Listing | Decision], rules: Rules = RULES) -> Step:
    """Listings and decisions in the order they came, with all findings; `keys` are the last's."""
    findings: list[Finding] = []
    last = Step(members, (), ())
    for event in events:
        if isinstance(event, Listing):
            last = step(last.members, event, rules)
        else:
            last = decide(last.members, event)
        findings.extend(last.findings)
    return Step(last.members, tuple(findings), last.keys)


def _accept(members: Members) -> Step:
    if members.suspicion is None:
        raise InputRefused(
            "No listing of this source is suspect.", mend="there is nothing to accept."
        )
    return Step(replace(members, suspicion=replace(members.suspicion, accepted=True)), (), ())


def _same(members: Members, decision: Same) -> Step:
    newer, older = _member(members, decision.newer), _member(members, decision.older)
    if newer.key == older.key or State.JOINED in (newer.state, older.state):
        raise InputRefused(
            "These two are one already, or one of them goes on under a third.",
            mend="name the two members that stand by themselves.",
        )
    if older.last_seen >= newer.last_seen and older.state is State.PRESENT:
        raise InputRefused(
            "The older one is still listed under its own identifier.",
            mend="wait until it is not, or name them the other way round.",
        )
    first = replace(newer.names[0], how=How.PERSON)
    ended = replace(older.names[-1], entry=older.entry, until=first.since)
    joined = replace(
        newer,
        key=older.key,
        names=(*older.names[:-1], ended, first, *newer.names[1:]),
        first_seen=older.first_seen,
        gaps=(*older.gaps, *newer.gaps),
        doubts=older.doubts,
        seen_by_us=older.seen_by_us or newer.seen_by_us,
        also=(*older.also, *newer.also),
    )
    retired = replace(newer, state=State.JOINED, continues=older.key, doubts=(), also=())
    pair = (older.key, newer.key)
    found = Rekeyed(
        decision.moment, older.key, ended.entry.evidence, first.entry.evidence, How.PERSON
    )
    return _with(members, [joined, retired], [found], members.apart - {pair})


def _different(members: Members, decision: Different) -> Step:
    newer, older = _member(members, decision.newer), _member(members, decision.older)
    if newer.key == older.key:  # older listings made them one
        return _part_by_key(members, older, decision)
    apart = members.apart | {(older.key, newer.key)}
    if newer.continues == older.key:
        return _part(members, older, newer.names[0].entry.evidence.identifier, newer.key, decision)
    doubts = tuple(key for key in newer.doubts if key != older.key)
    found = ToldApart(decision.moment, newer.key, older.key)
    return _with(members, [replace(newer, doubts=doubts)], [found], apart)


def _undo(members: Members, decision: Undo) -> Step:
    member = _member(members, decision.key)
    name = next((n for n in member.names[1:] if _is(n, decision.identifier)), None)
    if member.state is State.JOINED or name is None:
        raise InputRefused(
            "This member was not joined under that identifier.",
            mend="name an identifier that it took on later.",
        )
    retired = next(
        (
            each.key
            for each in members.by_key.values()
            if each.continues == member.key and each.names[0].since == name.since
            and _is(each.names[0], decision.identifier)
        ),
        "",
    )  # fmt: skip
    alone = key_of(name.entry, alone=True)
    known = alone if alone in member.also else ""  # under it others may know what is parted
    key = retired or known or key_of(name.entry, alone=False, taken=members.by_key)
    return _part(members, member, decision.identifier, key, decision)


def _part_by_key(members: Members, member: Member, decision: Different) -> Step:
    """What was two members until older listings joined them is two again."""
    for name in member.names[1:]:
        keys = {key_of(name.entry, alone=alone) for alone in (True, False)}
        if decision.newer in keys & set(member.also):
            identifier = name.entry.evidence.identifier
            return _part(members, member, identifier, decision.newer, decision)
    raise InputRefused("These two are one and the same.", mend="name two members.")


def _part(
    members: Members, member: Member, identifier: str, key: str, decision: Undo | Different
) -> Step:
    """From `identifier` on it was `key`; what was before stands as missing since then."""
    at = next(
        place
        for place, name in enumerate(member.names)
        if place and _is(name, identifier)
    )  # fmt: skip
    since = member.names[at].since
    by_us = member.seen_by_us
    first = replace(member.names[at], how=How.FIRST)
    last = replace(member.names[at - 1], until=None)
    newer = replace(
        member,
        key=key,
        names=(first, *member.names[at + 1 :]),
        first_seen=since,
        gaps=tuple(gap for gap in member.gaps if gap.since >= since),
        doubts=(),
        seen_by_us=max(by_us, since) if by_us is not None else None,
        also=(),
    )
    older = Member(
        member.key,
        last.entry,
        (*member.names[: at - 1], last),
        member.first_seen,
        min(member.last_seen, since),
        State.MISSING,
        since,
        gaps=tuple(gap for gap in member.gaps if gap.since < since),
        doubts=member.doubts,
        seen_by_us=by_us if by_us is not None and by_us < since else None,
        also=tuple(each for each in member.also if each != key),
    )
    found = Parted(decision.moment, member.key, key, identifier)
    return _with(members, [older, newer], [found], members.apart | {(member.key, key)})


def _is(name: Name, identifier: str) -> bool:
    return name.entry.evidence.identifier == identifier


def _member(members: Members, key: str) -> Member:
    found = members.by_key.get(members.key_for(key))
    if found is None:
        raise InputRefused(
            "There is no such member of this source.", mend="name a key that was told."
        )
    return found


def _with(
    members: Members,
    changed: list[Member],
    findings: list[Finding],
    apart: frozenset[tuple[str, str]],
) -> Step:
    by_key = Roll.like(members.by_key)
    for member in changed:
        by_key[member.key] = member
    after = replace(members, by_key=by_key, apart=apart)
    return Step(after, tuple(findings), ())
