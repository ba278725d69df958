"""What a dataset is: people say it, publishers say it, and who said what since when is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from verticalfile.catalog.described import SaidBy
from verticalfile.kernel.clock import SetClock
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import Archive, init, open_archive
from verticalfile.services.datasets import adding, shelving
from verticalfile.services.datasets.describing import describe, described
from verticalfile.services.deciding import reviewing
from verticalfile.services.finding.searching import search
from verticalfile.services.known.received import plain_text, said_in
from verticalfile.services.known.statements import Field
from verticalfile.services.listing import held, log
from verticalfile.services.names import NotHeld
from verticalfile.services.reading.described import Described
from verticalfile.services.taking_in import intake
from verticalfile.services.taking_in.rebuild import rebuild
from verticalfile.sources.state import Offered, State

START = datetime(2024, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
DCAT = {
    "title": "Permits (Building)", "description": "<p>Permits&nbsp;issued.</p><script>x()</script>",
    "publisher": {"name": "Department of Buildings"}, "keyword": ["permits", "housing", "permits"],
    "theme": ["Housing"], "spatial": "Alder Falls", "landingPage": "https://data.example/permits",
    "accrualPeriodicity": "R/P1W", "license": "https://creativecommons.org/licenses/by/4.0/",
    "contactPoint": {"fn": "Data desk", "hasEmail": "mailto:data@example.org"},
}  # fmt: skip


class Desk:
    """A dataset whose publisher hands over metadata with each version."""

    def __init__(self, root: Path) -> None:
        self.clock = SetClock(START)
        self.archive: Archive = init(root / "archive", clock=self.clock)
        (root / "permits.csv").write_text("id\n1\n")
        self.resource = adding.add(self.archive, str(root / "permits.csv"), name="permits")[0]

    def receive(self, number: int, body: Mapping[str, object], form: str = "dcat-us-1.1") -> None:
        self.clock.pass_time(DAY)
        now = self.clock.now()
        state = State(f"visit {number}", now, "own visit", now, 0, "x")
        offered = Offered(
            state, f"id\n{number}\n".encode(), metadata={"form": form, "body": dict(body)}
        )
        with self.archive.writing(self.resource.id):
            intake.take_in(self.archive, self.resource, "test", [offered], file_name="permits.csv")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_of_which_nobody_said_anything_the_title_is_made_from_the_name(desk: Desk) -> None:
    found = described(desk.archive, "permits")
    assert (found.title["en"].value, found.title["en"].by) == ("Permits", None)
    assert found.publisher is None


def test_a_publisher_is_believed_until_a_person_says_otherwise(desk: Desk) -> None:
    desk.receive(1, DCAT)
    found = described(desk.archive, "permits")
    assert (found.title["en"].value, found.title["en"].by) == (
        "Permits (Building)", SaidBy.PUBLISHER,
    )  # fmt: skip
    assert found.description["en"].value == "Permits issued."
    assert [s.value for s in found.subjects] == ["Housing", "permits", "housing"]
    assert found.frequency is not None
    assert found.frequency.value == "every week"
    assert found.contact is not None
    assert found.contact.value == "Data desk, data@example.org"
    describe(desk.archive, "permits", {Field.TITLE: ["Building permits"]})
    found = described(desk.archive, "permits")
    assert (found.title["en"].value, found.title["en"].by) == ("Building permits", SaidBy.PERSON)
    assert found.publisher is not None
    assert found.publisher.by is SaidBy.PUBLISHER
    assert [title for title, _ in held(desk.archive)] == ["Building permits"]
    # taking it back lets the publisher's word stand again
    describe(desk.archive, "permits", {Field.TITLE: [""]})
    assert described(desk.archive, "permits").title["en"].value == "Permits (Building)"


def test_since_when_a_publisher_says_it_is_told(desk: Desk) -> None:
    desk.receive(1, DCAT)
    desk.receive(2, DCAT)
    desk.receive(3, {**DCAT, "title": "All permits"})
    desk.receive(4, {**DCAT, "title": "All permits"})
    found = described(desk.archive, "permits")
    assert (found.title["en"].value, found.title["en"].since) == ("All permits", START + 3 * DAY)
    assert found.publisher is not None
    assert found.publisher.since == START + DAY


def test_what_came_with_a_hidden_version_is_not_said(desk: Desk) -> None:
    desk.receive(1, DCAT)
    desk.receive(2, {**DCAT, "title": "Names of applicants"})
    reviewing.withdraw(
        desk.archive, "permits", version="v2", how="hide", reason="names", authority="library"
    )
    assert described(desk.archive, "permits").title["en"].value == "Permits (Building)"
    assert search(desk.archive, "applicants").total == 0


def test_metadata_of_another_form_is_kept_and_not_guessed_at(desk: Desk) -> None:
    desk.receive(1, {"name": "permits", "notes": "text"}, form="ckan")
    assert described(desk.archive, "permits").title["en"].by is None
    (capture,) = desk.archive.vault.captures(desk.resource.id)
    assert capture.taken.metadata == {
        "form": "ckan", "body": {"name": "permits", "notes": "text"}
    }  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [{"title": 7, "publisher": "x", "keyword": {"a": 1}, "contactPoint": [], "spatial": [["x"]]},
     {"title": None, "landingPage": "javascript:alert(1)", "spatial": "-122,37,-121,38"},
     {"title": "\x00\x1b[31m", "keyword": [["deep"]] * 99, "license": {}},
     {"spatial": '{"type": "Polygon"}', "landingPage": "//no.scheme/x"}],
)  # fmt: skip
def test_a_stranger_s_metadata_does_no_harm(body: dict[str, object]) -> None:
    said = said_in({"form": "dcat-us-1.1", "body": body})
    assert not {field for field, _ in said} & {"landing_page", "publisher", "place", "contact"}
    assert all(value.isprintable() for values in said.values() for value in values)


def test_markup_is_no_text() -> None:
    assert plain_text("<b>Trees</b> &amp; parks<style>p{}</style>") == "Trees & parks"
    assert plain_text("a < b and c > d") == "a < b and c > d"


def test_a_title_in_spanish_stands_beside_the_english(desk: Desk) -> None:
    describe(desk.archive, "permits", {Field.TITLE: ["Permisos"]}, language="es")
    found = described(desk.archive, "permits")
    assert {code: said.value for code, said in found.title.items()} == {
        "en": "Permits", "es": "Permisos",
    }  # fmt: skip


def test_a_publisher_s_title_in_another_language_is_shown_as_that(desk: Desk) -> None:
    desk.receive(
        1, {"identifier": "a", "title": "Parcs", "description": "Tous.", "language": ["fr"]}
    )
    found = Described("permits", described(desk.archive, "permits"))
    for asked in ("en", "es"):
        assert (found.title_in(asked).text, found.title_in(asked).language) == ("Parcs", "fr")
        assert found.description_in(asked).language == "fr"
    assert found.title == "Parcs"
    assert [hit.dataset for hit in search(desk.archive, "tous parcs").hits] == ["permits"]


@pytest.mark.parametrize(
    ("told", "place"),
    [("POLYGON ((-129.7 24.0, 1 2))", ""), ("SRID=4326;MULTIPOINT Z (1 2 3)", ""),
     ("Point Reyes", "Point Reyes"), ("Box Elder County", "Box Elder County"), ("1,2,3,4", "")],
)  # fmt: skip
def test_a_shape_is_no_place(told: str, place: str) -> None:
    said = said_in({"form": "dcat-us-1.1", "body": {"identifier": "a", "spatial": told}})
    assert said.get(("place", ""), ("",)) == (place,)


@pytest.mark.parametrize(
    ("said", "language"),
    [({Field.LANDING_PAGE: ["javascript:x"]}, "en"), ({Field.LANDING_PAGE: ["a page"]}, "en"),
     ({Field.TITLE: ["x" * 201]}, "en"), ({Field.TITLE: ["a\x1b[31mb"]}, "en"),
     ({Field.TITLE: ["one", "two"]}, "en"), ({Field.TITLE: ["titre"]}, "fr")],
)  # fmt: skip
def test_what_cannot_be_shown_is_refused(
    desk: Desk, said: dict[Field, list[str]], language: str
) -> None:
    with pytest.raises(InputRefused):
        describe(desk.archive, "permits", said, language=language)
    assert described(desk.archive, "permits").title["en"].by is None


def test_a_title_given_at_adding_is_a_person_s(tmp_path: Path, desk: Desk) -> None:
    (tmp_path / "b.csv").write_text("id\n1\n")
    adding.add(desk.archive, str(tmp_path / "b.csv"), name="trees", title="Trees of the town")
    assert described(desk.archive, "trees").title["en"].by is SaidBy.PERSON


def test_a_second_file_does_not_make_the_publisher_s_title_a_person_s(
    tmp_path: Path, desk: Desk
) -> None:
    desk.receive(1, DCAT)
    (tmp_path / "more.csv").write_text("id\n1\n")
    adding.add(desk.archive, str(tmp_path / "more.csv"), name="permits")
    assert described(desk.archive, "permits").title["en"].by is SaidBy.PUBLISHER


def test_a_dataset_may_stand_on_several_shelves(desk: Desk) -> None:
    shelving.make_shelf(desk.archive, "housing", "subject", title="Housing", title_es="Vivienda")
    shelving.make_shelf(desk.archive, "east-bank", "place")
    for name in ("housing", "east-bank"):
        shelving.put_on_shelf(desk.archive, name, ["permits"])
    shelving.put_on_shelf(desk.archive, "housing", ["permits"])  # twice is once
    found = described(desk.archive, "permits")
    assert [s.name for s in found.shelves] == ["east-bank", "housing"]
    assert search(desk.archive, "", filters={"shelf": ["housing"]}).total == 1
    assert search(desk.archive, "east bank").hits[0].places == ("East bank",)
    assert search(desk.archive, "vivienda").total == 1
    shelving.take_off_shelf(desk.archive, "housing", ["permits"])
    assert search(desk.archive, "", filters={"shelf": ["housing"]}).total == 0
    assert search(desk.archive, "vivienda").total == 0
    with pytest.raises(NotHeld):
        shelving.take_off_shelf(desk.archive, "housing", ["permits"])


def test_a_shelf_renamed_or_removed_is_so_in_search(desk: Desk) -> None:
    shelving.make_shelf(desk.archive, "money", "subject", title="Money")
    shelving.put_on_shelf(desk.archive, "money", ["permits"])
    shelving.make_shelf(desk.archive, "money", "subject", title="Budget and contracts")
    assert search(desk.archive, "contracts").hits[0].subjects == ("Budget and contracts",)
    shelving.remove_shelf(desk.archive, "money")
    assert search(desk.archive, "contracts").total == 0
    assert shelving.shelves(desk.archive) == []
    with pytest.raises(NotHeld):
        shelving.shelf(desk.archive, "money")


@pytest.mark.parametrize(
    ("name", "kind"), [("Big Name", "subject"), ("../x", "place"), ("x", "pile")]
)
def test_a_shelf_has_a_plain_name_and_a_kind(desk: Desk, name: str, kind: str) -> None:
    with pytest.raises(InputRefused):
        shelving.make_shelf(desk.archive, name, kind)


def test_everything_said_is_in_the_journal_and_survives_a_rebuild(desk: Desk) -> None:
    desk.receive(1, DCAT)
    describe(
        desk.archive, "permits", {Field.PLACE: ["Old Mill"], Field.TITLE: ["Permits to build"]}
    )
    describe(desk.archive, "permits", {Field.TITLE: ["Permisos"]}, language="es")
    shelving.make_shelf(desk.archive, "housing", "subject", title_es="Vivienda")
    shelving.make_shelf(desk.archive, "gone", "series")
    shelving.put_on_shelf(desk.archive, "housing", ["permits"])
    shelving.remove_shelf(desk.archive, "gone")
    before = described(desk.archive, "permits")
    answer = search(desk.archive, "vivienda")
    archive = open_archive(desk.archive.root, clock=desk.clock)
    rebuild(archive, None)
    assert described(archive, "permits") == before
    assert search(archive, "vivienda") == answer
    assert shelving.shelves(archive) == shelving.shelves(desk.archive)
    kinds = [body["kind"] for body in log(archive, "permits")]
    assert kinds.count("described") == 2
    assert "shelved" in kinds
