"""Mending from another copy: only bytes whose digest an inventory vouches for are taken.

What is replaced is set aside, never deleted. An object whose own inventory is damaged is mended
by an inventory of itself (its newest version folder) or of the copy, whichever knows more
versions and can be made whole.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from verticalfile.vault import inventory as inv
from verticalfile.vault.check import Finding, check_object, object_folders, sound_inventory
from verticalfile.vault.disk import LocalDisk, sync_folder
from verticalfile.vault.ocfl_object import NAMASTE, sha512_of_file


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
        if len(Path(finding.path).parts) <= 1 and (copy_root / finding.path).is_file():
            _replace(path, (copy_root / finding.path).read_bytes(), aside, vault_root)
            done.append(Mended(finding.path, "taken from the copy"))
        elif finding.what == "does not belong in a vault":
            _set_aside(path, aside, vault_root)
            done.append(Mended(finding.path, "set aside"))
    wanted = {_object_of(finding.path) for finding in findings}
    folders, _ = object_folders(copy_root)
    for folder in folders:
        place = folder.relative_to(copy_root)
        if not (vault_root / place).exists() or place in wanted:
            done += _mend_object(vault_root, copy_root, place, aside)
            wanted.discard(place)
    for place in sorted(p for p in wanted if len(p.parts) == 4):
        done += _mend_object(vault_root, copy_root, place, aside)
    return done


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
    disk = LocalDisk()
    for path, digest in sorted(inventory.content_paths().items()):
        if _digest(own / path) != digest:
            yield from _bring(other / path, own / path, aside, vault_root)
    for number in range(1, inventory.head + 1):
        name = f"v{number}"
        if sound_inventory(own / name)[0] is None:
            source = other / name if sound_inventory(other / name)[0] is not None else folder
            for file in ("inventory.json", "inventory.json.sha512"):
                yield from _bring(source / file, own / name / file, aside, vault_root)
    if _bytes(own / NAMASTE) != b"ocfl_object_1.1\n":
        _replace(own / NAMASTE, b"ocfl_object_1.1\n", aside, vault_root)
        yield Mended((place / NAMASTE).as_posix(), "written again")
    body = (folder / "inventory.json").read_bytes()
    if _bytes(own / "inventory.json") != body or sound_inventory(own)[0] is None:
        for name in ("inventory.json", "inventory.json.sha512"):
            if (own / name).is_dir() or (own / name).is_symlink():
                _set_aside(own / name, aside, vault_root)
        disk.replace_inventory(own / "inventory.json", body)
        disk.replace_inventory(own / "inventory.json.sha512", inv.sidecar(body))
        yield Mended((place / "inventory.json").as_posix(), "put right")
    for finding in list(check_object(own, vault_root, quick=True)):
        if finding.what == "does not belong here":
            _set_aside(vault_root / finding.path, aside, vault_root)
            yield Mended(finding.path, "set aside")


def _inventories(own: Path, other: Path) -> list[tuple[Path, inv.Inventory]]:
    """Sound inventories of both copies, those that know most versions first, our own before."""
    places = [own, *sorted(own.glob("v*")), other]
    found = [(place, sound_inventory(place)[0]) for place in places if place.is_dir()]
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
    _replace(target, source.read_bytes(), aside, vault_root)
    yield Mended(target.relative_to(vault_root).as_posix(), "taken from the copy")


def _replace(target: Path, body: bytes, aside: Path, vault_root: Path) -> None:
    if target.exists() or target.is_symlink():
        _set_aside(target, aside, vault_root)
    disk = LocalDisk()
    for folder in reversed(target.relative_to(vault_root).parents):
        here = vault_root / folder
        if here.is_symlink() or (here.exists() and not here.is_dir()):
            _set_aside(here, aside, vault_root)
    disk.make_folder(target.parent)
    disk.write_new(target, [body])


def _set_aside(path: Path, aside: Path, vault_root: Path) -> None:
    """Move what is damaged out of the vault under a name of its own."""
    aside.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(path.relative_to(vault_root).as_posix().encode()).hexdigest()[:16]
    number = 0
    while (target := aside / f"{path.name}-{name}-{number}").exists() or target.is_symlink():
        number += 1
    shutil.move(path, target)
    sync_folder(path.parent)
