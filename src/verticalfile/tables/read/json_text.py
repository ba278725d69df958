"""JSON, JSON Lines, GeoJSON (RFC 8259, RFC 7946): every value as text, numbers as published.

A top-level array of objects is the table, else each top-level member that is one, else each such
member of a member (`data.stations`), as feeds and answers of an API have it. Objects that are all
alike, each under its key, are a table with a column `#key`; so are many lists of such. Features as
ArcGIS writes them are rows of their attributes, and lists below a list of names are rows under
these names. Cells carry a letter in `_kinds`: s
string, n number, b true/false, z null, m missing, j nested. Nested values are compact JSON text with
members sorted.
"""

from __future__ import annotations

import codecs
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

import pyarrow as pa

from verticalfile.kernel.errors import trouble_of_json
from verticalfile.kernel.originals import steps_of
from verticalfile.tables.read.heading import Record, names_numbers
from verticalfile.tables.read.json_socrata import TABLE, socrata_columns
from verticalfile.tables.reading import Known, Reading, ReadTable, Reason

READER = "json/1"
GEOMETRY, FEATURE_ID = "geometry", "#id"
GEO_LAST = (GEOMETRY, FEATURE_ID)
KEY = "#key"
"""The column that holds the key of each object where a document is objects by key."""
KEYED_LEAST = 3
"""Fewer objects under keys may as well be the parts of one thing."""
KEYED_SHARE = 0.9
"""Of so many of them one member's name at least is the same."""
PARTS_MOST = 20
"""Up to so many objects that hold lists of records are parts of a page, whose lists are tables."""


ESRI_MEMBERS = frozenset({"attributes", GEOMETRY, "centroid"})
"""What a feature in an answer of ArcGIS has (ArcGIS REST API, feature object)."""
ESRI_SIGNS = frozenset({"geometryType", "spatialReference", "objectIdFieldName"})
"""Beside a list of none, what tells that answer from any other."""


HEADED_SAMPLE = 60
"""Lists below a list of names that are looked at."""


class Number(str):
    """A number token as published: 1.10 stays 1.10."""

    __slots__ = ()


STRING, NUMBER, BOOLEAN, NULL, NESTED = b"snbzj"


def _refuse(token: str) -> Number:
    raise ValueError(f"{token} is not JSON")


DECODER = json.JSONDecoder(parse_float=Number, parse_int=Number, parse_constant=_refuse)
"""Strict, with number tokens kept."""
LENIENT = json.JSONDecoder(parse_float=Number, parse_int=Number, parse_constant=str)
"""The same for documents of programs that write NaN and Infinity, which are taken as text."""
READ_LENIENTLY = "NaN or Infinity, which JSON does not have, are read as text"
WRONG_SHAPE = "no list of records where one was expected"


def parse(text: str, decoder: json.JSONDecoder = DECODER) -> object:
    """Parse strictly with number tokens kept. Raises ValueError, also for what is nested too deep."""
    try:
        return decoder.decode(text)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def coding_of_bytes(body: bytes) -> str:
    """UTF-8 where it is, else the code of Western machines: some portals say nothing (trap 20)."""
    try:
        body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "latin-1" if _UNDEFINED & set(body) else "cp1252"
    return "utf-8-sig"


def coding_of(path: Path) -> str:
    """The same of a file, in steps."""
    return coding_of_steps(lambda: steps_of(path))


def coding_of_steps(steps: Callable[[], Iterable[bytes]]) -> str:
    """The same of what comes in steps, each time that it is asked for."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        for step in steps():
            decoder.decode(step)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        is_odd = any(_UNDEFINED & set(step) for step in steps())
        return "latin-1" if is_odd else "cp1252"
    return "utf-8-sig"


def told_of_coding(coding: str, *, is_lenient: bool = False) -> Coding:
    """What a reading says of it, and of what else had to be overlooked."""
    repairs = (READ_LENIENTLY,) if is_lenient else ()
    if coding == "utf-8-sig":
        return {"encoding": "utf-8", "repairs": repairs}
    odd = f"read as {coding}, which is not what JSON is in"
    return {"encoding": coding, "repairs": (odd, *repairs)}


class Coding(TypedDict, total=False):
    """As a `Reading` has it."""

    encoding: str
    repairs: tuple[str, ...]


_UNDEFINED = frozenset({0x81, 0x8D, 0x8F, 0x90, 0x9D})
"""Bytes that cp1252 does not know."""


def read_json(body: bytes, *, known: Known) -> Reading:
    """Read a JSON document; never raises for what the bytes are."""
    coding = coding_of_bytes(body)
    encoding = told_of_coding(coding)
    try:
        document = parse(body.decode(coding))
    except ValueError as error:
        if (lines := _lines(body)) is not None:
            return Reading("jsonl", READER, (_table("", lines),), encoding="utf-8")
        try:
            document = parse(body.decode(coding), LENIENT)
        except ValueError:
            return Reading("json", READER, reason=Reason.BAD_JSON, detail=trouble_of_json(error))
        encoding = told_of_coding(coding, is_lenient=True)
    return _read_document(document, known, encoding)


def _read_document(document: object, known: Known, encoding: Coding) -> Reading:
    try:
        if isinstance(document, dict) and document.get("type") == "FeatureCollection":
            features = document.get("features")
            if isinstance(features, list) and all(isinstance(f, dict) for f in features):
                table = _table("features", [flat(f) for f in features], last=GEO_LAST)
                facts = reference_of(document.get("crs"))
                return Reading("geojson", READER, (table,), facts=facts, **encoding)
        if (esri := _esri_rows(document, known)) is not None:
            assert isinstance(document, dict)
            facts = spatial_reference_of(document.get("spatialReference"))
            table = _table("features", esri, last=(GEOMETRY,))
            return Reading("json", READER, (table,), facts=facts, **encoding)
        if (told := _under_told_names(document, known)) is not None:
            return Reading("json", READER, (told,), **encoding)
        if (by_key := _lists_by_key(document, known)) is not None:
            return Reading("json", READER, (_table("", by_key),), **encoding)
        tables = [_table(name, rows) for name, rows in _record_arrays(document, known)]
    except RecursionError:
        return Reading("json", READER, reason=Reason.BAD_JSON, detail="it is nested too deep")
    if not tables or (known.columns and not {t.name for t in tables} & set(known.columns)):
        return Reading(
            "json",
            READER,
            reason=Reason.WRONG_SHAPE,
            detail=WRONG_SHAPE,
        )
    return Reading("json", READER, tuple(tables), **encoding)


def _lines(body: bytes) -> list[dict[str, object]] | None:
    """The objects of JSON Lines, None when it is not."""
    try:
        lines = [line for line in body.decode("utf-8-sig").split("\n") if line.strip()]
        if len(lines) < 2:
            return None
        rows = [parse(line) for line in lines]
    except ValueError:
        return None
    return [row for row in rows if isinstance(row, dict)] if _all_objects(rows) else None


def _all_objects(rows: Sequence[object]) -> bool:
    return all(isinstance(row, dict) for row in rows)


def _record_arrays(document: object, known: Known) -> list[tuple[str, list[dict[str, object]]]]:
    if isinstance(document, list):
        rows = [row for row in document if isinstance(row, dict)]
        headed = Headed()
        for each in document:
            headed.take(each)
        if headed.is_table(known):
            return [("", [headed.row(each) for each in document[1:]])]
        return [("", rows)] if len(rows) == len(document) else []
    if not isinstance(document, dict):
        return []
    found = _lists_in(document.items(), known)
    keyed = Keyed()
    for name, value in document.items():
        keyed.take(name, value)
    if not found and keyed.is_table(known):
        return [("", [keyed_row(name, value) for name, value in document.items()])]
    deeper = [
        (inner_name(outer, name), value)
        for outer, members in document.items()
        if isinstance(members, dict)
        for name, value in members.items()
    ]
    inner = _lists_in(dict(deeper).items(), known)
    are_at_top = bool(found)
    for name, rows in inner:
        if name not in document and (name in known.columns or not are_at_top):
            found.append((name, rows))
    return found


@dataclass
class Keyed:
    """Objects under their keys, looked at one by one."""

    columns: dict[str, None] = field(default_factory=dict)
    _names: set[str] = field(default_factory=set)
    _of_columns: Counter[str] = field(default_factory=Counter)
    _are_objects: bool = True
    _hold_lists: bool = False

    def take(self, name: str, value: object) -> None:
        """One member of the document."""
        if not isinstance(value, dict) or KEY in value or name in self._names:
            self._are_objects = False
        if not self._are_objects:
            return
        assert isinstance(value, dict)
        self._names.add(name)
        self.columns.update(dict.fromkeys(value))
        self._of_columns.update(value.keys())
        self._hold_lists |= any(
            isinstance(each, list) and each and _all_objects(each) for each in value.values()
        )

    def is_table(self, known: Known) -> bool:
        """Whether they are rows; where they were, also one alone or none at all."""
        if not self._are_objects:
            return False
        count, before = len(self._names), known.columns.get("", frozenset())
        if KEY in before:
            return not count or not before.isdisjoint(self.columns)
        if known.columns or count < KEYED_LEAST or (self._hold_lists and count <= PARTS_MOST):
            return False
        return max(self._of_columns.values(), default=0) >= KEYED_SHARE * count


def _lists_by_key(document: object, known: Known) -> list[dict[str, object]] | None:
    """The records of lists that are one table, each with its key; None where they are not."""
    if not isinstance(document, dict):
        return None
    columns_of: dict[str, set[str]] = {}
    for name, rows in document.items():
        if not isinstance(rows, list) or not _all_objects(rows):
            return None
        columns_of[name] = {column for row in rows for column in row}
    if not are_lists_by_key(columns_of, known):
        return None
    return [keyed_row(name, row) for name, rows in document.items() for row in rows]


def are_lists_by_key(columns_of: Mapping[str, Collection[str]], known: Known) -> bool:
    """Whether lists of records, each under its key, are one table: more of them than a page has
    parts, all alike, or they were one before. A few that were tables each become one when they are
    so many."""
    filled = [columns for columns in columns_of.values() if columns]
    shared = Counter(column for columns in filled for column in columns)
    if not filled or KEY in shared:
        return False
    before = known.columns.get("", frozenset())
    if KEY in before:
        return not before.isdisjoint(shared)
    were_few = len(known.columns) <= PARTS_MOST and known.columns.keys() <= columns_of.keys()
    if len(filled) <= PARTS_MOST or not were_few:
        return False
    return max(shared.values()) >= KEYED_SHARE * len(filled)


@dataclass
class Headed:
    """Lists looked at one by one: the first may name what the others hold, as the API of the
    Census has it."""

    names: tuple[str, ...] = ()
    _are_even: bool = True
    _sample: list[Record] = field(default_factory=list)

    def take(self, value: object) -> None:
        """One value of the document."""
        if not self._are_even or not isinstance(value, list):
            self._are_even = False
        elif not self.names:
            names = tuple(name for name in value if type(name) is str and name.strip())
            self._are_even = len(value) == len(set(names)) > 1
            self.names = names
        elif len(value) != len(self.names):
            self._are_even = False
        elif len(self._sample) < HEADED_SAMPLE:
            self._sample.append(Record(tuple(_cell(cell)[0] or "" for cell in value), 0, False))

    def is_table(self, known: Known) -> bool:
        """Whether the first list names the columns of the others: they were called that before, or
        one of them holds numbers and has a name that is none."""
        if not self._are_even or not self._sample or (known.columns and "" not in known.columns):
            return False
        before = known.columns.get("", frozenset())
        return not before.isdisjoint(self.names) or (
            not before and names_numbers(self.names, self._sample)
        )

    def row(self, value: object) -> dict[str, object]:
        """A list under the names."""
        assert isinstance(value, list)
        return dict(zip(self.names, value, strict=True))


def keyed_row(name: str, value: object) -> dict[str, object]:
    """An object with its key."""
    assert isinstance(value, dict)
    return {KEY: name, **value}


def _lists_in(
    members: Iterable[tuple[str, object]], known: Known
) -> list[tuple[str, list[dict[str, object]]]]:
    return [
        (name, value)
        for name, value in members
        if isinstance(value, list) and _all_objects(value) and (value or name in known.columns)
    ]


def inner_name(outer: str, name: str) -> str:
    """How a list is called that is a member of a member."""
    return f"{outer}.{name}"


def table_of_records(
    name: str, rows: Sequence[Mapping[str, object]], columns: Sequence[str] = ()
) -> ReadTable:
    """A table of records that `parse` gave; these columns stand first, whether there or not."""
    return _table(name, rows, first=columns)


def in_order(columns: Iterable[str], last: Collection[str]) -> tuple[str, ...]:
    """Columns as they first came, but these at the end."""
    found = tuple(columns)
    return (*(c for c in found if c not in last), *(c for c in found if c in last))


def _under_told_names(document: object, known: Known) -> ReadTable | None:
    """The rows of an export of Socrata, None where it is none."""
    if not isinstance(document, dict):
        return None
    columns, rows = socrata_columns(document.get("meta"), known), document.get(TABLE)
    if not columns or not isinstance(rows, list):
        return None
    if any(not isinstance(row, list) or len(row) != len(columns) for row in rows):
        return None
    return _table(TABLE, [dict(zip(columns, row, strict=True)) for row in rows], first=columns)


def _esri_rows(document: object, known: Known) -> list[dict[str, object]] | None:
    """The features of an answer of ArcGIS as rows, None where it is none."""
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not all(map(is_esri_feature, features)):
        return None
    assert isinstance(document, dict)
    return [esri_row(f) for f in features] if is_esri(len(features), document, known) else None


def is_esri(features: int, members: Collection[str], known: Known) -> bool:
    """Whether a document is an answer of ArcGIS, given that all of its features look like that."""
    if known.columns and "features" not in known.columns:
        return False
    return features > 0 or not ESRI_SIGNS.isdisjoint(members)


def is_esri_feature(value: object) -> bool:
    """Whether it has attributes, and nothing beside that features do not have."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("attributes"), dict)
        and value.keys() <= ESRI_MEMBERS
    )


def esri_row(feature: Mapping[str, object]) -> dict[str, object]:
    """A feature's attributes with its shape beside them."""
    attributes = feature["attributes"]
    assert isinstance(attributes, dict)
    return {**attributes, **{n: v for n, v in feature.items() if n != "attributes"}}


def spatial_reference_of(told: object) -> dict[str, object]:
    """What an answer of ArcGIS says of the reference of its coordinates."""
    return {"spatial_reference": compact(told)} if isinstance(told, dict) else {}


def reference_of(crs: object) -> dict[str, object]:
    """What a collection says of the reference of its coordinates (GeoJSON 2008, section 3), where
    they may be no degrees."""
    return {"crs": compact(crs)} if isinstance(crs, dict) else {}


def flat(feature: Mapping[str, object]) -> dict[str, object]:
    """A feature's properties, with its geometry and id beside them."""
    properties = feature.get("properties")
    row = dict(properties) if isinstance(properties, dict) else {}
    if "geometry" in feature:
        row[GEOMETRY] = feature["geometry"]
    if "id" in feature:
        row[FEATURE_ID] = feature["id"]
    return row


def _table(
    name: str,
    rows: Sequence[Mapping[str, object]],
    *,
    first: Sequence[str] = (),
    last: Sequence[str] = (),
) -> ReadTable:
    columns = tuple(dict.fromkeys((*first, *(column for row in rows for column in row))))
    columns = in_order(columns, last)
    return ReadTable(name, tuple(plain(c) for c in columns), rows_as_table(columns, rows))


def rows_as_table(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> pa.Table:
    """Rows under these columns, as text with the letters of their kinds."""
    place = {column: number for number, column in enumerate(columns)}
    texts: list[list[str | None]] = [[None] * len(rows) for _ in columns]
    blank = b"m" * len(columns)  # members are often absent: only those that are there cost time
    kinds = []
    for number, row in enumerate(rows):
        letters = bytearray(blank)
        for column, value in row.items():
            at = place[column]
            texts[at][number], letters[at] = _cell(value)
        kinds.append(letters.decode("ascii"))
    arrays = {f"c{at}": _strings(cells) for at, cells in enumerate(texts)}
    arrays["_kinds"] = pa.array(kinds, pa.string())
    return pa.table(arrays)


def _cell(value: object) -> tuple[str | None, int]:
    """Text and the letter of its kind as a byte."""
    if type(value) is str:
        return value, STRING
    if type(value) is Number:
        return str(value), NUMBER
    if value is None:
        return None, NULL
    if value is True:
        return "true", BOOLEAN
    if value is False:
        return "false", BOOLEAN
    return compact(value), NESTED


def compact(value: object) -> str:
    """JSON text without spaces, members sorted, number tokens as published."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        inner = (f"{json.dumps(k, ensure_ascii=False)}:{compact(value[k])}" for k in sorted(value))
        return "{" + ",".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(compact, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _strings(cells: list[str | None]) -> pa.Array:
    try:
        return pa.array(cells, pa.string())
    except UnicodeEncodeError:  # half a surrogate pair: no text, kept visible as its escape
        return pa.array([None if c is None else plain(c) for c in cells], pa.string())


def plain(text: str) -> str:
    """The text, with half a surrogate pair shown as its escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
