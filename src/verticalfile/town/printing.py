"""How the town's files leave its offices: as CSV, JSON, GeoJSON, gzip, and spoiled as real ones are."""

from __future__ import annotations

import csv
import io
import json
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

BOM = b"\xef\xbb\xbf"

MAINTENANCE_PAGE = b"""<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Scheduled maintenance</title></head>
<body>
<h1>We will be right back</h1>
<p>The open data pages of Alder Falls are being looked after tonight. Please come back in the
morning.</p>
</body>
</html>
"""


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """RFC 4180 with CRLF, as most office software writes it; quotes only where needed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([row[column] for column in columns] for row in rows)
    return out.getvalue()


def as_json(rows: Iterable[Mapping[str, object]]) -> bytes:
    """A list of records, one on each line, as portals export them (RFC 8259)."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f"[\n{lines}\n]\n".encode()


@dataclass(frozen=True, slots=True)
class Feature:
    """A thing on the map; without a place (`lon` and `lat` None) its geometry is null."""

    id: str
    lon: float | None
    lat: float | None
    properties: Mapping[str, object]


def as_geojson(features: Iterable[Feature], *, digits: int) -> bytes:
    """RFC 7946; coordinates are printed with so many digits behind the point, noughts and all."""
    printed = []
    for each in features:
        point = "null"
        if each.lon is not None and each.lat is not None:
            point = f'{{"type": "Point", "coordinates": [{each.lon:.{digits}f}, {each.lat:.{digits}f}]}}'
        printed.append(
            f'{{"type": "Feature", "id": {json.dumps(each.id)}, "geometry": {point},'
            f' "properties": {json.dumps(each.properties, ensure_ascii=False)}}}'
        )
    inner = ",\n".join(printed)
    return f'{{"type": "FeatureCollection", "features": [\n{inner}\n]}}\n'.encode()


def as_gzip(body: bytes) -> bytes:
    """RFC 1952 with stored blocks (RFC 1951 3.2.4): the same bytes from every zlib there is."""
    blocks = [body[start : start + 0xFFFF] for start in range(0, len(body), 0xFFFF)] or [b""]
    out = [b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"]
    for number, block in enumerate(blocks, start=1):
        out.append(struct.pack("<BHH", number == len(blocks), len(block), len(block) ^ 0xFFFF))
        out.append(block)
    out.append(struct.pack("<II", zlib.crc32(body), len(body) & 0xFFFFFFFF))
    return b"".join(out)


def renamed_column(text: str, old: str, new: str) -> str:
    """The same file with another name in its first line."""
    head, line_end, rest = text.partition("\r\n")
    names = [new if name == old else name for name in head.split(",")]
    return ",".join(names) + line_end + rest


def cut_in_quotes(body: bytes, *, after_share: float) -> bytes:
    """The file up to the middle of the first quoted cell behind `after_share` (0 to 1) of it.

    Raises ValueError when no quoted cell follows.
    """
    start = body.index(b"\r\n", int(len(body) * after_share))
    opening = body.index(b',"', start)
    return body[: opening + 2 + 17]


def cut_at(body: bytes, *, share: float) -> bytes:
    """The first `share` (0 to 1) of the bytes."""
    return body[: int(len(body) * share)]
