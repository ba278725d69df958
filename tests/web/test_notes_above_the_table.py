"""The page of a table shows what its file says above it, and is as it was where nothing is said."""

from __future__ import annotations

import gzip

import pytest
from made_room import Maker
from running_site import running
from test_browser import page_of

from verticalfile.services.reading.tables import notes

NOTES = (
    '"Adopted budget, by department"\n"Source: <script>alert(1)</script> & friends"\n'
    '"Amounts in dollars. Figures may be revised."\n\n'
)
TABLE = "Department,Adopted,Actual\nParks,1200,1180\nLibrary,2100,2050\nStreets,3300,3400\n"
SAYS = {
    "": "What the file says above its table",
    "/es": "Lo que el archivo dice encima de su tabla",
}


@pytest.fixture(scope="module")
def budget(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notes")
    made = Maker(folder / "archive", folder / "sources")
    made.add("budget.csv", "budget", "Budget")
    made.collect("budget", "budget.csv", NOTES + TABLE)
    made.collect("budget", "budget.csv", NOTES.replace("Adopted", "Amended") + TABLE)
    made.add("plain.csv", "plain", "Plain")
    made.collect("plain", "plain.csv", TABLE)
    made.add("many.csv", "many", "Many")
    made.collect("many", "many.csv", "".join(f"# Line {n} of notes\n" for n in range(45)) + TABLE)
    made.add("packed.csv.gz", "packed", "Packed")
    made.collect("packed", "packed.csv.gz", gzip.compress((NOTES + TABLE).encode()))
    return folder / "archive"


def test_each_version_shows_its_own_lines_as_text_in_both_languages(budget, enter) -> None:
    room = enter(budget)
    for tongue, said in SAYS.items():
        newest = room.get(f"{tongue}/d/budget/table/").content.decode()
        assert said in newest
        assert "Amended budget, by department</li>" in newest
        assert "Source: &lt;script&gt;alert(1)&lt;/script&gt; &amp; friends</li>" in newest
        old = room.get(f"{tongue}/d/budget/@20240117T150000Z/table/", follow=True).content.decode()
        assert "Adopted budget, by department</li>" in old
        assert said not in room.get(f"{tongue}/d/plain/table/").content.decode()


def test_of_many_lines_some_are_shown_and_of_a_packed_file_their_number(budget, enter) -> None:
    room = enter(budget)
    many = room.get("/d/many/table/").content.decode()
    assert f"# Line {notes.TEXTS - 1} of notes" in many
    assert f"# Line {notes.TEXTS} of notes" not in many
    assert "The original has all of it" in many
    packed = room.get("/d/packed/table/").content.decode()
    assert "The file has 3 lines above its table" in packed
    assert "The original has all of it" in packed


def test_a_large_original_is_not_restored_for_them(budget, enter, monkeypatch) -> None:
    monkeypatch.setattr(notes, "ORIGINAL_BYTES", 100)
    text = enter(budget).get("/d/budget/table/").content.decode()
    assert "The file has 3 lines above its table" in text
    assert "Adopted budget" not in text


def test_they_are_seen_above_the_rows_without_scripts_at_320_px(budget, browser) -> None:
    with (
        running(budget) as served,
        page_of(
            browser, served, java_script_enabled=False, viewport={"width": 320, "height": 900}
        ) as page,
    ):
        page.goto(f"{served}/d/budget/table/")
        said = page.get_by_text("Amounts in dollars. Figures may be revised.")
        assert said.is_visible()
        assert (
            said.bounding_box()["y"]
            < page.get_by_role("rowheader", name="Parks").bounding_box()["y"]
        )
        page.get_by_text(SAYS[""]).click()
        said.wait_for(state="hidden")
