"""One OCFL object, judged whole (OCFL 1.0 and 1.1, section 3): folder, inventories, content.

Reads only, follows no link and raises for nothing that a folder can hold. It imports nothing of
the vault's writer, so that a mistake there cannot hide here. Each content file is read once.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path

from verticalfile.vault.ocfl_validation.agreement import judge_agreement
from verticalfile.vault.ocfl_validation.content_rules import Content
from verticalfile.vault.ocfl_validation.declaration import (
    OBJECT,
    is_declaration,
    judge_declaration,
    spec_of,
)
from verticalfile.vault.ocfl_validation.extensions import EXTENSIONS, judge_extensions
from verticalfile.vault.ocfl_validation.inventory_file import (
    INVENTORY,
    InventoryFile,
    read_inventory,
)
from verticalfile.vault.ocfl_validation.inventory_rules import CONTENT, Reading
from verticalfile.vault.ocfl_validation.look import Kind, Look, joined
from verticalfile.vault.ocfl_validation.verdict import Notes, Verdict
from verticalfile.vault.ocfl_validation.version_rules import NAME, judge_sequence, number_of

LOGS = "logs"


class Depth(Enum):
    """How much of the content is read."""

    PRESENCE = "presence"  # that each file is there
    DIGESTS = "digests"  # that each file has its digests


def validate_object(folder: Path, depth: Depth = Depth.DIGESTS) -> Verdict:
    """Judge the object in a folder; never raises for what the folder holds."""
    notes = Notes()
    look = Look(folder, notes)
    if not look.is_folder():
        return Verdict(notes.all())
    names = look.entries("")
    declared = spec_of(names, OBJECT)
    notes.spec = declared or notes.spec
    judge_declaration(look, names, OBJECT, notes)
    root = read_inventory(look, "", names, notes)
    if root is None:
        notes.add("E063", INVENTORY, "is missing")
    newest = root.reading if root else None
    if newest and newest.spec and newest.spec != declared:
        if declared:
            notes.add("E038", INVENTORY, f"is of OCFL {newest.spec}, the object of {declared}")
        else:
            notes.spec = newest.spec
    folders = _judge_names(look, names, root, notes)
    content = Content(newest)
    _judge_versions(look, folders, root, content, notes)
    content.judge(look, notes, digests=depth is Depth.DIGESTS)
    return Verdict(
        notes.all(),
        object_id=newest.object_id if newest else "",
        spec=notes.spec,
        sound=root is not None and root.sound,
    )


def _judge_names(
    look: Look, names: Mapping[str, Kind], root: InventoryFile | None, notes: Notes
) -> list[str]:
    """What stands in the object's folder; returns the version folders that are there, in order."""
    told = root.reading.versions if root and root.reading else {}
    files = {INVENTORY, root.sidecar if root else ""}
    for name, kind in names.items():
        folder = kind is Kind.FOLDER
        if kind is Kind.OTHER or (kind is Kind.FILE and (name in files or is_declaration(name))):
            continue
        if folder and name == EXTENSIONS:
            judge_extensions(look, notes, holder="E067", unregistered="W013")
        elif folder and NAME.fullmatch(name):
            if told and name not in told:
                notes.add("E046", name, "is a version of which the inventory does not tell")
        elif not folder or name != LOGS:
            notes.add("E001", name, "does not belong in an object's folder")
    there = [n for n, kind in names.items() if kind is Kind.FOLDER and number_of(n)]
    there.sort(key=lambda name: int(name[1:]))
    for name in told:
        if name not in there:
            notes.add("E046", name, "is missing, the inventory tells of this version")
    judge_sequence([int(name[1:]) for name in there], notes.at(""))
    if not there and not (root and root.reading):
        notes.add("E008", "", "holds no version")
    return there


def _judge_versions(
    look: Look, folders: list[str], root: InventoryFile | None, content: Content, notes: Notes
) -> None:
    """Inventories of all versions, oldest first; their content is gathered."""
    newest = root.reading if root else None
    latest = newest.highest if newest and newest.highest in folders else "".join(folders[-1:])
    spec_before = ""
    for folder in folders:
        names = look.entries(folder)
        path = joined(folder, INVENTORY)
        own = read_inventory(look, folder, names, notes, same_as=root)
        if own is None:
            notes.add("W010", path, "is missing")
        _judge_version_names(folder, names, own, newest, notes)
        content.gather(look, folder, names, notes)
        if own is None:
            continue
        if root and folder == latest and own.body != root.body:
            notes.add("E064", INVENTORY, f"is not the same as {path}")
        if own.reading is None:
            continue
        spec = own.reading.spec
        if spec and spec < spec_before:
            notes.add("E103", path, f"is of OCFL {spec}, the one before it of {spec_before}")
        spec_before = spec or spec_before
        if newest is not None and (own.reading is not newest or folder != newest.highest):
            here = notes.at(path)
            judge_agreement(newest, own.reading, folder, note=here, note_root=notes.at(INVENTORY))
            content.compare(own.reading, here)


def _judge_version_names(
    folder: str,
    names: Mapping[str, Kind],
    own: InventoryFile | None,
    newest: Reading | None,
    notes: Notes,
) -> None:
    files = {INVENTORY, own.sidecar if own else ""}
    content_folder = newest.content_folder if newest else CONTENT
    for name, kind in names.items():
        if kind is Kind.FILE and name not in files:
            notes.add("E015", joined(folder, name), "does not belong in a version's folder")
        elif kind is Kind.FOLDER and name != content_folder:
            notes.add("W002", joined(folder, name), "is a folder beside the content")
