"""Registered extensions, their folders, and the layout 0003-hash-and-id-n-tuple-storage-layout.

The register is https://ocfl.github.io/extensions/ as of January 2026.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from verticalfile.vault.ocfl_validation.digests import HASHES
from verticalfile.vault.ocfl_validation.look import Kind, Look, joined
from verticalfile.vault.ocfl_validation.verdict import Notes

EXTENSIONS = "extensions"
HASH_AND_ID = "0003-hash-and-id-n-tuple-storage-layout"
LAYOUTS = frozenset(
    {
        "0002-flat-direct-storage-layout", HASH_AND_ID, "0004-hashed-n-tuple-storage-layout",
        "0006-flat-omit-prefix-storage-layout", "0007-n-tuple-omit-prefix-storage-layout",
        "0010-differential-n-tuple-omit-prefix-storage-layout", "0011-direct-clean-path-layout",
        "0012-hash-and-no-prefix-id-n-tuple-storage-layout",
    }
)  # fmt: skip
REGISTERED = LAYOUTS | {
    "0001-digest-algorithms", "0005-mutable-head", "0008-schema-registry",
    "0009-digest-algorithms", "initial",
}  # fmt: skip
NAME_CHARS = 100
TUPLES_MAX = 32
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")


def judge_extensions(look: Look, notes: Notes, *, holder: str, unregistered: str) -> None:
    """An extensions folder holds folders, named after registered extensions."""
    for name, kind in look.entries(EXTENSIONS).items():
        path = joined(EXTENSIONS, name)
        if kind is Kind.FILE:
            notes.add(holder, path, "does not belong among extensions")
        elif kind is Kind.FOLDER and name not in REGISTERED:
            notes.add(unregistered, path, "is no registered extension")


@dataclass(frozen=True, slots=True)
class HashAndIdLayout:
    """Extension 0003: tuples of the id's digest, then the id percent-encoded."""

    algorithm: str = "sha256"
    tuple_size: int = 3
    tuples: int = 3

    def place(self, object_id: str) -> str:
        """Where an object stands below the storage root."""
        # a lone surrogate has no UTF-8; whatever it becomes, no folder of that name can be
        body = object_id.encode("utf-8", "surrogatepass")
        hashed = HASHES[self.algorithm]()
        hashed.update(body)
        digest = hashed.hexdigest()
        name = _UNSAFE.sub(_percent, object_id)
        if len(name) > NAME_CHARS:
            name = f"{name[:NAME_CHARS]}-{digest}"
        steps = range(0, self.tuple_size * self.tuples, self.tuple_size or 1)
        return "/".join([*(digest[n : n + self.tuple_size] for n in steps), name])

    def why_impossible(self) -> str:
        """What the parameters break of the extension's rules, "" when nothing."""
        if self.algorithm not in HASHES:
            return "names a digest algorithm that is not known"
        if not (0 <= self.tuple_size <= TUPLES_MAX and 0 <= self.tuples <= TUPLES_MAX):
            return f"asks for tuples beyond {TUPLES_MAX}"
        if (self.tuple_size == 0) != (self.tuples == 0):
            return "has one of tupleSize and numberOfTuples 0 and not the other"
        if self.tuple_size * self.tuples > len(HASHES[self.algorithm]().hexdigest()):
            return "asks for more of the digest than there is"
        return ""


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02x}" for byte in found[0].encode("utf-8", "surrogatepass"))
