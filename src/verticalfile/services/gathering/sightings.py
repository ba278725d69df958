"""What was seen of a portal's listing, check by check, and what people decided of it: in time's order."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.source_lines import SourceLine, SourceLines
from verticalfile.catalog.versions import Version
from verticalfile.kernel.moments import from_iso
from verticalfile.services.archive import Archive
from verticalfile.services.known import derive
from verticalfile.sources.membership import (
    Accept,
    Decision,
    Different,
    Members,
    Outcome,
    Same,
    Undo,
    pack,
    seen_again,
    unpacked,
)
from verticalfile.vault.capture import Capture

ACCEPTED, SAME, DIFFERENT, PARTED = (
    "listing accepted", "members joined", "members told apart", "join undone"
)  # fmt: skip
"""Kinds of events in which a person decides about the members of a source."""
FAILURES = {"blocked": Outcome.BLOCKED, "closed": Outcome.CLOSED}
OWN_VISIT = "own visit"
LOOKED = ("unchanged", "failed", "partial", "blocked", "closed", "absent")


@dataclass(frozen=True, slots=True)
class Sighting:
    """One look at a listing. `version` is what was there, None where the look failed."""

    moment: datetime
    version: Version | None
    outcome: Outcome = Outcome.LISTED
    reason: str = ""
    proved: bool = False
    declared: int | None = None
    copy: str = ""  # how it is known, where we did not look ourselves
    closed: tuple[str, ...] = ()  # places that could not be looked into


def sightings_of(archive: Archive, resource: ResourceLine) -> list[Sighting | Decision]:
    """Every look at a listing and every decision about its members, earliest first."""
    captures = {c.id: c for c in derive.held(archive, resource.id)}
    versions = {c: v for v in archive.index.versions(resource.id) for c in v.captures}
    found: list[tuple[datetime, int, Sighting | Decision]] = [
        (at, 0, _seen(at, c, versions.get(c.id), _copy_of(c)))
        for c in captures.values()
        for at in _moments_of(c)
    ]
    for body in archive.index.observations(resource.id):
        if body["outcome"] not in LOOKED:
            continue
        noted_at = from_iso(str(body["at"]))
        at, capture = (
            from_iso(str(body.get("seen_at", body["at"]))),
            captures.get(str(body.get("capture", ""))),
        )
        if body["outcome"] == "unchanged" and capture is not None:
            found.append((at, 1, _seen(at, capture, versions.get(capture.id))))
        elif body["outcome"] != "unchanged":
            outcome = FAILURES.get(str(body["outcome"]), Outcome.FAILED)
            copy = "" if at == noted_at else "a copy of then"
            found.append((at, 1, Sighting(at, None, outcome, _said(body), copy=copy)))
    for event in archive.index.events([resource.id]):
        decision = decision_in(event)
        if decision is not None:
            found.append((decision.moment, 2, decision))
    return [each for _, _, each in sorted(found, key=lambda row: row[:2])]


def decision_in(event: Mapping[str, object]) -> Decision | None:
    """What a person decided in an event; None for other events."""
    moment, who = from_iso(str(event["at"])), str(event["agent"])
    detail = event["detail"]
    assert isinstance(detail, dict)
    match event["kind"]:
        case "listing accepted":
            return Accept(moment, who)
        case "members joined":
            return Same(moment, who, detail["newer"], detail["older"])
        case "members told apart":
            return Different(moment, who, detail["newer"], detail["older"])
        case "join undone":
            return Undo(moment, who, detail["key"], detail["identifier"])
    return None


def _moments_of(capture: Capture) -> tuple[datetime, ...]:
    """When it was seen: of a copy also the last time that others found the same."""
    first, last = capture.taken.seen_at, capture.taken.exchange.get("last_seen")
    return (first, from_iso(str(last))) if last else (first,)


def _copy_of(capture: Capture) -> str:
    how = capture.taken.seen_how
    return "" if how == OWN_VISIT else how


def _seen(
    moment: datetime, capture: Capture, version: Version | None, copy: str = ""
) -> Sighting:  # fmt: skip
    told = capture.taken.completeness
    if version is None or not version.readable or version.destroyed:
        reason = version.reason if version else "the listing is no longer held"
        return Sighting(moment, None, Outcome.FAILED, reason.replace("_", " "), copy=copy)
    expected, closed = told.get("expected"), told.get("closed")
    return Sighting(
        moment, version, Outcome.LISTED, str(told.get("why_not", "")), bool(told.get("proved")),
        expected if isinstance(expected, int) else None, copy,
        tuple(str(each) for each in closed) if isinstance(closed, list) else (),
    )  # fmt: skip


def _said(body: Mapping[str, object]) -> str:
    detail = body.get("detail")
    return str(detail.get("said", "")) if isinstance(detail, dict) else ""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a listing was followed, and by what."""

    count: int = 0
    moments: str = ""  # a digest of the moments of all of these
    rules: str = (
        ""  # digest of what decided what is taken; "" where all entries must be gone through
    )
    original: str = ""  # of the listing that the members stand for; "" where they lack some of it
    entries: int = 0  # of that listing
    calm: bool = False  # the same listing again says nothing new of any member
    again: str = ""  # until when it was seen again, where the kept members do not know it yet

    def told(self) -> str:
        """As the index holds it."""
        return json.dumps(asdict(self))


def mark_in(text: str) -> Mark:
    """The inverse of `Mark.told`."""
    if text.startswith("{"):
        return Mark(**json.loads(text))
    count, _, moment = text.partition("|")  # as it was written before: none knows these moments
    return Mark(int(count or 0), moment)


def members_of(archive: Archive, source: SourceLine) -> Members:
    """The datasets of a portal as its listing was followed to the last look."""
    members = unpacked(held) if (held := _packed(archive, source)) else Members()
    again = mark_in(source.followed).again
    return seen_again(members, datetime.fromisoformat(again)) if again else members


def _packed(archive: Archive, source: SourceLine) -> bytes | str:
    return SourceLines(archive.index).packed_members(source.resource)


def put_followed(archive: Archive, resource: str, mark: Mark, members: Members | None) -> None:
    """Write down how far a listing was followed, and its members where they are others now."""
    lines = SourceLines(archive.index)
    if members is None:
        with archive.index.writing():
            lines.put_followed(resource, mark.told())
        return
    with tempfile.TemporaryFile(dir=archive.scratch) as file:
        pack(members, file)
        with archive.index.writing():
            lines.put_members_followed(resource, mark.told(), file)


def marked(mark: Mark, inputs: Sequence[Sighting | Decision]) -> Mark:
    """The mark once all of these are followed."""
    return replace(mark, count=len(inputs), moments=_digest(inputs))


def place_in(inputs: Sequence[Sighting | Decision], mark: Mark) -> int:
    """How many of these were followed already: all up to the mark, or none where the past is
    another than it was then."""
    number = mark.count
    known = 0 < number <= len(inputs) and _digest(inputs[:number]) == mark.moments
    return number if known else 0


def _digest(inputs: Sequence[Sighting | Decision]) -> str:
    moments = (f"{each.moment.isoformat()} {type(each).__name__}" for each in inputs)
    return hashlib.sha256("\n".join(moments).encode()).hexdigest()[:20]
