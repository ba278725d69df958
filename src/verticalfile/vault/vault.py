"""The vault as its users see it: keep takings, list captures, give back originals."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from verticalfile.kernel.errors import InputRefused
from verticalfile.vault import inventory as inv
from verticalfile.vault.capture import Capture, Stored, Taken
from verticalfile.vault.disk import LocalDisk, Store
from verticalfile.vault.errors import NotInVault
from verticalfile.vault.exchange import finish
from verticalfile.vault.volume import Intake, Volume

ROOT_NAMASTE = "0=ocfl_1.1"
Offer = tuple[Taken, Callable[[], bytes]]


class Vault:
    """An OCFL storage root. Writers hold the resource's lock; readers need none."""

    def __init__(self, root: Path, store: Store | None = None) -> None:
        self.root = root
        self._store: Store = store or LocalDisk()

    @classmethod
    def create(cls, root: Path, store: Store | None = None) -> Vault:
        """Make an empty storage root; raises InputRefused when something is there."""
        vault = cls(root, store)
        if root.exists() and any(root.iterdir()):
            raise InputRefused(
                f"{root} is not empty.", mend="name a new folder; nothing was changed."
            )
        vault._store.make_folder(root)
        config = root / "extensions" / inv.LAYOUT
        vault._store.make_folder(config)
        vault._store.write_new(config / "config.json", [_pretty(dict(inv.LAYOUT_CONFIG))])
        vault._store.write_new(root / "ocfl_layout.json", [inv.LAYOUT_FILE])
        vault._store.write_new(root / ROOT_NAMASTE, [b"ocfl_1.1\n"])
        return vault

    def volumes(self, resource: str) -> Iterator[Volume]:
        """The resource's volumes, oldest first."""
        number = 1
        while (volume := self._volume(resource, number)).object.exists:
            yield volume
            number += 1

    def _volume(self, resource: str, number: int) -> Volume:
        return Volume(self.root, resource, number, self._store)

    def captures(self, resource: str) -> list[Capture]:
        """Every capture of a resource in the order of keeping."""
        return [capture for volume in self.volumes(resource) for capture in volume.captures()]

    def recover(self, resource: str) -> list[str]:
        """Put right what a crash can leave in the resource's volumes; call it under the lock."""
        done = finish(self.root)
        number = 1
        while (volume := self._volume(resource, number)).object.root.exists():
            done += volume.object.recover()
            number += 1
        return done

    def keep(self, resource: str, offers: Sequence[Offer], *, kept_at: datetime) -> list[Capture]:
        """Keep takings; what is held already under the same id adds nothing.

        Bytes that are held already become a line that points to them. On return all is durable.
        """
        volumes = list(self.volumes(resource))
        held = {c.id: c for v in volumes for c in v.captures()}
        frame_of = {c.taken.sha256: c for c in held.values() if c.stored.position is not None}
        fresh = {t.capture_id: (t, load) for t, load in offers if t.capture_id not in held}
        volume = volumes[-1] if volumes else self._volume(resource, 1)
        kept: list[Capture] = []
        batch: list[Intake] = []
        promised: dict[str, Stored] = {}
        room = volume.room
        for taken, load in fresh.values():
            same_as = promised.get(taken.sha256) or _points_to(frame_of.get(taken.sha256))
            if room == 0:
                kept += volume.keep(batch, kept_at=kept_at) if batch else []
                volume = self._volume(resource, volume.number + 1)
                batch, room = [], volume.room
            batch.append(Intake(taken, load, same_as))
            if same_as is None:
                room -= 1
                promised[taken.sha256] = Stored(
                    how="same_as", volume=volume.number, capture=taken.capture_id
                )
        if batch:
            kept += volume.keep(batch, kept_at=kept_at)
        return kept

    def original(self, capture: Capture) -> bytes:
        """The exact bytes that were captured; raises DigestMismatch, NotInVault."""
        volume = self._volume(capture.taken.resource, capture.stored.volume)
        wanted = capture.stored.capture or capture.id
        found = next((c for c in volume.captures() if c.id == wanted), None)
        if found is None:
            raise NotInVault(
                f"Capture {wanted} is not in this vault.", mend="run `vf mend --from COPY`."
            )
        return volume.original(found)


def _points_to(frame: Capture | None) -> Stored | None:
    if frame is None:
        return None
    return Stored(how="same_as", volume=frame.stored.volume, capture=frame.id)


def _pretty(body: object) -> bytes:
    return (json.dumps(body, indent=2, sort_keys=True) + "\n").encode()
