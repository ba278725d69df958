"""Slow and lying servers, one by one: no fault freezes us, and no short body passes as whole."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lying_server import (
    BUSY_S,
    SILENT_S,
    Line,
    LyingServer,
    Reply,
    Request,
    Sleeper,
    a_server,
    fails,
    got,
    head,
    raw,
    whole,
)

import hurried
from verticalfile.fetch import wire
from verticalfile.fetch.errors import (
    AnswerRefused,
    CutShort,
    SourceAway,
)
from verticalfile.kernel.errors import LimitReached

TABLE = b"id,name\n1,Elm Street\n2,Oak Street\n"


@pytest.fixture
def server() -> Iterator[LyingServer]:
    with a_server() as running:
        yield running


def a_drip(piece: bytes, wait_s: float, *, first: bytes) -> Reply:
    def reply(line: Line, _: Request) -> None:
        line.send(first)
        for byte in itertools.cycle(piece):
            line.wait(wait_s)
            line.send(bytes([byte]))

    return reply


def a_break(answer: bytes) -> Reply:
    """Send this much, then RST."""

    def reply(line: Line, _: Request) -> None:
        line.send(answer)
        line.wait(0.05)
        line.reset()

    return reply


def a_stall(answer: bytes) -> Reply:
    def reply(line: Line, _: Request) -> None:
        line.send(answer)
        line.wait(SILENT_S)

    return reply


def chunks(*pieces: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + end


def test_a_whole_file_is_kept_as_sent_and_proved_by_its_length(
    server: LyingServer, tmp_path: Path
) -> None:
    url = server.on(
        "/a/streets.csv", whole(TABLE, ETag='W/"1"', Last_Modified="then", Set_Cookie="secret=1")
    )
    found = got(server, url, tmp_path)
    assert found.path.parent == tmp_path
    assert found.path.read_bytes() == TABLE
    assert found.sha256 == hashlib.sha256(TABLE).hexdigest()
    assert (found.size_bytes, found.file_name) == (len(TABLE), "streets.csv")
    assert (found.etag, found.last_modified) == ('W/"1"', "then")
    assert found.completeness == {"how": "content-length matched", "received_bytes": len(TABLE)}
    assert "secret" not in json.dumps(found.exchange)
    assert ["ETag", 'W/"1"'] in found.exchange["headers"]


def test_a_drip_meets_the_limit_of_the_whole(server: LyingServer, tmp_path: Path) -> None:
    url = server.on("/f", a_drip(b"x", 0.05, first=head(200, Content_Length="1000000")))
    began = time.monotonic()
    error = fails(SourceAway, server, url, tmp_path, whole_s=0.6)
    assert time.monotonic() - began < BUSY_S
    assert error.exit_code == 31
    assert "whole time" in error.message


def test_a_drip_of_header_lines_meets_the_limit_of_the_whole(
    server: LyingServer, tmp_path: Path
) -> None:
    url = server.on("/f", a_drip(b"X: y\r\n", 0.02, first=b"HTTP/1.1 200 OK\r\n"))
    began = time.monotonic()
    fails(SourceAway, server, url, tmp_path, whole_s=0.6)
    assert time.monotonic() - began < BUSY_S


def test_a_head_that_does_not_end_is_given_up(server: LyingServer, tmp_path: Path) -> None:
    def reply(line: Line, _: Request) -> None:
        line.send(b"HTTP/1.1 200 OK\r\n")
        while True:
            line.send(b"X-More: " + b"y" * 1000 + b"\r\n")

    error = fails(SourceAway, server, server.on("/f", reply), tmp_path)
    assert "proper HTTP" in error.message


def test_endless_interim_answers_are_given_up(server: LyingServer, tmp_path: Path) -> None:
    def reply(line: Line, _: Request) -> None:
        while True:
            line.send(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 100)

    error = fails(SourceAway, server, server.on("/f", reply), tmp_path)
    assert "proper HTTP" in error.message


def test_an_interim_answer_is_passed_over(server: LyingServer, tmp_path: Path) -> None:
    answer = head(200, Content_Length=str(len(TABLE))) + TABLE
    url = server.on("/f", raw(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + answer))
    assert got(server, url, tmp_path).path.read_bytes() == TABLE


@pytest.mark.parametrize("sent", [b"", head(200, Content_Length="99"), head(200) + TABLE])
def test_a_stall_meets_the_limit_of_silence(
    server: LyingServer, tmp_path: Path, sent: bytes
) -> None:
    began = time.monotonic()
    error = fails(SourceAway, server, server.on("/f", a_stall(sent)), tmp_path, idle_s=0.8)
    assert time.monotonic() - began < BUSY_S
    assert len(server.asked("/f")) == 1  # who is silent once is left in peace
    assert error.facts["exchange"]["status"] == (200 if sent else None)


@pytest.mark.parametrize("missing", [1, 10, len(TABLE)])
def test_trap_62_a_body_shorter_than_announced_is_never_kept(
    server: LyingServer, tmp_path: Path, missing: int
) -> None:
    sent = head(200, Content_Length=str(len(TABLE))) + TABLE[: len(TABLE) - missing]
    url = server.on("/f", raw(sent))
    error = fails(CutShort, server, url, tmp_path)
    assert error.exit_code == 34
    assert error.facts["received_bytes"] == len(TABLE) - missing
    assert len(server.asked("/f")) == 3
    half = hurried.saved(server.url("/f"), tmp_path / "half")
    assert half == TABLE[: len(TABLE) - missing]  # taken for the whole


@pytest.mark.parametrize("later_s", [0.0, 0.05])
def test_a_body_longer_than_announced_is_never_kept(
    server: LyingServer, tmp_path: Path, later_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "_SURPLUS_WAIT_S", 30.0)  # a busy machine may send it much later

    def reply(line: Line, _: Request) -> None:
        line.send(head(200, Content_Length="10") + TABLE[:10])
        line.wait(later_s)
        line.send(TABLE[10:])

    error = fails(CutShort, server, server.on("/f", reply), tmp_path)
    assert error.facts["said_bytes"] == 10


def test_an_empty_line_after_the_body_is_no_surplus(server: LyingServer, tmp_path: Path) -> None:
    sent = head(200, Content_Length=str(len(TABLE))) + TABLE + b"\r\n"
    assert got(server, server.on("/f", raw(sent)), tmp_path).path.read_bytes() == TABLE


@pytest.mark.parametrize(
    "sent",
    [
        head(200, Content_Length="99999") + TABLE,
        head(200, Transfer_Encoding="chunked") + chunks(TABLE, end=b""),
    ],
)
def test_a_reset_midway_is_never_kept(server: LyingServer, tmp_path: Path, sent: bytes) -> None:
    fails(CutShort, server, server.on("/f", a_break(sent)), tmp_path)


def test_a_reset_is_tried_again(server: LyingServer, tmp_path: Path) -> None:
    url = server.on("/f", a_break(b""), a_break(head(200, Content_Length="50")), whole(TABLE))
    sleeper = Sleeper()
    found = got(server, url, tmp_path, sleep=sleeper)
    assert found.path.read_bytes() == TABLE
    assert found.exchange["tries"] == 3
    first_s, second_s = sleeper.slept_s
    assert 1.0 <= first_s < 1.5
    assert 4.0 <= second_s < 6.0
    assert list(tmp_path.iterdir()) == [found.path]


def test_chunks_that_end_properly_are_whole(server: LyingServer, tmp_path: Path) -> None:
    sent = head(200, Transfer_Encoding="chunked") + chunks(TABLE[:7], TABLE[7:])
    found = got(server, server.on("/f", raw(sent)), tmp_path)
    assert found.path.read_bytes() == TABLE
    assert found.completeness["how"] == "chunked, ended properly"


@pytest.mark.parametrize(
    "sent",
    [
        chunks(TABLE, end=b""),
        chunks(TABLE, end=b"0\r\n"),
        chunks(TABLE, end=b"zz\r\nmore\r\n0\r\n\r\n"),
        chunks(TABLE, end=b"-5\r\nmore\r\n0\r\n\r\n"),
        chunks(TABLE, end=b"ffffffffffffffffffffffff\r\nmore"),
        b"24\r\n" + TABLE,
    ],
)
def test_chunks_that_do_not_end_properly_are_never_kept(
    server: LyingServer, tmp_path: Path, sent: bytes
) -> None:
    answer = head(200, Transfer_Encoding="chunked") + sent
    fails(CutShort, server, server.on("/f", raw(answer)), tmp_path)


def test_a_length_beside_chunks_counts_for_nothing(server: LyingServer, tmp_path: Path) -> None:
    answer = head(200, Content_Length="3", Transfer_Encoding="chunked") + chunks(TABLE)
    found = got(server, server.on("/f", raw(answer)), tmp_path)
    assert found.path.read_bytes() == TABLE
    assert found.completeness["how"] == "chunked, ended properly"


def test_a_body_without_any_end_mark_says_that_it_is_not_proved(
    server: LyingServer, tmp_path: Path
) -> None:
    found = got(server, server.on("/f", raw(head(200) + TABLE)), tmp_path)
    assert found.completeness["how"] == "unknown: connection closed"


def test_an_endless_body_meets_the_limit_of_size(server: LyingServer, tmp_path: Path) -> None:
    def reply(line: Line, _: Request) -> None:
        line.send(head(200))
        while True:
            line.send(b"x" * 65536)

    error = fails(LimitReached, server, server.on("/f", reply), tmp_path, max_bytes=1_000_000)
    assert error.exit_code == 50
    assert error.facts["limit_bytes"] == 1_000_000
    assert len(server.asked("/f")) == 1


def test_a_length_above_the_limit_is_refused_before_the_body(
    server: LyingServer, tmp_path: Path
) -> None:
    url = server.on("/f", a_stall(head(200, Content_Length="2000000")))
    error = fails(LimitReached, server, url, tmp_path, max_bytes=1_000_000)
    assert error.facts["said_bytes"] == 2_000_000


def test_a_file_of_just_the_limit_is_kept(server: LyingServer, tmp_path: Path) -> None:
    url = server.on("/f", whole(TABLE))
    assert got(server, url, tmp_path, max_bytes=len(TABLE)).size_bytes == len(TABLE)
    fails(LimitReached, server, url, _empty(tmp_path), max_bytes=len(TABLE) - 1)


def _empty(folder: Path) -> Path:
    for file in folder.iterdir():
        file.unlink()
    return folder


@pytest.mark.parametrize("framed", [True, False])
@pytest.mark.parametrize("padding", [b"", b"\0" * 700])
def test_gzip_though_unasked_is_unpacked_once(
    server: LyingServer, tmp_path: Path, framed: bool, padding: bytes
) -> None:
    packed = gzip.compress(TABLE) + gzip.compress(b"") + gzip.compress(TABLE * 90_000) + padding
    headers = {"Content_Encoding": "gzip"}
    answer = whole(packed, **headers) if framed else raw(head(200, **headers) + packed)
    found = got(server, server.on("/f", answer), tmp_path)
    assert found.path.read_bytes() == TABLE * 90_001
    assert found.size_bytes == found.completeness["decoded_bytes"] == len(TABLE) * 90_001
    assert found.completeness["received_bytes"] == len(packed)
    assert "gzip" in str(found.completeness["content_encoding"])


@pytest.mark.parametrize(
    "packed",
    [  # without a time: two processes of tests must call these cases alike
        gzip.compress(TABLE, mtime=0)[:-1],
        gzip.compress(TABLE, mtime=0)[:15],
        gzip.compress(TABLE, mtime=0) + gzip.compress(TABLE, mtime=0)[:-4],
        gzip.compress(TABLE, mtime=0)[:-8] + b"\1" * 8,
        gzip.compress(TABLE, mtime=0) + b"rubbish",
        TABLE,
        b"",
    ],
)
def test_truncated_or_damaged_gzip_is_never_kept(
    server: LyingServer, tmp_path: Path, packed: bytes
) -> None:
    fails(CutShort, server, server.on("/f", whole(packed, Content_Encoding="gzip")), tmp_path)


def test_trap_69_a_gzip_bomb_is_stopped_by_its_ratio(server: LyingServer, tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(70 << 20))
    error = fails(
        LimitReached, server, server.on("/f", whole(bomb, Content_Encoding="gzip")), tmp_path
    )
    assert error.facts["limit_ratio"] == 200
    assert len(hurried.unpacked(hurried.fetched(server.url("/f")))) == 70 << 20  # all in memory


def test_trap_69_a_gzip_bomb_is_stopped_by_its_size(server: LyingServer, tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(5 << 20))
    url = server.on("/f", whole(bomb, Content_Encoding="gzip"))
    fails(LimitReached, server, url, tmp_path, max_bytes=4 << 20)


@pytest.mark.parametrize("more", [bytes(65536), gzip.compress(b"", mtime=0) * 3000])
def test_endless_gzip_that_unpacks_to_nothing_meets_the_limit_of_size(
    server: LyingServer, tmp_path: Path, more: bytes
) -> None:
    def reply(line: Line, _: Request) -> None:
        line.send(head(200, Content_Encoding="gzip") + gzip.compress(TABLE))
        while True:
            line.send(more)

    fails(LimitReached, server, server.on("/f", reply), tmp_path, max_bytes=1_000_000, whole_s=5.0)


def test_an_unknown_coding_is_refused(server: LyingServer, tmp_path: Path) -> None:
    error = fails(
        AnswerRefused, server, server.on("/f", whole(TABLE, Content_Encoding="br")), tmp_path
    )
    assert error.facts["content_encoding"] == "br"


def test_what_is_no_http_is_told(server: LyingServer, tmp_path: Path) -> None:
    error = fails(
        SourceAway, server, server.on("/f", raw(b"220 ftp.example.org ready\r\n")), tmp_path
    )
    assert "proper HTTP" in error.message


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Length: 4\r\nContent-Length: 5\r\n",
        b"Content-Length: -4\r\n",
        b"Content-Length: 4, 5\r\n",
        b"Transfer-Encoding: gzip, chunked\r\n",
        b"No colon\r\n",
    ],
)
def test_a_head_with_two_meanings_is_refused(
    server: LyingServer, tmp_path: Path, lines: bytes
) -> None:
    url = server.on("/f", raw(b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n" + TABLE))
    assert "proper HTTP" in fails(SourceAway, server, url, tmp_path).message


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(body=st.binary(max_size=3000), cut=st.integers(0, 4000), how=st.sampled_from("lcg"))
def test_no_cut_of_a_framed_body_passes_as_whole(
    server: LyingServer, tmp_path: Path, body: bytes, cut: int, how: str
) -> None:
    """Wherever the line breaks, the result is the body or nothing."""
    sent = {
        "l": lambda: head(200, Content_Length=str(len(body))) + body,
        "c": lambda: head(200, Transfer_Encoding="chunked") + chunks(body or b"x"),
        "g": lambda: head(200, Content_Encoding="gzip") + gzip.compress(body),
    }[how]()
    url = server.on("/f", raw(sent[: max(len(sent) - cut, 0)]))
    try:
        found = got(server, url, tmp_path)
    except (CutShort, SourceAway):
        assert cut
    else:
        assert found.path.read_bytes() == body or (how == "c" and not body)
        found.path.unlink()
    assert list(tmp_path.iterdir()) == []
