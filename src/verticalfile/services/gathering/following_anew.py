"""Following a listing from its beginning again, once older listings have come in before others.

All looks are folded once more in the order of their time, as if they had come in that order, and
what the index shows of the portal is made anew from that. Names of datasets and files stay; a member
that older listings know by another identifier has another key now, and its files go with it. What
is found otherwise than it was told is told again; decisions of people stay and are applied where
they still apply. Only what our own newest look shows is added and moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from verticalfile.catalog.described import DescribedLines
from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.source_lines import SourceLine, SourceLines
from verticalfile.catalog.versions import Version
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.moments import to_iso
from verticalfile.services.archive import Archive
from verticalfile.services.gathering.entries import Listing, listing_of
from verticalfile.services.gathering.found import findings_told
from verticalfile.services.gathering.listed_datasets import (
    TOGETHER,
    Followed,
    Following,
    line_of,
    shared_in,
    told_together,
)
from verticalfile.services.gathering.sightings import Mark, Sighting, marked, put_followed
from verticalfile.services.journal_keeping import event, write_journal
from verticalfile.services.known import derive
from verticalfile.services.telling import noticing
from verticalfile.services.telling.noticing_listings import LISTED, looks_told
from verticalfile.sources.identifying import identity_of
from verticalfile.sources.identity import Entry as Identity
from verticalfile.sources.membership import (
    Accept,
    Decision,
    Different,
    Finding,
    Members,
    Same,
    Step,
    Suspect,
    decide,
)
from verticalfile.sources.membership import Listing as MemberListing
from verticalfile.sources.membership import step as fold_step
from verticalfile.sources.registry import kind_called
from verticalfile.vault.notes.journal import Event


class _Reader:
    """Reads listings, and remembers what the entries of the last one are: the same is often found
    many times in a row."""

    def __init__(self, archive: Archive, resource: ResourceLine, source: SourceLine) -> None:
        self._archive, self._resource, self._source = archive, resource, source
        self._kind = kind_called(source.kind)
        self._of = ""
        self.identities: tuple[Identity, ...] = ()

    def listing(self, version: Version) -> Listing:
        """What stands in a listing."""
        return listing_of(
            self._archive, self._kind, self._source.location, self._resource.id, version
        )

    def turn_to(self, version: Version | None) -> None:
        """Let `identities` be those of a listing; none where the look failed."""
        sha256 = version.sha256 if version else ""
        if sha256 != self._of:
            listed = self.listing(version).listed if version else ()
            self.identities = tuple(identity_of(self._kind, x.entry, x.record) for x in listed)
            self._of = sha256


@dataclass(frozen=True, slots=True)
class _Look:
    """What a look or decision came to; `keys` are of its entries, () where it was not believed."""

    findings: tuple[Finding, ...]
    keys: tuple[str, ...] = ()


def follow_anew(
    archive: Archive, resource: ResourceLine, source: SourceLine,
    inputs: Sequence[Sighting | Decision], *, replaying: bool,
) -> Followed:  # fmt: skip
    """Follow every look at a listing. The caller writes the listing. After a crash all of it is to
    be done again, and is.

    `replaying`: the events of then are in the journal, and none is written again.
    """
    reader = _Reader(archive, resource, source)
    looks, members, void = _folded(reader, inputs)
    _begin(archive, resource, members)
    done = _shown(archive, resource, source, (inputs, looks, members), reader, replaying)
    if not replaying:
        write_journal(archive, (), _told_again(archive, resource.id, inputs, looks))
    put_followed(archive, resource.id, marked(Mark(), inputs), members)
    noticing.notice(
        archive, resource, derive.held(archive, resource.id), archive.index.versions(resource.id)
    )
    done.findings = findings_told(looks[-1].findings)
    done.bad += void
    return done


def _begin(archive: Archive, resource: ResourceLine, members: Members) -> None:
    """Show members as they are in the end, with the files and datasets that they have, and nothing
    that was said of them yet: all or nothing."""
    lines = SourceLines(archive.index)
    before = lines.members(resource.id)
    datasets = {members.key_for(line.member): line.dataset for line in before if line.dataset}
    files = [r for r in archive.index.resources() if r.source == resource.id]
    for each in reversed(files):
        datasets[members.key_for(each.member)] = each.dataset
    with archive.index.writing():
        described = DescribedLines(archive.index)
        lines.forget_followed(resource.id)  # until all of it is done, nothing is followed
        for line in before:
            described.put_received(f"{resource.id}:{line.member}", [])
        lines.forget_members(resource.id)
        lines.put_members(
            replace(line_of(resource.id, m, None), dataset=datasets.get(m.key, ""))
            for m in members.by_key.values()
        )
        for each in files:
            if (key := members.key_for(each.member)) and key != each.member:
                lines.put_member_of(each.id, key)


def _shown(
    archive: Archive, resource: ResourceLine, source: SourceLine,
    folded: tuple[Sequence[Sighting | Decision], Sequence[_Look], Members], reader: _Reader,
    replaying: bool,
) -> Followed:  # fmt: skip
    """What the entries of all looks that were believed mean for datasets and files, and what was
    said of them from when on. Returns what our own newest look came to."""
    inputs, looks, members = folded
    own = [n for n, x in enumerate(inputs) if isinstance(x, Sighting) and x.version and not x.copy]
    shown: dict[str, Identity] = {}
    done = Followed()
    for number, (each, look) in enumerate(zip(inputs, looks, strict=True)):
        if not isinstance(each, Sighting) or each.version is None or not look.keys:
            continue
        is_newest = own[-1:] == [number]
        reader.turn_to(each.version)
        wanted = {}
        owners = [
            _owner(members, key, entry) if key else ""
            for key, entry in zip(look.keys, reader.identities, strict=True)
        ]
        shared = shared_in(owners)
        for place, (key, entry) in enumerate(zip(owners, reader.identities, strict=True)):
            if key and (is_newest or key in shared or shown.get(key) != entry):
                wanted[place], shown[key] = key, entry
        listing = reader.listing(each.version) if wanted else Listing()
        rows = told_together(
            ((wanted[n], x) for n, x in enumerate(listing.listed) if n in wanted), shared
        )
        following = Following(archive, source, each.moment, resource.every)
        while some := dict(islice(rows, TOGETHER)):
            following.take(some, members, is_newest=is_newest, replaying=replaying)
        if is_newest:
            done = following.done
            done.entries, done.bad = len(reader.identities), listing.bad
    return done


def _owner(members: Members, key: str, entry: Identity) -> str:
    """Whose an entry is in the end: what was one at that look may have been told apart since."""
    wanted = entry.evidence.identifier
    apart = (newer for older, newer in members.apart if older == key)
    for each in (key, *apart):
        member = members.by_key.get(each)
        if member and any(n.entry.evidence.identifier == wanted for n in member.names):
            return each
    return key


def _folded(
    reader: _Reader, inputs: Sequence[Sighting | Decision]
) -> tuple[list[_Look], Members, list[str]]:
    """Every look and decision in order; the members in the end; decisions that apply to nothing."""
    members, looks, waiting = Members(), list[_Look](), list[Decision]()
    for each in inputs:
        if isinstance(each, Sighting):
            reader.turn_to(each.version)
            step = fold_step(
                members,
                MemberListing(
                    each.moment, reader.identities, each.proved, each.declared, each.outcome,
                    each.reason, bool(each.copy), each.closed,
                ),
            )  # fmt: skip
            members, findings = step.members, list(step.findings)
            for decision in list(waiting):
                if (late := _decided(members, decision)) is not None:
                    waiting.remove(decision)
                    members, findings = late.members, [*findings, *late.findings]
            believed = not any(isinstance(f, Suspect) for f in step.findings)
            looks.append(_Look(tuple(findings), step.keys if believed else ()))
        elif (made := _decided(members, each)) is not None:
            members = made.members
            looks.append(_Look(made.findings))
        else:
            looks.append(_Look(()))
            if not isinstance(each, Accept):  # it was of the list of its day, and of no later one
                waiting.append(each)
    void = [d for d in waiting if not _holds(members, d)]
    return looks, members, [
        f"what {d.who} decided on {to_iso(d.moment)[:10]} applies to nothing since older lists are known"
        for d in void
    ]  # fmt: skip


def _decided(members: Members, decision: Decision) -> Step | None:
    """None where there is nothing of the kind to decide at that point any more, or yet."""
    try:
        return decide(members, decision)
    except InputRefused:
        return None


def _holds(members: Members, decision: Decision) -> bool:
    """Whether what was decided is so anyway, by what older listings show."""
    if isinstance(decision, Same | Different):
        newer, older = members.key_for(decision.newer), members.key_for(decision.older)
        return (newer == older) is isinstance(decision, Same)
    return isinstance(decision, Accept)


def _told_again(
    archive: Archive, resource: str, inputs: Sequence[Sighting | Decision], looks: Sequence[_Look]
) -> list[Event]:
    """Events of what was found otherwise than it was told, each in place of the one before."""
    last = {str(each["at"]): each for each in looks_told(archive.index.events([resource]))}
    found: dict[str, list[Finding]] = {}
    copies: dict[str, str] = {}
    for each, look in zip(inputs, looks, strict=True):
        at = to_iso(each.moment)
        found.setdefault(at, []).extend(look.findings)
        if isinstance(each, Sighting) and each.copy:
            copies[at] = each.copy
    events = []
    for at, findings in found.items():
        body = findings_told(findings).body
        counts, listed = body.get("counts", {}), body.get("found", [])
        before = last.get(at, {})
        if (before.get("counts", {}), before.get("found", [])) == (counts, listed):
            continue
        copy: dict[str, str] = {"copy": copies[at]} if at in copies else {}
        events.append(
            event(
                archive, LISTED, resource, at=at, counts=counts, found=listed, again=True, **copy
            )
        )  # fmt: skip
    return events
