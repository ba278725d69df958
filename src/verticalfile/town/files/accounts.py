"""The accounts of the town's budget: departments, divisions, what each had in fiscal year 2020."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

SALARIES, BENEFITS, SUPPLIES, CONTRACTS, UTILITIES, EQUIPMENT, CAPITAL = (
    "51010", "52010", "53010", "54010", "55010", "56010", "57010",
)  # fmt: skip
_OBJECTS: Mapping[str, str] = {
    SALARIES: "Salaries and wages", BENEFITS: "Employee benefits", SUPPLIES: "Supplies",
    CONTRACTS: "Contract services", UTILITIES: "Utilities", EQUIPMENT: "Equipment",
    CAPITAL: "Construction",
}  # fmt: skip

FORESTRY, SIDEWALKS, SNOW = "4330", "4340", "4320"
NORTHBANK, BOOKMOBILE = "4520", "4550"
DEPOT_PROJECT, ROOF_PROJECT = "7010", "7030"
PERMIT_FEES = "3220"
LEVIES = ("3010", "3610", "3710")
"""The revenue of each fund that makes up for what is missing."""


@dataclass(frozen=True, slots=True)
class Account:
    """One line of the budget; `usd` is what it had in fiscal year 2020, 0 where it came later."""

    code: str  # fund, division, object: 100-4310-51010
    kind: str  # Revenue or Expense
    fund: str
    department: str
    division: str
    name: str
    usd: int

    @property
    def part(self) -> str:
        """The division's number, or the revenue's."""
        return self.code.split("-")[1]


_GENERAL, _WATER, _CAPITAL = (
    ("100", "General"),
    ("200", "Water and sewer"),
    ("300", "Capital projects"),
)

_Amounts = tuple[int, int, int, int, int]
"""Salaries, supplies, contracts, utilities, equipment in thousands of dollars."""
_DIVISIONS: tuple[tuple[str, str, str, _Amounts], ...] = (
    ("4010", "City Council", "Council", (42, 4, 18, 0, 0)),
    ("4020", "City Manager", "Manager's office", (214, 6, 31, 3, 0)),
    ("4030", "Finance", "Accounting", (286, 9, 64, 4, 0)),
    ("4040", "Finance", "Clerk and elections", (131, 14, 22, 2, 3)),
    ("4110", "Building and Planning", "Permits and inspections", (318, 11, 27, 4, 6)),
    ("4120", "Building and Planning", "Planning", (162, 5, 58, 2, 0)),
    ("4210", "Police", "Patrol", (1_764, 62, 94, 31, 118)),
    ("4220", "Fire", "Fire and rescue", (1_402, 71, 58, 46, 135)),
    ("4310", "Public Works", "Streets", (612, 214, 338, 41, 92)),
    (SNOW, "Public Works", "Snow and ice", (96, 168, 74, 0, 38)),
    (FORESTRY, "Public Works", "Trees", (118, 21, 63, 2, 14)),
    (SIDEWALKS, "Public Works", "Sidewalks", (84, 36, 142, 0, 8)),
    ("4410", "Parks", "Parks and grounds", (264, 58, 71, 36, 29)),
    ("4510", "Library", "Main Library", (486, 118, 52, 61, 18)),
    (NORTHBANK, "Library", "Northbank Branch", (148, 26, 11, 22, 4)),
    ("4530", "Library", "College Hill Branch", (171, 31, 12, 25, 5)),
    ("4540", "Library", "Fairgrounds Branch", (126, 22, 9, 19, 3)),
    (BOOKMOBILE, "Library", "Bookmobile", (71, 17, 6, 8, 2)),
)
_OF_WATER: tuple[tuple[str, str, str, _Amounts], ...] = (
    ("6010", "Water and Sewer", "Water plant", (412, 186, 128, 214, 64)),
    ("6020", "Water and Sewer", "Sewers", (368, 94, 176, 147, 58)),
)
_PROJECTS: tuple[tuple[str, str, int], ...] = (
    (DEPOT_PROJECT, "Old Depot streets and sewers", 0),
    ("7020", "Bridge St bridge deck", 640),
    (ROOF_PROJECT, "Northbank Branch roof", 0),
    ("7040", "Street resurfacing", 520),
)
_REVENUES: tuple[tuple[str, str, str, tuple[str, str], int], ...] = (
    ("3010", "Finance", "Property tax", _GENERAL, 6_480),
    ("3020", "Finance", "Sales tax share", _GENERAL, 1_710),
    ("3110", "Finance", "State aid", _GENERAL, 842),
    (PERMIT_FEES, "Building and Planning", "Building permit fees", _GENERAL, 96),
    ("3310", "Police", "Fines", _GENERAL, 71),
    ("3410", "Parks", "Shelter and field rentals", _GENERAL, 38),
    ("3510", "Library", "County contract for library service", _GENERAL, 264),
    ("3610", "Water and Sewer", "Water bills", _WATER, 1_120),
    ("3620", "Water and Sewer", "Sewer bills", _WATER, 982),
    ("3710", "Capital", "Bonds and grants", _CAPITAL, 860),
)
_BENEFITS_SHARE = 0.36


def accounts() -> Iterator[Account]:
    """Every account, revenues first, in the order of the budget book."""
    for part, department, name, (fund, fund_name), thousands in _REVENUES:
        code = f"{fund}-{part}-40000"
        yield Account(code, "Revenue", fund_name, department, "", name, thousands * 1_000)
    for own_fund, divisions in ((_GENERAL, _DIVISIONS), (_WATER, _OF_WATER)):
        for part, department, division, amounts in divisions:
            yield from _of_division(own_fund, part, department, division, amounts)
    for part, name, amount in _PROJECTS:
        fund, fund_name = _CAPITAL
        code = f"{fund}-{part}-{CAPITAL}"
        yield Account(
            code, "Expense", fund_name, "Capital", name, _OBJECTS[CAPITAL], amount * 1_000
        )


def _of_division(
    fund: tuple[str, str],
    part: str,
    department: str,
    division: str,
    thousands: _Amounts,
) -> Iterator[Account]:
    salaries, *others = thousands
    amounts = (salaries, round(salaries * _BENEFITS_SHARE), *others)
    for (number, name), amount in zip(_OBJECTS.items(), amounts, strict=False):
        if amount:
            code = f"{fund[0]}-{part}-{number}"
            yield Account(code, "Expense", fund[1], department, division, name, amount * 1_000)
