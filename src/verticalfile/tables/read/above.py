"""The lines above a delimited table that explain it, as text for people (decision 0071)."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator


def lines_above(head: bytes, encoding: str, delimiter: str, lines: int) -> tuple[str, ...]:
    """What the first so many lines that are not blank say, a text for each record. `head` is the
    beginning of the original; delimiters that a spreadsheet padded with go, and quotes of fields.
    """
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head).removeprefix("\ufeff")
    above = list(_first_lines(text, lines))
    try:
        records = list(csv.reader(above, delimiter=delimiter))
    except csv.Error:
        records = [[line] for line in above]
    told = (delimiter.join(fields).rstrip(f"{delimiter} ") for fields in records)
    return tuple(one for text in told if (one := " ".join(text.split())))


def _first_lines(text: str, lines: int) -> Iterator[str]:
    """As the reader counts them (`lines_above` of its facts): blank ones do not count."""
    for line in io.StringIO(text, newline=""):
        if lines == 0:
            return
        lines -= bool(line.strip())
        yield line
