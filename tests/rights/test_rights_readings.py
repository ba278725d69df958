"""Kinds of statement that the rules must tell apart, in words made for the test."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verticalfile.rights.answers import (
    FEDERAL_ON_LOCAL,
    LICENCE_TEXT_UNKNOWN,
    answers,
    warnings_for,
)
from verticalfile.rights.classify import read_statement
from verticalfile.rights.law import law_of, laws
from verticalfile.rights.vocabulary import NO_VERSION, Label


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("This data is not in the public domain.", "unclear"),
        ("Compiled from public domain data sources.", "unclear"),
        ("Some of these data are in the public domain.", "unclear"),
        ("Free for use by county staff.", "unclear"),
        ("These data are freely available to county employees only.", "unclear"),
        ("There are no restrictions on access.", "unclear"),
        ("There are no restrictions except that the data may not be sold.", "restricted"),
        ("Use of this data without restriction is at your own risk", "unclear"),
        ("This data cannot be used without restriction.", "unclear"),
        ("The user is free to use the data but not to redistribute it.", "unclear"),
        ("Public domain. Not for resale.", "unclear"),
        ("No restrictions on personal use. Commercial use requires a license.", "restricted"),
        ("Free to use for non-commercial purposes.", "restricted"),
        ("CC BY 4.0, but not the photos", "unclear"),
        ("Provided as is, without limitation of any warranty.", "unclear"),
        ("© 2021 City of Springfield", "restricted"),
        ("Datos de dominio público", "public-domain"),
        ("Todos los derechos reservados", "restricted"),
        ("There are no restrictions on use, reproduction or distribution.", "custom-open"),
        ("This data may be copied and used with credit to the county.", "custom-open"),
        ("Licencia no especificada", "no-statement"),
        ("Lizenz nicht angegeben", "no-statement"),
        ("nome", "no-statement"),
    ],
)
def test_what_words_amount_to(text, label):
    reading = read_statement(text)
    assert reading.label == label, reading


@pytest.mark.parametrize(
    ("text", "licence_id"),
    [
        ("Licensed under CC BY-NC 4.0", "CC-BY-NC-4.0"),
        ("This work is licensed under a Creative Commons Attribution-ShareAlike 3.0 United States License.", "CC-BY-SA-3.0-US"),
        ("Creative Commons Attribution 4.0 International (CC BY 4.0)", "CC-BY-4.0"),
        ("The data is made available under the Open Database License (ODbL).", "ODbL-1.0"),
        ("<p>See <a href='https://creativecommons.org/licenses/by/3.0/legalcode'>the licence</a></p>", "CC-BY-3.0"),
        ("not licensed under Creative Commons Attribution 4.0", ""),
        ("ODbL or CC BY 4.0", ""),
        ("Creative Commons", ""),
        ("CC: Bureau of Maps", ""),
    ],
)  # fmt: skip
def test_licences_that_a_text_names(text, licence_id):
    assert read_statement(text).licence_id == licence_id


def test_two_licences_or_a_licence_and_a_ban_are_a_conflict():
    for text in ("ODbL or CC BY 4.0", "CC BY 4.0. The data may not be redistributed."):
        reading = read_statement(text)
        assert (reading.label, reading.kind, reading.licence_id) == ("unclear", "conflict", "")
        assert reading.sentences


def test_8_a_general_word_of_ckan_is_custom_open_with_its_text_unknown():
    reading = read_statement("other-open")
    assert (reading.label, reading.licence_id) == ("custom-open", "")
    assert LICENCE_TEXT_UNKNOWN in reading.warnings
    assert answers(reading.label, reading.conditions, kind=reading.kind).copy == "ask"


def test_4_mark_up_is_read_as_text_and_no_script_is():
    raw = "<div>Free and open data.<script>alert('CC0')</script><img src=x onerror=alert(1)></div>"
    reading = read_statement(raw)
    assert reading.sentences == ("Free and open data.",)
    assert reading.licence_id == ""


def test_a_licence_without_version_says_so():
    assert NO_VERSION in read_statement("cc-by").warnings


@pytest.mark.parametrize(
    ("publisher", "warned"),
    [
        ("City of Springfield", True), ("Clark County GIS", True), ("", True),
        ("U.S. Census Bureau", False), ("NOAA", False), ("National Park Service", False),
    ],
)  # fmt: skip
def test_a_city_cannot_have_a_federal_statement(publisher, warned):
    found = warnings_for("US-GOV", (), publisher)
    assert (FEDERAL_ON_LOCAL in found) is warned


def test_the_four_answers_are_never_yes_without_a_grant():
    for label in (Label.UNCLEAR, Label.NO_STATEMENT):
        assert set(vars_of(answers(label, ()))) == {"not known"}
    assert vars_of(answers(Label.RESTRICTED, ("credit", "non-commercial"), kind="standard-name")) == [
        "yes", "yes", "no", "yes",
    ]  # fmt: skip


def vars_of(found):
    return [found.copy, found.share, found.sell, found.change]


@pytest.mark.parametrize(
    ("text", "told", "not_told"),
    [
        ("The list may not be sold.", "no-resale", "no-redistribution"),
        ("The list may not be sold or shared.", "no-redistribution", "no-derivatives"),
        ("This layer may not be altered.", "no-derivatives", "no-redistribution"),
        ("Prohibida su distribución.", "no-redistribution", "no-resale"),
    ],
)
def test_a_ban_tells_what_it_forbids_and_no_more(text, told, not_told):
    reading = read_statement(text)
    assert reading.label == "restricted"
    assert told in reading.conditions
    assert not_told not in reading.conditions


def test_what_is_not_known_of_a_state_stays_unknown():
    assert len(laws()) == 53
    assert law_of("oh").position == "unknown"
    assert not law_of("Ohio").known
    assert law_of("FL").source_year == 2004
    assert law_of("Bavaria") is None


@given(st.text(max_size=400))
def test_any_text_is_read_and_a_reading_tells_its_hash(text):
    reading = read_statement(text)
    assert len(reading.raw_sha256) == 64
    assert 0 < reading.confidence <= 1
