"""Every version has one permanent address of its own, and it leads back to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from verticalfile.catalog.versions import Sighting, versions_of
from verticalfile.kernel.addresses import MomentAddress
from verticalfile.services.addresses import moment_of, version_at

START = datetime(2021, 3, 1, 14, 15, tzinfo=UTC)


def held(*sightings: tuple[float, str]):
    return versions_of(
        [
            Sighting(f"{n:020d}", START + timedelta(seconds=at), START, 0, sha * 64, 1)
            for n, (at, sha) in enumerate(sightings)
        ],
        (),
    )


@given(
    st.lists(
        st.tuples(st.floats(0, 4), st.sampled_from("0123456789abcdef")), max_size=14,
        unique_by=lambda pair: pair[1],
    )
)  # fmt: skip
def test_each_version_has_its_own_address_that_leads_back_to_it(sightings):
    versions = held(*sightings)
    moments = [moment_of(v, versions) for v in versions]
    assert len(set(moments)) == len(versions)
    for version, moment in zip(versions, moments, strict=True):
        assert version_at(moment, versions) == version


def test_the_later_of_two_in_one_second_is_the_plain_one():
    first, second = held((0.1, "a"), (0.9, "b"))
    assert str(moment_of(first, (first, second))) == "@20210301T141500Z~aaaaaaaa"
    assert str(moment_of(second, (first, second))) == "@20210301T141500Z"


def test_a_moment_at_which_nothing_was_first_seen_is_no_address():
    versions = held((0, "a"), (5, "b"))
    assert version_at(MomentAddress(START + timedelta(seconds=3)), versions) is None
    assert version_at(MomentAddress(START, "bbbbbbbb"), versions) is None


def test_when_an_earlier_version_is_found_later_only_the_earlier_one_gets_digits():
    (alone,) = held((0.9, "b"))
    before = moment_of(alone, (alone,))
    versions = held((0.1, "a"), (0.9, "b"))
    assert version_at(before, versions).sha256 == alone.sha256


def test_the_moment_of_a_version_costs_the_same_however_many_there_are():
    """Pages ask for the moment of each version: 834 of them once took two seconds."""
    versions = held(*((10.0 * n, f"{n % 10}") for n in range(2_000)))
    looked_at = 0

    class Counted(list):
        def __getitem__(self, place):
            nonlocal looked_at
            looked_at += 1
            return super().__getitem__(place)

        def __iter__(self):
            raise AssertionError("all versions are gone through")

    counted = Counted(versions)
    assert moment_of(versions[1_000], counted) == MomentAddress(versions[1_000].seen_at)
    assert looked_at <= 16
