"""A portal's past by a web archive: its lists are followed, and the files that they name are had."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path

import pytest
from portal_and_its_copies import Portal

from verticalfile.catalog.register_lines import Register
from verticalfile.catalog.source_lines import SourceLines
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.collecting.past_files import counted, fill_files
from verticalfile.services.known.statements import description_of
from verticalfile.services.taking_in.rebuild import rebuild
from verticalfile.services.telling.registers import lately, told
from verticalfile.town.portals.ckan import CkanSite
from verticalfile.town.portals.dcat_us import DcatUsSite
from verticalfile.town.portals.holdings import Holdings


def test_files_that_an_old_list_names_are_taken_from_the_web_archive(tmp_path: Path) -> None:
    holdings = Holdings(8)
    portal = Portal(tmp_path, "dcat-us", DcatUsSite(holdings), holdings)
    with portal.open("data.json") as location:
        gone = holdings.held[2]
        file = f"{portal.server.home}files/{gone.hex32}.csv"
        portal.record("20200101000000", location, portal.now("/data.json"))
        portal.record("20200102000000", file, gone.csv())
        portal.record("20190102000000", file, b"id,street\r\n1,Elm\r\n")
        holdings.drop(gone)
        portal.look()
        assert portal.fill(location).kept == 1
        past = counted(portal.archive, portal.source)
        assert (past.datasets, past.files, past.held) == (1, 1, 7)
        before = len(portal.server.asked)
        done = fill_files(
            portal.archive, portal.source, fetching=portal.fetching,
            web_archive=portal.server.home.rstrip("/"),
        )  # fmt: skip
        asked = [r.path for r in portal.server.asked[before:]]
        again = fill_files(
            portal.archive, portal.source, fetching=portal.fetching,
            web_archive=portal.server.home.rstrip("/"),
        )  # fmt: skip
    assert (done.asked, done.filled, done.kept, done.added) == (8, 1, 2, ["street-trees"])
    assert not any(path.startswith("/files/") for path in asked), "the publisher is not asked"
    assert again.kept == 0
    (held,) = portal.archive.index.resources("street-trees")
    first, second = portal.archive.index.versions(held.id)
    assert (first.seen_at.year, second.seen_at.year) == (2019, 2020)
    assert held.every == "monthly"
    (entry,) = lately(portal.archive, (Register.VANISHED,)).entries
    assert (entry.dataset, entry.copies, entry.named) == ("street-trees", True, "")
    assert "Known from copies that another archive made" in told(entry, UTC)
    assert description_of(portal.archive, "street-trees").publisher is not None
    kept = SourceLines(portal.archive.index).members(portal.listing.id), held
    rebuild(portal.archive, None)
    (held,) = portal.archive.index.resources("street-trees")
    assert (SourceLines(portal.archive.index).members(portal.listing.id), held) == kept


def test_a_page_of_ckan_that_is_all_of_it_is_a_list_and_another_proves_nothing(
    tmp_path: Path,
) -> None:
    holdings = Holdings(8)
    portal = Portal(tmp_path, "ckan", CkanSite(holdings), holdings)
    with portal.open("") as location:
        url = f"{location}api/3/action/package_search?rows=1000"
        whole = portal.now("/api/3/action/package_search", rows="1000")
        few = json.loads(whole)
        few["result"]["results"] = few["result"]["results"][:3]
        dropped = holdings.held[0]
        portal.record("20200101000000", url, whole)
        portal.record("20200201000000", url, json.dumps(few).encode())
        portal.record("20200301000000", url, b"<html>Out of order</html>")
        holdings.drop(dropped)
        portal.look()
        done = portal.fill(url)
    assert (done.kept, done.passed_over) == (2, 1), "a page for people is no list"
    states = {
        m.title: m.state for m in SourceLines(portal.archive.index).members(portal.listing.id)
    }
    assert states.pop(dropped.title) == "vanished"
    assert set(states.values()) == {"present"}
    seen = {v.seen_at.month: v for v in portal.archive.index.versions(portal.listing.id)}
    assert seen[2].partial == "3 of 8 entries came"


def test_an_address_that_its_owner_has_closed_is_counted_and_the_others_are_asked_for(
    tmp_path: Path,
) -> None:
    holdings = Holdings(4)
    portal = Portal(tmp_path, "dcat-us", DcatUsSite(holdings), holdings)
    with portal.open("data.json"):
        portal.look()
        first, second = (f"{portal.server.home}files/{h.hex32}.csv" for h in holdings.held[:2])
        portal.recorded.closed = {first}
        portal.record("20200102000000", second, b"id,street\r\n1,Elm\r\n")
        done = fill_files(
            portal.archive, portal.source, fetching=portal.fetching,
            web_archive=portal.server.home.rstrip("/"),
        )  # fmt: skip
    assert (done.asked, done.closed, done.kept) == (4, 1, 1)


def test_copies_of_a_kind_that_tells_no_pages_are_refused(tmp_path: Path) -> None:
    holdings = Holdings(4)
    portal = Portal(tmp_path, "web", DcatUsSite(holdings), holdings)
    with portal.open("") as location:
        portal.record("20200101000000", location, b'{"results": []}')
        with pytest.raises(InputRefused, match="comes in several answers"):
            portal.fill(location)
    assert portal.archive.index.versions(portal.listing.id) == []
