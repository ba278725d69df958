"""Searching: what a person types becomes datasets, facets with counts, and why each was found.

Order: how many of the words asked for a dataset has, then how much of its title they are, then how
rare and how frequent they are in it (BM25). Nothing else weighs: no visits, no quality score.
Nobody's question is stored or logged. What the viewer may not see is in no count or suggestion.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain

from verticalfile.catalog.file_names import data_of
from verticalfile.catalog.search import Audience, Found, Kept, TextIndex
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.moments import from_iso
from verticalfile.services.archive import Archive
from verticalfile.services.finding.documents import State
from verticalfile.services.finding.reasons import Why, reasons, shown_as
from verticalfile.services.finding.words import Correction, Question, Tried, fold, understand
from verticalfile.services.finding.words import words as words_known_to
from verticalfile.services.visibility import Viewer

PAGE = 20
FACETS = ("publisher", "place", "subject", "series", "format", "rights", "state")
"""Facets that are counted, in the order of showing; `shelf` filters too and is not counted."""
FILTERS = (*FACETS, "shelf")
FACET_VALUES = 50
"""Values of one facet that are told; the rest are told as a number."""

Filters = Mapping[str, Sequence[str]]
"""`{facet: values}`: any of the values of a facet, and all facets."""


class Sort(StrEnum):
    """The orders in which hits may stand."""

    BEST = "best"  # by title where nothing was asked
    TITLE = "title"
    CHANGED = "changed"  # lately changed first
    NEW = "new"  # lately added to the archive first


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The tombstone of a dataset: when, how, and the reason for the register."""

    at: datetime
    how: str
    reason: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A dataset that was found. Counts and dates are of what the viewer may see; of one that is
    withdrawn there are none."""

    dataset: str
    title: str
    title_es: str
    description: str
    description_es: str
    publisher: str
    places: tuple[str, ...]
    subjects: tuple[str, ...]
    formats: tuple[str, ...]
    shelves: tuple[str, ...]
    state: State
    vanished_since: datetime | None
    withdrawn: Withdrawal | None
    rights: str  # its class; "" is not told
    files: int
    versions: int | None
    first_seen_at: datetime | None
    newest_seen_at: datetime | None
    checked_at: datetime | None
    partial: bool  # the newest version of a file may not be whole
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet and how many of the hits have it, other facets' filters applied."""

    value: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with its values, the most frequent first; `more` values are left out."""

    name: str
    values: tuple[FacetValue, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Alternative:
    """A filter that can be dropped, and how many datasets there are without it."""

    facet: str
    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found. `some` is true where no dataset has all the words, so these have some."""

    hits: tuple[Hit, ...]
    total: int
    page: int
    pages: int
    sort: Sort
    facets: tuple[Facet, ...]
    corrections: tuple[Correction, ...]
    tried: tuple[Tried, ...]
    unknown: tuple[str, ...]
    some: bool
    cut: bool
    alternatives: tuple[Alternative, ...]


def search(
    archive: Archive,
    words: str,
    *,
    filters: Filters | None = None,
    sort: Sort = Sort.BEST,
    page: int = 1,
    viewer: Viewer = Viewer.NAMED_STAFF,
    language: str = "en",
) -> Answer:
    """Find datasets; without words, all of them. Raises InputRefused for an unknown facet.

    `language` is that of the titles by which they stand where they stand by title.

    Named staff see what all staff see: what is restricted is found by its label alone.
    """
    chosen = _checked(filters or {})
    audience = Audience.PUBLIC if viewer is Viewer.PUBLIC else Audience.STAFF
    index = archive.text_index
    question = understand(words, index, audience, words_known_to(archive.root))
    found, some = _found(question, index, audience)
    values = _values(index, found)
    passing = [f for f in found if _passes(values[f.card], chosen)] if chosen else found
    pages = max(1, -(-len(passing) // PAGE))
    page = min(max(1, page), pages)
    if language == "es" and (sort is Sort.TITLE or not question.concepts):
        spanish = index.spanish_titles(audience)
        passing = [f._replace(title=spanish.get(f.document, f.title)) for f in passing]
    hits = _hits(archive, _page(passing, sort, page), question, audience)
    return Answer(
        hits=hits,
        total=len(passing),
        page=page,
        pages=pages,
        sort=sort,
        facets=_facets(found, passing, values, chosen),
        corrections=tuple(_as_written(c, hits) for c in question.corrections),
        tried=question.tried,
        unknown=question.unknown,
        some=some,
        cut=question.cut,
        alternatives=() if passing else _alternatives(found, values, chosen),
    )


def most_of(archive: Archive, facet: str, *, viewer: Viewer, limit: int) -> tuple[FacetValue, ...]:
    """The values of a facet that most datasets have, at most so many."""
    audience = Audience.PUBLIC if viewer is Viewer.PUBLIC else Audience.STAFF
    counts = archive.text_index.counted(facet, audience)
    order = sorted(counts.items(), key=lambda each: (-each[1], each[0].casefold()))
    return tuple(FacetValue(value, number, chosen=False) for value, number in order[:limit])


def _checked(filters: Filters) -> dict[str, frozenset[str]]:
    for name in filters:
        if name not in FILTERS:
            raise InputRefused(
                f"“{name}” is nothing to filter by.", mend=f"use one of {', '.join(FILTERS)}."
            )
    return {name: frozenset(values) for name, values in filters.items() if values}


def _found(question: Question, index: TextIndex, audience: Audience) -> tuple[list[Found], bool]:
    """Datasets with all the words; where there is none, those with some of them."""
    if not question.concepts:
        return index.all(audience), False
    found = index.find(question.concepts, audience, every=True)
    if found or sum(not c.optional for c in question.concepts) < 2:
        return found, False
    return index.find(question.concepts, audience, every=False), True


Pairs = tuple[tuple[str, str], ...]


def _values(index: TextIndex, found: Sequence[Found]) -> dict[int, Pairs]:
    """By card, its facets as pairs."""
    return index.pairs({f.card for f in found})


def _passes(pairs: Pairs, chosen: Mapping[str, frozenset[str]], without: str = "") -> bool:
    return all(
        any((name, value) in pairs for value in values)
        for name, values in chosen.items()
        if name != without
    )


def _facets(
    found: Sequence[Found],
    passing: Sequence[Found],
    values: Mapping[int, Pairs],
    chosen: Mapping[str, frozenset[str]],
) -> tuple[Facet, ...]:
    """Counts of each facet among those that pass the filters of the others."""
    counted = _counted(passing, values)
    facets = []
    for name in FACETS:
        counts = counted.get(name, {})
        if name in chosen:
            others = [f for f in found if _passes(values[f.card], chosen, without=name)]
            counts = _counted(others, values).get(name, {})
            counts |= {value: 0 for value in chosen[name] if value not in counts}
        order = sorted(counts.items(), key=lambda each: (-each[1], each[0].casefold()))
        told = [each for n, each in enumerate(order) if n < FACET_VALUES or each[0] in chosen]
        shown = tuple(FacetValue(v, n, v in chosen.get(name, ())) for v, n in told)
        if shown:
            facets.append(Facet(name, shown, len(order) - len(shown)))
    return tuple(facets)


def _counted(found: Sequence[Found], values: Mapping[int, Pairs]) -> dict[str, dict[str, int]]:
    counts = Counter(chain.from_iterable(values[f.card] for f in found))
    by_facet: dict[str, dict[str, int]] = {}
    for (name, value), number in counts.items():
        by_facet.setdefault(name, {})[value] = number
    return by_facet


def _alternatives(
    found: Sequence[Found],
    values: Mapping[int, Pairs],
    chosen: Mapping[str, frozenset[str]],
) -> tuple[Alternative, ...]:
    """What there would be without one of the filters."""
    offers = []
    for name, wanted in chosen.items():
        for value in sorted(wanted):
            fewer = {**chosen, name: wanted - {value}}
            rest = {n: w for n, w in fewer.items() if w}
            count = sum(_passes(values[f.card], rest) for f in found)
            if count:
                offers.append(Alternative(name, value, count))
    return tuple(sorted(offers, key=lambda each: -each.count))


def _page(found: Sequence[Found], sort: Sort, page: int) -> list[Found]:
    last = page * PAGE
    order: Callable[[Found], tuple[object, ...]] = _ORDERS[sort]
    if sort in (Sort.CHANGED, Sort.NEW):
        latest = heapq.nlargest(last, found, key=order)
        return latest[last - PAGE :]
    return heapq.nsmallest(last, found, key=order)[last - PAGE :]


def _by_title(found: Found) -> tuple[object, ...]:
    return (fold(found.title), found.document)


def _best(found: Found) -> tuple[object, ...]:
    order = (-found.concepts, -found.in_title, -found.score)
    return (*order, fold(found.title), found.document)


_ORDERS: Mapping[Sort, Callable[[Found], tuple[object, ...]]] = {
    Sort.BEST: _best,
    Sort.TITLE: _by_title,
    Sort.CHANGED: lambda found: (found.newest_at, -found.document),
    Sort.NEW: lambda found: (found.kept_since, -found.document),
}


def _hits(
    archive: Archive, page: Sequence[Found], question: Question, audience: Audience
) -> tuple[Hit, ...]:
    index = archive.text_index
    kept = index.kept([f.document for f in page])
    hits = []
    asked = [concept for concept in question.concepts if not concept.optional]
    for found in page:
        marked = index.marked(found.document, asked, audience)
        hits.append(_hit(archive, kept[found.document], reasons(marked)))
    return tuple(hits)


def _hit(archive: Archive, kept: Kept, why: tuple[Why, ...]) -> Hit:
    facts, texts, facets = kept.facts, kept.texts, kept.facets
    withdrawn = facts.get("withdrawn")
    tombstone = None
    if isinstance(withdrawn, dict):
        tombstone = Withdrawal(
            from_iso(str(withdrawn["at"])), str(withdrawn["how"]), str(withdrawn["reason"])
        )
    versions = facts.get("versions")
    checks = [] if tombstone else data_of(archive.index.resources(kept.dataset))
    return Hit(
        kept.dataset, texts["title"], texts["title_es"], texts["description"],
        texts["description_es"], texts["publisher"], facets.get("place", ()),
        facets.get("subject", ()), facets.get("format", ()), facets.get("shelf", ()),
        State(facets["state"][0]), _moment(facts.get("vanished_since")), tombstone,
        next(iter(facets.get("rights", ())), ""),
        int(str(facts["files"])), int(str(versions)) if versions is not None else None,
        _moment(facts.get("first_seen_at")), _moment(facts.get("newest_seen_at")),
        max((r.checked_at for r in checks if r.checked_at), default=None),
        bool(facts.get("partial")), why,
    )  # fmt: skip


def _moment(text: object) -> datetime | None:
    return from_iso(str(text)) if text else None


def _as_written(correction: Correction, hits: Sequence[Hit]) -> Correction:
    """The word used as a hit writes it: the index has no marks over letters."""
    marked = (s.text for hit in hits for why in hit.why for s in why.spans if s.marked)
    return Correction(correction.typed, shown_as(correction.used, marked), correction.others)
