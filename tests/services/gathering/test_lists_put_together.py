"""Lists that come in several answers, put together from copies of their pages that a web archive has."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from portal_and_its_copies import Portal

from verticalfile.catalog.source_lines import SourceLines
from verticalfile.catalog.versions import Version
from verticalfile.fetch.errors import Blocked
from verticalfile.services.collecting import backfill
from verticalfile.services.gathering.entries import listing_of
from verticalfile.services.gathering.sightings import members_of
from verticalfile.services.known import derive
from verticalfile.services.taking_in.rebuild import rebuild
from verticalfile.sources.membership import dump
from verticalfile.sources.registry import kind_called
from verticalfile.town.portals.arcgis_hub import HubSite
from verticalfile.town.portals.ckan import CkanSite
from verticalfile.town.portals.dcat_ap import DcatApSite
from verticalfile.town.portals.dkan import DkanSite
from verticalfile.town.portals.holdings import Holding, Holdings
from verticalfile.town.portals.opendatasoft import OpendatasoftSite
from verticalfile.town.portals.serving import Site
from verticalfile.town.portals.socrata import SocrataSite

CKAN = "api/3/action/package_search"
ODS = "api/explore/v2.1/catalog/datasets"
SEARCH = "api/search/v1/collections/dataset/items"


@dataclass(frozen=True)
class Kind:
    """A kind of portal, and the addresses of the pages of eight entries, as many would ask."""

    name: str
    site: Callable[[Holdings], Site]
    location: str
    pages: Callable[[Holdings], Iterable[str]]


def scrolled(holdings: Holdings) -> list[str]:
    ids = sorted(each.four_by_four for each in holdings.held)
    return [
        f"api/catalog/v1?domains=127.0.0.1&limit=3&scroll_id={after}"
        for after in ("", ids[2], ids[5])
    ]  # fmt: skip


KINDS = (
    Kind("ckan", CkanSite, "", lambda _: [f"{CKAN}?rows=3&start={n}" for n in (0, 3, 6)]),
    Kind(
        "socrata", SocrataSite, "",
        lambda _: [f"api/catalog/v1?domains=127.0.0.1&limit=3&offset={n}" for n in (0, 3, 6)],
    ),
    Kind("socrata", SocrataSite, "", scrolled),
    Kind(
        "opendatasoft", OpendatasoftSite, "",
        lambda _: [f"{ODS}?limit=3{n}" for n in ("", "&offset=3", "&offset=6")],
    ),
    Kind("dkan", DkanSite, "", lambda _: ["api/1/metastore/schemas/dataset/items"]),
    Kind(
        "dcat-ap", lambda h: DcatApSite(h, page_size=3), "catalog.ttl",
        lambda _: ["catalog.ttl", "catalog.ttl?page=2", "catalog.ttl?page=3"],
    ),
    Kind(
        "arcgis-hub", HubSite, SEARCH,
        lambda _: [f"{SEARCH}?limit=3&startindex={n}" for n in (1, 4, 7)],
    ),
)  # fmt: skip


def portal_of(kind: Kind, folder: Path, count: int = 8) -> Portal:
    holdings = Holdings(count)
    return Portal(folder, kind.name, kind.site(holdings), holdings)


def record(portal: Portal, timestamp: str, path: str) -> None:
    """What the portal answers now, as the web archive kept it then."""
    where, _, query = path.partition("?")
    body = portal.now(f"/{where}", **dict(parse_qsl(query, keep_blank_values=True)))
    portal.record(timestamp, f"{portal.server.home}{path}", body)


def states(portal: Portal) -> dict[str, str]:
    lines = SourceLines(portal.archive.index).members(portal.listing.id)
    return {m.title: m.state for m in lines}


def versions(portal: Portal) -> list[Version]:
    return portal.archive.index.versions(portal.listing.id)


def known(portal: Portal) -> object:
    lines = SourceLines(portal.archive.index).members(portal.listing.id)
    shown = [(m.member, m.title, m.state, m.since, m.record) for m in lines]
    return dump(members_of(portal.archive, portal.source)), shown


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_copies_of_all_pages_of_a_day_are_a_whole_list(kind: Kind, tmp_path: Path) -> None:
    portal = portal_of(kind, tmp_path)
    with portal.open(kind.location) as location:
        holdings = portal.holdings
        paths = list(kind.pages(holdings))
        for number, path in enumerate(paths):
            record(portal, f"202001010{number}0000", path)
        gone = holdings.held[4]
        holdings.drop(gone)
        portal.look()
        done = portal.fill(location)
        again = portal.fill(location)
    assert (done.kept, done.passed_over) == (1, 0)
    assert again.kept == 0
    assert {v.reason for v in versions(portal)} == {""}, "ours can be read beside it"
    first = versions(portal)[0]
    assert (first.partial, first.seen_at.year) == ("", 2020)
    assert first.seen_at == datetime(2020, 1, 1, len(paths) - 1, tzinfo=UTC), "then all was seen"
    assert states(portal).pop(gone.title) == "vanished"
    assert len(states(portal)) == 8
    before = known(portal)
    rebuild(portal.archive, None)
    assert known(portal) == before, "a rebuild comes to the same"


@pytest.mark.parametrize("kind", [k for k in KINDS if k.name != "dkan"], ids=lambda kind: kind.name)
def test_without_a_page_nothing_counts_as_missing_and_what_came_was_there(
    kind: Kind, tmp_path: Path
) -> None:
    portal = portal_of(kind, tmp_path)
    with portal.open(kind.location) as location:
        holdings = portal.holdings
        for year in (2018, 2019, 2020):  # three looks over years would prove that one has vanished
            for path in list(kind.pages(holdings))[::2]:
                record(portal, f"{year}0101000000", path)
        holdings.add("Of the year 2021")
        for path in kind.pages(holdings):
            record(portal, "20210101000000", path)
        done = portal.fill(location)
    assert {v.partial for v in versions(portal)} == {"5 of 8 entries came, on 2 of 3 pages", ""}
    assert done.whole == 1
    assert set(states(portal).values()) == {"present"}
    assert len(states(portal)) == 9


CKAN_KIND = KINDS[0]


def test_a_dataset_that_only_a_part_of_a_list_shows_is_known_with_what_was_said_of_it(
    tmp_path: Path,
) -> None:
    portal = portal_of(CKAN_KIND, tmp_path)
    with portal.open("") as location:
        gone = portal.holdings.held[0]
        record(portal, "20200101000000", f"{CKAN}?rows=1&start={_place(portal, gone.uuid)}")
        portal.holdings.drop(gone)
        portal.look()
        portal.fill(location)
    (line,) = (
        m for m in SourceLines(portal.archive.index).members(portal.listing.id)
        if m.title == gone.title
    )  # fmt: skip
    assert (line.state, line.dataset) == ("vanished", ""), "our own whole lists tell that it went"
    assert line.record["license_url"] == gone.licence
    first = versions(portal)[0]
    assert first.partial == "1 of 8 entries came, on 1 of 8 pages"


def _place(portal: Portal, uuid: str) -> int:
    told = json.loads(portal.now("/api/3/action/package_search", rows="100"))
    return [each["id"] for each in told["result"]["results"]].index(uuid)


def test_each_page_stands_in_the_evidence_with_its_own_moment(tmp_path: Path) -> None:
    portal = portal_of(CKAN_KIND, tmp_path)
    with portal.open("") as location:
        for moment, start in (("20200101000000", 4), ("20200101030000", 0)):
            record(portal, moment, f"{CKAN}?rows=4&start={start}")
        portal.fill(location)
        (capture,) = derive.held(portal.archive, portal.listing.id)
        host = portal.server.home
    pages = capture.taken.exchange["pages"]
    assert [(p["copy"], p["recorded_at"], p["digest_matches"]) for p in pages] == [
        (f"{host}web/20200101030000id_/{host}{CKAN}?rows=4&start=0", "2020-01-01T03:00:00Z", True),
        (f"{host}web/20200101000000id_/{host}{CKAN}?rows=4&start=4", "2020-01-01T00:00:00Z", True),
    ]
    assert capture.taken.seen_how == "captured by another (Wayback)"
    told = capture.taken.completeness
    assert (told["received"], told["expected"], told["pages"], told["proved"]) == (8, 8, 2, True)
    assert "from 2020-01-01T00:00:00Z to 2020-01-01T03:00:00Z" in told["method"]


def test_pages_of_other_days_or_with_another_total_are_never_one_whole_list(tmp_path: Path) -> None:
    portal = portal_of(CKAN_KIND, tmp_path)
    with portal.open("") as location:
        record(portal, "20200101000000", f"{CKAN}?rows=4&start=0")
        record(portal, "20200103000000", f"{CKAN}?rows=4&start=4")  # two days later
        record(portal, "20200201000000", f"{CKAN}?rows=5&start=0")
        portal.holdings.add("New of the hour")
        record(portal, "20200201010000", f"{CKAN}?rows=5&start=5")  # of nine by now
        done = portal.fill(location)
    assert (done.states, done.whole, done.kept) == (4, 0, 4)
    assert sorted(v.partial for v in versions(portal)) == [
        "4 of 8 entries came, on 1 of 2 pages", "4 of 8 entries came, on 1 of 2 pages",
        "4 of 9 entries came", "5 of 8 entries came, on 1 of 2 pages",
    ]  # fmt: skip
    assert set(states(portal).values()) == {"present"}


def test_an_order_that_moved_between_two_pages_is_seen_and_proves_nothing(tmp_path: Path) -> None:
    """An entry that was edited meanwhile stands on top now: another came twice, and it not at all."""
    portal = portal_of(CKAN_KIND, tmp_path)
    with portal.open("") as location:
        record(portal, "20200101000000", f"{CKAN}?rows=4&start=0")
        last = json.loads(portal.now("/api/3/action/package_search", rows="100"))
        edited = last["result"]["results"][-1]["id"]
        portal.holdings.pass_days(1)
        portal.holdings.touch(next(h for h in portal.holdings.held if h.uuid == edited))
        record(portal, "20200101000100", f"{CKAN}?rows=4&start=4")
        portal.fill(location)
    (version,) = versions(portal)
    assert version.partial == "7 of 8 entries came, on 2 of 2 pages"
    assert len(states(portal)) == 7, "the one that came twice is one"


def test_what_is_no_page_of_the_list_is_not_asked_for_and_an_error_page_is_passed_over(
    tmp_path: Path,
) -> None:
    portal = portal_of(CKAN_KIND, tmp_path)
    others = (
        f"{CKAN}?rows=4&q=permits", f"{CKAN}?rows=4&fq=organization:parks", f"{CKAN}?rows=4&x=1",
        f"{CKAN}_more?rows=4", f"{CKAN}?rows=4&start=0&start=4", f"{CKAN}?rows=4&start=-4",
        f"{CKAN}?rows=4&start=4e9", f"{CKAN}?rows=4&start={'9' * 40}",
    )  # fmt: skip
    with portal.open("") as location:
        home = portal.server.home
        for path in others:
            portal.record("20200101000000", f"{home}{path}", b'{"result": {"count": 8}}')
        portal.record("20200101000000", f"{home}{CKAN}?rows=4&start=0", b"<html>Back soon</html>")
        portal.record("20200101000001", f"{home}{CKAN}?rows=4&start=8", b"[" * 100_000)
        record(portal, "20200101000002", f"{CKAN}?rows=4&start=100")  # no entry stands there
        record(portal, "20200101000003", f"{CKAN}?rows=4&start=4&q=%2A%3A%2A&sort=id+asc")
        done = portal.fill(location)
        asked = [r.path for r in portal.server.asked if r.path.startswith("/web/")]
        told: list[tuple[int, ...]] = []
        portal.fill(location, asking=lambda *counts: told.append(counts))
    assert len(asked) == 4
    assert told == [(0, 0)], "none is asked for again"
    assert (done.kept, done.passed_over) == (1, 3)
    (version,) = versions(portal)
    assert version.partial == "4 of 8 entries came, on 1 of 2 pages"


def test_a_list_of_another_domain_of_the_platform_is_none_of_ours(tmp_path: Path) -> None:
    portal = portal_of(KINDS[1], tmp_path)
    with portal.open("") as location:
        page = portal.now("/api/catalog/v1", limit="100")
        for query in ("", "?domains=other.example.org", "?domains=127.0.0.1,other.example.org",
                      "?domains=127.0.0.1&only=charts", "?domains=127.0.0.1.example.org"):  # fmt: skip
            url = f"{portal.server.home}api/catalog/v1{query}"
            portal.record("20200101000000", url, page)
        assert portal.fill(location).states == 0
        record(portal, "20200101000000", "api/catalog/v1?limit=100&domains=127.0.0.1")
        assert portal.fill(location).states == 0, "the index has it under another name"
        record(portal, "20200101000000", "api/catalog/v1?domains=127.0.0.1&limit=100")
        assert portal.fill(location).whole == 1


def test_pages_of_two_sizes_are_two_lists(tmp_path: Path) -> None:
    portal = portal_of(CKAN_KIND, tmp_path)
    with portal.open("") as location:
        for start in (0, 3):
            record(portal, "20200101000000", f"{CKAN}?rows=3&start={start}")
        record(portal, "20200101000001", f"{CKAN}?rows=6&start=6")
        assert portal.fill(location).whole == 0, "though eight different entries came"
        record(portal, "20200601000000", f"{CKAN}?rows=6&start=0")
        record(portal, "20200601000001", f"{CKAN}?rows=6&start=6")
        assert portal.fill(location).whole == 1


def test_a_page_that_was_copied_twice_a_day_is_asked_for_once_or_makes_a_look_of_its_own(
    tmp_path: Path,
) -> None:
    portal = portal_of(CKAN_KIND, tmp_path)
    with portal.open("") as location:
        for moment in ("20200101000000", "20200101060000"):
            record(portal, moment, f"{CKAN}?rows=4&start=0")
        record(portal, "20200101070000", f"{CKAN}?rows=4&start=4")
        told = json.loads(portal.now(f"/{CKAN}", rows="1"))["result"]["results"][0]["id"]
        next(h for h in portal.holdings.held if h.uuid == told).description = "Said otherwise."
        record(portal, "20200101080000", f"{CKAN}?rows=4&start=0")
        done = portal.fill(location)
        asked = [r.path for r in portal.server.asked if r.path.startswith("/web/")]
    assert [path[5:19] for path in asked] == ["20200101000000", "20200101070000", "20200101080000"]
    assert (done.states, done.whole) == (2, 1)
    assert [(v.seen_at.hour, v.partial) for v in versions(portal)] == [
        (7, ""), (8, "4 of 8 entries came, on 1 of 2 pages"),
    ]  # fmt: skip


def test_copies_are_counted_and_told_before_one_is_asked_for_and_what_is_held_is_not_again(
    tmp_path: Path,
) -> None:
    portal = portal_of(CKAN_KIND, tmp_path)
    told: list[tuple[int, int, int]] = []

    def asking(copies: int, days: int) -> None:
        asked = sum(r.path.startswith("/web/") for r in portal.server.asked)
        told.append((copies, days, asked))

    with portal.open("") as location:
        for moment in ("20200101000000", "20200301000000"):
            for start in (0, 4):
                record(portal, moment, f"{CKAN}?rows=4&start={start}")
        portal.fill(location, until="20200201", asking=asking)
        portal.fill(location, asking=asking)
        portal.fill(location, asking=asking)
    assert told == [(2, 1, 0), (2, 1, 2), (0, 0, 4)]


def test_where_the_portal_stood_before_is_asked_by_its_home_or_by_any_of_its_pages(
    tmp_path: Path,
) -> None:
    for number, page in enumerate(("", "/", f"/{CKAN}?rows=4")):
        portal = portal_of(CKAN_KIND, tmp_path / str(number))
        with portal.open(""):
            old = f"http://old.example.org:{portal.server.port}"
            for start in (0, 4):
                body = portal.now(f"/{CKAN}", rows="4", start=str(start))
                url = f"{old}/{CKAN}?rows=4&start={start}"
                portal.record("20200101000000", url, body)
            assert portal.fill(f"{old}{page}").whole == 1


def test_what_a_hub_listed_by_its_search_elsewhere_is_what_its_feed_lists_here(
    tmp_path: Path,
) -> None:
    portal = portal_of(KINDS[6], tmp_path)
    with portal.open("api/feed/dcat-us/1.1.json"):
        portal.look()
        before = states(portal)
        old = f"http://old.example.org:{portal.server.port}/{SEARCH}"
        for start in (1, 5):
            body = portal.now(f"/{SEARCH}", limit="4", startindex=str(start))
            portal.record("20200101000000", f"{old}?limit=4&startindex={start}", body)
        done = portal.fill(old)
    assert (done.whole, done.kept) == (1, 1)
    assert states(portal) == before
    lines = SourceLines(portal.archive.index).members(portal.listing.id)
    assert {m.since for m in lines} == {datetime(2020, 1, 1, tzinfo=UTC)}
    kind = kind_called("arcgis-hub")
    listed = [
        {x.entry.identifier for x in listing_of(portal.archive, kind, "", portal.listing.id, v).listed}
        for v in versions(portal)
    ]  # fmt: skip
    assert listed[0] == listed[1], "each under one identifier, wherever it was listed"


@pytest.mark.parametrize("kind", [KINDS[1], KINDS[3], KINDS[4], KINDS[5]], ids=lambda k: k.name)
def test_answers_that_somebody_kept_in_a_folder_are_lists_whole_or_in_part(
    kind: Kind, tmp_path: Path
) -> None:
    portal = portal_of(kind, tmp_path)
    folder = tmp_path / "old-lists"
    folder.mkdir()
    with portal.open(kind.location):
        (path, *_) = kind.pages(portal.holdings)
        where, _, query = path.partition("?")
        asked = dict(parse_qsl(query))
        (folder / "2020-01-01.json").write_bytes(portal.now(f"/{where}", **asked))
        (folder / "2020-02-01.json").write_bytes(b"<html>Back soon</html>")
        done = backfill.from_folder(portal.archive, lambda: portal.listing, folder)
    assert (done.kept, done.passed_over) == (1, 1)
    (version,) = versions(portal)
    assert version.partial == ("" if kind.name == "dkan" else "3 of 8 entries came")


def test_a_closed_address_is_told_and_the_kinds_other_addresses_are_asked(tmp_path: Path) -> None:
    portal = portal_of(CKAN_KIND, tmp_path)
    with portal.open("") as location:
        portal.recorded.closed = {f"{location}{CKAN}"}
        with pytest.raises(Blocked, match="has closed it"):
            portal.fill(location)
        for start in (0, 4):
            record(portal, "20200101000000", f"{CKAN}?rows=4&start={start}")
        portal.recorded.recorded = [
            type(each)(each.timestamp, each.url.replace("/3/", "/"), each.body)
            for each in portal.recorded.recorded
        ]
        assert portal.fill(location).whole == 1


def test_an_export_is_no_proof_and_tells_what_was_there(tmp_path: Path) -> None:
    portal = portal_of(KINDS[3], tmp_path)
    with portal.open("") as location:
        record(portal, "20200101000000", "api/explore/v2.1/catalog/exports/json")
        portal.fill(location)
    (version,) = versions(portal)
    assert version.partial == "an export tells no total"
    assert len(states(portal)) == 8


@pytest.mark.parametrize(
    "kind", [KINDS[0], KINDS[1], KINDS[3], *KINDS[5:]],
    ids=lambda kind: kind.name,
)  # fmt: skip
def test_another_archive_tells_of_the_pages_beside_one_by_their_timemaps(
    kind: Kind, tmp_path: Path
) -> None:
    portal = portal_of(kind, tmp_path)
    told = []
    with portal.open(kind.location):
        paths = list(kind.pages(portal.holdings))
        for number, path in enumerate(paths):
            record(portal, f"202001010{number}0000", path)
        same = portal.recorded.recorded[0]
        portal.record("20200101120000", same.url, same.body)
        record(portal, "20210101000000", paths[0])
        done, again = (
            portal.fill_by_memento(same.url, asking=lambda *counts: told.append(counts))
            for _ in range(2)
        )
    assert told == [(5, 2), (0, 0)], "what is held, or known to be equal, is not asked for again"
    assert (done.states, done.whole, done.kept, again.kept) == (2, 1, 2, 0)
    whole, part = (v.partial for v in versions(portal))
    assert (whole, part[:19]) == ("", "3 of 8 entries came")
    (first, _) = derive.held(portal.archive, portal.listing.id)
    assert first.taken.seen_how == "captured by another (Memento)"
    assert {p["digest"] for p in first.taken.exchange["pages"]} == {"the archive tells no digest"}


def test_a_page_of_a_chain_is_a_list_of_its_own_where_no_index_tells_of_the_others(
    tmp_path: Path,
) -> None:
    portal = portal_of(KINDS[2], tmp_path)
    with portal.open(""):
        (first, *_) = KINDS[2].pages(portal.holdings)
        record(portal, "20200101000000", first)
        done = portal.fill_by_memento(f"{portal.server.home}{first}")
    assert (done.states, done.whole) == (1, 0)
    assert states(portal).keys() == {h.title for h in _first_three(portal)}


def _first_three(portal: Portal) -> list[Holding]:
    return sorted(portal.holdings.held, key=lambda each: each.four_by_four)[:3]


DAYS = ("20180301", "20180901", "20190301", "20260105", "20260108")


@settings(max_examples=3, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_in_whatever_order_copies_come_in_the_end_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    held = [data.draw(st.sets(st.integers(0, 5), min_size=1), label=day) for day in DAYS]
    missing = [data.draw(st.sampled_from([None, 0, 2]), label="page") for _ in DAYS]
    order = data.draw(st.permutations(range(len(DAYS))))
    own_first = data.draw(st.booleans())
    folder = tmp_path_factory.mktemp("order")
    portal = portal_of(CKAN_KIND, folder, 6)
    all_held = list(portal.holdings.held)
    with portal.open("") as location:
        for day, numbers, without in zip(DAYS, held, missing, strict=True):
            portal.holdings.held = [all_held[n] for n in sorted(numbers)]
            for start in (0, 2, 4)[: (len(numbers) + 1) // 2]:
                if start != without:
                    record(portal, f"{day}00000{start}", f"{CKAN}?rows=2&start={start}")
        portal.holdings.held = all_held[:4]
        for day in DAYS:
            portal.fill(location, since=day, until=day)
        portal.look()
        expected = known(portal)
        portal.begin(folder / "other", location)
        if own_first:
            portal.look()
        for n in order:
            portal.fill(location, since=DAYS[n], until=DAYS[n])
        if not own_first:
            portal.look()
        assert known(portal) == expected
        rebuild(portal.archive, None)
        assert known(portal) == expected
