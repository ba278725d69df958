"""What one step of the fold found: values with dates and evidence, for registers and reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from verticalfile.sources.identity import Entry, Evidence
from verticalfile.sources.membership.members import How, Outcome, Why


@dataclass(frozen=True, slots=True)
class New:
    """An entry that is no known member; it is one now."""

    moment: datetime
    key: str
    entry: Entry

    @property
    def evidence(self) -> Evidence:
        return self.entry.evidence


@dataclass(frozen=True, slots=True)
class Changed:
    """The publisher's description of a member differs from the one before."""

    moment: datetime
    key: str
    before_digest: str
    after_digest: str


@dataclass(frozen=True, slots=True)
class Touched:
    """Only volatile fields moved, such as `modified`."""

    moment: datetime
    key: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A complete listing does not have the member; the first such after it was seen."""

    moment: datetime
    key: str
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class Vanished:
    """Absent from enough complete listings over enough days."""

    moment: datetime
    key: str
    last_seen: datetime
    since: datetime  # the first absence
    absences: int
    copies: bool = False  # known from copies of listings alone: we never saw it listed


@dataclass(frozen=True, slots=True)
class Returned:
    """A missing or vanished member is listed again; its history goes on."""

    moment: datetime
    key: str
    since: datetime
    had_vanished: bool


@dataclass(frozen=True, slots=True)
class Rekeyed:
    """A member goes on under another identifier. `Undo` takes it back."""

    moment: datetime
    key: str
    before: Evidence
    after: Evidence
    how: How


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member that an entry may be, and what speaks for it."""

    key: str
    how: How


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A new member that may be an older one; a person decides, meanwhile it is collected."""

    moment: datetime
    key: str
    evidence: Evidence
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class ToldApart:
    """A doubt that answered itself: both are listed at once."""

    moment: datetime
    key: str
    other: str


@dataclass(frozen=True, slots=True)
class Unproved:
    """The listing may add and update and makes nothing missing; how much of the known it has."""

    moment: datetime
    reason: str
    seen: int
    known: int  # members not vanished

    @property
    def share_0to1(self) -> float:
        """Share of the known members that the listing shows."""
        return self.seen / self.known if self.known else 1.0


@dataclass(frozen=True, slots=True)
class Suspect:
    """The listing was not believed: nothing was changed, and it is tried again."""

    moment: datetime
    why: Why
    since: datetime
    lost: int
    swapped: int
    of: int
    checks: int  # how often a listing much the same was seen, this one too

    @property
    def share_0to1(self) -> float:
        """Lost and swapped as a share of the last accepted listing."""
        return (self.lost + self.swapped) / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Released:
    """The suspicion ended: `came back`, `repeated`, `accepted` by a person, or `seen ourselves`
    where only copies of older listings had been suspect."""

    moment: datetime
    why: Why
    since: datetime
    how: str


@dataclass(frozen=True, slots=True)
class Unreached:
    """The source could not be listed; no member changed its state. Once, not once a dataset."""

    moment: datetime
    outcome: Outcome
    since: datetime
    times: int
    reason: str


@dataclass(frozen=True, slots=True)
class Reached:
    """The source can be listed again."""

    moment: datetime
    outcome: Outcome  # what it was
    since: datetime


@dataclass(frozen=True, slots=True)
class Parted:
    """A join was undone: `new_key` goes on under `identifier`, `key` stands as missing."""

    moment: datetime
    key: str
    new_key: str
    identifier: str


Finding = (
    New
    | Changed
    | Touched
    | Missing
    | Vanished
    | Returned
    | Rekeyed
    | Doubtful
    | ToldApart
    | Unproved
    | Suspect
    | Released
    | Unreached
    | Reached
    | Parted
)
