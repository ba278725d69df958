"""What is wrong with a document that should be JSON is told in our words, with its place."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from verticalfile.kernel.errors import trouble_of_json
from verticalfile.tables.read.json_steps import steps_of_json
from verticalfile.tables.read.json_text import DECODER, read_json
from verticalfile.tables.reading import Known, Reason

RAW = ("Expecting", "delimiter", "enclosed", "starting at", "Invalid", "Extra", "codec", "char ")
"""Words of parsers, which speak to programmers."""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"a": 1 "b"}', "a comma or a closing bracket is missing at line 1 column 9"),
        ('{"a" 1}', "a colon is missing at line 1 column 6"),
        ('{\n"a": }', "a value is missing at line 2 column 6"),
        ("{'a': 1}", "a name in double quotes is missing at line 1 column 2"),
        ('["a', "a text without its closing quotes begins at line 1 column 2"),
        ('["a\tb"]', "a line break or tab stands within a text at line 1 column 4"),
        ('["\\q"]', "a backslash begins nothing that is known at line 1 column 3"),
        ("[1] [2]", "something follows after its end at line 1 column 5"),
        ("1" * 5_000, "a number has more digits than may be read"),
        ("[" * 100_000, "it is nested too deep"),
    ],
)
def test_each_slip_is_told_in_a_sentence_of_ours(text: str, told: str) -> None:
    with pytest.raises((ValueError, RecursionError)) as raised:
        json.loads(text)
    assert trouble_of_json(raised.value) == told


def test_what_is_no_utf_8_is_told_as_that() -> None:
    with pytest.raises(UnicodeDecodeError) as raised:
        b"\xff".decode()
    assert trouble_of_json(raised.value) == "it is not text in UTF-8"


@given(text=st.text(alphabet='{}[]",:\\ \n1aué\t', max_size=30))
@example(text="")
def test_no_word_of_a_parser_reaches_people(text: str) -> None:
    reading = read_json(text.encode(), known=Known())
    details = [reading.detail if reading.reason is Reason.BAD_JSON else ""]
    for told in (_told(json.loads, text), _told(_in_steps, text), *details):
        assert not [word for word in RAW if word in told]


def _told(read: Callable[[str], object], text: str) -> str:
    try:
        read(text)
    except ValueError as error:
        return trouble_of_json(error)
    return ""


def _in_steps(text: str) -> None:
    for _ in steps_of_json(io.BytesIO(text.encode()), DECODER, step_bytes=7):
        pass
