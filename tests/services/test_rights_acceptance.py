"""Rights of what we hold: each acceptance test of the reference by its number."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from verticalfile.kernel.clock import SetClock
from verticalfile.kernel.errors import InputRefused
from verticalfile.rights.answers import FEDERAL_ON_LOCAL, Answer
from verticalfile.rights.vocabulary import Label
from verticalfile.services.archive import Archive, init, open_archive
from verticalfile.services.citing.citation_records import bibtex
from verticalfile.services.citing.citing import Style, cite_version
from verticalfile.services.citing.for_machines import Keeper, data_json, described, schema_org
from verticalfile.services.datasets import adding
from verticalfile.services.datasets.describing import describe
from verticalfile.services.deciding.judging import judge, take_back
from verticalfile.services.finding.searching import search
from verticalfile.services.known.statements import Field
from verticalfile.services.names import NotHeld
from verticalfile.services.rights.card import TERMS_CHANGED, TERMS_NOT_CAPTURED, card_of
from verticalfile.services.rights.concluding import (
    CHANGED_SINCE_JUDGED,
    GONE,
    OTHERWISE_TODAY,
    Basis,
)
from verticalfile.services.rights.report import report
from verticalfile.services.rights.terms import read_document
from verticalfile.services.rights.told import NOT_ADVICE, law, sentence
from verticalfile.services.taking_in import intake, rebuild
from verticalfile.services.visibility import Viewer
from verticalfile.sources.state import Offered, State

CC_BY = "https://creativecommons.org/licenses/by/4.0/"
KEEPER = Keeper("Library", "https://library.example", "desk@library.example")
JANUARY, JUNE, MARCH = (
    datetime(2024, 1, 5, tzinfo=UTC), datetime(2024, 6, 1, tzinfo=UTC),
    datetime(2025, 3, 1, tzinfo=UTC),
)  # fmt: skip


class Shelf:
    """A dataset whose publisher says something with each version."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.clock = SetClock(datetime(2024, 1, 1, tzinfo=UTC))
        self.archive: Archive = init(root / "archive", clock=self.clock)
        (root / "permits.csv").write_text("id\n1\n")
        self.resource = adding.add(self.archive, str(root / "permits.csv"), name="permits")[0]
        self.count = 0

    def receive(self, at: datetime, body: Mapping[str, object], form: str = "dcat-us-1.1") -> None:
        self.clock.move_to(at)
        self.count += 1
        state = State(f"visit {self.count}", at, "own visit", at, 0, "x")
        offered = Offered(
            state, f"id\n{self.count}\n".encode(), metadata={"form": form, "body": dict(body)}
        )
        with self.archive.writing(self.resource.id):
            intake.take_in(self.archive, self.resource, "test", [offered], file_name="p.csv")

    def settle_in(self, state: str) -> None:
        path = self.archive.root / "settings.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), "state": state}))

    def card(self, moment: datetime | None = None):
        return card_of(self.archive, "permits", moment=moment, viewer=Viewer.PUBLIC)

    def machines(self) -> tuple[dict, dict]:
        found = described(self.archive, "permits", viewer=Viewer.PUBLIC)
        assert found is not None
        return data_json([found], KEEPER)["dataset"][0], schema_org(found, KEEPER)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_5_each_version_keeps_the_statement_that_stood_when_it_was_captured(shelf):
    shelf.receive(JANUARY, {"title": "P", "license": CC_BY})
    shelf.receive(JUNE, {"title": "P", "license": CC_BY})
    shelf.receive(MARCH, {"title": "P"})
    then = shelf.card(JUNE)
    assert then.found.licence_id == "CC-BY-4.0"
    assert then.found.said.first_seen == JANUARY
    assert GONE in then.warnings
    now = shelf.card()
    assert (now.found.label, now.found.licence_id) == ("no-statement", "")
    assert GONE in now.warnings
    assert [p.first_seen for p in now.history] == [MARCH, JANUARY]
    assert (
        "Licence: " + CC_BY
        in cite_version(shelf.archive, "permits", wanted="2024-06-15", style=Style.BIBTEX).text
    )


def test_5_a_statement_that_becomes_another_is_told_of_both_sides(shelf):
    shelf.receive(JANUARY, {"license": CC_BY})
    shelf.receive(JUNE, {"license": "All rights reserved."})
    assert shelf.card(JANUARY).found.label == "open-licence"
    assert OTHERWISE_TODAY in shelf.card(JANUARY).warnings
    assert shelf.card().found.label == "restricted"


def test_5_a_rebuild_tells_the_same_of_every_version(shelf):
    shelf.receive(JANUARY, {"license": CC_BY, "rights": "Please credit the city."})
    shelf.receive(MARCH, {"title": "P"})
    describe(shelf.archive, "permits", {Field.PUBLISHER: ["City of Alder Falls"]})
    judge(shelf.archive, "permits", Label.UNCLEAR, reason="the page is gone")
    before = [shelf.card(JANUARY), shelf.card()]
    again = open_archive(shelf.archive.root, clock=shelf.clock)
    rebuild.rebuild(again, None)
    shelf.archive = again
    assert [shelf.card(JANUARY), shelf.card()] == before


def test_6_the_law_of_florida_is_told_and_changes_no_label(shelf):
    shelf.settle_in("FL")
    shelf.receive(JANUARY, {"title": "P"})
    card = shelf.card()
    assert (card.found.law.source_year, card.found.law.known) == (2004, True)
    assert "Microdecisions" in law(card)
    assert card.found.label == "no-statement"
    assert card.found.answers.copy is Answer.NOT_KNOWN
    judge(shelf.archive, "permits", Label.PUBLIC_DOMAIN, reason="the ruling of 2004")
    assert shelf.card().found.label == "public-domain"


@pytest.mark.parametrize("state", ["OH", ""])
def test_7_what_is_not_known_of_a_state_is_said_and_no_licence_is_told(shelf, state):
    shelf.settle_in(state)
    shelf.receive(JANUARY, {"title": "P"})
    card = shelf.card()
    assert "not know" in law(card)
    catalog, page = shelf.machines()
    assert "license" not in catalog
    assert "license" not in page
    assert "http" not in catalog["rights"]
    assert "Licence:" not in cite_version(shelf.archive, "permits", style=Style.RIS).text


@pytest.mark.parametrize(
    "words",
    ["Free and open use", "Provided as is.", "", "cc-by", "https://city.example/terms",
     "https://www.usa.gov/government-works", "other-open", "ODbL or CC BY 4.0"],
)  # fmt: skip
def test_7_no_licence_is_told_of_own_words_doubts_and_pointers(shelf, words):
    describe(shelf.archive, "permits", {Field.PUBLISHER: ["City of Alder Falls"]})
    shelf.receive(JANUARY, {"license": words})
    catalog, page = shelf.machines()
    assert "license" not in catalog
    assert "license" not in page
    assert page["usageInfo"].startswith("http://rightsstatements.org/vocab/") or words == "cc-by"
    assert "Licence: " not in bibtex(cite_version(shelf.archive, "permits").cited)


def test_8_a_general_word_from_a_list_is_not_an_open_licence(shelf):
    shelf.receive(JANUARY, {"license_id": "other-open", "license_title": "Other (Open)"}, "ckan")
    card = shelf.card()
    assert card.found.label == "custom-open"
    assert "licence-text-unknown" in card.warnings
    assert card.found.answers.copy is Answer.ASK
    assert "free" not in sentence(card)


def test_9_terms_that_change_flag_every_dataset_that_points_to_them(shelf):
    """The page of terms is captured from a folder here; a portal's address works the same way."""
    address = "https://city.example/terms"
    for name in ("permits", "trees"):
        if name != "permits":
            (shelf.root / "trees.csv").write_text("id\n1\n")
            adding.add(shelf.archive, str(shelf.root / "trees.csv"), name="trees")
        describe(shelf.archive, name, {Field.LICENCE: [address]})
    assert TERMS_NOT_CAPTURED in shelf.card().warnings
    page = shelf.root / "terms.html"
    page.write_text("<p>Free and open data for anyone.</p>")
    resource = adding.add(shelf.archive, str(page), name="terms")[0]
    shelf.archive.index.put_resource(
        resource.id, dataset="terms", name="terms", kind="file", location=address, every="weekly"
    )
    shelf.clock.move_to(JANUARY)
    _look(shelf, resource, page)
    assert TERMS_NOT_CAPTURED not in shelf.card().warnings
    assert shelf.card().terms[0].reading.label == "custom-open"
    assert shelf.card().found.label == "unclear"  # what the page says is a proposal to look at
    page.write_text("<p>All rights reserved. Do not redistribute.</p>")
    shelf.clock.move_to(JUNE)
    _look(shelf, resource, page)
    for name in ("permits", "trees"):
        then = card_of(shelf.archive, name, moment=JANUARY)
        assert TERMS_CHANGED in then.warnings
        assert then.terms[0].reading.label == "custom-open"
        assert card_of(shelf.archive, name).terms[0].reading.label == "restricted"


def _look(shelf: Shelf, resource, page: Path) -> None:
    """Keep what the page says now."""
    from verticalfile.sources.state import State as Seen

    now = shelf.clock.now()
    offered = Offered(
        Seen(f"visit {now}", now, "own visit", now, 0, "x"), page.read_bytes(), "text/html"
    )
    with shelf.archive.writing(resource.id):
        intake.take_in(shelf.archive, resource, "test", [offered], file_name="terms.html")


def test_11_words_that_are_no_address_go_to_rights_and_a_legacy_mark_survives(shelf):
    legacy = "https://project-open-data.cio.gov/unknown-license/#v1-legacy/other-at"
    shelf.receive(JANUARY, {"license": "Use it as you like, with credit."})
    catalog, _ = shelf.machines()
    assert "license" not in catalog
    assert "Use it as you like, with credit." in catalog["rights"]
    shelf.receive(JUNE, {"license": legacy})
    catalog, _ = shelf.machines()
    assert legacy in catalog["rights"]
    assert shelf.card().found.label == "custom-open"
    assert shelf.card().found.said.said[0].raw == legacy
    shelf.receive(MARCH, {"license": CC_BY})
    catalog, page = shelf.machines()
    assert (catalog["license"], page["license"]) == (CC_BY, CC_BY)


def test_the_three_layers_are_beside_each_other_and_each_has_its_date(shelf):
    shelf.settle_in("SC")
    shelf.receive(JANUARY, {"license": CC_BY})
    shelf.clock.move_to(JUNE)
    judge(
        shelf.archive, "permits", Label.RESTRICTED, reason="the county wrote to us",
        conditions=["no-resale"],
    )  # fmt: skip
    card = shelf.card()
    assert card.found.reading.licence_id == "CC-BY-4.0"
    assert card.found.law.place == "SC"
    assert (card.found.label, card.found.basis) == ("restricted", Basis.LIBRARY)
    assert card.found.since == JUNE
    assert card.found.answers.sell is Answer.NO
    assert card.found.uri == ""


def test_a_judgement_is_told_in_citations_and_to_machines(shelf):
    shelf.receive(JANUARY, {"license": "Provided as is."})
    unjudged = "http://rightsstatements.org/vocab/CNE/1.0/"
    for label, licence, said in (
        (None, "", f"Rights: {unjudged}"),
        (Label.OPEN_LICENCE, "cc-by-4.0", f"Licence: {CC_BY}"),
        (Label.UNCLEAR, "", "Rights: http://rightsstatements.org/vocab/UND/1.0/"),
    ):
        if label:
            judge(shelf.archive, "permits", label, reason="a letter", licence_id=licence)
        for style in (Style.BIBTEX, Style.RIS, Style.CSL_JSON):
            assert said in cite_version(shelf.archive, "permits", style=style).text
        entry, told = shelf.machines()
        assert entry.get("license") == told.get("license") == (CC_BY if licence else None)
        assert told.get("usageInfo") == (None if licence else said.removeprefix("Rights: "))
        assert entry["rights"].startswith("The library concludes: " if label else "The publisher")


def test_a_judgement_is_replaced_and_taken_back_and_all_of_them_stay(shelf):
    shelf.receive(JANUARY, {"license": "Provided as is."})
    judge(shelf.archive, "permits", Label.OPEN_LICENCE, reason="a letter", licence_id="cc-by-4.0")
    assert shelf.card().found.uri == CC_BY
    judge(shelf.archive, "permits", Label.UNCLEAR, reason="the letter was wrong")
    assert shelf.card().found.uri == ""
    assert shelf.card().found.rights_uri == "http://rightsstatements.org/vocab/UND/1.0/"
    take_back(shelf.archive, "permits", reason="nobody knows")
    assert shelf.card().found.basis is Basis.NOBODY
    assert [j.reason for j in shelf.card().judgements] == [
        "nobody knows", "the letter was wrong", "a letter",
    ]  # fmt: skip
    with pytest.raises(NotHeld):
        take_back(shelf.archive, "permits", reason="again")


def test_a_judgement_is_looked_at_again_when_the_publisher_says_something_else(shelf):
    shelf.receive(JANUARY, {"license": CC_BY})
    judge(shelf.archive, "permits", Label.OPEN_LICENCE, reason="as it says", licence_id="CC-BY-4.0")
    assert CHANGED_SINCE_JUDGED not in shelf.card().warnings
    shelf.receive(JUNE, {"license": "All rights reserved"})
    assert CHANGED_SINCE_JUDGED in shelf.card().warnings


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": Label.OPEN_LICENCE, "reason": ""},
        {"label": Label.OPEN_LICENCE, "reason": "x", "licence_id": "CC-BY-NC-4.0"},
        {"label": Label.OPEN_LICENCE, "reason": "x", "licence_id": "WTF-9"},
        {"label": Label.RESTRICTED, "reason": "x", "conditions": ["dance"]},
        {"label": Label.OPEN_LICENCE, "reason": "x", "credit": "c" * 301},
    ],
)
def test_a_judgement_that_cannot_be_is_refused(shelf, wrong):
    with pytest.raises(InputRefused):
        judge(shelf.archive, "permits", **wrong)


def test_a_federal_statement_on_a_city_s_data_is_doubted_and_never_answered_yes(shelf):
    describe(shelf.archive, "permits", {Field.PUBLISHER: ["City of Alder Falls"]})
    shelf.receive(JANUARY, {"license": "Public Domain U.S. Government"})
    card = shelf.card()
    assert card.found.label == "public-domain"
    assert FEDERAL_ON_LOCAL in card.warnings
    assert card.found.answers.copy is Answer.ASK


def test_several_fields_are_read_together_and_differing_ones_are_unclear(shelf):
    shelf.receive(JANUARY, {"license": CC_BY, "rights": "Not to be redistributed."})
    assert (shelf.card().found.label, shelf.card().found.kind) == ("unclear", "conflict")
    shelf.receive(JUNE, {"license_id": "cc-nc", "license_title": "Creative Commons Non-Commercial (Any)",
                         "license_url": "http://creativecommons.org/licenses/by-nc/2.0/"}, "ckan")  # fmt: skip
    assert shelf.card().found.licence_id == "CC-BY-NC"
    shelf.receive(
        MARCH, {"license": {"name": "Public Domain"}, "licenseId": "PUBLIC_DOMAIN"}, "socrata"
    )
    assert shelf.card().found.label == "public-domain"


def test_access_level_says_nothing_of_use(shelf):
    shelf.receive(JANUARY, {"title": "P", "accessLevel": "public"})
    assert shelf.card().found.label == "no-statement"


def test_the_report_counts_what_may_be_reused_and_what_is_not_known(shelf):
    shelf.receive(
        JANUARY,
        {"identifier": "p", "title": "P", "license": CC_BY, "publisher": {"name": "City"}},
    )
    (shelf.root / "b.csv").write_text("id\n1\n")
    adding.add(shelf.archive, str(shelf.root / "b.csv"), name="b")
    whole, lines = report(shelf.archive)
    assert (whole.datasets, whole.reusable, whole.not_known) == (2, 1, 1)
    assert {line.publisher: line.reusable for line in lines} == {"City": 1, "publisher not said": 0}


def test_datasets_are_found_by_their_class_of_rights(shelf):
    shelf.receive(JANUARY, {"license": CC_BY})
    assert [
        h.dataset for h in search(shelf.archive, "", filters={"rights": ["open-licence"]}).hits
    ] == ["permits"]
    judge(shelf.archive, "permits", Label.RESTRICTED, reason="a letter")
    assert search(shelf.archive, "", filters={"rights": ["open-licence"]}).hits == ()
    assert (
        search(shelf.archive, "", filters={"rights": ["restricted"]}).hits[0].rights == "restricted"
    )


def test_a_page_of_terms_is_read_and_a_pdf_is_not():
    assert read_document(b"<html><p>CC BY 4.0</p></html>").licence_id == "CC-BY-4.0"
    assert read_document("Dominio público \xe9".encode("cp1252")) is not None
    assert read_document(b"%PDF-1.7 CC0") is None


def test_it_is_never_called_advice():
    assert "not legal advice" in NOT_ADVICE
