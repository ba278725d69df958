"""The story: what the made-up town's portal answers, from when on, and what a person would tell.

Deterministic: the same seed gives the same bytes. Takes about half a second; all beats together
hold some 7 MB. The days on which things happen stand in `days`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from email.utils import format_datetime

from verticalfile.town import permits, prices, printing, requests
from verticalfile.town.days import (
    BOM_FROM,
    CAPITALS_AGAIN,
    CUT_OFF,
    CUT_SHORT,
    ERROR_PAGE,
    EVERY,
    FIRST_DAY,
    LAST_DAY,
    LATE_ITEMS,
    NOT_FOUND,
    PERMITS,
    PRICES,
    RENAMED,
    RENUMBERED,
    REORDERED,
    REQUESTS,
    RETURNED,
    REVISED,
    SMALL_LETTERS,
    STORM,
    STORM_FILE,
    TABLES,
    TOLD,
    UTF8_AGAIN,
    VANISHED,
    WINDOWS_FROM,
    moment_of,
)  # fmt: skip

SEED = 1852
"""The year in which the made-up town was founded."""


@dataclass(frozen=True, slots=True)
class Beat:
    """From `at` on the portal answers this for a table, until the table's next beat.

    `headers` are complete but for Content-Length, which is the body's unless they name another:
    then the connection breaks off after the body. `body` is None where the status says it all.
    """

    at: datetime
    table: str
    body: bytes | None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    said: str = ""


def story(seed: int = SEED) -> tuple[Beat, ...]:
    """All beats in order of time; within one moment in the order of TABLES."""
    asked = _Requests(seed)
    printed: Mapping[str, Callable[[date], bytes]] = {
        REQUESTS: asked.printed,
        PERMITS: _Permits(seed).printed,
        PRICES: _Prices(seed).printed,
    }
    found: list[Beat] = []
    for table in TABLES:
        for day in sorted(set(_days(table))):
            sentence = TOLD.get((table, day), "")
            if (table, day) == (REQUESTS, STORM_FILE):
                sentence = sentence.format(trees=asked.storm_trees(day))
            said = f"{day.isoformat()}: {sentence}" if sentence else ""
            found.append(_beat(table, day, said, printed[table]))
    return tuple(sorted(found, key=lambda beat: (beat.at, TABLES.index(beat.table))))


def _days(table: str) -> Iterator[date]:
    yield from (day for told, day in TOLD if told == table)
    step = {REQUESTS: EVERY, PERMITS: 2 * EVERY}.get(table)
    day = FIRST_DAY
    while step is not None and day <= LAST_DAY:
        yield day
        day += step


def _beat(table: str, day: date, said: str, printed: Callable[[date], bytes]) -> Beat:
    at = moment_of(day)
    if (table, day) in ((REQUESTS, NOT_FOUND), (PRICES, VANISHED)):
        return Beat(at, table, None, 404, {}, said)
    if (table, day) == (REQUESTS, ERROR_PAGE):
        headers = {"Content-Type": "text/html; charset=utf-8"}
        return Beat(at, table, printing.MAINTENANCE_PAGE, 200, headers, said)
    body = printed(day)
    if (table, day) == (REQUESTS, CUT_OFF):
        body = printing.cut_in_quotes(body, after_share=0.55)
    headers = {
        "Content-Type": "text/csv",
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:16]}"',
        "Last-Modified": format_datetime(at - timedelta(minutes=37), usegmt=True),
    }
    if (table, day) == (PERMITS, CUT_SHORT):
        headers["Content-Length"] = str(len(body))
        body = printing.cut_at(body, share=0.7)
    return Beat(at, table, body, 200, headers, said)


class _Requests:
    """The file of service requests, oldest first and later newest first."""

    def __init__(self, seed: int) -> None:
        self._all = requests.all_requests(seed)

    def printed(self, day: date) -> bytes:
        rows = requests.rows_on(self._all, _end_of_data(day))
        if day >= REORDERED:
            rows.reverse()
        return printing.as_csv(requests.COLUMNS, rows).encode()

    def storm_trees(self, day: date) -> int:
        """Fallen trees and limbs in the file of a day that were reported since the storm."""
        return sum(
            request.first["Category"] == "Fallen tree or limb"
            and request.opened.date() >= STORM
            and request.opened <= _end_of_data(day)
            for request in self._all
        )


def _end_of_data(day: date) -> datetime:
    """Files are written at three in the night, town time; on one day an older one comes again."""
    of_day = day - timedelta(days=2) if day == REORDERED else day
    return datetime.combine(of_day, time(3))


class _Permits:
    """The file of permits with its changes of names, letters and encodings."""

    def __init__(self, seed: int) -> None:
        self._all = permits.all_permits(seed)

    def printed(self, day: date) -> bytes:
        rows: Sequence[Mapping[str, str]] = permits.rows_on(self._all, day - timedelta(days=1))
        if SMALL_LETTERS <= day < CAPITALS_AGAIN:
            rows = [{**row, "Permit Number": row["Permit Number"].lower()} for row in rows]
        text = printing.as_csv(permits.COLUMNS, rows)
        if day >= RENAMED:
            text = printing.renamed_column(text, "Work Type", "Permit Type")
        if BOM_FROM <= day < WINDOWS_FROM:
            return printing.BOM + text.encode()
        return text.encode("cp1252" if WINDOWS_FROM <= day < UTF8_AGAIN else "utf-8")


class _Prices:
    """The price list; OBJECTIDs begin anew whenever it is loaded anew."""

    def __init__(self, seed: int) -> None:
        self._all = prices.all_prices(seed)

    def printed(self, day: date) -> bytes:
        numbered_from = 1 if day < RENUMBERED else 1001 if day < RETURNED else 4407
        rows = prices.rows_on(
            self._all, day, numbered_from=numbered_from, late_from=LATE_ITEMS, revised_from=REVISED
        )
        return printing.as_csv(prices.COLUMNS, rows).encode()
