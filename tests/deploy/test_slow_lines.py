"""Readers on slow lines, or who mean harm, leave the room to the others and let it close."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from proxies import free_port, vf_run
from readers import connected, request_of

MANY = 12
MOST_BYTES = 1 << 30
"""Of the site and the scheduler with twice so many lines; it was 1.4 GB when each held its table."""


@contextmanager
def slow_lines(port: int, sent: bytes) -> Iterator[list[socket.socket]]:
    """So many readers who asked, or began to."""
    with ExitStack() as stack:
        lines = [stack.enter_context(connected(port)) for _ in range(MANY)]
        for each in lines:
            each.sendall(sent)
        time.sleep(0.5)
        yield lines


LETTER = request_of(
    "/ask/", "Content-Type: application/x-www-form-urlencoded", "Content-Length: 60000", method="POST"
)  # fmt: skip


@pytest.mark.parametrize(
    "sent",
    [request_of("/d/street-trees/table.csv"), request_of("/d/street-trees/download.csv"), LETTER],
    ids=["a table taken", "a version taken", "a letter that does not end"],
)
def test_slow_lines_leave_the_room_to_others(room: int, sent: bytes) -> None:
    with slow_lines(room, sent):
        for _ in range(3):
            assert httpx.get(f"http://127.0.0.1:{room}/about/", timeout=60).status_code == 200


def test_slow_lines_hold_files_and_not_tables(archive: Path, tmp_path: Path) -> None:
    port = free_port()
    asked = request_of("/d/street-trees/table.csv")
    process = vf_run(archive, tmp_path / "vf", port)
    try:
        with slow_lines(port, asked) as lines, slow_lines(port, asked) as others:
            assert all(each.recv(12) == b"HTTP/1.1 200" for each in [*lines, *others])
            assert memory_bytes(process.process.pid) < MOST_BYTES
    finally:
        process.stop()


def memory_bytes(number: int) -> int:
    """What the children of `vf run` have in memory now: the site and the scheduler, without what
    either starts for a while."""
    children = Path(f"/proc/{number}/task/{number}/children").read_text().split()
    told = [Path(f"/proc/{child}/status").read_text() for child in children]
    return sum(
        int(kilobytes) << 10 for kilobytes in re.findall(r"VmRSS:\s+(\d+) kB", "".join(told))
    )


def test_what_slow_lines_take_arrives_whole(room: int) -> None:
    address = "/d/street-trees/download.original"
    whole = httpx.get(f"http://127.0.0.1:{room}{address}", timeout=60).content
    with slow_lines(room, request_of(address, "Connection: close")) as lines:
        last = lines[-1]
        received = bytearray()
        while piece := last.recv(1 << 20):
            received += piece
    assert received.endswith(whole)


def test_the_room_closes_in_time_although_readers_still_receive(
    archive: Path, tmp_path: Path
) -> None:
    from verticalfile.cli.staff.running_cmd import PAGES_STOP_S, STOP_S

    port = free_port()
    process = vf_run(archive, tmp_path / "vf", port)
    with slow_lines(port, request_of("/d/street-trees/table.csv")):
        began = time.monotonic()
        process.stop()
        assert time.monotonic() - began < PAGES_STOP_S + STOP_S
    assert process.process.returncode == 0
