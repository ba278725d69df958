"""Which entries of a listing are taken: all, or those that words, subjects, publishers or formats choose."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from verticalfile.sources.kind import Entry, Role


@dataclass(frozen=True, slots=True)
class Selection:
    """Every list that is not empty must be met by one of its members; empty ones ask nothing."""

    words: tuple[str, ...] = ()  # in title or description
    tags: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()

    def takes(self, entry: Entry) -> bool:
        """Whether the entry is chosen. Charts and maps of other entries never are."""
        if entry.is_part or not entry.offers:
            return False
        text = _folded(f"{entry.title} {entry.description}")
        return (
            _meets(self.words, lambda word: word in text)
            and _meets(self.tags, {_folded(s) for s in entry.subjects}.__contains__)
            and _meets(self.publishers, lambda name: name in _folded(entry.publisher))
            and _meets(
                self.formats,
                lambda form: any(
                    form in _folded(o.form) for o in entry.offers if o.role is Role.DATA
                ),
            )
        )

    @property
    def is_all(self) -> bool:
        """Whether it asks nothing."""
        return self == Selection()

    def told(self) -> dict[str, list[str]]:
        """As an event holds it."""
        return {name: list(values) for name, values in asdict(self).items() if values}


def selection_from(told: Mapping[str, object]) -> Selection:
    """The inverse of `told`."""
    found = {name: tuple(map(str, told.get(name, ()))) for name in Selection.__dataclass_fields__}  # type: ignore[call-overload]  # lists of an event of ours
    return Selection(**found)


def _meets(asked: Sequence[str], is_met: object) -> bool:
    assert callable(is_met)
    return not asked or any(is_met(_folded(each)) for each in asked)


def _folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in letters if not unicodedata.combining(c)).strip()
