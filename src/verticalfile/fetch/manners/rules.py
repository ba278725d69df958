"""What a fetch may do: where to, how much, how long, how often. Times in seconds, sizes in bytes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rules:
    """The bounds of one fetch; the defaults are those for a stranger's address."""

    allow_private: bool = False
    """Open loopback and private ranges, for a campus portal; never link-local or metadata."""
    extra_ports: frozenset[int] = frozenset()
    """Ports beside 80, 443, 8080 and 8443."""
    max_bytes: int = 20 << 30
    """Size of the body, as received and as decoded."""
    connect_s: float = 10.0
    """Finding the name's addresses, connecting, and the TLS handshake: each."""
    idle_s: float = 60.0
    """Silence between two reads."""
    whole_s: float = 6 * 3600.0
    """All of it: robots.txt, redirects, tries, waits and body."""
    redirects: int = 10
    """How often the source may send us on."""
    contact: str = ""
    """Address of a page or mailbox, told to the source in the user agent."""
    host_requests: int = 100_000
    """Requests to one host in one run: at a second each, more than a day."""
    host_bytes: int = 1 << 40
    """Bytes received from one host in one run; a run that wants more has met an endless portal."""


@dataclass(frozen=True, slots=True)
class HostRules:
    """What a person decided for one host, with the reason, who, and when; else the defaults."""

    gap_s: float | None = None
    """Pause between two requests; it outweighs Crawl-delay."""
    robots_overridden: str = ""
    """Why robots.txt is not asked; "" where it is obeyed."""
    certificate_unchecked: str = ""
    """Why a certificate that is not trusted is taken; "" where none is."""


GAP_S = 1.0
"""Pause between two requests to one host: a portal serves readers, not us."""


TRIES = 3
"""A source that fails three times in a row is away; the scheduler comes back later."""

WAITS_S = (1.0, 4.0)
"""Pauses before the second and the third try, when the source names none."""

JITTER = 0.5
"""Such a pause is up to this share longer, so that many archives do not come back at once."""

WAIT_MAX_S = 60.0
"""All pauses of one call together; a longer Retry-After is handed to the scheduler."""

RETRY_AFTER_MAX_S = 86_400.0
"""A Retry-After beyond a day is taken as a day: some servers send years."""

HEAD_MAX_BYTES = 256 << 10
"""Status line and headers, interim answers included; httpcore itself stops at 100 KB a head."""

AWAY_AFTER = 6
"""Connections to a host that failed in a row, two calls of three tries, before it is left alone."""

AWAY_S = (30.0, 3600.0)
"""For how long then: doubled with each further failure, from the first to the second."""

WALLED_AFTER = 3
"""Times in a row that a firewall turned us away before the whole host is left alone."""

WALLED_S = 3600.0
"""For how long then: to go on asking a firewall makes it worse."""

BUSY_S = 600.0
"""How long one command waits for another that is asking the same host."""

RESUME_WORTH_BYTES = 1 << 20
"""A try that broke off after so much more does not count as one of the three."""

RESUMES = 100
"""How often one file is gone on with."""

SMALL_MAX_BYTES = 64 << 20
"""An answer that is taken into memory: a page of a list; larger ones go to a file."""

OPEN_HOSTS = 4
"""Connections kept open for the next request."""

OPEN_S = 60.0
"""For how long; most servers close sooner."""

ROBOTS_FRESH_S = 86_400.0
"""RFC 9309 2.4: a robots.txt is remembered for a day, longer only while it cannot be had."""

ROBOTS_STALE_S = 30 * 86_400.0
"""While it cannot be had, the last one is obeyed for a month."""

ROBOTS_MAX_BYTES = 500 << 10
"""RFC 9309 2.5: at least 500 KiB must be read; what follows is ignored."""

ROBOTS_REDIRECTS = 5
"""RFC 9309 2.3.1.2: at least five; beyond that the file counts as not there."""

ROBOTS_S = 60.0
"""Time for robots.txt: a small file that drips for hours is no answer."""

RATIO_MAX = 200
"""Decoded bytes per received byte; real tables stay below 50."""

RATIO_FROM_BYTES = 64 << 20
"""Below this much output no ratio does harm."""
