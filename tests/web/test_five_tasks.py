"""The five main tasks by keyboard alone, without and with scripts, on a phone, zoomed, in large text:
find a dataset, open what it said on a past day, see what changed since, who may use it, cite it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from keyboard import Keyboard
from made_room import START
from pages import OLD
from test_browser import page_of

LOOKS = {
    "desk": {"viewport": {"width": 1280, "height": 900}},
    "320 px": {"viewport": {"width": 320, "height": 640}},
    "zoom 400 %": {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4},
    "text 200 %": {"viewport": {"width": 1280, "height": 900}},
}
"""A window of 1280 by 1024 at 400 % is one of 320 by 256 with four device pixels to each of them."""
DOUBLED = {"standard": 32, "fixed": 26}
TASK_PAGES = {
    "find": "/search/?q=trees",
    "open": f"/d/street-trees/{OLD}/",
    "changes": f"/d/street-trees/@20240131T150000Z/changes/?from={OLD[1:]}",
    "rights": "/d/street-trees/",
    "cite": f"/d/street-trees/{OLD}/cite/",
}
"""Where each task ends."""


@pytest.fixture(params=[False, True], ids=["no scripts", "scripts"])
def scripts(request) -> bool:
    return request.param


@pytest.fixture(params=LOOKS)
def keyboard(request, browser, served, scripts) -> Iterator[Keyboard]:
    """A reader with a keyboard and nothing else, in each of the looks."""
    look = LOOKS[request.param]
    with page_of(browser, served, java_script_enabled=scripts, **look) as page:
        if request.param == "text 200 %":
            page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": DOUBLED})
        yield Keyboard(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= look["viewport"]["width"], "the page moves sideways"


def find_the_trees(keyboard: Keyboard, served: str) -> None:
    keyboard.open(served)
    keyboard.tab_to("e.id == 'q'")
    keyboard.write("trees")
    keyboard.press("Enter")
    keyboard.page.wait_for_url("**/search/?q=trees*")
    keyboard.tab_to("e.closest('.hits') != null")
    keyboard.press("Enter")
    keyboard.page.wait_for_url("**/d/street-trees/")


def test_a_dataset_is_found_by_keyboard(keyboard, served):
    find_the_trees(keyboard, served)
    assert keyboard.page.inner_text("h1") == "Street trees"


def test_what_it_said_on_a_past_day_is_opened_by_keyboard(keyboard, served):
    find_the_trees(keyboard, served)
    keyboard.tab_to("e.id == 'mo'")
    keyboard.page.keyboard.type(START.strftime("%B"))
    keyboard.tab()
    keyboard.write("20")
    keyboard.tab()
    keyboard.write("2024")
    keyboard.tab()
    keyboard.press("Enter")
    keyboard.page.wait_for_url("**/@2024*/**")
    assert "an older version, from January 17, 2024" in keyboard.page.inner_text("[role=note]")
    keyboard.tab_to("e.innerText == 'See the newest'")


def test_what_changed_since_is_seen_by_keyboard(keyboard, served):
    find_the_trees(keyboard, served)
    keyboard.tab_to("e.closest('.tabs') != null && e.innerText.includes('What changed')")
    keyboard.press("Enter")
    keyboard.page.wait_for_url("**/changes/")
    keyboard.tab_to("e.id == 'va'")
    keyboard.page.keyboard.type("January 17")
    keyboard.tab_to("e.innerText == 'Compare'")
    keyboard.press("Enter")
    keyboard.page.wait_for_url("**/changes/?from=*")
    assert "Between January 17, 2024 and April 10, 2024:" in keyboard.page.inner_text("#su")
    keyboard.tab_to("e.closest('[aria-labelledby=rw]') && e.innerText.startsWith('Vanished')")
    keyboard.press("Enter")
    keyboard.page.wait_for_url("**kind=vanished*")
    assert "T-010" in keyboard.page.inner_text(".diffs")


def test_who_may_use_it_is_read_by_keyboard(keyboard, served):
    find_the_trees(keyboard, served)
    keyboard.tab_to("e.innerText == 'May I use it?'")
    keyboard.press("Enter")
    keyboard.page.wait_for_url("**#ri")
    top = keyboard.page.evaluate("document.getElementById('ri').getBoundingClientRect().top")
    assert 0 <= top < keyboard.page.viewport_size["height"]
    assert keyboard.page.inner_text(".rights").startswith("Copy it")
    keyboard.tab()
    assert keyboard.page.evaluate("document.activeElement.closest('[aria-labelledby=ri]') != null")


def test_it_is_cited_by_keyboard(keyboard, served):
    find_the_trees(keyboard, served)
    keyboard.tab_to("e.closest('.tabs') != null && e.innerText == 'Cite'")
    keyboard.press("Enter")
    keyboard.page.wait_for_url("**/cite/")
    assert re.search(r"/d/street-trees/@20240410T150000Z/", keyboard.page.inner_text(".cite"))
    keyboard.tab_to("e.innerText == 'the dataset as a whole'")
    keyboard.press("Enter")
    keyboard.page.wait_for_url("**/cite/?whole=yes")
    assert "@2024" not in keyboard.page.inner_text(".cite")
    keyboard.tab_to("e.innerText.includes('BibTeX')")


each_look_once = pytest.mark.parametrize("scripts", [False], indirect=True)
in_two_looks = pytest.mark.parametrize("keyboard", ["desk", "zoom 400 %"], indirect=True)


@in_two_looks
@each_look_once
@pytest.mark.parametrize("task", TASK_PAGES)
def test_the_keyboard_reaches_all_of_a_page_and_leaves_it_both_ways(keyboard, served, task):
    stops = keyboard.walk(served + TASK_PAGES[task])
    assert stops[0] == "Skip to the page"
    assert stops[-1] == "Accessibility"


@in_two_looks
@each_look_once
@pytest.mark.parametrize("task", TASK_PAGES)
def test_the_first_stop_leads_past_all_that_every_page_has(keyboard, served, task):
    keyboard.open(served + TASK_PAGES[task])
    keyboard.tab()
    keyboard.press("Enter")
    assert keyboard.page.evaluate("document.activeElement.id") == "main"
    keyboard.tab()
    assert keyboard.page.evaluate("document.activeElement.closest('main') != null")
