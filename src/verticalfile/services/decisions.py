"""What was decided about a table, folded from events: its key, renames, volatile columns.

Decisions are events in the journal and never overwritten: the newest of a kind holds, an undoing
is an event too. A rebuild replays them and decides nothing anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from verticalfile.services.archive import Archive

PERSON = "person"
"""The agent of events that a person decided (PREMIS Agent)."""


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
    key_by_person: bool = False
    looked_at_versions: int = 0  # how many readable originals there were when it was looked for
    renamed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # original -> new: old
    asked: frozenset[str] = frozenset()  # originals whose renames were looked for
    volatile: frozenset[str] = frozenset()  # names of columns


def decisions_of(archive: Archive, table: str) -> Decisions:
    """What holds for a table by its events in the journal."""
    return fold(archive.index.events([table]))


def fold(events: Iterable[Mapping[str, object]]) -> Decisions:
    """Fold the events of one table, oldest first. *Decided again* (after older versions came in)
    forgets what the software decided of names and columns; a person's word outlasts it."""
    key: KeyChoice | None = None
    looked = 0
    renamed: dict[str, dict[str, str]] = {}
    asked: set[str] = set()
    volatile: set[str] = set()
    by_person: set[str] = set()
    key_by_person = False
    for body in events:
        detail = body["detail"]
        assert isinstance(detail, dict)
        match body["kind"]:
            case "decided again":
                renamed, asked, volatile = {}, set(), set(by_person)
                if not key_by_person:
                    key, looked = None, 0
            case "key set" | "key found":
                if body["kind"] == "key found" and key is not None and key.how == "given":
                    continue  # a person's word outranks later evidence
                key = _key(detail)
                looked = int(detail.get("versions", 0))
                key_by_person = body["agent"] == PERSON
            case "key forgotten":
                key, looked, key_by_person = None, 0, False
            case "renamed":
                asked.add(detail["original"])
                if detail["renamed"]:
                    renamed.setdefault(detail["original"], {}).update(detail["renamed"])
            case "rename undone":
                renamed.get(detail["original"], {}).pop(detail["new"], None)
            case "volatile":
                volatile.add(detail["column"])
                if body["agent"] == PERSON:
                    by_person.add(detail["column"])
            case "volatile undone":
                volatile.discard(detail["column"])
                by_person.discard(detail["column"])
            case _:
                pass
    return Decisions(key, key_by_person, looked, renamed, frozenset(asked), frozenset(volatile))


@dataclass(frozen=True, slots=True)
class Word:
    """What persons said of names and columns, whatever the software found before or after."""

    renamed: frozenset[tuple[str, str]]  # (old, new)
    not_renamed: frozenset[tuple[str, str]]
    not_volatile: frozenset[str]

    def denies(self, one: str, other: str) -> bool:
        """Whether somebody said that these are two columns, whichever came first."""
        return not self.not_renamed.isdisjoint({(one, other), (other, one)})


def word_of(events: Iterable[Mapping[str, object]]) -> Word:
    """Fold the persons' events of one table, oldest first."""
    said: set[tuple[str, str]] = set()
    denied: set[tuple[str, str]] = set()
    compared: set[str] = set()
    taken: dict[tuple[str, str], str] = {}
    for body in events:
        detail = body["detail"]
        assert isinstance(detail, dict)
        match body["kind"]:
            case "renamed":
                pairs = {(old, new) for new, old in detail["renamed"].items()}
                taken |= {(detail["original"], new): old for old, new in pairs}
                if body["agent"] == PERSON:
                    said, denied = said | pairs, denied - pairs
            case "rename undone":
                old = detail.get("old") or taken.get((detail["original"], detail["new"]), "")
                said.discard((old, detail["new"]))
                denied.add((old, detail["new"]))
            case "volatile" if body["agent"] == PERSON:
                compared.discard(detail["column"])
            case "volatile undone":
                compared.add(detail["column"])
            case _:
                pass
    return Word(frozenset(said), frozenset(denied), frozenset(compared))


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
