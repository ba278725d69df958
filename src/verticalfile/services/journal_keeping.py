"""Writing to the journal and bringing the index up to what the journal holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from verticalfile.catalog.described import DescribedLines
from verticalfile.catalog.quiet_lines import QuietLines
from verticalfile.catalog.source_lines import SourceLine, SourceLines
from verticalfile.kernel.moments import from_iso
from verticalfile.services.archive import Archive
from verticalfile.services.finding import documents
from verticalfile.services.known.listings import LISTING_KIND
from verticalfile.services.known.statements import title_from
from verticalfile.vault.notes.journal import WAITS, Event, Observation
from verticalfile.vault.notes.waiting import Stamp

SOFTWARE = "verticalfile"
"""The agent of events that the software decided itself (PREMIS Agent)."""

WAITS_FOR = timedelta(hours=1)
"""So long may notes of a program that looks often wait for one another."""
WAIT_TOGETHER = 1_000
"""So many at most: whoever reads the archive meanwhile reads them all."""


def write_journal(
    archive: Archive, observations: Sequence[Observation] = (), events: Sequence[Event] = ()
) -> None:
    """Keep records for good, then show them in the index.

    Where `archive.notes_wait`, they are kept in the file of what waits until an hour has passed.
    """
    if not observations and not events:
        return
    with archive.writing("journal"):
        _write(archive, observations, events)


def _write(
    archive: Archive, observations: Sequence[Observation], events: Sequence[Event] = ()
) -> None:
    archive.journal.recover()
    now = archive.clock.now()
    if archive.notes_wait and not _have_waited(archive, now):
        archive.journal.wait(observations, events, at=now)
    else:
        archive.journal.append(observations, events, at=now)
    catch_up(archive)


@contextmanager
def notes_waiting(archive: Archive) -> Iterator[None]:
    """Let notes wait for one another, and write them at the end, also where an error ends it."""
    before, archive.notes_wait = archive.notes_wait, True
    try:
        yield
    finally:
        archive.notes_wait = before
        if not before:
            write_what_waits(archive)


@dataclass
class SeenAgain:
    """Notes of one run that newest versions were found again: a line and a few statements each.

    Where anybody else has written since the last, a note goes the long way, by which the index
    takes all that is new.
    """

    archive: Archive
    _stamp: Stamp | None = None
    _since: datetime | None = None
    _count: int = 0

    def note(self, seen: Observation, version: int) -> None:
        """Note it for good and show it; the caller holds the lock of the file."""
        archive = self.archive
        with archive.writing("journal"):
            if self._may_be_short(archive.clock.now()):
                self._short(seen, version)
            else:
                _write(archive, [seen])
                with archive.index.writing():
                    QuietLines(archive.index).put_last_seen(seen.resource, version, seen.at)
                lines = archive.journal.waiting.lines()
                self._count, self._since = len(lines), lines[0].since if lines else None
            self._stamp = archive.journal.waiting.stamp()

    def _may_be_short(self, now: datetime) -> bool:
        """Whether the index is level with what waits, and more may wait."""
        level = self._stamp is not None and self._stamp == self.archive.journal.waiting.stamp()
        soon = self._since is not None and timedelta(0) <= now - self._since < WAITS_FOR
        return level and soon and self._count < WAIT_TOGETHER and self.archive.notes_wait

    def _short(self, seen: Observation, version: int) -> None:
        archive = self.archive
        body = archive.journal.waiting.add_one("observations", seen.to_body(), at=seen.at)
        self._count += 1
        with archive.index.writing():
            QuietLines(archive.index).put_waiting(
                body, f"{WAITS}{body['id']}", str(seen.detail["said"])
            )
            QuietLines(archive.index).put_last_seen(seen.resource, version, seen.at)


def write_what_waits(archive: Archive, *, all_of_it: bool = True) -> None:
    """Write waiting notes to the vault: all of them, or only where an hour has passed."""
    if not archive.journal.waiting.path.exists():
        return
    if not (all_of_it or _have_waited(archive, archive.clock.now())):
        return
    with archive.writing("journal"):
        archive.journal.recover()
        archive.journal.append(at=archive.clock.now())
        catch_up(archive)


def _have_waited(archive: Archive, now: datetime) -> bool:
    """Whether the oldest note has waited for an hour, or many wait; a clock that went back makes
    them all old."""
    lines = archive.journal.waiting.lines()
    old = any(not timedelta(0) <= now - line.since < WAITS_FOR for line in lines[:1])
    return old or len(lines) >= WAIT_TOGETHER


def catch_up(archive: Archive) -> None:
    """Take into the index what the journal has and the index has not."""
    if not archive.journal.is_ahead(archive.index.journal_position()):
        return
    with archive.index.writing():
        # asked again in here: another process may just have taken the same
        position = archive.index.journal_position()
        observations, events, reached = archive.journal.since(position)
        if reached == position:
            return
        archive.index.put_journal(observations, events, reached)
        concerned = {name for body in events for name in _show_event(archive, body)}
        for body in observations:  # of files that the events have made
            show_check(archive, body)
        documents.refresh(archive, concerned)


def show_check(archive: Archive, body: Mapping[str, object]) -> None:
    """Show in lists what the last look saw."""
    if body.get("seen_at", body["at"]) != body["at"]:
        return  # what a back-fill learned of the past is no look at the source of today
    detail = body.get("detail")
    said = str(detail.get("said", "")) if isinstance(detail, dict) else ""
    archive.index.put_check(
        str(body["resource"]), from_iso(str(body["at"])), str(body["outcome"]), said
    )


def _show_event(archive: Archive, body: dict[str, object]) -> tuple[str, ...]:
    """Show what an event did to lists, descriptions and shelves; returns the datasets concerned."""
    detail = body["detail"]
    assert isinstance(detail, dict)
    lines = DescribedLines(archive.index)
    match body["kind"]:
        case "added":
            _show_added(archive, body, detail)
            return (detail["dataset"],)
        case "moved":
            archive.index.put_location(str(body["subject"]), detail["kind"], detail["location"])
            return ()
        case "interval set":
            archive.index.put_every(str(body["subject"]), detail["every"])
            return ()
        case "described":
            for said in detail["said"]:
                lines.put_said(
                    detail["dataset"], said["field"], said["language"], said["values"], _at(body)
                )
            return (detail["dataset"],)
        case "rights judged":
            return (detail["dataset"],)
        case "shelf made":
            lines.put_shelf(
                detail["shelf"], detail["kind"], detail["title"], detail["title_es"], _at(body)
            )
            return _on(lines, detail["shelf"])
        case "shelf removed":
            stood = _on(lines, detail["shelf"])
            lines.remove_shelf(detail["shelf"])
            return stood
        case "shelved":
            lines.put_on(detail["shelf"], detail["dataset"], _at(body))
            return (detail["dataset"],)
        case "unshelved":
            lines.take_off(detail["shelf"], detail["dataset"])
            return (detail["dataset"],)
        case _:
            return ()


def _on(lines: DescribedLines, shelf: str) -> tuple[str, ...]:
    return next((each.datasets for each in lines.shelves() if each.name == shelf), ())


def _show_added(archive: Archive, body: dict[str, object], detail: dict[str, str]) -> None:
    name, title = detail["dataset"], detail["title"]
    lines = DescribedLines(archive.index)
    archive.index.put_dataset(name, title, _at(body))
    said = [s.value for s in lines.statements(name) if (s.field, s.language) == ("title", "en")]
    if body["agent"] == "person" and title not in (title_from(name), *said):
        lines.put_said(name, "title", "en", [title], _at(body))
    archive.index.put_resource(
        str(body["subject"]),
        dataset=name,
        name=detail["resource"],
        kind=detail["kind"],
        location=detail["location"],
        every=detail["every"],
        role=detail.get("role", "data"),
        source=detail.get("source", ""),
        member=detail.get("member", ""),
    )
    if detail["kind"].startswith(LISTING_KIND):
        selection: object = detail.get("selection", {})
        line = SourceLine(
            str(body["subject"]), name, detail["kind"].removeprefix(LISTING_KIND),
            detail["location"], selection if isinstance(selection, dict) else {},
        )  # fmt: skip
        SourceLines(archive.index).put(line)


def _at(body: dict[str, object]) -> datetime:
    return from_iso(str(body["at"]))


def event(
    archive: Archive, kind: str, subject: str, /, *, by: str = SOFTWARE, **detail: object
) -> Event:
    """An event of this moment."""
    return Event(kind, archive.clock.now(), by, subject, detail=detail)
