"""Mending from another copy: only bytes whose digest an inventory vouches for are taken.

What is replaced is set aside, never deleted. An object whose own inventory is damaged is mended
by an inventory of itself (its newest version folder) or of the copy, whichever knows more
versions and can be made whole.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from verticalfile.kernel import limits
from verticalfile.vault import inventory as inv
from verticalfile.vault.copies.check import Finding
from verticalfile.vault.disk import LocalDisk, sync_folder
from verticalfile.vault.ocfl_object import NAMASTE, sha512_of_file

ASIDE_CHARS = 50  # of a name, at most 200 bytes; with what is added it stays below 255
INVENTORY_FILES = ("inventory.json", "inventory.json.sha512")


@dataclass(frozen=True, slots=True)
class Mended:
    """One file that was put right, or could not be."""

    path: str
    what: str


def mend(
    vault_root: Path, copy_root: Path, findings: Sequence[Finding], *, aside: Path
) -> list[Mended]:
    """Put right the objects of the findings, and bring objects that only the copy has.

    Call it under the writer's locks. A second run changes nothing more.
    """
    done: list[Mended] = []
    for finding in findings:
        path = vault_root / finding.path
        if finding.path in inv.ROOT_FILES:
            _replace(path, [inv.ROOT_FILES[finding.path]], aside, vault_root)
            done.append(Mended(finding.path, "written again"))
        elif finding.stray and os.path.lexists(path):
            _set_aside(path, aside, vault_root)
            LocalDisk().remove_empty(path.parent, below=vault_root)
            done.append(Mended(finding.path, "set aside"))
    wanted = {_object_of(finding.path) for finding in findings}
    for folder in sorted(copy_root.glob("*/*/*/*/")):
        place = folder.relative_to(copy_root)
        if folder.is_symlink():
            continue
        if not (vault_root / place).exists() or place in wanted:
            done += _mend_object(vault_root, copy_root, place, aside)
            wanted.discard(place)
    for place in sorted(p for p in wanted if len(p.parts) == 4):
        done += _mend_object(vault_root, copy_root, place, aside)
    # names that are no text go into the journal, which is
    return [Mended(m.path.encode("utf-8", "backslashreplace").decode(), m.what) for m in done]


def _object_of(path: str) -> Path:
    return Path(*Path(path).parts[:4])


def _mend_object(vault_root: Path, copy_root: Path, place: Path, aside: Path) -> Iterator[Mended]:
    own, other = vault_root / place, copy_root / place
    chosen = next(
        (
            (folder, inventory)
            for folder, inventory in _inventories(own, other)
            if _can_be_whole(inventory, own, other)
        ),
        None,
    )
    if chosen is None:
        yield Mended(
            place.as_posix(), "could not be mended: the copy does not hold what is missing"
        )
        return
    folder, inventory = chosen
    yield from _mend_files(own, other, inventory, aside, vault_root)
    for number in range(1, inventory.head + 1):
        sources = [own / f"v{number}", other / f"v{number}", folder]
        fitting = next((s for s in sources if _fits(s, inventory, number)), None)
        if fitting is not None and fitting != sources[0]:
            for file in INVENTORY_FILES:
                yield from _bring(fitting / file, sources[0] / file, aside, vault_root)
    if _bytes(own / NAMASTE) != b"ocfl_object_1.1\n":
        _replace(own / NAMASTE, [b"ocfl_object_1.1\n"], aside, vault_root)
        yield Mended((place / NAMASTE).as_posix(), "written again")
    body = (folder / "inventory.json").read_bytes()
    if _bytes(own / "inventory.json") != body or sound_inventory(own) is None:
        for name in INVENTORY_FILES:
            if (own / name).is_dir() or (own / name).is_symlink():
                _set_aside(own / name, aside, vault_root)
        disk = LocalDisk()
        disk.replace_inventory(own / "inventory.json", body)
        disk.replace_inventory(own / "inventory.json.sha512", inv.sidecar(body))
        yield Mended((place / "inventory.json").as_posix(), "put right")
    for path in _surplus(own, _expected(inventory)):
        _set_aside(path, aside, vault_root)
        yield Mended(path.relative_to(vault_root).as_posix(), "set aside")


def _mend_files(
    own: Path, other: Path, inventory: inv.Inventory, aside: Path, vault_root: Path
) -> Iterator[Mended]:
    """Content that is not what it was, from the copy; what shares its bytes with another name or
    stands behind a link becomes a file of its own."""
    for path, digest in sorted(inventory.content_paths().items()):
        if _digest(own / path) != digest:
            yield from _bring(other / path, own / path, aside, vault_root)
    for path in sorted(_expected(inventory)):
        target = own / path
        linked = any(here.is_symlink() for here in (target, *target.parents) if own in here.parents)
        if target.is_file() and (linked or target.lstat().st_nlink > 1):
            yield from _bring(target, target, aside, vault_root)


def _fits(folder: Path, inventory: inv.Inventory, number: int) -> bool:
    """Whether a folder holds the sound inventory of a version, telling this object's history."""
    found = sound_inventory(folder)
    return found is not None and (found.object_id, found.states, found.created, found.messages) == (
        inventory.object_id, inventory.states[:number],
        inventory.created[:number], inventory.messages[:number],
    )  # fmt: skip


def _expected(inventory: inv.Inventory) -> set[str]:
    """All files of an object, below its folder."""
    folders = ["", *(f"v{number}/" for number in range(1, inventory.head + 1))]
    files = {folder + name for folder in folders for name in INVENTORY_FILES}
    return {NAMASTE, *files, *inventory.content_paths()}


def _surplus(own: Path, expected: set[str]) -> Iterator[Path]:
    """What no inventory lists, folders whole and the outermost alone."""
    folders = {folder.as_posix() for name in expected for folder in PurePosixPath(name).parents}
    waiting = [own]
    while waiting:
        for path in sorted(waiting.pop().iterdir()):
            name = path.relative_to(own).as_posix()
            if name in folders and path.is_dir() and not path.is_symlink():
                waiting.append(path)
            elif name not in expected:
                yield path


def sound_inventory(folder: Path) -> inv.Inventory | None:
    """The inventory of a folder where it is as its digest file says and we can read it."""
    body, side = _bytes(folder / "inventory.json"), _bytes(folder / "inventory.json.sha512")
    if body is None or side != inv.sidecar(body):
        return None
    try:
        found = inv.Inventory.from_bytes(body)
        found.content_paths()
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return None
    return found


def _inventories(own: Path, other: Path) -> list[tuple[Path, inv.Inventory]]:
    """Sound inventories of both copies, those that know most versions first, our own before."""
    places = [own, *sorted(own.glob("v*")), other]
    found = [(place, sound_inventory(place)) for place in places if place.is_dir()]
    sound = [(place, inventory) for place, inventory in found if inventory is not None]
    return sorted(sound, key=lambda pair: -pair[1].head)


def _can_be_whole(inventory: inv.Inventory, own: Path, other: Path) -> bool:
    return all(
        digest in (_digest(own / path), _digest(other / path))
        for path, digest in inventory.content_paths().items()
    )


def _digest(path: Path) -> str | None:
    return None if path.is_symlink() else sha512_of_file(path)


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() and not path.is_symlink() else None


def _bring(source: Path, target: Path, aside: Path, vault_root: Path) -> Iterator[Mended]:
    if not source.is_file() or source.is_symlink():
        return
    with open(source, "rb") as held:  # before it may be set aside itself
        _replace(target, iter(partial(held.read, limits.COPY_STEP_BYTES), b""), aside, vault_root)
    yield Mended(target.relative_to(vault_root).as_posix(), "taken from the copy")


def _replace(target: Path, content: Iterable[bytes], aside: Path, vault_root: Path) -> None:
    disk = LocalDisk()
    for folder in reversed(target.relative_to(vault_root).parents):
        here = vault_root / folder  # outermost first: what stands behind a link is not ours to move
        if here.is_symlink() or (here.exists() and not here.is_dir()):
            _set_aside(here, aside, vault_root)
    if target.exists() or target.is_symlink():
        _set_aside(target, aside, vault_root)
    disk.make_folder(target.parent)
    disk.write_new(target, content)


def _set_aside(path: Path, aside: Path, vault_root: Path) -> None:
    """Move what is damaged out of the vault under a name of its own."""
    aside.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(os.fsencode(path.relative_to(vault_root))).hexdigest()[:16]
    number = 0
    while (
        target := aside / f"{path.name[:ASIDE_CHARS]}-{name}-{number}"
    ).exists() or target.is_symlink():
        number += 1
    shutil.move(path, target)
    sync_folder(path.parent)
