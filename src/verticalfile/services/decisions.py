"""What was decided about a table, folded from events: its key, renames, volatile columns.

Decisions are events in the journal and never overwritten: the newest of a kind holds, an undoing
is an event too. A rebuild replays them and decides nothing anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from verticalfile.services.archive import Archive


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """How rows are told apart. `choices` are names of columns, the newest first: a comparison
    uses the first whose columns both sides have. Empty choices: decided that there is none."""

    choices: tuple[tuple[str, ...], ...]
    how: str  # "given", "found" or "none"
    confidence: float | None
    evidence: tuple[str, ...] = ()

    @property
    def current(self) -> tuple[str, ...]:
        return self.choices[0] if self.choices else ()


@dataclass(frozen=True, slots=True)
class Decisions:
    """All that holds for one table now."""

    key: KeyChoice | None = None  # None: not looked for yet
    looked_at_versions: int = 0  # how many readable originals there were when it was looked for
    renamed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # original -> new: old
    asked: frozenset[str] = frozenset()  # originals whose renames were looked for
    volatile: frozenset[str] = frozenset()  # names of columns


def decisions_of(archive: Archive, table: str) -> Decisions:
    """Fold the table's events, oldest first."""
    key: KeyChoice | None = None
    looked = 0
    renamed: dict[str, dict[str, str]] = {}
    asked: set[str] = set()
    volatile: set[str] = set()
    for body in archive.index.events([table]):
        detail = body["detail"]
        assert isinstance(detail, dict)
        match body["kind"]:
            case "key set" | "key found":
                if body["kind"] == "key found" and key is not None and key.how != "found":
                    continue  # a person's word outranks later evidence
                key = _key(detail)
                looked = int(detail.get("versions", 0))
            case "key forgotten":
                key, looked = None, 0
            case "renamed":
                asked.add(detail["original"])
                if detail["renamed"]:
                    renamed.setdefault(detail["original"], {}).update(detail["renamed"])
            case "rename undone":
                renamed.get(detail["original"], {}).pop(detail["new"], None)
            case "volatile":
                volatile.add(detail["column"])
            case "volatile undone":
                volatile.discard(detail["column"])
            case _:
                pass
    return Decisions(key, looked, renamed, frozenset(asked), frozenset(volatile))


def _key(detail: Mapping[str, object]) -> KeyChoice:
    choices = detail["choices"]
    evidence = detail.get("evidence", ())
    confidence = detail.get("confidence")
    assert isinstance(choices, Sequence)
    assert isinstance(evidence, Sequence)
    return KeyChoice(
        tuple(tuple(choice) for choice in choices),
        str(detail["how"]),
        float(confidence) if isinstance(confidence, int | float) else None,
        tuple(evidence),
    )
