"""Judging addresses: may a link that a stranger wrote be followed? (SSRF)

A URL is judged by its text (`judge_url`), and every address its name resolves to is judged
before one of them is connected to (`judge_address`). Python's `ipaddress.is_global` is not
asked: it calls multicast, 6to4 and NAT64 forms of loopback global. IPv4 is judged by the
special-purpose registry (RFC 6890), IPv6 by what is global unicast (RFC 4291: 2000::/3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import httpx

from verticalfile.fetch.errors import AddressRefused
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.urls import without_secrets

PORTS = frozenset({80, 443, 8080, 8443})
_DEFAULT_PORT = {"http": 80, "https": 443}

_PRIVATE_4 = [IPv4Network(n) for n in
              ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]  # fmt: skip
_PRIVATE_6 = [IPv6Network(n) for n in ("::1/128", "fc00::/7")]
_NEVER_4 = [
    IPv4Network(n)
    for n in (
        "0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24",
        "192.52.193.0/24", "192.88.99.0/24", "192.175.48.0/24", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
]  # fmt: skip
_GLOBAL_6 = IPv6Network("2000::/3")
_NEVER_6 = [IPv6Network(n) for n in ("2001::/23", "2001:db8::/32", "3fff::/20")]
_MAPPED = IPv6Network("::ffff:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR = IPv6Network("2002::/16")

_AUTHORITY = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LOCAL_ENDS = (".localhost", ".local", ".internal", ".home.arpa", ".intranet", ".lan", ".corp")


@dataclass(frozen=True, slots=True)
class Place:
    """A URL that may be asked: `host` is an ASCII name or an address without brackets."""

    url: str
    scheme: str
    host: str
    port: int
    target: bytes

    @property
    def shown(self) -> str:
        """The URL as people may see it: tokens in its query are hidden."""
        return without_secrets(self.url)

    @property
    def host_header(self) -> str:
        """RFC 9110 7.2: with the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORT[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port: what a robots.txt speaks for."""
        return f"{self.scheme}://{self.host_header}"


def judge_url(text: str, *, rules: Rules) -> Place:
    """Say where a URL leads, or raise AddressRefused. Asks no name server."""
    found = _AUTHORITY.match(text)
    if found is None or found[1].lower() not in _DEFAULT_PORT:
        raise _refused(text, "only http and https addresses are followed")
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise _refused(text, "it contains control characters")
    if re.search(r"[\\%\s]", found[2]):
        raise _refused(text, "its host name has characters that programs read differently")
    if "@" in found[2]:
        raise _refused(text, "it carries a user name or password")
    try:
        url = httpx.URL(text).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError) as error:
        raise _refused(text, "it cannot be understood") from error
    host = _judge_host(text, url.raw_host.decode("ascii").lower(), rules)
    port = _DEFAULT_PORT[url.scheme] if url.port is None else url.port
    if port not in PORTS and port not in rules.extra_ports:
        raise _refused(text, f"port {port} is not one of those that are open to it")
    place = Place("", url.scheme, host, port, url.raw_path)
    shown = f"{url.scheme}://{place.host_header}{url.raw_path.decode('ascii')}"
    return Place(shown, url.scheme, host, port, url.raw_path)


def _judge_host(text: str, host: str, rules: Rules) -> str:
    if ":" in host:
        judge_address(host, host=host, rules=rules)
        return str(IPv6Address(host))
    host = host.removesuffix(".")
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        # inet_aton reads 127.1, 0177.0.0.1, 0x7f.1 and 2130706433 as addresses; we only read one form
        judge_address(host, host=host, rules=rules)
        return host
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _refused(text, "its host name is not one")
    if not rules.allow_private and (len(labels) == 1 or host.endswith(_LOCAL_ENDS)):
        raise _refused(text, "its host name is one of a local network")
    return host


def judge_address(address: str, *, host: str, rules: Rules) -> None:
    """Raise AddressRefused unless this address, of that host, may be connected to."""
    try:
        ip = ip_address(address) if "%" not in address else None
    except ValueError:
        ip = None
    if ip is None:
        raise _refused(host, f"{address} is not an address in its usual form")
    if is_public(ip) or (rules.allow_private and is_private(ip)):
        return
    kind = "a private network" if is_private(ip) else "a place that is not on the public internet"
    raise _refused(host, f"{address} is in {kind}", address=str(ip))


def is_public(ip: IPv4Address | IPv6Address) -> bool:
    """True for what anybody on the internet may serve from."""
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in _PRIVATE_4 + _NEVER_4)
    if ip in _MAPPED or ip in _NAT64:  # NAT64: with DNS64 every IPv4-only portal looks like this
        return is_public(IPv4Address(int(ip) & 0xFFFFFFFF))
    if ip in _SIX_TO_FOUR:
        return is_public(IPv4Address(int(ip) >> 80 & 0xFFFFFFFF))
    return ip in _GLOBAL_6 and not any(ip in network for network in _NEVER_6)


def is_private(ip: IPv4Address | IPv6Address) -> bool:
    """True for what `allow_private` opens: loopback, private use, shared address space."""
    if isinstance(ip, IPv4Address):
        return any(ip in network for network in _PRIVATE_4)
    if ip in _MAPPED:
        return is_private(IPv4Address(int(ip) & 0xFFFFFFFF))
    return any(ip in network for network in _PRIVATE_6)


def _refused(url: str, reason: str, **facts: object) -> AddressRefused:
    shown = without_secrets(url)
    return AddressRefused(
        f"“{shown[:300]}” is not fetched: {reason}.",
        mend="correct the address; if it is a portal of your own network, open private"
        " addresses or its port for this source.",
        url=shown,
        reason=reason,
        **facts,
    )
