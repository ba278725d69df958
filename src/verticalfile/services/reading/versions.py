"""Versions of a file as the reading room lists them: what changed, and what is only told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import zip_longest

from verticalfile.catalog.index import Comparison, ResourceLine
from verticalfile.catalog.versions import Version, readable_before
from verticalfile.services.addresses import moment_of
from verticalfile.services.archive import Archive
from verticalfile.services.known.as_documents import is_document
from verticalfile.services.known.table_history import TableHistory
from verticalfile.services.listing import joined_change
from verticalfile.services.visibility import Viewer, visible_to


class Happening(StrEnum):
    """What a version is to a reader, one word a line."""

    FIRST = "first"
    CHANGED = "changed"
    COLUMNS = "columns"  # only columns came, went or were renamed
    FORMAT = "format"  # only the form of cells changed
    EXPORT = "export"  # the same rows in other bytes
    FILE = "file"  # another file, with no table to compare
    UNCOMPARED = "uncompared"  # what was before may not be shown, so neither may the difference
    UNREADABLE = "unreadable"
    HELD = "held"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """One version. `rows` and `change` are None where they may not be told or are not known."""

    version: Version
    moment: str
    happening: Happening
    rows: int | None
    change: Comparison | None
    base: Version | None  # the version it is compared with
    is_newest: bool

    @property
    def is_open(self) -> bool:
        """Whether a reader can open its rows or its file."""
        return self.happening not in (Happening.HELD, Happening.WITHDRAWN)


def version_facts(
    archive: Archive, file: ResourceLine, *, viewer: Viewer, newest: Version | None = None
) -> list[VersionFacts]:
    """Facts of every version of a file, oldest first."""
    versions = archive.index.versions(file.id)
    lines = archive.index.tables(file.id)
    histories = [TableHistory(archive, line.id, line.name) for line in lines]
    compared = {h.id: archive.index.comparisons(h.id) for h in histories}
    before = readable_before(versions)
    found = [
        _facts(v, versions, histories, compared, before.get(v.number), viewer, newest)
        for v in versions
    ]
    return [_as_document(f) if is_document(file, f.version, versions) else f for f in found]


def _as_document(facts: VersionFacts) -> VersionFacts:
    """Documentation that is no table is a document, and nothing that could not be read."""
    if facts.happening is not Happening.UNREADABLE:
        return facts
    is_first = facts.version.number == 1
    return replace(facts, happening=Happening.FIRST if is_first else Happening.FILE)


def _facts(
    version: Version,
    versions: Sequence[Version],
    histories: Sequence[TableHistory],
    compared: Mapping[str, Mapping[tuple[int, int], Comparison]],
    base: Version | None,
    viewer: Viewer,
    newest: Version | None,
) -> VersionFacts:
    moment = moment_of(version, versions).bare
    shown = visible_to(viewer, version)
    if not shown:
        happening = Happening.WITHDRAWN if version.hidden else Happening.HELD
        return VersionFacts(version, moment, happening, None, None, None, False)
    if base is not None and not visible_to(viewer, base):
        change, happening = None, Happening.UNCOMPARED
    else:
        change = joined_change(histories, compared, base, version)
        happening = _happening(version, base, change)
    rows = _rows(histories, version)
    return VersionFacts(version, moment, happening, rows, change, base, version == newest)


def _rows(histories: Sequence[TableHistory], version: Version) -> int | None:
    """Rows over all tables of a file; None when it is no table."""
    ordinals = ((h, h.ordinal_of(version.sha256)) for h in histories)
    found = [h.history.manifest.ordinals[n - 1].rows for h, n in ordinals if n is not None]
    return sum(found) if found and version.readable else None


def _happening(version: Version, base: Version | None, change: Comparison | None) -> Happening:
    if not version.readable:
        return Happening.UNREADABLE
    if base is None:
        return Happening.FIRST
    if change is None:
        return Happening.FILE
    kinds = set(change.kinds)
    if "data" in kinds or change.added or change.removed:
        return Happening.CHANGED
    for word, happening in (("columns", Happening.COLUMNS), ("format only", Happening.FORMAT)):
        if word in kinds:
            return happening
    return Happening.EXPORT if "export only" in kinds else Happening.CHANGED


@dataclass(frozen=True, slots=True)
class Absent:
    """The publisher did not offer the file from here; `until` None: not to this day."""

    since: datetime
    until: datetime | None


def absences(versions: Sequence[Version]) -> list[Absent]:
    """Stretches in which the publisher did not offer the file."""
    found = []
    for version, following in zip_longest(versions, versions[1:]):
        if version.absent_from is not None:
            found.append(Absent(version.absent_from, following.seen_at if following else None))
    return found
