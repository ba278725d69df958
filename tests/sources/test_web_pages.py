"""Plain pages: links and their rules, directory listings of four servers, sitemaps, timetables."""

from __future__ import annotations

import gzip
from datetime import timedelta
from pathlib import Path

import pytest
from visiting import pages_of, rows_of, visiting

import hurried
from verticalfile.fetch.errors import AnswerRefused
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services import archive as archives
from verticalfile.services.collecting.collect import collect
from verticalfile.services.collecting.rounds import round_of
from verticalfile.services.datasets.adding import add
from verticalfile.services.gathering.preview import found_at, preview_of
from verticalfile.services.gathering.sources import add_source
from verticalfile.services.known.selection import Selection
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.sources.registry import kinds
from verticalfile.sources.web.web import SOURCE
from verticalfile.sources.web.web_links import links_in, name_of, rule_of
from verticalfile.sources.web.web_sitemaps import sitemap_in
from verticalfile.town.portals import web
from verticalfile.town.portals.holdings import START
from verticalfile.town.portals.serving import PortalServer

CSV = b"id,name\n1,Elm\n2,Oak\n"


def test_it_is_tried_last() -> None:
    assert list(kinds())[-1] == "web"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://x.gov/files/permits_2024-05-01.csv", "https://x.gov/files/permits_20240601.csv"),
        ("https://x.gov/2024-05/permits.csv", "https://x.gov/2024-06/permits.csv"),
        (
            "https://x.gov/docs/8f14e45fceea/permits.csv",
            "https://x.gov/docs/c9f0f895fb98/permits.csv",
        ),
        ("https://x.gov/permits.csv?v=1", "https://x.gov/permits.csv?v=2"),
    ],
)
def test_addresses_that_differ_by_a_stamp_follow_one_rule(one: str, other: str) -> None:
    assert rule_of(one) == rule_of(other)
    assert "permits" in name_of(rule_of(one))


def test_a_year_alone_is_a_period_and_makes_another_file() -> None:
    assert rule_of("https://x.gov/budget_2023.csv") != rule_of("https://x.gov/budget_2024.csv")


def test_several_links_of_one_rule_are_a_series_of_files(tmp_path: Path) -> None:
    body = web.page(
        {"/a_2024-01.csv": "January", "/a_2024-02.csv": "February", "/b_2024-02.csv": "B"}
    )
    rules = [link.rule for link in links_in(body, "https://x.gov/data").links]
    assert rules == ["x.gov/a_2024-01.csv", "x.gov/a_2024-02.csv", "x.gov/b_*.csv"]


def test_links_are_resolved_and_only_files_are_taken() -> None:
    body = web.page(
        {"files/a.csv": "A", "../b.xlsx": "B", "javascript:alert(1)": "x", "http://[bad/c.csv": "y",
         "files/a.csv#part": "again", "/page.html": "page", "guide.pdf": "Guide"},
        base="/open/data/",
    )  # fmt: skip
    found = links_in(body, "https://x.gov/index.html")
    assert [link.url for link in found.links] == [
        "https://x.gov/open/data/files/a.csv", "https://x.gov/open/b.xlsx",
        "https://x.gov/open/data/guide.pdf",
    ]  # fmt: skip


def test_a_page_without_files_of_data_is_no_source(tmp_path: Path) -> None:
    documents = {"/news": web.page({"/minutes.pdf": "Minutes", "/a.html": "A"})}
    with visiting(web.WebSite(documents), scratch=tmp_path) as (server, visit):
        page = visit.page(f"{server.home}news")
        assert SOURCE.recognise(visit, f"{server.home}news", page) is None
        assert SOURCE.recognise(visit, f"{server.home}news", None) is None


def test_a_page_is_kept_and_the_preview_names_its_rules(tmp_path: Path) -> None:
    body = web.page({"/d/trees_2026-01-05.csv": "Trees"}, title="Our data")
    with visiting(web.WebSite({"/data": body}), scratch=tmp_path) as (server, visit):
        url = f"{server.home}data"
        found = SOURCE.recognise(visit, url, visit.page(url))
        taken = SOURCE.list(visit, url, tmp_path)
    assert found is not None
    assert (found.title, found.version) == ("Our data", "page with links, following trees_*.csv")
    assert taken.completeness.proved
    assert pages_of(taken) == ["pages.json", "answer-00001.html", "page-00001.jsonl"]
    assert body in taken.path.read_bytes()


@pytest.mark.parametrize(
    ("ending", "why"), [(b"", "does not come to its end"), (b'<a rel="next" href="?p=2">2</a></html>', "more pages")]
)  # fmt: skip
def test_a_page_that_is_cut_or_goes_on_is_not_proved(
    tmp_path: Path, ending: bytes, why: str
) -> None:
    body = web.page({"/a.csv": "A"}).replace(b"</body></html>", ending)
    with visiting(web.WebSite({"/data": body}), scratch=tmp_path) as (server, visit):
        taken = SOURCE.list(visit, f"{server.home}data", tmp_path)
    assert not taken.completeness.proved
    assert why in taken.completeness.why_not


@pytest.mark.parametrize(
    ("server", "names", "date", "size"),
    [
        ("apache-noaa-waf", ["1463.xml", "1503.xml"], "2026-07-12T02:23", 35 << 10),
        ("bts-waf", ["USDOT_BTS_NTAD_119th_Congressional_Districts.xml", "USDOT_BTS_NTAD_1991_FAP.xml"],
         "2026-07-31T16:53", 27383),
        ("ms-iis-waf", ["enviroatlas-metadata-waf_ACS_Demographics_by_Tract_2008_2012_EA.xml",
                        "enviroatlas-metadata-waf_Ag_On_Slopes.xml"], "2021-06-17T12:20", 39985),
        ("nginx-dggs-waf", ["AOF125.txt", "AOF125.xml", "AOF134.txt", "AOF134.xml"],
         "2025-10-02T11:47", 30 << 10),
    ],
)  # fmt: skip
def test_recorded_listings_of_real_servers_are_read(
    shared: Path, server: str, names: list[str], date: str, size: int
) -> None:
    path = shared / "fixtures" / "portals" / "waf-listings" / f"{server}.html"
    found = links_in(path.read_bytes(), "https://x.gov/waf/")
    assert found.is_listing
    assert found.is_whole
    assert [link.url.rpartition("/")[2] for link in found.links] == names
    assert found.links[0].modified == date
    assert found.links[0].size_bytes == size


def test_a_sitemap_an_index_and_a_packed_one_are_read(tmp_path: Path) -> None:
    site = web.WebSite({})
    with visiting(site, scratch=tmp_path) as (server, visit):
        home = server.home.rstrip("/")
        site.documents = {
            "/sitemap.xml": web.sitemap_index([f"{home}/one.xml", f"{home}/two.xml.gz"]),
            "/one.xml": web.sitemap({f"{home}/a.csv": "2026-01-02", f"{home}/about": ""}),
            "/two.xml.gz": web.sitemap({f"{home}/b.geojson": ""}, packed=True),
        }
        url = f"{server.home}sitemap.xml"
        found = SOURCE.recognise(visit, url, visit.page(url))
        taken = SOURCE.list(visit, url, tmp_path)
        assert found is not None
        assert [row["url"] for row in rows_of(taken)] == [f"{home}/a.csv", f"{home}/b.geojson"]
        assert taken.completeness.proved
        assert len(pages_of(taken)) == 5
        taken.path.unlink()
        del site.documents["/two.xml.gz"]
        taken = SOURCE.list(visit, url, tmp_path)
    assert not taken.completeness.proved


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b'<!DOCTYPE u [<!ENTITY a "b">]><urlset><url><loc>&a;</loc></url></urlset>', "document type"),
        (b'<!DOCTYPE u SYSTEM "u.dtd"><urlset><url><loc>&a;</loc></url></urlset>', "not well-formed"),
        ('<!DOCTYPE u><urlset/>'.encode("utf-16"), "document type"),
        (b"<urlset><url><loc>http://x.gov/a.csv</loc></url>", "not well-formed: it ends too soon at line 1 column 49"),
        (gzip.compress(b"<urlset>" + b" " * (60 << 20), mtime=0), "unpacks to more"),
        (b"<urlset>" + b"<url><loc>http://x/a.csv</loc></url>" * 1, "not well-formed"),
    ],
)  # fmt: skip
def test_a_hostile_or_broken_sitemap_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        sitemap_in(body)


def test_a_sitemap_with_a_document_type_that_is_only_a_name_is_read() -> None:
    body = b'<!DOCTYPE urlset SYSTEM "x.dtd">\n<urlset><url><loc>http://x.gov/a.csv</loc></url></urlset>'
    assert list(sitemap_in(body).urls) == ["http://x.gov/a.csv"]


def test_a_sitemap_that_breaks_is_no_empty_one(tmp_path: Path) -> None:
    site = web.WebSite({"/sitemap.xml": b"<urlset><url>"})
    with visiting(site, scratch=tmp_path) as (server, visit), pytest.raises(AnswerRefused):
        SOURCE.list(visit, f"{server.home}sitemap.xml", tmp_path)


def test_a_list_of_addresses_is_a_source(tmp_path: Path) -> None:
    site = web.WebSite({"/list.txt": b"# ours\nhttps://x.gov/a.csv\n\nhttps://y.gov/b.zip\n"})
    with visiting(site, scratch=tmp_path) as (server, visit):
        url = f"{server.home}list.txt"
        found = SOURCE.recognise(visit, url, visit.page(url))
        taken = SOURCE.list(visit, url, tmp_path)
    assert found is not None
    assert [row["url"] for row in rows_of(taken)] == ["https://x.gov/a.csv", "https://y.gov/b.zip"]
    assert taken.completeness.proved


def test_a_file_is_followed_although_its_address_changes(tmp_path: Path) -> None:
    site = web.WebSite(
        {"/data": web.page({"/d/trees_2026-01-05.csv": "Trees"}), "/d/trees_2026-01-05.csv": CSV}
    )
    with PortalServer(site) as server:
        clock = SetClock(START)
        archive = archives.init(tmp_path / "archive", clock=clock)
        rules = Rules(allow_private=True, extra_ports=frozenset({server.port}))
        fetching = Fetching(rules, sleep=lambda _: None)
        with found_at(archive, f"{server.home}data", fetching) as found:
            assert found is not None
            preview = preview_of(found, Selection())
            add_source(archive, found.recognised, Selection(), name="page")
        first = round_of(archive, ["page"], fetching=fetching)
        clock.move_to(clock.now() + timedelta(days=1))
        site.documents = {
            "/data": web.page({"/d/trees_2026-02-05.csv": "Trees"}),
            "/d/trees_2026-02-05.csv": CSV + b"3,Ash\n",
        }
        second = round_of(archive, ["page"], fetching=fetching)
    assert (preview.label, preview.entries) == ("Web page", 1)
    assert [c.outcome for c in first] == ["changed", "changed"]
    datasets = archive.index.datasets()
    assert set(datasets) == {"page", "trees"}
    told = {c.resource.dataset: c.said for c in second}
    assert "1 row added, 0 removed" in told["trees"], told


TIMETABLE = {
    "stops.txt": "stop_id,stop_name\nA,Alder\nB,Birch\n",
    "routes.txt": "route_id,route_short_name\n1,North\n2,South\n",
}


def test_trap_71_a_timetable_packed_again_is_no_other_timetable(tmp_path: Path) -> None:
    site = web.WebSite({"/gtfs.zip": web.timetable(TIMETABLE)})
    with PortalServer(site) as server:
        clock = SetClock(START)
        archive = archives.init(tmp_path / "archive", clock=clock)
        rules = Rules(allow_private=True, extra_ports=frozenset({server.port}))
        fetching = Fetching(rules, sleep=lambda _: None)
        added = add(archive, f"{server.home}gtfs.zip", name="bus")
        told = [collect(archive, added, fetching=fetching)[0].outcome]
        by_digest = hurried.Watcher()
        by_digest.keep(site.documents["/gtfs.zip"])
        for packed_in, members in (
            (2027, TIMETABLE),
            (2027, TIMETABLE | {"stops.txt": TIMETABLE["stops.txt"] + "C,Cedar\n"}),
        ):
            clock.move_to(clock.now() + timedelta(days=1))
            site.documents["/gtfs.zip"] = web.timetable(members, packed_in=packed_in)
            told.append(collect(archive, added, fetching=fetching)[0].outcome)
            by_digest.keep(site.documents["/gtfs.zip"])
    assert len(by_digest.versions) == 3  # to whom compares the zip, all three are others
    assert told == ["changed", "export only", "changed"]
