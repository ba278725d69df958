"""Comparisons that stay at hand say what they would say if worked out anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from verticalfile.fetch.manners.rules import Rules
from verticalfile.services.archive import Archive, init
from verticalfile.services.collecting.collect import Fetching, collect
from verticalfile.services.datasets.adding import add
from verticalfile.services.deciding import reviewing
from verticalfile.services.known.table_history import TableHistory
from verticalfile.services.through_time import changes_at_hand
from verticalfile.services.through_time.comparing import changes

FILES = ("id,kind\n1,oak\n2,elm\n3,fir\n", "id,kind\n1,oak\n2,ash\n4,fir\n", "id,kind\n9,yew\n")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    changes_at_hand._held.clear()
    made = init(tmp_path / "archive")
    (tmp_path / "trees.csv").touch()
    add(made, str(tmp_path / "trees.csv"), name="trees", key=["id"])
    for number in range(2):
        _take(made, tmp_path, number)
    return made


def _take(archive: Archive, folder: Path, number: int) -> None:
    (folder / "trees.csv").write_text(FILES[number])
    collect(archive, archive.index.resources("trees"), fetching=Fetching(Rules()))


@pytest.fixture
def worked_out(monkeypatch) -> list[tuple[int, int]]:
    """Which comparisons were worked out."""
    done: list[tuple[int, int]] = []
    whole = TableHistory.changes

    def counted(self, old, new, key):
        done.append((old, new))
        return whole(self, old, new, key)

    monkeypatch.setattr(TableHistory, "changes", counted)
    return done


def said(archive: Archive) -> tuple[int, int, int]:
    found = changes(archive, "trees", "v1", "v2").changes.counts
    return found.added, found.removed, found.changed


def test_the_same_question_is_worked_out_once_and_a_new_key_is_another(archive, worked_out):
    assert [said(archive), said(archive)] == [(1, 1, 1)] * 2
    assert len(worked_out) == 1
    reviewing.set_key(archive, "trees", ["kind"])
    assert said(archive) == (1, 1, 1)
    assert changes(archive, "trees", "v1", "v2").changes.key == ("kind",)
    assert len(worked_out) > 1


def test_a_history_that_was_written_to_is_another_and_the_former_goes(
    archive, worked_out, tmp_path
):
    said(archive)
    _take(archive, tmp_path, 2)
    worked_out.clear()
    assert said(archive) == (1, 1, 1)
    assert len(worked_out) == 1
    states = {asked[1] for asked in changes_at_hand._held}
    assert len(states) == 1


def test_no_more_rows_are_held_than_was_said(archive, worked_out, monkeypatch):
    monkeypatch.setattr(changes_at_hand, "ROWS", 3)
    said(archive)
    assert changes_at_hand._held == {}
    said(archive)
    assert len(worked_out) == 2
