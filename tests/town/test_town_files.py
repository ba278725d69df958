"""What befell the town is in its files: the rezoning, the closed branch, and the same addresses."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from beats_as_read import Told, as_read, beat_of, before, count, rows_of, text_of, whole

from verticalfile import town
from verticalfile.tables.changes import Kind, compare
from verticalfile.town import days
from verticalfile.town.days import (
    BRANCHES,
    BUDGET,
    DOORS,
    INSPECTIONS,
    PERMITS,
    REQUESTS,
    RESTAURANTS,
    SALES,
)  # fmt: skip
from verticalfile.town.streets import STREETS

DEPOT = "Old Depot"


def newest(told: Told, file: str) -> list[dict[str, str]]:
    return rows_of(whole(told, file)[-1])


def test_every_file_is_read_as_one_table_in_its_format(told: Told) -> None:
    formats = {}
    for beat in whole(told):
        reading = as_read(beat)
        assert reading.reason is None, (beat.file, beat.at)
        assert [table.rows.num_rows for table in reading.tables] == [len(rows_of(beat))]
        formats[beat.file] = reading.format
    assert Counter(formats.values()) == {"delimited": 7, "json": 1, "geojson": 1}
    assert whole(told, SALES)[0].body[:2] == b"\x1f\x8b"


# the rezoning


def test_the_rezoning_changes_the_zone_of_every_lot_of_the_old_depot_and_nothing_else(
    told: Told,
) -> None:
    beat = beat_of(told, SALES, days.ZONES_CHANGED)
    old, new = as_read(before(told, beat)).tables[0], as_read(beat).tables[0]
    changes = compare(old, new, key=["Instrument Number"])
    assert not changes.added
    assert not changes.removed
    assert {tuple(row.cells) for row in changes.changed} == {("Zone",)}
    assert {row.cells["Zone"][1] for row in changes.changed} == {"MX-2"}
    rows = rows_of(beat)
    assert len(changes.changed) == count(rows, Neighborhood=DEPOT) == count(rows, Zone="MX-2")
    assert f" {len(changes.changed)} rows " in beat.said


def test_after_the_rezoning_homes_are_built_in_the_old_depot(told: Told) -> None:
    rows = newest(told, PERMITS)
    homes = Counter[str]()
    for row in rows:
        homes[row["Neighborhood"]] += int(row["Homes Added"])
    assert homes[DEPOT] > 3 * sum(n for name, n in homes.items() if name != DEPOT)
    beat = beat_of(told, PERMITS, days.HOMES_FROM)
    since = [r for r in rows_of(beat) if r["Issued"] >= days.REZONED.isoformat()]
    own = sum(int(r["Homes Added"]) for r in since if r["Neighborhood"] == DEPOT)
    assert f": {own} in the Old Depot" in beat.said
    assert "Homes Added" not in rows_of(before(told, beat))[0]


def test_inspections_of_the_old_depot_follow_its_permits(told: Told) -> None:
    def share(day: date) -> float:
        beat = [b for b in whole(told, INSPECTIONS) if b.at.date() <= day][-1]
        since = (beat.at.date() - timedelta(days=84)).isoformat()
        rows = [r for r in rows_of(beat) if r["Scheduled For"] >= since]
        return count(rows, Neighborhood=DEPOT) / len(rows)

    assert share(date(2023, 4, 25)) < 0.12
    assert share(date(2024, 5, 21)) > 2.5 * share(date(2023, 4, 25))


def test_homes_of_the_old_depot_are_sold_more_often_and_dearer_since(told: Told) -> None:
    rows = [r for r in newest(told, SALES) if r["Sale Type"] == "Arm's length" and r["Year Built"]]

    def prices(year: str, *, depot: bool) -> list[int]:
        own = [r for r in rows if (r["Neighborhood"] == DEPOT) == depot]
        return [int(r["Sale Price"]) for r in own if r["Sale Date"].startswith(year)]

    assert len(prices("2024", depot=True)) > 3 * len(prices("2022", depot=True))
    risen = statistics.median(prices("2024", depot=True)) / statistics.median(
        prices("2022", depot=True)
    )
    elsewhere = statistics.median(prices("2024", depot=False)) / statistics.median(
        prices("2022", depot=False)
    )
    assert risen > 1.4
    assert 0.9 < elsewhere < 1.2


def test_a_new_home_is_permitted_inspected_and_then_sold_at_one_address(told: Told) -> None:
    finaled = {}
    for beat in whole(told, PERMITS):
        finaled |= {r["Street Address"]: r for r in rows_of(beat) if r["Finaled"]}
    new = [r for r in newest(told, SALES) if r["Year Built"] >= "2023"]
    assert len(new) > 15
    visited = {r["Permit Number"] for beat in whole(told, INSPECTIONS) for r in rows_of(beat)}
    for sale in new:
        permit = finaled[sale["Street Address"].split(" Unit ")[0]]
        assert sale["Neighborhood"] == permit["Neighborhood"] == DEPOT
        assert sale["Sale Date"] > permit["Finaled"] > permit["Issued"] > days.REZONED.isoformat()
        assert permit["Permit Number"].upper() in visited


# the branch


def test_the_branch_is_closed_in_the_branches_then_in_the_doors_then_in_the_budget(
    told: Told,
) -> None:
    states = []
    for beat in whole(told, BRANCHES):
        own = [r["status"] for r in rows_of(beat) if r["name"] == "Northbank Branch"]
        states.append(own[0] if own else "gone")
    assert list(dict.fromkeys(states)) == ["Open", "Closed for repairs", "Closed", "gone"]

    last = rows_of(before(told, beat_of(told, DOORS, days.ERASED)))
    doors = {r["Month"]: int(r["Door Count"]) for r in last if r["Branch"] == "Northbank Branch"}
    assert doors["2023-06"] > doors["2023-07"] > 1000
    assert all(n == 0 for month, n in doors.items() if month >= "2023-08")
    assert max(doors) == "2024-01"

    lines = [r for r in newest(told, BUDGET) if r["Division"] == "Northbank Branch"]
    by_year = Counter[str]()
    for row in lines:
        by_year[row["Fiscal Year"]] += int(row["Adopted Budget"])
    assert by_year["2024"] > 250_000
    assert 0 < by_year["2025"] < 10_000
    mobile = [r for r in newest(told, BUDGET) if r["Division"] == "Bookmobile"]
    adopted = {r["Fiscal Year"]: int(r["Adopted Budget"]) for r in mobile if "Salaries" in r["Account Name"]}  # fmt: skip
    assert adopted["2025"] > 1.5 * adopted["2024"]


def test_the_closed_branch_leaves_the_door_counts_with_its_past(told: Told) -> None:
    beat = beat_of(told, DOORS, days.ERASED)
    old, new = as_read(before(told, beat)).tables[0], as_read(beat).tables[0]
    changes = compare(old, new, key=["Month", "Branch ID"])
    names = {row[changes.columns.index("Branch")][0] for row in changes.removed}
    assert names == {"Northbank Branch"}
    assert f": {len(changes.removed)} months" in beat.said
    assert beat_of(told, BRANCHES, days.ERASED).said


def test_readers_stay_away_in_2020_and_some_of_northbanks_come_to_the_bookmobile(
    told: Told,
) -> None:
    rows = {(r["Branch ID"], r["Month"]): r for r in newest(told, DOORS)}

    def year(branch: str, number: int) -> int:
        return sum(int(r["Door Count"]) for (b, m), r in rows.items() if b == branch and m[:4] == str(number))  # fmt: skip

    assert rows["AF-01", "2020-04"]["Door Count"] == "0"
    assert year("AF-01", 2020) < 0.5 * year("AF-01", 2019)
    assert year("AF-01", 2020) < year("AF-01", 2022) < year("AF-01", 2023) < year("AF-01", 2024)
    months = [f"{month:02}" for month in range(3, 12)]
    mobile = {y: sum(int(rows["AF-05", f"{y}-{m}"]["Door Count"]) for m in months) for y in (2022, 2024)}  # fmt: skip
    assert mobile[2024] > 1.5 * mobile[2022]


def test_a_month_is_preliminary_once_and_a_broken_counter_says_nothing(told: Told) -> None:
    for beat in whole(told, DOORS):
        first = [r for r in rows_of(beat) if r["Status"] == "Preliminary"]
        assert {r["Month"] for r in first} == {max(r["Month"] for r in rows_of(beat))}
    june = rows_of(beat_of(told, DOORS, date(2022, 6, 15)))
    july = rows_of(beat_of(told, DOORS, date(2022, 7, 15)))
    [blank] = [r for r in june if r["Door Count"] == ""]
    [mended] = [r for r in july if r["Status"] == "Estimated"]
    assert (blank["Month"], blank["Branch ID"]) == (mended["Month"], mended["Branch ID"])
    assert int(mended["Door Count"]) > 0


def test_the_storm_is_in_the_budget_and_in_a_roof_that_was_never_mended(told: Told) -> None:
    beat = beat_of(told, BUDGET, days.AFTER_STORM)
    amended = [r for r in rows_of(beat) if r["Adopted Budget"] != r["Amended Budget"]]
    assert {r["Division"] for r in amended} == {"Trees", "Northbank Branch roof"}
    added = sum(int(r["Amended Budget"]) - int(r["Adopted Budget"]) for r in amended)
    assert f"${added:,}" in beat.said
    states = []
    for each in whole(told, PERMITS):
        states += [r["Status"] for r in rows_of(each) if "Northbank Branch library" in r["Description"]]  # fmt: skip
    assert list(dict.fromkeys(states)) == ["Issued", "Withdrawn"]


# budget, sales, inspections, kitchens by themselves


def test_the_budget_balances_in_every_fund_and_year(told: Told) -> None:
    for beat in whole(told, BUDGET):
        sums: Counter[tuple[str, str]] = Counter()
        adopted = "Adopted Budget" if beat.at.date() >= days.BUDGET_2024 else "Budget"
        for row in rows_of(beat):
            sign = 1 if row["Kind"] == "Revenue" else -1
            sums[row["Fiscal Year"], row["Fund"]] += sign * int(row[adopted])
        assert set(sums.values()) == {0}


def test_a_new_fiscal_year_brings_new_columns_and_keeps_the_old_years(told: Told) -> None:
    beat = beat_of(told, BUDGET, days.BUDGET_2024)
    old, new = rows_of(before(told, beat)), rows_of(beat)
    assert set(new[0]) - set(old[0]) == {"Division", "Adopted Budget", "Amended Budget", "Actual to Date"}  # fmt: skip
    was = {(r["Fiscal Year"], r["Account"]): r["Budget"] for r in old}
    now = {(r["Fiscal Year"], r["Account"]): r["Adopted Budget"] for r in new}
    assert was.items() < now.items()


def test_one_column_of_the_sales_is_split_in_two(told: Told) -> None:
    beat = beat_of(told, SALES, days.SPLIT)
    old = {r["Instrument Number"]: r for r in rows_of(before(told, beat))}
    for row in rows_of(beat):
        if was := old.get(row["Instrument Number"]):
            assert was["Location"] == f"{row['Street Address']}, {row['Neighborhood']}"
    assert "Location" not in rows_of(beat)[0]


def test_the_key_of_the_inspections_comes_late_and_tells_them_apart(told: Told) -> None:
    files = [rows_of(b) for b in whole(told, INSPECTIONS)]
    has = ["Inspection ID" in rows[0] for rows in files]
    assert has == [False] * 2 + [True] * (len(files) - 2)
    for rows in files[2:]:
        assert len({r["Inspection ID"] for r in rows}) == len(rows)


@pytest.mark.parametrize(
    ("file", "day", "key", "columns"),
    [
        (INSPECTIONS, days.SPELLED, "Inspection ID", {"Result"}),
        (RESTAURANTS, days.TIMES_DROPPED, "inspection_id", {"inspected_on"}),
    ],
)
def test_a_new_spelling_is_all_that_changes(
    told: Told, file: str, day: date, key: str, columns: set[str]
) -> None:
    beat = beat_of(told, file, day)
    changes = compare(as_read(before(told, beat)).tables[0], as_read(beat).tables[0], key=[key])
    assert changes.kinds == {Kind.FORMAT_ONLY}
    assert {name for row in changes.changed for name in row.cells} == columns
    assert len(changes.changed) > 150


@pytest.mark.parametrize(
    ("file", "day", "columns"),
    [(INSPECTIONS, days.SHRUNK, "Permit Number"), (SALES, days.FILTERED, "Instrument Number")],
)
def test_a_file_shrinks_to_about_a_quarter(told: Told, file: str, day: date, columns: str) -> None:
    beat = beat_of(told, file, day)
    assert 0.2 < len(rows_of(beat)) / len(rows_of(before(told, beat))) < 0.3


def test_the_sales_come_back_whole_and_the_inspections_do_not(told: Told) -> None:
    whole_again = beat_of(told, SALES, days.WHOLE_AGAIN)
    sold_before = rows_of(before(told, beat_of(told, SALES, days.FILTERED)))
    assert len(rows_of(whole_again)) > len(sold_before)
    later = [len(rows_of(b)) for b in whole(told, INSPECTIONS) if b.at.date() > days.SHRUNK]
    assert max(later) < 450
    looks = [at.date() for at, file in town.looks() if file == INSPECTIONS]
    after = [day for day in looks if day > days.SHRUNK][:2]
    assert after == list(days.SHRUNK_LOOKS)
    assert (after[1] - days.SHRUNK).days >= 3


def test_inspections_are_of_permits_and_pass_when_the_permit_is_finaled(told: Told) -> None:
    permits = {r["Permit Number"]: r for r in newest(told, PERMITS)}
    finals = 0
    for row in newest(told, INSPECTIONS):
        permit = permits.get(row["Permit Number"])
        if permit is None:
            continue
        assert row["Street Address"] == permit["Street Address"]
        assert row["Scheduled For"] >= permit["Issued"]
        if row["Scheduled For"] == permit["Finaled"] and row["Inspection"].startswith("Final"):
            finals += row["Result"] == "Passed"
    assert finals > 60


def test_a_shop_has_one_address_in_permits_and_kitchens(told: Told) -> None:
    kitchens = {r["name"]: r["address"] for b in whole(told, RESTAURANTS) for r in rows_of(b)}
    named = [
        (r["Street Address"], kitchens[name])
        for b in whole(told, PERMITS)
        for r in rows_of(b)
        for name in kitchens
        if name in r["Description"]
    ]
    assert len(named) > 40
    assert all(one == other for one, other in named)


def test_kitchens_that_fail_are_looked_at_again_and_scores_follow_what_was_found(
    told: Told,
) -> None:
    rows = newest(told, RESTAURANTS)
    for row in rows:
        wanted = "Fail" if row["score"] < 76 else "Pass" if row["score"] >= 90 else "Pass with conditions"  # fmt: skip
        assert row["result"] == wanted
        assert (row["score"] == 100) == (row["violations"] == [])
    failed = [r for r in rows if r["result"] == "Fail" and r["inspected_on"] < "2024-07-01"]
    again = {(r["name"], r["inspected_on"]) for r in rows if r["visit"] == "Follow-up"}
    assert len(failed) >= 3
    for row in failed:
        day = date.fromisoformat(row["inspected_on"])
        assert any(name == row["name"] and 7 <= (date.fromisoformat(other) - day).days <= 18 for name, other in again)  # fmt: skip


def test_homes_sell_in_spring_and_summer_at_believable_prices(told: Told) -> None:
    rows = newest(told, SALES)
    fair = [
        int(r["Sale Price"]) for r in rows if r["Sale Type"] == "Arm's length" and r["Year Built"]
    ]
    assert 150_000 < statistics.median(fair) < 260_000
    assert statistics.quantiles(fair, n=20)[-1] < 600_000
    months = Counter(int(r["Sale Date"][5:7]) for r in rows)
    assert sum(months[m] for m in (5, 6, 7, 8)) > 1.6 * sum(months[m] for m in (11, 12, 1, 2))
    assert all(r["Sale Price"] in ("1", "10") for r in rows if r["Sale Type"] == "Family")
    assert all(r["Recorded"] > r["Sale Date"] for r in rows)


def test_a_price_with_a_nought_too_many_is_mended_later(told: Told) -> None:
    seen: dict[str, list[int]] = {}
    for beat in whole(told, SALES):
        for row in rows_of(beat):
            prices = seen.setdefault(row["Instrument Number"], [])
            if int(row["Sale Price"]) not in prices:
                prices.append(int(row["Sale Price"]))
    twice = [prices for prices in seen.values() if len(prices) > 1]
    assert twice
    assert all(prices[0] == 10 * prices[1] for prices in twice)


def test_every_address_is_on_a_street_of_its_neighborhood(told: Told) -> None:
    streets = {(s.name, s.neighborhood): s for s in STREETS}

    def check(rows: Sequence[dict[str, str]], address: str, neighborhood: str) -> None:
        for row in rows:
            if not row[address] or not row[address][0].isdigit():
                continue  # the bookmobile; parks and corners
            number, _, name = row[address].split(" Unit ")[0].partition(" ")
            street = streets[name, row[neighborhood]]
            assert street.first <= int(number) <= street.last, row[address]

    for file in (PERMITS, INSPECTIONS, SALES):
        check(newest(told, file), "Street Address", "Neighborhood")
    check(rows_of(whole(told, RESTAURANTS)[-1]), "address", "neighborhood")
    check(rows_of(whole(told, BRANCHES)[0]), "address", "neighborhood")
    numbered = [r for r in newest(told, REQUESTS) if r["Street Address"][0].isdigit() and " & " not in r["Street Address"]]  # fmt: skip
    check(numbered, "Street Address", "Neighborhood")


def test_branches_lie_in_the_water_and_more_digits_move_none_of_them(told: Told) -> None:
    beat = beat_of(told, BRANCHES, days.MORE_DIGITS)
    assert [r["geometry"] for r in rows_of(beat)] == [
        r["geometry"] for r in rows_of(before(told, beat))
    ]
    assert "-77.9011300, 43.5504200" in text_of(beat)
    points = [r["geometry"]["coordinates"] for r in rows_of(beat) if r["geometry"]]
    assert len(points) == 4
    # Lake Ontario, well off either shore
    assert all(-78.2 < lon < -77.5 and 43.45 < lat < 43.62 for lon, lat in points)
