"""Collectors as a hurried person writes them, to stand beside ours in the scenarios of the traps.

None is a caricature: each does what many scripts do, in the obvious way, with well-known libraries.
A test of a trap runs one of them against the same portal and shows what it falls for.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import ipaddress
import json
import shutil
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser
from zoneinfo import ZoneInfo

import requests

TIMEOUT_S = 10


def saved(url: str, **headers: str) -> bytes:
    """Whatever comes is the file."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(url, headers=told, timeout=TIMEOUT_S).content


def copied(url: str) -> bytes:
    """As `copyfileobj` copies it: until no more comes."""
    out = io.BytesIO()
    with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
        shutil.copyfileobj(answer, out)
    return out.getvalue()


def resumed(url: str, part: bytes) -> bytes:
    """Go on where it broke off."""
    return part + saved(url, Range=f"bytes={len(part)}-")


def is_there(url: str) -> bool:
    """Ask with HEAD, which costs nothing."""
    return requests.head(url, timeout=TIMEOUT_S).ok


def is_gone(url: str) -> bool:
    """What answers with an error is not offered any more."""
    return not requests.get(url, timeout=TIMEOUT_S).ok


def unpacked(body: bytes) -> bytes:
    """Unpack for as long as it is packed."""
    while body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    return body


def digest(body: bytes) -> str:
    """By which a new version is told from the last."""
    return hashlib.sha256(body).hexdigest()


@dataclass
class ByEtag:
    """Ask with the last ETag; another ETag is another version, and 304 is none."""

    url: str
    etag: str = ""
    versions: list[bytes] = field(default_factory=list)

    def look(self) -> None:
        asked = {"If-None-Match": self.etag} if self.etag else {}
        answer = requests.get(self.url, headers=asked, timeout=TIMEOUT_S)
        if answer.status_code == 304:
            return
        told = answer.headers.get("ETag", "")
        if not told or told != self.etag:
            self.versions.append(answer.content)
        self.etag = told


def seconds_to_wait(retry_after: str) -> int:
    """Retry-After is a number of seconds."""
    return int(retry_after)


def may_fetch(robots_url: str, url: str) -> bool:
    """By the lines of robots.txt."""
    rules = RobotFileParser()
    rules.parse(requests.get(robots_url, timeout=TIMEOUT_S).text.splitlines())
    return rules.can_fetch("naive", url)


def looks_public(host: str, addresses_of: Callable[[str], list[str]]) -> bool:
    """Neither is it called so, nor is the first address of that name private."""
    if host in ("localhost", "127.0.0.1"):
        return False
    try:
        return not ipaddress.ip_address(addresses_of(host)[0]).is_private
    except (ValueError, OSError):
        return True  # no address of ours


def followed(url: str, next_of: Callable[[str], str], *, at_most: int) -> list[str]:
    """Pages by their links to the next, each link as it is told."""
    seen = [url]
    while len(seen) < at_most:
        after = next_of(requests.get(seen[-1], timeout=TIMEOUT_S).text)
        if not after:
            break
        seen.append(urljoin(seen[-1], after))
        if urlsplit(seen[-1]).netloc != urlsplit(url).netloc:
            break  # it would be asked next; no test goes there
    return seen


# Lists


def datasets_at(url: str, *path: str) -> list[dict[str, object]]:
    """The entries of a list; of one that cannot be read, none."""
    return datasets_in(saved(url), *path)


def datasets_in(body: bytes, *path: str) -> list[dict[str, object]]:
    try:
        found = json.loads(body.decode("utf-8"))
        for name in path:
            found = found[name]
    except (ValueError, KeyError):
        return []
    return list(found)


def plain_entry(record: dict[str, Any]) -> tuple[str, str, str, date]:
    """What every entry of a data.json has, by the schema."""
    file = record["distribution"][0]["downloadURL"].strip()
    return (
        record["title"].strip(),
        record["description"],
        file,
        date.fromisoformat(record["modified"]),
    )


# ArcGIS


def features(
    layer_url: str, *, size: int = 1_000, **query: str
) -> list[dict[str, dict[str, object]]]:
    """Page by page, until one is empty or says that there is no more."""
    return [each for page in _pages(layer_url, size, query) for each in page]


def _pages(
    layer_url: str, size: int, query: dict[str, str]
) -> Iterator[list[dict[str, dict[str, object]]]]:
    for start in range(0, 100 * size, size):
        asked = {"f": "json", "where": "1=1", "outFields": "*", "resultOffset": str(start),
                 "resultRecordCount": str(size)} | query  # fmt: skip
        answer = requests.get(f"{layer_url}/query", params=asked, timeout=TIMEOUT_S).json()
        page = answer.get("features", [])
        yield page
        if not page or not answer.get("exceededTransferLimit"):
            return


def rows_counting_up(layer_url: str, oid: str) -> list[object]:
    """As many ids as there are rows, from 1."""
    asked = {"f": "json", "where": "1=1", "returnCountOnly": "true"}
    count = requests.get(f"{layer_url}/query", params=asked, timeout=TIMEOUT_S).json()["count"]
    found: list[object] = []
    for low in range(1, count + 1, 1_000):
        found += features(layer_url, where=f"{oid} >= {low} AND {oid} <= {low + 999}")
    return found


def as_csv(found: list[dict[str, dict[str, object]]]) -> str:
    """The attributes, a line a row."""
    names = list(found[0]["attributes"]) if found else []
    lines = [",".join(names)]
    lines += [",".join(str(each["attributes"][name]) for name in names) for each in found]
    return "\n".join(lines)


# Moments


def moments_of(cdx_lines: list[str]) -> list[datetime]:
    """The second word of a line of an index is its moment."""
    return [
        datetime.strptime(line.split()[1], "%Y%m%d%H%M%S") for line in cdx_lines
    ]  # as it is written


def stamped(moment: datetime, zone: str) -> str:
    """The name of a file of today's, by the clock on the wall."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d_%H%M")


def day_of(epoch_ms: int, zone: str) -> date:
    """The day, where the machine stands."""
    return datetime.fromtimestamp(epoch_ms / 1000, ZoneInfo(zone)).date()


def as_utc(text: str) -> datetime:
    """A time without a zone is one of UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
