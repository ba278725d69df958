"""The calendar of the story: on which day each fault of real publishers comes, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from verticalfile.town import prices

REQUESTS, PERMITS, PRICES = "service-requests", "building-permits", "sidewalk-repair-prices"
TABLES = (REQUESTS, PERMITS, PRICES)

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
STORM = date(2023, 7, 26)
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


def moment_of(day: date) -> datetime:
    """When a day's files are out: early in the town's morning."""
    return datetime.combine(day, time(11), tzinfo=UTC)


_REVISED = f"${prices.dollars(prices.HOOK_REVISED_CENTS)}"


def _panel(year: int) -> str:
    return f"${prices.dollars(prices.HOOK_CENTS[year])}"


TOLD: Mapping[tuple[str, date], str] = {
    (REQUESTS, FIRST_DAY): "the town's service requests are collected for the first time.",
    (PERMITS, FIRST_DAY): "the building permits of the last eighteen months are collected for"
    " the first time; older ones leave the file week by week.",
    (PRICES, FIRST_DAY): "the price list for sidewalk repairs is collected for the first time;"
    f" replacing one panel costs {_panel(2022)} in 2022.",
    (PRICES, RENUMBERED): "the price list was loaded anew and every OBJECTID is another one;"
    " not one price has changed.",
    (REQUESTS, REORDERED): "the service requests now come newest first; they are the same rows"
    " as two days before.",
    (PERMITS, BOM_FROM): "the permits begin with a byte order mark from now on: somebody saves"
    " them with another program.",
    (REQUESTS, CUT_OFF): "the file of service requests ends in the middle of a sentence, and the"
    " server says that this is all of it.",
    (REQUESTS, date(2022, 8, 16)): "the service requests are whole again.",
    (REQUESTS, ERROR_PAGE): "in place of the service requests comes a web page, “Scheduled maintenance”,"
    " and the server calls it a success.",
    (REQUESTS, date(2022, 12, 6)): "the service requests are back.",
    (PRICES, PRICES_2023): f"the prices for 2023 are out; replacing one panel costs {_panel(2023)}.",
    (PERMITS, RENAMED): "the permits column “Work Type” is called “Permit Type” from now on.",
    (PERMITS, CUT_SHORT): "the connection breaks off in the middle of the permits file.",
    (PERMITS, date(2023, 5, 23)): "the permits arrive whole.",
    (PRICES, LATE_ITEMS): "two kinds of panels over tree roots join the price list in the middle"
    " of the year.",
    (REQUESTS, STORM_FILE): "since the windstorm of July 26 the town was asked {trees} times to"
    " come for a fallen tree or limb.",
    (PERMITS, SMALL_LETTERS): "every permit number is written in small letters:"
    " PRM-2023-0117 has become prm-2023-0117.",
    (PERMITS, CAPITALS_AGAIN): "the permit numbers have their capitals back.",
    (PERMITS, WINDOWS_FROM): "the permits come in an old Windows encoding; a program that expects"
    " UTF-8 spoils “Núñez & Daughters Roofing”.",
    (PRICES, PRICES_2024): f"the prices for 2024 are out; replacing one panel costs {_panel(2024)},"
    f" nearly a fifth more than the {_panel(2023)} of 2023.",
    (PERMITS, UTF8_AGAIN): "the permits are in UTF-8 again.",
    (PRICES, REVISED): "without a word the price of replacing one panel in 2023 has become"
    f" {_REVISED}; it was {_panel(2023)} all through that year, and the rise to 2024 looks small now.",
    (REQUESTS, NOT_FOUND): "the service requests are not found (404), and stay so for a week.",
    (REQUESTS, FOUND_AGAIN): "the service requests are found again.",
    (PRICES, VANISHED): "the price list has vanished from the portal.",
    (PRICES, RETURNED): "the price list is back after twelve weeks, with new OBJECTIDs and with"
    f" {_REVISED} for 2023, as if it had never been another.",
    (PRICES, PRICES_2025): f"the prices for 2025 are out; replacing one panel costs {_panel(2025)}.",
}  # fmt: skip
"""What a person would tell; `{trees}` is counted in the file of that day."""
