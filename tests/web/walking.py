"""A walk through doors and the links behind them, for what may not be found there."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from collections import deque
from urllib.parse import urljoin, urlsplit

import pyarrow.parquet as pq
from pypdf import PdfReader
from test_pages import Reader

FORMS = ("csv", "excel", "json", "jsonl", "parquet", "original", "geojson", "zip")
SCREENS = (
    "", "table/", "time/", "changes/", "cite/", "cite/?whole=yes", "download/", "chart/", "rights/",
    "cite.bibtex", "cite.csl-json", "timemap.link", "timemap.json", "timegate/", "handout/",
    "handout.pdf", "row/?k=1", "row.csv?k=1", "changes.csv", "changes.json", "time.csv", "time.svg",
    "chart.csv", "chart.svg",
)  # fmt: skip
EVERYWHERE = (
    "/", "/d/", "/changes/", "/changes/withdrawn/", "/changes/new/", "/changes/changed/", "/feed.atom",
    "/feed.json", "/changes/withdrawn/feed.json", "/changes/changed/feed.atom", "/data.json",
    "/sitemap-1.xml",
)  # fmt: skip


def doors_of(base: str, moments=(), words=()) -> list[str]:
    """All doors of a file, as it stands and at moments, the common ones, and searches for words."""
    found = []
    for at in ("", *(f"{moment}/" for moment in moments)):
        found += [f"{base}{at}{screen}" for screen in SCREENS]
        found += [f"{base}{at}{what}.{form}" for form in FORMS for what in ("download", "table")]
    found += [f"/search/{end}?q={w}" for end in ("", "feed.atom", "feed.json") for w in words]
    return [*found, *EVERYWHERE]


def body_of(answer, tmp_path) -> bytes:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body[:4] == b"PAR1":
        (tmp_path / "p").write_bytes(body)
        return repr(pq.read_table(tmp_path / "p").to_pylist()).encode()
    if body[:5] == b"%PDF-":
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages).encode()
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as found:
            return b"\n".join(found.read(name) for name in found.namelist())
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


def answers_behind(room, doors, inside: str, tmp_path, at_most: int = 300):
    """Address, answer and text of the doors in both languages, and of pages that they link to
    with `inside` in their address; breadth first, all doors and at most so many in all."""
    waiting = deque([*doors, *(f"/es{door}" for door in doors if door.split("?")[0].endswith("/"))])
    least, seen = len(waiting), set()
    while waiting and (len(seen) <= at_most or least > 0):
        address = waiting.popleft()
        least -= 1
        if address in seen:
            continue
        seen.add(address)
        answer = room.get(address)
        assert answer.status_code in (200, 302, 400, 404, 410), address
        body = body_of(answer, tmp_path).decode(errors="replace")
        yield address, body
        if answer["Content-Type"].startswith("text/html"):
            for link in Reader(body).links:
                target = urlsplit(urljoin(f"http://testserver{address}", link))
                if target.hostname == "testserver" and inside in target.path:
                    waiting.append(target.path + (f"?{target.query}" if target.query else ""))


def must_not_tell(address: str, body: str, secrets) -> None:
    """No secret stands in an answer, but what was asked for may."""
    asked = re.sub(r'(?:value|href|content|action)="[^"]*"|“[^”]*”|<title>.*?</title>', "", body)
    asked = asked if "<html" in body else body.replace(address, "")
    for secret in secrets:
        if secret.lower() not in address.lower():
            assert secret not in asked, (address, secret)


def nothing_tells(room, doors, secrets, inside: str, tmp_path, at_most: int = 300) -> None:
    """No answer of the doors, or of links from them, has one of the secrets."""
    walked = 0
    for address, body in answers_behind(room, doors, inside, tmp_path, at_most):
        must_not_tell(address, body, secrets)
        walked += 1
    assert walked >= len(doors)
