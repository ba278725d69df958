"""How a table of counts is masked, and the table as the masking sees it.

A *sheet* holds labels, counts and the *lines* by which they add up: a row with its total, a column
with its row of totals. A line that does not add up is no equation; its total is hidden with its parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

MARK = "*"
"""What stands in a hidden cell, small or not: nobody can tell which."""
LEAST, MOST = 5, 20
"""Thresholds that a library may choose (rights.md 7)."""
USUAL = 11
MOST_CELLS = 100_000
"""Above it the masking of a version would take minutes; such a table is of rows, not of counts."""
_COUNT = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,15}")
_TOTAL = re.compile(r"\b(?:sub)?totals?\b|\btotales\b", re.I)

Label = tuple[str, ...]
Cell = tuple[Label, str]
"""A cell of every version: the label of its row, the name of its column."""


class NotMasked(Exception):
    """This table cannot be masked by this method; the text says why, without a value of it."""


@dataclass(frozen=True, slots=True)
class Method:
    """What a person decided: the columns, the threshold, and whether a zero is small, too."""

    counts: tuple[str, ...]
    keep: tuple[str, ...]
    total: str = ""
    by: tuple[str, ...] = ()  # of `keep`: totals are of the rows that are alike in these
    total_row: str = ""  # the label of rows of totals; "": a label with the word total
    below: int = USUAL
    zeros: bool = False  # zeros are hidden as well

    @property
    def numbers(self) -> tuple[str, ...]:
        return (*self.counts, self.total) if self.total else self.counts

    @property
    def largest(self) -> int:
        """The largest count that is small."""
        return self.below - 1

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are shown, in this order; all others are left out."""
        return (*self.keep, *self.numbers)

    def is_small(self, value: int) -> bool:
        return (0 if self.zeros else 1) <= value < self.below


@dataclass(frozen=True, slots=True)
class Line:
    """Cells that add up to a total."""

    total: Cell
    parts: tuple[Cell, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        return (*self.parts, self.total)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One version of a table of counts. `odd` are cells that must be hidden and have no value."""

    rows: tuple[Label, ...]
    texts: Mapping[Cell, str]
    values: Mapping[Cell, int]
    lines: tuple[Line, ...] = ()
    odd: frozenset[Cell] = frozenset()
    not_adding: tuple[Line, ...] = ()
    totals: frozenset[Cell] = field(default_factory=frozenset)


def count_in(text: str) -> int | None:
    """The count that a cell holds, `1,234` among them; None where it is no whole number."""
    text = text.strip().removesuffix(".0")
    return int(text.replace(",", "")) if _COUNT.fullmatch(text) else None


def sheet_of(columns: Sequence[str], rows: Iterable[Sequence[str | None]], method: Method) -> Sheet:
    """A table as a sheet. Raises NotMasked."""
    missing = [name for name in method.columns if name not in columns]
    if missing:
        raise NotMasked(f"it has no column “{missing[0]}”")
    places = [columns.index(name) for name in method.columns]
    kept = len(method.keep)
    labels: list[Label] = []
    texts: dict[Cell, str] = {}
    for row in rows:
        chosen = [row[n] or "" for n in places]
        label = tuple(chosen[:kept])
        labels.append(label)
        texts |= {
            (label, name): text for name, text in zip(method.numbers, chosen[kept:], strict=True)
        }
        if len(texts) > MOST_CELLS:
            raise NotMasked(f"it has more than {MOST_CELLS:,} counts")
    if len(set(labels)) < len(labels):
        raise NotMasked("two of its rows have the same labels; keep a column that tells them apart")
    return _with_lines(tuple(labels), texts, method)


def _with_lines(rows: tuple[Label, ...], texts: dict[Cell, str], method: Method) -> Sheet:
    read = {cell: count_in(text) for cell, text in texts.items()}
    values = {cell: value for cell, value in read.items() if value is not None}
    odd = {
        cell for cell, text in texts.items()
        if cell not in values and any(c.isdigit() for c in text)
    }  # fmt: skip
    lines = [*_across(rows, method), *_down(rows, method)]
    fit: list[Line] = []
    unfit: list[Line] = []
    for line in lines:
        known = line.total in values and not odd & set(line.cells)
        adds_up = known and sum(values.get(c, 0) for c in line.parts) == values[line.total]
        (fit if adds_up else unfit).append(line)
    return Sheet(
        rows, texts, values, tuple(fit), frozenset(odd), tuple(unfit),
        frozenset(line.total for line in lines),
    )  # fmt: skip


def _across(rows: Sequence[Label], method: Method) -> list[Line]:
    if not method.total:
        return []
    return [
        Line((label, method.total), tuple((label, name) for name in method.counts))
        for label in rows
    ]


def _down(rows: Sequence[Label], method: Method) -> list[Line]:
    """Columns with their rows of totals: of each group, and of all groups."""
    group = [method.keep.index(name) for name in method.by]

    def of(label: Label) -> Label:
        return tuple(label[n] for n in group)

    def is_total(texts: Iterable[str]) -> bool:
        if method.total_row:
            return any(t.strip() == method.total_row for t in texts)
        return any(_TOTAL.search(t) for t in texts)

    whole = [label for label in rows if group and is_total(of(label))]
    within = [label for label in rows if label not in set(whole)]
    plain = [label for label in within if not is_total(label)]
    found = [
        Line((total, name), tuple((label, name) for label in plain))
        for total in whole for name in method.numbers
    ]  # fmt: skip
    for own, together in groupby(sorted(within, key=of), key=of):
        alike = list(together)
        parts = [label for label in alike if not is_total(label)]
        found += [
            Line((total, name), tuple((label, name) for label in parts))
            for total in alike if is_total(total) and parts for name in method.numbers
        ]  # fmt: skip
        assert len(own) == len(group)
    return found
