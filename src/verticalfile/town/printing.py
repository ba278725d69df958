"""How the town's files leave its office: printed as CSV, and spoiled in the ways of real ones."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

BOM = b"\xef\xbb\xbf"

MAINTENANCE_PAGE = b"""<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Scheduled maintenance</title></head>
<body>
<h1>We will be right back</h1>
<p>The open data pages of Alder Falls are being looked after tonight. Please come back in the
morning.</p>
</body>
</html>
"""


def as_csv(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str:
    """RFC 4180 with CRLF, as most office software writes it; quotes only where needed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([row[column] for column in columns] for row in rows)
    return out.getvalue()


def renamed_column(text: str, old: str, new: str) -> str:
    """The same file with another name in its first line."""
    head, line_end, rest = text.partition("\r\n")
    names = [new if name == old else name for name in head.split(",")]
    return ",".join(names) + line_end + rest


def cut_in_quotes(body: bytes, *, after_share: float) -> bytes:
    """The file up to the middle of the first quoted cell behind `after_share` (0 to 1) of it.

    Raises ValueError when no quoted cell follows.
    """
    start = body.index(b"\r\n", int(len(body) * after_share))
    opening = body.index(b',"', start)
    return body[: opening + 2 + 17]


def cut_at(body: bytes, *, share: float) -> bytes:
    """The first `share` (0 to 1) of the bytes."""
    return body[: int(len(body) * share)]
