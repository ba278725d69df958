"""What a publisher says about its data: beside the table, and never counted, searched or opened as data."""

from __future__ import annotations

from datetime import timedelta

import pytest
from test_search_page import said

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services.archive import Archive, init
from verticalfile.services.collecting.rounds import round_of
from verticalfile.services.gathering.preview import found_at
from verticalfile.services.gathering.sources import add_source
from verticalfile.services.known.selection import Selection
from verticalfile.services.names import find_all, find_dataset, find_resource
from verticalfile.services.querying import sql
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.town.portals.holdings import START, Holdings
from verticalfile.town.portals.serving import PortalServer
from verticalfile.town.portals.socrata import SocrataSite

NAME, ABOUT = "building-permits", "about-this-dataset"


@pytest.fixture
def county(tmp_path) -> Archive:
    """A dataset of a Socrata portal, looked at twice, whose portal tells about it twice otherwise."""
    clock, holdings = SetClock(START), Holdings(1)
    archive = init(tmp_path / "county", clock=clock)
    with PortalServer(SocrataSite(holdings)) as server:
        rules = Rules(allow_private=True, extra_ports=frozenset({server.port}))
        fetching = Fetching(rules, sleep=lambda _: None)
        with found_at(archive, server.home, fetching) as found:
            assert found is not None
            add_source(archive, found.recognised, Selection(), name="county-portal")
        for _ in range(2):
            clock.pass_time(timedelta(days=1))
            holdings.now = clock.now()
            round_of(archive, ["county-portal"], fetching=fetching)
            holdings.held[0].columns = (*holdings.held[0].columns[:-1], "amount_due")
            holdings.edit(holdings.held[0])
    archive.index.close()
    return archive


def test_name_means_the_data_and_what_is_said_about_it_must_be_named(county):
    assert [r.name for r in find_dataset(county, NAME)] == [NAME]
    assert find_resource(county, f"{NAME}/{ABOUT}").role == "documentation"
    assert {r.name for r in find_all(county, NAME)} == {NAME, ABOUT}
    assert next(sql(county, "SELECT count(*) FROM building_permits").rows)[0] >= 30


def test_the_dataset_page_lists_it_with_our_copy_and_the_publishers_own(county, enter):
    room = enter(county.root)
    page = room.get(f"/d/{NAME}/")
    assert page.status_code == 200, "one file of data: nothing is to be chosen"
    text, body = said(page), page.content.decode()
    assert "What the publisher says about it" in text
    assert "About this dataset" in text
    assert f'href="/d/{NAME}/{ABOUT}/"' in body
    assert "/api/views/" in body.split('id="pd"')[1].split("</section>")[0]
    assert room.get(f"/d/{NAME}/{ABOUT}/").status_code == 200
    assert "Lo que dice de ello quien publica" in said(room.get(f"/es/d/{NAME}/"))


def test_it_is_not_among_data_files_columns_or_news(county, enter):
    room = enter(county.root)
    for address in ("/", "/search/?q=permits", "/changes/", "/all/", "/data.json"):
        answer = room.get(address)
        assert ABOUT not in answer.content.decode(), address
    columns = room.get(f"/d/{NAME}/").content.decode().split('id="co"')[1].split("</table>")[0]
    assert "fieldName" not in columns
