"""Names and cells that try to be something else: SQL words, our own column names, a thousand, 3 MB."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.kernel.errors import InputRefused
from verticalfile.services import opening, querying
from verticalfile.services.archive import Archive, init
from verticalfile.services.collecting.collect import collect
from verticalfile.services.datasets import adding
from verticalfile.services.names import NotHeld
from verticalfile.services.through_time import comparing
from verticalfile.services.visiting.fetching import Fetching

TABLES = {
    "our own names": [["_rid", "_ord", "_dn", "_sha", "_kinds"], ["1", "2", "3", "4", "5"]],
    "words of SQL": [["select", "type", "from", "order", "c0001"], ["1", "a", "b", "c", "d"]],
    "quotes and line feeds": [['a"b', "c\nd", "e'f", "g,h", "--"], ["1", "2", "3", "4", "5"]],
    "empty and repeated": [["id", "", "", "id", "ID"], ["1", "2", "3", "4", "5"]],
    "a thousand": [[f"column {n}" for n in range(1000)], [str(n) for n in range(1000)]],
    "a cell of 3 MB": [["id", "text"], ["1", "x" * 3_000_000]],
    "emoji, combining, NUL": [["id", "é", "e\u0301", "🦆"], ["1", "a\x00b", "\u202e", "🦆"]],
}


def collected(root: Path, *bodies: bytes) -> Archive:
    clock = SetClock(datetime(2024, 1, 1, tzinfo=UTC))
    archive = init(root / "archive", clock=clock)
    file = root / "t.csv"
    for n, body in enumerate(bodies):
        file.write_bytes(body)
        if n == 0:
            adding.add(archive, str(file), name="t")
        clock.move_to(datetime(2024, 1, 2 + n, tzinfo=UTC))
        collect(archive, archive.index.resources(), fetching=Fetching(Rules()))
    return archive


def as_csv(rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


@pytest.mark.parametrize("what", TABLES)
def test_strange_tables_come_out_as_they_went_in(tmp_path: Path, what: str) -> None:
    head, row = TABLES[what]
    second = [*row[:-1], "changed"]
    archive = collected(tmp_path, as_csv([head, row]), as_csv([head, second]))
    found = opening.open_version(archive, "t", form=opening.Form.CSV)
    rows = list(csv.reader(io.StringIO(b"".join(found.chunks).decode(), newline="")))
    assert rows[1] == second
    assert len(set(rows[0])) == len(rows[0]) == len(head), "repeated names are made different"
    table = opening.arrow_at(archive, "t")
    assert list(table.to_pylist()[0].values()) == second
    changed = comparing.changes(archive, "t")
    assert len(changed.changes.added) + len(changed.changes.changed) == 1
    answer = querying.sql(archive, "SELECT count(*) FROM t", at="2024-01-02")
    assert list(answer.rows) == [(1,)]
    pq = b"".join(opening.open_version(archive, "t", form=opening.Form.PARQUET).chunks)
    assert pq[:4] == b"PAR1"


@pytest.mark.parametrize(
    "name", ["../../etc", "/etc/passwd", "CON.", "a b", "🦆", "a\x00b", "x" * 300, "-rf", "", "é"]
)
def test_a_name_never_becomes_a_path(tmp_path: Path, name: str) -> None:
    archive = init(tmp_path / "archive", clock=SetClock(datetime(2024, 1, 1, tzinfo=UTC)))
    (tmp_path / "t.csv").write_text("id\n1\n")
    if name:
        with pytest.raises(InputRefused):
            adding.add(archive, str(tmp_path / "t.csv"), name=name)
    with pytest.raises((NotHeld, InputRefused)):
        opening.open_version(archive, name)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["archive", "t.csv"]


def test_geojson_goes_out_as_geojson_with_numbers_as_published(tmp_path: Path) -> None:
    import json

    body = (
        b'{"type":"FeatureCollection","features":[{"type":"Feature","id":7,"geometry":{"type":"Point",'
        b'"coordinates":[1.50,2]},"properties":{"name":"rack","n":1.10,"x":null}}]}'
    )
    clock = SetClock(datetime(2024, 1, 1, tzinfo=UTC))
    archive = init(tmp_path / "archive", clock=clock)
    (tmp_path / "t.geojson").write_bytes(body)
    adding.add(archive, str(tmp_path / "t.geojson"), name="t")
    collect(archive, archive.index.resources(), fetching=Fetching(Rules()))
    out = b"".join(opening.open_version(archive, "t", form=opening.Form.GEOJSON).chunks)
    assert json.loads(out) == json.loads(body)
    assert b"1.10" in out
    assert b"1.50" in out


def taken(tmp_path: Path, name: str, body: bytes) -> Archive:
    archive = init(tmp_path / "archive", clock=SetClock(datetime(2024, 1, 1, tzinfo=UTC)))
    (tmp_path / name).write_bytes(body)
    adding.add(archive, str(tmp_path / name), name="t")
    collect(archive, archive.index.resources(), fetching=Fetching(Rules()))
    return archive


def test_geojson_keeps_the_reference_that_its_coordinates_are_in(tmp_path: Path) -> None:
    import json

    body = (
        b'{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":'
        b'"urn:ogc:def:crs:EPSG::2263"}},"features":[{"type":"Feature","geometry":'
        b'{"type":"Point","coordinates":[980000,199000]},"properties":{"name":"rack"}},'
        b'{"type":"Feature","geometry":null,"properties":{"name":"lost"}}]}'
    )
    archive = taken(tmp_path, "t.geojson", body)
    out = b"".join(opening.open_version(archive, "t", form=opening.Form.GEOJSON).chunks)
    assert json.loads(out) == json.loads(body)


def test_it_is_said_that_lines_above_a_table_are_in_the_original_alone(tmp_path: Path) -> None:
    body = b"Permits by ward\n\nward,permits\n1,20\n2,31\n"
    archive = taken(tmp_path, "t.csv", body)
    opened = opening.open_version(archive, "t")
    assert b"".join(opened.chunks) == b"ward,permits\r\n1,20\r\n2,31\r\n"
    assert "1 line above the table stands in the original alone" in opening.told_about(opened, UTC)
    original = opening.open_version(archive, "t", form=opening.Form.ORIGINAL)
    assert b"".join(original.chunks) == body
    assert "above" not in opening.told_about(original, UTC)


def test_an_answer_of_arcgis_goes_out_as_geojson_in_degrees(tmp_path: Path) -> None:
    import json

    body = (
        b'{"geometryType":"esriGeometryPoint","spatialReference":{"wkid":102100},"features":'
        b'[{"attributes":{"id":1},"geometry":{"x":0,"y":0}}]}'
    )
    archive = taken(tmp_path, "t.json", body)
    out = b"".join(opening.open_version(archive, "t", form=opening.Form.GEOJSON).chunks)
    (feature,) = json.loads(out)["features"]
    assert feature["properties"] == {"id": 1}
    assert feature["geometry"]["coordinates"] == pytest.approx([0, 0], abs=1e-9)
    assert "crs" not in json.loads(out)
