"""Fixity: every stored byte against the digest written when it was kept, as found on disk.

The walk goes by folders, not by names that are known, so that nothing hides. Damage never stops
it. Each finding names the file, what is wrong, the captures it concerns and the mend.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from verticalfile.vault import inventory as inv
from verticalfile.vault.disk import LocalDisk
from verticalfile.vault.errors import DigestMismatch, NotInVault, VaultDamaged
from verticalfile.vault.ocfl_object import NAMASTE, sha512_of_file
from verticalfile.vault.restore import originals_of
from verticalfile.vault.volume import Volume

ROOT_FILES = frozenset({"0=ocfl_1.1", "ocfl_layout.json", "extensions"})
TUPLES = 3
MEND = "run `vf mend --from COPY` with another copy of the archive."


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was kept. `path` is relative to the vault."""

    path: str
    what: str
    object_id: str = ""
    captures: tuple[str, ...] = ()
    mend: str = MEND


def check(
    vault_root: Path,
    *,
    quick: bool = False,
    say: Callable[[str, int, int], None] = lambda *_: None,
) -> Iterator[Finding]:
    """All findings. `quick` reads inventories and asks for the presence of files only.

    `say` is told the object, how many are done, and how many there are.
    """
    yield from _root_findings(vault_root)
    folders, strays = object_folders(vault_root)
    for stray in strays:
        yield Finding(_shown(stray, vault_root), "does not belong in a vault")
    for number, folder in enumerate(folders, start=1):
        say(folder.name, number, len(folders))
        yield from check_object(folder, vault_root, quick=quick)


def _root_findings(vault_root: Path) -> Iterator[Finding]:
    if _content(vault_root / "0=ocfl_1.1") != b"ocfl_1.1\n":
        yield Finding("0=ocfl_1.1", "is missing or was changed")
    if _content(vault_root / "ocfl_layout.json") != inv.LAYOUT_FILE:
        yield Finding("ocfl_layout.json", "is missing or was changed")
    if not (vault_root / "extensions").is_dir():
        yield Finding("extensions", "is missing", mend="make the empty folder again.")


def object_folders(vault_root: Path) -> tuple[list[Path], list[Path]]:
    """Folders where objects stand by the layout, and whatever else is in the way."""
    level = [vault_root]
    strays: list[Path] = []
    for depth in range(TUPLES + 1):
        following = []
        for folder in level:
            for path in sorted(folder.iterdir()):
                if depth == 0 and path.name in ROOT_FILES:
                    continue
                if path.is_dir() and not path.is_symlink():
                    following.append(path)
                else:
                    strays.append(path)
        level = following
    return level, strays


def _shown(path: Path, vault_root: Path) -> str:
    return path.relative_to(vault_root).as_posix()


def check_object(folder: Path, vault_root: Path, *, quick: bool) -> Iterator[Finding]:
    """Findings of one object: its inventories, its files, and that its captures restore."""
    found, inventory = check_inventories(folder, vault_root)
    if inventory is None:
        yield from found
        return
    expected = inventory.content_paths()
    damaged: set[str] = set()
    for path, digest in sorted(expected.items()):
        what = _wrong(folder / path, digest, quick=quick)
        if what:
            damaged.add(path)
            found.append(Finding(_shown(folder / path, vault_root), what, inventory.object_id))
    found += [
        Finding(_shown(path, vault_root), "does not belong here", inventory.object_id)
        for path in _surplus(folder, inventory)
    ]
    resource, _, number = inventory.object_id.rpartition("/")
    if resource == "journal" or not number.isdigit():
        yield from found
        return
    if quick:
        yield from found
        return
    broken = _broken_captures(vault_root, resource, int(number), inventory.object_id)
    if isinstance(broken, Finding):
        yield from [*found, *([] if found else [broken])]
        return
    if broken and not damaged:
        found.append(
            Finding(
                _shown(folder, vault_root), "holds frames that do not give their originals",
                inventory.object_id,
            )
        )  # fmt: skip
    yield from (replace(each, captures=broken) for each in found)


def _broken_captures(
    vault_root: Path, resource: str, number: int, object_id: str
) -> tuple[str, ...] | Finding:
    """Ids of captures that do not restore; a broken frame takes with it what builds on it."""
    try:
        volume = Volume(vault_root, resource, number, LocalDisk())
        return tuple(c.id for c, body in originals_of(volume) if body is None)
    except (DigestMismatch, NotInVault, VaultDamaged, ValueError, KeyError, TypeError, OSError):
        return Finding(object_id, "its list of captures cannot be read", object_id)


def check_inventories(folder: Path, vault_root: Path) -> tuple[list[Finding], inv.Inventory | None]:
    """Findings of root and version inventories and sidecars; the root inventory where it holds."""
    found: list[Finding] = []

    def note(path: Path, what: str, object_id: str = "") -> None:
        found.append(Finding(_shown(path, vault_root), what, object_id))

    root, what = sound_inventory(folder)
    if root is None:
        note(folder / "inventory.json", what)
        return found, None
    if str(inv.object_path(root.object_id)) != _shown(folder, vault_root):
        note(folder, f"holds the object {root.object_id}, which belongs elsewhere", root.object_id)
    if _content(folder / NAMASTE) != b"ocfl_object_1.1\n":
        note(folder / NAMASTE, "is missing or was changed", root.object_id)
    for number in range(1, root.head + 1):
        version, what = sound_inventory(folder / f"v{number}")
        if version is None:
            note(folder / f"v{number}" / "inventory.json", what, root.object_id)
        elif version.states != root.states[:number] or version.head != number:
            note(
                folder / f"v{number}" / "inventory.json",
                "tells another history than the newest inventory: two writers, or two copies mixed",
                root.object_id,
            )
    return found, root


def sound_inventory(folder: Path) -> tuple[inv.Inventory | None, str]:
    """The inventory of a folder where it matches its sidecar, else None and what is wrong."""
    body = _content(folder / "inventory.json")
    if body is None:
        return None, "is missing"
    side = _content(folder / "inventory.json.sha512")
    if side is None:
        return None, "has no sidecar"
    if side != inv.sidecar(body):
        return None, "does not match its sidecar"
    try:
        found = inv.Inventory.from_bytes(body)
        found.content_paths()
    except (ValueError, KeyError, TypeError, IndexError, json.JSONDecodeError):
        return None, "cannot be read"
    return found, ""


def _content(path: Path) -> bytes | None:
    """Bytes of a regular file; None for anything else, links too."""
    if path.is_symlink() or not path.is_file():
        return None
    return path.read_bytes()


def _wrong(path: Path, digest: str, *, quick: bool) -> str:
    if path.is_symlink():
        return "is a link where a file was kept"
    if not path.exists():
        return "is missing"
    if not path.is_file():
        return "is no file"
    if quick:
        return ""
    try:
        return "" if sha512_of_file(path) == digest else "is not what was kept"
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def _surplus(folder: Path, inventory: inv.Inventory) -> list[Path]:
    """Files and links that no inventory lists."""
    names = {NAMASTE, "inventory.json", "inventory.json.sha512", *inventory.content_paths()}
    for number in range(1, inventory.head + 1):
        names |= {f"v{number}/inventory.json", f"v{number}/inventory.json.sha512"}
    return [
        path
        for path in sorted(folder.rglob("*"))
        if (path.is_symlink() or not path.is_dir())
        and path.relative_to(folder).as_posix() not in names
    ]
