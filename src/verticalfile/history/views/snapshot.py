"""One version of a large table laid out for pages: derived, bounded in size, deletable.

`snap-*.duckdb` beside the history holds the table `held`: the rows in order of first appearance
(`_place`, from 0), each copy of a row by itself (`_rid`, `copy`: as the history itself names them,
so that a page may go on where the other ended), and a typed key (`k_<column>`) where text sorts
otherwise than it reads.
Made after a page of the version was first asked for (`laying_out`); gone with the folder when the
history is made again. A reader that finds none, and cannot make one, asks the history itself.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from verticalfile.history.encoding import literal, quoted
from verticalfile.history.history import History
from verticalfile.history.views.lenses import Lens, sort_sql
from verticalfile.history.views.open_snapshots import connection_to

FORM = 2
WORTH_ROWS = 20_000
"""Below, the history answers a page in some 20 ms; a snapshot would only take room."""
TOGETHER_BYTES = 4 << 30
"""All snapshots of an archive; the ones not read for longest go first."""
LEFT_BEHIND_S = 3_600
"""A snapshot half-made for so long was left by a crash."""
TYPED = (Lens.NUMBER, Lens.DATE_US)


def is_worth_it(history: History, ordinal: int) -> bool:
    """Whether pages of this version are answered from a snapshot."""
    return history.manifest.ordinals[ordinal - 1].rows >= WORTH_ROWS


def place_of(history: History, ordinal: int) -> Path:
    original = history.manifest.ordinals[ordinal - 1].original_sha256
    return history.folder / f"snap-{FORM}-{original[:20]}.duckdb"


@contextmanager
def rows_in_memory(history: History, ordinal: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the temporary table `held`."""
    with history.instance() as connection:
        hold(history, ordinal, connection)
        yield connection


def hold(history: History, ordinal: int, connection: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table `held` in a connection: the rows by column id, in order."""
    layout = history.manifest.layout_of(ordinal)
    columns = [i for i in layout.ids if i not in layout.dropped]
    rows = history.ids_as_of_sql(ordinal, columns, with_row=True)
    connection.execute(f"CREATE TEMP TABLE held AS {rows} ORDER BY _rid, copy")


def write(
    history: History,
    ordinal: int,
    lenses: Mapping[str, Lens],
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """Lay out the table `held` of a connection as the version's snapshot. Where the disk does not
    let it be written, there is none."""
    target = place_of(history, ordinal)
    building = target.with_name(f"{target.name}.building-{secrets.token_hex(4)}")
    keys = "".join(
        f", {sort_sql(column, lens)} AS {quoted('k_' + column)}"
        for column, lens in lenses.items()
        if lens in TYPED
    )
    columns = ", ".join(quoted(column) for column in lenses)
    try:
        _make_room(history)
        connection.execute(f"ATTACH {literal(str(building))} AS snap")
        connection.execute("PRAGMA force_compression = 'uncompressed'")  # a third of the time
        connection.execute(
            f"CREATE TABLE snap.held AS SELECT rowid AS _place, _rid, copy, {columns}{keys} FROM held"
        )
        connection.execute("DETACH snap")
        os.replace(building, target)
        if not history.stands(ordinal):
            target.unlink(missing_ok=True)
    except (duckdb.Error, OSError):
        with suppress(duckdb.Error):
            connection.execute("DETACH snap")
        for left in (building, building.with_name(building.name + ".wal")):
            left.unlink(missing_ok=True)


def _make_room(history: History) -> None:
    """Remove what a crash left, and the snapshots read least lately while all take too much."""
    now = time.time()
    held: list[tuple[float, int, Path]] = []
    for path in history.folder.parent.glob("*/snap-*"):
        with suppress(OSError):
            told = path.stat()
            if ".building-" in path.name:
                if now - told.st_mtime > LEFT_BEHIND_S:
                    path.unlink()
                continue
            held.append((told.st_mtime, told.st_size, path))
    total = sum(size for _, size, _ in held)
    for _, size, path in sorted(held):
        if total <= TOGETHER_BYTES:
            return
        path.unlink(missing_ok=True)
        total -= size


@contextmanager
def opened(history: History, ordinal: int) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """A connection in which the snapshot is the table `held`; None where there is none."""
    path = place_of(history, ordinal)
    if not path.exists():
        yield None
        return
    try:
        connection = connection_to(path, history.scratch)
        os.utime(path)  # read just now: it goes last when room is needed
    except (duckdb.Error, OSError):
        path.unlink(missing_ok=True)
        yield None
        return
    with connection:
        yield connection


def typed_columns(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Ids of columns that have a typed key in the snapshot."""
    told = connection.execute("SELECT * FROM held LIMIT 0").description or []
    names = (str(name) for name, *_ in told)
    return frozenset(name.removeprefix("k_") for name in names if name.startswith("k_"))
