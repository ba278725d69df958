"""Statements made for the test, by kind: what portals write, and what is nearly open but is not.

`made_statements.csv` holds, for each, the label that rights.md gives it and the licence that it
names, if any. All words are our own; places in it do not exist.
"""

from __future__ import annotations

import csv
import re
import textwrap
import time
from pathlib import Path

import pytest

from verticalfile.rights.classify import read_statement
from verticalfile.rights.together import Said, read_together

OPEN = {"open-licence", "public-domain", "custom-open"}
_FILE = Path(__file__).with_name("made_statements.csv")
STATEMENTS = list(csv.DictReader(_FILE.read_text("utf-8").splitlines()))
NOT_OPEN = [row for row in STATEMENTS if row["label"] not in OPEN]


def test_every_statement_is_read_as_its_kind():
    wrong = [
        (row["text"], row["label"], str(found.label), row["licence_id"], found.licence_id, found.rule)
        for row in STATEMENTS
        if ((found := read_statement(row["text"])).label, found.licence_id)
        != (row["label"], row["licence_id"])
    ]  # fmt: skip
    assert wrong == []


def test_there_are_many_statements_of_each_label():
    labels = [row["label"] for row in STATEMENTS]
    assert len(labels) >= 500
    assert all(labels.count(label) >= 30 for label in set(labels))
    assert len(set(labels)) == 6


@pytest.mark.parametrize(
    "frame",
    [
        "<p>{}</p>", "  {}  ", "<div style='font-size:12px'><b>{}</b><br></div>", "{}\n\n",
        "&lt;p&gt;{}&lt;/p&gt;", "{} No warranty is given.", "Updated weekly. {}",
    ],
)  # fmt: skip
def test_nothing_becomes_open_by_mark_up_or_by_a_sentence_beside_it(frame):
    wrong = [
        (row["text"], str(found.label))
        for row in NOT_OPEN
        if (found := read_statement(frame.replace("{}", row["text"]))).label in OPEN
    ]
    assert wrong == []


def test_nothing_becomes_open_in_capitals_or_in_small_letters():
    for change in (str.upper, str.lower):
        wrong = [
            (row["text"], str(found.label))
            for row in NOT_OPEN
            if "://" not in row["text"]
            and (found := read_statement(change(row["text"]))).label in OPEN
        ]
        assert wrong == []


def test_a_ban_beside_anything_open_is_never_open():
    bans = ["You may not sell or redistribute this data.", "For internal use only.",
            "Se prohíbe el uso comercial.", "Reproduction interdite.", "All rights reserved."]  # fmt: skip
    wrong = [
        (row["text"], ban, str(found.label))
        for row in STATEMENTS
        if row["label"] in OPEN and "<" not in row["text"] and "://" not in row["text"]
        for ban in bans
        if (found := read_statement(f"{row['text'].rstrip('.')}. {ban}")).label in OPEN
        and found.kind != "mixed"
    ]
    assert wrong == []


@pytest.mark.parametrize("width", [40, 60, 72, 80])
def test_a_sentence_that_an_editor_cut_into_lines_is_read_as_one(width):
    """Old metadata files are wrapped at a column; a ban may stand in two lines."""
    opening = "These tables of the harbor survey were made for the council of Rivermouth County. "
    for label, said in (
        ("restricted", "No one who gets a copy of them may sell it, and they may not be redistributed."),
        ("unclear", "The surveyor of the county asks that all who use them please credit the office."),
        ("custom-open", "There are, as the council resolved in May, no restrictions on use or copying."),
    ):  # fmt: skip
        whole = read_statement(opening + said)
        cut = read_statement(textwrap.fill(opening + said, width))
        assert (whole.label, cut.label, cut.rule) == (label, label, whole.rule)


def test_two_fields_that_differ_are_never_open():
    for row in STATEMENTS:
        if row["label"] in OPEN:
            said = (Said("license", row["text"]), Said("rights", "Commercial use is prohibited."))
            assert read_together(said).label not in OPEN, row["text"]


def test_a_long_text_without_an_end_is_read_in_bounded_time():
    for piece in (
        "may not be shared, ",
        "no ",
        "cc by-",
        "public domain or ",
        "for the use of the ",
        "a",  # a picture in base64 where the licence belongs: no blank in it at all
        "AbC/+=",
        "a-",
        "licence",
    ):
        started = time.process_time()
        read_statement(piece * (40_000 // len(piece)))
        assert time.process_time() - started < 5, piece


def test_no_rule_quotes_a_made_statement():
    room = Path(read_statement.__code__.co_filename).parent
    rules = "".join(p.read_text("utf-8").lower() for p in room.glob("*.py"))
    platform = "no special restrictions"  # a platform's own sentence, rights.md 2 rule 5
    quoted = [
        row["text"]
        for row in STATEMENTS
        if len(re.findall(r"\w+", row["text"])) > 5
        and row["text"].lower().strip(" .") in rules
        and not row["text"].lower().startswith(platform)
    ]
    assert quoted == []
