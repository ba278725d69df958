"""Where a table in delimited text begins: at its first record, or below lines that explain it.

Offices put a title, a source and a date above the names of the columns, at times a page of notes.
Such lines are passed over where all speaks for it: they fill less than half of the table's width,
what follows looks like names of columns, and the records below fit them. Else the first record is
the header, as RFC 4180 has it. Names that were seen before outrank looks.

Where the line above the names says what groups of them are of (`,Totals,,Men,`), each name is told
with its group: `Totals 0-9`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

FITTING_SHARE = 0.9
"""So many of the records below must have the width of the header, or lack only its last columns."""
NUMBERS_SHARE = 0.8
"""So many numbers make a column one of numbers."""
PROSE_WORDS = 4
"""So many words in one field are rather a sentence than a name."""

NUMBER = re.compile(
    r"[-+(]?[$€£¥₩₹]?[-+]?\d[\d.,' \u00a0]*[%)]?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?"
)


class Record(NamedTuple):
    """One of the first records of a text: its fields, where it ends, what stands before it."""

    fields: tuple[str, ...]
    end_chars: int
    blank_before: bool

    @property
    def filled(self) -> int:
        """Fields that are not blank."""
        return sum(1 for part in self.fields if part.strip())


@dataclass(frozen=True, slots=True)
class Heading:
    """The names of the columns, the record that ends them, and where they begin."""

    names: tuple[str, ...]
    place: int
    begins: int  # one before `place` where groups stand above the names


def heading_of(records: Sequence[Record], newest: Sequence[str]) -> Heading:
    """Where the names of the columns stand; `newest` are the names seen last."""
    for place in range(len(records) if newest else 0):
        heading = _heading_at(records, place)
        if len(set(newest).intersection(heading.names)) * 2 > len(newest):
            return heading
    widths = Counter(len(each.fields) for each in records if len(each.fields) > 1)
    width = widths.most_common(1)[0][0] if widths else 0
    found = next((n for n, each in enumerate(records) if not _may_explain(each, width)), 0)
    heading = _heading_at(records, found)
    is_sure = found and _tells(heading, records, width)
    return heading if is_sure else Heading(records[0].fields if records else (), 0, 0)


def _heading_at(records: Sequence[Record], place: int) -> Heading:
    """The names in a record, each with its group where the record above it has groups."""
    if not records:
        return Heading((), 0, 0)
    names, above = records[place], records[place - 1] if place else None
    width = len(names.fields)
    if (
        above is None
        or len(above.fields) != width
        or not 1 < above.filled <= width / 2
        or names.filled < width - 1
        or names.blank_before
    ):
        return Heading(names.fields, place, place)
    group, joined = "", []
    for told, name in zip(above.fields, names.fields, strict=True):
        group = told.strip() or group
        joined.append(f"{group} {name}" if group else name)
    return Heading(tuple(joined), place, place - 1)


def _may_explain(record: Record, width: int) -> bool:
    """Whether this can be no header: a comment, little of the table's width, or a sentence."""
    if record.fields[0].startswith("#") and record.filled == 1:
        return True
    return record.filled * 2 <= width or (is_prose(record) and len(record.fields) != width)


def _tells(heading: Heading, records: Sequence[Record], width: int) -> bool:
    """Whether these are names of columns of the table below, and what is above only explains it."""
    rows, above = records[heading.place + 1 :], records[: heading.begins]
    names = [name.strip() for name in heading.names if name.strip()]
    most = max(width, len(heading.names))
    fitting = sum(1 < len(row.fields) <= most for row in rows)
    if len(rows) < 2 or fitting < FITTING_SHARE * len(rows):
        return False
    if len(set(names)) < len(names) or NUMBER.fullmatch(names[0]):
        return False
    if any(each.filled > 2 and len(each.fields) == width for each in above):
        return False  # a row as wide as the table, of which the last columns are empty
    if records[heading.place].blank_before or names_numbers(records[heading.place].fields, rows):
        return True
    is_simple = all(each.filled <= 1 for each in above)
    return is_simple and (len(above) > 1 or any(map(is_prose, above)))


def is_prose(record: Record) -> bool:
    """A sentence: many words, and spaces after its commas."""
    words = " ".join(record.fields).split()
    return len(words) >= PROSE_WORDS and all(part[:1] in ("", " ") for part in record.fields[1:])


def names_numbers(names: Sequence[str], rows: Sequence[Record]) -> bool:
    """Whether a column of numbers has a name that is none."""
    for place, name in enumerate(names):
        cells = [row.fields[place].strip() for row in rows if len(row.fields) > place]
        cells = [cell for cell in cells if cell]
        numbers = sum(NUMBER.fullmatch(cell) is not None for cell in cells)
        is_name = bool(name.strip()) and not NUMBER.fullmatch(name.strip())
        if is_name and cells and numbers >= NUMBERS_SHARE * len(cells):
            return True
    return False
