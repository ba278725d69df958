"""An interval that lengthens while nothing changes, within what staff set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.spans import range_of, span_of
from verticalfile.services.archive import Archive, init
from verticalfile.services.collecting.collect import collect
from verticalfile.services.collecting.due import due
from verticalfile.services.datasets.adding import add
from verticalfile.services.datasets.intervals import Intervals, interval_told, span_after
from verticalfile.services.taking_in.rebuild import rebuild
from verticalfile.services.visiting.fetching import Fetching

START = datetime(2024, 1, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def looks_until(archive: Archive, path: Path, days: int, changes: set[int]) -> list[int]:
    """The days on which the file was due and looked at."""
    assert isinstance(archive.clock, SetClock)
    looked = []
    for day in range(days):
        archive.clock.move_to(START + day * DAY)
        if day in changes:
            path.write_text(f"id,day\n1,{day}\n")
        if found := due(archive, archive.index.resources()):
            collect(archive, found, fetching=Fetching(Rules()))
            looked.append(day)
    return looked


def test_it_doubles_after_four_calm_looks_and_is_short_again_after_a_change(tmp_path: Path) -> None:
    archive = init(tmp_path / "archive", clock=SetClock(START))
    path = tmp_path / "permits.csv"
    path.write_text("id,day\n1,0\n")
    add(archive, str(path), name="permits", every="daily..weekly")
    looked = looks_until(archive, path, 40, changes={27})
    # one first look, four calm ones, then every second day, every fourth, every week at most
    assert looked[:9] == [0, 1, 2, 3, 4, 6, 8, 10, 12]
    assert looked[9:13] == [16, 20, 24, 28]
    assert looked[13:18] == [29, 30, 31, 32, 34]
    [resource] = archive.index.resources()
    before = interval_told(archive.index, resource)
    rebuild(archive, None)
    assert interval_told(archive.index, archive.index.resources()[0]) == before == "P2D"


def test_a_failed_look_neither_lengthens_nor_shortens_it(tmp_path: Path) -> None:
    archive = init(tmp_path / "archive", clock=SetClock(START))
    path = tmp_path / "permits.csv"
    path.write_text("id\n1\n")
    add(archive, str(path), name="permits", every="daily..monthly")
    looks_until(archive, path, 5, changes=set())
    [resource] = archive.index.resources()
    assert Intervals().of(archive.index, resource) == 2 * DAY
    path.rename(tmp_path / "away")
    path.mkdir()
    assert isinstance(archive.clock, SetClock)
    archive.clock.pass_time(3 * DAY)
    [checked] = collect(archive, [resource], fetching=Fetching(Rules()))
    assert checked.outcome == "failed"
    assert Intervals().of(archive.index, archive.index.resources()[0]) == 2 * DAY


@given(calm=st.integers(0, 1000), longest=st.integers(1, 400))
def test_it_stays_within_what_staff_set(calm: int, longest: int) -> None:
    span = span_after(calm, DAY, longest * DAY)
    assert DAY <= span <= longest * DAY
    assert span <= span_after(calm + 1, DAY, longest * DAY)


def test_a_range_is_two_spans_the_shorter_one_first() -> None:
    assert range_of("daily..monthly") == (DAY, 30 * DAY)
    assert range_of("weekly") == (7 * DAY, 7 * DAY)
    assert span_of("PT12H..P2D") == 2 * DAY
    for wrong in ("monthly..daily", "daily..", "..weekly", "daily..never"):
        with pytest.raises(InputRefused):
            range_of(wrong)
