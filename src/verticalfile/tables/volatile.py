"""Volatile columns by evidence: renumbered row ids and export times, which say nothing of the thing.

Left in, they make every row of every export look changed. A column is volatile when its cells
change in nearly all rows while the rest of those rows stays, and its values show that it counts
rows or tells the time of the export. A column of figures that change is data, however often.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from verticalfile.tables.reading import ReadTable

SAMPLE_ROWS = 5_000
CHANGED_SHARE = 0.9
REST_SAME_SHARE = 0.9
PAIRS_WANTED = 2
KNOWN_NAMES = frozenset(
    {
        "_id",
        ":id",
        "objectid",
        "fid",
        "ogc_fid",
        "ogr_fid",
        "rownum",
        "row_number",
        "row_id",
        ":version",
    }
)
_MOMENT = re.compile(
    r"\d{4}-?\d\d-?\d\d([T ]?\d\d:?\d\d.*)?|\d{1,2}/\d{1,2}/\d{2,4}.*|\d{10}(\d{3})?"
)


@dataclass(frozen=True, slots=True)
class Volatile:
    """A column that changes with each export; `confidence` from 0 to 1."""

    column: str
    confidence: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """How a column did from one version to the next."""

    changed: float
    rest_same: float
    counts_rows: bool
    one_moment: bool


def find_volatile(versions: Sequence[ReadTable], key: Sequence[str]) -> tuple[Volatile, ...]:
    """Volatile columns over versions in order of time; the key itself never is.

    Rows are paired by the key, or, where there is none or it is the suspect, by all other cells.
    """
    tables = [v for v in versions if v.rows.num_rows > 1]
    if len(tables) < 2:
        return ()
    last: dict[str, ReadTable] = {}  # with each column that two neighbours have
    for old, new in itertools.pairwise(tables):
        last |= {column: new for column in new.columns if column in old.columns}
    shaped = [
        column
        for column, table in last.items()
        if column not in key and _has_shape(_column(table, column))
    ]
    found = []
    for column in shaped:
        steps = [
            step
            for old, new in itertools.pairwise(tables)
            if column in old.columns
            and column in new.columns
            and (step := _step(old, new, column, key, shaped)) is not None
        ]
        judged = _judge(column, steps, column.casefold() in KNOWN_NAMES)
        if judged is not None:
            found.append(judged)
    return tuple(found)


def _has_shape(values: pa.Array) -> bool:
    """Whether a column could be volatile at all; what changes in any other is data."""
    return _counts_rows(values) or _one_moment(values)


def _judge(column: str, steps: Sequence[_Step], known: bool) -> Volatile | None:
    moved = [s for s in steps if s.changed >= CHANGED_SHARE and s.rest_same >= REST_SAME_SHARE]
    shaped = [s for s in moved if s.counts_rows or s.one_moment]
    if known:
        moved_alone = [s for s in moved if s.counts_rows]
        if not moved_alone:
            return None
        sure = 0.95 if len(moved_alone) >= PAIRS_WANTED else 0.91
        what = "a row number by its name and by its values"
    else:
        if len(shaped) < PAIRS_WANTED or len(shaped) < 0.5 * len(steps):
            return None
        sure = 0.93 if len(shaped) >= 3 else 0.9
        what = "the time of the export" if shaped[0].one_moment else "a row number"
    changed = float(np.mean([s.changed for s in moved]))
    rest = float(np.mean([s.rest_same for s in moved]))
    return Volatile(
        column,
        sure,
        (
            f"{column} looks like {what}.",
            f"In {len(moved)} of {len(steps)} steps it changed in {changed:.0%} of the rows,"
            f" while {rest:.0%} of the other cells stayed.",
        ),
    )


def _column(table: ReadTable, name: str) -> pa.Array:
    at = table.columns.index(name)
    return pc.fill_null(table.rows.column(f"c{at}"), "").combine_chunks()


def _joined(table: ReadTable, names: Sequence[str]) -> pa.Array:
    parts = [_column(table, name) for name in names]
    return parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, "\x1f")


def _step(
    old: ReadTable, new: ReadTable, column: str, key: Sequence[str], shaped: Sequence[str]
) -> _Step | None:
    """None where hardly any row can be paired; other suspects are no witnesses."""
    common = [c for c in new.columns if c in old.columns and c not in shaped]
    usable = [k for k in key if k in common]
    names = usable if usable and len(usable) == len(key) else common
    if not names:
        return None
    had, have = _joined(old, names), _joined(new, names)
    places = pc.index_in(have, value_set=had)
    kept = np.flatnonzero(places.is_valid().to_numpy(zero_copy_only=False))[:SAMPLE_ROWS]
    if len(kept) < max(2, 0.5 * min(len(had), len(have), SAMPLE_ROWS)):
        return None
    olds, news = places.take(pa.array(kept)), pa.array(kept)
    shares = []
    for name in common:
        same = pc.equal(_column(old, name).take(olds), _column(new, name).take(news))
        shares.append((pc.sum(same).as_py() or 0) / len(kept))
    after = _column(new, column)
    changed = 1 - (
        pc.sum(pc.equal(_column(old, column).take(olds), after.take(news))).as_py() or 0
    ) / len(kept)
    return _Step(changed, float(np.mean(shares)), _counts_rows(after), _one_moment(after))


def _counts_rows(values: pa.Array) -> bool:
    """Whole numbers, all different, that run without large gaps."""
    if not (values[0].as_py() or "x").lstrip("-").isdigit():
        return False
    texts = values.slice(0, 200_000).to_pylist()
    if not all(t.lstrip("-").isdigit() and len(t) < 16 for t in texts) or len(set(texts)) < len(
        texts
    ):
        return False
    numbers = [int(t) for t in texts]
    return max(numbers) - min(numbers) < 3 * len(numbers) + 10


def _one_moment(values: pa.Array) -> bool:
    """One or two values in all rows, and they look like a date or time."""
    distinct = values.unique().to_pylist()
    return len(distinct) <= 2 and all(
        bool(v) and _MOMENT.fullmatch(v) is not None for v in distinct
    )
