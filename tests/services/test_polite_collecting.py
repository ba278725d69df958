"""An archive is polite between commands, believes "not modified" for a while, and keeps secrets."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import hurried
from verticalfile.fetch.manners.manners import Manners
from verticalfile.fetch.manners.rules import Rules
from verticalfile.fetch.network import Deadline
from verticalfile.kernel.clock import SetClock, SystemClock
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import Archive, init
from verticalfile.services.collecting.collect import Checked, collect
from verticalfile.services.datasets.adding import add
from verticalfile.services.listing import log
from verticalfile.services.running.scheduling import Scheduler
from verticalfile.services.safe.backing_up import backup
from verticalfile.services.taking_in.rebuild import rebuild
from verticalfile.services.visiting import hosts
from verticalfile.services.visiting.fetching import Fetching, fetching_of

START = datetime(2024, 1, 1, 8, tzinfo=UTC)
HOST = "127.0.0.1"
SECRET = "abc123-very-secret"
ONE = b"id,street\n" + b"".join(b"%d,Elm\n" % n for n in range(40))
TWO = ONE + b"40,Oak\n"


class Portal(ThreadingHTTPServer):
    """Serves one body at every path, with the headers and the answer to validators it is told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((HOST, 0), _Answer)
        self.body, self.status = ONE, 200
        self.headers: dict[str, str] = {}
        self.robots = b""
        self.not_modified: Callable[[str], bool] = lambda _: False
        self.asked: list[tuple[str, dict[str, str]]] = []

    def url(self, path: str) -> str:
        return f"http://{HOST}:{self.server_port}{path}"

    def count(self, path: str) -> int:
        return sum(asked == path for asked, _ in self.asked)


class _Answer(BaseHTTPRequestHandler):
    server: Portal
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        portal = self.server
        portal.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        etag = self.headers.get("If-None-Match", "")
        body, code = portal.body, portal.status
        if self.path == "/robots.txt":
            body, code = portal.robots, 200
        elif etag and portal.not_modified(etag):
            body, code = b"", 304
        self.send_response(code)
        for name, value in portal.headers.items():
            self.send_header(name, value)
        if code != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Desk:
    """A library with two files of one portal, and a clock that is moved by hand."""

    def __init__(self, root: Path, portal: Portal) -> None:
        self.portal = portal
        self.clock = SetClock(START)
        self.root = root / "archive"
        self.archive: Archive = init(self.root, clock=self.clock)
        self.slept_s: list[float] = []
        for name in ("streets", "trees"):
            add(self.archive, portal.url(f"/{name}.csv"), name=name)

    def fetching(self) -> Fetching:
        """As the commands have it, with the port of the test and without sleeping."""
        made = fetching_of(self.archive, allow_private=True)
        assert made.manners is not None
        made.manners.sleep = self.slept_s.append
        rules = Rules(allow_private=True, extra_ports=frozenset({self.portal.server_port}))
        return Fetching(rules, manners=made.manners, credentials=made.credentials)

    def look(self, name: str = "streets", *, days: float = 1) -> Checked:
        self.clock.pass_time(timedelta(days=days))
        found = self.archive.index.resources(name)
        return collect(self.archive, found, fetching=self.fetching())[0]

    def kinds(self, name: str = "streets") -> list[str]:
        [found] = self.archive.index.resources(name)
        return [str(body["kind"]) for body in self.archive.index.events([found.id])]


@pytest.fixture
def portal() -> Iterator[Portal]:
    with Portal() as running:
        threading.Thread(target=running.serve_forever, args=[0.01], daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def desk(tmp_path: Path, portal: Portal) -> Desk:
    return Desk(tmp_path, portal)


def test_one_command_after_another_pauses_a_second_and_reads_robots_once(desk: Desk) -> None:
    assert desk.look("streets").outcome == "changed"
    assert desk.look("trees", days=0).outcome == "changed"
    assert desk.slept_s == [1.0, 1.0]
    assert desk.portal.count("/robots.txt") == 1
    names = sorted(path.name for path in (desk.root / "cache" / "hosts").iterdir())
    assert [name.rpartition(".")[2] for name in names] == ["json", "robots"]


def test_trap_67_what_one_file_was_told_holds_for_the_other(desk: Desk) -> None:
    desk.portal.status, desk.portal.headers = 429, {"Retry-After": "7200"}
    assert desk.look("streets").outcome == "blocked"
    asked = len(desk.portal.asked)
    told = desk.look("trees", days=0)
    assert (told.outcome, told.error) == ("waiting", None)
    assert "asks us to wait until 2024-01-02T10:00:00Z" in told.said
    assert len(desk.portal.asked) == asked
    [trees] = desk.archive.index.resources("trees")
    assert (trees.outcome, trees.checked_at) == ("", None)  # nobody looked, and nothing was seen
    assert hurried.state_of(desk.portal.url("/streets")) == "gone"
    assert hurried.state_of(desk.portal.url("/trees")) == "gone"  # and it was asked all the same
    assert len(desk.portal.asked) == asked + 2
    desk.portal.status, desk.portal.headers = 200, {}
    assert desk.look("trees", days=0.1).outcome == "changed"


def test_trap_66_a_robots_file_in_trouble_changes_no_dataset(desk: Desk) -> None:
    desk.portal.robots = b"User-agent: *\nDisallow: /streets"
    told = desk.look()
    assert told.outcome == "blocked"
    assert desk.archive.index.versions(told.resource.id) == []


def test_a_robots_override_is_an_event_and_stands_beside_the_file(desk: Desk) -> None:
    desk.portal.robots = b"User-agent: *\nDisallow: /"
    assert desk.look().outcome == "blocked"
    hosts.override_robots(desk.archive, HOST, who="M. Ortiz", reason="the clerk asked us to")
    assert desk.look().outcome == "changed"
    why = "the clerk asked us to (M. Ortiz, 2024-01-02)"
    assert hosts.host_rules(desk.archive)[HOST].robots_overridden == why
    kept = b"".join(p.read_bytes() for p in desk.root.glob("vault/**/captures.jsonl"))
    assert why in kept.decode()
    [told] = [body for body in log(desk.archive, None) if body["kind"] == hosts.KIND]
    assert (told["name"], told["agent"]) == (f"host {HOST}", "person")
    assert log(desk.archive, "streets")[0]["kind"] == "added"
    rebuild(desk.archive, None)
    assert hosts.host_rules(desk.archive)[HOST].robots_overridden == why
    hosts.obey_robots(desk.archive, HOST, who="M. Ortiz", reason="it was a misunderstanding")
    assert desk.look("trees").outcome == "blocked"


@pytest.mark.parametrize(
    ("host", "who", "reason"),
    [("https://x.example/", "M.", "why"), ("", "M.", "why"), ("x.example", " ", "why"),
     ("x.example", "M.", ""), ("../x", "M.", "why")],
)  # fmt: skip
def test_a_decision_about_a_host_needs_a_host_a_name_and_a_reason(
    desk: Desk, host: str, who: str, reason: str
) -> None:
    with pytest.raises(InputRefused):
        hosts.override_robots(desk.archive, host, who=who, reason=reason)
    assert hosts.host_rules(desk.archive) == {}


def test_the_newest_decision_of_a_kind_holds(desk: Desk) -> None:
    hosts.set_gap(desk.archive, "X.example", 5, who="M.", reason="they are small")
    hosts.take_certificate(desk.archive, "x.example", who="M.", reason="it ran out")
    hosts.set_gap(desk.archive, "x.example", 0, who="M.", reason="they have grown")
    rules = hosts.host_rules(desk.archive)["x.example"]
    assert rules.gap_s == 0
    assert rules.certificate_unchecked == "it ran out (M., 2024-01-01)"
    hosts.check_certificate(desk.archive, "x.example", who="M.", reason="it is new")
    assert hosts.host_rules(desk.archive)["x.example"].certificate_unchecked == ""


@pytest.mark.parametrize("gap", ["soon", "-1", "nan", "1e9", ""])
def test_a_pause_that_is_none_is_refused(desk: Desk, gap: str) -> None:
    told = json.loads((desk.root / "settings.json").read_text()) | {"gap_s": gap}
    (desk.root / "settings.json").write_text(json.dumps(told))
    with pytest.raises(InputRefused):
        hosts.manners_of(desk.archive)


def test_a_key_of_a_publisher_is_sent_and_kept_nowhere(desk: Desk, tmp_path: Path) -> None:
    file = desk.root / hosts.KEYS
    origin = f"http://{HOST}:{desk.portal.server_port}"
    file.write_text(json.dumps({origin: {"X-App-Token": SECRET}}))
    file.chmod(0o600)
    desk.portal.headers = {"X-Echo": SECRET}
    assert desk.look().outcome == "changed"
    assert desk.portal.asked[-1][1]["x-app-token"] == SECRET
    backup(desk.archive, tmp_path / "backup")
    for folder in (desk.root, tmp_path / "backup"):
        for path in folder.rglob("*"):
            if path.is_file() and path != file:
                assert SECRET.encode() not in path.read_bytes(), path


@pytest.mark.parametrize("content", ["{", "[]", '{"https://x.example": "abc123-very-secret"}'])
def test_a_file_of_keys_that_cannot_be_read_is_refused_and_not_shown(
    desk: Desk, content: str
) -> None:
    file = desk.root / hosts.KEYS
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(InputRefused) as caught:
        hosts.credentials_of(desk.archive)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_file_of_keys_that_others_can_read_is_refused(desk: Desk) -> None:
    (desk.root / hosts.KEYS).write_text("{}")
    os.chmod(desk.root / hosts.KEYS, 0o644)
    with pytest.raises(InputRefused) as caught:
        hosts.credentials_of(desk.archive)
    assert "chmod 600" in caught.value.mend


def test_trap_60_not_modified_is_believed_four_times_and_then_looked_at(desk: Desk) -> None:
    desk.portal.headers = {"ETag": '"1"'}
    desk.portal.not_modified = lambda etag: etag == '"1"'
    desk.look()
    sent = []
    for _ in range(11):
        assert desk.look().outcome == "unchanged"
        sent.append("if-none-match" in desk.portal.asked[-1][1])
    assert sent == [True] * 4 + [False] + [True] * 4 + [False] + [True]
    assert "validators lie" not in desk.kinds()


def test_trap_60_not_modified_is_believed_for_thirty_days(desk: Desk) -> None:
    desk.portal.headers = {"ETag": '"1"'}
    desk.portal.not_modified = lambda etag: etag == '"1"'
    desk.look()
    sent = []
    for _ in range(4):
        desk.look(days=11)
        sent.append("if-none-match" in desk.portal.asked[-1][1])
    assert sent == [True, True, False, True]


@pytest.mark.parametrize("etag", ['"1"', '"another"'])
def test_trap_60_a_server_that_always_says_not_modified_is_found_out(desk: Desk, etag: str) -> None:
    """Its ETag is constant, or it says so to every ETag."""
    desk.portal.headers = {"ETag": '"1"'}
    believing = hurried.Watcher()
    believing.look(desk.portal.url("/streets"))
    desk.portal.not_modified = lambda _: True
    desk.look()
    desk.portal.body, desk.portal.headers = TWO, {"ETag": etag}
    for _ in range(20):
        believing.look(desk.portal.url("/streets"))
    assert believing.versions == [ONE]  # and for ever
    assert [desk.look().outcome for _ in range(4)] == ["unchanged"] * 4
    told = desk.look()
    assert told.outcome == "changed"
    assert "fetched whole from now on" in told.said
    assert desk.kinds().count("validators lie") == 1
    desk.portal.body = ONE
    assert desk.look().outcome == "changed"
    assert "if-none-match" not in desk.portal.asked[-1][1]
    assert desk.kinds().count("validators lie") == 1
    [line] = [body for body in log(desk.archive, "streets") if body["kind"] == "validators lie"]
    assert "did not tell of a change" in str(line["detail"])


def test_trap_60_a_change_that_an_honest_server_tells_of_is_no_lie(desk: Desk) -> None:
    desk.portal.headers = {"ETag": '"1"'}
    desk.portal.not_modified = lambda etag: etag == desk.portal.headers["ETag"]
    desk.look()
    for _ in range(4):
        desk.look()
    desk.portal.body, desk.portal.headers = TWO, {"ETag": '"2"'}
    told = desk.look()
    assert told.outcome == "changed"
    assert "whole from now on" not in told.said
    assert "validators lie" not in desk.kinds()
    desk.look()
    assert desk.portal.asked[-1][1]["if-none-match"] == '"2"'


def test_trap_59_an_etag_that_changes_each_time_makes_no_version(desk: Desk) -> None:
    for n in range(5):
        desk.portal.headers = {"ETag": f'"{n}-gzip"'}
        told = desk.look()
        assert told.outcome == ("unchanged" if n else "changed")
    assert len(desk.archive.index.versions(told.resource.id)) == 1
    desk.look()
    assert desk.portal.asked[-1][1]["if-none-match"] == '"4-gzip"'  # that of the last full answer
    by_etag = hurried.Watcher()
    for n in range(5):
        desk.portal.headers = {"ETag": f'"{n}-gzip"'}
        by_etag.look(desk.portal.url("/streets"))
    assert len(by_etag.versions) == 5  # of one and the same file


def test_failed_looks_between_do_not_renew_the_belief(desk: Desk) -> None:
    desk.portal.headers = {"ETag": '"1"'}
    desk.portal.not_modified = lambda etag: etag == '"1"'
    desk.look()
    for _ in range(4):
        desk.look()
        desk.portal.not_modified, desk.portal.status = (lambda _: False), 404
        desk.portal.status = 500
        assert desk.look().outcome == "failed"
        desk.portal.not_modified, desk.portal.status = (lambda etag: etag == '"1"'), 200
    desk.look()
    assert "if-none-match" not in desk.portal.asked[-1][1]


def test_trap_65_a_firewall_is_blocked_and_nothing_vanishes(desk: Desk) -> None:
    desk.look()
    desk.portal.status, desk.portal.headers = 403, {"cf-mitigated": "challenge"}
    told = desk.look()
    assert told.outcome == "blocked"
    assert "firewall" in told.said
    [version] = desk.archive.index.versions(told.resource.id)
    assert version.absent_from is None
    assert hurried.state_of(desk.portal.url("/streets")) == "gone"


def test_trap_64_the_page_of_a_firewall_is_no_version(desk: Desk) -> None:
    desk.look()
    desk.portal.body = b"<html><title>Request Rejected</title>Your support ID is 1</html>"
    told = desk.look()
    assert told.outcome == "blocked"
    assert len(desk.archive.index.versions(told.resource.id)) == 1
    by_digest = hurried.Watcher()
    for body in (ONE, hurried.fetched(desk.portal.url("/streets"))):
        by_digest.keep(body)
    assert b"Rejected" in by_digest.versions[-1]  # the firewall's page is the newest version


def test_a_login_is_blocked_and_not_absent(desk: Desk) -> None:
    desk.look()
    desk.portal.status = 403
    told = desk.look()
    assert told.outcome == "blocked"
    assert told.error is not None
    assert told.error.code == "closed"


def test_trap_63_a_page_that_says_goodbye_never_becomes_current(desk: Desk) -> None:
    first = desk.look()
    desk.portal.body = b"<!doctype html><title>Goodbye</title><p>This site has closed.</p>"
    assert desk.look().outcome == "unreadable"
    versions = desk.archive.index.versions(first.resource.id)
    assert [version.readable for version in versions] == [True, False]
    by_digest = hurried.Watcher()
    for body in (ONE, hurried.fetched(desk.portal.url("/streets"))):
        by_digest.keep(body)
    assert b"Goodbye" in by_digest.versions[-1]  # the farewell is the newest version


def test_the_scheduler_begins_nothing_while_a_host_asks_us_to_wait(desk: Desk) -> None:
    scheduler = Scheduler(desk.root)
    manners = Manners(SystemClock(), folder=desk.root / "cache" / "hosts")
    with manners.turn(HOST, Deadline(10)) as turn:
        turn.asked_to_wait(3600)
    scheduler._look()
    assert scheduler._running == []
    for file in (desk.root / "cache" / "hosts").iterdir():
        file.unlink()
    scheduler._look()
    try:
        assert [check.host for check in scheduler._running] == [HOST]
    finally:
        for check in scheduler._running:
            check.process.kill()
            check.process.wait()
