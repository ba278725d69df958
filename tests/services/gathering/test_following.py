"""A portal through time: what is found, taken, added, moved and dropped, by the commands a user types."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.register_lines import Register
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services import archive as archives
from verticalfile.services.archive import Archive
from verticalfile.services.collecting.collect import Checked, collect
from verticalfile.services.collecting.rounds import round_of
from verticalfile.services.finding.searching import search
from verticalfile.services.gathering.deciding import join, tell_apart, undecided
from verticalfile.services.gathering.preview import found_at, preview_of
from verticalfile.services.gathering.sources import add_source, sources
from verticalfile.services.known.selection import Selection
from verticalfile.services.taking_in.rebuild import rebuild
from verticalfile.services.telling.registers import lately
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.town.portals.arcgis import ArcGisSite
from verticalfile.town.portals.ckan import CkanSite
from verticalfile.town.portals.dcat_us import DcatUsSite
from verticalfile.town.portals.holdings import START, Holdings
from verticalfile.town.portals.serving import Fault, PortalServer, Site, status


class Town:
    """An archive that follows one simulated portal; a day passes before each round."""

    def __init__(self, folder: Path, site: Site, holdings: Holdings) -> None:
        self.site, self.holdings = site, holdings
        self.clock = SetClock(START)
        self.archive: Archive = archives.init(folder / "archive", clock=self.clock)

    @contextmanager
    def open(self) -> Iterator[None]:
        with PortalServer(self.site) as self.server:
            rules = Rules(allow_private=True, extra_ports=frozenset({self.server.port}))
            self.fetching = Fetching(rules, sleep=lambda _: None)
            yield

    def follow(self, selection: Selection) -> None:
        with found_at(self.archive, self.server.home, self.fetching) as found:
            assert found is not None
            add_source(self.archive, found.recognised, selection, name="portal")

    def day(self) -> dict[str, Checked]:
        self.clock.move_to(self.clock.now() + timedelta(days=1))
        self.holdings.now = self.clock.now()
        done = round_of(self.archive, ["portal"], fetching=self.fetching)
        return {f"{c.resource.dataset}/{c.resource.name}": c for c in done}


def a_town(tmp_path: Path, count: int = 6) -> Town:
    holdings = Holdings(count)
    return Town(tmp_path, CkanSite(holdings), holdings)


def test_a_portal_is_previewed_before_anything_is_kept(tmp_path: Path) -> None:
    town = a_town(tmp_path)
    with town.open(), found_at(town.archive, town.server.home, town.fetching) as found:
        assert found is not None
        preview = preview_of(found, Selection(words=("street",)))
    assert (preview.label, preview.entries, preview.chosen, preview.files) == ("CKAN", 6, 1, 1)
    assert preview.formats == (("CSV", 1),)
    assert preview.sizes_told == 1
    assert town.archive.index.datasets() == {}


def test_a_list_that_was_walked_for_its_preview_is_not_walked_again(tmp_path: Path) -> None:
    """Nor is a look at it told of another moment than that at which it came."""
    town = a_town(tmp_path)
    with town.open():
        with found_at(town.archive, town.server.home, town.fetching) as found:
            assert found is not None
            walked = len(town.server.asked)
            town.clock.move_to(START + timedelta(minutes=40))
            added = add_source(town.archive, found.recognised, Selection(), name="portal")
            (checked,) = collect(town.archive, [added], fetching=town.fetching, walked=found)
            assert "6 datasets added" in checked.said
            assert len(town.server.asked) == walked
            (again,) = collect(
                town.archive, [listing_of(town)], fetching=town.fetching, walked=found
            )
        assert again.outcome == "unchanged"
        assert len(town.server.asked) > walked, "a later look is one"
    (version,) = town.archive.index.versions(added.id)
    assert version.seen_at == START
    assert version.last_seen_at == START + timedelta(minutes=40)


def test_a_list_that_somebody_thought_about_for_hours_is_walked_again(tmp_path: Path) -> None:
    town = a_town(tmp_path)
    with town.open(), found_at(town.archive, town.server.home, town.fetching) as found:
        assert found is not None
        walked = len(town.server.asked)
        town.clock.move_to(START + timedelta(hours=3))
        added = add_source(town.archive, found.recognised, Selection(), name="portal")
        collect(town.archive, [added], fetching=town.fetching, walked=found)
        assert len(town.server.asked) > walked
    (version,) = town.archive.index.versions(added.id)
    assert version.seen_at == START + timedelta(hours=3)


def test_whoever_is_killed_between_the_preview_and_its_taking_loses_nothing(tmp_path: Path) -> None:
    town = a_town(tmp_path)
    with town.open():
        town.follow(Selection())  # and no more
        assert not list(town.archive.scratch.glob("*"))
        assert "6 datasets added" in town.day()["portal/listing"].said


def listing_of(town: Town) -> ResourceLine:
    (listing,) = town.archive.index.resources("portal")
    return listing


def test_what_is_found_says_that_its_newest_version_may_not_be_whole(tmp_path: Path) -> None:
    holdings = Holdings(8)
    site = CkanSite(holdings, rows_max=4)
    town = Town(tmp_path, site, holdings)

    def add_once() -> None:
        site.between_pages = None
        holdings.add()

    def is_partial() -> bool:
        (hit,) = [h for h in search(town.archive, "portal").hits if h.dataset == "portal"]
        return hit.partial

    with town.open():
        town.follow(Selection(words=("nothing of it",)))
        site.between_pages = add_once  # its count moves while the list is read
        town.day()
        assert is_partial()
        town.day()
        assert not is_partial()


def test_every_dataset_is_added_collected_and_seen_to_change(tmp_path: Path) -> None:
    town = a_town(tmp_path)
    with town.open():
        town.follow(Selection())
        first = town.day()
        assert len(first) == 7
        town.holdings.edit(town.holdings.held[2], changed=2, added=3)
        second = town.day()
    changed = {name for name, checked in second.items() if checked.outcome == "changed"}
    assert changed == {"portal/listing", "street-trees/street-trees"}
    assert "3 rows added, 0 removed, 2 changed" in second["street-trees/street-trees"].said


def test_what_is_listed_later_is_added_only_where_it_was_chosen(tmp_path: Path) -> None:
    town = a_town(tmp_path, 2)
    with town.open():
        town.follow(Selection(words=("trees",)))
        town.day()
        assert [r.dataset for r in town.archive.index.resources()] == ["portal"]
        town.holdings.add()
        town.holdings.add("Parking Meters")
        town.day()
    assert [r.dataset for r in town.archive.index.resources()] == ["portal", "street-trees"]
    (source,) = sources(town.archive)
    assert (source.counts["present"], source.datasets) == (4, 1)


def test_a_file_whose_address_changes_goes_on_as_the_same_file(tmp_path: Path) -> None:
    """Trap 55: the address of an upload follows the name of the file."""
    town = a_town(tmp_path, 3)
    with town.open():
        town.follow(Selection())
        town.day()
        holding = town.holdings.held[0]
        holding.title = "Building  Permits"  # a new slug would be the same; the file is renamed
        town.site.suffix = "-2026"
        town.day()
    (resource,) = town.archive.index.resources("building-permits")
    assert resource.location.endswith("-2026.csv")
    assert resource.versions == 1


def test_an_index_that_was_lost_comes_back_with_its_sources(tmp_path: Path) -> None:
    town = a_town(tmp_path)
    with town.open():
        town.follow(Selection())
        town.day()
        town.holdings.add()
        town.day()
    before = town.archive.index.resources(), sources(town.archive)
    rebuild(town.archive, None)
    after = town.archive.index.resources(), sources(town.archive)
    assert after == before


def test_a_catalog_file_is_followed_as_a_portal_is(tmp_path: Path) -> None:
    holdings = Holdings(5)
    town = Town(tmp_path, DcatUsSite(holdings), holdings)
    with town.open():
        town.follow(Selection())
        assert {c.outcome for c in town.day().values()} == {"changed"}
        for holding in holdings.held:
            holdings.touch(holding)
        second = town.day()
    assert second["portal/listing"].outcome == "changed"
    assert {c.outcome for name, c in second.items() if name != "portal/listing"} == {"unchanged"}


def test_trap_1_an_empty_list_changes_nothing_and_is_told(tmp_path: Path) -> None:
    town = a_town(tmp_path, 8)
    with town.open():
        town.follow(Selection())
        town.day()
        town.site.is_empty = True
        for _ in range(10):
            checked = town.day()["portal/listing"]
            assert "suspect (empty): 8 lost" in checked.said
        (source,) = sources(town.archive)
        assert source.counts == {"present": 8}
        town.site.is_empty = False
        assert "no longer suspect: came back" in town.day()["portal/listing"].said
    (source,) = sources(town.archive)
    assert source.counts == {"present": 8}


def test_what_whole_lists_miss_over_days_has_vanished_and_may_return(tmp_path: Path) -> None:
    town = a_town(tmp_path, 8)
    with town.open():
        town.follow(Selection())
        town.day()
        dropped = town.holdings.held[0]
        town.holdings.drop(dropped)
        assert "1 missing" in town.day()["portal/listing"].said
        said = [town.day()["portal/listing"].said for _ in range(8)]
        assert sum("1 vanished" in each for each in said) == 1
        (source,) = sources(town.archive)
        assert source.counts == {"present": 7, "vanished": 1}
        town.holdings.held.append(dropped)
        assert "1 returned" in town.day()["portal/listing"].said
    assert len(town.archive.index.resources("building-permits")) == 1
    assert "building-permits-portal" not in town.archive.index.datasets()


def test_trap_6_other_identifiers_for_everything_are_no_new_datasets(tmp_path: Path) -> None:
    holdings = Holdings(8)
    site = DcatUsSite(holdings)
    town = Town(tmp_path, site, holdings)
    with town.open():
        town.follow(Selection())
        town.day()
        before = set(town.archive.index.datasets())
        site.identify = lambda holding, home: (
            f"https://other.example.org/datasets/{holding.hex32}_0"
        )
        said = [town.day()["portal/listing"].said for _ in range(6)]
    assert any("8 re-keyed" in each or "8 swapped" in each for each in said)
    assert set(town.archive.index.datasets()) == before
    (source,) = sources(town.archive)
    assert source.counts == {"present": 8}


def test_trap_18_a_list_that_is_not_well_formed_takes_nothing_away(tmp_path: Path) -> None:
    holdings = Holdings(4)
    site = DcatUsSite(holdings)
    town = Town(tmp_path, site, holdings)
    with town.open():
        town.follow(Selection())
        town.day()
        site.change_body = lambda body: body.replace(b"\n ]\n", b",,\n ]\n")
        checked = town.day()["portal/listing"]
    assert checked.outcome == "failed"
    assert "line" in checked.said
    (source,) = sources(town.archive)
    assert source.counts == {"present": 4}


def test_trap_18_a_list_with_a_comma_too_many_adds_and_takes_nothing_away(tmp_path: Path) -> None:
    holdings = Holdings(4)
    site = DcatUsSite(holdings)
    site.change_body = lambda body: gzip.compress(body.replace(b"\n ]\n", b",\n ]\n"), mtime=0)
    town = Town(tmp_path, site, holdings)
    with town.open():
        town.follow(Selection())
        assert town.day()["portal/listing"].outcome == "changed"
        holdings.drop(holdings.held[0])
        holdings.add()
        for _ in range(12):
            said = town.day()["portal/listing"].said
    assert (
        "; the list may not be whole: it is not valid JSON (1 comma too many, first at line" in said
    )
    (source,) = sources(town.archive)
    assert source.counts == {"present": 5}


def test_a_secured_folder_is_told_and_what_vanishes_beside_it_is_told_too(tmp_path: Path) -> None:
    """It stood in the list before it was secured; before, nothing of such a server ever vanished."""
    holdings = Holdings(3, rows=5)
    site = ArcGisSite(holdings)
    site.services |= ArcGisSite(Holdings(2, rows=5), folder="Secure").services
    town = Town(tmp_path, site, holdings)
    with town.open():
        home = f"{town.server.home}arcgis/rest/services"
        with found_at(town.archive, home, town.fetching) as found:
            assert found is not None
            add_source(town.archive, found.recognised, Selection(words=("nothing",)), name="portal")
        assert town.day()["portal/listing"].said.endswith("; 5 entries")
        site.closed.add("Secure")
        site.services.pop("Street_Trees")
        for _ in range(12):
            said = town.day()["portal/listing"].said
        with found_at(town.archive, home, town.fetching) as found:
            assert found is not None
            preview = preview_of(found, Selection())
    told = f"a login is asked for at {home}/Secure; what is there is not known"
    assert said.endswith(told)
    assert (preview.is_complete, preview.closed) == (True, told)
    (source,) = sources(town.archive)
    assert source.counts == {"present": 4, "vanished": 1}
    newest = town.archive.index.versions(source.listing.id)[-1]
    assert newest.partial == told
    assert undecided(town.archive, "portal").partial == told
    rebuild(town.archive, town.archive.index.resources())
    (source,) = sources(town.archive)
    assert source.counts == {"present": 4, "vanished": 1}


def test_registers_tell_what_a_list_says_of_datasets_and_of_itself(tmp_path: Path) -> None:
    town = a_town(tmp_path, 8)
    with town.open():
        town.follow(Selection())
        town.day()
        dropped = town.holdings.held[0]
        town.holdings.drop(dropped)
        for _ in range(9):
            town.day()
        town.site.is_empty = True
        town.day()
        town.site.is_empty = False
        town.holdings.held.append(dropped)
        town.day()
        town.server.faults.append(Fault("", status(403)))
        town.day()
    found = lately(town.archive, (Register.VANISHED, Register.RETURNED, Register.SUSPECT, Register.BLOCKED)).entries  # fmt: skip
    by = {(e.register, e.dataset): e for e in found}
    gone = by[(Register.VANISHED, "building-permits")]
    assert gone.evidence in ("listing", "404")
    assert (Register.RETURNED, "building-permits") in by
    suspect = by[(Register.SUSPECT, "portal")]
    assert (suspect.lost, suspect.of, suspect.ended_by) == (7, 7, "came back")
    assert by[(Register.BLOCKED, "portal")].ended_at is None
    assert [e for e in found if e.register is Register.BLOCKED] == [
        by[(Register.BLOCKED, "portal")]
    ]
    rebuild(town.archive, None)
    assert lately(town.archive, (Register.VANISHED, Register.RETURNED, Register.SUSPECT, Register.BLOCKED)).entries == found  # fmt: skip


def test_a_person_joins_what_is_one_and_may_take_it_back(tmp_path: Path) -> None:
    """A doubtful entry is collected as a dataset of its own until somebody says what it is."""
    town = a_town(tmp_path, 8)
    with town.open():
        town.follow(Selection())
        town.day()
        dropped = town.holdings.held[0]
        town.holdings.drop(dropped)
        town.day()
        town.holdings.add("Permits for Building")
        town.day()
        join(town.archive, "portal", "permits-for-building", "building-permits")
        assert {m.state for m in undecided(town.archive, "portal").members} == {"present", "joined"}
        town.day()
        (moved,) = town.archive.index.resources("building-permits")
        assert "permits-for-building" in moved.location
        assert moved.versions == 2
        tell_apart(town.archive, "portal", "permits-for-building", "building-permits")
    states = {m.title: m.state for m in undecided(town.archive, "portal").members}
    assert states["Permits for Building"] == "present"
