"""The key of a table by evidence over its versions: what tells rows apart, and stays with them.

A good key is unique and filled in each version, its values stay from one version to the next, and
where they do, the other cells of the row agree. Names only tip the balance. Nothing is stored by
the key, so that a wrong one costs a bad pairing and no data.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from verticalfile.kernel.letters import counted
from verticalfile.tables.reading import ReadTable

SAMPLE_ROWS = 20_000
"""Rows compared cell by cell between two versions; uniqueness is counted over all."""
NEARLY = 0.98
"""A key may repeat on a few rows of a bad version; below this share it is none."""
LONG_TEXT_CHARACTERS = 120
CONVINCING = 0.45
PAIR_COLUMNS = 8
"""Columns that are tried in twos and threes: the best by themselves."""
AGREEMENT_COLUMNS = 12
ROW_NUMBER_YIELDS = 0.2
"""Columns that are so much less convincing are still better than a row number or a figure."""
ROW_NUMBERS = frozenset({"_id", ":id", "objectid", "fid", "ogc_fid", "ogr_fid", "rownum", "row_id"})

_NAME_WORDS = re.compile(
    r"id|ids|key|code|clave|codigo|number|no|num|nbr|numero|fid|guid|uuid|domain|fips|geoid|zcta"
    r"|modzcta|zip|parcel|apn|bbl|bin|permit|case|license|licence|licencia|permiso|folio|ticket"
    r"|date|week|month|year|fecha|ending|interest"
)
_STRONG_WORDS = frozenset(
    {"id", "ids", "key", "fid", "guid", "uuid", "uniqueid", "geoid", "domain"}
)
_GEOMETRY = frozenset({"geometry", "the_geom", "geom", "wkt", "geojson"})
_MAYBE_GEOMETRY = frozenset({"shape", "location"})
_LOOKS_LIKE_GEOMETRY = re.compile(r"[{(\[]|(?:MULTI)?(?:POINT|LINE|POLYGON)", re.I)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*|\d{1,2}/\d{1,2}/\d{2,4} \d.*")
_FRACTION = re.compile(r"[+-]?\d+\.\d+(?:[eE][+-]?\d+)?")
_MONEY = re.compile(r"[+-]?(?:[$€£¥₩₹]|(?:USD|EUR|CHF|GBP) ?)[\d.,\s]+|[\d.,\s]+[$€£¥₩₹]")
_PLACE = re.compile(
    r"\(?[+-]?\d{1,3}(?:\.\d+)?[,;] ?[+-]?\d{1,3}(?:\.\d+)?\)?|[+-]\d{4,7}[+-]\d{5,8}/?|POINT ?\(.*\)"
)
"""Where something is, as two numbers, in the form of ISO 6709 or as a point."""
_ADDRESS = re.compile(r"https?://.*", re.I)
_NO_NUMBER = pa.array(["", "NA", "N/A", "n/a", "null", "NULL", "-"])
"""What programs write among numbers where there is none."""


@dataclass(frozen=True, slots=True)
class KeyFinding:
    """Columns that tell rows apart; `confidence` is the chance of being right, 0 to 1."""

    columns: tuple[str, ...]
    confidence: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Score:
    columns: tuple[str, ...]
    total: float
    unique: float
    stable: float | None  # None with one version
    agrees: float | None
    surviving: int  # values seen on both sides of some pair


def find_key(samples: Sequence[ReadTable]) -> KeyFinding | None:
    """The key over non-empty versions in order of time; None when nothing is convincing.

    Cost: a few counts a column and version, and cell by cell comparisons of samples.
    """
    tables = [_Columns(table) for table in samples if table.rows.num_rows]
    if not tables:
        return None
    names = list(dict.fromkeys(name for table in tables for name in table.names))
    scores = [_score(tables, (name,)) for name in names]
    best = sorted((s for s in scores if s), key=lambda s: -s.total)
    numbers = [s for s in best if s.total >= CONVINCING and _numbers_rows(s, tables)]
    if not best or best[0].total < CONVINCING or best[0] in numbers:
        # a row number tells rows apart in one export and may be given anew in the next, and a figure
        # that is another in each row today may repeat tomorrow
        pairs = _several(tables, [n for n in names if all(n not in s.columns for s in numbers)])
        best = sorted([*best, *pairs], key=lambda s: -s.total + ROW_NUMBER_YIELDS * (s in numbers))
    if not best or best[0].total < CONVINCING:
        return None
    runner_up = next((s.total for s in best[1:] if len(s.columns) <= len(best[0].columns)), 0.0)
    return _finding(best[0], runner_up, len(tables))


def _numbers_rows(score: _Score, tables: Sequence[_Columns]) -> bool:
    """Whether a column is a row number by name or by its values, or a figure that happens to be
    another in each row, and was not seen to last."""
    if score.agrees is not None and score.agrees > NEARLY and len(tables) > 4:
        return False
    (name,) = score.columns
    held = [table for table in tables if name in table.names]
    if name.casefold() in ROW_NUMBERS:
        return True
    if _hint(name, table=held[-1]) > 0:
        return False
    return all(_counts(table.column(name)) for table in held) or _is_figure(name, held[-1])


def _is_figure(name: str, table: _Columns) -> bool:
    """Whether a column holds numbers that nothing calls a number of, right of one with words."""
    before = table.names[: table.names.index(name)]
    return _is_bare_number(name, table) and any(
        _numbers(table.column(each), pa.float64()) is None for each in before
    )


def _is_bare_number(name: str, table: _Columns) -> bool:
    is_number = _numbers(table.column(name), pa.float64()) is not None
    return is_number and _hint(name, table=table) <= 0


def _are_groups(names: Sequence[str], table: _Columns) -> bool:
    """Whether words say what each row is of, and figures stand beside them."""
    return not any(_is_bare_number(name, table) for name in names) and any(
        _is_figure(name, table) for name in table.names
    )


def _numbers(values: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray | None:
    is_none = pc.is_in(values, value_set=_NO_NUMBER)
    filled = pc.if_else(is_none, pa.scalar(None, pa.string()), values)
    try:
        return pc.cast(filled, kind)
    except pa.ArrowInvalid:
        return None


def _counts(values: pa.ChunkedArray) -> bool:
    """One more in each row than in the row before, as a program numbers the rows it writes."""
    numbers = _numbers(values, pa.int64())
    return (
        numbers is not None
        and numbers.null_count == 0
        and bool(np.all(np.diff(numbers.to_numpy()) == 1))
    )


class _Columns:
    """The columns of one version as Arrow arrays, by name."""

    def __init__(self, table: ReadTable) -> None:
        self.rows = table.rows.num_rows
        self.names = [n for k, n in enumerate(table.columns) if f"c{k}" in table.rows.column_names]
        self._at = {n: f"c{k}" for k, n in enumerate(table.columns)}
        self._table = table.rows

    def column(self, name: str) -> pa.ChunkedArray:
        return self._table.column(self._at[name])

    def joined(self, names: Sequence[str]) -> pa.ChunkedArray:
        """One text a row; parts are kept apart by a unit separator."""
        if len(names) == 1:
            return self.column(names[0])
        filled = [pc.fill_null(self.column(name), "") for name in names]
        return pc.binary_join_element_wise(*filled, "\x1f")


def _score(tables: Sequence[_Columns], names: tuple[str, ...]) -> _Score | None:
    """None when the columns cannot be a key."""
    held = [t for t in tables if all(n in t.names for n in names)]
    if len(held) < max(1, len(tables) // 3):
        return None
    uniques, fills = [], []
    for table in held:
        values = table.joined(names)
        filled = pc.sum(pc.greater(pc.utf8_length(pc.fill_null(values, "")), 0)).as_py() or 0
        uniques.append(pc.count_distinct(values, mode="only_valid").as_py() / table.rows)
        fills.append(filled / table.rows)
    unique = float(np.mean(uniques)) * float(np.mean(fills))
    # one bad version (an export full of empty lines) must not spoil the rest
    if float(np.median(uniques)) < NEARLY or float(np.median(fills)) < NEARLY:
        return None
    stable, agrees, surviving = _through_time(held, names)
    total = unique * (len(held) / len(tables)) ** 0.5
    total *= 0.7 if stable is None else 0.4 + 0.6 * stable
    total *= 0.75 if agrees is None else 0.5 + 0.5 * agrees
    named = sum(_hint(name, table=held[-1]) for name in names) / len(names)
    # a name says nothing for a column that repeats in most versions
    total += named if float(np.median(uniques)) == 1 else min(0.0, named)
    is_sure = unique == 1 and stable is not None and stable > NEARLY
    total -= (0.04 if is_sure else 0.08) * (len(names) - 1)
    if len(names) > 1 and _are_groups(names, held[-1]):
        total += 0.1  # every day has other figures, so that few cells agree
    return _Score(names, total, unique, stable, agrees, surviving)


def _through_time(
    tables: Sequence[_Columns], names: tuple[str, ...]
) -> tuple[float | None, float | None, int]:
    """Share of values that stay, and of other cells that agree where they do, over neighbours."""
    stays, agreements = [], []
    surviving = 0
    for old, new in pairwise(tables):
        had, have = old.joined(names), new.joined(names)
        both = pc.index_in(have.combine_chunks(), value_set=had.combine_chunks())
        found = both.is_valid()
        kept = pc.sum(found).as_py() or 0
        stays.append(min(1.0, kept / max(1, min(old.rows, new.rows))))  # a value may repeat
        if not kept:
            continue
        surviving += kept
        places = np.flatnonzero(found.to_numpy(zero_copy_only=False))[:SAMPLE_ROWS]
        agreements.append(_agreement(old, new, names, both.take(pa.array(places)), places))
    if not stays:
        return None, None, 0
    agrees = [a for a in agreements if a is not None]
    return float(np.mean(stays)), float(np.mean(agrees)) if agrees else None, surviving


def _agreement(
    old: _Columns, new: _Columns, key: tuple[str, ...], olds: pa.Array, news: np.ndarray
) -> float | None:
    """Share of other cells that are the same in rows paired by key; constant columns say nothing."""
    shares: list[float] = []
    for name in new.names:
        if name in key or name not in old.names or len(shares) >= AGREEMENT_COLUMNS:
            continue
        after = pc.fill_null(new.column(name).take(pa.array(news)), "")
        before = pc.fill_null(old.column(name).take(olds), "")
        if pc.count_distinct(after).as_py() < min(3, len(after)):
            continue
        same = pc.sum(pc.equal(before.combine_chunks(), after.combine_chunks())).as_py() or 0
        shares.append(same / max(1, len(after)))
    return float(np.mean(shares)) if shares else None


def _hint(name: str, *, table: _Columns) -> float:
    """What name and look of a column add or take; between -0.5 and +0.25."""
    words = re.findall(r"[a-z#:]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower())
    if name in ("#id", "#key", ":id", "_id", "id"):
        return 0.2 if name != "_id" else -0.3
    values = [v for v in table.column(name).slice(0, 200).to_pylist() if v]
    if not values or name.lower() in _GEOMETRY:
        return -0.5
    if name.lower() in _MAYBE_GEOMETRY and _share(_LOOKS_LIKE_GEOMETRY.match, values) > 0.5:
        return -0.5
    added = 0.0
    if words and _STRONG_WORDS & {words[-1], words[0], "".join(words)}:
        added = 0.2
    elif any(_NAME_WORDS.fullmatch(word) for word in words):
        added = 0.1
    if "unique" in words or "unico" in words:
        added += 0.02  # two columns may say the same; the one that says so is meant
    if float(np.mean([len(v) for v in values])) > LONG_TEXT_CHARACTERS:
        added -= 0.4
    if _share(_MOMENT.fullmatch, values) > 0.5:
        added += 0.05 if _is_series(name, table) else -0.25
    if _share(lambda v: _FRACTION.fullmatch(v) or _MONEY.fullmatch(v), values) > 0.5:
        added -= 0.3
    if _share(_PLACE.fullmatch, values) > 0.5:
        added -= 0.2  # it is written with more or fewer digits from day to day
    if _share(_ADDRESS.fullmatch, values) > 0.5:
        added -= 0.1  # an address is made of what names the thing
    if words and words[0] in ("url", "link", "href", "image", "photo", "description"):
        added -= 0.1
    return added


def _share(matches: Callable[[str], object], values: Sequence[str]) -> float:
    return float(np.mean([bool(matches(value)) for value in values]))


def _is_series(name: str, table: _Columns) -> bool:
    """Whether each row is of a moment of its own: it stands first, and the rows go by it."""
    if table.names[0] != name:
        return False
    moments = table.column(name).slice(0, SAMPLE_ROWS).to_pylist()
    steps = {None in (one, other) or one < other for one, other in pairwise(moments)}
    return len(set(moments)) == len(moments) and len(steps) == 1


def _several(tables: Sequence[_Columns], names: Sequence[str]) -> list[_Score]:
    """Pairs and triples of the columns that say most by themselves; figures, of which a table by
    day and place has many that are another in each row, come after the words."""
    newest = tables[-1]
    saying = []
    for name in (each for each in newest.names if each in names):
        distinct = pc.count_distinct(newest.column(name)).as_py()
        if distinct > 1 and _hint(name, table=newest) > -0.2:
            says = distinct / newest.rows + _hint(name, table=newest)
            saying.append((_is_figure(name, newest), -says, name))
    chosen = [name for *_, name in sorted(saying)[:PAIR_COLUMNS]]
    chosen.sort(key=list(names).index)
    for size in (2, 3):
        found = [_score(tables, group) for group in combinations(chosen, size)]
        good = [s for s in found if s and s.total >= CONVINCING]
        if good:
            return good
    return []


def _finding(best: _Score, runner_up: float, versions: int) -> KeyFinding:
    margin = max(0.0, min(1.0, (best.total - runner_up) / 0.25))
    seen = 1 - 0.5 ** min(versions, 6)
    strength = min(1.0, max(0.0, (best.total - CONVINCING) / 0.6))
    confidence = 0.35 + 0.3 * strength + 0.15 * margin + 0.19 * seen
    if best.stable is None or best.surviving == 0:
        confidence = min(confidence, 0.75)
    names = " and ".join(best.columns)
    said = [
        f"{names} {'tells' if len(best.columns) == 1 else 'tell'} {best.unique:.1%} of the rows"
        f" apart, over {counted(versions, 'version')} looked at."
    ]
    if best.stable is not None:
        said.append(f"{best.stable:.1%} of its values stay from one version to the next.")
    if best.agrees is not None:
        said.append(f"Where they stay, {best.agrees:.1%} of the other cells are the same.")
    if margin < 0.3:
        said.append("Another column would do nearly as well.")
    return KeyFinding(best.columns, round(min(confidence, 0.99), 3), tuple(said))
