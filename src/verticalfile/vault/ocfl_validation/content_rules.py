"""Content files against all inventories of an object (OCFL 1.1 sections 3.3.1, 3.5.2, 3.5.4).

Every file that is there must be listed, every one that is listed must be there, and each has the
digests that any inventory gives. A file is read once, whoever asks.
"""

from __future__ import annotations

from collections.abc import Mapping

from verticalfile.vault.ocfl_validation.inventory_rules import Reading
from verticalfile.vault.ocfl_validation.look import Kind, Look, joined
from verticalfile.vault.ocfl_validation.verdict import Note, Notes, shown

Claim = tuple[str, str, str]
"""Code of the rule, algorithm, digest."""


class Content:
    """The content of an object, gathered version by version, then judged."""

    def __init__(self, newest: Reading | None) -> None:
        self._newest = newest
        self._files: set[str] = set()
        self._older: dict[str, dict[Claim, Note]] = {}

    def gather(self, look: Look, folder: str, names: Mapping[str, Kind], notes: Notes) -> None:
        """What stands in the content folder of a version."""
        name = self._newest.content_folder if self._newest else "content"
        if names.get(name) is not Kind.FOLDER:
            return
        top = joined(folder, name)
        for here, found in look.walk(top):
            if not found and here == top:
                notes.add("W003", here, "is empty")
            elif not found:
                notes.add("E024", here, "is empty")
            self._files |= {joined(here, n) for n, kind in found.items() if kind is Kind.FILE}

    def compare(self, older: Reading, note: Note) -> None:
        """The inventory in a version's folder with all files gathered up to that version."""
        newest = self._newest
        if newest is None:
            return
        for path in sorted(self._files - older.manifest.keys()):
            if path in newest.manifest:  # else it is told of the file itself
                note("E023", f"does not list {shown(path)}")
        for path in sorted(older.manifest.keys() - self._files):
            if path not in newest.manifest and _well_placed(path, newest):
                note("E092", f"lists {shown(path)}, which is missing")
        for path, digest in older.manifest.items():
            if older.algorithm != newest.algorithm or newest.manifest.get(path) != digest:
                self._claim(path, ("E092", older.algorithm, digest), note)
        for algorithm, path, digest in sorted(set(older.fixity) - set(newest.fixity)):
            self._claim(path, ("E093", algorithm, digest), note)

    def _claim(self, path: str, claim: Claim, note: Note) -> None:
        self._older.setdefault(path, {}).setdefault(claim, note)

    def judge(self, look: Look, notes: Notes, *, digests: bool) -> None:
        """All files against the newest inventory; with digests also against the older ones'."""
        newest = self._newest
        if newest is None:
            return
        for path in sorted(self._files - newest.manifest.keys()):
            notes.add("E023", path, "is not in the manifest")
        for path in sorted(newest.manifest.keys() - self._files):
            if _well_placed(path, newest):
                notes.add("E092", path, "is missing")
        fixity: dict[str, list[Claim]] = {}
        for algorithm, path, digest in newest.fixity:
            fixity.setdefault(path, []).append(("E093", algorithm, digest))
        for path in sorted(fixity.keys() - self._files):
            notes.add("E093", path, "is missing, the fixity block lists it")
        for path in sorted(self._files) if digests else ():
            own = [("E092", newest.algorithm, newest.manifest.get(path, "")), *fixity.get(path, [])]
            self._judge_file(look, path, own, notes)

    def _judge_file(self, look: Look, path: str, own: list[Claim], notes: Notes) -> None:
        older = self._older.get(path, {})
        claims = [claim for claim in (*own, *older) if claim[1] and claim[2]]
        found = look.digests(path, {algorithm for _, algorithm, _ in claims}) if claims else {}
        for claim in claims:
            code, algorithm, digest = claim
            if not found or found[algorithm] == digest:
                continue
            if claim in own:
                block = "manifest" if code == "E092" else "fixity block"
                notes.add(code, path, f"is not what was kept: another {algorithm} than in the {block}")  # fmt: skip
            else:
                older[claim](code, f"gives another {algorithm} of {shown(path)} than the file has")


def _well_placed(path: str, reading: Reading) -> bool:
    """Whether a listed path is where content can stand; if not, that was told already."""
    version, _, rest = path.partition("/")
    return version in reading.versions and rest.startswith(f"{reading.content_folder}/")
