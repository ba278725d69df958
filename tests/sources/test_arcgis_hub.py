"""ArcGIS Hub: feeds and search, the generations of its identifiers, files that are made on demand."""

from __future__ import annotations

import io
import json
import tarfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from backports import zstd
from visiting import rows_of, visiting

import hurried
from verticalfile.fetch.errors import NotReady
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services import archive as archives
from verticalfile.services.collecting.rounds import round_of
from verticalfile.services.gathering.entries import Entries
from verticalfile.services.gathering.preview import found_at, preview_of
from verticalfile.services.gathering.sources import add_source
from verticalfile.services.known.selection import Selection
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.sources.arcgis.arcgis_hub import SOURCE
from verticalfile.sources.arcgis.hub_downloads import downloaded
from verticalfile.sources.arcgis.hub_identifiers import Generation, HubIdentifier, hub_identifier
from verticalfile.sources.kind import Entry, Role, Taken
from verticalfile.tables.read import read
from verticalfile.town.portals.arcgis import ArcGisSite
from verticalfile.town.portals.arcgis_hub import HubSite, Naming
from verticalfile.town.portals.holdings import START, Holdings
from verticalfile.town.portals.serving import Answer, Fault, PortalServer, Request, page_instead


def entries_of(taken: Taken, location: str) -> list[Entry]:
    reading = read(taken.path.read_bytes(), name=taken.file_name, media_type=taken.media_type)
    (table,) = (each for each in reading.tables if each.name == SOURCE.table)
    return [each.entry for each in Entries(SOURCE, location, lambda: [table])]


ITEM = "2ee77bbe2e9e4680a3637b8e35094030"


@pytest.mark.parametrize(
    ("identifier", "said"),
    [
        (
            f"http://x.opendata.arcgis.com/datasets/{ITEM}_3",
            HubIdentifier(Generation.ITEM, ITEM, 3),
        ),
        (f"https://data.example.gov/datasets/{ITEM}", HubIdentifier(Generation.ITEM, ITEM)),
        ("https://x.gov/datasets/dane::parks", HubIdentifier(Generation.SLUG, slug="dane::parks")),
        ("https://x.gov/maps/dane::parks", HubIdentifier(Generation.KIND_SLUG, slug="dane::parks")),
        (
            f"https://www.arcgis.com/home/item.html?id={ITEM}&sublayer=12",
            HubIdentifier(Generation.HOME, ITEM, 12),
        ),
        ("https://x.gov/budget", HubIdentifier(Generation.OTHER)),
        ("http://[broken", HubIdentifier(Generation.OTHER)),
    ],
)
def test_every_generation_of_identifiers_is_understood(identifier: str, said: object) -> None:
    assert hub_identifier(identifier) == said


def test_a_site_is_recognised_by_its_feed_and_without_one_by_its_search(tmp_path: Path) -> None:
    site = HubSite(Holdings(3))
    with visiting(site, scratch=tmp_path) as (server, visit):
        front = visit.page(server.home)
        found = SOURCE.recognise(visit, f"{server.home}datasets/parks", front)
        assert found is not None
        assert found.location == f"{server.home}api/feed/dcat-us/1.1.json"
        assert found.title == "Open data"
        site.has_feed = False
        found = SOURCE.recognise(visit, server.home, None)
        assert found is not None
        assert found.location == f"{server.home}api/search/v1/collections/dataset/items"
        assert "untried" in found.version
        site.has_search = False
        assert SOURCE.recognise(visit, server.home, None) is None


@pytest.mark.parametrize("naming", Naming)
def test_a_dataset_is_its_layer_whatever_its_identifier(tmp_path: Path, naming: Naming) -> None:
    holdings = Holdings(2)
    with visiting(HubSite(holdings, naming), scratch=tmp_path) as (server, visit):
        taken = SOURCE.list(visit, f"{server.home}api/feed/dcat-us/1.1.json", tmp_path)
        records = json.loads(taken.path.read_bytes())["dataset"]
        home = server.home
    entry = SOURCE.entry(records[0], home)
    data = [offer for offer in entry.offers if offer.role is Role.DATA]
    (layer,) = data
    assert layer.kind == "arcgis"
    assert layer.location == f"{home}arcgis/rest/services/Building_Permits/FeatureServer/0"
    about = {offer.title: offer for offer in entry.offers if offer.role is Role.DOCUMENTATION}
    assert about["Layer description"].location == f"{layer.location}?f=json"
    item = about["Item description"]  # a download names the item where the identifier does not
    portal = home.rstrip("/") if naming is Naming.HOME else "https://www.arcgis.com"
    assert item.location == (f"{portal}/sharing/rest/content/items/{holdings.held[0].hex32}?f=json")


def test_the_search_is_walked_to_its_end_and_read_as_the_feed(tmp_path: Path) -> None:
    site = HubSite(Holdings(23), page_max=10)
    with visiting(site, scratch=tmp_path) as (server, visit):
        location = f"{server.home}api/search/v1/collections/dataset/items"
        taken = SOURCE.list(visit, location, tmp_path)
        home = server.home
    rows = rows_of(taken, "dataset")
    assert taken.completeness.proved
    assert (taken.completeness.received, taken.completeness.pages) == (23, 3)
    assert {row["identifier"] for row in rows} == {
        f"{home}datasets/{holding.hex32}_0" for holding in site.holdings.held
    }


def searched(
    tmp_path: Path, *features: dict[str, object], matched: int
) -> tuple[Taken, list[Entry]]:
    """What a search with these items comes to, told page by page."""

    class Search:
        def answer(self, request: Request) -> Answer:
            start = request.number("startindex", 1) - 1
            page = features[start : start + request.number("limit", 10)]
            told = {"type": "FeatureCollection", "features": page, "numberMatched": matched}
            return Answer(json.dumps(told).encode())

    with visiting(Search(), scratch=tmp_path) as (server, visit):
        location = f"{server.home}api/search/v1/collections/dataset/items"
        taken = SOURCE.list(visit, location, tmp_path)
        rows = entries_of(taken, location)
    return taken, rows


def item(number: int, **properties: object) -> dict[str, object]:
    return {"id": f"{number:032x}", "type": "Feature", "properties": properties}


def test_items_of_a_search_that_are_files_or_services_without_a_layer_lose_nothing(
    tmp_path: Path,
) -> None:
    service = "https://gis.example.gov/arcgis/rest/services/Parks/FeatureServer"
    _, entries = searched(
        tmp_path, item(1, title="Budget", type="CSV", url=None),
        item(2, title="Parks", type="Feature Service", url=service),
        item(3, title="A story", type="StoryMap", url="https://storymaps.example/1"), matched=3,
    )  # fmt: skip
    data = {e.title: [o for o in e.offers if o.role is Role.DATA] for e in entries}
    [(file,), (layer,), story] = data.values()
    assert (file.kind, file.form) == ("url", "CSV")
    assert file.location.endswith(f"/sharing/rest/content/items/{1:032x}/data")
    assert (layer.kind, layer.location) == ("arcgis", service)
    assert story == []


def test_half_a_letter_in_an_item_costs_nothing(tmp_path: Path) -> None:
    _, entries = searched(tmp_path, item(1, title="A \ud800"), item(2, title="B"), matched=2)
    assert [entry.title[:2].strip() for entry in entries] == ["A", "B"]


def test_a_search_is_not_asked_for_more_than_it_can_tell(tmp_path: Path) -> None:
    """A real Hub answers 500 beyond 10,000."""
    taken, _ = searched(tmp_path, *(item(n, title="x") for n in range(10_050)), matched=10_050)
    assert taken.completeness.why_not == "10,000 of 10,050 items came"
    assert taken.completeness.ended == "as far as the search goes"


def test_a_search_whose_count_is_not_met_is_not_proved(tmp_path: Path) -> None:
    site = HubSite(Holdings(23), page_max=10)
    with visiting(site, scratch=tmp_path) as (server, visit):
        empty = b'{"type": "FeatureCollection", "features": [], "numberMatched": 23}'
        server.faults.append(Fault("/items", page_instead(empty), after=2))
        location = f"{server.home}api/search/v1/collections/dataset/items"
        taken = SOURCE.list(visit, location, tmp_path)
    assert not taken.completeness.proved
    assert taken.completeness.why_not == "20 of 23 items came"


def test_trap_33_a_file_that_is_being_made_is_waited_for_and_its_status_is_no_data(
    tmp_path: Path,
) -> None:
    site = HubSite(Holdings(1), not_ready=3)
    item = site.holdings.held[0].hex32
    for number, says in enumerate((False, True)):
        site.says_exporting = says
        site._asked.clear()
        into = tmp_path / str(number)
        into.mkdir()
        with visiting(site, scratch=into) as (server, visit):
            waited: list[float] = []
            visit.sleep = waited.append
            url = f"{server.home}api/download/v1/items/{item}/csv?layers=0"
            naive = hurried.fetched(url)
            site._asked.clear()
            taken = downloaded(visit, url, into)
        assert taken.path.read_bytes() == site.holdings.held[0].csv()
        assert (
            naive != taken.path.read_bytes()
        )  # how far the export has come, under a name of a CSV
        assert len(waited) == 3


def test_trap_33_a_file_that_never_comes_gives_way_to_the_rows_of_its_layer(
    tmp_path: Path,
) -> None:
    holdings = Holdings(1)
    site = HubSite(holdings, not_ready=1_000)
    item = holdings.held[0].hex32
    with visiting(site, ArcGisSite(holdings), scratch=tmp_path) as (server, visit):
        url = f"{server.home}api/download/v1/items/{item}/csv?layers=0"
        taken = downloaded(visit, url, tmp_path)
        assert taken.completeness.proved
        assert len(rows_of(taken)) == 30
        assert hurried.fetched(url) != holdings.held[0].csv()
        site.without_layer = {0}
        with pytest.raises(NotReady):  # a file without a layer: nothing is kept
            downloaded(visit, url, tmp_path)


def test_trap_34_a_file_older_than_its_layer_gives_way_to_the_rows(tmp_path: Path) -> None:
    holdings = Holdings(1)
    site, layers = HubSite(holdings), ArcGisSite(holdings)
    item = holdings.held[0].hex32
    with visiting(site, layers, scratch=tmp_path) as (server, visit):
        url = f"{server.home}api/download/v1/items/{item}/csv?layers=0"
        fresh = downloaded(visit, url, tmp_path)
        assert fresh.media_type == "text/csv"
        (layer,) = layers.services["Building_Permits"]
        layer.edited = START + timedelta(days=2)
        taken = downloaded(visit, url, tmp_path)
        assert hurried.fetched(url) == fresh.path.read_bytes()  # "unchanged"
    assert taken.completeness.method == "rows by ranges of object ids"


def test_a_hub_is_found_previewed_and_collected(tmp_path: Path) -> None:
    holdings = Holdings(3)
    hub = HubSite(holdings, Naming.HOME, without_layer={2})
    with PortalServer(hub, ArcGisSite(holdings)) as server:
        clock = SetClock(START)
        archive = archives.init(tmp_path / "archive", clock=clock)
        rules = Rules(allow_private=True, extra_ports=frozenset({server.port}))
        fetching = Fetching(rules, sleep=lambda _: None)
        with found_at(archive, server.home, fetching) as found:
            assert found is not None
            preview = preview_of(found, Selection())
            add_source(archive, found.recognised, Selection(), name="hub")
        first = round_of(archive, ["hub"], fetching=fetching)
        clock.move_to(clock.now() + timedelta(days=1))
        second = round_of(archive, ["hub"], fetching=fetching)
    assert (preview.label, preview.entries, preview.files) == ("ArcGIS Hub", 3, 3)
    told = {f"{c.resource.dataset}/{c.resource.name}": c.outcome for c in first}
    assert set(told.values()) == {"changed"}, [c.said for c in first]
    # views were counted up meanwhile: no change of what an item says
    outcomes = Counter(c.outcome for c in second)
    assert outcomes["changed"] == 0, [c.said for c in second]
    assert outcomes["export only"] == 3


@pytest.mark.parametrize("county", ["08b-42029", "10b-55025", "11b-39035"])
def test_recorded_feeds_of_real_hubs_are_read_without_loss(shared: Path, county: str) -> None:
    path = shared / "fixtures" / "portals" / "btaa-hub-series" / f"{county}.tar.zst"
    generations: Counter[Generation] = Counter()
    layers = 0
    with tarfile.open(fileobj=io.BytesIO(zstd.decompress(path.read_bytes()))) as series:
        for member in series.getmembers():
            handle = series.extractfile(member)
            for record in json.loads(handle.read())["dataset"] if handle else ():
                entry = SOURCE.entry(record, "https://x.gov/")
                assert entry.identifier == record["identifier"]
                generations[hub_identifier(entry.identifier).generation] += 1
                urls = [str(d.get("accessURL")) for d in record.get("distribution", [])]
                has_layer = any(
                    u.rstrip("/").split("/")[-1].isdecimal() and "Server/" in u for u in urls
                )
                found = [offer for offer in entry.offers if offer.kind == "arcgis"]
                assert bool(found) or not has_layer
                layers += len(found)
    assert layers > 100
    assert generations[Generation.OTHER] == 0
    assert generations[Generation.ITEM]
    assert generations[Generation.KIND_SLUG]
