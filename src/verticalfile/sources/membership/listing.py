"""A listing as the fold takes it, and why one may not count towards absence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from verticalfile.sources.identity import Entry, folded
from verticalfile.sources.membership.members import Outcome

ROUND_SIZES = (100, 500)
ROUND_STEP = 1000


@dataclass(frozen=True, slots=True)
class Listing:
    """One walk through a catalog, whole or not, or the failure to make one."""

    moment: datetime
    entries: tuple[Entry, ...] = ()
    proved: bool = False  # its completeness, by the rule of its protocol
    declared: int | None = None  # how many there are, as the portal says
    outcome: Outcome = Outcome.LISTED
    reason: str = ""  # why it failed, or why it is unproved
    is_copy: bool = False  # that somebody else made: we did not look ourselves
    closed: tuple[str, ...] = ()  # addresses below which it could not look: nobody is missed there

    def is_out_of_sight(self, entry: Entry) -> bool:
        """Whether an entry stands below a place that was closed."""
        name = entry.evidence.folded if self.closed else ""
        return any(name.startswith(f"{folded(place)}/") for place in self.closed)


def unproved_reason(listing: Listing, distinct: int) -> str:
    """Why absence from this listing proves nothing; "" when it does.

    A portal that says how many there are is taken at its word when it has them; without a word
    a round number is a page limit in disguise (a state's feed: 999 on six dates, then 1,277).
    """
    if not listing.proved:
        return listing.reason or "its completeness is not proved"
    if listing.declared is not None:
        if listing.declared == distinct:
            return ""
        return f"the portal says {listing.declared:,}, {distinct:,} came"
    count = len(listing.entries)
    if count in ROUND_SIZES or (count >= ROUND_STEP - 1 and (count + 1) % ROUND_STEP <= 1):
        return f"exactly {count:,} entries: a page limit, perhaps"
    return ""
