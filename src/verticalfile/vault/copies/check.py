"""Fixity and structure: the vault as found on disk, every byte of it and every capture restored.

What OCFL asks is judged by `ocfl_validation`, which knows nothing of our writer and takes nothing
on trust. On top of that stands here what only a vault of ours must be: files written as we write
them, none that OCFL allows and we never make, captures that restore. Damage never stops it. Each
finding names the file, what is wrong, the captures it concerns and the mend.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from verticalfile.vault import inventory as inv
from verticalfile.vault.copies.restore import originals_of
from verticalfile.vault.disk import LocalDisk
from verticalfile.vault.errors import DigestMismatch, NotInVault, VaultDamaged
from verticalfile.vault.ocfl_validation import (
    Breach,
    Depth,
    Verdict,
    validate_object,
    validate_root,
)
from verticalfile.vault.volume import Volume

MEND = "run `vf mend --from COPY` with another copy of the archive."
MENDS = {
    "E073": "run `vf collect`, which clears what a crash left; if it stays, "
    "run `vf mend --from COPY` with another copy of the archive.",
}
"""Where another copy is not the first that helps: code -> mend."""
STRAY_CODES = frozenset({"E072", "E073", "E076", "E078", "E079", "E089", "E090", "E112", "W016"})
"""Said of a storage root, these name what must not be there."""
NEVER_OURS = ("logs", "extensions")
"""What OCFL 1.1 sections 3.8 and 3.9 allow in an object and we never make."""

SIDECAR = "inventory.json.sha512"
WRITTEN_SIDECAR = re.compile(rb"[0-9a-f]{128} inventory\.json\n")
"""OCFL allows other spaces and no line feed; that it holds the right digest is judged there."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was kept. `path` is relative to the vault."""

    path: str
    what: str
    object_id: str = ""
    captures: tuple[str, ...] = ()
    mend: str = MEND
    code: str = ""  # of the OCFL clause that is not kept, where it is one
    stray: bool = False  # whether the thing named stands outside of all objects and must go


def check(
    vault_root: Path,
    *,
    quick: bool = False,
    say: Callable[[str, int, int], None] = lambda *_: None,
) -> Iterator[Finding]:
    """All findings. `quick` reads inventories and asks for the presence of files only.

    `say` is told the object, how many are done, and how many there are.
    """
    depth = Depth.PRESENCE if quick else Depth.DIGESTS
    for place, verdict in validate_root(vault_root, depth, say=say):
        if place:
            yield from _object_findings(vault_root, place, verdict, quick=quick)
        else:
            yield from _root_findings(vault_root, verdict)


def check_object(vault_root: Path, object_id: str) -> list[Finding]:
    """All findings of one object that is meant to be there."""
    place = inv.object_path(object_id).as_posix()
    verdict = validate_object(vault_root / place, Depth.DIGESTS)
    return list(_object_findings(vault_root, place, verdict, quick=False))


def _root_findings(vault_root: Path, verdict: Verdict) -> Iterator[Finding]:
    """Files of the storage root itself, byte by byte; then what OCFL says of all else."""
    found = [
        Finding(name, "is missing or was changed")
        for name, body in inv.ROOT_FILES.items()
        if _content(vault_root / name) != body
    ]
    found += [Finding(name, "does not belong in a vault", stray=True) for name in _foreign(vault_root)]  # fmt: skip
    found += [
        replace(
            _of_breach(breach, ""),
            stray=breach.code in STRAY_CODES,
            mend=MENDS.get(breach.code, MEND),
        )
        for breach in verdict.breaches
    ]
    told: dict[str, Finding] = {}
    for finding in found:
        told.setdefault(finding.path, finding)  # our own words say more of our own files
    yield from told.values()


def _foreign(vault_root: Path) -> Iterator[str]:
    """Files at the root and among its extensions that OCFL leaves alone and we never write."""
    for path in sorted([*vault_root.glob("*"), *vault_root.glob("extensions/**/*")]):
        name = path.relative_to(vault_root).as_posix()
        if not path.is_dir() and name not in inv.ROOT_FILES:
            yield name


def _object_findings(
    vault_root: Path, place: str, verdict: Verdict, *, quick: bool
) -> Iterator[Finding]:
    """Findings of one object: what OCFL says, what is not ours, and captures that do not restore."""
    object_id = _object_id(place, verdict)
    found = [replace(_of_breach(breach, place), object_id=object_id) for breach in verdict.breaches]
    told = {finding.path for finding in found}
    found += [
        Finding(f"{place}/{path}", what, object_id)
        for path, what in _unlike_ours(vault_root / place)
        if f"{place}/{path}" not in told
    ]
    resource, _, number = object_id.rpartition("/")
    if quick or resource == "journal" or not number.isdigit():
        yield from found
        return
    broken = _broken_captures(vault_root, resource, int(number), object_id)
    if isinstance(broken, Finding):
        yield from [*found, *([] if found else [broken])]
        return
    if broken and not any("/content/" in finding.path for finding in found):
        found.append(Finding(place, "holds frames that do not give their originals", object_id))
    yield from (replace(each, captures=broken) for each in found)


def _of_breach(breach: Breach, place: str) -> Finding:
    path = "/".join(part for part in (place, breach.path) if part)
    return Finding(path, f"{breach.detail} (OCFL {breach.code})", code=breach.code)


def _object_id(place: str, verdict: Verdict) -> str:
    """Our name of an object: by its inventory where that is sound, else by its folder's name."""
    name = PurePosixPath(place).name
    for uri in (verdict.object_id if verdict.sound else "", unquote(name)):
        try:
            object_id = inv.from_uri(uri)
        except ValueError:
            continue
        if inv.object_path(object_id).name == name:  # the names of long ids are cut
            return object_id
    return ""


def _unlike_ours(folder: Path) -> Iterator[tuple[str, str]]:
    """What OCFL allows and our writer never makes."""
    for name in NEVER_OURS:
        if os.path.lexists(folder / name):
            yield name, "does not belong here"
    for side in (folder / SIDECAR, *sorted(folder.glob(f"v*/{SIDECAR}"))):
        body = _content(side)
        if body is not None and WRITTEN_SIDECAR.fullmatch(body) is None:
            yield side.relative_to(folder).as_posix(), "was changed"


def _broken_captures(
    vault_root: Path, resource: str, number: int, object_id: str
) -> tuple[str, ...] | Finding:
    """Ids of captures that do not restore; a broken frame takes with it what builds on it."""
    try:
        volume = Volume(vault_root, resource, number, LocalDisk())
        return tuple(c.id for c, body in originals_of(volume) if body is None)
    except (DigestMismatch, NotInVault, VaultDamaged, ValueError, KeyError, TypeError, OSError):
        return Finding(object_id, "its list of captures cannot be read", object_id)


def _content(path: Path) -> bytes | None:
    """Bytes of a regular file; None for anything else, links too."""
    try:
        return None if path.is_symlink() or not path.is_file() else path.read_bytes()
    except OSError:
        return None
