"""A DKAN portal through time: found, previewed as untried, added and collected."""

from __future__ import annotations

from pathlib import Path

from test_following import Town

from verticalfile.services.gathering.preview import found_at, preview_of
from verticalfile.services.known.selection import Selection
from verticalfile.town.portals.dkan import DkanSite
from verticalfile.town.portals.holdings import Holdings


def test_a_dkan_portal_is_found_previewed_added_and_collected(tmp_path: Path) -> None:
    holdings = Holdings(3)
    site = DkanSite(holdings)
    site.without_file, site.described = {2}, {0}
    town = Town(tmp_path, site, holdings)
    with town.open():
        with found_at(town.archive, town.server.home, town.fetching) as found:
            assert found is not None
            preview = preview_of(found, Selection())
        assert (preview.label, preview.is_tried) == ("DKAN", False)
        assert (preview.entries, preview.files, preview.documents) == (3, 3, 1)
        town.follow(Selection())
        first = town.day()
        holdings.edit(holdings.held[2])
        second = town.day()
    dictionary = first.pop("building-permits/data-dictionary")
    assert dictionary.outcome == "unreadable"  # as a table; it is kept as the document it is
    assert {checked.outcome for checked in first.values()} == {"changed"}
    changed = {name.partition("/")[0] for name, c in second.items() if c.outcome == "changed"}
    assert changed == {"portal", "street-trees"}  # its list tells a new date
