"""The lowest step: name servers and sockets, with every address judged and every second counted.

httpcore, the engine inside httpx, asks a network backend for its connections. This one resolves
a name once, judges all its addresses, and connects to one of those very addresses; httpcore
keeps the name for Host, SNI and the certificate. So nothing can change between judging and
connecting (DNS rebinding), and a server that sends a byte now and then still meets the clock.
"""

from __future__ import annotations

import re
import select
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Protocol

import httpcore

from verticalfile.fetch.address import judge_address
from verticalfile.fetch.manners.rules import HEAD_MAX_BYTES, Rules

_HEAD_END = re.compile(rb"\n\r?\n")
_INTERIM = re.compile(rb"\s*HTTP/1\.[01] 1(?!01)\d\d")


class NameUnknown(httpcore.ConnectError):
    """The name server knows no address for this name."""


class CertificateRefused(httpcore.ConnectError):
    """The certificate is not trusted, has run out, or is for another name."""


class WholeTimePassed(httpcore.TimeoutException):
    """The time for the whole fetch is over."""


class Network(Protocol):
    """The seam to the machine's name service and sockets; tests give their own."""

    def addresses(self, host: str, port: int) -> list[str]:
        """All addresses of a name; raises OSError."""
        ...

    def connect(self, address: str, port: int, timeout_s: float) -> socket.socket: ...


class SystemNetwork:
    """What this machine offers. Proxy settings are not used: a proxy would resolve names itself."""

    def addresses(self, host: str, port: int) -> list[str]:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))

    def connect(self, address: str, port: int, timeout_s: float) -> socket.socket:
        return socket.create_connection((address, port), timeout_s)


class Deadline:
    """The moment at which the whole fetch must be over, by a clock that nobody sets."""

    def __init__(self, whole_s: float) -> None:
        self._ends = time.monotonic() + whole_s

    def remaining_s(self, at_most_s: float) -> float:
        """The seconds one step may take; raises WholeTimePassed when none are left."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise WholeTimePassed("the time for the whole fetch is over")
        return min(left, at_most_s)

    def leaves(self, wait_s: float) -> bool:
        """Whether there is time for anything after a pause of this length."""
        return time.monotonic() + wait_s < self._ends

    def part(self, at_most_s: float) -> Deadline:
        """A deadline for one part of the fetch, never later than this one."""
        return Deadline(self.remaining_s(at_most_s))


class JudgedBackend(httpcore.NetworkBackend):
    """Gives httpcore its connections; `connected_to` is the address that was judged and used."""

    def __init__(self, network: Network, *, rules: Rules, deadline: Deadline) -> None:
        self._network = network
        self._rules = rules
        self._deadline = deadline
        self.connected_to = ""
        self.stream: WatchedStream | None = None

    def begin(self, deadline: Deadline) -> None:
        """From here on the connection serves another request, with a time of its own."""
        self._deadline = deadline
        if self.stream is not None:
            self.stream.begin(deadline)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve once, judge all, connect to the first address that answers.

        Raises AddressRefused if any address is not allowed: a name that mixes public and
        private addresses is an attack or a mistake, and either is told.
        """
        addresses = self._resolve(host, port)
        for address in addresses:
            judge_address(address, host=host, rules=self._rules)
        ends = time.monotonic() + self._deadline.remaining_s(self._rules.connect_s)
        failed: Exception = httpcore.ConnectTimeout(f"no address of {host} answered in time")
        for index, address in enumerate(addresses):
            share_s = (ends - time.monotonic()) / (len(addresses) - index)
            if share_s <= 0:
                break
            try:
                connection = self._network.connect(address, port, share_s)
            except TimeoutError as error:
                failed = httpcore.ConnectTimeout(str(error))
            except OSError as error:
                failed = httpcore.ConnectError(str(error))
            else:
                self.connected_to = address
                self.stream = WatchedStream(connection, self._deadline)
                return self.stream
        raise failed

    def _resolve(self, host: str, port: int) -> list[str]:
        """Ask in a thread of its own: getaddrinfo knows no time limit."""
        answer: list[str] = []
        trouble: list[Exception] = []

        def ask() -> None:
            try:
                answer.extend(self._network.addresses(host, port))
            except Exception as error:
                trouble.append(error)

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        asking.join(self._deadline.remaining_s(self._rules.connect_s))
        if asking.is_alive():
            raise httpcore.ConnectTimeout(f"no name server answered for {host}")
        if trouble and not isinstance(trouble[0], (OSError, UnicodeError)):
            raise trouble[0]
        if trouble and getattr(trouble[0], "errno", None) == socket.EAI_AGAIN:
            raise httpcore.ConnectError(str(trouble[0]))
        if trouble or not answer:
            raise NameUnknown(f"no address is known for {host}")
        return list(answer)


class WatchedStream(httpcore.NetworkStream):
    """One connection whose every read and write is held to the deadline and counted."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._connection = connection
        self.ending = False
        self.begin(deadline)

    def begin(self, deadline: Deadline) -> None:
        """Count anew: the next answer on this connection is another one."""
        self._deadline = deadline
        self._head: bytearray | None = bytearray()
        self._interim_bytes = 0
        self.after_head_bytes = 0
        self.last_read = b""

    @property
    def heard_nothing(self) -> bool:
        """Whether not a byte has come since the request began."""
        return not self.last_read

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._connection.settimeout(self._deadline.remaining_s(timeout or _FOR_EVER_S))
        try:
            piece = self._connection.recv(max_bytes)
        except TimeoutError as error:
            self._deadline.remaining_s(0)
            raise httpcore.ReadTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error
        self._count(piece)
        return piece

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        rest = memoryview(buffer)
        try:
            while rest:
                self._connection.settimeout(self._deadline.remaining_s(timeout or _FOR_EVER_S))
                rest = rest[self._connection.send(rest) :]
        except TimeoutError as error:
            raise httpcore.WriteTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        self._connection.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Wrap the connection; Python holds the whole handshake to one time limit."""
        try:
            self._connection.settimeout(self._deadline.remaining_s(timeout or _FOR_EVER_S))
            wrapped = ssl_context.wrap_socket(self._connection, server_hostname=server_hostname)
        except TimeoutError as error:
            self.close()
            raise httpcore.ConnectTimeout(str(error)) from error
        except ssl.SSLCertVerificationError as error:
            self.close()
            raise CertificateRefused(error.verify_message) from error
        except OSError as error:  # ssl.SSLError is one
            self.close()
            raise httpcore.ConnectError(str(error)) from error
        self._connection = wrapped
        return self

    def get_extra_info(self, info: str) -> Any:
        if info == "ssl_object" and isinstance(self._connection, ssl.SSLSocket):
            return self._connection
        if info == "is_readable":  # asked of an idle connection: it has ended, or says too much
            return self.ending or self._is_readable()
        return None

    def _is_readable(self) -> bool:
        if self._connection.fileno() < 0:
            return True
        waiting = select.poll()
        waiting.register(self._connection, select.POLLIN)
        return bool(waiting.poll(0))

    def surplus(self, content_length: int, *, wait_s: float) -> bytes:
        """What the server sent beyond the announced body. We say that we are done, so that it
        closes at once; nothing more is asked on this connection."""
        self.ending = True
        with suppress(OSError):  # not SSLSocket's own: that one would read the rest as plain text
            socket.socket.shutdown(self._connection, socket.SHUT_WR)
        with suppress(httpcore.NetworkError, httpcore.TimeoutException):
            self.read(1 << 16, timeout=wait_s)
        return self.surplus_so_far(content_length)

    def surplus_so_far(self, content_length: int) -> bytes:
        """What has come beyond the announced body; nothing is waited for."""
        count = self.after_head_bytes - content_length
        return self.last_read[-count:] if count > 0 else b""

    def _count(self, piece: bytes) -> None:
        """Find where the head ends, interim 1xx answers included, and count what follows it."""
        if piece:
            self.last_read = piece
        if self._head is None:
            self.after_head_bytes += len(piece)
            return
        self._head += piece
        while found := _HEAD_END.search(self._head):
            interim = _INTERIM.match(self._head)
            if interim is None:
                self.after_head_bytes = len(self._head) - found.end()
                self._head = None
                return
            del self._head[: found.end()]
            self._interim_bytes += found.end()
        if len(self._head) + self._interim_bytes > HEAD_MAX_BYTES:
            raise httpcore.RemoteProtocolError("the answer's head does not end")


_FOR_EVER_S = 3600.0
"""httpcore gives None only where no limit was asked for; we always ask for one."""
