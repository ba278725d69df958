"""What a catalog's address leads to, in the shapes that real catalogs were seen to have."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from verticalfile.sources import ckan, dkan, opendatasoft
from verticalfile.sources.arcgis import arcgis_addresses, arcgis_hub
from verticalfile.sources.dcat import dcat_ap, dcat_us
from verticalfile.sources.kind import Offer
from verticalfile.sources.offers.judging import is_service
from verticalfile.sources.reading import language_of, mail_of, written

ITEM = "2ee77bbe2e9e4680a3637b8e35094030"
LAYER = "https://gis.example.gov/arcgis/rest/services/Parks/MapServer/15"
HUB = "https://city.hub.arcgis.com/datasets/city::parks"


def told(offers: Sequence[Offer]) -> list[tuple[str, str, str]]:
    return [(o.kind, o.location, str(o.role)) for o in offers]


def of_us(*distributions: dict[str, object]) -> list[tuple[str, str, str]]:
    record = {"identifier": "a", "title": "A", "distribution": list(distributions)}
    return told(dcat_us.SOURCE.entry(record, "").offers)


@pytest.mark.parametrize(
    ("url", "form", "is_one"),
    [
        ("https://x.example/wfs", "WFS", True),
        ("https://x.example/wms?service=WMS", "OGC WMS", True),
        ("https://x.example/wms?SERVICE=WMS&REQUEST=GetCapabilities", "", True),
        ("https://x.example/wfs?service=WFS&request=GetFeature&typename=a", "WFS", False),
        ("https://x.example/rest/services/Rain/ImageServer", "Esri REST", True),
        ("https://x.example/services/Parks/MapServer/WMSServer?request=GetCapabilities", "", True),
        ("https://x.example/parks.csv", "CSV", False),
        ("https://x.example/sparql", "SPARQL", True),
        ("https://storymaps.example/1", "ArcGIS GeoService", True),
    ],
)
def test_a_service_that_answers_questions_is_no_file(url: str, form: str, is_one: bool) -> None:
    assert is_service(url, form) is is_one


def test_of_a_layer_and_what_a_hub_makes_of_it_the_layer_is_taken_and_other_files_stay() -> None:
    """A catalog of a federal agency has a layer and, beside it, a file of its own."""
    made = f"https://hub.arcgis.com/api/v3/datasets/{ITEM}_15/downloads/data?format=csv"
    found = of_us(
        {"accessURL": LAYER, "mediaType": "application/json", "format": "ArcGIS GeoService"},
        {"accessURL": LAYER.replace("https:", "http:"), "mediaType": "application/json"},
        {"accessURL": made, "mediaType": "text/csv"},
        {"accessURL": f"{HUB}.csv?outSR=1", "mediaType": "text/csv"},
        {"accessURL": f"{LAYER[:-3]}/WMSServer?request=GetCapabilities", "mediaType": "text/xml"},
        {"downloadURL": "https://a.example/permits.csv", "mediaType": "text/csv"},
    )
    assert found == [
        ("arcgis", LAYER, "data"), ("url", "https://a.example/permits.csv", "data"),
    ]  # fmt: skip
    assert arcgis_addresses.item_of_download(made) == (ITEM, "15")


def test_documents_that_say_so_are_documentation_in_every_catalog() -> None:
    """A sample of DKAN lists a dictionary as one file among others."""
    found = of_us(
        {"downloadURL": "https://a.example/mva.zip", "format": "zip", "title": "MVA 2016"},
        {"downloadURL": "https://a.example/d.pdf", "format": "pdf", "title": "Data Dictionary"},
        {"downloadURL": "https://a.example/m.xml", "mediaType": "text/xml", "title": "Original Metadata"},
        {"downloadURL": "https://a.example/d.xlsx", "title": "Data Dictionary Data-Asthma",
         "mediaType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
        {"downloadURL": "https://a.example/report.pdf", "format": "pdf", "title": "Report"},
    )  # fmt: skip
    assert [role for _, _, role in found] == [
        "data", "documentation", "documentation", "documentation", "data",
    ]  # fmt: skip


@pytest.mark.parametrize("url", ["http://[bad", "http://x.example:99999999/a.csv", "javascript:1"])
def test_an_address_that_nobody_can_read_costs_no_other(url: str) -> None:
    """One such line of a stranger ended the whole list."""
    good = "https://a.example/a.csv"
    for both in ([url, good], [good, url]):
        of_two = [{"downloadURL": each, "accessURL": url, "mediaType": "text/csv"} for each in both]
        assert of_us(*of_two) == [("url", good, "data")]
        hub: dict[str, object] = {"identifier": url, "title": "A", "distribution": of_two}
        assert good in [o.location for o in arcgis_hub.SOURCE.entry(hub, "").offers]
        record: dict[str, object] = {
            "@id": url, "dcat:distribution": [{"dcat:downloadURL": each} for each in both]
        }  # fmt: skip
        assert told(dcat_ap.SOURCE.entry(record, "").offers) == [("url", good, "data")]
        package: dict[str, object] = {
            "id": "a", "resources": [{"id": each, "url": each, "format": "CSV"} for each in both]
        }  # fmt: skip
        assert told(ckan.SOURCE.entry(package, "https://b.example/").offers) == [
            ("url", good, "data")
        ]


def test_a_page_is_no_file_although_it_is_told_as_a_download() -> None:
    assert of_us({"downloadURL": HUB, "mediaType": "text/html"}) == []
    csv = {"downloadURL": "https://a.example/a.csv", "mediaType": "text/html"}
    assert of_us(csv) == [("url", "https://a.example/a.csv", "data")]  # types lie


def test_one_table_of_socrata_in_four_forms_is_one_offer_of_its_rows() -> None:
    rows = "https://data.ny.gov/api/views/22ew-dxez/rows."
    found = of_us(
        *({"downloadURL": f"{rows}{form}?accessType=DOWNLOAD", "mediaType": "text/csv"}
          for form in ("csv", "rdf", "json", "xml")),
    )  # fmt: skip
    assert found == [("socrata", "https://data.ny.gov/resource/22ew-dxez", "data")]


def test_an_old_feed_of_a_hub_in_rdf_has_its_layers_and_no_placeholders() -> None:
    """Hubs wrote `accessUrl`, and left templates where nobody had written anything."""
    record: dict[str, object] = {
        "@id": f"https://city.hub.arcgis.com/maps/{ITEM}_15", "dct:title": "Parks",
        "dct:description": "{{description}}", "dcat:landingPage": ["_:b0", "https://a.example/p"],
        "dcat:contactPoint": {"vcard:fn": "GIS", "vcard:hasEmail": "mailto:{{orgContactEmail}}"},
        "dct:language": "http://publications.europa.eu/resource/authority/language/ENG",
        "dcat:distribution": [
            {"dcat:accessUrl": HUB, "dct:format": "http://x.example/HTML"},
            {"dcat:accessUrl": LAYER, "dct:format": "http://x.example/JSON"},
            {"dcat:accessUrl": f"{HUB}.csv", "dct:format": "http://x.example/CSV"},
            {"dcat:accessUrl": f"{HUB}.zip", "dct:format": "http://x.example/ZIP"},
        ],
    }  # fmt: skip
    entry = dcat_ap.SOURCE.entry(record, "")
    assert told(entry.offers) == [("arcgis", LAYER, "data")]
    assert (entry.description, entry.contact, entry.language) == ("", "GIS", "en")
    assert entry.landing_page == "https://a.example/p"


def test_an_entry_with_its_references_is_read_as_one_without() -> None:
    """DKAN with `show-reference-ids`: a number and the data of each part."""
    file = {"title": "Drugs", "format": "csv", "downloadURL": "https://a.example/d.csv"}
    plain: dict[str, object] = {
        "identifier": "4eaa5ebe", "title": "Drugs", "publisher": {"name": "data.example.gov"},
        "keyword": ["drug"], "distribution": [file, {"title": "Stored"}],
    }  # fmt: skip
    kept = {
        **plain,
        "publisher": {"identifier": "4f3c", "data": plain["publisher"]},
        "keyword": [{"identifier": "7c58", "data": "drug"}],
        "distribution": [
            {"identifier": "d60b", "data": file},
            {"identifier": "d60c", "data": {"title": "Stored"}},
        ],
    }
    site = "https://data.example.gov/"
    assert dkan.SOURCE.entry(kept, site) == dkan.SOURCE.entry(plain, site)
    assert [offer.kind for offer in dkan.SOURCE.entry(kept, site).offers] == ["url", "dkan"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("fr", "fr"), ("fr-FR", "fr"), ("es_MX", "es"), ("SPA", "es"), ("", "en"), ("??", "en"),
        ("http://publications.europa.eu/resource/authority/language/DEU", "de"),
        ("lang:ITA", "it"), ("English", "en"),
    ],
)  # fmt: skip
def test_a_language_is_the_one_that_is_told(said: str, code: str) -> None:
    assert language_of(said) == code
    assert dcat_us.SOURCE.entry({"identifier": "a", "language": [said]}, "").language == code


def test_the_language_of_a_title_is_its_own() -> None:
    titles = [{"@value": "Parcs", "@language": "fr"}, {"@value": "Parken", "@language": "nl-BE"}]
    for title, code in zip(titles, ("fr", "nl"), strict=True):
        record = {"@id": "https://a.example/1", "dct:title": title, "dct:language": "eng"}
        assert dcat_ap.SOURCE.entry(record, "").language == code


@pytest.mark.parametrize(
    ("said", "mail"),
    [
        ("mailto: a@b.gov", "a@b.gov"), ("gis@b.gov?subject=Open Data", "gis@b.gov"),
        ("https://data.b.gov/gis%40b.gov", "gis@b.gov"), ("{{orgContactEmail}}", ""),
        ("http://how to contact us", ""), ("http://us: 1 Elm St or write to a@b.gov", "a@b.gov"),
        ("a@b.gov; c@d.gov", "a@b.gov; c@d.gov"), ("https://b.gov/contact", "https://b.gov/contact"),
    ],
)  # fmt: skip
def test_an_address_of_mail_is_taken_out_of_what_surrounds_it(said: str, mail: str) -> None:
    assert mail_of(said) == mail
    assert written(f" {said} ").strip() == ("" if said.startswith("{{") else said)


BESIDE = [
    ("/dataset/x/download/y.csv", "https://data.example.gov/dataset/x/download/y.csv"),
    ("//files.example.gov/y.csv", "https://files.example.gov/y.csv"),
    ("../y.csv", "https://data.example.gov/y.csv"),
    ("https://other.example/y.csv", "https://other.example/y.csv"),
]
NO_ADDRESS = ["ftp://x.example/y.csv", "javascript:alert(1)//y.csv", "file:///etc/passwd", "#y.csv",
              "www.example.gov/y.csv", "N/A", "see the clerk", "//[x/y.csv", "mailto:a@b.example"]  # fmt: skip


def of_kinds(url: str) -> dict[str, list[tuple[str, bool]]]:
    """What each kind takes where a file is said to be at this address, and whether it says that it
    resolved it."""
    home = "https://data.example.gov/open/"
    file = {"downloadURL": url, "mediaType": "text/csv"}
    records = {
        "ckan": (ckan.SOURCE, {"id": "a", "resources": [{"url": url, "format": "CSV"}]}),
        "dcat-us": (dcat_us.SOURCE, {"identifier": "a", "distribution": [file]}),
        "dkan": (dkan.SOURCE, {"identifier": "a", "distribution": [file]}),
        "arcgis-hub": (arcgis_hub.SOURCE, {"identifier": "a", "distribution": [file]}),
        "dcat-ap": (dcat_ap.SOURCE, {"@id": "a:b", "dcat:distribution": {
            "dcat:downloadURL": {"@value": url}, "dct:format": "CSV"}}),
        "opendatasoft": (opendatasoft.SOURCE, {"dataset_id": "a", "attachments": [{"url": url}]}),
    }  # fmt: skip
    return {
        name: [(o.location, o.was_resolved) for o in kind.entry(record, home).offers]
        for name, (kind, record) in records.items()
    }


@pytest.mark.parametrize(("url", "at"), BESIDE)
def test_an_address_without_a_host_is_one_of_the_portal_and_that_is_told(url: str, at: str) -> None:
    assert all(found == [(at, url != at)] for found in of_kinds(url).values())


@pytest.mark.parametrize("url", NO_ADDRESS)
def test_what_is_no_address_of_the_web_is_none_of_the_portal_either(url: str) -> None:
    assert not any(of_kinds(url).values())


def test_the_name_of_a_file_beside_a_document_is_taken_and_of_ckan_it_is_not_guessed() -> None:
    found = of_kinds("files/y.csv")
    assert found["dcat-us"] == [("https://data.example.gov/open/files/y.csv", True)]
    assert found["ckan"] == of_kinds("f/y.csv")["ckan"] == []
