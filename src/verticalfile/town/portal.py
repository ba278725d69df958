"""The made-up town's portal on the loopback: answers as the story says for the clock's moment.

Beside the files it has an index, a page for each dataset, data dictionaries and a `data.json`.
Conditional requests as RFC 9110 13.2.2: If-None-Match is asked first, If-Modified-Since only
without it. Leaves no log, speaks HTTP/1.0 and closes after each answer, as small servers do.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from verticalfile.kernel.clock import Clock
from verticalfile.town import catalog_file, pages
from verticalfile.town.beats import Beat
from verticalfile.town.days import FILES
from verticalfile.town.descriptions import DESCRIPTIONS

ROBOTS = b"User-agent: *\nAllow: /\n"
_NOT_HERE = b"Nothing is here.\n"
_DICTIONARIES = {f"{name}.csv": told for name, told in DESCRIPTIONS.items() if told.columns}
_TEXT = {"Content-Type": "text/plain"}
_HTML = {"Content-Type": "text/html; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class _Answer:
    """A status, headers without Content-Length, and what is sent of the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Portal:
    """Serves a story on 127.0.0.1 while the `with` block lasts; a free port is taken at once."""

    def __init__(self, story: Iterable[Beat], clock: Clock) -> None:
        self._beats: dict[str, list[Beat]] = {}
        for beat in sorted(story, key=lambda beat: beat.at):
            self._beats.setdefault(beat.file, []).append(beat)
        self._clock = clock
        self._server = _Server(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
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
        return int(self._server.server_address[1])

    @property
    def home(self) -> str:
        """The address of the index page."""
        return f"http://127.0.0.1:{self.port}/"

    def url(self, file: str) -> str:
        """Where a file is, whether or not it is there at this moment."""
        return f"{self.home}{FILES[file].path}"

    def now(self) -> datetime:
        return self._clock.now()

    def beat(self, file: str) -> Beat | None:
        """The newest beat of a file at or before the clock's moment."""
        now = self.now()
        begun = [beat for beat in self._beats.get(file, ()) if beat.at <= now]
        return begun[-1] if begun else None

    def answer(self, path: str, asked: Mapping[str, str]) -> _Answer:
        """What is answered to GET for a path without query; `asked` are the request's headers, `Like-This`."""
        file = next((name for name, each in FILES.items() if path == f"/{each.path}"), None)
        if file is None:
            return self._beside(path) or _Answer(404, _TEXT, _NOT_HERE)
        beat = self.beat(file)
        if beat is None or beat.body is None:
            return _Answer(beat.status if beat else 404, _TEXT, _NOT_HERE)
        if beat.status == HTTPStatus.OK and _is_held(beat.headers, asked):
            return _Answer(HTTPStatus.NOT_MODIFIED, beat.headers, b"")
        return _Answer(beat.status, beat.headers, beat.body)

    def _beside(self, path: str) -> _Answer | None:
        """What the portal has beside the files, as of now."""
        listed = self._listed()
        match path.split("/")[1:]:
            case [""]:
                return _Answer(200, _HTML, pages.index(list(listed)))
            case ["robots.txt"]:
                return _Answer(200, _TEXT, ROBOTS)
            case ["data.json"]:
                body = catalog_file.data_json(self.home, listed)
                return _Answer(200, {"Content-Type": "application/json"}, body)
            case ["terms"]:
                return _Answer(200, _HTML, pages.terms())
            case ["dataset", name] if name in {FILES[file].dataset for file in listed}:
                return _Answer(200, _HTML, pages.landing(name, list(listed)))
            case ["dictionary", name] if name in _DICTIONARIES:
                body = catalog_file.dictionary_csv(_DICTIONARIES[name])
                return _Answer(200, {"Content-Type": "text/csv"}, body)
        return None

    def _listed(self) -> Mapping[str, datetime]:
        """Files that are there now or only out of order, and when each last changed."""
        found = {}
        for file in FILES:
            beat = self.beat(file)
            if beat is not None and beat.status not in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
                found[file] = beat.at
        return found


def _is_held(headers: Mapping[str, str], asked: Mapping[str, str]) -> bool:
    """True when the client holds this very file: 304 will do."""
    wanted = asked.get("If-None-Match")
    if wanted is not None:
        tag = headers.get("ETag")
        tags = [part.strip().removeprefix("W/") for part in wanted.split(",")]
        return tag is not None and ("*" in tags or tag in tags)
    since = asked.get("If-Modified-Since")
    if since is None or "Last-Modified" not in headers:
        return False
    try:
        return parsedate_to_datetime(headers["Last-Modified"]) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):  # RFC 9110 13.1.3: a date that is none is ignored
        return False


class _Server(ThreadingHTTPServer):
    """A server that asks no name service for its own name and keeps quiet when a client leaves."""

    daemon_threads = True

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no trouble of the town's."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version = "AlderFalls/1"
    sys_version = ""

    def do_GET(self) -> None:
        self._reply(with_body=True)

    def do_HEAD(self) -> None:
        self._reply(with_body=False)

    def _reply(self, *, with_body: bool) -> None:
        asked = {name.title(): value for name, value in self.headers.items()}
        answer = self.server.portal.answer(urlsplit(self.path).path, asked)
        self.send_response(answer.status)
        headers = dict(answer.headers)
        if answer.status == HTTPStatus.NOT_MODIFIED:
            headers.pop("Content-Type", None)
            headers.pop("Content-Length", None)
        else:
            headers.setdefault("Content-Length", str(len(answer.body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(answer.body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date header tells the story's time, not the machine's."""
        return format_datetime(self.server.portal.now().replace(microsecond=0), usegmt=True)

    def log_message(self, format: str, *args: object) -> None:
        """A reader leaves no trace here either."""
