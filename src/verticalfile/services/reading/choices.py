"""What there is to choose from when an address names a dataset of several files or tables."""

from __future__ import annotations

from dataclasses import dataclass

from verticalfile.catalog.index import ResourceLine, TableLine
from verticalfile.services.archive import Archive
from verticalfile.services.library import Library, library_of
from verticalfile.services.reading.at_hand import dataset_named
from verticalfile.services.reading.described import Described


@dataclass(frozen=True, slots=True)
class Choices:
    """Files of a dataset, or tables of one of its files."""

    library: Library
    dataset: Described
    files: tuple[ResourceLine, ...]
    file: ResourceLine | None
    tables: tuple[TableLine, ...]


def choices(archive: Archive, dataset: str, file: object = None) -> Choices:
    """Files, or the tables of `file`. Raises NotOnShelf."""
    line, files = dataset_named(archive, dataset)
    chosen = next((f for f in files if f.name == file), None)
    tables = tuple(archive.index.tables(chosen.id)) if chosen else ()
    return Choices(library_of(archive), line, tuple(files), chosen, tables)
