"""What the values of each column tell at one ordinal: lens, blanks, range, examples.

Counted once in SQL and left beside the history as `facts-*.json`: derived, deletable, and gone
with the folder when a version is destroyed or the history is made again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from verticalfile.history.encoding import quoted
from verticalfile.history.history import History
from verticalfile.history.views import snapshot
from verticalfile.history.views.column_shapes import (
    ColumnShape,
    filled_name,
    filled_sql,
    known_shapes,
    shapes_of,
    shown_columns,
    with_filled,
)
from verticalfile.history.views.lenses import Lens, sort_sql
from verticalfile.vault.disk import write_durably

FORM = 1
EXACT_ROWS = 200_000
"""Up to so many rows distinct values are counted exactly; above, about two in a hundred off."""
FEW_VALUES = 50
"""Columns with at most so many different values offer them all to filters."""
EXAMPLES = 3
LONGEST_EXAMPLE = 120


@dataclass(frozen=True, slots=True)
class ColumnFacts(ColumnShape):
    """One column of one version. `values` are all of them, most frequent first, where few."""

    rows: int
    blank: int
    distinct: int
    distinct_is_exact: bool
    lowest: str
    highest: str
    examples: tuple[str, ...]
    values: tuple[tuple[str, int], ...]


def column_facts(history: History, ordinal: int) -> tuple[ColumnFacts, ...]:
    """Facts of the shown columns in the publisher's order, from the file or counted now."""
    found = known_facts(history, ordinal)
    if found is not None:
        return found
    with snapshot.opened(history, ordinal) as laid_out:
        if laid_out is not None:
            return count_facts(history, ordinal, laid_out)
    with snapshot.rows_in_memory(history, ordinal) as connection:
        return count_facts(history, ordinal, connection)


def known_facts(history: History, ordinal: int) -> tuple[ColumnFacts, ...] | None:
    """Facts that were counted before; None where they were not."""
    try:
        told = json.loads(_place_of(history, ordinal).read_bytes())
        return tuple(_from_body(each) for each in told)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def count_facts(
    history: History, ordinal: int, connection: duckdb.DuckDBPyConnection
) -> tuple[ColumnFacts, ...]:
    """Count over the table `held` of a connection, the rows in order, and keep what was found."""
    shapes = known_shapes(history, ordinal)
    if shapes is None:
        shapes = shapes_of(connection, "held", shown_columns(history, ordinal))
    found = _counted(connection, history.manifest.ordinals[ordinal - 1].rows, shapes)
    body = json.dumps([asdict(each) for each in found], ensure_ascii=False).encode()
    with suppress(OSError):  # a folder that cannot be written: they are counted again next time
        write_durably(_place_of(history, ordinal), body)
        if not history.stands(ordinal):
            _place_of(history, ordinal).unlink(missing_ok=True)
    return found


def _place_of(history: History, ordinal: int) -> Path:
    original = history.manifest.ordinals[ordinal - 1].original_sha256
    return history.folder / f"facts-{FORM}-{original[:20]}.json"


def _from_body(raw: dict[str, Any]) -> ColumnFacts:
    values = tuple((str(v), int(n)) for v, n in raw["values"])
    told = raw | {"lens": Lens(raw["lens"]), "examples": tuple(raw["examples"]), "values": values}
    return ColumnFacts(**told)


def _counted(
    connection: duckdb.DuckDBPyConnection, rows: int, shapes: Sequence[ColumnShape]
) -> tuple[ColumnFacts, ...]:
    """Facts over all rows of a table, in one pass for all columns and one more where there are few
    values."""
    if not shapes:
        return ()
    exact = rows <= EXACT_ROWS
    parts = []
    for shape in shapes:
        filled = filled_name(shape.id)
        cell, key = quoted(filled), sort_sql(filled, shape.lens)
        distinct = f"count(DISTINCT {cell})" if exact else f"approx_count_distinct({cell})"
        low_high = [f"{each}({cell}, {key})" for each in ("arg_min", "arg_max")]
        parts += [f"count({cell})", distinct]
        parts += ["NULL", "NULL"] if shape.lens is Lens.TEXT else low_high
    source = with_filled("held", [shape.id for shape in shapes])
    told = connection.execute(f"SELECT {', '.join(parts)} FROM {source}").fetchone()
    assert told is not None
    found = []
    for place, shape in enumerate(shapes):
        filled_rows, different, low, high = told[place * 4 : place * 4 + 4]
        few = 0 < different <= FEW_VALUES and shape.longest <= LONGEST_EXAMPLE
        values = _values(connection, shape.id) if few else []
        found.append(
            ColumnFacts(
                shape.id, shape.name, shape.lens, shape.longest, rows, rows - filled_rows,
                different, exact, str(low or ""), str(high or ""),
                _examples(connection, shape.id, values), tuple(values),
            )
        )  # fmt: skip
    return tuple(found)


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
