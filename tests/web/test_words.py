"""English and Spanish are complete, and each page keeps to its language."""

from __future__ import annotations

import importlib.util
import re
import string
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from pages import every

ROOT = Path(__file__).parents[2]
SPANISH = ROOT / "src/verticalfile/web/locale/es/LC_MESSAGES/django.po"
SAME_IN_BOTH = {"%(column)s %(is)s", "Parquet"}
ENGLISH = frozenset(
    "the of and to in is it that was for on are with as this be by not or from at which but have an"  # noqa: SIM905
    " had they you were there one all we when your can said how each she do will up other".split()
)
VOID = {"meta", "link", "input", "br", "img", "hr", "path", "rect"}


@pytest.fixture(scope="module")
def words():
    spec = importlib.util.spec_from_file_location("words", ROOT / "tools/words.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def spanish():
    with open(SPANISH, "rb") as given:
        return read_po(given, locale="es")


def test_every_sentence_of_the_site_is_in_the_catalog_and_no_other(words, spanish):
    def keys(catalog):
        return {(m.context, m.id[0] if isinstance(m.id, tuple | list) else m.id) for m in catalog}

    assert keys(words.found_in_code()) == keys(spanish), "run `make words`"


def test_every_sentence_has_a_spanish_one_that_is_another(spanish):
    for message in spanish:
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple | list) else [message.id]
        strings = message.string if isinstance(message.string, tuple | list) else [message.string]
        assert all(strings), message.id
        assert "fuzzy" not in message.flags
        for one in strings:
            assert one not in ids or one in SAME_IN_BOTH, one


def test_the_places_for_values_are_the_same_in_both(spanish):
    def named(text: str) -> set[str]:
        return set(re.findall(r"%\((\w+)\)s", text))

    for message in spanish:
        ids = message.id if isinstance(message.id, tuple | list) else [message.id]
        strings = message.string if isinstance(message.string, tuple | list) else [message.string]
        if message.id:
            for one in strings:
                assert named(one) <= named("".join(ids)), one


class SpanishText(HTMLParser):
    """The words of a page outside of what is marked as English."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[bool] = []  # is what is inside English?
        self.said: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        told = dict(attrs).get("lang")
        inherited = self.open[-1] if self.open else False
        quiet = tag in ("code", "pre", "style", "script")
        self.open.append(quiet or (inherited if told is None else told == "en"))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not (self.open and self.open[-1]):
            self.said.append(data)


@pytest.mark.parametrize("address", every())
def test_a_spanish_page_holds_hardly_an_english_word(room, address):
    text = room.get(f"/es{address}").content.decode()
    said = " ".join(SpanishText(text).said).lower()
    found = [w.strip(string.punctuation + "«»“”") for w in said.split()]
    english = [w for w in found if w in ENGLISH]
    assert len(english) <= 0.01 * len(found), english


def test_dates_and_numbers_are_those_of_the_language(room):
    english = room.get("/d/street-trees/time/").content.decode()
    spanish = room.get("/es/d/street-trees/time/").content.decode()
    assert "January 31, 2024" in english
    assert "31 de enero de 2024" in spanish
    assert "Jan 31" not in spanish


def test_the_other_language_is_the_same_page_with_the_same_question(room):
    text = room.get("/d/street-trees/table/?is.kind=OAK&sort=ward").content.decode()
    assert 'href="/es/d/street-trees/table/?is.kind=OAK&amp;sort=ward" hreflang="es"' in text
    text = room.get("/es/d/street-trees/table/?is.kind=OAK&sort=ward").content.decode()
    assert 'href="/d/street-trees/table/?is.kind=OAK&amp;sort=ward" hreflang="en"' in text
    assert 'href="/"' in room.get("/es/").content.decode()
