"""Addresses of licences in all the forms in which they are written."""

from __future__ import annotations

import csv

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from verticalfile.rights.addresses import is_legacy, licence_at, normalise
from verticalfile.rights.vocabulary import NO_PORTS, NO_VERSION, creative_commons, of_id

PARTS = st.sampled_from(
    ["http://", "https:/", "//", "www.", "creativecommons.org", "rightsstatements.org", "/licences",
     "/licenses/", "/by", "/BY-SA/", "/3.0", "/4.0/", "/us/", "/legalcode", "/deed.de_AT", "?ref=x",
     "#", "#v1-legacy/other-open", ".", ")", " ", "&amp;", "<a href='", "'>", "</a>", "/vocab/InC/",
     "opendatacommons.org", "/odbl/1-0", "example.com", "/x.html", ":80", ":8080", "%2e", "é"]
)  # fmt: skip


def test_1_every_address_of_the_list_is_what_it_should_be(shared):
    with open(shared / "fixtures" / "rights" / "licence_urls.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 105
    found = []
    for row in rows:
        named = licence_at(row["url"])
        found.append((named.licence_id, named.spdx_id, named.url) if named else ("", "", ""))
    expected = [(r["licence_id"], r["spdx_id"], r["canonical_url"]) for r in rows]
    assert found == expected


@given(st.one_of(st.text(), st.lists(PARTS, max_size=9).map("".join)))
@example("https://creativecommons.org/licenses/by/4.0/legalcode/legalcode")
@example("http://https://http://x.org/a//b")
@example("&amp;amp;lt;a href=x.org/y&gt;")
def test_a_second_normalising_changes_nothing(text):
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(max_size=30))
def test_no_host_that_only_looks_alike_is_a_licence(text):
    for host in (
        f"{text}-creativecommons.org",
        "creative-commons.org",
        "creativecommons.org.evil.io",
    ):
        named = licence_at(f"https://{host}/licenses/by/4.0/")
        assert named is None or text.endswith(("/", "@", "\\", "."))


def test_a_look_alike_behind_a_user_name_is_none():
    assert licence_at("https://creativecommons.org@evil.io/licenses/by/4.0/") is None
    assert licence_at("https://creativecommons.org.evil.io/licenses/by/4.0/") is None
    assert licence_at("https://evil.io/creativecommons.org/licenses/by/4.0/") is None


def test_a_version_is_never_filled_in_and_said_to_be_missing():
    named = licence_at("https://creativecommons.org/licenses/by/")
    assert named is not None
    assert (named.licence_id, named.spdx_id, named.warnings) == ("CC-BY", "", (NO_VERSION,))


def test_version_4_has_no_ports():
    named = licence_at("https://creativecommons.org/licenses/by/4.0/us/")
    assert named is not None
    assert (named.licence_id, named.warnings) == ("CC-BY-4.0", (NO_PORTS,))


@pytest.mark.parametrize("word", ["other-at", "other-nc", "other-closed", "other-open", "anything"])
def test_the_word_after_the_legacy_mark_is_kept(word):
    address = f"https://project-open-data.cio.gov/unknown-license/#v1-legacy/{word}"
    assert is_legacy(address) == word
    assert normalise(address).endswith(f"#v1-legacy/{word}")


@pytest.mark.parametrize("kind", ["by", "by-sa", "by-nc", "by-nd", "by-nc-sa", "by-nc-nd"])
@pytest.mark.parametrize("version", ["1.0", "2.0", "2.5", "3.0", "4.0"])
def test_ids_and_addresses_of_creative_commons_lead_to_each_other(kind, version):
    named = creative_commons(kind, version)
    assert named is not None
    assert licence_at(named.url) == named
    assert of_id(named.licence_id) == named
