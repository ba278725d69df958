"""Conformance declarations of objects and storage roots (OCFL 1.1 sections 3.2 and 4.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from verticalfile.kernel import limits
from verticalfile.vault.ocfl_validation.look import Kind, Look
from verticalfile.vault.ocfl_validation.verdict import Notes, shown

SPECS = ("1.0", "1.1")
_DECLARATION = re.compile(r"0=.*|[0-9]=ocfl_.*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Kindred:
    """What a declaration begins with, and the codes of its rules."""

    begins: str
    missing: str
    several: str
    number: str
    name: str
    content: str


OBJECT = Kindred("ocfl_object_", "E003", "E003", "E005", "E006", "E007")
ROOT = Kindred("ocfl_", "E069", "E076", "E078", "E079", "E080")


def is_declaration(name: str) -> bool:
    """Whether a file's name is that of a declaration, a right one or not."""
    return _DECLARATION.fullmatch(name) is not None


def spec_of(names: Mapping[str, Kind], kindred: Kindred) -> str:
    """The newest version of OCFL that is declared, "" where none is that we know."""
    declared = [s for s in SPECS if names.get(f"0={kindred.begins}{s}") is Kind.FILE]
    return max(declared, default="")


def judge_declaration(
    look: Look, names: Mapping[str, Kind], kindred: Kindred, notes: Notes
) -> None:
    """Exactly one declaration, rightly named, that holds its own name."""
    found = [n for n, kind in names.items() if kind is Kind.FILE and is_declaration(n)]
    if not found:
        notes.add(kindred.missing, f"0={kindred.begins}{SPECS[-1]}", "is missing")
    for name in found[1:]:
        notes.add(kindred.several, name, f"is a second declaration beside {shown(found[0])}")
    for name in found:
        if name[0] != "0":
            notes.add(kindred.number, name, "is a declaration that does not begin with 0=")
        if name[2:] not in {kindred.begins + spec for spec in SPECS}:
            notes.add(kindred.name, name, "declares nothing that is known")
            continue
        body = look.content(name, limits.OCFL_SIDECAR_BYTES)
        if body is not None and body != f"{name[2:]}\n".encode():
            notes.add(kindred.content, name, "does not hold its own name and a line feed")
