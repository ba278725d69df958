"""The parts of a comparison in proportion: the same, changed, added, vanished."""

from __future__ import annotations

from verticalfile.services.reading.tables.differences import Counts

WIDE = 1000.0
SPACE = 4.0
LEAST = 6.0
"""What is there at all is seen."""


def sum_parts(counts: Counts) -> list[tuple[str, float, float]]:
    """(class, place, width) of each part that is not empty, left to right."""
    parts = [
        ("same", counts.same + counts.form), ("alt", counts.changed), ("new", counts.added),
        ("gone", counts.vanished),
    ]  # fmt: skip
    shown = [(name, n) for name, n in parts if n]
    total = sum(n for _, n in shown)
    if not total:
        return []
    room = WIDE - SPACE * (len(shown) - 1)
    least = [max(LEAST, room * n / total) for _, n in shown]
    scale = room / sum(least)
    found, at = [], 0.0
    for (name, _), width in zip(shown, least, strict=True):
        found.append((name, round(at, 1), round(width * scale, 1)))
        at += width * scale + SPACE
    return found
