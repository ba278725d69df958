"""The registers as pages and feeds show them: each entry with what its dataset is called and where
to go from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from verticalfile.catalog.file_names import data_of
from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.register_lines import Order, Register
from verticalfile.services.addresses import moment_of
from verticalfile.services.archive import Archive
from verticalfile.services.finding.searching import Filters, Sort, search
from verticalfile.services.reading.described import Described, described
from verticalfile.services.telling import registers
from verticalfile.services.telling.registers import NEWS, Entry, Lately
from verticalfile.services.visibility import Viewer

FEED = 40
"""Entries of a feed: more than two readings a week miss of a busy archive."""
MATCHES = 60
"""Datasets of a question whose news its feed tells, the ones that changed last."""


@dataclass(frozen=True, slots=True)
class News:
    """An entry of a register. `moment` names the version that it is about, where that is shown."""

    entry: Entry
    dataset: Described
    alone: bool  # the dataset has no other file
    moment: str = ""

    @property
    def touched_at(self) -> datetime:
        """When something was last said in it."""
        known = (self.entry.noted_at, self.entry.ended_at, self.entry.returned_at)
        return max(moment for moment in known if moment is not None)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a register, or of all."""

    news: tuple[News, ...]
    told: Lately
    counts: Mapping[Register, int]  # of every register


def page_of(
    archive: Archive,
    wanted: Sequence[Register] = NEWS,
    page: int = 1,
    *,
    order: Order = Order.NEWEST,
    viewer: Viewer,
) -> Page:
    """Entries of some registers, twenty a page."""
    found = registers.lately(archive, wanted, page=page, order=order, viewer=viewer)
    return Page(
        tuple(_news(archive, found.entries)), found, registers.counts(archive, viewer=viewer)
    )


def every(
    archive: Archive, wanted: Sequence[Register] = NEWS, *, viewer: Viewer
) -> Iterator[tuple[News, ...]]:
    """All entries of some registers, newest first, many at a time."""
    for found in registers.pages_of(archive, wanted, viewer=viewer):
        yield tuple(_news(archive, found))


def newest(
    archive: Archive,
    wanted: Sequence[Register] = NEWS,
    *,
    dataset: str | None = None,
    shelf: str | None = None,
    limit: int = FEED,
    viewer: Viewer,
) -> tuple[News, ...]:
    """The newest entries of all datasets, of one, or of a shelf. Raises NotHeld."""
    found = registers.newest(
        archive, wanted, dataset=dataset, shelf=shelf, limit=limit, viewer=viewer
    )
    return tuple(_news(archive, found))


def newest_of_search(
    archive: Archive, words: str, filters: Filters, *, viewer: Viewer
) -> tuple[News, ...]:
    """The newest entries of the datasets that a question finds."""
    found: list[Entry] = []
    page, pages, seen = 1, 1, 0
    while page <= pages and seen < MATCHES:
        answer = search(
            archive, words, filters=filters, sort=Sort.CHANGED, page=page, viewer=viewer
        )
        for hit in answer.hits:
            found += registers.newest(archive, dataset=hit.dataset, limit=FEED, viewer=viewer)
        seen += len(answer.hits)
        page, pages = page + 1, answer.pages
    found.sort(key=lambda each: each.at, reverse=True)
    return tuple(_news(archive, found[:FEED]))


def one(archive: Archive, number: str, *, viewer: Viewer) -> News:
    """The entry with a permanent id. Raises NotHeld."""
    return next(_news(archive, [registers.entry(archive, number, viewer=viewer)]))


def _news(archive: Archive, entries: Iterable[Entry]) -> Iterator[News]:
    datasets: dict[str, tuple[Described, list[ResourceLine]]] = {}
    for entry in entries:
        if entry.dataset not in datasets:
            files = archive.index.resources(entry.dataset)
            datasets[entry.dataset] = (described(archive, entry.dataset), files)
        told, files = datasets[entry.dataset]
        file = next(f for f in files if f.name == entry.file)
        yield News(entry, told, data_of(files) == [file], _moment(archive, file, entry))


def _moment(archive: Archive, file: ResourceLine, entry: Entry) -> str:
    """The name in addresses of the version that an entry of a change is about."""
    if not entry.sha256:
        return ""
    versions = archive.index.versions(file.id)
    for version in versions:
        if version.sha256 == entry.sha256 and version.seen_at == entry.at:
            return moment_of(version, versions).bare
    return ""
