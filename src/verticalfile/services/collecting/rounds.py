"""One round of collecting: listings first, so that what they add is looked at in the same round."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.source_lines import SourceLines
from verticalfile.kernel.letters import counted
from verticalfile.kernel.moments import for_people
from verticalfile.services.archive import Archive
from verticalfile.services.collecting.collect import WAITING, Checked, collect
from verticalfile.services.collecting.due import due
from verticalfile.services.deciding.embargoing import end_due
from verticalfile.services.gathering import following
from verticalfile.services.gathering.reports import note_run
from verticalfile.services.gathering.sources import is_listing
from verticalfile.services.journal_keeping import notes_waiting
from verticalfile.services.names import find_all
from verticalfile.services.taking_in.masked_copies import bring_all_up
from verticalfile.services.visiting.fetching import Fetching


def wanted(archive: Archive, names: Sequence[str]) -> list[ResourceLine]:
    """What is named, or what is due where nothing is; listings stand first.

    Raises NotHeld.
    """
    if not names:
        found = due(archive, archive.index.resources())
    else:
        found = [each for name in names for each in named(archive, name)]
    unique = {each.id: each for each in found}.values()
    return sorted(unique, key=lambda each: not is_listing(each))


def named(archive: Archive, name: str) -> list[ResourceLine]:
    """The files of a dataset; of a source its listing and the files of all its datasets.

    Raises NotHeld.
    """
    lines = SourceLines(archive.index)
    source = lines.called(name)
    found = find_all(archive, name)
    if source is None:
        return found
    return [*found, *(r for r in archive.index.resources() if r.source == source.resource)]


def round_of(
    archive: Archive,
    names: Sequence[str],
    *,
    fetching: Fetching,
    progress: Callable[[int, int], None] = lambda *_: None,
    leave_resting: bool = False,
) -> list[Checked]:
    """Look at what is wanted. What a listing adds meanwhile belongs to the round.

    What is noted waits in a local file and is written to the vault now and then and at the end.
    """
    with notes_waiting(archive):
        return _round(archive, names, fetching, progress, leave_resting)


def _round(
    archive: Archive, names: Sequence[str], fetching: Fetching,
    progress: Callable[[int, int], None], leave_resting: bool,
) -> list[Checked]:  # fmt: skip
    began_at = archive.clock.now()
    end_due(archive)
    follow_up(archive)
    first = wanted(archive, names)
    listings = [each for each in first if is_listing(each)]
    look = partial(collect, archive, fetching=fetching, leave_resting=leave_resting)
    done = look(listings, progress=lambda n: progress(n, len(first)))
    rest = [each for each in wanted(archive, names) if not is_listing(each)]
    whole = len(listings) + len(rest)
    done += look(rest, progress=lambda n: progress(len(listings) + n, whole))
    done += _masked(archive)
    if looked := sum(each.outcome != WAITING for each in done):
        note_run(archive, began_at, looked)
    return done


def _masked(archive: Archive) -> list[Checked]:
    """Make copies of what came of files that are masked."""
    told = []
    for copy, made in bring_all_up(archive).items():
        resource = next(r for r in archive.index.resources() if r.id == copy)
        if made.error is not None:
            told.append(Checked(resource, "failed", made.error.message, made.error))
        if made.copies:
            said = f"{counted(len(made.copies), 'masked version')} made of {resource.location}"
            told.append(Checked(resource, "changed", said))
        told += [
            Checked(
                resource,
                "partial",
                f"no copy of the version first seen {for_people(at, archive.zone)}: {why}",
            )
            for at, why in made.not_made.items()
        ]
    return told


def follow_up(archive: Archive) -> None:
    """Follow what a run that was killed has kept of listings and not followed yet."""
    files = {r.id: r for r in archive.index.resources()}
    for source in SourceLines(archive.index).all():
        if not following.is_followed(archive, files[source.resource], source):
            with archive.writing(source.resource):
                following.follow(archive, files[source.resource])
