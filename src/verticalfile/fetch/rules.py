"""What one fetch may do: where to, how much, how long. Times in seconds, sizes in bytes."""

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


TRIES = 3
"""A source that fails three times in a row is away; the scheduler comes back later."""

WAITS_S = (1.0, 4.0)
"""Pauses before the second and the third try, when the source names none."""

WAIT_MAX_S = 60.0
"""All pauses of one call together; a longer Retry-After is handed to the scheduler."""

RETRY_AFTER_MAX_S = 86_400.0
"""A Retry-After beyond a day is taken as a day: some servers send years."""

HEAD_MAX_BYTES = 256 << 10
"""Status line and headers, interim answers included; httpcore itself stops at 100 KB a head."""

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
