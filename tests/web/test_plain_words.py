"""The words of the pages are plain: short sentences, of a grade that most grown-ups read, no jargon.

Measured over the sentences of the catalogue, in English after Kincaid (1975), in Spanish after
Fernández Huerta (1959). Syllables are counted by vowels, in English at least as many as are spoken.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

SPANISH = Path(__file__).parents[2] / "src/verticalfile/web/locale/es/LC_MESSAGES/django.po"
JARGON = (
    r"\b(?:ingest\w*|diffs?|schemas?|nulls?|fixity|hash(?:es)?|endpoints?|slugs?|snapshots?|metadata"
    r"|payloads?|parse[ds]?)\b"
)
VALUE = re.compile(r"%\(\w+\)s")
STRONG, WEAK, ACCENTED = "aeoáéó", "iuü", "íú"


def sentences(texts: list[str]) -> list[list[str]]:
    """Words of each whole sentence; a value that stands in it counts as a word of one syllable."""
    found = []
    for text in texts:
        plain = VALUE.sub("ten", re.sub(r"<[^>]+>", "", text))
        for one in re.split(r"(?<=[.!?:;])\s+", plain):
            words = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", one)
            if len(words) >= 4 and plain.rstrip()[-1:] in ".!?":
                found.append(words)
    return found


@pytest.fixture(scope="module")
def both() -> dict[str, list[list[str]]]:
    with open(SPANISH, "rb") as given:
        catalog = read_po(given, locale="es")
    told = {"en": [], "es": []}
    for message in catalog:
        if message.id:
            ids = message.id if isinstance(message.id, tuple | list) else [message.id]
            strings = (
                message.string if isinstance(message.string, tuple | list) else [message.string]
            )
            told["en"].append(ids[-1])
            told["es"].append(strings[-1])
    return {language: sentences(texts) for language, texts in told.items()}


def in_english(word: str) -> int:
    return max(len(re.findall(r"[aeiouy]+", word.lower())), 1)


def in_spanish(word: str) -> int:
    count, before = 0, ""
    for letter in word.lower():
        if letter in STRONG + WEAK + ACCENTED:
            joined = before and (letter in WEAK or before in WEAK)
            count += not joined
            before = letter
        else:
            before = ""
    return max(count, 1)


def test_syllables_are_counted_as_they_are_spoken():
    for word, count in (("library", 3), ("data", 2), ("what", 1)):
        assert in_english(word) == count
    for word, count in (("biblioteca", 4), ("día", 2), ("cuándo", 2), ("países", 3), ("leer", 2), ("guía", 2)):  # fmt: skip
        assert in_spanish(word) == count, word


def test_english_is_of_grade_eight_at_most(both):
    words = [word for one in both["en"] for word in one]
    assert len(both["en"]) > 300
    grade = 0.39 * len(words) / len(both["en"]) + 11.8 * sum(map(in_english, words)) / len(words)
    assert grade - 15.59 <= 8


def test_spanish_is_of_normal_ease_at_least(both):
    words = [word for one in both["es"] for word in one]
    assert len(both["es"]) > 300
    syllables = sum(map(in_spanish, words)) / len(words)
    assert 206.84 - 60 * syllables - 1.02 * len(words) / len(both["es"]) >= 60


def test_no_sentence_is_longer_than_thirty_words_and_few_than_twenty(both):
    for told in both.values():
        assert max(map(len, told)) <= 30, max(told, key=len)
        assert sum(len(one) > 20 for one in told) <= len(told) / 20


def test_no_page_speaks_the_jargon_of_those_who_build_it():
    with open(SPANISH, "rb") as given:
        for message in read_po(given, locale="es"):
            ids = message.id if isinstance(message.id, tuple | list) else [message.id]
            for text in ids:
                assert not re.search(JARGON, VALUE.sub("", text), re.I), text
