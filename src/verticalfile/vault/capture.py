"""A capture as one line of `captures.jsonl`: what was taken, when, how it is stored, the evidence."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from verticalfile.kernel.moments import from_iso, to_iso

Evidence = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Stored:
    """Where the bytes are. `how` is full, patch or same_as; offsets count bytes in `pack`."""

    how: str
    volume: int
    position: int | None = None  # None for same_as, which takes no place in a volume
    reference: int | None = None  # position whose original is the prefix of a patch
    pack: str | None = None  # logical path of the frames file in the volume
    offset: int = 0
    length: int = 0
    capture: str | None = None  # for same_as: the capture whose frame it is


@dataclass(frozen=True, slots=True)
class Taken:
    """What a source handed over, before it is kept. `moment_name` is the source's own name of it."""

    resource: str
    source: str
    moment_name: str
    seen_at: datetime
    seen_how: str  # own visit, commit date, Memento-Datetime, file name
    sha256: str
    size_bytes: int
    walk: int = 0  # place in the source's walk; breaks ties of seen_at
    media_type: str = "application/octet-stream"
    pronom: str | None = None
    completeness: Evidence = field(default_factory=dict)
    read: Evidence = field(default_factory=dict)  # opaque to the vault
    exchange: Evidence = field(default_factory=dict)
    metadata: Evidence = field(default_factory=dict)
    rights: Evidence = field(default_factory=dict)

    @property
    def capture_id(self) -> str:
        """20 hex digits; the same taking has the same id, so doing it twice adds nothing."""
        parts = (self.resource, self.source, self.moment_name, self.sha256)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Capture:
    """A taking that is kept."""

    id: str
    taken: Taken
    kept_at: datetime
    stored: Stored

    def to_body(self) -> dict[str, object]:
        """The line as a JSON object; what is empty is left out."""
        taken = {name: getattr(self.taken, name) for name in Taken.__dataclass_fields__}
        stored = {name: getattr(self.stored, name) for name in Stored.__dataclass_fields__}
        body = {
            "id": self.id,
            **taken,
            "seen_at": to_iso(self.taken.seen_at),
            "kept_at": to_iso(self.kept_at),
            "stored": {name: value for name, value in stored.items() if value is not None},
        }
        return _filled(body)

    @classmethod
    def from_body(cls, body: dict[str, object]) -> Capture:
        taken: dict[str, Any] = {k: v for k, v in body.items() if k in Taken.__dataclass_fields__}
        taken["seen_at"] = from_iso(str(body["seen_at"]))
        stored: Any = body["stored"]
        return cls(
            str(body["id"]), Taken(**taken), from_iso(str(body["kept_at"])), Stored(**stored)
        )

    def with_stored(self, stored: Stored) -> Capture:
        return replace(self, stored=stored)


def clock_jumps(captures: Sequence[Capture]) -> dict[str, datetime]:
    """Captures kept, by the clock, before the one kept before them: id -> when that one was.

    `captures` stand in the order of keeping, which no clock decides.
    """
    return {
        each.id: before.kept_at
        for before, each in pairwise(captures)
        if each.kept_at < before.kept_at
    }


def _filled(body: Mapping[str, object]) -> dict[str, object]:
    """Without nulls and empty objects, at any depth: a merge patch has no other use for null."""
    found = {n: _filled(v) if isinstance(v, Mapping) else v for n, v in body.items()}
    return {n: v for n, v in found.items() if v is not None and v != {}}


ALWAYS = ("id", "moment_name", "seen_at", "sha256", "size_bytes", "stored")
"""Members that every line spells out, so that a person finds a capture by searching."""


def to_lines(captures: Sequence[Capture]) -> list[bytes]:
    """The lines of one `captures.jsonl`: the first is whole, each further one a JSON Merge Patch
    (RFC 7396) of the line above it, with the members of ALWAYS in full."""
    lines = []
    before: dict[str, object] = {}
    for capture in captures:
        body = capture.to_body()
        patch = difference(before, body) | {name: body[name] for name in ALWAYS}
        lines.append(_line(patch))
        before = body
    return lines


def from_lines(lines: Iterable[bytes]) -> Iterator[Capture]:
    """The inverse of `to_lines`."""
    before: dict[str, object] = {}
    for line in lines:
        patch = json.loads(line)
        before = merged(before, patch)
        before |= {name: patch[name] for name in ALWAYS}
        yield Capture.from_body(before)


def _line(body: dict[str, object]) -> bytes:
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return (text + "\n").encode()


def difference(old: Mapping[str, object], new: Mapping[str, object]) -> dict[str, object]:
    """The merge patch that turns `old` into `new`; neither may hold nulls."""
    patch: dict[str, object] = {name: None for name in old if name not in new}
    for name, value in new.items():
        held = old.get(name)
        if isinstance(held, dict) and isinstance(value, dict):
            inner = difference(held, value)
            if inner:
                patch[name] = inner
        elif name not in old or held != value:
            patch[name] = value
    return patch


def merged(old: Mapping[str, object], patch: Mapping[str, object]) -> dict[str, object]:
    """Apply a JSON Merge Patch (RFC 7396 section 2)."""
    result = dict(old)
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            held = result.get(name)
            result[name] = merged(held if isinstance(held, dict) else {}, value)
        else:
            result[name] = value
    return result
