"""A list that has not changed is not read; what is known afterwards is what reading it would give."""

from __future__ import annotations

from pathlib import Path

from test_following import Town

from verticalfile.catalog.source_lines import MemberLine, SourceLines
from verticalfile.services.gathering.deciding import undecided
from verticalfile.services.gathering.listed_datasets import TOGETHER
from verticalfile.services.gathering.sightings import members_of
from verticalfile.services.gathering.sources import add_source
from verticalfile.services.known.derive import table_id
from verticalfile.services.known.selection import Selection
from verticalfile.services.taking_in.rebuild import rebuild
from verticalfile.sources.kind import Recognised
from verticalfile.sources.membership import Members
from verticalfile.town.portals.dcat_us import DcatUsSite
from verticalfile.town.portals.holdings import Holdings
from verticalfile.town.portals.serving import Fault, status


def a_town(tmp_path: Path, count: int = 6, *, rows: int = 5) -> Town:
    holdings = Holdings(count, rows=rows)
    return Town(tmp_path, DcatUsSite(holdings), holdings)


def known(town: Town) -> tuple[Members, list[MemberLine]]:
    lines = SourceLines(town.archive.index)
    source = lines.called("portal")
    assert source is not None
    return members_of(town.archive, source), lines.members(source.resource)


def test_after_calm_days_more_is_known_by_nobody_who_reads_all_of_it_again(tmp_path: Path) -> None:
    town = a_town(tmp_path)
    with town.open():
        town.follow(Selection())
        town.day()
        for _ in range(3):
            town.day()
        members, _ = known(town)
        assert members.accepted is not None
        assert members.accepted.moment == town.clock.now()
        assert {m.last_seen for m in members.by_key.values()} == {town.clock.now()}
        town.holdings.drop(town.holdings.held[2])
        for _ in range(12):  # missing, then vanished, then calm again
            town.day()
        town.server.faults.append(Fault("data.json", status(503)))
        town.day()
        town.server.faults.clear()
        town.day()
    before = known(town)
    assert {line.state for line in before[1]} == {"present", "vanished"}
    rebuild(town.archive, None)
    assert known(town) == before


def test_a_calm_look_needs_neither_the_list_nor_its_table(tmp_path: Path) -> None:
    town = a_town(tmp_path)
    with town.open():
        town.follow(Selection())
        town.day()
        (source,) = SourceLines(town.archive.index).all()
        table = town.archive.history_folder(table_id(source.resource, "dataset"))
        segments = list(table.glob("*.parquet"))
        assert segments
        for each in segments:
            each.write_bytes(b"whoever opens this fails")
        said = town.day()["portal/listing"].said
    assert "6 entries" in said


def test_another_choice_is_taken_from_a_list_that_has_not_changed(tmp_path: Path) -> None:
    town = a_town(tmp_path)
    with town.open():
        town.follow(Selection(words=("trees",)))
        town.day()
        town.day()
        assert len(town.archive.index.datasets()) == 2
        place = f"{town.server.home}data.json"
        add_source(town.archive, Recognised("dcat-us", place), Selection(), name="portal")
        town.day()
    assert len(town.archive.index.datasets()) == 7


def test_more_entries_than_are_followed_at_once_are_all_followed(tmp_path: Path) -> None:
    count = TOGETHER + TOGETHER // 4 - 1  # a round number would be a page limit
    town = a_town(tmp_path, count, rows=1)
    with town.open():
        town.follow(Selection(words=("hydrants",)))
        town.day()
        chosen = len(town.archive.index.datasets()) - 1
        assert chosen == count // 20 + (count % 20 >= 12)
        for holding in town.holdings.held[:: TOGETHER // 4]:
            holding.title += " of old"
        gone = town.holdings.held[5]
        town.holdings.drop(gone)
        town.day()
    lines = undecided(town.archive, "portal").members
    assert len(lines) == count
    assert sum(line.title.endswith(" of old") for line in lines) == 5
    assert [line.title for line in lines if line.state == "missing"] == [gone.title]
