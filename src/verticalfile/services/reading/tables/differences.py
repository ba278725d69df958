"""What changed between two versions: counts that add up, columns, then rows a page at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from verticalfile.catalog.versions import Version
from verticalfile.services.addresses import moment_of, version_named
from verticalfile.services.archive import Archive
from verticalfile.services.reading.at_hand import AtHand, must_be_table
from verticalfile.services.reading.errors import not_on_shelf
from verticalfile.services.through_time.change_window import Which, Window
from verticalfile.services.through_time.comparing import Compared, changes
from verticalfile.services.through_time.key_told import KeyShared, key_shared
from verticalfile.services.visibility import must_be_visible, visible_to
from verticalfile.tables.changes import ChangedRow, Row

A_PAGE = 50
WINDOWED_ROWS = 20_000
"""Where more rows differ only those of the page are read; see `change_window`."""
CELLS_OF_WHOLE_ROW = 8
"""Of a row that came or went, so many cells are shown; its own page has all."""


class Kind(StrEnum):
    """What happened to a row."""

    CHANGED = "changed"
    ADDED = "added"
    VANISHED = "vanished"
    FORMAT = "format"


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row that differs. `cells`: (column, before, after); of a whole row one side is None."""

    kind: Kind
    key: tuple[str, ...]
    cells: tuple[tuple[str, str | None, str | None], ...]
    more_cells: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows: `old` - `vanished` + `added` = `new`, and `same` + `changed` + `form` + `vanished` =
    `old`. `cells` are values of changed rows."""

    old: int
    new: int
    added: int
    vanished: int
    changed: int
    form: int
    same: int
    cells: int


@dataclass(frozen=True, slots=True)
class Differences:
    """Two versions side by side, and the rows of one page."""

    here: AtHand  # at the newer side
    old: Version
    old_moment: str
    compared: Compared
    counts: Counts
    by_column: tuple[tuple[str, int], ...]  # changed values in each column, most first
    rows: tuple[RowChange, ...]
    kind: Kind | None
    column: str
    matching: int
    page: int
    pages: int
    others: tuple[Version, ...]  # versions that can be compared, oldest first
    shared: KeyShared | None  # rows share the key by which they were matched
    is_window: bool = False  # so many rows differ that those written differently are not told apart

    @property
    def first(self) -> int:
        return (self.page - 1) * A_PAGE + 1 if self.rows else 0


def base_of(here: AtHand, named: str) -> Version | None:
    """The older side: the version named, else the one before that may be shown."""
    if named:
        found = version_named(named, here.versions)
        if found is None:
            raise not_on_shelf("version of that moment", dataset=here.dataset.name)
        return found
    assert here.version is not None
    before = [v for v in comparable(here) if v.number < here.version.number]
    return before[-1] if before else None


def comparable(here: AtHand) -> tuple[Version, ...]:
    """Versions that are tables and may be shown."""
    history = here.history
    return tuple(
        v
        for v in here.versions
        if visible_to(here.viewer, v) and history and history.ordinal_of(v.sha256) is not None
    )


def compare_with(
    archive: Archive, here: AtHand, old: Version, window: Window | None = None
) -> Compared:
    """The two versions compared; with a window rows of a large difference are cut to it. Raises
    Withdrawn, NotOnShelf."""
    assert here.version is not None
    history, _ = must_be_table(here)
    must_be_visible(here.viewer, old, archive.zone)
    if history.ordinal_of(old.sha256) is None:
        raise not_on_shelf("table in that version", dataset=here.dataset.name)
    name = f"{here.dataset.name}/{here.file.name}/{history.name}".rstrip("/")
    sides = f"v{old.number}", f"v{here.version.number}"
    return changes(archive, name, *sides, window=window, viewer=here.viewer)


def differences(
    archive: Archive, here: AtHand, old: Version, *, kind: str = "", column: str = "", page: int = 1
) -> Differences:
    """Differences of the version at hand from an older (or newer) one, a page of rows."""
    wanted = next((k for k in Kind if k == kind), None)
    found = compare_with(archive, here, old, _window(wanted, page))
    if found.changes.whole is not None:
        return _windowed(archive, here, old, found, wanted, page)
    counted = counts(here, old, found)
    chosen = [each for each in _all(found) if wanted is None or each[0] is wanted]
    if column:
        chosen = [c for c in chosen if isinstance(c[1], ChangedRow) and column in c[1].cells]
    pages = max(1, -(-len(chosen) // A_PAGE))
    page = min(max(1, page), pages)
    rows = tuple(_row(found, *c) for c in chosen[(page - 1) * A_PAGE : page * A_PAGE])
    tally = Counter(name for row in found.changes.changed for name in row.cells)
    return Differences(
        here, old, moment_of(old, here.versions).bare, found, counted, tuple(tally.most_common()), rows,
        wanted, column, len(chosen), page, pages, comparable(here),
        key_shared(archive, found, viewer=here.viewer),
    )  # fmt: skip


IN_WINDOW = {
    Kind.CHANGED: Which.CHANGED, Kind.ADDED: Which.ADDED, Kind.VANISHED: Which.REMOVED,
}  # fmt: skip


def _window(wanted: Kind | None, page: int) -> Window:
    """The rows of a page, kind after kind as `_all` has them."""
    kinds = (IN_WINDOW[wanted],) if wanted in IN_WINDOW else tuple(IN_WINDOW.values())
    return Window((max(1, page) - 1) * A_PAGE, A_PAGE, kinds, WINDOWED_ROWS, form_too=True)


def _windowed(
    archive: Archive, here: AtHand, old: Version, found: Compared, wanted: Kind | None, page: int
) -> Differences:
    """A page of a difference that was not read whole; a page beyond the last is the last."""
    wanted = wanted if wanted in IN_WINDOW else None
    told = found.changes.counts
    kinds = [IN_WINDOW[wanted]] if wanted else list(IN_WINDOW.values())
    matching = sum(getattr(told, which) for which in kinds)
    pages = max(1, -(-matching // A_PAGE))
    if page > pages:
        page = pages
        found = compare_with(archive, here, old, _window(wanted, page))
    c = found.changes
    parts = ((Kind.CHANGED, c.changed), (Kind.ADDED, c.added), (Kind.VANISHED, c.removed))
    rows = tuple(_row(found, kind, row) for kind, part in parts for row in part)
    return Differences(
        here, old, moment_of(old, here.versions).bare, found, counts(here, old, found), (), rows,
        wanted, "", matching, max(1, page), pages, comparable(here),
        key_shared(archive, found, viewer=here.viewer), is_window=True,
    )  # fmt: skip


def counts(here: AtHand, old: Version, found: Compared) -> Counts:
    """Numbers that add up."""
    history, ordinal = must_be_table(here)
    before = history.ordinal_of(old.sha256)
    assert before is not None
    rows = [history.history.manifest.ordinals[n - 1].rows for n in (before, ordinal)]
    c, told = found.changes, found.changes.counts
    same = rows[0] - told.removed - told.changed
    if c.whole is not None:
        return Counts(rows[0], rows[1], told.added, told.removed, told.changed, 0, same, 0)
    form = sum(row.format_only for row in c.changed)
    cells = sum(len(row.cells) for row in c.changed if not row.format_only)
    return Counts(
        rows[0], rows[1], told.added, told.removed, told.changed - form, form, same, cells
    )


def _all(found: Compared) -> Iterator[tuple[Kind, ChangedRow | Row]]:
    c = found.changes
    yield from ((Kind.CHANGED, row) for row in c.changed if not row.format_only)
    yield from ((Kind.ADDED, whole) for whole in c.added)
    yield from ((Kind.VANISHED, whole) for whole in c.removed)
    yield from ((Kind.FORMAT, row) for row in c.changed if row.format_only)


def every_row(found: Compared) -> Iterator[RowChange]:
    """All rows that differ, with all their cells, for downloads."""
    return (_row(found, kind, one, cells=None) for kind, one in _all(found))


def _row(
    found: Compared, kind: Kind, one: ChangedRow | Row, *, cells: int | None = CELLS_OF_WHOLE_ROW
) -> RowChange:
    c = found.changes
    places = [c.columns.index(part) for part in c.key]
    if isinstance(one, ChangedRow):
        told = tuple((name, old, new) for name, (old, new) in one.cells.items())
        new_names = list(one.names)
        key = [one.new[new_names.index(part)][0] or "" for part in c.key]
        return RowChange(kind, tuple(key), told, 0)
    filled = [
        (name, cell[0])
        for name, cell in zip(c.columns, one, strict=True)
        if cell[0] and name not in c.key
    ]
    shown = filled if cells is None else filled[:cells]
    told = tuple(
        (name, None, text) if kind is Kind.ADDED else (name, text, None) for name, text in shown
    )
    key = [one[p][0] or "" for p in places]
    return RowChange(kind, tuple(key), told, len(filled) - len(shown))
