"""What a reader has at hand: a dataset, one file of it, and the version of a moment.

The word after `@` in an address is a moment. Exact ones open; shorter ones give the exact one to
go to. Without it the newest version that the viewer may see is at hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from verticalfile.catalog.file_names import data_of
from verticalfile.catalog.index import ResourceLine, TableLine
from verticalfile.catalog.versions import AsOf, Version, as_of
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.moments import last_instant
from verticalfile.kernel.urls import without_secrets
from verticalfile.services.addresses import moment_of, version_named
from verticalfile.services.archive import Archive
from verticalfile.services.known import destructions, withheld
from verticalfile.services.known.deliveries import is_letter
from verticalfile.services.known.masks import KIND, Mask, mask_of, masks
from verticalfile.services.known.table_history import TableHistory
from verticalfile.services.library import Library, library_of
from verticalfile.services.reading.described import Described, described
from verticalfile.services.reading.errors import NotThen, SeveralFiles, not_on_shelf
from verticalfile.services.visibility import Viewer, visible_to
from verticalfile.sources.what import SourceKind


@dataclass(frozen=True, slots=True)
class Asked:
    """Words of an address. `when` is what stands after `@`, `on` the day a reader asked for."""

    dataset: str
    file: str = ""
    when: str = ""
    on: str = ""
    table: str = ""


@dataclass(frozen=True, slots=True)
class GoTo:
    """The exact moment at which what was asked for stands."""

    moment: str
    asked: str


@dataclass(frozen=True, slots=True)
class Document:
    """A page or file in which a publisher explains its data."""

    name: str  # of the file, in addresses
    title: str
    kept_at: datetime | None  # when our newest copy was seen first; None: none is held yet
    place: str  # the publisher's own, "" where it cannot be followed
    is_shown: bool = True  # to this viewer
    is_letter: bool = False  # came with a delivery


@dataclass(frozen=True, slots=True)
class AtHand:
    """A file of a dataset at a version. `version` None: nothing readable was ever seen."""

    library: Library
    dataset: Described
    files: tuple[ResourceLine, ...]  # of the dataset: its data
    told_beside: tuple[Document, ...]  # what its publisher says about it, but the file at hand
    file: ResourceLine
    tables: tuple[TableLine, ...]
    table: TableLine | None  # the one that was named, or the only one
    versions: tuple[Version, ...]  # all, oldest first
    version: Version | None
    moment: str  # the version's name in addresses
    newest: Version | None  # what an address without a moment opens
    viewer: Viewer
    dated: bool  # the address names a moment
    on: datetime | None = None  # the day asked for, its last instant
    answer: AsOf | None = None  # what must be said beside it
    history: TableHistory | None = None
    ordinal: int | None = None
    mask: Mask | None = None  # how it was made, where it is a masked copy
    by_two: bool = False  # it was destroyed, and two people decided it
    instead: str = ""  # the dataset that stands in the place of a file that is withheld

    @property
    def alone(self) -> bool:
        """Whether its dataset names it: the one file of data."""
        return self.files == (self.file,)

    @property
    def tongue(self) -> str:
        """The language of columns and cells."""
        return self.dataset.language or self.library.language

    @property
    def place(self) -> str:
        """Where the publisher offers it, as an address that may be followed; else "". A key that
        an address carries is hidden."""
        known = without_secrets(self.dataset.official or self.file.location)
        return known if known.startswith(("https://", "http://")) else ""

    @property
    def told_by_git(self) -> bool:
        """Whether a repository tells what stood when: then nobody looked, and commits are known."""
        return self.file.kind == SourceKind.GIT

    @property
    def next_seen_at(self) -> datetime | None:
        """When the version after this one was first seen."""
        later = [v for v in self.versions if self.version and v.number > self.version.number]
        return later[0].seen_at if later else None

    @property
    def passed_over(self) -> Version | None:
        """The newest version, where it is not offered as such: unreadable, held, withdrawn."""
        if not self.is_newest or self.version == self.versions[-1]:
            return None
        return self.versions[-1]

    @property
    def is_newest(self) -> bool:
        return self.version is not None and self.version == self.newest

    @property
    def is_shown(self) -> bool:
        """Whether rows and bytes of the version may be shown."""
        return self.version is not None and visible_to(self.viewer, self.version)

    @property
    def others_are_shown(self) -> bool:
        """Whether any version but this one may be shown."""
        return any(v != self.version and visible_to(self.viewer, v) for v in self.versions)

    @property
    def rows(self) -> int | None:
        if not self.is_shown or self.history is None or self.ordinal is None:
            return None
        return self.history.history.manifest.ordinals[self.ordinal - 1].rows

    @property
    def columns(self) -> tuple[str, ...]:
        """Names as shown, without volatile ones."""
        if not self.is_shown or self.history is None or self.ordinal is None:
            return ()
        layout = self.history.layout_of(self.ordinal)
        pairs = zip(layout.ids, layout.names, strict=True)
        return tuple(name for i, name in pairs if i not in layout.dropped)


def dataset_named(archive: Archive, name: str) -> tuple[Described, list[ResourceLine]]:
    """A dataset and all its files; raises NotOnShelf."""
    resources = archive.index.resources(name)
    if not resources:
        raise not_on_shelf("dataset of that name", dataset=name)
    return described(archive, name), resources


def at_hand(archive: Archive, asked: Asked, *, viewer: Viewer) -> AtHand | GoTo:
    """Open what an address names. Raises NotOnShelf, NotThen, SeveralFiles, InputRefused."""
    dataset, known = dataset_named(archive, asked.dataset)
    files = data_of(known)
    file = _file(known if asked.file else files, asked)
    versions = archive.index.versions(file.id)
    now = archive.clock.now()
    newest = newest_shown(versions, now, viewer)
    if asked.when:
        version = version_named(asked.when, versions)
        if version is None:
            moment = last_instant(asked.when, zone=archive.zone, now=now)
            return GoTo(moment_of(_then(versions, moment, asked), versions).bare, asked.when)
    else:
        version = newest
    on = _day(archive, asked.on, now)
    answer = _beside(versions, version, on or now) if not asked.when or on else None
    tables = tuple(archive.index.tables(file.id))
    table = _table(tables, asked.table)
    history = TableHistory(archive, table.id, table.name) if table else None
    ordinal = history.ordinal_of(version.sha256) if history and version else None
    return AtHand(
        library_of(archive), dataset, tuple(files),
        tuple(_document(archive, each, viewer) for each in known if each not in (*files, file)),
        file, tables, table, tuple(versions), version,
        moment_of(version, versions).bare if version else "", newest, viewer, bool(asked.when), on,
        answer, history, ordinal, mask_of(archive, file.id) if file.kind == KIND else None,
        bool(version and version.destroyed and destructions.by_two(archive, file.id, version)),
        _instead(archive, file) if version and version.hidden == withheld.HOW else "",
    )  # fmt: skip


def _instead(archive: Archive, file: ResourceLine) -> str:
    copies = {mask.copy for mask in masks(archive) if mask.original == file.id}
    return next((r.dataset for r in archive.index.resources() if r.id in copies), "")


def _document(archive: Archive, file: ResourceLine, viewer: Viewer) -> Document:
    """A document as it is told beside the data; one that is no table is kept all the same."""
    held = archive.index.versions(file.id)
    shown = [v for v in held if visible_to(viewer, v)]
    kept_at = file.newest_seen_at or (shown[-1].seen_at if shown else None)
    place = without_secrets(file.location)
    return Document(
        file.name, file.name.replace("-", " ").capitalize(), kept_at,
        place if place.startswith("http") else "", bool(shown) or not held,
        is_letter(file),
    )  # fmt: skip


def newest_shown(versions: Sequence[Version], now: datetime, viewer: Viewer) -> Version | None:
    """What an address without a moment opens: the last that is readable and may be shown."""
    seen = [v for v in versions if v.seen_at <= now] or versions
    for version in reversed(seen):
        if version.readable and visible_to(viewer, version):
            return version
    current = as_of(versions, now).version
    return current or (versions[-1] if versions else None)


def _file(files: Sequence[ResourceLine], asked: Asked) -> ResourceLine:
    if not asked.file:
        if len(files) == 1:
            return files[0]
        raise SeveralFiles(
            f"{asked.dataset} has {len(files)} files.", mend="choose one.", dataset=asked.dataset
        )
    for file in files:
        if file.name == asked.file:
            return file
    raise not_on_shelf("file of that name", dataset=asked.dataset)


def _table(tables: Sequence[TableLine], name: str) -> TableLine | None:
    if not name:
        return tables[0] if len(tables) == 1 else None
    for table in tables:
        if table.name == name:
            return table
    raise not_on_shelf("table of that name")


def _then(versions: Sequence[Version], moment: datetime, asked: Asked) -> Version:
    """The version that stood at a moment, whether it may be shown or not; raises NotThen."""
    found = as_of(versions, moment).version
    if found is not None:
        return found
    first = next((v for v in versions if v.readable and not v.held), None)
    raise NotThen(
        f"{asked.dataset} was not yet held then.", mend="open the first version.",
        dataset=asked.dataset, file=asked.file, asked=asked.when, first=first,
        moment=moment_of(first, versions).bare if first else "",
    )  # fmt: skip


def _day(archive: Archive, text: str, now: datetime) -> datetime | None:
    """The last instant of the day asked for; what cannot be understood is not repeated."""
    try:
        return last_instant(text, zone=archive.zone, now=now) if text else None
    except InputRefused:
        return None


def _beside(versions: Sequence[Version], version: Version | None, moment: datetime) -> AsOf | None:
    """What is said beside a version: gone by then, or newer ones that are not offered."""
    answer = as_of(versions, moment)
    if version is None or answer.version != version:
        later = [v for v in versions if version and v.number > version.number]
        return AsOf(version, None, tuple(reversed(later))) if later else None
    return answer


def must_be_table(here: AtHand) -> tuple[TableHistory, int]:
    """History and ordinal of the table at hand. Raises NotOnShelf, SeveralFiles."""
    if here.table is None and len(here.tables) > 1:
        raise SeveralFiles(
            f"{here.file.name} has {len(here.tables)} tables.", mend="choose one.",
            dataset=here.dataset.name, file=here.file.name,
        )  # fmt: skip
    if here.history is None or here.ordinal is None or not here.is_shown:
        raise not_on_shelf("table in this version", dataset=here.dataset.name)
    return here.history, here.ordinal
