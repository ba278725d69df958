"""What identifies an entry, from records of any quality."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verticalfile.sources.identity import (
    canonical,
    entry_of_ckan,
    entry_of_dcat,
    entry_of_ods,
    entry_of_socrata,
    evidence_of,
    folded,
    service_of,
    text_of,
)

ITEM = "4883b7f638d9497cbdf09f836f3f96b8"
UUID = "0a1b2c3d-0000-4000-8000-00000000abcd"


@pytest.mark.parametrize(
    "identifier",
    [
        f"http://www.mcgis.org/datasets/{ITEM}_7",
        f"https://www.mcgis.org/datasets/{ITEM}_7",
        f"https://WWW.mcgis.org/maps/{ITEM}_7/",
        f"https://www.arcgis.com/home/item.html?id={ITEM}&sublayer=7",
        f"{ITEM.upper()}_7",
    ],
)
def test_an_arcgis_layer_is_known_in_each_generation_that_names_it(identifier: str):
    assert evidence_of(identifier).platform == f"arcgis {ITEM} 7"


def test_the_three_spellings_of_a_hub_address_fold_into_one():
    spellings = [
        "http://Data.Indy.gov/datasets/IndyGIS::Trees",
        "https://data.indy.gov/maps/IndyGIS::Trees",
        "https://data.indy.gov/datasets/IndyGIS::Trees/",
    ]
    assert {folded(each) for each in spellings} == {"data.indy.gov/IndyGIS::Trees"}
    assert folded("HTTPS://a.gov/x?id=1") != folded("https://a.gov/x?id=2")
    assert folded("urn:x:Datasets/1") == "urn:x:Datasets/1"


def test_an_item_without_its_layer_is_no_platform_id_of_one_thing():
    assert evidence_of(f"https://a.gov/datasets/{ITEM}").platform == ""


def test_an_id_inside_a_longer_path_is_not_taken_for_the_dataset_s():
    assert evidence_of(f"https://a.gov/org/{UUID}/dataset/trees").ckan == ""
    assert evidence_of(f"https://a.gov/{ITEM}/trees").item == ""
    assert evidence_of(f"https://a.gov/dataset/{UUID.upper()}").ckan == UUID


def test_socrata_ids_have_no_0_1_l_or_o():
    assert evidence_of("https://data.nola.gov/api/views/nbcf-m6c2").socrata == "nbcf-m6c2"
    assert evidence_of("nbcf-m6c2:7").socrata == "nbcf-m6c2"
    assert evidence_of("https://data.nola.gov/road-work").socrata == ""
    assert evidence_of("https://data.nola.gov/open-data").socrata == ""


def test_a_service_is_host_and_path_with_its_layer_in_lower_case():
    assert service_of("https://G.gov/arcgis/rest/services/A/FeatureServer/3?f=json") == (
        "g.gov/arcgis/rest/services/a/featureserver/3"
    )
    assert service_of("https://g.gov/a/MapServer/WMSServer?service=WMS") == ""
    assert service_of("not an address") == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (300.21, "300.21"),
        (2017, "2017"),
        (None, ""),
        (True, ""),
        ("{{default.description}}", ""),
        ({"@id": "urn:7"}, "urn:7"),
        ({"@value": "Bäume", "@language": "de"}, "Bäume"),
        ([None, "first"], "first"),
        ([[["deep"]]], ""),
        ({}, ""),
    ],
)
def test_text_is_taken_from_whatever_stands_where_text_belongs(value: object, text: str):
    assert text_of(value) == text


def test_the_order_of_keys_and_a_tick_of_modified_are_told_from_a_change():
    one = {"identifier": "x", "title": "Trees", "modified": "2026-01-01"}
    shuffled = dict(reversed(one.items()))
    assert entry_of_dcat(one) == entry_of_dcat(shuffled)
    ticked = entry_of_dcat(one | {"modified": "2026-01-02"})
    assert ticked.digest != entry_of_dcat(one).digest
    assert ticked.steady_digest == entry_of_dcat(one).steady_digest
    assert entry_of_dcat(one | {"title": "Elms"}).steady_digest != ticked.steady_digest


def test_ckan_goes_by_its_id_and_a_renamed_package_is_the_same():
    package = {"id": UUID, "name": "trees", "title": "Trees", "metadata_modified": "2026-01-01"}
    one, other = entry_of_ckan(package), entry_of_ckan(package | {"name": "urban-trees"})
    assert one.evidence.platform == other.evidence.platform == f"ckan {UUID}"
    saved = entry_of_ckan(package | {"metadata_modified": "2026-02-02"})
    assert saved.steady_digest == one.steady_digest
    assert saved.digest != one.digest


def test_socrata_s_counters_are_no_change_of_the_record():
    result = {"resource": {"id": "nbcf-m6c2", "name": "Trees", "page_views": {"n": 1}}, "link": "l"}
    more = json.loads(json.dumps(result))
    more["resource"]["page_views"] = {"n": 2}
    assert entry_of_socrata(result).steady_digest == entry_of_socrata(more).steady_digest
    assert entry_of_socrata(result).evidence.title == "Trees"
    more["link"] = "other"
    assert entry_of_socrata(result).steady_digest != entry_of_socrata(more).steady_digest
    assert entry_of_socrata({"id": "nbcf-m6c2"}).evidence.socrata == "nbcf-m6c2"


def test_opendatasoft_goes_by_its_uid_and_not_by_the_slug():
    dataset = {"dataset_id": "trees", "dataset_uid": "da_7", "metas": {"default": {"title": "T"}}}
    assert entry_of_ods(dataset).evidence.identifier == "da_7"
    processed = dataset | {"metas": {"default": {"title": "T", "data_processed": "2026-01-01"}}}
    assert entry_of_ods(processed).steady_digest == entry_of_ods(dataset).steady_digest


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
names = st.sampled_from(
    [
        "resources",
        "resource",
        "metas",
        "identifier",
        "@id",
        "title",
        "publisher",
        "issued",
        "distribution",
        "modified",
        "id",
        "name",
    ]
)


@given(record=st.dictionaries(names, json_values))
def test_no_record_is_so_odd_that_it_stops_a_listing(record: dict[str, object]):
    for entry_of in (entry_of_dcat, entry_of_ckan, entry_of_socrata, entry_of_ods):
        entry = entry_of(record)
        assert len(entry.digest) == len(entry.steady_digest) == 64
        assert isinstance(entry.evidence.title, str)
    assert canonical(record) == canonical(dict(reversed(record.items())))
