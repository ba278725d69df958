"""The state of the fold as plain JSON, and back: what comes out is equal to what went in."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Any, BinaryIO

from verticalfile.kernel import moments
from verticalfile.kernel.moments import to_iso
from verticalfile.sources.identity import Entry, Evidence
from verticalfile.sources.membership.members import (
    Accepted,
    Gap,
    How,
    Member,
    Members,
    Name,
    Outcome,
    Roll,
    State,
    Suspicion,
    Trouble,
    Unsteady,
    Why,
)

FORMAT = 1
PART_BYTES = 1 << 16

from_iso = lru_cache(maxsize=1 << 12)(moments.from_iso)  # members share most of their moments


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
        "seen_by_us": members.seen_by_us,
    }


def load(text: Mapping[str, Any]) -> Members:
    """The inverse of `dump`."""
    accepted, suspicion, trouble = text["accepted"], text["suspicion"], text["trouble"]
    return Members(
        Roll.of(_load_member(each) for each in text["members"]),
        Accepted(**_moments(accepted, "moment")) if accepted else None,
        _load_suspicion(suspicion) if suspicion else None,
        Trouble(**_moments(trouble, "since") | {"outcome": Outcome(trouble["outcome"])})
        if trouble
        else None,
        Unsteady(**_moments(text["unsteady"], "moment")) if text["unsteady"] else None,
        frozenset((older, newer) for older, newer in text["apart"]),
        text.get("seen_by_us", bool(accepted)),  # before there were copies, all was seen by us
    )


def pack(members: Members, into: BinaryIO) -> None:
    """`dump` as packed lines, a head and one for each member: never all of it in memory at once."""
    head = dump(replace(members, by_key=Roll()))
    work = zlib.compressobj(1)
    for each in chain([head], map(_dump_member, members.by_key.values())):
        into.write(work.compress(json.dumps(each, separators=(",", ":")).encode() + b"\n"))
    into.write(work.flush())


def unpacked(body: bytes | str) -> Members:
    """The inverse of `pack`; also reads what was written before, as text: packed lines, and
    before that one JSON document."""
    if isinstance(body, str):
        if body.startswith("{"):
            return load(json.loads(body))
        body = base64.b64decode(body)
    lines = _lines(body)
    head = json.loads(next(lines))
    return load({**head, "members": (json.loads(line) for line in lines)})


def _lines(body: bytes) -> Iterator[bytes]:
    work, rest = zlib.decompressobj(), b""
    for start in range(0, len(body), PART_BYTES):
        *whole, rest = (rest + work.decompress(body[start : start + PART_BYTES])).split(b"\n")
        yield from whole


def _dump_member(member: Member) -> dict[str, object]:
    plain: dict[str, object] = {
        "key": member.key,
        "entry": _dump_entry(member.entry),
        "names": [
            {
                # the member's own is told once
                "entry": _dump_entry(name.entry) if name.entry != member.entry else None,
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
    if member.seen_by_us != member.first_seen:
        plain["seen_by_us"] = to_iso(member.seen_by_us) if member.seen_by_us else None
    for name in ("absences", "doubts", "continues", "also"):
        if value := getattr(member, name):
            plain[name] = list(value) if isinstance(value, tuple) else value
    return plain


def _load_member(text: Mapping[str, Any]) -> Member:
    own = _load_entry(text["entry"])
    return Member(
        text["key"],
        own,
        tuple(
            Name(
                _load_entry(name["entry"]) if name["entry"] else own,
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
        _seen_by_us(text),
        tuple(text.get("also", ())),
    )


def _seen_by_us(text: Mapping[str, Any]) -> datetime | None:
    """Told only where it differs from the first sighting, as it seldom does."""
    told = text.get("seen_by_us", text["first_seen"])
    return from_iso(told) if told else None


def _dump_entry(entry: Entry) -> dict[str, object]:
    evidence = {
        name: value
        for name, value in zip(Evidence._fields, entry.evidence, strict=True)
        if value not in ("", None)
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
