"""Manners between requests, commands and processes: one at a time, with a pause, and as asked."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from lying_server import (
    NOON,
    LyingServer,
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

import hurried
from verticalfile.fetch.client import Client, Got
from verticalfile.fetch.errors import Blocked, HostWaits, NotFound, SourceAway
from verticalfile.fetch.manners.manners import Manners
from verticalfile.fetch.manners.rules import HostRules
from verticalfile.fetch.network import Deadline
from verticalfile.kernel.clock import SetClock, SystemClock
from verticalfile.kernel.errors import VerticalFileError

TABLE = b"id\n1\n"
HOST = "127.0.0.1"


@pytest.fixture
def server() -> Iterator[LyingServer]:
    with a_server() as running:
        running.on("/f", whole(TABLE))
        running.on("/g", whole(TABLE))
        yield running


class Library:
    """One archive's manners; each `command` is a new process as far as they know."""

    def __init__(self, server: LyingServer, folder: Path, **settings: object) -> None:
        self.server, self.folder = server, folder
        self.clock = a_clock()
        self.sleeper = Sleeper()
        self.settings = {"gap_s": 0.0, "chance": lambda: 0.0} | settings
        self.into = folder / "into"
        self.into.mkdir()

    def manners(self) -> Manners:
        return Manners(
            self.clock, folder=self.folder / "hosts", locks=self.folder / "locks",
            sleep=self.sleeper, **self.settings,
        )  # fmt: skip

    def command(self, path: str = "/f") -> Got:
        with Client(
            rules=quick_rules(self.server), clock=self.clock, manners=self.manners()
        ) as client:
            found = client.get(self.server.url(path), into=self.into)
        assert isinstance(found, Got)
        return found

    def fails(self, kind: type[VerticalFileError], path: str = "/f") -> VerticalFileError:
        with pytest.raises(kind) as caught:
            self.command(path)
        json.dumps(caught.value.facts)
        return caught.value


def test_requests_to_one_host_have_a_pause_between_them_across_commands(
    server: LyingServer, tmp_path: Path
) -> None:
    library = Library(server, tmp_path, gap_s=1.0)
    library.command("/f")  # robots.txt, then the file
    assert library.sleeper.slept_s == [1.0]
    library.clock.pass_time(timedelta(seconds=0.4))
    library.command("/g")
    assert library.sleeper.slept_s[1:] == [pytest.approx(0.6)]
    library.clock.pass_time(timedelta(seconds=5))
    library.command("/f")
    assert len(library.sleeper.slept_s) == 2


def test_a_clock_that_was_set_back_costs_one_pause_and_no_more(
    server: LyingServer, tmp_path: Path
) -> None:
    library = Library(server, tmp_path, gap_s=1.0)
    library.command()
    library.clock.move_to(NOON - timedelta(days=400))
    before = len(library.sleeper.slept_s)
    library.command()
    assert max(library.sleeper.slept_s[before:]) == 1.0


@pytest.mark.parametrize(("asked", "pause_s"), [(b"7", 7.0), (b"600", 60.0)])
def test_a_crawl_delay_is_kept_to_between_commands(
    server: LyingServer, tmp_path: Path, asked: bytes, pause_s: float
) -> None:
    server.on("/robots.txt", whole(b"User-agent: *\nCrawl-delay: " + asked))
    library = Library(server, tmp_path, gap_s=1.0)
    library.command("/f")
    library.command("/g")
    assert library.sleeper.slept_s[-1] == pause_s
    assert len(server.asked("/robots.txt")) == 1


def test_a_person_may_set_another_pause_for_a_host(server: LyingServer, tmp_path: Path) -> None:
    server.on("/robots.txt", whole(b"User-agent: *\nCrawl-delay: 30"))
    library = Library(server, tmp_path, gap_s=1.0, hosts={HOST: HostRules(gap_s=0.0)})
    library.command("/f")
    library.command("/g")
    assert library.sleeper.slept_s == []


def test_robots_is_remembered_between_commands_for_a_day(
    server: LyingServer, tmp_path: Path
) -> None:
    server.on("/robots.txt", whole(b"User-agent: *\nDisallow: /g"))
    library = Library(server, tmp_path)
    library.command("/f")
    library.fails(Blocked, "/g")
    library.clock.pass_time(timedelta(hours=23, minutes=59))
    library.command("/f")
    assert len(server.asked("/robots.txt")) == 1
    server.on("/robots.txt", whole(b""))
    library.clock.pass_time(timedelta(minutes=2))
    library.command("/g")
    assert len(server.asked("/robots.txt")) == 2


def test_trap_66_a_robots_file_in_trouble_closes_the_host(
    server: LyingServer, tmp_path: Path
) -> None:
    server.on("/robots.txt", status(503))
    error = Library(server, tmp_path).fails(Blocked)
    assert "stay away" in error.message
    assert server.asked("/f") == []
    assert hurried.may_fetch(server.url("/robots.txt"), "/f")


def test_trap_66_the_last_robots_file_is_obeyed_while_it_is_in_trouble(
    server: LyingServer, tmp_path: Path
) -> None:
    server.on("/robots.txt", whole(b"User-agent: *\nDisallow: /g"))
    library = Library(server, tmp_path)
    library.command("/f")
    server.on("/robots.txt", status(500))
    library.clock.pass_time(timedelta(days=29))
    library.command("/f")
    library.fails(Blocked, "/g")
    library.clock.pass_time(timedelta(days=2))
    assert "stay away" in library.fails(Blocked, "/f").message


def test_a_robots_override_is_told_in_the_exchange(server: LyingServer, tmp_path: Path) -> None:
    server.on("/robots.txt", whole(b"User-agent: *\nDisallow: /"))
    why = "the city clerk said so by telephone (M. Ortiz, 2026-11-20)"
    library = Library(server, tmp_path, hosts={HOST: HostRules(robots_overridden=why)})
    assert library.command().exchange["robots_overridden"] == why
    assert server.asked("/robots.txt") == []


def test_trap_67_a_wait_is_kept_to_by_later_commands_and_other_files(
    server: LyingServer, tmp_path: Path
) -> None:
    when = "Mon, 23 Nov 2026 07:30:00 -0500"
    date = "Mon, 23 Nov 2026 12:00:00 GMT"
    server.on("/f", status(429, Retry_After=when, Date=date))
    library = Library(server, tmp_path)
    assert library.fails(Blocked).facts["retry_after_s"] == 1800.0
    asked = len(server.requests)
    for path in ("/f", "/g"):
        error = library.fails(HostWaits, path)
        assert "asks us to wait until 2026-11-23T12:30:00Z" in error.message
        assert error.exit_code == 38
    assert len(server.requests) == asked
    library.clock.pass_time(timedelta(minutes=30))
    library.command("/g")
    with pytest.raises(ValueError, match="invalid literal"):
        hurried.wait_s(when)


@pytest.mark.parametrize(("value", "rests"), [("-5", False), ("9" * 40, True), ("soon", False)])
def test_trap_67_odd_waits_are_clamped(
    server: LyingServer, tmp_path: Path, value: str, rests: bool
) -> None:
    server.on("/f", status(503, Retry_After=value))
    library = Library(server, tmp_path)
    library.fails(SourceAway)
    with pytest.raises((ValueError, OverflowError)):
        time.sleep(hurried.wait_s(value))
    if rests:
        assert "until 2026-11-24T12:00:00Z" in library.fails(HostWaits, "/g").message
    else:
        library.command("/g")


def test_a_short_wait_is_waited_out_by_another_command(server: LyingServer, tmp_path: Path) -> None:
    server.on("/f", status(503, Retry_After="40"))
    library = Library(server, tmp_path)
    library.fails(SourceAway)
    before = len(library.sleeper.slept_s)
    library.command("/g")
    assert library.sleeper.slept_s[before:] == [40.0]


def test_who_waits_for_a_host_is_told(server: LyingServer, tmp_path: Path) -> None:
    told: list[str] = []
    server.on("/robots.txt", whole(b"User-agent: *\nCrawl-delay: 20"))
    library = Library(server, tmp_path, tell=told.append)
    library.command("/f")
    assert told == ["Waiting 20 seconds before 127.0.0.1 is asked again."]


def test_a_robots_file_that_is_asked_for_too_often_is_not_remembered_as_none(
    server: LyingServer, tmp_path: Path
) -> None:
    server.on("/robots.txt", status(429), whole(b"User-agent: *\nDisallow: /f"))
    library = Library(server, tmp_path)
    library.command("/f")
    library.fails(Blocked, "/f")


def test_a_wait_written_by_a_clock_far_ahead_is_no_wait(
    server: LyingServer, tmp_path: Path
) -> None:
    server.on("/f", status(429, Retry_After="3600"))
    library = Library(server, tmp_path)
    library.clock.move_to(NOON + timedelta(days=900))
    library.fails(Blocked)
    library.clock.move_to(NOON)
    library.command("/g")


def test_a_host_that_never_answers_is_left_alone_longer_and_longer(
    server: LyingServer, tmp_path: Path
) -> None:
    library = Library(server, tmp_path)
    library.command()
    server.on("/f", lambda line, _: line.reset())
    library.fails(SourceAway)
    library.fails(SourceAway)  # six connections in a row without an answer
    asked = len(server.requests)
    library.fails(SourceAway)  # pauses for what is left of half a minute, and fails again
    assert len(server.requests) > asked
    for _ in range(3):
        library.clock.pass_time(timedelta(seconds=1))
        with pytest.raises((HostWaits, SourceAway)):
            library.command("/f")
    asked = len(server.requests)
    assert "did not answer" in library.fails(HostWaits, "/g").message
    assert len(server.requests) == asked
    library.clock.pass_time(timedelta(hours=2))
    library.command("/g")  # an answer ends it
    server.on("/f", whole(TABLE))
    library.command("/f")


def test_files_that_are_gone_say_nothing_of_their_host(server: LyingServer, tmp_path: Path) -> None:
    library = Library(server, tmp_path)
    for n in range(10):
        library.fails(NotFound, f"/missing/{n}")
    library.command("/f")


def test_trap_65_a_firewall_is_asked_three_times_and_then_left_alone(
    server: LyingServer, tmp_path: Path
) -> None:
    library = Library(server, tmp_path)
    library.command("/f")
    for n in range(3):
        server.on(f"/d/{n}", raw(head(403, cf_mitigated="challenge", Content_Length="0")))
        assert library.fails(Blocked, f"/d/{n}").facts["firewall"] == "Cloudflare, challenge"
    asked = len(server.requests)
    error = library.fails(Blocked, "/f")
    assert "firewall of 127.0.0.1 has turned us away" in error.message
    assert len(server.requests) == asked
    library.clock.pass_time(timedelta(hours=1))
    library.command("/f")


def test_two_threads_never_ask_one_host_at_once(server: LyingServer, tmp_path: Path) -> None:
    server.on("/slow", lambda line, _: (line.wait(0.05), line.send(head(200) + TABLE))[0])
    (tmp_path / "into").mkdir()

    def ask() -> None:
        manners = Manners(SystemClock(), folder=tmp_path / "hosts", locks=tmp_path / "locks")
        with Client(rules=quick_rules(server), clock=SystemClock(), manners=manners) as client:
            client.get(server.url("/slow"), into=tmp_path / "into")

    asking = [threading.Thread(target=ask) for _ in range(5)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert len(server.asked("/slow")) == 5
    assert server.most_at_once == 1


ASK = """
import sys
from pathlib import Path
from verticalfile.fetch.client import Client
from verticalfile.fetch.manners.manners import Manners
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SystemClock
url, port, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
manners = Manners(SystemClock(), gap_s=0.3, folder=folder / "hosts", locks=folder / "locks")
rules = Rules(allow_private=True, extra_ports=frozenset({port}))
with Client(rules=rules, clock=SystemClock(), manners=manners) as client:
    client.get(url, into=folder / "into")
"""


def test_two_processes_take_turns_and_keep_the_pause(server: LyingServer, tmp_path: Path) -> None:
    moments: list[float] = []

    def reply(line: object, _: object) -> None:
        moments.append(time.monotonic())
        whole(TABLE)(line, _)

    server.on("/f", reply)
    server.on("/robots.txt", reply)
    (tmp_path / "into").mkdir()
    words = [sys.executable, "-c", ASK, server.url("/f"), str(server.port), str(tmp_path)]
    asking = [subprocess.Popen(words) for _ in range(3)]  # ours
    assert [process.wait(30) for process in asking] == [0, 0, 0]
    assert len(server.asked("/f")) == 3
    assert server.most_at_once == 1
    gaps = [after - before for before, after in itertools.pairwise(moments)]
    assert min(gaps) >= 0.29


def test_who_waits_for_another_command_is_told_and_in_the_end_sent_away(tmp_path: Path) -> None:
    told: list[str] = []
    one = Manners(a_clock(), locks=tmp_path)
    other = Manners(a_clock(), locks=tmp_path, tell=told.append, busy_s=0.2)
    with one.turn("data.example.gov", Deadline(10)):
        with pytest.raises(HostWaits), other.turn("data.example.gov", Deadline(10)):
            pass
        with other.turn("elsewhere.example.gov", Deadline(10)):
            pass
    with other.turn("data.example.gov", Deadline(10)):
        pass
    assert told == ["Waiting: another command is asking data.example.gov."]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"last_at": 5}', b"[" * 100_000,
                                     b'{"last_at": "soon", "rest_until": null, "why": 1}'])  # fmt: skip
def test_odd_files_count_as_none_and_the_memory_may_be_deleted(
    server: LyingServer, tmp_path: Path, content: bytes
) -> None:
    library = Library(server, tmp_path, gap_s=1.0)
    library.command()
    files = sorted((tmp_path / "hosts").iterdir())
    assert [f.name.endswith((".json", ".robots")) for f in files] == [True, True]
    for file in files:
        file.write_bytes(content)
    library.command()
    for file in (tmp_path / "hosts").iterdir():
        file.unlink()
    library.command()


def test_a_memory_that_cannot_be_written_costs_no_fetch(
    server: LyingServer, tmp_path: Path
) -> None:
    (tmp_path / "hosts").write_text("a file where a folder should be")
    library = Library(server, tmp_path, gap_s=1.0)
    assert library.command().path.read_bytes() == TABLE


def test_each_host_of_a_redirect_has_its_own_turn(server: LyingServer, tmp_path: Path) -> None:
    server.on("/start", redirect(f"http://localhost:{server.port}/f"))
    library = Library(server, tmp_path, gap_s=1.0)
    library.command("/start")
    names = sorted(f.name for f in (tmp_path / "hosts").glob("*.json"))
    assert names == ["127.0.0.1.json", "localhost.json"]


def test_hostile_host_names_are_plain_file_names(tmp_path: Path) -> None:
    manners = Manners(SetClock(NOON), gap_s=1.0, folder=tmp_path / "h", locks=tmp_path / "l")
    for host in ("::1", "a" * 253, "..", "_x.example.org", "../../etc"):
        with manners.turn(host, Deadline(10)):
            pass
    for folder in ("h", "l"):
        names = [path.name for path in (tmp_path / folder).iterdir()]
        assert len(names) == 5
        assert all(len(name) <= 180 and not set(name) & set("/:") for name in names)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["h", "l"]
