"""Firewalls and logins that answer instead of the source: told apart, and from the source's pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lying_server import (
    LyingServer,
    a_clock,
    a_server,
    fails,
    got,
    head,
    quick_rules,
    raw,
    redirect,
    status,
    whole,
)

import hurried
from verticalfile.fetch.client import Client
from verticalfile.fetch.errors import Blocked, Closed, NotFound, NotReady, SourceAway
from verticalfile.fetch.verdict import is_html

REJECTED = (
    b"<html><head><title>Request Rejected</title></head><body>The requested URL was rejected."
    b" Please consult with your administrator.<br>Your support ID is: 123</body></html>"
)
CLOSED_SITE = b"<!doctype html><html><title>Goodbye</title><p>This site has closed.</p></html>"
LOGIN = (
    b"<!DOCTYPE html><html><title>Sign in</title><form action='/login'>"
    b"<input name=user><input type='password' name=p></form></html>"
)
WALLS = {
    "F5": REJECTED,
    "Cloudflare": b"<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>",
    "Imperva": b"<html><body>Request unsuccessful. Incapsula incident ID: 1-2</body></html>",
    "Akamai": b"<HTML><HEAD>\n<TITLE>Access Denied</TITLE>\n</HEAD><BODY>\nReference&#32;"
    b"&#35;18.7 Reference #18.7</BODY></HTML>",
    "Sucuri": b"<html><title>Sucuri WebSite Firewall - Access Denied</title></html>",
    "DataDome": b"<html><script src=https://geo.captcha-delivery.com/c.js></script></html>",
    "PerimeterX": b'<html><body><div id="px-captcha"></div></body></html>',
}


@pytest.fixture
def server() -> Iterator[LyingServer]:
    with a_server() as running:
        yield running


@pytest.mark.parametrize("code", [200, 403, 405, 503])
@pytest.mark.parametrize("wall", WALLS)
def test_trap_64_the_page_of_a_firewall_is_blocked_whatever_its_status(
    server: LyingServer, tmp_path: Path, wall: str, code: int
) -> None:
    url = server.on("/data.csv", status(code, WALLS[wall], Content_Type="text/html"))
    error = fails(Blocked, server, url, tmp_path)
    assert error.code == "blocked"
    assert error.facts["firewall"] == wall
    assert len(server.asked("/data.csv")) == 1
    assert hurried.state_of(url) == ("there" if code == 200 else "gone")  # it is neither


@pytest.mark.parametrize(
    "answer",
    [
        status(403, b"", cf_mitigated="challenge"),
        status(200, b"<html></html>", cf_mitigated="challenge"),
        raw(head(202, x_amzn_waf_action="challenge", Content_Length="0")),
        raw(head(405, x_amzn_waf_action="captcha", Content_Length="0")),
    ],
)
def test_trap_65_a_challenge_is_blocked(
    server: LyingServer, tmp_path: Path, answer: object
) -> None:
    url = server.on("/data.csv", answer)
    error = fails(Blocked, server, url, tmp_path)
    assert error.code == "blocked"
    assert "publisher" in error.mend
    is_gone = hurried.state_of(url) == "gone"
    assert is_gone or hurried.fetched(url) in (b"", b"<html></html>")  # or the table of that day


def test_trap_64_a_small_answer_may_be_a_firewalls(server: LyingServer) -> None:
    url = server.on("/api", whole(REJECTED))
    with (
        Client(rules=quick_rules(server), clock=a_clock()) as client,
        pytest.raises(Blocked) as caught,
    ):
        client.get_small(url)
    assert caught.value.facts["firewall"] == "F5"


@pytest.mark.parametrize(
    "page",
    [
        CLOSED_SITE,
        b"<html><title>Notes on Request Rejected pages</title></html>",
        b"<html><script src=/cdn-cgi/challenge-platform/scripts/jsd/main.js></script></html>",
        b"<html><script src=/_Incapsula_Resource?SWJIYLWA=1></script></html>",
        b"name,title\nf5,<title>Request Rejected</title>\n",
        b'{"title": "<title>Just a moment...</title>"}',
    ],
)
def test_trap_63_other_pages_and_files_are_kept_as_what_they_are(
    server: LyingServer, tmp_path: Path, page: bytes
) -> None:
    """A page for a table is judged by who reads tables: it is kept and never becomes current."""
    url = server.on("/data.csv", whole(page, Content_Type="text/csv"))
    assert got(server, url, tmp_path).path.read_bytes() == page


@pytest.mark.parametrize("code", [401, 403, 498, 499])
def test_a_login_is_closed_and_not_gone(server: LyingServer, tmp_path: Path, code: int) -> None:
    error = fails(Closed, server, server.on("/f", status(code)), tmp_path)
    assert (error.code, error.exit_code) == ("closed", 32)
    assert "login" in error.message
    assert len(server.asked("/f")) == 1


def test_a_login_page_in_place_of_a_file_is_closed(server: LyingServer, tmp_path: Path) -> None:
    error = fails(Closed, server, server.on("/data.csv", whole(LOGIN)), tmp_path)
    assert "password" in error.message
    url = server.on("/download?id=1", redirect("/portal/signin?back=1"))
    server.on("/portal/signin?back=1", whole(LOGIN))
    fails(Closed, server, url, tmp_path)


def test_a_page_with_a_login_in_its_corner_is_a_page(server: LyingServer, tmp_path: Path) -> None:
    url = server.on("/news", redirect("/news/"))
    server.on("/news/", whole(LOGIN))
    assert got(server, url, tmp_path).path.read_bytes() == LOGIN


@pytest.mark.parametrize(
    ("code", "kind"), [(404, NotFound), (410, NotFound), (202, NotReady), (500, SourceAway)]
)
def test_a_page_of_the_source_itself_means_its_status(
    server: LyingServer, tmp_path: Path, code: int, kind: type[Blocked]
) -> None:
    url = server.on("/data.csv", status(code, CLOSED_SITE))
    assert "firewall" not in fails(kind, server, url, tmp_path).facts


@pytest.mark.parametrize(
    ("beginning", "html"),
    [
        (b"\xef\xbb\xbf \r\n<!DOCTYPE html>", True),
        (b"<!-- a --><!-- b --> <HTML lang=en>", True),
        (b"<!--" * 20_000, False),
        (b"<!---->" * 9_000 + b"x", False),
        (b"<?xml version='1.0'?><rdf>", False),
        (b"id,name\n<html>", False),
        (b"", False),
    ],
)
def test_a_page_is_known_by_its_first_bytes(beginning: bytes, html: bool) -> None:
    assert is_html(beginning) is html
