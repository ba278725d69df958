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
    texts: tuple[str, ...]


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
    Kind("Roof", _ROOF, 11_500, 0.4, 35, 0.06, _ROOFERS, (
        "Tear off and re-roof, {squares} squares of asphalt shingle",
        "Re-roof house, {squares} squares",
        "Replace flat roof over rear addition – EPDM",
        "Standing seam metal roof, {squares} squares",
        "Re-roof house and garage",
    )),
    Kind("Electrical", _INSIDE, 3_200, 0.7, 40, 0.12, _ELECTRIC, (
        "Service upgrade to {amps} amps",
        "Rewire {room}",
        "Install 50 amp circuit for car charger",
        "Replace panel, {amps} amps",
        "Generator with transfer switch",
        "Wire detached garage",
    )),
    Kind("Plumbing", _INSIDE, 4_100, 0.6, 45, 0.1, _PLUMBERS, (
        "Replace water heater, {gallons} gallons",
        "Rough in plumbing for {room}",
        "Replace lead service line to the curb stop",
        "Sewer lateral replacement, {feet} feet",
        "New bathroom on second floor",
    )),
    Kind("Heating and cooling", _INSIDE, 8_200, 0.5, 30, 0.02, _PLUMBERS, (
        "Replace furnace",
        "Install heat pump, {heads} indoor heads",
        "Replace boiler, two-family house",
        "Add central air to existing ducts",
    )),
    Kind("Residential remodel", _INSIDE, 27_000, 0.8, 110, 0.22, _BUILDERS, (
        "Remodel {room}",
        "Remodel kitchen – remove one bearing wall",
        "Finish basement with egress window",
        "Convert porch to {room}",
        "Second floor dormer and bath",
        "Repair fire damage, {room}",
        "Replace {windows} windows, new headers",
    )),
    Kind("Deck or porch", _YARD, 9_400, 0.6, 70, 0.34, _BUILDERS, (
        "Deck {feet} x 12 feet with stairs",
        "Rebuild front porch as it was",
        "Replace porch floor and railing",
        "Screened porch on existing deck",
        "Accessible ramp to front door",
    )),
    Kind("Fence", _YARD, 4_300, 0.5, 40, 0.45, ("Good Neighbor Fence", "Creek Road Fence & Gate"), (
        "Wood fence, 6 feet high, {feet} feet long",
        "Chain link fence, 4 feet high",
        "Replace fence along the alley",
    )),
    Kind("Garage or shed", _YARD, 16_000, 0.8, 95, 0.38, _BUILDERS, (
        "Shed {heads}0 x 12 feet",
        "Detached garage, two cars",
        "Carport on existing slab",
        "Move existing shed to meet setback",
    )),
    Kind("Concrete and masonry", _YARD, 6_800, 0.6, 50, 0.08, _MASONS, (
        "Rebuild chimney above the roof line",
        "Replace foundation wall, {side} side",
        "New driveway apron and sidewalk panels",
        "Retaining wall, {heads} feet high",
    )),
    Kind("New house", (0.2, 0.3, 0.8, 1.1, 1.2, 1, 0.9, 0.8, 0.7, 0.6, 0.3, 0.2), 268_000, 0.35, 260,
         0.07, _BUILDERS, (
        "Single family house, {windows}00 square feet with garage",
        "Two-family house, side by side",
        "Single family house on vacant lot",
        "Accessory dwelling above garage",
    )),
    Kind("Commercial alteration", _INSIDE, 46_000, 1.0, 130, 0.0, _BUILDERS, (
        "Tenant fit-up for {tenant}",
        "New storefront for {tenant}",
        "Kitchen hood and fire suppression, {tenant}",
        "Interior partitions, second floor offices",
        "Convert mill floor to {windows} apartments",
    )),
    Kind("Sign", _INSIDE, 2_100, 0.6, 25, 0.05, _SIGNS, (
        "Projecting sign, {tenant}",
        "Wall sign with lighting, {tenant}",
        "Replace awning, {tenant}",
    )),
    Kind("Solar panels", _ROOF, 19_500, 0.3, 65, 0.0, _SOLAR, (
        "Roof mounted solar, {windows} panels",
        "Ground mounted solar, {windows} panels",
        "Solar with battery in basement",
    )),
    Kind("Demolition", _YARD, 12_000, 0.7, 45, 0.04, _WRECKERS, (
        "Take down garage",
        "Take down vacant house after fire",
        "Interior demolition only",
        "Remove in-ground pool and fill",
    )),
)  # fmt: skip

_OFTEN: Mapping[str, float] = {
    "Roof": 1.7, "Electrical": 1.5, "Plumbing": 1.2, "New house": 0.9, "Sign": 0.4,
    "Demolition": 0.35, "Solar panels": 0.6, "Commercial alteration": 0.5, "Garage or shed": 0.6,
    "Concrete and masonry": 0.6,
}  # fmt: skip
"""How often a kind is asked for beside the others; 1 where it does not stand here."""

_FILLINGS: Mapping[str, tuple[str, ...]] = {
    "squares": ("14", "16", "18", "21", "22", "24", "27", "31"),
    "amps": ("100", "150", "200", "200", "200", "400"),
    "room": ("kitchen", "bathroom", "basement", "attic bedroom", "mud room", "family room"),
    "gallons": ("40", "50", "50", "75"),
    "feet": ("14", "16", "20", "24", "32", "48", "60"),
    "heads": ("1", "2", "3", "4"),
    "windows": ("8", "12", "14", "16", "18", "22", "24"),
    "side": ("north", "south", "east", "west"),
    "tenant": ("Café Lumière", "Millrace Books", "The Copper Kettle", "Falls Credit Union",
               "Bánh Mì Corner", "Piñata Party Supply", "Tamarack Physical Therapy",
               "Old Depot Diner", "Sawyer Hardware", "Jitterbug Coffee", "Threadbare Vintage",
               "Little Sprouts Day Care", "Kölsch & Alder Brewing", "Crumb & Crust Bakery"),
}  # fmt: skip


def kind_weights(month: int) -> list[float]:
    """How often each of KINDS is asked for in a month, 1 to 12."""
    return [kind.by_month[month - 1] * _OFTEN.get(kind.name, 1.0) for kind in KINDS]


def described(die: random.Random, kind: Kind) -> str:
    """One line of the application."""
    text = die.choice(kind.texts)
    return re.sub(r"\{(\w+)\}", lambda blank: die.choice(_FILLINGS[blank[1]]), text)
