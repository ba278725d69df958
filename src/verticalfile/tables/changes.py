"""What changed between two tables: rows and cells by key, columns, and the kinds of change.

Design 3: *columns* came, went or were renamed; *data*; *format only* (equal after NFC, case
folding and collapsed spaces, or equal plain numbers, or equal dates); *export only* (same rows,
other bytes). Comparison is by columns common to both; a column missing on one side is no NULL.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from verticalfile.tables.cells import Cell, ColumnForms, cells_of, folded, value_of
from verticalfile.tables.reading import ReadTable

Key = tuple[Cell, ...]
Row = tuple[Cell, ...]

FORM_SHARE = 0.5
"""Below this share of surviving keys a change of the key's case or form is looked for."""
FORM_GAIN_SHARE = 0.9
"""And taken when so many of the smaller side's keys survive under it."""


_WHOLE = re.compile(r"\s*0*(\d+)(?:\.0+)?\s*")


class Kind(StrEnum):
    """Kinds of change; a version has a set of them."""

    COLUMNS = "columns"
    DATA = "data"
    FORMAT_ONLY = "format only"
    EXPORT_ONLY = "export only"


@dataclass(frozen=True)
class ChangedRow:
    """A row on both sides. What differs is worked out when it is asked for: lists of versions need
    the count alone."""

    key: Key
    old: Row
    new: Row
    names: tuple[str, ...]  # of the cells of both rows
    forms: ColumnForms | None = field(repr=False, compare=False)  # None: only its form changed

    @cached_property
    def _places(self) -> list[int]:
        pairs = zip(self.old, self.new, strict=True)
        return [
            n
            for n, (o, w) in enumerate(pairs)
            if o != w and (not o[1] or value_of(o) != value_of(w))
        ]

    @cached_property
    def cells(self) -> Mapping[str, tuple[str | None, str | None]]:
        """Columns that differ: `{name: (old, new)}`."""
        return {self.names[n]: (self.old[n][0], self.new[n][0]) for n in self._places}

    @cached_property
    def format_only(self) -> bool:
        """Whether all its changed cells say the same in another form."""
        forms = self.forms
        return forms is None or all(forms.same(n, self.old[n], self.new[n]) for n in self._places)


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows added, removed, and changed in a column that both sides have."""

    added: int
    removed: int
    changed: int


@dataclass(frozen=True, slots=True)
class Changes:
    """The difference of two tables. Rows are cut down to `columns`, those of both by new name.

    Where `whole` is given, the rows are a window on so many, and `counts` tells of all.
    """

    columns: tuple[str, ...]
    columns_added: tuple[str, ...]
    columns_removed: tuple[str, ...]
    columns_renamed: tuple[tuple[str, str], ...]  # (old, new)
    columns_moved: bool
    added: tuple[Row, ...]
    removed: tuple[Row, ...]
    changed: tuple[ChangedRow, ...]
    key: tuple[str, ...]
    key_form: str = "exact"  # or "folded", "last part", "as number": how keys had to be paired
    whole: Counts | None = None

    @property
    def counts(self) -> Counts:
        """How many rows there are of each kind, also where only some are at hand."""
        return self.whole or Counts(len(self.added), len(self.removed), len(self.changed))

    @property
    def kinds(self) -> frozenset[Kind]:
        """Empty when the tables hold the same rows under the same columns."""
        kinds: set[Kind] = set()
        if self.columns_added or self.columns_removed or self.columns_renamed:
            kinds.add(Kind.COLUMNS)
        if (
            self.counts.added
            or self.counts.removed
            or any(not row.format_only for row in self.changed)
        ):
            kinds.add(Kind.DATA)
        elif self.changed:
            kinds.add(Kind.FORMAT_ONLY)
        return frozenset(kinds)


def compare(
    old: ReadTable,
    new: ReadTable,
    *,
    key: Sequence[str] = (),
    renamed: Mapping[str, str] | None = None,
    ignored: frozenset[str] = frozenset(),
) -> Changes:
    """Compare two tables; `key` names columns of `new`, `renamed` maps new names to old ones.

    Time and memory grow with the rows of both. Rows that share a key are paired as multisets.
    """
    renamed = {n: o for n, o in (renamed or {}).items() if n in new.columns and o in old.columns}
    taken = set(renamed.values())
    pairs = [
        (renamed.get(name, name), name)
        for name in new.columns
        if name not in ignored and (name in renamed or (name in old.columns and name not in taken))
    ]
    olds = [o for o, _ in pairs]
    names = tuple(n for _, n in pairs)
    old_rows: list[Row] = list(zip(*cells_of(old, olds), strict=True))
    new_rows: list[Row] = list(zip(*cells_of(new, names), strict=True))
    usable = bool(key) and all(part in names for part in key)
    places = [names.index(part) for part in key] if usable else []
    form, old_keys, new_keys = paired_keys(old_rows, new_rows, places)
    added, removed, both = _netted(old_rows, new_rows, old_keys, new_keys)
    if not pairs:  # no column is in both: no row can be
        added, removed = [()] * new.rows.num_rows, [()] * old.rows.num_rows
    forms = ColumnForms([pair for _, *pair in both])
    changed = tuple(ChangedRow(key_, o, n, names, forms) for key_, o, n in both)
    changes = Changes(
        columns=names,
        columns_added=tuple(c for c in new.columns if c not in names and c not in ignored),
        columns_removed=tuple(c for c in old.columns if c not in olds and c not in ignored),
        columns_renamed=tuple((o, n) for o, n in pairs if o != n),
        columns_moved=olds != [c for c in old.columns if c in olds],
        added=tuple(added),
        removed=tuple(removed),
        changed=changed,
        key=tuple(key) if usable else (),
        key_form=form,
    )
    return changes if usable else _format_only_without_key(changes)


def paired_keys(
    old: Sequence[Row], new: Sequence[Row], places: Sequence[int]
) -> tuple[str, list[Key], list[Key]]:
    """Without a key, all rows have the empty one, and none is paired with another."""
    old_keys: list[Key] = [tuple(row[p] for p in places) for row in old]
    new_keys: list[Key] = [tuple(row[p] for p in places) for row in new]
    smaller = min(len(set(old_keys)), len(set(new_keys)))
    if not places or not smaller or len(set(old_keys) & set(new_keys)) >= FORM_SHARE * smaller:
        return "exact", old_keys, new_keys
    for form, turned in FORMS.items():
        olds = [tuple(turned(cell) for cell in k) for k in old_keys]
        news = [tuple(turned(cell) for cell in k) for k in new_keys]
        unharmed = len(set(olds)) == len(set(old_keys)) and len(set(news)) == len(set(new_keys))
        if unharmed and len(set(olds) & set(news)) >= FORM_GAIN_SHARE * smaller:
            return form, olds, news
    return "exact", old_keys, new_keys


def _last_part(cell: Cell) -> Cell:
    """`node/123` and `123` name one thing (a prefix came or went)."""
    text = cell[0]
    return (text.rsplit("/", 1)[-1].casefold() if text else text, "")


def _as_number(cell: Cell) -> Cell:
    """`09001`, `9001` and `9001.0` name one thing (a spreadsheet took a code for a number)."""
    text = cell[0]
    found = _WHOLE.fullmatch(text) if text else None
    return (found[1] if found else text, "")


FORMS: Mapping[str, Callable[[Cell], Cell]] = {
    "folded": folded,
    "last part": _last_part,
    "as number": _as_number,
}
"""How keys are paired that changed their form, by what that is called."""
PAIRED = {
    "folded": "without regard to case and spaces",
    "last part": "by what stands after its last /",
    "as number": "without regard to leading zeros",
}
"""The same for people: rows were paired ..."""


def _netted(
    old: Sequence[Row], new: Sequence[Row], old_keys: Sequence[Key], new_keys: Sequence[Key]
) -> tuple[list[Row], list[Row], list[tuple[Key, Row, Row]]]:
    """Added rows, removed rows, and pairs that differ; rows equal on both sides fall away."""
    if old_keys and new_keys and old_keys[0]:
        place = dict(zip(old_keys, old, strict=True))
        if len(place) == len(old) and len(set(new_keys)) == len(new):
            return _paired(place, new, new_keys)
    surplus_old, shown_old = _counted(old, old_keys)
    surplus_new, shown_new = _counted(new, new_keys)
    equal = surplus_old & surplus_new
    surplus_old -= equal
    surplus_new -= equal
    waiting: dict[Key, list[Row]] = defaultdict(list)
    for entry, times in surplus_old.items():
        waiting[entry[0]] += [shown_old[entry]] * times
    added: list[Row] = []
    both: list[tuple[Key, Row, Row]] = []
    for entry, times in surplus_new.items():
        for _ in range(times):
            partners = waiting.get(entry[0])
            if partners and entry[0]:
                both.append((entry[0], partners.pop(0), shown_new[entry]))
            else:
                added.append(shown_new[entry])
    return added, [row for rows in waiting.values() for row in rows], both


def _paired(
    place: dict[Key, Row], new: Sequence[Row], new_keys: Sequence[Key]
) -> tuple[list[Row], list[Row], list[tuple[Key, Row, Row]]]:
    """`_netted` where each key stands on one row of each side; `place` is used up."""
    added: list[Row] = []
    both: list[tuple[Key, Row, Row]] = []
    typed = any(cell[1] for cell in new[0])  # text alone has no kinds
    for key, row in zip(new_keys, new, strict=True):
        partner = place.pop(key, None)
        if partner is None:
            added.append(row)
        elif partner != row and not (typed and _says_the_same(partner, row)):
            both.append((key, partner, row))
    return added, list(place.values()), both


def _says_the_same(old: Row, new: Row) -> bool:
    return all(value_of(o) == value_of(w) for o, w in zip(old, new, strict=True))


Entry = tuple[Key, Row]


def _counted(rows: Sequence[Row], keys: Sequence[Key]) -> tuple[Counter[Entry], dict[Entry, Row]]:
    """How often each row occurs by its values, and the row as published."""
    shown: dict[Entry, Row] = {}
    counted: Counter[Entry] = Counter()
    typed = bool(rows) and any(cell[1] for cell in rows[0])  # text alone has no kinds
    for key, row in zip(keys, rows, strict=True):
        entry = (key, tuple(map(value_of, row)) if typed else row)
        counted[entry] += 1
        shown[entry] = row
    return counted, shown


def _format_only_without_key(changes: Changes) -> Changes:
    """Without a key the normalised multisets decide whether only the form of cells changed."""
    if not changes.added or len(changes.added) != len(changes.removed):
        return changes
    places = range(len(changes.columns))
    forms = ColumnForms(list(zip(changes.removed, changes.added, strict=True)))
    olds = defaultdict(list)
    for row in changes.removed:
        olds[tuple(forms.normal(n, row[n], old=True) for n in places)].append(row)
    pairs = []
    for row in changes.added:
        partners = olds.get(tuple(forms.normal(n, row[n], old=False) for n in places))
        if not partners:
            return changes
        pairs.append((partners.pop(), row))
    changed = tuple(ChangedRow((), o, w, changes.columns, None) for o, w in pairs)
    return Changes(
        changes.columns, changes.columns_added, changes.columns_removed, changes.columns_renamed,
        changes.columns_moved, (), (), changed, (), changes.key_form,
    )  # fmt: skip
