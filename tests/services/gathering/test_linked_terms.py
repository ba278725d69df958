"""Pages of terms that a portal's entries link to are kept once, beside its list, by themselves."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services import archive as archives
from verticalfile.services.collecting.rounds import round_of
from verticalfile.services.gathering.linked_terms import TERMS_MAX, addresses_in
from verticalfile.services.gathering.sources import add_source, sources
from verticalfile.services.known.selection import Selection
from verticalfile.services.rights.card import TERMS_CHANGED, TERMS_NOT_CAPTURED, card_of
from verticalfile.services.taking_in.rebuild import rebuild
from verticalfile.services.telling.registers import lately
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.sources.kind import Recognised
from verticalfile.town.portals.dcat_us import DcatUsSite
from verticalfile.town.portals.holdings import START, Holdings
from verticalfile.town.portals.serving import Answer, PortalServer, Request

FREE, CLOSED = "<p>Free and open data for anyone.</p>", "<p>All rights reserved. No copies.</p>"


class TermsSite:
    """Pages of terms below `/terms`, beside a portal."""

    def __init__(self) -> None:
        self.text = FREE

    def answer(self, request: Request) -> Answer | None:
        if request.path.startswith("/terms"):
            return Answer(self.text.encode(), 200, "text/html")
        return None


class Portal:
    """An archive that follows a `data.json` whose entries link to terms."""

    def __init__(self, folder: Path, server: PortalServer, holdings: Holdings) -> None:
        self.clock = SetClock(START)
        self.archive = archives.init(folder / "archive", clock=self.clock)
        rules = Rules(allow_private=True, extra_ports=frozenset({server.port}))
        self.fetching = Fetching(rules, sleep=lambda _: None)
        where = Recognised("dcat-us", f"{server.home}data.json")
        self.holdings = holdings
        add_source(self.archive, where, Selection(), name="portal")

    def day(self, days: int = 1) -> None:
        self.clock.move_to(self.clock.now() + timedelta(days=days))
        round_of(self.archive, ["portal"], fetching=self.fetching)


def test_terms_are_kept_once_and_a_change_flags_every_dataset_that_points_to_them(
    tmp_path: Path,
) -> None:
    holdings, terms = Holdings(3), TermsSite()
    with PortalServer(DcatUsSite(holdings), terms) as server:
        for holding in holdings.held:
            holding.licence = f"{server.home}terms"
        portal = Portal(tmp_path, server, holdings)
        portal.day()
        then = portal.clock.now()
        asked = [r for r in server.asked if r.path == "/terms"]
        terms.text = CLOSED
        portal.day()
        pages = [r for r in portal.archive.index.resources() if "/terms" in r.location]
        names = [r.dataset for r in portal.archive.index.resources() if r.member]
        cards = [card_of(portal.archive, name, moment=then) for name in names]
        files = portal.archive.index.resources()
        rebuild(portal.archive, None)
        assert portal.archive.index.resources() == files
    assert len(asked) == 1, "once for the address, not once for each dataset"
    (page,) = pages
    assert (page.dataset, page.role, page.versions, page.every) == ("portal", "documentation", 2, "weekly")  # fmt: skip
    assert len(cards) == 3
    for card in cards:
        assert TERMS_CHANGED in card.warnings
        assert TERMS_NOT_CAPTURED not in card.warnings
        assert card.terms[0].reading is not None
        assert card.terms[0].reading.label == "custom-open"
    (source,) = sources(portal.archive)
    assert (source.datasets, source.files) == (3, 3), "terms are no dataset of the portal"
    told = {(e.dataset, e.file) for e in lately(portal.archive).entries}
    assert ("portal", page.name) not in told, "a page of terms is no news of its own"


def test_pages_of_one_portal_have_a_limit(tmp_path: Path) -> None:
    holdings = Holdings(TERMS_MAX + 5)
    with PortalServer(DcatUsSite(holdings), TermsSite()) as server:
        for number, holding in enumerate(holdings.held):
            holding.licence = f"{server.home}terms/{number}"
        portal = Portal(tmp_path, server, holdings)
        from verticalfile.services.collecting.collect import collect

        (listing,) = portal.archive.index.resources("portal")
        collect(portal.archive, [listing], fetching=portal.fetching)
        pages = [r for r in portal.archive.index.resources() if "/terms" in r.location]
    assert len(pages) == TERMS_MAX


@pytest.mark.parametrize(
    ("licence", "found"),
    [
        ("https://x.gov/terms", ["https://x.gov/terms"]),
        (
            '<a href="https://x.gov/terms?a=1&amp;b=2">Terms</a> and'
            " https://creativecommons.org/licenses/by/4.0/",
            ["https://x.gov/terms?a=1&b=2"],
        ),
        ("https://creativecommons.org/licenses/by/4.0/", []),
        ("http://www.usa.gov/publicdomain/label/1.0/", []),
        ("ftp://x.gov/terms", []),
        ("javascript:alert(1)", []),
        ("See the clerk at https://x.gov/", []),
        ("", []),
    ],
)
def test_only_pages_of_the_publishers_own_terms_are_taken(licence: str, found: list[str]) -> None:
    assert addresses_in({"license": licence}) == found
