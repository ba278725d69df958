"""Read any file as tables of text, or say why not. Two steps: look, then read with all told."""

from __future__ import annotations

from verticalfile.tables.read import sniff
from verticalfile.tables.read.delimited import read_delimited
from verticalfile.tables.read.json_text import read_json
from verticalfile.tables.read.packed import read_packed
from verticalfile.tables.read.parquet import read_parquet
from verticalfile.tables.reading import Known, Reading, Reason

READER = "file/1"
JSON_FORMATS = frozenset({"json", "jsonl", "geojson"})
JSON_NAMES = (".json", ".geojson", ".jsonl", ".ndjson")


def read(body: bytes, *, name: str, media_type: str = "", known: Known = Known()) -> Reading:  # noqa: B008  # frozen, empty
    """Tables, or the reason why there are none; never raises for what the bytes are.

    `known` is what earlier readable versions looked like: it tells a table from prose.
    """
    return _read(body, name, media_type, known, nested=False)


def _read(body: bytes, name: str, media_type: str, known: Known, *, nested: bool) -> Reading:
    refused = _refused_at_sight(body)
    if refused is not None:
        return Reading("file", READER, reason=refused[0], detail=refused[1])
    kind = sniff.kind_of(body, name)
    if kind in ("gz", "zst", "zip"):
        if nested:
            return Reading("file", READER, reason=Reason.NOT_TABULAR, detail="packed twice")
        return read_packed(
            body, kind, name, lambda inner, inside: _read(inner, inside, "", known, nested=True)
        )
    if kind == "parquet":
        return read_parquet(body)
    if kind:
        detail = f"a file of kind {kind}, which no reader here opens"
        return Reading("file", READER, reason=Reason.NOT_TABULAR, detail=detail)
    if _looks_like_json(body, name, media_type, known):
        return _other_kind(read_json(body, known=known), known)
    return _other_kind(read_delimited(body, name=name, known=known), known)


def _refused_at_sight(body: bytes) -> tuple[Reason, str] | None:
    blank = b"\xef\xbb\xbf \t\r\n"
    if not body[:4096].strip(blank) and not body.strip(blank):
        return Reason.ZERO_BYTE, "the file is empty"
    if sniff.is_html(body):
        return Reason.HTML, "a web page in place of data"
    if sniff.has_conflict_markers(body):
        return Reason.CONFLICT_MARKERS, "marks of an unfinished merge"
    return None


def _looks_like_json(body: bytes, name: str, media_type: str, known: Known) -> bool:
    if known.format in JSON_FORMATS or "json" in media_type or name.lower().endswith(JSON_NAMES):
        return True
    if known.format == "delimited" or name.lower().endswith((".csv", ".tsv", ".txt")):
        return False
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{")


def _other_kind(reading: Reading, known: Known) -> Reading:
    """A table of another kind than all before is kept, and never current."""
    if known.format is None or reading.reason is not None or reading.format == known.format:
        return reading
    if known.format in JSON_FORMATS and reading.format in JSON_FORMATS:
        return reading
    detail = f"{reading.format} where {known.format} was before"
    return Reading(reading.format, reading.reader, reason=Reason.OTHER_KIND, detail=detail)
