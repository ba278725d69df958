"""Whether the inventories of an object tell one story (OCFL 1.1 sections 3.3.1, 3.5.1, 3.7)."""

from __future__ import annotations

from collections.abc import Mapping

from verticalfile.vault.ocfl_validation.inventory_rules import Reading
from verticalfile.vault.ocfl_validation.verdict import Note, shown
from verticalfile.vault.ocfl_validation.version_rules import Version

FORK = "another history, of two writers or of two copies mixed"


def judge_agreement(
    root: Reading, older: Reading, version: str, *, note: Note, note_root: Note
) -> None:
    """Compare the inventory in a version's folder with the one in the object's folder."""
    if older.versions and older.highest != version:
        note("E040", f"ends with version {older.highest}, not {version}")
    if root.object_id and older.object_id and older.object_id != root.object_id:
        for code in ("E037", "E110"):
            note(code, f"has the id {shown(older.object_id)}, not {shown(root.object_id)}")
    _judge_content_folder(root, older, version, note=note, note_root=note_root)
    for name, told in older.versions.items():
        now = root.versions.get(name)
        if now is None:
            if name != version:  # a folder that no inventory names is told by E046
                note("E066", f"tells of version {name}, of which the newest inventory does not")
        elif now is not told:
            _judge_states(root, older, name, note)
            _judge_words(name, told, now, note)


def _judge_content_folder(
    root: Reading, older: Reading, version: str, *, note: Note, note_root: Note
) -> None:
    first = next(iter(root.versions), "")
    changed = root.content_folder != older.content_folder
    if version == first and root.names_content_folder:
        if not older.names_content_folder:
            note_root("E019", "names a content folder, which its first version does not")
        elif changed:
            note_root(
                "E019",
                f"names the content folder {shown(root.content_folder)}, its first version "
                f"{shown(older.content_folder)}",
            )
    if changed:
        note("E020", f"names another content folder, {shown(older.content_folder)}")


def _judge_states(root: Reading, older: Reading, name: str, note: Note) -> None:
    now, then = root.versions[name].state, older.versions[name].state
    for path in sorted(now.keys() ^ then.keys()):
        lacks = "lacks" if path in now else "has"
        note("E066", f"{lacks} {shown(path)} in version {name}: {FORK}")
    common = now.keys() & then.keys()
    if root.algorithm == older.algorithm:
        other = [path for path in common if now[path] != then[path]]
    else:
        held = _digests_held(root, older)
        other = [path for path in common if now[path] not in held.get(then[path], ())]
    for path in sorted(other):
        note("E066", f"has other content for {shown(path)} in version {name}: {FORK}")


def _digests_held(root: Reading, older: Reading) -> Mapping[str, set[str]]:
    """Each digest of the older manifest -> those that the newest gives for the same files."""
    held: dict[str, set[str]] = {}
    for path, digest in older.manifest.items():
        held.setdefault(digest, set()).add(root.manifest.get(path, ""))
    return held


def _judge_words(name: str, told: Version, now: Version, note: Note) -> None:
    for key in ("created", "message", "user"):
        if told.block.get(key) != now.block.get(key):
            note("W011", f"tells another {key} of version {name} than the newest inventory")
