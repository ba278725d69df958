"""CKAN: the walk through its list, what entries say, and the traps that are CKAN's."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from visiting import pages_of, rows_of, visiting

import hurried
from verticalfile.fetch.errors import AnswerRefused
from verticalfile.sources.ckan import SOURCE
from verticalfile.town.portals.ckan import CkanSite
from verticalfile.town.portals.holdings import Holdings
from verticalfile.town.portals.serving import Fault, page_instead, status


def test_a_site_is_recognised_at_its_root_and_below_a_path(tmp_path: Path) -> None:
    with visiting(CkanSite(Holdings(1), base="/opendata"), scratch=tmp_path) as (server, visit):
        for address in (
            "opendata",
            "opendata/",
            "opendata/dataset/parks",
            "opendata/api/3/action/",
        ):
            found = SOURCE.recognise(visit, server.home + address, None)
            assert found is not None
            assert found.location == f"{server.home}opendata/"
            assert (found.title, found.version) == ("Alder Falls Open Data", "2.10.4")
        assert SOURCE.recognise(visit, server.home, None) is None


def test_every_entry_is_listed_once_and_the_pages_are_kept_as_they_came(tmp_path: Path) -> None:
    site = CkanSite(Holdings(23))
    with visiting(site, scratch=tmp_path) as (server, visit):
        taken = SOURCE.list(visit, server.home, tmp_path)
    assert taken.completeness.proved
    assert (taken.completeness.received, taken.completeness.expected) == (23, 23)
    assert pages_of(taken) == ["pages.json", "page-00001.json"]
    ids = [row["id"] for row in rows_of(taken)]
    assert ids == sorted(holding.uuid for holding in site.holdings.held)


def test_what_moves_by_itself_is_in_the_pages_and_not_in_the_table(tmp_path: Path) -> None:
    holdings = Holdings(3)
    with visiting(CkanSite(holdings), scratch=tmp_path) as (server, visit):
        first = SOURCE.list(visit, server.home, tmp_path)
        before = rows_of(first)
        first.path.rename(tmp_path / "first.zip")
        holdings.pass_days(1)
        for holding in holdings.held:
            holding.facts["seen"] = True
        second = SOURCE.list(visit, server.home, tmp_path)
    assert rows_of(second) == before
    assert b"metadata_modified" in second.path.read_bytes()


def test_trap_11_a_page_that_is_cut_without_a_word_loses_nothing(tmp_path: Path) -> None:
    site = CkanSite(Holdings(25), rows_max=7)
    with visiting(site, scratch=tmp_path) as (server, visit):
        taken = SOURCE.list(visit, server.home, tmp_path)
    assert len(rows_of(taken)) == 25
    assert taken.completeness.pages == 4
    assert taken.completeness.proved
    assert len(naive(site, 20)) < 25


def test_trap_12_edits_while_paging_lose_nothing_where_entries_stand_by_id(tmp_path: Path) -> None:
    holdings = Holdings(40)
    site = CkanSite(holdings, rows_max=10)
    die = random.Random(3)

    def edit() -> None:
        holdings.pass_days(0.1)
        holdings.touch(die.choice(holdings.held[:30]))

    site.between_pages = edit
    with visiting(site, scratch=tmp_path) as (server, visit):
        taken = SOURCE.list(visit, server.home, tmp_path)
    assert {row["id"] for row in rows_of(taken)} == {h.uuid for h in holdings.held}
    assert taken.completeness.proved
    assert len(naive(site, 10)) < 40


def test_a_list_whose_count_moves_meanwhile_is_not_proved(tmp_path: Path) -> None:
    holdings = Holdings(20)
    site = CkanSite(holdings, rows_max=8)
    site.between_pages = lambda: holdings.drop(holdings.held[-1])
    with visiting(site, scratch=tmp_path) as (server, visit):
        taken = SOURCE.list(visit, server.home, tmp_path)
    assert not taken.completeness.proved
    assert "20 entries at the start" in taken.completeness.why_not


def test_trap_17_a_page_for_people_is_no_empty_list(tmp_path: Path) -> None:
    with visiting(CkanSite(Holdings(3)), scratch=tmp_path) as (server, visit):
        server.faults.append(Fault("package_search", page_instead(b"<html>Welcome</html>")))
        with pytest.raises(AnswerRefused, match="is a web page"):
            SOURCE.list(visit, server.home, tmp_path)
        body = hurried.fetched(f"{server.home}api/3/action/package_search")
    assert hurried.datasets_in(body) == []  # and all three were withdrawn


def test_an_error_in_the_envelope_is_told_although_the_status_is_200(tmp_path: Path) -> None:
    broken = json.dumps({"success": False, "error": {"message": "Search index is down"}}).encode()
    with visiting(CkanSite(Holdings(3)), scratch=tmp_path) as (server, visit):
        server.faults.append(Fault("package_search", page_instead(broken)))
        with pytest.raises(AnswerRefused, match="Search index is down"):
            SOURCE.list(visit, server.home, tmp_path)
        server.faults[:] = [Fault("status_show", status(409))]
        assert SOURCE.recognise(visit, server.home, None) is None


def test_trap_54_the_file_is_the_object_and_the_dump_only_where_there_is_no_file(
    tmp_path: Path,
) -> None:
    site = CkanSite(Holdings(2))
    site.in_datastore = {1}
    with visiting(site, scratch=tmp_path) as (server, visit):
        records = visit.json(f"{server.home}api/3/action/package_search")["result"]["results"]
        entries = {e.title: e for e in (SOURCE.entry(r, server.home) for r in records)}
        (file,) = entries["Building Permits"].offers
        (dump,) = entries["Service Requests"].offers
        assert file.kind == "url"
        assert dump.kind == "ckan"
        taken = SOURCE.fetch(visit, dump.location, tmp_path)
        naive = hurried.fetched(
            f"{server.home}datastore/dump/{file.identifier}"
        )  # the dump of everything
        assert naive != hurried.fetched(file.location) == site.holdings.held[0].csv()
    assert rows_of(taken)[0]["_id"] == "1"
    assert len(rows_of(taken)) == 30


def roles(*named: tuple[str, str]) -> list[tuple[str, str]]:
    """What files of one package with these names and formats are taken for."""
    resources = [
        {"id": str(n), "name": name, "format": form, "url": f"https://x.example/{n}"}
        for n, (name, form) in enumerate(named)
    ]
    record = {"id": "p", "title": "Permits", "resources": resources}
    offers = SOURCE.entry(record, "https://x.example/").offers
    return [(offer.title, str(offer.role)) for offer in offers]


def test_a_table_that_explains_another_is_documentation_where_its_name_says_so() -> None:
    assert roles(("Permits 2026", "CSV"), ("Permits Data Dictionary", "CSV")) == [
        ("Permits 2026", "data"), ("Permits Data Dictionary", "documentation"),
    ]  # fmt: skip
    assert roles(("Permisos", "XLSX"), ("Diccionario de datos", "XLSX"))[1][1] == "documentation"
    assert roles(("Data_Dictionary", "CSV")) == [("Data_Dictionary", "data")], "there is no other"
    for name in ("Dictionary of place names", "Metadata of trees", "Codes", "Book codes"):
        assert roles(("Permits", "CSV"), (name, "CSV"))[1][1] == "data", name


def test_every_recorded_entry_of_a_real_portal_is_read(shared: Path) -> None:
    path = shared / "fixtures" / "portals" / "ckan" / "ckan_package_search.json"
    records = json.loads(path.read_text(encoding="utf-8"))["results"]
    assert len(records) == 3
    for record in records:
        entry = SOURCE.entry(record, "https://data.example.org/")
        assert entry.identifier == record["id"]
        assert entry.title == record["title"]
        assert entry.publisher == record["organization"]["title"]
        assert entry.licence
        services = ("HTML", "WMS", "WFS", "WMTS")
        told = [r["id"] for r in record["resources"] if r["format"] not in services]
        assert {offer.identifier for offer in entry.offers} == set(told)


def naive(site: CkanSite, rows: int) -> set[str]:
    """A collector as many are: default order, and on by the number asked for."""
    from verticalfile.town.portals.serving import Request

    found: set[str] = set()
    start = 0
    while True:
        query = {"rows": str(rows), "start": str(start)}
        asked = Request("GET", "/api/3/action/package_search", query, {"Host": "127.0.0.1"})
        answer = site.answer(asked)
        assert answer is not None
        result = json.loads(answer.body)["result"]
        found |= {record["id"] for record in result["results"]}
        start += rows
        if start >= result["count"]:
            return found
