"""What a source answers and where it sends us: statuses, waits, redirects, validators."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from lying_server import (
    LyingServer,
    Sleeper,
    a_server,
    fails,
    fetch,
    got,
    head,
    raw,
    redirect,
    status,
    whole,
)

from verticalfile.fetch.client import NotModified
from verticalfile.fetch.errors import (
    AddressRefused,
    AnswerRefused,
    Blocked,
    NotFound,
    NotReady,
    SourceAway,
    TooManyRedirects,
)
from verticalfile.kernel.errors import LimitReached, VerticalFileError

TABLE = b"id,name\n1,Elm Street\n2,Oak Street\n"


@pytest.fixture
def server() -> Iterator[LyingServer]:
    with a_server() as running:
        yield running


def test_a_redirect_loop_is_left_at_once(server: LyingServer, tmp_path: Path) -> None:
    url = server.on("/a", redirect("/b"))
    server.on("/b", redirect("/a"))
    error = fails(TooManyRedirects, server, url, tmp_path)
    assert error.exit_code == 35
    assert len(server.requests) == 3  # robots.txt, a, b
    assert len(error.facts["exchange"]["redirects"]) == 2


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
        assert [r["status"] for r in found.exchange["redirects"]] == codes
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
    assert error.facts["exchange"]["tries"] == 3
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
    assert error.facts["exchange"]["status"] == code
    assert len(server.asked("/f")) == 1


def test_the_firewalls_challenge_is_told(server: LyingServer, tmp_path: Path) -> None:
    url = server.on("/f", raw(head(403, cf_mitigated="challenge")))
    error = fails(Blocked, server, url, tmp_path)
    assert error.facts["firewall"] == "Cloudflare, challenge"
    assert error.code == "blocked"


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
            "host", "user-agent", "accept", "accept-encoding",
        }  # fmt: skip
        assert asked.header("Accept-Encoding") == "identity"
        agent = asked.header("User-Agent") or ""
        assert agent.startswith("verticalfile/")
        assert agent.endswith("(+https://library.example.org/vf)")
    assert ["User-Agent", agent] in found.exchange["request"]["headers"]


def test_a_pause_longer_than_the_time_left_is_not_begun(
    server: LyingServer, tmp_path: Path
) -> None:
    sleeper = Sleeper()
    url = server.on("/f", status(503, Retry_After="30"))
    error = fails(SourceAway, server, url, tmp_path, sleep=sleeper, whole_s=10.0)
    assert error.facts["retry_after_s"] == 30.0
    assert sleeper.slept_s == []


def test_a_folder_that_cannot_be_written_is_told(server: LyingServer, tmp_path: Path) -> None:
    url = server.on("/f", whole(TABLE))
    with pytest.raises(LimitReached) as caught:
        fetch(server, url, tmp_path / "missing")
    assert "cannot be written" in caught.value.message


def test_a_password_in_an_address_is_told_to_nobody(server: LyingServer, tmp_path: Path) -> None:
    url = server.on("/f", whole(TABLE)).replace("127", "user:secret@127")
    for dressed in (url, " " + url, url.replace("//", "///")):
        error = fails(AddressRefused, server, dressed, tmp_path)
        assert "secret" not in str(error) + json.dumps(error.facts)
    assert server.requests == []
