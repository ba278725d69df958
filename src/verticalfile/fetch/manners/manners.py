"""How we behave towards each host, between requests, commands and processes.

One request at a time to a host, a pause between two, its robots.txt remembered for a day, and
what it asked for (`Retry-After`) kept. Given a folder, all of it is remembered there, a small file
for each host, written by rename; the files may be deleted at any time, and odd ones count as
none. Without a folder it lasts as long as the object. A host is a name, whatever the port.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import random
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from verticalfile.fetch.errors import Blocked, HostWaits
from verticalfile.fetch.manners.robots import Robots
from verticalfile.fetch.manners.rules import (
    AWAY_AFTER,
    AWAY_S,
    BUSY_S,
    JITTER,
    RETRY_AFTER_MAX_S,
    ROBOTS_FRESH_S,
    ROBOTS_STALE_S,
    WAIT_MAX_S,
    WALLED_AFTER,
    WALLED_S,
    HostRules,
)
from verticalfile.fetch.network import Deadline
from verticalfile.kernel.clock import Clock
from verticalfile.kernel.moments import from_iso, to_iso

TOLD_FROM_S = 3.0
"""A person takes a longer silence for a fault."""
_STEP_S = 0.05
AWAY, WALLED, ASKED = "away", "walled", "asked"


@dataclass(frozen=True, slots=True)
class _State:
    """What is known of one host."""

    last_at: datetime | None = None
    rest_until: datetime | None = None
    why: str = ""  # AWAY, WALLED or ASKED
    troubles: int = 0  # in a row, of the kind `trouble`
    trouble: str = ""


@dataclass(slots=True)
class Turn:
    """One request's turn at a host; what came of it is noted when the turn ends."""

    state: _State
    now: Callable[[], datetime]
    chance: Callable[[], float]
    settled: bool = False

    def asked_to_wait(self, wait_s: float) -> None:
        """The host sent a Retry-After."""
        self._rest(wait_s, ASKED)

    def walled(self) -> None:
        """A firewall turned us away."""
        self._count(WALLED)
        if self.state.troubles >= WALLED_AFTER:
            self._rest(WALLED_S, WALLED)

    def no_answer(self) -> None:
        """No connection, or one that brought no answer."""
        self._count(AWAY)
        if (more := self.state.troubles - AWAY_AFTER) >= 0:
            wait_s = min(AWAY_S[0] * 2.0 ** min(more, 20), AWAY_S[1])
            self._rest(wait_s * (1 + JITTER * self.chance()), AWAY)

    def answered(self) -> None:
        """An answer came, whatever it says, and a firewall's page is none."""
        if not self.settled and self.state.troubles:
            self.state = replace(self.state, troubles=0, trouble="")

    def _count(self, kind: str) -> None:
        self.settled = True
        before = self.state.troubles if self.state.trouble == kind else 0
        self.state = replace(self.state, troubles=before + 1, trouble=kind)

    def _rest(self, wait_s: float, why: str) -> None:
        until = self.now() + timedelta(seconds=wait_s)
        self.state = replace(self.state, rest_until=until, why=why)


@dataclass
class Manners:
    """The behaviour towards hosts. `tell` receives what a person waiting should know.

    `folder` is where hosts are remembered and `locks` where a lock for each is; neither is needed.
    """

    clock: Clock
    gap_s: float = 0.0
    hosts: Mapping[str, HostRules] = field(default_factory=dict)
    folder: Path | None = None
    locks: Path | None = None
    sleep: Callable[[float], None] = time.sleep
    tell: Callable[[str], None] = lambda _: None
    chance: Callable[[], float] = random.random
    busy_s: float = BUSY_S

    def __post_init__(self) -> None:
        self._states: dict[str, _State] = {}
        self._robots: dict[str, tuple[datetime, Robots]] = {}
        self._sat_out: dict[str, datetime] = {}
        self._inside: dict[str, threading.Lock] = {}
        self._handles: dict[str, int] = {}

    def close(self) -> None:
        """Close the files of the locks; the object may be used again."""
        while self._handles:
            os.close(self._handles.popitem()[1])

    def rules_for(self, host: str) -> HostRules:
        return self.hosts.get(host, HostRules())

    def pause_s(self, host: str) -> float:
        """The pause between two requests: a person's word, or the longest that anybody asks for.

        A Crawl-delay counts once its robots.txt was read, or recalled by `robots`.
        """
        own = self.rules_for(host).gap_s
        if own is not None:
            return own
        delays = [r.crawl_delay_s for o, (_, r) in self._robots.items() if _host_of(o) == host]
        return max([self.gap_s, *delays])

    @contextmanager
    def turn(self, host: str, deadline: Deadline) -> Iterator[Turn]:
        """Hold the host for one request, after the pause that is due.

        Raises HostWaits, or Blocked where a firewall has just turned us away again and again.
        """
        with self._held(host, deadline):
            before = self._recall(host)
            self._wait(host, before, deadline)
            turn = Turn(before, self.clock.now, self.chance)
            try:
                yield turn
            finally:
                after = turn.state
                if self.pause_s(host):
                    after = replace(after, last_at=self.clock.now())
                if after != before:
                    self._remember(host, after)

    def rests_until(self, host: str) -> datetime | None:
        """The moment before which the host is not asked, if it is yet to come."""
        state = self._recall(host)
        until = state.rest_until
        now = self.clock.now()
        if until is None or not now < until <= now + timedelta(seconds=RETRY_AFTER_MAX_S):
            return None  # over, or written by a clock that was wrong
        return until

    def sat_out(self, host: str) -> None:
        """The pause that the host asked for last is over: whoever asks now has waited for it."""
        if until := self.rests_until(host):
            self._sat_out[host] = until

    def robots(self, origin: str, *, stale: bool = False) -> Robots | None:
        """The robots.txt of an origin as it was read at most a day ago; `stale`: a month."""
        if origin not in self._robots:
            self._read_robots(origin)
        at, robots = self._robots.get(origin, (None, None))
        limit_s = ROBOTS_STALE_S if stale else ROBOTS_FRESH_S
        fresh = at and timedelta(0) <= self.clock.now() - at <= timedelta(seconds=limit_s)
        return robots if fresh else None

    def remember_robots(self, origin: str, robots: Robots) -> None:
        """Note what was read just now."""
        self._robots[origin] = (self.clock.now(), robots)
        rules = [[allowed, pattern.decode("latin-1")] for allowed, pattern in robots.rules]
        told = {"read_at": to_iso(self.clock.now()), "rules": rules}
        self._write(_file(origin, ".robots"), told | {"crawl_delay_s": robots.crawl_delay_s})

    def _wait(self, host: str, state: _State, deadline: Deadline) -> None:
        """Pause until the host may be asked, or say until when it may not."""
        now = self.clock.now()
        wait_s = 0.0
        until = self.rests_until(host)
        if until is not None and self._sat_out.get(host) != until:
            wait_s = (until - now).total_seconds()
            if wait_s > WAIT_MAX_S or state.why == WALLED or not deadline.leaves(wait_s):
                raise _resting(host, until, state.why)
        gap_s = self.pause_s(host)
        if gap_s and state.last_at is not None:
            since_s = max((now - state.last_at).total_seconds(), 0.0)
            wait_s = max(wait_s, gap_s - since_s)
        if wait_s > TOLD_FROM_S:
            self.tell(f"Waiting {wait_s:.0f} seconds before {host} is asked again.")
        if wait_s > 0:
            self.sleep(deadline.remaining_s(wait_s))

    @contextmanager
    def _held(self, host: str, deadline: Deadline) -> Iterator[None]:
        """Hold the host against other threads and, by `flock`, against other processes."""
        inside = self._inside.setdefault(host, threading.Lock())
        if not inside.acquire(timeout=deadline.remaining_s(self.busy_s)):
            raise _busy(host)
        try:
            handle = self._handle(host)
            if handle is not None:
                self._flock(handle, host, deadline)
            try:
                yield
            finally:
                if handle is not None:
                    fcntl.flock(handle, fcntl.LOCK_UN)
        finally:
            inside.release()

    def _handle(self, host: str) -> int | None:
        if self.locks is None:
            return None
        if host not in self._handles:
            self.locks.mkdir(parents=True, exist_ok=True)
            path = self.locks / _file(host, ".lock")
            self._handles[host] = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        return self._handles[host]

    def _flock(self, handle: int, host: str, deadline: Deadline) -> None:
        give_up = time.monotonic() + deadline.remaining_s(self.busy_s)
        told = False
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if not told:
                    self.tell(f"Waiting: another command is asking {host}.")
                    told = True
                if time.monotonic() > give_up:
                    raise _busy(host) from None
                time.sleep(_STEP_S)
            else:
                return

    def _recall(self, host: str) -> _State:
        """What is known, by the file if there is one: another process may have written it."""
        known = self._states.get(host, _State())
        found = self._read(_file(host, ".json"))
        if found is None:
            return known
        with suppress(ValueError, TypeError, KeyError, OverflowError):
            return _State(
                _moment(found["last_at"]), _moment(found["rest_until"]), str(found["why"]),
                int(found["troubles"]), str(found["trouble"]),
            )  # fmt: skip
        return known

    def _remember(self, host: str, state: _State) -> None:
        self._states[host] = state
        told = {
            "host": host,
            "last_at": state.last_at and to_iso(state.last_at),
            "rest_until": state.rest_until and to_iso(state.rest_until),
            "why": state.why, "troubles": state.troubles, "trouble": state.trouble,
        }  # fmt: skip
        self._write(_file(host, ".json"), told)

    def _read_robots(self, origin: str) -> None:
        found = self._read(_file(origin, ".robots"))
        with suppress(ValueError, TypeError, KeyError, AttributeError, OverflowError):
            if found is not None:
                rules = tuple(
                    (allowed is True, p.encode("latin-1")) for allowed, p in found["rules"]
                )
                delay_s = min(max(float(found["crawl_delay_s"]), 0.0), WAIT_MAX_S)
                at = from_iso(str(found["read_at"]))
                self._robots[origin] = (at, Robots(rules, delay_s))

    def _read(self, name: str) -> dict[str, Any] | None:
        if self.folder is None:
            return None
        with suppress(OSError, ValueError, RecursionError):
            found = json.loads((self.folder / name).read_bytes())
            return found if isinstance(found, dict) else None
        return None

    def _write(self, name: str, told: Mapping[str, object]) -> None:
        """Write by rename; a full disk costs the memory of a host, never the fetch."""
        if self.folder is None:
            return
        part = self.folder / f"{name}.{os.getpid()}-{threading.get_ident()}.part"
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(told), encoding="utf-8")
            os.replace(part, self.folder / name)


def _moment(told: object) -> datetime | None:
    return None if told is None else from_iso(str(told))


def _host_of(origin: str) -> str:
    """`https://[::1]:8443` is `::1`: the host as Place names it."""
    host = origin.partition("://")[2]
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def _file(host: str, ending: str) -> str:
    """A plain file name for a host or an origin; long and odd ones go by their digest."""
    plain = re.sub(r"[^a-z0-9.-]+", "_", host.lower())
    if len(plain) > 150 or plain != host.lower():
        plain = f"{plain[:100]}-{hashlib.sha256(host.encode()).hexdigest()[:16]}"
    return plain + ending


def _resting(host: str, until: datetime, why: str) -> HostWaits | Blocked:
    facts: dict[str, object] = {"host": host, "until": to_iso(until), "passing": False}
    if why == WALLED:
        return Blocked(
            f"The firewall of {host} has turned us away {WALLED_AFTER} times; it is left alone"
            f" until {to_iso(until)}.",
            mend="ask the publisher to let this archive in; do not pose as a browser.",
            **facts,
        )
    what = "asks us to wait" if why == ASKED else "did not answer several times, so we wait"
    return HostWaits(
        f"{host} {what} until {to_iso(until)}; it was not asked.",
        mend="run the same command after that time.",
        **facts,
    )


def _busy(host: str) -> HostWaits:
    return HostWaits(
        f"Another command has been asking {host} for long, and a host is asked one thing at a time.",
        mend="wait until it ends, then run the command again.",
        host=host,
        passing=False,
    )
