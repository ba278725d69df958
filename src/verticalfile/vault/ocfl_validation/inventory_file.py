"""An inventory on disk with its digest file (OCFL 1.1 sections 3.5 to 3.7)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from verticalfile.kernel import limits
from verticalfile.vault.ocfl_validation.digests import HASHES
from verticalfile.vault.ocfl_validation.inventory_rules import Reading, judge_inventory
from verticalfile.vault.ocfl_validation.look import Kind, Look, joined
from verticalfile.vault.ocfl_validation.verdict import Notes

INVENTORY = "inventory.json"
_SIDECAR = re.compile(rb"(\S+)[ \t]+inventory\.json\s*")


@dataclass(frozen=True, slots=True)
class InventoryFile:
    """An inventory that is there; `reading` is None where it could not be understood."""

    body: bytes
    reading: Reading | None
    sidecar: str  # name of its digest file, "" where there is none
    sound: bool  # whether the digest file agrees


def read_inventory(
    look: Look,
    folder: str,
    names: Mapping[str, Kind],
    notes: Notes,
    same_as: InventoryFile | None = None,
) -> InventoryFile | None:
    """Judge the inventory of a folder by itself; None where there is none.

    What equals `same_as`, wholly or in some versions, was judged there and is not judged again.
    """
    if names.get(INVENTORY) is not Kind.FILE:
        return None
    path = joined(folder, INVENTORY)
    body = look.content(path, limits.OCFL_INVENTORY_BYTES)
    if body is None:
        return InventoryFile(b"", None, _any_sidecar(names), sound=False)
    judged = same_as.reading if same_as else None
    if same_as and judged and same_as.body == body:
        reading: Reading | None = judged
    else:
        reading = judge_inventory(body, notes.at(path), judged.versions if judged else None)
    sidecar = _any_sidecar(names)
    if reading and reading.algorithm:
        wanted = f"{INVENTORY}.{reading.algorithm}"
        if sidecar and names.get(wanted) is not Kind.FILE:
            notes.add("E059", joined(folder, sidecar), f"is not named after {reading.algorithm}")
        sidecar = wanted if names.get(wanted) is Kind.FILE else ""
    if not sidecar:
        wanted = f"{INVENTORY}.{(reading and reading.algorithm) or 'sha512'}"
        notes.add("E058", joined(folder, wanted), "is missing")
    sound = bool(sidecar) and _agrees(look, joined(folder, sidecar), body, notes)
    return InventoryFile(body, reading, sidecar, sound)


def _any_sidecar(names: Mapping[str, Kind]) -> str:
    """A digest file named after some algorithm."""
    for name, kind in names.items():
        if kind is Kind.FILE and name.removeprefix(f"{INVENTORY}.") in HASHES:
            return name
    return ""


def _agrees(look: Look, path: str, body: bytes, notes: Notes) -> bool:
    told = look.content(path, limits.OCFL_SIDECAR_BYTES)
    if told is None:
        return False
    found = _SIDECAR.fullmatch(told)
    if found is None:
        notes.add("E061", path, "does not read: digest, space, inventory.json")
        return False
    digest = HASHES[path.rpartition(".")[2]]()
    digest.update(body)
    if found[1].lower() != digest.hexdigest().encode():
        notes.add("E060", path, "does not hold the digest of the inventory beside it")
        return False
    return True
