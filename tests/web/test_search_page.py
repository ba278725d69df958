"""The page of search: what was understood, what was found and why, and what to do without a hit."""

from __future__ import annotations

import logging
import re
from html import unescape

import pytest

from verticalfile.services.archive import init, open_archive
from verticalfile.services.datasets.adding import add
from verticalfile.services.datasets.describing import describe
from verticalfile.services.known.statements import Field


def said(answer) -> str:
    """The words of a page, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", answer.content.decode())).split())


def hits(answer) -> list[str]:
    text = answer.content.decode()
    return [
        unescape(re.sub(r"<[^>]*>", "", title)) for title in re.findall(r"<li><h2>(.*?)</h2>", text)
    ]


def test_home_has_one_box_with_a_label_that_asks_the_page_of_search(room):
    text = room.get("/").content.decode()
    assert text.count('type="search"') == 1
    assert 'action="/search/"' in text
    assert '<label for="q">Find data by what it is about</label>' in text


def test_home_lets_readers_look_up_a_place_by_what_datasets_are_about(room):
    text = room.get("/").content.decode()
    links = re.findall(r'class="chip" href="([^"]*)".*?</span> <span class="hint">(\d+)', text)
    assert ("/search/?place=Mill%20Hill", "1") in links
    for address, number in links:
        assert f"{number} dataset" in said(room.get(unescape(address)))
    assert "Busque un lugar" in room.get("/es/").content.decode()


def test_a_hit_says_what_it_is_who_published_it_where_how_many_versions_and_how_fresh(room):
    answer = room.get("/search/?q=trees")
    assert hits(answer)[0] == "Street trees"
    text = said(answer)
    assert "Every tree on public land, with its height." in text
    assert "Alder Falls Parks" in text
    assert "Alder Falls, Mill Hill" in text
    assert "6 versions, 2024" in text
    assert "last changed April 10, 2024" in text
    assert "rights: Public domain" in text


def test_it_says_why_it_matched_with_marks(room):
    text = room.get("/search/?q=trees").content.decode()
    assert "<mark>trees</mark>" in text
    text = room.get("/search/?q=planted").content.decode()
    assert "In a column" in text
    assert re.search(r"<mark>Planted on</mark>", text, re.I)


def test_the_number_found_is_a_status(room):
    text = room.get("/search/?q=trees").content.decode()
    assert re.search(r'<p role="status"><b>1 dataset found\.</b>', text)


def test_a_slip_of_the_pen_is_mended_and_said(room):
    answer = room.get("/search/?q=heigth")
    assert "Street trees" in hits(answer)
    assert "Nothing here has “heigth”. We looked for height." in said(answer)


def test_what_else_was_looked_for_is_said(room):
    answer = room.get("/search/?q=árboles")
    assert "Street trees" in hits(answer)
    assert "we also looked for" in said(answer)


def test_facets_are_boxes_with_counts_and_filters_chips_that_can_be_removed(room):
    text = room.get("/search/").content.decode()
    box = r'<input type="checkbox" name="{}" value="{}"{}>.*?<span class="quiet">{}</span>'
    assert re.search(box.format("place", "Alder Falls", "", 1), text)
    text = room.get("/search/?place=Alder+Falls&q=trees").content.decode()
    assert re.search(box.format("place", "Alder Falls", " checked", 1), text)
    assert re.search(r'<a class="chip" href="/search/\?q=trees"><span>Place: .*Alder Falls', text)
    assert re.search(r"<button class=\"btn plain\">Apply</button>", text)


def test_the_form_of_facets_keeps_the_words_and_the_shelf(room):
    text = room.get("/search/?q=trees&shelf=streets").content.decode()
    assert '<input type="hidden" name="q" value="trees">' in text
    assert '<input type="hidden" name="shelf" value="streets">' in text
    assert hits(room.get("/search/?shelf=streets")) == ["Rent register", "Street trees"]


def test_without_a_hit_it_offers_what_there_is_without_each_filter(room):
    answer = room.get("/search/?q=trees&state=vanished")
    assert not hits(answer)
    assert "No dataset found." in said(answer)
    assert "Without the filter “Still offered?: No longer offered”: 1 dataset" in said(answer)
    assert 'href="/search/?q=trees"' in answer.content.decode()
    assert "Ask a librarian" in said(answer).split("What you can try")[1]


def test_without_a_hit_it_says_which_words_nothing_has(room):
    assert "Nothing here has the word “xyzzy”." in said(room.get("/search/?q=xyzzy"))


@pytest.mark.parametrize(
    ("sort", "first"),
    [("title", "Hostile"), ("changed", "Rent register"), ("new", "Never collected")],
)
def test_the_order_can_be_chosen_and_is_seen(room, sort, first):
    answer = room.get(f"/search/?sort={sort}")
    assert hits(answer)[0].startswith(first)
    assert f'<option value="{sort}" selected>' in answer.content.decode()


def test_what_is_gone_from_its_publisher_is_found_and_labelled(room):
    answer = room.get("/search/?q=rent")
    assert "Vanished" in said(answer)
    assert "Not offered by its publisher since June 5, 2024. We keep our copies." in said(answer)


def test_in_spanish_titles_and_sentences_are_spanish_where_there_are_some(room):
    answer = room.get("/es/search/?q=trees")
    assert hits(answer) == ["Árboles de la calle"]
    assert "Cada árbol público." in said(answer)
    text = room.get("/es/search/?q=rent").content.decode()
    assert '<span lang="en">' in text.split("<h2>")[1].split("</h2>")[0]


def test_twenty_stand_on_a_page_and_pages_have_links(tmp_path, enter):
    archive = init(tmp_path / "a")
    for n in range(45):
        add(archive, f"https://data.example/{n}.csv", name=f"list-{n:02}", title=f"List {n:02}")
    archive.index.close()
    room = enter(tmp_path / "a")
    assert hits(room.get("/search/?q=list"))[:2] == ["List 00", "List 01"]
    assert len(hits(room.get("/search/?q=list"))) == 20
    last = room.get("/search/?q=list&page=3")
    assert len(hits(last)) == 5
    text = last.content.decode()
    assert 'href="/search/?q=list&amp;page=2"' in text
    assert 'href="/search/?q=list"' in text
    assert "45 datasets found." in said(last)


def test_a_question_is_written_nowhere(own, enter, caplog, capfd):
    room = enter(own)
    before = {p: p.read_bytes() for p in own.rglob("*") if p.is_file()}
    with caplog.at_level(logging.DEBUG):
        for address in ("/search/?q=mysecretquestion", "/search/feed.atom?q=mysecretquestion"):
            answer = room.get(address, HTTP_USER_AGENT="mysecretquestion")
            assert answer.status_code == 200
            assert not answer.cookies
    out, err = capfd.readouterr()
    assert "mysecretquestion" not in caplog.text + out + err
    for path in own.rglob("*"):
        if path.is_file() and path.read_bytes() != before.get(path):
            assert b"mysecretquestion" not in path.read_bytes(), path


def test_a_question_of_any_kind_is_answered(room):
    for q in (
        "%22",
        "a" * 3000,
        "*",
        "AND",
        "%00",
        "NEAR(",
        "-trees",
        "(((",
        "%F0%9F%8C%B3",
        "'--",
    ):
        assert room.get(f"/search/?q={q}").status_code == 200
    assert room.get("/search/?sort=nonsense&page=-1&place=&colour=red").status_code == 200


def test_by_title_a_spanish_page_stands_by_the_spanish_titles(own, enter):
    archive = open_archive(own)
    describe(archive, "street-trees", {Field.TITLE: ["Zonas verdes"]}, language="es")
    describe(archive, "rent-register", {Field.TITLE: ["Álbum de rentas"]}, language="es")
    archive.index.close()
    room = enter(own)

    def order(address: str) -> list[str]:
        return re.findall(
            r'<li><h2><a href="(?:/es)?/d/([a-z-]+)/', room.get(address).content.decode()
        )

    for asked in ("/search/?sort=title", "/search/"):
        english, spanish = order(asked), order(f"/es{asked}")
        assert set(english) == set(spanish)
        assert english.index("rent-register") < english.index("street-trees")
        assert spanish[0] == "rent-register"  # Á stands with A
        assert spanish[-1] == "street-trees"
