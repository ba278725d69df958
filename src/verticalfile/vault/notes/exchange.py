"""Exchanging an object for its new writing by two renames, in a folder beside the vault.

Only `destroy` comes here, for volumes and for the journal; one process at a time. Between the renames a crash leaves the new writing whole in the folder;
`finish`, which every recovery calls, completes it. A power cut may keep the half of a rename that
takes a name away and lose the half that gives it: whichever writing is found then goes back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from verticalfile.vault import inventory as inv
from verticalfile.vault.disk import LocalDisk, sync_folder
from verticalfile.vault.lock import writer_lock

STAGING, REMOVED = "new", "old"
WAIT_S = 600.0
"""A volume of 64 large originals is written anew in minutes."""


@contextmanager
def alone(vault_root: Path) -> Iterator[None]:
    """Hold the one lock of the folder beside the vault."""
    locks = vault_root.with_name("locks")
    with writer_lock(locks, "destroying", wait_s=WAIT_S, on_wait=lambda _: None):
        yield


def beside(vault_root: Path) -> Path:
    """Where volumes are written anew: on the disk of the vault, outside of it."""
    return vault_root.with_name("destroying")


def exchange(vault_root: Path, object_id: str) -> None:
    """Put the new writing of an object in place of the old, which is removed."""
    place = inv.object_path(object_id)
    new, old = beside(vault_root) / STAGING / place, beside(vault_root) / REMOVED / place
    LocalDisk().make_folder(old.parent)
    (vault_root / place).rename(old)
    sync_folder(old.parent)
    sync_folder((vault_root / place).parent)
    new.rename(vault_root / place)
    sync_folder((vault_root / place).parent)
    clear(vault_root)


def finish(vault_root: Path) -> list[str]:
    """Complete what a crash interrupted, then remove old objects and unfinished new ones."""
    if not beside(vault_root).exists():
        return []
    with alone(vault_root):
        return clear(vault_root)


def clear(vault_root: Path) -> list[str]:
    """As `finish`, for whoever holds the lock."""
    staging = beside(vault_root)
    if not staging.exists():
        return []
    done = []
    # the new writing first; where neither it nor the object stands, the old one goes back
    for kind in (STAGING, REMOVED):
        for place in list(_objects(staging / kind)):
            if not (vault_root / place).exists():
                LocalDisk().make_folder((vault_root / place).parent)
                (staging / kind / place).rename(vault_root / place)
                sync_folder((vault_root / place).parent)
                done.append(f"completed the exchange of {place.name}")
    LocalDisk().remove_folder(staging)
    return done


def _objects(root: Path) -> Iterator[Path]:
    for path in sorted(root.glob("*/*/*/*")) if root.exists() else ():
        yield path.relative_to(root)
