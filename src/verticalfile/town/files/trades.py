"""The kinds of building permits: season, value, who does the work, how it is described.

All firms are invented; some have letters that only survive the right encoding.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of permit. `value_usd` is the middle value in 2020, `spread` the sigma of its log."""

    name: str
    by_month: tuple[float, ...]  # relative frequency, January first
    value_usd: int
    spread: float
    days: int  # from issue to the final inspection, usually
    owner_share: float  # share done by the owner, 0 to 1
    firms: tuple[str, ...]
    texts: Mapping[str, float]  # what is written, and its share of the kind's middle value


_ROOFERS = ("Núñez & Daughters Roofing", "High Line Roofing", "Tamarack Roof & Gutter",
            "Ridge Brothers Exteriors")  # fmt: skip
_BUILDERS = ("Björklund Timber Frame", "Ox Bow Builders", "Second Story Carpentry",
             "Falls View Homes", "Château Row Builders", "Plumb Line Construction")  # fmt: skip
_ELECTRIC = ("Peña Electric", "Bright Creek Electric", "Depot Street Electric", "Voltage & Sons")
_PLUMBERS = ("Clearwater Plumbing & Heating", "Côté Plumbing", "Penstock Mechanical",
             "Grange Heating & Cooling")  # fmt: skip
_MASONS = ("Sørensen Masonry", "Quarry Street Stone", "Level Best Concrete")
_SIGNS = ("Lantern Sign Works", "Tri-County Awning & Sign")
_SOLAR = ("Sunny Side Solar Cooperative", "Northbank Energy")
_WRECKERS = ("Cedar Bottom Excavating", "Flats Hauling & Demolition")

_YARD = (0.2, 0.3, 1.2, 2.6, 3.4, 3.4, 2.8, 2.6, 2.2, 1.4, 0.6, 0.2)
_ROOF = (0.3, 0.3, 1, 2.2, 3, 3.4, 3, 3, 3.2, 2.6, 1.2, 0.4)
_INSIDE = (2.2, 2.2, 2.4, 2.2, 2, 1.8, 1.6, 1.8, 2, 2.2, 2.2, 1.6)

KINDS: tuple[Kind, ...] = (
    Kind("Roof", _ROOF, 11_500, 0.25, 35, 0.06, _ROOFERS, {
        "Tear off and re-roof, {squares} squares of asphalt shingle": 1,
        "Re-roof house, {squares} squares": 1,
        "Replace flat roof over rear addition – EPDM": 0.6,
        "Standing seam metal roof, {squares} squares": 1.9,
        "Re-roof house and garage": 1.3,
        "Re-roof garage only": 0.35,
        "Replace slate on front slope": 1.7,
        "Repair storm damage, replace decking and shingles": 0.8,
    }),
    Kind("Electrical", _INSIDE, 3_000, 0.3, 40, 0.12, _ELECTRIC, {
        "Service upgrade to {amps} amps": 1.2,
        "Rewire {room}": 1.1,
        "Rewire house, knob and tube removed": 4.5,
        "Install 50 amp circuit for car charger": 0.5,
        "Replace panel, {amps} amps": 0.9,
        "Generator with transfer switch": 3.2,
        "Wire detached garage": 0.8,
        "Circuit and disconnect for hot tub": 0.6,
    }),
    Kind("Plumbing", _INSIDE, 4_000, 0.3, 45, 0.1, _PLUMBERS, {
        "Replace water heater, {gallons} gallons": 0.5,
        "Rough in plumbing for {wet_room}": 1.2,
        "Replace lead service line to the curb stop": 1.4,
        "Sewer lateral replacement, {feet} feet": 2.3,
        "New bathroom on second floor": 2,
        "Backflow preventer for lawn irrigation": 0.25,
        "Gas line for range and dryer": 0.3,
    }),
    Kind("Heating and cooling", _INSIDE, 8_000, 0.2, 30, 0.02, _PLUMBERS, {
        "Replace furnace": 0.75,
        "Install heat pump, {few} indoor heads": 1.5,
        "Replace boiler, two-family house": 1.4,
        "Add central air to existing ducts": 0.8,
        "Replace rooftop unit, {tenant}": 1.9,
        "Wood stove with new flue": 0.6,
    }),
    Kind("Residential remodel", _INSIDE, 30_000, 0.4, 110, 0.18, _BUILDERS, {
        "Remodel {wet_room}": 0.8,
        "Remodel kitchen – remove one bearing wall": 1.4,
        "Finish basement with egress window": 0.9,
        "Convert porch to {room}": 0.8,
        "Second floor dormer and bath": 2.4,
        "Repair fire damage, {room}": 1.6,
        "Replace {windows} windows, new headers": 0.6,
        "Accessible bathroom on first floor": 0.7,
        "Rear addition, {feet} x 16 feet": 3,
    }),
    Kind("Deck or porch", _YARD, 9_400, 0.3, 70, 0.34, _BUILDERS, {
        "Deck {deck} x 12 feet with stairs": 1,
        "Rebuild front porch as it was": 1.6,
        "Replace porch floor and railing": 0.6,
        "Screened porch on existing deck": 1.3,
        "Accessible ramp to front door": 0.7,
        "Replace rear stairs, three stories": 1.4,
    }),
    Kind("Fence", _YARD, 4_300, 0.3, 40, 0.45, ("Good Neighbor Fence", "Creek Road Fence & Gate"), {
        "Wood fence, 6 feet high, {fence} feet long": 1,
        "Chain link fence, 4 feet high": 0.6,
        "Replace fence along the alley": 0.8,
        "Fence around pool with self-closing gate": 1.3,
    }),
    Kind("Garage or shed", _YARD, 16_000, 0.3, 95, 0.38, _BUILDERS, {
        "Shed {deck} x 10 feet": 0.3,
        "Detached garage, two cars": 2.4,
        "Detached garage, one car": 1.5,
        "Carport on existing slab": 0.4,
        "Move existing shed to meet setback": 0.1,
    }),
    Kind("Concrete and masonry", _YARD, 6_800, 0.3, 50, 0.08, _MASONS, {
        "Rebuild chimney above the roof line": 0.8,
        "Replace foundation wall, {side} side": 3,
        "New driveway apron and sidewalk panels": 0.7,
        "Retaining wall, {few} feet high": 1.1,
        "Repoint front wall": 1.3,
    }),
    Kind("New house", (0.2, 0.3, 0.8, 1.1, 1.2, 1, 0.9, 0.8, 0.7, 0.6, 0.3, 0.2), 268_000, 0.2, 260,
         0.05, _BUILDERS, {
        "Single family house, {area} square feet with garage": 1.1,
        "Two-family house, side by side": 1.5,
        "Single family house on vacant lot": 0.9,
        "Accessory dwelling above garage": 0.45,
    }),
    Kind("Commercial alteration", _INSIDE, 46_000, 0.5, 130, 0.0, _BUILDERS, {
        "Tenant fit-up for {tenant}": 1.2,
        "New storefront for {tenant}": 0.7,
        "Kitchen hood and fire suppression, {eatery}": 0.6,
        "Interior partitions, second floor offices": 0.5,
        "Convert mill floor to {few} apartments": 9,
        "Accessible entrance and restroom, {tenant}": 0.6,
    }),
    Kind("Sign", _INSIDE, 2_100, 0.3, 25, 0.05, _SIGNS, {
        "Projecting sign, {tenant}": 0.8,
        "Wall sign with lighting, {tenant}": 1.5,
        "Replace awning, {tenant}": 1.1,
    }),
    Kind("Solar panels", _ROOF, 19_500, 0.2, 65, 0.0, _SOLAR, {
        "Roof mounted solar, {windows} panels": 1,
        "Ground mounted solar, {windows} panels": 1.2,
        "Solar with battery in basement": 1.7,
    }),
    Kind("Demolition", _YARD, 12_000, 0.3, 45, 0.04, _WRECKERS, {
        "Take down garage": 0.5,
        "Take down vacant house after fire": 1.6,
        "Interior demolition only": 0.7,
        "Remove in-ground pool and fill": 0.6,
    }),
)  # fmt: skip

_OFTEN: Mapping[str, float] = {
    "Roof": 1.7, "Electrical": 1.5, "Plumbing": 1.2, "New house": 0.9, "Sign": 0.4,
    "Demolition": 0.35, "Solar panels": 0.6, "Commercial alteration": 0.5, "Garage or shed": 0.6,
    "Concrete and masonry": 0.6,
}  # fmt: skip
"""How often a kind is asked for beside the others; 1 where it does not stand here."""

_HOMES: Mapping[str, int] = {
    "Single family house, {area} square feet with garage": 1, "Two-family house, side by side": 2,
    "Single family house on vacant lot": 1, "Accessory dwelling above garage": 1,
}  # fmt: skip

EATERIES = (
    "Café Lumière", "The Copper Kettle", "Bánh Mì Corner", "Old Depot Diner", "Jitterbug Coffee",
    "Kölsch & Alder Brewing", "Crumb & Crust Bakery", "Trattoria Più",
)  # fmt: skip
_FILLINGS: Mapping[str, tuple[str, ...]] = {
    "squares": ("14", "16", "18", "21", "22", "24", "27", "31"),
    "amps": ("100", "150", "200", "200", "200", "400"),
    "room": ("basement", "attic bedroom", "mud room", "family room", "home office"),
    "wet_room": ("kitchen", "bathroom", "laundry room", "two bathrooms", "basement bath"),
    "gallons": ("40", "50", "50", "75"),
    "feet": ("14", "16", "20", "24", "32"),
    "fence": ("40", "60", "85", "110", "140"),
    "deck": ("10", "12", "14", "16", "20"),
    "few": ("2", "3", "4", "5"),
    "area": ("1,150", "1,280", "1,440", "1,620", "1,900", "2,250"),
    "windows": ("8", "12", "14", "16", "18", "22", "24"),
    "side": ("north", "south", "east", "west"),
    "eatery": EATERIES,
    "tenant": (*EATERIES, "Millrace Books", "Falls Credit Union", "Piñata Party Supply",
               "Tamarack Physical Therapy", "Sawyer Hardware", "Threadbare Vintage",
               "Little Sprouts Day Care", "Alder Falls Bicycle", "Depot Street Dental",
               "Second Chance Thrift"),
}  # fmt: skip


def kind_weights(month: int) -> list[float]:
    """How often each of KINDS is asked for in a month, 1 to 12."""
    return [kind.by_month[month - 1] * _OFTEN.get(kind.name, 1.0) for kind in KINDS]


@dataclass(frozen=True, slots=True)
class Described:
    """One line of an application, its share of the kind's middle value, and whose shop it is for."""

    text: str
    share: float
    tenant: str  # "" where no shop is named
    homes: int = 0  # how many homes it adds


def _homes(pattern: str, text: str) -> int:
    if pattern in _HOMES:
        return _HOMES[pattern]
    found = re.search(r"to (\d+) apartments", text)
    return int(found[1]) if found else 0


def described(die: random.Random, kind: Kind) -> Described:
    pattern, share = die.choice(list(kind.texts.items()))
    text = re.sub(r"\{(\w+)\}", lambda blank: die.choice(_FILLINGS[blank[1]]), pattern)
    tenant = next((name for name in _FILLINGS["tenant"] if name in text), "")
    return Described(text, share, tenant, _homes(pattern, text))
