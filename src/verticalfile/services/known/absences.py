"""When a source did not have a file, and from when on that is called *vanished*.

A missing record is an observation. *Vanished* is said where nothing was found at three checks in
a row, the last of them at least three days after the first; or where the publisher's own history
of the file (git) shows it removed for so long. A check that failed or was blocked tells nothing
and neither counts nor ends the row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.versions import Version
from verticalfile.kernel.moments import from_iso
from verticalfile.sources.what import SourceKind

CHECKS = 3
OVER = timedelta(days=3)
"""As for surprising files (design 7): an evening's trouble at a portal is no vanishing."""


@dataclass(frozen=True, slots=True)
class Absence:
    """A row of checks that found nothing. `confirmed_at` None: too few or too short to be said."""

    first_missed_at: datetime
    last_missed_at: datetime
    checks: int
    evidence: str  # "404", "410", "file missing" or "history"
    last_seen_at: datetime | None
    confirmed_at: datetime | None
    returned_at: datetime | None


TELLING = ("unchanged", "changed")
"""Outcomes of a look at a repository that say what it has."""


def absences_of(
    resource: ResourceLine,
    versions: Sequence[Version],
    observations: Sequence[Mapping[str, object]],
    *,
    added_at: datetime,
) -> list[Absence]:
    """Every row of absences of a file, earliest first.

    An absence ends a version, so the ends of versions are all the sightings that matter.
    """
    missed = sorted(
        (from_iso(str(o.get("seen_at", o["at"]))), _evidence(resource, o))
        for o in observations
        if o["outcome"] == "absent"
    )
    seen = sorted(at for v in versions for at in (v.seen_at, v.last_seen_at))
    looks = [from_iso(str(o["at"])) for o in observations if o["outcome"] in TELLING]
    looked = max([added_at, *looks]) if resource.kind == SourceKind.GIT else None
    found = []
    while missed:
        back = next((at for at in seen if at >= missed[0][0]), None)
        row = [each for each in missed if back is None or each[0] <= back]
        missed = missed[len(row) :]
        before = [at for at in seen if at < row[0][0]]
        found.append(_absence(row, before[-1] if before else None, back, looked))
    return found


def vanished(absences: Sequence[Absence]) -> Absence | None:
    """The absence for which a file is called vanished now."""
    newest = absences[-1] if absences else None
    over = newest is None or newest.returned_at is not None or newest.confirmed_at is None
    return None if over else newest


def _absence(
    row: Sequence[tuple[datetime, str]],
    last_seen: datetime | None,
    back: datetime | None,
    looked: datetime | None,
) -> Absence:
    first, last = row[0][0], row[-1][0]
    if looked is not None:  # the publisher's own record holds until the last look at it
        last = max(last, back if back is not None else looked)
        confirmed = first + OVER if last - first >= OVER else None
    else:
        enough = [at for at, _ in row[CHECKS - 1 :] if at - first >= OVER]
        confirmed = enough[0] if enough else None
    return Absence(first, last, len(row), row[-1][1], last_seen, confirmed, back)


def _evidence(resource: ResourceLine, body: Mapping[str, object]) -> str:
    if resource.kind == SourceKind.GIT:
        return "history"
    if resource.kind != SourceKind.URL:
        return "file missing"
    detail = body.get("detail")
    exchange = detail.get("exchange") if isinstance(detail, dict) else None
    status = str(exchange.get("status", "")) if isinstance(exchange, dict) else ""
    return status if status in ("404", "410") else "404"
