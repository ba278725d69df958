"""The entries of a listing, read from its table: never from the publisher's bytes themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from verticalfile.catalog.versions import Version
from verticalfile.kernel.originals import in_file
from verticalfile.services.archive import Archive
from verticalfile.services.derive import table_id
from verticalfile.services.table_history import TableHistory
from verticalfile.sources.errors import BadRecord
from verticalfile.sources.kind import Entry, PublisherKind, Taken
from verticalfile.tables.reading import ReadTable


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry with the record it was read from."""

    entry: Entry
    record: dict[str, object]


@dataclass
class Listing:
    """What a listing holds: its entries, and a sentence for each record that is none."""

    listed: list[Listed] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)


def listing_in(archive: Archive, kind: PublisherKind, location: str, taken: Taken) -> Listing:
    """The entries of a listing that was fetched and is not kept (yet)."""
    with archive.readers.batch() as reader:
        original = in_file(taken.path, taken.sha256)
        reading = reader.read(original, name=taken.file_name, media_type=taken.media_type)
    table = next((t for t in reading.tables if t.name == kind.table), None)
    return _entries(kind, location, table)


def listing_of(
    archive: Archive, kind: PublisherKind, location: str, resource: str, version: Version
) -> Listing:
    """The entries of a version of a listing that is kept."""
    history = TableHistory(archive, table_id(resource, kind.table), kind.table)
    ordinal = history.ordinal_of(version.sha256)
    table = None if ordinal is None else history.shown_at(ordinal)
    return _entries(kind, location, table)


def _entries(kind: PublisherKind, location: str, table: ReadTable | None) -> Listing:
    found = Listing()
    for record in records_of(table) if table is not None else ():
        try:
            found.listed.append(Listed(kind.entry(record, location), record))
        except BadRecord as error:
            found.bad.append(error.message)
    return found


def records_of(table: ReadTable) -> Iterator[dict[str, object]]:
    """Rows as the JSON objects they were: `_kinds` tells numbers, nested values and what is missing."""
    names = [f"c{n}" for n in range(len(table.columns))]
    for part in table.parts():
        kinds = part.column("_kinds").to_pylist() if "_kinds" in part.column_names else None
        columns = [part.column(name).to_pylist() for name in names]
        for at, row in enumerate(zip(*columns, strict=True)):
            letters = kinds[at] if kinds is not None else "s" * len(row)
            yield {
                name: text if letter == "s" else _value(text)
                for name, text, letter in zip(table.columns, row, letters, strict=True)
                if letter != "m"
            }


def _value(text: str | None) -> object:
    """JSON of our own making; a number too long for one stays its text."""
    if text is None:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
