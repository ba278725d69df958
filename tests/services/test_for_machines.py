"""What machines are told: valid by the schemas of others, and nothing of what is withdrawn."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services.archive import Archive, init
from verticalfile.services.citing.for_machines import (
    Described,
    Download,
    FileDescribed,
    Keeper,
    all_described,
    data_json,
    described,
    json_ld,
    keeper_of,
    schema_org,
)
from verticalfile.services.collecting.collect import collect
from verticalfile.services.datasets import adding
from verticalfile.services.datasets.describing import describe
from verticalfile.services.deciding import reviewing
from verticalfile.services.known.statements import Field
from verticalfile.services.visibility import Viewer
from verticalfile.services.visiting.fetching import Fetching

START = datetime(2024, 3, 1, 2, tzinfo=UTC)
KEEPER = Keeper("Alder Falls Public Library", "https://data.example", "data@library.example")
ADDRESS = "https://data.example/d/prices/@20240301T020000Z/"
PRICES = Described(
    name="prices", title="Sidewalk repair prices", address="https://data.example/d/prices/",
    publisher="City of Alder Falls", description="What repairs cost.", keywords=("sidewalks",),
    landing_page="https://city.example/prices", places=("Alder Falls",), rights="Nobody has looked at the rights yet.", licence_uri="",
    rights_uri="http://rightsstatements.org/vocab/CNE/1.0/", first_seen_at=START,
    last_changed_at=START + timedelta(days=400), versions=2,
    files=(
        FileDescribed(
            "prices", ADDRESS, START, 12, "9f" * 32, ("item", "price"),
            (Download(f"{ADDRESS}table.csv", "text/csv", "CSV"),),
        ),
    ),
    offered=True,
)  # fmt: skip


@pytest.fixture(scope="module")
def valid(suite):
    """Faults that the DCAT-US 1.1 schemas of catalog.data.gov find in a catalogue."""
    folder = suite("dcat-us") / "schemas" / "dcatus1.1"
    catalog = json.loads((folder / "catalog.json").read_text(encoding="utf-8"))
    dataset = json.loads((folder / "non-federal_dataset.json").read_text(encoding="utf-8"))
    uri = "https://project-open-data.cio.gov/v1.1/schema/dataset.json"
    # the catalogue's own $id ends in #, against which "dataset.json" is resolved
    registry = Registry().with_resource(uri, Resource.from_contents(dataset))
    validator = Draft202012Validator({**catalog, "$id": catalog["$id"].rstrip("#")}, registry=registry)  # fmt: skip
    return lambda body: [
        f"{'/'.join(map(str, e.path))}: {e.message}" for e in validator.iter_errors(body)
    ]


def test_a_fault_in_a_catalogue_is_found(valid):
    body = data_json([PRICES], KEEPER)
    del body["dataset"][0]["title"]
    assert any("'title' is a required property" in fault for fault in valid(body))


def test_the_catalogue_is_valid(valid):
    assert valid(data_json([PRICES], KEEPER)) == []
    assert valid(data_json([], KEEPER)) == []


def test_what_is_not_known_leaves_the_catalogue_valid(valid):
    bare = replace(PRICES, publisher="", description="", landing_page="", files=())
    body = data_json([bare], KEEPER)
    assert valid(body) == []
    assert body["dataset"][0]["publisher"]["name"] == "Alder Falls Public Library"
    assert "license" not in body["dataset"][0]
    assert body["dataset"][0]["rights"] == "Nobody has looked at the rights yet."


texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)


@given(title=texts, publisher=texts, description=texts, keyword=texts)
def test_whatever_a_publisher_writes_the_catalogue_is_valid(valid, title, publisher, description, keyword):  # fmt: skip
    odd = replace(PRICES, title=title, publisher=publisher, description=description, keywords=(keyword,))  # fmt: skip
    assert valid(json.loads(json.dumps(data_json([odd], KEEPER)))) == []


def test_schema_org_tells_what_a_search_engine_needs():
    body = schema_org(PRICES, KEEPER)
    assert body["@type"] == "Dataset"
    assert body["name"] == "Sidewalk repair prices"
    assert 50 <= len(body["description"]) <= 5000
    assert body["creator"]["name"] == "City of Alder Falls"
    assert body["publisher"]["name"] == "Alder Falls Public Library"
    assert body["url"] == body["@id"] == "https://data.example/d/prices/"
    assert body["isBasedOn"] == "https://city.example/prices"
    assert [v["name"] for v in body["variableMeasured"]] == ["item", "price"]
    [download] = body["distribution"]
    assert (download["contentUrl"], download["encodingFormat"]) == (f"{ADDRESS}table.csv", "text/csv")  # fmt: skip
    assert "license" not in body
    assert body["usageInfo"] == "http://rightsstatements.org/vocab/CNE/1.0/"
    assert "temporalCoverage" not in body


def test_a_version_that_may_not_be_whole_says_so_to_machines(valid):
    why = "1,000 entries came of 1,200"
    partial = replace(PRICES, files=tuple(replace(f, partial=why) for f in PRICES.files))
    catalogue = data_json([partial], KEEPER)
    assert valid(catalogue) == valid(data_json([PRICES], KEEPER))
    [entry] = catalogue["dataset"]
    told = schema_org(partial, KEEPER)
    for each in (entry, told):
        assert each["description"].endswith("Its newest version may not be whole.")
        assert all(d["description"] == f"May not be whole: {why}." for d in each["distribution"])
    assert "whole" not in str(schema_org(PRICES, KEEPER))


def test_without_an_address_nothing_points_anywhere():
    body = schema_org(PRICES, Keeper("", "", ""))
    assert not {"url", "@id", "identifier", "distribution", "includedInDataCatalog"} & set(body)


@given(st.one_of(st.text(max_size=50), st.just("</script><script>alert(1)</script><!--")))
def test_json_ld_cannot_end_its_script(text):
    told = json_ld(schema_org(replace(PRICES, title=text, keywords=(text,)), KEEPER))
    assert "<" not in told
    assert "\u2028" not in told
    assert json.loads(told)["name"] == text


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    clock = SetClock(START)
    made = init(tmp_path / "archive", clock=clock)
    file = tmp_path / "prices.csv"
    file.write_text("item\n1\n")
    adding.add(made, str(file), name="prices")
    for rows in ("item\n1\n", "item,phone\n1,555\n"):
        file.write_text(rows)
        collect(made, made.index.resources("prices"), fetching=Fetching(Rules()))
        clock.pass_time(timedelta(days=3))
    settings = {"library": KEEPER.name, "address": KEEPER.address + "/", "contact": KEEPER.contact}
    (made.root / "settings.json").write_text(json.dumps(settings))
    return made


def test_what_people_say_of_it_is_told(archive, valid):
    said = {
        Field.TITLE: ["Sidewalk prices"], Field.PUBLISHER: ["City"], Field.SUBJECT: ["streets"],
        Field.PLACE: ["Alder Falls"], Field.LICENCE: ["https://city.example/licence"],
    }  # fmt: skip
    describe(archive, "prices", said)
    found = described(archive, "prices", viewer=Viewer.PUBLIC)
    assert (found.title, found.publisher, found.keywords) == (
        "Sidewalk prices",
        "City",
        ("streets",),
    )
    body = data_json([found], KEEPER)
    assert valid(body) == []
    assert "license" not in body["dataset"][0]  # an address of terms is no licence
    assert "https://city.example/licence" in body["dataset"][0]["rights"]
    assert body["dataset"][0]["spatial"] == "Alder Falls"
    assert schema_org(found, KEEPER)["spatialCoverage"] == ["Alder Falls"]


def test_a_long_licence_is_cut_and_still_said_to_be_unjudged(archive, valid):
    describe(archive, "prices", {Field.LICENCE: ["free " * 200]})
    found = described(archive, "prices", viewer=Viewer.PUBLIC)
    body = data_json([found], KEEPER)
    assert valid(body) == []
    assert body["dataset"][0]["rights"].endswith("Nobody has looked at the rights yet.")


def test_a_held_dataset_is_described(archive, valid):
    found = described(archive, "prices", viewer=Viewer.PUBLIC)
    assert found.files[0].address == "https://data.example/d/prices/@20240304T020000Z/"
    assert found.files[0].columns == ("item", "phone")
    assert keeper_of(archive) == KEEPER
    assert valid(data_json(all_described(archive, viewer=Viewer.PUBLIC), KEEPER)) == []


def test_of_a_withdrawn_version_neither_date_nor_column_is_told(archive):
    reviewing.withdraw(archive, "prices", version="v2", how="hide", reason="r", authority="a")
    found = described(archive, "prices", viewer=Viewer.PUBLIC)
    told = json_ld(schema_org(found, KEEPER)) + json.dumps(data_json([found], KEEPER))
    assert "phone" not in told
    assert "2024-03-04" not in told
    assert found.versions == 1
    assert described(archive, "prices", viewer=Viewer.STAFF).versions == 2


def test_a_dataset_that_is_all_withdrawn_is_not_in_the_catalogue(archive):
    reviewing.withdraw(archive, "prices", version=None, how="hide", reason="r", authority="a")
    assert described(archive, "prices", viewer=Viewer.PUBLIC) is None
    assert all_described(archive, viewer=Viewer.PUBLIC) == []


def test_no_path_of_the_machine_is_told(archive):
    found = described(archive, "prices", viewer=Viewer.PUBLIC)
    assert found.landing_page == ""
    assert str(archive.root.parent) not in json_ld(schema_org(found, KEEPER))


def test_downloads_are_those_that_the_door_knows(archive):
    found = described(
        archive, "prices", viewer=Viewer.PUBLIC,
        downloads_of=lambda address, tables: [Download(f"https://data.example{address}a.csv", "text/csv", "CSV")],
    )  # fmt: skip
    [download] = schema_org(found, KEEPER)["distribution"]
    assert download["contentUrl"] == "https://data.example/d/prices/@20240304T020000Z/a.csv"


def test_keys_and_accounts_in_an_address_are_not_told(archive):
    with archive.index.writing() as connection:
        place = "https://me:pw@city.example/data.csv?api_key=abc"
        connection.execute("UPDATE resource SET location = ?", (place,))
    found = described(archive, "prices", viewer=Viewer.PUBLIC)
    assert found.landing_page == "https://city.example/data.csv"
