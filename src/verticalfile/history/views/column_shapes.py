"""What the look of a table needs of each column at one ordinal: its lens, its longest cell.

Worked out in one pass over the rows, without laying them out, and left beside the history as
`facts-*-shapes.json`: derived, deletable. `column_facts` tells more and costs more, `first_shapes`
less of both.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from verticalfile.history.encoding import quoted
from verticalfile.history.history import History
from verticalfile.history.views.lenses import Lens, fits_sql
from verticalfile.vault.disk import write_durably

FORM = 1
SAMPLE_ROWS = 2_000
"""A lens that does not fit so many rows is not tried on all."""
TRIED = (Lens.NUMBER, Lens.DATE, Lens.DATE_US)


@dataclass(frozen=True, slots=True)
class ColumnShape:
    """How one column of one version is read, and how wide it is."""

    id: str
    name: str
    lens: Lens
    longest: int


def shown_columns(history: History, ordinal: int) -> dict[str, str]:
    """Names by id, in the publisher's order."""
    layout = history.manifest.layout_of(ordinal)
    pairs = zip(layout.ids, layout.names, strict=True)
    return {i: name for i, name in pairs if i not in layout.dropped}


def column_shapes(history: History, ordinal: int) -> tuple[ColumnShape, ...]:
    """Of the shown columns in the publisher's order, from the file or worked out now."""
    found = known_shapes(history, ordinal)
    if found is not None:
        return found
    columns = shown_columns(history, ordinal)
    with history.connect() as connection:
        rows = history.ids_as_of_sql(ordinal, list(columns))
        found = shapes_of(
            connection, f"({rows})", columns, first=f"({rows} WHERE b._rid < {SAMPLE_ROWS})"
        )
    keep_shapes(history, ordinal, found)
    return found


def first_shapes(history: History, ordinal: int, exact: Collection[str]) -> tuple[ColumnShape, ...]:
    """As `column_shapes`, where they are not known yet by the first rows alone: enough for how a
    page looks. Columns of these names, by which rows are sorted or chosen, by all rows."""
    found = known_shapes(history, ordinal)
    if found is not None:
        return found
    columns = shown_columns(history, ordinal)
    sure = {i: name for i, name in columns.items() if name in exact}
    with history.connect() as connection:
        first = f"({history.ids_as_of_sql(ordinal, list(columns))} WHERE b._rid < {SAMPLE_ROWS})"
        shapes = {each.id: each for each in shapes_of(connection, first, columns)}
        if sure:
            every = f"({history.ids_as_of_sql(ordinal, list(sure))})"
            shapes |= {each.id: each for each in shapes_of(connection, every, sure, first=first)}
    return tuple(shapes[i] for i in columns)


def keep_shapes(history: History, ordinal: int, shapes: Sequence[ColumnShape]) -> None:
    body = json.dumps([asdict(each) for each in shapes], ensure_ascii=False).encode()
    with suppress(OSError):  # a folder that cannot be written: worked out again next time
        write_durably(_place_of(history, ordinal), body)


def known_shapes(history: History, ordinal: int) -> tuple[ColumnShape, ...] | None:
    """Shapes that were worked out before; None where they were not."""
    try:
        told = json.loads(_place_of(history, ordinal).read_bytes())
        return tuple(ColumnShape(**each | {"lens": Lens(each["lens"])}) for each in told)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _place_of(history: History, ordinal: int) -> Path:
    original = history.manifest.ordinals[ordinal - 1].original_sha256
    return history.folder / f"facts-{FORM}-{original[:20]}-shapes.json"


def shapes_of(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    columns: Mapping[str, str],
    *,
    first: str = "",
) -> tuple[ColumnShape, ...]:
    """Of these columns over all rows of a source; which lens may fit is asked of its first rows,
    which `first` may name more cheaply than a cut of the source."""
    if not columns:
        return ()
    first = first or f"(SELECT * FROM {source} LIMIT {SAMPLE_ROWS})"
    tried = _fitting(connection, first, dict.fromkeys(columns, TRIED))
    # None: all cells were blank, which leaves every lens open
    open_to = {
        column: tuple(lens for lens, fits in told.items() if fits is not False)
        for column, (_, told) in tried.items()
    }
    found = _fitting(connection, source, open_to)
    shapes = []
    for column, (longest, told) in found.items():
        lens = next((lens for lens, fits in told.items() if fits), Lens.TEXT)
        shapes.append(ColumnShape(column, columns[column], lens, longest))
    return tuple(shapes)


def _fitting(
    connection: duckdb.DuckDBPyConnection, source: str, tried: Mapping[str, Sequence[Lens]]
) -> dict[str, tuple[int, dict[Lens, bool | None]]]:
    """Of each column whether all filled cells fit a lens (None: none is filled), and the longest."""
    parts = []
    for column, lenses in tried.items():
        parts.append(f"coalesce(max(length({quoted(column)})), 0)")
        filled = filled_name(column)
        parts += [
            f"bool_and({fits_sql(lens, filled)}) FILTER ({quoted(filled)} IS NOT NULL)"
            for lens in lenses
        ]
    told = connection.execute(
        f"SELECT {', '.join(parts)} FROM {with_filled(source, list(tried))}"
    ).fetchone()
    assert told is not None
    rest = iter(told)
    found: dict[str, tuple[int, dict[Lens, bool | None]]] = {}
    for column, lenses in tried.items():
        longest = next(rest)
        found[column] = longest, {lens: next(rest) for lens in lenses}
    return found


def with_filled(source: str, columns: Sequence[str]) -> str:
    """SQL of a source with each column once more, NULL where the cell says nothing."""
    cells = ", ".join(
        f"{quoted(c)}, CASE WHEN {filled_sql(c)} THEN {quoted(c)} END AS {quoted(filled_name(c))}"
        for c in columns
    )
    return f"(SELECT {cells} FROM {source})"


def filled_name(column: str) -> str:
    return f"x_{column}"


def filled_sql(column: str) -> str:
    """SQL: whether a cell says anything."""
    cell = quoted(column)
    return (  # `trim` only where it can matter: it costs five times the rest
        f"(CASE WHEN {cell} = '' THEN false WHEN starts_with({cell}, ' ') THEN trim({cell}) <> ''"
        f" ELSE {cell} IS NOT NULL END)"
    )
