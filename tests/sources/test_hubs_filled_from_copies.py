"""Monthly copies of real portals, taken in as a back-fill of their lists: what the fold over them says."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from portals_of_the_past import bodies, hubs, months

from verticalfile.catalog.source_lines import SourceLines
from verticalfile.kernel.clock import SetClock
from verticalfile.services import archive as archives
from verticalfile.services.collecting import backfill
from verticalfile.services.gathering.sightings import members_of
from verticalfile.services.gathering.sources import add_source
from verticalfile.services.known.selection import Selection
from verticalfile.sources.kind import Recognised
from verticalfile.sources.membership import Listing, Members, dump, step

BEGAN = datetime(2026, 1, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize("portal", ["02b-17113", "05b-27017", "11b-39035"])
def test_a_real_portal_of_three_years_is_filled_from_its_monthly_copies(
    shared: Path, tmp_path: Path, portal: str
) -> None:
    taken, expected = list(months(shared, portal)), hubs(shared)[portal]["snapshots"]
    members = Members()
    for day, entries in taken:
        members = step(members, Listing(day, entries, proved=True, is_copy=True)).members
    folder = tmp_path / "copies"
    folder.mkdir()
    for name, body in bodies(shared, portal):
        (folder / name).write_bytes(body)
    clock = SetClock(BEGAN)
    archive = archives.init(tmp_path / "archive", clock=clock)
    where = Recognised("arcgis-hub", "https://hub.example.org/api/feed/dcat-us/1.1.json")
    listing = add_source(archive, where, Selection(), name="hub")
    backfill.from_folder(archive, lambda: listing, folder)
    source = SourceLines(archive.index).of(listing.id)
    assert source is not None
    assert len(archive.index.versions(listing.id)) <= len(expected)
    told = {
        m["key"]: m.get("state", "present") for m in dump(members_of(archive, source))["members"]
    }
    pure = {m["key"]: m.get("state", "present") for m in dump(members)["members"]}
    assert told == pure
    assert archive.index.datasets().keys() == {"hub"}, "what copies list is not collected"
