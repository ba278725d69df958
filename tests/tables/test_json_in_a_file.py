"""JSON in a file, read in steps: the same as the same JSON in memory, whatever the steps."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verticalfile.tables.read.json_file import read_json_file
from verticalfile.tables.read.json_text import read_json
from verticalfile.tables.reading import Known, Reading

NAMES = st.sampled_from(["a", "b", "name", "geometry", "properties", "id", "type", "ü"])
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
RECORDS = st.lists(st.dictionaries(NAMES, VALUES, max_size=4), max_size=5)
DOCUMENTS = st.one_of(
    RECORDS,
    VALUES,
    st.dictionaries(st.sampled_from(["dataset", "x", "type"]), RECORDS | VALUES, max_size=3),
    st.dictionaries(
        st.sampled_from(["data", "data.a", "type"]),
        st.dictionaries(st.sampled_from(["a", "b"]), RECORDS | VALUES, max_size=2) | RECORDS,
        max_size=3,
    ),
    st.dictionaries(st.text(max_size=3), st.dictionaries(NAMES, VALUES, max_size=3), max_size=5),
    st.dictionaries(st.text(max_size=3), RECORDS, max_size=3),
    st.tuples(st.integers(19, 23), RECORDS).map(lambda n: {str(k): n[1] for k in range(n[0])}),
    RECORDS.map(lambda found: {"type": "FeatureCollection", "features": found}),
    st.tuples(st.lists(st.lists(SCALARS, min_size=1, max_size=2), max_size=4), VALUES).map(
        lambda n: {
            "data": n[0],
            "other": n[1],
            "meta": {"view": {"columns": [{"name": "a"}, {"name": "a", "fieldName": ":a"}]}},
        }
    ),
    st.lists(st.lists(SCALARS, min_size=2, max_size=2), max_size=4).map(
        lambda n: [["a", "name"], *n]
    ),
    st.tuples(RECORDS, VALUES).map(
        lambda n: {
            "spatialReference": n[1],
            "features": [{"attributes": r, "geometry": n[1]} for r in n[0]],
        }
    ),
    st.tuples(RECORDS, VALUES).map(
        lambda n: {"type": "FeatureCollection", "crs": n[1], "features": n[0]}
    ),
)


def both(body: bytes, step_bytes: int, known: Known = Known()) -> tuple[Reading, Reading]:  # noqa: B008  # frozen
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "document.json"
        path.write_bytes(body)
        into = Path(folder) / "rows"
        into.mkdir()
        in_steps = read_json_file(path, known=known, into=into, step_bytes=step_bytes)
        same = [(t.name, t.columns, t.stored.whole()) for t in in_steps.tables if t.stored]
        whole = read_json(body, known=known)
        assert same == [(t.name, t.columns, t.rows) for t in whole.tables]
        return in_steps, whole


@settings(max_examples=60)
@given(
    document=DOCUMENTS,
    indent=st.sampled_from([None, 1]),
    step_bytes=st.integers(1, 40),
    bom=st.booleans(),
    known=st.sampled_from(
        [
            Known(),
            Known("json", {"data.a": frozenset("x")}),
            Known("json", {"data": frozenset("x")}),
            Known("json", {"": frozenset({"#key", "name"})}),
        ]
    ),
)
def test_a_document_read_in_steps_gives_the_same_tables(
    document: object, indent: int | None, step_bytes: int, bom: bool, known: Known
) -> None:
    text = json.dumps(document, ensure_ascii=False, indent=indent)
    body = (b"\xef\xbb\xbf" if bom else b"") + text.encode("utf-8", "replace")
    in_steps, whole = both(body, step_bytes, known)
    assert (in_steps.format, in_steps.reason) == (whole.format, whole.reason)
    assert (in_steps.facts, in_steps.repairs) == (whole.facts, whole.repairs)


def test_a_list_one_level_down_is_a_table_where_none_stands_at_the_top() -> None:
    feed = b'{"ttl": 60, "errors": [], "data": {"stations": [{"id": "1"}, {"id": "2"}], "n": 2}}'
    _, whole = both(feed, 7)
    assert [(t.name, t.columns, t.count) for t in whole.tables] == [("data.stations", ("id",), 2)]
    known = Known("json", {"data.stations": frozenset({"id"})})
    for body in (b'{"data": {"stations": []}}', b'{"notes": [{"a": 1}], "data": {"stations": []}}'):
        _, whole = both(body, 7, known)
        assert {t.name: t.count for t in whole.tables}["data.stations"] == 0
    _, whole = both(b'{"error": {"details": [{"reason": "x"}]}}', 7, known)
    assert whole.reason == "wrong_shape"
    _, whole = both(b'{"a": [{"id": 1}], "data": {"stations": [{"id": 1}]}}', 7)
    assert [t.name for t in whole.tables] == ["a"]


def test_objects_under_their_keys_are_rows() -> None:
    by_key = b'{"FL": {"name": "Florida", "out": 3}, "GA": {"name": "Georgia"}, "AL": {"name": ""}}'
    _, whole = both(by_key, 7)
    (table,) = whole.tables
    assert (table.name, table.columns, table.count) == ("", ("#key", "name", "out"), 3)
    assert table.rows.column("c0").to_pylist() == ["FL", "GA", "AL"]
    known = Known("json", {"": frozenset(table.columns)})
    for body, rows in ((b'{"FL": {"name": "Florida"}}', 1), (b"{}", 0), (b"[]", 0)):
        _, whole = both(body, 7, known)
        assert [t.count for t in whole.tables] == [rows], body
    for other in (b'{"error": {"code": 503}}', b'{"FL": {"name": "x"}, "total": 1}'):
        _, whole = both(other, 7, known)
        assert whole.reason == "wrong_shape", other
    parts = (
        b'{"a": {"of": 1, "data": [{"x": 1}]}, "b": {"of": 2, "data": [{"x": 2}]}, "c": {"of": 3}}'
    )
    _, whole = both(parts, 7)
    assert [t.name for t in whole.tables] == ["a.data", "b.data"], "parts of a page"
    for odd in (
        b'{"meta": {"a": 1}, "links": {"b": 2}, "data": {"c": 3}}',
        b'{"a": {}, "b": {}, "c": {}}',
    ):
        _, whole = both(odd, 7)
        assert whole.reason == "wrong_shape", odd


ESRI = (
    b'{"objectIdFieldName": "OBJECTID", "geometryType": "esriGeometryPoint",'
    b' "spatialReference": {"wkid": 102100, "latestWkid": 3857},'
    b' "fields": [{"name": "OBJECTID"}, {"name": "OUT"}], "features": ['
    b'{"attributes": {"OBJECTID": 1, "OUT": 3.10}, "geometry": {"x": 1, "y": 2}},'
    b'{"geometry": {"x": 3, "y": 4}, "attributes": {"OBJECTID": 2, "OUT": null}}]}'
)


def test_features_of_an_answer_of_arcgis_are_rows_of_their_attributes() -> None:
    _, whole = both(ESRI, 7)
    (table,) = whole.tables
    assert (table.name, table.columns, table.count) == (
        "features",
        ("OBJECTID", "OUT", "geometry"),
        2,
    )
    assert table.rows.to_pylist()[0] == {
        "c0": "1", "c1": "3.10", "c2": '{"x":1,"y":2}', "_kinds": "nnj"
    }  # fmt: skip
    assert whole.facts == {"spatial_reference": '{"latestWkid":3857,"wkid":102100}'}
    none = ESRI[: ESRI.index(b'[{"attributes')] + b"[]}"
    _, empty = both(none, 7)
    assert [(t.name, t.count) for t in empty.tables] == [("features", 0)]
    described = (
        b'{"features": [], "fields": [{"name": "id"}], "attachments": []}'  # of Opendatasoft
    )
    _, fields = both(described, 7)
    assert [t.name for t in fields.tables] == ["fields"]
    other = b'{"features": [{"attributes": {"a": 1}, "id": 7}]}'
    _, plain = both(other, 7)
    assert plain.tables[0].columns == ("attributes", "id")


def test_words_for_numbers_that_json_does_not_have_are_read_as_text_and_it_is_said() -> None:
    _, whole = both(b'[{"id": 1, "rate": NaN}, {"id": 2, "rate": [-Infinity, 1.50]}]', 5)
    assert whole.reason is None
    rows = whole.tables[0].rows.to_pylist()
    assert [row["c1"] for row in rows] == ["NaN", '["-Infinity",1.50]']
    assert [row["_kinds"] for row in rows] == ["ns", "nj"]
    assert len(whole.repairs) == 1
    assert "NaN" in whole.repairs[0]
    _, broken = both(b'[{"id": 1, "rate": NaN}, {"id": 2, "rate": nan}]', 5)
    assert broken.reason == "bad_json"


COUNTIES = b'[["NAME","pop","state"],["Autauga","58761","01"],["Baldwin","233420","01"]]'


def test_lists_below_a_list_of_names_are_rows() -> None:
    _, whole = both(COUNTIES, 5)
    (table,) = whole.tables
    assert (table.name, table.columns, table.count) == ("", ("NAME", "pop", "state"), 2)
    assert table.rows.to_pylist()[1] == {
        "c0": "Baldwin", "c1": "233420", "c2": "01", "_kinds": "sss"
    }  # fmt: skip
    known = Known("json", {"": frozenset({"NAME"})}, {"": ("NAME",)})
    _, words = both(b'[["NAME","kind"],["Autauga","rural"]]', 5, known)
    assert words.tables[0].columns == ("NAME", "kind")


@pytest.mark.parametrize(
    "body",
    [b'[["NAME","kind"],["Autauga","rural"]]', b"[[1,2],[3,4]]", b'[["a","b"]]', b"[[],[]]",
     b'[["a","a"],[1,2]]', b'[["a","b"],[1,2],[3]]', b'[["a","b"],[1,2],{"a":1}]'],
)  # fmt: skip
def test_lists_that_nothing_names_are_no_table(body: bytes) -> None:
    _, whole = both(body, 5)
    assert whole.reason == "wrong_shape"


def test_lists_of_an_export_of_socrata_are_rows_under_the_names_that_it_tells() -> None:
    columns = [
        {"name": "id", "fieldName": ":id"},
        {"name": "Ward"},
        {"name": "Ward", "fieldName": "w2"},
    ]
    export = {"meta": {"view": {"columns": columns}}, "data": [["r1", "1", None], ["r2", "2", [3]]]}
    _, whole = both(json.dumps(export).encode(), 7)
    (table,) = whole.tables
    assert (table.name, table.columns, table.count) == ("data", (":id", "Ward", "Ward#2"), 2)
    assert table.rows.to_pylist()[1] == {"c0": "r2", "c1": "2", "c2": "[3]", "_kinds": "ssj"}
    for odd in (
        export | {"data": [["r1", "1"]]}, export | {"data": [["r1", "1", "2"], {}]},
        {"data": [["r1"]]}, {"meta": {"view": {"columns": [7]}}, "data": [["r1"]]},
        {"meta": [1], "data": [[1]]}, export | {"data": {"a": 1}},
    ):  # fmt: skip
        _, other = both(json.dumps(odd).encode(), 7)
        assert other.reason == "wrong_shape"
    _, none = both(json.dumps(export | {"data": []}).encode(), 7)
    assert [(t.name, t.columns, t.count) for t in none.tables] == [
        ("data", (":id", "Ward", "Ward#2"), 0)
    ]


def days(count: int) -> dict[str, list[dict[str, object]]]:
    """A list of records for each day, as feeds of a year have them."""
    return {f"2024-01-{day:02}": [{"ward": "1", "n": day}, {"ward": "2"}] for day in range(count)}


def test_many_lists_under_their_keys_are_one_table() -> None:
    body = json.dumps(days(30) | {"2024-02-01": []}).encode()
    _, whole = both(body, 7)
    (table,) = whole.tables
    assert (table.name, table.columns, table.count) == ("", ("#key", "ward", "n"), 60)
    rows = table.rows.to_pylist()
    assert rows[3] == {"c0": "2024-01-01", "c1": "2", "c2": None, "_kinds": "ssm"}


def test_a_page_of_some_lists_has_a_table_for_each() -> None:
    _, whole = both(json.dumps(days(20)).encode(), 7)
    assert len(whole.tables) == 20


def test_lists_under_their_keys_stay_what_they_were() -> None:
    one = Known("json", {"": frozenset({"#key", "ward", "n"})}, {"": ("#key", "ward", "n")})
    _, whole = both(json.dumps(days(2)).encode(), 7, one)
    assert [table.columns for table in whole.tables] == [("#key", "ward", "n")]
    each = Known("json", {name: frozenset({"ward", "n"}) for name in days(21)})
    _, whole = both(json.dumps(days(30)).encode(), 7, each)
    assert len(whole.tables) == 30


def test_a_few_lists_that_become_many_become_one_table() -> None:
    few = Known("json", {name: frozenset({"ward", "n"}) for name in days(20)})
    _, whole = both(json.dumps(days(21)).encode(), 7, few)
    assert [table.columns for table in whole.tables] == [("#key", "ward", "n")]
    other = Known("json", {"wards": frozenset({"ward", "n"})})
    _, refused = both(json.dumps(days(21)).encode(), 7, other)
    assert refused.reason == "wrong_shape"


def test_of_two_members_that_hold_lists_the_last_counts() -> None:
    body = b'{"d": {"a": [{"x": 1}]}, "e": {"a": [{"x": 2}]}, "d": {"b": [{"x": 3}]}}'
    in_steps, _ = both(body, 7)
    assert [t.name for t in in_steps.tables] == ["d.b", "e.a"]
    in_steps, _ = both(b'{"d": {"a": [{"x": 1}]}, "d": 7, "e": {"a": [{"x": 2}]}}', 7)
    assert [t.name for t in in_steps.tables] == ["e.a"]


def test_a_member_after_the_list_takes_nothing_from_it() -> None:
    in_steps, _ = both(b'{"dataset": [{"a": null, "b": 1}], "total": 1, "next": null}', 7)
    [table] = in_steps.tables
    assert table.columns == ("a", "b")


@settings(max_examples=60)
@given(
    document=DOCUMENTS,
    at=st.integers(0, 60),
    put=st.sampled_from(['"', ",", "}", "]", "NaN", "x", ""]),
)
def test_what_is_no_json_is_none_in_steps(document: object, at: int, put: str) -> None:
    text = json.dumps(document)
    broken = (text[:at] + put + text[at + 1 :]).encode()
    in_steps, whole = both(broken, 7)
    assert (in_steps.format, in_steps.reason) == (whole.format, whole.reason)


@pytest.mark.parametrize("token", ["1.10", "1e5", "1E+05", "-0", "12345678901234567890.10"])
def test_number_tokens_stay_as_published_wherever_a_step_ends(token: str) -> None:
    for step_bytes in range(1, 12):
        in_steps, _ = both(f'{{"dataset":[{{"n":{token}}},{{"n":{token}}}]}}'.encode(), step_bytes)
        (table,) = in_steps.tables
        assert table.rows.column("c0").to_pylist() == [token, token]


def test_lines_are_read_in_steps_too() -> None:
    both(b'{"a":1}\n{"b":"x"}\n\n{"a":null,"c":[1,2]}\n', 3)
    both(b'{"a":1}\n[1]\n', 3)
    both(b'{"a":1}\n{"a":', 3)


def test_of_two_members_with_one_name_the_last_counts() -> None:
    for body in (
        b'{"x":[{"a":1}],"x":[{"b":2}]}', b'{"x":[{"a":1}],"x":3}', b'{"x":3,"x":[{"a":1}]}',
        b'{"x":[{"a":1}],"y":[{"c":1}],"x":[{"b":2},{"a":"z"}]}',
    ):  # fmt: skip
        both(body, 5)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"dataset": [\n {"a": 1},\n {"a": 2},\n]}', "line 4 column 1"),
        (b'{"dataset": [\n {"a": 1}\n {"a": 2}\n]}', "line 3 column 2"),
        (b'{"a": [{"b": 1}]\n', "line 2 column 1"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_column(body: bytes, place: str) -> None:
    for step_bytes in (1, 5, 1000):
        in_steps, _ = both(body, step_bytes)
        assert place in in_steps.detail
