"""`manifest.json`: the one changing file of a table's history; replaced by rename.

It lists the columns ever seen, the layouts (column lists), the segments and the ordinals: one
ordinal for each distinct readable original, in the order of ingest, which is not that of time.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from verticalfile.history.errors import history_damaged
from verticalfile.vault.disk import write_durably

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Column:
    """A column through time. `canonical` is the name it was first known by, made unique."""

    id: str  # c0001, c0002, ...: its name in segments
    canonical: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a table as one or more originals had them, in the publisher's order."""

    names: tuple[str, ...]
    ids: tuple[str, ...]
    dropped: tuple[str, ...] = ()  # ids of volatile columns, which are not encoded
    has_kinds: bool = False


Encoding = tuple[tuple[str, ...], bool]
"""The encoded columns in canonical order, and whether kinds go with them."""


@dataclass(frozen=True, slots=True)
class Ordinal:
    """One distinct readable original. Position in the manifest + 1 is its number."""

    original_sha256: str
    reader: str
    rows: int
    layout: int  # index into layouts
    table_sha256: str
    order_sha256: str


@dataclass(frozen=True, slots=True)
class Segment:
    """An immutable Parquet file with the events of ordinals `first` to `last`."""

    file: str
    first: int
    last: int
    size_bytes: int
    sha256: str
    columns: tuple[str, ...]  # ids of the data columns in it
    dense: bool = False  # a first version: _rid is the row's place, _ord is first, _dn is 1
    digests: bool = True  # whether it holds _sha; without, the rows themselves tell
    marked: bool = False  # whether births are told by _born; before, by _sha


@dataclass(frozen=True, slots=True)
class Manifest:
    """The state of a table's history. Values are replaced, never changed."""

    table: str
    next_rid: int = 0
    columns: tuple[Column, ...] = ()
    layouts: tuple[Layout, ...] = ()
    segments: tuple[Segment, ...] = ()
    ordinals: tuple[Ordinal, ...] = ()
    by_original: dict[str, int] = field(default_factory=dict, compare=False, repr=False)

    def with_(self, **changes: object) -> Manifest:
        return replace(self, **changes, by_original={})  # type: ignore[arg-type]  # names are the fields

    def ordinal_of(self, original_sha256: str) -> int | None:
        """Number of the ordinal with these bytes, None when they are not here."""
        if not self.by_original:
            self.by_original.update(
                {o.original_sha256: n for n, o in enumerate(self.ordinals, start=1)}
            )
        return self.by_original.get(original_sha256)

    def layout_of(self, ordinal: int) -> Layout:
        return self.layouts[self.ordinals[ordinal - 1].layout]

    def canonical(self, ids: tuple[str, ...]) -> list[str]:
        names = {column.id: column.canonical for column in self.columns}
        return [names[i] for i in ids]

    def epoch_of(self, layout: Layout) -> tuple[str, ...]:
        """The encoded columns of a layout in canonical order: layouts that share it share rows."""
        names = {column.id: column.canonical for column in self.columns}
        return tuple(
            sorted((i for i in layout.ids if i not in layout.dropped), key=names.__getitem__)
        )

    def encoding_of(self, layout: Layout) -> Encoding:
        """What must be alike for equal rows to have equal digests."""
        return self.epoch_of(layout), layout.has_kinds

    def to_bytes(self) -> bytes:
        body = {
            "format": FORMAT,
            "table": self.table,
            "next_rid": self.next_rid,
            "columns": [[c.id, c.canonical] for c in self.columns],
            "layouts": [asdict(layout) for layout in self.layouts],
            "segments": [asdict(segment) for segment in self.segments],
            "ordinal_fields": list(Ordinal.__dataclass_fields__),
            "ordinals": [
                [getattr(o, f) for f in Ordinal.__dataclass_fields__] for o in self.ordinals
            ],
        }
        return (json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n").encode()

    @classmethod
    def from_bytes(cls, body: bytes) -> Manifest:
        """Raises HistoryDamaged when it is not a manifest of this format."""
        try:
            raw = json.loads(body)
            if raw["format"] != FORMAT:
                raise history_damaged(f"its manifest has format {raw['format']}")
            return cls(
                table=raw["table"],
                next_rid=raw["next_rid"],
                columns=tuple(Column(*entry) for entry in raw["columns"]),
                layouts=tuple(_layout(entry) for entry in raw["layouts"]),
                segments=tuple(
                    Segment(**{**entry, "columns": tuple(entry["columns"])})
                    for entry in raw["segments"]
                ),
                ordinals=tuple(Ordinal(*entry) for entry in raw["ordinals"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise history_damaged("its manifest cannot be read") from error


def _layout(raw: dict[str, list[str] | bool]) -> Layout:
    names, ids, dropped = raw["names"], raw["ids"], raw["dropped"]
    assert isinstance(names, list)
    assert isinstance(ids, list)
    assert isinstance(dropped, list)
    return Layout(tuple(names), tuple(ids), tuple(dropped), bool(raw["has_kinds"]))


def load(folder: Path, table: str) -> Manifest:
    """The manifest in a folder, or an empty one."""
    try:
        return Manifest.from_bytes((folder / "manifest.json").read_bytes())
    except FileNotFoundError:
        return Manifest(table)


def save(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest; readers see the old one or the new one, durable on return."""
    write_durably(folder / "manifest.json", manifest.to_bytes())
