"""Pages of portals and of runs call datasets by their titles; the name stands beside for staff."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services.archive import init
from verticalfile.services.collecting.collect import collect
from verticalfile.services.collecting.rounds import round_of
from verticalfile.services.datasets.adding import add
from verticalfile.services.datasets.describing import describe
from verticalfile.services.gathering.preview import found_at
from verticalfile.services.gathering.sources import add_source
from verticalfile.services.known.selection import Selection
from verticalfile.services.known.statements import Field
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.town.portals.ckan import CkanSite
from verticalfile.town.portals.holdings import Holdings
from verticalfile.town.portals.serving import PortalServer

START = datetime(2024, 3, 4, 9, tzinfo=UTC)


def test_a_report_of_a_run_has_titles_and_names_a_lone_file_once(tmp_path, enter) -> None:
    clock = SetClock(START)
    archive = init(tmp_path / "archive", clock=clock)
    places = {"trees": ["trees.csv"], "doors": ["north.csv", "south.csv"]}
    for dataset, files in places.items():
        for file in files:
            path = tmp_path / dataset / file
            path.parent.mkdir(exist_ok=True)
            path.write_text("id,kind\n1,oak\n", encoding="utf-8")
        add(archive, str(tmp_path / dataset), name=dataset, title=f"All {dataset}")
    describe(archive, "trees", {Field.TITLE: ["Árboles"]}, language="es")
    (tmp_path / "doors" / "south.csv").write_text("id,kind\n", encoding="utf-8")
    collect(archive, archive.index.resources(), fetching=Fetching(Rules()))
    reader = enter(archive.root)
    page = reader.get("/sources/report/2024-03-04/").content.decode()
    assert "trees/trees" not in page
    assert '<a href="/d/trees/" lang="en"><b>All trees</b></a>: changed' in page
    assert '<a href="/d/doors/south/" lang="en"><b>All doors</b></a>: changed' in page
    assert '<span class="quiet s mono">doors/south</span>' in page
    spanish = reader.get("/es/sources/report/2024-03-04/").content.decode()
    assert '<a href="/es/d/trees/" lang="es"><b>Árboles</b></a>' in spanish


def test_the_page_of_a_portal_calls_what_is_kept_by_its_title(tmp_path, enter) -> None:
    archive = init(tmp_path / "archive", clock=SetClock(START))
    holdings = Holdings(2)
    holdings.now = START
    with PortalServer(CkanSite(holdings)) as server:
        rules = Rules(allow_private=True, extra_ports=frozenset({server.port}))
        fetching = Fetching(rules, sleep=lambda _: None)
        with found_at(archive, server.home, fetching) as found:
            assert found is not None
            add_source(archive, found.recognised, Selection(), name="portal")
        round_of(archive, ["portal"], fetching=fetching)
    name = next(name for name in archive.index.datasets() if name != "portal")
    describe(archive, name, {Field.TITLE: ["Lamps & poles"]})
    page = enter(archive.root).get("/sources/portal/").content.decode()
    assert f'<a href="/d/{name}/" lang="en">Lamps &amp; poles</a>' in page
    assert f">{name}</a>" not in page


def test_a_portal_is_no_dataset_wherever_datasets_are_counted_listed_and_told(room) -> None:
    name = "town-portal"
    every = room.get("/d/").content.decode()
    assert f'href="/d/{name}/"' not in every
    assert "The list of the portal that we follow is kept too" in every
    counted = len(re.findall(r'<th scope="row"', every))
    assert f"{counted} datasets, every version" in every
    home = room.get("/").content.decode()
    assert name not in home
    assert f"{counted} datasets, A to Z" in home
    for address in ("/search/", "/search/?q=portal", "/es/search/?q=alder+falls+open+data"):
        assert f"/d/{name}/" not in room.get(address).content.decode(), address
    changes = [f"/changes/{each}/" for each in ("changed", "new", "export")]
    feeds = [f"{each}feed.{form}" for each in ("/", *changes) for form in ("atom", "json")]
    for address in (*changes, *feeds):
        text = room.get(address).content.decode()
        assert "Alder Falls Open Data: changed" not in text
        assert "Alder Falls Open Data: new" not in text
        assert f"/d/{name}/" not in text, address
    maps = room.get("/sitemap-1.xml").content.decode()
    assert f"/d/{name}/" not in maps
    assert f"/sources/{name}/" in maps


def test_what_happens_to_a_portal_is_told_on_its_own_pages_and_where_it_shuts_us_out(room) -> None:
    own = room.get("/d/town-portal/feed.json").json()["items"]
    assert "Changed" in {tag for item in own for tag in item["tags"]}
    assert "/d/town-portal/" in room.get("/sources/town-portal/").content.decode()
    assert "Alder Falls Open Data" in room.get("/changes/blocked/").content.decode()
