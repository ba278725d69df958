"""Back-filling: every committed state of a path in a git repository, or a folder of dated copies."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from verticalfile.catalog.index import ResourceLine
from verticalfile.kernel.letters import counted
from verticalfile.kernel.scratch import working_folder
from verticalfile.kernel.urls import must_have_no_secret
from verticalfile.services.archive import Archive
from verticalfile.services.collecting.local_files import original_of
from verticalfile.services.deciding import destroying
from verticalfile.services.decisions import PERSON
from verticalfile.services.gathering import following, recorded
from verticalfile.services.gathering.sources import is_listing
from verticalfile.services.journal_keeping import write_journal
from verticalfile.services.known import derive
from verticalfile.services.taking_in import intake, rebuild
from verticalfile.services.taking_in.in_time import put_in_time
from verticalfile.services.taking_in.masked_copies import bring_all_up
from verticalfile.sources.past.dated_folder import states_in
from verticalfile.sources.past.git_history import (
    GitHistory,
    RenameOffer,
    blobs,
    open_repository,
    read_history,
)
from verticalfile.sources.state import Offered, State
from verticalfile.sources.what import SourceKind
from verticalfile.vault.notes.journal import Event

BACKFILLED = "backfilled"
"""The event of a file whose older versions somebody had taken in."""

Progress = Callable[[int, int], None]
"""Told how many states are done and how many there are."""


@dataclass(frozen=True, slots=True)
class Series:
    """States of a source in the order of time, with what is needed to take them in."""

    source: str
    offers: Iterator[Offered]
    states: int
    file_name: str
    undated: int = 0  # files of a folder whose names tell no date
    place: str = ""  # where a person finds it, where `source` does not tell
    are_lists: bool = False  # of a portal, as we would have kept them; else its answers


@dataclass
class Filled:
    """What a back-fill did, and what must be said about its source."""

    states: int
    kept: int
    absences: int
    unreadable: int
    undated: int = 0  # files of a folder that were left out, as their names tell no date
    shallow: bool = False
    renames: tuple[RenameOffer, ...] = ()
    bad_lines: int = 0  # of a web archive's index
    passed_over: int = 0  # copies that were archived errors, or could not be had
    differing: int = 0  # copies whose digest is not the one of the index: kept, and told
    rewritten: int = 0  # copies that the archive may have rewritten for showing: kept, and told
    is_cut: bool = False  # a web archive's index goes on
    whole: int | None = None  # lists put together from copies of pages that are proved whole


def from_git(
    archive: Archive,
    resource: Callable[[], ResourceLine],
    repository: str,
    path: str,
    *,
    branch: str | None = None,
    follow: bool = False,
    progress: Progress = lambda *_: None,
) -> Filled:
    """Take in every state of `path` over the whole graph. Raises SourceRefused, VaultFull.

    `resource` is asked for once the source was read: a mistake in it adds no dataset.
    """
    must_have_no_secret(repository)
    with _git(archive, repository, path, branch, follow) as (series, history):
        done = fill(archive, resource(), series, progress)
    done.shallow, done.renames = history.shallow, history.renames
    return done


def from_folder(
    archive: Archive,
    resource: Callable[[], ResourceLine],
    folder: Path,
    *,
    progress: Progress = lambda *_: None,
) -> Filled:
    """Take in every dated file of a folder. Raises SourceRefused, VaultFull."""
    with _folder(archive, folder) as series:
        return fill(archive, resource(), series, progress)


def look_again(archive: Archive, resource: ResourceLine, *, branch: str | None) -> Filled:
    """Take in what a repository or folder has now; the caller holds the writer's lock."""
    if resource.kind == SourceKind.FOLDER:
        with _folder(archive, Path(resource.location)) as series:
            return take_in(archive, resource, series, lambda *_: None)
    repository, _, path = resource.location.rpartition("#")
    with _git(archive, repository, path, branch, follow=False) as (series, history):
        done = take_in(archive, resource, series, lambda *_: None)
    done.shallow, done.renames = history.shallow, history.renames
    return done


def told_of(resource: ResourceLine, filled: Filled) -> str:
    """What came of a repository or folder, and what of its past is not in it."""
    said = [f"{filled.kept:,} new of {filled.states:,} states"]
    if filled.absences:
        said[0] += f", {filled.absences:,} of them without the file"
    if filled.unreadable:
        are = "is" if filled.unreadable == 1 else "are"
        said.append(f"{filled.unreadable:,} of the new ones {are} no table")
    if filled.undated:
        said.append(f"{counted(filled.undated, 'file')} left out, no date in the name")
    if filled.shallow:
        said.append("the repository is shallow, so what was before is not known")
    came = next((offer for offer in filled.renames if offer.direction == "from"), None)
    if came is not None:
        repository, _, path = map(shlex.quote, resource.location.rpartition("#"))
        said.append(
            f"before, it was {came.path}, which `vf backfill {resource.dataset}/{resource.name}"
            f" --git {repository} --path {path} --follow` takes in"
        )
    return "; ".join(said)


@contextmanager
def _git(
    archive: Archive, repository: str, path: str, branch: str | None, follow: bool
) -> Iterator[tuple[Series, GitHistory]]:
    with working_folder(archive.scratch) as scratch:
        local = open_repository(repository, scratch)
        history = read_history(local, path, now=archive.clock.now(), branch=branch, follow=follow)
        offers = _git_offers(local, history.states, scratch)
        name = PurePosixPath(path).name
        place = f"{repository}#{path}"
        yield Series(history.source, offers, len(history.states), name, place=place), history


@contextmanager
def _folder(archive: Archive, folder: Path) -> Iterator[Series]:
    states, undated = states_in(folder, zone=archive.zone, now=archive.clock.now())
    name = PurePosixPath(states[-1].moment_name).name
    with working_folder(archive.scratch) as scratch:
        offers = _folder_offers(states, scratch)
        yield Series(f"folder:{folder.absolute()}", offers, len(states), name, undated)


def fill(archive: Archive, resource: ResourceLine, series: Series, progress: Progress) -> Filled:
    """Take in a series under the writer's lock."""
    with archive.writing(resource.id):
        destroying.put_right(archive, resource)
        filled = take_in(archive, resource, series, progress)
        said = f"{told_of(resource, filled)}; from {series.place or series.source}"
        event = Event(BACKFILLED, archive.clock.now(), PERSON, resource.id, detail={"said": said})
        write_journal(archive, events=[event])
    bring_all_up(archive)
    return filled


def take_in(archive: Archive, resource: ResourceLine, series: Series, progress: Progress) -> Filled:
    """Take in a series; copies of a portal's list are followed. The caller holds the writer's lock."""
    if not is_listing(resource):
        return _taken_in(archive, resource, series, progress)
    if series.are_lists:
        filled = _taken_in(archive, resource, series, progress)
    else:
        with working_folder(archive.scratch) as scratch:
            lists = recorded.CopiesOfLists(resource, series.offers, scratch)
            filled = _taken_in(archive, resource, replace(series, offers=iter(lists)), progress)
        filled.passed_over = lists.passed_over
    following.follow(archive, resource)
    return filled


def _taken_in(
    archive: Archive, resource: ResourceLine, series: Series, progress: Progress
) -> Filled:
    past = 0

    def step(taken: int) -> None:
        nonlocal past
        past += taken
        progress(past, series.states)

    done = intake.take_in(
        archive, resource, series.source, series.offers, file_name=series.file_name, many=True,
        progress=step,
    )  # fmt: skip
    if done.volatile_found:
        rebuild.rebuild_resource(archive, resource)
    put_in_time(archive, resource)
    kept = {c.id for c in done.captures}
    held = derive.held(archive, resource.id)
    unreadable = sum(1 for c in held if c.id in kept and derive.reason_of(c))
    return Filled(
        series.states, len(done.captures), done.absences, unreadable, undated=series.undated
    )


def _git_offers(repository: Path, states: Sequence[State], scratch: Path) -> Iterator[Offered]:
    contents = blobs(repository, [s.content for s in states if s.content], lambda: scratch)
    for state in states:
        if state.content is None:
            yield Offered(state, None)
        else:
            _, body = next(contents)
            yield Offered(state, body)


def _folder_offers(states: Sequence[State], scratch: Path) -> Iterator[Offered]:
    for state in states:
        assert state.content is not None
        yield Offered(state, original_of(Path(state.content), scratch))
