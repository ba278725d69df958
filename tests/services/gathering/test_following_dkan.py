"""A DKAN portal through time: found, previewed, added and collected."""

from __future__ import annotations

from pathlib import Path

from test_following import Town

from verticalfile.services.gathering.preview import found_at, preview_of
from verticalfile.services.known.selection import Selection
from verticalfile.services.listing import versions
from verticalfile.services.reading.versions import Happening, version_facts
from verticalfile.services.visibility import Viewer
from verticalfile.town.portals.dkan import DkanSite
from verticalfile.town.portals.holdings import Holdings
from verticalfile.town.portals.serving import Fault, page_instead


def test_a_dkan_portal_is_found_previewed_added_and_collected(tmp_path: Path) -> None:
    holdings = Holdings(3)
    site = DkanSite(holdings)
    site.without_file, site.described = {2}, {0}
    town = Town(tmp_path, site, holdings)
    with town.open():
        with found_at(town.archive, town.server.home, town.fetching) as found:
            assert found is not None
            preview = preview_of(found, Selection())
        assert (preview.label, preview.is_tried) == ("DKAN", True)
        assert (preview.entries, preview.files, preview.documents) == (3, 3, 1)
        town.follow(Selection())
        first = town.day()
        holdings.edit(holdings.held[2])
        second = town.day()
    dictionary = first.pop("building-permits/data-dictionary")
    assert dictionary.outcome == "changed"
    assert {checked.outcome for checked in first.values()} == {"changed"}
    changed = {name.partition("/")[0] for name, c in second.items() if c.outcome == "changed"}
    assert changed == {"portal", "street-trees"}  # its list tells a new date


def test_a_dictionary_is_a_document_and_a_page_in_its_place_is_not(tmp_path: Path) -> None:
    holdings = Holdings(1)
    site = DkanSite(holdings)
    site.described = {0}
    town = Town(tmp_path, site, holdings)
    with town.open():
        town.server.faults.append(Fault("/data-dictionary/", page_instead(b"%PDF-1.4 Fields")))
        town.follow(Selection())
        first = town.day()
        town.server.faults.append(Fault("/data-dictionary/", page_instead(b"<html>Moved</html>")))
        second = town.day()
    name = "building-permits/data-dictionary"
    assert (first[name].outcome, first[name].said) == ("changed", "kept as v1, a document")
    assert second[name].outcome == "unreadable"
    assert "html" in second[name].said
    file, lines = versions(town.archive, name)
    assert [(line.version.readable, line.is_document) for line in lines] == [
        (False, True), (False, False),
    ]  # fmt: skip
    facts = version_facts(town.archive, file, viewer=Viewer.PUBLIC)
    assert [each.happening for each in facts] == [Happening.FIRST, Happening.UNREADABLE]
