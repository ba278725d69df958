"""Where a table in delimited text begins: at its first record, or below lines that explain it.

Offices put a title, a source and a date above the names of the columns, at times a page of notes.
Such lines are passed over where all speaks for it: they fill less than half of the table's width,
what follows looks like names of columns, and the records below fit them. Else the first record is
the header, as RFC 4180 has it. Names that were seen before outrank looks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

FITTING_SHARE = 0.9
"""So many of the records below must have the width of the header, or lack only its last columns."""
NUMBERS_SHARE = 0.8
"""So many numbers make a column one of numbers."""
PROSE_WORDS = 4
"""So many words in one field are rather a sentence than a name."""

_NUMBER = re.compile(
    r"[-+(]?[$€£¥₩₹]?[-+]?\d[\d.,' \u00a0]*[%)]?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?"
)


@dataclass(frozen=True, slots=True)
class Record:
    """One of the first records of a text: its fields, where it ends, what stands before it."""

    fields: tuple[str, ...]
    end_chars: int
    blank_before: bool

    @property
    def filled(self) -> int:
        """Fields that are not blank."""
        return sum(1 for part in self.fields if part.strip())


def place_of_header(records: Sequence[Record], newest: Sequence[str]) -> int:
    """Which of the first records has the names of the columns; `newest` are the names seen last."""
    for place, record in enumerate(records):
        if len(set(record.fields) & set(newest)) * 2 > len(newest) > 0:
            return place
    widths = Counter(len(each.fields) for each in records if len(each.fields) > 1)
    if not widths:
        return 0
    width = widths.most_common(1)[0][0]
    found = next((n for n, each in enumerate(records) if not _may_explain(each, width)), 0)
    return found if found and _are_notes(records[:found], records[found:], width) else 0


def _may_explain(record: Record, width: int) -> bool:
    """Whether this can be no header: a comment, little of the table's width, or a sentence."""
    if record.fields[0].startswith("#") and record.filled == 1:
        return True
    return record.filled * 2 <= width or (_is_prose(record) and len(record.fields) != width)


def _are_notes(above: Sequence[Record], table: Sequence[Record], width: int) -> bool:
    """Whether these records explain the table that follows them, whose first record is its header."""
    header, *rows = table
    names = [name.strip() for name in header.fields if name.strip()]
    fitting = sum(1 < len(row.fields) <= max(width, len(header.fields)) for row in rows)
    if len(rows) < 2 or fitting < FITTING_SHARE * len(rows):
        return False
    if len(set(names)) < len(names) or _NUMBER.fullmatch(names[0]):
        return False
    if header.blank_before or _names_numbers(header, rows):
        return True
    is_simple = all(each.filled <= 1 for each in above)
    return is_simple and (len(above) > 1 or _is_prose(above[0]))


def _is_prose(record: Record) -> bool:
    """A sentence: many words, and spaces after its commas."""
    words = " ".join(record.fields).split()
    return len(words) >= PROSE_WORDS and all(part[:1] in ("", " ") for part in record.fields[1:])


def _names_numbers(header: Record, rows: Sequence[Record]) -> bool:
    """Whether a column of numbers has a name that is none."""
    for place, name in enumerate(header.fields):
        cells = [row.fields[place].strip() for row in rows if len(row.fields) > place]
        cells = [cell for cell in cells if cell]
        numbers = sum(_NUMBER.fullmatch(cell) is not None for cell in cells)
        is_name = bool(name.strip()) and not _NUMBER.fullmatch(name.strip())
        if is_name and cells and numbers >= NUMBERS_SHARE * len(cells):
            return True
    return False
