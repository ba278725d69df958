"""What somebody can work out of the numbers that are shown, in a version and its neighbours.

The reader whom we think of knows every total, subtracts, and guesses rightly which cells did not
change from one version to the next: such cells are one *unknown*. To show that an unknown cannot be
worked out, other numbers are found that agree with all that is shown, as whole numbers not below
the least that a hidden cell can be. Where the search finds none, the cell counts as worked out:
a search that gives up early hides more, never less.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from verticalfile.tables.masking.method import Cell, Sheet

STEPS = 200
"""Cells tried in one search of one depth."""
DEPTHS = (4, 8, 24, 300)
"""Cells changed at most: a search looks for few first, as most can be had by a ring of four."""
Equation = frozenset[tuple[int, int]]
"""(unknown, 1 or -1): they add up to what is shown."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A sheet with its hidden cells."""

    sheet: Sheet
    hidden: frozenset[Cell]


@dataclass
class Unknowns:
    """The unknowns of a series of masked sheets, in the order of time, and their equations."""

    series: Sequence[Masked]
    values: list[int] = field(default_factory=list)
    shown: set[int] = field(default_factory=set)
    number_of: dict[tuple[int, Cell], int] = field(default_factory=dict)
    equations: dict[int, list[Equation]] = field(default_factory=dict)
    cell_of: list[Cell] = field(default_factory=list)
    first_in: dict[Equation, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._number()
        for at, masked in enumerate(self.series):
            for line in masked.sheet.lines:
                equation = frozenset(
                    (n, -1 if cell == line.total else 1)
                    for cell in line.cells
                    if (n := self.number_of.get((at, cell))) is not None and n not in self.shown
                )
                if not equation:
                    continue
                if equation not in self.first_in:
                    self.first_in[equation] = at
                    for n, _ in equation:
                        self.equations.setdefault(n, []).append(equation)

    def _number(self) -> None:
        """One unknown for a cell as long as its value stays."""
        newest: dict[Cell, int] = {}
        for at, masked in enumerate(self.series):
            for cell, value in masked.sheet.values.items():
                n = newest.get(cell)
                if n is None or self.values[n] != value:
                    n = newest[cell] = len(self.values)
                    self.values.append(value)
                    self.cell_of.append(cell)
                self.number_of[(at, cell)] = n
                if cell not in masked.hidden:
                    self.shown.add(n)

    def concerned(self, at: int) -> dict[int, list[Cell]]:
        """Unknowns that what sheet `at` shows can tell of -> cells of the sheet beside them."""
        own = {
            n: cell
            for cell in self.series[at].hidden
            if (n := self.number_of.get((at, cell))) is not None and n not in self.shown
        }
        found: dict[int, list[Cell]] = {n: [cell] for n, cell in own.items()}
        for n, cell in own.items():
            for equation in self.equations.get(n, ()):
                for other, _ in equation:
                    if other not in own:
                        found.setdefault(other, []).append(cell)
        return found

    def is_alone(self, n: int) -> bool:
        """Whether an unknown is all that is hidden in a line: it is had by one subtraction."""
        return any(len(equation) == 1 for equation in self.equations.get(n, ()))

    def is_open(self, n: int, *, below: int, lowest: int) -> bool:
        """Whether an unknown may be other than it is: a small one `below` or more, so that nobody
        can tell that it is small, any other one some other number."""
        value = self.values[n]
        if value < below:
            return self._moves(n, below - value, lowest)
        return self._moves(n, 1, lowest) or self._moves(n, -1, lowest)

    def _moves(self, n: int, way: int, lowest: int) -> bool:
        """Whether an unknown can be moved that far, in as few steps as it takes."""
        now: dict[int, int] = {}
        sign, left = (1, way) if way > 0 else (-1, -way)
        while left:
            step = left
            while step:
                found = _Search(self, now, lowest).moved(n, sign * step)
                if found is not None:
                    break
                step //= 2
            else:
                return False
            assert found is not None
            for other, change in found.items():
                now[other] = now.get(other, 0) + change
            left -= step
        return True


class _Search:
    """One search for changes that keep every equation, around one that is wanted."""

    def __init__(self, unknowns: Unknowns, now: Mapping[int, int], lowest: int) -> None:
        self.of, self.now, self.lowest = unknowns, now, lowest
        self.changes: dict[int, int] = {}
        self.wrong: dict[Equation, int] = {}
        self.steps, self.depth = STEPS, 0
        self.ways: dict[Cell, int] = {}

    def moved(self, n: int, way: int) -> dict[int, int] | None:
        """The changes, the wanted one among them; None where none were found."""
        self._change(n, way)
        for self.depth in DEPTHS:
            self.steps = STEPS
            if self._put_right():
                return self.changes
        return None

    def _put_right(self) -> bool:
        if not self.wrong:
            return True
        self.steps -= 1
        if self.steps < 0 or len(self.changes) >= self.depth:
            return False
        equation = min(self.wrong, key=lambda each: (self.of.first_in[each], len(each)))
        by = self.wrong[equation]
        wanted = [
            (self._worth(n, -by * sign), n, -by * sign)
            for n, sign in equation
            if n not in self.changes and self._allows(n, -by * sign)
        ]
        for _, n, way in sorted(wanted, reverse=True):
            before = self.ways.get(self.of.cell_of[n])
            self._change(n, way)
            if self._put_right():
                return True
            self._change(n, -way)
            del self.changes[n]
            if before is None:
                del self.ways[self.of.cell_of[n]]
            else:
                self.ways[self.of.cell_of[n]] = before
            if self.steps < 0:
                return False
        return False

    def _allows(self, n: int, way: int) -> bool:
        value = self.of.values[n]
        return value + self.now.get(n, 0) + way >= min(self.lowest, value)

    def _worth(self, n: int, way: int) -> int:
        """Equations that it puts right, less those that it puts wrong; more where the cell was moved
        so in another version, as the same ring of cells may do for all of them."""
        worth = 3 if self.ways.get(self.of.cell_of[n]) == way else 0
        for equation in self.of.equations[n]:
            by = self.wrong.get(equation)
            sign = 1 if (n, 1) in equation else -1
            worth += 1 if by is not None and by + sign * way == 0 else -1 if by is None else 0
        return worth

    def _change(self, n: int, way: int) -> None:
        self.changes[n] = self.ways[self.of.cell_of[n]] = way
        for equation in self.of.equations.get(n, ()):
            by = self.wrong.get(equation, 0) + (way if (n, 1) in equation else -way)
            if by:
                self.wrong[equation] = by
            else:
                self.wrong.pop(equation, None)


def lines_beside(sheet: Sheet, cells: Iterable[Cell]) -> list[list[Cell]]:
    """The lines that some cells stand in, as lists of cells."""
    wanted = set(cells)
    return [list(line.cells) for line in sheet.lines if wanted & set(line.cells)]
