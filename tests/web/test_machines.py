"""What machines are told: Dataset in each page, data.json, sitemaps, robots, canonical addresses."""

from __future__ import annotations

import json
import re
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree as ET

import pytest
from made_room import EVIL
from pages import HELD, HIDDEN, OLD
from test_pages import Reader

from verticalfile.services.archive import open_archive
from verticalfile.services.deciding import reviewing

HOST = "http://testserver"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def dataset_in(text: str) -> dict[str, object]:
    [found] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.S)
    return json.loads(found)


def test_each_dataset_page_describes_its_dataset(room):
    told = dataset_in(room.get("/d/street-trees/").content.decode())
    assert told["@type"] == "Dataset"
    assert told["name"] == "Street trees"
    assert told["url"] == f"{HOST}/d/street-trees/"
    assert told["publisher"]["name"] == "Alder Falls Public Library"
    assert told["dateModified"] == "2024-04-10T15:00:00Z"
    assert {c["name"] for c in told["variableMeasured"]} >= {"id", "kind", "Planted on"}


@pytest.mark.parametrize("address", ["/d/street-trees/", "/d/library-branches/door-counts/"])
def test_every_download_that_is_told_can_be_had(room, address):
    told = dataset_in(room.get(address).content.decode())
    assert {d["encodingFormat"] for d in told["distribution"]} >= {"text/csv"}
    for each in told["distribution"]:
        answer = room.get(each["contentUrl"].removeprefix(HOST))
        assert answer.status_code == 200
        b"".join(answer.streaming_content)
        if each["encodingFormat"] != "application/octet-stream":
            assert answer["Content-Type"].split(";")[0] == each["encodingFormat"]


def test_old_versions_are_not_described_to_search_engines(room):
    assert "ld+json" not in room.get(f"/d/street-trees/{OLD}/").content.decode()


def test_a_hostile_name_does_not_end_the_block(room):
    text = room.get("/d/hostile/").content.decode()
    assert dataset_in(text)["name"] == f"Hostile {EVIL}"
    assert EVIL not in text


def test_the_catalogue_lists_what_can_be_seen(room):
    answer = room.get("/data.json")
    assert answer["Content-Type"] == "application/json"
    body = answer.json()
    assert body["conformsTo"].endswith("/v1.1/schema")
    found = {d["identifier"]: d for d in body["dataset"]}
    assert set(found) == {
        f"{HOST}/d/{name}/"
        for name in (
            "street-trees", "library-branches", "hostile", "rent-register",
        )
    }  # fmt: skip
    trees = found[f"{HOST}/d/street-trees/"]
    assert trees["contactPoint"]["hasEmail"] == "mailto:desk@alderfalls.example"
    assert "5 versions" in trees["description"]


def sitemap_of(room) -> list[str]:
    index = ET.fromstring(room.get("/sitemap.xml").content)  # our own
    found = []
    for each in index.iter(f"{SITEMAP}loc"):
        part = ET.fromstring(room.get(each.text.removeprefix(HOST)).content)
        found += [loc.text for loc in part.iter(f"{SITEMAP}loc")]
    return found


def test_the_sitemap_lists_every_page_in_both_languages_and_no_old_one(room):
    found = sitemap_of(room)
    assert len(found) == len(set(found))
    assert f"{HOST}/d/street-trees/" in found
    assert f"{HOST}/es/d/library-branches/door-counts/" in found
    assert not [address for address in found if "@" in address or "?" in address]
    assert room.get("/sitemap-2.xml").status_code == 404
    assert room.get("/sitemap-0.xml").status_code == 404


def test_each_page_of_the_sitemap_may_be_read_and_says_that_it_is_the_one(room):
    robots = RobotFileParser()
    robots.parse(room.get("/robots.txt").content.decode().splitlines())
    for address in sitemap_of(room):
        assert robots.can_fetch("*", address)
        text = room.get(address.removeprefix(HOST)).content.decode()
        assert f'<link rel="canonical" href="{address}">' in text
        assert 'name="robots"' not in text
        for code, start in (("en", f"{HOST}/"), ("es", f"{HOST}/es/"), ("x-default", f"{HOST}/")):
            [other] = re.findall(f'<link rel="alternate" hreflang="{code}" href="(.*?)">', text)
            assert other.startswith(start)
            assert (code == "es") == ("/es/" in other)


@pytest.mark.parametrize(
    "path",
    [
        f"/d/street-trees/{OLD}/", f"/es/d/street-trees/{OLD}/table/", "/d/street-trees/table/?sort=id",
        "/d/street-trees/row/?k=T-1", "/es/d/street-trees/changes/", "/d/street-trees/timegate/",
    ],
)  # fmt: skip
def test_what_is_without_end_is_closed_to_robots(room, path):
    """By the rules of RFC 9309, whose wildcards the standard library does not know."""
    rules = re.findall(r"^Disallow: (.*)$", room.get("/robots.txt").content.decode(), re.M)
    patterns = [re.escape(rule).replace(r"\*", ".*") for rule in rules]
    assert any(re.match(pattern, path) for pattern in patterns)
    for open_path in ("/", "/changes/", "/es/changes/", "/d/", "/d/street-trees/", "/es/d/street-trees/chart/"):  # fmt: skip
        assert not any(re.match(pattern, open_path) for pattern in patterns), open_path
    assert f"Sitemap: {HOST}/sitemap.xml" in room.get("/robots.txt").content.decode()


@pytest.mark.parametrize(
    ("asked", "own"),
    [
        ("/d/street-trees/trees/", "/d/street-trees/"),
        ("/d/street-trees/table/?sort=id&is.kind=OAK", "/d/street-trees/table/"),
        ("/d/street-trees/chart/?column=kind", "/d/street-trees/chart/?column=kind"),
        (f"/d/street-trees/{OLD}/?on=2024-01-20", f"/d/street-trees/{OLD}/"),
        ("/es/d/street-trees/row/?k=T-003", "/es/d/street-trees/row/?k=T-003"),
    ],
)
def test_a_page_has_one_address_of_its_own(room, asked, own):
    text = room.get(asked).content.decode()
    assert f'<link rel="canonical" href="{HOST}{own}">' in text


def test_the_address_of_the_library_is_used_where_it_is_set(own, enter):
    told = json.loads((own / "settings.json").read_text())
    (own / "settings.json").write_text(json.dumps(told | {"address": "https://data.example"}))
    room = enter(own)
    text = room.get("/d/street-trees/").content.decode()
    assert dataset_in(text)["url"] == "https://data.example/d/street-trees/"
    assert '<link rel="canonical" href="https://data.example/d/street-trees/">' in text
    assert "testserver" not in room.get("/data.json").content.decode()
    assert "testserver" not in room.get("/sitemap-1.xml").content.decode()
    assert "testserver" not in room.get("/d/street-trees/")["Link"]
    assert "testserver" not in room.get("/d/street-trees/cite/").content.decode()


def test_tombstones_are_not_for_search_engines(room):
    for moment in (HIDDEN, HELD):
        page = Reader(room.get(f"/d/street-trees/{moment}/").content.decode())
        assert page.tags.count("script") == 0


def test_data_json_is_made_anew_only_when_something_changed(own, enter, monkeypatch):
    from verticalfile.services.index_state import WhileUnchanged
    from verticalfile.web.reader import wayside

    made: list[str] = []
    whole = wayside.all_described
    monkeypatch.setattr(wayside, "all_described", lambda *a, **w: made.append("") or whole(*a, **w))
    monkeypatch.setattr(wayside, "_made", WhileUnchanged())
    room = enter(own)
    first = room.get("/data.json").content
    assert room.get("/data.json").content == first
    assert len(made) == 1
    archive = open_archive(own)
    reviewing.withdraw(
        archive, "rent-register", version=None, how="hide", reason="privacy", authority="court"
    )
    archive.index.close()
    after = json.loads(room.get("/data.json").content)
    assert len(made) == 2
    assert "rent-register" not in json.dumps(after["dataset"])
    assert b"rent-register" in first
    assert b"https://elsewhere.example" not in room.get("/data.json").content
    assert room.get("/data.json", HTTP_HOST="elsewhere.example").content != first
