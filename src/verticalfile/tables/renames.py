"""Renamed columns by evidence: the same values in the same rows under another name.

A rename is taken by itself from 0.9 on, so a trap must stay below: columns that hold next to
nothing, flags that agree by chance, two candidates equally good, an unrelated column at the place
of a dropped one. A name may also be reused for another column; values show that, too.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from verticalfile.tables.reading import ReadTable

SAMPLE_ROWS = 5_000
SURE = 0.9
PROPOSED = 0.5
REUSED_BELOW = 0.5
"""A column that keeps its name is doubted when fewer of its cells agree by row than this."""
TELLING_BITS = 2.0
"""Entropy from which agreement cannot well be chance; a fair yes/no flag has 1 bit."""


@dataclass(frozen=True, slots=True)
class Rename:
    """The column `old` is called `new`; `confidence` from 0 to 1, `evidence` are sentences."""

    old: str
    new: str
    confidence: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Pairing:
    """Rows of both sides that are the same thing: places in old and new."""

    olds: pa.Array
    news: pa.Array
    how: str  # "key", "row" (by the columns that stayed) or "place"


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well an old and a new column go together."""

    old: str
    new: str
    agrees: float | None  # share of paired rows with equal cells; None without pairs
    bits: float  # entropy of the new column: how much agreement tells
    alike: float  # overlap of the distributions of values
    same_place: bool
    name: float  # likeness of the names


def find_renames(old: ReadTable, new: ReadTable, *, key: Sequence[str] = ()) -> tuple[Rename, ...]:
    """Renames from `old` to `new`, the surest first; each column at most once.

    Case-only changes of a name are certain, and a beginning that all names got. Cost grows with the columns that came times those
    that went, over at most SAMPLE_ROWS rows.
    """
    gone = [c for c in old.columns if c not in new.columns]
    come = [c for c in new.columns if c not in old.columns]
    if not gone and not come:
        return ()
    certain, said = _by_case(gone, come), "Only case, spaces or punctuation of the name changed."
    if not certain:
        certain, said = _by_beginning(gone, come), "All names got or lost the same beginning."
    gone = [c for c in gone if c not in certain.values()]
    come = [c for c in come if c not in certain]
    found = [Rename(o, n, 0.99, (said,)) for n, o in certain.items()]
    if (gone or come) and old.rows.num_rows and new.rows.num_rows:
        pairing = _pair(old, new, key, certain)
        reused = _doubted(old, new, pairing, key) if pairing and (gone and come) else []
        fits = [
            _fit(old, new, o, n, pairing)
            for o in [*gone, *reused]
            for n in [*come, *reused]
            if o != n
        ]
        found += _chosen(fits, reused, pairing)
    return tuple(sorted(found, key=lambda r: -r.confidence))


def _plain(name: str) -> str:
    """Letters and digits alone, of any script, whatever the Unicode form."""
    folded = unicodedata.normalize("NFC", name.casefold())
    return "".join(c for c in folded if c.isalnum())


def _by_case(gone: Sequence[str], come: Sequence[str]) -> Mapping[str, str]:
    """`{new: old}` where only case, spaces or punctuation differ, and no other name is as near."""
    olds, news = Counter(map(_plain, gone)), Counter(map(_plain, come))
    by_plain = {_plain(o): o for o in gone}
    return {
        n: by_plain[_plain(n)]
        for n in come
        if _plain(n) and olds[_plain(n)] == 1 and news[_plain(n)] == 1
    }


def _by_beginning(gone: Sequence[str], come: Sequence[str]) -> Mapping[str, str]:
    """`{new: old}` where each name, in the same order, got or lost one beginning, as that of the
    table which a query was put to; two names that do so may do it by chance."""
    for longer, shorter in ((come, gone), (gone, come)):
        if len(longer) == len(shorter) > 2:
            beginning = longer[0].removesuffix(shorter[0])
            said = any(map(str.isalpha, beginning))  # weeks 1, 2, 3 do not become 11, 12, 13
            if said and [beginning + name for name in shorter] == list(longer):
                return dict(zip(come, gone, strict=True))
    return {}


def _column(table: ReadTable, name: str) -> pa.Array:
    at = table.columns.index(name)
    return pc.fill_null(table.rows.column(f"c{at}"), "").combine_chunks()


def _pair(
    old: ReadTable, new: ReadTable, key: Sequence[str], certain: Mapping[str, str]
) -> _Pairing | None:
    """Rows by key, else by the columns that both have where those tell rows apart, else none."""
    name_in_old = {n: n for n in new.columns if n in old.columns} | dict(certain)
    name_in_new = {o: n for n, o in name_in_old.items()}
    groups = []
    if key and all(k in name_in_new for k in key):
        groups.append(("key", [name_in_new[k] for k in key]))
    common = [n for n in new.columns if n in name_in_old]
    groups += [("row", [n]) for n in sorted(common, key=lambda n: -_distinct(new, n))[:3]]
    if len(common) > 1:
        groups.append(("row", common))
    best: _Pairing | None = None
    for how, names in groups:
        found = _pair_by(old, new, [name_in_old[n] for n in names], names, how)
        if found and (best is None or len(found.olds) > 1.2 * len(best.olds)):
            best = found
        if (
            best
            and best.how == "key"
            and len(best.olds) >= 0.5 * min(old.rows.num_rows, new.rows.num_rows)
        ):
            break
    return best


def _distinct(table: ReadTable, name: str) -> int:
    return int(pc.count_distinct(_column(table, name)).as_py())


def _joined(table: ReadTable, names: Sequence[str]) -> pa.Array:
    parts = [_column(table, name) for name in names]
    return parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, "\x1f")


def _pair_by(
    old: ReadTable, new: ReadTable, olds: Sequence[str], news: Sequence[str], how: str
) -> _Pairing | None:
    had, have = _joined(old, olds), _joined(new, news)
    once_old = _occurring_once(had)
    once_new = _occurring_once(have)
    places = pc.index_in(have.take(once_new), value_set=had.take(once_old))
    kept = np.flatnonzero(places.is_valid().to_numpy(zero_copy_only=False))[:SAMPLE_ROWS]
    if not len(kept):
        return None
    kept = pa.array(kept)
    return _Pairing(once_old.take(places.take(kept)), once_new.take(kept), how)


def _occurring_once(values: pa.Array) -> pa.Array:
    encoded = values.dictionary_encode().indices.to_numpy()
    _, first, counts = np.unique(encoded, return_index=True, return_counts=True)
    return pa.array(np.sort(first[counts == 1]))


def _doubted(old: ReadTable, new: ReadTable, pairing: _Pairing, key: Sequence[str]) -> list[str]:
    """Columns that kept their name while their cells hardly agree by row: the name may be reused."""
    found = []
    for name in new.columns:
        if name not in old.columns or name in key:
            continue
        share = _agreement(old, new, name, name, pairing)
        if share is not None and share < REUSED_BELOW and len(pairing.olds) >= 20:
            found.append(name)
    return found if len(found) <= max(3, len(new.columns) // 4) else []


def _agreement(old: ReadTable, new: ReadTable, o: str, n: str, pairing: _Pairing) -> float | None:
    """Share of equal cells in paired rows where both say something, less up to a quarter for rows
    where one is empty: publishers blank what repeats, they seldom fill in."""
    before = _column(old, o).take(pairing.olds)
    after = _column(new, n).take(pairing.news)
    saying = pc.or_(pc.not_equal(before, ""), pc.not_equal(after, ""))
    total = pc.sum(saying).as_py() or 0
    if total < max(3, 0.02 * len(before)):
        return None
    both = pc.sum(pc.and_(pc.not_equal(before, ""), pc.not_equal(after, ""))).as_py() or 0
    same = pc.sum(pc.and_(saying, pc.equal(before, after))).as_py() or 0
    return float(same / both * (0.75 + 0.25 * both / total)) if both else 0.0


def _fit(old: ReadTable, new: ReadTable, o: str, n: str, pairing: _Pairing | None) -> _Fit:
    before, after = _column(old, o), _column(new, n)
    left = [c for c in old.columns if c in new.columns or c == o]
    right = [c for c in new.columns if c in old.columns or c == n]
    same_place = left.index(o) == right.index(n) or old.columns.index(o) == new.columns.index(n)
    likeness = difflib.SequenceMatcher(None, o.casefold(), n.casefold()).ratio()
    agrees = _agreement(old, new, o, n, pairing) if pairing else None
    return _Fit(o, n, agrees, _bits(after), _alike(before, after), same_place, likeness)


def _counted(values: pa.Array) -> dict[str, float]:
    counts = values.slice(0, 200_000).value_counts()
    total = max(1, len(values))
    return {c["values"].as_py(): c["counts"].as_py() / total for c in counts[:20_000]}


def _bits(values: pa.Array) -> float:
    """Shannon entropy of the values, in bits."""
    shares = np.array([s for s in _counted(values).values() if s > 0])
    return float(-(shares * np.log2(shares)).sum()) if len(shares) else 0.0


def _alike(before: pa.Array, after: pa.Array) -> float:
    """Overlap of the two distributions, 0 to 1; what is empty on both sides says nothing."""
    had, have = _counted(before), _counted(after)
    overlap = sum(min(share, have.get(v, 0.0)) for v, share in had.items() if v)
    filled = max(sum(s for v, s in had.items() if v), sum(s for v, s in have.items() if v))
    return overlap / filled if filled else 0.0


def _confidence(fit: _Fit, rival: float) -> float:
    """From agreement by row where rows can be paired, else from distribution, place and name."""
    telling = min(1.0, fit.bits / TELLING_BITS)
    if fit.agrees is not None:
        sure = fit.agrees * (0.55 + 0.42 * telling)
        sure += 0.04 * fit.same_place + 0.05 * (fit.name > 0.6)
        if rival > fit.agrees - 0.1:
            sure -= 0.25  # another column agrees nearly as well
    else:
        sure = 0.45 * fit.alike * telling + 0.15 * fit.same_place + 0.25 * fit.name
    return round(max(0.0, min(0.98, sure)), 3)


def _chosen(fits: Sequence[_Fit], reused: Sequence[str], pairing: _Pairing | None) -> list[Rename]:
    """The best fit of each column, greedily; a reused name only where it is surely so."""
    left = list(fits)
    found = []
    while left:
        # what is claimed by a surer pair is no rival any more
        scored = [(_confidence(fit, _rival(fit, left)), fit) for fit in left]
        sure, fit = max(scored, key=lambda pair: pair[0])
        left = [f for f in left if f is not fit]
        if sure < PROPOSED or ({fit.old, fit.new} & set(reused) and sure < SURE):
            continue
        left = [f for f in left if f.old != fit.old and f.new != fit.new]
        found.append(Rename(fit.old, fit.new, sure, tuple(_said(fit, pairing))))
    return found


def _rival(fit: _Fit, fits: Sequence[_Fit]) -> float:
    """The best agreement of another pair that shares a column with this one."""
    others = [f for f in fits if f is not fit and (f.old == fit.old or f.new == fit.new)]
    return max((f.agrees or 0.0 for f in others), default=0.0)


def _said(fit: _Fit, pairing: _Pairing | None) -> list[str]:
    said = []
    if fit.agrees is not None and pairing is not None:
        by = {"key": "by key", "row": "by their other columns"}[pairing.how]
        said.append(
            f"{fit.agrees:.1%} of {len(pairing.olds):,} rows paired {by} hold the same value."
        )
    else:
        said.append(f"The values are distributed alike to {fit.alike:.0%}.")
    if fit.bits < TELLING_BITS:
        said.append(f"But the column says little ({fit.bits:.1f} bits), so this may be chance.")
    if fit.same_place:
        said.append("It stands at the same place.")
    return said
