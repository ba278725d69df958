"""What a person decides about the datasets of a portal: a suspect list is right, two are one, two
are not. Each decision is an event, an input of the fold, and can be answered by another."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from verticalfile.catalog.source_lines import MemberLine, SourceLine, SourceLines
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import Archive
from verticalfile.services.gathering import following
from verticalfile.services.gathering.recorded import copies_alone
from verticalfile.services.gathering.sightings import (
    ACCEPTED,
    DIFFERENT,
    PARTED,
    SAME,
    decision_in,
    members_of,
)
from verticalfile.services.gathering.sources import source_called
from verticalfile.services.journal_keeping import event, write_journal
from verticalfile.services.names import NotHeld
from verticalfile.sources.membership import Member, Members, decide
from verticalfile.vault.notes.journal import Event


@dataclass(frozen=True, slots=True)
class Doubt:
    """A dataset of a list that may be one that is known already."""

    member: MemberLine
    candidates: tuple[MemberLine, ...]


@dataclass(frozen=True, slots=True)
class Join:
    """An identifier that a dataset took on later, and by what evidence."""

    member: MemberLine
    before: str
    after: str
    how: str


@dataclass(frozen=True, slots=True)
class Undecided:
    """What stands open at a portal, and what was joined. `suspect` is a sentence, "" for none."""

    members: tuple[MemberLine, ...]
    doubts: tuple[Doubt, ...]
    joins: tuple[Join, ...]
    suspect: str
    copies: frozenset[str] = frozenset()  # keys of members that we never saw listed ourselves
    partial: str = ""  # what the newest list could not tell


def undecided(archive: Archive, name: str) -> Undecided:
    """Members, doubts and joins of a portal; raises NotHeld."""
    source, members = _of(archive, name)
    lines = {m.member: m for m in SourceLines(archive.index).members(source.resource)}
    doubts = tuple(
        Doubt(lines[m.key], tuple(lines[k] for k in m.doubts if k in lines))
        for m in members.by_key.values()
        if m.doubts and m.key in lines
    )
    joins = tuple(
        join for m in members.by_key.values() if m.key in lines for join in _joins(lines[m.key], m)
    )
    listed = [v for v in archive.index.versions(source.resource) if v.readable]
    return Undecided(
        tuple(lines.values()), doubts, joins, _suspect(members), copies_alone(members),
        listed[-1].partial if listed else "",
    )  # fmt: skip


def _joins(line: MemberLine, member: Member) -> list[Join]:
    names = member.names
    return [
        Join(line, old.entry.evidence.identifier, new.entry.evidence.identifier, str(new.how))
        for old, new in itertools.pairwise(names)
    ]


def _suspect(members: Members) -> str:
    found = members.suspicion
    if found is None:
        return ""
    return f"{found.why}: {found.lost:,} lost and {found.swapped:,} swapped of {found.of:,}"


def accept_listing(archive: Archive, name: str) -> None:
    """The suspect list is right: it is taken at the next look. Raises NotHeld, InputRefused."""
    source, _ = _of(archive, name)
    _decide(archive, source, event(archive, ACCEPTED, source.resource, by="person"))


def join(archive: Archive, name: str, newer: str, older: str) -> None:
    """`newer` goes on as `older`, under its dataset. Raises NotHeld, InputRefused."""
    source, _ = _of(archive, name)
    told = {"newer": _member(archive, source, newer), "older": _member(archive, source, older)}
    _decide(archive, source, event(archive, SAME, source.resource, by="person", **told))


def tell_apart(archive: Archive, name: str, newer: str, older: str) -> None:
    """`newer` is not `older`; also takes a `join` back. Raises NotHeld, InputRefused."""
    source, _ = _of(archive, name)
    told = {"newer": _member(archive, source, newer), "older": _member(archive, source, older)}
    _decide(archive, source, event(archive, DIFFERENT, source.resource, by="person", **told))


def undo(archive: Archive, name: str, member: str, identifier: str) -> None:
    """From `identifier` on it was another dataset. Raises NotHeld, InputRefused."""
    source, _ = _of(archive, name)
    told = {"key": _member(archive, source, member), "identifier": identifier}
    _decide(archive, source, event(archive, PARTED, source.resource, by="person", **told))


def _decide(archive: Archive, source: SourceLine, made: Event) -> None:
    """Try the decision, write it down, and follow it."""
    resource = next(r for r in archive.index.resources() if r.id == source.resource)
    with archive.writing(source.resource):
        following.follow(archive, resource)
        _, members = _of(archive, source.dataset)
        decision = decision_in(made.to_body())
        assert decision is not None
        decide(members, decision)  # refuses what makes no sense, before it is written
        write_journal(archive, (), [made])
        following.follow(archive, resource)


def _of(archive: Archive, name: str) -> tuple[SourceLine, Members]:
    source = source_called(archive, name)
    return source, members_of(archive, source)


def _member(archive: Archive, source: SourceLine, wanted: str) -> str:
    """The key of a member that is named by its key's beginning, its dataset or its title."""
    lines = SourceLines(archive.index).members(source.resource)
    found = {
        m.member
        for m in lines
        if wanted in (m.dataset, m.title) or (len(wanted) >= 6 and m.member.startswith(wanted))
    }
    if len(found) == 1:
        return found.pop()
    if found:
        raise InputRefused(
            f"Several entries of {source.dataset} are called “{wanted}”.",
            mend=f"name it by its key: vf members {source.dataset}.",
        )
    raise NotHeld(
        f"{source.dataset} lists nothing called “{wanted}”.",
        mend=f"see its entries with `vf members {source.dataset}`.",
    )
