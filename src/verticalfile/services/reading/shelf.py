"""The first page and the list of everything: what is held, and what changed lately."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from verticalfile.catalog.described import DescribedLines, Shelf
from verticalfile.catalog.file_names import data_of
from verticalfile.catalog.index import ResourceLine
from verticalfile.services.archive import Archive
from verticalfile.services.datasets.shelving import shelf, shelves
from verticalfile.services.finding.searching import FacetValue, most_of
from verticalfile.services.finding.words import fold
from verticalfile.services.index_state import WhileUnchanged
from verticalfile.services.library import Library, library_of
from verticalfile.services.reading.described import Described, described
from verticalfile.services.reading.news import News, newest
from verticalfile.services.visibility import Viewer

LATELY = 6
ON_HOME = 8
PLACES = 8
A_PAGE = 60


@dataclass(frozen=True, slots=True)
class OnShelf:
    """A dataset as lists show it."""

    dataset: Described
    files: int
    versions: int
    changed_at: datetime | None  # first sighting of the newest version
    checked_at: datetime | None
    gone_since: datetime | None  # every file of it is gone from the source
    held: int


@dataclass(frozen=True, slots=True)
class Home:
    """The first page."""

    library: Library
    datasets: int
    versions: int
    since: datetime | None
    on_shelf: tuple[OnShelf, ...]  # a drawer of the ones that changed last
    news: tuple[News, ...]
    shelves: tuple[Shelf, ...]  # that staff made, by kind and title
    places: tuple[FacetValue, ...]  # that most datasets are about


@dataclass(frozen=True, slots=True)
class Every:
    """A page of a list A to Z."""

    total: int
    page: int
    pages: int
    on_shelf: tuple[OnShelf, ...]


@dataclass(frozen=True, slots=True)
class OneShelf:
    """A shelf and a page of what stands on it."""

    shelf: Shelf
    every: Every


def home(archive: Archive, *, viewer: Viewer) -> Home:
    """What is held and what changed lately."""
    datasets, versions = archive.index.totals()
    latest = archive.index.lately_changed(ON_HOME)
    return Home(
        library_of(archive), datasets, versions, archive.index.first_seen_at(),
        tuple(on_shelf(archive, name, data_of(archive.index.resources(name))) for name in latest),
        newest(archive, limit=LATELY, viewer=viewer), tuple(shelves(archive)),
        _PLACES.of(
            archive, viewer, lambda: most_of(archive, "place", viewer=viewer, limit=PLACES)
        ),
    )  # fmt: skip


_PLACES: WhileUnchanged[Viewer, tuple[FacetValue, ...]] = WhileUnchanged()
"""Counting them goes through all datasets."""


def every_dataset(archive: Archive, page: int = 1, *, language: str = "en") -> Every:
    """All datasets by their titles in a language, a page of them; a portal's list is none."""
    return _page_of(archive, archive.index.with_files(), page, language)


def one_shelf(archive: Archive, name: str, page: int = 1, *, language: str = "en") -> OneShelf:
    """A shelf with what stands on it, by title, a page of it. Raises NotHeld."""
    found = shelf(archive, name)
    return OneShelf(found, _page_of(archive, found.datasets, page, language))


def _page_of(archive: Archive, datasets: Iterable[str], page: int, language: str) -> Every:
    titles = archive.index.datasets() | DescribedLines(archive.index).titles(language)
    names = sorted(datasets, key=lambda name: (fold(titles[name]), name))
    pages = max(1, -(-len(names) // A_PAGE))
    page = min(max(1, page), pages)
    shown = names[(page - 1) * A_PAGE : page * A_PAGE]
    told = tuple(on_shelf(archive, name, data_of(archive.index.resources(name))) for name in shown)
    return Every(len(names), page, pages, told)


def whats_here(archive: Archive) -> dict[str, list[str]]:
    """Names of files by dataset, both in the order of names; no portal's list."""
    found: dict[str, list[str]] = {}
    datasets = set(archive.index.with_files())
    for resource in archive.index.resources():
        if resource.is_data and resource.dataset in datasets:
            found.setdefault(resource.dataset, []).append(resource.name)
    return {name: sorted(files) for name, files in sorted(found.items())}


def _changed_at(files: Sequence[ResourceLine]) -> tuple[bool, datetime | None]:
    newest = max((f.newest_seen_at for f in files if f.newest_seen_at), default=None)
    return newest is not None, newest


def on_shelf(archive: Archive, name: str, files: Sequence[ResourceLine]) -> OnShelf:
    """A dataset as lists show it."""
    gone = [f.absent_since for f in files if f.absent_since]
    return OnShelf(
        described(archive, name), len(files), sum(f.versions for f in files), _changed_at(files)[1],
        max((f.checked_at for f in files if f.checked_at), default=None),
        max(gone) if gone and len(gone) == len(files) else None, sum(f.held for f in files),
    )  # fmt: skip
