"""Visits to simulated portals, for the tests of the kinds of publishers."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SystemClock
from verticalfile.sources.kind import Taken
from verticalfile.sources.visit import Visit
from verticalfile.tables.read import read
from verticalfile.town.portals.serving import PortalServer, Site


@contextmanager
def visiting(*sites: Site, scratch: Path) -> Iterator[tuple[PortalServer, Visit]]:
    """A server with these sites, and a visit to it that never waits."""
    with PortalServer(*sites) as server:
        rules = Rules(allow_private=True, extra_ports=frozenset({server.port}))
        yield server, Visit(rules, SystemClock(), scratch, sleep=lambda _: None)


def rows_of(taken: Taken, table: str = "") -> list[dict[str, str | None]]:
    """The rows of what was taken, as texts."""
    reading = read(taken.path.read_bytes(), name=taken.file_name, media_type=taken.media_type)
    assert reading.reason is None, (reading.reason, reading.detail)
    found = next(each for each in reading.tables if each.name == table)
    names = [f"c{n}" for n in range(len(found.columns))]
    rows = found.rows.select(names).rename_columns(list(found.columns))
    return rows.to_pylist()


def pages_of(taken: Taken) -> list[str]:
    """The names in a file of pages."""
    with zipfile.ZipFile(taken.path) as archive:
        return archive.namelist()
