"""A page of a table's rows at an ordinal: filtered, sorted, cut in SQL, never loaded whole.

What a reader typed only ever travels as a bound parameter; columns are named by their ids, which
are ours. Rows come in the order of a column, or of first appearance; equal ones by row id, then by
copy, so that a page can begin after the last row of the one before (keyset paging).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

from verticalfile.history import segments
from verticalfile.history.encoding import quoted
from verticalfile.history.history import History
from verticalfile.history.lenses import Lens, sort_sql


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


def count(history: History, ordinal: int, view: View) -> int:
    """Rows that pass the filters."""
    if not view.filters:
        return history.manifest.ordinals[ordinal - 1].rows
    source, given = _source(history, ordinal, view)
    with history.connect() as connection:
        found = connection.execute(f"SELECT coalesce(sum(n), 0) FROM {source}", given).fetchone()
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
    source, given = _source(history, ordinal, view)
    key = _key(view.sort)
    where, more = _beyond(view.sort, after)
    names = "".join(f", {quoted(c)}" for c in view.columns)
    query = (
        f"SELECT k, _rid, copy{names} FROM (SELECT {key} AS k, *"
        f" FROM {source}, range(n::BIGINT) copies(copy)) {where}"
        f" ORDER BY {_order(view.sort)} LIMIT {limit + 1} OFFSET {offset}"
    )
    with history.connect() as connection:
        found = connection.execute(query, [*given, *more]).fetchall()
    last = After(*found[limit - 1][:3]) if len(found) > limit else None
    return PageOfRows(tuple(row[3:] for row in found[:limit]), last)


def batches(
    history: History, ordinal: int, view: View, *, rows: int = 20_000
) -> Iterator[pa.RecordBatch]:
    """Every row of a view as Arrow batches of text, streamed."""
    source, given = _source(history, ordinal, view)
    names = ", ".join(quoted(c) for c in view.columns) or "1 AS nothing"
    query = (
        f"SELECT {names} FROM (SELECT {_key(view.sort)} AS k, *"
        f" FROM {source}, range(n::BIGINT) copies(copy)) ORDER BY {_order(view.sort)}"
    )
    with history.connect() as connection:
        yield from connection.execute(query, given).to_arrow_reader(rows)


def _source(history: History, ordinal: int, view: View) -> tuple[str, list[str | float]]:
    """SQL of the rows that pass, each with `n`, how often it occurs; and the bound values."""
    asked = [*view.columns, *(f.column for f in view.filters)]
    asked += [view.sort.column] if view.sort else []
    columns = list(dict.fromkeys(asked))
    listed = history.manifest.segments
    births = segments.births(history.folder, listed, columns, ordinal)
    later = segments.changes_after_birth(history.folder, listed, ordinal)
    tests, given = [], []
    for each in view.filters:
        test, values = _test(each)
        tests.append(test)
        given += values
    where = f" WHERE {' AND '.join(tests)}" if tests else ""
    picked = "".join(f", {quoted(c)}" for c in columns)
    return (
        f"(SELECT * FROM (SELECT b._rid, b._dn + coalesce(later.n, 0) AS n{picked}"
        f" FROM (SELECT * FROM {births}{where}) b LEFT JOIN {later} later USING (_rid))"
        " WHERE n > 0)",
        given,
    )


def _test(asked: Filter) -> tuple[str, list[str | float]]:
    name = quoted(asked.column)
    bound = sort_sql(asked.column, asked.lens)
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


def _key(sort: Sort | None) -> str:
    return sort_sql(sort.column, sort.lens) if sort else "NULL"


def _order(sort: Sort | None) -> str:
    if sort is None:
        return "_rid, copy"
    return f"k IS NULL, k{' DESC' if sort.descending else ''}, _rid, copy"


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
    return f"WHERE k IS NULL OR k {sign} ? OR (k = ? AND {same})", [after.value, after.value]
