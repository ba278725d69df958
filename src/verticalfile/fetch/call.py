"""One call of the client: its tries and pauses, robots.txt on the way, and what came of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qsl

import httpcore

from verticalfile.fetch import verdict
from verticalfile.fetch.address import Place
from verticalfile.fetch.body import first_bytes, keep_body, small_body
from verticalfile.fetch.errors import (
    AddressRefused,
    Blocked,
    BudgetSpent,
    CutShort,
    HostWaits,
    SourceAway,
    TooManyRedirects,
)
from verticalfile.fetch.manners.robots import Robots, read_robots
from verticalfile.fetch.manners.rules import (
    RESUME_WORTH_BYTES,
    RESUMES,
    ROBOTS_MAX_BYTES,
    ROBOTS_REDIRECTS,
    ROBOTS_S,
    WAITS_S,
)
from verticalfile.fetch.manners.waiting import pause_s
from verticalfile.fetch.naming import file_name_of, media_type_of
from verticalfile.fetch.part import Part
from verticalfile.fetch.wire import Answer, Journey, Pairs, Ways, follow
from verticalfile.kernel.clock import Clock
from verticalfile.kernel.errors import VerticalFileError
from verticalfile.kernel.moments import to_iso
from verticalfile.kernel.urls import HIDDEN, is_secret, without_secrets

_WIRE_ERRORS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)
_SHOWN_FORM_CHARACTERS = 200
T = TypeVar("T")
Take = Callable[[Answer, "Try"], T]


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
class Small:
    """A whole small answer in memory, and how it came."""

    body: bytes
    status: int
    media_type: str
    etag: str
    last_modified: str
    completeness: dict[str, object]
    exchange: dict[str, object]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class NotModified:
    """The source says that the file is the one whose validators we sent. It may be wrong."""

    exchange: dict[str, object]


@dataclass(slots=True)
class Try:
    """One try of a call: where it has got, and when it began."""

    number: int
    journey: Journey
    started_at: datetime


@dataclass(slots=True)
class Call:
    """One call: what its tries share. `form` makes it a POST."""

    url: str
    ways: Ways
    headers: Pairs
    clock: Clock
    respect_robots: bool = True
    form: bytes | None = None
    conditional: bool = False
    part: Part | None = None
    robots: dict[str, Robots] = field(default_factory=dict)
    overridden: str = ""
    last_host: str = ""

    def file(self, *, into: Path, max_bytes: int) -> Got | NotModified:
        """Fetch a whole file into the folder `into`; after an error nothing is left there."""
        part = self.part = Part(into)

        def take(answer: Answer, this: Try) -> Got | NotModified:
            if self._is_not_modified(answer):
                return NotModified(self.exchange(this))
            self._judge(answer)
            body = keep_body(answer, part, max_bytes=max_bytes)
            try:
                with open(body.path, "rb") as handle:
                    self._judge_page(answer, handle.read(verdict.PAGE_BYTES))
            except BaseException:
                body.path.unlink(missing_ok=True)
                raise
            name = file_name_of(answer.header("content-disposition"), answer.place.url)
            return Got(
                body.path, body.sha256, body.size_bytes, *self._told(answer), name,
                body.completeness, self.exchange(this),
            )  # fmt: skip

        try:
            return self._tried(take)
        finally:
            part.discard()

    def small(self, *, max_bytes: int, accept: frozenset[int]) -> Small | NotModified:
        """Fetch an answer into memory; statuses of `accept` are answers, too."""

        def take(answer: Answer, this: Try) -> Small | NotModified:
            if self._is_not_modified(answer):
                return NotModified(self.exchange(this))
            if answer.status not in accept:
                self._judge(answer)
            body, completeness = small_body(answer, max_bytes=max_bytes)
            self._judge_page(answer, body[: verdict.PAGE_BYTES])
            return Small(
                body, answer.status, *self._told(answer), completeness, self.exchange(this)
            )

        return self._tried(take)

    def _tried(self, take: Take[T]) -> T:
        """Up to three tries; one that brought much of a large file does not count."""
        number, counted, paused_s, fruitful = 0, 0, 0.0, 0
        deadline = self.ways.deadline
        while True:
            number += 1
            had = self.part.size_bytes if self.part else 0
            try:
                return self._once(take, number)
            except VerticalFileError as error:
                brought = (self.part.size_bytes if self.part else 0) - had
                if brought >= RESUME_WORTH_BYTES and self._may_go_on(error) and fruitful < RESUMES:
                    fruitful += 1
                    wait_s: float | None = WAITS_S[0]
                else:
                    counted += 1
                    wait_s = pause_s(
                        error, tried=counted, paused_s=paused_s, chance=self.ways.manners.chance
                    )
                    paused_s += wait_s or 0.0
                if wait_s is None or not deadline.leaves(wait_s):
                    raise
            self.ways.manners.sleep(wait_s)
            self.ways.manners.sat_out(self.last_host)

    def _may_go_on(self, error: VerticalFileError) -> bool:
        return bool(self.part and self.part.headers()) and isinstance(error, (CutShort, SourceAway))

    def _once(self, take: Take[T], number: int) -> T:
        """One try. What goes wrong carries the exchange as far as it went."""
        rest = self.part.headers() if self.part else []
        own = [p for p in self.headers if not (rest and p[0] in _CONDITIONS)]
        this = Try(number, Journey(self.url, own + rest, self.form), self.clock.now())
        journey = this.journey
        try:
            with follow(
                journey, self.ways, redirects=self.ways.rules.redirects, ask=self._ask_robots
            ) as answer:
                return take(answer, this)
        except VerticalFileError as error:
            error.facts.setdefault("exchange", self.exchange(this))
            raise
        except _WIRE_ERRORS as error:
            away = verdict.of_failure(error, journey.final_url)
            away.facts["exchange"] = self.exchange(this)
            raise away from error
        finally:
            self.last_host = journey.final_host

    def _is_not_modified(self, answer: Answer) -> bool:
        gone_on = self.part is not None and self.part.headers()
        return answer.status == 304 and self.conditional and not gone_on

    def _judge(self, answer: Answer) -> None:
        """Raise what the status means, unless it brings what was asked for."""
        if self.part is not None and self.part.headers():
            if answer.status == 206:
                self.part.goes_on_with(answer)
                return
            if answer.status == 416:  # the file is shorter than what came of it: another one
                self.part.discard()
                raise CutShort(
                    f"{answer.place.shown} has changed while it was fetched; nothing was kept.",
                    mend="try again; it begins anew then.",
                    passing=True,
                )
        page = b""
        if answer.status not in (200, 203):
            with suppress(VerticalFileError, *_WIRE_ERRORS):
                page = first_bytes(answer, at_most=verdict.PAGE_BYTES)
        error = verdict.of_status(answer, now=self.clock.now(), page=page)
        if error is not None and answer.turn is not None and answer.status == 429:
            asked_s = error.facts.get("retry_after_s")  # by its header, or within its page
            if isinstance(asked_s, float) and asked_s:
                answer.turn.asked_to_wait(asked_s)
        self._raise(answer, error)

    def _judge_page(self, answer: Answer, page: bytes) -> None:
        self._raise(answer, verdict.of_page(answer, page, asked=self.url))

    def _raise(self, answer: Answer, error: VerticalFileError | None) -> None:
        if error is None:
            return
        if error.facts.get("firewall") and answer.turn is not None:
            answer.turn.walled()
        raise error

    def _told(self, answer: Answer) -> tuple[str, str, str]:
        kind = media_type_of(answer.header("content-type"))
        return kind, answer.header("etag"), answer.header("last-modified")

    def exchange(self, this: Try) -> dict[str, object]:
        """The exchange as JSON can hold it: what was asked, what was answered, when."""
        journey = this.journey
        request: dict[str, object] = {
            "method": journey.method,
            "url": without_secrets(journey.url),
            "headers": journey.headers,
        }
        if journey.credentials:
            request["credentials"] = journey.credentials
        if self.form is not None:
            request |= _form_shown(self.form)
        told: dict[str, object] = {
            "request": request,
            "redirects": journey.redirects,
            "final_url": journey.final_url,
            "address": journey.address,
            "status": journey.status,
            "headers": journey.answer_headers,
            "started_at": to_iso(this.started_at),
            "ended_at": to_iso(self.clock.now()),
            "tries": this.number,
            "crawl_delay_s": max((r.crawl_delay_s for r in self.robots.values()), default=0.0),
        }
        if self.overridden:
            told["robots_overridden"] = self.overridden
        if journey.unchecked:
            told["certificate_unchecked"] = journey.unchecked
        return told

    def _ask_robots(self, place: Place) -> None:
        """Raise Blocked where the host's robots.txt closes this place; read once per host."""
        override = self.ways.manners.rules_for(place.host).robots_overridden
        if not self.respect_robots or override:
            self.overridden = override or "for this request"
            return
        robots_url = f"{place.origin}/robots.txt"
        if place.origin not in self.robots:
            self.robots[place.origin] = self._robots_of(place, robots_url)
        if not self.robots[place.origin].allows(place.target):
            raise verdict.of_robots(place.shown, robots_url=robots_url, trouble=None)

    def _robots_of(self, place: Place, robots_url: str) -> Robots:
        """As remembered, else as it is now; where it cannot be had, as it was in the last month."""
        manners = self.ways.manners
        if known := manners.robots(place.origin):
            return known
        try:
            robots = self._fetch_robots(place, robots_url)
        except (HostWaits, BudgetSpent):
            raise
        except (VerticalFileError, *_WIRE_ERRORS):
            if stale := manners.robots(place.origin, stale=True):
                return stale
            raise
        return robots

    def _fetch_robots(self, place: Place, robots_url: str) -> Robots:
        """RFC 9309 2.3.1: 4xx and endless redirects open the host, all other trouble closes it."""
        headers = [pair for pair in self.headers if pair[0] in _ALWAYS]
        journey = Journey(robots_url, headers)
        ways = replace(self.ways, deadline=self.ways.deadline.part(ROBOTS_S))
        try:
            with follow(journey, ways, redirects=ROBOTS_REDIRECTS, ask=lambda _: None) as answer:
                robots = Robots()
                if not 400 <= answer.status < 500:
                    error = verdict.of_status(answer, now=self.clock.now())
                    if error is not None:
                        raise verdict.of_robots(place.shown, robots_url=robots_url, trouble=error)
                    robots = read_robots(first_bytes(answer, at_most=ROBOTS_MAX_BYTES))
                if answer.status != 429:  # which opens the host for now, and not for a day
                    self.ways.manners.remember_robots(place.origin, robots)
                return robots
        except TooManyRedirects:
            return Robots()
        except (AddressRefused, SourceAway, Blocked, HostWaits, BudgetSpent):
            raise
        except VerticalFileError as error:
            raise verdict.of_robots(place.shown, robots_url=robots_url, trouble=error) from error


_CONDITIONS = frozenset({"If-None-Match", "If-Modified-Since"})
_ALWAYS = frozenset({"User-Agent", "Accept", "Accept-Encoding"})


def _form_shown(form: bytes) -> dict[str, object]:
    """A form as it may be kept: its digest, and its fields without secrets and without their length."""
    fields = [
        [name, HIDDEN if is_secret(name) else without_secrets(value)[:_SHOWN_FORM_CHARACTERS]]
        for name, value in parse_qsl(form.decode("ascii"), keep_blank_values=True)
    ]
    return {
        "form": fields, "form_sha256": hashlib.sha256(form).hexdigest(), "form_bytes": len(form),
    }  # fmt: skip
