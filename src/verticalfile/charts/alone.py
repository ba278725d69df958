"""A drawing as a file of its own, with its colours in it: for saving, printing and other programs.

In a page the stylesheet colours a drawing; a file has none, and few programs know variables in
SVG. So the rules of `charts.css` come along with the values of the light theme put in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from importlib.resources import files

from verticalfile.charts.frame import wrapped
from verticalfile.charts.pen import escape

LIGHT = {
    "paper": "#fdfaf3", "ink": "#221d27", "ink-2": "#574e49", "stamp": "#53308c",
    "rule": "#e2d8c3", "hatch": "#857757",
    "face": "'Atkinson Hyperlegible Next', 'Segoe UI', 'Noto Sans', Arial, sans-serif",
}  # fmt: skip
"""Of tokens.css, by name; a test compares them where both are."""
BLACK = {
    "paper": "#ffffff", "ink": "#000000", "ink-2": "#333333", "stamp": "#000000",
    "rule": "#999999", "hatch": "#777777", "face": LIGHT["face"],
    "c2": "#333333", "c3": "#555555", "c4": "#222222", "c5": "#444444", "c6": "#666666",
}  # fmt: skip
"""For paper: those of `charts.css` in print; lines differ by their dashes, parts by texture."""
MARGIN = 16.0
TITLE_SIZE = 14.0


def alone(svg: str) -> str:
    """The SVG file of a drawing: on paper, light, with a margin and its title to be seen."""
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    named = re.search(r"<title[^>]*>(.*?)</title><desc.*?</desc>", svg)
    assert box is not None
    assert named is not None
    lines = wrapped(unescape(named[1]), float(box[1]), TITLE_SIZE)
    above = TITLE_SIZE * 1.3 * len(lines) + MARGIN
    wide, tall = float(box[1]) + 2 * MARGIN, float(box[2]) + MARGIN + above
    place = f'x="{-MARGIN:g}" y="{-above:g}" width="{wide:g}" height="{tall:g}"'
    head = f"{-MARGIN:g} {-above:g} {wide:g} {tall:g}"
    whole = svg.replace(
        box[0],
        f'xmlns="http://www.w3.org/2000/svg" width="{wide:g}" height="{tall:g}" viewBox="{head}"',
        1,
    )
    title = "".join(
        f'<text class="c-b" x="0" y="{TITLE_SIZE * (1.3 * n + 1) - above + MARGIN:g}"'
        f">{escape(line)}</text>"
        for n, line in enumerate(lines)
    )
    paper = f'<style>{rules()}</style><rect {place} fill="{LIGHT["paper"]}"/>{title}'
    return whole.replace(named[0], named[0] + paper, 1) + "\n"


def on_paper(svg: str) -> str:
    """The SVG file of a drawing for a sheet that is printed: black on white, without margin and
    title, which the sheet has."""
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    named = re.search(r"<title[^>]*>(.*?)</title><desc.*?</desc>", svg)
    assert box is not None
    assert named is not None
    size = f'xmlns="http://www.w3.org/2000/svg" width="{box[1]}" height="{box[2]}" {box[0]}'
    styled = f"{named[0]}<style>{rules(BLACK)}</style>"
    return svg.replace(box[0], size, 1).replace(named[0], styled, 1) + "\n"


def rules(colours: Mapping[str, str] = LIGHT) -> str:
    """The rules of `charts.css` that colour marks and texts, values put in."""
    whole = stylesheet()
    values = dict(re.findall(r"--(c\d): (#[0-9a-f]{6})", whole)[:5]) | dict(colours)
    values["c1"] = colours["stamp"]
    drawn = whole.split("/* what is drawn", 1)[1].split("*/", 1)[1].split("\n}", 1)[0]
    text = " ".join(drawn.split())
    return re.sub(r"var\(--([\w-]+)\)", lambda found: values[found[1]], text)


def stylesheet() -> str:
    """`charts.css`: the part of a page's stylesheet that charts need."""
    return files("verticalfile.charts").joinpath("charts.css").read_text(encoding="utf-8")
