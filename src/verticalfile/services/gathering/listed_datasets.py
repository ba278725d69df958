"""What a step of a listing makes of datasets: added, moved, described; nothing is ever deleted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.source_lines import MemberLine, SourceLine, SourceLines
from verticalfile.services.archive import Archive, short_id
from verticalfile.services.finding import documents
from verticalfile.services.gathering.entries import Listed
from verticalfile.services.gathering.found import Told
from verticalfile.services.gathering.linked_terms import LinkedTerms
from verticalfile.services.journal_keeping import event, write_journal
from verticalfile.services.known.received import plain_text
from verticalfile.services.known.selection import Selection, selection_from
from verticalfile.services.known.statements import take_in_listed
from verticalfile.sources.identity import canonical
from verticalfile.sources.kind import Entry, Offer
from verticalfile.sources.membership import (
    Member,
    Members,
)
from verticalfile.sources.membership.matching import places_repeated
from verticalfile.sources.what import slug
from verticalfile.vault.notes.journal import Event

TOGETHER = 400
"""Entries whose datasets and files are followed at once: a large catalog has hundreds of thousands."""


@dataclass
class Followed:
    """What following a listing has done: datasets by name, and sentences about what is wrong."""

    entries: int = 0
    added: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    resolved: int = 0  # files added at an address that the publisher wrote without a host
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


def shared_in(keys: Sequence[str]) -> Counter[str]:
    """How many entries of a listing tell one member, where more than one does: one identifier and
    title may stand over several entries, each with a file of its own."""
    found = Counter(keys[place] for place in places_repeated(keys) if keys[place])
    return Counter({key: count for key, count in found.items() if count > 1})


def told_together(
    rows: Iterable[tuple[str, Listed]], shared: Mapping[str, int]
) -> Iterator[tuple[str, Listed]]:
    """One entry for each member: what several tell has the files of them all, whatever their order.

    Of a member of `shared` all entries must be among `rows`.
    """
    waiting: dict[str, list[Listed]] = {}
    for key, each in rows:
        group = waiting.setdefault(key, [])
        group.append(each)
        if len(group) >= shared.get(key, 1):
            yield key, _as_one(waiting.pop(key))


def _as_one(group: Sequence[Listed]) -> Listed:
    if len(group) == 1:
        return group[0]
    group = sorted(group, key=lambda each: canonical(each.record))
    offers = {offer.location: offer for each in group for offer in each.entry.offers}
    return Listed(replace(group[0].entry, offers=tuple(offers.values())), group[0].record)


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
    """The following of one look at a listing that was believed, some entries at a time."""

    def __init__(self, archive: Archive, source: SourceLine, at: datetime, every: str) -> None:
        self.archive, self.source, self.at, self.every = archive, source, at, every
        self.selection: Selection = selection_from(source.selection)
        self.names = NamesTaken(archive.index.datasets())
        self.lines = SourceLines(archive.index)
        self.terms = LinkedTerms(archive, source)
        self.done = Followed()

    def take(
        self, some: Mapping[str, Listed], members: Members, *, is_newest: bool, replaying: bool
    ) -> None:
        """Entries by member: their datasets and files, where they were chosen, and what is said of
        them. Only what the newest look shows is added and moved."""
        before = self.lines.members_among(self.source.resource, list(some))
        held: dict[str, list[ResourceLine]] = {}
        for resource in self.archive.index.resources_of(self.source.resource, list(some)):
            held.setdefault(resource.member, []).append(resource)
        events: list[Event] = []
        records: dict[str, tuple[str, Listed]] = {}
        said: list[tuple[str, str, Entry]] = []  # dataset, member, entry: said otherwise
        for key, listed in some.items():
            entry, files, line = listed.entry, held.get(key, []), before.get(key)
            dataset = files[0].dataset if files else line.dataset if line else ""
            if is_newest:
                if not dataset and self.selection.takes(entry):
                    dataset = self.names.name_for(entry.title, self.source.dataset, key)
                    self.done.added.append(dataset)
                if dataset:
                    events += self._files(key, dataset, entry, files)
                    events += self.terms.added(listed.record, entry)
            if dataset and (line is None or line.record != listed.record):
                said.append((dataset, key, entry))
            records[key] = (dataset, listed)
        write_journal(self.archive, (), [] if replaying else events)
        self._show(records, before, said, members)

    def _files(
        self, key: str, dataset: str, entry: Entry, held: Sequence[ResourceLine]
    ) -> Iterator[Event]:
        new, moved = files_for(dataset, entry.offers, held)
        for name, offer in new:
            resolved = {"written": offer.written} if offer.was_resolved else {}
            self.done.resolved += bool(resolved)
            yield event(
                self.archive, "added", short_id("resource", dataset, name), dataset=dataset,
                title=plain_text(entry.title) or dataset, resource=name, kind=offer.kind,
                location=offer.location, branch="", every=self.every, key=[],
                role=str(offer.role), source=self.source.resource, member=key, **resolved,
            )  # fmt: skip
        for resource, offer in moved:
            self.done.moved.append(f"{dataset}/{resource.name}")
            yield event(
                self.archive, "moved", resource.id, kind=offer.kind, location=offer.location,
                before=resource.location,
            )  # fmt: skip

    def _show(
        self, records: Mapping[str, tuple[str, Listed]], before: Mapping[str, MemberLine],
        said: Sequence[tuple[str, str, Entry]], members: Members,
    ) -> None:  # fmt: skip
        lines = [
            line_of(self.source.resource, members.by_key[key], before.get(key), dataset, listed)
            for key, (dataset, listed) in records.items()
        ]
        with self.archive.index.writing():
            self.lines.put_members(line for line in lines if line != before.get(line.member))
            for dataset, key, entry in said:
                name = f"{self.source.resource}:{key}"
                record = records[key][1].record
                take_in_listed(self.archive, name, dataset, entry, self.at, record)
            documents.refresh(self.archive, {dataset for dataset, _, _ in said})


def line_of(
    source: str, member: Member, before: MemberLine | None, dataset: str = "",
    listed: Listed | None = None,
) -> MemberLine:  # fmt: skip
    """The line of a member; without an entry its dataset, title and record are those of before."""
    if listed is not None:
        title, record = plain_text(listed.entry.title), listed.record
    elif before is not None:
        dataset, title, record = before.dataset, before.title, dict(before.record)
    else:
        title, record = member.entry.evidence.title, {}
    return MemberLine(
        source, member.key, dataset, title, str(member.state), since_of(member), record
    )


def since_of(member: Member) -> datetime:
    return member.since or (member.gaps[-1].until if member.gaps else member.first_seen)
