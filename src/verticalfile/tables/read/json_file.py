"""JSON in a large file, read in steps: the same tables as `json_text`, in bounded memory.

Two passes: the first finds the lists of records and their columns, the second stores the rows.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

from verticalfile.kernel.errors import trouble_of_json
from verticalfile.tables.read.json_socrata import TABLE, socrata_columns
from verticalfile.tables.read.json_steps import STEP_BYTES, Kind, Step, steps_of_json
from verticalfile.tables.read.json_text import (
    DECODER,
    GEO_LAST,
    GEOMETRY,
    KEY,
    LENIENT,
    READER,
    WRONG_SHAPE,
    Headed,
    Keyed,
    are_lists_by_key,
    coding_of,
    esri_row,
    flat,
    in_order,
    inner_name,
    is_esri,
    is_esri_feature,
    keyed_row,
    parse,
    plain,
    reference_of,
    rows_as_table,
    spatial_reference_of,
    told_of_coding,
)
from verticalfile.tables.reading import Known, Reading, ReadTable, Reason
from verticalfile.tables.stored import RowWriter

PART_CHARS = 8 << 20
"""Characters of the records that are held at once, as objects some ten times that."""
LINE_CHARS = 64 << 20

Record = Mapping[str, object]
Steps = Callable[[BinaryIO], Iterator[Step]]


@dataclass
class _List:
    """What is known of a list after the first pass."""

    place: int  # which of all lists of the document
    is_table: bool  # a list, and all of its values are objects
    counts: bool  # it is the document, or holds records
    outer: str | None  # the member at the top that it is a member of
    is_document: bool = False
    columns: dict[str, None] = field(default_factory=dict)
    flat_columns: dict[str, None] = field(default_factory=dict)
    is_esri: bool = True
    esri_columns: dict[str, None] = field(default_factory=dict)
    count: int = 0
    headed: Headed = field(default_factory=Headed)
    widths: set[int] = field(default_factory=set)  # of its lists, -1 for what is none

    def take(self, value: object) -> None:
        self.count += 1
        self.headed.take(value)
        self.widths.add(len(value) if isinstance(value, list) else -1)
        self.is_esri = self.is_esri and is_esri_feature(value)
        if not isinstance(value, dict):
            self.is_table = False
        elif self.is_table:
            self.counts = True
            self.columns.update(dict.fromkeys(value))
            self.flat_columns.update(dict.fromkeys(flat(value)))
            if self.is_esri:
                self.esri_columns.update(dict.fromkeys(esri_row(value)))


def read_json_file(
    path: Path, *, known: Known, into: Path, step_bytes: int = STEP_BYTES
) -> Reading:
    """Read a JSON document; never raises for what the bytes are. Rows are stored in `into`."""
    coding = coding_of(path)
    steps = partial(steps_of_json, decoder=DECODER, encoding=coding, step_bytes=step_bytes)
    said = told_of_coding(coding)
    try:
        lists, told = _lists(path, steps)
    except ValueError as error:
        if (lines := _lines(path)) is not None:
            table = _stored("", list(lines.columns), _records_of_lines(path), into)
            return Reading("jsonl", READER, (table,), encoding="utf-8")
        try:
            steps = partial(steps, decoder=LENIENT)
            lists, told = _lists(path, steps)
        except ValueError:
            return Reading("json", READER, reason=Reason.BAD_JSON, detail=trouble_of_json(error))
        said = told_of_coding(coding, is_lenient=True)
    features = lists.get("features")
    is_collection = told.get("type") == "FeatureCollection"
    shape: Callable[[Record], Record] = dict
    if is_collection and features is not None and features.is_table:
        chosen, form, shape = {features.place: "features"}, "geojson", flat
        columns = {features.place: list(in_order(features.flat_columns, GEO_LAST))}
        facts = reference_of(told.get("crs"))
    elif features is not None and _is_esri(features, lists, known):
        chosen, form, shape = {features.place: "features"}, "json", esri_row
        columns = {features.place: list(in_order(features.esri_columns, (GEOMETRY,)))}
        facts = spatial_reference_of(told.get("spatialReference"))
    elif other := _told_otherwise(path, steps, (lists, told), known, into):
        return Reading("json", READER, (other,), **said)
    else:
        chosen = _tables(lists, known)
        if not chosen and (keyed := _keyed(path, steps)) and keyed.is_table(known):
            names = [KEY, *keyed.columns] if keyed.columns else []
            table = _stored("", names, _records_by_key(path, steps), into)
            return Reading("json", READER, (table,), **said)
        if not chosen or any("." in name and name not in lists for name in known.columns):
            steps = partial(steps, levels=2)
            lists, _ = _lists(path, steps)
            chosen = _tables(lists, known)
        columns = {each.place: list(each.columns) for each in lists.values()}
        form, facts = "json", {}
    found = {
        chosen[at]: _stored(chosen[at], columns[at], map(shape, rows), into)
        for at, rows in _groups(path, steps)
        if at in chosen
    }
    if not found or (known.columns and form == "json" and not set(found) & set(known.columns)):
        return Reading("json", READER, reason=Reason.WRONG_SHAPE, detail=WRONG_SHAPE)
    ordered = tuple(found[name] for name in lists if name in found)
    return Reading(form, READER, ordered, facts=facts, **said)


def _tables(lists: Mapping[str, _List], known: Known) -> dict[int, str]:
    """The lists that are tables, by their place: those at the top, or what is a member of a member
    where there is none or where it was a table before."""
    tables = {
        name: each
        for name, each in lists.items()
        if each.is_table and (each.counts or name in known.columns)
    }
    are_at_top = any(each.outer is None for each in tables.values())
    return {
        each.place: name
        for name, each in tables.items()
        if each.outer is None or not are_at_top or name in known.columns
    }


def _lists(path: Path, steps: Steps) -> tuple[dict[str, _List], dict[str, object]]:
    """The lists of the document by name, and what it says beside that features are read by. Of two
    members with one name the last counts, at the place of the first."""
    at_top: dict[str, _List] = {}
    inside: dict[str, dict[str, _List]] = {}  # by the member at the top
    told: dict[str, object] = {}
    place = 0
    with open(path, "rb") as handle:
        for step in steps(handle):
            lists = at_top if step.outer is None else inside[step.outer]
            if step.kind is Kind.RECORD:
                lists[step.name].take(step.value)
                continue
            is_list = step.kind is Kind.LIST
            place += is_list
            lists[step.name] = _List(
                place if is_list else 0, is_list, step.value is True, step.outer, step.value is True
            )
            if step.outer is None:
                inside[step.name] = {}
                if step.name in ("type", "crs", "spatialReference", "meta"):
                    told[step.name] = step.value if step.kind is Kind.MEMBER else None
    named = {inner_name(o, n): each for o, lists in inside.items() for n, each in lists.items()}
    return at_top | {n: e for n, e in named.items() if n not in at_top}, told


def _told_otherwise(
    path: Path,
    steps: Steps,
    found: tuple[Mapping[str, _List], Mapping[str, object]],
    known: Known,
    into: Path,
) -> ReadTable | None:
    """The one table of a document that is no plain list of records: names stand beside its rows or
    above them, or it is many lists by key."""
    lists, told = found
    if named := _told_names(lists, told, known):
        return _stored(TABLE, list(named), _records_under(path, steps, lists[TABLE], named), into)
    if (only := lists.get("")) and only.is_document and only.headed.is_table(known):
        return _stored("", list(only.headed.names), _records_below(path, steps, only.headed), into)
    if by_key := _by_key(lists, known):
        names = [KEY, *dict.fromkeys(c for each in lists.values() for c in each.columns)]
        return _stored("", names, _records_of(path, steps, by_key), into)
    return None


def _told_names(
    lists: Mapping[str, _List], told: Mapping[str, object], known: Known
) -> tuple[str, ...]:
    """The columns of an export of Socrata, none where it is none."""
    columns, rows = socrata_columns(told.get("meta"), known), lists.get(TABLE)
    fits = rows is not None and rows.place > 0 and rows.widths <= {len(columns)}
    return columns if fits else ()


def _records_under(
    path: Path, steps: Steps, rows: _List, names: tuple[str, ...]
) -> Iterator[Record]:
    with open(path, "rb") as handle:
        place = 0
        for step in steps(handle):
            place += step.kind is Kind.LIST
            if step.kind is Kind.RECORD and place == rows.place:
                assert isinstance(step.value, list)
                yield dict(zip(names, step.value, strict=True))


def _records_below(path: Path, steps: Steps, headed: Headed) -> Iterator[Record]:
    """The lists of the document below the first, which names what they hold."""
    with open(path, "rb") as handle:
        values = (step.value for step in steps(handle) if step.kind is Kind.RECORD)
        yield from map(headed.row, itertools.islice(values, 1, None))


def _is_esri(features: _List, members: Collection[str], known: Known) -> bool:
    """Whether all features are as ArcGIS writes them."""
    return features.is_table and features.is_esri and is_esri(features.count, members, known)


def _by_key(lists: Mapping[str, _List], known: Known) -> dict[int, str]:
    """The keys of lists that are one table together, by their place; else none."""
    if not all(each.is_table and not each.is_document for each in lists.values()):
        return {}
    if not are_lists_by_key({name: each.columns for name, each in lists.items()}, known):
        return {}
    return {each.place: name for name, each in lists.items()}


def _records_of(path: Path, steps: Steps, key_of: Mapping[int, str]) -> Iterator[Record]:
    for at, rows in _groups(path, steps):
        if at in key_of:
            yield from (keyed_row(key_of[at], row) for row in rows)


def _keyed(path: Path, steps: Steps) -> Keyed | None:
    """The objects of the document by key, None where it has anything beside."""
    keyed = Keyed()
    with open(path, "rb") as handle:
        for step in steps(handle):
            if step.kind is not Kind.MEMBER:
                return None
            keyed.take(step.name, step.value)
    return keyed


def _records_by_key(path: Path, steps: Steps) -> Iterator[Record]:
    with open(path, "rb") as handle:
        for step in steps(handle):
            yield keyed_row(step.name, step.value)


def _groups(path: Path, in_steps: Steps) -> Iterator[tuple[int, Iterator[Record]]]:
    """The lists of the document by their place, each with its records."""
    place = 0

    def number(step: Step) -> int:
        nonlocal place
        place += step.kind is Kind.LIST
        return place if step.kind in (Kind.LIST, Kind.RECORD) else 0

    with open(path, "rb") as handle:
        for at, steps in itertools.groupby(in_steps(handle), number):
            if at:
                yield at, (s.value for s in steps if s.kind is Kind.RECORD)  # type: ignore[misc]  # objects, as the first pass saw


def _lines(path: Path) -> _List | None:
    """The columns of JSON Lines, None where it is not."""
    found, count = _List(0, is_table=True, counts=True, outer=None), 0
    try:
        for value in _values_of_lines(path):
            found.take(value)
            count += 1
    except ValueError:
        return None
    return found if found.is_table and count >= 2 else None


def _records_of_lines(path: Path) -> Iterator[Record]:
    for value in _values_of_lines(path):
        assert isinstance(value, dict)
        yield value


def _values_of_lines(path: Path) -> Iterator[object]:
    with open(path, encoding="utf-8-sig", newline="\n") as handle:
        while line := handle.readline(LINE_CHARS):
            if line.strip():
                yield parse(line)


def _stored(name: str, columns: list[str], rows: Iterator[Record], into: Path) -> ReadTable:
    """The rows in a file, under columns that are known."""
    writer = RowWriter(into / f"json-{len(list(into.iterdir()))}.rows")
    try:
        for some in _some(rows):
            writer.write(rows_as_table(columns, some))
        if not writer.lengths:
            writer.write(rows_as_table(columns, []))
    except BaseException:
        writer.discard()
        raise
    stored = writer.stored()
    return ReadTable(name, tuple(map(plain, columns)), stored.head(), stored)


def _some(rows: Iterator[Record]) -> Iterator[list[Record]]:
    held: list[Record] = []
    size = 0
    for row in rows:
        held.append(row)
        size += _size(row)
        if size > PART_CHARS:
            yield held
            held, size = [], 0
    if held:
        yield held


def _size(value: object) -> int:
    """About as many characters as it takes."""
    if isinstance(value, str):
        return len(value) + 8
    if isinstance(value, dict):
        return 16 + sum(len(k) + _size(v) for k, v in value.items())
    if isinstance(value, list):
        return 16 + sum(map(_size, value))
    return 8
