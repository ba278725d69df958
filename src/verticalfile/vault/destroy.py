"""Destroying by law: every capture of these bytes leaves the vault; all others stay as they are.

A volume that held such a capture is written anew under its own number, without it, in a folder
beside the vault, and verified there. Two renames put it in place of the old one, which is then
removed. A crash before the renames leaves the old volume, after them the new one, and between
them `finish` (called by every recovery) completes the exchange. Ids, dates and evidence of the
captures that stay do not change; a volume may end up empty, so that numbers stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path

from verticalfile.kernel.originals import Original
from verticalfile.vault.capture import Capture
from verticalfile.vault.copies.restore import originals_of
from verticalfile.vault.disk import LocalDisk
from verticalfile.vault.errors import VaultDamaged
from verticalfile.vault.notes.exchange import STAGING, alone, beside, clear, exchange
from verticalfile.vault.vault import Vault
from verticalfile.vault.volume import Intake, Volume


def destroy(vault: Vault, resource: str, sha256s: set[str], *, at: datetime) -> list[Capture]:
    """Remove every capture with these digests; returns the removed. Call it under the lock.

    On return the bytes are gone from the vault's files; a disk may keep traces of its own.
    """
    with alone(vault.root):
        clear(vault.root)
        vault.forget_newest(resource)
        removed: list[Capture] = []
        for volume in list(vault.volumes(resource)):
            gone = [c for c in volume.captures() if c.taken.sha256 in sha256s]
            if gone:
                _write_anew(vault.root, resource, volume, sha256s, at)
                exchange(vault.root, f"{resource}/{volume.number:04d}")
                removed += gone
        return removed


def _write_anew(
    vault_root: Path, resource: str, old: Volume, sha256s: set[str], at: datetime
) -> None:
    """The volume without the destroyed, whole and verified, in the staging folder."""
    staging = beside(vault_root) / STAGING
    new = Volume(staging, resource, old.number, LocalDisk())
    staying = [c for c in old.captures() if c.taken.sha256 not in sha256s]
    kept = {c.id for c in staying}
    broken = [c.id for c, original in originals_of(old) if original is None and c.id in kept]
    if broken:
        raise VaultDamaged(
            f"{len(broken)} captures that must stay cannot be read.",
            mend="run `vf mend --from COPY` first; nothing was destroyed.",
        )
    restored = originals_of(old)  # a second time, so that few are in memory at once
    for kept_at, group in groupby(staying, key=lambda c: c.kept_at):
        new.keep([_intake(c, restored) for c in group], kept_at=kept_at)
    if not staying:
        new.keep([], kept_at=at)
    sound = all(original is not None for _, original in originals_of(new))
    if [c.id for c in new.captures()] != [c.id for c in staying] or not sound:
        raise VaultDamaged(
            "The new volume could not be verified.", mend="test this disk; nothing was destroyed."
        )


def _intake(capture: Capture, restored: Iterator[tuple[Capture, Original | None]]) -> Intake:
    """A capture on its way; its original is restored when it is wanted, in the order of frames."""
    if capture.stored.position is None:
        return Intake(capture.taken, lambda: b"", capture.stored)

    def load() -> Original:
        original = next(original for each, original in restored if each.id == capture.id)
        assert original is not None
        return original

    return Intake(capture.taken, load)
