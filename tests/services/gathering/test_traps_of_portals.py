"""Traps of portals (harvesting.md 4) that only the whole archive can fall into, and an account of all.

Each stands beside a naive collector, as many are, that falls into it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from test_following import Town, a_town

from verticalfile.catalog.index import ResourceLine
from verticalfile.services.gathering.reports import report
from verticalfile.services.gathering.sources import sources
from verticalfile.services.known.selection import Selection
from verticalfile.town.portals.ckan import CkanSite
from verticalfile.town.portals.holdings import Holding, Holdings
from verticalfile.town.portals.serving import Fault, cut_at, status

TESTS = Path(__file__).parents[2]


def files(town: Town) -> list[ResourceLine]:
    return [r for r in town.archive.index.resources() if r.source]


def state(town: Town) -> object:
    return [(r.dataset, r.name, r.location, r.versions, r.absent_since) for r in files(town)]


def test_trap_16_a_portal_that_is_down_leaves_every_dataset_as_it_was(tmp_path: Path) -> None:
    town = a_town(tmp_path)
    with town.open():
        town.follow(Selection())
        town.day()
        before = state(town)
        town.server.faults.append(Fault("", status(503)))
        for _ in range(9):
            town.day()
        assert state(town) == before
        (source,) = sources(town.archive)
        assert source.counts == {"present": 6}
    naive: set[str] = set()  # what a harvest that takes an error for an empty list keeps
    assert naive != {r.dataset for r in files(town)}
    assert len(report(town.archive).broken) == 7


def test_trap_52_a_table_that_is_edited_in_place_is_seen_although_its_date_stands_still(
    tmp_path: Path,
) -> None:
    """ckan/ckan#8980: `last_modified` does not move when the datastore is edited."""
    holdings = Holdings(3)
    site = CkanSite(holdings)
    site.in_datastore = {0, 1, 2}
    town = Town(tmp_path, site, holdings)
    with town.open():
        town.follow(Selection())
        town.day()
        edited = holdings.held[1]
        before = edited.modified
        holdings.edit(edited, changed=2, added=0)
        edited.modified = before
        done = town.day()
    assert naive_by_date(holdings.held, before) == []
    changed = [name for name, checked in done.items() if checked.outcome == "changed"]
    assert [name.partition("/")[0] for name in changed] == ["service-requests"]


def naive_by_date(held: list[Holding], since: object) -> list[Holding]:
    """What a collector fetches that believes `modified`."""
    return [each for each in held if each.modified > since]


def test_trap_53_new_dates_for_all_files_make_no_version_of_any(tmp_path: Path) -> None:
    """ckan/ckan#5027: one new resource marks all uploads of its package as changed."""
    town = a_town(tmp_path, 4)
    with town.open():
        town.follow(Selection())
        town.day()
        since = max(each.modified for each in town.holdings.held)
        town.holdings.now = town.clock.now()
        for holding in town.holdings.held:
            town.holdings.touch(holding)
        done = town.day()
    assert len(naive_by_date(town.holdings.held, since)) == 4
    assert {c.outcome for name, c in done.items() if name != "portal/listing"} == {"unchanged"}
    assert {r.versions for r in files(town)} == {1}


def test_trap_55_a_file_whose_address_follows_its_name_goes_on_as_one(tmp_path: Path) -> None:
    town = a_town(tmp_path, 3)
    with town.open():
        town.follow(Selection())
        town.day()
        before = {r.location for r in files(town)}
        town.site.suffix = "-2026"
        town.holdings.edit(town.holdings.held[0])
        town.day()
    after = files(town)
    naive = {r.location for r in after} - before  # new, to whom knows a file by its address
    assert len(naive) == 3
    assert len(after) == 3
    assert sorted(r.versions for r in after) == [1, 1, 2]


def test_trap_80_half_a_list_is_never_taken_for_a_whole_one(tmp_path: Path) -> None:
    holdings = Holdings(12)
    town = Town(tmp_path, CkanSite(holdings, rows_max=4), holdings)
    with town.open():
        town.follow(Selection())
        town.day()
        before = state(town)
        town.server.faults.append(Fault("package_search", cut_at(400), after=1))
        done = town.day()
        assert done["portal/listing"].outcome in ("partial", "failed")
        assert state(town) == before
        town.server.faults.clear()
        assert town.day()["portal/listing"].outcome == "unchanged"
    naive = 4  # datasets of whom goes on with what it has: those of the first page
    assert naive < len({r.dataset for r in files(town)})


def named_after_traps() -> Iterator[tuple[set[int], str]]:
    """The tests that are named after traps: which, and their code with that of what they call."""
    for path in TESTS.rglob("test_*.py"):
        source = path.read_text(encoding="utf-8")
        if "def test_trap" not in source:
            continue
        made = {each.name: ast.unparse(each) for each in ast.parse(source).body
                if isinstance(each, ast.FunctionDef)}  # fmt: skip
        for name, code in made.items():
            found = re.match(r"test_traps?_([0-9]+(?:_(?:and|to)_[0-9]+|_[0-9]+)*)", name)
            if found:
                numbers = [int(n) for n in re.findall(r"[0-9]+", found[1])]
                last = numbers[-1] + 1 if "to" in found[1] else 0
                called = (made[other] for other in made if other != name and f"{other}(" in code)
                yield {*numbers, *range(numbers[0], last)}, "\n".join([code, *called])


def test_every_trap_is_named_by_a_test() -> None:
    named = {number for numbers, _ in named_after_traps() for number in numbers}
    assert named >= set(range(1, 81)), sorted(set(range(1, 81)) - named)


def test_beside_every_trap_stands_a_naive_collector_that_is_caught() -> None:
    """One of `hurried`, or what a test calls naive in its own words."""
    naive = re.compile(r"\bhurried\.|naive")
    caught = {n for numbers, code in named_after_traps() if naive.search(code) for n in numbers}
    assert caught >= set(range(1, 81)), sorted(set(range(1, 81)) - caught)
