"""The registers in the index file: what changed, vanished, returned, is held, unreadable, new."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from verticalfile.catalog.index import COLUMNS, Index
from verticalfile.catalog.search import Audience
from verticalfile.kernel.moments import from_iso, to_iso


class Register(StrEnum):
    """The registers, by the word that stands in addresses and answers."""

    CHANGED = "changed"
    VANISHED = "vanished"
    RETURNED = "returned"
    HELD = "held"
    UNREADABLE = "unreadable"
    NEW = "new"
    WITHDRAWN = "withdrawn"
    EXPORT = "export"  # the bytes are others, the rows the same: no news to most


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One line. `entry` stays the same for good; `at` is when it happened as far as is known."""

    entry: str
    audience: Audience
    register: Register
    resource: str
    dataset: str
    at: datetime
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines; None is no limit. `datasets` empty means none at all."""

    registers: Sequence[Register]
    datasets: Sequence[str] | None = None
    resource: str | None = None


class RegisterLines:
    """Lines in the index file; those of a file are written together, inside `Index.writing`."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def put(self, resource: str, lines: Sequence[RegisterLine]) -> None:
        """Replace the lines of a file; those that are as they were are not touched."""
        run = self._index.connection
        names = COLUMNS["register_entry"]
        held = {
            (row[0], row[1]): row
            for row in run.execute(
                f"SELECT {names} FROM register_entry WHERE resource = ?", (resource,)
            )
        }
        fresh = {(line.entry, str(line.audience)): _row(line) for line in lines}
        gone = [key for key, row in held.items() if fresh.get(key) != row]
        run.executemany("DELETE FROM register_entry WHERE entry = ? AND audience = ?", gone)
        run.executemany(
            f"INSERT INTO register_entry ({names}) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [row for key, row in fresh.items() if held.get(key) != row],
        )

    def count(self, wanted: Wanted, audience: Audience) -> dict[Register, int]:
        """How many lines each register has."""
        where, given = _where(wanted, audience)
        rows = self._index.connection.execute(
            f"SELECT register, count(*) FROM register_entry WHERE {where} GROUP BY register", given
        )
        return {Register(name): number for name, number in rows}

    def newest(
        self, wanted: Wanted, audience: Audience, *, limit: int, offset: int = 0
    ) -> list[RegisterLine]:
        """Lines, newest first."""
        where, given = _where(wanted, audience)
        rows = self._index.connection.execute(
            f"SELECT {COLUMNS['register_entry']} FROM register_entry WHERE {where}"
            " ORDER BY at DESC, entry LIMIT ? OFFSET ?",
            (*given, limit, offset),
        )
        return [_line(row) for row in rows]

    def one(self, entry: str, audience: Audience) -> RegisterLine | None:
        """The line with this id."""
        row = self._index.connection.execute(
            f"SELECT {COLUMNS['register_entry']} FROM register_entry"
            " WHERE entry = ? AND audience IN ('all', ?)",
            (entry, audience),
        ).fetchone()
        return _line(row) if row else None


def _where(wanted: Wanted, audience: Audience) -> tuple[str, tuple[str, ...]]:
    parts = [f"register IN ({_marks(wanted.registers)})", "audience IN ('all', ?)"]
    given: tuple[str, ...] = (*map(str, wanted.registers), str(audience))
    if wanted.datasets is not None:
        parts.append(f"dataset IN ({_marks(wanted.datasets)})")
        given += tuple(wanted.datasets)
    if wanted.resource is not None:
        parts.append("resource = ?")
        given += (wanted.resource,)
    return " AND ".join(parts), given


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _row(line: RegisterLine) -> tuple[object, ...]:
    body = json.dumps(line.body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return (
        line.entry, str(line.audience), str(line.register), line.resource, line.dataset,
        to_iso(line.at), body,
    )  # fmt: skip


def _line(row: Sequence[str]) -> RegisterLine:
    entry, audience, register, resource, dataset, at, body = row
    return RegisterLine(
        entry, Audience(audience), Register(register), resource, dataset, from_iso(at),
        json.loads(body),
    )  # fmt: skip
