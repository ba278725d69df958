"""robots.txt by RFC 9309: read once per host, obeyed on every hop."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lying_server import (
    BUSY_S,
    PUBLIC,
    SILENT_S,
    Line,
    LyingServer,
    MadeUpNetwork,
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

from verticalfile.fetch.client import Got, get
from verticalfile.fetch.errors import Blocked, SourceAway
from verticalfile.fetch.manners.robots import read_robots
from verticalfile.fetch.manners.rules import Rules

TABLE = b"id\n1\n"


@pytest.fixture
def server() -> Iterator[LyingServer]:
    with a_server() as running:
        running.on("/f", whole(TABLE))
        yield running


def fetch(server: LyingServer, into: Path, *, idle_s: float = 20.0, **given: object) -> Got:
    url = f"http://127.0.0.1:{server.port}/f"
    rules = quick_rules(server, idle_s=idle_s)
    found = get(url, rules=rules, into=into, clock=a_clock(), sleep=Sleeper(), **given)
    assert isinstance(found, Got)
    return found


@pytest.mark.parametrize(
    ("robots", "path", "allowed"),
    [
        ("", "/f", True),
        ("User-agent: *\nDisallow: /", "/f", False),
        ("User-agent: *\nDisallow:", "/f", True),
        ("user-AGENT : *\nDISALLOW :/f # files", "/f.csv", False),
        ("User-agent: other\nDisallow: /", "/f", True),
        ("User-agent: VerticalFile/9.1\nDisallow: /", "/f", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: verticalfile\nAllow: /", "/f", True),
        ("User-agent: a\nUser-agent: verticalfile\nDisallow: /f\nUser-agent: *\n", "/f", False),
        ("User-agent: verticalfile\nDisallow: /a\nUser-agent: b\nDisallow: /\n"
         "User-agent: verticalfile\nDisallow: /f", "/f", False),
        ("User-agent: *\nDisallow: /d\nAllow: /d/public", "/d/public/f", True),
        ("User-agent: *\nAllow: /d/public\nDisallow: /d", "/d/private/f", False),
        ("User-agent: *\nDisallow: /d\nAllow: /d", "/d", True),
        ("User-agent: *\nDisallow: /*.csv$", "/a/b.csv", False),
        ("User-agent: *\nDisallow: /*.csv$", "/a/b.csv?x=1", True),
        ("User-agent: *\nDisallow: /*.csv", "/a/b.csv?x=1", False),
        ("User-agent: *\nDisallow: /f$", "/f/g", True),
        ("User-agent: *\nDisallow: /a*b*c", "/a-b-b-c-d", False),
        ("User-agent: *\nDisallow: /a*b*bc$", "/abc", True),
        ("User-agent: *\nDisallow: *", "/f", False),
        ("User-agent: *\nDisallow: /F", "/f", True),
        ("User-agent: *\nDisallow: /a%7eb", "/a~b", False),
        ("User-agent: *\nDisallow: /a%2fb", "/a/b", True),
        ("User-agent: *\nDisallow: /ü", "/%C3%BC", False),
        ("User-agent: *\nDisallow: /a%2A", "/a*", False),
        ("User-agent: *\nDisallow: /a%2A", "/ab", True),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("\ufeffUser-agent: *\r\nDisallow: /f\r", "/f", False),
        ("User-agent: *\nSitemap: /x\nDisallow: /f", "/f", False),
        ("<!doctype html><p>Disallow: /</p>", "/f", True),
        ("Disallow: /", "/f", True),
    ],
)  # fmt: skip
def test_the_longest_rule_of_our_group_decides(robots: str, path: str, allowed: bool) -> None:
    assert read_robots(robots.encode()).allows(path.encode()) is allowed


def test_a_hostile_file_of_stars_is_read_in_no_time() -> None:
    robots = read_robots(b"User-agent: *\n" + b"Disallow: /" + b"*a" * 5000 + b"$\n")
    assert robots.allows(b"/" + b"a" * 4000 + b"b")


@pytest.mark.parametrize(("line", "pause_s"), [("5", 5), ("0.5", 0.5), ("600", 60), ("soon", 0), ("-1", 0)])  # fmt: skip
def test_a_crawl_delay_is_passed_on(line: str, pause_s: float) -> None:
    robots = read_robots(f"User-agent: *\nCrawl-delay: {line}\n".encode())
    assert robots.crawl_delay_s == pause_s


@given(st.binary(max_size=300), st.binary(max_size=60))
def test_no_robots_file_is_too_odd_to_read(body: bytes, path: bytes) -> None:
    read_robots(b"User-agent: *\nDisallow: /" + body).allows(b"/" + path)


@given(st.text("ab/*$%2F", max_size=12), st.text("ab/", max_size=12))
def test_a_pattern_fits_as_its_regular_expression_does(pattern: str, path: str) -> None:
    end = r"\Z" if pattern.endswith("$") else ""
    stem = pattern.removesuffix("$").replace("$", "%24")
    spelled = re.sub(r"%(?!2F|24)", "%25", stem)
    wanted = ".*".join(re.escape(piece) for piece in spelled.split("*")) + end
    robots = read_robots(f"User-agent: *\nDisallow: /{pattern}\n".encode())
    assert robots.allows(f"/{path}".encode()) is not bool(re.match("/" + wanted, "/" + path))


def test_a_closed_path_is_blocked_and_never_asked_for(server: LyingServer, tmp_path: Path) -> None:
    server.on("/robots.txt", whole(b"User-agent: *\nDisallow: /f"))
    with pytest.raises(Blocked) as caught:
        fetch(server, tmp_path)
    assert caught.value.exit_code == 32
    assert server.asked("/f") == []
    assert len(server.asked("/robots.txt")) == 1


def test_a_library_may_override_robots_knowingly(server: LyingServer, tmp_path: Path) -> None:
    server.on("/robots.txt", whole(b"User-agent: *\nDisallow: /"))
    assert fetch(server, tmp_path, respect_robots=False).path.read_bytes() == TABLE
    assert server.asked("/robots.txt") == []


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 429])
def test_a_host_without_robots_is_open(server: LyingServer, tmp_path: Path, code: int) -> None:
    server.on("/robots.txt", status(code, b"User-agent: *\nDisallow: /"))
    assert fetch(server, tmp_path).path.read_bytes() == TABLE


@pytest.mark.parametrize(
    "reply", [status(500), status(503), raw(head(200, Content_Length="500") + b"User-agent: x\n")]
)
def test_a_robots_file_in_trouble_closes_the_host(
    server: LyingServer, tmp_path: Path, reply: Reply
) -> None:
    server.on("/robots.txt", reply)
    with pytest.raises(Blocked) as caught:
        fetch(server, tmp_path)
    assert "stay away" in caught.value.message
    assert server.asked("/f") == []
    assert len(server.asked("/robots.txt")) == 3


def test_a_robots_file_that_recovers_opens_the_host(server: LyingServer, tmp_path: Path) -> None:
    server.on("/robots.txt", status(503, Retry_After="2"), whole(b""))
    assert fetch(server, tmp_path).path.read_bytes() == TABLE


def test_a_silent_robots_file_is_a_source_that_is_away(server: LyingServer, tmp_path: Path) -> None:
    server.on("/robots.txt", lambda line, _: line.wait(SILENT_S))
    with pytest.raises(SourceAway):
        fetch(server, tmp_path, idle_s=0.8)
    assert server.asked("/f") == []


def test_a_dripping_robots_file_has_a_time_of_its_own(
    server: LyingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verticalfile.fetch.call.ROBOTS_S", 0.3)  # a minute would be too slow

    def drip(line: Line, _: Request) -> None:
        line.send(head(200))
        while True:
            line.send(b"#")
            line.wait(0.05)

    server.on("/robots.txt", drip)
    began = time.monotonic()
    with pytest.raises(SourceAway):
        fetch(server, tmp_path)
    assert time.monotonic() - began < BUSY_S
    assert server.asked("/f") == []


def test_robots_redirects_are_followed_five_times(server: LyingServer, tmp_path: Path) -> None:
    server.on("/robots.txt", redirect("/1"))
    for n in range(1, 5):
        server.on(f"/{n}", redirect(f"/{n + 1}"))
    server.on("/5", whole(b"User-agent: *\nDisallow: /f"))
    with pytest.raises(Blocked):
        fetch(server, tmp_path)
    server.on("/5", redirect("/6"))
    assert fetch(server, tmp_path).path.read_bytes() == TABLE
    assert server.asked("/6") == []


def test_only_the_first_500_kib_count(server: LyingServer, tmp_path: Path) -> None:
    padding = b"#" * (500 * 1024) + b"\n"
    server.on("/robots.txt", whole(padding + b"User-agent: *\nDisallow: /"))
    assert fetch(server, tmp_path).path.read_bytes() == TABLE
    rules = b"User-agent: *\nDisallow: /f\n"
    server.on("/robots.txt", whole(rules + padding))
    with pytest.raises(Blocked):
        fetch(server, tmp_path)


def test_every_host_on_the_way_is_asked_once_for_its_own_rules(
    server: LyingServer, tmp_path: Path
) -> None:
    server.on("/start", redirect("http://b.example.org/next"))
    server.on("/next", redirect("/f"))
    network = MadeUpNetwork(server.port, a_example_org=[[PUBLIC]], b_example_org=[["8.8.8.8"]])
    get(
        "http://a.example.org/start", rules=Rules(), into=tmp_path, clock=a_clock(), network=network
    )
    hosts = [request.header("Host") for request in server.asked("/robots.txt")]
    assert hosts == ["a.example.org", "b.example.org"]
    server.on("/robots.txt", whole(b""), whole(b"User-agent: *\nDisallow: /f"))
    with pytest.raises(Blocked) as caught:
        get(
            "http://a.example.org/start",
            rules=Rules(),
            into=tmp_path,
            clock=a_clock(),
            network=network,
        )
    assert caught.value.facts["robots_url"] == "http://b.example.org/robots.txt"
