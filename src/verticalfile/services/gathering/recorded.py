"""Copies that others made of a portal's list: as lists with their proof of completeness, and what
is known from them alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.source_lines import MemberLine, SourceLine, SourceLines
from verticalfile.fetch.errors import AnswerRefused
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.originals import OnDisk, Original, chunks_of, in_file
from verticalfile.services.archive import Archive
from verticalfile.services.gathering.sightings import members_of
from verticalfile.services.known.listings import LISTING_KIND
from verticalfile.services.known.selection import selection_from
from verticalfile.sources.errors import BadRecord
from verticalfile.sources.kind import Entry, InPages, OneAnswer, PublisherKind, Taken
from verticalfile.sources.membership import Members, State
from verticalfile.sources.past.lists_in_pages import Answer, one_answer
from verticalfile.sources.registry import kind_called
from verticalfile.sources.state import Offered


class CopiesOfLists:
    """Copies of answers as the lists that we would have kept of them.

    What is no list is passed over, as a visit of ours keeps none: a table of another kind among the
    versions of a list would make those after it unreadable.
    """

    def __init__(
        self, resource: ResourceLine, offers: Iterable[Offered], scratch: Path
    ) -> None:  # fmt: skip
        """Raises InputRefused for a kind that reads no copies of its answers."""
        kind = kind_of_list(resource)
        self._readers: list[Callable[[Answer, str, Path], Taken]] = []
        if isinstance(kind, OneAnswer):
            self._readers.append(partial(_of_one_answer, kind))
        if isinstance(kind, InPages):
            self._readers += [partial(one_answer, form) for form in kind.in_pages]
        if not self._readers:
            raise InputRefused(
                f"A list of the kind {kind.label} comes in several answers, and how copies of them"
                " make a list is not known.",
                mend="add the address as a file of its own and fill that.",
            )
        self._location, self._offers, self._scratch = resource.location, offers, scratch
        self.passed_over = 0

    def __iter__(self) -> Iterator[Offered]:
        for number, offered in enumerate(self._offers):
            if offered.body is None:
                yield offered
                continue
            folder = self._scratch / f"list-{number}"
            folder.mkdir()
            try:
                yield self._as_list(offered, offered.body, folder)
            except AnswerRefused:
                self.passed_over += 1

    def _as_list(self, offered: Offered, body: Original, folder: Path) -> Offered:
        path = body.path if isinstance(body, OnDisk) else None
        if path is None:
            path = folder / "answer"
            with open(path, "xb") as out:
                for chunk in chunks_of(body):
                    out.write(chunk)
        taken = self._read(Answer(path, media_type=offered.media_type), folder)
        told = {**offered.completeness, **taken.completeness.told()}
        if taken.path == path:
            return replace(offered, completeness=told)
        made = in_file(taken.path, taken.sha256)
        return replace(offered, body=made, media_type=taken.media_type, completeness=told)

    def _read(self, answer: Answer, folder: Path) -> Taken:
        """By the first way that knows it. Raises AnswerRefused."""
        refused: AnswerRefused | None = None
        for read in self._readers:
            try:
                return read(answer, self._location, folder)
            except AnswerRefused as error:
                refused = error
        assert refused is not None
        raise refused


def kind_of_list(resource: ResourceLine) -> PublisherKind:
    """The kind whose list a file is."""
    return kind_called(resource.kind.removeprefix(LISTING_KIND))


def _of_one_answer(kind: OneAnswer, answer: Answer, location: str, into: Path) -> Taken:
    return kind.of_one_answer(answer.path, location, into)


@dataclass(frozen=True, slots=True)
class PastMember:
    """A dataset that a portal once listed, known from copies of its list alone."""

    line: MemberLine
    entry: Entry


_COPIES: dict[tuple[str, str], tuple[str, frozenset[str]]] = {}


def known_from_copies(archive: Archive, source: SourceLine) -> frozenset[str]:
    """Keys of a portal's members that we never saw listed ourselves: the page of a portal asks at
    every view, and they are others only once its listing was followed further."""
    place = (str(archive.root), source.resource)
    if place not in _COPIES or _COPIES[place][0] != source.followed:
        _COPIES[place] = (source.followed, copies_alone(members_of(archive, source)))
    return _COPIES[place][1]


def copies_alone(members: Members) -> frozenset[str]:
    """Keys of members that we never saw listed ourselves."""
    return frozenset(
        m.key for m in members.by_key.values()
        if m.seen_by_us is None and m.state is not State.JOINED
    )  # fmt: skip


def past_members(archive: Archive, source: SourceLine) -> list[PastMember]:
    """Those of them that the selection takes, by title."""
    keys = known_from_copies(archive, source)
    kind, selection = kind_called(source.kind), selection_from(source.selection)
    found = []
    for line in SourceLines(archive.index).members(source.resource) if keys else ():
        entry = _entry(kind, line.record, source.location) if line.member in keys else None
        if entry is not None and selection.takes(entry):
            found.append(PastMember(line, entry))
    return found


def _entry(kind: PublisherKind, record: Mapping[str, object], location: str) -> Entry | None:
    try:
        return kind.entry(record, location)
    except BadRecord:
        return None
