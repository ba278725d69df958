"""A capture as one line of `captures.jsonl`: what was taken, when, how it is stored, the evidence."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

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

    def to_line(self) -> bytes:
        taken = {name: getattr(self.taken, name) for name in Taken.__dataclass_fields__}
        stored = {name: getattr(self.stored, name) for name in Stored.__dataclass_fields__}
        body = {
            "id": self.id,
            **taken,
            "seen_at": to_iso(self.taken.seen_at),
            "kept_at": to_iso(self.kept_at),
            "stored": {name: value for name, value in stored.items() if value is not None},
        }
        return (
            json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n"
        ).encode()

    @classmethod
    def from_line(cls, line: bytes) -> Capture:
        body = json.loads(line)
        taken = {k: v for k, v in body.items() if k in Taken.__dataclass_fields__}
        taken["seen_at"] = from_iso(body["seen_at"])
        return cls(body["id"], Taken(**taken), from_iso(body["kept_at"]), Stored(**body["stored"]))

    def with_stored(self, stored: Stored) -> Capture:
        return replace(self, stored=stored)
