"""Files are made before they go out, as far as they are not very large."""

from __future__ import annotations

import io

import pytest

from verticalfile.services.reading.errors import RoomFull
from verticalfile.services.reading.tables.taking import Taken
from verticalfile.web import sending


def test_the_length_of_what_is_made_is_told(room):
    for address in (
        "table.csv",
        "table.json",
        "table.parquet",
        "download.csv",
        "download.original",
    ):
        answer = room.get(f"/d/street-trees/{address}")
        assert int(answer["Content-Length"]) == len(b"".join(answer.streaming_content)) > 100
    assert int(room.get("/changes.csv")["Content-Length"]) > 100


@pytest.fixture
def small(room, monkeypatch):
    """A room in which ten bytes are a large file."""
    monkeypatch.setattr(sending, "AT_HAND_BYTES", 10)
    return lambda chunks: sending.sent(Taken("a.csv", "text/csv", chunks))


def numbers(closed: list[bool]):
    try:
        for n in range(100):
            yield b"%05d" % n
    finally:
        closed.append(True)


def test_a_large_file_is_whole_and_goes_out_while_it_is_made(small):
    closed: list[bool] = []
    answer = small(numbers(closed))
    assert not answer.has_header("Content-Length")
    assert not closed
    assert answer.getvalue() == b"".join(b"%05d" % n for n in range(100))
    answer.close()


def test_so_many_large_files_go_out_at_once_and_each_gives_its_place_back(small):
    closed: list[bool] = []
    going = [small(numbers(closed)) for _ in range(sending.LARGE_AT_ONCE)]
    with pytest.raises(RoomFull):
        small(numbers([]))
    assert small(iter([b"small"])).getvalue() == b"small"
    next(iter(going[0]))
    for each in going:  # one begun, the others not
        each.close()
    assert closed == [True] * sending.LARGE_AT_ONCE
    for _ in range(sending.LARGE_AT_ONCE):
        answer = small(numbers(closed))
        assert len(answer.getvalue()) == 500
        answer.close()


def test_what_fails_while_it_is_made_is_a_page_and_no_half_of_a_file(room, monkeypatch):
    def broken(*_: object):
        yield b"id,kind\r\n"
        raise OSError("the disk is away")

    monkeypatch.setattr("verticalfile.services.reading.tables.taking._csv", broken)
    answer = room.get("/d/street-trees/table.csv")
    assert answer.status_code == 500
    assert answer["Content-Type"].startswith("text/html")
    assert "id,kind" not in io.BytesIO(answer.content).read().decode()
