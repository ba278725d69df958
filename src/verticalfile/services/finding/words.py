"""The words of a question: which say what is looked for, what else that is called, in English and
in Spanish, and what a slip of the pen was meant to be.

The words stand in `words/`: `synonyms.csv`, a line for each thing; `fillers.csv`, words that a
question has and a dataset's name has not. Nobody's question is stored or logged.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from verticalfile.catalog.search import Audience, Concept, TextIndex
from verticalfile.catalog.slips import furthest, slips_between
from verticalfile.kernel.errors import InputRefused

WORDS = 24
"""Words of a question that are used; a sentence of more is cut, and that is said."""
LETTERS = 400
SHORTEST_PART = 3
"""Letters of a word that was run together with the next: "worktype" is "work type"."""
_WORD = re.compile(r"[^\W_]+")

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing with all the words for it, folded and cut into words, and as they are written."""

    english: tuple[Phrase, ...]
    spanish: tuple[Phrase, ...]
    written: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """A word that is nowhere, the word that was used in its place, and others it may be."""

    typed: str
    used: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """What was looked for beside a word that was typed."""

    typed: str
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question understood. `unknown` words are in nothing that is held."""

    concepts: tuple[Concept, ...]
    corrections: tuple[Correction, ...] = ()
    tried: tuple[Tried, ...] = ()
    unknown: tuple[str, ...] = ()
    cut: bool = False


def fold(text: str) -> str:
    """Small letters without marks over them, as the index has them."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in apart if unicodedata.category(c) != "Mn")


def words_of(text: str) -> list[str]:
    return _WORD.findall(fold(text))


def forms(word: str) -> frozenset[str]:
    """The word and what it would be as a singular, in English or Spanish."""
    found = {word}
    if len(word) > 3 and word.endswith("s"):
        found.add(word[:-1])
        if word.endswith("es"):
            found.add(word[:-2])
        if word.endswith("ies"):
            found.add(word[:-3] + "y")
        if word.endswith("ces"):
            found.add(word[:-3] + "z")
    return frozenset(found)


def as_they_stand(word: str) -> tuple[str, ...]:
    """A Spanish word in the singular and the plural; it is found without stems."""
    found = dict.fromkeys([word, *sorted(forms(word))])
    if not word.endswith("s") and not word.isdigit():
        found |= dict.fromkeys([word + "s", word + "es"])
        if word.endswith("z"):
            found[word[:-1] + "ces"] = None
    return tuple(found)


class Words:
    """Synonyms and fillers, as in `words/`."""

    def __init__(self, things: Sequence[Thing], fillers: Mapping[str, frozenset[str]]) -> None:
        self.things = things
        self.fillers = frozenset(word for each in fillers.values() for word in each)
        self._starts: dict[str, list[tuple[Phrase, bool, Thing]]] = {}
        self.known: set[str] = set()
        self._spanish = set(fillers["es"])
        english = set(fillers["en"])
        for thing in things:
            for spanish, phrases in ((False, thing.english), (True, thing.spanish)):
                for phrase in phrases:
                    self.known.update(phrase)
                    (self._spanish if spanish else english).update(phrase)
                    for start in forms(phrase[0]):
                        self._starts.setdefault(start, []).append((phrase, spanish, thing))
        self._spanish -= english

    def is_spanish(self, word: str) -> bool:
        """Whether the lists have the word in Spanish and not in English."""
        return bool(forms(word) & self._spanish)

    def at(self, words: Sequence[str], place: int) -> tuple[int, list[Thing]]:
        """How many words from `place` on name something, and what; the longest name wins."""
        best: tuple[int, list[Thing]] = (0, [])
        starts = {id(e): e for form in forms(words[place]) for e in self._starts.get(form, ())}
        for phrase, _, thing in starts.values():
            there = words[place : place + len(phrase)]
            if _same(there, phrase):
                if len(phrase) > best[0]:
                    best = (len(phrase), [thing])
                elif len(phrase) == best[0] and thing not in best[1]:
                    best[1].append(thing)
        return best


OWN_LIST = "synonyms.csv"
"""In the archive's folder: a library's own words, in the shape of ours, `english,spanish`."""


def words(archive: Path | None = None) -> Words:
    """The lists of this program and, where there is one, the archive's own; read when they change.

    Raises InputRefused for a list that has not the two columns.
    """
    own = archive / OWN_LIST if archive is not None else None
    try:
        changed = own.stat().st_mtime_ns if own is not None else 0
    except FileNotFoundError:
        own, changed = None, 0
    return _read(own, changed)


@lru_cache(maxsize=8)
def _read(own: Path | None, changed: int) -> Words:
    """`changed` tells one writing of the archive's list from the next."""
    folder = resources.files(__package__) / "words"
    lists = [folder / OWN_LIST, *([own] if own is not None else [])]
    things = [
        Thing(
            tuple(_phrases(row["english"])),
            tuple(_phrases(row["spanish"])),
            tuple(t.strip() for t in f"{row['english']};{row['spanish']}".split(";") if t.strip()),
        )
        for file in lists
        for row in _rows(file, ("english", "spanish"))
    ]
    fillers: dict[str, frozenset[str]] = {"en": frozenset(), "es": frozenset()}
    for row in _rows(folder / "fillers.csv", ("language", "words")):
        found = {word for phrase in _phrases(row["words"]) for word in phrase}
        fillers[row["language"]] |= found
    return Words(things, fillers)


def _rows(file: Traversable | Path, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    reader = csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())
    for row in reader:
        if any(row.get(name) is None for name in columns):
            raise InputRefused(
                f"{file.name} has a line without the columns {' and '.join(columns)}.",
                mend="write them in its first line, and a comma in each line that follows.",
            )
        yield row


def _phrases(text: str) -> Iterator[Phrase]:
    for part in text.split(";"):
        if phrase := tuple(words_of(part)):
            yield phrase


def understand(text: str, index: TextIndex, audience: Audience, known: Words) -> Question:
    """What a question asks for. Words that only join others lift what has them and are not asked
    for, unless there are no others."""
    typed = words_of(text[:LETTERS])
    cut = len(typed) > WORDS or len(text) > LETTERS
    corrections: list[Correction] = []
    unknown: list[str] = []
    used = []
    for word in typed[:WORDS]:
        if word in known.fillers or forms(word) & known.known or _stands(word, index, audience):
            used.append(word)
            continue
        found = _meant(word, index, audience, known)
        if found is None:
            unknown.append(word)
            used.append(word)
        else:
            corrections.append(found)
            used += found.used.split()
    concepts, tried = _concepts(used, index, audience, known)
    return Question(tuple(concepts), tuple(corrections), tuple(tried), tuple(unknown), cut)


def _stands(word: str, index: TextIndex, audience: Audience) -> bool:
    exact = as_they_stand(word)
    return index.has(Concept((word,), exact, (1, len(exact))), audience)


def _meant(word: str, index: TextIndex, audience: Audience, known: Words) -> Correction | None:
    """What a word that is nowhere was meant to be: a word of the vocabulary, two of them without
    the space between, a name of something that is held, or a word that only joins others."""
    pool = [(each.slips, 0, -each.datasets, each.word) for each in index.near(word, audience)]
    for left, right in ((word[:n], word[n:]) for n in range(SHORTEST_PART, len(word) - 1)):
        if index.has(Concept((f"{left} {right}",), (f"{left} {right}",), (1, 1)), audience):
            pool.append((1, 0, 0, f"{left} {right}"))
    if not any(slips == 1 for slips, *_ in pool):
        for other in sorted(known.known | known.fillers):
            slips = slips_between(word, other, most=furthest(word)) if furthest(word) else 0
            joins = other in known.fillers
            if slips and (joins or _leads_somewhere(other, index, audience, known)):
                pool.append((slips, 1 + joins, 0, other))
    best = list(dict.fromkeys(each[3] for each in sorted(pool)))
    others = [each for each in best[1:] if not forms(each) & forms(best[0])]
    return Correction(word, best[0], tuple(others[:3])) if best else None


def _leads_somewhere(word: str, index: TextIndex, audience: Audience, known: Words) -> bool:
    concepts, _ = _concepts([word], index, audience, known)
    return index.has(concepts[0], audience)


def _concepts(
    used: Sequence[str], index: TextIndex, audience: Audience, known: Words
) -> tuple[list[Concept], list[Tried]]:
    found: list[Concept] = []
    tried: list[Tried] = []
    place = 0
    while place < len(used):
        length, things = known.at(used, place)
        phrase = tuple(used[place : place + max(1, length)])
        concept = _concept(phrase, things, index, audience, known)
        found.append(concept)
        if things:
            also = dict.fromkeys(
                text
                for thing in things
                for text in thing.written
                if not _same(tuple(words_of(text)), phrase)
            )
            tried.append(Tried(" ".join(phrase), tuple(also)))
        place += len(phrase)
    if all(concept.optional for concept in found):
        found = [replace(concept, optional=False) for concept in found]
    return found, tried


def _concept(
    phrase: Phrase, things: Sequence[Thing], index: TextIndex, audience: Audience, known: Words
) -> Concept:
    """A word or phrase in all its words. One that is Spanish is not looked for by English stems:
    "calle" is no "call"."""
    text = " ".join(phrase)
    optional = len(phrase) == 1 and not things and phrase[0] in known.fillers
    spanish = all(known.is_spanish(word) for word in phrase) or (
        len(phrase) == 1 and index.in_spanish_alone(text, audience)
    )
    own_english = () if spanish else (text,)
    own_exact = as_they_stand(text) if len(phrase) == 1 else (text,)
    english = _others((p for thing in things for p in thing.english), phrase)
    exact = _others((p for thing in things for p in thing.spanish), phrase)
    exact = [each for one in exact for each in (as_they_stand(one) if " " not in one else (one,))]
    exact = [each for each in exact if each not in own_exact]
    return Concept(
        (*own_english, *english), (*own_exact, *exact), (len(own_english), len(own_exact)),
        phrase if len(phrase) > 1 else (), optional,
    )  # fmt: skip


def _others(phrases: Iterable[Phrase], own: Phrase) -> list[str]:
    """Phrases as texts, each once, without the one that was typed."""
    return [" ".join(p) for p in dict.fromkeys(phrases) if not _same(p, own)]


def _same(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two phrases are the same but for singular and plural."""
    return len(one) == len(other) and all(
        forms(a) & forms(b) for a, b in zip(one, other, strict=True)
    )
