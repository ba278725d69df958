"""What a screen reader is told on the pages on which the five tasks end, as text a person can read.

The trees stand in `trees/`. After a change that is meant: `VF_WRITE_TREES=1 pytest tests/web/test_read_aloud.py`,
then read the difference as if you could not see the page.
"""

from __future__ import annotations

import itertools
import os
import re
from pathlib import Path

import pytest
from test_browser import page_of
from test_five_tasks import TASK_PAGES

TREES = Path(__file__).parent / "trees"
LINES = 250
"""What is longer is not read by anybody."""


def tree_of(page, part: str) -> str:
    """Roles, names and texts; without addresses, and choices of a list only as far as chosen."""
    told = page.locator(part).aria_snapshot()
    told = re.sub(r"http://127\.0\.0\.1:\d+", "http://here", told)
    told = re.sub(r"127\.0\.0\.1:\d+", "here", told)
    lines = [
        line.rstrip(":") if line.lstrip().startswith("- link ") and line.endswith('":') else line
        for line in told.splitlines()
        if "- /url:" not in line and not re.fullmatch(r' *- option "[^"]*"', line)
    ]
    return "\n".join(lines) + "\n"


def same_as_kept(name: str, told: str) -> None:
    path = TREES / f"{name}.txt"
    if os.environ.get("VF_WRITE_TREES"):
        TREES.mkdir(exist_ok=True)
        path.write_text(told, encoding="utf-8")
    assert len(told.splitlines()) <= LINES
    assert told == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("task", TASK_PAGES)
def test_what_is_read_aloud_where_a_task_ends(browser, served, task):
    with page_of(browser, served, java_script_enabled=False) as page:
        page.goto(served + TASK_PAGES[task])
        same_as_kept(task, tree_of(page, "main"))


def test_what_is_read_aloud_around_every_page(browser, served):
    with page_of(browser, served, java_script_enabled=False) as page:
        page.goto(served)
        same_as_kept("home", tree_of(page, "body"))


@pytest.mark.parametrize("tongue", ["", "/es"])
def test_headings_are_whole_and_every_part_has_its_own_name(browser, served, tongue):
    """One h1, no level skipped; no two landmarks of one kind with one name; every table a caption."""
    with page_of(browser, served, java_script_enabled=False) as page:
        for address in TASK_PAGES.values():
            page.goto(served + tongue + address)
            told = page.locator("body").aria_snapshot()
            levels = [int(n) for n in re.findall(r"heading .*\[level=(\d)\]", told)]
            assert levels.count(1) == 1, address
            assert all(b - a <= 1 for a, b in itertools.pairwise(levels)), address
            marks = re.findall(r"^ *- '?((?:region|navigation|form|search)\b[^:\n]*)", told, re.M)
            assert len(marks) == len(set(marks)), (address, marks)
            assert not re.search(
                r"- (?:link|button|img|table|region|combobox|textbox)(?::|$)", told
            ), address
            assert not re.search(r"^( *)- list$", told, re.M), f"{address} has an empty list"
