"""A web archive: its index (CDX) in pages with a resume key, and mementos of what it recorded."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import quote_plus, unquote_plus, urlencode

from verticalfile.town.portals.serving import Answer, Request


@dataclass(frozen=True, slots=True)
class Recorded:
    """One capture. `status` is that of then."""

    timestamp: str
    url: str
    body: bytes
    status: int = 200
    media_type: str = "text/csv"

    @property
    def digest(self) -> str:
        return base64.b32encode(hashlib.sha1(self.body, usedforsecurity=False).digest()).decode()


class WaybackSite:
    """The archive. What a script may change stands in the attributes."""

    def __init__(self, recorded: Sequence[Recorded]) -> None:
        self.recorded = sorted(recorded, key=lambda each: each.timestamp)
        self.bad_lines: list[str] = []  # as real indexes have them
        self.closed: set[str] = set()  # addresses that may not be shown
        self.lines_max = 5_000
        self.wrong_digest: set[str] = set()  # timestamps whose index is wrong

    def answer(self, request: Request) -> Answer | None:
        if request.path == "/cdx/search/cdx":
            return self._index(request)
        found = re.fullmatch(r"/web/(\d{14})id_/(.+)", request.path)
        if found is None:
            return None
        url = found[2] + (f"?{urlencode(request.query)}" if request.query else "")
        for each in self.recorded:
            if each.timestamp == found[1] and each.url == url:
                moment = datetime.strptime(each.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
                headers = {"Memento-Datetime": format_datetime(moment, usegmt=True), "ETag": ""}
                return Answer(each.body, each.status, each.media_type, headers)
        return None

    def _index(self, request: Request) -> Answer:
        asked = request.query
        url = asked.get("url", "")
        if url in self.closed:
            error = "org.archive.wayback.exception.AdministrativeAccessControlException: Blocked"
            headers = {"X-Archive-Wayback-Runtime-Error": error}
            return Answer(b"Blocked Site Error\n", 403, "text/plain", headers)
        low, high = asked.get("from", ""), asked.get("to", "") or "9"
        is_prefix = asked.get("matchType") == "prefix"
        lines = [
            self._line(each) for each in self.recorded
            if (each.url == url or (is_prefix and each.url.startswith(url)))
            and low <= each.timestamp <= f"{high}9"
        ]  # fmt: skip
        lines += self.bad_lines
        start = int(unquote_plus(asked.get("resumeKey", "0")).rpartition(" ")[2] or 0)
        size = min(request.number("limit", self.lines_max), self.lines_max)
        page = lines[start : start + size]
        text = "".join(f"{line}\n" for line in page)
        if start + size < len(lines) and asked.get("showResumeKey") == "true":
            text += f"\n{quote_plus(f'{url} {start + size}')}\n"
        return Answer(text.encode(), media_type="text/plain;charset=utf-8")

    def _line(self, each: Recorded) -> str:
        digest = "A" * 32 if each.timestamp in self.wrong_digest else each.digest
        status, size = each.status, len(each.body)
        return f"key)/ {each.timestamp} {each.url} {each.media_type} {status} {digest} {size}"
