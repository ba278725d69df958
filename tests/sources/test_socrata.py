"""Socrata: the walk through discovery, rows proved by their count, and the traps that are its own."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import requests
from backports import zstd
from sodapy import Socrata as Sodapy
from visiting import pages_of, rows_of, visiting

import hurried
from verticalfile.fetch.errors import AnswerRefused, CutShort, NotFound
from verticalfile.sources.counting import count_records
from verticalfile.sources.kind import Role
from verticalfile.sources.socrata.socrata import Socrata
from verticalfile.town.portals.holdings import Holding, Holdings
from verticalfile.town.portals.serving import (
    Answer,
    Fault,
    PortalServer,
    Request,
    page_instead,
    status,
)
from verticalfile.town.portals.socrata import SocrataSite

SOURCE = Socrata(platforms=())


def location_of(home: str, holding: Holding) -> str:
    return f"{home}resource/{holding.four_by_four}"


def asked_for(server: PortalServer, ending: str) -> list[Request]:
    return [request for request in server.asked if request.path.endswith(ending)]


def test_a_domain_is_recognised_wherever_one_points_and_other_sites_are_not(tmp_path: Path) -> None:
    with visiting(SocrataSite(Holdings(2)), scratch=tmp_path) as (server, visit):
        for address in ("", "browse", "Town/parks/abcd-efgh"):
            found = SOURCE.recognise(visit, server.home + address, None)
            assert found is not None
            assert found.location == server.home
        server.faults.append(Fault("/api/views", page_instead(b"<html>404</html>")))
        assert SOURCE.recognise(visit, server.home, None) is None
    with visiting(scratch=tmp_path) as (server, visit):
        assert SOURCE.recognise(visit, server.home, None) is None


def test_every_asset_is_listed_once_and_the_pages_are_kept_as_they_came(tmp_path: Path) -> None:
    site = SocrataSite(Holdings(23))
    with visiting(site, scratch=tmp_path) as (server, visit):
        taken = SOURCE.list(visit, server.home, tmp_path)
    assert taken.completeness.proved
    assert (taken.completeness.received, taken.completeness.expected) == (23, 23)
    assert pages_of(taken) == ["pages.json", "page-00001.json"]
    assert [row["id"] for row in rows_of(taken)] == sorted(
        holding.four_by_four for holding in site.holdings.held
    )


def test_counters_and_dates_that_move_by_themselves_are_no_change(tmp_path: Path) -> None:
    holdings = Holdings(3)
    with visiting(SocrataSite(holdings), scratch=tmp_path) as (server, visit):
        first = SOURCE.list(visit, server.home, tmp_path)
        before = rows_of(first)
        first.path.rename(tmp_path / "first.zip")
        holdings.pass_days(1)
        holdings.edit(holdings.held[0])
        second = SOURCE.list(visit, server.home, tmp_path)
    assert second.sha256 != first.sha256
    assert rows_of(second) == before


def test_trap_3_a_walk_begins_with_an_empty_scroll_id(tmp_path: Path) -> None:
    site = SocrataSite(Holdings(1200, rows=1))
    with visiting(site, scratch=tmp_path) as (server, visit):
        taken = SOURCE.list(visit, server.home, tmp_path)
        assert next(r.query["scroll_id"] for r in asked_for(server, "catalog/v1")) == ""
        naive = naive_walk(server.home)
    assert taken.completeness.proved
    assert (taken.completeness.received, taken.completeness.pages) == (1200, 3)
    assert len(naive) < 1200


def naive_walk(home: str) -> set[str]:
    """As the recorded crawl: no `scroll_id` at first, then the last id of a page by relevance."""
    found: set[str] = set()
    query = {"domains": "127.0.0.1", "limit": "200"}
    while True:
        results = requests.get(f"{home}api/catalog/v1", query, timeout=60).json()["results"]
        if not results:
            return found
        found |= {result["resource"]["id"] for result in results}
        query["scroll_id"] = results[-1]["resource"]["id"]


def test_a_list_longer_than_10_000_is_never_asked_for_by_offset(tmp_path: Path) -> None:
    site = SocrataSite(Holdings(1, rows=1))
    with visiting(site, scratch=tmp_path) as (server, visit):
        SOURCE.list(visit, server.home, tmp_path)
        for request in asked_for(server, "catalog/v1"):
            assert "offset" not in request.query
            assert "order" not in request.query
        deep = requests.get(
            f"{server.home}api/catalog/v1?domains=127.0.0.1&offset=9999&limit=2", timeout=60
        )
    assert deep.status_code == 400


def test_trap_26_a_domain_that_counts_nothing_proves_nothing(tmp_path: Path) -> None:
    site = SocrataSite(Holdings(3))
    site.knows_itself = False
    with visiting(site, scratch=tmp_path) as (server, visit):
        taken = SOURCE.list(visit, server.home, tmp_path)
        naive = requests.get(f"{server.home}api/catalog/v1?domain=127.0.0.1", timeout=60).json()
    assert not taken.completeness.proved
    assert "no entries at all" in taken.completeness.why_not
    assert naive["resultSetSize"] == 0


def test_the_platform_is_asked_where_a_domain_has_no_discovery_of_its_own(tmp_path: Path) -> None:
    holdings = Holdings(4)
    bare, platform = SocrataSite(holdings), SocrataSite(holdings)
    bare.has_discovery = False
    with visiting(bare, scratch=tmp_path) as (server, visit), PortalServer(platform) as other:
        visit.rules = type(visit.rules)(
            allow_private=True, extra_ports=frozenset({server.port, other.port})
        )
        kind = Socrata(platforms=(f"{other.home}api/catalog/v1",))
        taken = kind.list(visit, server.home, tmp_path)
        assert taken.completeness.proved
        assert taken.completeness.received == 4
        with pytest.raises(NotFound):
            SOURCE.list(visit, server.home, tmp_path)


def test_a_list_whose_count_moves_meanwhile_is_not_proved(tmp_path: Path) -> None:
    holdings = Holdings(700, rows=1)
    site = SocrataSite(holdings)
    site.between = lambda path: holdings.drop(holdings.held[-1]) if "catalog" in path else None
    with visiting(site, scratch=tmp_path) as (server, visit):
        taken = SOURCE.list(visit, server.home, tmp_path)
    assert not taken.completeness.proved
    assert "700 entries at the start" in taken.completeness.why_not


def test_charts_filters_maps_stories_and_links_are_parts_and_the_map_of_a_layer_is_not(
    tmp_path: Path,
) -> None:
    holdings = Holdings(9)
    for holding, kind in zip(
        holdings.held, ("chart", "filter", "map", "story", "href", "dataset", "calendar", "file"),
        strict=False,
    ):  # fmt: skip
        holding.facts["type"] = kind
    holdings.held[2].facts["parent"] = holdings.held[5]
    layers = Holdings(30).held[20:22]
    holdings.held[8].facts |= {"type": "map", "children": layers}
    with visiting(SocrataSite(holdings), scratch=tmp_path) as (server, visit):
        records = visit.json(f"{server.home}api/catalog/v1")["results"]
        entries = {e.identifier: e for e in (SOURCE.entry(r, server.home) for r in records)}
        parts = [entries[h.four_by_four].is_part for h in holdings.held]
        assert parts == [True] * 5 + [False] * 4
        file = entries[holdings.held[7].four_by_four].offers[0]
        assert (file.kind, file.form) == ("url", "csv")
        assert visit.page(file.location).body == holdings.held[7].csv()
        map_offer = entries[holdings.held[8].four_by_four].offers[0]
        taken = SOURCE.fetch(visit, map_offer.location, tmp_path)
    names = [layer.four_by_four for layer in layers]
    assert pages_of(taken) == [f"{name}.csv" for name in names]
    assert len(rows_of(taken, f"{names[0]}.csv")) == 30
    assert taken.completeness.proved
    assert taken.completeness.received == 60


def test_what_an_entry_says_is_read(tmp_path: Path) -> None:
    holdings = Holdings(1)
    with visiting(SocrataSite(holdings), scratch=tmp_path) as (server, visit):
        (record,) = visit.json(f"{server.home}api/catalog/v1")["results"]
        entry = SOURCE.entry(record, server.home)
    holding = holdings.held[0]
    assert (entry.identifier, entry.title) == (holding.four_by_four, holding.title)
    assert (entry.publisher, entry.contact) == (holding.publisher, "data@example.org")
    assert (entry.licence, entry.licence_field) == (holding.licence, "metadata.license")
    assert (entry.frequency, entry.subjects[0]) == ("Weekly", "Town")
    assert [offer.role for offer in entry.offers] == [Role.DATA, Role.DOCUMENTATION]


def test_traps_27_and_29_rows_come_all_and_in_one_order(tmp_path: Path) -> None:
    holdings = Holdings(1, rows=1500)
    with visiting(SocrataSite(holdings), scratch=tmp_path) as (server, visit):
        location = location_of(server.home, holdings.held[0])
        first = SOURCE.fetch(visit, location, tmp_path)
        second = SOURCE.fetch(visit, location, tmp_path)
        naive = requests.get(f"{location}.json", timeout=60).json()
        again = requests.get(f"{location}.json", timeout=60).json()
    assert first.sha256 == second.sha256
    assert [row["id"] for row in rows_of(first)] == [row[0] for row in holdings.held[0].rows]
    complete = first.completeness
    assert (complete.received, complete.expected, complete.proved) == (1500, 1500, True)
    assert len(naive) == 1000
    assert naive != again


def test_trap_27_pages_of_an_endpoint_with_a_cap_bring_every_row_once(tmp_path: Path) -> None:
    holdings = Holdings(1, rows=2500)
    holdings.held[0].rows[7] = ("1007", 'Elm "old"\nStreet', "2025-01-01", "Open", "")
    with visiting(SocrataSite(holdings, rows_max=1000), scratch=tmp_path) as (server, visit):
        location = location_of(server.home, holdings.held[0])
        taken = SOURCE.fetch(visit, location, tmp_path)
        seen: list[str] = []
        while len(seen) < 2500:
            page = requests.get(f"{location}.json?$limit=1000&$offset={len(seen)}", timeout=60)
            seen += [row["id"] for row in page.json()]
    assert pages_of(taken) == ["pages.json", *(f"page-{n:05}.csv" for n in (1, 2, 3))]
    rows = rows_of(taken)
    assert [tuple(row.values()) for row in rows] == [*holdings.held[0].rows]
    assert (taken.completeness.proved, taken.completeness.pages) == (True, 3)
    assert len(set(seen)) < 2500


def test_trap_28_a_full_replace_with_the_same_rows_changes_nothing(tmp_path: Path) -> None:
    for rows_max in (None, 1000):
        holdings = Holdings(1, rows=1200)
        with visiting(SocrataSite(holdings, rows_max=rows_max), scratch=tmp_path) as (
            server,
            visit,
        ):
            location = location_of(server.home, holdings.held[0])
            before = rows_of(SOURCE.fetch(visit, location, tmp_path))
            naive = requests.get(f"{location}.json?$select=:*,*&$order=:id", timeout=60).json()
            holdings.held[0].facts["ids_from"] = "new-"
            assert rows_of(SOURCE.fetch(visit, location, tmp_path)) == before
            again = requests.get(f"{location}.json?$select=:*,*&$order=:id", timeout=60).json()
        assert naive != again


def test_trap_30_a_column_without_a_value_is_a_column(tmp_path: Path) -> None:
    holdings = Holdings(1)
    holdings.held[0].rows = [(*row[:4], "") for row in holdings.held[0].rows]
    with visiting(SocrataSite(holdings), scratch=tmp_path) as (server, visit):
        location = location_of(server.home, holdings.held[0])
        rows = rows_of(SOURCE.fetch(visit, location, tmp_path))
        naive = requests.get(f"{location}.json", timeout=60).json()
    assert list(rows[0]) == list(holdings.held[0].columns)
    assert "amount" not in naive[0]


def cut_after(records: int) -> object:
    """A body that ends early and says that it is whole."""

    def change(_: Request, answer: Answer) -> Answer:
        lines = answer.body.splitlines(keepends=True)
        return Answer(b"".join(lines[: records + 1]), media_type="text/csv")

    return change


def test_trap_31_rows_that_end_early_are_asked_for_again_and_never_kept(tmp_path: Path) -> None:
    holdings = Holdings(1, rows=40)
    with visiting(SocrataSite(holdings), scratch=tmp_path) as (server, visit):
        location = location_of(server.home, holdings.held[0])
        server.faults.append(Fault(".csv", cut_after(17), times=1))
        taken = SOURCE.fetch(visit, location, tmp_path)
        assert taken.completeness.received == 40
        taken.path.unlink()
        server.faults[:] = [Fault(".csv", cut_after(17))]
        with pytest.raises(CutShort, match="17 different rows came where 40 were counted"):
            SOURCE.fetch(visit, location, tmp_path)
        naive = requests.get(f"{location}.csv?$limit=100", timeout=60)
    assert not list(tmp_path.iterdir())
    assert naive.ok
    assert naive.text.count("\n") == 18


def test_trap_32_a_time_without_a_zone_stays_as_it_is_written(tmp_path: Path) -> None:
    holdings = Holdings(1, rows=1)
    holdings.held[0].rows = [("1", "Elm", "2014-10-13T00:00:00.000", "Open", "1")]
    with visiting(SocrataSite(holdings), scratch=tmp_path) as (server, visit):
        taken = SOURCE.fetch(visit, location_of(server.home, holdings.held[0]), tmp_path)
    opened = rows_of(taken)[0]["opened"]
    assert opened == "2014-10-13T00:00:00.000"
    there = datetime.fromisoformat(opened).replace(tzinfo=ZoneInfo("America/Chicago"))
    assert hurried.as_utc(opened) != there  # five hours before it happened


def test_rows_that_are_replaced_while_they_come_are_asked_for_again(tmp_path: Path) -> None:
    holdings = Holdings(1, rows=40)
    site = SocrataSite(holdings)
    edits = [holdings.held[0]]

    def edit(path: str) -> None:
        if path.endswith(".csv") and edits:
            holdings.pass_days(1)
            holdings.edit(edits.pop(), changed=1, added=0)

    site.between = edit
    with visiting(site, scratch=tmp_path) as (server, visit):
        taken = SOURCE.fetch(visit, location_of(server.home, holdings.held[0]), tmp_path)
        assert len(asked_for(server, ".csv")) == 2
    assert [tuple(row.values()) for row in rows_of(taken)] == holdings.held[0].rows


def test_the_platforms_own_columns_are_not_asked_for(tmp_path: Path) -> None:
    holdings = Holdings(1)
    holdings.held[0].facts["computed"] = ":@computed_region_87xh_ddyp"
    with visiting(SocrataSite(holdings), scratch=tmp_path) as (server, visit):
        taken = SOURCE.fetch(visit, location_of(server.home, holdings.held[0]), tmp_path)
    assert list(rows_of(taken)[0]) == list(holdings.held[0].columns)


def test_202_is_asked_again_and_an_error_in_a_200_is_an_error(tmp_path: Path) -> None:
    holdings = Holdings(1)
    broken = json.dumps({"error": True, "message": "Internal error", "status": 500}).encode()
    with visiting(SocrataSite(holdings), scratch=tmp_path) as (server, visit):
        location = location_of(server.home, holdings.held[0])
        server.faults.append(Fault(".csv", status(202), times=2))
        taken = SOURCE.fetch(visit, location, tmp_path)
        assert taken.completeness.proved
        taken.path.unlink()
        for where in (".csv", f"{holdings.held[0].four_by_four}.json"):
            server.faults[:] = [Fault(where, lambda _, a: Answer(broken))]
            with pytest.raises(AnswerRefused, match="Internal error"):
                SOURCE.fetch(visit, location, tmp_path)
        server.faults[:] = [Fault("catalog", lambda _, a: Answer(broken))]
        with pytest.raises(AnswerRefused, match="Internal error"):
            SOURCE.list(visit, server.home, tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_is_said_of_a_table_is_kept_with_its_attachments(tmp_path: Path) -> None:
    holdings = Holdings(1)
    holdings.held[0].facts["attachment"] = "../Data dictionary.pdf"
    with visiting(SocrataSite(holdings), scratch=tmp_path) as (server, visit):
        address = f"{server.home}api/views/{holdings.held[0].four_by_four}.json"
        taken = SOURCE.fetch(visit, address, tmp_path)
        before = rows_of(taken)
        taken.path.unlink()
        again = SOURCE.fetch(visit, address, tmp_path)
        assert rows_of(again) == before
        again.path.unlink()
        server.faults.append(Fault("/files/", status(404)))
        without = SOURCE.fetch(visit, address, tmp_path)
    assert pages_of(without) == ["pages.json", "page-00001.json"]
    assert not without.completeness.proved
    assert "Data dictionary.pdf" in without.completeness.why_not
    assert [row["description"] for row in before] == [f"The {n}" for n in holdings.held[0].columns]


@pytest.mark.parametrize(
    ("body", "records"),
    [
        (b"", 0), (b"a\n", 0), (b"a\n1\n2\n", 2), (b"a\n1\n2", 2), (b'a\n"1\n2"\n', 1),
        (b'a\n"x""\n"""\n2\n', 2), (b'a\n1\n"2', 1), (b"a\n\n\n", 2),
    ],
)  # fmt: skip
def test_records_are_counted_as_they_stand_between_quotes(
    body: bytes, records: int, tmp_path: Path
) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(body)
    assert count_records(path) == records


def test_sodapy_accepts_the_simulator(tmp_path: Path) -> None:
    holdings = Holdings(5, rows=1200)
    holdings.held[1].facts["attachment"] = "about.pdf"
    with PortalServer(SocrataSite(holdings)) as server:
        adapter = {"prefix": "http://", "adapter": requests.adapters.HTTPAdapter()}
        client = Sodapy(f"127.0.0.1:{server.port}", None, session_adapter=adapter)
        listed = client.datasets()
        assert {each["resource"]["id"] for each in listed} == {
            h.four_by_four for h in holdings.held
        }
        name = holdings.held[1].four_by_four
        assert client.get_metadata(name)["name"] == holdings.held[1].title
        assert client.get(name, select="count(*)") == [{"count": "1200"}]
        rows = list(client.get_all(name, order=":id"))
        assert [row["id"] for row in rows] == [row[0] for row in holdings.held[1].rows]
        (path,) = client.download_attachments(name, download_dir=str(tmp_path))
        assert Path(path).read_bytes().startswith(b"%PDF")
        client.close()


def test_recorded_views_of_real_portals_are_read(shared: Path, tmp_path: Path) -> None:
    folder = shared / "fixtures" / "portals" / "socrata-single"
    recorded = Recorded(folder)
    with visiting(recorded, scratch=tmp_path) as (server, visit):
        for name, columns in (("3k2p-39jp", 18), ("gza6-uqxz", 9), ("2tje-83f6", 6)):
            taken = SOURCE.fetch(visit, f"{server.home}api/views/{name}.json", tmp_path)
            view = json.loads(recorded.views[name])
            rows = rows_of(taken)
            assert len(rows) == len(view["columns"]) >= columns
            assert {r["fieldName"] for r in rows} == {c["fieldName"] for c in view["columns"]}
        with pytest.raises(NotFound):
            SOURCE.fetch(visit, f"{server.home}api/views/miss-ing0.json", tmp_path)
        taken = SOURCE.fetch(visit, f"{server.home}resource/gza6-uqxz", tmp_path)
        assert (taken.completeness.received, taken.completeness.proved) == (80, True)
        with pytest.raises(NotFound, match="jc6v-v5jn"):  # the table behind it was not recorded
            SOURCE.fetch(visit, f"{server.home}resource/3rgj-95q8", tmp_path)
        bare = json.loads(recorded.views["3rgj-95q8"]) | {"childViews": []}
        recorded.views["3rgj-95q8"] = json.dumps(bare).encode()
        taken = SOURCE.fetch(visit, f"{server.home}resource/3rgj-95q8", tmp_path)
        assert taken.path.read_bytes() == (folder / "zip-data.zip").read_bytes()
        assert (taken.file_name, taken.completeness.proved) == ("EM_shapstate.zip", True)
        with pytest.raises(AnswerRefused, match="Internal error"):
            SOURCE.fetch(visit, f"{server.home}resource/2tje-83f6", tmp_path)


class Recorded:
    """Answers as Seattle and Washington gave them in 2015."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.views = {
            json.loads(path.read_bytes())["id"]: path.read_bytes()
            for path in folder.glob("*-view*.json")
            if b'"id"' in path.read_bytes()
        }
        self.counts = {"gza6-uqxz": "schools", "2tje-83f6": "filtered", "3rgj-95q8": "zip"}

    def answer(self, request: Request) -> Answer | None:
        name = request.path.rpartition("/")[2].partition(".")[0]
        if request.path == "/download/3rgj-95q8/application%2Fzip":
            zipped = (self.folder / "zip-data.zip").read_bytes()
            return Answer(zipped, media_type="application/zip", is_chunked=True)
        if request.path.startswith("/api/assets/"):
            return Answer(b"the rules of release", media_type="application/msword")
        if request.path.startswith("/api/views/"):
            missing = (self.folder / "missing-views.json").read_bytes()
            return Answer(self.views.get(name, missing))
        if request.path.endswith(".json"):
            return Answer((self.folder / f"{self.counts[name]}-count.json").read_bytes())
        if request.path.endswith(".csv"):
            rows = json.loads((self.folder / "schools-page.json").read_bytes())
            text = "\n".join(["objectid", *(str(row["objectid"]) for row in rows)])
            return Answer(text.encode(), media_type="text/csv")
        return None


@pytest.mark.parametrize("domain", ["data.princegeorgescountymd.gov"])
def test_recorded_crawls_that_were_cut_short_are_never_proved(
    domain: str, shared: Path, tmp_path: Path
) -> None:
    check_series(domain, shared, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "domain",
    [
        "data.cambridgema.gov", "data.montgomerycountymd.gov", "data.cincinnati-oh.gov",
        "data.nola.gov",
    ],
)  # fmt: skip
def test_more_recorded_crawls_that_were_cut_short_are_never_proved(
    domain: str, shared: Path, tmp_path: Path
) -> None:
    check_series(domain, shared, tmp_path)


def check_series(domain: str, shared: Path, tmp_path: Path) -> None:
    folder = shared / "fixtures" / "portals" / "socrata-discovery-series"
    expected = json.loads((folder / "expected.json").read_bytes())[domain]
    whole = expected["fullest_day_distinct_ids"]
    told = {each["date"]: each for each in expected["snapshots"]}
    proved = []
    for date, records in days_of(folder / f"{domain}.tar.zst"):
        scratch = tmp_path / date
        scratch.mkdir()
        with visiting(Crawled(records, whole), scratch=scratch) as (server, visit):
            taken = SOURCE.list(visit, server.home, scratch)
        complete = taken.completeness
        assert (complete.received, complete.expected) == (told[date]["distinct_ids"], whole)
        assert round(complete.received / whole, 3) == told[date]["share_of_fullest_day"]
        entries = [SOURCE.entry(record, server.home) for record in records]
        assert [e.identifier for e in entries] == [r["resource"]["id"] for r in records]
        assert not any(entry.is_part for entry in entries)
        if complete.proved:
            proved.append(date)
    assert proved == [date for date, each in told.items() if each["distinct_ids"] == whole]
    assert expected["fullest_day"] in proved


def days_of(path: Path) -> Iterator[tuple[str, list[dict[str, object]]]]:
    with zstd.open(path) as unpacked, tarfile.open(fileobj=io.BytesIO(unpacked.read())) as archive:
        for member in sorted(archive.getmembers(), key=lambda each: each.name):
            if member.name.endswith(".jsonl"):
                handle = archive.extractfile(member)
                assert handle is not None
                yield Path(member.name).stem, [json.loads(line) for line in handle]


class Crawled:
    """What came on one day, from a platform that counts more than it hands over."""

    def __init__(self, records: list[dict[str, object]], size: int) -> None:
        own = {str(r["resource"]["id"]): r for r in records}
        self.records, self.size = sorted(own.items()), size

    def answer(self, request: Request) -> Answer | None:
        if request.path != "/api/catalog/v1":
            return None
        rest = [r for name, r in self.records if name > request.query["scroll_id"]]
        page = rest[: int(request.query["limit"])]
        return Answer(json.dumps({"results": page, "resultSetSize": self.size}).encode())


def test_every_recorded_row_with_a_mark_inside_a_value_stays_as_it_is(
    shared: Path, tmp_path: Path
) -> None:
    path = shared / "fixtures" / "portals" / "socrata-single" / "crimes-page.json.gz"
    rows = json.loads(gzip.decompress(path.read_bytes()))
    holdings = Holdings(1)
    holding = holdings.held[0]
    holding.columns = tuple(sorted({name for row in rows for name in row}))
    holding.rows = [tuple(str(row.get(n, "")) for n in holding.columns) for row in rows]
    with visiting(SocrataSite(holdings), scratch=tmp_path) as (server, visit):
        taken = SOURCE.fetch(visit, location_of(server.home, holding), tmp_path)
    found = [tuple(row[n] or "" for n in holding.columns) for row in rows_of(taken)]
    assert found == holding.rows
