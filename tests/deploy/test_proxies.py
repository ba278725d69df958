"""The proxies of the guide in front of `vf run`: all is read through them, nothing of readers stays."""

from __future__ import annotations

import json
import re
import signal
import socket
import ssl
import time
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from guide import HOST, changed
from proxies import Edit, Process, Proxy, free_port, proxy, vf_run
from readers import (
    ADDRESS,
    AGENT,
    CANARIES,
    FORWARDED,
    PAGE,
    QUERY,
    SITE,
    TREES,
    Reader,
    Relay,
    broken_off,
    connected,
    files_open_by,
    request_of,
    secured,
    traces,
)

BOTH = pytest.mark.parametrize("name", ["nginx", "caddy"])


@pytest.fixture
def before(name: str, tmp_path: Path, room: int, started: list[Process]) -> Proxy:
    """The proxy, as the guide has it."""
    found = proxy(name, tmp_path / name, room)
    started.append(found.process)
    return found


@BOTH
def test_everything_is_read_through_it_under_the_public_name(before: Proxy) -> None:
    with Reader(before) as reader:
        home = reader.get("/", params={"q": QUERY})
        assert home.status_code == 200
        sheet = reader.get(re.search(r'rel="stylesheet" href="([^"]+)"', home.text)[1])
        assert sheet.headers["Content-Encoding"] == "br" or sheet.text
        gate = reader.get("/d/street-trees/timegate/")
        assert gate.headers["Location"].startswith(f"{SITE}/d/street-trees/@")
        moment = reader.get(urlsplit(gate.headers["Location"]).path)
        assert "Street trees" in moment.text
        assert moment.headers["Memento-Datetime"]
        assert reader.get("/d/street-trees").headers["Location"] == "/d/street-trees/"
        assert reader.get("/d/street-trees/@2019/").status_code == 404
        assert reader.get("/d/nothing/").status_code == 404
        bad = {"Accept-Datetime": "yesterday"}
        assert reader.get("/d/street-trees/timegate/", headers=bad).status_code == 400
        assert f"{SITE}/sitemap.xml" in reader.get("/robots.txt").text
        again = reader.get(
            "/about/", headers={"If-None-Match": reader.get("/about/").headers["ETag"]}
        )
        assert again.status_code == 304


@BOTH
def test_downloads_arrive_whole_and_their_length_is_told(before: Proxy) -> None:
    with Reader(before) as reader:
        for form in ("download.original", "table.csv"):
            taken = reader.get(f"/d/street-trees/{form}")
            assert sorted(taken.text.splitlines()) == sorted(TREES.splitlines())
            assert int(taken.headers["Content-Length"]) == len(taken.content)


@BOTH
def test_a_letter_to_the_library_comes_through(before: Proxy, archive: Path) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    with Reader(before) as reader:
        token = re.search(r'name="token" value="([^"]+)"', reader.get("/ask/").text)[1]
        text = {"token": token, "text": f"A tree is missing, says {before.name}."}
        for origin, status in ((SITE, 303), ("https://evil.example", 422)):
            sent = reader.post("/ask/", content=urlencode(text), headers={**kind, "Origin": origin})
            assert sent.status_code == status
        too_long = reader.post("/ask/", content=b"text=" + b"x" * 70_000, headers=kind)
        assert too_long.is_error
    kept = [json.loads(path.read_text())["text"] for path in (archive / "messages").glob("*.json")]
    assert kept.count(text["text"]) == 1


@BOTH
def test_figures_are_for_the_machine_itself_and_not_for_readers(before: Proxy, room: int) -> None:
    with Reader(before) as reader:
        assert reader.get("/healthz").status_code == 403
    assert httpx.get(f"http://127.0.0.1:{room}/healthz", timeout=60).json()["well"]


@BOTH
def test_who_comes_without_tls_is_sent_to_the_same_page_with_it(before: Proxy) -> None:
    place = f"http://127.0.0.1:{before.http}/d/?q=elm"
    asked = httpx.get(place, headers={"Host": HOST}, timeout=60)
    assert asked.status_code in (301, 308)
    assert asked.headers["Location"] == f"{SITE}/d/?q=elm"
    with secured(before, "h2", "http/1.1") as connection:
        assert connection.selected_alpn_protocol() == "h2"


def test_nginx_answers_to_who_makes_certificates(tmp_path: Path, room: int, started) -> None:
    found = proxy("nginx", tmp_path / "nginx", room)
    started.append(found.process)
    (found.folder / "html" / ".well-known" / "acme-challenge" / "proof").write_text("it is us")
    place = f"http://127.0.0.1:{found.http}/.well-known/acme-challenge/proof"
    assert httpx.get(place, headers={"Host": HOST}, timeout=60).text == "it is us"


@BOTH
def test_another_name_than_the_sites_leads_nowhere(before: Proxy) -> None:
    with Reader(before) as reader:
        asked = reader.get("/", headers={"Host": "evil.example"})
    assert "Street trees" not in asked.text
    assert "evil.example" not in asked.text


def rude(proxy: Proxy) -> None:
    """Everything that makes a server complain about somebody."""
    with secured(proxy) as connection:
        connection.sendall(request_of(f"/d/street-trees/table.csv?q={QUERY}"))
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
        broken_off(connection)
    for port in (proxy.http, proxy.https):
        for spoken in (request_of(f"/?q={QUERY}"), b"\x16\x03\x01\x00\x05hello", b"GET\r\n\r\n"):
            with connected(port) as plain:
                plain.sendall(spoken)
                plain.shutdown(socket.SHUT_WR)
                plain.recv(1000)
    for more in ((f"X-Long: {'x' * 40_000}",), ("Content-Length: 90",), ("Content-Length: two",)):
        with secured(proxy) as connection:
            connection.sendall(request_of(f"/ask/?about={QUERY}", *more, method="POST"))
            broken_off(connection)
    with connected(proxy.https) as plain, pytest.raises(ssl.SSLCertVerificationError):
        ssl.create_default_context().wrap_socket(plain, server_hostname=HOST)
    with pytest.raises((ssl.SSLError, httpx.HTTPError)):
        secured(proxy, name="evil.example").close()


def read_and_be_rude(proxy: Proxy, room: Process) -> set[str]:
    """Ask as readers do, and worse, also of a room that was killed; the files open meanwhile."""
    with Reader(proxy) as reader:
        for address in (
            "/",
            "/search/",
            "/d/street-trees/",
            "/d/street-trees/table/",
            f"/{QUERY}/",
        ):
            reader.get(address, params={"q": QUERY, "is.kind": QUERY})
        reader.get("/d/street-trees/timegate/", headers={"Accept-Datetime": QUERY})
        reader.get("/d/street-trees/download.original")
        reader.post("/ask/", content=urlencode({"about": f"/{QUERY}", "text": "a"}))
        rude(proxy)
        found = files_open_by(proxy.process.process.pid)
        room.stop(signal.SIGKILL)
        for _ in range(600):  # its worker sees within a second that it is alone
            away = reader.get("/", params={"q": QUERY})
            if away.status_code == 502:
                break
            time.sleep(0.1)
    assert away.status_code == 502
    proxy.process.stop()
    return found


@BOTH
def test_nothing_of_a_reader_is_written_anywhere(
    name: str, tmp_path: Path, archive: Path, started: list[Process]
) -> None:
    port = free_port()
    room = vf_run(archive, tmp_path / "vf", port)
    started.append(room)
    before = proxy(name, tmp_path / name, port)
    started.append(before.process)
    open_files = read_and_be_rude(before, room)
    assert str(before.folder / "stdout") in open_files
    assert all(path.startswith(str(before.folder)) for path in open_files)
    assert traces(before.folder, tmp_path / "vf", archive) == set()


def without(*lines: str) -> Edit:
    """A guide that forgot these lines."""
    return lambda text: changed(text, *((line, "") for line in lines))


@pytest.mark.parametrize(
    ("name", "edit", "found"),
    [
        ("nginx", without("access_log off;"), {ADDRESS, QUERY, AGENT, PAGE}),
        ("nginx", without("error_log /dev/null;"), {ADDRESS, QUERY, PAGE}),
        ("caddy", without("exclude http"), {ADDRESS, QUERY, AGENT, PAGE, FORWARDED}),
    ],
    ids=["access log", "error log", "no log left out"],
)  # fmt: skip
def test_each_line_that_keeps_silence_is_needed(
    name: str, edit: Edit, found: set[str], tmp_path: Path, archive: Path, started: list[Process]
) -> None:
    port = free_port()
    room = vf_run(archive, tmp_path / "vf", port)
    started.append(room)
    before = proxy(name, tmp_path / name, port, edit)
    started.append(before.process)
    read_and_be_rude(before, room)
    assert {canary for _, canary in traces(before.folder)} == found
    assert traces(tmp_path / "vf") == set()


@BOTH
def test_who_reads_is_not_passed_on(
    name: str, tmp_path: Path, room: int, started: list[Process]
) -> None:
    relay = Relay(room)
    before = proxy(name, tmp_path / name, relay.port)
    started.append(before.process)
    with Reader(before) as reader:
        assert reader.get("/", params={"q": QUERY}).status_code == 200
    relay.close()
    assert QUERY.encode() in relay.passed_on
    assert [each for each in CANARIES if each.encode() in relay.passed_on] == [QUERY]


@BOTH
@pytest.mark.parametrize("form", ["table.csv", "download.original"])
def test_a_download_that_breaks_off_does_not_look_whole(
    name: str, form: str, tmp_path: Path, room: int, started: list[Process]
) -> None:
    relay = Relay(room, cut_after=1_000_000)
    before = proxy(name, tmp_path / name, relay.port)
    started.append(before.process)
    with Reader(before) as reader, pytest.raises(httpx.RemoteProtocolError):
        reader.get(f"/d/street-trees/{form}")
    relay.close()


@BOTH
def test_slow_readers_of_large_files_leave_the_room_to_others(before: Proxy) -> None:
    slow = []
    for _ in range(8):
        slow.append(secured(before))
        slow[-1].sendall(request_of("/d/street-trees/table.csv"))
    assert all(each.recv(12) == b"HTTP/1.1 200" for each in slow)
    with Reader(before) as reader:
        assert reader.get("/about/").status_code == 200
    for each in slow:
        broken_off(each)
