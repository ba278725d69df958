"""WHEN as people write it: what each form means, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.moments import end_of_day, for_people, from_iso, last_instant, to_iso

NOW = datetime(2024, 3, 1, 2, 30, tzinfo=UTC)
ZULU = ZoneInfo("UTC")
NEW_YORK = ZoneInfo("America/New_York")


def read(when: str, zone: ZoneInfo = ZULU) -> str:
    return to_iso(last_instant(when, zone=zone, now=NOW))


@pytest.mark.parametrize(
    ("when", "moment"),
    [
        ("2021", "2021-12-31T23:59:59.999999Z"),
        ("2021-03", "2021-03-31T23:59:59.999999Z"),
        ("2021-12", "2021-12-31T23:59:59.999999Z"),
        ("2020-02", "2020-02-29T23:59:59.999999Z"),
        ("1900-02", "1900-02-28T23:59:59.999999Z"),
        ("2021-03-01", "2021-03-01T23:59:59.999999Z"),
        ("20210301", "2021-03-01T23:59:59.999999Z"),
        ("  2021-03-01 ", "2021-03-01T23:59:59.999999Z"),
        ("2021-03-01T14:15", "2021-03-01T14:15:59.999999Z"),
        ("2021-03-01 14:15", "2021-03-01T14:15:59.999999Z"),
        ("2021-03-01T14:15:16", "2021-03-01T14:15:16.999999Z"),
        ("2021-03-01T14:15:16.25", "2021-03-01T14:15:16.250000Z"),
        ("2021-03-01T14:15:16,123456789", "2021-03-01T14:15:16.123456Z"),
        ("20200518T192245Z", "2020-05-18T19:22:45.999999Z"),
        ("20200518T1922", "2020-05-18T19:22:59.999999Z"),
        ("2021-03-01T14:15:16+02:00", "2021-03-01T12:15:16.999999Z"),
        ("2021-03-01T14:15:16+0200", "2021-03-01T12:15:16.999999Z"),
        ("2021-03-01T14:15:16-05", "2021-03-01T19:15:16.999999Z"),
    ],
)
def test_a_shorter_moment_means_its_last_instant(when: str, moment: str) -> None:
    assert read(when) == moment


def test_words_are_understood_by_the_clock_that_is_given() -> None:
    assert read("yesterday") == "2024-02-29T23:59:59.999999Z"
    assert read("Today") == "2024-03-01T23:59:59.999999Z"
    assert read("now") == to_iso(NOW)


def test_days_are_those_of_the_archives_zone() -> None:
    # at half past two in UTC it is still the evening before in New York
    assert read("yesterday", NEW_YORK) == "2024-02-29T04:59:59.999999Z"
    assert read("2021-03-01", NEW_YORK) == "2021-03-02T04:59:59.999999Z"
    assert read("2021", NEW_YORK) == "2022-01-01T04:59:59.999999Z"


def test_days_of_23_and_25_hours_end_where_the_next_begins() -> None:
    assert read("2021-03-14", NEW_YORK) == "2021-03-15T03:59:59.999999Z"
    assert read("2021-11-07", NEW_YORK) == "2021-11-08T04:59:59.999999Z"
    long = from_iso(read("2021-11-07", NEW_YORK)) - from_iso(read("2021-11-06", NEW_YORK))
    short = from_iso(read("2021-03-14", NEW_YORK)) - from_iso(read("2021-03-13", NEW_YORK))
    assert (short, long) == (timedelta(hours=23), timedelta(hours=25))


def test_a_time_without_offset_is_local_and_one_with_offset_is_not() -> None:
    assert read("2021-07-01T12:00", NEW_YORK) == "2021-07-01T16:00:59.999999Z"
    assert read("2021-01-01T12:00", NEW_YORK) == "2021-01-01T17:00:59.999999Z"
    assert read("2021-07-01T12:00Z", NEW_YORK) == "2021-07-01T12:00:59.999999Z"


@pytest.mark.parametrize(
    "when",
    ["", " ", "soon", "21", "202", "2021-02-29", "2021-2-1", "20211301",
     "2021-03-01T25:00", "2021-03-01T14", "2021-03-01T14:15:61", "9999", "9999-12-31", "0000",
     "2021-03-01T14:15+99:00", "2021-03-01; rm", "v12"],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused_with_the_way_to_write_it(when: str) -> None:
    with pytest.raises(InputRefused) as refused:
        read(when)
    assert "2021-03" in str(refused.value.mend)


@pytest.mark.parametrize("when", ["2021-13", "2021-00", "2021-99"])
def test_a_month_that_does_not_exist_is_refused(when: str) -> None:
    with pytest.raises(InputRefused):
        read(when)


def test_small_letters_of_a_time_are_understood() -> None:
    assert read("20200518t192245z") == "2020-05-18T19:22:45.999999Z"


@given(st.text(max_size=25))
def test_no_text_raises_anything_but_a_refusal(when: str) -> None:
    try:
        found = last_instant(when, zone=NEW_YORK, now=NOW)
    except InputRefused:
        return
    assert found.tzinfo is UTC


@given(
    st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1)),
    st.integers(-14, 14),
)
def test_a_moment_written_is_the_moment_read(moment: datetime, hours: int) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    assert from_iso(to_iso(aware)) == aware
    if aware.microsecond:
        assert last_instant(to_iso(aware), zone=NEW_YORK, now=NOW) == aware


@given(st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_what_people_are_told_can_be_asked_for_again(moment: datetime) -> None:
    asked = last_instant(for_people(moment, NEW_YORK), zone=NEW_YORK, now=NOW)
    # within its minute, or an hour later where the hour comes twice
    assert timedelta(0) <= asked - moment < timedelta(hours=1, minutes=1)


@given(st.dates(date(1970, 1, 2), date(2100, 1, 1)))
def test_a_day_without_an_hour_is_told_as_a_day_and_no_minute_is_made_up(day: date) -> None:
    moment = end_of_day(day, NEW_YORK)
    assert for_people(moment, NEW_YORK) == day.isoformat()
    asked = last_instant(day.isoformat(), zone=NEW_YORK, now=NOW)
    assert moment <= asked < moment + timedelta(seconds=1)
    assert for_people(moment - timedelta(seconds=1), NEW_YORK) == f"{day} 23:59"


def test_a_moment_without_offset_is_no_moment() -> None:
    with pytest.raises(ValueError, match="no offset"):
        from_iso("2021-03-01T14:15:16")
