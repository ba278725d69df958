"""The story: what the made-up town's portal answers, from when on, and what a person would tell.

Every fault of real publishers comes once, on a day that is named here. Deterministic: the same
seed gives the same bytes. Takes about a second; all beats together hold some 15 MB.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime

from verticalfile.town import permits, prices, printing, requests

REQUESTS, PERMITS, PRICES = "service-requests", "building-permits", "sidewalk-repair-prices"
TABLES = (REQUESTS, PERMITS, PRICES)
SEED = 1852

FIRST_DAY = date(2022, 1, 4)
LAST_DAY = date(2024, 12, 31)
EVERY = timedelta(days=28)
"""Service requests come every fourth Tuesday; permits every second time of these."""

RENUMBERED = date(2022, 3, 8)
REORDERED = date(2022, 4, 28)
BOM_FROM = date(2022, 6, 21)
CUT_OFF = date(2022, 8, 15)
ERROR_PAGE = date(2022, 12, 5)
PRICES_2023 = date(2023, 1, 3)
RENAMED = date(2023, 3, 14)
CUT_SHORT = date(2023, 5, 22)
LATE_ITEMS = date(2023, 6, 20)
STORM_FILE = date(2023, 8, 1)
SMALL_LETTERS = date(2023, 9, 12)
CAPITALS_AGAIN = date(2023, 10, 10)
WINDOWS_FROM = date(2023, 11, 7)
PRICES_2024 = date(2024, 1, 2)
UTF8_AGAIN = date(2024, 2, 27)
REVISED = date(2024, 3, 12)
NOT_FOUND = date(2024, 4, 16)
FOUND_AGAIN = date(2024, 4, 23)
VANISHED = date(2024, 6, 18)
RETURNED = date(2024, 9, 10)
PRICES_2025 = date(2024, 12, 31)

_TOLD: Mapping[tuple[str, date], str] = {
    (REQUESTS, FIRST_DAY): "the town's service requests are collected for the first time.",
    (PERMITS, FIRST_DAY): "the building permits of the last eighteen months are collected for"
    " the first time; older ones leave the file week by week.",
    (PRICES, FIRST_DAY): "the price list for sidewalk repairs is collected for the first time;"
    " replacing one panel costs $386.00 in 2022.",
    (PRICES, RENUMBERED): "the price list was loaded anew and every OBJECTID is another one;"
    " not one price has changed.",
    (REQUESTS, REORDERED): "the service requests now come newest first; they are the same rows"
    " as two days before.",
    (PERMITS, BOM_FROM): "the permits begin with a byte order mark from now on: somebody saves"
    " them with another program.",
    (REQUESTS, CUT_OFF): "the file of service requests ends in the middle of a sentence, and the"
    " server says that this is all of it.",
    (REQUESTS, date(2022, 8, 16)): "the service requests are whole again.",
    (REQUESTS, ERROR_PAGE): "in place of the service requests comes a web page, “Scheduled"
    " maintenance”, and the server calls it a success.",
    (REQUESTS, date(2022, 12, 6)): "the service requests are back.",
    (PRICES, PRICES_2023): "the prices for 2023 are out; replacing one panel costs $412.00.",
    (PERMITS, RENAMED): "the permits column “Work Type” is called “Permit Type” from now on.",
    (PERMITS, CUT_SHORT): "the connection breaks off in the middle of the permits file.",
    (PERMITS, date(2023, 5, 23)): "the permits arrive whole.",
    (PRICES, LATE_ITEMS): "two kinds of panels over tree roots join the price list in the middle"
    " of the year.",
    (REQUESTS, STORM_FILE): "a week after the windstorm of July 26, 84 more trees and limbs are"
    " on the list than in an ordinary week.",
    (PERMITS, SMALL_LETTERS): "every permit number is written in small letters:"
    " PRM-2023-0117 has become prm-2023-0117.",
    (PERMITS, CAPITALS_AGAIN): "the permit numbers have their capitals back.",
    (PERMITS, WINDOWS_FROM): "the permits come in an old Windows encoding; a program that expects"
    " UTF-8 spoils “Núñez & Daughters Roofing”.",
    (PRICES, PRICES_2024): "the prices for 2024 are out; replacing one panel costs $489.00,"
    " a fifth more than the $412.00 of 2023.",
    (PERMITS, UTF8_AGAIN): "the permits are in UTF-8 again.",
    (PRICES, REVISED): "without a word the price of replacing one panel in 2023 has become"
    " $468.50; it was $412.00 all through that year, and the rise to 2024 looks small now.",
    (REQUESTS, NOT_FOUND): "the service requests are not found (404), and stay so for a week.",
    (REQUESTS, FOUND_AGAIN): "the service requests are found again.",
    (PRICES, VANISHED): "the price list has vanished from the portal.",
    (PRICES, RETURNED): "the price list is back after twelve weeks, with new OBJECTIDs and with"
    " $468.50 for 2023, as if it had never been another.",
    (PRICES, PRICES_2025): "the prices for 2025 are out; replacing one panel costs $504.00.",
}  # fmt: skip


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
    bodies: Mapping[str, Callable[[date], bytes]] = {
        REQUESTS: _Requests(seed).printed,
        PERMITS: _Permits(seed).printed,
        PRICES: _Prices(seed).printed,
    }
    days = {table: sorted(set(_days(table))) for table in TABLES}
    found = [_beat(table, day, bodies[table]) for table in TABLES for day in days[table]]
    return tuple(sorted(found, key=lambda beat: (beat.at, TABLES.index(beat.table))))


def moment_of(day: date) -> datetime:
    """When a day's files are out: early in the town's morning."""
    return datetime.combine(day, time(11), tzinfo=UTC)


def _days(table: str) -> Iterator[date]:
    yield from (day for told, day in _TOLD if told == table)
    step = {REQUESTS: EVERY, PERMITS: 2 * EVERY}.get(table)
    day = FIRST_DAY
    while step is not None and day <= LAST_DAY:
        yield day
        day += step


def _beat(table: str, day: date, printed: Callable[[date], bytes]) -> Beat:
    at, sentence = moment_of(day), _TOLD.get((table, day), "")
    said = f"{day.isoformat()}: {sentence}" if sentence else ""
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
        of_day = day - timedelta(days=2) if day == REORDERED else day
        rows = requests.rows_on(self._all, datetime.combine(of_day, time(3)))
        if day >= REORDERED:
            rows.reverse()
        return printing.as_csv(requests.COLUMNS, rows).encode()


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
