"""`vf add` of a portal, `sources`, `members`, `report`, as somebody types them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typed import PortalDesk

from verticalfile.town.portals.ckan import CkanSite
from verticalfile.town.portals.holdings import Holdings
from verticalfile.town.portals.serving import Fault, PortalServer, status


class Desk(PortalDesk):
    """With what the portal holds."""

    def __init__(self, folder: Path, server: PortalServer, holdings: Holdings) -> None:
        super().__init__(folder, server)
        self.holdings = holdings

    def json(self, *words: str) -> object:
        return json.loads(self.vf(*words, "--json").partition("\nvf: ")[0])


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    holdings = Holdings(5)
    with PortalServer(CkanSite(holdings)) as server:
        yield Desk(tmp_path, server, holdings)


def test_a_portal_is_shown_and_nothing_is_added_until_it_is_chosen(desk: Desk) -> None:
    said = desk.vf("add", desk.server.home)
    assert "CKAN 2.10.4" in said
    assert "5 datasets" in said
    assert "Nothing was added." in said
    assert "--all" in said
    assert desk.json("list") == []


def test_a_portal_is_added_collected_listed_and_reported(desk: Desk) -> None:
    said = desk.vf("add", desk.server.home, "--words", "bus", "--words", "trees", "--name", "town")
    assert "2 datasets added" in said
    walks = [r for r in desk.server.asked if r.path.endswith("package_search")]
    assert len(walks) == 1, "what was previewed is taken"
    assert desk.vf("collect", "town", "--dry-run").startswith("town\t"), "its list first"
    desk.vf("collect", "town")
    (source,) = desk.json("sources")
    assert (source["kind"], source["members"], source["datasets"]) == ("ckan", {"present": 5}, 2)
    assert source["selection"] == {"words": ["bus", "trees"]}
    assert "5" in desk.vf("sources").split("\n")[1].split("\t")
    members = desk.json("members", "town")
    assert {m["title"]: m["dataset"] for m in members["members"]}["Street Trees"] == "street-trees"
    desk.holdings.edit(desk.holdings.held[3])
    desk.server.faults.append(Fault(desk.holdings.held[4].uuid, status(404)))
    desk.vf("collect", "town")
    report = desk.vf("report")
    assert "3 files looked at" in report
    assert "\nbus-stops: kept as v2" in report, "the name of a lone file is said once"
    assert "rows added" in report
    runs = desk.json("report", "--runs")
    assert len(runs) == 2


def test_what_a_portal_says_of_a_dataset_is_told_with_its_licence(desk: Desk) -> None:
    desk.vf("add", desk.server.home, "--all", "--name", "town")
    desk.vf("collect", "town")
    found = desk.json("describe", "building-permits")
    assert found["publisher"]["value"] == "Public Works"
    assert "You may copy, share, change and sell this if you name the source." in desk.vf(
        "rights", "building-permits"
    )
    assert "may be reused" in desk.vf("rights", "--report")


def test_a_source_that_is_not_there_is_said_in_one_sentence(desk: Desk) -> None:
    assert "There is no source" in desk.vf("members", "nothing", exit_code=14)
    assert "Nothing was collected yet." in desk.vf("report", exit_code=14)
    assert "There is no dataset" in desk.vf("collect", "nothing", exit_code=14)
    desk.vf("add", desk.server.home, "--all", "--name", "town")
    assert "is suspect" in desk.vf("members", "town", "--accept", exit_code=10)


def test_an_address_of_a_file_is_a_file_and_a_page_can_be_kept_as_one(desk: Desk) -> None:
    file = f"{desk.server.home}dataset/x/permits.csv"
    assert "Added permits" in desk.vf("add", file)
    assert "Added page" in desk.vf("add", desk.server.home, "--as-file", "--name", "page")
