"""What was seen of a portal's listing, check by check, and what people decided of it: in time's order."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.source_lines import SourceLine
from verticalfile.catalog.versions import Version
from verticalfile.kernel.moments import from_iso
from verticalfile.services import derive
from verticalfile.services.archive import Archive
from verticalfile.sources.membership import (
    Accept,
    Decision,
    Different,
    Members,
    Outcome,
    Same,
    Undo,
    seen_again,
    unpacked,
)
from verticalfile.vault.capture import Capture

ACCEPTED, SAME, DIFFERENT, PARTED = (
    "listing accepted", "members joined", "members told apart", "join undone"
)  # fmt: skip
"""Kinds of events in which a person decides about the members of a source."""
FAILURES = {"blocked": Outcome.BLOCKED, "closed": Outcome.CLOSED}
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


def sightings_of(archive: Archive, resource: ResourceLine) -> list[Sighting | Decision]:
    """Every look at a listing and every decision about its members, earliest first."""
    captures = {c.id: c for c in derive.held(archive, resource.id)}
    versions = {c: v for v in archive.index.versions(resource.id) for c in v.captures}
    found: list[tuple[datetime, int, Sighting | Decision]] = [
        (c.taken.seen_at, 0, _seen(c.taken.seen_at, c, versions.get(c.id)))
        for c in captures.values()
    ]
    for body in archive.index.observations(resource.id):
        if body["outcome"] not in LOOKED:
            continue
        at, capture = from_iso(str(body["at"])), captures.get(str(body.get("capture", "")))
        if body["outcome"] == "unchanged" and capture is not None:
            found.append((at, 1, _seen(at, capture, versions.get(capture.id))))
        elif body["outcome"] != "unchanged":
            outcome = FAILURES.get(str(body["outcome"]), Outcome.FAILED)
            found.append((at, 1, Sighting(at, None, outcome, _said(body))))
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


def _seen(moment: datetime, capture: Capture, version: Version | None) -> Sighting:
    told = capture.taken.completeness
    if version is None or not version.readable or version.destroyed:
        reason = version.reason if version else "the listing is no longer held"
        return Sighting(moment, None, Outcome.FAILED, reason.replace("_", " "))
    expected = told.get("expected")
    return Sighting(
        moment, version, Outcome.LISTED, str(told.get("why_not", "")), bool(told.get("proved")),
        expected if isinstance(expected, int) else None,
    )  # fmt: skip


def _said(body: Mapping[str, object]) -> str:
    detail = body.get("detail")
    return str(detail.get("said", "")) if isinstance(detail, dict) else ""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a listing was followed, and by what."""

    count: int = 0
    moment: str = ""
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
    count, _, moment = text.partition("|")  # as it was written before
    return Mark(int(count or 0), moment)


def members_of(source: SourceLine) -> Members:
    """The datasets of a portal as its listing was followed to the last look."""
    members = unpacked(source.members) if source.members else Members()
    again = mark_in(source.followed).again
    return seen_again(members, datetime.fromisoformat(again)) if again else members


def place_in(inputs: Sequence[Sighting | Decision], mark: Mark) -> int:
    """How many of these were followed already: all up to the mark, or none where the past is
    another than it was then."""
    number = mark.count
    known = 0 < number <= len(inputs) and inputs[number - 1].moment.isoformat() == mark.moment
    return number if known else 0
