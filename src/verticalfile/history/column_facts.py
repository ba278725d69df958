"""What the values of each column tell at one ordinal: lens, blanks, range, examples.

Counted once in SQL and left beside the history as `facts-*.json`: derived, deletable, and gone
with the folder when a version is destroyed or the history is made again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from verticalfile.history.encoding import quoted
from verticalfile.history.history import History
from verticalfile.history.lenses import Lens, fits_sql, sort_sql
from verticalfile.history.manifest import write_durably

FORM = 1
EXACT_ROWS = 200_000
"""Up to so many rows distinct values are counted exactly; above, about two in a hundred off."""
FEW_VALUES = 50
"""Columns with at most so many different values offer them all to filters."""
EXAMPLES = 3
LONGEST_EXAMPLE = 120


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """One column of one version. `values` are all of them, most frequent first, where few."""

    id: str
    name: str
    lens: Lens
    rows: int
    blank: int
    distinct: int
    distinct_is_exact: bool
    lowest: str
    highest: str
    longest: int
    examples: tuple[str, ...]
    values: tuple[tuple[str, int], ...]


def column_facts(history: History, ordinal: int) -> tuple[ColumnFacts, ...]:
    """Facts of the shown columns in the publisher's order, from the file or counted now."""
    original = history.manifest.ordinals[ordinal - 1].original_sha256
    layout = history.manifest.layout_of(ordinal)
    columns = {
        i: name for i, name in zip(layout.ids, layout.names, strict=True) if i not in layout.dropped
    }
    target = history.folder / f"facts-{FORM}-{original[:20]}.json"
    try:
        return tuple(_from_body(each) for each in json.loads(target.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError):
        found = _counted(history, ordinal, columns)
    body = json.dumps([asdict(each) for each in found], ensure_ascii=False).encode()
    try:
        write_durably(target, body)
    except OSError:
        return found  # a folder that cannot be written: they are counted again next time
    return found


def _from_body(raw: dict[str, Any]) -> ColumnFacts:
    values = tuple((str(v), int(n)) for v, n in raw["values"])
    told = raw | {"lens": Lens(raw["lens"]), "examples": tuple(raw["examples"]), "values": values}
    return ColumnFacts(**told)


def _counted(history: History, ordinal: int, columns: Mapping[str, str]) -> tuple[ColumnFacts, ...]:
    if not columns:
        return ()
    rows = history.manifest.ordinals[ordinal - 1].rows
    exact = rows <= EXACT_ROWS
    with history.connect() as connection:
        connection.execute(
            f"CREATE TEMP TABLE held AS {history.ids_as_of_sql(ordinal, list(columns))}"
        )
        return tuple(_column(connection, i, name, rows, exact=exact) for i, name in columns.items())


def _column(
    connection: duckdb.DuckDBPyConnection, column: str, name: str, rows: int, *, exact: bool
) -> ColumnFacts:
    cell = quoted(column)
    filled = f"coalesce(trim({cell}), '') <> ''"
    fits = ", ".join(
        f"count(*) FILTER ({fits_sql(lens, column)})"
        for lens in (Lens.NUMBER, Lens.DATE, Lens.DATE_US)
    )
    distinct = f"count(DISTINCT {cell})" if exact else f"approx_count_distinct({cell})"
    told = connection.execute(
        f"SELECT count(*), {distinct}, coalesce(max(length({cell})), 0), {fits}"
        f" FROM held WHERE {filled}"
    ).fetchone()
    assert told is not None
    number_of, different, longest, *fitting = (int(each) for each in told)
    lenses = (Lens.NUMBER, Lens.DATE, Lens.DATE_US)
    lens = Lens.TEXT
    if number_of:
        full = [lens for lens, n in zip(lenses, fitting, strict=True) if n == number_of]
        lens = full[0] if full else Lens.TEXT
    low, high = _range(connection, column, lens, filled) if number_of else ("", "")
    values: list[tuple[str, int]] = []
    if 0 < different <= FEW_VALUES and longest <= LONGEST_EXAMPLE:
        values = connection.execute(
            f"SELECT {cell}, count(*) FROM held WHERE {filled} GROUP BY 1 ORDER BY 2 DESC, 1"
        ).fetchall()
    return ColumnFacts(
        column, name, lens, rows, rows - number_of, different, exact, low, high, longest,
        _examples(connection, cell, filled, values), tuple((str(v), int(n)) for v, n in values),
    )  # fmt: skip


def _range(
    connection: duckdb.DuckDBPyConnection, column: str, lens: Lens, filled: str
) -> tuple[str, str]:
    """The cells that are lowest and highest by the lens, as published; text has no range."""
    if lens is Lens.TEXT:
        return "", ""
    cell, key = quoted(column), sort_sql(column, lens)
    found = connection.execute(
        f"SELECT arg_min({cell}, {key}), arg_max({cell}, {key}) FROM held WHERE {filled}"
    ).fetchone()
    assert found is not None
    return str(found[0] or ""), str(found[1] or "")


def _examples(
    connection: duckdb.DuckDBPyConnection,
    cell: str,
    filled: str,
    values: list[tuple[str, int]],
) -> tuple[str, ...]:
    if values:
        return tuple(str(v)[:LONGEST_EXAMPLE] for v, _ in values[:EXAMPLES])
    found = connection.execute(
        f"SELECT DISTINCT {cell} FROM (SELECT {cell} FROM held WHERE {filled} LIMIT 50)"
        f" ORDER BY 1 LIMIT {EXAMPLES}"
    ).fetchall()
    return tuple(str(v)[:LONGEST_EXAMPLE] for (v,) in found)
