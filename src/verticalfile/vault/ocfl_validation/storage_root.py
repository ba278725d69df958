"""A whole OCFL storage root, judged (OCFL 1.0 and 1.1, section 4), then each of its objects.

Of layouts it knows 0003 by its parameters; of others it says that places were not judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from verticalfile.kernel import limits
from verticalfile.kernel.errors import trouble_of_json
from verticalfile.vault.ocfl_validation.declaration import ROOT, judge_declaration, spec_of
from verticalfile.vault.ocfl_validation.extensions import (
    EXTENSIONS,
    HASH_AND_ID,
    LAYOUTS,
    HashAndIdLayout,
    judge_extensions,
)
from verticalfile.vault.ocfl_validation.inventory_file import INVENTORY
from verticalfile.vault.ocfl_validation.inventory_text import JsonObject, parse
from verticalfile.vault.ocfl_validation.look import Kind, Look, joined
from verticalfile.vault.ocfl_validation.object_rules import Depth, validate_object
from verticalfile.vault.ocfl_validation.verdict import Breach, Notes, Verdict, shown
from verticalfile.vault.ocfl_validation.version_rules import NAME

LAYOUT_FILE = "ocfl_layout.json"
Say = Callable[[str, int, int], None]


def validate_root(
    root: Path, depth: Depth = Depth.DIGESTS, *, say: Say = lambda *_: None
) -> Iterator[tuple[str, Verdict]]:
    """Judge a storage root: ("", what is said of the root), then (place, verdict) of each object.

    `say` is told the object's place, its number and how many there are. Never raises for what
    the folder holds.
    """
    notes = Notes()
    look = Look(root, notes)
    if not look.is_folder():
        yield "", Verdict(notes.all())
        return
    names = look.entries("")
    declared = spec_of(names, ROOT)
    notes.spec = declared or notes.spec
    judge_declaration(look, names, ROOT, notes)
    layout = _layout(look, names, notes)
    if names.get(EXTENSIONS) is Kind.FOLDER:
        judge_extensions(look, notes, holder="E112", unregistered="W016")
    places = list(_places(look, names, notes))
    if len({"/" in place for place in places}) > 1:
        notes.add("W015", "", "holds objects at its top and others in a hierarchy")
    yield "", Verdict(notes.all(), spec=notes.spec)
    ids: dict[str, str] = {}
    for number, place in enumerate(places, start=1):
        say(place, number, len(places))
        verdict = validate_object(root / place, depth)
        more = tuple(_misplaced(verdict, place, layout, ids, declared))
        yield place, replace(verdict, breaches=verdict.breaches + more)


def _misplaced(
    verdict: Verdict, place: str, layout: HashAndIdLayout | None, ids: dict[str, str], declared: str
) -> Iterator[Breach]:
    """What is wrong with an object in this storage root alone."""
    if declared and verdict.spec > declared:
        yield Breach("E081", "", f"conforms to OCFL {verdict.spec}, its storage root to {declared}")
    if not verdict.object_id:
        return
    first = ids.setdefault(verdict.object_id, place)
    if first != place:
        yield Breach("E037", INVENTORY, f"has the id of the object at {shown(first)}")
    if layout and (wanted := layout.place(verdict.object_id)) != place:
        yield Breach(
            "E083", "", f"holds the object {shown(verdict.object_id)}, which belongs at {wanted}"
        )


def _layout(look: Look, names: Mapping[str, Kind], notes: Notes) -> HashAndIdLayout | None:
    """The layout, where it is named, known and possible."""
    if names.get(LAYOUT_FILE) is not Kind.FILE:
        return None
    found = _json(look, LAYOUT_FILE, "E070", notes)
    if found is None:
        return None
    name = found.get("extension")
    if not isinstance(name, str) or not isinstance(found.get("description"), str):
        notes.add("E070", LAYOUT_FILE, "lacks the text extension or description")
    if not isinstance(name, str):
        return None
    if name not in LAYOUTS:
        notes.add("E071", LAYOUT_FILE, f"names the layout {shown(name)}, which is not registered")
    elif name != HASH_AND_ID:
        notes.add("X003", LAYOUT_FILE, f"names {name}: whether objects stand in place is not judged")  # fmt: skip
    else:
        return _hash_and_id(look, notes)
    return None


def _hash_and_id(look: Look, notes: Notes) -> HashAndIdLayout | None:
    folder = f"{EXTENSIONS}/{HASH_AND_ID}"
    path = f"{folder}/config.json"
    # asked step by step, so that no link is followed; without parameters the defaults hold
    if not look.has_folder(EXTENSIONS) or not look.has_folder(folder):
        return HashAndIdLayout()
    if "config.json" not in look.entries(folder):
        return HashAndIdLayout()
    found = _json(look, path, "E083", notes)
    if found is None:
        return None
    standard = HashAndIdLayout()
    algorithm = found.get("digestAlgorithm", standard.algorithm)
    sizes = [found.get("tupleSize", standard.tuple_size), found.get("numberOfTuples", standard.tuples)]  # fmt: skip
    whole = [size for size in sizes if isinstance(size, int) and not isinstance(size, bool)]
    if not isinstance(algorithm, str) or len(whole) < len(sizes):
        notes.add("E083", path, "has parameters of the wrong kind")
        return None
    layout = HashAndIdLayout(algorithm, *whole)
    if found.get("extensionName", HASH_AND_ID) != HASH_AND_ID:
        notes.add("E083", path, f"is that of {shown(found['extensionName'])}")
    if why := layout.why_impossible():
        notes.add("E083", path, why)
        return None
    return layout


def _json(look: Look, path: str, code: str, notes: Notes) -> JsonObject | None:
    body = look.content(path, limits.OCFL_INVENTORY_BYTES)
    if body is None:
        return None
    try:
        found = parse(body)
    except ValueError as error:
        notes.add(code, path, f"is not JSON: {shown(trouble_of_json(error))}")
        return None
    if not isinstance(found, JsonObject):
        notes.add(code, path, "is not a JSON object")
        return None
    return found


def _places(look: Look, top: Mapping[str, Kind], notes: Notes) -> Iterator[str]:
    """Where objects stand; all else below the root is noted."""
    names = [n for n, kind in top.items() if kind is Kind.FOLDER and n != EXTENSIONS]
    waiting = [(name, "") for name in reversed(names)]
    while waiting:
        here, within = waiting.pop()
        found = look.entries(here)
        folders = [name for name, kind in found.items() if kind is Kind.FOLDER]
        if _is_object(found):
            if within:
                notes.add("E082", here, f"is an object within the object at {shown(within)}")
            else:
                yield here
            folders = [n for n in folders if n not in ("logs", EXTENSIONS) and not NAME.fullmatch(n)]  # fmt: skip
            within = within or here
        elif not within:
            for name, kind in found.items():
                if kind is Kind.FILE:
                    notes.add("E072", joined(here, name), "belongs to no object")
            if not found:
                notes.add("E073", here, "is empty")
        waiting += [(joined(here, name), within) for name in reversed(folders)]


def _is_object(found: Mapping[str, Kind]) -> bool:
    """Whether a folder is an object's, if a damaged one: it declares it, or has an inventory."""
    return any(
        kind is Kind.FILE and (name.startswith("0=ocfl_object") or name.startswith(INVENTORY))
        for name, kind in found.items()
    )
