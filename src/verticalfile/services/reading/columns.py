"""The data dictionary of a version, made from its values, and since when each column is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from verticalfile.history.column_facts import ColumnFacts, column_facts
from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.visibility import visible_to


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """A column of the version at hand and its past; `called` are older names, newest first."""

    facts: ColumnFacts
    since: datetime | None
    called: tuple[str, ...]

    @property
    def blank_share(self) -> float:
        return self.facts.blank / self.facts.rows if self.facts.rows else 0.0


def columns_of(here: AtHand) -> list[ColumnLine]:
    """Columns in the publisher's order; none where the version may not be shown or is no table."""
    if here.history is None or here.ordinal is None or not here.is_shown:
        return []
    since: dict[str, datetime] = {}
    names: dict[str, list[str]] = {}
    for version in here.versions:
        ordinal = here.history.ordinal_of(version.sha256)
        if ordinal is None or not visible_to(here.viewer, version):
            continue
        layout = here.history.layout_of(ordinal)
        for column, name in zip(layout.ids, layout.names, strict=True):
            since.setdefault(column, version.seen_at)
            known = names.setdefault(column, [])
            if here.version and version.number <= here.version.number and name not in known:
                known.insert(0, name)
    return [
        ColumnLine(
            each, since.get(each.id), tuple(n for n in names.get(each.id, ()) if n != each.name)
        )
        for each in column_facts(here.history.history, here.ordinal)
    ]


def left_out(here: AtHand) -> list[str]:
    """Names of columns that change with every export and are therefore not compared or shown."""
    if here.history is None or here.ordinal is None or not here.is_shown:
        return []
    layout = here.history.layout_of(here.ordinal)
    pairs = zip(layout.ids, layout.names, strict=True)
    return [name for i, name in pairs if i in layout.dropped]
