"""Pages of portals and of runs call datasets by their titles; the name stands beside for staff."""

from __future__ import annotations

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
