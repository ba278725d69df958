"""What datasets are said to be and on which shelves they stand, in the index file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from verticalfile.catalog.index import COLUMNS, Index
from verticalfile.kernel.moments import from_iso, to_iso


class SaidBy(StrEnum):
    """Who says it: the publisher's metadata as received, or a person of the library."""

    PUBLISHER = "publisher"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Statement:
    """One value of one field. `source` is the file whose metadata says it, "" for a person."""

    dataset: str
    field: str
    language: str
    position: int  # place in a list of values
    value: str
    said_by: SaidBy
    since: datetime
    source: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A shelf and the datasets on it, by name."""

    name: str
    kind: str
    title: str
    title_es: str
    made_at: datetime
    datasets: tuple[str, ...] = ()


class DescribedLines:
    """Statements and shelves. What is written is written inside `Index.writing`."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def statements(self, dataset: str) -> list[Statement]:
        """All that is said of a dataset, each list in its order."""
        rows = self._index.connection.execute(
            f"SELECT {COLUMNS['statement']} FROM statement WHERE dataset = ?"
            " ORDER BY field, language, said_by, source, position",
            (dataset,),
        )
        return [
            Statement(set_, name, language, place, value, SaidBy(by), from_iso(since), source)
            for set_, name, language, place, value, by, since, source in rows
        ]

    def titles(self, language: str) -> dict[str, str]:
        """`{dataset: title}` of all that have one in this language; a person's word first."""
        return dict(
            self._index.connection.execute(
                "SELECT dataset, value FROM statement WHERE field = 'title' AND language = ?"
                " ORDER BY said_by = 'person', source DESC",
                (language,),
            )
        )

    def put_said(
        self, dataset: str, field: str, language: str, values: Sequence[str], since: datetime
    ) -> None:
        """Replace what a person says of a field; no values take it back."""
        self._index.connection.execute(
            "DELETE FROM statement WHERE dataset = ? AND field = ? AND language = ?"
            " AND said_by = 'person'",
            (dataset, field, language),
        )
        self._insert(
            Statement(dataset, field, language, place, value, SaidBy.PERSON, since)
            for place, value in enumerate(values)
        )

    def put_received(self, resource: str, statements: Sequence[Statement]) -> bool:
        """Replace what the metadata of a file says; whether that was anything new."""
        rows = self._index.connection.execute(
            f"SELECT {COLUMNS['statement']} FROM statement WHERE source = ?", (resource,)
        ).fetchall()
        if {_row(each) for each in statements} == set(rows):
            return False
        self._index.connection.execute("DELETE FROM statement WHERE source = ?", (resource,))
        self._insert(statements)
        return True

    def _insert(self, statements: Iterable[Statement]) -> None:
        self._index.connection.executemany(
            f"INSERT INTO statement ({COLUMNS['statement']}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [_row(each) for each in statements],
        )

    def shelves(self) -> list[Shelf]:
        """All shelves with what stands on them, by kind and title."""
        run = self._index.connection
        on: dict[str, list[str]] = {}
        for shelf, name in run.execute("SELECT shelf, dataset FROM shelved ORDER BY dataset"):
            on.setdefault(shelf, []).append(name)
        rows = run.execute(f"SELECT {COLUMNS['shelf']} FROM shelf ORDER BY kind, title, name")
        return [_shelf(row, tuple(on.get(row[0], ()))) for row in rows]

    def shelves_of(self, dataset: str) -> list[Shelf]:
        """The shelves on which a dataset stands; `datasets` names this one alone."""
        rows = self._index.connection.execute(
            f"SELECT {COLUMNS['shelf']} FROM shelf WHERE name IN"
            " (SELECT shelf FROM shelved WHERE dataset = ?) ORDER BY kind, title, name",
            (dataset,),
        )
        return [_shelf(row, (dataset,)) for row in rows]

    def put_shelf(self, name: str, kind: str, title: str, title_es: str, at: datetime) -> None:
        self._index.connection.execute(
            f"INSERT INTO shelf ({COLUMNS['shelf']}) VALUES (?, ?, ?, ?, ?) ON CONFLICT (name)"
            " DO UPDATE SET kind = excluded.kind, title = excluded.title,"
            " title_es = excluded.title_es",
            (name, kind, title, title_es, to_iso(at)),
        )

    def remove_shelf(self, name: str) -> None:
        self._index.connection.execute("DELETE FROM shelved WHERE shelf = ?", (name,))
        self._index.connection.execute("DELETE FROM shelf WHERE name = ?", (name,))

    def put_on(self, shelf: str, dataset: str, at: datetime) -> None:
        self._index.connection.execute(
            f"INSERT OR IGNORE INTO shelved ({COLUMNS['shelved']}) VALUES (?, ?, ?)",
            (shelf, dataset, to_iso(at)),
        )

    def take_off(self, shelf: str, dataset: str) -> None:
        self._index.connection.execute(
            "DELETE FROM shelved WHERE shelf = ? AND dataset = ?", (shelf, dataset)
        )


def _shelf(row: Sequence[str], datasets: tuple[str, ...]) -> Shelf:
    name, kind, title, title_es, made_at = row
    return Shelf(name, kind, title, title_es, from_iso(made_at), datasets)


def _row(each: Statement) -> tuple[object, ...]:
    return (
        each.dataset, each.field, each.language, each.position, each.value, str(each.said_by),
        to_iso(each.since), each.source,
    )  # fmt: skip
