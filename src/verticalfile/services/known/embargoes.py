"""Embargoes: a day until which a file, or some versions of it, are not shown. Folded from events.

An embargo has an end always. It ends by itself: when its day has come, the software writes one
event and all is shown; until that is done nothing is (`embargoing.end_due`). Of a file that is
under embargo as a whole, versions that come later are so as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from verticalfile.catalog.versions import Version
from verticalfile.kernel.moments import from_iso

EMBARGOED, ENDED = "embargoed", "embargo ended"
KINDS = frozenset({EMBARGOED, ENDED})
HOW = "embargo"
"""As `Version.hidden` says it; `withdrawn_why` is then the day on which it ends, YYYY-MM-DD."""


@dataclass(frozen=True, slots=True)
class Embargo:
    """What holds now. `originals` None: all versions. `until` is the first day on which it is shown."""

    until: date
    ends_at: datetime  # when that day begins where the library is
    since: datetime
    reason: str  # for staff
    originals: frozenset[str] | None = None


def embargo_in(events: Iterable[Mapping[str, object]]) -> Embargo | None:
    """Fold the events of one file, oldest first; a later embargo replaces the one before it."""
    found: Embargo | None = None
    for body in events:
        detail = body.get("detail")
        if body["kind"] == ENDED:
            found = None
        elif body["kind"] == EMBARGOED and isinstance(detail, dict):
            originals = detail.get("originals")
            found = Embargo(
                date.fromisoformat(str(detail["until"])), from_iso(str(detail["ends_at"])),
                from_iso(str(body["at"])), str(detail["reason"]),
                frozenset(map(str, originals)) if isinstance(originals, list) else None,
            )  # fmt: skip
    return found


def marked(versions: Sequence[Version], embargo: Embargo | None) -> list[Version]:
    """Versions as they may be shown while an embargo stands; a harder word stays."""
    if embargo is None:
        return list(versions)
    return [
        v if v.hidden or (embargo.originals is not None and v.sha256 not in embargo.originals)
        else replace(
            v, hidden=HOW, withdrawn_at=embargo.since, withdrawn_why=embargo.until.isoformat()
        )
        for v in versions
    ]  # fmt: skip
