"""A version that may not be whole says so wherever it is shown, and only there."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pypdf
from made_room import START

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services.archive import init
from verticalfile.services.collecting.rounds import round_of
from verticalfile.services.gathering.preview import found_at
from verticalfile.services.gathering.sources import add_source
from verticalfile.services.known.selection import Selection
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.town.portals.dkan import DkanSite
from verticalfile.town.portals.holdings import Holdings
from verticalfile.town.portals.serving import Answer, Fault, PortalServer, Request

SAID = {"": "This version may not be whole.", "/es": "Esta versión puede estar incompleta."}
OLD = "/d/town-portal/@2023-11-13/"
WHY = "entries at the start"
WHY_SAID = {"": f" {WHY} and ", "/es": " entradas al principio y "}


def whole_text(answer) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content


def test_a_version_that_may_not_be_whole_says_so_on_each_of_its_screens(room) -> None:
    for tongue, said in SAID.items():
        for screen in ("", "table/", "changes/", "download/", "cite/", "handout/"):
            old = f"{tongue}{OLD}{screen}"
            text = room.get(old, follow=True).content.decode()
            assert said in text, old
            assert WHY_SAID[tongue] in text
        newest = room.get(f"{tongue}/d/town-portal/").content.decode()
        assert said not in newest.split('<h2 id="wc">')[0]


def test_it_says_so_in_every_list_of_versions_and_feed(room) -> None:
    for tongue, said in SAID.items():
        assert said in room.get(f"{tongue}/d/town-portal/time/").content.decode()
        for form in ("atom", "json"):
            text = room.get(f"{tongue}/d/town-portal/feed.{form}").content.decode()
            assert text.count(said) == 1


def test_a_drawing_of_versions_says_how_many_may_not_be_whole(room) -> None:
    for address, said in (
        ("/d/town-portal/time/", "1 version that is drawn may not be whole."),
        ("/es/d/town-portal/chart/", "1 versión dibujada puede estar incompleta."),
    ):
        assert said in room.get(address).content.decode()
    assert "may not be whole" not in room.get("/d/street-trees/chart/").content.decode()


def test_it_says_so_in_what_is_taken_away(room) -> None:
    for form in ("apa", "mla", "chicago", "bibtex", "ris", "csl-json"):
        address = f"{OLD}cite.{form}"
        assert b"may not be whole" in whole_text(room.get(address, follow=True)), form
    paper = whole_text(room.get(f"{OLD}handout.pdf", follow=True))
    printed = " ".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(paper)).pages)
    assert SAID[""] in " ".join(printed.split())
    body = whole_text(room.get(f"{OLD}download.zip", follow=True))
    with zipfile.ZipFile(io.BytesIO(body)) as bundle:
        told = {
            name: bundle.read(name).decode() for name in bundle.namelist() if name.endswith(".txt")
        }
    assert any(SAID[""] in text and WHY in text for text in told.values())
    assert "may not be whole" in told["citation.txt"]


def test_a_comparison_says_so_of_either_side(room) -> None:
    later = room.get("/d/town-portal/@2023-11-20/changes/", follow=True)
    moment = room.get(OLD, follow=True).redirect_chain[-1][0].split("@")[1].split("/")[0]
    page = f"{later.redirect_chain[-1][0].split('?')[0]}?from={moment}"
    text = room.get(page, follow=True).content.decode()
    assert "may not be whole" in text
    assert WHY in text
    told = json.loads(whole_text(room.get(page.replace("changes/", "changes.json"), follow=True)))
    assert WHY in told["from_may_not_be_whole"]
    assert told["to_may_not_be_whole"] is None


def test_it_says_so_beside_what_was_found_while_it_is_the_newest(tmp_path, enter) -> None:
    clock = SetClock(START)
    archive = init(tmp_path / "archive", clock=clock)
    holdings = Holdings(1)
    site = DkanSite(holdings)
    site.without_file = {0}  # its rows are asked of the datastore

    def uncounted(request: Request, answer: Answer) -> Answer:
        return answer if request.path.endswith("/download") else Answer(b'{"results": []}')

    with PortalServer(site) as server:
        rules = Rules(allow_private=True, extra_ports=frozenset({server.port}))
        fetching = Fetching(rules, sleep=lambda _: None)
        with found_at(archive, server.home, fetching) as found:
            assert found is not None
            add_source(archive, found.recognised, Selection(), name="portal")

        def look() -> None:
            clock.pass_time(timedelta(days=1))
            holdings.now = clock.now()
            round_of(archive, ["portal"], fetching=fetching)

        server.faults.append(Fault("/datastore/query", uncounted))
        look()
        room = enter(archive.root)
        said = {
            "": "The newest version may not be whole.",
            "/es": "La versión más reciente puede estar incompleta.",
        }
        for tongue, told in said.items():
            assert told in room.get(f"{tongue}/search/?sort=title").content.decode()
        server.faults.clear()
        holdings.edit(holdings.held[0])
        look()
        for tongue, told in said.items():
            assert told not in room.get(f"{tongue}/search/?sort=title").content.decode()
