"""Fetch one file, politely and safely: the only way from this program to the network.

What it promises: no address is connected to unjudged; robots.txt and Retry-After are obeyed;
a body that is not whole is not kept; every limit of `Rules` holds whatever the server does.
It keeps nothing between calls and sends no cookie and no credential.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpcore

from verticalfile import __version__
from verticalfile.fetch import verdict
from verticalfile.fetch.address import Place, without_user
from verticalfile.fetch.body import first_bytes, keep_body
from verticalfile.fetch.errors import AddressRefused, Blocked, SourceAway, TooManyRedirects
from verticalfile.fetch.naming import file_name_of, media_type_of
from verticalfile.fetch.network import Deadline, Network, SystemNetwork
from verticalfile.fetch.robots import Robots, read_robots
from verticalfile.fetch.rules import ROBOTS_MAX_BYTES, ROBOTS_REDIRECTS, ROBOTS_S, Rules
from verticalfile.fetch.waiting import pause_s
from verticalfile.fetch.wire import Answer, Journey, Pairs, Ways, follow
from verticalfile.kernel.clock import Clock
from verticalfile.kernel.errors import InputRefused, VerticalFileError
from verticalfile.kernel.moments import to_iso

_WIRE_ERRORS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)


@dataclass(frozen=True, slots=True)
class Got:
    """A whole file in a scratch folder, and how it came."""

    path: Path
    sha256: str
    size_bytes: int
    media_type: str
    etag: str
    last_modified: str
    file_name: str
    completeness: dict[str, object]
    exchange: dict[str, object]


@dataclass(frozen=True, slots=True)
class NotModified:
    """The source says that the file is the one whose validators we sent. It may be wrong."""

    exchange: dict[str, object]


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
    """Fetch `url` into a new file in the folder `into`; up to three tries, at most 60 s of pauses.

    Raises the errors of `fetch.errors`, LimitReached and InputRefused; no file is left then.
    """
    headers = _headers(rules, etag=etag, last_modified=last_modified)
    ways = Ways(rules, network or SystemNetwork(), Deadline(rules.whole_s))
    call = _Call(ways, headers, into, clock, respect_robots)
    tried, paused_s = 0, 0.0
    while True:
        tried += 1
        try:
            return call.once(url, tried)
        except VerticalFileError as error:
            wait_s = pause_s(error, tried=tried, paused_s=paused_s)
            if wait_s is None or not ways.deadline.leaves(wait_s):
                raise
        paused_s += wait_s
        sleep(wait_s)


def user_agent(contact: str) -> str:
    """How we present ourselves; raises InputRefused for a contact that no header can carry."""
    if not re.fullmatch(r"[ -~]*", contact) or re.search(r"[()\\]", contact):
        raise InputRefused(
            "The contact for publishers can hold only plain letters, digits and signs.",
            mend="give a web address or an e-mail address.",
            contact=contact,
        )
    return f"verticalfile/{__version__} (+{contact})" if contact else f"verticalfile/{__version__}"


def _headers(rules: Rules, *, etag: str, last_modified: str) -> Pairs:
    headers = [
        ["User-Agent", user_agent(rules.contact)],
        ["Accept", "*/*"],
        ["Accept-Encoding", "identity"],
        ["Connection", "close"],
    ]
    # validators go back byte for byte, `W/` included; what no header can carry is left out
    for name, value in (("If-None-Match", etag), ("If-Modified-Since", last_modified)):
        if value and re.fullmatch(r"[ -~\x80-\xff]+", value):
            headers.append([name, value])
    return headers


@dataclass(slots=True)
class _Call:
    """One call of `get`: what its tries share."""

    ways: Ways
    headers: Pairs
    into: Path
    clock: Clock
    respect_robots: bool
    robots: dict[str, Robots] = field(default_factory=dict)

    def once(self, url: str, tried: int) -> Got | NotModified:
        """One try. What goes wrong carries the exchange as far as it went."""
        started_at = self.clock.now()
        journey = Journey(url, self.headers)
        try:
            with follow(
                journey, self.ways, redirects=self.ways.rules.redirects, ask=self._ask_robots
            ) as answer:
                return self._take(answer, journey, started_at, tried)
        except VerticalFileError as error:
            error.facts.setdefault("exchange", self._exchange(journey, started_at, tried))
            raise
        except _WIRE_ERRORS as error:
            away = verdict.of_failure(error, journey.final_url)
            away.facts["exchange"] = self._exchange(journey, started_at, tried)
            raise away from error

    def _take(
        self, answer: Answer, journey: Journey, started_at: datetime, tried: int
    ) -> Got | NotModified:
        if answer.status == 304 and any(key.startswith("If-") for key, _ in self.headers):
            return NotModified(self._exchange(journey, started_at, tried))
        error = verdict.of_status(answer, now=self.clock.now())
        if error is not None:
            raise error
        body = keep_body(answer, into=self.into, max_bytes=self.ways.rules.max_bytes)
        return Got(
            body.path,
            body.sha256,
            body.size_bytes,
            media_type_of(answer.header("content-type")),
            answer.header("etag"),
            answer.header("last-modified"),
            file_name_of(answer.header("content-disposition"), answer.place.url),
            body.completeness,
            self._exchange(journey, started_at, tried),
        )

    def _exchange(self, journey: Journey, started_at: datetime, tried: int) -> dict[str, object]:
        """The exchange as JSON can hold it: what was asked, what was answered, when."""
        return {
            "request": {
                "method": "GET",
                "url": without_user(journey.url),
                "headers": journey.headers,
            },
            "redirects": journey.redirects,
            "final_url": journey.final_url,
            "address": journey.address,
            "status": journey.status,
            "headers": journey.answer_headers,
            "started_at": to_iso(started_at),
            "ended_at": to_iso(self.clock.now()),
            "tries": tried,
            "crawl_delay_s": max((r.crawl_delay_s for r in self.robots.values()), default=0.0),
        }

    def _ask_robots(self, place: Place) -> None:
        """Raise Blocked where the host's robots.txt closes this place; read once per host."""
        if not self.respect_robots:
            return
        robots_url = f"{place.origin}/robots.txt"
        if place.origin not in self.robots:
            self.robots[place.origin] = self._fetch_robots(place, robots_url)
        if not self.robots[place.origin].allows(place.target):
            raise verdict.of_robots(place.url, robots_url=robots_url, trouble=None)

    def _fetch_robots(self, place: Place, robots_url: str) -> Robots:
        """RFC 9309 2.3.1: 4xx and endless redirects open the host, all other trouble closes it."""
        headers = [pair for pair in self.headers if not pair[0].startswith("If-")]
        journey = Journey(robots_url, headers)
        ways = Ways(self.ways.rules, self.ways.network, self.ways.deadline.part(ROBOTS_S))
        try:
            with follow(journey, ways, redirects=ROBOTS_REDIRECTS, ask=lambda _: None) as answer:
                if 400 <= answer.status < 500:
                    return Robots()
                error = verdict.of_status(answer, now=self.clock.now())
                if error is not None:
                    raise verdict.of_robots(place.url, robots_url=robots_url, trouble=error)
                return read_robots(first_bytes(answer, at_most=ROBOTS_MAX_BYTES))
        except TooManyRedirects:
            return Robots()
        except (AddressRefused, SourceAway, Blocked):
            raise
        except VerticalFileError as error:
            raise verdict.of_robots(place.url, robots_url=robots_url, trouble=error) from error
