"""A portal's server on 127.0.0.1 and the faults of the wire that a script can order.

What a protocol says stands in the modules beside; here is what any server may do to it: answer
late, cut off, lie about its type, claim that nothing changed, send elsewhere, ask to wait.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import parse_qsl, urlsplit

ROBOTS = b"User-agent: *\nAllow: /\n"


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks. `query` has the parameters of a form, too."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names as in `If-None-Match`

    def number(self, name: str, default: int) -> int:
        """A parameter as a number."""
        try:
            return int(self.query.get(name, default))
        except ValueError:
            return default


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered. `cut_at_byte` breaks the connection there; `delay_s` waits before."""

    body: bytes = b""
    status: int = 200
    media_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_at_byte: int | None = None
    delay_s: float = 0.0
    is_chunked: bool = False


@dataclass
class Fault:
    """Something that goes wrong on the wire for paths that contain `where`, `times` times.

    `change` turns the right answer into the wrong one; the helpers below make usual ones.
    """

    where: str
    change: Callable[[Request, Answer], Answer]
    times: int | None = None  # None: until it is taken away
    after: int = 0  # so many such requests are answered rightly first

    def strikes(self, request: Request, answer: Answer) -> Answer:
        """The answer with the fault, where its turn has come."""
        if self.where not in request.path:
            return answer
        if self.after > 0:
            self.after -= 1
            return answer
        if self.times is not None:
            if self.times <= 0:
                return answer
            self.times -= 1
        return self.change(request, answer)


def status(code: int, **headers: str) -> Callable[[Request, Answer], Answer]:
    """Another status: an outage, a limit (`Retry_After="3"`), a closed door."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _, answer: replace(
        answer, status=code, body=b"Out of order.\n", media_type="text/plain", headers=named
    )


def cut_at(byte: int) -> Callable[[Request, Answer], Answer]:
    """The connection breaks after so many bytes of the body."""
    return lambda _, answer: replace(answer, cut_at_byte=byte)


def late(delay_s: float) -> Callable[[Request, Answer], Answer]:
    """The answer takes its time."""
    return lambda _, answer: replace(answer, delay_s=delay_s)


def typed(media_type: str) -> Callable[[Request, Answer], Answer]:
    """A wrong Content-Type."""
    return lambda _, answer: replace(answer, media_type=media_type)


def page_instead(body: bytes, code: int = 200) -> Callable[[Request, Answer], Answer]:
    """A page for people where data was asked for: a firewall, a farewell, a login."""
    return lambda _, answer: replace(
        answer, body=body, status=code, media_type="text/html; charset=utf-8", headers={}
    )


def moved_to(address: str, code: int = 302) -> Callable[[Request, Answer], Answer]:
    """A redirect."""
    return lambda _, answer: Answer(b"", code, "text/plain", {"Location": address})


def never_changed(request: Request, answer: Answer) -> Answer:
    """A server that says 304 to every conditional request, whatever it holds (trap 60)."""
    if "If-None-Match" in request.headers or "If-Modified-Since" in request.headers:
        return Answer(b"", 304, answer.media_type, answer.headers)
    return answer


class Site(Protocol):
    """One protocol's side: what is answered to a request."""

    def answer(self, request: Request) -> Answer | None:
        """None where nothing is there."""


class PortalServer:
    """Serves sites while the `with` block lasts, on a free port. Keeps a list of what was asked."""

    def __init__(
        self, *sites: Site, faults: Sequence[Fault] = (), robots: bytes = ROBOTS,
        now: Callable[[], datetime] | None = None,
    ) -> None:  # fmt: skip
        self.sites = list(sites)
        self.now = now  # what the Date header tells; None: the machine's time
        self.faults = list(faults)
        self.robots = robots
        self.asked: list[Request] = []
        self._server = _Server(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    @property
    def home(self) -> str:
        """The address of the site."""
        return f"http://127.0.0.1:{self.port}/"

    def answer(self, request: Request) -> Answer:
        """The answer of the first site that has one, with the faults that strike."""
        self.asked.append(request)
        if request.path == "/robots.txt":
            found = Answer(self.robots, media_type="text/plain")
        else:
            given = (site.answer(request) for site in self.sites)
            other = _front_page() if request.path == "/" else not_there()
            found = next((a for a in given if a is not None), other)
            found = conditional(request, found)
        for fault in self.faults:
            found = fault.strikes(request, found)
        return found


def _front_page() -> Answer:
    body = b"<!doctype html><html lang='en'><title>Open data</title><h1>Open data</h1></html>"
    return Answer(body, media_type="text/html; charset=utf-8")


def not_there() -> Answer:
    """404, as a page."""
    return Answer(b"<html><title>Not here</title></html>", 404, "text/html")


def conditional(request: Request, answer: Answer) -> Answer:
    """With an ETag of its bytes, unless it has one or "" for none; 304 for whom holds them."""
    if answer.status != 200:
        return replace(answer, headers={n: v for n, v in answer.headers.items() if v})
    tag = answer.headers.get("ETag")
    if tag is None:
        tag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
    headers = {n: v for n, v in {**answer.headers, "ETag": tag}.items() if v}
    if _is_held(headers, request.headers):
        return Answer(b"", 304, answer.media_type, headers)
    return replace(answer, headers=headers)


def _is_held(headers: Mapping[str, str], asked: Mapping[str, str]) -> bool:
    """RFC 9110 13.2.2: If-None-Match is asked first, If-Modified-Since only without it."""
    wanted = asked.get("If-None-Match")
    if wanted is not None:
        tags = [part.strip().removeprefix("W/") for part in wanted.split(",")]
        tag = headers.get("ETag", "").removeprefix("W/")
        return bool(tag) and ("*" in tags or tag in tags)
    since = asked.get("If-Modified-Since")
    if since is None or "Last-Modified" not in headers:
        return False
    try:
        return parsedate_to_datetime(headers["Last-Modified"]) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):  # RFC 9110 13.1.3: a date that is none is ignored
        return False


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, portal: PortalServer) -> None:
        self.portal = portal
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no trouble of the portal's."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "Portal/1"
    sys_version = ""
    disable_nagle_algorithm = (
        True  # else the body of each answer waits 40 ms for its head's receipt
    )

    def do_GET(self) -> None:
        self._reply()

    do_HEAD = do_GET

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self._reply(self.rfile.read(length).decode("utf-8", "replace"))

    def _reply(self, form: str = "") -> None:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(f"{parts.query}&{form}".strip("&"), keep_blank_values=True))
        headers = {name.title(): value for name, value in self.headers.items()}
        answer = self.server.portal.answer(Request(self.command, parts.path, query, headers))
        if answer.delay_s:
            time.sleep(answer.delay_s)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Type", answer.media_type)
            if answer.is_chunked:
                self.send_header("Transfer-Encoding", "chunked")
            else:
                self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD" and answer.status != 304:
            self._send(answer)

    def _send(self, answer: Answer) -> None:
        body = answer.body if answer.cut_at_byte is None else answer.body[: answer.cut_at_byte]
        if answer.is_chunked:
            for start in range(0, len(body), 1 << 16):
                piece = body[start : start + (1 << 16)]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            if answer.cut_at_byte is None:
                self.wfile.write(b"0\r\n\r\n")
        else:
            self.wfile.write(body)
        if answer.cut_at_byte is not None:
            self.close_connection = True

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The time of the story, where there is one."""
        now = self.server.portal.now
        if now is None:
            return super().date_time_string(timestamp)
        return format_datetime(now().replace(microsecond=0), usegmt=True)

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""
