"""Lists that are written anew at each look with the same rows: no change is told of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_following import Town

from verticalfile.catalog.register_lines import Register
from verticalfile.services.gathering.reports import report
from verticalfile.services.known.selection import Selection
from verticalfile.services.reading import news
from verticalfile.services.telling.registers import NEWS, lately
from verticalfile.services.visibility import Viewer
from verticalfile.town.portals.dcat_ap import DcatApSite
from verticalfile.town.portals.holdings import Holdings
from verticalfile.town.portals.serving import Site
from verticalfile.town.portals.socrata import SocrataSite


@pytest.mark.parametrize("kind", [SocrataSite, DcatApSite])
def test_a_list_with_the_same_rows_is_no_news_in_registers_feeds_and_reports(
    tmp_path: Path, kind: type[Site]
) -> None:
    holdings = Holdings(3)
    town = Town(tmp_path, kind(holdings), holdings)
    with town.open():
        town.follow(Selection())
        town.day()
        before = lately(town.archive, NEWS)
        looks = [town.day()["portal/listing"] for _ in range(3)]
        quiet = lately(town.archive, NEWS), report(town.archive).news
        shown = news.newest(town.archive, viewer=Viewer.PUBLIC)
        holdings.held[0].title = "Permits of all kinds"
        town.day()
    (listing,) = town.archive.index.resources("portal")
    assert {look.outcome for look in looks} == {"export only"}, "other bytes come at each look"
    assert quiet == (before, ())
    assert not [each for each in shown if each.entry.register is Register.EXPORT]
    assert listing.outcome == "changed"
    told = [line.file.whole for line in report(town.archive).news]
    assert told[0] == "portal/listing", "a row that differs is news"
