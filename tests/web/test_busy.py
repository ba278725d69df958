"""A full room answers 503 with when to come again, and lets the next in."""

from __future__ import annotations

import threading

from verticalfile.web import heavy


def test_when_no_turn_comes_the_page_says_when_to_come_again(room, monkeypatch):
    monkeypatch.setattr(heavy, "WAIT_S", 0.05)
    for _ in range(heavy.SLOTS):
        heavy._slots.take()
    try:
        answer = room.get("/d/street-trees/table/?is.kind=OAK")
    finally:
        for _ in range(heavy.SLOTS):
            heavy._slots.give_back()
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert 'href="/d/street-trees/table/?is.kind=OAK"' in answer.content.decode()
    assert room.get("/d/street-trees/table/?is.kind=OAK").status_code == 200


def test_many_readers_at_once_all_get_an_answer(room, monkeypatch):
    monkeypatch.setattr(heavy, "WAIT_S", 120.0)
    answers: list[int] = []

    def read(number: int) -> None:
        answers.append(room.get(f"/d/street-trees/table/?page={number % 3 + 1}").status_code)

    readers = [threading.Thread(target=read, args=(n,)) for n in range(12)]
    for each in readers:
        each.start()
    for each in readers:
        each.join()
    assert answers == [200] * 12
