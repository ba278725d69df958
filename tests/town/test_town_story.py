"""The story's promises: the same bytes from the same seed, and every fault on its day."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from beats_as_read import as_read, beat_of, before, rows_of, whole

from verticalfile import town
from verticalfile.tables.changes import Kind, compare
from verticalfile.tables.reading import Reason
from verticalfile.town import days
from verticalfile.town.days import (
    BRANCHES,
    BUDGET,
    DOORS,
    INSPECTIONS,
    PERMITS,
    PRICES,
    REQUESTS,
    RESTAURANTS,
    SALES,
)  # fmt: skip
from verticalfile.town.workdays import is_workday


def test_the_same_seed_gives_the_same_story_and_another_seed_another(
    told: tuple[town.Beat, ...],
) -> None:
    assert town.story(1852) == told
    other = town.story(7)
    assert [(b.at, b.file, b.status) for b in other] == [(b.at, b.file, b.status) for b in told]
    # branches stand where they stand, whatever the seed
    thrown = [b for b in whole(told) if b.file != BRANCHES]
    assert all(a.body != b.body for a, b in zip(told, other, strict=True) if a in thrown)


def test_the_story_does_not_depend_on_python_or_machine(told: tuple[town.Beat, ...]) -> None:
    # citations in the demo's text point at these bytes: a new digest means a new demo
    digest = hashlib.sha256(b"".join(beat.body or b"-" for beat in told)).hexdigest()
    assert digest.startswith("34347c789f73c22a")


def test_beats_come_in_order_over_three_years_and_none_twice(told: tuple[town.Beat, ...]) -> None:
    assert [b.at for b in told] == sorted(b.at for b in told)
    assert len({(b.at, b.file) for b in told}) == len(told)
    assert (told[0].at.year, told[-1].at.year) == (2022, 2024)
    assert {b.file for b in told} == set(town.FILES)
    for beat in told:
        assert beat.said == "" or beat.said.startswith(f"{beat.at.date().isoformat()}: ")
        assert beat.said == "" or (beat.said.endswith(".") and "{" not in beat.said)


def test_there_are_eight_datasets_and_two_hundred_versions(
    told: tuple[town.Beat, ...],
) -> None:
    assert len({file.dataset for file in town.FILES.values()}) == 8
    assert set(town.DESCRIPTIONS) == {file.dataset for file in town.FILES.values()}
    kept = [b for b in told if b.status == 200 and "Content-Length" not in b.headers]
    assert len(kept) == 200
    for file in town.FILES:  # one version for each: none is as the one before it
        bodies = [b.body for b in told if b.file == file]
        assert all(old != new for old, new in pairwise(bodies))


def test_the_reference_page_counts_as_the_story_does(told: tuple[town.Beat, ...]) -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "made-up-town.md"
    rows = re.findall(r"^\| `([^`]+)` \| [^|]+ \| (\d+)", page.read_text(encoding="utf-8"), re.M)
    kept = Counter(b.file for b in told if b.status == 200 and "Content-Length" not in b.headers)
    assert {name: int(number) for name, number in rows} == kept


def test_somebody_looked_at_every_beat_and_also_when_nothing_was_new(
    told: tuple[town.Beat, ...],
) -> None:
    looks = town.looks()
    assert list(looks) == sorted(looks, key=lambda look: look[0])
    assert len(set(looks)) == len(looks)
    seen = {(b.at, b.file) for b in told if not b.by_hand}
    assert seen < set(looks)
    first, last = days.NOBODY_LOOKED
    assert not any(first <= at.date() <= last for at, _ in looks)
    for file in town.FILES:
        own = [at.date() for at, name in looks if name == file]
        gaps = [(old, new) for old, new in pairwise(own) if (new - old).days > 56]
        assert [old < first and last < new for old, new in gaps] in ([True], []), file


def test_the_folder_at_the_desk_has_the_door_counts_before_they_were_on_the_portal(
    told: tuple[town.Beat, ...],
) -> None:
    saved = town.by_hand(told)
    own = [b for b in told if b.file == DOORS]
    first = next(at.date() for at, name in town.looks() if name == DOORS)
    assert first == days.DOORS_ON_PORTAL
    assert list(saved.values()) == [b.body for b in own if b.at.date() < first]
    assert next(iter(saved)) == "door-counts-2022-01-15.csv"
    assert 0 < len(saved) < len(own)


def test_what_is_told_aloud_can_be_read_in_one_sitting(told: tuple[town.Beat, ...]) -> None:
    aloud = [b.said for b in told if b.aloud]
    assert 10 <= len(aloud) <= 15
    assert all(0 < len(said) < 260 for said in aloud)


def test_each_row_has_its_own_key_and_tables_are_of_a_small_towns_size(
    told: tuple[town.Beat, ...],
) -> None:
    keys = {
        REQUESTS: ["Request ID"], PERMITS: ["Permit Number"], PRICES: ["Item", "Year"],
        INSPECTIONS: ["Permit Number", "Inspection", "Attempt"], SALES: ["Instrument Number"],
        RESTAURANTS: ["inspection_id"], BRANCHES: ["branch_id"], DOORS: ["Month", "Branch ID"],
        BUDGET: ["Fiscal Year", "Account"],
    }  # fmt: skip
    for beat in whole(told):
        rows = rows_of(beat)
        assert (4 if beat.file == BRANCHES else 100) <= len(rows) < 1500
        named = [tuple(row[part] for part in keys[beat.file]) for row in rows]
        assert len(set(named)) == len(named)
        if beat.file not in (BRANCHES, RESTAURANTS):
            assert all(None not in row and None not in row.values() for row in rows)


def test_a_request_never_leaves_its_list_and_is_edited_late(told: tuple[town.Beat, ...]) -> None:
    files = [{r["Request ID"]: r for r in rows_of(b)} for b in whole(told) if b.file == REQUESTS]
    for old, new in pairwise(files):
        assert old.keys() <= new.keys()
    reopened = [(o[k], n[k]) for o, n in pairwise(files) for k in o]
    assert any(o["Status"] == "Closed" and n["Status"] == "Reopened" for o, n in reopened)
    assert any(o["Street Address"] != n["Street Address"] for o, n in reopened)
    assert all(o["Opened"] == n["Opened"] for o, n in reopened)
    for row in files[-1].values():
        assert not row["Closed"] or row["Opened"] < row["Closed"] < "2024-12-31 03"
        assert bool(row["Closed"]) == (row["Status"] in ("Closed", "Duplicate"))


def test_seasons_and_the_storm_are_in_the_requests(told: tuple[town.Beat, ...]) -> None:
    rows = rows_of([b for b in told if b.file == REQUESTS][-1])
    months = Counter((r["Category"], int(r["Opened"][5:7])) for r in rows)

    def share(category: str, *wanted: int) -> float:
        in_all = sum(n for (name, _), n in months.items() if name == category)
        return sum(months[category, month] for month in wanted) / in_all

    assert share("Missed leaf pickup", 10, 11, 12) > 0.9
    assert share("Pothole", 3, 4, 5) > 0.5
    assert share("Street not plowed", 12, 1, 2, 3) > 0.9
    trees = Counter(
        datetime.fromisoformat(r["Opened"]).date().isocalendar()[:2]
        for r in rows
        if r["Category"] == "Fallen tree or limb"
    )
    (worst, count), (_, second) = trees.most_common(2)
    assert worst == days.STORM.isocalendar()[:2]
    assert count > 5 * second
    beat = beat_of(told, REQUESTS, days.STORM_FILE)
    since = [r for r in rows_of(beat) if r["Opened"] >= days.STORM.isoformat()]
    number = sum(r["Category"] == "Fallen tree or limb" for r in since)
    assert f" {number} times " in beat.said


def test_permits_show_eighteen_months_and_the_fee_follows_the_value(
    told: tuple[town.Beat, ...],
) -> None:
    for beat in whole(told):
        if beat.file != PERMITS:
            continue
        rows = rows_of(beat)
        oldest = date.fromisoformat(min(row["Issued"] for row in rows))
        assert timedelta(days=530) < beat.at.date() - oldest <= timedelta(days=549)
        for row in rows:
            thousands = -(-int(row["Value"].removesuffix(".00")) // 1000)
            assert row["Fee"] == f"{45 + 7 * thousands}.00"


def test_offices_rest_on_weekends_and_holidays(told: tuple[town.Beat, ...]) -> None:
    resting = [date(2022, 12, 26), date(2023, 1, 16), date(2023, 5, 29), date(2023, 7, 4),
               date(2023, 9, 4), date(2023, 11, 23), date(2024, 2, 19), date(2024, 3, 2)]  # fmt: skip
    working = [date(2023, 5, 22), date(2023, 11, 24), date(2023, 7, 5), date(2023, 9, 11)]
    assert not any(map(is_workday, resting))
    assert all(map(is_workday, working))
    stamped = ("Issued", "Finaled", "Closed", "Scheduled For", "Recorded", "inspected_on")
    for beat in whole(told)[-20:]:
        stamps = [r[c] for r in rows_of(beat) for c in stamped if r.get(c)]
        assert all(is_workday(datetime.fromisoformat(stamp).date()) for stamp in stamps)


def test_a_reordered_file_holds_the_same_rows(told: tuple[town.Beat, ...]) -> None:
    beat = beat_of(told, REQUESTS, days.REORDERED)
    old, new = rows_of(before(told, beat)), rows_of(beat)
    assert old != new
    assert old == new[::-1]


def test_the_cut_off_file_is_seen_as_such_and_its_length_is_honest(
    told: tuple[town.Beat, ...],
) -> None:
    beat = beat_of(told, REQUESTS, days.CUT_OFF)
    assert "Content-Length" not in beat.headers
    assert as_read(beat, after=before(told, beat)).reason is Reason.CUT_OFF
    with pytest.raises(csv.Error):
        rows_of(beat)


def test_the_error_page_is_no_table_though_its_status_is_200(told: tuple[town.Beat, ...]) -> None:
    beat = beat_of(told, REQUESTS, days.ERROR_PAGE)
    assert beat.status == 200
    assert as_read(beat, after=before(told, beat)).reason is Reason.HTML


def test_the_short_transfer_promises_more_bytes_than_it_has(told: tuple[town.Beat, ...]) -> None:
    beat = beat_of(told, PERMITS, days.CUT_SHORT)
    assert beat.body is not None
    assert int(beat.headers["Content-Length"]) > len(beat.body) > 10_000


def test_files_are_absent_for_a_week_for_a_summer_and_for_good(
    told: tuple[town.Beat, ...],
) -> None:
    absences = [(b.file, b.at.date(), b.status) for b in told if b.body is None]
    assert absences == [
        (RESTAURANTS, days.OUT_OF_ORDER, 503), (REQUESTS, days.NOT_FOUND, 404),
        (PRICES, days.VANISHED, 404), (RESTAURANTS, days.ENDED, 410),
    ]  # fmt: skip
    later = {(t, d): [b.at.date() for b in told if b.file == t and b.at.date() > d]
             for t, d, _ in absences}  # fmt: skip
    assert min(later[REQUESTS, days.NOT_FOUND]) - days.NOT_FOUND == timedelta(days=7)
    assert min(later[PRICES, days.VANISHED]) - days.VANISHED == timedelta(days=84)
    assert later[RESTAURANTS, days.ENDED] == []


def test_one_column_is_renamed_and_nothing_else_about_the_columns_changes(
    told: tuple[town.Beat, ...],
) -> None:
    beat = beat_of(told, PERMITS, days.RENAMED)
    old, new = list(rows_of(before(told, beat))[0]), list(rows_of(beat)[0])
    assert [pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]] == [
        ("Work Type", "Permit Type")
    ]


def test_encodings_change_on_their_days_and_no_letter_is_lost(told: tuple[town.Beat, ...]) -> None:
    seen = [as_read(b).encoding for b in whole(told) if b.file == PERMITS]
    runs = [one for one, last in zip(seen, ["", *seen], strict=False) if one != last]
    assert runs == ["utf-8", "utf-8-sig", "cp1252", "utf-8"]
    for beat in whole(told):
        if beat.file == PERMITS:
            assert "Núñez & Daughters Roofing" in {row["Contractor"] for row in rows_of(beat)}


def test_permit_numbers_lose_their_capitals_and_are_paired_all_the_same(
    told: tuple[town.Beat, ...],
) -> None:
    small = beat_of(told, PERMITS, days.SMALL_LETTERS)
    again = beat_of(told, PERMITS, days.CAPITALS_AGAIN)
    assert "prm-2023-0117" in {row["Permit Number"] for row in rows_of(small)}
    assert "PRM-2023-0117" in {row["Permit Number"] for row in rows_of(before(told, small))}
    for beat in (small, again):
        old, new = as_read(before(told, beat)).tables[0], as_read(beat).tables[0]
        assert compare(old, new, key=["Permit Number"]).key_form == "folded"


@pytest.mark.parametrize("day", [days.RENUMBERED, days.RETURNED])
def test_a_renumbered_objectid_is_all_that_changes(told: tuple[town.Beat, ...], day: date) -> None:
    beat = beat_of(told, PRICES, day)
    last = [b for b in whole(told) if b.file == PRICES and b.at < beat.at][-1]
    old, new = rows_of(last), rows_of(beat)
    assert not {row["OBJECTID"] for row in old} & {row["OBJECTID"] for row in new}
    for row in old + new:
        del row["OBJECTID"]
    assert old == new


def test_one_price_of_a_past_year_is_changed_without_a_word(told: tuple[town.Beat, ...]) -> None:
    beat = beat_of(told, PRICES, days.REVISED)
    old, new = as_read(before(told, beat)).tables[0], as_read(beat).tables[0]
    changes = compare(old, new, key=["Item", "Year"])
    assert changes.kinds == {Kind.DATA}
    [changed] = changes.changed
    assert changed.cells == {"Price per Unit": ("412.00", "468.00")}
    assert [cell[0] for cell in changed.key] == ["SW-204", "2023"]
    assert "$412.00" in beat.said
    assert "$468.00" in beat.said


def test_told_prices_are_those_of_the_list(told: tuple[town.Beat, ...]) -> None:
    for day, year in ((days.PRICES_2023, 2023), (days.PRICES_2024, 2024), (days.PRICES_2025, 2025)):
        beat = beat_of(told, PRICES, day)
        [row] = [r for r in rows_of(beat) if (r["Item"], r["Year"]) == ("SW-204", str(year))]
        assert f"${row['Price per Unit']}" in beat.said
        assert str(year) not in {r["Year"] for r in rows_of(before(told, beat))}
