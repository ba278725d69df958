"""`vf hosts` and `vf every`, as somebody types them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typed import PortalDesk

from verticalfile.town.portals.dcat_us import DcatUsSite
from verticalfile.town.portals.holdings import Holdings
from verticalfile.town.portals.serving import Fault, PortalServer, page_instead, status

HOST = "127.0.0.1"
ROBOTS = b"User-agent: *\nDisallow: /files/\nCrawl-delay: 1\n"
WALL = b"<html><title>Request Rejected</title>The requested URL was rejected.</html>"


class Desk(PortalDesk):
    """What is told of a host, and how often files are looked at."""

    def host(self, *words: str) -> dict[str, object]:
        return json.loads(self.vf("hosts", HOST, *words, "--json"))

    def every(self, name: str) -> dict[str, str]:
        told = json.loads(self.vf("every", name, "--json"))
        return {each["name"]: each["every"] for each in told["files"]}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with PortalServer(DcatUsSite(Holdings(3, rows=3)), robots=ROBOTS) as server:
        yield Desk(tmp_path, server)


@pytest.fixture
def quick_desk(tmp_path: Path) -> Iterator[Desk]:
    """Where nothing asks for a pause."""
    with PortalServer(DcatUsSite(Holdings(3, rows=3))) as server:
        yield Desk(tmp_path, server)


def test_a_host_is_told_with_its_robots_pause_and_what_stands_against_us(desk: Desk) -> None:
    assert "No file comes from a host yet" in desk.vf("hosts")
    desk.vf("add", f"{desk.server.home}data.json", "--all", "--name", "town")
    found = desk.host()
    assert (found["files"], found["refused_by_robots"]) == (4, 3)
    assert (found["robots"], found["pause_s"]) == ("refuse some of our files", 1.0)
    assert (found["not_let_in_since"], found["decisions"]) == (None, [])
    desk.vf("hosts", HOST, "--gap", "0", "--reason", "the clerk said so", "--by", "M. Ortiz")
    desk.server.faults.append(Fault("data.json", page_instead(WALL)))
    desk.vf("collect", "town", exit_code=3)
    assert desk.host()["not_let_in_since"]
    table = desk.vf("hosts")
    assert HOST in table
    assert "refuse some of our files (3)" in table


def test_a_host_that_asks_to_wait_is_told_as_that_and_fails_nothing(quick_desk: Desk) -> None:
    desk = quick_desk
    desk.vf("add", f"{desk.server.home}data.json", "--all", "--name", "town")
    desk.server.faults.append(Fault("data.json", status(429, Retry_After="7200")))
    desk.vf("collect", "town", exit_code=3)  # it was asked, and turned us away
    asked = len(desk.server.asked)
    said = desk.vf("collect", "town")
    assert "asks us to wait until" in said
    assert "4 of 4 wait for their hosts" in said
    assert len(desk.server.asked) == asked


def test_staff_override_robots_and_obey_them_again_with_a_reason(desk: Desk) -> None:
    desk.vf("add", f"{desk.server.home}data.json", "--all", "--name", "town")
    desk.vf("hosts", HOST, "--gap", "0", "--reason", "small town, fast server", "--by", "M. Ortiz")
    assert "robots" in desk.vf("collect", "town", exit_code=3)
    said = desk.vf(
        "hosts", HOST, "--override-robots", "--reason", "the clerk agreed", "--by", "M. Ortiz"
    )
    assert "robots overridden: the clerk agreed (M. Ortiz)" in said
    assert "kept as v1" in desk.vf("collect", "town")
    desk.vf("rebuild")
    assert desk.host()["robots"] == "overridden"
    found = desk.host("--obey-robots", "--reason", "they changed their mind")
    assert found["robots"] == "refuse some of our files"
    decisions = [(each["what"], each["who"] != "") for each in found["decisions"]]
    assert decisions == [
        ("gap", True), ("robots overridden", True), ("robots obeyed", True),
    ]  # fmt: skip


def test_a_pause_and_a_certificate_are_set_and_undone(desk: Desk) -> None:
    why = ("--reason", "asked on the telephone", "--by", "M. Ortiz")
    assert desk.host("--gap", "7.5", *why)["pause_s"] == 7.5
    assert desk.host("--usual-gap", *why)["pause_s"] == 0
    taken = desk.host("--trust-certificate", *why)["decisions"]
    assert taken[-1]["what"] == "certificate unchecked"
    assert desk.host("--check-certificate", *why)["decisions"][-1]["what"] == "certificate checked"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--gap", "5", "--reason", "x"), "One decision about one host"),
        ((HOST, "--gap", "5", "--override-robots", "--reason", "x"), "One decision about one host"),
        ((HOST, "--reason", "x"), "One decision about one host"),
        ((HOST, "--gap", "5"), "kept with its reason"),
        ((HOST, "--gap", "-1", "--reason", "x"), "no pause between two requests"),
        (("no host!", "--gap", "5", "--reason", "x"), "is not a host"),
        (("data.example.gov",), "No file of this archive comes from"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_mend(
    desk: Desk, words: tuple[str, ...], told: str
) -> None:
    exit_code = 14 if words == ("data.example.gov",) else 10
    said = desk.vf("hosts", *words, exit_code=exit_code)
    assert told in said
    assert "To mend it:" in said


def test_how_often_a_file_is_looked_at_is_told_changed_and_survives_a_rebuild(
    desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "permits.csv"
    file.write_text("id,street\n1,Elm\n")
    desk.vf("add", str(file), "--name", "permits")
    assert desk.every("permits") == {"permits/permits": "daily"}
    said = desk.vf("every", "permits", "weekly..monthly")
    assert "weekly..monthly\t7 days" in said
    assert "1 of 1 were looked at otherwise before." in said
    desk.vf("collect", "permits")
    assert desk.vf("collect", "--dry-run") == "0 due.\n"
    desk.vf("rebuild")
    assert desk.every("permits") == {"permits/permits": "weekly..monthly"}
    assert "does not say how often" in desk.vf("every", "permits", "sometimes", exit_code=10)
    assert desk.every("permits") == {"permits/permits": "weekly..monthly"}


def test_of_a_portal_all_files_are_looked_at_so_often_those_to_come_too(quick_desk: Desk) -> None:
    desk = quick_desk
    place = f"{desk.server.home}data.json"
    desk.vf("add", place, "--words", "trees", "--name", "town")
    desk.vf("every", "town", "PT12H")
    desk.vf("add", place, "--all", "--name", "town")  # another choice, and no word of how often
    told = desk.every("town")
    assert len(told) == 4
    assert set(told.values()) == {"PT12H"}
