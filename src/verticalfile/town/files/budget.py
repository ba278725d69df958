"""The budget of Alder Falls by fiscal year: what was adopted, amended and spent to date.

A fiscal year begins with July of the year before its name. Amounts are whole dollars. What befell
the town stands here, too: the storm in the amendments of 2024, the closed branch in 2025.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from verticalfile.town.days import AFTER_STORM, BUDGET_2024
from verticalfile.town.files.accounts import (
    BOOKMOBILE,
    CONTRACTS,
    DEPOT_PROJECT,
    FORESTRY,
    LEVIES,
    NORTHBANK,
    PERMIT_FEES,
    ROOF_PROJECT,
    SALARIES,
    SNOW,
    UTILITIES,
    Account,
    accounts,
)
from verticalfile.town.streets import dice

OLD_COLUMNS = (
    "Fiscal Year", "Kind", "Fund", "Department", "Account", "Account Name", "Budget", "Actual",
)  # fmt: skip
COLUMNS = (
    "Fiscal Year", "Kind", "Fund", "Department", "Division", "Account", "Account Name",
    "Adopted Budget", "Amended Budget", "Actual to Date",
)  # fmt: skip
FIRST_YEAR, LAST_YEAR = 2020, 2025
STORM_AMENDED: Mapping[tuple[str, str], int] = {
    (FORESTRY, CONTRACTS): 186_000, (FORESTRY, SALARIES): 41_000, (ROOF_PROJECT, "57010"): 190_000,
}  # fmt: skip
"""What the council added in the fall of 2023."""
_RISE: Mapping[int, float] = {2021: 1.01, 2022: 1.03, 2023: 1.055, 2024: 1.05, 2025: 1.035}
_DEPOT_USD: Mapping[int, int] = {2024: 740_000, 2025: 1_260_000}
_EMPTY_HOUSE_USD = 6_200
"""To keep the pipes of the closed branch from freezing."""


@dataclass(frozen=True, slots=True)
class Line:
    """One account in one fiscal year; `spent_usd` is what it came to when the year was over."""

    account: Account
    year: int
    adopted_usd: int
    spent_usd: int


def all_lines(seed: int) -> Sequence[Line]:
    """Every account of every year, oldest year first; in each year each fund balances."""
    die = dice(seed, "budget")
    lines = []
    for account in accounts():
        usd = float(account.usd)
        for year in range(FIRST_YEAR, LAST_YEAR + 1):
            usd *= _RISE.get(year, 1.0) * die.uniform(0.98, 1.02) if year > FIRST_YEAR else 1.0
            adopted = _decided(account, year, round(usd / 100) * 100)
            full = adopted + _amended_usd(account, year)
            spent = round(full * min(1.08, die.gauss(0.965, 0.025)))
            lines.append(Line(account, year, adopted, _befell(account, year, spent)))
    lines.sort(key=lambda line: line.year)
    return [_balanced(line, lines) for line in lines]


def _balanced(line: Line, lines: Sequence[Line]) -> Line:
    """A levy is what is missing: in each fund one revenue is set so that the sums are equal."""
    if line.account.part not in LEVIES:
        return line
    missing = 0
    for other in lines:
        if other is not line and (other.year, other.account.fund) == (line.year, line.account.fund):
            revenue = other.account.kind == "Revenue"
            missing += -other.adopted_usd if revenue else other.adopted_usd
    return Line(
        line.account, line.year, missing, round(missing * line.spent_usd / line.adopted_usd)
    )


def rows_on(lines: Sequence[Line], day: date) -> list[Mapping[str, str]]:
    """The file's rows on a day, under the names of their time."""
    current = day.year + (day.month >= 7)
    rows = []
    for line in lines:
        if line.year > current or not (line.adopted_usd or _amended_usd(line.account, line.year)):
            continue
        rows.append(_row(line, day))
    return rows


def _decided(account: Account, year: int, usd: int) -> int:
    """What the council made of it."""
    if account.part == DEPOT_PROJECT:
        return _DEPOT_USD.get(year, 0)
    if year == 2025 and account.part == NORTHBANK:
        return _EMPTY_HOUSE_USD if account.code.endswith(UTILITIES) else 0
    if year == 2025 and account.part == BOOKMOBILE:
        return round(usd * 1.62 / 100) * 100
    if account.part == PERMIT_FEES and year >= 2024:
        return round(usd * 1.35 / 100) * 100
    return usd


def _befell(account: Account, year: int, spent: int) -> int:
    """What nobody had planned: no salaries in a closed house, more fees than hoped for."""
    if account.part == NORTHBANK and year == 2024:
        return spent * 4 // 10
    if account.part == ROOF_PROJECT:
        return 23_750 if year == 2024 else 0  # the engineer, and a tarpaulin
    if account.part == PERMIT_FEES and year == 2024:
        return spent * 13 // 10
    return spent


def _amended_usd(account: Account, year: int) -> int:
    key = (account.part, account.code.rsplit("-", 1)[1])
    return STORM_AMENDED.get(key, 0) if year == 2024 else 0


def _row(line: Line, day: date) -> Mapping[str, str]:
    account = line.account
    amended = line.adopted_usd
    if day >= AFTER_STORM:
        amended += _amended_usd(account, line.year)
    row = {
        "Fiscal Year": str(line.year),
        "Kind": account.kind,
        "Fund": account.fund,
        "Department": account.department,
        "Division": account.division,
        "Account": account.code,
        "Account Name": account.name,
        "Adopted Budget": str(line.adopted_usd),
        "Amended Budget": str(amended),
        "Actual to Date": _to_date(line, day),
    }
    if day >= BUDGET_2024:
        return row
    division = f"{account.division}: " if account.division else ""
    old = {"Budget": row["Adopted Budget"], "Actual": row["Actual to Date"]}
    return {**row, "Account Name": f"{division}{account.name}", **old}


def _to_date(line: Line, day: date) -> str:
    """Blank before the year begins to run; in halves of thousands until the auditor was there."""
    begin, end = date(line.year - 1, 7, 1), date(line.year, 6, 30)
    if day <= begin:
        return ""
    if day >= date(line.year, 12, 12):  # audited
        return str(line.spent_usd)
    share = min(1.0, (day - begin).days / (end - begin).days)
    if line.account.part == SNOW:  # all of it falls in the middle of the year
        share = min(1.0, max(0.02, (share - 0.35) * 2.2))
    return str(round(line.spent_usd * share / 50) * 50)
