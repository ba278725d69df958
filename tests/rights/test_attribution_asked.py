"""A licence's name with whom to name behind it: told apart, and nothing else is taken for a name."""

from __future__ import annotations

import pytest

from verticalfile.rights.classify import read_statement
from verticalfile.rights.together import Said, read_together
from verticalfile.rights.vocabulary import Label


@pytest.mark.parametrize(
    ("text", "licence", "who"),
    [
        ("CC BY 4.0 - Stadt Wien", "CC-BY-4.0", "Stadt Wien"),
        ("CC BY 4.0 – Stadt Wien", "CC-BY-4.0", "Stadt Wien"),
        ("CC BY 4.0 (Land Oberösterreich)", "CC-BY-4.0", "Land Oberösterreich"),
        ("CC BY 4.0, Datenquelle: Stadt Wien - data.wien.gv.at", "CC-BY-4.0", "Stadt Wien"),
        ("CC-BY-4.0: City of Springfield", "CC-BY-4.0", "City of Springfield"),
        ("CC BY-SA 4.0 - Ayuntamiento de Madrid", "CC-BY-SA-4.0", "Ayuntamiento de Madrid"),
        ("ODbL - © OpenStreetMap contributors", "ODbL-1.0", "OpenStreetMap contributors"),
    ],
)
def test_the_licence_and_whom_to_name_are_told_apart(text: str, licence: str, who: str) -> None:
    found = read_statement(text)
    assert (found.licence_id, found.attribution) == (licence, who)
    assert found.label is Label.OPEN_LICENCE
    assert "credit" in found.conditions


@pytest.mark.parametrize(
    "text",
    [
        "CC BY 4.0 - City Employees Only", "CC BY 4.0 - Nur Schulen", "CC BY 4.0 - pending",
        "CC BY 4.0 - City of Springfield only", "CC BY 4.0 - Stadt Wien intern",
        "CC BY 4.0 - City of Springfield Internal Use", "CC BY 4.0: Draft",
        "CC BY 4.0 - City of Springfield Maps", "CC BY 4.0 - Residents of Kane County",
        "CC BY 4.0 - Stadt Wien?", "CC BY 4.0 - Stadt Wien, except photographs",
        "CC BY 4.0 - Stadt Wien - no resale", "Not CC BY 4.0 - Stadt Wien",
        "CC BY 4.0 - City of Springfield until 2020", "CC0 1.0 - Stadt Wien",
        "Terms apply - City of Springfield",
    ],
)  # fmt: skip
def test_what_may_say_for_whom_or_for_what_opens_nothing(text: str) -> None:
    found = read_statement(text)
    assert found.label not in (Label.OPEN_LICENCE, Label.PUBLIC_DOMAIN, Label.CUSTOM_OPEN)
    assert found.attribution == ""


def test_whom_to_name_is_kept_beside_a_second_statement_of_the_licence() -> None:
    said = [Said("license", "CC BY 4.0"), Said("rights", "CC BY 4.0 - Stadt Wien")]
    found = read_together(said)
    assert (found.licence_id, found.attribution) == ("CC-BY-4.0", "Stadt Wien")


def test_a_long_text_is_no_work() -> None:
    assert read_statement("CC BY 4.0 - City of " + "Aa " * 20_000).attribution == ""
