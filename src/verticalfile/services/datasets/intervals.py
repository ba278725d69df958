"""How often a file is looked at now, where staff gave a range such as `daily..monthly`.

It begins with the shorter span, doubles after each four looks in a row that found nothing new, and
is the shorter one again once something changed. It is worked out from the looks that were noted,
so that it survives restarts and a rebuild; looks that got no answer count for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from verticalfile.catalog.index import Index, ResourceLine
from verticalfile.kernel.spans import range_of

CALM_CHECKS = 4
"""After so many looks that found nothing new the span is doubled."""
CALM = frozenset({"unchanged", "export only"})
NO_ANSWER = frozenset({"failed", "partial", "blocked", "closed"})


@dataclass
class Intervals:
    """Spans of files; one that is kept asks again only after a new look at the file."""

    _known: dict[str, tuple[datetime, str, timedelta]] = field(default_factory=dict)

    def of(self, index: Index, resource: ResourceLine) -> timedelta:
        """How long after the last look the file is due."""
        shortest, longest = range_of(resource.every)
        if resource.checked_at is None or shortest == longest:
            return shortest
        at, every, span = self._known.get(resource.id, (None, "", shortest))
        if (at, every) != (resource.checked_at, resource.every):
            span = span_after(_calm_checks(index, resource.id), shortest, longest)
            self._known[resource.id] = (resource.checked_at, resource.every, span)
        return span


def span_after(calm: int, shortest: timedelta, longest: timedelta) -> timedelta:
    """The span after so many looks in a row that found nothing new."""
    span = shortest
    for _ in range(calm // CALM_CHECKS):
        if span >= longest:
            break
        span *= 2
    return min(span, longest)


def interval_told(index: Index, resource: ResourceLine) -> str:
    """The present span as an ISO 8601 duration, such as P4D or PT12H."""
    minutes = int(Intervals().of(index, resource).total_seconds() // 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    time = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    return "P" + (f"{days}D" if days else "") + (f"T{time}" if time else "")


def _calm_checks(index: Index, resource: str) -> int:
    """Looks in a row, up to the last, that found nothing new; back-fills are none."""
    calm = 0
    for body in index.newest_observations(resource, -1):
        if body.get("seen_at", body["at"]) != body["at"] or body["outcome"] in NO_ANSWER:
            continue
        if body["outcome"] not in CALM:
            break
        calm += 1
    return calm
