"""Following a listing: what its entries mean for datasets, files and what is said of them.

Every version of a listing is followed once, in the order of time. New entries that were chosen
become datasets, moved files are moved, descriptions change; an entry that is missing changes
nothing but its state. All of it follows from kept listings and recorded events, so that an index
that was lost comes back the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from verticalfile import __version__
from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.source_lines import SourceLine, SourceLines
from verticalfile.catalog.versions import Version
from verticalfile.history.duck import let_go
from verticalfile.kernel.letters import counted
from verticalfile.kernel.memory import give_back
from verticalfile.kernel.moments import to_iso
from verticalfile.services.archive import Archive, short_id
from verticalfile.services.gathering.entries import Listed, listing_of
from verticalfile.services.gathering.entries import Listing as GatheredListing
from verticalfile.services.gathering.following_anew import follow_anew
from verticalfile.services.gathering.found import Told, findings_told
from verticalfile.services.gathering.listed_datasets import (
    TOGETHER,
    Followed,
    Following,
    line_of,
    shared_in,
    since_of,
    told_together,
)
from verticalfile.services.gathering.sightings import (
    Mark,
    Sighting,
    mark_in,
    marked,
    members_of,
    place_in,
    put_followed,
    sightings_of,
)
from verticalfile.services.journal_keeping import event, write_journal
from verticalfile.services.known import derive
from verticalfile.services.telling import noticing
from verticalfile.services.telling.noticing_listings import LISTED
from verticalfile.sources import identity
from verticalfile.sources.identifying import identity_of
from verticalfile.sources.kind import Completeness
from verticalfile.sources.membership import (
    Decision,
    Member,
    Members,
    Step,
    as_known,
    decide,
    is_calm,
)
from verticalfile.sources.membership import Listing as MemberListing
from verticalfile.sources.membership import step as fold_step
from verticalfile.sources.registry import kind_called

MANY = 20_000
"""Entries from which memory is given back between the steps of following them."""


@dataclass
class _Fold:
    """The fold over the looks at a listing, one after the other."""

    archive: Archive
    resource: ResourceLine
    source: SourceLine
    members: Members
    mark: Mark
    replaying: bool

    def __post_init__(self) -> None:
        self.kind = kind_called(self.source.kind)
        self.lines = SourceLines(self.archive.index)
        self.told = {
            str(detail["at"])
            for body in self.archive.index.events([self.resource.id])
            if body["kind"] == LISTED and isinstance(detail := body["detail"], dict)
        }
        self.rules = _rules(self.source)
        self.done = Followed()
        self._read: tuple[str, GatheredListing] | None = None

    def take(self, each: Sighting | Decision, *, is_newest: bool) -> None:
        """One look or decision: what it comes to, and what follows for datasets and files."""
        if not isinstance(each, Sighting):
            self.mark = replace(self.mark, rules="", original="")
            self._keep(*_told(decide(self.members, each)), each.moment)
        elif each.version is not None and _is_same(each, self.mark, self.rules):
            entries = self._as_before()
            self.done = Followed(entries=len(entries))
            self._keep(*_told(self._step(each, entries)), each.moment)
        elif each.version is not None:
            self._listed(each, self._listing(each.version), is_newest=is_newest)
        else:
            self.done = Followed()
            self._keep(*_told(self._step(each, ())), each.moment)

    def _as_before(self) -> tuple[identity.Entry, ...]:
        """The entries of the listing that was believed last, which is here again: its members have
        them, and nothing is read."""
        last = self.members.accepted
        assert last is not None
        return tuple(m.entry for m in self.members.by_key.values() if m.last_seen == last.moment)

    def _listed(self, each: Sighting, listing: GatheredListing, *, is_newest: bool) -> None:
        """A listing that must be read: once for what stands in it, then again for what is new."""
        before = self.members.by_key
        if len(before) >= MANY:
            give_back()
        entries: list[identity.Entry] = []
        kept: dict[int, Listed] = {}
        is_few = True
        of_all = not self.mark.rules or (is_newest and self.mark.rules != self.rules)
        for place, x in enumerate(listing.listed):
            entry = identity_of(self.kind, x.entry, x.record)
            own = as_known(self.members, entry)
            entries.append(own or entry)
            if is_few and (of_all or own is None):
                kept[place] = x
                if len(kept) > TOGETHER:
                    is_few = False
                    kept.clear()
        is_large = len(entries) >= MANY
        if is_large:
            let_go()
        step, told = _told(self._step(each, tuple(entries)))
        if is_large:
            give_back()
        self.done = Followed(entries=len(entries), bad=listing.bad)
        if not told.is_suspect:
            shared = shared_in(step.keys)
            wanted = bytearray(
                bool(key)
                and (of_all or key in shared or key not in before or before[key].entry != entry)
                for key, entry in zip(step.keys, entries, strict=True)
            )
            entries.clear()
            if any(wanted):
                # read again only where it was too much to keep, or known and not kept
                is_few = is_few and all(n in kept for n, is_it in enumerate(wanted) if is_it)
                found = iter(kept.items()) if is_few else listing.at_places(wanted)
                rows = told_together(((step.keys[n], x) for n, x in found if wanted[n]), shared)
                self._follow(each, rows, step.members, is_newest=is_newest)
            self.mark = replace(
                self.mark, rules=self.rules if is_newest else "",
                original=self._original(each, listing, step) if is_newest else "",
                entries=self.done.entries,
            )  # fmt: skip
        self._keep(step, told, each.moment)

    def _follow(
        self, each: Sighting, rows: Iterator[tuple[str, Listed]], members: Members, *,
        is_newest: bool,
    ) -> None:  # fmt: skip
        following = Following(self.archive, self.source, each.moment, self.resource.every)
        while some := dict(islice(rows, TOGETHER)):
            following.take(some, members, is_newest=is_newest, replaying=self.replaying)
        self.done.added, self.done.moved = following.done.added, following.done.moved
        self.done.resolved = following.done.resolved

    def _original(self, each: Sighting, listing: GatheredListing, step: Step) -> str:
        """The listing's digest, where the members have all that stands in it."""
        last = step.members.accepted
        assert each.version is not None
        assert last is not None
        whole = len(listing.listed) == last.count and not listing.bad
        return each.version.sha256 if whole else ""

    def _step(self, each: Sighting, entries: tuple[identity.Entry, ...]) -> Step:
        listing = MemberListing(
            each.moment, entries, each.proved, each.declared, each.outcome, each.reason,
            bool(each.copy), each.closed,
        )  # fmt: skip
        return fold_step(self.members, listing)

    def _listing(self, version: Version) -> GatheredListing:
        if self._read is None or self._read[0] != version.sha256:
            found = listing_of(
                self.archive, self.kind, self.source.location, self.resource.id, version
            )
            self._read = (version.sha256, found)
        return self._read[1]

    def _keep(self, step: Step, told: Told, moment: datetime) -> None:
        """Write down what was found, then show it."""
        self.done.findings = told
        if told.is_news and to_iso(moment) not in self.told and not self.replaying:
            body = told.body
            listed = event(
                self.archive, LISTED, self.resource.id, at=to_iso(moment),
                counts=body["counts"], found=body.get("found", []),
            )  # fmt: skip
            write_journal(self.archive, (), [listed])
        before, self.members = self.members.by_key, step.members
        by_key = step.members.by_key
        changed = iter([key for key, m in by_key.items() if _differs(m, before.get(key))])
        while some := list(islice(changed, TOGETHER)):
            known = self.lines.members_among(self.resource.id, some)
            lines = [line_of(self.resource.id, by_key[key], known.get(key)) for key in some]
            with self.archive.index.writing():
                self.lines.put_members(line for line in lines if line != known.get(line.member))


def _told(step: Step) -> tuple[Step, Told]:
    """A step without its findings, of which a large portal's first list has one for each entry;
    and what they come to."""
    return replace(step, findings=()), findings_told(step.findings)


def _differs(member: Member, before: Member | None) -> bool:
    """Whether lists show another state or date of it."""
    now = (member.state, since_of(member))
    return before is None or now != (before.state, since_of(before))


def follow(archive: Archive, resource: ResourceLine, *, replaying: bool = False) -> Followed:
    """Follow every look at a listing that was not followed yet. The caller writes the listing.

    `replaying`: the events of then are in the journal, and none is written again.
    """
    lines = SourceLines(archive.index)
    source = lines.of(resource.id)
    assert source is not None
    inputs = sightings_of(archive, resource)
    mark = mark_in(source.followed)
    place = place_in(inputs, mark)
    if place == len(inputs):
        return Followed()
    if not place and (source.followed or any(isinstance(x, Sighting) and x.copy for x in inputs)):
        # older listings came in before others: all of it follows from all of them again
        return follow_anew(archive, resource, source, inputs, replaying=replaying)
    rules = _rules(source)
    if place and mark.calm and all(_is_same(each, mark, rules) for each in inputs[place:]):
        done = Followed(entries=mark.entries)
        again = inputs[-1].moment.isoformat()
        followed, members = marked(replace(mark, again=again), inputs), None
    else:
        fold = _Fold(archive, resource, source, Members(), Mark(), replaying)
        if place:
            fold.members, fold.mark = members_of(archive, source), mark
        looks = [
            n for n, x in enumerate(inputs) if isinstance(x, Sighting) and x.version and not x.copy
        ]
        for number in range(place, len(inputs)):
            fold.take(inputs[number], is_newest=bool(looks) and number == looks[-1])
        done, members = fold.done, fold.members
        followed = marked(replace(fold.mark, calm=is_calm(members), again=""), inputs)
    put_followed(archive, resource.id, followed, members)
    captures = derive.held(archive, resource.id)
    noticing.notice(archive, resource, captures, archive.index.versions(resource.id))
    return done


def _is_same(each: Sighting | Decision, mark: Mark, rules: str) -> bool:
    """Whether it is a look at the listing that the members stand for, and no more of it is taken."""
    version = each.version if isinstance(each, Sighting) else None
    return version is not None and version.sha256 == mark.original and mark.rules == rules


def _rules(source: SourceLine) -> str:
    """A digest of what decides what is taken of a listing: another one goes through all of it."""
    selection = json.dumps(source.selection, sort_keys=True)
    return short_id(__version__, source.kind, source.location, selection)


def is_followed(archive: Archive, resource: ResourceLine, source: SourceLine) -> bool:
    """Whether every look at the listing was followed."""
    inputs = sightings_of(archive, resource)
    return place_in(inputs, mark_in(source.followed)) == len(inputs)


def metadata_of(archive: Archive, resource: ResourceLine) -> dict[str, object]:
    """The entry of its portal's listing, as it goes with a capture of a file; {} for other files."""
    lines = SourceLines(archive.index)
    source = lines.of(resource.source) if resource.source else None
    member = lines.member(resource.source, resource.member) if source else None
    if source is None or member is None:
        return {}
    return {"form": source.kind, "location": source.location, "body": dict(member.record)}


def told(done: Followed, taken: Completeness) -> str:
    """What following a list that was taken did, in a sentence's end."""
    parts = [counted(done.entries, "entry", "entries")]
    if done.added:
        parts.append(f"{counted(len(done.added), 'dataset', 'datasets')} added")
    if done.moved:
        parts.append(f"{counted(len(done.moved), 'file', 'files')} moved")
    if done.resolved:
        files = counted(done.resolved, "file", "files")
        parts.append(f"{files} at an address without a host, resolved against the portal's")
    if done.bad:
        parts.append(f"{counted(len(done.bad), 'entry', 'entries')} could not be read")
    whole = "" if taken.proved else f"the list may not be whole: {taken.why_not}"
    told = (", ".join([*parts, *done.findings.sentences]), whole, derive.closed_told(taken.told()))
    return "; ".join(each for each in told if each)
