"""Mementos of a file (RFC 7089): its versions as states of one address that changes.

They are those that a date can lead to: readable, not held, not withdrawn. Of a moment the closest
one that is not after it is meant, as everywhere else; before the first, the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from verticalfile.catalog.versions import Version, as_of
from verticalfile.services.addresses import moment_of
from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.visibility import visible_to


@dataclass(frozen=True, slots=True)
class Memento:
    """A state: its moment in addresses, and since when it is known to have stood."""

    moment: str
    at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class Mementos:
    """All of them, oldest first, and the one that is open."""

    every: tuple[Memento, ...]
    here: Memento | None

    def beside(self) -> dict[str, Memento]:
        """`first`, `last`, and around the open one `prev` and `next`."""
        if not self.every:
            return {}
        found = {"first": self.every[0], "last": self.every[-1]}
        if self.here is not None:
            place = self.every.index(self.here)
            if place:
                found["prev"] = self.every[place - 1]
            if place + 1 < len(self.every):
                found["next"] = self.every[place + 1]
        return found


def mementos(here: AtHand) -> Mementos:
    """The states of the file at hand."""
    shown = [v for v in here.versions if _counts(here, v)]
    every = tuple(Memento(moment_of(v, here.versions).bare, v.seen_at, v.number) for v in shown)
    number = here.version.number if here.version else 0
    return Mementos(every, next((m for m in every if m.number == number), None))


def _counts(here: AtHand, version: Version) -> bool:
    return version.readable and not version.held and visible_to(here.viewer, version)


def at_gate(here: AtHand, moment: datetime | None) -> str | None:
    """Which version stood at a moment, by the rule of every dated address: what was withdrawn
    since is named and not passed over, so that nobody reads an earlier one as if it had stood.
    Without a moment the last memento. None where there is none."""
    found = mementos(here).every
    if not found:
        return None
    if moment is None:
        return found[-1].moment
    stood = as_of(here.versions, moment).version
    return moment_of(stood, here.versions).bare if stood else found[0].moment
