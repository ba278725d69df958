"""Slow and lying servers, one by one: no fault freezes us, and no short body passes as whole."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from lying_server import (
    Line,
    LyingServer,
    Reply,
    Request,
    Sleeper,
    a_clock,
    a_server,
    head,
    quick_rules,
    raw,
    redirect,
    status,
    whole,
)

from verticalfile.fetch.client import Got, NotModified, get
from verticalfile.fetch.errors import (
    AddressRefused,
    AnswerRefused,
    Blocked,
    CutShort,
    NotFound,
    NotReady,
    SourceAway,
    TooManyRedirects,
)
from verticalfile.kernel.errors import LimitReached, VerticalFileError

E = TypeVar("E", bound=VerticalFileError)
TABLE = b"id,name\n1,Elm Street\n2,Oak Street\n"


@pytest.fixture
def server() -> Iterator[LyingServer]:
    with a_server() as running:
        yield running


def fetch(server: LyingServer, url: str, into: Path, **changes: object) -> Got | NotModified:
    names = ("etag", "last_modified", "sleep", "respect_robots")
    given = {name: changes.pop(name) for name in names if name in changes}
    given.setdefault("sleep", Sleeper())
    rules = quick_rules(server, **changes)
    return get(url, rules=rules, into=into, clock=a_clock(), **given)  # type: ignore[arg-type]  # see above


def got(server: LyingServer, url: str, into: Path, **changes: object) -> Got:
    result = fetch(server, url, into, **changes)
    assert isinstance(result, Got)
    return result


def fails(kind: type[E], server: LyingServer, url: str, into: Path, **changes: object) -> E:
    """Fetch, expect the error, and see that nothing is left and that the facts are JSON."""
    with pytest.raises(kind) as caught:
        fetch(server, url, into, **changes)
    assert list(into.iterdir()) == []
    json.dumps(caught.value.facts)
    return caught.value


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
        line.wait(30)

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
    assert ["ETag", 'W/"1"'] in found.exchange["headers"]  # type: ignore[operator]  # JSON


def test_a_drip_meets_the_limit_of_the_whole(server: LyingServer, tmp_path: Path) -> None:
    url = server.on("/f", a_drip(b"x", 0.05, first=head(200, Content_Length="1000000")))
    began = time.monotonic()
    error = fails(SourceAway, server, url, tmp_path, whole_s=0.6)
    assert time.monotonic() - began < 2
    assert error.exit_code == 31
    assert "whole time" in error.message


def test_a_drip_of_header_lines_meets_the_limit_of_the_whole(
    server: LyingServer, tmp_path: Path
) -> None:
    url = server.on("/f", a_drip(b"X: y\r\n", 0.02, first=b"HTTP/1.1 200 OK\r\n"))
    began = time.monotonic()
    fails(SourceAway, server, url, tmp_path, whole_s=0.6)
    assert time.monotonic() - began < 2


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
    error = fails(SourceAway, server, server.on("/f", a_stall(sent)), tmp_path)
    assert time.monotonic() - began < 2
    assert error.facts["exchange"]["status"] == (200 if sent else None)  # type: ignore[index]  # JSON


@pytest.mark.parametrize("missing", [1, 10, len(TABLE)])
def test_a_body_shorter_than_announced_is_never_kept(
    server: LyingServer, tmp_path: Path, missing: int
) -> None:
    sent = head(200, Content_Length=str(len(TABLE))) + TABLE[: len(TABLE) - missing]
    error = fails(CutShort, server, server.on("/f", raw(sent)), tmp_path)
    assert error.exit_code == 34
    assert error.facts["received_bytes"] == len(TABLE) - missing
    assert len(server.asked("/f")) == 3


@pytest.mark.parametrize("later_s", [0.0, 0.05])
def test_a_body_longer_than_announced_is_never_kept(
    server: LyingServer, tmp_path: Path, later_s: float
) -> None:
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
    assert sleeper.slept_s == [1.0, 4.0]
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
    [
        gzip.compress(TABLE)[:-1],
        gzip.compress(TABLE)[:15],
        gzip.compress(TABLE) + gzip.compress(TABLE)[:-4],
        gzip.compress(TABLE)[:-8] + b"\1" * 8,
        gzip.compress(TABLE) + b"rubbish",
        TABLE,
        b"",
    ],
)
def test_truncated_or_damaged_gzip_is_never_kept(
    server: LyingServer, tmp_path: Path, packed: bytes
) -> None:
    fails(CutShort, server, server.on("/f", whole(packed, Content_Encoding="gzip")), tmp_path)


def test_a_gzip_bomb_is_stopped_by_its_ratio(server: LyingServer, tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(70 << 20))
    error = fails(
        LimitReached, server, server.on("/f", whole(bomb, Content_Encoding="gzip")), tmp_path
    )
    assert error.facts["limit_ratio"] == 200


def test_a_gzip_bomb_is_stopped_by_its_size(server: LyingServer, tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(5 << 20))
    url = server.on("/f", whole(bomb, Content_Encoding="gzip"))
    fails(LimitReached, server, url, tmp_path, max_bytes=4 << 20)


def test_an_unknown_coding_is_refused(server: LyingServer, tmp_path: Path) -> None:
    error = fails(
        AnswerRefused, server, server.on("/f", whole(TABLE, Content_Encoding="br")), tmp_path
    )
    assert error.facts["content_encoding"] == "br"


def test_a_redirect_loop_is_left_at_once(server: LyingServer, tmp_path: Path) -> None:
    url = server.on("/a", redirect("/b"))
    server.on("/b", redirect("/a"))
    error = fails(TooManyRedirects, server, url, tmp_path)
    assert error.exit_code == 35
    assert len(server.requests) == 3  # robots.txt, a, b
    assert len(error.facts["exchange"]["redirects"]) == 2  # type: ignore[index]  # JSON


@pytest.mark.parametrize(("allowed", "arrives"), [(5, True), (4, False)])
def test_redirects_are_followed_up_to_the_limit(
    server: LyingServer, tmp_path: Path, allowed: int, arrives: bool
) -> None:
    codes = [301, 302, 303, 307, 308]
    for n, code in enumerate(codes):
        server.on(f"/{n}", redirect(f"{n + 1}", code))
    server.on("/5", whole(TABLE))
    url = f"http://127.0.0.1:{server.port}/0"
    if arrives:
        found = got(server, url, tmp_path, redirects=allowed)
        assert found.exchange["final_url"] == f"http://127.0.0.1:{server.port}/5"
        assert [r["status"] for r in found.exchange["redirects"]] == codes  # type: ignore[attr-defined]  # JSON
    else:
        fails(TooManyRedirects, server, url, tmp_path, redirects=allowed)


@pytest.mark.parametrize("location", ["http://x:y@127.0.0.1/", "file:///etc/passwd", "//[::1%25lo]/",
                                      "http://169.254.169.254/latest/", "gopher://127.0.0.1/"])  # fmt: skip
def test_a_redirect_to_a_bad_address_is_refused(
    server: LyingServer, tmp_path: Path, location: str
) -> None:
    error = fails(AddressRefused, server, server.on("/f", redirect(location)), tmp_path)
    assert "x:y" not in json.dumps(error.facts)
    assert "x:y" not in str(error)


def test_a_relative_redirect_with_an_address_in_its_query_is_relative(
    server: LyingServer, tmp_path: Path
) -> None:
    url = server.on("/a/f", redirect("/g?from=http://10.0.0.1/#part"))
    server.on("/g?from=http://10.0.0.1/", whole(TABLE))
    assert got(server, url, tmp_path).file_name == "g"


def test_429_with_seconds_is_waited_for(server: LyingServer, tmp_path: Path) -> None:
    url = server.on("/f", status(429, Retry_After="7"), whole(TABLE))
    sleeper = Sleeper()
    assert got(server, url, tmp_path, sleep=sleeper).size_bytes == len(TABLE)
    assert sleeper.slept_s == [7.0]


def test_429_with_a_date_is_counted_from_the_servers_clock(
    server: LyingServer, tmp_path: Path
) -> None:
    times = {
        "Retry_After": "Sun, 06 Nov 1994 08:49:47 GMT",
        "Date": "Sun, 06 Nov 1994 08:49:37 GMT",
    }
    url = server.on("/f", status(429, **times), whole(TABLE))
    sleeper = Sleeper()
    got(server, url, tmp_path, sleep=sleeper)
    assert sleeper.slept_s == [10.0]


def test_a_long_wait_is_handed_on_instead_of_waited_for(
    server: LyingServer, tmp_path: Path
) -> None:
    url = server.on("/f", status(429, Retry_After="Mon, 23 Nov 2026 13:00:00 GMT"))
    sleeper = Sleeper()
    error = fails(Blocked, server, url, tmp_path, sleep=sleeper)
    assert error.exit_code == 32
    assert error.facts["retry_after_s"] == 3600.0
    assert sleeper.slept_s == []


def test_all_waits_of_a_call_together_stay_under_a_minute(
    server: LyingServer, tmp_path: Path
) -> None:
    sleeper = Sleeper()
    url = server.on("/f", status(503, Retry_After="40"))
    error = fails(SourceAway, server, url, tmp_path, sleep=sleeper)
    assert sleeper.slept_s == [40.0]
    assert error.facts["retry_after_s"] == 40.0


def test_503_three_times_ends_the_call_and_the_next_call_succeeds(
    server: LyingServer, tmp_path: Path
) -> None:
    url = server.on("/f", status(503), status(503), status(503), whole(TABLE))
    error = fails(SourceAway, server, url, tmp_path)
    assert error.facts["exchange"]["tries"] == 3  # type: ignore[index]  # JSON
    assert len(server.asked("/robots.txt")) == 1
    assert got(server, url, tmp_path).size_bytes == len(TABLE)


@pytest.mark.parametrize(
    ("code", "kind", "exit_code"),
    [(401, Blocked, 32), (403, Blocked, 32), (451, Blocked, 32), (404, NotFound, 33),
     (410, NotFound, 33), (400, AnswerRefused, 36), (204, AnswerRefused, 36),
     (206, AnswerRefused, 36), (300, AnswerRefused, 36), (304, AnswerRefused, 36),
     (202, NotReady, 37), (501, SourceAway, 31)],
)  # fmt: skip
def test_each_other_status_is_its_own_error_and_is_asked_once(
    server: LyingServer, tmp_path: Path, code: int, kind: type[VerticalFileError], exit_code: int
) -> None:
    error = fails(kind, server, server.on("/f", status(code)), tmp_path)
    assert error.exit_code == exit_code
    assert error.facts["exchange"]["status"] == code  # type: ignore[index]  # JSON
    assert len(server.asked("/f")) == 1


def test_the_firewalls_challenge_is_told(server: LyingServer, tmp_path: Path) -> None:
    url = server.on("/f", raw(head(403, cf_mitigated="challenge")))
    assert fails(Blocked, server, url, tmp_path).facts["firewall"] == "challenge"


def test_validators_go_back_byte_for_byte_and_304_is_not_modified(
    server: LyingServer, tmp_path: Path
) -> None:
    url = server.on("/f", raw(head(304, ETag='W/"a-gzip"')))
    when = "Sun, 06 Nov 1994 08:49:37 GMT"
    found = fetch(server, url, tmp_path, etag='W/"a-gzip"', last_modified=when)
    assert isinstance(found, NotModified)
    assert found.exchange["status"] == 304
    [asked] = server.asked("/f")
    assert asked.header("If-None-Match") == 'W/"a-gzip"'
    assert asked.header("If-Modified-Since") == when
    [robots] = server.asked("/robots.txt")
    assert robots.header("If-None-Match") is None


def test_changed_bytes_with_the_old_etag_are_seen_as_changed(
    server: LyingServer, tmp_path: Path
) -> None:
    url = server.on("/f", whole(TABLE, ETag='"1"'), whole(TABLE + b"3,Ash\n", ETag='"1"'))
    first = got(server, url, tmp_path)
    second = got(server, url, tmp_path, etag=first.etag)
    assert first.etag == second.etag
    assert first.sha256 != second.sha256
    assert second.path.read_bytes() == TABLE + b"3,Ash\n"


def test_what_is_no_http_is_told(server: LyingServer, tmp_path: Path) -> None:
    error = fails(
        SourceAway, server, server.on("/f", raw(b"220 ftp.example.org ready\r\n")), tmp_path
    )
    assert "proper HTTP" in error.message


def test_a_closed_port_is_a_source_that_is_away(server: LyingServer, tmp_path: Path) -> None:
    with a_server() as gone:
        url = gone.on("/f", whole(TABLE))
    sleeper = Sleeper()
    ports = frozenset({gone.port})
    error = fails(SourceAway, server, url, tmp_path, sleep=sleeper, extra_ports=ports)
    assert error.exit_code == 31
    assert len(sleeper.slept_s) == 2


def test_nothing_but_a_plain_polite_request_is_sent(server: LyingServer, tmp_path: Path) -> None:
    url = server.on("/f", redirect("/g"))
    server.on("/g", whole(TABLE))
    found = got(server, url, tmp_path, contact="https://library.example.org/vf")
    for asked in server.requests:
        assert {name.lower() for name, _ in asked.headers} == {
            "host", "user-agent", "accept", "accept-encoding", "connection",
        }  # fmt: skip
        assert asked.header("Accept-Encoding") == "identity"
        agent = asked.header("User-Agent") or ""
        assert agent.startswith("verticalfile/")
        assert agent.endswith("(+https://library.example.org/vf)")
    assert ["User-Agent", agent] in found.exchange["request"]["headers"]  # type: ignore[index]  # JSON
