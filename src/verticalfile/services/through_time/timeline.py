"""The timeline of a file: each version, what it brought, and when nobody looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.versions import Version
from verticalfile.charts import About, Gap, Mark, TimelineChart, What, Words
from verticalfile.services.archive import Archive
from verticalfile.services.datasets.looks import looks_of
from verticalfile.services.listing import VersionLine
from verticalfile.services.listing import versions as versions_listed
from verticalfile.services.names import Chosen, find_version
from verticalfile.services.through_time.charting import (
    is_withdrawn,
    not_looked,
    source_of,
    title_of,
    wall_time,
)
from verticalfile.services.visibility import Viewer, visible_to
from verticalfile.sources.what import SourceKind


@dataclass(frozen=True, slots=True)
class Timeline:
    """The chart and the file it is of."""

    resource: ResourceLine
    chart: TimelineChart


def timeline(
    archive: Archive,
    name: str,
    *,
    at: str | None = None,
    words: Words,
    viewer: Viewer = Viewer.NAMED_STAFF,
) -> Timeline:
    """All versions of a file and its gaps; `at` chooses the version one reads and, when it is a
    date, shows that day. Raises NotHeld, InputRefused.
    """
    resource, lines = versions_listed(archive, name)
    chosen = find_version(archive, resource, at) if lines and at else None
    return timeline_of(archive, resource, lines, chosen, words=words, viewer=viewer)


def timeline_of(
    archive: Archive,
    resource: ResourceLine,
    lines: list[VersionLine],
    chosen: Chosen | None,
    *,
    words: Words,
    viewer: Viewer,
) -> Timeline:
    """The timeline of a file whose versions are at hand."""
    versions = [line.version for line in lines]
    looked = looks_of(archive, resource, versions)
    marks = [
        _mark(archive, line, viewer, _seen_before(lines, place, viewer), chosen.version if chosen else None)
        for place, line in enumerate(lines)
    ]  # fmt: skip
    until = wall_time(archive, looked.moments[-1]) if looked.moments else None
    about = About(
        "timeline",
        words.gettext("Versions of %(title)s", title=title_of(archive, resource.dataset, words)),
        source_of(archive, resource, words),
        wall_time(archive, looked.told[-1]).date() if looked.told else None,
    )
    why = not_looked(resource, words)
    gaps = tuple(Gap(wall_time(archive, a), wall_time(archive, b), why) for a, b in looked.gaps)
    asked = wall_time(archive, chosen.asked) if chosen and chosen.asked else None
    gone = _gone(archive, versions, looked.moments[-1] if looked.moments else None, words)
    return Timeline(
        resource,
        TimelineChart(
            about,
            tuple(marks),
            until,
            gaps,
            gone,
            asked,
            is_recorded=resource.kind == SourceKind.GIT,
        ),
    )


def _seen_before(lines: list[VersionLine], place: int, viewer: Viewer) -> bool:
    """Whether the viewer may see what a version is compared with: by difference nothing of a
    withdrawn one may be told."""
    earlier = [line.version for line in lines[:place] if line.version.readable]
    return not earlier or visible_to(viewer, earlier[-1])


def _mark(
    archive: Archive, line: VersionLine, viewer: Viewer, comparable: bool, chosen: Version | None
) -> Mark:
    version, change = line.version, line.change
    touched: int | None = None
    if is_withdrawn(version, viewer):
        what = What.WITHDRAWN
    elif not visible_to(viewer, version):
        what = What.HELD
    elif not version.readable:
        what = What.UNREADABLE
    else:
        what = What.ROWS
        if change is None:
            what, touched = What.FIRST, line.rows
        elif comparable:
            touched = change.added + change.removed + change.changed
            if change.kinds == ("columns",):
                what = What.COLUMNS
            elif not {"data", "columns"} & set(change.kinds):
                what, touched = What.FORM, None
        if version.held:
            what = What.HELD
    return Mark(
        wall_time(archive, version.seen_at),
        what,
        touched,
        str(version.number),
        chosen is not None and chosen.number == version.number,
    )


def _gone(
    archive: Archive, versions: list[Version], last: datetime | None, words: Words
) -> tuple[Gap, ...]:
    """Times when the source did not have it."""
    found = []
    for place, version in enumerate(versions):
        end = versions[place + 1].seen_at if place + 1 < len(versions) else last
        if version.absent_from is not None and end is not None and end > version.absent_from:
            start = wall_time(archive, version.absent_from)
            why = words.gettext("the publisher did not offer it")
            found.append(Gap(start, wall_time(archive, end), why))
    return tuple(found)
