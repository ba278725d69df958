"""The registers as pages, the shelves, and what a dataset is said to be."""

from __future__ import annotations

import csv
import io
import re

from pages import NEW_TREES, VANISHED
from test_search_page import said

from verticalfile.catalog.register_lines import Register
from verticalfile.services.archive import open_archive
from verticalfile.services.datasets.describing import describe
from verticalfile.services.known.statements import Field
from verticalfile.services.telling.registers import NEWS
from verticalfile.web.words.register_words import NAMES


def entries(answer) -> list[str]:
    return re.findall(r'<li id="e-(\w+)">', answer.content.decode())


def test_a_register_lists_its_own_entries_and_all_is_the_sum(room):
    text = said(room.get("/changes/"))
    total = int(re.search(r"All news (\d+)", text)[1])
    parts = {each: int(re.search(rf"{NAMES[each]} (\d+)", text)[1]) for each in NEWS}
    assert sum(parts.values()) == total
    assert len(entries(room.get("/changes/"))) == min(total, 20)
    assert entries(room.get("/changes/vanished/")) == [VANISHED]
    assert parts[Register.VANISHED] == 1


def test_what_vanished_is_told_with_its_dates_how_we_know_and_that_it_proves_no_intent(room):
    text = said(room.get("/changes/vanished/"))
    assert "Rent register" in text
    assert "June 5, 2024" in text
    assert "Last seen on May 29, 2024." in text
    assert "The file was not where it used to be." in text
    assert "3 checks found it missing, the last on June 19, 2024." in text
    assert "That something vanished proves no intent" in text


def test_an_entry_has_an_address_of_its_own_in_both_languages(room):
    text = said(room.get(f"/changes/entry/{NEW_TREES}/"))
    assert "Street trees" in text
    assert "Kept for the first time." in text
    assert "Árboles de la calle" in said(room.get(f"/es/changes/entry/{NEW_TREES}/"))


def test_of_what_is_held_the_class_of_reason_is_told_and_no_number(room):
    text = said(room.get("/changes/held/"))
    assert "Held for review: many rows were gone." in text
    told = room.get("/changes/held/").content.decode().split('class="slip entries"')[1]
    assert not re.search(r"\b(9|55|64) ", re.sub(r"<time.*?</time>", "", told.split("</ol>")[0]))


def test_of_what_is_withdrawn_the_reason_for_the_register_is_told(room):
    assert "Reason: privacy." in said(room.get("/changes/withdrawn/"))


def test_a_register_without_entries_says_so(room):
    assert "This register is empty." in said(room.get("/changes/returned/"))


def test_a_shelf_lists_what_stands_on_it_in_the_language_of_the_page(room):
    text = said(room.get("/es/shelves/streets/"))
    assert "Calles" in text
    assert text.index("Árboles de la calle") < text.index("Rent register")
    english = said(room.get("/shelves/streets/"))
    assert english.index("Rent register") < english.index("Street trees")
    assert "Nothing stands on this shelf yet." in said(room.get("/shelves/bare/"))


def test_the_drawer_on_home_has_the_shelves_subjects_first(room):
    drawer = room.get("/").content.decode().split('class="drawer"')[1].split("</ul>")[0]
    assert re.findall(r'href="/shelves/([\w-]+)/"', drawer) == [
        "bare", "streets", "alder-falls", "evil",
    ]  # fmt: skip


def test_the_page_of_a_dataset_says_what_it_is_and_who_says_so(room):
    answer = room.get("/d/street-trees/")
    page = answer.content.decode()
    text = said(answer)
    assert "Every tree on public land, with its height." in text
    assert "A librarian, since" in text
    assert 'href="/search/?publisher=Alder+Falls+Parks"' in page
    assert 'href="https://data.alderfalls.example/trees" rel="noopener nofollow"' in page
    for link in ("/shelves/streets/", "/search/?subject=Plants", "/search/?place=Mill+Hill"):
        assert f'href="{link}"' in page
    assert "https://creativecommons.org/publicdomain/zero/1.0/" in page  # in the card of rights
    spanish = room.get("/es/d/street-trees/").content.decode()
    assert '<h1 lang="es">Árboles de la calle</h1>' in spanish
    assert "Cada árbol público." in spanish


def test_nobody_said_what_it_is_is_said(room):
    text = said(room.get("/d/library-branches/door-counts/"))
    assert "Nobody has described it yet." in text
    assert "Not said yet." in text


def test_a_licence_that_is_no_address_is_text(own, enter):
    archive = open_archive(own)
    describe(archive, "street-trees", {Field.LICENCE: ["javascript:alert(1)"]})
    archive.index.close()
    page = enter(own).get("/d/street-trees/").content.decode()
    assert '<q lang="en">javascript:alert(1)</q>' in page


def test_a_register_stands_in_the_order_asked_for_and_keeps_it_on_its_pages(room):
    def days(address: str) -> list[str]:
        return re.findall(
            r'<li id="e-.*?<time datetime="([^"]+)"', room.get(address).content.decode(), re.S
        )

    newest, oldest = days("/changes/"), days("/changes/?sort=oldest")
    assert newest == sorted(newest, reverse=True)
    assert oldest == sorted(oldest)
    assert len(oldest) == len(newest) > 5
    names = re.findall(
        r'<div><p><a href="/d/([a-z-]+)/', room.get("/changes/?sort=name").content.decode()
    )
    assert names == sorted(names)
    assert days("/changes/?sort=nonsense") == newest


def test_a_register_is_taken_as_csv_with_the_words_of_its_page(room, own, enter):
    answer = room.get("/changes/vanished.csv")
    assert re.fullmatch(
        r'attachment; filename="register-vanished_\d{4}-\d\d-\d\d.csv"',
        answer["Content-Disposition"],
    )
    [row] = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))
    assert (row["register"], row["dataset"], row["title"]) == (
        "vanished",
        "rent-register",
        "Rent register",
    )
    assert row["what_happened"] == "The publisher no longer offers this. We keep our copies."
    assert room.get(row["entry"].removeprefix("http://testserver")).status_code == 200
    spanish = b"".join(room.get("/es/changes/vanished.csv").streaming_content).decode()
    assert "La fuente ya no lo ofrece" in spanish
    every = b"".join(room.get("/changes.csv").streaming_content).decode()
    total = int(re.search(r"All news (\d+)", said(room.get("/changes/")))[1])
    assert len(list(csv.DictReader(io.StringIO(every)))) == total


def test_spanish_entries_are_told_in_the_singular_and_their_lists_in_the_plural(room):
    for register, of_one, of_all in (
        ("changed", "Modificado", "Modificados"), ("new", "Nuevo aquí", "Nuevos aquí"),
        ("withdrawn", "Retirado por la biblioteca", "Retirados por la biblioteca"),
    ):  # fmt: skip
        page = room.get(f"/es/changes/{register}/").content.decode()
        head, listed = page.split('class="slip entries"')
        assert of_all in head
        listed = listed.split("</ol>")[0]
        assert of_one in listed
        assert of_all not in listed


def test_that_some_versions_are_withdrawn_is_not_told_as_if_all_were(room):
    assert "took one or more of its versions out of" in said(room.get("/changes/withdrawn/"))
    assert "retiró una o más de sus versiones" in said(room.get("/es/changes/withdrawn/"))
