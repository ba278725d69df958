"""Shapes of ArcGIS as GeoJSON (RFC 7946), number tokens as published.

Esri's rings are one flat list, outer ones clockwise, holes the other way round; GeoJSON wants each
outer ring with its holes, and both turned. Coordinates stay in their projection but for Web
Mercator, which is turned into degrees; any other is named in the collection's `crs`.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Mapping, Sequence

from verticalfile.tables.read.json_text import compact, parse

EARTH_M = 6_378_137.0
"""Radius of the sphere of Web Mercator (EPSG:3857)."""
MERCATOR = frozenset({3857, 102100, 102113, 900913})
DEGREES = frozenset({4326, 4269})
"""WGS 84, and NAD 83, which is within two metres of it."""

Position = Sequence[object]
Ring = Sequence[Position]


def is_esri(geometry: object) -> bool:
    """Whether a shape is written as ArcGIS does."""
    return (
        isinstance(geometry, Mapping)
        and "type" not in geometry
        and any(name in geometry for name in ("x", "points", "paths", "rings"))
    )


def wkid_of(reference: object) -> int | None:
    """The number of a spatial reference, the newer one where both are told."""
    if isinstance(reference, Mapping):
        for name in ("latestWkid", "wkid"):
            found = reference.get(name)
            if isinstance(found, int) and not isinstance(found, bool):
                return found
    return None


def crs_member(reference: object) -> str:
    """The collection's `crs` as JSON text, "" where coordinates are degrees or nothing is told."""
    wkid = wkid_of(reference)
    if wkid is None or wkid in DEGREES or wkid in MERCATOR:
        return ""
    authority = "EPSG" if wkid < 32_768 else "ESRI"
    name = f"urn:ogc:def:crs:{authority}::{wkid}"
    return json.dumps({"type": "name", "properties": {"name": name}})


def as_geojson(text: str, wkid: int | None) -> str:
    """A shape as JSON text, as GeoJSON; what is none is given back as it was."""
    try:
        shape = parse(text)
    except ValueError:
        return text
    if not is_esri(shape):
        return text
    assert isinstance(shape, Mapping)
    try:
        return compact(_turned(shape, wkid in MERCATOR))
    except (ValueError, IndexError, OverflowError, RecursionError):
        return "null"  # a shape that is none; the original keeps it


def _turned(shape: Mapping[str, object], is_mercator: bool) -> object:
    if "x" in shape:
        if shape["x"] in (None, "NaN") or shape.get("y") in (None, "NaN"):
            return None  # an empty point
        place = [shape[axis] for axis in ("x", "y", "z") if shape.get(axis) is not None]
        return {"type": "Point", "coordinates": _position(place, is_mercator)}
    if "points" in shape:
        return {"type": "MultiPoint", "coordinates": _line(shape["points"], is_mercator)}
    name = "paths" if "paths" in shape else "rings"
    lines = [_line(each, is_mercator) for each in _list(shape[name])]
    if not lines:
        return None
    if name == "paths":
        return _one_or_many("LineString", lines)
    return _one_or_many("Polygon", _polygons([_closed(line) for line in lines if line]))


def _one_or_many(kind: str, parts: Sequence[object]) -> object:
    if len(parts) == 1:
        return {"type": kind, "coordinates": parts[0]}
    return {"type": f"Multi{kind}", "coordinates": parts}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _line(value: object, is_mercator: bool) -> list[object]:
    return [_position(place, is_mercator) for place in _list(value) if isinstance(place, list)]


def _position(place: list[object], is_mercator: bool) -> list[object]:
    if not is_mercator:
        return place
    x, y = float(str(place[0])), float(str(place[1]))
    longitude = math.degrees(x / EARTH_M)
    latitude = math.degrees(2 * math.atan(math.exp(y / EARTH_M)) - math.pi / 2)
    return [round(longitude, 9), round(latitude, 9), *place[2:]]


def _closed(ring: list[object]) -> list[object]:
    return ring if ring[0] == ring[-1] else [*ring, ring[0]]


def _polygons(rings: list[list[object]]) -> list[object]:
    """Each outer ring with the holes inside it, turned as RFC 7946 3.1.6 asks."""
    outer: list[list[list[object]]] = []
    holes: list[list[object]] = []
    for ring in rings:
        if _area(ring) <= 0:  # clockwise
            outer.append([ring[::-1]])
        else:
            holes.append(ring)
    for hole in holes:
        home = next((each for each in outer if _is_inside(hole, each[0])), None)
        if home is None:
            outer.append([hole])  # a ring that was wound the wrong way
        else:
            home.append(hole[::-1])
    return list(outer)


def _points(ring: list[object]) -> list[tuple[float, float]]:
    return [(float(str(p[0])), float(str(p[1]))) for p in ring if isinstance(p, list)]


def _area(ring: list[object]) -> float:
    """Twice the signed area; below 0 where the ring goes clockwise."""
    points = _points(ring)
    x0, y0 = points[0]  # near the origin the sums keep their digits
    shifted = [(x - x0, y - y0) for x, y in points]
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(shifted))


def _is_inside(ring: list[object], around: list[object]) -> bool:
    """Whether a ring lies in another: by its first point that is no corner of both."""
    corners = _points(around)
    known = set(corners)
    x, y = next((p for p in _points(ring) if p not in known), _points(ring)[0])
    inside = False
    for (ax, ay), (bx, by) in itertools.pairwise(corners):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside
