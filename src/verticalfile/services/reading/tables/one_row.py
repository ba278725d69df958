"""One row through time, as the reading room shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from verticalfile.kernel.errors import InputRefused
from verticalfile.services.addresses import moment_of
from verticalfile.services.archive import Archive
from verticalfile.services.names import NotHeld
from verticalfile.services.reading.at_hand import AtHand, must_be_table
from verticalfile.services.reading.errors import not_on_shelf
from verticalfile.services.reading.tables.differences import Kind
from verticalfile.services.through_time.comparing import RowMoment, row


@dataclass(frozen=True, slots=True)
class Step:
    """A version in which the row was new, changed, went or came back; newest first."""

    kind: str  # of web marks: first, changed, vanished, returned
    moment: str
    version_number: int
    seen_at: datetime
    not_earlier_than: datetime | None
    cells: tuple[tuple[str, str | None, str | None], ...]
    times: int  # how often the key stands in that version


@dataclass(frozen=True, slots=True)
class RowThroughTime:
    """A row and its past. `values` are those of the last version that has it."""

    here: AtHand
    key: tuple[tuple[str, str], ...]  # (column, value)
    steps: tuple[Step, ...]
    values: tuple[tuple[str, str | None, datetime], ...]  # column, value, since when
    is_there: bool  # in the newest version
    changed_columns: tuple[str, ...]

    @property
    def values_of_key(self) -> list[str]:
        """What names the row in an address."""
        return [value for _, value in self.key]


def row_through_time(archive: Archive, here: AtHand, key: Sequence[str]) -> RowThroughTime:
    """Follow a row by its key. Raises NotOnShelf."""
    history, _ = must_be_table(here)
    name = f"{here.dataset.name}/{here.file.name}/{history.name}".rstrip("/")
    try:
        found = row(archive, name, list(key), viewer=here.viewer)
    except (NotHeld, InputRefused):
        raise not_on_shelf("row of that name", dataset=here.dataset.name) from None
    steps = _steps(here, found.moments)
    last = next(m for m in reversed(found.moments) if m.values)
    changed = dict.fromkeys(name for step in steps for name, _, _ in step.cells)
    return RowThroughTime(
        here, tuple(zip(found.key, key, strict=True)), tuple(reversed(steps)),
        tuple(_values(found.moments, last)), bool(found.moments[-1].values), tuple(changed),
    )  # fmt: skip


def _steps(here: AtHand, moments: Sequence[RowMoment]) -> list[Step]:
    steps: list[Step] = []
    past: dict[str, str | None] = {}
    for number, moment in enumerate(moments):
        now = moment.values[0] if moment.values else {}
        before = moments[number - 1] if number else None
        kind = str(Kind.CHANGED)
        if not moment.values:
            kind = str(Kind.VANISHED)
        elif before is None:
            kind = "first"
        elif not before.values:
            kind = "returned"
        steps.append(
            Step(
                kind, moment_of(moment.version, here.versions).bare, moment.version.number,
                moment.version.seen_at, moment.not_earlier_than,
                _cells(past, now) if kind in ("changed", "returned") else (), len(moment.values),
            )
        )  # fmt: skip
        past = now or past
    return steps


def _cells(
    old: dict[str, str | None], new: dict[str, str | None]
) -> tuple[tuple[str, str | None, str | None], ...]:
    return tuple((n, old.get(n), v) for n, v in new.items() if n in old and old[n] != v)


def _values(
    moments: Sequence[RowMoment], last: RowMoment
) -> list[tuple[str, str | None, datetime]]:
    """Each value of the last state, and since when it stands so without a break."""
    told = []
    upto = list(moments[: moments.index(last) + 1])
    for column, value in last.values[0].items():
        since = last.version.seen_at
        for moment in reversed(upto):
            if not moment.values or moment.values[0].get(column, _MISSING) != value:
                break
            since = moment.version.seen_at
        told.append((column, value, since))
    return told


_MISSING = object()
