"""Lines that explain a table above its header are passed over, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verticalfile.tables.read import read
from verticalfile.tables.read.above import lines_above
from verticalfile.tables.reading import Known, Reading

NOTES = {
    "a title": "Building permits by ward\nward,permits\n1,20\n2,31\n3,7\n",
    "a title, a date and a blank line": (
        "Permits issued\nAs of 2024-05-01\n\nward,permits\n1,20\n2,31\n3,7\n"
    ),
    "a title that a spreadsheet padded": (
        "Permits,,\n,,\nward,name,permits\n1,North,20\n2,South,31\n"
    ),
    "a sentence with commas": (
        "Issued by the city, by ward, since 2020\nward,permits\n1,20\n2,31\n3,7\n"
    ),
    "comments and tabs": (
        "# Wards of the city\n#\n# 1. number\n# 2. name, as of 2020\n"
        "#ward\tname\tseat\n01\tNorth\ta\n02\tSouth\n03\tEast\tc\n"
    ),
    "names and values above": (
        '"Source","Permits"\n\n"Updated","2021-05-25"\n\n'
        '"Ward","Code","2019","2020"\n"North","01","3","4"\n"South","02","5","6"\n'
    ),
    "semicolons and decimal commas": (
        "Permits, by ward and year\nward;rate;share\n1;2,5;3,5\n2;3,5;4,5\n3;4,5;5,5\n"
    ),
    "tabs and thousands": (
        "Report of wards\nAs of 5/1/2024\n\nward\tpeople\tshare\n"
        "1\t1,200\t12.5%\n2\t2,300\t20.1%\n3\t3,500\t32.6%\n"
    ),
    "a title with a comma over decimal commas": (
        "Permits by ward, year 2020\n\nward;rate;share\n"
        + "".join(f"W{n};{n};{n},5\n" for n in range(50))
    ),
    "a line of empty fields": ",,,\nid,name,a,b\n1,oak,2,3\n2,elm,4,5\n",
}
HEADERS: dict[str, tuple[int, tuple[str, ...], int]] = {  # lines above, names, rows
    "a title": (1, ("ward", "permits"), 3),
    "a title, a date and a blank line": (2, ("ward", "permits"), 3),
    "a title that a spreadsheet padded": (2, ("ward", "name", "permits"), 2),
    "a sentence with commas": (1, ("ward", "permits"), 3),
    "comments and tabs": (4, ("#ward", "name", "seat"), 3),
    "names and values above": (2, ("Ward", "Code", "2019", "2020"), 2),
    "semicolons and decimal commas": (1, ("ward", "rate", "share"), 3),
    "tabs and thousands": (2, ("ward", "people", "share"), 3),
    "a title with a comma over decimal commas": (1, ("ward", "rate", "share"), 50),
    "a line of empty fields": (1, ("id", "name", "a", "b"), 2),
}
PLAIN: dict[str, tuple[str, tuple[str, ...]]] = {
    "an ordinary table": ("id,name\n1,oak\n2,elm\n3,ash\n", ("id", "name")),
    "a short header over numbers": ("a\n1,2\n3,4\n5,6\n", ("a", "+1")),
    "a short header over wide rows": (
        "a,b\n1,2,3,4,5\n6,7,8,9,10\n11,12,13,14,15\n", ("a", "b", "+1", "+2", "+3")
    ),
    "a short header over wide texts": (
        "name,notes\nx,a,b,c,1\ny,d,e,f,2\nz,g,h,i,3\n", ("name", "notes", "+1", "+2", "+3")
    ),
    "names that are mostly missing": (
        "Domain,,,\na,b,c,d\ne,f,g,h\ni,j,k,l\n", ("Domain", "", "#2", "#3")
    ),
    "names and rows of which the last are empty": (
        "town,date,people,,,,\nA,May,1,,,,\nB,June,n/a,x,y,,\nC,July,3,4,5,6,7\nD,May,4,5,6,7,8\n",
        ("town", "date", "people", "", "#2", "#3", "#4"),
    ),
    "spaces after commas": (
        "Name, Home Address, Phone, Zip Code\nAnn, 1 Elm St, 5551, 02139\n"
        "Bob, 2 Oak St, 5552, 02140\nCy, 3 Fir St, 5553, 02141\n",
        ("Name", " Home Address", " Phone", " Zip Code"),
    ),
    "one column of sentences": (
        "comment\nhello, world\ngoodbye, then\nwell, well\n", ("comment", "+1")
    ),
    "one column": (
        "Total permits issued this year\n1\n2\n3\n", ("Total permits issued this year",)
    ),
    "decimal commas": (
        "ward;rate;share\nNorth;2,5;3,5\nSouth;3,5;4,5\nEast;4,5;5,5\n",
        ("ward", "rate", "share"),
    ),
    "a table that two notes follow": (
        "id,name\n1,oak\n2,elm\n\nTotal,2\nSource: the city\n", ("id", "name")
    ),
}  # fmt: skip


def columns(reading: Reading) -> tuple[str, ...]:
    assert reading.reason is None
    return reading.tables[0].columns


@pytest.mark.parametrize("which", NOTES)
def test_what_explains_a_table_is_no_part_of_it(which: str) -> None:
    reading = read(NOTES[which].encode(), name="a.csv")
    lines_above, names, rows = HEADERS[which]
    assert columns(reading) == names
    assert reading.tables[0].count == rows
    assert reading.facts["lines_above"] == lines_above


@pytest.mark.parametrize("which", PLAIN)
def test_a_table_that_begins_at_once_is_read_as_it_stands(which: str) -> None:
    body, names = PLAIN[which]
    reading = read(body.encode(), name="a.csv")
    assert columns(reading) == names
    assert "lines_above" not in reading.facts
    assert reading.tables[0].count == len([each for each in body.splitlines() if each]) - 1


GROUPED = ",Totals,,Men,\nday,0-9,10-19,0-9,10-19\n2024-05-01,1,2,3,4\n2024-05-02,5,6,7,8\n"
JOINED = ("day", "Totals 0-9", "Totals 10-19", "Men 0-9", "Men 10-19")


def test_names_below_a_line_of_groups_are_told_with_their_group() -> None:
    reading = read(GROUPED.encode(), name="a.csv")
    assert columns(reading) == JOINED
    assert reading.tables[0].count == 2
    assert reading.facts["header_lines"] == 2
    known = Known("delimited", {"": frozenset(JOINED)}, {"": JOINED})
    titled = "Cases by age,,,,\n" + GROUPED.rsplit("\n", 2)[0] + "\n"
    reading = read(titled.encode(), name="a.csv", known=known)
    assert columns(reading) == JOINED
    assert reading.tables[0].count == 1
    assert reading.facts["lines_above"] == 1


def test_names_that_are_mostly_missing_are_no_groups_of_the_first_row() -> None:
    body = "Domain,,Agency,,\na,b,c,d,1\ne,f,g,h,2\ni,j,k,l,3\n"
    reading = read(body.encode(), name="a.csv")
    assert columns(reading) == ("Domain", "", "Agency", "#2", "#3")
    assert reading.tables[0].count == 3


def test_names_seen_before_tell_the_header_whatever_stands_above() -> None:
    known = Known("delimited", {"": frozenset({"ward", "permits"})}, {"": ("ward", "permits")})
    body = "Permits,of the city\nPlease, read, this\nward,permits\nNorth,none\n"
    reading = read(body.encode(), name="a.csv", known=known)
    assert columns(reading) == ("ward", "permits")
    assert reading.tables[0].count == 1
    assert reading.facts["lines_above"] == 2


def test_a_title_that_was_taken_for_the_header_is_none_any_more_when_rows_are_there() -> None:
    title = "Permits of the year\n"
    early = read(f"{title}ward,permits\n1,20\n".encode(), name="a.csv")
    assert columns(early) == ("Permits of the year", "+1")
    before = columns(early)
    known = Known("delimited", {"": frozenset(before)}, {"": before})
    later = read(f"{title}ward,permits\n1,20\n2,31\n".encode(), name="a.csv", known=known)
    assert columns(later) == ("ward", "permits")


def test_rows_below_a_title_without_their_header_are_still_without_it() -> None:
    known = Known("delimited", {"": frozenset({"state", "n"})}, {"": ("state", "n")})
    body = b"Permits\nAs of May\n\nAlabama,12\nAlaska,13\nArizona,14\n"
    assert read(body, name="a.csv", known=known).reason == "no_header"


CELLS = st.text(st.sampled_from("ab1 .-#é"), max_size=6)


@settings(max_examples=300)
@given(st.integers(2, 4).flatmap(lambda w: st.lists(st.lists(CELLS, min_size=w, max_size=w))))
def test_below_names_that_fill_their_line_nothing_is_passed_over(rows: list[list[str]]) -> None:
    width = len(rows[0]) if rows else 2
    header = ["alpha", "beta", "gamma", "delta"][:width]
    body = "".join(",".join(row) + "\n" for row in [header, *rows])
    reading = read(body.encode(), name="a.csv")
    assert columns(reading) == tuple(header)
    assert reading.tables[0].count == len(rows)


ABOVE = {
    "a title": ("Building permits by ward",),
    "a title, a date and a blank line": ("Permits issued", "As of 2024-05-01"),
    "a title that a spreadsheet padded": ("Permits",),
    "a sentence with commas": ("Issued by the city, by ward, since 2020",),
    "comments and tabs": (
        "# Wards of the city", "#", "# 1. number", "# 2. name, as of 2020"
    ),
    "names and values above": ("Source,Permits", "Updated,2021-05-25"),
    "semicolons and decimal commas": ("Permits, by ward and year",),
    "tabs and thousands": ("Report of wards", "As of 5/1/2024"),
    "a title with a comma over decimal commas": ("Permits by ward, year 2020",),
    "a line of empty fields": (),
}  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("kind", NOTES)
def test_what_stands_above_is_given_as_text_for_people(kind: str, encoding: str) -> None:
    body = NOTES[kind].encode(encoding)
    reading = read(body, name="wards.csv", known=Known())
    told = lines_above(
        body[:400], reading.encoding, str(reading.facts["delimiter"]), HEADERS[kind][0]
    )
    assert reading.facts["lines_above"] == HEADERS[kind][0]
    assert told == ABOVE[kind]


def test_a_quoted_note_of_two_lines_is_one_text_and_a_head_that_is_cut_off_is_read() -> None:
    body = '"Permits, by ""ward""\nand year",,\n\nward,permits\nü'.encode()
    assert lines_above(body[:-1], "utf-8", ",", 2) == ('Permits, by "ward" and year',)
