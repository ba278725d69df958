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

from verticalfile.history import snapshot
from verticalfile.history.encoding import quoted
from verticalfile.history.history import History
from verticalfile.history.lenses import Lens, fits_sql, sort_sql
from verticalfile.history.manifest import write_durably

FORM = 1
EXACT_ROWS = 200_000
"""Up to so many rows distinct values are counted exactly; above, about two in a hundred off."""
FEW_VALUES = 50
"""Columns with at most so many different values offer them all to filters."""
SAMPLE_ROWS = 2_000
"""A lens that does not fit so many rows is not tried on all."""
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
        pass
    with snapshot.rows_in_memory(history, ordinal) as connection:
        found = _counted(connection, history.manifest.ordinals[ordinal - 1].rows, columns)
        if snapshot.is_worth_it(history, ordinal):
            snapshot.write(history, ordinal, {c.id: c.lens for c in found}, connection)
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


def _counted(
    connection: duckdb.DuckDBPyConnection, rows: int, columns: Mapping[str, str]
) -> tuple[ColumnFacts, ...]:
    """Facts over the table `held`, in one pass for all columns and one more where there are few
    values. Which lens may fit is asked of a sample first."""
    if not columns:
        return ()
    guessed = _lenses(connection, list(columns), f"(SELECT * FROM held USING SAMPLE {SAMPLE_ROWS})")
    lenses = _lenses(connection, list(columns), "held", guessed)
    exact = rows <= EXACT_ROWS
    parts = []
    for column, lens in lenses.items():
        cell, filled = quoted(column), filled_sql(column)
        distinct = f"count(DISTINCT {cell})" if exact else f"approx_count_distinct({cell})"
        parts += [f"count(*) FILTER ({filled})", f"{distinct} FILTER ({filled})"]
        parts.append(f"coalesce(max(length({cell})), 0)")
        key = sort_sql(column, lens)
        low_high = [f"{each}({cell}, {key}) FILTER ({filled})" for each in ("arg_min", "arg_max")]
        parts += ["NULL", "NULL"] if lens is Lens.TEXT else low_high
    told = connection.execute(f"SELECT {', '.join(parts)} FROM held").fetchone()
    assert told is not None
    found = []
    for place, (column, name) in enumerate(columns.items()):
        filled_rows, different, longest, low, high = told[place * 5 : place * 5 + 5]
        few = 0 < different <= FEW_VALUES and longest <= LONGEST_EXAMPLE
        values = _values(connection, column) if few else []
        found.append(
            ColumnFacts(
                column, name, lenses[column], rows, rows - filled_rows, different, exact,
                str(low or ""), str(high or ""), longest, _examples(connection, column, values),
                tuple(values),
            )
        )  # fmt: skip
    return tuple(found)


def filled_sql(column: str) -> str:
    """SQL: whether a cell says anything."""
    cell = quoted(column)
    return (  # `trim` only where it can matter: it costs five times the rest
        f"(CASE WHEN {cell} = '' THEN false WHEN starts_with({cell}, ' ') THEN trim({cell}) <> ''"
        f" ELSE {cell} IS NOT NULL END)"
    )


def _lenses(
    connection: duckdb.DuckDBPyConnection,
    columns: list[str],
    source: str,
    guessed: Mapping[str, Lens] | None = None,
) -> dict[str, Lens]:
    """The lens that every filled cell of each column fits; only the guessed ones are tried."""
    tried = [
        (column, lens)
        for column in columns
        for lens in (Lens.NUMBER, Lens.DATE, Lens.DATE_US)
        if guessed is None or guessed[column] is lens
    ]
    found = dict.fromkeys(columns, Lens.TEXT)
    if not tried:
        return found
    picked = [
        f"bool_and({fits_sql(lens, column)}) FILTER ({filled_sql(column)})"
        for column, lens in tried
    ]
    told = connection.execute(f"SELECT {', '.join(picked)} FROM {source}").fetchone()
    assert told is not None
    for (column, lens), fits in reversed(list(zip(tried, told, strict=True))):
        if fits:
            found[column] = lens
    return found


def _values(connection: duckdb.DuckDBPyConnection, column: str) -> list[tuple[str, int]]:
    cell = quoted(column)
    found = connection.execute(
        f"SELECT {cell}, count(*) FROM held WHERE {filled_sql(column)} GROUP BY 1 ORDER BY 2 DESC, 1"
    ).fetchall()
    return [(str(value), int(n)) for value, n in found]


def _examples(
    connection: duckdb.DuckDBPyConnection, column: str, values: list[tuple[str, int]]
) -> tuple[str, ...]:
    if values:
        return tuple(value[:LONGEST_EXAMPLE] for value, _ in values[:EXAMPLES])
    cell = quoted(column)
    first = f"(SELECT {cell} FROM held WHERE {filled_sql(column)} LIMIT 50)"
    found = connection.execute(
        f"SELECT DISTINCT {cell} FROM {first} ORDER BY 1 LIMIT {EXAMPLES}"
    ).fetchall()
    return tuple(str(value)[:LONGEST_EXAMPLE] for (value,) in found)
