"""Housing sales of Alder Falls, as the county's assessor publishes them: deed, lot, price.

No names of buyers or sellers. A sale stands in the file from the day on which its deed is recorded;
the zone is that of the day of the file, so a rezoning changes rows of the past.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from verticalfile.town.files.lots import (
    ONE_FAMILY,
    VACANT,
    Lot,
    level_of,
    lot_at,
    parcel_of,
    price_usd,
)
from verticalfile.town.files.permits import Permit
from verticalfile.town.files.rezoning import AREA, HEARING, zone_of
from verticalfile.town.streets import STREETS, Street, dice, house
from verticalfile.town.workdays import is_workday, next_workday

COLUMNS = (
    "Instrument Number", "Parcel ID", "Sale Date", "Recorded", "Street Address", "Neighborhood",
    "Class", "Year Built", "Living Area", "Zone", "Sale Price", "Sale Type",
)  # fmt: skip
BEGIN, END = date(2019, 1, 2), date(2024, 12, 31)
PER_WEEK = 2.1
"""Homes sold in a usual week."""
DEPOT_RUSH = 2.4
"""How much more often a home of the Old Depot is sold once the hearing was held."""
DEEDS_PER_SALE = (7, 15)
"""Deeds recorded from one sale of a home to the next: instrument numbers count them all."""
_BY_MONTH = (0.55, 0.55, 0.8, 1.0, 1.3, 1.5, 1.45, 1.35, 1.1, 1.0, 0.8, 0.6)
_HOMES = tuple(
    street for street in STREETS if street.name not in ("Main St", "Water St", "Freight Ave")
)
"""Stretches of street on which people live in houses of their own."""
_TYPES = ("Arm's length", "Family", "Estate", "Foreclosure")
_TYPE_WEIGHTS = (86, 7, 5, 2)


@dataclass(frozen=True, slots=True)
class Sale:
    """One deed. `mistyped_usd` is what the office typed at first, until `mended` (None: never)."""

    sold: date
    recorded: date
    lot: Lot
    usd: int
    kind: str
    mistyped_usd: int | None = None
    mended: date | None = None
    instrument: str = ""

    def on(self, day: date, *, zones_on: date) -> Mapping[str, str]:
        """The row as it stood on a day, under the zones of perhaps another."""
        wrong = self.mistyped_usd is not None and self.mended is not None and day < self.mended
        vacant = self.lot.property_class == VACANT
        return {
            "Instrument Number": self.instrument,
            "Parcel ID": self.lot.parcel,
            "Sale Date": self.sold.isoformat(),
            "Recorded": self.recorded.isoformat(),
            "Street Address": self.lot.address,
            "Neighborhood": self.lot.street.neighborhood,
            "Class": self.lot.property_class,
            "Year Built": "" if vacant else str(self.lot.year_built),
            "Living Area": "" if vacant else str(self.lot.area_sqft),
            "Zone": zone_of(self.lot.street, zones_on),
            "Sale Price": str(self.mistyped_usd if wrong else self.usd),
            "Sale Type": self.kind,
        }


def all_sales(seed: int, permits: Sequence[Permit]) -> Sequence[Sale]:
    """Every sale in order of recording, with the instrument numbers of the county."""
    die = dice(seed, "housing sales")
    found = [*_usual(die, seed), *_of_new_homes(dice(seed, "sales of new homes"), permits)]
    found.sort(key=lambda sale: (sale.recorded, sale.lot.address))
    numbered = []
    number, year = 0, 0
    for sale in found:
        if sale.recorded.year != year:
            number, year = 0, sale.recorded.year
        number += die.randint(*DEEDS_PER_SALE)
        numbered.append(replace(sale, instrument=f"{year}-{number:06}"))
    return numbered


def rows_on(sales: Sequence[Sale], day: date, *, zones_on: date) -> list[Mapping[str, str]]:
    """The file's rows on a day: all deeds recorded since 2019, oldest first."""
    return [sale.on(day, zones_on=zones_on) for sale in sales if sale.recorded < day]


def _usual(die: random.Random, seed: int) -> Iterator[Sale]:
    day = BEGIN
    while day <= END:
        rate = PER_WEEK / 5 * _BY_MONTH[day.month - 1]
        for _ in range(_count(die, rate) if is_workday(day) else 0):
            street = _street(die, day)
            lot = lot_at(seed, house(die, street), street)
            yield _sale(die, lot, day)
        day += timedelta(days=1)


def _street(die: random.Random, day: date) -> Street:
    """Homes are sold where homes are; in the Old Depot more often from the hearing on."""
    rush = DEPOT_RUSH if day >= HEARING else 1
    weights = [street.weight * (rush if street.neighborhood == AREA else 1) for street in _HOMES]
    return die.choices(_HOMES, weights=weights)[0]


def _count(die: random.Random, rate: float) -> int:
    return int(rate) + (die.random() < rate % 1) if die.random() < 0.9 else round(rate * 4)


def _sale(die: random.Random, lot: Lot, sold: date) -> Sale:
    kind = die.choices(_TYPES, weights=_TYPE_WEIGHTS)[0]
    usd = price_usd(lot, sold) * die.lognormvariate(0, 0.07)
    match kind:
        case "Family":
            price = die.choice((1, 1, 10))
        case "Estate" | "Foreclosure":
            price = _asked(usd * die.uniform(0.55, 0.85))
        case _:
            price = _asked(usd)
    recorded = next_workday(sold + timedelta(days=die.randint(2, 34)))
    if die.random() < 0.02 and price > 10:  # one nought too many, until somebody asks
        mended = recorded + timedelta(days=die.randint(20, 75))
        return Sale(sold, recorded, lot, price, kind, price * 10, mended)
    return Sale(sold, recorded, lot, price, kind)


def _asked(usd: float) -> int:
    """As people agree: to 500 dollars, often just below the ten thousand."""
    price = round(usd / 500) * 500
    return price - 100 if price % 10_000 == 0 else price


def _of_new_homes(die: random.Random, permits: Sequence[Permit]) -> Iterator[Sale]:
    """In the Old Depot a lot is bought before it is built on, and its homes are sold after."""
    for permit in permits:
        homes = int(permit.first["Homes Added"])
        if permit.first["Neighborhood"] != AREA or not homes or permit.issued < HEARING:
            continue
        address = permit.first["Street Address"]
        street = next(s for s in STREETS if s.neighborhood == AREA and address.endswith(s.name))
        if permit.kind.name == "New house" and die.random() < 0.6:
            bought = next_workday(permit.issued - timedelta(days=die.randint(45, 190)))
            lot = Lot(address, street, _parcel(street, address), VACANT, 0, 0)
            usd = _asked(die.uniform(38_000, 61_000) * level_of(street, bought))
            yield Sale(bought, next_workday(bought + timedelta(days=9)), lot, usd, _TYPES[0])
        final = next((day for day, change in permit.edits if "Finaled" in change), None)
        if final is None or permit.kind.name != "New house":
            continue  # not built, or let and not sold
        for unit in range(1, homes + 1):
            yield _new_home(die, address, street, final, f" Unit {unit}" if homes > 1 else "")


def _new_home(die: random.Random, address: str, street: Street, final: date, unit: str) -> Sale:
    area = die.randrange(860, 1420, 20)
    lot = Lot(address + unit, street, _parcel(street, address), ONE_FAMILY, final.year, area)
    sold = next_workday(final + timedelta(days=die.randint(10, 130)))
    usd = _asked(172 * area * min(1.25, level_of(street, min(sold, END)) / 1.5))
    return Sale(sold, next_workday(sold + timedelta(days=die.randint(2, 20))), lot, usd, _TYPES[0])


def _parcel(street: Street, address: str) -> str:
    return parcel_of(street, int(address.split(" ", 1)[0]))
