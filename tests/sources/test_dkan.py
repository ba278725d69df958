"""DKAN 2: its list in one answer, proved by its search, files, and tables of the datastore."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from visiting import rows_of, visiting

from verticalfile.fetch.errors import AnswerRefused, CutShort, NotFound
from verticalfile.sources.dkan import SOURCE
from verticalfile.sources.kind import Entry, Role
from verticalfile.town.portals.dkan import ERROR, DkanSite
from verticalfile.town.portals.holdings import Holding, Holdings
from verticalfile.town.portals.serving import Answer, Fault, Request, page_instead, status


def table_of(home: str, holding: Holding) -> str:
    return f"{home}api/1/datastore/query/{holding.uuid}/0/download?format=csv"


@pytest.mark.parametrize("path", ["", "dataset/1234-5678", "search?theme=Roads", "data.json"])
@pytest.mark.parametrize("base", ["", "/provider-data"])
def test_a_portal_is_recognised_wherever_it_lives(tmp_path: Path, base: str, path: str) -> None:
    with visiting(DkanSite(Holdings(2), base=base), scratch=tmp_path) as (server, visit):
        home = f"{server.home.rstrip('/')}{base}/"
        found = SOURCE.recognise(visit, f"{home}{path}", None)
        assert found is not None
        assert found.location == home


def test_what_is_no_such_portal_is_not_taken_for_one(tmp_path: Path) -> None:
    with visiting(scratch=tmp_path) as (server, visit):
        assert SOURCE.recognise(visit, f"{server.home}opendata/", None) is None
        assert visit.requests <= 3
        server.faults.append(Fault("/metastore", page_instead(b'{"version": 1}')))
        assert SOURCE.recognise(visit, server.home, None) is None


def test_all_entries_are_listed_and_counted_by_the_search(tmp_path: Path) -> None:
    holdings = Holdings(230, rows=1)
    with visiting(DkanSite(holdings), scratch=tmp_path) as (server, visit):
        taken = SOURCE.list(visit, server.home, tmp_path)
        entries = [SOURCE.entry(row, server.home) for row in rows_of(taken)]
        by_pages = requests.get(f"{server.home}api/1/search", timeout=60).json()["results"]
    complete = taken.completeness
    assert (complete.received, complete.expected, complete.proved) == (230, 230, True)
    assert {e.identifier for e in entries} == {h.uuid for h in holdings.held}
    assert len(by_pages) == 10  # what a collector has that asks the search and does not page


def entry_in(server_home: str, site: DkanSite, number: int) -> Entry:
    request = Request("GET", f"/api/1/metastore/schemas/dataset/items/{site.holdings.held[number].uuid}",
                      {}, {"Host": "example.org"})  # fmt: skip
    found = site.answer(request)
    assert found is not None
    return SOURCE.entry(json.loads(found.body), server_home)


def test_an_entry_has_its_file_or_its_table_and_its_page() -> None:
    site = DkanSite(Holdings(2))
    site.without_file, site.described = {1}, {1}
    home = "https://data.example.org/"
    filed, stored = (entry_in(home, site, number) for number in (0, 1))
    (file,) = filed.offers
    assert (file.kind, file.form) == ("url", "csv")
    about, table = stored.offers
    assert about.role is Role.DOCUMENTATION
    assert "/data-dictionary/items/" in about.location
    assert (table.kind, table.location) == ("dkan", table_of(home, site.holdings.held[1]))
    assert stored.landing_page == f"{home}dataset/{site.holdings.held[1].uuid}"


def test_a_list_that_is_shorter_than_the_search_counts_is_not_proved(tmp_path: Path) -> None:
    """A limit that nobody told of: one was asked for in GetDKAN/dkan#4732."""
    site = DkanSite(Holdings(120, rows=1))
    site.items_max = 100
    with visiting(site, scratch=tmp_path) as (server, visit):
        taken = SOURCE.list(visit, server.home, tmp_path)
        taken.path.unlink()
        site.has_search = False
        without = SOURCE.list(visit, server.home, tmp_path)
    assert taken.completeness.why_not == "100 entries came where the search counts 120"
    assert without.completeness.why_not == "100 entries look like the limit of a page"
    assert not taken.completeness.proved
    assert not without.completeness.proved


def test_an_empty_portal_is_an_empty_list_and_a_page_is_none(tmp_path: Path) -> None:
    with visiting(DkanSite(Holdings(0)), scratch=tmp_path) as (server, visit):
        taken = SOURCE.list(visit, server.home, tmp_path)
        assert (taken.completeness.received, taken.completeness.proved) == (0, True)
        taken.path.unlink()
        for body in (b"<html><title>Update</title></html>", b'{"message": "Error"}', b"[1, 2"):
            server.faults[:] = [Fault("/items", page_instead(body))]
            with pytest.raises(AnswerRefused):
                SOURCE.list(visit, server.home, tmp_path)
        server.faults[:] = [Fault("/items", status(404))]
        with pytest.raises(NotFound):
            SOURCE.list(visit, server.home, tmp_path)
    assert not list(tmp_path.iterdir())


def test_an_entry_that_is_none_costs_no_other(tmp_path: Path) -> None:
    body = b'[{"identifier": "a", "title": "A", "distribution": []}, null, {"identifier": "b"}]'
    with visiting(DkanSite(Holdings(2)), scratch=tmp_path) as (server, visit):
        server.faults.append(Fault("/items", page_instead(body)))
        taken = SOURCE.list(visit, server.home, tmp_path)
    rows = rows_of(taken)
    assert [row.get("identifier") for row in rows] == ["a", None, "b"]
    assert taken.completeness.received == 3


def test_a_table_of_the_datastore_comes_whole_with_its_count(tmp_path: Path) -> None:
    holdings = Holdings(1, rows=1_234)
    with visiting(DkanSite(holdings), scratch=tmp_path) as (server, visit):
        address = table_of(server.home, holdings.held[0])
        taken = SOURCE.fetch(visit, address, tmp_path)
        naive = requests.get(address.partition("/download")[0], timeout=60).json()["results"]
    assert taken.completeness.proved
    assert (taken.completeness.received, taken.completeness.expected) == (1_234, 1_234)
    assert len(rows_of(taken)) == 1_234
    assert len(naive) == 500  # what the query hands over unless it is paged


def test_an_export_that_ends_with_an_error_as_its_last_row_is_no_table(tmp_path: Path) -> None:
    holdings = Holdings(1, rows=100)
    site = DkanSite(holdings)
    site.fails_after = 40
    with visiting(site, scratch=tmp_path) as (server, visit):
        address = table_of(server.home, holdings.held[0])
        with pytest.raises(CutShort, match="41 rows came where 100 were counted"):
            SOURCE.fetch(visit, address, tmp_path)
        naive = requests.get(address, timeout=60)
    assert naive.status_code == 200
    assert ERROR in naive.text
    assert not list(tmp_path.iterdir())


def test_rows_that_come_meanwhile_are_asked_for_again(tmp_path: Path) -> None:
    holdings = Holdings(1, rows=50)
    site = DkanSite(holdings)
    times = [1]

    def grows() -> Callable[[str], None]:
        def after(path: str) -> None:
            if path.endswith("/download") and times:
                times.pop()
                holdings.edit(holdings.held[0], changed=0, added=1)

        return after

    site.between = grows()
    with visiting(site, scratch=tmp_path) as (server, visit):
        taken = SOURCE.fetch(visit, table_of(server.home, holdings.held[0]), tmp_path)
    assert (taken.completeness.received, taken.completeness.proved) == (51, True)


def test_a_table_that_nobody_counts_is_kept_and_not_proved(tmp_path: Path) -> None:
    holdings = Holdings(1, rows=50)

    def uncounted(request: Request, answer: Answer) -> Answer:
        if request.path.endswith("/download"):
            return answer
        return Answer(b'{"results": []}')

    with visiting(DkanSite(holdings), scratch=tmp_path) as (server, visit):
        server.faults.append(Fault("/datastore/query", uncounted))
        taken = SOURCE.fetch(visit, table_of(server.home, holdings.held[0]), tmp_path)
    assert not taken.completeness.proved
    assert taken.completeness.why_not == "the datastore does not say how many rows there are"
