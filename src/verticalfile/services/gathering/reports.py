"""What a run of collecting found: what changed, what broke, what waits for a person.

A run is one `vf collect` that looked at something, or a day of `vf run`. It is derived from the
observations of its time, so that it can be asked again at any time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from verticalfile.catalog.described import DescribedLines
from verticalfile.catalog.index import ResourceLine
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.moments import from_iso, last_instant, to_iso
from verticalfile.services.archive import Archive
from verticalfile.services.journal_keeping import event, write_journal
from verticalfile.services.known.derive import waiting
from verticalfile.services.names import NotHeld, name_of

RUN_ENDED = "run ended"
SUBJECT = "runs"
BROKEN = ("failed", "partial", "blocked")
NEWS = ("changed", "surprising", "unreadable", "absent", "not listed")


@dataclass(frozen=True, slots=True)
class Run:
    """One `vf collect`: when it began and ended, and how many files it looked at."""

    name: str  # 20261128T060400Z
    began_at: datetime
    ended_at: datetime
    looked: int


@dataclass(frozen=True, slots=True, order=True)
class Told:
    """A file that a report tells of: its `name` as people say it, and the title of its dataset."""

    dataset: str
    file: str
    name: str
    title: str

    @property
    def alone(self) -> bool:
        """Whether its dataset's name is enough."""
        return self.name == self.dataset

    @property
    def whole(self) -> str:
        """The same however many files the dataset has."""
        return f"{self.dataset}/{self.file}"


@dataclass(frozen=True, slots=True)
class Line:
    """One file in a report: its last outcome and what was said of it."""

    file: Told
    outcome: str
    said: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All of a run. `broken` says how to mend; `waiting` are versions that a person must judge."""

    since: datetime
    until: datetime
    looked: int
    outcomes: Mapping[str, int]
    news: tuple[Line, ...]
    broken: tuple[Line, ...]
    waiting: tuple[Told, ...]


def note_run(archive: Archive, began_at: datetime, looked: int) -> None:
    """Write down that a run has ended, so that it can be asked for by its beginning."""
    write_journal(
        archive, (),
        [event(archive, RUN_ENDED, SUBJECT, began=to_iso(began_at), looked=looked)],
    )  # fmt: skip


def runs(archive: Archive) -> list[Run]:
    """All runs that looked at something, newest first."""
    found = []
    for body in archive.index.events([SUBJECT]):
        detail = body["detail"]
        assert isinstance(detail, dict)
        began = from_iso(detail["began"])
        name = began.strftime("%Y%m%dT%H%M%SZ")
        found.append(Run(name, began, from_iso(str(body["at"])), int(detail["looked"])))
    return sorted(found, key=lambda run: run.began_at, reverse=True)


def report(archive: Archive, wanted: str = "") -> Report:
    """The report of a run, of a day, or of the newest run where nothing is wanted.

    Raises NotHeld where nothing was looked at, InputRefused for what is neither.
    """
    known = runs(archive)
    if not wanted:
        if not known:
            raise NotHeld("Nothing was collected yet.", mend="collect with `vf collect`.")
        return report_between(archive, known[0].began_at, known[0].ended_at)
    for run in known:
        if run.name == wanted:
            return report_between(archive, run.began_at, run.ended_at)
    until = last_instant(wanted, zone=archive.zone, now=archive.clock.now())
    if len(wanted) < len("2026-11-28") and wanted not in ("today", "yesterday"):
        raise InputRefused(
            f"“{wanted}” is no run and no day.", mend="see the runs with `vf report --runs`."
        )
    return report_between(archive, until - timedelta(days=1) + timedelta(microseconds=1), until)


def report_between(archive: Archive, since: datetime, until: datetime) -> Report:
    """What the checks between two moments saw; of several checks of a file the last counts."""
    last = {str(o["resource"]): o for o in archive.index.checks_between(since, until)}
    files = {r.id: r for r in archive.index.resources()}
    known = {key: body for key, body in last.items() if key in files}
    outcomes = Counter(str(body["outcome"]) for body in known.values())
    titles = archive.index.datasets() | DescribedLines(archive.index).titles("en")
    told = {key: _told(archive, files[key], titles) for key in known}
    lines = [_line(told[key], body) for key, body in known.items()]
    lines.sort(key=lambda line: line.file)
    waits = [told[key] for key in known if files[key].held and waiting(archive, key)]
    return Report(
        since, until, len(known), dict(outcomes.most_common()), _of(lines, NEWS),
        _of(lines, BROKEN), tuple(sorted(waits)),
    )  # fmt: skip


def _of(lines: Iterable[Line], outcomes: Sequence[str]) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.outcome in outcomes)


def _told(archive: Archive, file: ResourceLine, titles: Mapping[str, str]) -> Told:
    return Told(file.dataset, file.name, name_of(archive, file), titles[file.dataset])


def _line(file: Told, body: Mapping[str, object]) -> Line:
    detail = body.get("detail")
    told = detail if isinstance(detail, dict) else {}
    return Line(file, str(body["outcome"]), str(told.get("said", "")), str(told.get("mend", "")))
