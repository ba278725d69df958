"""A walk through doors and the links behind them, for what may not be found there."""

from __future__ import annotations

import re
from collections import deque
from urllib.parse import urljoin, urlsplit

from test_pages import Reader
from test_what_is_not_shown import FORMS, body_of

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


def nothing_tells(room, doors, secrets, inside: str, tmp_path, at_most: int = 300) -> None:
    """No answer of the doors in both languages, or of links from them, has one of the secrets."""
    waiting = deque([*doors, *(f"/es{door}" for door in doors if door.split("?")[0].endswith("/"))])
    seen: set[str] = set()
    while waiting:
        address = waiting.popleft()
        if address in seen or len(seen) > at_most:
            continue
        seen.add(address)
        answer = room.get(address)
        assert answer.status_code in (200, 302, 400, 404, 410), address
        body = body_of(answer, tmp_path).decode(errors="replace")
        # what was asked for may stand in the answer
        asked = re.sub(
            r'(?:value|href|content|action)="[^"]*"|“[^”]*”|<title>.*?</title>', "", body
        )
        asked = asked if "<html" in body else body.replace(address, "")
        for secret in secrets:
            if secret.lower() not in address.lower():
                assert secret not in asked, (address, secret)
        if answer["Content-Type"].startswith("text/html"):
            for link in Reader(body).links:
                target = urlsplit(urljoin(f"http://testserver{address}", link))
                if target.hostname == "testserver" and inside in target.path:
                    waiting.append(target.path + (f"?{target.query}" if target.query else ""))
    assert len(seen) >= len(doors)
