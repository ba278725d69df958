"""The state of the fold as plain JSON, and back: what comes out is equal to what went in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from types import MappingProxyType
from typing import Any

from verticalfile.kernel.moments import from_iso, to_iso
from verticalfile.sources.identity import Entry, Evidence
from verticalfile.sources.membership.members import (
    Accepted,
    Gap,
    How,
    Member,
    Members,
    Name,
    Outcome,
    State,
    Suspicion,
    Trouble,
    Unsteady,
    Why,
)

FORMAT = 1


def dump(members: Members) -> dict[str, object]:
    """Plain JSON of all that is known; members keep their order."""
    return {
        "format": FORMAT,
        "members": [_dump_member(member) for member in members.by_key.values()],
        "accepted": _plain(members.accepted),
        "suspicion": _plain(members.suspicion),
        "trouble": _plain(members.trouble),
        "unsteady": _plain(members.unsteady),
        "apart": sorted(list(pair) for pair in members.apart),
    }


def load(text: Mapping[str, Any]) -> Members:
    """The inverse of `dump`."""
    members = [_load_member(each) for each in text["members"]]
    accepted, suspicion, trouble = text["accepted"], text["suspicion"], text["trouble"]
    return Members(
        MappingProxyType({member.key: member for member in members}),
        Accepted(**_moments(accepted, "moment")) if accepted else None,
        _load_suspicion(suspicion) if suspicion else None,
        Trouble(**_moments(trouble, "since") | {"outcome": Outcome(trouble["outcome"])})
        if trouble
        else None,
        Unsteady(**_moments(text["unsteady"], "moment")) if text["unsteady"] else None,
        frozenset((older, newer) for older, newer in text["apart"]),
    )


def _dump_member(member: Member) -> dict[str, object]:
    plain: dict[str, object] = {
        "key": member.key,
        "entry": _dump_entry(member.entry),
        "names": [
            # the last entry under the present identifier is the member's own, told once
            {
                "entry": _dump_entry(name.entry),
                "since": to_iso(name.since),
                "until": to_iso(name.until) if name.until else None,
                "how": name.how.value,
            }
            for name in member.names
        ],
        "first_seen": to_iso(member.first_seen),
        "last_seen": to_iso(member.last_seen),
    }
    if member.state is not State.PRESENT:
        plain["state"] = member.state.value
    if member.since:
        plain["since"] = to_iso(member.since)
    if member.gaps:
        plain["gaps"] = [_plain(gap) for gap in member.gaps]
    for name in ("absences", "doubts", "continues"):
        if value := getattr(member, name):
            plain[name] = list(value) if isinstance(value, tuple) else value
    return plain


def _load_member(text: Mapping[str, Any]) -> Member:
    return Member(
        text["key"],
        _load_entry(text["entry"]),
        tuple(
            Name(
                _load_entry(name["entry"]),
                from_iso(name["since"]),
                from_iso(name["until"]) if name["until"] else None,
                How(name["how"]),
            )
            for name in text["names"]
        ),
        from_iso(text["first_seen"]),
        from_iso(text["last_seen"]),
        State(text.get("state", State.PRESENT)),
        from_iso(text["since"]) if "since" in text else None,
        text.get("absences", 0),
        tuple(Gap(**_moments(gap, "since", "until")) for gap in text.get("gaps", ())),
        tuple(text.get("doubts", ())),
        text.get("continues", ""),
    )


def _dump_entry(entry: Entry) -> dict[str, object]:
    evidence = {
        each.name: value
        for each in fields(Evidence)
        if (value := getattr(entry.evidence, each.name)) not in ("", None)
    }
    return {**evidence, "digest": entry.digest, "steady_digest": entry.steady_digest}


def _load_entry(text: Mapping[str, Any]) -> Entry:
    evidence = {name: value for name, value in text.items() if not name.endswith("digest")}
    return Entry(Evidence(**{"identifier": ""} | evidence), text["digest"], text["steady_digest"])


def _load_suspicion(text: Mapping[str, Any]) -> Suspicion:
    told = _moments(text, "since", "same_since")
    return Suspicion(**told | {"why": Why(told["why"]), "marks": tuple(told["marks"])})


def _plain(value: Any) -> dict[str, object] | None:
    if value is None:
        return None
    return {name: _flat(each) for name, each in asdict(value).items()}


def _flat(value: object) -> object:
    if isinstance(value, datetime):
        return to_iso(value)
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, str) else value


def _moments(text: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return dict(text) | {name: from_iso(text[name]) for name in names}
