"""`vf add` and `vf collect` where a portal is not as it should be: what somebody is told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typed import PortalDesk

from verticalfile.town.portals.arcgis import ArcGisSite
from verticalfile.town.portals.ckan import CkanSite
from verticalfile.town.portals.holdings import Holdings
from verticalfile.town.portals.serving import (
    Answer,
    Fault,
    PortalServer,
    Request,
    Site,
    moved_to,
    page_instead,
    status,
)


class Told:
    """A `data.json` of three datasets, one of which has nothing that can be taken."""

    def answer(self, request: Request) -> Answer | None:
        home = f"http://{request.headers['Host']}"
        if request.path in ("/data.json", "/new/data.json"):
            entries: list[dict[str, object]] = [
                {
                    "identifier": name, "title": name.title(),
                    "distribution": [{"downloadURL": f"{home}/{name}.csv", "mediaType": "text/csv"}],
                }
                for name in ("trees", "parks")
            ]  # fmt: skip
            entries.append({"identifier": "map", "title": "Map", "landingPage": f"{home}/map"})
            return Answer(json.dumps({"dataset": entries}).encode())
        if request.path.endswith(".csv"):
            return Answer(b"id,name\n1,a\n2,b\n", media_type="text/csv")
        return None


@pytest.fixture
def at(tmp_path: Path) -> Callable[..., object]:
    @contextmanager
    def opened(site: Site, *faults: Fault) -> Iterator[PortalDesk]:
        with PortalServer(site, faults=faults) as server:
            yield PortalDesk(tmp_path, server)

    return opened


def test_what_is_no_portal_is_taken_as_a_file_and_that_is_said(at) -> None:
    with at(_Nothing()) as desk:
        said = desk.vf("add", desk.server.home)
        assert "No portal of a kind that is known was found" in said
        assert "taken as one file" in said


def test_all_of_a_portal_that_is_none_adds_nothing(at) -> None:
    with at(_Nothing()) as desk:
        for chosen in (("--all",), ("--words", "bus")):
            said = desk.vf("add", desk.server.home, *chosen, exit_code=10)
            assert "nothing to choose from" in said
            assert "--as-file" in said
        assert "Nothing is held yet" in desk.vf("list")


class _Nothing:
    def answer(self, request: Request) -> Answer | None:
        return None


def test_a_ckan_that_keeps_its_version_to_itself_is_recognised_by_its_search(at) -> None:
    with at(CkanSite(Holdings(3)), Fault("status_show", status(403))) as desk:
        assert "3 datasets" in desk.vf("add", desk.server.home)


def test_datasets_without_a_file_are_counted_before_anything_is_added(at) -> None:
    with at(Told()) as desk:
        said = desk.vf("add", desk.server.home)
        assert "lists          3 datasets" in said
        assert "chosen         2 datasets with 2 files" in said
        assert "without files  1 dataset:" in said


def test_files_at_addresses_without_a_host_are_taken_from_the_portal_and_that_is_told(at) -> None:
    with at(CkanSite(Holdings(2)), Fault("package_search", _without_hosts)) as desk:
        said = desk.vf("add", desk.server.home)
        assert f"2 files without a host, resolved against the portal's address, such as {desk.server.home}" in said  # fmt: skip
        said = desk.vf("add", desk.server.home, "--all", "--name", "town")
        assert "2 files at an address without a host, resolved against the portal's" in said
        desk.vf("collect", "town")
        assert "id,street,opened" in desk.vf("get", "building-permits")
        (added,) = (e for e in json.loads(desk.vf("log", "building-permits", "--json")) if "written" in str(e))  # fmt: skip
        assert added["detail"]["written"].startswith("/dataset/")
        assert added["detail"]["location"].startswith(f"{desk.server.home}dataset/")


def _without_hosts(request: Request, answer: Answer) -> Answer:
    home = f"http://{request.headers['Host']}/".encode()
    assert home in answer.body or b'"results": []' in answer.body
    return Answer(answer.body.replace(home, b"/"), media_type=answer.media_type)


def test_the_requests_of_a_year_are_no_fewer_than_what_a_day_really_takes(at) -> None:
    with at(ArcGisSite(Holdings(3))) as desk:
        said = desk.vf("add", f"{desk.server.home}arcgis/rest/services", "--all", "--name", "gis")
        told = int(re.search(r"about ([\d,]+) requests", said)[1].replace(",", "")) / 365
        before = len(desk.server.asked)
        desk.vf("collect", "gis")
        took = len([r for r in desk.server.asked[before:] if r.path != "/robots.txt"])
        assert told <= took <= 1.5 * told


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"<html><title>Our new site</title></html>", "a web page called \u201cOur new site\u201d"),
        (b"", "answers with nothing"),
        (
            b'{"error": {"message": "Out of order."}}',
            "an error: Out of order, in place of its list",
        ),
    ],
)
def test_a_page_an_error_or_nothing_in_place_of_a_list_is_called_so(at, body, told) -> None:
    with at(Told()) as desk:
        desk.vf("add", desk.server.home, "--all", "--name", "town")
        desk.server.faults.append(Fault("/data.json", page_instead(body)))
        said = desk.vf("collect", "town", exit_code=3)
        assert told in said
        assert "JSON" not in said
        assert "The last good one stays." in said


def test_a_list_that_moved_for_good_is_followed_and_the_new_address_told(at) -> None:
    with at(Told()) as desk:
        desk.vf("add", desk.server.home, "--all", "--name", "town")
        home = desk.server.home
        desk.server.faults.append(_only_old(moved_to(f"{home}new/data.json", 302)))
        assert "moved" not in desk.vf("collect", "town")
        desk.server.faults[:] = [_only_old(moved_to(f"{home}new/data.json", 301))]
        assert f"moved for good to {home}new/data.json" in desk.vf("collect", "town")


def _only_old(change: Callable[[Request, Answer], Answer]) -> Fault:
    def at_old(request: Request, answer: Answer) -> Answer:
        return change(request, answer) if request.path == "/data.json" else answer

    return Fault("/data.json", at_old)


def test_who_is_closed_out_by_robots_is_told_the_command_that_decides_otherwise(
    tmp_path: Path,
) -> None:
    with PortalServer(Told(), robots=b"User-agent: *\nDisallow: /\n") as server:
        desk = PortalDesk(tmp_path, server)
        said = desk.vf("add", server.home, exit_code=32)
        assert "vf hosts 127.0.0.1 --override-robots --reason" in said
        desk.vf("hosts", "127.0.0.1", "--override-robots", "--reason", "they said yes by letter")
        assert "3 datasets" in desk.vf("add", server.home)
