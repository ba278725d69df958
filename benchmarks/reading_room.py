"""The reading room on an archive of 10,000 datasets, one of them of 1,000,000 rows in 50 versions,
beside Datasette with the newest of these as SQLite: processor time of the server for each page,
50 readers at once, and when a reader on a slow line with a slow machine sees something."""

from __future__ import annotations

import re
import sqlite3
import statistics
import sys
from contextlib import AbstractContextManager
from datetime import timedelta
from html import unescape
from pathlib import Path

from datasette.utils import tilde_encode

from benchmarks.big_room import NAME, VERSIONS, big_room
from benchmarks.first_paint import first_paint_ms
from benchmarks.measuring import START, Figure
from benchmarks.serving import Served, readers_at_once, serving
from verticalfile.services.archive import Archive

SORTED = ("address", "value", "issued")
"""Text with many different values, numbers, dates with few."""
DEEP = 500
SIZE = 25
LARGE = 100
READERS, EACH = 50, 8
PAINT_ASKED_MS = 1000


def reading_room(folder: Path, data: Path, *, rows: int, versions: int) -> list[Figure]:
    """Every figure of issue 7."""
    archive, peer = big_room(data, rows=rows, versions=VERSIONS if rows >= 1_000_000 else 4)
    for left in (archive.root / "history").glob("*/*"):
        if left.name.startswith(("snap-", "facts-")):
            left.unlink()  # of an earlier run: what a first visit leaves
    with _ours(archive) as ours, _datasette(peer) as theirs:
        figures = _first_visits(ours) + _pages(ours, theirs) + _sorted(ours, theirs, peer)
        figures += _at_once(ours, theirs) + _paints(ours)
    return figures


def _ours(archive: Archive) -> AbstractContextManager[Served]:
    words = [sys.executable, "-m", "verticalfile", "--archive", str(archive.root), "run"]
    return serving([*words, "--no-collect"], port_option="--port", ready="/healthz")


def _datasette(peer: Path) -> AbstractContextManager[Served]:
    words = [sys.executable, "-m", "datasette", "serve", "--immutable", str(peer)]
    return serving(words, port_option="--port", ready="/-/versions.json")


def old(day: int) -> str:
    """The permanent address of the version of a day."""
    return f"/d/{NAME}/@{START + timedelta(days=day):%Y%m%dT%H%M%SZ}/"


def _first_visits(ours: Served) -> list[Figure]:
    """Versions that nobody has opened, and comparisons that nobody has asked for, three of each."""
    first = {
        "page 1": [f"{old(day)}table/" for day in (1, 2, 3)],
        "sorted by a number": [f"{old(day)}table/?sort=value" for day in (4, 5, 6)],
        "its dataset page": [f"{old(day)}" for day in (7, 8, 9)],
    }
    found = []
    for what, paths in first.items():
        told, behind = [], []
        for path in paths:
            told.append(ours.once_ms(path))
            behind.append(ours.rest_ms())
        cpu, wall = (statistics.median(each[n] for each in told) for n in (0, 1))
        said = f"{wall / 1000:.2f} s, {cpu / 1000:.2f} s of CPU; {statistics.median(behind) / 1000:.1f} s of CPU behind it"
        found.append(
            Figure(f"first visit to an old version, {what}", "under 2 s", said, wall < 2000)
        )
    compared = statistics.median(ours.once_ms(f"{old(day)}changes/")[0] for day in (3, 2, 1))
    return [
        *found,
        Figure("the changes between neighbours, the first time", "", f"{compared:.0f} ms", None),
    ]


def _pages(ours: Served, theirs: Served) -> list[Figure]:
    table = f"{old(1)}table/"
    change = f"{old(2)}changes/"
    home, first = (
        theirs.median_ms(["/"]),
        theirs.median_ms([f"/{_database(theirs)}/{NAME}?_size={SIZE}"]),
    )
    return [
        _figure("home", ours.median_ms(["/"]), 50, ("home", home)),
        _figure("search, four questions", ours.median_ms([f"/search/?q={q}" for q in ("potholes", "bilding+permits", "water", "restaurantes")]), 50, None),
        _figure("all datasets, one page of A to Z", ours.median_ms(["/d/", "/d/?page=2"]), None, None),
        _figure("dataset, newest", ours.median_ms([f"/d/{NAME}/"]), 50, None),
        _figure("dataset, as of an old date", ours.median_ms([old(1)]), 50, None),
        _figure("page 1 of a table as of an old date", ours.median_ms([table]), 50, ("page 1 of the newest", first)),
        _figure("the changes between neighbours, after that", ours.median_ms([change]), 300, None),
    ]  # fmt: skip


def _sorted(ours: Served, theirs: Served, peer: Path) -> list[Figure]:
    found = []
    for column in SORTED:
        mine = ours.median_ms([_deep(ours, column)])
        with sqlite3.connect(peer) as database:
            value, key = database.execute(
                f"SELECT {column}, id FROM {NAME} ORDER BY {column}, id"  # names of our own
                f" LIMIT 1 OFFSET {DEEP * SIZE - 1}"
            ).fetchone()
        token = f"{tilde_encode(str(value))},{key}"
        path = f"/{_database(theirs)}/{NAME}?_size={SIZE}&_sort={column}&_next={token}"
        what = f"page {DEEP} by key, sorted by {column}"
        found.append(_figure(what, mine, 150, ("the same", theirs.median_ms([path]))))
    return found


def _deep(served: Served, column: str) -> str:
    """The address of the page after row 12,500, reached as a reader does: by the link to the next."""
    here = f"{old(1)}table/?sort={column}&rows={LARGE}&page=20"
    for _ in range(20, min(DEEP * SIZE, _rows(served) - LARGE) // LARGE):
        here = _next(served, here)
    return _next(served, here).replace(f"rows={LARGE}", f"rows={SIZE}")


def _next(served: Served, here: str) -> str:
    found = re.search(r'<a href="([^"]+)" rel="next">', served.get(here).decode())
    if found is None:
        raise SystemExit(f"{here} has no next page.")
    return unescape(found.group(1))


def _rows(served: Served) -> int:
    found = re.search(r"of ([\d,]+)", served.get(f"{old(1)}table/").decode())
    return int(found.group(1).replace(",", "")) if found else 0


def _database(theirs: Served) -> str:
    found = re.search(r'href="/([^"/]+)">[^<]*</a></h2>', theirs.get("/").decode())
    return found.group(1) if found else ""


def _at_once(ours: Served, theirs: Served) -> list[Figure]:
    paths = [
        "/", "/search/?q=potholes", f"/d/{NAME}/", old(1), f"{old(1)}table/", f"{old(2)}table/",
        f"{old(1)}table/?sort=value&page=2", f"{old(2)}changes/", f"/d/{NAME}/time/", f"/d/{NAME}/cite/",
    ]  # fmt: skip
    told, memory, took = readers_at_once(ours, paths, readers=READERS, each=EACH)
    total = sum(told.values())
    wrong = total - told["answered"] - told["busy"]
    spread = f"half within {statistics.median(took):.1f} s, all within {max(took):.1f} s"
    said = ", ".join(f"{count} {what}" for what, count in told.most_common())
    table = f"/{_database(theirs)}/{NAME}"
    peers, peer_memory, _ = readers_at_once(
        theirs, ["/", table, f"{table}?_sort=value&_size=25"], readers=READERS, each=EACH
    )
    return [
        Figure(f"{READERS} readers at once, {total} pages", "no error, at most 1 % busy",
               f"{said}; {spread}", wrong == 0 and told["busy"] <= total / 100),
        Figure("memory of all processes meanwhile (PSS)", "under 1 GB", f"{memory:,.0f} MB", memory < 1000),
        Figure("beside it: Datasette, three pages of its own", "",
               ", ".join(f"{c} {w}" for w, c in peers.most_common()) + f"; {peer_memory:,.0f} MB", None),
    ]  # fmt: skip


def _paints(ours: Served) -> list[Figure]:
    pages = {
        "home": "/", "search": "/search/?q=potholes", "dataset": f"/d/{NAME}/",
        "page 1 of a table as of an old date": f"{old(1)}table/", "changes": f"{old(2)}changes/",
    }  # fmt: skip
    return [
        Figure(f"first paint at 1.6 Mbit/s, 150 ms, 4x CPU: {name}", "under 1 s", f"{spent / 1000:.2f} s, at best {least / 1000:.2f} s",
               spent < PAINT_ASKED_MS)
        for name, (spent, least) in ((name, first_paint_ms(ours, path)) for name, path in pages.items())
    ]  # fmt: skip


def _figure(what: str, mine: float, asked: int | None, peer: tuple[str, float] | None) -> Figure:
    beside = ""
    if peer is not None:
        beside = f"; Datasette {peer[1]:.0f} ms for {peer[0]}, {mine / max(peer[1], 1):.1f} times"
    said = f"under {asked} ms CPU" if asked else ""
    return Figure(what, said, f"{mine:.0f} ms{beside}", None if asked is None else mine < asked)
