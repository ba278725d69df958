"""Requests to take something down: what was asked, on which ground, and what was decided.

A request is a record with a state and does nothing by itself; above all it destroys nothing. Who
grants one then hides, withdraws or destroys by the ordinary commands, which leave their own records.
Who asked is told by a role: a name or an address is personal and stands in the letter, which is kept
elsewhere (`vf receive`). Folded from the events of a file; for staff alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from verticalfile.catalog.index import ResourceLine
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.moments import from_iso
from verticalfile.services.archive import Archive
from verticalfile.services.deciding.withholding import reason_given, withhold, withholding_of
from verticalfile.services.decisions import PERSON
from verticalfile.services.journal_keeping import event, write_journal
from verticalfile.services.names import NotHeld, find_resource

KIND = "takedown request"
_PERSONAL = re.compile(r"[\w.+-]+@[\w-]+\.\w")


class Ground(StrEnum):
    """Why it is asked."""

    COPYRIGHT = "copyright"
    PRIVACY = "privacy"
    SAFETY = "safety"
    COURT_ORDER = "court-order"
    CULTURAL = "cultural"
    ERROR = "error-by-publisher"


class By(StrEnum):
    """Who asks, by role; no name."""

    CONCERNED = "person-concerned"
    RIGHTS_HOLDER = "rights-holder"
    PUBLISHER = "publisher"
    COURT = "court"
    COMMUNITY = "community"
    STAFF = "staff"
    OTHER = "other"


class State(StrEnum):
    """How it stands with a request."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    APPEALED = "appealed"


NEXT = {
    State.OPEN: (State.GRANTED, State.REFUSED),
    State.GRANTED: (State.APPEALED,),
    State.REFUSED: (State.APPEALED,),
    State.APPEALED: (State.GRANTED, State.REFUSED),
}
"""What may follow what; a decision is replaced by an appeal and a new decision alone."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a request: when it came into a state, why, and on whose authority."""

    state: State
    at: datetime
    reason: str
    authority: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """A request and all its steps."""

    number: int  # of its file, from 1
    ground: Ground
    by: By
    part: str  # what is to go, in words
    answer_by: date | None
    steps: tuple[Step, ...]

    @property
    def state(self) -> State:
        return self.steps[-1].state

    @property
    def is_decided(self) -> bool:
        return self.state in (State.GRANTED, State.REFUSED)


def requests_in(events: Iterable[Mapping[str, object]]) -> list[Request]:
    """The requests about one file, as they came."""
    found: dict[int, Request] = {}
    for body in events:
        detail = body.get("detail")
        if body["kind"] != KIND or not isinstance(detail, dict):
            continue
        number, state = int(detail["number"]), State(str(detail["state"]))
        step = Step(
            state, from_iso(str(body["at"])), str(detail.get("reason", "")),
            str(detail.get("authority", "")),
        )  # fmt: skip
        if number in found:
            found[number] = replace(found[number], steps=(*found[number].steps, step))
            continue
        until = str(detail.get("answer_by", ""))
        found[number] = Request(
            number, Ground(str(detail["ground"])), By(str(detail["who"])), str(detail["part"]),
            date.fromisoformat(until) if until else None, (step,),
        )  # fmt: skip
    return list(found.values())


def requests_of(archive: Archive, name: str) -> list[Request]:
    """The requests about a file. Raises NotHeld."""
    return requests_in(archive.index.events([find_resource(archive, name).id]))


def all_requests(archive: Archive) -> list[tuple[ResourceLine, Request]]:
    """Every request, those first that wait for a decision."""
    named = {str(body["subject"]) for body in archive.index.events_of_kind(KIND)}
    found = [
        (resource, request)
        for resource in archive.index.resources()
        if resource.id in named
        for request in requests_in(archive.index.events([resource.id]))
    ]
    return sorted(found, key=lambda pair: (pair[1].is_decided, pair[1].steps[0].at))


def ask(
    archive: Archive, name: str, *, ground: Ground, by: By, part: str, reason: str,
    answer_by: date | None = None, hide: bool = False,
) -> Request:  # fmt: skip
    """Record a request; with `hide` the whole file is withheld until somebody decides.

    Raises NotHeld, InputRefused.
    """
    resource = find_resource(archive, name)
    part, reason = _plain(part, "part"), _plain(reason, "reason")
    number = len(requests_of(archive, name)) + 1
    whole = f"{resource.dataset}/{resource.name}"
    if hide and not withholding_of(archive, resource.id).stands:
        # first out of sight: a crash then leaves too little shown, not too much
        withhold(
            archive, whole, reason=f"takedown request {number}", personal=ground is Ground.PRIVACY
        )
    told: dict[str, object] = {
        "number": number, "state": State.OPEN, "ground": ground, "who": by, "part": part,
        "reason": reason, "answer_by": answer_by.isoformat() if answer_by else "",
    }  # fmt: skip
    _note(archive, resource, told)
    return requests_of(archive, whole)[number - 1]


def decide(
    archive: Archive, name: str, number: int, state: State, *, reason: str, authority: str = ""
) -> Request:
    """Move a request on: granted or refused by an authority, or appealed. Nothing is taken down or
    shown by it. Raises NotHeld, InputRefused."""
    resource = find_resource(archive, name)
    known = requests_of(archive, name)
    if not 1 <= number <= len(known):
        raise NotHeld(
            f"There is no request {number} about {name}.", mend=f"see them: vf takedown {name}."
        )
    held = known[number - 1]
    if state not in NEXT[held.state]:
        may = " or ".join(NEXT[held.state])
        raise InputRefused(
            f"Request {number} is {held.state} and cannot become {state}.", mend=f"it may be {may}."
        )
    reason, authority = _plain(reason, "reason"), " ".join(authority.split())
    if state is not State.APPEALED and not authority:
        raise InputRefused(
            "A decision needs an authority.", mend="say who decided with --authority."
        )
    _note(
        archive, resource,
        {"number": number, "state": state, "reason": reason, "authority": authority},
    )  # fmt: skip
    return requests_of(archive, name)[number - 1]


def _plain(text: str, what: str) -> str:
    """Words of a request; an e-mail address would stay in the journal for good."""
    text = reason_given(text)
    if _PERSONAL.search(text):
        raise InputRefused(
            f"The {what} has an e-mail address.",
            mend="leave it out; keep the letter with vf receive, which withholds it.",
        )
    return text


def _note(archive: Archive, resource: ResourceLine, told: Mapping[str, object]) -> None:
    detail = {name: str(value) if name != "number" else value for name, value in told.items()}
    detail = {name: value for name, value in detail.items() if value != ""}
    write_journal(archive, (), [event(archive, KIND, resource.id, by=PERSON, **detail)])
