"""The kitchens of Alder Falls that the county looks at, and what it may find there. All invented.

The numbers of the rules are those of the FDA's model Food Code; the sentences are our own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from verticalfile.town.files.trades import EATERIES
from verticalfile.town.streets import STREETS, shop


@dataclass(frozen=True, slots=True)
class Kitchen:
    """A licensed kitchen; `visits` are routine inspections a year, `care` is 0 (none) to 1."""

    license: str
    name: str
    kind: str
    address: str
    neighborhood: str
    visits: int
    care: float
    opened: date


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that may be broken, what that costs, and how often it happens."""

    code: str
    text: str
    critical: bool
    points: int
    weight: float


RULES: tuple[Rule, ...] = (
    Rule("3-501.16", "Cold food held above 41 degrees F", True, 7, 9),
    Rule("3-501.16", "Hot food held below 135 degrees F", True, 7, 5),
    Rule("3-501.17", "Ready-to-eat food without a date mark", True, 5, 8),
    Rule("3-302.11", "Raw meat stored above ready-to-eat food", True, 7, 5),
    Rule("2-301.14", "Hands not washed when required", True, 7, 4),
    Rule("5-202.12", "No hot water at hand sink", True, 6, 3),
    Rule("5-205.11", "Hand sink blocked or used for other things", True, 5, 7),
    Rule("4-501.114", "Sanitizer too weak", True, 5, 6),
    Rule("6-501.111", "Signs of mice or insects", True, 7, 2.5),
    Rule("7-201.11", "Cleaner stored beside food", True, 6, 2),
    Rule("6-301.12", "No paper towels at hand sink", False, 2, 9),
    Rule("4-601.11", "Surfaces not clean to sight and touch", False, 3, 10),
    Rule("4-903.11", "Clean dishes not kept dry or covered", False, 2, 5),
    Rule("6-501.12", "Floor under equipment not clean", False, 2, 11),
    Rule("6-201.11", "Floor tiles broken", False, 2, 5),
    Rule("4-204.112", "No thermometer in refrigerator", False, 2, 6),
    Rule("3-305.11", "Food stored on the floor", False, 3, 6),
    Rule("5-501.113", "Lid of outdoor bin left open", False, 2, 5),
    Rule("2-402.11", "Hair not restrained", False, 2, 4),
    Rule("6-303.11", "Light too dim over work table", False, 2, 3),
)

_RESTAURANT, _CAFE, _BAKERY, _BAR = "Restaurant", "Café", "Bakery", "Bar"
_NAMED: tuple[tuple[str, str], ...] = (
    *((name, _RESTAURANT) for name in EATERIES if "Coffee" not in name and "Bakery" not in name),
    ("Jitterbug Coffee", _CAFE), ("Crumb & Crust Bakery", _BAKERY),
    ("Cascade Pizza", _RESTAURANT), ("The Sluice Gate", _BAR), ("Lucky Noodle", _RESTAURANT),
    ("Taquería Las Cascadas", _RESTAURANT), ("Courthouse Lunch", _RESTAURANT),
    ("Penstock Grill", _RESTAURANT), ("Blue Heron Tavern", _BAR), ("Saffron House", _RESTAURANT),
    ("Second Cup Station", _CAFE), ("Maple & Rye", _BAKERY), ("Falls Overlook Snack Bar", "Seasonal"),
    ("Fairground Fry Stand", "Seasonal"), ("Tamarack Lanes", _BAR), ("Golden Bowl", _RESTAURANT),
    ("The Log Boom", _BAR), ("Sugar Bush Pancakes", _RESTAURANT), ("Olive & Fig", _RESTAURANT),
    ("Depot Street Market deli", "Grocery"), ("Cedar Bottom Co-op deli", "Grocery"),
    ("Northbank Quick Stop", "Grocery"), ("Alder Falls Elementary kitchen", "School"),
    ("Tamarack Middle School kitchen", "School"), ("Alder Falls High School kitchen", "School"),
    ("Meadowlark Care Home kitchen", "Care home"), ("Riverview Commons kitchen", "Care home"),
    ("Little Sprouts Day Care", "Day care"), ("Waffle Wagon", "Food truck"),
    ("Smoke Signal Barbecue", "Food truck"), ("Halal on Wheels", "Food truck"),
)  # fmt: skip
_LATER: tuple[tuple[str, str, str, str, date], ...] = (
    ("Roundhouse Taproom", _BAR, "61 Roundhouse Rd", "Old Depot", date(2023, 11, 10)),
    ("Freight & Salt", _RESTAURANT, "312 Freight Ave", "Old Depot", date(2024, 2, 23)),
    ("Platform 2 Coffee", _CAFE, "18 Depot St", "Old Depot", date(2024, 5, 3)),
)
"""Kitchens that opened in the Old Depot once shops were allowed there."""
_VISITS = {
    "School": 3,
    "Care home": 3,
    _RESTAURANT: 3,
    "Day care": 2,
    "Seasonal": 1,
    "Food truck": 2,
}
_CARE = {"School": 0.93, "Care home": 0.9, "Day care": 0.9, _CAFE: 0.8, _BAKERY: 0.8}


def all_kitchens(seed: int) -> Sequence[Kitchen]:
    """Every kitchen that had a licence at some time; shops stand where permits say they do."""
    found = []
    for number, (name, kind) in enumerate(_NAMED):
        address, street = shop(seed, name)
        found.append(_kitchen(number, name, kind, (address, street.neighborhood), date(2015, 1, 1)))
    for number, (name, kind, address, quarter, opened) in enumerate(_LATER, start=len(found)):
        assert any(s.neighborhood == quarter and address.endswith(s.name) for s in STREETS)
        found.append(_kitchen(number, name, kind, (address, quarter), opened))
    return found


def _kitchen(number: int, name: str, kind: str, where: tuple[str, str], opened: date) -> Kitchen:
    # one kitchen in five takes less care; which one follows from its place in the list
    care = _CARE.get(kind, 0.72) - (0.3 if number % 5 == 3 else 0.0)
    own_id = f"F-{1104 + 7 * number}"
    return Kitchen(own_id, name, kind, *where, _VISITS.get(kind, 2), care, opened)
