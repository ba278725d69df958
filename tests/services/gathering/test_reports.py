"""Reports: a run can be asked for again by its beginning, a day by its date."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_following import a_town

from verticalfile.kernel.errors import InputRefused
from verticalfile.services.gathering.reports import report, runs
from verticalfile.services.known.selection import Selection
from verticalfile.services.names import NotHeld
from verticalfile.town.portals.serving import Fault, status


def test_a_run_tells_what_is_new_and_what_broke_with_its_mend(tmp_path: Path) -> None:
    town = a_town(tmp_path)
    with pytest.raises(NotHeld):
        report(town.archive)
    with town.open():
        town.follow(Selection())
        town.day()
        town.holdings.edit(town.holdings.held[2])
        town.server.faults.append(Fault(town.holdings.held[3].uuid, status(503)))
        town.day()
    found = report(town.archive)
    assert found.looked == 7
    assert found.outcomes == {"unchanged": 4, "changed": 2, "failed": 1}
    assert [line.file.name for line in found.news] == ["portal", "street-trees"]
    assert [line.file.title for line in found.news] == ["Alder Falls Open Data", "Street Trees"]
    (broken,) = found.broken
    assert broken.file.name == "bus-stops"
    assert broken.mend
    first, second = sorted(runs(town.archive), key=lambda run: run.began_at)
    assert report(town.archive, second.name) == found
    assert report(town.archive, first.name).outcomes == {"changed": 7}


def test_a_day_is_asked_for_by_its_date(tmp_path: Path) -> None:
    town = a_town(tmp_path, 2)
    with town.open():
        town.follow(Selection())
        town.day()
    day = town.clock.now().date().isoformat()
    assert report(town.archive, day).looked == 3
    assert report(town.archive, "2024-01-01").looked == 0
    for wrong in ("2025", "2025-01"):
        with pytest.raises(InputRefused):
            report(town.archive, wrong)
