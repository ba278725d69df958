"""The app token of a Socrata portal: sent to that portal alone, and written down nowhere."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from test_following import Town

from verticalfile.fetch.errors import Blocked
from verticalfile.kernel.errors import VerticalFileError
from verticalfile.services.known.selection import Selection
from verticalfile.services.visiting import hosts
from verticalfile.sources.socrata.socrata import Socrata
from verticalfile.sources.visit import Visit
from verticalfile.town.portals.holdings import Holdings
from verticalfile.town.portals.serving import Fault, PortalServer, moved_to
from verticalfile.town.portals.socrata import SocrataSite

TOKEN = "pXq7tUvW2zAbCdEfGh9JkLmNo"
OWN_PLACES = ("/api/", "/resource/", "/download/")


def a_domain(folder: Path) -> tuple[Town, SocrataSite]:
    holdings = Holdings(3)
    holdings.held[0].facts["attachment"] = "dictionary.pdf"
    site = SocrataSite(holdings)
    site.tokens = frozenset({TOKEN})
    return Town(folder, site, holdings), site


def give(town: Town, token: str) -> None:
    """As staff do: by the file of keys, for this host alone."""
    file = town.archive.root / hosts.KEYS
    file.touch(mode=0o600)
    file.write_text(json.dumps({town.server.home.rstrip("/"): {"X-App-Token": token}}))
    town.fetching = replace(town.fetching, credentials=hosts.credentials_of(town.archive))


def written(town: Town, token: str) -> list[Path]:
    """Files in the archive that hold the token, but for the one that is for it."""
    return [
        path for path in town.archive.root.rglob("*")
        if path.is_file() and path.name != hosts.KEYS and token.encode() in path.read_bytes()
    ]  # fmt: skip


def test_a_token_goes_with_every_question_and_stands_in_no_file(tmp_path: Path) -> None:
    town, site = a_domain(tmp_path)
    with town.open():
        site.untokened = 0  # who comes without one is sent away
        give(town, TOKEN)
        town.follow(Selection())
        done = town.day()
        asked = [r for r in town.server.asked if r.path.startswith(OWN_PLACES)]
    assert {checked.outcome for checked in done.values()} == {"changed"}
    assert len(asked) > 10
    assert {request.headers.get("X-App-Token") for request in asked} == {TOKEN}
    assert not any("$$app_token" in request.query for request in asked)
    assert written(town, TOKEN) == []


def test_without_a_token_a_portal_that_throttles_is_told_and_left_alone(tmp_path: Path) -> None:
    town, site = a_domain(tmp_path)
    with town.open():
        site.untokened = 0
        visit = Visit(town.fetching.rules, town.clock, tmp_path, sleep=lambda _: None)
        with pytest.raises(Blocked, match="429"):
            Socrata(platforms=()).list(visit, town.server.home, tmp_path)


def test_a_token_that_is_refused_stands_in_no_error_and_no_file(tmp_path: Path) -> None:
    wrong = "wrongTokenThatWasMistyped"
    town, _site = a_domain(tmp_path)
    with town.open():
        town.follow(Selection())
        town.day()
        give(town, wrong)
        done = town.day()
    assert {checked.outcome for checked in done.values()} == {"blocked"}
    said = [checked.said for checked in done.values()]
    assert not any(wrong in text for text in said)
    assert written(town, wrong) == []


def test_a_token_is_for_its_portal_and_not_for_where_it_sends_us(tmp_path: Path) -> None:
    town, site = a_domain(tmp_path)
    site.has_discovery = False
    other_site = SocrataSite(town.holdings)
    with PortalServer(other_site) as other, town.open():
        give(town, TOKEN)
        ports = frozenset({town.server.port, other.port})
        rules = replace(town.fetching.rules, extra_ports=ports)
        town.server.faults.append(Fault("/resource/", moved_to(f"{other.home}resource/moved")))
        with replace(town.fetching, rules=rules).client(town.clock) as client:
            visit = Visit(rules, town.clock, tmp_path, client=client)
            source = Socrata(platforms=(f"{other.home}api/catalog/v1",))
            source.list(visit, town.server.home, tmp_path)
            with pytest.raises(VerticalFileError):
                source.fetch(
                    visit,
                    f"{town.server.home}resource/{town.holdings.held[0].four_by_four}",
                    tmp_path,
                )
        ours = [r for r in town.server.asked if r.path.startswith(OWN_PLACES)]
    assert {request.headers.get("X-App-Token") for request in ours} == {TOKEN}
    assert {request.path for request in other.asked} >= {"/api/catalog/v1", "/resource/moved"}
    assert not any("X-App-Token" in request.headers for request in other.asked)
