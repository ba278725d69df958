"""OCFL 1.1 inventories and the storage layout, as pure values.

Follows OCFL 1.1 section 3.5 (inventory), section 4 (storage root) and the community extension
0003-hash-and-id-n-tuple-storage-layout (SHA-256, three tuples of three).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import quote, unquote

from verticalfile.kernel.moments import to_iso

INVENTORY_TYPE = "https://ocfl.io/1.1/spec/#inventory"
SCHEME = "vf:"
"""OCFL 1.1 section 3.5.1 wants ids to be URIs: `vf:` and the name that the code uses."""


def _pretty(body: Mapping[str, object]) -> bytes:
    return (json.dumps(body, indent=2, sort_keys=True) + "\n").encode()


LAYOUT = "0003-hash-and-id-n-tuple-storage-layout"
ROOT_FILES: Mapping[str, bytes] = {
    f"extensions/{LAYOUT}/config.json": _pretty(
        {
            "extensionName": LAYOUT,
            "digestAlgorithm": "sha256",
            "tupleSize": 3,
            "numberOfTuples": 3,
        }
    ),
    "ocfl_layout.json": _pretty(
        {"extension": LAYOUT, "description": "SHA-256 of the id, three tuples of three"}
    ),
    "0=ocfl_1.1": b"ocfl_1.1\n",
}
"""All files of a storage root that are not in objects; the declaration comes last."""
ID_NAME_MAX = 100  # extension 0003: longer encoded ids are cut and the digest appended
PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


@dataclass(slots=True)
class Inventory:
    """What an object holds: `manifest` digest -> content paths, `states` one mapping a version.

    `object_id` is the name without the scheme, as it is used everywhere but on disk.
    """

    object_id: str
    manifest: dict[str, list[str]] = field(default_factory=dict)
    states: list[dict[str, list[str]]] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    @property
    def head(self) -> int:
        """Number of the newest OCFL version, 0 before the first."""
        return len(self.states)

    def with_version(
        self, files: Mapping[str, str], *, created: datetime, message: str
    ) -> Inventory:
        """Add a version of these files, `{logical path: sha512}`: what was taken in at once.

        Its state names them alone. A state that named all before it would make the inventories
        of a volume of 64 grow to 14 MB (decision 0008); every file stays in the manifest.
        """
        number = self.head + 1
        manifest = {digest: list(paths) for digest, paths in self.manifest.items()}
        state: dict[str, list[str]] = {}
        for path, digest in sorted(files.items()):
            manifest.setdefault(digest, []).append(f"v{number}/content/{path}")
            state.setdefault(digest, []).append(path)
        return Inventory(
            self.object_id,
            manifest,
            [*self.states, state],
            [*self.created, to_iso(created)],
            [*self.messages, message],
        )

    def content_paths(self) -> dict[str, str]:
        """`{path below the object root: sha512}` of every content file."""
        return {path: digest for digest, paths in self.manifest.items() for path in paths}

    def to_bytes(self) -> bytes:
        versions = {
            f"v{n}": {
                "created": self.created[n - 1],
                "message": self.messages[n - 1],
                "state": self.states[n - 1],
                "user": {"name": "Vertical File", "address": "https://verticalfile.invalid/"},
            }
            for n in range(1, self.head + 1)
        }
        body = {
            "id": to_uri(self.object_id),
            "type": INVENTORY_TYPE,
            "digestAlgorithm": "sha512",
            "head": f"v{self.head}",
            "manifest": self.manifest,
            "versions": versions,
        }
        return (json.dumps(body, sort_keys=True, separators=(",", ":")) + "\n").encode()

    @classmethod
    def from_bytes(cls, body: bytes) -> Inventory:
        """Read an inventory that we wrote; raises ValueError or KeyError on anything else."""
        found = json.loads(body)
        head = int(found["head"][1:])
        versions = [found["versions"][f"v{n}"] for n in range(1, head + 1)]
        return cls(
            from_uri(str(found["id"])),
            found["manifest"],
            [v["state"] for v in versions],
            [v["created"] for v in versions],
            [v.get("message", "") for v in versions],
        )


def to_uri(object_id: str) -> str:
    """The id as it stands in inventories."""
    return SCHEME + quote(object_id, safe="/")


def from_uri(uri: str) -> str:
    """The inverse of `to_uri`; raises ValueError for an id that we did not write."""
    object_id = unquote(uri.removeprefix(SCHEME), errors="strict")
    if to_uri(object_id) != uri:
        raise ValueError(f"{uri!r} is no id of this program")
    return object_id


def sidecar(body: bytes) -> bytes:
    """Content of `inventory.json.sha512` for this inventory."""
    return f"{hashlib.sha512(body).hexdigest()} inventory.json\n".encode()


def object_path(object_id: str) -> PurePosixPath:
    """Folder of an object below the storage root (extension 0003, by its URI)."""
    uri = to_uri(object_id)
    digest = hashlib.sha256(uri.encode()).hexdigest()
    encoded = "".join(
        char if char in PLAIN else "".join(f"%{byte:02x}" for byte in char.encode()) for char in uri
    )
    if len(encoded) > ID_NAME_MAX:
        encoded = f"{encoded[:ID_NAME_MAX]}-{digest}"
    return PurePosixPath(digest[0:3], digest[3:6], digest[6:9], encoded)
