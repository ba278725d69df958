"""A file that begins with a row names no columns; nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verticalfile.tables.read import read
from verticalfile.tables.reading import Known, Reading


def lines(form: str, count: int = 12, end: str = "\n") -> bytes:
    return "".join(form.format(n=n, k=n % 3) + end for n in range(count)).encode()


HEADLESS = {
    "ids of one kind": "ocd/state:ca/place:p{n},Place {n}",
    "a number that runs and words": '{n},"Airport {n}",X{n},Country {k}',
    "days": "2015-11-0{k}T00:{n:02}:00,5{n}",
    "words that come again": "Oak Street,North {k},East,{n}",
}
NAMED = {
    "an ordinary table": "id,name",
    "years over figures": "2019,2020",
    "ages over figures": "0,1",
    "what all values begin with": "place-name,place-name-of",
    "codes": "X01,X02",
}


def columns(reading: Reading) -> tuple[str, ...]:
    assert reading.reason is None
    return reading.tables[0].columns


@pytest.mark.parametrize("which", HEADLESS)
def test_a_file_that_begins_with_a_row_loses_none(which: str) -> None:
    for end in ("\n", "\r\n"):
        reading = read(lines(HEADLESS[which], end=end), name="a.csv")
        assert columns(reading)[0] == "column 1"
        assert reading.tables[0].count == 12
        assert reading.facts["header_lines"] == 0
        assert reading.facts["line_end"] == end


@pytest.mark.parametrize("which", NAMED)
def test_names_are_names(which: str) -> None:
    rows = {"what all values begin with": "place-name-of:{n},place-name-of-it:{n}"}
    body = f"{NAMED[which]}\n".encode() + lines(rows.get(which, "R{n},{n}"))
    if which in ("years over figures", "ages over figures"):
        body = f"Ward,{NAMED[which]}\n".encode() + lines("W{n},{n},{k}")
    reading = read(body, name="a.csv")
    assert "column 1" not in columns(reading)
    assert reading.tables[0].count == 12


def test_it_stays_so_whichever_row_is_first_and_until_names_come() -> None:
    own = ("column 1", "column 2")
    known = Known("delimited", {"": frozenset(own)}, {"": own})
    few = read(b"zzz,other\n", name="a.csv", known=known)
    assert columns(few) == own
    assert few.tables[0].count == 1
    named = read(b"place,people\n" + lines("P{n},{n}"), name="a.csv", known=known)
    assert columns(named) == ("place", "people")
    words = read(b"id,name\n" + lines(HEADLESS["ids of one kind"]), name="a.csv", known=known)
    assert columns(words) == ("id", "name")
    assert words.tables[0].count == 12
    assert named.tables[0].count == 12


def test_a_file_that_calls_its_columns_so_itself_has_a_header() -> None:
    own = ("column 1", "column 2")
    body = b"column 1,column 2\nNorth,Oak\nSouth,Elm\n"
    for known in (Known(), Known("delimited", {"": frozenset(own)}, {"": own})):
        reading = read(body, name="a.csv", known=known)
        assert columns(reading) == own
        assert reading.tables[0].count == 2


def test_a_header_that_is_missing_for_a_day_is_still_missed() -> None:
    known = Known("delimited", {"": frozenset({"id", "name"})}, {"": ("id", "name")})
    missing = read(lines(HEADLESS["ids of one kind"]), name="a.csv", known=known)
    assert missing.reason == "no_header"


STATES = [(f"2020-07-{n:02}", ("ACT", "NSW", "NT")[n % 3], f"{n * 7}") for n in range(1, 13)]
BEFORE = ("date", "state", "confirmed")


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        (("day", "region", "cases"), None),
        (("day", "region", "region"), "no_header"),
        (("2020-07-00", "QLD", "NA"), "no_header"),
        (("day", "NSW", "cases"), "no_header"),
    ],
)
def test_where_every_name_changes_the_header_is_missed_only_if_it_may_be_a_row(
    first: tuple[str, ...], reason: str | None
) -> None:
    known = Known("delimited", {"": frozenset(BEFORE)}, {"": BEFORE})
    body = "".join(",".join(row) + "\n" for row in (first, *STATES)).encode()
    reading = read(body, name="a.csv", known=known)
    assert reading.reason == reason
    if reason is None:
        assert columns(reading) == first
        assert reading.tables[0].count == len(STATES)


CELLS = st.text(st.sampled_from("ab1 .-#é:/"), max_size=9)


@settings(max_examples=200)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=9, max_size=20))
def test_names_stay_names_over_any_cells(rows: list[list[str]]) -> None:
    body = "".join(",".join(row) + "\n" for row in [["alpha", "beta", "gamma"], *rows])
    reading = read(body.encode(), name="a.csv")
    assert columns(reading) == ("alpha", "beta", "gamma")
    assert reading.tables[0].count == len(rows)
