"""Notices are an institution's own, Labels are given by communities; both stand before the licence."""

from __future__ import annotations

import pytest
from test_embargoes import Room

from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import open_archive
from verticalfile.services.deciding.marking import put_label, put_notice, take_off
from verticalfile.services.names import NotHeld
from verticalfile.services.rights.card import card_of
from verticalfile.services.rights.local_contexts import (
    Notice,
    marks_of,
)
from verticalfile.services.taking_in import rebuild

PROJECT = "https://localcontextshub.org/projects/0b5c1f1e-0000-4000-8000-00000000abcd"


@pytest.fixture
def room(tmp_path):
    room = Room(tmp_path)
    room.collect("1,a", "2,b")
    return room


def test_an_institution_puts_a_notice_and_it_changes_no_right(room):
    before = card_of(room.archive, "plan").found
    [mark] = put_notice(room.archive, "plan", Notice.ATTRIBUTION_INCOMPLETE)
    assert mark.title == "Attribution Incomplete Notice"
    card = card_of(room.archive, "plan")
    assert card.marks == (mark,)
    assert card.found == before
    assert room.shown == [True]


def test_a_label_needs_the_community_that_gave_it_and_its_project(room):
    for words in (
        {"title": "TK Attribution", "community": "", "project": PROJECT},
        {"title": "", "community": "People of the River", "project": PROJECT},
        {"title": "TK Attribution", "community": "People of the River", "project": ""},
        {"title": "TK A", "community": "C", "project": "https://localcontextshub.org/projects/1"},
        {
            "title": "TK A",
            "community": "C",
            "project": PROJECT.replace("hub.org", "hub.org.example"),
        },
        {"title": "TK A", "community": "C", "project": f"javascript:{PROJECT}"},
    ):
        with pytest.raises(InputRefused):
            put_label(room.archive, "plan", **words)
    assert marks_of(room.archive, "plan") == []


def test_labels_stand_before_notices_and_are_replaced_and_taken_off(room):
    put_notice(room.archive, "plan", Notice.TRADITIONAL_KNOWLEDGE, project=PROJECT)
    found = put_label(
        room.archive, "plan", "TK Attribution", community="People of the River", project=PROJECT,
        text="Please name us.",
    )  # fmt: skip
    assert [m.title for m in found] == ["TK Attribution", "TK (Traditional Knowledge) Notice"]
    put_notice(room.archive, "plan", Notice.TRADITIONAL_KNOWLEDGE)
    assert len(marks_of(room.archive, "plan")) == 2
    left = take_off(
        room.archive, "plan", "TK (Traditional Knowledge) Notice", reason="a Label took its place"
    )
    assert [(m.community, m.text) for m in left] == [("People of the River", "Please name us.")]
    with pytest.raises(NotHeld):
        take_off(room.archive, "plan", "TK (Traditional Knowledge) Notice", reason="again")
    room.archive.index.close()
    room.archive = open_archive(room.archive.root)
    rebuild.rebuild(room.archive, None)
    assert marks_of(room.archive, "plan") == left


def test_what_its_community_keeps_from_public_view_is_withheld(room):
    put_label(
        room.archive, "plan", "TK Secret", community="People of the River", project=PROJECT,
        not_for_public=True,
    )  # fmt: skip
    assert room.shown == [False]
