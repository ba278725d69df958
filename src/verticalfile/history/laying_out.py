"""What pages of a large version leave behind for the next: its facts and its snapshot.

One hand of the process makes them, one version after another, once a page was answered from the
rows themselves; nobody waits for it, and it leaves a processor to those who read. A version that
finds too many waiting is left out: the next page of it asks again.
"""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path

import duckdb

from verticalfile.history import snapshot
from verticalfile.history.column_facts import column_facts, count_facts, known_facts
from verticalfile.history.column_shapes import (
    keep_shapes,
    known_shapes,
    shapes_of,
    shown_columns,
)
from verticalfile.history.history import History

WAITING = 2
"""Versions in hand or in line: each takes some seconds, and a server that stops waits for them."""

FIRST_THE_PAGE_S = 0.3
"""The page that asks is sent before the processors are taken."""

BEHIND = 5
"""How far behind readers the hand stands in line for a processor (`nice`)."""


def _stand_behind() -> None:
    with suppress(OSError, AttributeError):  # where a thread cannot, it stands beside them
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BEHIND)


_hand = ThreadPoolExecutor(1, thread_name_prefix="laying-out", initializer=_stand_behind)
_asked: dict[Path, Future[None]] = {}
_asking = threading.Lock()


def lay_out_later(history: History, ordinal: int) -> None:
    """Have the version laid out where that was not done yet, without waiting for it."""
    with _asking:
        place = snapshot.place_of(history, ordinal)
        if place not in _asked and len(_asked) < WAITING and not _is_done(history, ordinal):
            _asked[place] = _hand.submit(_in_turn, history, ordinal, place)


def all_laid_out() -> None:
    """Wait until nothing is in hand or in line."""
    with _asking:
        waited_for = list(_asked.values())
    wait(waited_for)


def _in_turn(history: History, ordinal: int, place: Path) -> None:
    try:
        time.sleep(FIRST_THE_PAGE_S)
        if not place.exists():
            with snapshot.rows_in_memory(history, ordinal) as connection:
                connection.execute("SET threads = 1")  # work of this thread, and behind like it
                _write(history, ordinal, connection)
                if known_facts(history, ordinal) is None:
                    count_facts(history, ordinal, connection)
        column_facts(history, ordinal)
    finally:
        with _asking:
            _asked.pop(place, None)


def _write(history: History, ordinal: int, connection: duckdb.DuckDBPyConnection) -> None:
    shapes = known_shapes(history, ordinal)
    if shapes is None:
        shapes = shapes_of(connection, "held", shown_columns(history, ordinal))
        keep_shapes(history, ordinal, shapes)
    snapshot.write(history, ordinal, {each.id: each.lens for each in shapes}, connection)


def _is_done(history: History, ordinal: int) -> bool:
    laid_out = snapshot.place_of(history, ordinal).exists()
    return laid_out and known_facts(history, ordinal) is not None
