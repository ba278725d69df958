"""What a validator says: each clause that is not kept, with its code, and the sum of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from verticalfile.kernel import limits
from verticalfile.vault.ocfl_validation.codes import CODES, NOTES, OLDER_CODES

SHOWN_CHARS = 100
DIGEST_CHARS = 12  # enough of a digest to find it again
Note = Callable[[str, str], None]
"""Notes a breach of the thing at hand: code, and what is wrong with it as a predicate."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One clause that is not kept. `path` is below the folder that was judged, "" is that folder."""

    code: str
    path: str
    detail: str  # a predicate of the path: "is not in the manifest"

    @property
    def rule(self) -> str:
        return CODES[self.code]

    @property
    def is_warning(self) -> bool:
        return self.code.startswith("W")

    @property
    def is_error(self) -> bool:
        return not self.is_warning and self.code not in NOTES


@dataclass(frozen=True, slots=True)
class Verdict:
    """All that was found of one folder. `object_id` is what its inventory says, "" where unknown."""

    breaches: tuple[Breach, ...]
    object_id: str = ""
    spec: str = ""
    sound: bool = False  # whether the inventory is what its digest file says

    @property
    def errors(self) -> tuple[Breach, ...]:
        return tuple(breach for breach in self.breaches if breach.is_error)

    @property
    def warnings(self) -> tuple[Breach, ...]:
        return tuple(breach for breach in self.breaches if breach.is_warning)

    @property
    def valid(self) -> bool:
        return not self.errors


class Notes:
    """Collects breaches, each once and up to a limit, under the codes of one version of OCFL."""

    def __init__(self, spec: str = "1.1") -> None:
        self.spec = spec
        self._breaches: dict[Breach, None] = {}
        self._more = 0

    def add(self, code: str, path: str, detail: str) -> None:
        code = OLDER_CODES.get(code, code) if self.spec == "1.0" else code
        breach = Breach(code, path, detail)
        if len(self._breaches) < limits.OCFL_BREACHES:
            self._breaches[breach] = None
        elif breach not in self._breaches:
            self._more += 1

    def at(self, path: str) -> Note:
        """For notes that all concern one path."""
        return lambda code, detail: self.add(code, path, detail)

    def all(self) -> tuple[Breach, ...]:
        found = tuple(self._breaches)
        if self._more:
            found += (Breach("X002", "", f"has {self._more} findings more than are listed"),)
        return found


def shown(value: object, chars: int = SHOWN_CHARS) -> str:
    """A value from outside, fit for a sentence: short, on one line, without control characters."""
    if isinstance(value, dict):
        return "a JSON object"
    if isinstance(value, list):
        return "a list"
    if not isinstance(value, str):
        return json.dumps(value)[:chars]
    cut = value if len(value) <= chars else value[:chars] + "…"
    plain = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)
    return f"“{plain}”"
