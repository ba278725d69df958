"""Writing to the journal and bringing the index up to what the journal holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from verticalfile.kernel.moments import from_iso
from verticalfile.services.archive import Archive
from verticalfile.vault.journal import Event, Observation

SOFTWARE = "verticalfile"
"""The agent of events that the software decided itself (PREMIS Agent)."""


def write_journal(
    archive: Archive, observations: Sequence[Observation] = (), events: Sequence[Event] = ()
) -> None:
    """Keep records for good, then show them in the index."""
    if not observations and not events:
        return
    with archive.writing("journal"):
        archive.journal.recover()
        archive.journal.append(observations, events, at=archive.clock.now())
        catch_up(archive)


def catch_up(archive: Archive) -> None:
    """Take into the index what the journal has and the index has not."""
    position = archive.index.journal_position()
    observations, events, reached = archive.journal.since(position)
    if reached == position:
        return
    with archive.index.writing():
        archive.index.put_journal(observations, events, reached)
        for body in observations:
            _show_check(archive, body)
        for body in events:
            if body["kind"] == "added":
                _show_added(archive, body)


def _show_check(archive: Archive, body: dict[str, object]) -> None:
    detail = body.get("detail")
    said = str(detail.get("said", "")) if isinstance(detail, dict) else ""
    archive.index.put_check(
        str(body["resource"]), from_iso(str(body["at"])), str(body["outcome"]), said
    )


def _show_added(archive: Archive, body: dict[str, object]) -> None:
    detail = body["detail"]
    assert isinstance(detail, dict)
    archive.index.put_dataset(detail["dataset"], detail["title"], _at(body))
    archive.index.put_resource(
        str(body["subject"]),
        dataset=detail["dataset"],
        name=detail["resource"],
        kind=detail["kind"],
        location=detail["location"],
        every=detail["every"],
    )


def _at(body: dict[str, object]) -> datetime:
    return from_iso(str(body["at"]))


def event(
    archive: Archive, kind: str, subject: str, /, *, by: str = SOFTWARE, **detail: object
) -> Event:
    """An event of this moment."""
    return Event(kind, archive.clock.now(), by, subject, detail=detail)
