"""Tables without rows, of very many columns, of two versions in a day: what their pages say."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
from made_room import EVIL, Maker
from running_site import running
from test_browser import page_of
from test_search_page import said

NAMES = [f"measure {n}" for n in range(150)]
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def edges(tmp_path_factory):
    folder = tmp_path_factory.mktemp("edges")
    made = Maker(folder / "archive", folder / "sources")
    made.add("bare.csv", "bare", "Bare")
    made.collect("bare", "bare.csv", "id,name,ward\n")
    made.add("wide.csv", "wide", "Wide")
    rows = [",".join(str(row * n) for n in range(150)) for row in range(40)]
    made.collect("wide", "wide.csv", "\n".join([",".join(NAMES), *rows]) + "\n")
    made.add("twice.csv", "twice", "Twice")
    made.collect("twice", "twice.csv", "id,kind\n1,oak\n2,elm\n")
    made.collect("twice", "twice.csv", "id,kind\n1,oak\n2,ash\n", after=HOUR)
    made.collect("twice", "twice.csv", f"id,kind\n1,oak\n2,{EVIL}\n")
    return folder / "archive"


def test_a_table_without_rows_says_so_and_speaks_of_no_filter(edges, enter) -> None:
    room = enter(edges)
    text = said(room.get("/d/bare/table/"))
    assert "The table has no rows on this date." in text
    assert "Its file names 3 columns" in text
    assert "these filters" not in text
    assert "La tabla no tiene filas en esta fecha." in said(room.get("/es/d/bare/table/"))
    filtered = said(room.get("/d/twice/table/?is.kind=yew"))
    assert "No row matches all of these filters." in filtered


def test_a_wide_table_offers_no_number_of_rows_that_it_would_not_give(edges, enter) -> None:
    room = enter(edges)
    text = said(room.get("/d/wide/table/"))
    assert "Rows on a page:" not in text
    assert "A table of so many columns has fewer rows on a page." in text
    few = said(room.get("/d/wide/table/?show=measure+1&show=measure+2"))
    assert "Rows on a page: 50, 100." in few
    assert "fewer rows" not in few


def test_two_versions_of_one_day_are_told_apart_by_their_hours(edges, enter) -> None:
    room = enter(edges)
    by_hour = said(room.get("/d/twice/@20240131T160000Z/changes/"))
    assert "10:00 a.m. and January 31, 2024, 11:00 a.m.: 1 row changed" in by_hour
    assert "10:00 a.m. beside January 31, 2024, 11:00 a.m." in by_hour
    by_day = said(room.get("/d/twice/changes/"))
    assert "Between January 31, 2024 and February 7, 2024: 1 row changed" in by_day


TURNED = "safe\u202egpj.exe"  # what follows in the same line is written from right to left
ORDER = """text => { const walk = document.createTreeWalker(document.querySelector('main'), 4);
  const range = document.createRange(), found = [];
  while (walk.nextNode()) { const node = walk.currentNode, at = node.data.indexOf(text);
    if (at < 0 || !node.parentElement.checkVisibility()) continue;
    const left = n => { range.setStart(node, n); range.setEnd(node, n + 1);
      return range.getBoundingClientRect().left };
    found.push(left(at) < left(at + text.length - 1)) }
  return found }"""


@pytest.fixture(scope="module")
def turned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("turned")
    made = Maker(folder / "archive", folder / "sources")
    made.add("files.csv", "files", f"Files {TURNED}")
    made.collect("files", "files.csv", f"id,name\n1,{TURNED}\n{TURNED},b\n")
    made.collect("files", "files.csv", f"id,name\n1,{TURNED}2\n{TURNED},b\n")
    with running(folder / "archive") as address:
        yield address


def test_a_cell_that_turns_its_direction_does_not_turn_what_the_library_says(turned, browser):
    with page_of(browser, turned) as page:
        for address, ours in (
            ("/d/files/row/?k=1", "since"),
            (f"/d/files/row/?k={quote(TURNED)}", "through every version"),
            ("/d/files/table/", "as it was on"),
            ("/search/?q=files", "Nothing is said"),
        ):
            page.goto(turned + address)
            found = page.evaluate(ORDER, ours)
            assert found, address
            assert all(found), address


def test_the_open_filter_can_be_read_on_paper_with_backgrounds(turned, browser):
    with page_of(browser, turned) as page:
        page.emulate_media(media="print")
        page.goto(f"{turned}/d/files/changes/")
        chip = page.locator(".chip[aria-current]").first
        colours = chip.evaluate(
            "e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]"
        )
        assert colours == ["rgb(0, 0, 0)", "rgba(0, 0, 0, 0)"]


def test_a_list_of_datasets_tells_what_cannot_be_read_from_what_was_never_kept(
    tmp_path, enter
) -> None:
    made = Maker(tmp_path / "archive", tmp_path / "sources")
    made.add("letter.txt", "letter", "Letter")
    made.collect("letter", "letter.txt", "This is prose.\nNot a table.\n")
    made.add("never.csv", "never", "Never")
    text = said(enter(tmp_path / "archive").get("/d/"))
    assert "Letternot said1no readable version" in text
    assert "Nevernot said0no version yet" in text


def test_the_columns_of_a_dataset_fit_a_desk_with_long_words_in_them(browser, tmp_path):
    made = Maker(tmp_path / "archive", tmp_path / "sources")
    made.add("long.csv", "long", "Long")
    row = ",".join(["https://example.org/" + "x" * 60, "52a780de-98b3-9d1c-e300-11465a57ec83", "3"])
    made.collect("long", "long.csv", f"address,identifier_of_record,count\n{row}\n")
    with (
        running(tmp_path / "archive") as served,
        page_of(browser, served, viewport={"width": 1280, "height": 900}) as page,
    ):
        page.goto(f"{served}/d/long/")
        region = page.locator(".scroll").first
        assert region.evaluate("e => e.scrollWidth <= e.clientWidth")
