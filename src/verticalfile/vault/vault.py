"""The vault as its users see it: keep takings, list captures, give back originals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from verticalfile.kernel import limits
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.originals import AtHand, OnDisk, Original, at_hand
from verticalfile.kernel.seals import Sealing
from verticalfile.vault import inventory as inv
from verticalfile.vault.ahead import Ahead, Place
from verticalfile.vault.capture import Capture, Stored, Taken
from verticalfile.vault.disk import LocalDisk, Store
from verticalfile.vault.errors import NotInVault
from verticalfile.vault.newest import WORTH_BYTES, NewestOriginals
from verticalfile.vault.notes.exchange import finish
from verticalfile.vault.volume import CaptureFiles, Intake, Volume, positions_wanted

Offer = tuple[Taken, Callable[[], Original]]


class Vault:
    """An OCFL storage root. Writers hold the resource's lock; readers need none."""

    def __init__(
        self, root: Path, store: Store | None = None, *, cache: Path | None = None
    ) -> None:
        self.root = root
        self._store: Store = store or LocalDisk()
        self._cache = NewestOriginals(cache) if cache else None
        self._ahead: dict[tuple[str, int], Volume] = {}
        self._working: Ahead | None = None
        self._read_before: CaptureFiles = {}

    @classmethod
    def create(cls, root: Path, store: Store | None = None) -> Vault:
        """Make an empty storage root; raises InputRefused when something is there."""
        vault = cls(root, store)
        if root.exists() and any(root.iterdir()):
            raise InputRefused(
                f"{root} is not empty.", mend="name a new folder; nothing was changed."
            )
        vault._store.make_folder(root)
        for name, body in inv.ROOT_FILES.items():
            vault._store.make_folder((root / name).parent)
            vault._store.write_new(root / name, [body])
        return vault

    def volumes(self, resource: str) -> Iterator[Volume]:
        """The resource's volumes, oldest first."""
        number = 1
        while (volume := self._volume(resource, number)).object.exists:
            yield volume
            number += 1

    def _volume(self, resource: str, number: int) -> Volume:
        return Volume(self.root, resource, number, self._store, self._cache, self._read_before)

    def pack_ahead(self, resource: str, original: Original) -> Ahead:
        """Hash, compress and compare what `keep` will be given next, while others read it.

        Nothing is written but to the cache. `keep` must not run before the work is waited for.
        """
        if self._cache is not None:
            self._cache.share_reading()

        def pack() -> Place:
            volumes = list(self.volumes(resource))
            volume = volumes[-1] if volumes else self._volume(resource, 1)
            if volume.room == 0:
                volume = self._volume(resource, volume.number + 1)
            known = {c.stored.position: c for c in volume.captures()}
            position, packed = volume.frames_held, Sealing()
            try:
                frame = volume.pack(at_hand(original), position, known, packed.add)
                if isinstance(original, OnDisk) and not original.is_as_hashed(packed.seal()):
                    return lambda _: None  # `keep` says what is wrong
            finally:
                if self._cache is not None:
                    self._cache.end_sharing()

            def place(sha256: str) -> Callable[[], None] | None:
                if sha256 in {c.taken.sha256 for v in volumes for c in v.captures()}:
                    return None
                volume.ahead[(position, sha256)] = frame
                self._ahead = {(resource, volume.number): volume}
                cache = self._cache
                if cache is None:
                    return None
                wanted = {sha256} | {
                    known[p].taken.sha256 for p in positions_wanted(position) if p in known
                }
                return lambda: cache.put(resource, sha256, original, wanted=wanted)

            return place

        self._working = Ahead(original, pack)
        return self._working

    def end_ahead(self) -> None:
        """Return when nobody works ahead any more, and forget what `keep` did not take: the volume
        may have others in it before it is asked again."""
        working, self._working = self._working, None
        if working is not None:
            working.end()
        if self._cache is not None:
            self._cache.end_sharing()
        self._ahead = {}

    def newest_original(self, capture: Capture) -> AtHand | None:
        """The original from the cache, where it is there and sound by its seal: to compare with and
        to build on, not to hand out."""
        if self._cache is None:
            return None
        return self._cache.get(capture.taken.resource, capture.taken.sha256)

    def captures(self, resource: str) -> list[Capture]:
        """Every capture of a resource in the order of keeping."""
        return [capture for volume in self.volumes(resource) for capture in volume.captures()]

    def forget_newest(self, resource: str) -> None:
        """Empty the cache of a resource: what is destroyed must not stay in it."""
        if self._cache is not None:
            self._cache.forget(resource)

    def recover(self, resource: str) -> list[str]:
        """Put right what a crash can leave in the resource's volumes; call it under the lock."""
        done = finish(self.root)
        number = 1
        while (volume := self._volume(resource, number)).object.root.exists():
            done += volume.object.recover()
            number += 1
        return done + volume.object.recover()  # the next, of which there may be empty folders

    def keep(self, resource: str, offers: Sequence[Offer], *, kept_at: datetime) -> list[Capture]:
        """Keep takings; what is held already under the same id adds nothing.

        Bytes that are held already become a line that points to them. On return all is durable.
        """
        volumes = list(self.volumes(resource))
        held = {c.id: c for v in volumes for c in v.captures()}
        frame_of = {c.taken.sha256: c for c in held.values() if c.stored.position is not None}
        fresh = {t.capture_id: (t, load) for t, load in offers if t.capture_id not in held}
        volume = volumes[-1] if volumes else self._volume(resource, 1)
        volume = self._ahead.get((resource, volume.number), volume)
        kept: list[Capture] = []
        batch: list[Intake] = []
        promised: dict[str, Stored] = {}
        room = volume.room
        for taken, load in fresh.values():
            same_as = promised.get(taken.sha256) or _points_to(frame_of.get(taken.sha256))
            if room == 0:
                kept += volume.keep(batch, kept_at=kept_at) if batch else []
                volume = self._volume(resource, volume.number + 1)
                volume = self._ahead.get((resource, volume.number), volume)
                batch, room = [], volume.room
            batch.append(Intake(taken, load, same_as))
            if same_as is None:
                room -= 1
                promised[taken.sha256] = Stored(
                    how="same_as", volume=volume.number, capture=taken.capture_id
                )
        if batch:
            kept += volume.keep(batch, kept_at=kept_at)
        self.end_ahead()
        self._hold_newest(resource, volume, fresh)
        return kept

    def _hold_newest(self, resource: str, volume: Volume, fresh: Mapping[str, Offer]) -> None:
        """Put into the cache what the next patches of the open volume build on."""
        framed = [c for c in volume.captures() if c.stored.position is not None]
        if self._cache is None or not framed:
            return
        by_position = {c.stored.position: c for c in framed}
        wanted = {
            by_position[p].taken.sha256
            for p in positions_wanted(len(framed) - 1)
            if p in by_position
        }
        newest = framed[-1]
        known = self._cache.holds(resource, newest.taken.sha256)
        if newest.id in fresh and newest.taken.size_bytes >= WORTH_BYTES and not known:
            body = fresh[newest.id][1]()
            if isinstance(body, bytes) or not body.is_large:
                self._cache.put(resource, newest.taken.sha256, body, wanted=wanted)

    def original(self, capture: Capture) -> bytes:
        """The exact bytes that were captured; raises DigestMismatch, NotInVault."""
        taken = capture.taken
        held = self._cache.read(taken.resource, taken.sha256) if self._cache else None
        if held is not None:
            return held
        volume, found = self._frame_of(capture)
        return volume.original(found)

    def restored(self, capture: Capture, *, small_bytes: int | None = None) -> Original:
        """`original` where it is small; a large one in steps, which raise DigestMismatch at the end
        where they were not those that were kept. Raises as `original` does."""
        most = limits.STREAM_BYTES
        if small_bytes is not None:
            most = min(most, small_bytes)
        if capture.taken.size_bytes <= most:
            return self.original(capture)
        volume, found = self._frame_of(capture)
        if found.stored.how != "full" and capture.taken.size_bytes <= limits.STREAM_BYTES:
            return self.original(capture)  # a patch is made in memory, or the cache has it
        return volume.in_steps(found)

    def _frame_of(self, capture: Capture) -> tuple[Volume, Capture]:
        """The volume and the capture that hold the frame of a capture. Raises NotInVault."""
        volume = self._volume(capture.taken.resource, capture.stored.volume)
        wanted = capture.stored.capture or capture.id
        found = next((c for c in volume.captures() if c.id == wanted), None)
        if found is None:
            raise NotInVault(
                f"Capture {wanted} is not in this vault.", mend="run `vf mend --from COPY`."
            )
        return volume, found


def _points_to(frame: Capture | None) -> Stored | None:
    if frame is None:
        return None
    return Stored(how="same_as", volume=frame.stored.volume, capture=frame.id)
