"""Entries of one list that share identifier and title, each with a file of its own: real catalogs
tell the years of a dataset so, and no file of them may be passed over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services import archive as archives
from verticalfile.services.collecting.rounds import round_of
from verticalfile.services.gathering import listed_datasets
from verticalfile.services.gathering.preview import found_at
from verticalfile.services.gathering.sources import add_source
from verticalfile.services.known.selection import Selection
from verticalfile.services.taking_in.rebuild import rebuild
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.town.portals.holdings import START
from verticalfile.town.portals.serving import Answer, PortalServer, Request


class Years:
    """A `data.json` with an entry for each year of one dataset, and for another one."""

    def __init__(self, years: list[int]) -> None:
        self.years = years
        self.modified = "2026-01-01"

    def answer(self, request: Request) -> Answer | None:
        home = f"http://{request.headers['Host']}"
        if request.path == "/data.json":
            entries = [self._entry(home, year) for year in self.years]
            other = {"identifier": "trees", "title": "Trees", "modified": self.modified}
            return Answer(json.dumps({"dataset": [*entries, other]}).encode())
        year = request.path.removeprefix("/budget-").removesuffix(".csv")
        if year.isdigit():
            return Answer(f"fund,cents\nroads,{year}\nparks,7\n".encode(), media_type="text/csv")
        return None

    def _entry(self, home: str, year: int) -> dict[str, object]:
        return {
            "identifier": "budget", "title": "Budget", "modified": self.modified,
            "description": f"The budget of {year}.",
            "distribution": [{"downloadURL": f"{home}/budget-{year}.csv", "mediaType": "text/csv"}],
        }  # fmt: skip


class Archive:
    """An archive that follows such a portal; a day passes before each round."""

    def __init__(self, folder: Path, site: Years) -> None:
        self.site, self.clock = site, SetClock(START)
        self.archive = archives.init(folder / "archive", clock=self.clock)

    @contextmanager
    def open(self) -> Iterator[None]:
        with PortalServer(self.site) as server:
            rules = Rules(allow_private=True, extra_ports=frozenset({server.port}))
            self.fetching = Fetching(rules, sleep=lambda _: None)
            with found_at(self.archive, server.home, self.fetching) as found:
                assert found is not None
                add_source(self.archive, found.recognised, Selection(), name="portal")
            yield

    def day(self) -> dict[str, str]:
        self.clock.move_to(self.clock.now() + timedelta(days=1))
        done = round_of(self.archive, ["portal"], fetching=self.fetching)
        return {f"{c.resource.dataset}/{c.resource.name}": c.said for c in done}

    def files(self) -> set[str]:
        return {r.name for r in self.archive.index.resources("budget")}


@pytest.mark.parametrize("at_once", [1, 400])
def test_each_file_of_entries_under_one_name_is_kept_and_none_is_called_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(listed_datasets, "TOGETHER", at_once)
    monkeypatch.setattr("verticalfile.services.gathering.following.TOGETHER", at_once)
    town = Archive(tmp_path, Years([2024, 2025]))
    with town.open():
        first = town.day()
        assert town.files() == {"budget-2024", "budget-2025"}
        assert "2 datasets added" not in first["portal/listing"]
        assert " file moved" not in first["portal/listing"]
        assert "kept as v1" in first["budget/budget-2024"]
        town.site.years = [2026, 2025, 2024]  # another year, and another order
        town.site.modified = "2026-02-02"
        second = town.day()
        assert " file moved" not in second["portal/listing"]
        assert town.files() == {"budget-2024", "budget-2025", "budget-2026"}
        assert "unchanged" in second["budget/budget-2024"]
        town.site.years.reverse()
        town.day()
        assert town.files() == {"budget-2024", "budget-2025", "budget-2026"}


def test_an_index_that_was_lost_comes_back_with_all_files_under_one_name(tmp_path: Path) -> None:
    town = Archive(tmp_path, Years([2024, 2025, 2026]))
    with town.open():
        town.day()
        before = [(r.id, r.location, r.member) for r in town.archive.index.resources()]
        rebuild(town.archive, None)
        after = [(r.id, r.location, r.member) for r in town.archive.index.resources()]
        assert sorted(after) == sorted(before)
        assert " file moved" not in town.day()["portal/listing"]
