"""ArcGIS services: what is listed, how rows are proved to be all, and the traps that are ArcGIS's."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from visiting import pages_of, rows_of, visiting

import hurried
from verticalfile.fetch.errors import AnswerRefused, Blocked, CutShort, SourceAway
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services import archive as archives
from verticalfile.services.collecting.rounds import round_of
from verticalfile.services.gathering.preview import found_at, preview_of
from verticalfile.services.gathering.sources import add_source
from verticalfile.services.known.selection import Selection
from verticalfile.services.opening import Form, open_version
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.sources.arcgis.arcgis import SOURCE
from verticalfile.sources.arcgis.arcgis_layer import exact, ids_in, layer_of, rows_in
from verticalfile.sources.kind import Role, Taken
from verticalfile.sources.visit import Page
from verticalfile.tables.read import read
from verticalfile.tables.reading import Reason
from verticalfile.town.portals.arcgis import ArcGisSite, Layer
from verticalfile.town.portals.holdings import START, Holdings
from verticalfile.town.portals.serving import (
    Answer,
    Fault,
    PortalServer,
    Request,
    page_instead,
    status,
)


def town(rows: int = 30, datasets: int = 1) -> tuple[ArcGisSite, Layer]:
    """A server with one layer of so many rows, and that layer."""
    site = ArcGisSite(Holdings(datasets, rows=rows))
    return site, next(iter(site.services.values()))[0]


def fetched(site: ArcGisSite, scratch: Path, *, service: str = "Building_Permits") -> Taken:
    with visiting(site, scratch=scratch) as (server, visit):
        return SOURCE.fetch(visit, site.url(server.home, service), scratch)


def oids(taken: Taken) -> list[int]:
    return [int(float(row["OBJECTID"] or "0")) for row in rows_of(taken)]


def naive(site: ArcGisSite, service: str = "Building_Permits", *, size: int = 1000) -> list[int]:
    """A collector as many are: by offset, on by the number asked for, until a page is short."""
    found: list[int] = []
    for page in range(20):
        query = {
            "f": "json", "where": "1=1", "outFields": "*",
            "resultOffset": str(page * size), "resultRecordCount": str(size),
        }  # fmt: skip
        path = f"/arcgis/rest/services/{service}/FeatureServer/0/query"
        answer = site.answer(Request("GET", path, query, {"Host": "127.0.0.1"}))
        assert answer is not None
        features = json.loads(answer.body).get("features", [])
        found += [int(each["attributes"]["OBJECTID"]) for each in features]
        if not features or not json.loads(answer.body).get("exceededTransferLimit"):
            break
    return found


def test_a_directory_a_service_and_a_layer_are_recognised(tmp_path: Path) -> None:
    site, _ = town()
    with visiting(site, scratch=tmp_path) as (server, visit):
        root = f"{server.home}arcgis/rest/services"
        for address, place in {
            server.home: root,
            f"{server.home}arcgis/": root,
            f"{root}/": root,
            f"{root}/Building_Permits/FeatureServer?f=html": f"{root}/Building_Permits/FeatureServer",
            f"{root}/Building_Permits/FeatureServer/0": f"{root}/Building_Permits/FeatureServer/0",
        }.items():
            found = SOURCE.recognise(visit, address, None)
            assert found is not None, address
            assert found.location == place
            assert found.version == "11.3"
        asked = visit.requests
        assert SOURCE.recognise(visit, f"{server.home}data/permits", None) is None
        assert visit.requests == asked
        assert SOURCE.recognise(visit, f"{root}/Nothing/FeatureServer", None) is None


def test_every_layer_of_every_service_is_listed_and_the_answers_are_kept(tmp_path: Path) -> None:
    site = ArcGisSite(Holdings(4), folder="Public")
    site.services["Roads"] = [Layer("Centerlines", [], lambda *_: {}, [], item="a" * 32)]
    site.services["Roads"] += [Layer("All", [], lambda *_: {}, [], number=1, kind="Group Layer")]
    site.also_as_map = {"Roads"}
    with visiting(site, scratch=tmp_path) as (server, visit):
        root = f"{server.home}arcgis/rest/services"
        taken = SOURCE.list(visit, root, tmp_path)
        asked = visit.requests
    entries = [SOURCE.entry(row, root) for row in rows_of(taken)]
    assert taken.completeness.proved
    assert taken.completeness.received == 6
    assert asked == 1 + 1 + 5  # the directory, its folder, each service once
    assert pages_of(taken)[1:] == [f"answer-{n:05}.json" for n in range(1, 8)] + [
        "page-00001.jsonl"
    ]
    urls = [entry.identifier for entry in entries]
    assert f"{root}/Public/Building_Permits/FeatureServer/0" in urls
    assert not [url for url in urls if "MapServer" in url]
    group = next(entry for entry in entries if entry.title == "All")
    assert group.is_part
    assert not group.offers
    rows, about = next(e for e in entries if e.title == "Building Permits").offers
    assert (rows.kind, rows.role) == ("arcgis", Role.DATA)
    assert about.role is Role.DOCUMENTATION
    assert about.location == f"{rows.location}?f=json"


def test_a_folder_and_a_single_layer_are_listed_alone(tmp_path: Path) -> None:
    site = ArcGisSite(Holdings(2), folder="Public")
    with visiting(site, scratch=tmp_path) as (server, visit):
        root = f"{server.home}arcgis/rest/services"
        folder = SOURCE.list(visit, f"{root}/Public", tmp_path)
        names = {row["url"] for row in rows_of(folder)}
        folder.path.unlink()
        layer = SOURCE.list(visit, f"{root}/Public/Service_Requests/FeatureServer/0", tmp_path)
    assert names == {
        f"{root}/Public/{name}/FeatureServer/0" for name in ("Building_Permits", "Service_Requests")
    }
    assert [row["name"] for row in rows_of(layer)] == ["Service Requests"]


def test_rows_come_whole_in_the_layers_order_of_fields_with_their_shape(tmp_path: Path) -> None:
    site, layer = town(rows=2_345)
    taken = fetched(site, tmp_path)
    rows = rows_of(taken)
    assert taken.completeness.proved
    assert (taken.completeness.received, taken.completeness.expected) == (2_345, 2_345)
    assert taken.completeness.pages == 3
    assert list(rows[0]) == ["OBJECTID", "id", "street", "opened", "status", "amount", "geometry"]
    assert oids(taken) == list(layer.ids())
    assert rows[0]["geometry"] == json.dumps(layer.row(1)["geometry"], separators=(",", ":"))
    assert pages_of(taken)[:3] == ["pages.json", "layer.json", "ids.json"]


def test_a_service_stands_for_its_only_layer_and_for_none_of_several(tmp_path: Path) -> None:
    site = ArcGisSite(Holdings(2, rows=7))
    one, two = site.services
    site.services[two] += site.services[one]
    with visiting(site, scratch=tmp_path) as (server, visit):
        taken = SOURCE.fetch(visit, site.url(server.home, one).rpartition("/")[0], tmp_path)
        with pytest.raises(AnswerRefused, match="2 layers with rows"):
            SOURCE.fetch(visit, site.url(server.home, two).rpartition("/")[0], tmp_path)
    assert taken.completeness.proved
    assert len(rows_of(taken)) == 7


def test_the_same_rows_make_the_same_file(tmp_path: Path) -> None:
    site, _ = town(rows=1_500)
    (tmp_path / "again").mkdir()
    assert fetched(site, tmp_path).sha256 == fetched(site, tmp_path / "again").sha256


def test_an_empty_layer_is_whole(tmp_path: Path) -> None:
    site, layer = town()
    layer.rows = []
    taken = fetched(site, tmp_path)
    assert taken.completeness.proved
    assert rows_of(taken) == []


def test_trap_35_an_error_inside_200_is_a_failure_and_no_empty_layer(tmp_path: Path) -> None:
    site, _ = town()
    broken = json.dumps({"error": {"code": 500, "message": "Service is stopped"}}).encode()
    with visiting(site, scratch=tmp_path) as (server, visit):
        server.faults.append(Fault("/query", page_instead(broken)))
        with pytest.raises(SourceAway, match="Service is stopped"):
            SOURCE.fetch(visit, site.url(server.home, "Building_Permits"), tmp_path)
        assert hurried.features(site.url(server.home, "Building_Permits")) == []
        with pytest.raises(AnswerRefused, match="Invalid URL"):
            SOURCE.fetch(visit, site.url(server.home, "Nothing"), tmp_path)


def test_trap_36_a_token_asked_for_is_a_closed_door(tmp_path: Path) -> None:
    site, layer = town(datasets=2)
    layer.needs_token = True
    with visiting(site, scratch=tmp_path) as (server, visit):
        with pytest.raises(Blocked, match="Token Required"):
            SOURCE.fetch(visit, site.url(server.home, "Building_Permits"), tmp_path)
        assert hurried.features(site.url(server.home, "Building_Permits")) == []  # all gone
        site.closed = {"Building_Permits"}
        taken = SOURCE.list(visit, f"{server.home}arcgis/rest/services", tmp_path)
        place = f"{server.home}arcgis/rest/services/Building_Permits"
    assert len(rows_of(taken)) == 1
    assert taken.completeness.proved
    assert taken.completeness.closed == (place,)  # nothing of it can be called vanished
    with zipfile.ZipFile(taken.path) as kept:
        assert json.loads(kept.read("closed.json")) == [place]


def test_a_folder_out_of_order_leaves_a_list_unproved_and_a_secured_one_does_not(
    tmp_path: Path,
) -> None:
    site = ArcGisSite(Holdings(2, rows=7), folder="Secure")
    open_one, _ = town()
    site.services |= open_one.services
    stopped = json.dumps({"error": {"code": 500, "message": "Service is stopped"}}).encode()
    with visiting(site, scratch=tmp_path) as (server, visit):
        home = f"{server.home}arcgis/rest/services"
        site.closed = {"Secure"}
        closed = SOURCE.list(visit, home, tmp_path)
        assert (closed.completeness.received, closed.completeness.closed) == (
            1,
            (f"{home}/Secure",),
        )
        assert closed.completeness.proved
        closed.path.unlink()
        server.faults.append(Fault("/services/Secure", page_instead(stopped)))
        broken = SOURCE.list(visit, home, tmp_path)
        assert not broken.completeness.proved
        assert broken.completeness.closed == ()
        broken.path.unlink()
        server.faults.clear()
        with pytest.raises(Blocked, match="Token Required"):
            SOURCE.list(visit, f"{home}/Secure", tmp_path)


def test_a_picture_of_an_old_server_is_kept_by_its_description_and_told_once(
    tmp_path: Path,
) -> None:
    """Such servers do not say in their lists which layers are pictures."""
    site, layer = town(datasets=2)
    layer.kind, layer.told_max, layer.fields = "Raster Layer", None, []
    clock = SetClock(START)
    archive = archives.init(tmp_path / "archive", clock=clock)
    with PortalServer(site) as server:
        rules = Rules(allow_private=True, extra_ports=frozenset({server.port}))
        fetching = Fetching(rules, sleep=lambda _: None)
        with found_at(archive, f"{server.home}arcgis/rest/services", fetching) as found:
            assert found is not None
            add_source(archive, found.recognised, Selection(), name="portal")

        def day() -> tuple[dict[str, tuple[str, str]], int]:
            clock.move_to(clock.now() + timedelta(days=1))
            server.asked.clear()
            done = round_of(archive, [], fetching=fetching)
            asked = [
                r for r in server.asked if r.path.endswith("/Building_Permits/FeatureServer/0")
            ]
            said = {f"{c.resource.dataset}/{c.resource.kind}": (c.outcome, c.said) for c in done}
            return said, len(asked)

        days = [day() for _ in range(33)]
        first = next(said["building-permits/arcgis"] for said, _ in days if "building-permits/arcgis" in said)  # fmt: skip
        looked = [said["building-permits/arcgis"][0] for said, _ in days if "building-permits/arcgis" in said]  # fmt: skip
        assert first == (
            "changed",
            "kept as v1, a document: a layer of the kind Raster Layer has no rows, and so no table",
        )
        assert looked == ["changed", "unchanged"], "asked again after thirty days, and nothing said"
        assert days[5][1] == 1, "by its description alone, kept as documentation"
        layer.kind, layer.told_max, layer.fields = "Feature Layer", 1000, _fields()
        after = [said for said, _ in (day() for _ in range(30))]
    became = next(said for each in after if (said := each.get("building-permits/arcgis")))
    assert became[1].startswith("kept as v2"), "a layer with rows in the place of a picture"
    (rows,) = (r for r in archive.index.resources("building-permits") if r.kind == "arcgis")
    assert rows.rows == 30


def _fields() -> list[dict[str, object]]:
    return town()[1].fields


@pytest.mark.parametrize("kind", ["Raster Layer", "Group Layer", "Annotation SubLayer"])
def test_of_a_layer_without_rows_the_description_is_kept_as_it_came(
    kind: str, tmp_path: Path
) -> None:
    site, layer = town()
    layer.kind, layer.fields = kind, []
    taken = fetched(site, tmp_path)
    with zipfile.ZipFile(taken.path) as kept:
        assert kept.namelist() == ["pages.json", "layer.json"]
        assert json.loads(kept.read("layer.json"))["type"] == kind
    reading = read(taken.path.read_bytes(), name=taken.file_name, media_type=taken.media_type)
    assert (reading.tables, reading.reason) == ((), Reason.NOT_TABULAR)
    layer.kind = ""
    with pytest.raises(AnswerRefused, match="something without fields"):
        fetched(site, tmp_path / "none")


def test_trap_37_no_rows_and_a_flag_mean_go_on(tmp_path: Path) -> None:
    site, _ = town(rows=2_500)

    def none_yet(_: Request, answer: Answer) -> Answer:
        found = json.loads(answer.body) | {"features": [], "exceededTransferLimit": True}
        return Answer(json.dumps(found).encode())

    with visiting(site, scratch=tmp_path) as (server, visit):
        # ids and count are answered rightly, and one page
        server.faults.append(Fault("/query", none_yet, times=1, after=3))
        taken = SOURCE.fetch(visit, site.url(server.home, "Building_Permits"), tmp_path)
        server.faults[:] = [Fault("/query", none_yet, times=1, after=1)]
        found = hurried.features(site.url(server.home, "Building_Permits"))
    assert taken.completeness.proved
    assert len(rows_of(taken)) == 2_500
    assert len(found) == 1_000


@pytest.mark.parametrize("flag", [True, False])
def test_trap_38_a_flag_that_is_always_or_never_set_is_not_believed(
    tmp_path: Path, flag: bool
) -> None:
    site, layer = town(rows=2_500)
    layer.flag = flag
    taken = fetched(site, tmp_path)
    assert taken.completeness.proved
    assert oids(taken) == list(layer.ids())
    assert (len(naive(site)) == 2_500) is flag  # never set: cut after a page


def test_trap_39_a_server_that_gives_less_than_it_says_gives_no_row_twice(tmp_path: Path) -> None:
    site, layer = town(rows=2_500)
    layer.rows_max, layer.told_max = 700, 1_000
    taken = fetched(site, tmp_path)
    assert taken.completeness.proved
    assert oids(taken) == list(layer.ids())
    assert len(set(naive(site))) < 2_500  # on by what was asked: 300 of each 1,000 are passed over


def test_trap_40_a_server_that_ignores_ids_and_count_is_walked_and_never_proved(
    tmp_path: Path,
) -> None:
    site, layer = town(rows=1_700)
    layer.ignores = frozenset({"returnIdsOnly", "returnCountOnly", "resultOffset"})
    layer.rows_max, layer.told_max, layer.flag, layer.can_page = 500, None, False, False
    taken = fetched(site, tmp_path)
    assert oids(taken) == list(layer.ids())
    assert not taken.completeness.proved
    assert "no ids and no count" in taken.completeness.why_not
    assert len(naive(site)) == 500


def test_rows_by_offset_are_proved_where_the_count_is_met(tmp_path: Path) -> None:
    site, layer = town(rows=2_200)
    layer.ignores = frozenset({"returnIdsOnly"})
    taken = fetched(site, tmp_path)
    assert taken.completeness.proved
    assert taken.completeness.method == "pages by offset"
    assert oids(taken) == list(layer.ids())


def test_trap_41_ids_as_floats_beyond_2_to_31_with_gaps_are_exact(tmp_path: Path) -> None:
    site, layer = town(rows=1_200)
    layer.first_id, layer.step, layer.ids_as_floats = 410_102_100_014, 37, True
    taken = fetched(site, tmp_path)
    with visiting(site, scratch=tmp_path) as (server, _):
        url = site.url(server.home, "Building_Permits")
        assert hurried.rows_counting_up(url, "OBJECTID") == []
        (first, *_) = hurried.as_csv(hurried.features(url)).splitlines()[1:]
    assert taken.completeness.proved
    assert oids(taken) == list(layer.ids())
    assert first.startswith("410102100014.0,")  # an id that no other answer has


def test_trap_42_rows_that_come_many_times_are_not_kept(tmp_path: Path) -> None:
    site, layer = town(rows=100)
    layer.repeats = 26
    with pytest.raises(CutShort, match="2,600 rows came where 100 were counted"):
        fetched(site, tmp_path)
    assert len(naive(site)) == 2_600


def test_trap_42_a_server_that_gives_its_first_page_again_and_again_is_seen(tmp_path: Path) -> None:
    site, _ = town(rows=2_500)
    first: list[bytes] = []

    def again(request: Request, answer: Answer) -> Answer:
        if "outFields" in request.query:
            first.append(answer.body)
            return Answer(first[0])
        return answer

    with visiting(site, scratch=tmp_path) as (server, visit):
        server.faults.append(Fault("/query", again))
        with pytest.raises(CutShort, match="same rows again"):
            SOURCE.fetch(visit, site.url(server.home, "Building_Permits"), tmp_path)


def test_trap_43_single_rows_that_always_fail_are_named_and_the_rest_is_kept(
    tmp_path: Path,
) -> None:
    site, layer = town(rows=2_500)
    layer.fails_at = frozenset({1_234, 2_000})
    taken = fetched(site, tmp_path)
    assert oids(taken) == [oid for oid in layer.ids() if oid not in layer.fails_at]
    assert not taken.completeness.proved
    assert taken.completeness.why_not == ("incomplete: 2 rows could not be had, ids 1234, 2000")
    assert (taken.completeness.received, taken.completeness.expected) == (2_498, 2_500)
    assert len(naive(site)) == 1_000


@pytest.mark.parametrize("rows", [1, 7, 40])
def test_a_small_layer_whose_rows_all_fail_is_away_and_not_an_empty_table(
    tmp_path: Path, rows: int
) -> None:
    site, layer = town(rows=rows)
    layer.fails_at = frozenset(layer.ids())
    with pytest.raises(SourceAway):
        fetched(site, tmp_path)


def test_a_page_in_place_of_an_answer_is_called_one(tmp_path: Path) -> None:
    site, _ = town(rows=7)
    with visiting(site, scratch=tmp_path) as (server, visit):
        server.faults.append(Fault("/query", page_instead(b"<html>Down</html>")))
        with pytest.raises(AnswerRefused, match="is a web page, where data was asked for"):
            SOURCE.fetch(visit, site.url(server.home, "Building_Permits"), tmp_path)


def test_a_page_that_fails_on_the_wire_is_halved_too(tmp_path: Path) -> None:
    site, _ = town(rows=600)

    def fails(request: Request, answer: Answer) -> Answer:
        where = request.query.get("where", "")
        low, _, high = where.removeprefix("OBJECTID >= ").partition(" AND OBJECTID <= ")
        if low.isdigit() and int(low) <= 77 <= int(high):
            return status(500)(request, answer)
        return answer

    with visiting(site, scratch=tmp_path) as (server, visit):
        server.faults.append(Fault("/query", fails))
        taken = SOURCE.fetch(visit, site.url(server.home, "Building_Permits"), tmp_path)
    assert taken.completeness.why_not.endswith("ids 77")
    assert len(rows_of(taken)) == 599


def test_a_service_that_fails_as_a_whole_is_away_and_not_asked_row_by_row(tmp_path: Path) -> None:
    site, layer = town(rows=2_500)
    layer.fails_at = frozenset(layer.ids())
    with visiting(site, scratch=tmp_path) as (server, visit):
        with pytest.raises(SourceAway):
            SOURCE.fetch(visit, site.url(server.home, "Building_Permits"), tmp_path)
        assert visit.requests < 400


def test_trap_44_name_and_fields_of_the_layer_stand_beside_its_rows(tmp_path: Path) -> None:
    site, _ = town()
    taken = fetched(site, tmp_path)
    layer = taken.exchange["layer"]
    assert isinstance(layer, dict)
    assert layer["name"] == "Building Permits"
    assert layer["fields"] == ["OBJECTID", "id", "street", "opened", "status", "amount"]


def test_trap_45_the_order_of_the_server_is_no_change(tmp_path: Path) -> None:
    site, _ = town(rows=300)
    before = rows_of(fetched(site, tmp_path))

    def shuffled(_: Request, answer: Answer) -> Answer:
        found = json.loads(answer.body)
        found["features"] = found.get("features", [])[::-1]
        return Answer(json.dumps(found).encode())

    (tmp_path / "again").mkdir()
    with visiting(site, scratch=tmp_path) as (server, visit):
        url = site.url(server.home, "Building_Permits")
        first = hurried.as_csv(hurried.features(url))
        server.faults[:] = [Fault("/query", shuffled)]
        second = hurried.as_csv(hurried.features(url))
        server.faults[:] = [Fault("/query", shuffled, after=2)]
        server.asked.clear()
        taken = SOURCE.fetch(visit, url, tmp_path / "again")
        asked = [request.query for request in server.asked if "outFields" in request.query]
    assert rows_of(taken) == before
    assert not any("outSR" in query for query in asked)
    assert first != second  # "all rows were edited"


def test_trap_46_dates_stay_the_numbers_that_came(tmp_path: Path) -> None:
    site, layer = town(rows=1)
    layer.rows = [("1000", "Alder Street", "1954-03-01", "Open", "5.00")]
    (row,) = rows_of(fetched(site, tmp_path))
    assert row["opened"] == "-499824000000"
    assert hurried.day_of(int(row["opened"]), "America/Chicago") == date(1954, 2, 28)


def test_trap_47_codes_are_kept_with_what_they_mean(tmp_path: Path) -> None:
    site, _ = town()
    taken = fetched(site, tmp_path)
    with visiting(site, scratch=tmp_path) as (server, _):
        found = hurried.features(site.url(server.home, "Building_Permits"))
    assert "Closed" not in hurried.as_csv(found)  # nobody will know what a 2 was
    assert {row["status"] for row in rows_of(taken)} == {"1", "2"}
    with zipfile.ZipFile(taken.path) as pages:
        about = json.loads(pages.read("layer.json"))
    status_field = next(field for field in about["fields"] if field["name"] == "status")
    assert [c["name"] for c in status_field["domain"]["codedValues"]] == ["Open", "Closed"]


def test_trap_48_the_flag_is_read_where_geojson_hides_it(tmp_path: Path) -> None:
    site, layer = town(rows=2_500)

    def hidden(request: Request, answer: Answer) -> Answer:
        found = json.loads(answer.body)
        if "outFields" not in request.query:
            return answer
        found["features"] = found["features"][:400]
        found["properties"] = {"exceededTransferLimit": True}
        return Answer(json.dumps(found).encode())

    with visiting(site, scratch=tmp_path) as (server, visit):
        server.faults.append(Fault("/query", hidden))
        taken = SOURCE.fetch(visit, site.url(server.home, "Building_Permits"), tmp_path)
        layer.flag = False  # at the place where a naive collector looks for it
        found = hurried.features(site.url(server.home, "Building_Permits"))
    assert taken.completeness.proved
    assert len(rows_of(taken)) == 2_500
    assert len(found) == 400


def test_edits_meanwhile_are_fetched_again_and_then_given_up(tmp_path: Path) -> None:
    site, layer = town(rows=1_500)
    rows = list(layer.rows)
    layer.rows = rows
    times = [1]

    def edit() -> None:
        if times[0] > 0:
            times[0] -= 1
            rows.append(rows[0])

    layer.after_page = edit
    taken = fetched(site, tmp_path)
    assert taken.completeness.proved
    assert len(rows_of(taken)) == 1_501
    taken.path.unlink()
    times[0] = 1_000
    with pytest.raises(CutShort, match="did not stand still"):
        fetched(site, tmp_path)
    assert not list(tmp_path.glob("*.zip"))


def test_ranges_that_are_not_understood_give_way_to_lists_of_ids(tmp_path: Path) -> None:
    site, layer = town(rows=450)

    def refused(request: Request, answer: Answer) -> Answer:
        if ">=" in request.query.get("where", ""):
            return Answer(b'{"error": {"code": 400, "message": "Invalid where"}}')
        return answer

    with visiting(site, scratch=tmp_path) as (server, visit):
        server.faults.append(Fault("/query", refused))
        taken = SOURCE.fetch(visit, site.url(server.home, "Building_Permits"), tmp_path)
    assert taken.completeness.proved
    assert taken.completeness.method == "rows by object ids"
    assert oids(taken) == list(layer.ids())


RECORDED = ("us-ca-carson", "us-ca-tuolumne", "us-esri-test", "us-fl-polk", "us-il-cook",
            "us-mo-columbia")  # fmt: skip


def recorded(shared: Path, county: str, ending: str) -> Page:
    """A recorded answer of a real server."""
    folder = shared / "fixtures" / "portals" / "arcgis-rest" / "pyesridump" / county
    path = next(p for p in sorted(folder.iterdir()) if ending in p.name)
    body = path.read_bytes()
    body = gzip.decompress(body) if path.suffix == ".gz" else body
    return Page(body, "application/json", {"final_url": f"https://example.org/{path.name}"})


@pytest.mark.parametrize("county", RECORDED)
def test_recorded_layers_and_rows_of_real_servers_are_read(shared: Path, county: str) -> None:
    file = shared / "fixtures" / "portals" / "arcgis-rest" / "pyesridump" / "expected.json"
    expected = json.loads(file.read_text(encoding="utf-8"))[county]
    told = next(value for name, value in expected.items() if "metadata" in name)
    about = recorded(shared, county, "metadata").json()
    assert isinstance(about, dict)
    layer = layer_of(f"https://example.org/{county}/MapServer/0", about)
    assert layer.name == told["name"]
    assert layer.oid in [told["objectIdField"], *told["oid_field_from_fields"]]
    assert layer.rows_max == (told["maxRecordCount"] or 1_000)
    page = recorded(shared, county, "page-full" if county == "us-il-cook" else f"{county}-0")
    wanted = next(v for n, v in expected.items() if "page-full" in n or f"{county}-0" in n)
    rows = rows_in(page, layer)
    assert rows.count == wanted["n_features"]
    # that page of Tuolumne was asked for without its object ids
    assert len(rows.oids) == (0 if county == "us-ca-tuolumne" else rows.count)
    assert all(isinstance(oid, int) for oid in rows.oids)


def test_recorded_ids_are_whole_numbers_and_a_page_of_rows_is_no_list_of_ids(shared: Path) -> None:
    ids = {c: ids_in(exact(recorded(shared, c, "ids-only"))) for c in RECORDED}
    assert ids["us-il-cook"] is None  # trap 40: it sends rows instead
    assert ids["us-mo-columbia"] is not None
    assert ids["us-mo-columbia"][:2] == [64_579_816, 64_579_817]
    assert ids["us-ca-tuolumne"] is not None
    assert min(ids["us-ca-tuolumne"]) == 410_102_100_014
    assert ids["us-fl-polk"] == list(range(3_345_100, 3_345_110))


def test_esridump_accepts_the_simulator(tmp_path: Path) -> None:
    site, _ = town(rows=1_250)
    with visiting(site, scratch=tmp_path) as (server, _visit):
        url = site.url(server.home, "Building_Permits")
        command = [str(Path(sys.executable).with_name("esri2geojson")), url, "-"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert len(found["features"]) == 1_250
    assert found["features"][0]["properties"]["id"] == "1000"


def test_a_layer_is_added_collected_and_taken_out_as_geojson(tmp_path: Path) -> None:
    site, layer = town(rows=40)
    with PortalServer(site) as server:
        clock = SetClock(START)
        archive = archives.init(tmp_path / "archive", clock=clock)
        rules = Rules(allow_private=True, extra_ports=frozenset({server.port}))
        fetching = Fetching(rules, sleep=lambda _: None)
        with found_at(archive, f"{server.home}arcgis/rest/services", fetching) as found:
            assert found is not None
            preview = preview_of(found, Selection())
            add_source(archive, found.recognised, Selection(), name="gis")
        assert (preview.label, preview.entries, preview.files, preview.documents) == (
            "ArcGIS service", 1, 1, 1,
        )  # fmt: skip
        first = round_of(archive, ["gis"], fetching=fetching)
        assert {c.outcome for c in first} == {"changed"}
        name = "building-permits/building-permits"
        opened = open_version(archive, name, form=Form.GEOJSON)
        shapes = json.loads(b"".join(opened.chunks))
        clock.move_to(clock.now() + timedelta(days=1))
        layer.edited = clock.now()  # only the date of the layer moves
        second = {c.resource.name: c for c in round_of(archive, ["gis"], fetching=fetching)}
        clock.move_to(clock.now() + timedelta(days=1))
        layer.name, layer.oid = "Sewer Lines", "FID"  # another layer under the old number (trap 44)
        layer.fields = [{"name": "FID", "type": "esriFieldTypeOID"}, *layer.fields[1:]]
        layer.feature = lambda oid, row: {"attributes": {"FID": oid, "id": str(oid)}}
        third = {
            c.resource.name: c for c in round_of(archive, ["building-permits"], fetching=fetching)
        }
        kept = b"".join(open_version(archive, name, form=Form.CSV).chunks)
    assert len(shapes["features"]) == 40
    place = shapes["features"][0]["geometry"]["coordinates"]
    assert place == pytest.approx([-75.458392, 40.234031], abs=1e-5)
    assert "crs" not in shapes
    assert second["building-permits"].outcome == "export only"
    assert third["building-permits"].outcome == "surprising"
    assert "was Building Permits and is Sewer Lines" in third["building-permits"].said
    assert kept.startswith(b"OBJECTID,")
