"""A look that finds the newest version again: cheap, and worth as much as one that reads all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from verticalfile.catalog.index import COLUMNS
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services.archive import Archive, init, open_archive
from verticalfile.services.collecting.collect import Checked
from verticalfile.services.collecting.rounds import round_of
from verticalfile.services.datasets.adding import add
from verticalfile.services.taking_in.rebuild import rebuild
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.town.portals.dcat_us import DcatUsSite
from verticalfile.town.portals.holdings import Holdings
from verticalfile.town.portals.serving import PortalServer
from verticalfile.vault.inventory import object_path

START = datetime(2024, 1, 1, 8, tzinfo=UTC)
DERIVED = ("version", "resource", "table_", "comparison", "register_entry")


@pytest.fixture
def portal() -> Iterator[PortalServer]:
    with PortalServer(DcatUsSite(Holdings(3))) as server:
        yield server


@pytest.fixture
def archive(tmp_path: Path, portal: PortalServer) -> Archive:
    made = init(tmp_path / "archive", clock=SetClock(START))
    for holding in holdings(portal).held:
        add(made, f"{portal.home}files/{holding.hex32}.csv", name=holding.slug)
    return made


def holdings(portal: PortalServer) -> Holdings:
    [site] = portal.sites
    assert isinstance(site, DcatUsSite)
    return site.holdings


def look(archive: Archive, portal: PortalServer, names: tuple[str, ...] = ()) -> list[Checked]:
    """All of it, a day after the look before."""
    assert isinstance(archive.clock, SetClock)
    archive.clock.pass_time(timedelta(days=1))
    rules = Rules(allow_private=True, extra_ports=frozenset({portal.port}))
    return round_of(archive, names, fetching=Fetching(rules, sleep=lambda _: None))


def index_of(archive: Archive) -> dict[str, list[tuple[object, ...]]]:
    run = archive.index.connection
    asked = {name: run.execute(f"SELECT {COLUMNS[name]} FROM {name}") for name in DERIVED}
    return {name: sorted(rows, key=str) for name, rows in asked.items()}


def validators_asked(portal: PortalServer) -> list[bool]:
    return ["If-None-Match" in r.headers for r in portal.asked if r.path.startswith("/files/")]


def test_twelve_quiet_looks_leave_the_index_that_a_rebuild_makes(
    archive: Archive, portal: PortalServer
) -> None:
    look(archive, portal)
    for number in range(12):
        if number == 7:
            holdings(portal).edit(holdings(portal).held[0])
        look(archive, portal)
    said = index_of(archive)
    rebuild(archive, None)
    assert index_of(archive) == said
    [version] = archive.index.versions(archive.index.resources()[1].id)
    assert version.last_seen_at == archive.clock.now()


def test_a_quiet_look_reads_neither_vault_nor_history(
    archive: Archive, portal: PortalServer, tmp_path: Path
) -> None:
    look(archive, portal)
    [first, *_] = archive.index.resources()
    away = [(archive.root / "history", tmp_path / "history")]
    away.append((archive.root / "vault" / object_path(f"{first.id}"), tmp_path / "object"))
    moved = [pair for pair in away if pair[0].exists()]
    assert moved
    for here, there in moved:
        os.rename(here, there)
    done = look(archive, portal)
    for here, there in moved:
        os.rename(there, here)
    assert [each.outcome for each in done] == ["unchanged"] * 3


def test_at_least_every_tenth_look_fetches_the_file_whole(
    archive: Archive, portal: PortalServer
) -> None:
    for _ in range(23):
        look(archive, portal, ("building-permits",))
    asked = validators_asked(portal)
    assert len(asked) == 23
    assert any(asked)
    for n in range(len(asked) - 9):
        assert not all(asked[n : n + 10])


def test_notes_are_in_the_vault_when_a_round_has_ended_also_by_an_error(
    archive: Archive, portal: PortalServer
) -> None:
    look(archive, portal)
    assert not archive.journal.waiting.path.exists()
    assert isinstance(archive.clock, SetClock)
    archive.clock.pass_time(timedelta(days=1))
    rules = Rules(allow_private=True, extra_ports=frozenset({portal.port}))

    def stop(done: int, of: int) -> None:
        assert archive.journal.waiting.path.exists()
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        round_of(archive, (), fetching=Fetching(rules, sleep=lambda _: None), progress=stop)
    assert not archive.journal.waiting.path.exists()
    assert [o.outcome for o in archive.journal.observations()].count("unchanged") == 2


def test_after_a_writer_that_was_killed_the_next_look_puts_right_what_is_left(
    archive: Archive, portal: PortalServer
) -> None:
    look(archive, portal)
    [first, *_] = archive.index.resources()
    with archive.writing(first.id) as ended_well:
        assert ended_well
    holds = "import sys, time; from pathlib import Path; from verticalfile.services.archive import"
    holds += " open_archive\nwith open_archive(Path(sys.argv[1])).writing(sys.argv[2]):\n"
    holds += "  print(1, flush=True); time.sleep(60)"
    command = [sys.executable, "-c", holds, str(archive.root), first.id]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    with archive.writing(first.id) as ended_well:
        assert not ended_well
    with pytest.raises(ZeroDivisionError), archive.writing(first.id):
        raise ZeroDivisionError
    with archive.writing(first.id) as ended_well:
        assert not ended_well
    other = open_archive(archive.root)
    with other.writing(first.id) as ended_well:
        assert ended_well
