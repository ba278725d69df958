"""What a hurried person would write to collect data: short, plain, and fooled by each trap.

The tests of the traps (harvesting.md 4) let it meet the same servers and files, and show that it
falls in. None of it is used by the product.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit
from zoneinfo import ZoneInfo


def fetched(url: str, **headers: str) -> bytes:
    """The body, whatever it is: status 200 is data."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with urllib.request.urlopen(urllib.request.Request(url, headers=named), timeout=60) as answer:
        return answer.read()


def saved(url: str, path: Path) -> bytes:
    """Download in pieces, as examples do; a connection that breaks ends it like any other end."""
    with urllib.request.urlopen(url, timeout=60) as answer, open(path, "wb") as out:
        shutil.copyfileobj(answer, out)
    return path.read_bytes()


def resumed(url: str, path: Path) -> bytes:
    """Go on where it broke off: the rest is put behind what is there, whatever it is the rest of."""
    at = path.stat().st_size
    with open(path, "ab") as out:
        out.write(fetched(url, Range=f"bytes={at}-"))
    return path.read_bytes()


def state_of(url: str) -> str:
    """There, or gone: an error is an error."""
    try:
        fetched(url)
    except urllib.error.HTTPError:
        return "gone"
    return "there"


def state_by_head(url: str) -> str:
    """The same, without troubling anybody for the body."""
    try:
        urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=60)
    except urllib.error.HTTPError:
        return "gone"
    return "there"


def may_fetch(robots: str, path: str) -> bool:
    """No robots.txt, no rules."""
    try:
        text = fetched(robots).decode()
    except OSError:
        return True
    return not any(path.startswith(line[10:].strip()) for line in text.splitlines() if line[10:])


def wait_s(retry_after: str) -> float:
    """The header says how many seconds."""
    return int(retry_after)


def looks_public(url: str) -> bool:
    """Keep out of our own network."""
    host = urlsplit(url).hostname or ""
    return host != "localhost" and not host.startswith(("127.0.0.", "10.", "192.168."))


def unpacked(body: bytes) -> bytes:
    """Unpack while it is packed."""
    while body.startswith(b"\x1f\x8b"):
        body = gzip.decompress(body)
    return body


class Watcher:
    """Keeps a version each time that something is new: by ETag, or by digest of the bytes."""

    def __init__(self) -> None:
        self.versions: list[bytes] = []
        self.etag = ""

    def look(self, url: str) -> None:
        """Ask whether it has changed, and believe the answer."""
        try:
            asked = urllib.request.Request(url, headers={"If-None-Match": self.etag})
            with urllib.request.urlopen(asked, timeout=60) as answer:
                body, etag = answer.read(), answer.headers.get("ETag", "")
        except urllib.error.HTTPError as error:
            if error.code == 304:
                return
            raise
        if not self.versions or etag != self.etag:
            self.versions.append(body)
        self.etag = etag

    def keep(self, body: bytes) -> None:
        """New bytes are a new version."""
        digests = [hashlib.sha256(each).digest() for each in self.versions[-1:]]
        if hashlib.sha256(body).digest() not in digests:
            self.versions.append(body)


def datasets_in(body: bytes) -> list[dict[str, Any]]:
    """The datasets of a data.json; one that cannot be read has none."""
    try:
        return json.loads(body.decode("utf-8", errors="ignore"))["dataset"]
    except ValueError:
        return []


def row_of(record: Mapping[str, Any]) -> tuple[str, str, str, datetime]:
    """What every entry has."""
    modified = datetime.fromisoformat(record["modified"])
    title, told = record["title"].strip(), record["description"]
    return title, told, record["distribution"][0]["downloadURL"], modified


def newest_of(records: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The one that was modified last."""
    return max(records, key=lambda record: record["modified"])


def captures_in(index: str) -> list[tuple[datetime, int]]:
    """Moment and length of each line of a web archive's index."""
    rows = [line.split(" ") for line in index.splitlines()]
    return [(datetime.strptime(row[1], "%Y%m%d%H%M%S"), int(row[-1])) for row in rows]


def in_order(local_times: Sequence[str]) -> list[str]:
    """Versions in order of when our clock, at the wall's time, says that we took them."""
    return sorted(local_times)


def as_utc(text: str) -> datetime:
    """A time without a zone is one of UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def day_of(epoch_ms: int, zone: str) -> date:
    """The day, where our machine stands."""
    return datetime.fromtimestamp(epoch_ms / 1000, ZoneInfo(zone)).date()


def followed(url: str, next_of: Callable[[str], str], *, at_most: int) -> list[str]:
    """Pages by their links to the next, each link as it is told; the last was not asked for."""
    seen = [url]
    while len(seen) < at_most and (after := next_of(fetched(seen[-1]).decode())):
        seen.append(urljoin(seen[-1], after))
        if urlsplit(seen[-1]).netloc != urlsplit(url).netloc:
            break  # it would be asked next; no test goes there
    return seen


Feature = Mapping[str, Mapping[str, Any]]


def features(layer_url: str, **query: str) -> list[Feature]:
    """Rows of an ArcGIS layer, page by page, until one is empty or says that there is no more."""
    return [each for page in _pages(layer_url, query) for each in page]


def _pages(layer_url: str, query: Mapping[str, str], size: int = 1_000) -> Iterator[list[Feature]]:
    for start in range(0, 100 * size, size):
        asked = {"f": "json", "where": "1=1", "outFields": "*", "resultOffset": str(start),
                 "resultRecordCount": str(size), **query}  # fmt: skip
        answer = json.loads(fetched(f"{layer_url}/query?{urlencode(asked)}"))
        page = answer.get("features", [])
        yield page
        if not page or not answer.get("exceededTransferLimit"):
            return


def rows_counting_up(layer_url: str, oid: str) -> list[Feature]:
    """As many object ids as there are rows, from 1."""
    asked = {"f": "json", "where": "1=1", "returnCountOnly": "true"}
    count = json.loads(fetched(f"{layer_url}/query?{urlencode(asked)}"))["count"]
    lows = range(1, count + 1, 1_000)
    wheres = [f"{oid} >= {low} AND {oid} <= {low + 999}" for low in lows]
    return [each for where in wheres for each in features(layer_url, where=where)]


def as_csv(rows: Sequence[Feature]) -> str:
    """The attributes, a line a row."""
    names = list(rows[0]["attributes"]) if rows else []
    lines = [",".join(names)]
    lines += [",".join(str(each["attributes"][name]) for name in names) for each in rows]
    return "\n".join(lines)
