"""Whether delimited text begins with a row: nothing names its columns.

Said only where all speaks for it: no name stands over numbers, and the first record is like those
below it, as no name is: it shares a long beginning, a word, or a running number with them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from verticalfile.tables.read.heading import NUMBER, NUMBERS_SHARE, Record

ROWS_LEAST = 8
"""Of fewer rows too little can be told."""
ALIKE_SHARE = 0.9
PREFIX_CHARS = 6
REPEATED_LEAST = 3
"""So many rows below have the same word in the same place."""
OWN = re.compile(r"column \d+")
"""How columns are called that nothing names."""

_YEAR = re.compile(r"(?:19|20)\d\d")
_MARK = re.compile(r"[/:_.@-]")


def own_names(width: int) -> tuple[str, ...]:
    """Names for columns that nothing names."""
    return tuple(f"column {n}" for n in range(1, width + 1))


def is_headless(records: Sequence[Record], newest: Sequence[str]) -> bool:
    """Whether the first record is a row; `newest` are the names seen last. Where nothing named the
    columns before, it is one unless it must be a header."""
    if not newest:
        return begins_with_a_row(records)
    if not all(map(OWN.fullmatch, newest)) or not records:
        return False
    if not set(newest).isdisjoint(records[0].fields):
        return False  # a file that calls its columns so itself
    if begins_with_a_row(records[1:]):
        return begins_with_a_row(records)  # a first record unlike all others names them at last
    return len(records[0].fields) == len(newest) and all(sign >= 0 for sign in _signs_of(records))


def begins_with_a_row(records: Sequence[Record]) -> bool:
    """Whether the first record is no header."""
    if len(records) <= ROWS_LEAST or len(records[0].fields) < 2:
        return False
    first, *rows = records
    if any(row.fields == first.fields for row in rows):
        return False  # the header of files that were put together
    even = sum(len(row.fields) == len(first.fields) for row in rows)
    if even < ALIKE_SHARE * len(rows):
        return False
    signs = _signs_of(records)
    return min(signs) >= 0 and sum(signs) >= 2


def begins_with_names(records: Sequence[Record]) -> bool:
    """Whether the first record can be no row: its words, of which none comes again, stand over
    every column of numbers, and there is one."""
    if len(records) <= ROWS_LEAST:
        return False
    first, *rows = [[field.strip() for field in each.fields] for each in records]
    if not all(first) or len(set(first)) < len(first) or any(map(NUMBER.fullmatch, first)):
        return False
    columns = [[row[n] for row in rows if len(row) > n and row[n]] for n in range(len(first))]
    if any(name in cells for name, cells in zip(first, columns, strict=True)):
        return False
    return any(map(_are_numbers, columns))


def _are_numbers(cells: Sequence[str]) -> bool:
    numbers = sum(NUMBER.fullmatch(cell) is not None for cell in cells)
    return len(cells) >= ROWS_LEAST and numbers >= NUMBERS_SHARE * len(cells)


def _signs_of(records: Sequence[Record]) -> list[int]:
    first, *rows = records
    found = []
    for place, text in enumerate(first.fields):
        cells = [row.fields[place].strip() for row in rows if len(row.fields) > place]
        found.append(_signs(place, text.strip(), [cell for cell in cells if cell]))
    return found


def _signs(place: int, text: str, cells: Sequence[str]) -> int:
    """How much speaks for a cell of a row in this place; -1 where it must be a name."""
    if not text or len(cells) < ROWS_LEAST:
        return 0
    if NUMBER.fullmatch(text):
        if not _are_numbers(cells):
            return -1
        runs = place == 0 and all(map(NUMBER.fullmatch, cells)) and not _YEAR.fullmatch(text)
        return 2 if runs else 0
    if _are_numbers(cells):
        return -1
    alike = sum(_share_a_beginning(text, cell) for cell in cells) / len(cells)
    if alike >= ALIKE_SHARE:
        return 2
    return int(cells.count(text) >= REPEATED_LEAST and any(map(str.isalpha, text)))


def _share_a_beginning(one: str, other: str) -> bool:
    pairs = enumerate(zip(one, other, strict=False))
    begins = one[: next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))]
    goes_on = len(begins) < len(one)  # a name may be what all cells begin with
    return goes_on and len(begins) >= PREFIX_CHARS and _MARK.search(begins) is not None
