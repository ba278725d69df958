"""Of what is under embargo no door tells more than that it is, and until when."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from made_room import Maker, lines
from test_search_page import said
from walking import doors_of, nothing_tells

from verticalfile.services.deciding import embargoing

HEAD = "id,kind"


@pytest.fixture
def plans(tmp_path):
    maker = Maker(tmp_path / "archive", tmp_path / "sources")
    maker.add("p.csv", "plans", "Plans", key=["id"])
    maker.collect("plans", "p.csv", lines("1,park", "2,Lindworm", head=HEAD))
    maker.collect("plans", "p.csv", lines("1,park", "2,Lindworm", "3,Zugunruhe", head=f"{HEAD}"))
    return maker


def moments(maker) -> list[str]:
    [file] = maker.archive.index.resources("plans")
    return [f"@{v.seen_at:%Y%m%dT%H%M%SZ}" for v in maker.archive.index.versions(file.id)]


def test_nothing_of_a_file_under_embargo_comes_through_any_door(plans, enter, tmp_path):
    embargoing.embargo(plans.archive, "plans", until=date(2024, 6, 1), reason="Hornblower asks")
    found = moments(plans)
    plans.archive.index.close()
    room = enter(plans.archive.root)
    doors = doors_of("/d/plans/", found, ["plans", "Zugunruhe"])
    secrets = ("Zugunruhe", "Lindworm", "Hornblower", "3 rows", "2 rows", "1 row added")
    nothing_tells(room, doors, secrets, "plans", tmp_path)
    page = said(room.get("/d/plans/"))
    assert "shown from June 1, 2024 on" in page
    assert "See the other versions" not in page, "none of them is shown"
    assert room.get("/d/plans/download.csv").status_code == 410
    assert "1 de junio de 2024" in said(room.get("/es/d/plans/"))
    register = said(room.get("/changes/withdrawn/"))
    assert "June 1, 2024" in register
    assert "Reason:" not in register, "the day is told once, in words"


def test_of_one_version_the_older_one_is_shown_and_no_difference(plans, enter, tmp_path):
    embargoing.embargo(
        plans.archive, "plans", until=date(2024, 6, 1), reason="a draft", version="v2"
    )
    found = moments(plans)
    plans.archive.index.close()
    room = enter(plans.archive.root)
    doors = doors_of("/d/plans/", found, ["plans", "Zugunruhe"])
    doors += [f"/d/plans/{a}/changes/?from={b[1:]}" for a in found for b in found if a != b]
    nothing_tells(room, doors, ("Zugunruhe", "3 rows", "1 row added"), "plans", tmp_path)
    page = said(room.get("/d/plans/"))
    assert "is shown from June 1, 2024 on" in page
    assert "See the other versions" in said(room.get(f"/d/plans/{found[1]}/"))
    assert "Lindworm" in said(room.get("/d/plans/table/"))
    assert room.get(f"/d/plans/{found[1]}/download.csv").status_code == 410


def test_on_its_day_all_doors_open(plans, enter):
    embargoing.embargo(plans.archive, "plans", until=date(2024, 6, 1), reason="agreed")
    plans.clock.pass_time(timedelta(days=200))
    assert len(embargoing.end_due(plans.archive)) == 1
    plans.archive.index.close()
    room = enter(plans.archive.root)
    assert "Zugunruhe" in said(room.get("/d/plans/table/"))
    assert room.get("/d/plans/download.csv").status_code == 200
    assert "shown from" not in said(room.get("/d/plans/"))
