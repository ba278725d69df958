"""Moments are told in the archive's time zone: what is shown is what can be asked for."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from test_the_terminal import run

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services.archive import init
from verticalfile.services.collecting.collect import collect
from verticalfile.services.datasets.adding import add
from verticalfile.services.visiting.fetching import Fetching

EVENING = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
"""Half past nine in the evening of March 1 in New York."""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive in New York; its file was seen on two evenings."""
    folder = tmp_path_factory.mktemp("seen")
    clock = SetClock(EVENING)
    archive = init(folder / "library", clock=clock, time_zone="America/New_York")
    for n in (1, 2):
        (folder / "permits.csv").write_text(f"id,street\n1,Elm\n2,Oak {n}\n")
        if n == 1:
            add(archive, str(folder / "permits.csv"), name="permits", key=["id"])
        collect(archive, archive.index.resources(), fetching=Fetching(Rules()))
        clock.move_to(EVENING + timedelta(days=1))
    return folder / "library"


@pytest.mark.parametrize(
    "words",
    [("list",), ("show", "permits"), ("versions", "permits"), ("log",), ("changes", "permits"),
     ("row", "permits", "2"), ("get", "permits"), ("get", "permits", "--version", "1"), ("lately",),
     ("lately", "--register", "new")],
)  # fmt: skip
def test_a_day_is_the_day_at_the_library(seen: Path, words: tuple[str, ...]) -> None:
    done = run(*words, cwd=seen)
    said = done.stdout + done.stderr
    days = set(re.findall(r"2026-\d\d-\d\d", said))
    assert days
    assert days <= {"2026-03-01", "2026-03-02"}, said
    assert "02:30" not in said


def test_what_was_not_yet_held_is_told_by_the_same_clocks(seen: Path) -> None:
    refused = run("get", "permits", "--at", "2026-02", cwd=seen, code=14)
    assert "was not yet held at 2026-02-28; it was first seen 2026-03-01 21:30." in refused.stderr


def test_a_moment_that_is_shown_can_be_asked_for(seen: Path) -> None:
    told = run("changes", "permits", cwd=seen).stdout
    first, second = re.findall(r"first seen (\S+ \S+)\)", told)
    for moment, street in ((first, "Oak 1"), (second, "Oak 2")):
        assert street in run("get", "permits", "--at", moment, cwd=seen).stdout
    day = run("versions", "permits", cwd=seen).stdout.splitlines()[-1].split("\t")[1]
    assert "Oak 1" in run("get", "permits", "--at", day[:10], cwd=seen).stdout
