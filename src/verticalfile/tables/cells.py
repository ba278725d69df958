"""Cells and when two of them say the same in another form (design 3, *format only*)."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import repeat

from verticalfile.tables.reading import ReadTable

Cell = tuple[str | None, str]
"""Text and the letter of its kind; the letter is "" where the format has only text."""

_PLAIN_NUMBER = re.compile(r"[+-]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
DATE_FORMATS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%m-%d-%Y", "%m/%d/%y",
    "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d %H:%M:%S.%f",
    "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%B %d, %Y", "%d %B %Y",
)  # fmt: skip


def cells_of(table: ReadTable, names: Sequence[str]) -> list[list[Cell]]:
    """The cells of these columns, a list a column."""
    place = {name: n for n, name in enumerate(table.columns)}
    has_kinds = "_kinds" in table.rows.column_names
    kinds = table.rows.column("_kinds").to_pylist() if has_kinds else None
    found: list[list[Cell]] = []
    for name in names:
        n = place[name]
        texts = (
            table.rows.column(f"c{n}").to_pylist()
            if f"c{n}" in table.rows.column_names
            else [None] * table.rows.num_rows
        )
        if kinds is None:
            found.append(list(zip(texts, repeat(""), strict=False)))
        else:
            found.append([(text, row[n]) for text, row in zip(texts, kinds, strict=True)])
    return found


def value_of(cell: Cell) -> Cell:
    """The cell as equality of JSON values sees it: fractions of one double are one number.

    RFC 8259 section 6 promises no more than doubles, and exporters print 37.46265 now with 17
    digits and now without. Whole numbers and all text stay as published; 1 and 1.0 differ.
    """
    text, kind = cell
    if text is None or kind not in ("n", "j"):
        return cell
    return (_double(text) if kind == "n" else _nested(text)), kind


def _double(token: str) -> str:
    return repr(float(token)) if any(c in token for c in ".eE") else token


@lru_cache(maxsize=50_000)
def _nested(text: str) -> str:
    try:
        value = json.loads(text, parse_int=_Whole)
        return json.dumps(value, sort_keys=True, default=str)
    except (ValueError, RecursionError):
        return text


class _Whole(str):
    """A whole number of any size, kept apart from a fraction of the same value."""

    __slots__ = ()

    def __new__(cls, token: str) -> _Whole:
        return super().__new__(cls, f"#{token}")


def folded(cell: Cell) -> Cell:
    """NFC, case folded, spaces collapsed; NULL stays NULL."""
    text = cell[0]
    if text is None:
        return None, ""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split()), ""


def plain_number(text: str | None) -> Decimal | None:
    """The value of a plain number without leading zeros, else None."""
    if not text or not _PLAIN_NUMBER.fullmatch(text.strip()):
        return None
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        return None


class ColumnForms:
    """Tells, column by column, whether two cells are equal but for their form.

    Dates count only under a format that fits every filled cell of the column on its side.
    """

    def __init__(self, pairs: Sequence[Sequence[Sequence[Cell]]]) -> None:
        self._pairs = pairs
        self._formats: dict[tuple[int, bool], str | None] = {}

    def _format(self, column: int, *, old: bool) -> str | None:
        """The date format of a column on one side, found when it is first asked for."""
        place = (column, old)
        if place not in self._formats:
            side = 0 if old else 1
            self._formats[place] = _one_format({pair[side][column][0] for pair in self._pairs})
        return self._formats[place]

    def same(self, column: int, old: Cell, new: Cell) -> bool:
        if None in (old[0], new[0]) and old[0] != new[0]:
            return False
        if folded(old) == folded(new):
            return True
        return self.normal(column, old, old=True) == self.normal(column, new, old=False)

    def normal(self, column: int, cell: Cell, *, old: bool) -> object:
        """A form under which cells that say the same are equal."""
        number = plain_number(cell[0])
        if number is not None:
            return number.normalize()
        wanted = self._format(column, old=old) if cell[0] and _maybe_date(cell[0]) else None
        if wanted and cell[0]:
            try:
                return datetime.strptime(cell[0].strip(), wanted)  # no zone is told
            except ValueError:
                pass
        return folded(cell)


def _maybe_date(text: str) -> bool:
    return 6 <= len(text) <= 40 and any(c.isdigit() for c in text)


def _one_format(texts: Iterable[str | None]) -> str | None:
    """The one date format that fits every filled text, None when none does or several differ."""
    filled = sorted(text.strip() for text in texts if text and text.strip())
    if not filled or not any(c.isdigit() for c in filled[0]):
        return None
    fitting = [f for f in DATE_FORMATS if all(_fits(text, f) for text in filled)]
    if len(fitting) > 1 and any(
        _meaning(filled, f) != _meaning(filled, fitting[0]) for f in fitting
    ):
        return None
    return fitting[0] if fitting else None


def _fits(text: str, wanted: str) -> bool:
    try:
        datetime.strptime(text, wanted)  # no zone is told
    except ValueError:
        return False
    return True


def _meaning(texts: Sequence[str], wanted: str) -> list[datetime]:
    return [datetime.strptime(text, wanted) for text in texts]  # no zone is told
