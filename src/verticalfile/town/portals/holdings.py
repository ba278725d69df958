"""What a simulated portal holds: seeded datasets with rows, which a script adds, edits and drops."""

from __future__ import annotations

import csv
import hashlib
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

TOPICS = (
    "Building Permits", "Service Requests", "Street Trees", "Bus Stops", "Restaurant Inspections",
    "Parks", "Bridges", "Snow Routes", "Library Branches", "Voting Places", "Crash Reports",
    "Fire Hydrants", "Zoning Districts", "Budget", "Employee Salaries", "Bike Lanes",
    "Water Quality", "Housing Sales", "Business Licenses", "School Districts",
)  # fmt: skip
PUBLISHERS = ("Public Works", "Planning Department", "County Clerk", "Health Department")
LICENCES = (
    "https://creativecommons.org/licenses/by/4.0/", "http://opendefinition.org/licenses/odc-pddl/",
    "", "All data is provided as is.",
)  # fmt: skip
STREETS = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Grove", "Hazel", "Iris", "Juniper")
START = datetime(2025, 1, 6, 9, tzinfo=UTC)
COLUMNS = ("id", "street", "opened", "status", "amount")


@dataclass
class Holding:
    """A dataset of a portal. `number` makes its ids, whatever protocol asks for them."""

    number: int
    title: str
    description: str
    publisher: str
    licence: str
    keywords: tuple[str, ...]
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    modified: datetime
    created: datetime
    facts: dict[str, object] = field(default_factory=dict)  # what one protocol alone has

    @property
    def uuid(self) -> str:
        """As CKAN gives."""
        return str(UUID(bytes=hashlib.sha256(f"uuid {self.number}".encode()).digest()[:16]))

    @property
    def hex32(self) -> str:
        """As ArcGIS gives."""
        return hashlib.sha256(f"item {self.number}".encode()).hexdigest()[:32]

    @property
    def four_by_four(self) -> str:
        """As Socrata gives: no 0, 1, l and o."""
        letters = "23456789abcdefghijkmnpqrstuvwxyz"
        digest = hashlib.sha256(f"view {self.number}".encode()).digest()
        text = "".join(letters[byte % len(letters)] for byte in digest[:8])
        return f"{text[:4]}-{text[4:]}"

    @property
    def slug(self) -> str:
        """From the title, as portals do."""
        return "-".join(self.title.lower().split())

    def csv(self, *, delimiter: str = ",", bom: bool = False) -> bytes:
        """Its rows, RFC 4180."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow(self.columns)
        writer.writerows(self.rows)
        return ("\ufeff" if bom else "").encode() + out.getvalue().encode()


class Holdings:
    """All that a portal holds, from a seed; every change is a method."""

    def __init__(self, count: int, *, seed: int = 1, rows: int = 30) -> None:
        self._die = random.Random(seed)  # noqa: S311  # a story, no secret
        self._rows = rows
        self.now = START
        self.held: list[Holding] = []
        self._next = 0
        for _ in range(count):
            self.add()

    def add(self, title: str = "") -> Holding:
        """A new dataset."""
        number = self._next
        self._next += 1
        topic = TOPICS[number % len(TOPICS)]
        again = number // len(TOPICS)
        holding = Holding(
            number, title or (f"{topic} {again + 1}" if again else topic),
            f"<p>{topic} of the town, kept by the {PUBLISHERS[number % 4]}.</p>",
            PUBLISHERS[number % 4], LICENCES[number % 4],
            (topic.split()[0].lower(), "open data"), COLUMNS,
            [self._row(n) for n in range(self._rows)], self.now, self.now,
        )  # fmt: skip
        self.held.append(holding)
        return holding

    def drop(self, *holdings: Holding) -> None:
        """The publisher takes them away."""
        self.held = [each for each in self.held if each not in holdings]

    def edit(self, holding: Holding, changed: int = 1, added: int = 1) -> None:
        """Some rows change and some come."""
        for at in self._die.sample(range(len(holding.rows)), min(changed, len(holding.rows))):
            row = holding.rows[at]
            holding.rows[at] = (*row[:3], "Closed" if row[3] != "Closed" else "Open", row[4])
        holding.rows += [self._row(len(holding.rows) + n) for n in range(added)]
        holding.modified = self.now

    def touch(self, holding: Holding) -> None:
        """Only the date moves (trap 25)."""
        holding.modified = self.now

    def pass_days(self, days: float) -> None:
        """Time goes on."""
        self.now += timedelta(days=days)

    def _row(self, number: int) -> tuple[str, ...]:
        opened = START.date() + timedelta(days=self._die.randrange(365))
        return (
            str(1000 + number), f"{self._die.choice(STREETS)} Street", opened.isoformat(),
            self._die.choice(("Open", "Closed")), f"{self._die.randrange(100, 90_000)}.00",
        )  # fmt: skip


def by_number(held: Sequence[Holding], number: int) -> Holding | None:
    """The holding of this number."""
    return next((each for each in held if each.number == number), None)
