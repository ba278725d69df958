"""A table in the browser says what its history says: filtered, sorted, paged, taken away."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape

import pyarrow.parquet as pq
import pytest
from pages import OLD

from verticalfile.history.views import snapshot
from verticalfile.services.archive import open_archive
from verticalfile.services.opening import arrow_at
from verticalfile.services.reading.tables import table as reading


@pytest.fixture(autouse=True, params=["from the history", "from a snapshot"])
def where_rows_are_read(request, monkeypatch):
    """Small tables are read from the history, large ones from a snapshot: both say the same."""
    least = 0 if request.param == "from a snapshot" else snapshot.WORTH_ROWS
    monkeypatch.setattr(snapshot, "WORTH_ROWS", least)


def cells(text: str) -> list[list[str]]:
    body = text.split("<tbody", 1)[1].split("</tbody>", 1)[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.S)
    return [
        [unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]
        for row in rows
    ]


def csv_of(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_the_pages_of_a_table_together_are_the_version(room, town):
    shown = []
    for page in (1, 2, 3):
        shown += cells(room.get(f"/d/street-trees/{OLD}/table/?page={page}").content.decode())
    held = arrow_at(open_archive(town), "street-trees", "v1").to_pylist()
    assert shown == [list(row.values()) for row in held]
    assert len(shown) == 60


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("is.kind=Maple", lambda r: r["kind"] == "Maple"),
        ("is.kind=Maple&is.kind=OAK", lambda r: r["kind"] in ("Maple", "OAK")),
        ("not.kind=OAK", lambda r: r["kind"] != "OAK"),
        ("contains.id=-06", lambda r: "-06" in r["id"]),
        ("contains.kind=map", lambda r: "Map" in r["kind"]),
        ("starts.id=t-06", lambda r: r["id"].startswith("T-06")),
        ("from.height=60&to.height=62.5", lambda r: 60 <= float(r["height"]) <= 62.5),
        ("is.height=60.50", lambda r: float(r["height"]) == 60.5),
        ("to.Planted%20on=2001-04-02", lambda r: r["Planted on"] <= "2001-04-02"),
        ("from.Planted%20on=2001-04-27", lambda r: r["Planted on"] >= "2001-04-27"),
        ("blank.ward=yes", lambda r: not r["ward"]),
        ("filled.ward=yes", lambda r: r["ward"]),
        ("is.kind=Maple&from.height=60", lambda r: False),
    ],
)
def test_filters_keep_the_rows_that_they_say(room, town, asked, expected):
    held = arrow_at(open_archive(town), "street-trees", "v7").to_pylist()
    answer = csv_of(room.get(f"/d/street-trees/table.csv?{asked}"))
    assert answer[0] == list(held[0])
    assert answer[1:] == [list(row.values()) for row in held if expected(row)]


def test_numbers_sort_as_numbers_both_ways_and_blanks_stand_last(room):
    up = csv_of(room.get("/d/street-trees/table.csv?sort=height"))[1:]
    heights = [float(row[2]) for row in up]
    assert heights == sorted(heights)
    down = csv_of(room.get("/d/street-trees/table.csv?sort=height&dir=down"))[1:]
    assert [float(row[2]) for row in down] == sorted(heights, reverse=True)
    blank = csv_of(room.get("/d/hostile/table.csv?sort=%3Dcmd%7Cx&dir=down"))[1:]
    assert blank[-1][2] == ""


@pytest.mark.parametrize("sort", ["", "&sort=height", "&sort=kind&dir=down", "&sort=ward"])
def test_pages_by_key_follow_one_another_without_gap_or_repeat(room, monkeypatch, sort):
    """Beyond the numbered pages the next begins after the last row; here that is from page 1."""
    monkeypatch.setattr("verticalfile.web.links.table_links.PAGES_BY_NUMBER", 1)
    monkeypatch.setattr(reading, "PAGES_BY_NUMBER", 1)
    whole = csv_of(room.get(f"/d/street-trees/table.csv?{sort[1:]}"))[1:]
    address, shown = f"/d/street-trees/table/?rows=25{sort}", []
    for _ in range(5):
        text = room.get(address).content.decode()
        shown += cells(text)
        found = re.search(r'href="([^"]+)" rel="next"', text)
        if not found:
            break
        address = unescape(found[1])
        assert "after=" in address
    assert [["(blank)" if c == "" else c for c in row] for row in whole] == shown


def test_a_view_is_an_address_and_the_form_makes_it(room):
    asked = {"is.kind": "OAK", "column": "height", "how": "from", "value": " 20 ", "sort": "ward"}
    answer = room.get("/d/street-trees/table/", asked)
    assert answer.status_code == 302
    assert answer["Location"] == "/d/street-trees/table/?is.kind=OAK&from.height=20&sort=ward"
    text = room.get(answer["Location"]).content.decode()
    assert "kind is “OAK”" in text
    assert "height is at least “20”" in text
    assert 'href="/d/street-trees/table/?from.height=20&amp;sort=ward"' in text
    assert text.count('aria-sort="ascending"') == 1
    assert "Sorted by ward, smallest first." in text


def test_chosen_columns_are_shown_alone(room):
    text = room.get("/d/street-trees/table/?show=kind&show=id").content.decode()
    assert cells(text)[0] == ["Maple", "T-003"]
    rows = csv_of(room.get("/d/street-trees/table.csv?show=kind"))
    assert rows[0] == ["kind"]


def test_every_form_of_a_view_has_the_same_rows(room, tmp_path):
    view = "from.height=50&sort=height"
    rows = csv_of(room.get(f"/d/street-trees/table.csv?{view}"))
    told = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    body = b"".join(room.get(f"/d/street-trees/table.json?{view}").streaming_content)
    assert json.loads(body) == told
    (tmp_path / "p").write_bytes(
        b"".join(room.get(f"/d/street-trees/table.parquet?{view}").streaming_content)
    )
    assert pq.read_table(tmp_path / "p").to_pylist() == told


def test_the_copy_for_spreadsheets_makes_formulas_harmless_and_the_other_is_as_published(room):
    plain = csv_of(room.get("/d/hostile/table.csv"))
    assert plain[1][2] == "=1+1"
    excel = csv_of(room.get("/d/hostile/table.excel"))
    assert excel[0][0].startswith("\ufeff")
    assert excel[0][2] == "'=cmd|x"
    assert excel[1][2] == "'=1+1"
    assert excel[2][1] == "-5"
    assert excel[3][2] == "'+cmd"


def test_nothing_that_a_reader_types_becomes_sql(room):
    for value in ("' OR 1=1 --", '"; DROP TABLE x; --', "\\", "%", "\x00", "🌳" * 50):
        for how in ("is", "contains", "starts", "from"):
            answer = room.get("/d/street-trees/table/", {f"{how}.kind": value})
            assert answer.status_code == 200
            assert cells_or_none(answer) in ([], None) or how in ("from", "contains")
    for token in (
        "x",
        "W10",
        "WzEsMSwx",
        "W251bGwsMSwxXQ" * 9,
        "WzEsMTAwMDAwMDAwMDAwMDAwMDAwMDAwLDFd",
    ):
        assert room.get("/d/street-trees/table/", {"after": token}).status_code in (200, 400)


def cells_or_none(answer):
    text = answer.content.decode()
    return cells(text) if "<tbody" in text else None


def test_a_whole_version_comes_in_the_publishers_order_and_as_it_was(room, town):
    original = b"".join(room.get("/d/street-trees/download.original").streaming_content)
    rows = csv_of(room.get("/d/street-trees/download.csv"))
    assert list(csv.reader(io.StringIO(original.decode()))) == rows
    for form in ("excel", "jsonl", "parquet"):
        answer = room.get(f"/d/street-trees/download.{form}")
        assert b"".join(answer.streaming_content)
    assert room.get("/d/street-trees/download.geojson").status_code == 404


def listed(text: str) -> list[list[str]]:
    body = text.split('<ol class="diffs rows"', 1)[1].split("</ol>", 1)[0]
    rows = re.findall(r"<li>(.*?)</li>", body, re.S)
    return [
        [unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<dd.*?</dd>", row)]
        for row in rows
    ]


def test_the_same_rows_stand_in_the_list_each_with_the_names_of_its_cells(room):
    asked = f"/d/street-trees/{OLD}/table/?filled.ward=yes&sort=height&dir=down"
    as_table = room.get(asked).content.decode()
    as_list = room.get(f"{asked}&as=list").content.decode()
    assert listed(as_list) == cells(as_table)
    assert "<table" not in as_list.split('<ol class="diffs rows"')[1].split("</ol>")[0]
    names = re.findall(r'<a class="sort"[^>]*>([^<]+)', as_table)
    assert re.findall(r"<dt>([^<]+)</dt>", as_list)[: len(names)] == [n.strip() for n in names]
    links = [unescape(a) for a in re.findall(r'href="([^"]+/row/[^"]*)"', as_list)]
    assert links == [unescape(a) for a in re.findall(r'href="([^"]+/row/[^"]*)"', as_table)]


def test_a_list_stays_a_list_from_page_to_page_and_files_do_not_know_of_it(room):
    text = room.get(f"/d/street-trees/{OLD}/table/?as=list").content.decode()
    following = unescape(re.search(r'href="([^"]+)" rel="next"', text)[1])
    assert "as=list" in following
    assert listed(room.get(following).content.decode())
    assert "as=list" not in re.search(r'href="([^"]*table\.csv[^"]*)"', text)[1]
    sorted_by = room.get(f"/d/street-trees/{OLD}/table/?as=list&sort=height&dir=down")
    assert "Sorted by height, largest first." in sorted_by.content.decode()
    assert "<option selected" in sorted_by.content.decode()
