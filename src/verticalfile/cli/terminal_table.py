"""A table as it is drawn on a terminal. No cell is ever cut: half a figure is another figure.

Where the columns do not fit side by side, each row becomes a list of its cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from verticalfile.cli import say

SHORT = 16
"""Cells up to so many characters are not broken: dates, figures, digests."""
LEAST = 10
"""Text is broken into lines of no less than this: it could not be read."""
NAME = 40
"""The first column, a name that people copy, is broken only where it is longer than this."""
MOST_ROWS = 10_000
"""More nobody scrolls through, and laying them out takes minutes."""


def draw(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Sequence[int],
    spare: Sequence[int],
) -> None:
    """Draw a table in the width that there is; say what was left out."""
    waiting = iter(rows)
    shown = [[say.clean(cell) for cell in row] for row in islice(waiting, MOST_ROWS)]
    more = next(waiting, None) is not None
    console = Console(highlight=False)
    places = list(range(len(headings)))
    whole = _whole_widths(headings, shown)
    least = [width or LEAST for width in whole]
    left_out: list[str] = []
    for place in spare:
        if not _fits(places, least, console.width):
            places.remove(place)
            left_out.append(headings[place])
    if _fits(places, least, console.width):
        console.print(_side_by_side(headings, shown, places, whole, right))
    else:
        left_out.clear()
        for row in shown:
            say.pairs(dict(zip(headings, row, strict=True)))
            say.out("")
    if left_out:
        say.beside(f"No room here for: {', '.join(left_out)}.")
    if more:
        say.beside(f"These are the first {MOST_ROWS:,} rows; a pipe or --json takes all of them.")


def _whole_widths(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int | None]:
    """The width of each column that is never broken into lines; None of the others."""
    widths: list[int | None] = []
    for place, heading in enumerate(headings):
        widest = max((cell_len(row[place]) for row in rows), default=0)
        fits = widest <= (NAME if place == 0 else SHORT)
        widths.append(max(cell_len(heading), widest) if fits else None)
    return widths


def _fits(places: Sequence[int], least: Sequence[int], width: int) -> bool:
    """Whether the columns stand side by side, with a space between them and at both ends."""
    return sum(least[place] for place in places) + len(places) + 1 <= width


def _side_by_side(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    places: Sequence[int],
    whole: Sequence[int | None],
    right: Sequence[int],
) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 0), header_style="bold")
    for place in places:
        table.add_column(
            Text(say.clean(headings[place])),
            justify="right" if place in right else "left",
            overflow="fold",
            no_wrap=whole[place] is not None,
        )
    for row in rows:
        table.add_row(*(Text(row[place]) for place in places))
    return table
