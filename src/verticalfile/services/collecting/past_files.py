"""Files that a portal's list names or once named: what a web archive recorded of them is taken in.

One address after another, an index request and then each copy, a second apart. A dataset that is
known from copies of the list alone is added once there is a copy of one of its files; its address
is then looked at monthly, as nothing says that the publisher does not offer it still.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.source_lines import SourceLine, SourceLines
from verticalfile.fetch.errors import Blocked
from verticalfile.services.archive import Archive, short_id
from verticalfile.services.collecting.backfill import Filled
from verticalfile.services.collecting.web_archives import from_wayback
from verticalfile.services.gathering import following
from verticalfile.services.gathering.listed_datasets import NamesTaken, files_for
from verticalfile.services.gathering.recorded import PastMember, past_members
from verticalfile.services.journal_keeping import event, write_journal
from verticalfile.services.known.received import plain_text
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.sources.kind import Offer
from verticalfile.sources.what import SourceKind

EVERY = "monthly"


@dataclass(frozen=True, slots=True)
class PastFiles:
    """How much there is to ask a web archive for."""

    datasets: int  # known from copies of the list alone
    files: int  # of those
    held: int  # files of datasets that are kept
    services: int  # of both, handed over by a service: of them no archive has copies


@dataclass
class FilesFilled:
    """What asking came to."""

    asked: int = 0
    filled: int = 0  # files of which something was kept
    kept: int = 0  # captures
    added: list[str] = field(default_factory=list)  # datasets
    closed: int = 0  # addresses that the archive may not show


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A file to ask for: one that is held, or one of a past member that may be added."""

    address: str
    resource: Callable[[], ResourceLine]


def counted(archive: Archive, source: SourceLine) -> PastFiles:
    """What `fill_files` would ask for."""
    past = past_members(archive, source)
    offers = [o for each in past for o in each.entry.offers if not each.line.dataset]
    held = [r.kind for r in archive.index.resources() if r.source == source.resource]
    kinds = [*(o.kind for o in offers), *held]
    return PastFiles(
        sum(not each.line.dataset for each in past),
        sum(o.kind == SourceKind.URL for o in offers),
        held.count(SourceKind.URL),
        sum(kind != SourceKind.URL for kind in kinds),
    )


def fill_files(
    archive: Archive,
    source: SourceLine,
    *,
    fetching: Fetching,
    since: str = "",
    until: str = "",
    web_archive: str,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> FilesFilled:
    """Ask for every file. Raises Blocked and others of `fetch`; what came before that is kept."""
    done = FilesFilled()
    wanted = list(_wanted(archive, source, done))
    try:
        for number, each in enumerate(wanted):
            progress(number, len(wanted))
            try:
                filled = from_wayback(
                    archive, each.resource, each.address, fetching=fetching, since=since,
                    until=until, web_archive=web_archive, only_where_recorded=True,
                )  # fmt: skip
            except Blocked as error:
                if error.facts.get("passing") is not False:
                    raise
                done.closed += 1  # by its owner or the archive; the others are not
                continue
            finally:
                done.asked += 1
            _count(done, filled)
    finally:
        if done.added:
            _follow_again(archive, source)
    return done


def _count(done: FilesFilled, filled: Filled) -> None:
    done.kept += filled.kept
    done.filled += bool(filled.kept)


def _wanted(archive: Archive, source: SourceLine, done: FilesFilled) -> Iterator[_Wanted]:
    files = [r for r in archive.index.resources() if r.source == source.resource]
    for resource in files:
        if resource.kind == SourceKind.URL:
            yield _Wanted(resource.location, _held(resource))
    names = NamesTaken(archive.index.datasets())
    for past in past_members(archive, source):
        if past.line.dataset:
            continue
        dataset = names.name_for(past.entry.title, source.dataset, past.line.member)
        for name, offer in files_for(dataset, past.entry.offers, ())[0]:
            if offer.kind == SourceKind.URL:
                yield _Wanted(offer.location, _adding(archive, source, past, (dataset, name), offer, done))  # fmt: skip


def _held(resource: ResourceLine) -> Callable[[], ResourceLine]:
    return lambda: resource


def _adding(
    archive: Archive, source: SourceLine, past: PastMember, names: tuple[str, str], offer: Offer,
    done: FilesFilled,
) -> Callable[[], ResourceLine]:  # fmt: skip
    dataset, name = names

    def added() -> ResourceLine:
        resource = short_id("resource", dataset, name)
        write_journal(archive, (), [
            event(
                archive, "added", resource, dataset=dataset,
                title=plain_text(past.entry.title) or dataset, resource=name, kind=offer.kind,
                location=offer.location, branch="", every=EVERY, key=[], role=str(offer.role),
                source=source.resource, member=past.line.member,
            )
        ])  # fmt: skip
        if dataset not in done.added:
            done.added.append(dataset)
        found: Sequence[ResourceLine] = archive.index.resources(dataset)
        return next(r for r in found if r.id == resource)

    return added


def _follow_again(archive: Archive, source: SourceLine) -> None:
    """Let the datasets that were added be told of by the lists that named them."""
    (listing,) = (r for r in archive.index.resources(source.dataset) if r.id == source.resource)
    with archive.writing(source.resource):
        with archive.index.writing():
            SourceLines(archive.index).forget_followed(source.resource)
        following.follow(archive, listing)
