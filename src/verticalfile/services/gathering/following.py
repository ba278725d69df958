"""Following a listing: what its entries mean for datasets, files and what is said of them.

Every version of a listing is followed once, in the order of time. New entries that were chosen
become datasets, moved files are moved, descriptions change; an entry that is missing changes
nothing but its state. All of it follows from kept listings and recorded events, so that an index
that was lost comes back the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.source_lines import MemberLine, SourceLine, SourceLines
from verticalfile.services.archive import Archive, short_id
from verticalfile.services.finding import documents
from verticalfile.services.gathering.entries import Listed, listing_of
from verticalfile.services.gathering.selection import Selection, selection_from
from verticalfile.services.journal_keeping import event, write_journal
from verticalfile.services.received import plain_text, said_by
from verticalfile.services.statements import take_in_listed
from verticalfile.sources.kind import Entry, Offer
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

    An offer is a file that is held by its location, else by the name that it would have been given.
    """
    by_location = {r.location: r for r in held}
    names = {r.name: r for r in held}
    new: list[tuple[str, Offer]] = []
    moved: list[tuple[ResourceLine, Offer]] = []
    wanted = Counter(_file_name(offer) for offer in offers)
    for offer in offers:
        if offer.location in by_location:
            continue
        name = _file_name(offer)
        if wanted[name] > 1:
            name = f"{name[:50]}-{short_id(dataset, offer.identifier or offer.location)[:8]}"
        if name in names:
            moved.append((names[name], offer))
        else:
            new.append((name, offer))
    return new, moved


def _file_name(offer: Offer) -> str:
    """From the title where it tells, else from the address; the form keeps renderings apart."""
    path = PurePosixPath(unquote(urlsplit(offer.location).path))
    stem = slug(f"{offer.title}.") if offer.title else slug(path.name)
    form = slug(f"{offer.form}.") if offer.form else path.suffix.lower().lstrip(".")
    return f"{stem[:48]}-{form}"[:60].strip("-") if form and not stem.endswith(form) else stem


class Following:
    """The following of one version of a listing."""

    def __init__(self, archive: Archive, source: SourceLine, at: datetime, every: str) -> None:
        self.archive, self.source, self.at, self.every = archive, source, at, every
        self.lines = SourceLines(archive.index)
        self.selection: Selection = selection_from(source.selection)
        self.names = NamesTaken(archive.index.datasets())
        self.held: dict[str, list[ResourceLine]] = {}  # by member
        for resource in archive.index.resources():
            if resource.source == source.resource:
                self.held.setdefault(resource.member, []).append(resource)
        self.done = Followed()
        self.events: list[Event] = []
        self.members: list[MemberLine] = []
        self.said: list[tuple[str, str, Entry]] = []  # dataset, member, entry: said otherwise

    def member(self, key: str, listed: Listed, before: MemberLine | None, state: str) -> None:
        """One entry that is there: its dataset and files, where it was chosen."""
        entry = listed.entry
        held = self.held.get(key, [])
        dataset = held[0].dataset if held else before.dataset if before else ""
        if not dataset and self.selection.takes(entry):
            dataset = self.names.name_for(entry.title, self.source.dataset, key)
            self.done.added.append(dataset)
        if dataset:
            self._files(key, dataset, entry, held)
            if before is None or before.record != listed.record:
                self.said.append((dataset, key, entry))
        since = before.since if before and before.state == state else self.at
        title = plain_text(entry.title)
        self.members.append(
            MemberLine(self.source.resource, key, dataset, title, state, since, listed.record)
        )

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


def follow(archive: Archive, resource: ResourceLine, *, replaying: bool = False) -> Followed:
    """Follow every version of a listing that was not followed yet. The caller writes the listing.

    `replaying`: the events of then are in the journal, and none is written again.
    """
    lines = SourceLines(archive.index)
    source = lines.of(resource.id)
    assert source is not None
    kind = kind_called(source.kind)
    done = Followed()
    versions = [v for v in archive.index.versions(resource.id) if v.readable and not v.destroyed]
    numbers = [n for n, v in enumerate(versions) if source.followed in v.captures]
    for version in versions[numbers[0] + 1 if numbers else 0 :]:
        listing = listing_of(archive, kind, source.location, resource.id, version)
        following = Following(archive, source, version.seen_at, resource.every)
        known = {m.member: m for m in lines.members(resource.id)}
        for listed in listing.listed:
            key = listed.entry.identifier
            following.member(key, listed, known.get(key), "listed")
        write_journal(archive, (), [] if replaying else following.events)
        with archive.index.writing():
            lines.put_members(following.members)
            lines.put_followed(resource.id, version.captures[-1], "")
            for dataset, key, entry in following.said:
                said = said_by(entry)
                take_in_listed(archive, f"{resource.id}:{key}", dataset, said, version.seen_at)
            documents.refresh(archive, {dataset for dataset, _, _ in following.said})
        done = following.done
        done.entries, done.bad = len(listing.listed), listing.bad
    return done


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
    parts = [f"{done.entries:,} entries"]
    if done.added:
        parts.append(f"{len(done.added):,} datasets added")
    if done.moved:
        parts.append(f"{len(done.moved):,} files moved")
    if done.bad:
        parts.append(f"{len(done.bad):,} entries could not be read")
    return ", ".join(parts)
