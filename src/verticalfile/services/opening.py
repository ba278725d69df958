"""Opening a version: the original as it was, or its table in a common format."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from itertools import chain

import pyarrow as pa

from verticalfile.catalog.index import ResourceLine, TableLine
from verticalfile.catalog.versions import Version
from verticalfile.kernel import limits
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.moments import for_people
from verticalfile.kernel.originals import Original, chunks_of
from verticalfile.services.archive import Archive
from verticalfile.services.known import derive
from verticalfile.services.known.listings import small_bytes
from verticalfile.services.known.table_history import TableHistory
from verticalfile.services.names import Chosen, NotHeld, find_resource, find_table, find_version
from verticalfile.services.visibility import Viewer, must_be_visible, withdrawal_of
from verticalfile.tables.esri_geometry import as_geojson, crs_member, wkid_of
from verticalfile.tables.read.delimited import is_cut
from verticalfile.tables.reading import Known, Reading, ReadTable
from verticalfile.vault.capture import Capture


class Form(StrEnum):
    """What a version can be taken out as."""

    ORIGINAL = "original"
    CSV = "csv"
    PARQUET = "parquet"
    JSONL = "jsonl"
    GEOJSON = "geojson"


@dataclass(frozen=True, slots=True)
class Opened:
    """A version in a form; `chunks` give its bytes."""

    resource: ResourceLine
    chosen: Chosen
    next_seen_at: datetime | None
    chunks: Iterator[bytes]
    rows: int | None
    lines_above: int = 0  # that explain the table in the original and are not in this form


def open_version(
    archive: Archive,
    name: str,
    *,
    at: str | None = None,
    version: str | None = None,
    form: Form | None = None,
    viewer: Viewer = Viewer.NAMED_STAFF,
) -> Opened:
    """Open what NAME said at a moment, or a numbered version; without either, the newest.

    A table comes as CSV unless told otherwise, any other file as it is. Rows stand in the order
    of the publisher. Raises NotHeld, InputRefused, Withdrawn.
    """
    resource = find_resource(archive, name)
    chosen = find_version(archive, resource, version or at, bare_number=version is not None)
    must_be_visible(viewer, chosen.version, archive.zone)
    capture = capture_of(archive, resource, chosen.version)
    is_table = chosen.version.readable and bool(archive.index.tables(resource.id))
    form = form or (Form.CSV if is_table else Form.ORIGINAL)
    most = limits.LISTING_BYTES if form is Form.ORIGINAL else small_bytes(resource.kind)
    original = archive.vault.restored(capture, small_bytes=most)
    following = next_version(archive, resource, chosen.version)
    if form is Form.ORIGINAL:
        return Opened(resource, chosen, following, chunks_of(original), None)
    _, line = find_table(archive, name)
    reading, table = reading_again(archive, resource, capture, original, line)
    reference = _spatial_reference(capture, reading)
    chunks = written(table, form, reference, crs=str(reading.facts.get("crs", "")))
    lines_above = int(str(reading.facts.get("lines_above", 0)))
    return Opened(resource, chosen, following, chunks, table.count, lines_above)


def _spatial_reference(capture: Capture, reading: Reading) -> object:
    """That of shapes as ArcGIS writes them: as its layer tells, or the answer itself."""
    layer = capture.taken.exchange.get("layer")
    if isinstance(layer, dict):
        return layer.get("spatial_reference")
    told = reading.facts.get("spatial_reference")
    return json.loads(told) if isinstance(told, str) else None


def next_version(archive: Archive, resource: ResourceLine, version: Version) -> datetime | None:
    """When the next version was first seen."""
    later = [v for v in archive.index.versions(resource.id) if v.number > version.number]
    return later[0].seen_at if later else None


def told_about(opened: Opened, zone: tzinfo) -> str:
    """One or two sentences: first and last sighting, the gap, and what else must be said."""
    version, answer = opened.chosen.version, opened.chosen.answer
    first, last = for_people(version.seen_at, zone), for_people(version.last_seen_at, zone)
    if version.seen_at == version.last_seen_at:
        said = [f"v{version.number}, seen once, {first}"]
    else:
        said = [f"v{version.number}, first seen {first}, last seen {last}"]
    if version.absent_from is not None:
        said.append(f"gone from the source since {for_people(version.absent_from, zone)}")
    elif opened.next_seen_at is not None:
        after = for_people(opened.next_seen_at, zone)
        said.append(f"what came after was first seen {after}; in between nobody looked")
    if answer is not None and answer.passed_over:
        worst = answer.passed_over[0]
        why = worst.reason.replace("_", " ") if worst.reason else "held as surprising"
        if worst.destroyed:
            said.append(f"a later version, v{worst.number}, was {withdrawal_of(worst, zone)}")
        else:
            said.append(f"a later version, v{worst.number}, is not offered: {why}")
    if not version.readable:
        said.append(f"it could not be read as a table: {version.reason.replace('_', ' ')}")
    if opened.lines_above:
        one = opened.lines_above == 1
        lines = "1 line" if one else f"{opened.lines_above:,} lines"
        said.append(f"{lines} above the table {'stands' if one else 'stand'} in the original alone")
    if version.partial:
        said.append(f"it may not be whole: {version.partial}")
    if version.hidden:
        said.append(f"{withdrawal_of(version, zone)}; you see it as staff")
    return "; ".join(said) + "."


def capture_of(archive: Archive, resource: ResourceLine, version: Version) -> Capture:
    """The first capture of a version."""
    for capture in derive.held(archive, resource.id):
        if capture.id == version.captures[0]:
            return capture
    raise NotHeld(
        f"v{version.number} of {resource.dataset} is in the index but not in the vault.",
        mend="run `vf verify`, then `vf mend --from COPY`.",
    )


def read_again(
    archive: Archive, resource: ResourceLine, capture: Capture, original: Original, line: TableLine
) -> ReadTable:
    """The table of an original in the order of the publisher; the same reading as when kept."""
    return reading_again(archive, resource, capture, original, line)[1]


def reading_again(
    archive: Archive, resource: ResourceLine, capture: Capture, original: Original, line: TableLine
) -> tuple[Reading, ReadTable]:
    """The same, with what the reading tells beside. Raises InputRefused, NotHeld."""
    told = capture.taken.read
    if told.get("reason"):
        raise InputRefused(
            f"This version cannot be read as a table: {told['reason']}.",
            mend="take the file itself with --as original.",
        )
    file_name = str(capture.taken.exchange.get("file_name", resource.location))
    with archive.readers.batch() as reader:
        reading = reader.read(
            original,
            name=file_name,
            media_type=capture.taken.media_type,
            known=_known_of(capture),
            mapped_bytes=small_bytes(resource.kind),
        )
    for table in reading.tables:
        if table.name == line.name:
            return reading, table
    raise NotHeld(
        f"That version of {resource.dataset} has no table “{line.name}”.",
        mend="see the tables with `vf show`.",
    )


def _known_of(capture: Capture) -> Known:
    """What makes the reading of an original come out as it did when it was kept."""
    told = capture.taken.read
    repairs = told.get("repairs")
    if isinstance(repairs, list) and any(is_cut(str(each)) for each in repairs):
        # an end within quotes is read only where nothing readable came before
        return Known(str(told["format"]))
    tables = derive.tables_read(capture)
    columns = {str(t["name"]): tuple(derive.columns_of(t)) for t in tables}
    ever = {name: frozenset(names) for name, names in columns.items()}
    return Known(str(told["format"]), ever, columns)


def written(
    table: ReadTable, form: Form, reference: object = None, *, crs: str = ""
) -> Iterator[bytes]:
    """A table as bytes of a format; values are the text as published.

    `reference` is the spatial reference of shapes as ArcGIS writes them, `crs` what a GeoJSON file
    says of its own.
    """
    match form:
        case Form.CSV:
            return _csv(table)
        case Form.JSONL:
            return _jsonl(table)
        case Form.PARQUET:
            return _parquet(table)
        case Form.GEOJSON:
            return _geojson(table, reference, crs)
        case Form.ORIGINAL:
            raise InputRefused("An original is not written again.", mend="open it as original.")


def _batches(table: ReadTable, rows: pa.Table) -> Iterator[list[tuple[str | None, ...]]]:
    """The cells of some rows of a table."""
    columns = [f"c{n}" for n in range(len(table.columns))]
    if rows.num_rows == 0 or not columns:
        return
    for batch in rows.select(columns).to_batches(max_chunksize=20_000):
        yield list(zip(*(c.to_pylist() for c in batch.columns), strict=True))


def _csv(table: ReadTable) -> Iterator[bytes]:
    """RFC 4180, UTF-8 without BOM. The cells are as published: see docs on formulas."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.columns)
    yield out.getvalue().encode()
    for part in table.parts():
        for batch in _batches(table, part):
            out = io.StringIO()
            csv.writer(out, lineterminator="\r\n").writerows(batch)
            yield out.getvalue().encode()


def _rows(table: ReadTable) -> Iterator[dict[str, object]]:
    """Rows as JSON objects: kinds say what was a number or missing; else all is text."""
    for part in table.parts():
        has_kinds = "_kinds" in part.column_names
        kinds = iter(part.column("_kinds").to_pylist()) if has_kinds else None
        for row in chain.from_iterable(_batches(table, part)):
            letters = next(kinds) if kinds is not None else "s" * len(row)
            yield {
                name: _json_value(text, letter)
                for name, text, letter in zip(table.columns, row, letters, strict=True)
                if letter != "m"
            }


def _json_value(text: str | None, letter: str) -> object:
    if text is None or letter == "z":
        return None
    return text if letter == "s" else _Raw(text)


class _Raw(str):
    """JSON text that goes out as it came in: number tokens keep their form."""

    __slots__ = ()


def _to_json(row: dict[str, object]) -> str:
    return (
        "{"
        + ", ".join(f"{json.dumps(n, ensure_ascii=False)}: {_token(v)}" for n, v in row.items())
        + "}"
    )


def _token(value: object) -> str:
    return str(value) if isinstance(value, _Raw) else json.dumps(value, ensure_ascii=False)


def _jsonl(table: ReadTable) -> Iterator[bytes]:
    for row in _rows(table):
        yield (_to_json(row) + "\n").encode()


def _geojson(table: ReadTable, reference: object, crs: str) -> Iterator[bytes]:
    if "geometry" not in table.columns:
        raise InputRefused(
            "This table has no geometry column.", mend="take it as csv, parquet or jsonl."
        )
    crs = crs or crs_member(reference)
    named = f'"crs": {crs}, ' if crs else ""
    yield f'{{"type": "FeatureCollection", {named}"features": [\n'.encode()
    wkid = wkid_of(reference)
    between = b""
    for row in _rows(table):
        place = {n: v for n, v in row.items() if n not in ("geometry", "#id")}
        parts = ['"type": "Feature"']
        if "#id" in row:
            parts.append(f'"id": {_token(row["#id"])}')
        shape = row.get("geometry")
        shape = _Raw(as_geojson(shape, wkid)) if isinstance(shape, _Raw) else shape
        parts.append(f'"geometry": {_token(shape)}')
        parts.append(f'"properties": {_to_json(place)}')
        yield between + ("{" + ", ".join(parts) + "}").encode()
        between = b",\n"
    yield b"\n]}\n"


def _parquet(table: ReadTable) -> Iterator[bytes]:
    import pyarrow.parquet as pq

    schema = pa.schema([(name, pa.string()) for name in table.columns])
    columns = [f"c{n}" for n in range(len(table.columns))]
    with tempfile.TemporaryFile() as out:
        with pq.ParquetWriter(out, schema, compression="zstd") as writer:
            for part in table.parts():
                if part.num_rows:
                    rows = part.select(columns).rename_columns(list(table.columns))
                    writer.write_table(rows.cast(schema))
        out.seek(0)
        while chunk := out.read(limits.COPY_STEP_BYTES):
            yield chunk


def arrow_at(
    archive: Archive, name: str, wanted: str | None = None, *, viewer: Viewer = Viewer.NAMED_STAFF
) -> pa.Table:
    """The table as of a moment or version from the history, in order of first appearance."""
    resource, line = find_table(archive, name)
    chosen = find_version(archive, resource, wanted)
    must_be_visible(viewer, chosen.version, archive.zone)
    table = history_of(archive, line)
    return table_as_arrow(table.shown_at(ordinal_of(table, chosen.version, name)))


def history_of(archive: Archive, line: TableLine) -> TableHistory:
    return TableHistory(archive, line.id, line.name)


def ordinal_of(history: TableHistory, version: Version, name: str) -> int:
    """The ordinal of a version in a table; raises NotHeld."""
    found = history.ordinal_of(version.sha256)
    if found is None and version.readable:
        what = f"no table “{history.name}”" if history.name else "other tables"
        raise NotHeld(
            f"v{version.number} has {what}.",
            mend="see which versions have it: vf versions " + name + ".",
        )
    if found is None:
        why = f" ({version.reason.replace('_', ' ')})" if version.reason else ""
        raise NotHeld(
            f"v{version.number} of {name} is not a table{why}.",
            mend=f"take the file itself: vf get {name} --version v{version.number} --as original.",
        )
    return found


def table_as_arrow(table: ReadTable) -> pa.Table:
    """Shown names as column names; repeated names cannot occur (readers give #2, #3)."""
    columns = [f"c{n}" for n in range(len(table.columns))]
    if not table.rows.num_columns:
        return pa.table({name: pa.array([], pa.string()) for name in table.columns})
    return table.rows.select(columns).rename_columns(list(table.columns))


def as_text(values: Sequence[str | None]) -> list[str]:
    return ["" if v is None else v for v in values]
