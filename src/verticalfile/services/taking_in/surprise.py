"""Surprising files: readable, but so unlike the version before that a person should look first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.versions import Version, readable_before
from verticalfile.services.archive import Archive
from verticalfile.services.known.table_history import TableHistory

LOST_ROWS_SHARE = 0.5
LOST_COLUMNS_SHARE = 0.5
FEWEST_ROWS = 20
"""Below so many rows a loss of half is everyday life."""


class Why(StrEnum):
    """The class of reason: all that is told of a held version to the public."""

    TABLE_MISSING = "table missing"
    ROWS_GONE = "rows gone"
    COLUMNS_GONE = "columns gone"
    ALL_CHANGED = "all rows changed"
    OTHER_LAYER = "another layer"


@dataclass(frozen=True, slots=True)
class Surprise:
    """Why a version is held; the sentence has figures and is for staff."""

    why: Why
    said: str


def other_layer(before: Mapping[str, object], now: Mapping[str, object]) -> Surprise | None:
    """Whether another layer stands at the address than before: neither its name nor its fields are
    the same. Indices shift when a service is published anew (harvesting.md, trap 44)."""
    old, new = before.get("layer"), now.get("layer")
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return None
    if old.get("name") == new.get("name") or old.get("fields") == new.get("fields"):
        return None
    said = f"the layer here was {old.get('name')} and is {new.get('name')}, with other fields"
    return Surprise(Why.OTHER_LAYER, said)


def surprise(
    archive: Archive, resource: ResourceLine, versions: Sequence[Version], own: Version
) -> Surprise | None:
    """Why a version is surprising against the readable one before it, None when it is not."""
    before = readable_before([v for v in versions if not v.held or v.number == own.number])
    old = before.get(own.number)
    if old is None or not own.readable or own.number != versions[-1].number:
        return None
    for line in archive.index.tables(resource.id):
        history = TableHistory(archive, line.id, line.name)
        pair = (history.ordinal_of(old.sha256), history.ordinal_of(own.sha256))
        if pair[0] is None:
            continue
        why = _of_table(archive, history, line.name, pair[0], pair[1])
        if why is not None:
            return why
    return None


def _of_table(
    archive: Archive, history: TableHistory, name: str, old: int, new: int | None
) -> Surprise | None:
    shown = f" in table {name}" if name else ""
    manifest = history.history.manifest
    had = manifest.ordinals[old - 1].rows
    if new is None:
        return Surprise(Why.TABLE_MISSING, f"table {name} is missing") if had else None
    have = manifest.ordinals[new - 1].rows
    if had >= FEWEST_ROWS and have < had * (1 - LOST_ROWS_SHARE):
        return Surprise(Why.ROWS_GONE, f"{had - have:,} of {had:,} rows are gone{shown}")
    columns = set(history.layout_of(old).ids)
    lost = columns - set(history.layout_of(new).ids)
    if have and len(lost) > LOST_COLUMNS_SHARE * len(columns):
        said = f"{len(lost)} of {len(columns)} columns are gone{shown}"
        return Surprise(Why.COLUMNS_GONE, said)
    found = archive.index.comparisons(history.id).get((old, new))
    if found is not None and had >= FEWEST_ROWS and "data" in found.kinds:
        if found.changed >= had and found.changed >= have:
            return Surprise(Why.ALL_CHANGED, f"all {have:,} rows changed{shown}")
        if found.removed >= had and found.added >= have and not found.changed:
            return Surprise(Why.ALL_CHANGED, f"all {have:,} rows are others{shown}")
    return None
