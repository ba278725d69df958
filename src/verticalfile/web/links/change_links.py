"""The links around a comparison: kinds, columns, pages, the other way round, downloads."""

from __future__ import annotations

from dataclasses import dataclass

from verticalfile.services.addresses import moment_of
from verticalfile.services.reading.tables.differences import A_PAGE, Differences, Kind
from verticalfile.web.addresses import address
from verticalfile.web.links.page_links import OFFERED, offered
from verticalfile.web.words.sentences import kind_word

COLUMNS_AT_MOST = 12
LONG_CELLS = 200
"""With so many values on a page a slow machine lays out only the rows near the window at first."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A chip that filters: its word, how many rows it gives, whether it is the open one."""

    said: str
    count: int
    link: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Side:
    """A version that can be chosen as one side of the comparison."""

    moment: str
    version: object
    is_old: bool
    is_new: bool


class ChangeLinks:
    """Everything a template needs beside the rows."""

    def __init__(self, found: Differences) -> None:
        self.found, self.here = found, found.here

    def to(self, **asked: object) -> str:
        """The same two versions, shown otherwise."""
        query = {"from": self.found.old_moment, **asked}
        return address(self.here, "changes", query, moment=self.here.moment)

    @property
    def is_long(self) -> bool:
        return sum(len(row.cells) for row in self.found.rows) > LONG_CELLS

    def kinds(self) -> list[Choice]:
        c = self.found.counts
        numbers = {
            Kind.CHANGED: c.changed, Kind.ADDED: c.added, Kind.VANISHED: c.vanished,
            Kind.FORMAT: c.form,
        }  # fmt: skip
        return [
            Choice(kind_word(kind), n, self.to(kind=str(kind)), self.found.kind is kind)
            for kind, n in numbers.items()
            if n
        ]

    def all(self) -> Choice:
        c = self.found.counts
        is_open = self.found.kind is None and not self.found.column
        return Choice(
            kind_word(None), c.changed + c.added + c.vanished + c.form, self.to(), is_open
        )

    def columns(self) -> list[Choice]:
        return [
            Choice(name, n, self.to(column=name), self.found.column == name)
            for name, n in self.found.by_column[:COLUMNS_AT_MOST]
        ]

    def page(self, number: int) -> str:
        kind = str(self.found.kind) if self.found.kind else None
        return self.to(kind=kind, column=self.found.column, page=number if number > 1 else None)

    def previous(self) -> str:
        return self.page(self.found.page - 1) if self.found.page > 1 else ""

    def following(self) -> str:
        return self.page(self.found.page + 1) if self.found.page < self.found.pages else ""

    def last_row(self) -> int:
        return min(self.found.page * A_PAGE, self.found.matching)

    def swapped(self) -> str:
        return address(
            self.here, "changes", {"from": self.here.moment}, moment=self.found.old_moment
        )

    def take(self) -> list[tuple[str, str]]:
        query = {"from": self.found.old_moment}
        return [
            (name, address(self.here, "changes-taken", query, moment=self.here.moment, form=form))
            for name, form in (("CSV", "csv"), ("JSON", "json"))
        ]

    def paper(self) -> str:
        """These changes as a hand-out."""
        kind = str(self.found.kind) if self.found.kind else None
        query = {"of": "changes", "from": self.found.old_moment, "kind": kind}
        return address(
            self.here, "handout", query | {"column": self.found.column}, moment=self.here.moment
        )

    def sides(self) -> list[Side]:
        """Versions to choose from, newest first."""
        both = [v for v in (self.found.old, self.here.version) if v]
        return [
            Side(moment_of(v, self.here.versions).bare, v, v == both[0], v == both[-1])
            for v in offered(list(reversed(self.found.others)), both)
        ]

    @property
    def is_cut(self) -> bool:
        """Whether there are so many versions that not all can be chosen from here."""
        return len(self.found.others) > OFFERED

    def rows(self) -> list[tuple[object, str]]:
        """Rows with the address of each one's history."""
        return [
            (row, address(self.here, "row", {"k": row.key}) if row.key else "")
            for row in self.found.rows
        ]
