"""What reading a file gives: tables of text, or the reason why there is none.

The seam between the readers and the rest. A reading never raises for bad input: it says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import pyarrow as pa

from verticalfile.kernel.originals import Original
from verticalfile.tables.stored import StoredRows


class Reason(StrEnum):
    """Why a capture is unreadable (design 7); the names are stable and shown to people."""

    ZERO_BYTE = "zero_byte"
    HTML = "html"
    CUT_OFF = "cut_off"
    CONFLICT_MARKERS = "conflict_markers"
    ELSEWHERE = "elsewhere"  # a pointer of Git LFS or git-annex in place of the file
    BAD_JSON = "bad_json"
    WRONG_SHAPE = "wrong_shape"  # valid JSON without the known record array
    NOT_TABLE = "not_table"  # prose: one field where several were
    NO_HEADER = "no_header"  # usual width, no known name, and none by its looks
    OTHER_KIND = "other_kind"  # another format than the versions before
    NOT_TABULAR = "not_tabular"  # a kind that no reader here opens; kept as a file
    TOO_LARGE = "too_large"  # a limit on decompression, cells, members or memory was met
    BAD_ARCHIVE = "bad_archive"
    READER_DIED = "reader_died"  # the process that read it came to an end
    TOO_SLOW = "too_slow"  # the process that read it was ended when its time was over


@dataclass(frozen=True, slots=True)
class ReadTable:
    """One table. `rows` has one string column per entry of `columns`, named `c0`, `c1`, ... by
    place, then `_kinds` (a letter per column) where the format has more than text (JSON)."""

    name: str  # "" for the only table of a delimited file or a top-level JSON array
    columns: tuple[str, ...]  # as published; repeats get #2, #3; surplus fields +1, +2
    rows: pa.Table
    stored: StoredRows | None = None  # all rows, where they are too many: `rows` are the first then

    @property
    def count(self) -> int:
        """How many rows there are."""
        return self.rows.num_rows if self.stored is None else self.stored.num_rows

    def parts(self) -> Iterator[pa.Table]:
        """All rows, in parts that fit in memory."""
        return iter([self.rows]) if self.stored is None else self.stored.parts()


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier readable versions of the resource looked like; empty for the first."""

    format: str | None = None
    columns: Mapping[str, frozenset[str]] = field(default_factory=dict)  # every name ever, by table
    newest: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # of the last non-empty one


@dataclass(frozen=True, slots=True)
class Reading:
    """Tables, or a reason. Exactly one of `tables` and `reason` says something."""

    format: str  # delimited, json, jsonl, geojson, parquet, zip, ... or "file"
    reader: str  # name and version, such as "delimited/1"; a change of version changes rows
    tables: tuple[ReadTable, ...] = ()
    reason: Reason | None = None
    detail: str = ""
    encoding: str = ""
    repairs: tuple[str, ...] = ()  # each a sentence about what had to be read leniently
    facts: Mapping[str, object] = field(default_factory=dict)  # delimiter, quote, line ends, BOM


class FileReader(Protocol):
    """Whatever reads a file: `tables.read.read` here, or a child's `Reader.read`."""

    def __call__(
        self, original: Original, *, name: str, media_type: str = "", known: Known = ...
    ) -> Reading: ...
