"""Which cells of a new version are hidden, given its neighbours in time that are masked already.

First all small counts, all that was hidden in another version, and totals that do not add up. Then
further cells, one by one, until no hidden cell can be worked out (`fitting`): the smallest beside
the one that could be, totals last.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from verticalfile.tables.masking.fitting import Masked, Unknowns, lines_beside
from verticalfile.tables.masking.method import Cell, Method, NotMasked, Sheet

FEW = 20
"""So many cells, or a tenth of all, may be hidden at once where one by one is not enough."""


def masked(
    sheet: Sheet, method: Method, before: Masked | None = None, after: Masked | None = None,
    ever: Collection[Cell] = (),
) -> Masked:  # fmt: skip
    """The sheet with the cells that are hidden. `before` and `after` are its neighbours in time as
    they are shown already, `ever` the cells that are hidden in any version.

    Raises NotMasked where its neighbours would tell too much whatever is hidden here.
    """
    earlier, later = [before] if before else [], [after] if after else []
    ever = {*ever, *(cell for each in (*earlier, *later) for cell in each.hidden)}
    hidden = _first(sheet, method, ever)
    at = len(earlier)
    is_open: set[int] = set()  # and stays so, as hiding more never tells more
    while True:
        hidden |= {line.total for line in sheet.not_adding if hidden & set(line.cells)}
        unknowns = Unknowns([*earlier, Masked(sheet, frozenset(hidden)), *later])
        more = _more(sheet, method, hidden, unknowns, at, is_open)
        if not more:
            return Masked(sheet, frozenset(hidden))
        hidden |= more


def _more(
    sheet: Sheet, method: Method, hidden: set[Cell], unknowns: Unknowns, at: int, is_open: set[int]
) -> set[Cell]:
    """Cells to hide as well, at most one for a line at a time: it may be enough for its others.
    First beside those that stand alone in a line; only then is searched."""
    lowest = 0 if method.zeros else 1
    concerned = sorted(unknowns.concerned(at).items(), key=lambda each: (each[1], each[0]))
    alone = [each for each in concerned if unknowns.is_alone(each[0])]
    more: set[Cell] = set()
    touched: set[Cell] = set()
    for n, cells in alone or concerned:
        if n in is_open or touched.intersection(cells):
            continue
        if not alone and unknowns.is_open(n, below=method.below, lowest=lowest):
            is_open.add(n)
            continue
        found = _beside(sheet, method, hidden, unknowns, at, cells)
        if not found:
            raise NotMasked("a small count could be worked out whatever else were hidden")
        more |= found
        touched |= {cell for line in lines_beside(sheet, [*found, *cells]) for cell in line}
    return more


def _first(sheet: Sheet, method: Method, ever: set[Cell]) -> set[Cell]:
    hidden = {cell for cell, value in sheet.values.items() if method.is_small(value)}
    hidden |= sheet.odd | (ever & sheet.texts.keys())
    return {cell for cell in hidden if sheet.texts[cell].strip()}


def _beside(
    sheet: Sheet, method: Method, hidden: set[Cell], unknowns: Unknowns, at: int,
    cells: Sequence[Cell],
) -> set[Cell]:  # fmt: skip
    """What to hide next so that those given cannot be worked out: one cell beside them, else all
    that are left, where they are few. Many would be hidden for good: the version is left out."""
    lines = lines_beside(sheet, cells)
    alone = [line for line in lines if len(hidden & set(line)) == 1]

    def is_of_use(cell: Cell) -> bool:
        if cell in hidden or cell not in sheet.values:
            return False
        if sheet.values[cell] == 0 and not method.zeros:
            return False  # zeros are shown, and a hidden cell is known to be none
        n = unknowns.number_of[(at, cell)]
        return not any(  # another version shows that it is the same
            cell not in each.hidden and unknowns.number_of.get((other, cell)) == n
            for other, each in enumerate(unknowns.series)
            if other != at
        )

    def hidden_in(line: Sequence[Cell]) -> int:
        return sum(sheet.values.get(cell, 0) for cell in line if cell in hidden)

    for line in [*alone, *sorted(lines, key=hidden_in)]:  # where least could stand in for them
        found = [cell for cell in line if is_of_use(cell)]
        if found:
            shared = {cell: sum(cell in other for other in lines) for cell in found}
            return {min(found, key=lambda c: (c in sheet.totals, -shared[c], sheet.values[c], c))}
    rest = {cell for cell in sheet.values if is_of_use(cell)}
    few = len(rest) <= max(FEW, len(sheet.values) // 10)
    return rest if few or len(unknowns.series) == 1 else set()


def rows_shown(masked_sheet: Masked, method: Method, mark: str) -> list[list[str]]:
    """The rows as they are shown, in the order of the original."""
    sheet, hidden = masked_sheet.sheet, masked_sheet.hidden
    return [
        [
            *label,
            *(mark if (label, n) in hidden else sheet.texts[(label, n)] for n in method.numbers),
        ]
        for label in sheet.rows
    ]
