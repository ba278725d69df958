"""Citations: each style's own rule, what is not known left out, and every text harmless."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware
from citeproc import (
    Citation,
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    formatter,
)
from citeproc.source.json import CiteProcJSON
from hypothesis import given
from hypothesis import strategies as st

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services.archive import Archive, init
from verticalfile.services.citing.cited import Cited
from verticalfile.services.citing.citing import Style, cite_version, cite_whole, cited_as
from verticalfile.services.collecting.collect import collect
from verticalfile.services.datasets import adding
from verticalfile.services.datasets.describing import describe
from verticalfile.services.deciding import reviewing
from verticalfile.services.known.statements import Field
from verticalfile.services.names import NotHeld
from verticalfile.services.visibility import Viewer, Withdrawn
from verticalfile.services.visiting.fetching import Fetching

VERSION = Cited(
    title="Sidewalk repair prices",
    publisher="City of Alder Falls, Public Works",
    library="Alder Falls Public Library",
    address="https://data.alderfalls.example/d/sidewalk-repair-prices/@20260901T141200Z/",
    key="sidewalk-repair-prices",
    read_day=date(2026, 11, 23),
    version_day=date(2026, 9, 1),
    collected_day=date(2026, 9, 1),
    sha256="9f2c41d077ab",
)
WHOLE = replace(
    VERSION, address="https://data.alderfalls.example/d/sidewalk-repair-prices/", version_day=None,
    collected_day=None, sha256="", is_whole=True, first_year=2019,
)  # fmt: skip
PARTIAL = replace(VERSION, partial="1,000 entries came of 1,200")
URL = VERSION.address
WHOLE_URL = WHOLE.address

GOLDEN = [
    ("apa", VERSION, "City of Alder Falls, Public Works. (2026). Sidewalk repair prices (as of September 1, 2026; SHA-256 9f2c41d077ab) [Data set]. Alder Falls Public Library. " + URL),
    ("apa", replace(VERSION, publisher=""), "Sidewalk repair prices (as of September 1, 2026; SHA-256 9f2c41d077ab) [Data set]. (2026). Alder Falls Public Library. " + URL),
    ("apa", replace(VERSION, version_day=None, collected_day=None), "City of Alder Falls, Public Works. (n.d.). Sidewalk repair prices (SHA-256 9f2c41d077ab) [Data set]. Alder Falls Public Library. " + URL),
    ("apa", replace(VERSION, library="City of Alder Falls, Public Works", sha256=""), "City of Alder Falls, Public Works. (2026). Sidewalk repair prices (as of September 1, 2026) [Data set]. " + URL),
    ("apa", replace(VERSION, collected_day=date(2026, 11, 2)), "City of Alder Falls, Public Works. (2026). Sidewalk repair prices (as of September 1, 2026; collected November 2, 2026; SHA-256 9f2c41d077ab) [Data set]. Alder Falls Public Library. " + URL),
    ("apa", replace(VERSION, library="", address="", publisher="", sha256=""), "Sidewalk repair prices (as of September 1, 2026) [Data set]. (2026). [address not set]"),
    ("apa", PARTIAL, "City of Alder Falls, Public Works. (2026). Sidewalk repair prices (as of September 1, 2026; may not be whole; SHA-256 9f2c41d077ab) [Data set]. Alder Falls Public Library. " + URL),
    ("apa", WHOLE, "City of Alder Falls, Public Works. (2019–present). Sidewalk repair prices [Data set]. Alder Falls Public Library. Retrieved November 23, 2026, from " + WHOLE_URL),
    ("apa", replace(WHOLE, last_year=2024), "City of Alder Falls, Public Works. (2019–2024). Sidewalk repair prices [Data set]. Alder Falls Public Library. Retrieved November 23, 2026, from " + WHOLE_URL),
    ("apa", replace(VERSION, publisher="Bureau of the U.S."), "Bureau of the U.S. (2026). Sidewalk repair prices (as of September 1, 2026; SHA-256 9f2c41d077ab) [Data set]. Alder Falls Public Library. " + URL),
    ("mla", VERSION, "City of Alder Falls, Public Works. Sidewalk repair prices. Version of 1 Sept. 2026, SHA-256 9f2c41d077ab, Alder Falls Public Library, 2026, data.alderfalls.example/d/sidewalk-repair-prices/@20260901T141200Z/. Data set."),
    ("mla", replace(VERSION, library="City of Alder Falls, Public Works", title="Who is paid?"), "Who is paid? Version of 1 Sept. 2026, SHA-256 9f2c41d077ab, City of Alder Falls, Public Works, 2026, data.alderfalls.example/d/sidewalk-repair-prices/@20260901T141200Z/. Data set."),
    ("mla", replace(VERSION, publisher="", library="", version_day=None, collected_day=None, sha256=""), "Sidewalk repair prices. data.alderfalls.example/d/sidewalk-repair-prices/@20260901T141200Z/. Data set. Accessed 23 Nov. 2026."),
    ("mla", PARTIAL, "City of Alder Falls, Public Works. Sidewalk repair prices. Version of 1 Sept. 2026, may not be whole, SHA-256 9f2c41d077ab, Alder Falls Public Library, 2026, data.alderfalls.example/d/sidewalk-repair-prices/@20260901T141200Z/. Data set."),
    ("mla", WHOLE, "City of Alder Falls, Public Works. Sidewalk repair prices. Alder Falls Public Library, 2019–present, data.alderfalls.example/d/sidewalk-repair-prices/. Data set. Accessed 23 Nov. 2026."),
    ("chicago", VERSION, "City of Alder Falls, Public Works. “Sidewalk repair prices.” Data set, as of September 1, 2026 (SHA-256 9f2c41d077ab). Alder Falls Public Library, 2026. " + URL + "."),
    ("chicago", replace(VERSION, publisher="", library="", version_day=None, collected_day=None, sha256=""), "“Sidewalk repair prices.” Data set. n.d. Accessed November 23, 2026. " + URL + "."),
    ("chicago", replace(VERSION, title="The “good” years"), "City of Alder Falls, Public Works. “The ‘good’ years.” Data set, as of September 1, 2026 (SHA-256 9f2c41d077ab). Alder Falls Public Library, 2026. " + URL + "."),
    ("chicago", PARTIAL, "City of Alder Falls, Public Works. “Sidewalk repair prices.” Data set, as of September 1, 2026, may not be whole (SHA-256 9f2c41d077ab). Alder Falls Public Library, 2026. " + URL + "."),
    ("chicago", WHOLE, "City of Alder Falls, Public Works. “Sidewalk repair prices.” Data set. Alder Falls Public Library, 2019–present. Accessed November 23, 2026. " + WHOLE_URL + "."),
]  # fmt: skip


@pytest.mark.parametrize(("style", "cited", "told"), GOLDEN)
def test_each_style_is_written_by_its_own_rule(style, cited, told):
    assert cited_as(cited, Style(style)).text == told


def test_files_of_reference_managers_say_that_a_version_may_not_be_whole_and_why():
    why = "This version may not be whole: 1,000 entries came of 1,200."
    for style, version in (
        (Style.BIBTEX, "version = {as of 2026-09-01, may not be whole}"),
        (Style.RIS, "ET  - as of 2026-09-01, may not be whole"),
        (Style.CSL_JSON, '"version": "as of 2026-09-01, may not be whole"'),
    ):
        told = cited_as(PARTIAL, style).text
        assert why in told
        assert version in told
        assert "whole" not in cited_as(VERSION, style).text


def test_the_title_is_in_italics_where_the_style_says_so():
    assert "<i>Sidewalk repair prices</i>" in cited_as(VERSION, Style.APA).html
    assert "<i>Sidewalk repair prices.</i>" in cited_as(VERSION, Style.MLA).html
    assert "<i>" not in cited_as(VERSION, Style.CHICAGO).html


def test_bibtex_is_an_entry_that_says_which():
    assert cited_as(VERSION, Style.BIBTEX).text == (
        "@misc{sidewalk-repair-prices-20260901-9f2c41d0,\n"
        "  author = {{City of Alder Falls, Public Works}},\n"
        "  title = {{Sidewalk repair prices}},\n"
        "  howpublished = {Data set},\n"
        "  publisher = {{Alder Falls Public Library}},\n"
        "  year = {2026},\n"
        "  month = sep,\n"
        "  version = {as of 2026-09-01},\n"
        f"  url = {{{URL}}},\n"
        "  note = {This version as of 2026-09-01. Collected 2026-09-01."
        " SHA-256 begins 9f2c41d077ab.},\n"
        "}\n"
    )
    whole = cited_as(WHOLE, Style.BIBTEX).text
    assert "The dataset as a whole, with all its versions." in whole
    assert whole.startswith("@misc{sidewalk-repair-prices-whole,")
    assert "year = {2019--}" in whole


def test_a_version_and_the_whole_have_different_keys():
    keys = {re.match(r"@misc{(.*),", cited_as(c, Style.BIBTEX).text)[1] for c in (VERSION, WHOLE)}
    assert len(keys) == 2


def test_ris_begins_and_ends_as_it_must():
    text = cited_as(VERSION, Style.RIS).text
    lines = text.split("\r\n")
    assert lines[0] == "TY  - DATA"
    assert lines[-2:] == ["ER  - ", ""]
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines[:-1])


HOSTILE = st.one_of(
    st.sampled_from(
        (
            "}} @article{evil, title={x}", "100 % {of} \\ $5 & #1_a ~ ^", "{", "}", "\\", "\\}",
            "a\r\nER  - \r\nTY  - BOOK\r\nTI  - evil", "\nAU  - Evil, E.", '"quoted", # @string{a="b"}',
            "<script>alert(1)</script>", "\u202egnol", "ñandú – “x”", "%", "x" * 2000, "a\x00b\x0bc",
        )
    ),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=40),
)  # fmt: skip
plain = st.text("abc ABC0-9.,äñ\\$&%#_~^@\"'", min_size=1, max_size=30).filter(
    lambda t: bool(t.strip())
)


@given(HOSTILE, HOSTILE, HOSTILE, st.sampled_from((VERSION, WHOLE)))
def test_bibtex_stays_one_entry_whatever_it_holds(title, publisher, library, cited):
    text = cited_as(replace(cited, title=title, publisher=publisher, library=library), Style.BIBTEX).text  # fmt: skip
    found = bibtexparser.parse_string(text)
    assert not found.failed_blocks
    assert len(found.blocks) == len(found.entries) == 1
    assert text.count("{") == text.count("}")
    fields = found.entries[0].fields_dict
    assert fields["howpublished"].value == "Data set"
    assert set(fields) <= {
        "author", "title", "howpublished", "publisher", "year", "month", "version", "url",
        "urldate", "note",
    }  # fmt: skip


@given(plain)
def test_a_title_comes_back_out_of_bibtex_as_it_went_in(title):
    text = cited_as(replace(VERSION, title=title), Style.BIBTEX).text
    found = bibtexparser.parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    read = found.entries[0].fields_dict["title"].value.translate({0x2C6: "^", 0x2DC: "~"})
    assert "".join(read.split()) == "".join(title.split())


def test_braces_are_words_in_bibtex_since_it_counts_them():
    text = cited_as(replace(VERSION, title="a } b { c"), Style.BIBTEX).text
    assert r"title = {{a \textbraceright{} b \textbraceleft{} c}}," in text


@given(HOSTILE, HOSTILE, HOSTILE, st.sampled_from((VERSION, WHOLE)))
def test_ris_stays_one_record_whatever_it_holds(title, publisher, library, cited):
    text = cited_as(replace(cited, title=title, publisher=publisher, library=library), Style.RIS).text  # fmt: skip
    [record] = rispy.loads(text)
    assert record["type_of_reference"] == "DATA"
    assert text.count("\r\n") == text.count("\n")
    assert sum(line.startswith("TY  - ") for line in text.splitlines()) == 1
    assert set(record) <= {
        "type_of_reference", "authors", "title", "year", "date", "edition", "publisher", "urls",
        "access_date", "notes",
    }, record  # fmt: skip


def test_ris_gives_back_what_went_in():
    [record] = rispy.loads(cited_as(VERSION, Style.RIS).text)
    assert record["title"] == VERSION.title
    assert record["authors"] == [VERSION.publisher]
    assert record["publisher"] == VERSION.library
    assert record["urls"] == [VERSION.address]
    assert record["year"] == "2026"


CSL_VARIABLES = {
    "id", "type", "title", "author", "issued", "accessed", "publisher", "version", "URL", "note",
}  # fmt: skip
"""Of csl-data.json 1.0.2, those used here; the schema refuses any other name."""


@given(HOSTILE, HOSTILE, HOSTILE, st.sampled_from((VERSION, WHOLE, replace(WHOLE, last_year=2024))))
def test_csl_json_has_the_shape_of_its_schema(title, publisher, library, cited):
    told = replace(cited, title=title, publisher=publisher, library=library)
    [item] = json.loads(cited_as(told, Style.CSL_JSON).text)
    assert set(item) <= CSL_VARIABLES
    assert item["type"] == "dataset"
    for name in ("id", "title", "publisher", "version", "URL", "note"):
        assert isinstance(item.get(name, ""), str)
    for author in item.get("author", []):
        assert set(author) == {"literal"}
    for name in ("issued", "accessed"):
        for parts in item.get(name, {"date-parts": []})["date-parts"]:
            assert 1 <= len(parts) <= 3
            assert all(isinstance(part, int) for part in parts)
    assert len(item["issued"]["date-parts"]) <= 2


@pytest.mark.filterwarnings("ignore")  # it says which of our fields it does not know
def test_a_citation_processor_makes_a_reference_of_our_csl_json():
    [item] = json.loads(cited_as(VERSION, Style.CSL_JSON).text)
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    made = CitationStylesBibliography(style, CiteProcJSON([item]), formatter.plain)
    made.register(Citation([CitationItem(item["id"])]))
    (reference,) = map(str, made.bibliography())
    for part in (VERSION.publisher, "2026", VERSION.title, VERSION.library, VERSION.address):
        assert part in reference, reference


@given(HOSTILE, HOSTILE, st.sampled_from(list(Style)))
def test_a_citation_is_harmless_in_a_page(title, publisher, style):
    found = cited_as(replace(VERSION, title=title, publisher=publisher), style)
    assert "<script" not in found.html
    bare = found.html.replace("<i>", "").replace("</i>", "")
    assert "<" not in bare


@given(HOSTILE, st.sampled_from((Style.APA, Style.MLA, Style.CHICAGO)))
def test_a_text_style_is_one_line(title, style):
    assert len(cited_as(replace(VERSION, title=title), style).text.splitlines()) == 1


START = datetime(2024, 3, 1, 2, 0, 0, 250000, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Two versions of one file; the library and its address are set."""
    clock = SetClock(START)
    made = init(tmp_path / "archive", clock=clock, time_zone="America/New_York")
    file = tmp_path / "prices.csv"
    adding.add(made, str(file.write_text("id\n1\n") and file), name="prices")
    for rows in ("id\n1\n", "id\n1\n2\n"):
        file.write_text(rows)
        collect(made, made.index.resources("prices"), fetching=Fetching(Rules()))
        clock.pass_time(timedelta(days=400))
    settings = json.loads((made.root / "settings.json").read_text())
    settings |= {"library": "Alder Falls Public Library", "address": "https://data.example/"}
    (made.root / "settings.json").write_text(json.dumps(settings))
    return made


def test_a_version_is_cited_with_its_moment_and_its_day_at_the_library(archive):
    found = cite_version(archive, "prices", wanted="v1", bare_number=True)
    sha = archive.index.versions(archive.index.resources("prices")[0].id)[0].sha256[:12]
    assert found.text == (
        f"Prices (as of February 29, 2024; SHA-256 {sha}) [Data set]. (2024)."
        " Alder Falls Public Library. https://data.example/d/prices/@20240301T020000Z/"
    )
    assert cite_version(archive, "prices", wanted="2024-06").text == found.text


def test_title_and_publisher_are_those_that_people_say(archive):
    describe(archive, "prices", {Field.TITLE: ["Sidewalk prices"], Field.PUBLISHER: ["City"]})
    for found in (cite_version(archive, "prices"), cite_whole(archive, "prices")):
        assert found.text.startswith("City. (")
        assert found.cited.title == "Sidewalk prices"


def test_no_number_of_a_version_stands_in_any_citation(archive):
    for style in Style:
        text = cite_version(archive, "prices", style=style).text
        assert not re.search(r"\bv\d+\b", text)


def test_the_whole_is_cited_without_a_moment(archive):
    found = cite_whole(archive, "prices")
    assert "(2024–present)" in found.text
    assert found.text.endswith("from https://data.example/d/prices/")


def test_a_file_of_several_says_which(archive, tmp_path):
    other = tmp_path / "wards.csv"
    other.write_text("ward\n1\n")
    adding.add(archive, str(other), name="prices")
    found = cite_version(archive, "prices/prices")
    assert found.text.startswith("Prices: prices (as of")
    assert "/d/prices/prices/@" in found.text


def test_without_settings_the_address_is_said_not_to_be_set(archive):
    (archive.root / "settings.json").write_text("{}")
    assert cite_version(archive, "prices").text.endswith("[address not set]")


def test_the_public_cannot_cite_what_is_withdrawn(archive):
    reviewing.withdraw(archive, "prices", version="v2", how="hide", reason="r", authority="a")
    with pytest.raises(Withdrawn):
        cite_version(archive, "prices", viewer=Viewer.PUBLIC)
    assert cite_whole(archive, "prices", viewer=Viewer.PUBLIC).cited.first_year == 2024
    reviewing.withdraw(archive, "prices", version="v1", how="hide", reason="r", authority="a")
    with pytest.raises(NotHeld):
        cite_whole(archive, "prices", viewer=Viewer.PUBLIC)
