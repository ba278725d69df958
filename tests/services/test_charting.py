"""A column through time: the numbers are those of the versions, gaps stay gaps, what is withdrawn
leaves no trace."""

from __future__ import annotations

import statistics
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verticalfile.charts import ENGLISH, SPANISH, What, draw_line, draw_timeline
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import Archive, init
from verticalfile.services.collecting.collect import collect
from verticalfile.services.datasets import adding
from verticalfile.services.datasets.looks import looks
from verticalfile.services.deciding import reviewing
from verticalfile.services.names import NotHeld
from verticalfile.services.through_time.charting import Charted, Measure, chart_column
from verticalfile.services.through_time.timeline import timeline
from verticalfile.services.visibility import Viewer
from verticalfile.services.visiting.fetching import Fetching

START = datetime(2024, 1, 1, 12, tzinfo=UTC)
HEAD = "id,kind,price"


class Town:
    """One file that a publisher changes, and a library that looks each day."""

    def __init__(self, root: Path, *, every: str = "daily") -> None:
        self.clock = SetClock(START)
        self.archive: Archive = init(root / "archive", clock=self.clock)
        self.file = root / "prices.csv"
        self.file.write_text("", encoding="utf-8")
        adding.add(self.archive, str(self.file), name="prices", key=["id"], every=every)

    def publish(self, *rows: str, head: str = HEAD, after: float = 1) -> None:
        """Change the file and look `after` days."""
        self.file.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
        self.look(after=after)

    def look(self, *, after: float = 1) -> None:
        self.clock.pass_time(timedelta(days=after))
        found = self.archive.index.resources("prices")
        collect(self.archive, found, fetching=Fetching(Rules()))

    def chart(self, column: str | None, measure: str | None = None, viewer: Viewer = Viewer.PUBLIC) -> Charted:  # fmt: skip
        shown = Measure(measure) if measure else None
        return chart_column(self.archive, "prices", column, measure=shown, words=ENGLISH, viewer=viewer)  # fmt: skip


def values(found: Charted) -> dict[str, list[object]]:
    """`{line: known values in the order of time}`."""
    return {
        s.name: [p.value for p in sorted(s.points, key=lambda p: p.at) if p.value is not None]
        for s in found.chart.series
    }


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def test_each_measure_of_a_small_file(town: Town) -> None:
    town.publish("1,road,0.10", "2,road,0.20", "3,lamp,")
    town.publish("1,road,0.10", "2,road,0.25", "3,lamp,3.00", "4,lamp,0.40")
    exact = {
        "sum": ["0.30", "3.75"], "min": ["0.10", "0.10"], "max": ["0.20", "3.00"],
        "median": ["0.15", "0.325"],
    }  # fmt: skip
    for measure, told in exact.items():
        assert [str(v) for v in values(town.chart("price", measure))["price"]] == told, measure
    assert values(town.chart(None)) == {"Rows": [3, 4]}
    assert values(town.chart("price", "blank")) == {"Blank": [pytest.approx(1 / 3), 0]}
    assert values(town.chart("kind")) == {"road": [2, 2], "lamp": [1, 2]}


def test_without_a_measure_numbers_have_their_median_and_texts_their_counts(town: Town) -> None:
    town.publish("1,road,5", "2,road,7")
    assert town.chart("price").measure is Measure.MEDIAN
    assert town.chart("kind").measure is Measure.VALUES
    assert town.chart(None).measure is Measure.ROWS


cells = st.one_of(
    st.just(""), st.integers(-999, 99999).map(str), st.sampled_from(("n/a", "0", "-3", "12.50", "7.125"))
)  # fmt: skip
tables = st.lists(st.lists(cells, min_size=1, max_size=12), min_size=1, max_size=4)


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(tables=tables)
def test_every_measure_is_what_the_rows_of_each_version_give(tables, tmp_path_factory) -> None:
    town = Town(tmp_path_factory.mktemp("town"))
    kept: list[list[str]] = []
    for place, table in enumerate(tables):
        # the first column makes each version another, so that none is the one before it
        town.publish(*(f"{place}-{n},x,{cell}" for n, cell in enumerate(table)))
        kept.append(table)
    rows = town.archive.index.versions(town.archive.index.resources("prices")[0].id)
    seen = [table for table, version in zip(kept, rows, strict=True) if not version.held]
    numbers = [[Decimal(c) for c in table if c not in ("", "n/a")] for table in seen]
    assert values(town.chart("price", "blank"))["Blank"] == [
        pytest.approx(table.count("") / len(table)) for table in seen
    ]
    if not any(numbers):
        with pytest.raises(InputRefused):
            town.chart("price", "sum")
        return
    for measure, ask in (("sum", sum), ("min", min), ("max", max), ("median", statistics.median)):
        told = values(town.chart("price", measure))["price"]
        assert told == [ask(each) for each in numbers if each], measure


def test_many_values_are_the_commonest_and_the_rest_and_they_add_up(town: Town) -> None:
    rows = [f"{n},kind {n % 9},1" for n in range(90)]
    town.publish(*rows, "x1,,1")
    found = values(town.chart("kind"))
    assert list(found) == ["kind 0", "kind 1", "kind 2", "kind 3", "all others", "(blank)"]
    assert sum(sum(each) for each in found.values()) == 91


def test_numbers_with_signs_and_thousands_are_numbers_and_leading_zeros_are_not(town: Town) -> None:
    town.publish('1,00123,"$1,200.50"', "2,00456,-$3")
    found = town.chart("price", "sum")
    assert [str(v) for v in values(found)["price"]] == ["1197.50"]
    assert found.chart.about.unit.before == "$"
    assert town.chart("kind").measure is Measure.VALUES


def test_what_is_no_number_is_left_out_and_said(town: Town) -> None:
    town.publish("1,a,5", "2,a,unknown", "3,a,7")
    found = town.chart("price", "max")
    assert values(found)["price"] == [7]
    assert "1 value in a version is no number and is left out." in found.chart.left_out


def test_numbers_too_large_to_be_exact_are_still_drawn(town: Town) -> None:
    town.publish("1,a,1e300", "2,a,99999999999999999999999999")
    assert values(town.chart("price", "max"))["price"] == [1e300]


def test_a_renamed_column_goes_on_under_either_name(town: Town) -> None:
    rows = [f"{n},k{n},{n * 7}" for n in range(60)]
    town.publish(*rows)
    town.publish(*rows, head="id,kind,cost")
    assert values(town.chart("cost", "max")) == {"cost": [413, 413]}
    assert values(town.chart("price", "max")) == {"cost": [413, 413]}


def test_before_a_column_came_nothing_is_known_and_the_reason_is_told(town: Town) -> None:
    town.publish(*(f"{n},a,{n}" for n in range(30)))
    town.publish(*(f"{n},a,{n},{n % 2}" for n in range(30)), head=HEAD + ",ward")
    found = town.chart("ward", "sum")
    assert values(found) == {"ward": [15]}
    assert [gap.why for gap in found.chart.gaps] == ["the table had no such column"]


def test_a_column_that_is_not_there_is_refused_with_those_that_are(town: Town) -> None:
    town.publish("1,a,5")
    with pytest.raises(NotHeld, match="no column") as caught:
        town.chart("colour")
    assert "id, kind, price" in caught.value.mend


def test_a_time_without_a_look_is_a_gap_and_the_value_goes_on_after_it(town: Town) -> None:
    town.publish("1,a,5")
    for _ in range(5):
        town.look()
    town.look(after=60)
    found = town.chart("price", "max")
    [gap] = found.chart.gaps
    assert (gap.start, gap.end) == (datetime(2024, 1, 7, 12), datetime(2024, 3, 7, 12))
    assert values(found)["price"] == [5, 5]
    drawn = draw_line(found.chart, ENGLISH)
    assert "From January 7, 2024 to March 7, 2024: we did not check." in drawn.summary
    assert any("longer than 3 days" in text for text in drawn.said)


def test_a_look_at_dated_copies_dates_no_value(tmp_path: Path) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()
    for day in range(1, 5):
        (copies / f"2023-05-0{day}.csv").write_text(f"id,price\n1,{day}\n", encoding="utf-8")
    archive = init(tmp_path / "archive", clock=SetClock(START))
    adding.add(archive, str(copies), name="copies", key=["id"])
    for _ in range(2):
        collect(archive, archive.index.resources("copies"), fetching=Fetching(Rules()))
    found = chart_column(archive, "copies", "price", words=ENGLISH)
    assert found.chart.about.as_of == date(2023, 5, 4)
    summary = draw_line(found.chart, ENGLISH).summary
    assert summary.startswith("It rose from 1 on May 1, 2023 to 4 on May 4, 2023.")
    assert summary.endswith("From May 4, 2023 to January 1, 2024: we did not check.")


def test_a_failed_check_is_no_look() -> None:
    days = [START + timedelta(days=n) for n in (0, 1, 2, 3, 20)]
    found = looks(days, every=timedelta(days=1))
    assert found.gaps == ((days[3], days[4]),)
    assert looks(days, every=timedelta(days=7)).gaps == ()
    assert looks([], every=timedelta(days=1)).gaps == ()


def test_a_record_that_became_weekly_has_no_gap_in_each_week_but_where_weeks_are_missing() -> None:
    daily = [START + timedelta(days=n) for n in range(60)]
    weekly = [daily[-1] + timedelta(weeks=n) for n in (*range(1, 20), *range(25, 40))]
    found = looks([*daily, *weekly], every=timedelta(days=1), around=True)
    assert found.gaps == ((weekly[18], weekly[19]),)
    assert len(looks([*daily, *weekly], every=timedelta(days=1)).gaps) == len(weekly)
    missing = [*daily[:30], *daily[40:]]
    assert looks(missing, every=timedelta(days=1), around=True).gaps == ((daily[29], daily[40]),)


def test_what_was_not_offered_is_a_gap_with_its_reason(town: Town) -> None:
    town.publish("1,a,5")
    town.file.unlink()
    town.look()
    town.publish("1,a,9")
    found = town.chart("price", "max")
    assert [gap.why for gap in found.chart.gaps] == ["the publisher did not offer it"]
    assert values(found)["price"] == [5, 9]


def test_an_unreadable_file_is_a_gap_and_not_a_value(town: Town) -> None:
    town.publish("1,a,5", "2,a,6")
    town.file.write_text("<html><body>Sorry</body></html>", encoding="utf-8")
    town.look()
    town.publish("1,a,7", "2,a,8")
    found = town.chart("price", "max")
    assert [gap.why for gap in found.chart.gaps] == ["the file could not be read"]
    assert values(found)["price"] == [6, 8]


def test_a_held_version_is_not_drawn_and_it_is_said(town: Town) -> None:
    rows = [f"{n},a,{n}" for n in range(60)]
    town.publish(*rows)
    town.publish(*rows[:9])
    found = town.chart("price", "max")
    assert values(found)["price"] == [59]
    assert "1 version is held for review and not drawn." in found.chart.left_out


def test_of_a_held_version_the_public_sees_that_it_is_held_and_no_more(town: Town) -> None:
    rows = [f"{n},a,{n}" for n in range(60)]
    town.publish(*rows)
    town.publish(*rows[:9])
    told = {
        viewer: [(m.what, m.touched) for m in timeline(town.archive, "prices", words=ENGLISH, viewer=viewer).chart.marks]
        for viewer in (Viewer.PUBLIC, Viewer.STAFF)
    }  # fmt: skip
    assert told[Viewer.PUBLIC] == [(What.FIRST, 60), (What.HELD, None)]
    assert told[Viewer.STAFF] == [(What.FIRST, 60), (What.HELD, 51)]


def with_a_secret(town: Town) -> None:
    rows = [f"{n},road,{n}" for n in range(40)]
    town.publish(*rows)
    town.publish(*rows, "666,secret,77777")
    town.publish(*rows, "41,lamp,41")
    reviewing.withdraw(
        town.archive, "prices", version="v2", how="hide", reason="personal data", authority="test"
    )


@pytest.mark.parametrize(
    "measure", [None, "values", "sum", "min", "median", "max", "blank", "rows"]
)
@pytest.mark.parametrize("column", ["kind", "price", "id"])
def test_nothing_of_a_withdrawn_version_reaches_the_public(town: Town, column, measure) -> None:
    with_a_secret(town)
    try:
        found = town.chart(column, measure)
    except InputRefused:
        assert column in ("kind",)
        return
    drawn = draw_line(found.chart, ENGLISH)
    everything = drawn.wide + drawn.narrow + drawn.summary + drawn.numbers.csv() + repr(found.chart)
    assert "secret" not in everything
    assert "77777" not in everything
    assert "77,777" not in everything
    assert [gap.why for gap in found.chart.gaps] == ["withdrawn by the library"]
    assert "1 version is withdrawn and not drawn." in found.chart.left_out
    for told in values(found).values():
        assert len(told) == 2


def test_staff_see_what_is_hidden_from_the_public(town: Town) -> None:
    with_a_secret(town)
    assert values(town.chart("price", "max", Viewer.STAFF))["price"] == [39, 77777, 41]


def test_a_column_that_stood_only_in_a_withdrawn_version_is_not_even_named(town: Town) -> None:
    rows = [f"{n},road,{n}" for n in range(40)]
    town.publish(*rows)
    town.publish(*(f"{r},{n}" for n, r in enumerate(rows)), head=HEAD + ",phone")
    town.publish(*rows, "41,lamp,41")
    reviewing.withdraw(
        town.archive, "prices", version="v2", how="hide", reason="personal data", authority="test"
    )
    with pytest.raises(NotHeld) as caught:
        town.chart("phone")
    assert "phone" not in caught.value.mend
    assert values(town.chart("phone", "max", Viewer.STAFF))["phone"] == [39]


def test_the_timeline_has_a_mark_for_each_version_and_no_count_by_difference(town: Town) -> None:
    with_a_secret(town)
    public = timeline(town.archive, "prices", words=ENGLISH, viewer=Viewer.PUBLIC).chart
    assert [mark.what for mark in public.marks] == [What.FIRST, What.WITHDRAWN, What.ROWS]
    assert [mark.touched for mark in public.marks] == [40, None, None]
    staff = timeline(town.archive, "prices", words=ENGLISH, viewer=Viewer.STAFF).chart
    assert [mark.touched for mark in staff.marks] == [40, 1, 2]


def test_the_timeline_chooses_the_version_of_a_day(town: Town) -> None:
    town.publish("1,a,5")
    town.publish("1,a,6", after=10)
    found = timeline(town.archive, "prices", at="2024-01-05", words=SPANISH).chart
    assert [mark.chosen for mark in found.marks] == [True, False]
    assert found.asked == datetime(2024, 1, 5, 23, 59, 59, 999999)
    assert "5 de enero de 2024" in draw_timeline(found, SPANISH).wide


def test_moments_are_those_of_clocks_at_the_library(tmp_path: Path) -> None:
    clock = SetClock(datetime(2024, 3, 1, 2, tzinfo=UTC))
    archive = init(tmp_path / "archive", clock=clock, time_zone="America/New_York")
    file = tmp_path / "prices.csv"
    file.write_text(HEAD + "\n1,a,5\n", encoding="utf-8")
    adding.add(archive, str(file), name="prices")
    collect(archive, archive.index.resources("prices"), fetching=Fetching(Rules()))
    found = chart_column(archive, "prices", "price", words=ENGLISH)
    assert found.chart.series[0].points[0].at == datetime(2024, 2, 29, 21)


def test_of_a_large_table_with_many_versions_some_are_drawn_and_it_is_said(town, monkeypatch):
    monkeypatch.setattr("verticalfile.services.through_time.charting.PAIRS", 1)
    for n in range(15):
        town.publish("1,a,5", f"2,b,{n}")
    found = town.chart("price", "max")
    assert len(values(found)["price"]) == 13
    assert values(found)["price"][-1] == 14
    assert "Of 15 versions 13 are drawn, as the table is large." in found.chart.left_out
    assert len(values(town.chart("price", "sum"))["price"]) == 15


def test_no_path_of_the_machine_stands_in_a_chart(town: Town) -> None:
    town.publish("1,a,5")
    found = town.chart(None)
    assert found.chart.about.source == "Prices"
    assert str(town.file.parent) not in draw_line(found.chart, ENGLISH).wide
