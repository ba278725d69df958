"""Requests to take something down: what was asked, on which ground, and what was decided.

A request is a record with a state and does nothing by itself; above all it destroys nothing. Who
grants one then hides, withdraws or destroys by the ordinary commands, which leave their own records.
Who asked is told by a role: a name or an address is personal and stands in the letter, which is kept
elsewhere (`vf receive`). Folded from the events of a file; for staff alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from verticalfile.kernel.moments import from_iso

KIND = "takedown request"


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
