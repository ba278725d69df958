"""Shapes of ArcGIS as GeoJSON: rings with their holes, turned; empty and odd ones; projections."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verticalfile.tables.esri_geometry import as_geojson, crs_member

SQUARE = [[0, 0], [0, 10], [10, 10], [10, 0], [0, 0]]  # clockwise: an outer ring
HOLE = [[2, 2], [4, 2], [4, 4], [2, 4], [2, 2]]
FAR = [[20, 0], [20, 5], [25, 5], [25, 0], [20, 0]]


def turned(shape: object, wkid: int | None = 4326) -> object:
    return json.loads(as_geojson(json.dumps(shape), wkid))


def test_points_lines_and_many_of_them() -> None:
    assert turned({"x": 1.50, "y": 2}) == {"type": "Point", "coordinates": [1.5, 2]}
    assert turned({"x": 1, "y": 2, "z": 3}) == {"type": "Point", "coordinates": [1, 2, 3]}
    assert turned({"x": "NaN", "y": "NaN"}) is None
    assert turned({"points": [[1, 2]]}) == {"type": "MultiPoint", "coordinates": [[1, 2]]}
    assert turned({"paths": [[[1, 2], [3, 4]]]}) == {
        "type": "LineString", "coordinates": [[1, 2], [3, 4]],
    }  # fmt: skip
    assert turned({"paths": []}) is None


def test_numbers_keep_the_form_in_which_they_were_published() -> None:
    assert (
        as_geojson('{"x": 1.10, "y": 2.00}', 4326) == '{"coordinates":[1.10,2.00],"type":"Point"}'
    )


def test_outer_rings_get_their_holes_and_all_are_turned() -> None:
    found = turned({"rings": [SQUARE, FAR, HOLE]})
    assert found == {
        "type": "MultiPolygon", "coordinates": [[SQUARE[::-1], HOLE[::-1]], [FAR[::-1]]],
    }  # fmt: skip
    unclosed = turned({"rings": [SQUARE[:-1]]})
    assert unclosed == {"type": "Polygon", "coordinates": [SQUARE[::-1]]}


def test_a_ring_wound_the_wrong_way_is_no_hole_of_nothing() -> None:
    assert turned({"rings": [SQUARE[::-1]]}) == {"type": "Polygon", "coordinates": [SQUARE[::-1]]}


def test_web_mercator_becomes_degrees_and_other_projections_are_named() -> None:
    found = turned({"x": -8238310.24, "y": 4970071.58}, 3857)
    assert isinstance(found, dict)
    assert found["coordinates"] == pytest.approx([-74.006, 40.7128], abs=1e-5)
    assert crs_member({"wkid": 102100, "latestWkid": 3857}) == ""
    assert crs_member({"wkid": 3435}) == (
        '{"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3435"}}'
    )
    assert "ESRI::102697" in crs_member({"wkid": 102697})
    assert crs_member({"wkt": "PROJCS[...]"}) == ""


def test_geojson_and_what_is_no_shape_stay_as_they_are() -> None:
    for text in ('{"type": "Point", "coordinates": [1.0, 2]}', '{"a": 1}', "null", "not json"):
        assert as_geojson(text, 3857) == text


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3), max_leaves=8,
), st.sampled_from(["points", "paths", "rings"]))  # fmt: skip
def test_no_shape_however_odd_brings_it_down(value: object, name: str) -> None:
    assert as_geojson(json.dumps({name: value}), 3857)
