"""Back-filling: every committed state of a path in a git repository, or a folder of dated copies."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from verticalfile.catalog.index import ResourceLine
from verticalfile.services import intake, rebuild
from verticalfile.services.archive import Archive
from verticalfile.services.intake import Offered
from verticalfile.sources.dated_folder import states_in
from verticalfile.sources.git_history import (
    RenameOffer,
    blobs,
    open_repository,
    read_history,
)
from verticalfile.sources.state import State

Progress = Callable[[int, int], None]
"""Told how many states are done and how many there are."""


@dataclass(frozen=True, slots=True)
class _Series:
    source: str
    offers: Iterator[Offered]
    states: int
    file_name: str


@dataclass
class Filled:
    """What a back-fill did, and what must be said about its source."""

    states: int
    kept: int
    absences: int
    unreadable: int
    shallow: bool = False
    renames: tuple[RenameOffer, ...] = ()


def from_git(
    archive: Archive,
    resource: ResourceLine,
    repository: str,
    path: str,
    *,
    branch: str | None = None,
    follow: bool = False,
    progress: Progress = lambda *_: None,
) -> Filled:
    """Take in every state of `path` over the whole graph. Raises SourceRefused, VaultFull."""
    with archive.writing(resource.id):
        rebuild.recover(archive, resource)
        return take_git(
            archive, resource, repository, path, branch=branch, follow=follow, progress=progress
        )


def from_folder(
    archive: Archive, resource: ResourceLine, folder: Path, *, progress: Progress = lambda *_: None
) -> Filled:
    """Take in every dated file of a folder. Raises SourceRefused, VaultFull."""
    with archive.writing(resource.id):
        rebuild.recover(archive, resource)
        return take_folder(archive, resource, folder, progress=progress)


def take_git(
    archive: Archive,
    resource: ResourceLine,
    repository: str,
    path: str,
    *,
    branch: str | None = None,
    follow: bool = False,
    progress: Progress = lambda *_: None,
) -> Filled:
    """`from_git` for a caller that holds the lock."""
    with _scratch(archive) as scratch:
        local = open_repository(repository, scratch)
        history = read_history(local, path, branch=branch, follow=follow)
        done = _take_in(
            archive,
            resource,
            _Series(
                history.source, _git_offers(local, history.states), len(history.states),
                PurePosixPath(path).name,
            ),
            progress,
        )  # fmt: skip
    done.shallow, done.renames = history.shallow, history.renames
    return done


def take_folder(
    archive: Archive, resource: ResourceLine, folder: Path, *, progress: Progress = lambda *_: None
) -> Filled:
    """`from_folder` for a caller that holds the lock."""
    states = states_in(folder)
    name = PurePosixPath(states[-1].moment_name).name
    series = _Series(f"folder:{folder.absolute()}", _folder_offers(states), len(states), name)
    return _take_in(archive, resource, series, progress)


def _take_in(
    archive: Archive, resource: ResourceLine, series: _Series, progress: Progress
) -> Filled:
    past = 0

    def step(taken: int) -> None:
        nonlocal past
        past += taken
        progress(past, series.states)

    done = intake.take_in(
        archive, resource, series.source, series.offers, file_name=series.file_name, progress=step
    )
    if done.volatile_found:
        rebuild.rebuild_resource(archive, resource)
    unreadable = sum(1 for c in done.captures if c.taken.read.get("reason"))
    return Filled(series.states, len(done.captures), done.absences, unreadable)


def _git_offers(repository: Path, states: Sequence[State]) -> Iterator[Offered]:
    contents = blobs(repository, [s.content for s in states if s.content])
    for state in states:
        if state.content is None:
            yield Offered(state, None)
        else:
            _, body = next(contents)
            yield Offered(state, body)


def _folder_offers(states: Sequence[State]) -> Iterator[Offered]:
    for state in states:
        assert state.content is not None
        yield Offered(state, Path(state.content).read_bytes())


@contextmanager
def _scratch(archive: Archive) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(dir=archive.scratch))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
