"""Why a dataset was found: the texts in which something matched, short, with that marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from verticalfile.catalog.search import Span
from verticalfile.services.finding.documents import SPLIT
from verticalfile.services.finding.words import fold

MOST = 4
"""Reasons told of one hit."""
LINES = 3
"""Columns, places or shelves told of one hit."""
LETTERS = 180
"""Of a longer text only the surroundings of the first mark are told."""
BEFORE = 60

ORDER = (
    "title", "title_es", "publisher", "place", "shelf", "shelf_es", "columns", "past_columns",
    "description", "description_es", "name",
)  # fmt: skip
TOLD_AS = {
    "title_es": "title", "description_es": "description", "shelf": "subject",
    "shelf_es": "subject",
    "columns": "column", "past_columns": "past column",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Why:
    """A text in which something matched; `field` is title, description, publisher, place, subject
    (or a shelf), column, past column or name."""

    field: str
    spans: tuple[Span, ...]


def reasons(marked: Mapping[str, Sequence[Span]]) -> tuple[Why, ...]:
    """The most telling reasons; the name only where nothing else matched."""
    found: list[Why] = []
    for name in ORDER:
        spans = marked.get(name)
        if spans is None or (name == "name" and found):
            continue
        told = TOLD_AS.get(name, name)
        if name in ("columns", "past_columns"):
            found += [Why(told, (Span(column, True),)) for column in _columns(spans)]
        elif name in ("place", "shelf", "shelf_es"):
            found += [Why(told, line) for line in _lines(spans)[:LINES]]
        else:
            found.append(Why(told, _short(spans)))
    return tuple(found[:MOST])


def _lines(spans: Sequence[Span]) -> list[tuple[Span, ...]]:
    """The lines in which something is marked."""
    lines: list[list[Span]] = [[]]
    for span in spans:
        first, *others = span.text.split("\n")
        lines[-1].append(Span(first, span.marked))
        lines += [[Span(text, span.marked)] for text in others]
    return [
        tuple(span for span in line if span.text)
        for line in lines
        if any(span.marked and span.text for span in line)
    ]


def _columns(spans: Sequence[Span]) -> list[str]:
    """Names of the columns, as published, in which something is marked."""
    lines = _lines(spans)[:LINES]
    return ["".join(span.text for span in line).partition(SPLIT)[0] for line in lines]


def _short(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The text, or of a long one a window around the first mark, cut at words."""
    length = sum(len(span.text) for span in spans)
    if length <= LETTERS:
        return tuple(spans)
    first = 0
    for span in spans:
        if span.marked:
            break
        first += len(span.text)
    start = max(0, first - BEFORE)
    text = "".join(span.text for span in spans)
    if start:
        start = text.find(" ", start, first) + 1 or start
    end = min(length, start + LETTERS)
    if end < length:
        end = max(text.rfind(" ", first + 1, end), first + 1)
    window = _cut(spans, start, end)
    return (
        *([Span("… ")] if start else []),
        *window,
        *([Span(" …")] if end < length else []),
    )


def _cut(spans: Sequence[Span], start: int, end: int) -> list[Span]:
    found, at = [], 0
    for span in spans:
        piece = span.text[max(0, start - at) : max(0, end - at)]
        if piece:
            found.append(Span(piece, span.marked))
        at += len(span.text)
    return found


def shown_as(word: str, marked: Iterable[str]) -> str:
    """A word of the index as one of the marked texts writes it."""
    return next((text for text in marked if fold(text) == word), word).casefold()
