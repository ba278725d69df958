"""Writing the journal anew without what would tell of something destroyed.

The journal only grows, with this one exception, by law: a record may name the digest of what was
destroyed, an ETag, how many rows it had. An object with such a record is written anew, version by
version, with the same dates; records keep their order and number, and all that is not changed
stays byte for byte. It is exchanged as volumes are (`exchange.py`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from verticalfile.kernel.moments import from_iso
from verticalfile.vault.disk import LocalDisk
from verticalfile.vault.errors import VaultDamaged
from verticalfile.vault.notes.exchange import STAGING, alone, beside, clear, exchange
from verticalfile.vault.notes.journal import Journal, line_of
from verticalfile.vault.ocfl_object import OcflObject

Change = Callable[[dict[str, object]], dict[str, object]]
"""Given a record without its id, what is to stand in its place: the same where nothing is."""


def redact(vault_root: Path, change: Change) -> int:
    """Change records of the journal; returns how many were. Call it under the journal's lock.

    Objects go oldest first, so that what ordered it, which is newest, goes last: a crash leaves
    it to be done again. Safe to repeat.
    """
    count = 0
    with alone(vault_root):
        clear(vault_root)
        for found in list(Journal(vault_root).objects()):
            contents, changed = _changed(found, change)
            if changed:
                _write_anew(vault_root, found, contents)
                exchange(vault_root, found.object_id)
                count += changed
    return count


def _changed(found: OcflObject, change: Change) -> tuple[dict[str, list[bytes]], int]:
    contents: dict[str, list[bytes]] = {}
    count = 0
    for name in sorted(found.paths()):
        contents[name] = []
        for line in found.read_checked(name).splitlines(keepends=True):
            body = {k: v for k, v in json.loads(line).items() if k != "id"}
            instead = change(body)
            count += instead != body
            contents[name].append(line if instead == body else line_of(instead)[0])
    return contents, count


def _write_anew(vault_root: Path, found: OcflObject, contents: dict[str, list[bytes]]) -> None:
    """The object with these contents, whole and verified, in the staging folder."""
    new = OcflObject(beside(vault_root) / STAGING, found.object_id, LocalDisk())
    paths = [path.split("/content/", 1) for path in found.inventory.content_paths()]
    dates = zip(found.inventory.created, found.inventory.messages, strict=True)
    for number, (created, message) in enumerate(dates, start=1):
        files = {name: contents[name] for folder, name in sorted(paths) if folder == f"v{number}"}
        new.add_version(files, created=from_iso(created), message=message)
    read = {name: new.read_checked(name) for name in new.paths()}
    if read != {name: b"".join(lines) for name, lines in contents.items()}:
        raise VaultDamaged(
            "The journal could not be verified as it was written anew.",
            mend="test this disk; nothing of the journal was changed.",
        )
