"""What a person would tell of each beat of the story; some of it aloud in `vf demo`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from verticalfile.town.days import (
    AFTER_STORM,
    BOM_FROM,
    BRANCHES,
    BUDGET,
    BUDGET_2024,
    BUDGET_2025,
    CAPITALS_AGAIN,
    CLOSED_TOLD,
    CUT_OFF,
    CUT_SHORT,
    DOORS,
    DOORS_ON_PORTAL,
    ENDED,
    ERASED,
    ERROR_PAGE,
    FILTERED,
    FIRST_DAY,
    FOUND_AGAIN,
    HOMES_FROM,
    IDS_FROM,
    INSPECTIONS,
    LATE_ITEMS,
    MORE_DIGITS,
    NEW_HOURS,
    NOT_FOUND,
    OUT_OF_ORDER,
    PERMITS,
    PRICES,
    PRICES_2023,
    PRICES_2024,
    PRICES_2025,
    RENAMED,
    RENUMBERED,
    REORDERED,
    REPAIRS,
    REQUESTS,
    RESTAURANTS,
    RETURNED,
    REVISED,
    REZONED,
    SALES,
    SHRUNK,
    SMALL_LETTERS,
    SPELLED,
    SPLIT,
    STORM,
    STORM_FILE,
    SUMMER_HOURS,
    TIMES_DROPPED,
    UTF8_AGAIN,
    VANISHED,
    WHOLE_AGAIN,
    WINDOWS_FROM,
    ZONES_CHANGED,
)  # fmt: skip
from verticalfile.town.files import prices
from verticalfile.town.files.rezoning import AREA

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
    (INSPECTIONS, IDS_FROM): "the building inspections have a number of their own at last; until"
    " now only permit, step and attempt told them apart.",
    (BRANCHES, SUMMER_HOURS): "the Fairgrounds Branch opens for 24 hours a week in place of 30; it"
    " is said to be for the summer, and stays so.",
    (PERMITS, BOM_FROM): "the permits begin with a byte order mark from now on: somebody saves"
    " them with another program.",
    (INSPECTIONS, SPELLED): "PASSED is written Passed from now on, in every row of the building"
    " inspections; not one result is another.",
    (REQUESTS, CUT_OFF): "the file of service requests ends in the middle of a sentence, and the"
    " server says that this is all of it.",
    (REQUESTS, date(2022, 8, 16)): "the service requests are whole again.",
    (REQUESTS, ERROR_PAGE): "the library has moved; for twelve weeks nobody looked, and what was"
    " published meanwhile is not known. The first look since meets a web page, “Scheduled"
    " maintenance”, which the server calls a success.",
    (REQUESTS, date(2022, 12, 6)): "the service requests are back.",
    (PRICES, PRICES_2023): f"the prices for 2023 are out; replacing one panel costs {_panel(2023)}.",
    (SALES, SPLIT): "in the housing sales the column “Location” is split in two, “Street Address”"
    " and “Neighborhood”.",
    (BRANCHES, MORE_DIGITS): "the branches are given with seven digits behind the point in place of"
    " five; the two new ones are noughts.",
    (PERMITS, RENAMED): "the permits column “Work Type” is called “Permit Type” from now on.",
    (RESTAURANTS, TIMES_DROPPED): "the dates of the restaurant inspections have lost their time of"
    " midnight: the portal got other software.",
    (SALES, ZONES_CHANGED): "yesterday the council's rezoning of the Old Depot came into force: four"
    " homes on a lot where one was allowed. In the list of housing sales {zoned} rows bear"
    " another zone overnight, sales of years ago too.",
    (PERMITS, CUT_SHORT): "the connection breaks off in the middle of the permits file.",
    (PERMITS, date(2023, 5, 23)): "the permits arrive whole.",
    (PRICES, LATE_ITEMS): "two kinds of panels over tree roots join the price list in the middle"
    " of the year.",
    (BUDGET, BUDGET_2024): "with the new fiscal year the budget has other columns: “Division” and"
    " “Amended Budget” are new, two others bear new names.",
    (PERMITS, HOMES_FROM): "the permits now say how many homes each one adds: {homes} in the Old Depot"
    " since the rezoning, {elsewhere} in all the rest of the town.",
    (REQUESTS, STORM_FILE): "since the windstorm of July 26 the town was asked {trees} times to"
    " come for a fallen tree or limb.",
    (BRANCHES, REPAIRS): "the storm has unroofed a library: the Northbank Branch is “Closed for"
    " repairs”.",
    (PERMITS, SMALL_LETTERS): "every permit number is written in small letters:"
    " PRM-2023-0117 has become prm-2023-0117.",
    (PERMITS, CAPITALS_AGAIN): "the permit numbers have their capitals back.",
    (RESTAURANTS, OUT_OF_ORDER): "the health department's server is out of order for a day (503).",
    (BUDGET, AFTER_STORM): "the council has added {amended} to the budget: for trees, and for the"
    " roof of the Northbank Branch.",
    (PERMITS, WINDOWS_FROM): "the permits come in an old Windows encoding; a program that expects"
    " UTF-8 spoils “Núñez & Daughters Roofing”.",
    (PRICES, PRICES_2024): f"the prices for 2024 are out; replacing one panel costs {_panel(2024)},"
    f" nearly a fifth more than the {_panel(2023)} of 2023.",
    (INSPECTIONS, SHRUNK): "three quarters of the building inspections are gone: the file now holds"
    " the newest sixteen weeks alone. Such a file is kept, and not shown as current before two more"
    " looks have found the same.",
    (BRANCHES, CLOSED_TOLD): "the roof will not be mended: the Northbank Branch is “Closed”, and the"
    " bookmobile stops in Bridge St.",
    (PERMITS, UTF8_AGAIN): "the permits are in UTF-8 again.",
    (PRICES, REVISED): "without a word the price of replacing one panel in 2023 has become"
    f" {_REVISED}; it was {_panel(2023)} all through that year, and the rise to 2024 looks small now.",
    (REQUESTS, NOT_FOUND): "the service requests are not found (404), and stay so for a week.",
    (REQUESTS, FOUND_AGAIN): "the service requests are found again.",
    (SALES, FILTERED): "of the housing sales only those of one ward are left.",
    (SALES, WHOLE_AGAIN): "the housing sales of all wards are back.",
    (PRICES, VANISHED): "the price list has vanished from the portal.",
    (BUDGET, BUDGET_2025): "the new budget has {northbank} for the Northbank Branch, to keep its pipes"
    " from freezing. The year before it had {before}.",
    (DOORS, DOORS_ON_PORTAL): "the library's door counts are on its portal now. Somebody at the desk"
    " has saved them month by month for two years; that folder is taken in, too.",
    (DOORS, ERASED): "the closed branch leaves the door counts with all its past: {erased} months, as"
    " if nobody had ever gone in.",
    (BRANCHES, ERASED): "the Northbank Branch is off the map.",
    (RESTAURANTS, ENDED): "the restaurant inspections are gone from the county's portal, for good,"
    " as its server says. What the library kept stays.",
    (PRICES, RETURNED): "the price list is back after twelve weeks, with new OBJECTIDs and with"
    f" {_REVISED} for 2023, as if it had never been another.",
    (BRANCHES, NEW_HOURS): "the Main Library opens for 62 hours a week in place of 58.",
    (PRICES, PRICES_2025): f"the prices for 2025 are out; replacing one panel costs {_panel(2025)}.",
}  # fmt: skip
"""Sentences by file and day; what stands in braces is counted in the files of that day."""

ALOUD: frozenset[tuple[str, date]] = frozenset({
    (REQUESTS, ERROR_PAGE), (PERMITS, RENAMED), (SALES, ZONES_CHANGED), (PERMITS, HOMES_FROM),
    (REQUESTS, STORM_FILE), (BRANCHES, REPAIRS), (INSPECTIONS, SHRUNK), (PRICES, REVISED),
    (DOORS, DOORS_ON_PORTAL), (SALES, FILTERED), (BUDGET, BUDGET_2025), (DOORS, ERASED),
    (RESTAURANTS, ENDED),
})  # fmt: skip
"""What is told aloud, so that the story can be read in one sitting."""

Rows = Sequence[Mapping[str, str]]


def _trees(new: Rows, _: Rows) -> Mapping[str, str]:
    since = [row for row in new if row["Opened"] >= STORM.isoformat()]
    return {"trees": str(sum(row["Category"] == "Fallen tree or limb" for row in since))}


def _zoned(new: Rows, old: Rows) -> Mapping[str, str]:
    before = {row["Instrument Number"]: row["Zone"] for row in old}
    return {"zoned": str(sum(row["Zone"] != before[row["Instrument Number"]] for row in new))}


def _homes(new: Rows, _: Rows) -> Mapping[str, str]:
    since = [row for row in new if row["Issued"] >= REZONED.isoformat()]
    counts = {True: 0, False: 0}
    for row in since:
        counts[row["Neighborhood"] == AREA] += int(row["Homes Added"])
    return {"homes": str(counts[True]), "elsewhere": str(counts[False])}


def _amended(new: Rows, _: Rows) -> Mapping[str, str]:
    added = sum(int(row["Amended Budget"]) - int(row["Adopted Budget"]) for row in new)
    return {"amended": f"${added:,}"}


def _northbank(new: Rows, _: Rows) -> Mapping[str, str]:
    def adopted(year: str) -> str:
        own = [row for row in new if row["Division"] == "Northbank Branch"]
        return f"${sum(int(row['Adopted Budget']) for row in own if row['Fiscal Year'] == year):,}"

    return {"northbank": adopted("2025"), "before": adopted("2024")}


def _erased(new: Rows, old: Rows) -> Mapping[str, str]:
    gone = {row["Branch"] for row in old} - {row["Branch"] for row in new}
    return {"erased": str(sum(row["Branch"] in gone for row in old))}


COUNTED: Mapping[tuple[str, date], Callable[[Rows, Rows], Mapping[str, str]]] = {
    (REQUESTS, STORM_FILE): _trees, (SALES, ZONES_CHANGED): _zoned, (PERMITS, HOMES_FROM): _homes,
    (BUDGET, AFTER_STORM): _amended, (BUDGET, BUDGET_2025): _northbank, (DOORS, ERASED): _erased,
}  # fmt: skip
"""The figures of a sentence from the rows of its file and of the one before it."""
