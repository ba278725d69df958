"""robots.txt as RFC 9309 reads it: which paths may we ask for, and how fast.

`urllib.robotparser` is not used: it takes the first rule that fits instead of the longest and
knows neither `*` nor `$`. Crawl-delay is no part of the RFC; it is passed on to the scheduler.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from verticalfile.fetch.manners.rules import ROBOTS_MAX_BYTES

TOKEN = "verticalfile"  # noqa: S105  the product token of RFC 9309 2.2.1, no secret
CRAWL_DELAY_MAX_S = 60.0
_LINE = re.compile(r"\s*([A-Za-z-]+)\s*:\s*(.*?)\s*")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})|([^!-~])", re.DOTALL)


@dataclass(slots=True)
class _Group:
    tokens: list[str] = field(default_factory=list)
    rules: list[tuple[bool, bytes]] = field(default_factory=list)
    delay_s: float = 0.0
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules for us: (allowed, path pattern), and the pause a source asks for, 0 to 60 s."""

    rules: tuple[tuple[bool, bytes], ...] = ()
    crawl_delay_s: float = 0.0

    def allows(self, target: bytes) -> bool:
        """RFC 9309 2.2.2: the longest pattern that fits decides, Allow wins a tie."""
        path = _plain(target).replace(b"*", b"%2A").replace(b"$", b"%24")
        if path == b"/robots.txt":
            return True
        fitting = [
            (len(pattern), allowed) for allowed, pattern in self.rules if _fits(pattern, path)
        ]
        return max(fitting)[1] if fitting else True


def read_robots(body: bytes) -> Robots:
    """Read a robots.txt of any quality; lines that are not understood are passed over."""
    text = body[:ROBOTS_MAX_BYTES].decode("utf-8", "replace").removeprefix("\ufeff")
    groups: list[_Group] = []
    for line in re.split(r"\r\n|\r|\n", text):
        found = _LINE.fullmatch(line.partition("#")[0])
        if found:
            _take(groups, found[1].lower(), found[2])
    ours = [g for g in groups if TOKEN in g.tokens] or [g for g in groups if "*" in g.tokens]
    rules = tuple(rule for group in ours for rule in group.rules)
    return Robots(rules, max((group.delay_s for group in ours), default=0.0))


def _take(groups: list[_Group], name: str, value: str) -> None:
    if name == "user-agent":
        if not groups or groups[-1].begun:
            groups.append(_Group())
        token = re.match(r"[A-Za-z_-]+|\*", value)
        if token:
            groups[-1].tokens.append(token[0].lower())
    elif groups and name in ("allow", "disallow"):
        groups[-1].begun = True
        if value:
            groups[-1].rules.append((name == "allow", _pattern(value)))
    elif groups and name == "crawl-delay":
        groups[-1].begun = True
        if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value, re.ASCII):
            groups[-1].delay_s = min(float(value), CRAWL_DELAY_MAX_S)


def _pattern(value: str) -> bytes:
    plain = _plain(value.encode())
    body, end = (plain[:-1], b"$") if plain.endswith(b"$") else (plain, b"")
    return body.replace(b"$", b"%24") + end


def _plain(path: bytes) -> bytes:
    """One spelling per path: escapes in capitals, only where needed (RFC 9309 2.2.2)."""

    def spell(found: re.Match[bytes]) -> bytes:
        byte = int(found[1], 16) if found[1] else found[2][0]
        return bytes([byte]) if byte in _UNRESERVED else b"%%%02X" % byte

    return _ESCAPE.sub(spell, path)


def _fits(pattern: bytes, path: bytes) -> bool:
    """Match piece by piece from the left: linear, whatever a hostile file says."""
    whole = pattern.endswith(b"$")
    first, *pieces = pattern.removesuffix(b"$").split(b"*")
    if not path.startswith(first):
        return False
    at = len(first)
    last = pieces.pop() if whole and pieces else None
    for piece in pieces:
        at = path.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    if last is not None:
        return path.endswith(last) and len(path) - len(last) >= at
    return not whole or at == len(path)
