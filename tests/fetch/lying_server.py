"""A loopback server that does as it is told, byte by byte, and a made-up name service."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from verticalfile.fetch.client import Got, NotModified, get
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.kernel.errors import VerticalFileError

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PUBLIC = "93.184.216.34"  # any public address; the made-up network leads it to loopback


@dataclass
class Request:
    target: str
    headers: list[tuple[str, str]]
    method: str = "GET"
    body: bytes = b""

    def header(self, name: str) -> str | None:
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)


E = TypeVar("E", bound=VerticalFileError)
Reply = Callable[["Line", Request], None]


class Line:
    """The server's end of one connection."""

    def __init__(self, connection: socket.socket, stopped: threading.Event) -> None:
        self._connection = connection
        self._stopped = stopped

    def send(self, piece: bytes) -> None:
        self._connection.sendall(piece)

    def wait(self, wait_s: float) -> None:
        if self._stopped.wait(wait_s):
            raise ConnectionAbortedError

    def reset(self) -> None:
        """Close with RST, as a crashing server or a firewall does."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._connection.close()


@dataclass
class LyingServer:
    """Replies by path: each in turn, the last one for ever; unknown paths are 404."""

    replies: dict[str, list[Reply]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    port: int = 0
    tls: ssl.SSLContext | None = None
    stopped: threading.Event = field(default_factory=threading.Event)
    keeps: bool = False
    """Whether a connection serves more than one request."""
    connections: int = 0
    at_once: int = 0
    most_at_once: int = 0
    counting: threading.Lock = field(default_factory=threading.Lock)

    def on(self, path: str, *replies: Reply) -> str:
        self.replies[path] = list(replies)
        return f"http://127.0.0.1:{self.port}{path}"

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.target == path]

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def answer(self, connection: socket.socket) -> None:
        self.connections += 1
        with contextlib.suppress(OSError), contextlib.closing(connection):
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            self._answer_one(connection)
            while self.keeps:
                self._answer_one(connection)
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_WR)
            connection.close()

    def _answer_one(self, connection: socket.socket) -> None:
        request = _read_request(connection)
        with self.counting:
            self.requests.append(request)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            replies = self.replies.get(request.target, [status(404)])
            reply = replies.pop(0) if len(replies) > 1 else replies[0]
        try:
            reply(Line(connection, self.stopped), request)
        finally:
            with self.counting:
                self.at_once -= 1


@contextlib.contextmanager
def a_server(tls: ssl.SSLContext | None = None) -> Iterator[LyingServer]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = LyingServer(port=listening.getsockname()[1], tls=tls)

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    if server.stopped.is_set():
                        connection.close()
                        return
                    connection.settimeout(10)
                    threading.Thread(target=server.answer, args=[connection], daemon=True).start()

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        try:
            yield server
        finally:
            server.stopped.set()
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", server.port), 1).close()
            serving.join(2)


class MadeUpNetwork:
    """Names with made-up addresses, all of which lead to one loopback server."""

    def __init__(self, port: int, **names: list[list[str]]) -> None:
        self.port = port
        self.names = {name.replace("_", "."): answers for name, answers in names.items()}
        self.asked: list[str] = []
        self.connected: list[tuple[str, int]] = []
        self.dead: set[str] = set()

    def addresses(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        answers = self.names.get(host)
        if answers is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def connect(self, address: str, port: int, timeout_s: float) -> socket.socket:
        self.connected.append((address, port))
        if address in self.dead:
            raise ConnectionRefusedError(111, "Connection refused")
        return socket.create_connection(("127.0.0.1", self.port), timeout_s)


class Sleeper:
    """Remembers how long it was asked to sleep, and moves the clock instead."""

    def __init__(self) -> None:
        self.slept_s: list[float] = []

    def __call__(self, wait_s: float) -> None:
        self.slept_s.append(wait_s)


BUSY_S = 25.0
"""What a test may take that meets a limit of less than a second, on a machine that stands still at times."""
SILENT_S = 60.0
"""How long a server says nothing where a limit of silence is to be met; more than `BUSY_S`."""


def quick_rules(server: LyingServer, **changes: object) -> Rules:
    """Rules for loopback with limits that make a test fast; none that a busy machine could meet.

    What waits for a limit names a small one, and is silent for `SILENT_S`.
    """
    chosen: dict[str, object] = {
        "allow_private": True, "extra_ports": frozenset({server.port}), "max_bytes": 1 << 30,
        "connect_s": 20.0, "idle_s": 20.0, "whole_s": 100.0,
    } | changes  # fmt: skip
    return Rules(**chosen)


def a_clock() -> SetClock:
    return SetClock(NOON)


def head(code: int, **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {code} Told"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def whole(body: bytes, **headers: str) -> Reply:
    return raw(head(200, Content_Length=str(len(body)), **headers) + body)


def status(code: int, body: bytes = b"", **headers: str) -> Reply:
    return raw(head(code, Content_Length=str(len(body)), **headers) + body)


def redirect(location: str, code: int = 302) -> Reply:
    return status(code, Location=location)


def raw(answer: bytes) -> Reply:
    return lambda line, _: line.send(answer)


def _read_request(connection: socket.socket) -> Request:
    got = b""
    while b"\r\n\r\n" not in got:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionAbortedError
        got += piece
    top, _, body = got.partition(b"\r\n\r\n")
    first, *lines = top.decode("latin-1").split("\r\n")
    pairs = [(key, value.strip()) for key, _, value in (line.partition(":") for line in lines)]
    length = int(next((v for k, v in pairs if k.lower() == "content-length"), "0"))
    while len(body) < length:
        body += connection.recv(65536)
    method, target, _ = first.split(" ")
    return Request(target, pairs, method, body)


def fetch(server: LyingServer, url: str, into: Path, **changes: object) -> Got | NotModified:
    names = ("etag", "last_modified", "sleep", "respect_robots")
    given = {name: changes.pop(name) for name in names if name in changes}
    given.setdefault("sleep", Sleeper())
    rules = quick_rules(server, **changes)
    return get(url, rules=rules, into=into, clock=a_clock(), **given)


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
