"""A reader who can be recognised everywhere, and the search for what was kept of them."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from pathlib import Path

import httpx
from guide import HOST
from proxies import Proxy

SITE = f"https://{HOST}"
TREES = "id,kind\n" + "".join(f"T-{n:06},{n * 7919 % 10_007} oaks\n" for n in range(500_000))
ADDRESS = "127.0.0.77"
QUERY, AGENT, PAGE, COOKIE, FORWARDED = "canaryquery", "CanaryAgent", "canarypage", "canarycookie", "203.0.113.77"  # fmt: skip
CANARIES = (ADDRESS, QUERY, AGENT, PAGE, COOKIE, FORWARDED)
HEADERS = {
    "Host": HOST,
    "User-Agent": f"{AGENT}/1.0",
    "Referer": f"https://elsewhere.example/{PAGE}",
    "Cookie": f"of_the_libraries_catalogue={COOKIE}",
    "X-Forwarded-For": FORWARDED,
}
NARROW_BYTES = 4096
"""So little waits at the reader's side that a download is still on its way."""


def trusting(proxy: Proxy, *protocols: str) -> ssl.SSLContext:
    """Trusts the site's certificate and no other, so that it is checked, too."""
    context = ssl.create_default_context(cafile=str(proxy.folder / "fullchain.pem"))
    context.set_alpn_protocols(protocols or ("http/1.1",))
    return context


class Reader(httpx.Client):
    """Reads through a proxy, by the site's name, from an address of their own."""

    def __init__(self, proxy: Proxy, **more: object) -> None:
        transport = httpx.HTTPTransport(verify=trusting(proxy), local_address=ADDRESS)
        super().__init__(transport=transport, headers=HEADERS, timeout=60, **more)
        self.base_url = f"https://127.0.0.1:{proxy.https}"

    def send(self, request: httpx.Request, **how: object) -> httpx.Response:
        request.extensions["sni_hostname"] = HOST
        return super().send(request, **how)


def connected(port: int) -> socket.socket:
    """A bare connection from the reader's address."""
    plain = socket.socket()
    plain.settimeout(60)
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW_BYTES)
    plain.bind((ADDRESS, 0))
    plain.connect(("127.0.0.1", port))
    return plain


def secured(proxy: Proxy, *protocols: str, name: str = HOST) -> ssl.SSLSocket:
    return trusting(proxy, *protocols).wrap_socket(connected(proxy.https), server_hostname=name)


def request_of(address: str, *more: str, method: str = "GET") -> bytes:
    headers = [f"{name}: {value}" for name, value in HEADERS.items()]
    return "\r\n".join([f"{method} {address} HTTP/1.1", *headers, *more, "", ""]).encode()


def broken_off(connection: socket.socket) -> None:
    """Closed at once, as by a reader who pulls the plug: with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class Relay:
    """Between proxy and `vf run`: keeps what was passed on, and can break an answer off."""

    def __init__(self, to: int, cut_after: int | None = None) -> None:
        self.to, self.cut_after = to, cut_after
        self.passed_on = bytearray()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self.server.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.to))
            threading.Thread(target=self._ask, args=(near, far), daemon=True).start()
            threading.Thread(target=self._answer, args=(far, near), daemon=True).start()

    def _ask(self, near: socket.socket, far: socket.socket) -> None:
        while piece := _received(near):
            self.passed_on += piece
            far.sendall(piece)
        _shut(far)

    def _answer(self, far: socket.socket, near: socket.socket) -> None:
        left = self.cut_after
        while piece := _received(far):
            near.sendall(piece if left is None else piece[:left])
            if left is not None:
                left -= len(piece)
                if left <= 0:
                    break
        _shut(near)
        _shut(far)

    def close(self) -> None:
        self.server.close()


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65_536)
    except OSError:
        return b""


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def traces(*folders: Path) -> set[tuple[str, str]]:
    """(File, canary) wherever one is found in anything below the folders."""
    found = set()
    for path in (path for folder in folders for path in folder.rglob("*") if path.is_file()):
        body = path.read_bytes()
        found |= {(path.name, each) for each in CANARIES if each.encode() in body}
    return found


def files_open_by(number: int) -> set[str]:
    """What a process and its children have open, but for sockets and the like."""
    children = Path(f"/proc/{number}/task/{number}/children").read_text().split()
    found = {path for child in children for path in files_open_by(int(child))}
    for each in Path(f"/proc/{number}/fd").iterdir():
        try:
            target = str(each.readlink())
        except FileNotFoundError:  # closed in the meantime
            continue
        if target.startswith("/") and target != "/dev/null":
            found.add(target)
    return found
