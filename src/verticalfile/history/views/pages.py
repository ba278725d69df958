"""A page of a table's rows at an ordinal: filtered, sorted, cut in SQL, never loaded whole.

What a reader typed only ever travels as a bound parameter; columns are named by their ids, which
are ours. Rows come in the order of a column, or of first appearance; equal ones by row id, then by
copy, so that a page can begin after the last row of the one before (keyset paging).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import duckdb
import pyarrow as pa

from verticalfile.history import segments
from verticalfile.history.encoding import quoted
from verticalfile.history.history import History
from verticalfile.history.views import snapshot
from verticalfile.history.views.lenses import Lens, sort_sql

ID_SPAN = 4
"""Ids looked at for each row of a page, and how much further to look where they are gone."""


class How(StrEnum):
    """What a filter asks of a cell."""

    IS = "is"
    NOT = "not"
    CONTAINS = "contains"
    STARTS = "starts"
    FROM = "from"
    TO = "to"
    BLANK = "blank"
    FILLED = "filled"


@dataclass(frozen=True, slots=True)
class Filter:
    """A test of one column, by id. Several values of IS mean any of them."""

    column: str
    lens: Lens
    how: How
    values: tuple[str | float, ...] = ()


@dataclass(frozen=True, slots=True)
class Sort:
    """By one column, by id."""

    column: str
    lens: Lens
    descending: bool = False


@dataclass(frozen=True, slots=True)
class After:
    """Where the page before ended: sort value (None: blank), row id, copy."""

    value: str | float | None
    row: int
    copy: int


@dataclass(frozen=True, slots=True)
class View:
    """What is asked: columns by id in the order shown, filters that all hold, one sort."""

    columns: tuple[str, ...]
    filters: tuple[Filter, ...] = ()
    sort: Sort | None = None


@dataclass(frozen=True, slots=True)
class PageOfRows:
    """Rows of a page; `last` is where the next begins, None when this is the end."""

    rows: tuple[tuple[str | None, ...], ...]
    last: After | None


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the rows that pass are read: SQL with `_rid` and, where a row may occur more often,
    `n`; the values bound in it; columns with a typed key."""

    connection: duckdb.DuckDBPyConnection
    sql: str
    given: list[str | float]
    typed: frozenset[str]
    is_snapshot: bool


def count(history: History, ordinal: int, view: View) -> int:
    """Rows that pass the filters."""
    if not view.filters:
        return history.manifest.ordinals[ordinal - 1].rows
    with _opened(history, ordinal, view) as source:
        counted = "count(*)" if source.is_snapshot else "coalesce(sum(n), 0)"
        found = source.connection.execute(
            f"SELECT {counted} FROM {source.sql}", source.given
        ).fetchone()
    assert found is not None
    return int(found[0])


def page(
    history: History,
    ordinal: int,
    view: View,
    *,
    limit: int,
    offset: int = 0,
    after: After | None = None,
) -> PageOfRows:
    """Rows of a page, from an offset or after the last row of the page before."""
    if view.sort is None and not view.filters and snapshot.is_worth_it(history, ordinal):
        with snapshot.opened(history, ordinal) as laid_out:
            if laid_out is not None:
                return _laid_out_in_order(laid_out, view, limit, offset, after)
        return _in_order(history, ordinal, view, limit, offset, after)
    with _opened(history, ordinal, view) as source:
        key = _key(view.sort, source.typed)
        where, more = _beyond(view.sort, after)
        names = "".join(f", {quoted(c)}" for c in view.columns)
        found = source.connection.execute(
            f"SELECT k, _rid, copy{names} FROM ({_rows(source, key)}) {where}"
            f" ORDER BY {_order(view.sort)} LIMIT {limit + 1} OFFSET {offset}",
            [*source.given, *more],
        ).fetchall()
    return _cut(found, limit)


def _laid_out_in_order(
    connection: duckdb.DuckDBPyConnection,
    view: View,
    limit: int,
    offset: int,
    after: After | None,
) -> PageOfRows:
    """A page of a snapshot in order of first appearance: places follow one another."""
    names = "".join(f", {quoted(c)}" for c in view.columns)
    first = offset
    if after is not None:
        where, _ = _beyond(None, after)
        told = connection.execute(f"SELECT min(_place) FROM held {where}").fetchone()
        if told is None or told[0] is None:
            return PageOfRows((), None)
        first += int(told[0])
    found = connection.execute(
        f"SELECT NULL, _rid, copy{names} FROM held WHERE _place BETWEEN {first} AND {first + limit}"
        " ORDER BY _place"
    ).fetchall()
    return _cut(found, limit)


def _in_order(
    history: History, ordinal: int, view: View, limit: int, offset: int, after: After | None
) -> PageOfRows:
    """A page of a large version without a snapshot in order of first appearance: of the history
    only the ids near it are read, more each time where too many of them are gone."""
    names = "".join(f", {quoted(c)}" for c in view.columns)
    first = int(after.row) if after else 0
    span = ID_SPAN * (offset + limit + 1)
    where, _ = _beyond(None, after)
    with history.connect() as connection:
        while True:
            near = f" WHERE _rid BETWEEN {first} AND {first + span}"
            rows = _as_of(history, ordinal, view.columns, near)
            found = connection.execute(
                f"SELECT NULL, _rid, copy{names} FROM {rows}, range(n::BIGINT) copies(copy) {where}"
                f" ORDER BY _rid, copy LIMIT {limit + 1} OFFSET {offset}"
            ).fetchall()
            if len(found) > limit or first + span >= history.manifest.next_rid:
                break
            span *= ID_SPAN
    return _cut(found, limit)


def _cut(found: Sequence[tuple[Any, ...]], limit: int) -> PageOfRows:
    """The rows of a page, of which one more was asked for to know whether there is a next."""
    last = After(*found[limit - 1][:3]) if len(found) > limit else None
    return PageOfRows(tuple(row[3:] for row in found[:limit]), last)


def batches(
    history: History, ordinal: int, view: View, *, rows: int = 20_000
) -> Iterator[pa.RecordBatch]:
    """Every row of a view as Arrow batches of text, streamed."""
    names = ", ".join(quoted(c) for c in view.columns) or "1 AS nothing"
    with _opened(history, ordinal, view) as source:
        query = f"SELECT {names} FROM ({_rows(source, _key(view.sort, source.typed))})"
        if view.sort is not None or not source.is_snapshot:  # a snapshot stands in order
            query += f" ORDER BY {_order(view.sort)}"
        yield from source.connection.execute(query, source.given).to_arrow_reader(rows)


@contextmanager
def weighed(
    history: History, ordinal: int, columns: Sequence[str]
) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """SQL of the rows at an ordinal, with these columns (by id) and `n`, how often a row occurs."""
    with _opened(history, ordinal, View(tuple(columns))) as source:
        told = f"(SELECT *, 1 AS n FROM {source.sql})" if source.is_snapshot else source.sql
        yield source.connection, told


def _rows(source: _Source, key: str) -> str:
    """SQL of each copy of each row, with its sort value."""
    if source.is_snapshot:
        return f"SELECT {key} AS k, * FROM {source.sql}"
    return f"SELECT {key} AS k, * FROM {source.sql}, range(n::BIGINT) copies(copy)"


@contextmanager
def _opened(history: History, ordinal: int, view: View) -> Iterator[_Source]:
    """The snapshot of a large version, else the history itself."""
    asked = [*view.columns, *(f.column for f in view.filters)]
    asked += [view.sort.column] if view.sort else []
    columns = list(dict.fromkeys(asked))
    if snapshot.is_worth_it(history, ordinal):
        with snapshot.opened(history, ordinal) as connection:
            if connection is not None:
                typed = snapshot.typed_columns(connection)
                where, given = _where(view, typed)
                rows = f"(SELECT * FROM held{where})"
                yield _Source(connection, rows, given, typed, True)
                return
    with history.connect() as connection:
        where, given = _where(view, frozenset())
        yield _Source(
            connection, _as_of(history, ordinal, columns, where), given, frozenset(), False
        )


def _as_of(history: History, ordinal: int, columns: Sequence[str], where: str) -> str:
    """SQL of the rows that pass, each with `n`, how often it occurs."""
    listed = history.manifest.segments
    births = segments.births(history.folder, listed, columns, ordinal)
    later = segments.changes_after_birth(history.folder, listed, ordinal)
    picked = "".join(f", {quoted(c)}" for c in columns)
    return (
        f"(SELECT * FROM (SELECT b._rid, b._dn + coalesce(later.n, 0) AS n{picked}"
        f" FROM (SELECT * FROM {births}{where}) b LEFT JOIN {later} later USING (_rid))"
        " WHERE n > 0)"
    )


def _where(view: View, typed: frozenset[str]) -> tuple[str, list[str | float]]:
    tests, given = [], []
    for each in view.filters:
        test, values = _test(each, typed)
        tests.append(test)
        given += values
    return (f" WHERE {' AND '.join(tests)}" if tests else ""), given


def _test(asked: Filter, typed: frozenset[str]) -> tuple[str, list[str | float]]:
    name = quoted(asked.column)
    bound = _bound(asked.column, asked.lens, typed)
    values = list(asked.values)
    match asked.how:
        case How.IS if asked.lens is Lens.NUMBER and (numbers := _numbers(values)):
            marks = ", ".join("?" * len(values))
            same = f"{bound} IN ({', '.join('?' * len(numbers))})"
            return f"({name} IN ({marks}) OR {same})", [*values, *numbers]
        case How.IS:
            return f"{name} IN ({', '.join('?' * len(values))})", values
        case How.NOT:
            return f"coalesce({name}, '') NOT IN ({', '.join('?' * len(values))})", values
        case How.CONTAINS:
            return f"contains(strip_accents(lower({name})), strip_accents(lower(?)))", values
        case How.STARTS:
            return f"starts_with(strip_accents(lower({name})), strip_accents(lower(?)))", values
        case How.FROM:
            return f"{bound} >= ?", values
        case How.TO if asked.lens is Lens.NUMBER:
            return f"{bound} <= ?", values
        case How.TO:  # "to 2024-03" includes the whole of March
            return f"left({bound}, length(?)) <= ?", values * 2
        case How.BLANK:
            return f"coalesce(trim({name}), '') = ''", []
        case How.FILLED:
            return f"coalesce(trim({name}), '') <> ''", []


def _numbers(values: Sequence[str | float]) -> list[float]:
    """Values that are numbers: 412 finds 412.00."""
    found = []
    for value in values:
        try:
            found.append(float(value))
        except ValueError:
            continue
    return found


def _key(sort: Sort | None, typed: frozenset[str]) -> str:
    return _bound(sort.column, sort.lens, typed) if sort else "NULL"


def _bound(column: str, lens: Lens, typed: frozenset[str]) -> str:
    """SQL of the value by which a cell is sorted and bounded."""
    return quoted(f"k_{column}") if column in typed else sort_sql(column, lens)


def _order(sort: Sort | None) -> str:
    if sort is None:
        return "_rid, copy"
    return f"k {'DESC' if sort.descending else 'ASC'} NULLS LAST, _rid, copy"


def _beyond(sort: Sort | None, after: After | None) -> tuple[str, list[str | float]]:
    """SQL that leaves out what stood on the pages before; blanks stand last."""
    if after is None:
        return "", []
    row, copy = int(after.row), int(after.copy)
    same = f"(_rid > {row} OR (_rid = {row} AND copy > {copy}))"
    if sort is None:
        return f"WHERE {same}", []
    if after.value is None:
        return f"WHERE k IS NULL AND {same}", []
    sign = "<" if sort.descending else ">"
    not_before = f"k {sign}= ? AND (k {sign} ? OR {same})"  # most rows fall at the first test
    return f"WHERE k IS NULL OR ({not_before})", [after.value, after.value]
