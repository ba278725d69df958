"""Each page printed by Chromium: nothing cut, no navigation, its address and its date on paper."""

from __future__ import annotations

import io
import re

import pytest
from made_room import Maker, lines
from pages import HIDDEN, OLD, PAGES
from pypdf import PdfReader
from running_site import running
from test_browser import page_of

NOT_PRINTED = (
    "Skip to the page", "Español", "Find Shelves All datasets", "Privacy Accessibility",
    "Through time Cite",
)  # fmt: skip
SHOWN = """() => {
  const seen = e => { const s = getComputedStyle(e), r = e.getBoundingClientRect();
    return s.visibility != 'hidden' && r.width > 1.5 && r.height > 1.5 };
  const found = [], walk = document.createTreeWalker(document.querySelector('main'), 4);
  while (walk.nextNode()) { const t = walk.currentNode, e = t.parentElement;
    if (t.data.trim() && seen(e) && !e.closest('.vh, details, svg, option')) found.push(t.data) }
  return found }"""
"""Every text of the page that paper should have."""


def packed(text: str) -> str:
    return re.sub(r"[\s\u00ad-]+", "", text)


def printed(page, address: str, **how) -> tuple[str, list[str], PdfReader]:
    """(text of the print without spaces, texts that are not in it, the print)."""
    page.emulate_media(media="print")
    page.goto(address)
    pdf = PdfReader(io.BytesIO(page.pdf(format="Letter", prefer_css_page_size=True, **how)))
    outside: list[str] = []
    parts: list[str] = []
    for sheet in pdf.pages:
        width, height = (float(n) for n in sheet.mediabox[2:])

        def seen(text, cm, tm, fonts, size, width=width, height=height) -> None:
            parts.append(text)
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            if text.strip() and not (0 <= x <= width and 0 <= y <= height):
                outside.append(text)

        sheet.extract_text(visitor_text=seen)
    whole = packed("".join(parts))
    missing = [t for t in page.evaluate(SHOWN) if packed(t) not in whole]
    return whole, [*missing, *outside], pdf


@pytest.mark.parametrize("at_most", [1, pytest.param(99, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", list(PAGES))
def test_a_printed_page_is_whole_and_says_where_it_is_from(browser, served, name, at_most):
    with page_of(browser, served) as page:
        for address in PAGES[name][:at_most]:
            whole, missing, _ = printed(page, served + address)
            assert missing == [], address
            for word in NOT_PRINTED:
                assert packed(word) not in whole, (address, word)
            assert packed(f"This page: {served}{address}") in whole, address


@pytest.mark.parametrize(
    "screen", ["", "table/", "time/", "changes/", "cite/", "download/", "handout/"]
)
def test_a_printed_screen_of_a_file_has_its_date_and_its_permanent_address(browser, served, screen):
    with page_of(browser, served) as page:
        whole, _, _ = printed(page, f"{served}/d/street-trees/{screen}")
        assert packed(f"{served}/d/street-trees/@20240410T150000Z/{screen}") in whole
        assert packed("As of Apr 10, 2024") in whole
        whole, _, _ = printed(page, f"{served}/d/street-trees/{OLD}/{screen}")
        assert packed(f"{served}/d/street-trees/{OLD}/{screen}") in whole
        assert packed("As of Jan 17, 2024") in whole
        assert packed("You are reading an older version") in whole or screen in (
            "changes/", "time/",
        )  # fmt: skip


def test_a_wide_and_long_table_is_printed_across_with_its_head_on_each_sheet(browser, tmp_path):
    maker = Maker(tmp_path / "archive", tmp_path / "sources")
    maker.add("a.csv", "wide", "Wide", key=["column0"])
    head = ",".join(f"column{n}" for n in range(14))
    rows = [",".join(f"value{n}of{row}" for n in range(14)) for row in range(90)]
    maker.collect("wide", "a.csv", lines(*rows, head=head))
    maker.archive.index.close()
    with running(tmp_path / "archive") as served, page_of(browser, served) as page:
        _, missing, pdf = printed(page, f"{served}/d/wide/table/?rows=100")
        assert missing == []
        across = [p for p in pdf.pages if float(p.mediabox[2]) > float(p.mediabox[3])]
        full = [packed(p.extract_text()) for p in across if "value3of" in p.extract_text()]
        assert len(full) > 1
        assert all("column13" in text for text in full)


def test_a_tombstone_is_printed_as_such(browser, served):
    with page_of(browser, served) as page:
        whole, missing, _ = printed(page, f"{served}/d/street-trees/{HIDDEN}/")
        assert missing == []
        assert packed("The library withdrew this version.") in whole
