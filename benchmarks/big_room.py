"""The archive that the reading room is measured on, and the same table for its peer."""

from __future__ import annotations

import csv
import io
import shutil
import sqlite3
from pathlib import Path

from benchmarks.finding import fill
from benchmarks.generator import HEADER, w1_bodies
from benchmarks.measuring import an_archive, take
from verticalfile.services.archive import Archive, open_archive

VERSIONS = 50
NAME = "permits"


def big_room(data: Path, *, rows: int, versions: int) -> tuple[Archive, Path]:
    """An archive of 10,000 datasets, one of them real, with `rows` rows in `versions` versions; the
    newest of these as a SQLite file. Made once. The other 9,999 are lines of the index alone."""
    folder, peer = data / f"room-{rows}-{versions}", data / f"room-{rows}-{versions}.db"
    if not (folder / "made").exists():
        shutil.rmtree(folder, ignore_errors=True)
        archive = an_archive(folder / "archive", NAME)
        for number, body in enumerate(w1_bodies(rows=rows, versions=versions)):
            take(archive, NAME, [body], number)
            print(f"  room v{number + 1}", flush=True)
        _peer(peer, body)
        fill(archive)
        archive.index.close()
        (folder / "made").touch()
    return open_archive(folder / "archive"), peer


def _peer(path: Path, body: bytes) -> None:
    """The table as a reader of Datasette would be given it: a primary key, an index on no other."""
    path.unlink(missing_ok=True)
    names = HEADER.split(",")
    with sqlite3.connect(path) as database:
        columns = ", ".join(["id INTEGER PRIMARY KEY", *(f"{name} TEXT" for name in names[1:])])
        database.execute(f"CREATE TABLE {NAME} ({columns})")
        rows = csv.reader(io.TextIOWrapper(io.BytesIO(body), encoding="utf-8", newline=""))
        next(rows)
        marks = ", ".join("?" * len(names))
        database.executemany(f"INSERT INTO {NAME} VALUES ({marks})", rows)  # names of our own
    database.close()
