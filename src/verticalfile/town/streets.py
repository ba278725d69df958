"""Where things are in Alder Falls: neighborhoods, streets, house numbers, crossings. All made up."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

TOWN = "Alder Falls"
COUNTY = "Tamarack County"


@dataclass(frozen=True, slots=True)
class Street:
    """A stretch of a street inside one neighborhood, with the house numbers that exist there."""

    name: str
    neighborhood: str
    ward: int
    first: int
    last: int
    weight: float  # how much happens here: through streets more than lanes


_QUARTERS: tuple[tuple[str, int, tuple[tuple[str, int, int, float], ...]], ...] = (
    ("Mill District", 1, (
        ("Mill St", 100, 498, 3), ("Flume St", 12, 118, 1), ("Turbine Ln", 1, 39, 0.5),
        ("Water St", 200, 588, 2.5), ("Main St", 1, 199, 3), ("Dye House Rd", 10, 96, 0.7))),
    ("Falls Landing", 1, (
        ("Landing Rd", 20, 340, 1.6), ("Ferry St", 1, 88, 1), ("Towpath Ln", 2, 44, 0.4),
        ("Water St", 600, 988, 1.5))),
    ("Courthouse Hill", 2, (
        ("Main St", 200, 598, 4), ("Court St", 1, 178, 2), ("Church St", 10, 232, 2),
        ("Alder Ave", 100, 398, 3), ("Library Pl", 1, 19, 0.3), ("2nd St", 100, 398, 1.5))),
    ("Old Depot", 2, (
        ("Depot St", 1, 246, 2), ("Roundhouse Rd", 15, 185, 1), ("2nd St", 400, 698, 1.5),
        ("3rd St", 400, 688, 1.5), ("Freight Ave", 200, 466, 1.2))),
    ("Sawyer Flats", 3, (
        ("Sawyer Ave", 700, 1398, 3), ("Planer St", 10, 210, 1.2), ("Shingle Ct", 1, 27, 0.4),
        ("Cant Hook Rd", 5, 161, 0.8), ("3rd St", 700, 1098, 1.6), ("Lath St", 100, 312, 1))),
    ("Northbank", 3, (
        ("Bridge St", 300, 788, 2.5), ("Heron Dr", 1, 144, 1.2), ("Kingfisher Ln", 2, 76, 0.8),
        ("North River Rd", 1200, 2398, 2), ("Willow Bend", 3, 91, 0.8))),
    ("College Hill", 4, (
        ("College Ave", 100, 898, 3), ("Observatory Rd", 40, 288, 1.2), ("Elm St", 400, 798, 2),
        ("Alder Ave", 400, 898, 2.5), ("Bell Tower Ln", 1, 33, 0.3), ("Quarry St", 10, 260, 1.2))),
    ("Tamarack Heights", 4, (
        ("Tamarack Dr", 1000, 1898, 2.2), ("Larch Cir", 1, 62, 0.8), ("Summit Ave", 1500, 1998, 1.6),
        ("Bog Spruce Way", 2, 118, 0.9), ("Needle Ct", 1, 24, 0.4))),
    ("Fairgrounds", 5, (
        ("Fairground Rd", 1, 488, 2), ("Grange Ave", 200, 698, 1.8), ("Clover St", 10, 188, 1),
        ("County Road 9", 3400, 4298, 1.4), ("Orchard St", 100, 366, 1.2))),
    ("Cedar Bottom", 5, (
        ("Cedar St", 900, 1398, 2.2), ("Creek Rd", 10, 398, 1.6), ("Sugar Bush Ln", 1, 88, 0.8),
        ("Elm St", 800, 1198, 1.6), ("Ox Bow Rd", 20, 244, 0.9))),
)  # fmt: skip

STREETS: tuple[Street, ...] = tuple(
    Street(name, quarter, ward, first, last, weight)
    for quarter, ward, streets in _QUARTERS
    for name, first, last, weight in streets
)
NEIGHBORHOODS: tuple[str, ...] = tuple(quarter for quarter, _, _ in _QUARTERS)
SHOP_STREETS: tuple[Street, ...] = tuple(street for street in STREETS if street.weight >= 2)
PARKS: tuple[Street, ...] = tuple(
    Street(name, quarter, ward, 0, 0, weight)
    for name, quarter, ward, weight in (
        ("Millpond Park", "Mill District", 1, 3), ("Falls Overlook", "Falls Landing", 1, 2),
        ("Courthouse Green", "Courthouse Hill", 2, 2), ("Boom Island Ball Fields", "Northbank", 3, 3),
        ("Planer Street Playground", "Sawyer Flats", 3, 2), ("Quarry Pond", "College Hill", 4, 1),
        ("Summit Park", "Tamarack Heights", 4, 1), ("Fairground Grove", "Fairgrounds", 5, 2),
    )
)  # fmt: skip
"""Parks have no house numbers: their name is the address."""

NORTHBANK_ADDRESS = "412 Bridge St"
"""Where the branch library stands that the storm unroofed."""


def dice(seed: int, what: str) -> random.Random:
    """The town's own dice, one for each subject: a change in one table leaves the others alone."""
    return random.Random(f"{seed} {what}")  # noqa: S311  a made-up town needs no secrecy, only repetition


def any_of(die: random.Random, places: Sequence[Street]) -> Street:
    return die.choices(places, weights=[place.weight for place in places])[0]


def house(die: random.Random, street: Street) -> str:
    """A house on this street, such as `418 Mill St`."""
    return f"{die.randint(street.first, street.last)} {street.name}"


def shop(seed: int, name: str) -> tuple[str, Street]:
    """Where a shop of this name is, in every file: its own dice give the same house each time."""
    die = dice(seed, name)
    street = any_of(die, SHOP_STREETS)
    return house(die, street), street


def crossing(die: random.Random, street: Street) -> str:
    """A corner of this street with another one of the same neighborhood."""
    others = [s.name for s in STREETS if s.neighborhood == street.neighborhood]
    return f"{street.name} & {die.choice([name for name in others if name != street.name])}"
