"""One request and its answer, and the way along redirects. Each hop is judged anew.

No cookie, no credential, no proxy, no kept connection: a hop knows nothing of the hop before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import httpcore
import httpx

from verticalfile.fetch.address import Place, judge_url, without_user
from verticalfile.fetch.errors import AddressRefused, TooManyRedirects
from verticalfile.fetch.network import Deadline, JudgedBackend, Network, WatchedStream
from verticalfile.fetch.rules import Rules

Pairs = list[list[str]]
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NEVER_KEPT = frozenset({"set-cookie", "set-cookie2", "cookie", "authorization"})
_SURPLUS_WAIT_S = 0.2
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


@dataclass(slots=True)
class Journey:
    """What one request has met so far: kept beside the file, and told when it fails."""

    url: str
    headers: Pairs
    redirects: list[dict[str, object]] = field(default_factory=list)
    final_url: str = ""
    address: str = ""
    status: int | None = None
    answer_headers: Pairs = field(default_factory=list)


@dataclass(slots=True)
class Answer:
    """An open answer: the head is here, the body can be read once."""

    place: Place
    status: int
    headers: Pairs
    body: Iterator[bytes]
    stream: WatchedStream | None

    def header(self, name: str) -> str:
        """The value of a header, "" if absent; several are joined (RFC 9110 5.3)."""
        return ", ".join(value for key, value in self.headers if key.lower() == name)

    def surplus(self, content_length: int) -> bytes:
        """Bytes after the announced end; a server that sends some has announced too little."""
        if self.stream is None:
            return b""
        return self.stream.surplus(content_length, wait_s=_SURPLUS_WAIT_S).strip()


@dataclass(frozen=True, slots=True)
class Ways:
    """What all hops of one fetch share."""

    rules: Rules
    network: Network
    deadline: Deadline


@contextmanager
def follow(
    journey: Journey, ways: Ways, *, redirects: int, ask: Callable[[Place], None]
) -> Iterator[Answer]:
    """Open the answer at the end of the redirects; `ask` may object to each place before it.

    Raises AddressRefused, TooManyRedirects, and httpcore's errors.
    """
    place = judge_url(journey.url, rules=ways.rules)
    seen = {place.url}
    while True:
        journey.final_url = place.url
        ask(place)
        with _opened(place, journey, ways) as answer:
            location = answer.header("location")
            if answer.status not in _REDIRECTS or not location:
                yield answer
                return
            onward = {"url": place.url, "status": answer.status, "location": without_user(location)}
            journey.redirects.append(onward)
        place = _next_place(place, location, ways.rules)
        if len(journey.redirects) > redirects or place.url in seen:
            raise _too_many(journey, place.url in seen)
        seen.add(place.url)


@contextmanager
def _opened(place: Place, journey: Journey, ways: Ways) -> Iterator[Answer]:
    backend = JudgedBackend(ways.network, rules=ways.rules, deadline=ways.deadline)
    origin = httpcore.URL(
        scheme=place.scheme, host=place.host, port=place.port, target=place.target
    )
    headers = [("Host", place.host_header), *((key, value) for key, value in journey.headers)]
    rules = ways.rules
    limits = {"connect": rules.connect_s, "read": rules.idle_s, "write": rules.idle_s}
    context = httpx.create_ssl_context() if place.scheme == "https" else None
    journey.status, journey.answer_headers, journey.address = None, [], ""
    with httpcore.ConnectionPool(ssl_context=context, network_backend=backend) as pool:
        try:
            stream = pool.stream("GET", origin, headers=headers, extensions={"timeout": limits})
            with stream as response:
                journey.status = response.status
                journey.answer_headers = _kept(response.headers)
                journey.address = backend.connected_to
                yield Answer(
                    place,
                    response.status,
                    [[k.decode("latin-1"), v.decode("latin-1")] for k, v in response.headers],
                    response.iter_stream(),
                    backend.stream,
                )
        finally:
            journey.address = backend.connected_to


def _kept(headers: list[tuple[bytes, bytes]]) -> Pairs:
    """The headers as they may be kept: in order, without cookies or credentials."""
    pairs = [[k.decode("latin-1"), v.decode("latin-1")] for k, v in headers]
    return [
        [key, without_user(value) if key.lower() in ("location", "content-location") else value]
        for key, value in pairs
        if key.lower() not in _NEVER_KEPT
    ]


def _next_place(place: Place, location: str, rules: Rules) -> Place:
    with suppress(UnicodeError):  # servers write UTF-8 into Location
        location = location.encode("latin-1").decode("utf-8")
    try:
        absolute = _SCHEME.match(location)  # judged as it was written, not as it was mended
        target = location if absolute else str(httpx.URL(place.url).join(location))
    except (httpx.InvalidURL, ValueError) as error:
        raise AddressRefused(
            f"{place.url} sends us on to something that is no address.",
            mend="open the address in a browser and use the one it ends at.",
            url=place.url,
            reason="the redirect cannot be understood",
        ) from error
    onward = judge_url(target, rules=rules)
    if place.scheme == "https" and onward.scheme == "http":
        raise AddressRefused(
            f"{place.url} sends us on from https to plain http, where anybody may change the file.",
            mend=f"ask the publisher; or make {onward.url} the source's address, knowingly.",
            url=onward.url,
            reason="a redirect from https to http",
        )
    return onward


def _too_many(journey: Journey, circle: bool) -> TooManyRedirects:
    how = "round in a circle" if circle else f"on {len(journey.redirects)} times"
    return TooManyRedirects(
        f"{journey.url} sends us {how}.",
        mend="open the address in a browser and use the one it ends at; some need a sign-in.",
        url=journey.url,
    )
