"""A window on changes shows what the whole comparison shows, and counts all of it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verticalfile.kernel.clock import SetClock
from verticalfile.services.archive import Archive, init
from verticalfile.services.datasets import adding
from verticalfile.services.taking_in import intake, rebuild
from verticalfile.services.through_time import change_window, comparing
from verticalfile.services.through_time.change_window import Window
from verticalfile.sources.state import Offered, State

START = datetime(2021, 1, 1, tzinfo=UTC)


def an_archive(root: Path) -> Archive:
    """Four versions of 300 rows; rows come, go, change and come back."""
    chance = random.Random(5)
    archive = init(root / "a", clock=SetClock(START + timedelta(days=90)))
    (root / "t.csv").write_bytes(b"")
    (resource,) = adding.add(archive, str(root / "t.csv"), name="t", key=["id"])
    rows = {n: f"{n},street {n},{n % 7}" for n in range(300)}
    offers = []
    for day in range(4):
        body = "\n".join(["id,street,ward", *rows.values()]) + "\n"
        at = START + timedelta(days=day)
        offers.append(Offered(State(str(day), at, "own visit", at, 0, "", {}), body.encode()))
        for n in chance.sample(sorted(rows), 20):
            rows[n] = f"{n},street {n},{chance.randint(0, 99)}"
        for n in chance.sample(sorted(rows), 15):
            del rows[n]
        rows |= {n: f"{n},new street,1" for n in range(300 + 12 * day, 312 + 12 * day)}
    with archive.writing(resource.id):
        rebuild.recover(archive, resource)
        intake.take_in(archive, resource, "s", offers, file_name="t.csv")
    return archive


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return an_archive(tmp_path_factory.mktemp("window"))


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    pair=st.tuples(st.integers(1, 4), st.integers(1, 4)).filter(lambda p: p[0] != p[1]),
    first=st.integers(0, 50),
    most=st.integers(0, 50),
)
def test_a_window_shows_a_part_of_the_whole_comparison_and_counts_all(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, pair: tuple[int, int], first: int, most: int
) -> None:
    monkeypatch.setattr(change_window, "QUICK_COUNT_ROWS", 1)
    old, new = (f"v{n}" for n in pair)
    whole = comparing.changes(archive, "t", old, new).changes
    found = comparing.changes(archive, "t", old, new, window=Window(first, most)).changes
    assert found.whole == whole.counts
    cut = slice(first, first + most)
    assert found.added == whole.added[cut]
    assert found.removed == whole.removed[cut]
    assert [(r.key, r.cells) for r in found.changed] == [
        (r.key, r.cells) for r in whole.changed[cut]
    ]
    assert (found.kinds, found.columns, found.key) == (whole.kinds, whole.columns, whole.key)


def test_few_changes_come_whole(archive: Archive) -> None:
    found = comparing.changes(archive, "t", "v1", "v2", window=Window(0, 3)).changes
    assert found.whole is None
    assert len(found.changed) > 3
