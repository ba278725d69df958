"""Files of very many versions: pages of their past stay small, and no version is out of reach."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from verticalfile.catalog.versions import Sighting, versions_of
from verticalfile.web.links import page_links
from verticalfile.web.links.page_links import offered, stretch
from verticalfile.web.reader.data import row as row_page
from verticalfile.web.reader.data import time as time_page

OLD = "@20240117T150000Z"
LISTED = re.compile(r'<p class="line"><a href="([^"]+)"')
HERE = {"": "You are here", "/es": "Usted está aquí"}


def text_of(room, address: str) -> str:
    return room.get(address).content.decode()


def test_pages_of_the_past_together_list_every_version_once(room, monkeypatch) -> None:
    for tongue, here in HERE.items():
        whole = text_of(room, f"{tongue}/d/street-trees/time/")
        every = LISTED.findall(whole)
        assert len(every) > 6
        monkeypatch.setattr(time_page, "STOPS", 3)
        pages = [f"{tongue}/d/street-trees/time/?page={n}" for n in range(1, 2 + len(every) // 3)]
        parts = [LISTED.findall(text_of(room, page)) for page in pages]
        assert max(map(len, parts)) == 3
        assert [each for part in parts for each in part] == every
        old = text_of(room, f"{tongue}/d/street-trees/{OLD}/time/")
        assert here in old  # it opens at the page of the version at hand
        assert len(LISTED.findall(old)) <= 3
        assert text_of(room, f"{tongue}/d/street-trees/time/?page=99").count(
            every[-1].split("@")[1]
        )
        monkeypatch.undo()


def test_pages_of_a_row_together_tell_all_that_happened_to_it(room, monkeypatch) -> None:
    address = "/d/street-trees/row/?k=T-003"
    steps = re.compile(r'<p class="which"><a href="([^"]+)"')
    every = steps.findall(text_of(room, address))
    assert len(every) > 1
    monkeypatch.setattr(row_page, "STEPS", 1)
    first = text_of(room, address)
    assert 'href="/d/street-trees/row/?k=T-003&amp;page=2#st"' in first
    parts = [steps.findall(text_of(room, f"{address}&page={n + 1}")) for n in range(len(every))]
    assert [each for part in parts for each in part] == every
    assert "Its numbers through time" in first
    assert "Its numbers through time" not in text_of(room, f"{address}&page=2"), "drawn once"
    said = re.compile(r"First seen <time[^>]*>[^<]+")
    assert said.findall(first) == said.findall(text_of(room, f"{address}&page=2")) != []


def test_of_very_many_versions_some_are_offered_and_it_is_said(room, monkeypatch) -> None:
    said = "There are many versions."
    changes, time = "/d/street-trees/changes/", "/d/street-trees/time/"
    assert said not in text_of(room, changes)
    assert said not in text_of(room, time)
    monkeypatch.setattr(page_links, "OFFERED", 2)
    monkeypatch.setattr(page_links, "BESIDE", 0)
    monkeypatch.setattr("verticalfile.web.links.change_links.OFFERED", 2)
    for address in (changes, time):
        text = text_of(room, address)
        assert said in text
        assert 0 < text.count("<option ") < 40
    assert text_of(room, changes).count(" selected>") == 2


@given(st.integers(0, 400), st.lists(st.integers(0, 399), min_size=1, max_size=2))
def test_those_that_are_chosen_their_neighbours_and_each_month_are_offered(count, at) -> None:
    start = datetime(2021, 1, 31, tzinfo=UTC)
    every = versions_of(
        [
            Sighting(f"{n:020d}", start + timedelta(days=n), start, 0, f"{n:064x}", 1)
            for n in range(count)
        ],
        (),
    )
    newest_first = list(reversed(every))
    chosen = [newest_first[n] for n in at if n < count]
    found = offered(newest_first, chosen)
    assert found == [v for v in newest_first if v in found]
    assert set(chosen) <= set(found)
    assert {(v.seen_at.year, v.seen_at.month) for v in found} == {
        (v.seen_at.year, v.seen_at.month) for v in every
    }
    assert len(found) <= max(page_links.OFFERED, count // 28 + 2 + 2 * (2 * page_links.BESIDE + 1))
    for n in at:
        assert set(newest_first[max(0, n - 5) : n + 5]) <= set(found) or n >= count


@given(st.integers(0, 50), st.integers(1, 9), st.integers(-3, 99))
def test_a_page_that_is_not_there_is_the_nearest_one_that_is(count, size, page) -> None:
    found = stretch(range(count), page, size=size, to=str)
    assert 1 <= found.page <= found.pages
    assert len(found.items) <= size
    assert bool(found.items) == bool(count)
