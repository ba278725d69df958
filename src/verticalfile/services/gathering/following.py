"""Following a listing: what its entries mean for datasets, files and what is said of them.

Every version of a listing is followed once, in the order of time. New entries that were chosen
become datasets, moved files are moved, descriptions change; an entry that is missing changes
nothing but its state. All of it follows from kept listings and recorded events, so that an index
that was lost comes back the same.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.source_lines import MemberLine, SourceLine, SourceLines
from verticalfile.kernel.moments import to_iso
from verticalfile.services import derive, noticing
from verticalfile.services.archive import Archive, short_id
from verticalfile.services.finding import documents
from verticalfile.services.gathering.entries import Listed, listing_of
from verticalfile.services.gathering.entries import Listing as GatheredListing
from verticalfile.services.gathering.found import Told, findings_told
from verticalfile.services.gathering.selection import Selection, selection_from
from verticalfile.services.gathering.sightings import Sighting, mark_of, place_in, sightings_of
from verticalfile.services.journal_keeping import event, write_journal
from verticalfile.services.noticing_listings import LISTED
from verticalfile.services.received import plain_text, said_by
from verticalfile.services.statements import take_in_listed
from verticalfile.sources.identifying import identity_of
from verticalfile.sources.kind import Entry, Offer
from verticalfile.sources.membership import Decision, Members, Step, Suspect, decide, dump, load
from verticalfile.sources.membership import Listing as MemberListing
from verticalfile.sources.membership import step as fold_step
from verticalfile.sources.registry import kind_called
from verticalfile.sources.what import slug
from verticalfile.vault.journal import Event


@dataclass
class Followed:
    """What following a listing has done: datasets by name, and sentences about what is wrong."""

    entries: int = 0
    added: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    findings: Told = field(default_factory=Told)


class NamesTaken:
    """Names for new datasets: from the title, told apart where two would be the same."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)

    def name_for(self, title: str, source: str, identifier: str) -> str:
        """A free name; it is taken from now on."""
        plain = slug(f"{plain_text(title)}.")
        for name in (plain, f"{plain[:40]}-{source[:19]}".strip("-"),
                     f"{plain[:48]}-{short_id(source, identifier)[:8]}"):  # fmt: skip
            if name not in self._taken:
                self._taken.add(name)
                return name
        raise AssertionError("a digest of the identifier tells every entry apart")


def files_for(
    dataset: str, offers: Sequence[Offer], held: Sequence[ResourceLine]
) -> tuple[list[tuple[str, Offer]], list[tuple[ResourceLine, Offer]]]:
    """`(new, moved)`: names for offers that are not held yet, and files that stand elsewhere now.

    An offer is a file that is held by its location, else by the name that it would have been given,
    else where it is the only one of its form that is not known, and one file of that form is not
    offered any more.
    """
    by_location = {r.location: r for r in held}
    places = {offer.location for offer in offers}
    taken = {r.name for r in held if r.location in places}
    away = {r.name: r for r in held if r.location not in places}
    moved: list[tuple[ResourceLine, Offer]] = []
    unknown: list[tuple[str, Offer]] = []
    for offer, name in zip(offers, _file_names(dataset, offers, taken), strict=True):
        if offer.location in by_location:
            continue
        if name in away:
            moved.append((away.pop(name), offer))
        else:
            unknown.append((name, offer))
    new = []
    for name, offer in unknown:
        form = _form(offer.kind, offer.location)
        alike = [
            r for r in away.values() if r.role == offer.role and _form(r.kind, r.location) == form
        ]
        rivals = [
            o for _, o in unknown if o.role == offer.role and _form(o.kind, o.location) == form
        ]
        if form and len(alike) == 1 and len(rivals) == 1:
            moved.append((alike[0], offer))
        else:
            new.append((name, offer))
    return new, moved


def _form(kind: str, location: str) -> str:
    """The form of a file as its address tells, or the kind that fetches it; "" where neither does."""
    if kind != "url":
        return kind
    return PurePosixPath(unquote(urlsplit(location).path)).suffix.lower()


def _file_names(dataset: str, offers: Sequence[Offer], taken: Collection[str]) -> list[str]:
    """A name for each offer: from its title, else its address; with its form only where another
    is called the same, and with a digest of its identifier where that does not tell them apart."""
    plain = [_stem(offer) for offer in offers]
    many = Counter(plain)
    names = [
        _with_form(stem, offer) if many[stem] > 1 or stem in taken else stem
        for stem, offer in zip(plain, offers, strict=True)
    ]
    many = Counter(names)
    return [
        f"{name[:50]}-{short_id(dataset, offer.identifier or offer.location)[:8]}"
        if many[name] > 1 or name in taken
        else name
        for name, offer in zip(names, offers, strict=True)
    ]


def _stem(offer: Offer) -> str:
    return slug(f"{offer.title}.") if offer.title else slug(_path(offer).name)


def _with_form(stem: str, offer: Offer) -> str:
    form = slug(f"{offer.form}.") if offer.form else _path(offer).suffix.lower().lstrip(".")
    return f"{stem[:48]}-{form}"[:60].strip("-") if form and not stem.endswith(form) else stem


def _path(offer: Offer) -> PurePosixPath:
    return PurePosixPath(unquote(urlsplit(offer.location).path))


class Following:
    """The following of one look at a listing that was believed."""

    def __init__(self, archive: Archive, source: SourceLine, at: datetime, every: str) -> None:
        self.archive, self.source, self.at, self.every = archive, source, at, every
        self.selection: Selection = selection_from(source.selection)
        self.names = NamesTaken(archive.index.datasets())
        self.held: dict[str, list[ResourceLine]] = {}  # by member
        for resource in archive.index.resources():
            if resource.source == source.resource:
                self.held.setdefault(resource.member, []).append(resource)
        self.done = Followed()
        self.events: list[Event] = []
        self.records: dict[str, tuple[str, Listed]] = {}  # by member: dataset, entry
        self.said: list[tuple[str, str, Entry]] = []  # dataset, member, entry: said otherwise

    def member(
        self, key: str, listed: Listed, before: MemberLine | None, *, is_newest: bool
    ) -> None:
        """One entry that is there: its dataset and files, where it was chosen. Only what the
        newest look shows is added and moved."""
        entry, held = listed.entry, self.held.get(key, [])
        dataset = held[0].dataset if held else before.dataset if before else ""
        if is_newest:
            if not dataset and self.selection.takes(entry):
                dataset = self.names.name_for(entry.title, self.source.dataset, key)
                self.done.added.append(dataset)
            if dataset:
                self._files(key, dataset, entry, held)
        if dataset and (before is None or before.record != listed.record):
            self.said.append((dataset, key, entry))
        self.records[key] = (dataset, listed)

    def _files(self, key: str, dataset: str, entry: Entry, held: Sequence[ResourceLine]) -> None:
        new, moved = files_for(dataset, entry.offers, held)
        for name, offer in new:
            self.events.append(
                event(
                    self.archive, "added", short_id("resource", dataset, name), dataset=dataset,
                    title=plain_text(entry.title) or dataset, resource=name, kind=offer.kind,
                    location=offer.location, branch="", every=self.every, key=[],
                    role=str(offer.role), source=self.source.resource, member=key,
                )
            )  # fmt: skip
        for resource, offer in moved:
            self.done.moved.append(f"{dataset}/{resource.name}")
            self.events.append(
                event(
                    self.archive, "moved", resource.id, kind=offer.kind, location=offer.location,
                    before=resource.location,
                )
            )  # fmt: skip

    def lines(self, members: Members, before: Mapping[str, MemberLine]) -> list[MemberLine]:
        """Lines of all members whose state or record is another than before."""
        found = []
        for key, member in members.by_key.items():
            old = before.get(key)
            dataset = old.dataset if old else ""
            title, record = (old.title, old.record) if old else (member.entry.evidence.title, {})
            if key in self.records:
                dataset, listed = self.records[key]
                title, record = plain_text(listed.entry.title), listed.record
            since = member.since or (member.gaps[-1].until if member.gaps else member.first_seen)
            line = MemberLine(
                self.source.resource, key, dataset, title, str(member.state), since, record
            )
            if line != old:
                found.append(line)
        return found


@dataclass
class _Fold:
    """The fold over the looks at a listing, one after the other."""

    archive: Archive
    resource: ResourceLine
    source: SourceLine
    members: Members
    replaying: bool

    def __post_init__(self) -> None:
        self.kind = kind_called(self.source.kind)
        self.lines = SourceLines(self.archive.index)
        self.known = {m.member: m for m in self.lines.members(self.resource.id)}
        self.told = {
            str(detail["at"])
            for body in self.archive.index.events([self.resource.id])
            if body["kind"] == LISTED and isinstance(detail := body["detail"], dict)
        }
        self.done = Followed()
        self._read: tuple[str, GatheredListing] | None = None

    def take(self, each: Sighting | Decision, *, is_newest: bool) -> None:
        """One look or decision: what it comes to, and what follows for datasets and files."""
        if not isinstance(each, Sighting):
            step = decide(self.members, each)
            self._keep(step, each.moment, None)
            return
        listing = self._listing(each) if each.version else GatheredListing()
        entries = tuple(identity_of(self.kind, x.entry, x.record) for x in listing.listed)
        step = fold_step(
            self.members,
            MemberListing(
                each.moment, entries, each.proved, each.declared, each.outcome, each.reason
            ),
        )
        following = None
        if each.version is not None and not any(isinstance(f, Suspect) for f in step.findings):
            following = Following(self.archive, self.source, each.moment, self.resource.every)
            for listed, key in zip(listing.listed, step.keys, strict=True):
                if key:
                    following.member(key, listed, self.known.get(key), is_newest=is_newest)
        self.done = following.done if following else Followed()
        self.done.entries, self.done.bad = len(listing.listed), listing.bad
        self._keep(step, each.moment, following)

    def _listing(self, each: Sighting) -> GatheredListing:
        assert each.version is not None
        if self._read is None or self._read[0] != each.version.sha256:
            found = listing_of(
                self.archive, self.kind, self.source.location, self.resource.id, each.version
            )
            self._read = (each.version.sha256, found)
        return self._read[1]

    def _keep(self, step: Step, moment: datetime, following: Following | None) -> None:
        """Write down what was found, then show it."""
        self.done.findings = findings_told(step.findings)
        events = list(following.events) if following else []
        if self.done.findings.is_news and to_iso(moment) not in self.told:
            body = self.done.findings.body
            events.append(
                event(
                    self.archive, LISTED, self.resource.id, at=to_iso(moment),
                    counts=body["counts"], found=body.get("found", []),
                )
            )  # fmt: skip
        write_journal(self.archive, (), [] if self.replaying else events)
        self.members = step.members
        following = following or Following(self.archive, self.source, moment, self.resource.every)
        changed = following.lines(step.members, self.known)
        self.known |= {line.member: line for line in changed}
        with self.archive.index.writing():
            self.lines.put_members(changed)
            for dataset, key, entry in following.said:
                source = f"{self.resource.id}:{key}"
                record = following.records[key][1].record
                take_in_listed(self.archive, source, dataset, said_by(entry), moment, record)
            documents.refresh(self.archive, {dataset for dataset, _, _ in following.said})


def follow(archive: Archive, resource: ResourceLine, *, replaying: bool = False) -> Followed:
    """Follow every look at a listing that was not followed yet. The caller writes the listing.

    `replaying`: the events of then are in the journal, and none is written again.
    """
    lines = SourceLines(archive.index)
    source = lines.of(resource.id)
    assert source is not None
    inputs = sightings_of(archive, resource)
    place = place_in(inputs, source.followed)
    members = load(json.loads(source.members)) if place else Members()
    fold = _Fold(archive, resource, source, members, replaying)
    looks = [n for n, each in enumerate(inputs) if isinstance(each, Sighting) and each.version]
    for number in range(place, len(inputs)):
        fold.take(inputs[number], is_newest=bool(looks) and number == looks[-1])
    if place < len(inputs):
        with archive.index.writing():
            told = json.dumps(dump(fold.members), ensure_ascii=False)
            lines.put_followed(resource.id, mark_of(inputs), told)
        captures = derive.held(archive, resource.id)
        noticing.notice(archive, resource, captures, archive.index.versions(resource.id))
    return fold.done


def is_followed(archive: Archive, resource: ResourceLine, source: SourceLine) -> bool:
    """Whether every look at the listing was followed."""
    return source.followed == mark_of(sightings_of(archive, resource))


def metadata_of(archive: Archive, resource: ResourceLine) -> dict[str, object]:
    """The entry of its portal's listing, as it goes with a capture of a file; {} for other files."""
    lines = SourceLines(archive.index)
    source = lines.of(resource.source) if resource.source else None
    member = lines.member(resource.source, resource.member) if source else None
    if source is None or member is None:
        return {}
    return {"form": source.kind, "location": source.location, "body": dict(member.record)}


def told(done: Followed) -> str:
    """What following did, in a sentence's end."""
    parts = [_counted(done.entries, "entry", "entries")]
    if done.added:
        parts.append(f"{_counted(len(done.added), 'dataset', 'datasets')} added")
    if done.moved:
        parts.append(f"{_counted(len(done.moved), 'file', 'files')} moved")
    if done.bad:
        parts.append(f"{_counted(len(done.bad), 'entry', 'entries')} could not be read")
    return ", ".join([*parts, *done.findings.sentences])


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
