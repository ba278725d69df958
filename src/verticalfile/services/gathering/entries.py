"""The entries of a listing, read from its table: never from the publisher's bytes themselves."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pyarrow as pa

from verticalfile.catalog.versions import Version
from verticalfile.kernel import limits
from verticalfile.kernel.originals import in_file
from verticalfile.services.archive import Archive
from verticalfile.services.known.derive import table_id
from verticalfile.services.known.table_history import TableHistory
from verticalfile.sources.errors import BadRecord
from verticalfile.sources.kind import Entry, PublisherKind, Taken
from verticalfile.tables.reading import ReadTable

ROWS_AT_ONCE = 250


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry with the record it was read from."""

    entry: Entry
    record: dict[str, object]


class Entries:
    """The entries of a listing, read again each time: a large listing is never held whole."""

    def __init__(
        self, kind: PublisherKind, location: str, tables: Callable[[], Iterable[ReadTable]]
    ) -> None:
        self._kind, self._location, self._tables = kind, location, tables
        self.bad: list[str] = []  # of the last time
        self._count: int | None = None

    def __iter__(self) -> Iterator[Listed]:
        bad, count = [], 0
        for record in chain.from_iterable(map(records_of, self._tables())):
            try:
                entry = self._kind.entry(record, self._location)
            except BadRecord as error:
                bad.append(error.message)
                continue
            count += 1
            yield Listed(entry, record)
        self.bad, self._count = bad, count

    def at_places(self, wanted: bytearray) -> Iterator[tuple[int, Listed]]:
        """Those for whose place, among the entries of the last time, there is a 1, with it."""
        if self.bad:  # places are not those of rows
            yield from ((place, x) for place, x in enumerate(self) if wanted[place])
            return
        at = 0
        for table in self._tables():
            for part in table.parts():
                here = at + np.flatnonzero(wanted[at : at + part.num_rows])
                rows = part.take(pa.array(here - at))
                at += part.num_rows
                records = records_of(ReadTable(table.name, table.columns, rows))
                for place, record in zip(here.tolist(), records, strict=True):
                    yield place, Listed(self._kind.entry(record, self._location), record)

    def __len__(self) -> int:
        if self._count is None:
            for _ in self:
                pass
        assert self._count is not None
        return self._count


class Listing:
    """What a listing holds: its entries, and a sentence for each record that is none."""

    def __init__(self, listed: Entries | tuple[Listed, ...] = (), *, refused: str = "") -> None:
        self.listed = listed
        self.refused = refused  # why nothing of it can be read

    def at_places(self, wanted: bytearray) -> Iterator[tuple[int, Listed]]:
        """Entries for whose place there is a 1, with it."""
        return self.listed.at_places(wanted) if isinstance(self.listed, Entries) else iter(())

    @property
    def bad(self) -> list[str]:
        """Sentences."""
        if not isinstance(self.listed, Entries):
            return []
        len(self.listed)  # reads them, where nobody did
        return self.listed.bad


def listing_in(archive: Archive, kind: PublisherKind, location: str, taken: Taken) -> Listing:
    """The entries of a listing that was fetched and is not kept (yet)."""
    with archive.readers.batch() as reader:
        original = in_file(taken.path, taken.sha256, small_bytes=limits.LISTING_BYTES)
        reading = reader.read(
            original, name=taken.file_name, media_type=taken.media_type,
            mapped_bytes=limits.LISTING_BYTES,
        )  # fmt: skip
    tables = [t for t in reading.tables if t.name == kind.table][:1]
    is_refused = not tables and taken.completeness.received > 0
    refused = f"it cannot be read: {reading.detail or 'it has no entries'}" if is_refused else ""
    return Listing(Entries(kind, location, lambda: tables), refused=refused)


def listing_of(
    archive: Archive, kind: PublisherKind, location: str, resource: str, version: Version
) -> Listing:
    """The entries of a version of a listing that is kept."""
    history = TableHistory(archive, table_id(resource, kind.table), kind.table)
    ordinal = history.ordinal_of(version.sha256)
    if ordinal is None:
        return Listing()
    return Listing(Entries(kind, location, lambda: history.parts_shown_at(ordinal)))


def records_of(table: ReadTable) -> Iterator[dict[str, object]]:
    """Rows as the JSON objects they were: `_kinds` tells numbers, nested values and what is missing."""
    names = [f"c{n}" for n in range(len(table.columns))]
    for part in _slices(table):
        kinds = part.column("_kinds").to_pylist() if "_kinds" in part.column_names else None
        columns = [part.column(name).to_pylist() for name in names]
        for at, row in enumerate(zip(*columns, strict=True)):
            letters = kinds[at] if kinds is not None else "s" * len(row)
            yield {
                name: text if letter == "s" else _value(text)
                for name, text, letter in zip(table.columns, row, letters, strict=True)
                if letter != "m"
            }


def _slices(table: ReadTable) -> Iterator[pa.Table]:
    """Some rows at a time: as objects they take many times their room."""
    for part in table.parts():
        for start in range(0, part.num_rows, ROWS_AT_ONCE):
            yield part.slice(start, ROWS_AT_ONCE)


def _value(text: str | None) -> object:
    """JSON of our own making; a number too long for one stays its text."""
    if text is None:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
