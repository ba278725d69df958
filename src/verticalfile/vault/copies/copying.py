"""Bringing one storage root up to another, object by object: what is there is never written over.

Content comes first, then inventories of versions, then the root inventory: a death at any moment
leaves the target with whole versions and debris that the next run completes. Every byte is compared
with its digest on its way. Volumes come before the journal, which tells of them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from verticalfile.kernel.limits import COPY_STEP_BYTES
from verticalfile.vault import inventory as inv
from verticalfile.vault.copies.check import Finding
from verticalfile.vault.copies.mend import sound_inventory
from verticalfile.vault.disk import LocalDisk
from verticalfile.vault.errors import DigestMismatch, digest_mismatch
from verticalfile.vault.notes.exchange import STAGING, beside, exchange
from verticalfile.vault.ocfl_object import NAMASTE, sha512_of_file

JOURNAL = "journal/"
MEND_SOURCE = (
    "run `vf verify` on the archive, mend it, then run this again; the copy was left as it is."
)
MEND_FORK = "compare both with `vf verify`; nothing was changed. A lost version comes back with `vf mend --from COPY`."
MEND_DESTROYED = "run `vf backup DIR --destroy-there-too`, so that they leave the backup as well."


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of one object: the OCFL version reached in the target, and what was in the way."""

    object_id: str
    head: int
    files: int = 0
    size_bytes: int = 0
    findings: tuple[Finding, ...] = ()
    destroyed: bool = False  # the source's was written anew, by law, without some captures


def make_root(target: Path) -> None:
    """A storage root without objects, where there is none yet; one begun is completed."""
    disk = LocalDisk()
    disk.make_folder(target)
    for name, body in inv.ROOT_FILES.items():
        disk.make_folder((target / name).parent)
        _write_once(target / name, body)


def copy_objects(
    source: Path,
    target: Path,
    *,
    lawfully: Callable[[str], bool] = lambda _: False,
    say: Callable[[int, int], None] = lambda *_: None,
) -> Iterator[Copied]:
    """Bring every object of `target` up to `source`; the journal comes last, as it stood first.

    `lawfully` is asked whether an object that tells another history was written anew by law.
    Raises VaultFull; what was copied until then stays and is not copied again.
    """
    places = [folder.relative_to(source) for folder in sorted(source.glob("*/*/*/*/"))]
    journal = [place for place in places if _is_journal(place)]
    heads = {place: _committed(source / place) for place in journal}
    places = [place for place in places if place not in heads] + journal
    for number, place in enumerate(places, 1):
        found = heads.get(place) or _committed(source / place)
        if found is None:
            yield _damaged(place, "its inventory cannot be trusted", _head(target / place))
        else:
            yield _copy_object(source / place, target, place, found, lawfully)
        say(number, len(places))
    for folder in sorted(target.glob("*/*/*/*/")):
        place = folder.relative_to(target)
        own = _committed(folder)
        if own is not None and not (source / place).exists():
            said = "is gone from the archive, while the copy holds it"
            yield _damaged(place, said, own.head, mend=MEND_FORK)


def follow_destruction(source: Path, target: Path, object_id: str) -> Copied:
    """Put the volume that was written anew by law in place of the one that holds the destroyed."""
    place = Path(inv.object_path(object_id))
    found = _committed(source / place)
    if found is None:
        return _damaged(place, "its inventory cannot be trusted", _head(target / place))
    done = _copy_object(source / place, beside(target) / STAGING, place, found, lambda _: False)
    if not done.findings:
        exchange(target, object_id)
    return done


def _is_journal(place: Path) -> bool:
    return place.name.startswith(inv.SCHEME.replace(":", "%3a") + JOURNAL.replace("/", "%2f"))


def _committed(folder: Path) -> inv.Inventory | None:
    """What the root inventory says, where the newest version's own copy vouches for it.

    Sound also between the two renames of a commit, so that no lock is needed to read it.
    """
    path = folder / "inventory.json"
    if path.is_symlink() or not path.is_file():
        return None
    body = path.read_bytes()
    try:
        found = inv.Inventory.from_bytes(body)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return None
    newest = folder / f"v{found.head}"
    if sound_inventory(newest) is None or (newest / "inventory.json").read_bytes() != body:
        return None
    named = Path(inv.object_path(found.object_id))
    right = named == Path(*folder.parts[-4:]) and all(map(_inside, found.content_paths()))
    return found if right else None


def _inside(path: str) -> bool:
    """Whether a content path stays in a version's content folder; inventories may be hostile."""
    parts = PurePosixPath(path).parts
    plain = ".." not in parts and path == PurePosixPath(path).as_posix()
    return plain and len(parts) > 2 and parts[0][:1] == "v" and parts[1] == "content"


def _head(folder: Path) -> int:
    found = _committed(folder)
    return found.head if found else 0


def _copy_object(
    source: Path,
    target_root: Path,
    place: Path,
    found: inv.Inventory,
    lawfully: Callable[[str], bool],
) -> Copied:
    target = target_root / place
    own = _committed(target) or inv.Inventory(found.object_id)
    if not own.head and (target / "inventory.json").exists():
        return _damaged(place, "the copy of it is damaged; run `vf backup DIR --verify`", 0)
    if _told(own, own.head) != _told(found, own.head):
        if lawfully(found.object_id):
            said = "holds, in the backup, what was destroyed by law in the archive"
            done = _damaged(place, said, own.head, mend=MEND_DESTROYED)
            return Copied(found.object_id, own.head, findings=done.findings, destroyed=True)
        what = "tells another history, or less of it, than the copy"
        return _damaged(place, what, own.head, mend=MEND_FORK)
    findings = [_bad(place, path, said) for path, said in _unlike(source, target, own)]
    head, files, size_bytes = own.head, 0, 0
    while head < found.head and not findings:
        try:
            counted = _copy_version(source, target, found, head + 1)
        except (DigestMismatch, FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            path = f"v{head + 1}"
            findings.append(_bad(place, path, f"cannot be copied as it was kept: {error}"))
            break
        head, files, size_bytes = head + 1, files + counted[0], size_bytes + counted[1]
    if head:
        _commit(target, (target / f"v{head}" / "inventory.json").read_bytes())
    return Copied(found.object_id, head, files, size_bytes, tuple(findings))


def _commit(target: Path, body: bytes) -> None:
    """Let the root inventory tell of what was copied; does nothing where it does already."""
    disk = LocalDisk()
    _write_once(target / NAMASTE, b"ocfl_object_1.1\n")
    for name, told in (("inventory.json", body), ("inventory.json.sha512", inv.sidecar(body))):
        path = target / name
        _sweep(path)
        if not path.is_file() or path.read_bytes() != told:
            disk.replace_inventory(path, told)


def _write_once(path: Path, body: bytes) -> None:
    _sweep(path)
    if not path.exists():
        LocalDisk().write_new(path, [body])


def _told(found: inv.Inventory, head: int) -> tuple[object, ...]:
    """The history up to a version: what two copies of one object have in common."""
    paths = found.content_paths()
    within = {p: d for p, d in paths.items() if int(p[1:].partition("/")[0]) <= head}
    return found.object_id, found.states[:head], found.created[:head], found.messages[:head], within


def _unlike(source: Path, target: Path, own: inv.Inventory) -> Iterator[tuple[str, str]]:
    """Files of versions held by both that are gone or of another size on one side."""
    for path in own.content_paths():
        theirs, ours = _size(source / path), _size(target / path)
        if theirs is None or (ours is not None and theirs != ours):
            yield path, "is gone from the archive or has another size than its copy"
        elif ours is None:
            yield path, "is gone from the copy; run `vf backup DIR --verify`"


def _size(path: Path) -> int | None:
    try:
        return path.stat(follow_symlinks=False).st_size
    except (FileNotFoundError, NotADirectoryError):
        return None


def _copy_version(source: Path, target: Path, found: inv.Inventory, number: int) -> tuple[int, int]:
    """(files, bytes) of one version, durable on return; nothing names it in the target yet."""
    disk = LocalDisk()
    files, size_bytes = 0, 0
    for path, digest in sorted(found.content_paths().items()):
        if path.startswith(f"v{number}/"):
            size_bytes += _copy_file(source / path, target / path, digest)
            files += 1
    folder = source / f"v{number}"
    told = sound_inventory(folder)
    if told is None or _told(told, number) != _told(found, number) or told.head != number:
        raise FileNotFoundError(f"the inventory of v{number} is not sound")
    disk.make_folder(target / folder.name)
    for name in ("inventory.json", "inventory.json.sha512"):
        body = (folder / name).read_bytes()
        _copy_file(folder / name, target / folder.name / name, hashlib.sha512(body).hexdigest())
    return files, size_bytes


def _copy_file(source: Path, target: Path, digest: str) -> int:
    """Copy one file unless it is there; raises DigestMismatch, and leaves nothing then."""
    _sweep(target)
    if target.exists():
        found = sha512_of_file(target)
        if found != digest:
            raise digest_mismatch(str(target), expected=digest, found=str(found))
        return 0
    if source.is_symlink():
        raise FileNotFoundError(f"{source.name} is a link")
    disk = LocalDisk()
    disk.make_folder(target.parent)
    try:
        return disk.write_new(target, _checked(source, digest))
    except DigestMismatch:
        _sweep(target)
        raise


def _checked(source: Path, digest: str) -> Iterator[bytes]:
    """The file in steps; raises DigestMismatch at its end, before the copy has its name."""
    told = hashlib.sha512()
    with open(source, "rb") as handle:
        while step := handle.read(COPY_STEP_BYTES):
            told.update(step)
            yield step
    if told.hexdigest() != digest:
        raise digest_mismatch(str(source), expected=digest, found=told.hexdigest())


def _sweep(target: Path) -> None:
    """What an earlier run, or this one, left unfinished of a file."""
    part = target.with_name(target.name + ".part")
    if os.path.lexists(part):
        LocalDisk().remove_file(part)


def _damaged(place: Path, what: str, head: int, *, mend: str = MEND_SOURCE) -> Copied:
    finding = Finding(place.as_posix(), what, mend=mend)
    return Copied("", head, findings=(finding,))


def _bad(place: Path, path: str, what: str) -> Finding:
    return Finding(f"{place.as_posix()}/{path}", what, mend=MEND_SOURCE)
