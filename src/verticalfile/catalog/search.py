"""Search over what datasets are called, said to be and made of: the seam between the question and
the database that answers it.

Nothing here is peculiar to SQLite: stems and phrases are `tsvector` on PostgreSQL, `near` is
trigrams. A question is never stored or logged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol


class Audience(StrEnum):
    """Whose eyes a document is for; ALL where public and staff see the same."""

    ALL = "all"
    PUBLIC = "public"
    STAFF = "staff"


TEXTS = (
    "name", "title", "title_es", "description", "description_es", "publisher", "place", "shelf",
    "shelf_es", "columns", "past_columns",
)  # fmt: skip
"""The texts of a document. Columns of tables stand one to a line."""
ENGLISH_TEXTS = tuple(name for name in TEXTS if not name.endswith("_es"))
SPANISH_TEXTS = tuple(name for name in TEXTS if name.endswith("_es"))

Facets = Mapping[str, tuple[str, ...]]
"""`{facet: values}` of a dataset, such as `{"place": ("Millbrook",)}`."""


@dataclass(frozen=True, slots=True)
class Document:
    """A dataset as one audience may find it. `facts` are shown with a hit and not searched."""

    dataset: str
    audience: Audience
    texts: Mapping[str, str]
    facets: Facets
    facts: Mapping[str, object]
    newest_at: str = ""  # RFC 3339 in UTC; "" when there is no version
    kept_since: str = ""


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that is asked for, in all the words for it; each may be a phrase of several words.

    `english` are found by their stems in the English texts, `exact` as they stand in all texts.
    `own` tells how many of each, from the first, are what was typed; the rest are synonyms.
    """

    english: tuple[str, ...]
    exact: tuple[str, ...]
    own: tuple[int, int]
    together: tuple[str, ...] = ()  # typed words of a phrase, as good where all of them stand apart
    optional: bool = False  # lifts those that have it, and is not asked of the others


class Found(NamedTuple):
    """A document that matches. A higher `concepts`, then `in_title`, then `score` is better."""

    document: int
    card: int  # id of its facets
    newest_at: str
    kept_since: str
    title: str
    concepts: int = 0  # how many of those asked for it has
    in_title: float = 0.0
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text; marked where it is what was asked for."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the vocabulary, without marks over its letters: how many slips away it is, and how
    many datasets have it."""

    word: str
    slips: int
    datasets: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A document as it is shown."""

    dataset: str
    texts: Mapping[str, str] = field(default_factory=dict)
    facets: Facets = field(default_factory=dict)
    facts: Mapping[str, object] = field(default_factory=dict)


class TextIndex(Protocol):
    """What a database must do to answer. `audience` is PUBLIC or STAFF; what the other alone may
    see is in no answer, count, rank or suggestion."""

    def put(self, dataset: str, documents: Sequence[Document]) -> None:
        """Replace the documents of a dataset; costs little when nothing changed."""

    def purge(self) -> None:
        """Leave nothing of removed documents in the database's own files: after a destruction."""

    def find(self, concepts: Sequence[Concept], audience: Audience, *, every: bool) -> list[Found]:
        """Documents that have every concept that is not optional, or at least half of them; where
        none has half, those that have the most."""

    def all(self, audience: Audience) -> list[Found]:
        """All documents."""

    def spanish_titles(self, audience: Audience) -> dict[int, str]:
        """By document, its Spanish title where it has one."""

    def pairs(self, cards: Iterable[int]) -> dict[int, tuple[tuple[str, str], ...]]:
        """By id of the card, its facets as pairs (facet, value)."""

    def counted(self, facet: str, audience: Audience) -> dict[str, int]:
        """By value of a facet, how many documents have it."""

    def kept(self, documents: Sequence[int]) -> dict[int, Kept]:
        """Documents by id."""

    def marked(
        self, document: int, concepts: Sequence[Concept], audience: Audience
    ) -> dict[str, tuple[Span, ...]]:
        """The texts of a document in which something matched, with that marked."""

    def has(self, concept: Concept, audience: Audience) -> bool:
        """Whether any document has it."""

    def in_spanish_alone(self, word: str, audience: Audience) -> bool:
        """Whether the word stands in Spanish texts, as it is, and in no other."""

    def near(self, word: str, audience: Audience) -> list[Word]:
        """Words of the vocabulary that differ by a slip or two, the likeliest first."""
