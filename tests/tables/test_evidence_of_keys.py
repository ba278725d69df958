"""Keys and volatile columns on made tables: found where they are, not claimed where they are not."""

from __future__ import annotations

import random

import pyarrow as pa

from verticalfile.tables.keys import find_key
from verticalfile.tables.reading import ReadTable
from verticalfile.tables.volatile import find_volatile

STREETS = ("Oak", "Elm", "Ash", "Fir", "Mill", "Canal")


def a_table(rows: list[dict[str, str]]) -> ReadTable:
    names = list(rows[0])
    arrays = {
        f"c{n}": pa.array([row[name] for row in rows], pa.string()) for n, name in enumerate(names)
    }
    return ReadTable("", tuple(names), pa.table(arrays))


def permits(chance: random.Random, versions: int) -> list[list[dict[str, str]]]:
    """A register that grows, with statuses that change and unique measures that tempt."""
    rows = []
    found = []
    for _version in range(versions):
        for _ in range(40):
            rows.append(
                {
                    "issued": f"2023-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
                    "permit no": f"P-{len(rows) + 1000}",
                    "address": f"{chance.randint(1, 999)} {chance.choice(STREETS)} St",
                    "value": f"{chance.random() * 1e5:.2f}",
                    "status": "open",
                }
            )
        for row in chance.sample(rows, len(rows) // 5):
            row["status"] = "closed"
        found.append([dict(row) for row in rows])
    return found


def measurements(chance: random.Random, versions: int) -> list[list[dict[str, str]]]:
    """One row a station and day: neither alone tells rows apart."""
    return [
        [
            {"day": f"2023-01-{day:02d}", "station": station, "level": str(chance.randint(0, 9))}
            for day in range(1, 6 + version)
            for station in STREETS
        ]
        for version in range(versions)
    ]


def test_the_number_of_a_register_is_its_key() -> None:
    found = find_key([a_table(rows) for rows in permits(random.Random(1), 4)])
    assert found is not None
    assert found.columns == ("permit no",)
    assert found.confidence >= 0.8
    assert any("stay" in sentence for sentence in found.evidence)


def test_day_and_station_together_are_the_key() -> None:
    found = find_key([a_table(rows) for rows in measurements(random.Random(2), 3)])
    assert found is not None
    assert set(found.columns) == {"day", "station"}


def test_no_key_is_claimed_where_rows_repeat() -> None:
    chance = random.Random(3)
    rows = [{"kind": chance.choice("ABC"), "n": str(chance.randint(0, 3))} for _ in range(80)]
    assert find_key([a_table(rows), a_table(rows[5:])]) is None


def test_one_version_alone_is_never_sure() -> None:
    found = find_key([a_table(permits(random.Random(4), 1)[0])])
    assert found is not None
    assert found.columns == ("permit no",)
    assert found.confidence < 0.9


def test_where_it_says_nine_in_ten_it_is_right_eight_times_in_ten() -> None:
    sure = []
    for seed in range(60):
        chance = random.Random(seed)
        kind, expected = (
            (permits, {"permit no"}) if seed % 2 else (measurements, {"day", "station"})
        )
        versions = [a_table(rows) for rows in kind(chance, chance.randint(1, 6))]
        found = find_key(versions)
        if found is not None and found.confidence >= 0.9:
            sure.append(set(found.columns) == expected)
    assert sure
    assert sum(sure) >= 0.8 * len(sure)


def test_a_number_that_only_counts_the_rows_yields_to_a_name() -> None:
    """As of an export of a data frame: the index stands first and says nothing of the row."""
    for first in ("index", "", "Unnamed: 0"):
        versions = [
            a_table(
                [
                    {first: str(n), "street": street, "level": f"{day * n % 7}"}
                    for n, street in enumerate(STREETS)
                ]
            )
            for day in range(1, 7)
        ]
        found = find_key(versions)
        assert found is not None
        assert found.columns == ("street",), first


def test_a_number_of_a_register_that_counts_on_stays_the_key() -> None:
    rows = [{"case": str(n), "street": STREETS[n % 6], "tree": f"kind {n % 11}"} for n in range(90)]
    found = find_key([a_table(rows[:count]) for count in (40, 50, 60, 70, 80, 90)])
    assert found is not None
    assert found.columns == ("case",)


def test_neither_an_amount_nor_an_address_is_taken_where_a_code_or_two_names_do() -> None:
    chance = random.Random(3)
    rooms = [
        a_table(
            [
                {
                    "price": f"¥{28_815 + chance.randint(0, 3) + n * 7:,}",
                    "house": house,
                    "night": day,
                }
                for n, (house, day) in enumerate((h, d) for h in STREETS for d in "123")
            ]
        )
        for _ in range(6)
    ]
    found = find_key(rooms)
    assert found is not None
    assert found.columns == ("house", "night")
    firms = [
        a_table(
            [
                {
                    "filings": f"https://example.org/filings?of={name}", "symbol": name,
                    "price": f"{chance.random() * 90:.2f}",
                }
                for name in STREETS
            ]
        )
        for _ in range(6)
    ]  # fmt: skip
    found = find_key(firms)
    assert found is not None
    assert found.columns == ("symbol",)


def test_where_a_thing_is_says_less_than_its_code() -> None:
    def countries(form: str, count: int) -> ReadTable:
        return a_table(
            [
                {"place": form.format(n % 60, 90 - n), "cca3": f"C{n:02}", "area": str(n * n % 37)}
                for n in range(count)
            ]
        )

    for form in ("{},{}", "({}.5, -{}.25)", "+{0:02}30-{1:03}15", "POINT ({} {})"):
        found = find_key([countries(form, 40 + version) for version in range(6)])
        assert found is not None
        assert found.columns == ("cca3",), form


def test_the_moment_that_each_row_is_of_is_the_key_of_a_series() -> None:
    def counts(hours: int) -> ReadTable:
        return a_table(
            [
                {"Update Time": f"2024-05-{1 + n // 24:02}T{n % 24:02}:30:00Z", "young": str(n * 7),
                 "old": str(900 + n * 3)}
                for n in range(hours)
            ]
        )  # fmt: skip

    found = find_key([counts(30 + version) for version in range(6)])
    assert found is not None
    assert found.columns == ("Update Time",)


def test_a_figure_that_is_another_in_each_row_yields_to_the_words_that_tell_rows_apart() -> None:
    def coverage(day: int) -> ReadTable:
        groups = [(b, a, r) for b in STREETS for a in ("0-4", "5-17", "18+") for r in "ABCD"]
        return a_table(
            [
                {"DATE": f"2021-12-{day:02}", "BOROUGH": b, "AGE": a, "RACE": r,
                 "POP": str(7000 + 311 * n), "FULLY": str(20 * n + 97 * day),
                 "PARTLY": str(n + day % 5)}
                for n, (b, a, r) in enumerate(groups)
            ]
        )  # fmt: skip

    found = find_key([coverage(day) for day in range(1, 13)])
    assert found is not None
    assert found.columns == ("BOROUGH", "AGE", "RACE")


def test_of_many_figures_by_month_and_state_the_two_words_are_the_key() -> None:
    def checks(months: int) -> ReadTable:
        return a_table(
            [
                {"month": f"2023-{month:02}", "state": state}
                | {
                    f"kind {kind}": str((79 * month + 47 * at * at + 31 * kind) % 97)
                    for kind in range(12)
                }
                for month in range(1, months + 1)
                for at, state in enumerate(STREETS)
            ]
        )

    found = find_key([checks(months) for months in range(3, 9)])
    assert found is not None
    assert found.columns == ("month", "state")


def test_figures_that_are_missing_here_and_there_are_figures() -> None:
    def tests(days: int) -> ReadTable:
        return a_table(
            [
                {"date": f"2023-01-{day:02}", "state": state}
                | {
                    f"kind {kind}": "NA"
                    if day % 3 == 0
                    else str((79 * day + 47 * at * at + kind) % 97)
                    for kind in range(12)
                }
                for day in range(1, days + 1)
                for at, state in enumerate(STREETS)
            ]
        )

    found = find_key([tests(days) for days in range(8, 14)])
    assert found is not None
    assert found.columns == ("date", "state")


def test_a_code_that_repeats_in_every_version_is_not_taken_for_its_name() -> None:
    def countries(changed: int) -> ReadTable:
        return a_table(
            [
                {"FIPS": "-" if n in (7, 70, 77) else f"F{n:03}", "Alpha-3": f"A{n:03}",
                 "capital": STREETS[(n + (n < changed)) % 6]}
                for n in range(200)
            ]
        )  # fmt: skip

    found = find_key([countries(changed) for changed in range(6)])
    assert found is not None
    assert found.columns == ("Alpha-3",)


def test_a_location_that_is_a_code_may_be_part_of_the_key() -> None:
    def sites(count: int) -> ReadTable:
        return a_table(
            [
                {"Station": f"S{n // 3:03}", "Location": f"{10 * (n % 3)}", "Elevation": f"{n % 9}"}
                for n in range(count)
            ]
        )

    found = find_key([sites(90 + version) for version in range(6)])
    assert found is not None
    assert found.columns == ("Station", "Location")


def test_where_nothing_else_tells_rows_apart_the_place_does() -> None:
    trees = [
        a_table([{"place": f"{n % 60},{90 - n}", "kind": "oak"} for n in range(40 + version)])
        for version in range(6)
    ]
    found = find_key(trees)
    assert found is not None
    assert found.columns == ("place",)


def test_no_more_than_all_values_stay() -> None:
    rows = [{"code": f"C{n}", "note": str(n % 3)} for n in range(99)]
    found = find_key([a_table(rows), a_table([*rows, {"code": "C1", "note": "7"}])])
    assert found is not None
    assert found.columns == ("code",)
    assert found.evidence[1] == "100.0% of its values stay from one version to the next."


def prices(first_number: int, stamp: str, change: int = 0) -> ReadTable:
    rows = [
        {
            "OBJECTID": str(first_number + n), "item": f"SW-{n}", "price": str(n * 10 + change),
            "exported": stamp,
        }
        for n in range(40)
    ]  # fmt: skip
    return a_table(rows)


def test_a_renumbered_objectid_and_an_export_time_are_volatile() -> None:
    versions = [prices(1, "2024-01-01"), prices(500, "2024-01-02"), prices(90, "2024-01-03"),
                prices(700, "2024-01-04")]  # fmt: skip
    found = {v.column: v for v in find_volatile(versions, ["item"])}
    assert set(found) == {"OBJECTID", "exported"}
    assert all(v.confidence >= 0.9 and v.evidence for v in found.values())


def test_figures_that_change_in_every_row_are_data() -> None:
    versions = [prices(1, "same", change) for change in (0, 1, 2, 3)]
    assert find_volatile(versions, ["item"]) == ()


def test_one_step_alone_makes_only_a_known_name_volatile() -> None:
    found = find_volatile([prices(1, "2024-01-01"), prices(500, "2024-01-02")], ["item"])
    assert [v.column for v in found] == ["OBJECTID"]


def test_a_unique_row_number_at_a_first_look_is_a_key_of_which_nobody_is_sure() -> None:
    rows = measurements(random.Random(2), 1)[0]
    found = find_key([a_table([{"OBJECTID": str(n), **row} for n, row in enumerate(rows, 1)])])
    assert found is not None
    assert found.confidence < 0.75
