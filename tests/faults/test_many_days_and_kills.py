"""Many days of many portals, the collecting process killed again and again: nothing is lost.

Two archives follow the same portals day by day, side by side. One is left in peace, in the other
the process is killed at seeded moments and started again. At the end both know the same.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from bisect import bisect_right
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

import pytest
from living_portals import DCAT_US, KINDS, World, known

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services import archive as archives
from verticalfile.services.archive import open_archive
from verticalfile.services.gathering.listed_datasets import TOGETHER
from verticalfile.services.gathering.preview import found_at
from verticalfile.services.gathering.sources import add_source
from verticalfile.services.known.selection import Selection
from verticalfile.services.safe.safekeeping import verify
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.town.portals.holdings import START

ROUND = Path(__file__).with_name("a_round.py")


class Rounds:
    """Rounds of collecting in children of one process that has everything imported."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, str(ROUND)], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=90)

    def run(self, folder: Path, moment: datetime, ports: Sequence[int]) -> float:
        """A round to its end; in seconds."""
        started = time.monotonic()
        self._begin(folder, moment, ports)
        assert [self._said() for _ in range(2)] == ["done", "ended 0"]
        return time.monotonic() - started

    def kill(self, folder: Path, moment: datetime, ports: Sequence[int], *, after_s: float) -> bool:
        """A round, killed so long after its beginning; whether it was still at it."""
        child = self._begin(folder, moment, ports)
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], after_s)[0]:
            os.kill(child, signal.SIGKILL)  # our own, and not waited for: the number is its own
        heard = self._said()
        return (self._said() if heard == "done" else heard) == "ended -9"

    def _begin(self, folder: Path, moment: datetime, ports: Sequence[int]) -> int:
        asked = {"folder": str(folder), "moment": moment.isoformat(), "ports": list(ports)}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        word, child = self._said().split()
        assert word == "begun"
        return int(child)

    def _said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().rstrip("\n")


def begun(folder: Path, world: World, selection: Selection) -> None:
    """An archive that follows every portal, and takes what is chosen."""
    archive = archives.init(folder, clock=SetClock(START))
    rules = Rules(allow_private=True, extra_ports=frozenset(world.ports))
    fetching = Fetching(rules, sleep=lambda _: None)
    for number, portal in enumerate(world.portals):
        with found_at(archive, portal.address, fetching) as found:
            assert found is not None
            assert found.recognised.kind == portal.kind
            add_source(archive, found.recognised, selection, name=f"portal-{number}")
    archive.index.close()


def lived_through(
    tmp_path: Path, world: World, *, days: int, kills: int, seed: int,
    selection: Selection | None = None,
) -> None:  # fmt: skip
    """Both archives through these days; a kill that comes too late is made up for on the next."""
    die = random.Random(seed)
    when = sorted(die.randrange(days) for _ in range(kills))
    struck = 0
    for name in ("peace", "killed"):
        begun(tmp_path / name, world, selection or Selection())
    with Rounds() as calm, Rounds() as rounds, ThreadPoolExecutor(1) as beside:
        length_s = 1.0
        for day in range(days):
            now = START + timedelta(days=1 + day)
            world.next_day(now)
            in_peace = beside.submit(calm.run, tmp_path / "peace", now, world.ports)
            if day == days - 1:  # after it nothing is made up for: how long it takes must be known
                length_s = in_peace.result()
            wanted = bisect_right(when, day) - struck
            for _ in range(wanted):
                wait_s = die.random() * length_s / wanted
                struck += rounds.kill(tmp_path / "killed", now, world.ports, after_s=wait_s)
            rounds.run(tmp_path / "killed", now, world.ports)
            length_s = in_peace.result()
    assert kills - struck <= max(1, kills // 40)
    peace, killed = (open_archive(tmp_path / name) for name in ("peace", "killed"))
    assert known(killed) == known(peace)
    assert len(peace.index.resources()) > 2 * len(world.ports)
    assert verify(killed, None).well


def test_a_few_days_with_kills_end_as_days_in_peace(tmp_path: Path) -> None:
    with ExitStack() as stack:
        world = World(len(KINDS), 20261128, stack)
        lived_through(tmp_path, world, days=3, kills=5, seed=20261128)


def test_a_list_that_is_followed_in_parts_is_followed_whole_after_any_kill(tmp_path: Path) -> None:
    with ExitStack() as stack:
        world = World(1, 4, stack, kinds=[DCAT_US], datasets=TOGETHER + 200, edited=60)
        chosen = Selection(words=("hydrants",))
        lived_through(tmp_path, world, days=2, kills=8, seed=11, selection=chosen)


@pytest.mark.slow
def test_sixty_days_of_twenty_portals_with_200_kills_end_as_days_in_peace(tmp_path: Path) -> None:
    with ExitStack() as stack:
        lived_through(tmp_path, World(20, 8, stack), days=60, kills=200, seed=8)
