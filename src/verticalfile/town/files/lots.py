"""The lots of Alder Falls: parcel number, class, year built, size; and what a home is worth when.

Everything about a lot follows from its address, so that each file tells the same of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from verticalfile.town.files.rezoning import AREA, HEARING
from verticalfile.town.streets import NEIGHBORHOODS, STREETS, Street, dice

ONE_FAMILY, TWO_FAMILY, THREE_FAMILY, VACANT = "210", "220", "230", "311"
"""Property classes as assessors number them: residence of one, two, three families; vacant lot."""


@dataclass(frozen=True, slots=True)
class _Homes:
    """What homes of a neighborhood are like: middle price in 2021, years of building, size."""

    price_usd: int
    built: tuple[int, int]
    area_sqft: int
    two_family_share: float


_HOMES: Mapping[str, _Homes] = {
    "Mill District": _Homes(148_000, (1878, 1926), 1280, 0.3),
    "Falls Landing": _Homes(189_000, (1922, 1988), 1390, 0.12),
    "Courthouse Hill": _Homes(214_000, (1868, 1931), 1810, 0.2),
    "Old Depot": _Homes(117_000, (1886, 1929), 1190, 0.22),
    "Sawyer Flats": _Homes(152_000, (1902, 1958), 1270, 0.18),
    "Northbank": _Homes(171_000, (1947, 1979), 1330, 0.06),
    "College Hill": _Homes(246_000, (1899, 1956), 1720, 0.14),
    "Tamarack Heights": _Homes(288_000, (1957, 2006), 2010, 0.02),
    "Fairgrounds": _Homes(164_000, (1945, 1976), 1310, 0.05),
    "Cedar Bottom": _Homes(176_000, (1949, 1996), 1440, 0.04),
}
_LEVEL: Mapping[int, float] = {
    2019: 0.76, 2020: 0.83, 2021: 0.97, 2022: 1.11, 2023: 1.16, 2024: 1.21, 2025: 1.25,
}  # fmt: skip
"""What homes cost in January of a year, where 1 is the summer of 2021."""
_SPRING = (0.0, 0.0, 0.01, 0.02, 0.035, 0.04, 0.035, 0.025, 0.015, 0.005, 0.0, 0.0)
_DEPOT_RISE_DAYS = 560
_DEPOT_RISE = 0.42
"""What a home of the Old Depot gained in this time beside the rest of the town."""


@dataclass(frozen=True, slots=True)
class Lot:
    """A house and its ground."""

    address: str
    street: Street
    parcel: str
    property_class: str
    year_built: int
    area_sqft: int

    @property
    def taste(self) -> float:
        """How this house compares with others of its size: its condition, its garden."""
        return dice(0, f"taste {self.address}").lognormvariate(0, 0.11)


def lot_at(seed: int, address: str, street: Street) -> Lot:
    """The lot at a house number of a street, always the same."""
    die = dice(seed, f"lot {address}")
    number = int(address.split(" ", 1)[0])
    homes = _HOMES[street.neighborhood]
    two_family = die.random() < homes.two_family_share
    area = homes.area_sqft * die.lognormvariate(0, 0.2) * (1.5 if two_family else 1)
    return Lot(
        address,
        street,
        parcel_of(street, number),
        TWO_FAMILY if two_family else ONE_FAMILY,
        int(die.triangular(*homes.built)),
        round(area / 4) * 4,
    )


def parcel_of(street: Street, number: int) -> str:
    """A parcel number as the county writes it: ward and quarter, street, house."""
    quarter = NEIGHBORHOODS.index(street.neighborhood) + 1
    return f"{street.ward}{quarter:02}-{STREETS.index(street) + 1:03}-{number:04}"


def price_usd(lot: Lot, day: date) -> float:
    """What a lot would bring on a day, before a buyer and a seller have talked."""
    homes = _HOMES[lot.street.neighborhood]
    size = float((lot.area_sqft / homes.area_sqft) ** 0.65)
    return homes.price_usd * size * lot.taste * level_of(lot.street, day)


def level_of(street: Street, day: date) -> float:
    """How dear homes are on a day beside the summer of 2021; the Old Depot has its own story."""
    into = (day - date(day.year, 1, 1)).days / 365
    level = _LEVEL[day.year] * (1 - into) + _LEVEL[day.year + 1] * into
    level += _SPRING[day.month - 1]
    if street.neighborhood == AREA:
        since = max(0, (day - HEARING).days)
        level *= 1 + _DEPOT_RISE * min(1.0, since / _DEPOT_RISE_DAYS)
    return level
