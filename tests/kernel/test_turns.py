"""Turns go to who waits longest, and none is lost."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from verticalfile.kernel.turns import Turns


def waiting(turns: Turns, count: int) -> None:
    until = time.monotonic() + 30
    while len(turns._waiting) < count:
        assert time.monotonic() < until
        time.sleep(0.001)


def test_who_comes_again_waits_behind_those_that_wait():
    turns, came = Turns(1), []

    def work(name: str) -> None:
        with turns:
            came.append(name)

    turns.take()
    with ThreadPoolExecutor(4) as pool:
        for number in range(3):
            pool.submit(work, f"waiting {number}")
            waiting(turns, number + 1)
        turns.give_back()
        with turns:  # at once, before any of those that wait can have begun
            came.append("again")
    assert came == ["waiting 0", "waiting 1", "waiting 2", "again"]


def test_a_turn_that_does_not_come_in_time_is_given_up_and_none_is_lost():
    turns = Turns(2)
    assert turns.take()
    assert turns.take()
    assert not turns.take(timeout_s=0.01)
    turns.give_back()
    assert turns.take(timeout_s=0.01)
    assert not turns.take(timeout_s=0.01)


def test_never_are_more_at_work_than_there_are_turns():
    turns, at_work, most = Turns(3), [], []
    noting = threading.Lock()

    def work(number: int) -> None:
        if turns.take(timeout_s=0.0005 if number % 5 == 0 else None):
            with noting:
                at_work.append(number)
                most.append(len(at_work))
            time.sleep(0.0005)
            with noting:
                at_work.remove(number)
            turns.give_back()

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(work, range(300)))
    assert max(most) == 3
    assert not at_work
    assert [turns.take(timeout_s=0) for _ in range(4)] == [True, True, True, False]
