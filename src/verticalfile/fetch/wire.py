"""One request and its answer, and the way along redirects. Each hop is judged anew.

A connection may be used again for the same origin, after a judged address was connected to. No
cookie and no proxy; a credential goes to its own origin and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import httpcore
import httpx

from verticalfile.fetch.address import Place, judge_url
from verticalfile.fetch.credentials import Credentials
from verticalfile.fetch.errors import (
    AddressRefused,
    AnswerRefused,
    BudgetSpent,
    TooManyRedirects,
)
from verticalfile.fetch.manners.manners import Manners, Turn
from verticalfile.fetch.manners.rules import OPEN_HOSTS, OPEN_S, Rules
from verticalfile.fetch.manners.waiting import retry_after_s
from verticalfile.fetch.network import Deadline, JudgedBackend, Network, WatchedStream
from verticalfile.kernel.urls import without_secrets

Pairs = list[list[str]]
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEEPING_METHOD = frozenset({307, 308})
_NEVER_KEPT = frozenset({"set-cookie", "set-cookie2", "cookie", "authorization"})
_NO_BODY = frozenset({204, 304})
_HOST_ASKS = frozenset({429, 503})
_SURPLUS_WAIT_S = 0.2
_DRAINED_BYTES = 16 << 10
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_BROKEN = (httpcore.RemoteProtocolError, httpcore.ReadError, httpcore.WriteError)


@dataclass(slots=True)
class Journey:
    """What one request has met so far: kept beside the file, and told when it fails."""

    url: str
    headers: Pairs
    form: bytes | None = None
    redirects: list[dict[str, object]] = field(default_factory=list)
    final_url: str = ""
    final_host: str = ""
    address: str = ""
    status: int | None = None
    answer_headers: Pairs = field(default_factory=list)
    credentials: list[str] = field(default_factory=list)
    unchecked: str = ""

    @property
    def method(self) -> str:
        return "GET" if self.form is None else "POST"


@dataclass(slots=True)
class Answer:
    """An open answer: the head is here, the body can be read once."""

    place: Place
    status: int
    headers: Pairs
    body: Iterator[bytes]
    stream: WatchedStream | None
    turn: Turn | None = None

    def header(self, name: str) -> str:
        """The value of a header, "" if absent; several are joined (RFC 9110 5.3)."""
        return ", ".join(value for key, value in self.headers if key.lower() == name)

    def surplus(self, content_length: int) -> bytes:
        """Bytes after the announced end; a server that sends some has announced too little."""
        if self.stream is None:
            return b""
        return self.stream.surplus(content_length, wait_s=_SURPLUS_WAIT_S).strip()

    def surplus_so_far(self, content_length: int) -> bytes:
        """The same without waiting, for what is asked for again and again."""
        return self.stream.surplus_so_far(content_length).strip() if self.stream else b""


@dataclass(slots=True)
class Spent:
    """What one run has asked of each host, against what it may."""

    rules: Rules
    requests: dict[str, int] = field(default_factory=dict)
    received_bytes: dict[str, int] = field(default_factory=dict)

    def request(self, host: str) -> None:
        self.requests[host] = self.requests.get(host, 0) + 1
        if self.requests[host] > self.rules.host_requests:
            raise _spent(host, f"{self.rules.host_requests:,} requests")

    def received(self, host: str, count: int) -> None:
        self.received_bytes[host] = self.received_bytes.get(host, 0) + count
        if self.received_bytes[host] > self.rules.host_bytes:
            raise _spent(host, f"{self.rules.host_bytes:,} bytes")


class Connections:
    """Connections kept open, one for each of the few origins asked last."""

    def __init__(self, network: Network, rules: Rules) -> None:
        self._network = network
        self._rules = rules
        self._open: dict[tuple[str, bool], tuple[JudgedBackend, httpcore.HTTPConnection]] = {}
        self._contexts: dict[bool, object] = {}

    def close(self) -> None:
        while self._open:
            self._open.popitem()[1][1].close()

    def to(
        self, place: Place, deadline: Deadline, *, checked: bool
    ) -> tuple[JudgedBackend, httpcore.HTTPConnection, bool]:
        """A connection for one request to this origin, and whether it was used before."""
        key = (place.origin, checked)
        kept = self._open.pop(key, None)
        if kept is not None and (kept[1].is_closed() or kept[1].has_expired()):
            kept[1].close()
            kept = None
        used = kept is not None
        if kept is None:
            kept = self._new(place, deadline, checked=checked)
        self._open[key] = kept  # the last is the newest
        while len(self._open) > OPEN_HOSTS:
            self._open.pop(next(iter(self._open)))[1].close()
        kept[0].begin(deadline)
        return (*kept, used)

    def drop(self, place: Place, *, checked: bool) -> None:
        kept = self._open.pop((place.origin, checked), None)
        if kept is not None:
            kept[1].close()

    def _new(
        self, place: Place, deadline: Deadline, *, checked: bool
    ) -> tuple[JudgedBackend, httpcore.HTTPConnection]:
        backend = JudgedBackend(self._network, rules=self._rules, deadline=deadline)
        context = None
        if place.scheme == "https":
            if checked not in self._contexts:  # reading the certificates takes 20 ms
                self._contexts[checked] = httpx.create_ssl_context(verify=checked)
            context = self._contexts[checked]
        origin = httpcore.Origin(place.scheme.encode(), place.host.encode(), place.port)
        connection = httpcore.HTTPConnection(
            origin, ssl_context=context, keepalive_expiry=OPEN_S, network_backend=backend  # type: ignore[arg-type]  # an SSLContext
        )  # fmt: skip
        return backend, connection


@dataclass(frozen=True, slots=True)
class Ways:
    """What all hops of one fetch share."""

    rules: Rules
    connections: Connections
    deadline: Deadline
    manners: Manners
    credentials: Credentials
    spent: Spent


@contextmanager
def follow(
    journey: Journey, ways: Ways, *, redirects: int, ask: Callable[[Place], None]
) -> Iterator[Answer]:
    """Open the answer at the end of the redirects; `ask` may object to each place before it.

    Raises AddressRefused, TooManyRedirects, HostWaits, BudgetSpent, and httpcore's errors.
    """
    place = judge_url(journey.url, rules=ways.rules)
    seen = {place.url}
    while True:
        journey.final_url, journey.final_host = place.shown, place.host
        journey.status, journey.answer_headers, journey.address = None, [], ""
        ask(place)
        with (
            ways.manners.turn(place.host, ways.deadline) as turn,
            _opened(place, journey, ways, turn) as answer,
        ):
            location = answer.header("location")
            if answer.status not in _REDIRECTS or not location:
                yield answer
                return
        shown = ways.credentials.hidden(without_secrets(location))
        onward = {"url": place.shown, "status": answer.status, "location": shown}
        journey.redirects.append(onward)
        place = _next_place(place, location, ways.rules)
        _may_go_on(journey, place, answer)
        if len(journey.redirects) > redirects or place.url in seen:
            raise _too_many(journey, place.url in seen)
        seen.add(place.url)


def _may_go_on(journey: Journey, onward: Place, answer: Answer) -> None:
    """A form is sent again only to its own host, and only where the answer says to (307, 308)."""
    if journey.form is None:
        return
    if answer.status not in _KEEPING_METHOD or onward.host != answer.place.host:
        raise AnswerRefused(
            f"{answer.place.shown} sends a question with a form on to {onward.shown}"
            f" ({answer.status}).",
            mend="make the address at which it ends the source's address.",
            url=answer.place.shown,
            status=answer.status,
        )


@contextmanager
def _opened(place: Place, journey: Journey, ways: Ways, turn: Turn) -> Iterator[Answer]:
    """One request; a kept connection that had died meanwhile is replaced by a new one."""
    ways.spent.request(place.host)
    journey.unchecked = ways.manners.rules_for(place.host).certificate_unchecked
    secrets = ways.credentials.for_origin(place.origin)
    journey.credentials = [name for name, _ in secrets]
    try:
        backend, response = _asked(place, journey, ways, secrets)
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError):
        turn.no_answer()
        raise
    try:
        journey.status = response.status
        headers = [[k.decode("latin-1"), v.decode("latin-1")] for k, v in response.headers]
        journey.answer_headers = _kept(headers, ways.credentials)
        body = _counted(response.iter_stream(), place.host, ways.spent)
        answer = Answer(place, response.status, headers, body, backend.stream, turn)
        _note_retry_after(answer, turn)
        yield answer
        _drain(answer)
    finally:
        turn.answered()
        response.close()
        if _must_end(response, backend.stream):
            ways.connections.drop(place, checked=not journey.unchecked)


def _asked(
    place: Place, journey: Journey, ways: Ways, secrets: list[tuple[str, str]]
) -> tuple[JudgedBackend, httpcore.Response]:
    """Send the request and read the answer's head."""
    url = httpcore.URL(scheme=place.scheme, host=place.host, port=place.port, target=place.target)
    own = [(key, value) for key, value in journey.headers]
    headers = [("Host", place.host_header), *own, *secrets]
    if journey.form is not None:
        headers.append(("Content-Length", str(len(journey.form))))
    rules = ways.rules
    limits = {"connect": rules.connect_s, "read": rules.idle_s, "write": rules.idle_s}
    checked = not journey.unchecked
    while True:
        backend, connection, used = ways.connections.to(place, ways.deadline, checked=checked)
        request = httpcore.Request(
            journey.method, url, headers=headers, content=journey.form, extensions={"timeout": limits}
        )  # fmt: skip
        try:
            response = connection.handle_request(request)
        except BaseException as error:
            journey.address = backend.connected_to
            ways.connections.drop(place, checked=checked)
            unheard = backend.stream is None or backend.stream.heard_nothing
            if not (used and unheard and isinstance(error, _BROKEN)):
                raise
        else:
            journey.address = backend.connected_to
            return backend, response


def _counted(pieces: Iterator[bytes], host: str, spent: Spent) -> Iterator[bytes]:
    for piece in pieces:
        spent.received(host, len(piece))
        yield piece


def _note_retry_after(answer: Answer, turn: Turn) -> None:
    """A host that is overburdened is left alone by every command, for as long as it asks."""
    if answer.status in _HOST_ASKS:
        value, date = answer.header("retry-after"), answer.header("date")
        wait_s = retry_after_s(value, date=date, now=turn.now())
        if wait_s:
            turn.asked_to_wait(wait_s)


def _drain(answer: Answer) -> None:
    """Read the rest of a short answer that nobody wanted, so that its connection can be kept."""
    length = answer.header("content-length")
    if answer.status in _NO_BODY or (length.isdigit() and int(length) <= _DRAINED_BYTES):
        with suppress(*_BROKEN, httpcore.TimeoutException):
            for _ in answer.body:
                pass


def _must_end(response: httpcore.Response, stream: WatchedStream | None) -> bool:
    """Whether bytes came that belong to no answer: the next one would be read from them."""
    if stream is None or stream.ending:
        return True
    if response.status in _NO_BODY:
        return stream.after_head_bytes > 0
    told = {key.lower(): value for key, value in response.headers}
    if b"transfer-encoding" in told:
        return not stream.last_read.endswith(b"\r\n")
    length = told.get(b"content-length", b"").partition(b",")[0].strip()
    return not length.isdigit() or stream.after_head_bytes != int(length)


def _kept(headers: Pairs, credentials: Credentials) -> Pairs:
    """The headers as they may be kept: in order, without cookies or credentials."""
    return [
        [key, credentials.hidden(without_secrets(value))]
        for key, value in headers
        if key.lower() not in _NEVER_KEPT
    ]


def _spent(host: str, what: str) -> BudgetSpent:
    return BudgetSpent(
        f"This run has used up what it may ask of {host}: {what}.",
        mend="the next run goes on; raise the limit if the portal really is that large.",
        host=host,
    )


def _next_place(place: Place, location: str, rules: Rules) -> Place:
    with suppress(UnicodeError):  # servers write UTF-8 into Location
        location = location.encode("latin-1").decode("utf-8")
    try:
        absolute = _SCHEME.match(location)  # judged as it was written, not as it was mended
        target = location if absolute else str(httpx.URL(place.url).join(location))
    except (httpx.InvalidURL, ValueError) as error:
        raise AddressRefused(
            f"{place.shown} sends us on to something that is no address.",
            mend="open the address in a browser and use the one it ends at.",
            url=place.shown,
            reason="the redirect cannot be understood",
        ) from error
    onward = judge_url(target, rules=rules)
    if place.scheme == "https" and onward.scheme == "http":
        raise AddressRefused(
            f"{place.shown} sends us on from https to plain http, where anybody may change the file.",
            mend=f"ask the publisher; or make {onward.shown} the source's address, knowingly.",
            url=onward.shown,
            reason="a redirect from https to http",
        )
    return onward


def _too_many(journey: Journey, circle: bool) -> TooManyRedirects:
    how = "round in a circle" if circle else f"on {len(journey.redirects)} times"
    return TooManyRedirects(
        f"{without_secrets(journey.url)} sends us {how}.",
        mend="open the address in a browser and use the one it ends at; some need a sign-in.",
        url=without_secrets(journey.url),
    )
