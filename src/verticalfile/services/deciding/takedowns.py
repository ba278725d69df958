"""Asking for something to be taken down, and deciding what was asked: what a person does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from verticalfile.catalog.index import ResourceLine
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import Archive
from verticalfile.services.deciding.withholding import reason_given, withhold, withholding_of
from verticalfile.services.decisions import PERSON
from verticalfile.services.journal_keeping import event, write_journal
from verticalfile.services.known.takedown_requests import (
    KIND,
    NEXT,
    By,
    Ground,
    Request,
    State,
    requests_in,
)
from verticalfile.services.names import NotHeld, find_resource

_PERSONAL = re.compile(r"[\w.+-]+@[\w-]+\.\w")


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
