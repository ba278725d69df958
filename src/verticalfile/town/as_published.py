"""Each file as its publisher prints it on a day, with the faults that publishers make.

What happened comes from `files`; here columns are renamed, split and left out, values spelled
anew, rows turned round, encodings changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from verticalfile.town import printing
from verticalfile.town.days import (
    BOM_FROM,
    BRANCHES,
    BUDGET,
    BUDGET_2024,
    CAPITALS_AGAIN,
    DOORS,
    FILTERED,
    HOMES_FROM,
    IDS_FROM,
    INSPECTIONS,
    LATE_ITEMS,
    MORE_DIGITS,
    PERMITS,
    PRICES,
    RENAMED,
    RENUMBERED,
    REORDERED,
    REQUESTS,
    RESTAURANTS,
    RETURNED,
    REVISED,
    SALES,
    SMALL_LETTERS,
    SPELLED,
    SPLIT,
    TIMES_DROPPED,
    UTF8_AGAIN,
    WHOLE_AGAIN,
    WINDOWS_FROM,
)  # fmt: skip
from verticalfile.town.files import (
    budget,
    inspections,
    library,
    permits,
    prices,
    requests,
    restaurants,
    sales,
)

Printer = Callable[[date, date], bytes]
"""From the day that the rows are of, and the day on which the file is printed: mostly the same."""
Rows = Sequence[Mapping[str, str]]

FILTERED_TO = ("Courthouse Hill", "Old Depot")
"""The one ward that a forgotten filter left in the sales."""


def printers(seed: int) -> Mapping[str, Printer]:
    """A printer for each file of `days.FILES`; takes a quarter of a second."""
    permitted = permits.all_permits(seed)
    return {
        REQUESTS: _requests(requests.all_requests(seed)),
        PERMITS: _permits(permitted),
        PRICES: _prices(prices.all_prices(seed)),
        INSPECTIONS: _inspections(inspections.all_inspections(seed, permitted)),
        SALES: _sales(sales.all_sales(seed, permitted)),
        RESTAURANTS: _restaurants(restaurants.all_inspections(seed)),
        BRANCHES: _branches,
        DOORS: _door_counts(library.door_counts(seed)),
        BUDGET: _budget(budget.all_lines(seed)),
    }


def _requests(everything: Sequence[requests.Request]) -> Printer:
    """Oldest first, later newest first; written at three in the night, town time."""

    def printed(of: date, day: date) -> bytes:
        rows = requests.rows_on(everything, datetime.combine(of, time(3)))
        if day >= REORDERED:
            rows.reverse()
        return printing.as_csv(requests.COLUMNS, rows).encode()

    return printed


def _permits(everything: Sequence[permits.Permit]) -> Printer:
    """With changes of names, columns, letters and encodings."""

    def printed(of: date, day: date) -> bytes:
        rows: Rows = permits.rows_on(everything, of - timedelta(days=1))
        if SMALL_LETTERS <= day < CAPITALS_AGAIN:
            rows = [{**row, "Permit Number": row["Permit Number"].lower()} for row in rows]
        columns = permits.COLUMNS if day >= HOMES_FROM else permits.COLUMNS[:-1]
        text = printing.as_csv(columns, rows)
        if day >= RENAMED:
            text = printing.renamed_column(text, "Work Type", "Permit Type")
        if BOM_FROM <= day < WINDOWS_FROM:
            return printing.BOM + text.encode()
        return text.encode("cp1252" if WINDOWS_FROM <= day < UTF8_AGAIN else "utf-8")

    return printed


def _prices(everything: Sequence[prices.Price]) -> Printer:
    """OBJECTIDs begin anew whenever the list is loaded anew."""

    def printed(of: date, day: date) -> bytes:
        first = 1 if day < RENUMBERED else 1001 if day < RETURNED else 4407
        rows = prices.rows_on(
            everything, of, numbered_from=first, late_from=LATE_ITEMS, revised_from=REVISED
        )
        return printing.as_csv(prices.COLUMNS, rows).encode()

    return printed


def _inspections(everything: Sequence[inspections.Inspection]) -> Printer:
    """The ids come late; results are shouted until somebody turns them into words."""

    def printed(of: date, day: date) -> bytes:
        rows: Rows = inspections.rows_on(everything, of)
        if day >= SPELLED:
            rows = [{**row, "Result": row["Result"].capitalize()} for row in rows]
        columns = inspections.COLUMNS if day >= IDS_FROM else inspections.COLUMNS[1:]
        return printing.as_csv(columns, rows).encode()

    return printed


def _sales(everything: Sequence[sales.Sale]) -> Printer:
    """Packed with gzip; the address and its neighborhood stood in one column at first."""

    def printed(of: date, day: date) -> bytes:
        rows: Rows = sales.rows_on(everything, of, zones_on=day)
        if FILTERED <= day < WHOLE_AGAIN:
            rows = [row for row in rows if row["Neighborhood"] in FILTERED_TO]
        if day >= SPLIT:
            return printing.as_gzip(printing.as_csv(sales.COLUMNS, rows).encode())
        joined = [
            {**row, "Location": f"{row['Street Address']}, {row['Neighborhood']}"} for row in rows
        ]
        at = sales.COLUMNS.index("Street Address")
        columns = (*sales.COLUMNS[:at], "Location", *sales.COLUMNS[at + 2 :])
        return printing.as_gzip(printing.as_csv(columns, joined).encode())

    return printed


def _restaurants(everything: Sequence[restaurants.Inspection]) -> Printer:
    """Dates carry a time of midnight until the portal gets other software."""

    def printed(of: date, day: date) -> bytes:
        rows = restaurants.rows_on(everything, of)
        if day < TIMES_DROPPED:
            rows = [{**row, "inspected_on": f"{row['inspected_on']}T00:00:00.000"} for row in rows]
        return printing.as_json(rows)

    return printed


def _branches(of: date, day: date) -> bytes:
    features = [
        printing.Feature(branch.id, branch.lon, branch.lat, told)
        for branch, told in library.branches_on(of)
    ]
    return printing.as_geojson(features, digits=7 if day >= MORE_DIGITS else 5)


def _door_counts(everything: Rows) -> Printer:
    return lambda of, _: printing.as_csv(library.COLUMNS, library.rows_on(everything, of)).encode()


def _budget(everything: Sequence[budget.Line]) -> Printer:
    def printed(of: date, day: date) -> bytes:
        columns = budget.COLUMNS if day >= BUDGET_2024 else budget.OLD_COLUMNS
        return printing.as_csv(columns, budget.rows_on(everything, of)).encode()

    return printed
