"""Why a version may not be whole is said in the language of the page, and nothing is lost of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

import verticalfile.sources
from verticalfile.web.words.partial_words import FORMS, TEXTS, why_partial, why_partial_plain

SOURCES = Path(verticalfile.sources.__file__).parent
PUT_TOGETHER = "arcgis_unproved.py"
"""Writes its sentences from pieces; they stand in `test_a_sentence_of_several_parts`."""
NUMBERS = ("first", "last", "received", "counted", "pages", "all", "n")


def spanish(kept: str) -> str:
    with translation.override("es"):
        return why_partial_plain(kept)


def sentences_of(tree: ast.AST) -> Iterator[str]:
    """What `why`, `why_not` and functions of such a name are given, with 7 in each place."""
    for node in ast.walk(tree):
        given: list[ast.expr | None] = []
        if isinstance(node, ast.keyword) and node.arg == "why_not":
            given = [node.value]
        elif isinstance(node, ast.Assign):
            names = [getattr(t, "id", getattr(t, "attr", "")) for t in node.targets]
            given = [node.value] if {"why", "why_not", "NO_COUNT"} & set(names) else []
        elif isinstance(node, ast.FunctionDef) and "why_not" in node.name:
            given = [each.value for each in ast.walk(node) if isinstance(each, ast.Return)]
        for value in given:
            yield from _texts(value)


def _texts(value: ast.expr | None) -> Iterator[str]:
    match value:
        case ast.Constant(value=str(text)) if text:
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(
                str(p.value) if isinstance(p, ast.Constant) else _filled(p) for p in parts
            )
        case ast.IfExp(body=one, orelse=other):
            yield from (*_texts(one), *_texts(other))
        case ast.BoolOp(values=several):
            for each in several:
                yield from _texts(each)


def _filled(place: ast.expr) -> str:
    """What a function of the module adds may be nothing."""
    value = getattr(place, "value", None)
    is_own = isinstance(value, ast.Call) and isinstance(value.func, ast.Name)
    return "" if is_own and value.func.id.startswith("_") else "7"


def test_every_reason_that_a_kind_of_publisher_writes_is_said_in_spanish() -> None:
    found: dict[str, str] = {}
    for path in SOURCES.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if ("Completeness(" in text or "why_not" in text) and path.name != PUT_TOGETHER:
            found |= dict.fromkeys(sentences_of(ast.parse(text)), path.name)
    assert len(found) > 30, "the sentences are no longer found where they were"
    english = {text: file for text, file in found.items() if spanish(text).casefold() == f"{text}.".casefold()}  # fmt: skip
    assert english == {}


def test_a_sentence_of_several_parts() -> None:
    kept = (
        "the server tells no ids and no count; 5 rows came; rows without a place cannot be found so"
    )
    assert spanish(kept) == (
        "El servidor no indica identificadores ni cuántas filas hay; filas recibidas: 5;"
        " las filas sin lugar no se pueden encontrar así."
    )
    assert spanish("the server tells no ids; 5 of 1,009 rows came") == (
        "El servidor no indica identificadores; filas recibidas: 5 de 1,009."
    )


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=15)
@given(data=st.data())
def test_every_fact_of_a_kept_sentence_is_in_the_said_one(form: str, data: st.DataObject) -> None:
    numbers = st.integers(0, 10**9).map("{:,}".format)
    texts = st.text(st.characters(codec="utf-8", exclude_characters=";"), min_size=1, max_size=30)
    facts = {name: data.draw(numbers) for name in NUMBERS} | {n: data.draw(texts) for n in TEXTS}
    facts["address"] = f"https://county.example/{facts['address']}"
    kept = form % facts
    shown = spanish(kept)
    assert all(facts[name] in shown for name in facts if f"%({name})s" in form)
    with translation.override("en"):
        assert why_partial_plain(kept).casefold().rstrip(".") == kept.casefold().rstrip(".")


def test_what_another_program_wrote_stays_english_and_is_marked_and_harmless() -> None:
    with translation.override("es"):
        assert why_partial("a <b>storm</b> came") == (
            '<span lang="en">A &lt;b&gt;storm&lt;/b&gt; came</span>.'
        )
        told = why_partial("https://a.example/<x> cannot be read: not <well> formed")
        assert "<x>" not in told
        assert '<span lang="en">not &lt;well&gt; formed</span>' in told
    with translation.override("en"):
        assert why_partial("7 of 9 entries came") == "7 of 9 entries came."
