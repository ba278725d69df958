"""The data dictionary of a version, made from its values, and since when each column is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from verticalfile.history.views import snapshot
from verticalfile.history.views.column_facts import ColumnFacts, column_facts, known_facts
from verticalfile.history.views.column_shapes import shown_columns
from verticalfile.history.views.laying_out import lay_out_later
from verticalfile.services.known.table_history import TableHistory
from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.visibility import visible_to

Past = Callable[[str, str], tuple[datetime | None, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """A column of the version at hand and its past; `called` are older names, newest first."""

    facts: ColumnFacts
    since: datetime | None
    called: tuple[str, ...]

    @property
    def blank_share(self) -> float:
        return self.facts.blank / self.facts.rows if self.facts.rows else 0.0


@dataclass(frozen=True, slots=True)
class ColumnAwaited:
    """A column whose values are being counted."""

    name: str
    since: datetime | None
    called: tuple[str, ...]


def columns_of(here: AtHand) -> list[ColumnLine]:
    """Columns in the publisher's order; none where the version may not be shown or is no table."""
    if here.history is None or here.ordinal is None or not here.is_shown:
        return []
    facts = column_facts(here.history.history, here.ordinal)
    past = _past(here.history, here)
    return [ColumnLine(each, *past(each.id, each.name)) for each in facts]


def columns_in_hand(here: AtHand) -> tuple[list[ColumnLine], list[ColumnAwaited]]:
    """`columns_of` where that costs little or was counted before; else their names alone, and they
    are counted after this."""
    if here.history is None or here.ordinal is None or not here.is_shown:
        return [], []
    history = here.history.history
    if known_facts(history, here.ordinal) or not snapshot.is_worth_it(history, here.ordinal):
        return columns_of(here), []
    lay_out_later(history, here.ordinal)
    past = _past(here.history, here)
    names = shown_columns(history, here.ordinal)
    return [], [ColumnAwaited(name, *past(i, name)) for i, name in names.items()]


def _past(table: TableHistory, here: AtHand) -> Past:
    """Of a column by id and name: since when it is there, and what it was called before."""
    since: dict[str, datetime] = {}
    names: dict[str, list[str]] = {}
    for version in here.versions:
        ordinal = table.ordinal_of(version.sha256)
        if ordinal is None or not visible_to(here.viewer, version):
            continue
        layout = table.layout_of(ordinal)
        for column, name in zip(layout.ids, layout.names, strict=True):
            since.setdefault(column, version.seen_at)
            known = names.setdefault(column, [])
            if here.version and version.number <= here.version.number and name not in known:
                known.insert(0, name)
    return lambda i, name: (since.get(i), tuple(n for n in names.get(i, ()) if n != name))


def left_out(here: AtHand) -> list[str]:
    """Names of columns that change with every export and are therefore not compared or shown."""
    if here.history is None or here.ordinal is None or not here.is_shown:
        return []
    layout = here.history.layout_of(here.ordinal)
    pairs = zip(layout.ids, layout.names, strict=True)
    return [name for i, name in pairs if i in layout.dropped]
