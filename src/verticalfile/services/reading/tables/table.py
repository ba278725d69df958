"""A page of a table as of a version: what a reader asked in words, answered by the history."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from verticalfile.history.history import History
from verticalfile.history.views import snapshot
from verticalfile.history.views.column_facts import column_facts, known_facts
from verticalfile.history.views.column_shapes import ColumnShape, first_shapes
from verticalfile.history.views.laying_out import lay_out_later
from verticalfile.history.views.lenses import Lens
from verticalfile.history.views.pages import After, Filter, How, Sort, View, count, page
from verticalfile.services.archive import Archive
from verticalfile.services.decisions import decisions_of
from verticalfile.services.reading.at_hand import AtHand, must_be_table
from verticalfile.services.reading.errors import QuestionRefused

SIZES = (25, 50, 100)
PAGES_BY_NUMBER = 20
"""Beyond, pages follow one another by key, which costs the same at any depth."""
CELLS = 2_500
"""Cells of a page at most: wide tables have fewer rows (web.md 3)."""


@dataclass(frozen=True, slots=True)
class Question:
    """What an address asks of a table, in names of columns. `filters`: (how, column, value)."""

    filters: tuple[tuple[str, str, str], ...] = ()
    sort: str = ""
    descending: bool = False
    columns: tuple[str, ...] = ()  # none: all
    page: int = 1
    after: str = ""
    size: int = SIZES[0]
    as_list: bool = False  # how the rows are shown: no matter which


@dataclass(frozen=True, slots=True)
class Row:
    """Cells in the order of the columns shown, and the key by which the row is followed."""

    cells: tuple[str | None, ...]
    key: tuple[str, ...]  # empty: it cannot be followed


@dataclass(frozen=True, slots=True)
class TablePage:
    """A page of rows and what surrounds it."""

    here: AtHand
    question: Question
    columns: tuple[ColumnShape, ...]  # shown; with facts where those are counted
    every_column: tuple[ColumnShape, ...]
    is_counted: bool
    rows: tuple[Row, ...]
    matching: int
    total: int
    first: int  # place of the first row on the page; 0 when its place is not counted
    next_after: str  # where the next page begins, beyond the numbered ones
    has_next: bool
    key: tuple[str, ...]

    @property
    def rows_at_most(self) -> int:
        """So many rows a page of these columns has, whatever is asked."""
        return _rows_at_most(len(self.columns))


def _rows_at_most(columns: int) -> int:
    return max(10, CELLS // max(1, columns))


def table_page(archive: Archive, here: AtHand, question: Question) -> TablePage:
    """Rows of the page asked for. Raises NotOnShelf, SeveralFiles, QuestionRefused."""
    history, ordinal = must_be_table(here)
    is_large = snapshot.is_worth_it(history.history, ordinal)
    facts = (known_facts if is_large else column_facts)(history.history, ordinal)
    every: Sequence[ColumnShape] = facts or shapes_for(question, history.history, ordinal)
    key = _key_of(archive, here, every)
    view = view_of(question, every)
    by_name = {c.id: c for c in every}
    shown = tuple(by_name[i] for i in view.columns)
    asked = replace(view, columns=tuple(dict.fromkeys([*view.columns, *(c.id for c in key)])))
    matching = count(history.history, ordinal, view)
    size = min(question.size, _rows_at_most(len(shown)))
    number = max(1, question.page)
    after = _after(question.after) if question.after else None
    if after is None and number > max(1, -(-matching // size)):
        raise QuestionRefused("There are not so many pages.", mend="open the first page.")
    if after is None and number > PAGES_BY_NUMBER + 1:
        raise QuestionRefused(
            "Pages this far down follow one another.", mend="go on from the page before."
        )
    found = page(
        history.history, ordinal, asked, limit=size,
        offset=(number - 1) * size if after is None else 0, after=after,
    )  # fmt: skip
    if is_large and (facts is None or not snapshot.place_of(history.history, ordinal).exists()):
        lay_out_later(history.history, ordinal)
    places = [asked.columns.index(c.id) for c in key]
    rows = tuple(
        Row(cells[: len(shown)], _key_values([cells[p] for p in places])) for cells in found.rows
    )
    return TablePage(
        here, replace(question, size=size, page=number), shown, tuple(every), facts is not None, rows, matching,
        here.rows or 0, (number - 1) * size + 1 if rows else 0,
        _token(found.last) if found.last else "", found.last is not None,
        tuple(c.name for c in key),
    )  # fmt: skip


def shapes_for(question: Question, history: History, ordinal: int) -> tuple[ColumnShape, ...]:
    """Shapes of the columns that an answer needs; sure where rows are sorted or chosen by one."""
    return first_shapes(
        history, ordinal, {question.sort, *(name for _, name, _ in question.filters)}
    )


def _key_values(values: Sequence[str | None]) -> tuple[str, ...]:
    told = tuple(v for v in values if v)
    return told if len(told) == len(values) else ()


def _key_of(
    archive: Archive, here: AtHand, every: Sequence[ColumnShape]
) -> tuple[ColumnShape, ...]:
    """Columns of the key as this version has them; () when rows cannot be followed."""
    assert here.table is not None
    assert here.history is not None
    assert here.ordinal is not None
    ids = here.history.key_ids(decisions_of(archive, here.table.id).key, here.ordinal)
    by_id = {c.id: c for c in every}
    return tuple(by_id[i] for i in ids if i in by_id)


def view_of(question: Question, every: Sequence[ColumnShape]) -> View:
    """The question in ids and lenses. Raises QuestionRefused."""
    by_name = {c.name: c for c in every}
    names = [n for n in question.columns if n in by_name] or list(by_name)
    grouped: dict[tuple[How, str], list[str]] = {}
    for how, name, value in question.filters:
        grouped.setdefault((_how(how), name), []).append(value)
    filters = [_filter(how, _named(by_name, n), v) for (how, n), v in grouped.items()]
    sort = None
    if question.sort:
        column = _named(by_name, question.sort)
        sort = Sort(column.id, column.lens, question.descending)
    return View(tuple(by_name[n].id for n in names), tuple(filters), sort)


def _how(word: str) -> How:
    try:
        return How(word)
    except ValueError:
        raise QuestionRefused(f"“{word}” is no comparison.", mend="choose one.") from None


def _named(by_name: dict[str, ColumnShape], name: str) -> ColumnShape:
    if name not in by_name:
        raise QuestionRefused(
            f"This version has no column “{name}”.", mend="choose one of its columns.", column=name
        )
    return by_name[name]


def _filter(how: How, column: ColumnShape, values: Sequence[str]) -> Filter:
    given: list[str | float] = []
    if how in (How.IS, How.NOT):
        given = list(values)
    elif how not in (How.BLANK, How.FILLED):
        given = [values[-1]]
    if how in (How.FROM, How.TO) and column.lens is Lens.NUMBER:
        try:
            given = [float(str(values[-1]).replace(",", "").replace("$", ""))]
        except ValueError:
            raise QuestionRefused(
                f"“{values[-1]}” is not a number.", mend="write it as 1200 or 12.50.",
                value=values[-1], column=column.name,
            ) from None  # fmt: skip
    return Filter(column.id, column.lens, how, tuple(given))


def _token(after: After) -> str:
    body = json.dumps([after.value, after.row, after.copy], separators=(",", ":"))
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def _after(token: str) -> After:
    try:
        value, row, copy = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        if not isinstance(value, str | float | int | None) or isinstance(value, bool):
            raise ValueError("no sort value")
        if not 0 <= int(row) < 2**62 or not 0 <= int(copy) < 2**62:
            raise ValueError("no row")
        return After(value, int(row), int(copy))
    except (ValueError, TypeError, binascii.Error):
        raise QuestionRefused(
            "This page cannot be found again.", mend="begin with the first page."
        ) from None
