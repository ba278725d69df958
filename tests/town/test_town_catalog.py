"""The portal's descriptions: a valid data.json of what is there now, its pages and dictionaries."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest
from beats_as_read import Told, rows_of, whole

from verticalfile import town
from verticalfile.kernel.clock import SetClock
from verticalfile.town import days
from verticalfile.town.catalog_file import dictionary_csv
from verticalfile.town.descriptions import DESCRIPTIONS
from verticalfile.town.portal import Portal
from verticalfile.town.portals.serving import Answer, Request


@pytest.fixture
def clock() -> SetClock:
    return SetClock(days.moment_of(days.LAST_DAY))


@pytest.fixture
def portal(told: Told, clock: SetClock) -> Iterator[Portal]:
    with Portal(told, clock) as running:
        yield running


def answered(portal: Portal, path: str) -> Answer:
    return portal.answer(Request("GET", path, {}, {"Host": f"127.0.0.1:{portal.port}"}))


def catalog(portal: Portal) -> dict[str, Any]:
    found = answered(portal, "/data.json")
    assert (found.status, found.media_type) == (200, "application/json")
    return json.loads(found.body)


def test_the_catalog_is_valid_dcat_us_at_any_time(
    suite: Any, portal: Portal, clock: SetClock
) -> None:
    schemas: Path = suite("dcat-us") / "schemas" / "dcatus1.1"
    dataset = json.loads((schemas / "non-federal_dataset.json").read_text())
    whole_catalog = json.loads((schemas / "catalog.json").read_text())
    whole_catalog["properties"]["dataset"]["items"] = {"type": "object"}
    checks = [jsonschema.Draft202012Validator(s, format_checker=jsonschema.FormatChecker())
              for s in (whole_catalog, dataset)]  # fmt: skip
    for day in (days.FIRST_DAY, days.STORM_FILE, days.ENDED, days.LAST_DAY):
        clock.move_to(days.moment_of(day))
        found = catalog(portal)
        assert not list(checks[0].iter_errors(found))
        for each in found["dataset"]:
            assert not list(checks[1].iter_errors(each)), each["title"]


def test_the_catalog_lists_what_is_there_and_drops_what_was_taken_down(
    portal: Portal, clock: SetClock
) -> None:
    def titles() -> set[str]:
        return {each["title"] for each in catalog(portal)["dataset"]}

    assert titles() == {d.title for d in DESCRIPTIONS.values()} - {"Restaurant inspections"}
    clock.move_to(days.moment_of(days.OUT_OF_ORDER))
    assert "Restaurant inspections" in titles()  # out of order is not gone
    clock.move_to(days.moment_of(days.VANISHED))
    assert "Sidewalk repair prices" not in titles()
    clock.move_to(days.moment_of(days.FIRST_DAY))
    assert titles() == {
        "Service requests", "Building permits", "Sidewalk repair prices", "Restaurant inspections",
    }  # fmt: skip


def test_what_the_catalog_points_at_is_there(portal: Portal, clock: SetClock) -> None:
    clock.move_to(days.moment_of(days.STORM_FILE))
    addresses = set()
    for each in catalog(portal)["dataset"]:
        addresses |= {d["downloadURL"] for d in each["distribution"]}
        addresses |= {each[m] for m in ("landingPage", "describedBy", "license") if m in each}
    own = {a for a in addresses if a.startswith(portal.home)}
    assert len(own) == 9 + 8 + 4 + 1  # files, pages, dictionaries, terms
    for address in own:
        assert answered(portal, urlsplit(address).path).status == 200, address


def test_links_of_the_pages_lead_somewhere(portal: Portal, clock: SetClock) -> None:
    clock.move_to(days.moment_of(days.STORM_FILE))
    seen, waiting = set(), ["/"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        found = answered(portal, path)
        assert found.status == 200, path
        if "html" in found.media_type:
            text = found.body.decode()
            assert "made up" in text or "made-up" in text
            waiting += re.findall(r'href="(/[^"]*)"', text)
    assert len(seen) > 20


def test_terms_are_as_varied_as_in_real_portals() -> None:
    told = {name: (d.licence, d.rights) for name, d in DESCRIPTIONS.items()}
    assert told["service-requests"][0].endswith("/zero/1.0/")
    assert "public domain" in told["building-permits"][1]
    assert told["building-inspections"] == ("", "")
    assert "Not to be resold" in told["housing-sales"][1]
    assert len(set(told.values())) == len(told)
    assert sum(bool(d.title_es) for d in DESCRIPTIONS.values()) >= 5


@pytest.mark.parametrize(
    ("name", "file"),
    [("building-permits", days.PERMITS), ("housing-sales", days.SALES),
     ("restaurant-inspections", days.RESTAURANTS), ("city-budget", days.BUDGET)],
)  # fmt: skip
def test_a_dictionary_names_the_columns_of_the_newest_file(
    told: Told, name: str, file: str
) -> None:
    rows = list(csv.DictReader(io.StringIO(dictionary_csv(DESCRIPTIONS[name]).decode())))
    columns = list(rows_of(whole(told, file)[-1])[0])
    renamed = [{"Permit Type": "Work Type"}.get(c, c) for c in columns]
    assert [r["Column"] for r in rows] == renamed
    assert all(len(r["Meaning"]) > 5 for r in rows)


def test_every_dataset_says_who_to_ask_and_how_often_it_comes(told: Told) -> None:
    assert {f.dataset for f in town.FILES.values()} == set(DESCRIPTIONS)
    for described in DESCRIPTIONS.values():
        assert described.email.endswith(".example")
        assert described.about.count(". ") == 0
        assert len(described.rights) <= 255  # as the schema has it
        assert described.publisher
        assert described.frequency.startswith("R/P")
