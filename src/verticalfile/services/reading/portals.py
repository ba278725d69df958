"""The portals that are followed, as pages show them: what they list, what became of it, run by run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from verticalfile.catalog.source_lines import MemberLine, SourceLines
from verticalfile.kernel.moments import from_iso
from verticalfile.services.archive import Archive
from verticalfile.services.gathering.recorded import known_from_copies
from verticalfile.services.gathering.reports import Line, Report, Run, Told, report, runs
from verticalfile.services.gathering.sources import Source, source_called, sources
from verticalfile.services.reading.described import Described, described
from verticalfile.services.telling.noticing_listings import looks_told
from verticalfile.sources.registry import kinds

PAGE = 50
NEWEST = 12
"""Looks that found something, told on the page of a portal."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a look at a listing found, in the register's word."""

    what: str  # missing, vanished, returned, re-keyed, doubtful, suspect, unproved, ...
    title: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Look:
    """A look at a listing that found something; entries that are new or changed are counted."""

    at: datetime
    counts: Mapping[str, int]
    findings: tuple[Finding, ...]
    copy: str = ""  # how it is known, where we did not look ourselves


@dataclass(frozen=True, slots=True)
class PortalPage:
    """A portal on its page. `members` is one page of them, by title."""

    source: Source
    label: str
    is_tried: bool
    members: tuple[Listed, ...]
    total: int
    page: int
    pages: int
    state: str  # the state that was asked for, "" for all
    looks: tuple[Look, ...]
    copies: frozenset[str]  # keys of members that are known from copies of its list alone


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of a portal's list, and the dataset that is kept of it, if it is."""

    member: MemberLine
    dataset: Described | None


@dataclass(frozen=True, slots=True)
class RunLine:
    """A file of a report, with its dataset in words; `outcome` is "" for one that waits."""

    dataset: Described
    file: Told
    outcome: str


@dataclass(frozen=True, slots=True)
class RunPage:
    """What a run found, and the newest runs."""

    report: Report
    news: tuple[RunLine, ...]
    broken: tuple[RunLine, ...]
    waiting: tuple[RunLine, ...]
    runs: tuple[Run, ...]


def portals(archive: Archive) -> tuple[tuple[Source, str], ...]:
    """Every portal with the label of its kind, by name."""
    return tuple((each, label_of(each.line.kind)) for each in sources(archive))


def label_of(kind: str) -> str:
    """What a kind of publisher is called."""
    found = kinds().get(kind)
    return found.label if found else kind


def portal(archive: Archive, name: str, *, page: int = 1, state: str = "") -> PortalPage:
    """One portal; raises NotHeld."""
    line = source_called(archive, name)
    source = next(each for each in sources(archive) if each.line.dataset == line.dataset)
    lines = SourceLines(archive.index)
    members = [m for m in lines.members(line.resource) if state in ("", m.state)]
    pages = max(1, -(-len(members) // PAGE))
    page = min(max(1, page), pages)
    kind = kinds().get(line.kind)
    told = looks_told(archive.index.events([line.resource]))
    copies = (
        known_from_copies(archive, line) if any("copy" in each for each in told) else frozenset()
    )
    return PortalPage(
        source, label_of(line.kind), kind.is_tried if kind else True,
        tuple(_listed(archive, m) for m in members[(page - 1) * PAGE : page * PAGE]), len(members), page, pages, state,
        _looks(told, {m.member: m.title for m in lines.members(line.resource)}), copies,
    )  # fmt: skip


def _listed(archive: Archive, member: MemberLine) -> Listed:
    return Listed(member, described(archive, member.dataset) if member.dataset else None)


def _looks(
    looks: Sequence[Mapping[str, object]], titles: Mapping[str, str]
) -> tuple[Look, ...]:  # fmt: skip
    found = []
    for told in looks[-NEWEST:]:
        counts, listed = told["counts"], told.get("found", [])
        assert isinstance(counts, dict)
        assert isinstance(listed, list)
        found.append(
            Look(
                from_iso(str(told["at"])), {k: int(n) for k, n in counts.items()},
                tuple(_finding(each, titles) for each in listed), str(told.get("copy", "")),
            )
        )  # fmt: skip
    return tuple(reversed(found))


def _finding(told: Mapping[str, object], titles: Mapping[str, str]) -> Finding:
    return Finding(str(told["what"]), titles.get(str(told.get("key", "")), ""), told)


def run_page(archive: Archive, wanted: str) -> RunPage:
    """The report of a run or a day, and the newest runs; raises NotHeld, InputRefused."""
    found = report(archive, wanted)

    def lines(told: Iterable[Line]) -> tuple[RunLine, ...]:
        return tuple(RunLine(described(archive, n.file.dataset), n.file, n.outcome) for n in told)

    waiting = (RunLine(described(archive, file.dataset), file, "") for file in found.waiting)
    return RunPage(
        found, lines(found.news), lines(found.broken), tuple(waiting), tuple(runs(archive)[:NEWEST])
    )
