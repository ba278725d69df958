"""JSON, JSON Lines, GeoJSON (RFC 8259, RFC 7946): every value as text, numbers as published.

A top-level array of objects is the table, else each top-level member that is one. Cells carry a
letter in `_kinds`: s string, n number, b true/false, z null, m missing, j nested. Nested values
are compact JSON text with members sorted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pyarrow as pa

from verticalfile.tables.reading import Known, Reading, ReadTable, Reason

READER = "json/1"
GEOMETRY, FEATURE_ID = "geometry", "#id"


class Number(str):
    """A number token as published: 1.10 stays 1.10."""

    __slots__ = ()


STRING, NUMBER, BOOLEAN, NULL, NESTED = b"snbzj"


def _refuse(token: str) -> Number:
    raise ValueError(f"{token} is not JSON")


def parse(text: str) -> object:
    """Parse strictly with number tokens kept. Raises ValueError, also for what is nested too deep."""
    try:
        return json.loads(text, parse_float=Number, parse_int=Number, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def read_json(body: bytes, *, known: Known) -> Reading:
    """Read a JSON document; never raises for what the bytes are."""
    try:
        document = parse(body.decode("utf-8-sig"))
    except ValueError as error:
        if (lines := _lines(body)) is not None:
            return Reading("jsonl", READER, (_table("", lines),), encoding="utf-8")
        return Reading("json", READER, reason=Reason.BAD_JSON, detail=_short(error))
    try:
        if isinstance(document, dict) and document.get("type") == "FeatureCollection":
            features = document.get("features")
            if isinstance(features, list) and all(isinstance(f, dict) for f in features):
                table = _table("features", [_flat(f) for f in features], geo=True)
                return Reading("geojson", READER, (table,), encoding="utf-8")
        tables = [_table(name, rows) for name, rows in _record_arrays(document, known)]
    except RecursionError:
        return Reading("json", READER, reason=Reason.BAD_JSON, detail="it is nested too deep")
    if not tables or (known.columns and not {t.name for t in tables} & set(known.columns)):
        return Reading(
            "json",
            READER,
            reason=Reason.WRONG_SHAPE,
            detail="no list of records where one was expected",
        )
    return Reading("json", READER, tuple(tables), encoding="utf-8")


def _short(error: ValueError) -> str:
    return str(error)[:200]


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
        return [("", rows)] if len(rows) == len(document) else []
    if not isinstance(document, dict):
        return []
    found = []
    for name, value in document.items():
        if isinstance(value, list) and _all_objects(value) and (value or name in known.columns):
            found.append((name, value))
    return found


def table_of_records(
    name: str, rows: Sequence[Mapping[str, object]], columns: Sequence[str] = ()
) -> ReadTable:
    """A table of records that `parse` gave; these columns stand first, whether there or not."""
    return _table(name, rows, first=columns)


def _flat(feature: Mapping[str, object]) -> dict[str, object]:
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
    geo: bool = False,
    first: Sequence[str] = (),
) -> ReadTable:
    columns = tuple(dict.fromkeys((*first, *(column for row in rows for column in row))))
    if geo:
        last = [c for c in columns if c in (GEOMETRY, FEATURE_ID)]
        columns = (*(c for c in columns if c not in last), *last)
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
    return ReadTable(name, tuple(_plain(c) for c in columns), pa.table(arrays))


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
        return pa.array([None if c is None else _plain(c) for c in cells], pa.string())


def _plain(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
