"""Fetching, politely and safely: the only way from this program to the network.

What it promises: no address is connected to unjudged; robots.txt and Retry-After are obeyed; a
host is asked one thing at a time; a body that is not whole is not kept; every limit of `Rules`
holds whatever the server does. It sends no cookie, and a credential only to its own origin.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

from verticalfile import __version__
from verticalfile.fetch.call import Call, Got, NotModified, Small
from verticalfile.fetch.credentials import Credentials
from verticalfile.fetch.manners.manners import Manners
from verticalfile.fetch.manners.rules import SMALL_MAX_BYTES, Rules
from verticalfile.fetch.network import Deadline, Network, SystemNetwork
from verticalfile.fetch.wire import Connections, Pairs, Spent, Ways
from verticalfile.kernel.clock import Clock
from verticalfile.kernel.errors import InputRefused

__all__ = ["Client", "Got", "NotModified", "Small", "get", "user_agent"]
_OURS = frozenset({"host", "user-agent", "accept-encoding", "connection", "range", "if-range",
                   "content-length", "transfer-encoding", "cookie", "authorization"})  # fmt: skip


class Client:
    """What one run asks of the network: connections are kept open, and what is spent is counted.

    Without `manners` it remembers nothing after its end and pauses between no two requests.
    Not for use by two threads at once; use it in a `with` statement.
    """

    def __init__(
        self,
        *,
        rules: Rules,
        clock: Clock,
        manners: Manners | None = None,
        credentials: Credentials | None = None,
        network: Network | None = None,
    ) -> None:
        self.rules = rules
        self.manners = manners or Manners(clock)
        self._clock = clock
        self._credentials = credentials or Credentials()
        self._connections = Connections(network or SystemNetwork(), rules)
        self._spent = Spent(rules)
        self._agent = user_agent(rules.contact)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._connections.close()
        self.manners.close()

    def get(
        self,
        url: str,
        *,
        into: Path,
        etag: str = "",
        last_modified: str = "",
        respect_robots: bool = True,
        headers: Mapping[str, str] | None = None,
        max_bytes: int | None = None,
    ) -> Got | NotModified:
        """Fetch a whole file into the folder `into`; up to three tries, at most 60 s of pauses.

        Raises the errors of `fetch.errors`, LimitReached and InputRefused; no file is left then.
        """
        call = self._call(url, headers, etag=etag, last_modified=last_modified)
        call.respect_robots = respect_robots
        return call.file(into=into, max_bytes=max_bytes or self.rules.max_bytes)

    def get_small(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        headers: Mapping[str, str] | None = None,
        max_bytes: int = SMALL_MAX_BYTES,
        accept: Iterable[int] = (),
    ) -> Small | NotModified:
        """Fetch a small answer into memory, such as a page of a list.

        NotModified comes only where a validator was sent. `accept` names statuses beside 200
        whose body is an answer, such as the 404 and 409 of CKAN. Raises as `get` does.
        """
        call = self._call(url, headers, etag=etag, last_modified=last_modified)
        return call.small(max_bytes=max_bytes, accept=frozenset(accept))

    def post_small(
        self,
        url: str,
        form: Sequence[tuple[str, str]],
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = SMALL_MAX_BYTES,
        accept: Iterable[int] = (),
    ) -> Small:
        """Ask with a form and take the answer into memory, for questions too long for an address.

        It is tried again like a GET: only for questions that change nothing. Raises as `get` does.
        """
        call = self._call(url, headers)
        call.form = urlencode(form).encode("ascii")
        call.headers.append(["Content-Type", "application/x-www-form-urlencoded"])
        answer = call.small(max_bytes=max_bytes, accept=frozenset(accept))
        assert isinstance(answer, Small)
        return answer

    def _call(
        self,
        url: str,
        more: Mapping[str, str] | None,
        *,
        etag: str = "",
        last_modified: str = "",
    ) -> Call:
        headers = self._headers(more or {})
        own = len(headers)
        # validators go back byte for byte, `W/` included; what no header can carry is left out
        for name, value in (("If-None-Match", etag), ("If-Modified-Since", last_modified)):
            if value and re.fullmatch(r"[ -~\x80-\xff]+", value):
                headers.append([name, value])
        ways = Ways(
            self.rules, self._connections, Deadline(self.rules.whole_s), self.manners,
            self._credentials, self._spent,
        )  # fmt: skip
        return Call(url, ways, headers, self._clock, conditional=len(headers) > own)

    def _headers(self, more: Mapping[str, str]) -> Pairs:
        """The headers that every request has, and those that this one needs as well."""
        accept = next((v for k, v in more.items() if k.lower() == "accept"), "*/*")
        headers = [
            ["User-Agent", self._agent], ["Accept", accept], ["Accept-Encoding", "identity"],
        ]  # fmt: skip
        for name, value in more.items():
            if name.lower() in _OURS or not re.fullmatch(r"[A-Za-z0-9-]+", name):
                raise InputRefused(
                    f"The header “{name[:60]}” cannot be set here.",
                    mend="secrets are given as credentials; the others are the client's own.",
                )
            if not re.fullmatch(r"[ -~]+", value):
                raise InputRefused(
                    f"The header {name} has signs that no header can carry.",
                    mend="use plain letters, digits and signs.",
                )
            if name.lower() != "accept":
                headers.append([name, value])
        return headers


def get(
    url: str,
    *,
    rules: Rules,
    into: Path,
    clock: Clock,
    etag: str = "",
    last_modified: str = "",
    respect_robots: bool = True,
    sleep: Callable[[float], None] = time.sleep,
    network: Network | None = None,
) -> Got | NotModified:
    """Fetch one file with a client that is made for it; see `Client.get`."""
    manners = Manners(clock, sleep=sleep)
    with Client(rules=rules, clock=clock, manners=manners, network=network) as client:
        return client.get(
            url, into=into, etag=etag, last_modified=last_modified, respect_robots=respect_robots
        )


def user_agent(contact: str) -> str:
    """How we present ourselves; raises InputRefused for a contact that no header can carry."""
    if not re.fullmatch(r"[ -~]*", contact) or re.search(r"[()\\]", contact):
        raise InputRefused(
            "The contact for publishers can hold only plain letters, digits and signs.",
            mend="give a web address or an e-mail address.",
            contact=contact,
        )
    return f"verticalfile/{__version__} (+{contact})" if contact else f"verticalfile/{__version__}"
