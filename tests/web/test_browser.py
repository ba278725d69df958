"""The room in a real browser, served by `vf run`: without scripts, at 320 px, by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from pages import FAULTS, PAGES, every

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
FIRST_VIEW_BYTES = 110_000
FIRST_VIEW_REQUESTS = 6
SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important;
 word-spacing: .16em !important } p { margin-block-end: 2em !important }"""
"""The text spacing of WCAG 1.4.12."""


@contextmanager
def page_of(browser, served, **look) -> Iterator:
    """A page of a fresh reader. Foreign requests, script errors and broken parts fail the test."""
    context = browser.new_context(**look)
    page = context.new_page()
    strange: list[str] = []
    page.on(
        "request",
        lambda r: (
            strange.append(r.url)
            if urlsplit(r.url).netloc != urlsplit(served).netloc and not r.url.startswith("data:")
            else None
        ),
    )
    page.on(
        "console",
        lambda m: strange.append(m.text) if "status of 4" not in m.text else None,
    )
    page.on("pageerror", lambda e: strange.append(str(e)))
    yield page
    assert strange == []
    assert context.cookies() == []
    context.close()


def find_the_trees(page, served) -> None:
    """Two clicks, without knowing where anything is."""
    page.goto(served)
    page.fill("#q", "trees")
    page.click("text=Search")
    page.click(".hits a")


def test_what_did_it_say_then_in_three_clicks(browser, served):
    with page_of(browser, served, java_script_enabled=False) as page:
        find_the_trees(page, served)
        page.select_option("#mo", "1")
        page.fill("#da", "20")
        page.fill("#ye", "2024")
        page.click("form .btn:has-text('Open')")
        assert "You are reading an older version, from January 17, 2024." in page.inner_text("main")
        assert "T-001" in page.inner_text("table")
        assert "Jan 20, 2024" in page.inner_text(".stamp")


def test_what_has_changed_in_three_clicks(browser, served):
    with page_of(browser, served, java_script_enabled=False) as page:
        find_the_trees(page, served)
        page.click(".tabs >> text=What changed")
        assert "Between" in page.inner_text("#su")


def test_may_i_use_it_in_two_clicks(browser, served):
    with page_of(browser, served, java_script_enabled=False) as page:
        find_the_trees(page, served)
        assert page.inner_text(".rights").count("Yes") == 4
        assert "No librarian has confirmed it yet." in page.inner_text("main")
        assert "This is information, not legal advice." in page.inner_text("main")
        page.goto(f"{served}/d/library-branches/door-counts/")
        assert page.inner_text(".rights").count("Not known") == 4
        assert "Nobody at the library has looked at the rights yet." in page.inner_text("main")


def test_how_do_i_cite_it_in_three_clicks(browser, served):
    with page_of(browser, served, java_script_enabled=False) as page:
        find_the_trees(page, served)
        page.click(".tabs >> text=Cite")
        assert re.search(r"/d/street-trees/@20240410T150000Z/", page.inner_text(".cite"))


@pytest.mark.parametrize("tongue", ["", pytest.param("/es", marks=pytest.mark.slow)])
def test_no_page_moves_sideways_at_320_px_also_with_wide_text(browser, served, tongue):
    look = {"viewport": {"width": 320, "height": 640}}
    with page_of(browser, served, **look) as page:
        for address in every():
            page.goto(served + tongue + address)
            wide = "document.documentElement.scrollWidth"
            assert page.evaluate(wide) <= 320, address
            page.evaluate(
                "css => { const s = new CSSStyleSheet(); s.replaceSync(css);"
                " document.adoptedStyleSheets = [s] }",
                SPACED,
            )
            assert page.evaluate(wide) <= 320, f"{address} with wide text"


def test_the_first_view_is_light_and_comes_from_here(browser, served):
    """The heaviest pages, cold: everything that travels, fonts and style sheets among it."""
    for address in (
        "/", "/search/?q=trees", "/changes/", "/d/street-trees/", "/d/street-trees/table/",
        "/d/street-trees/changes/",
    ):  # fmt: skip
        with page_of(browser, served) as page:
            sizes: list[int] = []
            page.on(
                "requestfinished",
                lambda r, sizes=sizes: sizes.append(
                    r.sizes()["responseBodySize"] + r.sizes()["responseHeadersSize"]
                ),
            )
            page.goto(served + address, wait_until="networkidle")
            assert len(sizes) <= FIRST_VIEW_REQUESTS
            assert sum(sizes) <= FIRST_VIEW_BYTES


def test_a_table_is_asked_by_keyboard_alone(browser, served):
    with page_of(browser, served, java_script_enabled=False) as page:
        page.goto(f"{served}/d/street-trees/table/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        for _ in range(30):
            if page.evaluate("document.activeElement.id") == "fc":
                break
            page.keyboard.press("Tab")
        page.keyboard.type("kind")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.type("Maple")
        page.keyboard.press("Enter")
        page.wait_for_url("**is.kind=Maple")
        assert "Row 1 of 1." in page.inner_text("caption")


def test_data_is_found_and_narrowed_by_keyboard_alone(browser, served):
    with page_of(browser, served, java_script_enabled=False) as page:
        page.goto(served)
        tab_to(page, "document.activeElement.id == 'q'")
        page.keyboard.type("treees in the streets")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search/?q=treees*")
        assert "dataset" in page.inner_text("[role=status]")
        tab_to(page, "document.activeElement.value == 'Mill Hill'")
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        page.wait_for_url("**place=Mill+Hill*")
        assert "Place: Mill Hill" in page.inner_text(".chips")
        tab_to(page, "document.activeElement.className == 'chip'")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "place" not in url)
        tab_to(page, "document.activeElement.closest('.hits') != null")
        page.keyboard.press("Enter")
        page.wait_for_url("**/d/street-trees/")


def test_a_citation_is_copied_by_keyboard_and_it_is_said(browser, served):
    with page_of(browser, served, permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto(f"{served}/d/street-trees/cite/")
        tab_to(page, "document.activeElement.dataset.copy == 't-mla'")
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=status]:has-text('MLA 9 is copied.')")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == page.inner_text("#t-mla").strip()


def test_where_the_browser_refuses_its_clipboard_the_text_is_copied_as_selected(browser, served):
    with page_of(browser, served) as page:
        page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
        page.goto(f"{served}/d/street-trees/cite/")
        page.click("[data-copy=t-apa]")
        page.wait_for_selector("[role=status]:not(:empty)")
        assert (
            page.evaluate("getSelection().toString()").strip() == page.inner_text("#t-apa").strip()
        )


def test_without_scripts_no_button_promises_to_copy(browser, served):
    with page_of(browser, served, java_script_enabled=False) as page:
        page.goto(f"{served}/d/street-trees/cite/")
        assert page.locator("[data-copy]:visible").count() == 0


def tab_to(page, reached: str) -> None:
    for _ in range(60):
        if page.evaluate(reached):
            return
        page.keyboard.press("Tab")
    raise AssertionError(reached)


def test_focus_is_seen_on_all_that_can_be_reached(browser, served):
    with page_of(browser, served, java_script_enabled=True) as page:
        page.goto(f"{served}/d/street-trees/")
        names = []
        for _ in range(60):
            page.keyboard.press("Tab")
            told = page.evaluate(
                "(() => { const e = document.activeElement, s = getComputedStyle(e);"
                " return [e.tagName, e.innerText || e.getAttribute('aria-label') || e.id,"
                " parseFloat(s.outlineWidth), s.outlineStyle] })()"
            )
            if told[0] == "BODY":
                break
            names.append(told[1])
            assert told[2] >= 2, told
            assert told[3] != "none", told
        assert len(names) > 20


LOOKS = [("", "light", 1280), ("/es", "dark", 390)]
OTHER_LOOKS = [
    (tongue, theme, width)
    for tongue in ("", "/es")
    for theme in ("light", "dark")
    for width in (1280, 390)
    if (tongue, theme, width) not in LOOKS
]


def violations(browser, served, addresses, tongue, theme, width, **more) -> list[str]:
    look = {"viewport": {"width": width, "height": 900}, "color_scheme": theme, **more}
    found = []
    with page_of(browser, served, **look) as page:
        for address in addresses:
            page.goto(served + tongue + address)
            told = Axe().run(page, options=RULES)
            found += [
                f"{address}: {v['id']} {[n['target'] for n in v['nodes']][:3]}"
                for v in told.response["violations"]
            ]
    return found


@pytest.mark.parametrize(("tongue", "theme", "width"), LOOKS)
def test_axe_finds_nothing_on_any_page(browser, served, tongue, theme, width):
    addresses = [found[0] for found in PAGES.values()] + [
        "/d/street-trees/@20240403T150000Z/", "/d/library-branches/", "/d/never-collected/",
        "/d/street-trees/table/?is.kind=nothing", "/d/street-trees/table/?as=list", "/search/?q=xyzzy", "/search/", "/shelves/bare/",
        next(iter(FAULTS)), "/d/street-trees/@2019/",
    ]  # fmt: skip
    assert violations(browser, served, addresses, tongue, theme, width) == []


@pytest.mark.slow
@pytest.mark.parametrize(("tongue", "theme", "width"), [*LOOKS, *OTHER_LOOKS])
def test_axe_finds_nothing_on_every_state_in_every_look(browser, served, tongue, theme, width):
    assert violations(browser, served, every(), tongue, theme, width) == []


def test_axe_finds_nothing_in_forced_colours(browser, served):
    addresses = [
        "/",
        "/search/?q=trees",
        "/changes/",
        "/d/street-trees/",
        "/d/street-trees/changes/",
    ]
    found = violations(browser, served, addresses, "", "dark", 1280, forced_colors="active")
    assert found == []
