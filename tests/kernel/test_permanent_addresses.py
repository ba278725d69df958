"""Permanent addresses are moments: both directions, and nothing else is one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verticalfile.kernel.addresses import (
    Address,
    MomentAddress,
    parse_address,
    parse_moment,
)

offsets = st.integers(-23 * 60, 23 * 60).map(lambda m: timezone(timedelta(minutes=m)))
instants = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=offsets)
digits = st.text("0123456789abcdef", min_size=8, max_size=8)
moments = st.builds(MomentAddress, instants, st.one_of(st.just(""), digits))
slugs = st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)
tables = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(
    lambda text: text not in (".", "..")
)
addresses = st.one_of(
    st.builds(Address, slugs, moment=st.one_of(st.none(), moments)),
    st.builds(Address, slugs, slugs, st.one_of(st.just(""), tables), st.one_of(st.none(), moments)),
)


@given(moments)
def test_a_moment_is_read_as_it_was_written(moment):
    assert parse_moment(str(moment)) == moment


@given(addresses)
def test_an_address_is_read_as_it_was_written(address):
    assert parse_address(str(address)) == address


@given(st.one_of(st.text(max_size=40), st.from_regex(r"/d/[a-z@/~0-9TZ%-]{0,40}/", fullmatch=True)))
def test_whatever_is_read_is_written_as_it_stood(path):
    found = parse_address(path)
    assert found is None or str(found) == path


def test_the_form_is_that_of_the_design():
    second = datetime(2021, 3, 1, 14, 15, tzinfo=UTC)
    assert str(MomentAddress(second)) == "@20210301T141500Z"
    assert str(MomentAddress(second, "9f2c41d0")) == "@20210301T141500Z~9f2c41d0"
    assert str(Address("permits")) == "/d/permits/"
    whole = Address("permits", "permits", moment=MomentAddress(second))
    assert whole.under("https://data.example/town/") == (
        "https://data.example/town/d/permits/permits/@20210301T141500Z/"
    )


def test_parts_of_a_second_are_not_in_an_address():
    at = datetime(2021, 3, 1, 14, 15, 0, 999999, tzinfo=UTC)
    assert str(MomentAddress(at)) == "@20210301T141500Z"


@pytest.mark.parametrize(
    "path",
    [
        "/d/permits", "d/permits/", "/d//", "/d/permits/@20210301/", "/d/permits/@20210231T141500Z/",
        "/d/permits/@20210301T141500Z~9F2C41D0/", "/d/permits/@20210301T141500Z~9f2c/",
        "/d/Permits/", "/d/../", "/d/permits/a/b/c/", "/d/permits/v12/../", "/d/permits/%2e%2e/",
        "/d/permits/a/%/", "/d/@20210301T141500Z/", "/x/permits/", "/d/permits/@/",
    ],
)  # fmt: skip
def test_what_is_no_permanent_address_is_none(path):
    assert parse_address(path) is None


def test_a_table_may_have_any_name_and_cannot_leave_its_place():
    address = Address("permits", "sheet", "../ä & b")
    assert str(address) == "/d/permits/sheet/..%2F%C3%A4%20%26%20b/"


@pytest.mark.parametrize("wrong", [("Permits", ""), ("permits", "a/b"), ("", ""), ("a", "..")])
def test_an_address_is_made_of_names_alone(wrong):
    with pytest.raises(ValueError, match="cannot stand"):
        Address(*wrong)


def test_a_moment_needs_an_offset_and_eight_digits():
    with pytest.raises(ValueError, match="offset"):
        MomentAddress(datetime(2021, 3, 1))
    with pytest.raises(ValueError, match="8 hex"):
        MomentAddress(datetime(2021, 3, 1, tzinfo=UTC), "xyz")
