"""The registers in the index file: what changed, vanished, returned, is held, unreadable, new."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from verticalfile.catalog.index import COLUMNS, NO_PORTAL, Index
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
    REKEYED = "re-keyed"  # a portal gave a dataset another identifier
    SUSPECT = "suspect"  # a portal's list that is not believed
    BLOCKED = "blocked"  # by a firewall or by robots.txt
    CLOSED = "closed"  # a login is asked for
    EXPORT = "export"  # the bytes are others, the rows the same: no news to most


OF_VERSIONS = (Register.CHANGED, Register.NEW, Register.EXPORT)
"""Entries about a version that may be seen. Those of a portal's list, which is no dataset, are told
when it is asked for by its name."""


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


class Order(StrEnum):
    """How lines stand."""

    NEWEST = "newest"
    OLDEST = "oldest"
    NAME = "name"  # of the dataset, then newest


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines: of these registers, and of one dataset or of all that stand on a shelf."""

    registers: Sequence[Register]
    dataset: str | None = None
    shelf: str | None = None


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
        """How many lines each register has; those without any are there with 0."""
        found = dict.fromkeys(wanted.registers, 0)
        for register, where, given in _parts(wanted, audience):
            row = self._index.connection.execute(
                f"SELECT count(*) FROM register_entry WHERE {where}", given
            ).fetchone()
            found[register] += int(row[0])
        return found

    def newest(
        self, wanted: Wanted, audience: Audience, *, limit: int, offset: int = 0
    ) -> list[RegisterLine]:
        """Lines, newest first: each part is read by its index, then they are merged."""
        found: list[tuple[str, ...]] = []
        for _, where, given in _parts(wanted, audience):
            found += self._index.connection.execute(
                f"SELECT {COLUMNS['register_entry']} FROM register_entry WHERE {where}"
                " ORDER BY at DESC, entry LIMIT ?",
                (*given, offset + limit),
            )
        found.sort(key=lambda row: row[0])
        found.sort(key=lambda row: row[5], reverse=True)
        return [_line(row) for row in found[offset : offset + limit]]

    def ordered(
        self, wanted: Wanted, audience: Audience, order: Order, *, limit: int, offset: int = 0
    ) -> list[RegisterLine]:
        """Lines in another order than the one by which they are mostly asked for."""
        if order is Order.NEWEST:
            return self.newest(wanted, audience, limit=limit, offset=offset)
        parts = list(_parts(wanted, audience))
        either = " OR ".join(f"({where})" for _, where, _ in parts)
        by = "at, entry" if order is Order.OLDEST else "dataset, at DESC, entry"
        rows = self._index.connection.execute(
            f"SELECT {COLUMNS['register_entry']} FROM register_entry WHERE {either}"
            f" ORDER BY {by} LIMIT ? OFFSET ?",
            (*(value for _, _, given in parts for value in given), limit, offset),
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


def _parts(wanted: Wanted, audience: Audience) -> Iterator[tuple[Register, str, tuple[str, ...]]]:
    """Conditions, one for each register and audience, so that an index has each in order."""
    also, more = "", []
    if wanted.dataset is not None:
        also += " AND dataset = ?"
        more.append(wanted.dataset)
    if wanted.shelf is not None:
        also += " AND dataset IN (SELECT dataset FROM shelved WHERE shelf = ?)"
        more.append(wanted.shelf)
    for register in wanted.registers:
        is_general = wanted.dataset is None and wanted.shelf is None
        less = f" AND {NO_PORTAL}" if is_general and register in OF_VERSIONS else ""
        for each in (Audience.ALL, audience):
            yield register, f"register = ? AND audience = ?{also}{less}", (register, each, *more)


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
