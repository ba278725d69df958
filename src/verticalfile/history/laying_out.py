"""What pages of a large version leave behind for the next: its facts and its snapshot.

One hand of the process makes them, one version after another, once a page was answered from the
rows themselves; who cannot go on without a snapshot waits for it. A version that finds too many
waiting is left out: the next page of it asks again.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
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

_hand = ThreadPoolExecutor(1, thread_name_prefix="laying-out")
_asked: dict[Path, Future[None]] = {}
_asking = threading.Lock()


def lay_out_later(history: History, ordinal: int) -> None:
    """Have the version laid out where that was not done yet, without waiting for it."""
    with _asking:
        place = snapshot.place_of(history, ordinal)
        if place not in _asked and len(_asked) < WAITING and not _is_done(history, ordinal):
            _asked[place] = _hand.submit(_in_turn, history, ordinal, place)


def lay_out(history: History, ordinal: int) -> None:
    """Write the snapshot of the version now where that was not done yet."""
    place = snapshot.place_of(history, ordinal)
    with _asking:
        started = _asked.get(place)
        if started is not None and started.cancel():  # it had not begun: no need to stand in line
            started = _asked.pop(place)
    if started is not None and not started.cancelled():
        wait([started])
    if not place.exists():
        with snapshot.rows_in_memory(history, ordinal) as connection:
            _write(history, ordinal, connection)


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
