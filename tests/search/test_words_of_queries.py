"""Slips, singulars, and lists of words that keep their shape."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from verticalfile.catalog.slips import furthest, one_slip_from, slips_between
from verticalfile.services.finding.words import fold, forms, words

LETTERS = st.text("abcdeñ", min_size=1, max_size=9)


@given(st.text("abc", min_size=1, max_size=6), st.text("abc", min_size=1, max_size=6))
def test_one_slip_is_what_one_slip_makes(one: str, other: str) -> None:
    assert (slips_between(one, other, most=1) == 1) == (other in one_slip_from(one))


@given(LETTERS, LETTERS)
def test_slips_lead_back_as_far_as_they_lead_out(one: str, other: str) -> None:
    assert slips_between(one, other, most=9) == slips_between(other, one, most=9)


@given(LETTERS, LETTERS)
def test_a_bound_only_cuts_off(one: str, other: str) -> None:
    whole = slips_between(one, other, most=20)
    assert slips_between(one, other, most=2) == (whole if whole <= 2 else 0)


def test_numbers_and_short_words_are_never_mended() -> None:
    assert [furthest(w) for w in ("311", "tax", "2024", "pm25", "crime", "graffiti")] == [
        0, 0, 0, 0, 1, 2,
    ]  # fmt: skip


def test_singulars_of_both_languages() -> None:
    assert "library" in forms("libraries")
    assert "luz" in forms("luces")
    assert "licitacion" in forms("licitaciones")
    assert forms("bus") == {"bus"}


def test_words_are_folded() -> None:
    assert fold("Baños PÚBLICOS") == "banos publicos"


def test_every_thing_has_words_in_both_languages() -> None:
    for thing in words().things:
        assert thing.english, thing
        assert thing.spanish, thing


def test_no_filler_stands_alone_as_a_name() -> None:
    """A word that only joins others would never be asked for as the thing it also names."""
    for thing in words().things:
        for phrase in (*thing.english, *thing.spanish):
            assert not (len(phrase) == 1 and phrase[0] in words().fillers), phrase
