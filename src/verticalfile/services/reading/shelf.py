"""The first page and the list of everything: what is held, and what changed lately."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from verticalfile.catalog.index import ResourceLine
from verticalfile.services.archive import Archive
from verticalfile.services.library import Library, library_of
from verticalfile.services.reading.described import Described, described
from verticalfile.services.reading.versions import VersionFacts, version_facts
from verticalfile.services.visibility import Viewer

LATELY = 6
ON_HOME = 8
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
class News:
    """Something that happened to a file; `facts` None: it is gone from the source since `at`."""

    at: datetime
    dataset: Described
    file: ResourceLine
    alone: bool  # the dataset has no other file
    facts: VersionFacts | None


@dataclass(frozen=True, slots=True)
class Home:
    """The first page."""

    library: Library
    datasets: int
    versions: int
    since: datetime | None
    on_shelf: tuple[OnShelf, ...]  # a drawer of the ones that changed last
    news: tuple[News, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """A page of the list A to Z."""

    library: Library
    total: int
    page: int
    pages: int
    on_shelf: tuple[OnShelf, ...]


def home(archive: Archive, *, viewer: Viewer) -> Home:
    """What is held and what changed lately."""
    every = _on_shelf(archive)
    latest = sorted(every, key=lambda e: (e.changed_at is not None, e.changed_at), reverse=True)
    return Home(
        library_of(archive), len(every), sum(e.versions for e in every),
        archive.index.first_seen_at(),
        tuple(latest[:ON_HOME]), tuple(news(archive, LATELY, viewer=viewer)),
    )  # fmt: skip


def shelf(archive: Archive, page: int = 1) -> Shelf:
    """All datasets by title, a page of them."""
    every = sorted(_on_shelf(archive), key=lambda e: e.dataset.title.casefold())
    pages = max(1, -(-len(every) // A_PAGE))
    page = min(max(1, page), pages)
    start = (page - 1) * A_PAGE
    return Shelf(library_of(archive), len(every), page, pages, tuple(every[start : start + A_PAGE]))


def whats_here(archive: Archive) -> dict[str, list[str]]:
    """Names of files by dataset, both in the order of names."""
    found: dict[str, list[str]] = {}
    for resource in sorted(archive.index.resources(), key=lambda r: (r.dataset, r.name)):
        found.setdefault(resource.dataset, []).append(resource.name)
    return found


def _on_shelf(archive: Archive) -> list[OnShelf]:
    files: dict[str, list[ResourceLine]] = {}
    for resource in archive.index.resources():
        files.setdefault(resource.dataset, []).append(resource)
    return [_entry(d, files.get(d.name, [])) for d in described(archive).values()]


def _entry(dataset: Described, files: Sequence[ResourceLine]) -> OnShelf:
    gone = [f.absent_since for f in files if f.absent_since]
    return OnShelf(
        dataset, len(files), sum(f.versions for f in files),
        max((f.newest_seen_at for f in files if f.newest_seen_at), default=None),
        max((f.checked_at for f in files if f.checked_at), default=None),
        max(gone) if gone and len(gone) == len(files) else None, sum(f.held for f in files),
    )  # fmt: skip


def news(archive: Archive, limit: int, *, viewer: Viewer) -> list[News]:
    """What happened last over all files, newest first: versions, and files that are gone."""
    datasets = described(archive)
    resources = {r.id: r for r in archive.index.resources()}
    files = Counter(r.dataset for r in resources.values())
    facts: dict[str, dict[int, VersionFacts]] = {}
    found = []
    for resource, version in archive.index.newest_versions(limit):
        file = resources[resource]
        if resource not in facts:
            told = version_facts(archive, file, viewer=viewer)
            facts[resource] = {each.version.number: each for each in told}
        one = facts[resource][version.number]
        dataset = datasets[file.dataset]
        found.append(News(version.seen_at, dataset, file, files[file.dataset] == 1, one))
    for file in resources.values():
        if file.absent_since is not None:
            dataset = datasets[file.dataset]
            only = files[file.dataset] == 1
            found.append(News(file.absent_since, dataset, file, only, None))
    return sorted(found, key=lambda each: each.at, reverse=True)[:limit]
