"""A portal's quota for a day, over rounds of the whole archive."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from test_following import Town

from verticalfile.fetch.manners.manners import Manners
from verticalfile.services.collecting.collect import Checked
from verticalfile.services.collecting.rounds import round_of
from verticalfile.services.gathering.sources import sources
from verticalfile.services.known.selection import Selection
from verticalfile.town.portals.holdings import Holdings
from verticalfile.town.portals.opendatasoft import OpendatasoftSite
from verticalfile.town.portals.serving import PortalServer, Request


def round_after(town: Town, hours: float) -> list[Checked]:
    """A round as `vf run` makes it, so many hours later."""
    town.clock.move_to(town.clock.now() + timedelta(hours=hours))
    return round_of(town.archive, ["portal"], fetching=town.fetching, leave_resting=True)


def state(town: Town) -> set[tuple[object, ...]]:
    return {(r.dataset, r.versions, r.absent_since) for r in town.archive.index.resources()}


def test_trap_51_until_a_quota_begins_anew_nothing_is_asked_and_nothing_fails(
    tmp_path: Path,
) -> None:
    holdings = Holdings(8)
    site = OpendatasoftSite(holdings)
    site.tells_by_header = False
    town = Town(tmp_path, site, holdings)
    with town.open(), PortalServer(site, now=town.clock.now) as town.server:
        rules = replace(town.fetching.rules, extra_ports=frozenset({town.server.port}))
        manners = Manners(town.clock, folder=tmp_path / "hosts", sleep=lambda _: None)
        town.fetching = replace(town.fetching, rules=rules, manners=manners)
        town.follow(Selection())
        assert {c.outcome for c in round_after(town, 24)} == {"changed"}
        before = state(town)

        site.quota = 11  # the list, and some of the tables
        site.reset_at = int((town.clock.now() + timedelta(hours=44)).timestamp())
        first = round_after(town, 24)
        asked = len(town.server.asked)
        assert round_after(town, 10) == []
        assert len(town.server.asked) == asked
        naive = naive_round(site, holdings)

        site.quota = None
        last = round_after(town, 11)
    *whole, stopped = (c.outcome for c in first)
    assert 1 < len(first) < 9
    assert set(whole) == {"unchanged"}
    assert stopped == "blocked"
    assert len(naive) == 8
    assert {c.outcome for c in last} == {"unchanged"}
    assert len(last) == 9
    assert state(town) == before
    (source,) = sources(town.archive)
    assert source.counts == {"present": 8}


def naive_round(site: OpendatasoftSite, holdings: Holdings) -> list[str]:
    """What a collector calls broken that asks for one dataset after the other, come what may."""
    broken = []
    for holding in holdings.held:
        path = f"/api/explore/v2.1/catalog/datasets/{holding.slug}/exports/csv"
        answer = site.answer(Request("GET", path, {}, {"Host": "portal"}))
        if answer is None or answer.status != 200:
            broken.append(holding.slug)
    return broken
