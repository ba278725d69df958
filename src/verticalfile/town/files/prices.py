"""What the town charges for work on sidewalks: one price per item and year, in dollars per unit.

The list of each new year is added below the older ones. The story hangs on one row: the price
of a replaced panel in 2023, which the town changed in 2024 without saying so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from verticalfile.town.streets import dice

COLUMNS = (
    "OBJECTID", "Item", "Work", "Unit", "Year", "Price per Unit", "Least Quantity", "Crew",
    "Valid From",
)  # fmt: skip
FIRST_YEAR = 2018
LAST_YEAR = 2025
HOOK_ITEM, HOOK_YEAR = "SW-204", 2023
HOOK_WORK = "Replace one panel, 4 inch"
HOOK_CENTS: Mapping[int, int] = {
    2018: 31_200, 2019: 32_100, 2020: 33_400, 2021: 34_600, 2022: 38_600, 2023: 41_200,
    2024: 48_900, 2025: 50_400,
}  # fmt: skip
"""Fixed and not thrown, so that the story can be told in numbers."""
HOOK_REVISED_CENTS = 46_800
LATE_ITEMS_FROM = 2023
"""The rubber panels came in the middle of this year."""
_RISE: Mapping[int, float] = {
    2019: 1.02, 2020: 1.03, 2021: 1.03, 2022: 1.08, 2023: 1.09, 2024: 1.05, 2025: 1.03,
}  # fmt: skip

_ITEMS: tuple[tuple[str, str, str, int, str, str], ...] = (
    ("SW-101", "Inspection on request", "visit", 3_500, "", "Town crew"),
    ("SW-102", "Second inspection after failed work", "visit", 6_000, "", "Town crew"),
    ("SW-103", "Permit for own contractor", "permit", 4_000, "", "Office"),
    ("SW-104", "Marking and barricades", "day", 8_500, "", "Town crew"),
    ("SW-201", "Grind a raised edge, up to 1 inch", "foot", 1_150, "4", "Town crew"),
    ("SW-202", "Grind a raised edge, over 1 inch", "foot", 1_680, "4", "Town crew"),
    ("SW-203", "Lift a panel with foam", "panel", 18_200, "2", "Contract"),
    ("SW-204", "Replace one panel, 4 inch", "panel", 31_200, "1", "Contract"),
    ("SW-205", "Replace one panel, 6 inch", "panel", 37_400, "1", "Contract"),
    ("SW-206", "Replace panels, 4 inch, five or more", "panel", 28_600, "5", "Contract"),
    ("SW-207", "Replace panels, 6 inch, five or more", "panel", 34_300, "5", "Contract"),
    ("SW-208", "Replace half a panel, saw cut", "panel", 20_900, "1", "Contract"),
    ("SW-209", "Patch a corner", "each", 7_400, "2", "Town crew"),
    ("SW-210", "Fill a joint", "foot", 310, "20", "Town crew"),
    ("SW-301", "Replace curb", "foot", 4_250, "10", "Contract"),
    ("SW-302", "Replace curb and gutter", "foot", 5_600, "10", "Contract"),
    ("SW-303", "Reset granite curb", "foot", 3_900, "8", "Contract"),
    ("SW-304", "Curb ramp with warning panel", "each", 148_000, "1", "Contract"),
    ("SW-305", "Warning panel on existing ramp", "each", 39_500, "1", "Contract"),
    ("SW-401", "Driveway apron, 6 inch", "square foot", 1_240, "80", "Contract"),
    ("SW-402", "Driveway apron, asphalt", "square foot", 690, "80", "Contract"),
    ("SW-403", "Drop a curb for a driveway", "foot", 6_150, "10", "Contract"),
    ("SW-404", "Close a driveway and raise the curb", "foot", 7_050, "10", "Contract"),
    ("SW-501", "Cut roots under a walk", "panel", 9_600, "1", "Town crew"),
    ("SW-502", "Root barrier, 24 inch", "foot", 1_530, "10", "Contract"),
    ("SW-503", "Remove a stump", "inch", 640, "12", "Town crew"),
    ("SW-504", "Plant a street tree", "tree", 27_500, "1", "Town crew"),
    ("SW-601", "Reset brick walk", "square foot", 1_370, "25", "Contract"),
    ("SW-602", "New brick walk on sand", "square foot", 2_080, "25", "Contract"),
    ("SW-603", "Reset bluestone", "square foot", 2_260, "16", "Contract"),
    ("SW-604", "New bluestone", "square foot", 3_940, "16", "Contract"),
    ("SW-605", "Asphalt walk, 2 inch", "square foot", 480, "100", "Contract"),
    ("SW-606", "Asphalt walk, temporary", "square foot", 330, "50", "Town crew"),
    ("SW-701", "Adjust a valve box", "each", 12_500, "1", "Town crew"),
    ("SW-702", "Adjust a manhole frame", "each", 46_000, "1", "Contract"),
    ("SW-703", "Roof drain under a walk", "each", 26_500, "1", "Contract"),
    ("SW-704", "Handrail, two lines", "foot", 9_800, "6", "Contract"),
    ("SW-705", "Steps, rebuild", "riser", 24_000, "2", "Contract"),
    ("SW-801", "Topsoil and seed", "square yard", 1_120, "10", "Town crew"),
    ("SW-802", "Haul away rubble", "cubic yard", 5_800, "1", "Town crew"),
)  # fmt: skip
_LATE_ITEMS = (
    ("SW-611", "Rubber panel over roots", "panel", 33_000, "2", "Contract"),
    ("SW-612", "Porous panel over roots", "panel", 41_500, "2", "Contract"),
)


@dataclass(frozen=True, slots=True)
class Price:
    """One line of the list; `cents` is the price of one unit."""

    item: str
    work: str
    unit: str
    year: int
    cents: int
    least: str
    crew: str


def all_prices(seed: int) -> Sequence[Price]:
    """Every line of every year, oldest year first, as first published."""
    die = dice(seed, "sidewalk prices")
    lines: list[Price] = []
    cents = {item: start for item, _, _, start, _, _ in _ITEMS + _LATE_ITEMS}
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        for item, work, unit, _, least, crew in _ITEMS + _LATE_ITEMS:
            rise = _RISE.get(year, 1.0) * die.uniform(0.985, 1.02)
            if year > FIRST_YEAR and die.random() < 0.85:  # some prices stay for a year
                cents[item] = _rounded(cents[item] * rise)
            late = any(item == name for name, *_ in _LATE_ITEMS)
            if late and year < LATE_ITEMS_FROM:
                continue
            price = HOOK_CENTS[year] if item == HOOK_ITEM else cents[item]
            lines.append(Price(item, work, unit, year, price, least, crew))
    return lines


def rows_on(
    prices: Sequence[Price], day: date, *, numbered_from: int, late_from: date, revised_from: date
) -> list[Mapping[str, str]]:
    """The list as printed on a day; a year's list is out on the last day of the year before.

    `late_from` is when the late items came, `revised_from` when the past price was changed.
    """
    shown = [
        price
        for price in prices
        if date(price.year - 1, 12, 31) <= day and (not _is_late(price) or day >= late_from)
    ]
    rows: list[Mapping[str, str]] = []
    for number, price in enumerate(shown, numbered_from):
        hook = (price.item, price.year) == (HOOK_ITEM, HOOK_YEAR)
        cents = HOOK_REVISED_CENTS if hook and day >= revised_from else price.cents
        from_day = late_from if _is_late(price) and price.year == late_from.year else None
        rows.append({
            "OBJECTID": str(number),
            "Item": price.item,
            "Work": price.work,
            "Unit": price.unit,
            "Year": str(price.year),
            "Price per Unit": dollars(cents),
            "Least Quantity": price.least,
            "Crew": price.crew,
            "Valid From": (from_day or date(price.year, 1, 1)).isoformat(),
        })  # fmt: skip
    return rows


def dollars(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def _is_late(price: Price) -> bool:
    return any(price.item == name for name, *_ in _LATE_ITEMS)


def _rounded(cents: float) -> int:
    """As a council sets prices: to 5 cents, to half dollars from 20 dollars, to dollars from 100."""
    step = 5 if cents < 2_000 else 50 if cents < 10_000 else 100
    return round(cents / step) * step
