"""What pages of a large version leave behind for the next: its facts and its snapshot.

One hand of the process makes them, one version after another, once a page was answered from the
rows themselves; nobody waits for it, and it leaves a processor to those who read. A version that
finds too many waiting is left out: the next page of it asks again. A process that ends interrupts
the hand; what was half made is no file yet.
"""

from __future__ import annotations

import atexit
import os
import threading
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue

import duckdb

from verticalfile.history.history import History
from verticalfile.history.views import snapshot
from verticalfile.history.views.column_facts import column_facts, count_facts, known_facts
from verticalfile.history.views.column_shapes import (
    keep_shapes,
    known_shapes,
    shapes_of,
    shown_columns,
)

WAITING = 2
"""Versions in hand or in line: each takes some seconds."""

FIRST_THE_PAGE_S = 0.3
"""The page that asks is sent before a processor is taken."""

BEHIND = 5
"""How far behind readers the hand stands in line for a processor (`nice`)."""

STOP_S = 5.0
"""How long a process that ends waits until the hand has noticed; a query does within a tenth."""

_asked: dict[Path, threading.Event] = {}
_asking = threading.Lock()
_line: SimpleQueue[tuple[History, int, Path]] = SimpleQueue()
_hands: list[threading.Thread] = []
_in_hand: list[duckdb.DuckDBPyConnection] = []
_ending = threading.Event()


def lay_out_later(history: History, ordinal: int) -> None:
    """Have the version laid out where that was not done yet, without waiting for it."""
    with _asking:
        place = snapshot.place_of(history, ordinal)
        if place in _asked or len(_asked) >= WAITING or _is_done(history, ordinal):
            return
        _asked[place] = threading.Event()
        _line.put((history, ordinal, place))
        if not _hands:
            _hands.append(threading.Thread(target=_work, name="laying-out", daemon=True))
            _hands[0].start()
            atexit.register(_stop)


def all_laid_out() -> None:
    """Wait until nothing is in hand or in line."""
    with _asking:
        waited_for = list(_asked.values())
    for each in waited_for:
        each.wait()


def _work() -> None:
    with suppress(OSError, AttributeError):  # where a thread cannot, it stands beside readers
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BEHIND)
    while not _ending.is_set():
        history, ordinal, place = _line.get()
        try:
            if not _ending.wait(FIRST_THE_PAGE_S):
                _lay_out(history, ordinal, place)
        except (duckdb.Error, OSError):
            continue  # interrupted, or its files are gone: the next page asks again
        finally:
            with _asking:
                _asked.pop(place).set()


def _lay_out(history: History, ordinal: int, place: Path) -> None:
    if not place.exists():
        with history.instance() as connection:
            _in_hand[:] = [connection]
            connection.execute("SET threads = 1")  # work of this thread, and behind like it
            snapshot.hold(history, ordinal, connection)
            _write(history, ordinal, connection)
            if known_facts(history, ordinal) is None:
                count_facts(history, ordinal, connection)
            _in_hand.clear()
    column_facts(history, ordinal)


def _stop() -> None:
    """Interrupt what is in hand, again and again, since between two queries it is not heard."""
    _ending.set()
    for _ in range(int(STOP_S / 0.1)):
        for connection in _in_hand:
            with suppress(duckdb.Error):
                connection.interrupt()
        _hands[0].join(0.1)
        if not _in_hand or not _hands[0].is_alive():
            return


def _write(history: History, ordinal: int, connection: duckdb.DuckDBPyConnection) -> None:
    shapes = known_shapes(history, ordinal)
    if shapes is None:
        shapes = shapes_of(connection, "held", shown_columns(history, ordinal))
        keep_shapes(history, ordinal, shapes)
    snapshot.write(history, ordinal, {each.id: each.lens for each in shapes}, connection)


def _is_done(history: History, ordinal: int) -> bool:
    laid_out = snapshot.place_of(history, ordinal).exists()
    return laid_out and known_facts(history, ordinal) is not None
