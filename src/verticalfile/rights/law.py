"""What the law of a place is known to say of copyright in the works of its governments.

Facts with their sources, in `states.csv`; not legal advice. A place of which nothing is known has a
row without a position and stays *unknown*: nothing is guessed from a neighbour (rights.md 4).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

UNKNOWN = "unknown"
AS_OF = "2026-11-23"
"""When the rows were last looked over."""


@dataclass(frozen=True, slots=True)
class Law:
    """A row: the position of a place, on what it rests and where that is to be read."""

    place: str  # two letters, as the post writes the state; "US" for the federal government
    name: str
    position: str = UNKNOWN
    basis: str = ""
    source: str = ""
    source_year: int | None = None
    note: str = ""

    @property
    def known(self) -> bool:
        return self.position != UNKNOWN


def law_of(place: str) -> Law | None:
    """The row of a state by its two letters or its name; None for a place outside the list."""
    wanted = place.strip().lower()
    rows = laws()
    return next((law for law in rows if wanted in (law.place.lower(), law.name.lower())), None)


@cache
def laws() -> tuple[Law, ...]:
    """Every row, in the order of the list."""
    text = files(__package__).joinpath("states.csv").read_text("utf-8")
    return tuple(
        Law(
            row["place"], row["name"], row["position"] or UNKNOWN, row["basis"], row["source"],
            int(row["source_year"]) if row["source_year"] else None, row["note"],
        )
        for row in csv.DictReader(text.splitlines())
    )  # fmt: skip
