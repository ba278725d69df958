"""Many days of many portals, the collecting process killed again and again: nothing is lost.

Two archives follow the same portals day by day. One is left in peace, in the other the process is
killed at seeded moments and started again. At the end both know the same.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from verticalfile.catalog.described import DescribedLines
from verticalfile.catalog.source_lines import SourceLines
from verticalfile.fetch.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services import archive as archives
from verticalfile.services.archive import Archive, open_archive
from verticalfile.services.fetching import Fetching
from verticalfile.services.gathering.preview import found_at
from verticalfile.services.gathering.selection import Selection
from verticalfile.services.gathering.sources import add_source
from verticalfile.services.safekeeping import verify
from verticalfile.town.portals.ckan import CkanSite
from verticalfile.town.portals.dcat_us import DcatUsSite
from verticalfile.town.portals.holdings import START, Holdings
from verticalfile.town.portals.serving import (
    Fault,
    PortalServer,
    Site,
    cut_at,
    page_instead,
    status,
)

ROUND = Path(__file__).with_name("a_round.py")
KINDS = (CkanSite, DcatUsSite)
OUT_OF_ORDER = (
    status(503), cut_at(200), page_instead(b"<html><title>Down for maintenance</title></html>"),
    status(403),
)  # fmt: skip


class World:
    """Portals that live from day to day by a seed."""

    def __init__(self, count: int, seed: int, stack: ExitStack) -> None:
        self.die = random.Random(seed)
        self.holdings = [Holdings(self.die.randrange(2, 5), seed=n, rows=12) for n in range(count)]
        self.sites: list[Site] = [KINDS[n % len(KINDS)](h) for n, h in enumerate(self.holdings)]
        self.servers = [stack.enter_context(PortalServer(site)) for site in self.sites]
        self.ports = [server.port for server in self.servers]

    def next_day(self, now: datetime) -> None:
        """Each portal changes a little; some are out of order for the day."""
        for holdings, server, site in zip(self.holdings, self.servers, self.sites, strict=True):
            holdings.now = now
            server.faults.clear()
            site.is_empty = False  # type: ignore[attr-defined]  # both kinds have it
            what = self.die.random()
            if what < 0.35 and holdings.held:
                holdings.edit(self.die.choice(holdings.held))
            elif what < 0.42:
                holdings.add()
            elif what < 0.46 and len(holdings.held) > 2:
                holdings.drop(self.die.choice(holdings.held))
            elif what < 0.54:
                server.faults.append(Fault("", self.die.choice(OUT_OF_ORDER)))
            elif what < 0.57:
                site.is_empty = True  # type: ignore[attr-defined]


def begun(folder: Path, world: World) -> None:
    """An archive that follows every portal."""
    archive = archives.init(folder, clock=SetClock(START))
    rules = Rules(allow_private=True, extra_ports=frozenset(world.ports))
    fetching = Fetching(rules, sleep=lambda _: None)
    for number, server in enumerate(world.servers):
        with found_at(archive, server.home, fetching) as found:
            assert found is not None
            add_source(archive, found.recognised, Selection(), name=f"portal-{number}")
    archive.index.close()


def collected(folder: Path, moment: datetime, ports: Sequence[int], kills: Sequence[float]) -> int:
    """A round at a moment, killed so many seconds after its beginning; how many kills struck."""
    words = [sys.executable, str(ROUND), str(folder), moment.isoformat(), *map(str, ports)]
    struck = 0
    for wait_s in [*kills, None]:
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            if wait_s is not None:
                time.sleep(wait_s)
                process.kill()
                struck += process.wait() != 0
                continue
            assert process.stdout.readline() == "done\n"
    return struck


def known(archive: Archive) -> object:
    """All that an archive knows, without when it was written down."""
    described, sources = DescribedLines(archive.index), SourceLines(archive.index)
    files = archive.index.resources()
    return {
        "versions": {r.id: archive.index.versions(r.id) for r in files},
        "files": [(r.dataset, r.name, r.location, r.rows, r.absent_since, r.held) for r in files],
        "said": {name: described.statements(name) for name in archive.index.datasets()},
        "members": {s.dataset: sources.members(s.resource) for s in sources.all()},
        "comparisons": {
            t.id: archive.index.comparisons(t.id) for r in files for t in archive.index.tables(r.id)
        },
    }


def lived_through(tmp_path: Path, *, days: int, count: int, kills: int, seed: int) -> int:
    """Both archives through these days; returns how many kills struck a living process."""
    die = random.Random(seed)
    when = sorted(die.randrange(days) for _ in range(kills))
    struck = 0
    with ExitStack() as stack:
        world = World(count, seed, stack)
        for name in ("peace", "killed"):
            begun(tmp_path / name, world)
        now, length_s = START, 1.0
        for day in range(days):
            now += timedelta(days=1)
            world.next_day(now)
            started = time.monotonic()
            collected(tmp_path / "peace", now, world.ports, ())
            length_s = max(0.2, time.monotonic() - started)
            waits = [die.random() * length_s for each in when if each == day]
            struck += collected(tmp_path / "killed", now, world.ports, waits)
    peace, killed = (open_archive(tmp_path / name) for name in ("peace", "killed"))
    assert known(killed) == known(peace)
    assert verify(killed, None).well
    return struck


def test_a_few_days_with_kills_end_as_days_in_peace(tmp_path: Path) -> None:
    assert lived_through(tmp_path, days=4, count=3, kills=8, seed=20261128) >= 4


@pytest.mark.slow
def test_sixty_days_of_twenty_portals_with_200_kills_end_as_days_in_peace(tmp_path: Path) -> None:
    assert lived_through(tmp_path, days=60, count=20, kills=200, seed=8) >= 150
