"""A web archive that speaks Memento alone (RFC 7089): a TimeGate, TimeMaps in pages, mementos.

Pages of HTML are rewritten for showing, with a bar on top; what was recorded stands behind `id_`,
where the archive has that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlencode

from verticalfile.town.portals.serving import Answer, Request
from verticalfile.town.portals.wayback import Recorded

BAR = b"<!-- shown by the archive -->"


class MementoSite:
    """The archive. What a script may change stands in the attributes."""

    def __init__(self, recorded: Sequence[Recorded]) -> None:
        self.recorded = sorted(recorded, key=lambda each: each.timestamp)
        self.lines_max = 5_000
        self.has_raw = True
        self.bad_lines: list[str] = []

    def answer(self, request: Request) -> Answer | None:
        home = f"http://{request.headers['Host']}"
        path = request.path + (f"?{urlencode(request.query)}" if request.query else "")
        if found := re.fullmatch(r"/timegate/(.+)", path):
            return self._gate(home, found[1])
        if found := re.fullmatch(r"/timemap/(\d+)/(.+)", path):
            return self._map(home, int(found[1]), found[2])
        if found := re.fullmatch(r"/web/(\d{14})(id_)?/(.+)", path):
            return self._memento(home, found[1], bool(found[2]), found[3])
        return None

    def _gate(self, home: str, url: str) -> Answer | None:
        held = [each for each in self.recorded if each.url == url]
        if not held:
            return None
        newest = held[-1]
        headers = {"Location": f"{home}/web/{newest.timestamp}/{url}", "Vary": "accept-datetime"}
        return Answer(b"", 302, "text/plain", headers | {"Link": self._links(home, url)})

    def _links(self, home: str, url: str) -> str:
        return (
            f'<{url}>; rel="original", <{home}/timegate/{url}>; rel="timegate",'
            f' <{home}/timemap/1/{url}>; rel="timemap"; type="application/link-format"'
        )

    def _map(self, home: str, page: int, url: str) -> Answer:
        held = [each for each in self.recorded if each.url == url]
        start = (page - 1) * self.lines_max
        here = held[start : start + self.lines_max]
        kind = 'type="application/link-format"'
        lines = [f'<{url}>; rel="original"', f'<{home}/timemap/{page}/{url}>; rel="self"; {kind}']
        for number in (page - 1, page + 1):
            if 0 < number <= 1 + (len(held) - 1) // self.lines_max:
                lines.append(f'<{home}/timemap/{number}/{url}>; rel="timemap"; {kind}')
        for number, each in enumerate(here):
            first = "first " if start + number == 0 else ""
            lines.append(
                f'<{home}/web/{each.timestamp}/{url}>; rel="{first}memento";'
                f' datetime="{format_datetime(_moment(each), usegmt=True)}"'
            )
        return Answer(",\n".join([*lines, *self.bad_lines]).encode(), 200, "application/link-format")  # fmt: skip

    def _memento(self, home: str, timestamp: str, is_raw: bool, url: str) -> Answer | None:
        found = next(
            (e for e in self.recorded if e.url == url and e.timestamp == timestamp), None
        )  # fmt: skip
        if found is None or (is_raw and not self.has_raw):
            return None
        moment = format_datetime(_moment(found), usegmt=True)
        headers = {"Memento-Datetime": moment, "Link": self._links(home, url), "ETag": ""}
        body = found.body if is_raw else BAR + found.body if b"<" in found.body else found.body
        return Answer(body, found.status, found.media_type, headers)


def _moment(each: Recorded) -> datetime:
    return datetime.strptime(each.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
