"""What is due: files that were not looked at for as long as they are to be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from verticalfile.catalog.index import ResourceLine
from verticalfile.kernel.spans import range_of
from verticalfile.services.archive import Archive
from verticalfile.services.datasets.intervals import Intervals
from verticalfile.services.known.deliveries import KIND as DELIVERED_KIND
from verticalfile.services.known.masks import KIND as MASKED_KIND
from verticalfile.tables.reading import Reason

DUE_SLACK = 0.02
"""A daily check at the same minute each day is due although it comes a few minutes early."""
CLOCK_FUTURE_SLACK = timedelta(minutes=5)
"""A check noted further ahead than clocks of one house differ was noted by a wrong clock."""
CALM = ("changed", "unchanged")
PICTURES_EVERY = timedelta(days=30)
"""A layer that is a picture is asked so often whether it has become one with rows."""


def due(
    archive: Archive, resources: Sequence[ResourceLine], intervals: Intervals | None = None
) -> list[ResourceLine]:
    """Those never looked at, or not for as long as they were to be, or by a clock far ahead."""
    now, known = archive.clock.now(), intervals or Intervals()
    soonest = 1 - DUE_SLACK
    return [
        r
        for r in resources
        if r.kind not in (DELIVERED_KIND, MASKED_KIND)
        and (
            r.checked_at is None
            or r.checked_at > now + CLOCK_FUTURE_SLACK
            or (
                now - r.checked_at >= range_of(r.every)[0] * soonest
                and now - r.checked_at >= known.of(archive.index, r) * soonest
                and (now - r.checked_at >= PICTURES_EVERY * soonest or not _is_picture(archive, r))
            )
        )
    ]


def _is_picture(archive: Archive, resource: ResourceLine) -> bool:
    """Whether it is a layer of which only a description came."""
    if resource.kind != "arcgis" or resource.rows is not None or resource.outcome not in CALM:
        return False
    versions = archive.index.versions(resource.id)
    return bool(versions) and versions[-1].reason == Reason.NOT_TABULAR
