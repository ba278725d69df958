"""A volume: up to 64 frames of one resource in one OCFL object, self-contained.

Its first frame is full and no patch leaves it. What is taken in at once is one OCFL version:
`<nnnn>/captures.jsonl` and `<nnnn>/frames.zst`, the frames one after another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from backports.zstd import ZstdError

from verticalfile.kernel import limits
from verticalfile.kernel.originals import AtHand, OnDisk, Original, at_hand
from verticalfile.vault import frames
from verticalfile.vault.capture import Capture, Stored, Taken, from_lines, to_lines
from verticalfile.vault.disk import Store
from verticalfile.vault.errors import NotInVault, VaultDamaged, digest_mismatch, offered_differs
from verticalfile.vault.newest import NewestOriginals
from verticalfile.vault.ocfl_object import OcflObject
from verticalfile.vault.streamed import PackedFile, original_in, parts_of
from verticalfile.vault.streamed import packed as packed_in_steps

README = """\
This folder is one volume of a library's archive of public data (Vertical File).

captures.jsonl  one line for each taking: when it was seen, its SHA-256, where its bytes are. What a
                line does not say is as in the line above it (JSON Merge Patch, RFC 7396).
frames.zst      the bytes, one zstd frame after another; a line's "stored" gives pack, offset, length.

To take one out with common tools (PACK, OFFSET, LENGTH from its line):
  tail -c +$((OFFSET + 1)) PACK | head -c LENGTH > FRAME
  "how": "full"     zstd -d --long=31 FRAME -o ORIGINAL
  "how": "patch"    first take out the one whose "position" is "reference", then
                    zstd -d --long=31 --patch-from=REFERENCE_ORIGINAL FRAME -o ORIGINAL
  sha256sum ORIGINAL     must give the line's "sha256"
  "how": "same_as"  the bytes are those of the line whose id is "capture", in volume "volume".
"""


@dataclass(frozen=True, slots=True)
class Intake:
    """One taking on its way into a volume: `load` gives the original, `same_as` who holds it."""

    taken: Taken
    load: Callable[[], Original]
    same_as: Stored | None = None


CaptureFiles = dict[str, list[Capture]]
"""SHA-512 of a `captures.jsonl` -> what stands in it: such a file never changes, so that one that
was read and checked once is not read again by the same process."""
FILES_REMEMBERED = 2_000


class Volume:
    """The `number`-th volume of a resource. Reading needs no lock; `keep` needs the writer's."""

    def __init__(
        self,
        vault_root: Path,
        resource: str,
        number: int,
        store: Store,
        cache: NewestOriginals | None = None,
        read_before: CaptureFiles | None = None,
    ) -> None:
        self.resource, self.number, self._cache = resource, number, cache
        self._read_before: CaptureFiles = {} if read_before is None else read_before
        self.ahead: dict[tuple[int, str], frames.Frame] = {}  # (position, sha256): checked frames
        self._vault_root = vault_root
        self.object = OcflObject(vault_root, f"{resource}/{number:04d}", store)
        self._memory: dict[int, AtHand] = {}
        self._captures: list[Capture] | None = None

    def captures(self) -> list[Capture]:
        """All captures in the order of keeping; every `captures.jsonl` is checked as it is read."""
        if self._captures is None:
            names = [p for p in self.object.names() if p.endswith("/captures.jsonl")]
            self._captures = [capture for name in names for capture in self._in_file(name)]
        return self._captures

    def _in_file(self, name: str) -> list[Capture]:
        held, digest = self._read_before, self.object.digest_of(name)
        found = held.get(digest)
        if found is None:
            found = list(from_lines(self.object.read_checked(name).splitlines()))
            if len(held) >= FILES_REMEMBERED:
                held.clear()
            held[digest] = found
        return found

    @property
    def frames_held(self) -> int:
        return sum(1 for capture in self.captures() if capture.stored.position is not None)

    @property
    def room(self) -> int:
        """Frames that still fit; 0 when the volume is closed."""
        if self.object.inventory.head >= limits.VOLUME_OCFL_VERSIONS:
            return 0
        return limits.VOLUME_FRAMES - self.frames_held

    def keep(self, intakes: Sequence[Intake], *, kept_at: datetime) -> list[Capture]:
        """Keep these takings as one OCFL version; durable, decoded and compared on return."""
        name = f"{self.object.inventory.head + 1:04d}"
        packed: list[bytes | PackedFile] = []
        captures: list[Capture] = []
        position, offset = self.frames_held, 0
        known = {c.stored.position: c for c in self.captures()}
        for intake in intakes:
            if intake.same_as is not None:
                stored = intake.same_as
            else:
                body, stored = self._frame(intake, position, known, f"{name}/frames.zst", offset)
                packed.append(body)
                offset, position = offset + len(body), position + 1
            capture = Capture(intake.taken.capture_id, intake.taken, kept_at, stored)
            known[stored.position] = capture
            captures.append(capture)
        files: dict[str, Iterable[bytes]] = {f"{name}/captures.jsonl": to_lines(captures)}
        if packed:
            files[f"{name}/frames.zst"] = parts_of(packed)
        if name == "0001":
            files["0001/README.txt"] = [README.encode()]
        self.object.add_version(
            files,
            created=kept_at,
            message=f"{len(captures)} taken in",
            check=lambda folder: self._compare_written(folder / name / "frames.zst", packed),
        )
        self._captures = [*self.captures(), *captures]
        return captures

    def _frame(
        self,
        intake: Intake,
        position: int,
        known: dict[int | None, Capture],
        pack: str,
        offset: int,
    ) -> tuple[bytes | PackedFile, Stored]:
        offered = intake.load()
        if isinstance(offered, OnDisk) and offered.is_large:
            is_listing = offered.size_bytes <= limits.STREAM_BYTES  # all else is in memory then
            most = limits.LISTING_PATCH_BYTES if is_listing else limits.PATCH_MAX_BYTES
            if not self._patch_fits(offered.size_bytes, position, known, most):
                frame_file = packed_in_steps(offered, self._beside())
                return frame_file, Stored(
                    "full", self.number, position, None, pack, offset, len(frame_file)
                )
        original = at_hand(offered)
        frame = self.ahead.pop((position, intake.taken.sha256), None)
        if frame is None:
            found = frames.sha256_of(original)
            if found != intake.taken.sha256:
                raise offered_differs(expected=intake.taken.sha256, found=found)
            frame = self.pack(original, position, known)
        reference = frames.reference_position(position)
        self._remember(position, original)
        return frame.body, Stored(
            how="patch" if frame.prefixed else "full",
            volume=self.number,
            position=position,
            reference=reference if frame.prefixed else None,
            pack=pack,
            offset=offset,
            length=len(frame.body),
        )

    def pack(
        self,
        original: AtHand,
        position: int,
        known: dict[int | None, Capture],
        look: Callable[[bytes], None] = lambda _: None,
    ) -> frames.Frame:
        """The frame of an original at a position, decoded and compared; `look` sees each step that
        was compared."""
        reference = frames.reference_position(position)
        fits = self._patch_fits(len(original), position, known, limits.PATCH_MAX_BYTES)
        earlier = self._prefix(reference, known) if reference is not None and fits else b""
        useful = len(earlier) >= limits.PATCH_PREFIX_MIN_BYTES
        prefix = frames.Prefix(earlier) if useful else None
        frame = frames.pack(original, prefix)
        if not frames.decodes_to(frame.body, prefix if frame.prefixed else None, original, look):
            raise VaultDamaged(
                f"A frame of {self.object.object_id} did not decode to its original.",
                mend="run the command again; if it repeats, test this machine's memory.",
            )
        return frame

    def _patch_fits(
        self, size_bytes: int, position: int, known: dict[int | None, Capture], most_bytes: int
    ) -> bool:
        """Whether something to patch against is at hand, and both fit in memory together."""
        reference = frames.reference_position(position)
        if reference is None:
            return False
        wanted = known[reference]
        at_hand = reference in self._memory or wanted.stored.pack in self.object.paths()
        return at_hand and size_bytes + wanted.taken.size_bytes <= most_bytes

    def _beside(self) -> Path:
        """A folder on the disk of the vault, outside of it, for what has no name."""
        here = self._vault_root.parent
        while not here.is_dir():
            here = here.parent
        return here

    def _prefix(self, position: int, known: dict[int | None, Capture]) -> AtHand:
        if position in self._memory:
            return self._memory[position]
        wanted = known[position]
        held = self._cache.get(self.resource, wanted.taken.sha256) if self._cache else None
        original = held if held is not None else self.original(wanted)
        self._remember(position, original)
        return original

    def _remember(self, position: int, original: AtHand) -> None:
        """Keep what later positions are patched against: p, p - p mod 8 and p - p mod 32."""
        self._memory[position] = original
        wanted = positions_wanted(position)
        self._memory = {p: body for p, body in self._memory.items() if p in wanted}
        while sum(map(len, self._memory.values())) > limits.PREFIX_MEMORY_BYTES:
            self._memory.pop(min(self._memory))

    @staticmethod
    def _compare_written(path: Path, packed: list[bytes | PackedFile]) -> None:
        """Frames were decoded and compared in memory; here the written file equals them."""
        if not packed:
            return
        with open(path, "rb") as written:
            for body in parts_of(packed):
                if written.read(len(body)) != body:
                    raise VaultDamaged(
                        f"{path.name} could not be read back as it was written.",
                        mend="test this disk, then run the command again; nothing was half-kept.",
                    )

    def in_steps(self, capture: Capture) -> OnDisk:
        """A large original as it comes out of its frame. Its steps raise DigestMismatch."""
        stored = capture.stored
        if stored.how == "full":
            path = self.object.paths()[stored.pack or ""]
            taken = capture.taken
            return original_in(path, stored.offset, stored.length, taken.size_bytes, taken.sha256)
        size = capture.taken.size_bytes
        return OnDisk(size, capture.taken.sha256, lambda: iter([self.original(capture)]))

    def original(self, capture: Capture) -> bytes:
        """Restore the bytes of a capture whose frame is in this volume; at most 12 frames are read.

        Raises DigestMismatch, NotInVault.
        """
        chain = self.chain(capture)
        paths = self.object.paths()
        body: bytearray | None = None
        for link in reversed(chain[1:]):
            body = self._decode(link, body, paths)
        return self.decoded(capture, body)

    def chain(self, capture: Capture) -> list[Capture]:
        """The capture and the frames it builds on, down to a full one; at most 12 in all."""
        by_position = {c.stored.position: c for c in self.captures()}
        chain = [capture]
        while chain[-1].stored.reference is not None:
            following = by_position.get(chain[-1].stored.reference)
            if following is None:
                raise NotInVault(
                    f"The frame that {capture.id} builds on is not in its volume.",
                    mend="run `vf mend --from COPY`.",
                )
            chain.append(following)
        return chain

    def decoded(self, capture: Capture, prefix: bytes | bytearray | None) -> bytes:
        """The bytes of a capture whose prefix is at hand. Raises DigestMismatch."""
        body = self._decode(capture, prefix, self.object.paths())
        found = frames.sha256_of(body)
        if found != capture.taken.sha256:
            raise digest_mismatch(
                f"capture {capture.id}", expected=capture.taken.sha256, found=found
            )
        return bytes(body)

    def _decode(
        self, link: Capture, prefix: bytes | bytearray | None, paths: dict[str, Path]
    ) -> bytearray:
        stored = link.stored
        path = paths[stored.pack or ""]
        try:
            with open(path, "rb") as handle:
                handle.seek(stored.offset)
                frame = handle.read(stored.length)
            patched = prefix if stored.how == "patch" else None
            earlier = None if patched is None else frames.Prefix(patched)
            return frames.unpack(frame, earlier, link.taken.size_bytes)
        except (ZstdError, OSError, ValueError) as error:
            raise digest_mismatch(
                str(path), expected=link.taken.sha256, found="unreadable"
            ) from error


def positions_wanted(position: int) -> set[int]:
    """Positions that patches after this one may build on: strides 1, 8 and 32."""
    return {position, *(position - position % stride for stride in limits.PATCH_STRIDES)}
