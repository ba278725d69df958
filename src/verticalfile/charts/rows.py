"""Charts that lie on their side: a row a name, so that long names can be read on any screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verticalfile.charts.drawing import Sheet
from verticalfile.charts.pen import Pen, fitted, number, width_of

ROWS = 24
"""Rows of one chart; more are a table."""
NAME_SHARE = 0.38
"""Of the width, for names beside the rows of a wide drawing."""
THICK = 14.0
"""Of a bar."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Where rows stand. On a narrow sheet a name stands above its mark."""

    top: float
    left: float  # of the marks
    height: float  # of one row
    middle: float  # of the mark, below the row's top

    def y(self, place: int) -> float:
        return self.top + place * self.height + self.middle

    def upright(self, x: float, count: int) -> str:
        """A path for the axis at `x`: whole, or beside each mark where names stand above them."""
        if self.height <= 2 * THICK:
            return f"M{number(x)} {number(self.top)}V{number(self.bottom(count))}"
        tall = THICK + 4
        return "".join(
            f"M{number(x)} {number(self.y(n) - tall / 2)}v{number(tall)}" for n in range(count)
        )

    def bottom(self, count: int) -> float:
        return self.top + count * self.height


def rows_for(sheet: Sheet, names: Sequence[str], top: float) -> Rows:
    if not sheet.is_wide:
        above = sheet.size * 1.4
        return Rows(top, 0.0, above + THICK + 8, above + THICK / 2)
    room = max((width_of(name, sheet.size) for name in names), default=0.0)
    left = min(room, sheet.width * NAME_SHARE) + 12
    return Rows(top, left, 2 * THICK, THICK)


def draw_names(
    pen: Pen, sheet: Sheet, rows: Rows, names: Sequence[str], *, beside: float = 0.0
) -> None:
    """Names of the rows; `beside` is kept free at the right of them on a narrow sheet."""
    for place, name in enumerate(names):
        if sheet.is_wide:
            shown = fitted(name, rows.left - 12, sheet.size)
            pen.text(rows.left - 12, rows.y(place) + sheet.size * 0.35, shown, anchor="end")
        else:
            shown = fitted(name, sheet.width - beside, sheet.size)
            pen.text(0, rows.y(place) - THICK / 2 - 5, shown)
