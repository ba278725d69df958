"""What there is to choose from when an address names a dataset of several files or tables."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from verticalfile.catalog.file_names import data_of
from verticalfile.catalog.index import ResourceLine, TableLine
from verticalfile.services.archive import Archive
from verticalfile.services.library import Library, library_of
from verticalfile.services.reading.at_hand import dataset_named
from verticalfile.services.reading.described import Described, described

NEAR, LIKE = 3, 0.7
"""So many names, and so alike, are offered for one that is not there."""
LONGEST_NAME, MOST_NAMES = 80, 3_000
"""Beyond, comparing would cost more than a page that has nothing to show may."""


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
    return Choices(library_of(archive), line, tuple(data_of(files)), chosen, tables)


def near_names(archive: Archive, path: str) -> list[Described]:
    """Datasets whose names differ little from the one in a path of the room, the nearest first."""
    parts = [part for part in path.split("/") if part]
    if "d" not in parts[:2] or parts[-1] == "d":
        return []
    wanted = parts[parts.index("d") + 1][:LONGEST_NAME]
    names = list(archive.index.datasets())[:MOST_NAMES]
    found = difflib.get_close_matches(wanted.lower(), names, NEAR, LIKE)
    return [described(archive, name) for name in found if name != wanted]
