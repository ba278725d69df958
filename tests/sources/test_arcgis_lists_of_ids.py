"""ArcGIS layers that understand no ranges of ids, and how a page of rows is looked at quickly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_arcgis import fetched, oids, town
from visiting import visiting

from verticalfile.fetch.errors import AnswerRefused, Blocked, CutShort, FetchError, NotFound
from verticalfile.sources.arcgis import arcgis_layer
from verticalfile.sources.arcgis.arcgis import SOURCE
from verticalfile.sources.arcgis.arcgis_answers import judged
from verticalfile.sources.arcgis.arcgis_layer import (
    Rows,
    exact,
    ids_in,
    layer_of,
    plain_ids,
    rows_in,
)
from verticalfile.sources.visit import Page
from verticalfile.town.portals.arcgis import ArcGisSite
from verticalfile.town.portals.serving import Answer, Fault, Request, page_instead, status


def rows_asked(asked: list[Request]) -> list[tuple[str, int]]:
    """How rows were asked for, and for how many of them by their ids."""
    queries = [request for request in asked if "outFields" in request.query]
    return [(r.method, len(r.query["objectIds"].split(",")))
            for r in queries if "objectIds" in r.query]  # fmt: skip


def without_ranges(rows: int, **told: object) -> ArcGisSite:
    site, layer = town(rows=rows)
    layer.knows_ranges = False
    for name, value in told.items():
        setattr(layer, name, value)
    return site


def test_long_lists_of_ids_go_by_form(tmp_path: Path) -> None:
    site = without_ranges(2_450, rows_max=2_000, told_max=2_000, first_id=410_102_100_014, step=37)
    with visiting(site, scratch=tmp_path) as (server, visit):
        taken = SOURCE.fetch(visit, site.url(server.home, "Building_Permits"), tmp_path)
    assert taken.completeness.proved
    assert taken.completeness.method == "rows by object ids"
    assert len(oids(taken)) == 2_450
    assert rows_asked(server.asked) == [("POST", 1_000), ("POST", 1_000), ("POST", 450)]


@pytest.mark.parametrize("code", [400, 403, 404, 405, 411, 500, 501])
def test_who_takes_no_forms_is_asked_by_short_addresses(tmp_path: Path, code: int) -> None:
    site = without_ranges(450)

    def refused(request: Request, answer: Answer) -> Answer:
        return status(code)(request, answer) if request.method == "POST" else answer

    with visiting(site, scratch=tmp_path) as (server, visit):
        server.faults.append(Fault("/query", refused))
        taken = SOURCE.fetch(visit, site.url(server.home, "Building_Permits"), tmp_path)
    assert taken.completeness.proved
    assert len(oids(taken)) == 450
    by = rows_asked(server.asked)
    forms = [each for each in by if each[0] == "POST"]
    assert set(forms) == {("POST", 450)}
    assert len(forms) == (3 if code == 500 else 1)  # what may pass is tried again
    assert by[len(forms) :] == [*[("GET", 100)] * 4, ("GET", 50)]


def test_a_page_for_people_in_answer_to_a_form_is_no_row(tmp_path: Path) -> None:
    site = without_ranges(120)

    def page(request: Request, answer: Answer) -> Answer:
        found = page_instead(b"<!doctype html><title>Query</title><form></form>")
        return found(request, answer) if request.method == "POST" else answer

    with visiting(site, scratch=tmp_path) as (server, visit):
        server.faults.append(Fault("/query", page))
        taken = SOURCE.fetch(visit, site.url(server.home, "Building_Permits"), tmp_path)
    assert taken.completeness.proved
    assert len(oids(taken)) == 120


def test_a_form_that_is_answered_with_no_rows_is_found_out(tmp_path: Path) -> None:
    site = without_ranges(120)

    def nothing(request: Request, answer: Answer) -> Answer:
        return Answer(b'{"features": []}') if request.method == "POST" else answer

    with visiting(site, scratch=tmp_path) as (server, visit):
        server.faults.append(Fault("/query", nothing))
        taken = SOURCE.fetch(visit, site.url(server.home, "Building_Permits"), tmp_path)
    assert taken.completeness.proved
    assert len(oids(taken)) == 120


def test_a_form_that_is_answered_and_not_read_is_found_out(tmp_path: Path) -> None:
    """A proxy that drops the body: the first page comes, whatever was asked for."""
    site = without_ranges(2_300)

    def dropped(request: Request, answer: Answer) -> Answer:
        if request.method != "POST":
            return answer
        query = {"where": "1=1", "outFields": "*", "f": "json"}
        found = site.answer(Request("GET", request.path, query, request.headers))
        assert found is not None
        return found

    with visiting(site, scratch=tmp_path) as (server, visit):
        server.faults.append(Fault("/query", dropped, after=0))
        taken = SOURCE.fetch(visit, site.url(server.home, "Building_Permits"), tmp_path)
    assert taken.completeness.proved
    assert oids(taken) == list(range(1, 2_301))
    assert dict.fromkeys(method for method, _ in rows_asked(server.asked)) == {
        "POST": None, "GET": None,
    }  # fmt: skip


def test_addresses_that_are_too_long_become_shorter(tmp_path: Path) -> None:
    site = without_ranges(
        230, takes_forms=False, address_max=600, first_id=410_102_100_014, step=37
    )
    with visiting(site, scratch=tmp_path) as (server, visit):
        taken = SOURCE.fetch(visit, site.url(server.home, "Building_Permits"), tmp_path)
    assert taken.completeness.proved
    assert len(oids(taken)) == 230
    assert [n for method, n in rows_asked(server.asked) if method == "GET"][:4] == [100, 50, 25, 25]
    naive = {
        "objectIds": ",".join(map(str, range(410_102_100_014, 410_102_100_014 + 230 * 37, 37)))
    }
    path = "/arcgis/rest/services/Building_Permits/FeatureServer/0/query"
    answer = site.answer(Request("GET", path, naive | {"f": "json"}, {}))  # all ids in one address
    assert answer is not None
    assert answer.status == 404


def test_what_is_not_there_at_all_ends_the_walk_soon(tmp_path: Path) -> None:
    site = without_ranges(2_300)

    def gone(request: Request, answer: Answer) -> Answer:
        return status(404)(request, answer) if "objectIds" in request.query else answer

    with visiting(site, scratch=tmp_path) as (server, visit):
        server.faults.append(Fault("/query", gone))
        with pytest.raises(NotFound):
            SOURCE.fetch(visit, site.url(server.home, "Building_Permits"), tmp_path)
        assert visit.requests < 10


@pytest.mark.parametrize(
    "body",
    [
        b"<html><head><title>Request Rejected</title></head></html>",
        b'{"error": {"code": 499, "message": "Token Required"}}',
    ],
)
def test_a_firewall_or_a_token_is_no_reason_to_ask_in_another_way(
    tmp_path: Path, body: bytes
) -> None:
    site = without_ranges(50)

    def closed(request: Request, answer: Answer) -> Answer:
        return page_instead(body)(request, answer) if request.method == "POST" else answer

    with visiting(site, scratch=tmp_path) as (server, visit):
        server.faults.append(Fault("/query", closed))
        with pytest.raises(Blocked):
            SOURCE.fetch(visit, site.url(server.home, "Building_Permits"), tmp_path)
    assert [method for method, _ in rows_asked(server.asked)] == ["POST"]


def test_trap_42_and_43_hold_for_lists_of_ids_too(tmp_path: Path) -> None:
    (tmp_path / "repeated").mkdir()
    with pytest.raises(CutShort, match="2,600 rows came where 100 were counted"):
        fetched(without_ranges(100, repeats=26), tmp_path / "repeated")
    broken = without_ranges(600, fails_at=frozenset({77}))
    taken = fetched(broken, tmp_path)
    assert taken.completeness.why_not.endswith("ids 77")
    assert len(oids(taken)) == 599


LAYER = layer_of(
    "https://example.org/FeatureServer/0",
    {"fields": [{"name": "OID", "type": "esriFieldTypeOID"}], "name": "Roads"},
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=2) | st.dictionaries(st.text(max_size=4), inside, max_size=2),
    max_leaves=5,
)  # fmt: skip
FEATURES = st.fixed_dictionaries(
    {},
    optional={"attributes": st.fixed_dictionaries({}, optional={"OID": st.integers() | JSON, "x": JSON})},
)  # fmt: skip
ANSWERS = st.fixed_dictionaries(
    {"features": st.lists(FEATURES, max_size=3)},
    optional={
        "exceededTransferLimit": st.booleans() | JSON, "error": JSON, "status": JSON | st.just("error"),
        "properties": st.just({"exceededTransferLimit": True}) | JSON, "more": JSON,
    },
)  # fmt: skip


def outcome(page: Page) -> Rows | type[FetchError]:
    try:
        return rows_in(page, LAYER)
    except FetchError as error:
        return type(error)


@given(ANSWERS | JSON, st.binary(max_size=2), st.booleans())
def test_the_quick_look_at_a_page_finds_what_reading_it_in_full_finds(
    answer: object, after: bytes, is_ascii: bool
) -> None:
    body = json.dumps(answer, ensure_ascii=is_ascii).encode("utf-8", "surrogatepass") + after
    page = Page(body, "application/json", {"final_url": "https://example.org"})
    quick = outcome(page)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arcgis_layer, "_plain_rows", lambda *_: None)
        assert outcome(page) == quick


@given(st.fixed_dictionaries(
    {}, optional={"objectIds": st.lists(st.integers() | st.floats(), max_size=4) | JSON, "error": JSON, "status": JSON},
))  # fmt: skip
def test_ids_that_are_read_quickly_are_those_that_stand_there(answer: dict[str, object]) -> None:
    page = Page(
        json.dumps(answer).encode(), "application/json", {"final_url": "https://example.org"}
    )
    quick = plain_ids(page)
    if quick is not None:
        assert quick == ids_in(judged(exact(page), page.final_url, {}))


def test_a_usual_page_is_looked_at_quickly_and_an_unusual_one_in_full() -> None:
    def of(text: bytes) -> Page:
        return Page(text, "application/json", {"final_url": "https://example.org"})

    usual = of(b'{"features": [{"attributes": {"n": "a", "OID": 7}, "geometry": {"x": 1.5}}]}')
    assert plain_ids(of(b'{"objectIdFieldName": "OID", "objectIds": [3, 41]}')) == [3, 41]
    assert plain_ids(of(b'{"objectIds": [3.0, 41]}')) is None
    assert arcgis_layer._plain_rows(usual, "OID") == Rows([7], 1, has_more=False)
    for text in (b'{"features": [{"attributes": {"OID": 7.0}}]}', b"\xef\xbb\xbf" + usual.body):
        assert arcgis_layer._plain_rows(of(text), "OID") is None
        assert rows_in(of(text), LAYER) == Rows([7], 1, has_more=False)
    with pytest.raises(AnswerRefused, match="not JSON"):
        rows_in(of(usual.body[:-1]), LAYER)
    with pytest.raises(AnswerRefused, match="not JSON"):
        rows_in(of(usual.body.replace(b'"a"', b'"\xff"')), LAYER)
