"""Recorded portals, month by month and day by day, and what a collector without doubts would do."""

from __future__ import annotations

import gzip
import json
import tarfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from backports import zstd

from verticalfile.sources.identity import Entry, entry_of_dcat, entry_of_socrata
from verticalfile.sources.membership import Listing, Outcome

HUBS = "fixtures/portals/btaa-hub-series"
CRAWLS = "fixtures/portals/socrata-discovery-series"

# small ones, with every event of SOURCE.md that a quick test can afford
TEN_PORTALS = (
    *("01b-18163", "02a-02", "02b-17113", "05b-27017", "05b-27057"),
    *("05b-27123", "08b-42133", "10b-55111", "11b-39035", "09c-01"),
)


def hubs(shared: Path) -> dict[str, dict]:
    """Portals, and what is to be counted of each snapshot."""
    with gzip.open(shared / HUBS / "expected.json.gz") as packed:
        return json.load(packed)


def months(shared: Path, portal: str) -> Iterator[tuple[datetime, tuple[Entry, ...]]]:
    """Each snapshot of a portal, with the day it was taken."""
    for name, body in _members(shared / HUBS / f"{portal}.tar.zst"):
        day = datetime.strptime(Path(name).stem[-8:], "%Y%m%d").replace(tzinfo=UTC)
        yield day, tuple(entry_of_dcat(record) for record in json.loads(body)["dataset"])


def crawls(shared: Path) -> dict[str, dict]:
    return json.loads((shared / CRAWLS / "expected.json").read_text())


def days(shared: Path, domain: str) -> Iterator[tuple[datetime, list[dict]]]:
    """Each day's crawl of a portal: results of the discovery API as recorded."""
    for name, body in _members(shared / CRAWLS / f"{domain}.tar.zst"):
        day = datetime.fromisoformat(Path(name).stem).replace(tzinfo=UTC)
        yield day, [json.loads(line) for line in body.splitlines()]


def crawl_listing(day: datetime, results: list[dict]) -> Listing:
    return Listing(day, tuple(entry_of_socrata(result) for result in results))


def bodies(shared: Path, portal: str) -> Iterator[tuple[str, bytes]]:
    """Each snapshot of a portal as it was recorded, with the name of its file."""
    for name, body in _members(shared / HUBS / f"{portal}.tar.zst"):
        yield Path(name).name, body


def _members(packed: Path) -> Iterator[tuple[str, bytes]]:
    with zstd.open(packed) as unpacked, tarfile.open(fileobj=unpacked, mode="r|") as archive:
        for member in archive:
            body = archive.extractfile(member)
            if body is not None:
                yield member.name, body.read()


class NaiveCollector:
    """Compares identifiers with those of last time and deletes what is absent."""

    def __init__(self) -> None:
        self.held: dict[str, Entry] = {}
        self.deleted: list[str] = []
        self.started: list[str] = []
        self.new_versions: list[str] = []

    def take(self, listing: Listing) -> None:
        offered: Sequence[Entry] = listing.entries if listing.outcome is Outcome.LISTED else ()
        now = {entry.evidence.identifier: entry for entry in offered}
        self.deleted += [name for name in self.held if name not in now]
        self.started += [name for name in now if name not in self.held]
        self.new_versions += [
            name
            for name, entry in now.items()
            if name in self.held and self.held[name].digest != entry.digest
        ]
        self.held = now


def naive(listings: Sequence[Listing]) -> NaiveCollector:
    collector = NaiveCollector()
    for listing in listings:
        collector.take(listing)
    return collector
