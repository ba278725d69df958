"""`verticalfile.open(DIR).dataset("permits").as_of("2021-03")` and what can be asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from verticalfile.catalog.register_lines import Register
from verticalfile.catalog.versions import Version
from verticalfile.services import listing, opening, querying
from verticalfile.services.archive import Archive, open_archive
from verticalfile.services.finding import searching
from verticalfile.services.finding.searching import Answer
from verticalfile.services.names import find_dataset, find_resource, find_version
from verticalfile.services.telling.registers import NEWS, Lately, lately
from verticalfile.services.through_time import comparing
from verticalfile.services.through_time.comparing import Compared, RowHistory
from verticalfile.services.visibility import Viewer, must_be_visible

if TYPE_CHECKING:
    import duckdb
    import pandas
    import polars


def open_library(folder: str | Path) -> Library:
    """Open an archive. Raises NotAnArchive, NewerArchive."""
    return Library(open_archive(Path(folder)))


class Library:
    """An archive."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive

    def datasets(self) -> list[str]:
        """Names, in order."""
        return list(self.archive.index.datasets())

    def dataset(self, name: str) -> Dataset:
        """The dataset, file or table called NAME[/FILE[/TABLE]]. Raises NotHeld."""
        find_dataset(self.archive, name)
        return Dataset(self.archive, name)

    def search(self, words: str = "", *, page: int = 1, **filters: Sequence[str]) -> Answer:
        """Find datasets; filters are facets such as `place=["Millbrook"]`. Raises InputRefused."""
        return searching.search(self.archive, words, filters=filters, page=page)

    def lately(self, *registers: str, dataset: str | None = None, page: int = 1) -> Lately:
        """What changed, vanished, came back, is held, unreadable, new or withdrawn, newest first."""
        wanted = tuple(Register(each) for each in registers) or NEWS
        return lately(self.archive, wanted, dataset=dataset, page=page)

    def sql(self, query: str, at: str | datetime | None = None) -> pa.Table:
        """One SELECT over all tables as of a moment, as Arrow. Raises InputRefused, LimitReached."""
        return querying.as_arrow(self.archive, query, at=_when(at), viewer=Viewer.NAMED_STAFF)


class Dataset:
    """A dataset, one of its files, or one table, by the name it was asked for."""

    def __init__(self, archive: Archive, name: str) -> None:
        self.archive, self.name = archive, name

    def versions(self) -> list[listing.VersionLine]:
        """All versions, oldest first, unreadable ones and tombstones (`version.destroyed`) among
        them."""
        return listing.versions(self.archive, self.name)[1]

    def as_of(self, when: str | datetime | None = None) -> AsOf:
        """What it said at a moment ("2021-03" is its last instant), or in a version ("v12").

        Raises NotHeld when it was not held then, Withdrawn where only a tombstone is left.
        """
        return AsOf(self.archive, self.name, _when(when))

    def changes(self, old: str | None = None, new: str | None = None) -> Compared:
        """What changed between two versions or moments; by default between the last two."""
        return comparing.changes(self.archive, self.name, old, new)

    def row(self, *key: str) -> RowHistory:
        """One row through time."""
        return comparing.row(self.archive, self.name, key)


class AsOf:
    """A version. Rows come in the order of first appearance; `original` has the publisher's."""

    def __init__(self, archive: Archive, name: str, when: str | None) -> None:
        self._archive, self._name, self._when = archive, name, when
        resource = find_resource(archive, name)
        self.version: Version = find_version(archive, resource, when).version
        must_be_visible(Viewer.NAMED_STAFF, self.version, archive.zone)

    def __repr__(self) -> str:
        return f"<{self._name} v{self.version.number}, first seen {self.version.seen_at:%Y-%m-%d}>"

    def original(self) -> bytes:
        """The bytes as they were captured."""
        found = opening.open_version(
            self._archive, self._name, version=self.version.sha256, form=opening.Form.ORIGINAL
        )
        return b"".join(found.chunks)

    def arrow(self) -> pa.Table:
        """Text columns as published."""
        return opening.arrow_at(self._archive, self._name, self.version.sha256)

    def pandas(self) -> pandas.DataFrame:
        """A pandas frame of text; pandas must be installed."""
        return self.arrow().to_pandas()

    def polars(self) -> polars.DataFrame:
        """A polars frame of text; polars must be installed."""
        import polars

        frame: Any = polars.from_arrow(self.arrow())
        found: polars.DataFrame = frame
        return found

    def duckdb(self, connection: duckdb.DuckDBPyConnection | None = None) -> Any:
        """A DuckDB relation of text, of this connection or of a new one."""
        import duckdb

        return (connection or duckdb.connect()).from_arrow(self.arrow())

    def rows(self) -> Sequence[dict[str, str | None]]:
        """Rows as dictionaries."""
        found: list[dict[str, str | None]] = self.arrow().to_pylist()
        return found


def _when(when: str | datetime | None) -> str | None:
    return when.isoformat() if isinstance(when, datetime) else when
