"""The links around a page of rows: sorting, filters to remove, pages, sizes, downloads."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.translation import gettext, ngettext

from verticalfile.history.views.column_shapes import ColumnShape
from verticalfile.history.views.lenses import Lens
from verticalfile.services.reading.tables.table import PAGES_BY_NUMBER, SIZES, Question, TablePage
from verticalfile.web import questions
from verticalfile.web.addresses import address
from verticalfile.web.links.page_links import PageLink, numbered
from verticalfile.web.words.sentences import number

SHORT = 16
"""Cells of at most so many characters are not broken: dates, numbers, codes."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's head: its name, the link that sorts by it, and how it is sorted now."""

    name: str
    link: str
    sorted: str  # "", "ascending", "descending"
    is_number: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in words, and the address without it."""

    said: str
    link: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Cells of a row; the first is the row's head, with the address of its history."""

    head: str | None
    link: str
    head_class: str
    cells: tuple[tuple[str | None, str], ...]  # text, class of its column


class TableLinks:
    """Everything a template needs beside the rows."""

    def __init__(self, page: TablePage) -> None:
        self.page, self.here, self.question = page, page.here, page.question

    def to(self, question: Question) -> str:
        return address(self.here, "table", questions.query_of(question))

    def headings(self) -> list[Heading]:
        return [self._heading(c) for c in self.page.columns]

    def _heading(self, column: ColumnShape) -> Heading:
        asked = replace(self.question, page=1, after="")
        now = ""
        if asked.sort == column.name:
            now = "descending" if asked.descending else "ascending"
        turned = replace(asked, sort=column.name, descending=now == "ascending")
        return Heading(column.name, self.to(turned), now, column.lens is Lens.NUMBER)

    def rows(self) -> list[Shown]:
        classes = [_class(c) for c in self.page.columns]
        found = []
        for row in self.page.rows:
            link = address(self.here, "row", {"k": row.key}) if row.key else ""
            (head, head_class), *pairs = zip(row.cells, classes, strict=True)
            found.append(Shown(head, link, head_class, tuple(pairs)))
        return found

    def pairs(self) -> list[tuple[Shown, list[tuple[str, str | None]]]]:
        """The rows for a list: each with the names of its cells, but the first."""
        names = [c.name for c in self.page.columns[1:]]
        return [
            (row, [(name, text) for name, (text, _) in zip(names, row.cells, strict=True)])
            for row in self.rows()
        ]

    def looks(self) -> list[tuple[bool, str]]:
        """The two ways to show the rows, a table and a list: whether it is the open one, address."""
        is_list = self.question.as_list
        return [
            (is_list is other, self.to(replace(self.question, as_list=other)))
            for other in (False, True)
        ]

    def sorts(self) -> list[tuple[str, bool]]:
        """Columns by which rows can be sorted, and whether they are."""
        return [(c.name, c.name == self.question.sort) for c in self.page.every_column]

    def sort_fields(self) -> list[tuple[str, str]]:
        """What the form that sorts carries along unseen."""
        return [field for field in self.fields() if field[0] not in ("sort", "dir")]

    def chips(self) -> list[Chip]:
        asked = replace(self.question, page=1, after="")
        return [
            Chip(
                questions.in_words(*one),
                self.to(replace(asked, filters=tuple(f for f in asked.filters if f != one))),
            )
            for one in self.question.filters
        ]

    def without_filters(self) -> str:
        return self.to(replace(self.question, filters=(), page=1, after=""))

    def pages(self) -> list[PageLink]:
        """Numbered links near the open page, the first, and the last while pages have numbers."""
        last = -(-self.page.matching // self.question.size) if self.page.matching else 1
        here = self.question.page
        top = min(last, PAGES_BY_NUMBER)
        if self.question.after or here > top:
            return [PageLink(1, self.to(replace(self.question, page=1, after="")))]
        found = numbered(here, top, lambda n: self.to(replace(self.question, page=n, after="")))
        if top < last:
            found.append(PageLink(0, ""))
        return found

    def previous(self) -> str:
        if self.question.after or self.question.page <= 1:
            return ""
        return self.to(replace(self.question, page=self.question.page - 1))

    def following(self) -> str:
        if not self.page.has_next:
            return ""
        after = self.page.next_after if self.question.page >= PAGES_BY_NUMBER else ""
        return self.to(replace(self.question, page=self.question.page + 1, after=after))

    def sizes(self) -> list[PageLink]:
        """Other numbers of rows; a table so wide that they would make no difference has none."""
        asked = replace(self.question, page=1, after="")
        return [
            PageLink(n, self.to(replace(asked, size=n)))
            for n in SIZES
            if n != self.question.size and n <= self.page.rows_at_most
        ]

    def _all_rows(self) -> Question:
        """The view, however many of its rows are shown at once and how."""
        return replace(self.question, page=1, after="", size=SIZES[0], as_list=False)

    def take(self) -> list[tuple[str, str]]:
        """Forms in which this very view can be taken: (name, address)."""
        asked = questions.query_of(self._all_rows())
        return [
            (name, address(self.here, "table-taken", asked, form=form))
            for name, form in (("CSV", "csv"), ("JSON", "json"), ("Parquet", "parquet"))
        ]

    def paper(self) -> str:
        """This view as a hand-out."""
        asked = questions.query_of(self._all_rows())
        return address(self.here, "handout", {"of": "table", **asked})

    def fields(self) -> list[tuple[str, str]]:
        """What the filter form carries along unseen."""
        told = questions.query_of(replace(self.question, page=1, after=""))
        if len(self.here.tables) > 1 and self.here.table:
            told["t"] = self.here.table.name
        return [
            (key, str(v))
            for key, value in told.items()
            for v in (value if isinstance(value, list) else [value])
            if v is not None
        ]

    def sorted_by(self) -> str:
        """How the rows stand, in words."""
        if not self.question.sort:
            return gettext("In the order in which rows were first seen.")
        order = {"column": self.question.sort}
        column = next((c for c in self.page.every_column if c.name == self.question.sort), None)
        if column is not None and column.lens is Lens.NUMBER:
            if self.question.descending:
                return gettext("Sorted by %(column)s, largest first.") % order
            return gettext("Sorted by %(column)s, smallest first.") % order
        if column is not None and column.lens is not Lens.TEXT:
            if self.question.descending:
                return gettext("Sorted by %(column)s, newest first.") % order
            return gettext("Sorted by %(column)s, oldest first.") % order
        if self.question.descending:
            return gettext("Sorted by %(column)s, Z to A.") % order
        return gettext("Sorted by %(column)s, A to Z.") % order

    def span(self) -> str:
        """Rows 1 to 25 of 76."""
        n = self.page.matching
        if not n:
            return gettext("No rows.")
        last = self.page.first + len(self.page.rows) - 1
        told = {"first": number(self.page.first), "last": number(last), "n": number(n)}
        return ngettext("Row %(first)s of %(n)s.", "Rows %(first)s to %(last)s of %(n)s.", n) % told


def _class(column: ColumnShape) -> str:
    if column.lens is Lens.NUMBER:
        return "n"
    return "keep" if column.longest <= SHORT else ""
