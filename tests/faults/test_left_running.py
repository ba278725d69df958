"""`vf run` left running over living portals, killed at any moment and started again.

Nothing that it was seen to hold is ever lost, the pages answer whenever it is up, and when the
portals come to rest it holds what an archive holds that meets them then for the first time.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from living_portals import KINDS, World, known

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel import spans
from verticalfile.services import archive as archives
from verticalfile.services.archive import Archive, open_archive
from verticalfile.services.collecting.rounds import round_of
from verticalfile.services.gathering.preview import found_at
from verticalfile.services.gathering.sources import add_source
from verticalfile.services.known.selection import Selection
from verticalfile.services.safe.safekeeping import verify
from verticalfile.services.taking_in.rebuild import rebuild
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.vault.lock import holders

T = TypeVar("T")

MINUTES = 8
EVERY = "PT1M"
HURRIED = """
from datetime import timedelta

from verticalfile.kernel import spans

spans.SHORTEST = timedelta(minutes=1)
"""
"""What all its processes begin with: staff cannot say less than five minutes."""
A_DAY_S = 45.0  # of the portals
UP_S = (15.0, 50.0)
"""So long it is left alone between two deaths."""
REST_S = 240.0


class Running:
    """`vf run` on an archive, the process that a person starts."""

    def __init__(self, root: Path, begin_with: Path) -> None:
        self.root = root
        (begin_with / "sitecustomize.py").write_text(HURRIED)
        self._environment = os.environ | {"PYTHONPATH": str(begin_with)}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.start()

    def start(self) -> None:
        words = [sys.executable, "-m", "verticalfile", "--archive", str(self.root), "run"]
        self.process = subprocess.Popen(
            [*words, "--port", str(self.port)], stdout=subprocess.DEVNULL, env=self._environment
        )
        self._until(self.health)

    def health(self) -> dict[str, object]:
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}/healthz", timeout=20
            ) as answer:
                told: dict[str, object] = json.load(answer)
                return told
        except OSError:
            return {}

    def pages_answer(self) -> bool:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/d/", timeout=60) as answer:
            return answer.status == 200 and b"</html>" in answer.read()

    def strike(self, die: random.Random) -> str:
        """Kill what the die says: all of it, the scheduler, or one that is collecting."""
        what = die.choice(["all", "scheduler", "check", "check"])
        if what == "check":
            _kill(die.choice(self._at_work()))
        elif what == "scheduler":
            _kill(self._scheduler())
        else:
            for each in (self.process.pid, self._scheduler()):
                _kill(each)
            self.process.wait(timeout=90)
            self._until(lambda: not self.health())  # its worker sees that it is gone, and ends
            self.start()
        return what

    def _at_work(self) -> list[int]:
        """Those that are collecting, as soon as there are any."""
        return self._until(lambda: _children_of(self._scheduler()))

    def _until(self, asked: Callable[[], T]) -> T:
        give_up = time.monotonic() + 100
        while not (found := asked()):
            assert time.monotonic() < give_up
            time.sleep(0.1)
        return found

    def _scheduler(self) -> int:
        held = {what: who for who, what in holders(self.root / "locks")}
        return int(held.get("scheduler", "process 0").split()[1])

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=90)


def _kill(pid: int) -> None:
    """Our own, found through the process that we started."""
    if pid:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _children_of(pid: int) -> list[int]:
    if not pid:
        return []
    try:
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(each) for each in told.split()]


def followed(root: Path, world: World) -> Archive:
    """An archive that follows every portal as often as can be said, without pauses."""
    archive = archives.init(root)
    told = json.loads((root / "settings.json").read_text())
    told |= {"gap_s": "0", "allow_private": "yes", "ports": ",".join(map(str, world.ports))}
    (root / "settings.json").write_text(json.dumps(told))
    fetching = quick(world)
    for number, portal in enumerate(world.portals):
        with found_at(archive, portal.address, fetching) as found:
            assert found is not None
            add_source(archive, found.recognised, Selection(), name=f"portal-{number}", every=EVERY)
    return archive


def quick(world: World) -> Fetching:
    rules = Rules(allow_private=True, extra_ports=frozenset(world.ports))
    return Fetching(rules, sleep=lambda _: None)


def captured(archive: Archive) -> dict[str, set[str]]:
    """What an archive's vault holds of each file: the digests of its originals."""
    return {
        resource.id: {c.taken.sha256 for c in archive.vault.captures(resource.id)}
        for resource in archive.index.resources()
    }


def lost(before: dict[str, set[str]], after: dict[str, set[str]]) -> dict[str, set[str]]:
    """What was held and is no more."""
    gone = {resource: held - after.get(resource, set()) for resource, held in before.items()}
    return {resource: digests for resource, digests in gone.items() if digests}


def still_to_come(root: Path, met_now: dict[str, str]) -> dict[str, str]:
    """Of what an archive took that met the portals at rest, what this one does not hold yet."""
    archive = open_archive(root)
    held = captured(archive)
    here = {r.location: held[r.id] for r in archive.index.resources()}
    archive.index.close()
    return {place: sha for place, sha in met_now.items() if sha not in here.get(place, set())}


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    monkeypatch.setattr(spans, "SHORTEST", timedelta(minutes=1))


def lived_through(tmp_path: Path, *, minutes: float, seed: int) -> dict[str, int]:
    """How often what was struck in so many minutes."""
    die, struck = random.Random(seed), {"all": 0, "scheduler": 0, "check": 0, "days": 0}
    root = tmp_path / "running"
    with ExitStack() as stack:
        world = World(len(KINDS), seed, stack)
        followed(root, world).index.close()
        running = Running(root, tmp_path)
        stack.callback(running.end)
        seen: dict[str, set[str]] = {}
        until = time.monotonic() + minutes * 60
        day_ends = time.monotonic() + A_DAY_S
        while time.monotonic() < until:
            time.sleep(die.uniform(*UP_S))
            assert running.pages_answer()
            archive = open_archive(root)
            now = captured(archive)
            archive.index.close()
            assert not lost(seen, now)
            seen = now
            struck[running.strike(die)] += 1
            if time.monotonic() > day_ends:
                world.next_day(datetime.now(UTC))
                struck["days"] += 1
                day_ends = time.monotonic() + A_DAY_S
        for portal in world.portals:  # all come to rest
            portal.server.faults.clear()
            portal.shows(portal.holdings)
        fresh = followed(tmp_path / "fresh", world)
        round_of(fresh, (), fetching=quick(world))
        versions = {r.location: fresh.index.versions(r.id) for r in fresh.index.resources()}
        met_now = {place: found[-1].sha256 for place, found in versions.items() if found}
        give_up = time.monotonic() + REST_S
        while missing := still_to_come(root, met_now):
            assert time.monotonic() < give_up, missing
            time.sleep(2)
    archive = open_archive(root)
    assert not lost(seen, captured(archive))
    assert verify(archive, None).well
    before = known(archive)
    assert not rebuild(archive, None).differences
    assert known(archive) == before
    return struck


@pytest.mark.slow
def test_left_running_through_faults_and_deaths_nothing_is_lost(tmp_path: Path) -> None:
    struck = lived_through(tmp_path, minutes=MINUTES, seed=20261128)
    assert all(struck.values()), struck
