"""How the values of a column are spread at one ordinal: counts by value, between edges, by group.

Counted in SQL over the snapshot of a large version, else over the history; only tallies come out.
A blank cell counts as one value, NULL here, whatever spaces it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from verticalfile.history.encoding import quoted
from verticalfile.history.history import History
from verticalfile.history.views.column_shapes import filled_sql
from verticalfile.history.views.lenses import number_sql
from verticalfile.history.views.pages import weighed

MOST = 200
"""Values or groups of one tally; the table below a drawing has all of them."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The numbers of one group: the middle half lies from `low` to `high`."""

    group: str | None
    count: int
    low: float
    median: float
    high: float


def by_value(history: History, ordinal: int, column: str) -> list[tuple[str | None, int]]:
    """(value, rows), most rows first, the first MOST."""
    with weighed(history, ordinal, [column]) as (connection, rows):
        found = connection.execute(
            f"SELECT {_named(column)} AS v, sum(n) FROM {rows} GROUP BY 1"
            f" ORDER BY 2 DESC, v NULLS LAST LIMIT {MOST}"
        ).fetchall()
    return [(value, int(n)) for value, n in found]


def range_of(history: History, ordinal: int, column: str) -> tuple[float, float] | None:
    """The lowest and highest finite number; None where there is none."""
    with weighed(history, ordinal, [column]) as (connection, rows):
        found = connection.execute(
            f"SELECT min(v), max(v) FROM (SELECT {number_sql(column)} AS v FROM {rows}) WHERE isfinite(v)"
        ).fetchone()
    assert found is not None
    return None if found[0] is None else (float(found[0]), float(found[1]))


def between(
    history: History, ordinal: int, column: str, edges: Sequence[float]
) -> tuple[tuple[int, ...], int]:
    """How many rows lie from each edge to below the next (the last: including it), and how many
    have no number."""
    parts = []
    for place, (low, high) in enumerate(pairwise(edges)):
        below = "<=" if place == len(edges) - 2 else "<"
        parts.append(f"sum(n) FILTER (v >= {low!r}::DOUBLE AND v {below} {high!r}::DOUBLE)")
    parts.append("sum(n) FILTER (v IS NULL OR NOT isfinite(v))")
    with weighed(history, ordinal, [column]) as (connection, rows):
        found = connection.execute(
            f"SELECT {', '.join(parts)} FROM (SELECT n, {number_sql(column)} AS v FROM {rows})"
        ).fetchone()
    assert found is not None
    counts = [int(n or 0) for n in found]
    return tuple(counts[:-1]), counts[-1]


def crossed(
    history: History, ordinal: int, column: str, by: str
) -> list[tuple[str | None, str | None, int]]:
    """(value of `by`, value of the column, rows)."""
    with weighed(history, ordinal, list(dict.fromkeys([column, by]))) as (connection, rows):
        found = connection.execute(
            f"SELECT {_named(by)} AS b, {_named(column)} AS v, sum(n) FROM {rows} GROUP BY 1, 2"
            f" ORDER BY 3 DESC, b NULLS LAST, v NULLS LAST LIMIT {MOST * MOST}"
        ).fetchall()
    return [(b, v, int(n)) for b, v, n in found]


def spreads(history: History, ordinal: int, column: str, by: str) -> list[Spread]:
    """The numbers of the column in each group of `by`, the largest groups first."""
    copies = "range(n::BIGINT) copies(copy)"
    with weighed(history, ordinal, list(dict.fromkeys([column, by]))) as (connection, rows):
        found = connection.execute(
            f"SELECT b, count(*), quantile_cont(v, 0.25), median(v), quantile_cont(v, 0.75)"
            f" FROM (SELECT {_named(by)} AS b, {number_sql(column)} AS v FROM {rows}, {copies})"
            f" WHERE isfinite(v) GROUP BY 1 ORDER BY 2 DESC, b NULLS LAST LIMIT {MOST}"
        ).fetchall()
    return [Spread(b, int(n), *map(_plain, told)) for b, n, *told in found]


def _plain(value: float) -> float:
    """Between two values a place has digits that nobody published: 12.200000000000001."""
    return float(f"{value:.12g}")


def _named(column: str) -> str:
    return f"CASE WHEN {filled_sql(column)} THEN {quoted(column)} END"
