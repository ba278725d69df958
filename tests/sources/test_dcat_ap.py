"""DCAT-AP: catalogs in RDF, their pages, and the traps that are theirs."""

from __future__ import annotations

import contextlib
import json
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
import rdflib
from visiting import pages_of, rows_of, visiting

import hurried
from verticalfile.fetch.errors import AnswerRefused
from verticalfile.services.gathering.preview import recognise
from verticalfile.sources.dcat.dcat_ap import SOURCE
from verticalfile.sources.kind import Entry, Role, Taken
from verticalfile.town.portals.dcat_ap import FORMS, DcatApSite
from verticalfile.town.portals.dcat_us import DcatUsSite
from verticalfile.town.portals.holdings import Holdings
from verticalfile.town.portals.serving import Answer, Request


def records_of(taken: Taken) -> list[dict[str, object]]:
    """The lines of every page."""
    with zipfile.ZipFile(taken.path) as archive:
        pages = [archive.read(n) for n in archive.namelist() if n.startswith("page-")]
    return [json.loads(line) for page in pages for line in page.splitlines()]


def entries_of(taken: Taken, location: str = "https://data.example.org/") -> list[Entry]:
    return [SOURCE.entry(record, location) for record in records_of(taken)]


@pytest.mark.parametrize("form", FORMS)
def test_a_catalog_is_read_in_every_serialisation(form: str, tmp_path: Path) -> None:
    holdings = Holdings(6)
    with visiting(DcatApSite(holdings), scratch=tmp_path) as (server, visit):
        address = f"{server.home}catalog.{form}"
        found = SOURCE.recognise(visit, address, visit.page(address))
        assert found is not None
        assert (found.location, found.title) == (address, "Alder Falls Open Data")
        taken = SOURCE.list(visit, address, tmp_path)
        body = visit.page(address).body
    assert taken.completeness.proved
    assert taken.completeness.received == 6
    entries = {entry.title: entry for entry in entries_of(taken)}
    for holding in holdings.held:
        entry = entries[holding.title]
        assert entry.identifier == f"{server.home}dataset/{holding.uuid}"
        assert (entry.description, entry.publisher) == (holding.description, holding.publisher)
        assert entry.contact == f"{holding.publisher}, data@example.org"
        assert entry.licence == holding.licence
        assert set(entry.subjects) == set(holding.keywords)
        (offer,) = entry.offers
        assert offer.location == f"{server.home}files/{holding.hex32}.csv"
        assert (offer.form, offer.media_type) == ("CSV", "text/csv")
        assert offer.size_bytes == len(holding.csv())
    names = {"rdf": "xml", "ttl": "turtle", "nt": "nt", "jsonld": "json-ld"}
    judge = rdflib.Graph().parse(data=body, format=names[form])
    kind = rdflib.URIRef("http://www.w3.org/ns/dcat#Dataset")
    assert len(set(judge.subjects(rdflib.RDF.type, kind))) == 6


def test_a_site_is_recognised_by_its_usual_places_and_a_data_json_is_not_taken_for_one(
    tmp_path: Path,
) -> None:
    with visiting(DcatApSite(Holdings(2)), scratch=tmp_path) as (server, visit):
        found = recognise(visit, server.home)
        assert found is not None
        assert (found.kind, found.location) == ("dcat-ap", f"{server.home}catalog.ttl")
    with visiting(DcatUsSite(Holdings(2)), scratch=tmp_path) as (server, visit):
        for address in (server.home, f"{server.home}data.json"):
            found = recognise(visit, address)
            assert found is not None
            assert found.kind == "dcat-us"


def test_trap_56_other_labels_and_another_order_are_no_change(tmp_path: Path) -> None:
    with visiting(DcatApSite(Holdings(5)), scratch=tmp_path) as (server, visit):
        lines = []
        for form in ("ttl", "ttl", "rdf", "nt", "jsonld"):
            taken = SOURCE.list(visit, f"{server.home}catalog.{form}", tmp_path)
            lines.append(rows_of(taken))
            taken.path.unlink()
        naive = [visit.page(f"{server.home}catalog.ttl").body for _ in range(2)]
    assert all(each == lines[0] for each in lines)
    assert len(lines[0]) == 5
    assert naive[0] != naive[1]
    assert sorted(naive[0].splitlines()) != sorted(naive[1].splitlines())


def test_trap_25_a_date_that_moves_alone_is_no_change(tmp_path: Path) -> None:
    holdings = Holdings(3)
    with visiting(DcatApSite(holdings), scratch=tmp_path) as (server, visit):
        first = SOURCE.list(visit, f"{server.home}catalog.ttl", tmp_path)
        before = rows_of(first)
        first.path.unlink()
        holdings.pass_days(1)
        holdings.touch(holdings.held[0])
        assert rows_of(SOURCE.list(visit, f"{server.home}catalog.ttl", tmp_path)) == before


def test_documents_are_kept_as_they_came_beside_their_records(tmp_path: Path) -> None:
    with visiting(DcatApSite(Holdings(3)), scratch=tmp_path) as (server, visit):
        taken = SOURCE.list(visit, f"{server.home}catalog.jsonld", tmp_path)
    assert pages_of(taken) == ["pages.json", "document-00001.jsonld", "page-00001.jsonl"]
    with zipfile.ZipFile(taken.path) as archive:
        nodes = json.loads(archive.read("document-00001.jsonld"))
    assert len([n for n in nodes if n.get("@type") == ["http://www.w3.org/ns/dcat#Dataset"]]) == 3


@pytest.mark.parametrize("form", ["ttl", "jsonld"])
def test_pages_of_hydra_are_followed_to_the_total(form: str, tmp_path: Path) -> None:
    site = DcatApSite(Holdings(23), page_size=5)
    with visiting(site, scratch=tmp_path) as (server, visit):
        taken = SOURCE.list(visit, f"{server.home}catalog.{form}", tmp_path)
    complete = taken.completeness
    assert (complete.received, complete.expected, complete.pages) == (23, 23, 5)
    assert complete.proved
    assert len(rows_of(taken)) == 23


def test_a_total_that_is_not_met_proves_nothing(tmp_path: Path) -> None:
    site = DcatApSite(Holdings(7), page_size=5)
    site.total = 9
    with visiting(site, scratch=tmp_path) as (server, visit):
        taken = SOURCE.list(visit, f"{server.home}catalog.ttl", tmp_path)
    assert not taken.completeness.proved
    assert "7 of 9" in taken.completeness.why_not


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("{home}/catalog.{{form}}?page=2", "came before"),
        ("{home}/catalog.{{form}}", "came before"),
        ("http://127.0.0.2:1/catalog.ttl?page=2", "another site"),
        ("http://169.254.169.254/latest", "another site"),
        ("file:///etc/passwd", "another site"),
    ],
)
def test_trap_57_a_next_page_elsewhere_or_again_ends_the_walk_unproved(
    link: str, why: str, tmp_path: Path
) -> None:
    site = DcatApSite(Holdings(12), page_size=5)
    with visiting(site, scratch=tmp_path) as (server, visit):
        before = site.next_page
        site.next_page = lambda home, number: (
            before(home, number) if number == 2 else link.format(home=home)
        )
        taken = SOURCE.list(visit, f"{server.home}catalog.ttl", tmp_path)
        assert len([r for r in server.asked if r.path == "/catalog.ttl"]) == 2
        naive = hurried.followed(f"{server.home}catalog.ttl", next_link, at_most=9)
    assert len(naive) == 9 or not naive[-1].startswith(server.home)  # for ever, or somewhere else
    assert not taken.completeness.proved
    assert why in taken.completeness.why_not
    assert taken.completeness.received == 10


def next_link(turtle: str) -> str:
    """What a page calls its next."""
    found = re.search(r"(?:hydra:|hydra/core#)next(?:Page)?>?\s+[<\"]([^>\"]+)[>\"]", turtle)
    return found[1] if found else ""


def test_relative_addresses_stand_against_the_final_address(tmp_path: Path) -> None:
    site = DcatApSite(Holdings(2))
    site.are_iris_relative = True
    with visiting(site, scratch=tmp_path) as (server, visit):
        taken = SOURCE.list(visit, f"{server.home}catalog.ttl", tmp_path)
    assert {entry.identifier for entry in entries_of(taken)} == {
        f"{server.home}dataset/{holding.uuid}" for holding in site.holdings.held
    }


RDF = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dct="http://purl.org/dc/terms/"'
)
DATASET = '<rdf:Description rdf:about="http://a.example/1"><rdf:type rdf:resource="http://www.w3.org/ns/dcat#Dataset"/><dct:title>{}</dct:title></rdf:Description>'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(9))


class Documents:
    """Documents at their paths."""

    def __init__(self, **documents: bytes) -> None:
        self.documents = documents

    def answer(self, request: Request) -> Answer | None:
        body = self.documents.get(request.path.strip("/").partition(".")[0])
        return None if body is None else Answer(body, media_type="application/octet-stream")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (f"<!DOCTYPE rdf:RDF [{LAUGHS}]><rdf:RDF {RDF}>{DATASET.format('&l8;')}</rdf:RDF>", "document type"),
        (f'<!DOCTYPE rdf:RDF [<!ENTITY x SYSTEM "file:///etc/passwd">]><rdf:RDF {RDF}>{DATASET.format("&x;")}</rdf:RDF>', "document type"),
        (f'<!DOCTYPE rdf:RDF SYSTEM "HOMEevil.dtd" [<!ENTITY % p SYSTEM "HOMEevil"> %p;]><rdf:RDF {RDF}>{DATASET.format("x")}</rdf:RDF>', "document type"),
        (f'<!DOCTYPE rdf:RDF [<!ATTLIST x y CDATA "HOMEevil">]><rdf:RDF {RDF}>{DATASET.format("x")}</rdf:RDF>', "document type"),
        (f'<!DOCTYPE rdf:RDF SYSTEM "HOMEevil.dtd"><rdf:RDF {RDF}>{DATASET.format("&x;")}</rdf:RDF>', "it uses an entity that it does not define at line 1 column "),
        (f"<rdf:RDF {RDF}>" + "<rdf:Description><dct:title>" * 500, "too deep"),
        (f"<rdf:RDF {RDF}>{DATASET.format('cut')}", "it ends too soon at line 1 column "),
        (f"<rdf:RDF {RDF}>{DATASET.format('x')}</rdf>", "a tag is closed that is not the last one opened at line 1"),
        (f"<rdf:RDF {RDF}><nope:x/></rdf:RDF>", "it uses a prefix that it does not declare at line 1"),
        ('{"@context": "HOMEevil.jsonld", "@id": "x", "title": "x"}', "ever fetched"),
        ('{"@context": ["HOMEevil.jsonld"], "@id": "x"}', "ever fetched"),
        ('{"@context": {"@import": "HOMEevil.jsonld"}, "@id": "x"}', "ever fetched"),
        ('{"@context": {"t": {"@id": "http://t/", "@context": "HOMEevil"}}, "t": 1}', "ever fetched"),
        ('[{"@id": "x", "http://x/": [{"@context": "HOMEevil.jsonld"}]}]', "ever fetched"),
        ('{"@id":' + "[" * 100_000, "."),
        ("@prefix d: <http://d/> . <http://a/> d:t " + "[ d:t " * 50_000, "too deep"),
        ("@prefix d: <http://d/> . <http://a/> d:t ;;; 4..", "."),
        ("<html><title>Gone fishing</title></html>", "page for people"),
        ("", "page for people"),
    ],
)  # fmt: skip
def test_trap_58_nothing_that_a_document_names_is_fetched_or_blown_up(
    body: str, why: str, tmp_path: Path
) -> None:
    documents = Documents(evil=b"{}")
    with visiting(documents, scratch=tmp_path) as (server, visit):
        documents.documents["catalog"] = body.replace("HOME", server.home).encode()
        with pytest.raises(AnswerRefused, match=why):
            SOURCE.list(visit, f"{server.home}catalog.rdf", tmp_path)
        assert not [request for request in server.asked if "evil" in request.path]
    assert not list(tmp_path.iterdir())


OLD_TYPE = '<!DOCTYPE rdf:RDF PUBLIC "-//DUBLIN CORE//DCMES DTD 2002/07/31//EN" "HOMEevil.dtd"'


@pytest.mark.parametrize("ending", [">", " [<!ELEMENT x EMPTY> <!-- ]> --> ]\n>"])
def test_a_document_type_that_is_only_a_name_is_passed_over_and_never_fetched(
    ending: str, tmp_path: Path
) -> None:
    documents = Documents(evil=b"{}")
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- ours -->\n{OLD_TYPE}{ending}'
    with visiting(documents, scratch=tmp_path) as (server, visit):
        body = f"{head}\n<rdf:RDF {RDF}>{DATASET.format('Café')}</rdf:RDF>"
        documents.documents["catalog"] = body = body.replace("HOME", server.home).encode()
        found = recognise(visit, f"{server.home}catalog.rdf")
        assert found is not None
        assert found.kind == "dcat-ap"
        taken = SOURCE.list(visit, f"{server.home}catalog.rdf", tmp_path)
        assert not [request for request in server.asked if "evil" in request.path]
    assert [entry.title for entry in entries_of(taken)] == ["Café"]
    with zipfile.ZipFile(taken.path) as kept:
        assert kept.read("document-00001.rdf") == body, "kept as it came"


def test_trap_58_a_naive_reader_fetches_and_blows_up(tmp_path: Path) -> None:
    documents = Documents(evil=b"{}")
    with visiting(documents, scratch=tmp_path) as (server, _):
        body = f'{{"@context": "{server.home}evil.jsonld", "@id": "http://a.example/1"}}'
        with contextlib.suppress(Exception):  # whatever it makes of what it fetched
            rdflib.Graph().parse(data=body, format="json-ld")
        assert [request for request in server.asked if "evil" in request.path]
    laughs = "".join(LAUGHS.partition("<!ENTITY l4")[:1])
    small = f"<!DOCTYPE rdf:RDF [{laughs}]><rdf:RDF {RDF}>{DATASET.format('&l3;')}</rdf:RDF>"
    assert len("".join(ElementTree.fromstring(small).itertext())) == 2_000


def test_a_context_that_is_known_is_read_without_a_look_at_its_address(
    shared: Path, tmp_path: Path
) -> None:
    folder = shared / "fixtures" / "portals" / "dcat-us" / "dcat-us-3.0-examples"
    documents = Documents(**{
        each.stem.replace("-", "_"): each.read_bytes() for each in folder.glob("*.jsonld")
    })  # fmt: skip
    counts = {"catalog": 2, "dataset": 1, "dataset_series": 3, "catalog_record": 0}
    with visiting(documents, scratch=tmp_path) as (server, visit):
        for name, count in counts.items():
            taken = SOURCE.list(visit, f"{server.home}{name}.jsonld", tmp_path)
            entries = entries_of(taken)
            assert len(entries) == count, name
            taken.path.unlink()
            if name == "catalog":
                assert [e.title for e in entries] == ["Dataset 123", "Dataset 345"]
                assert [e.publisher for e in entries] == ["US Census Bureau"] * 2


RECORDED = {"geonetwork.xml": 1, "sig.oreme.rdf": 1, "series.xml": 1, "udata.xml": 2}


@pytest.mark.parametrize("name", RECORDED)
def test_every_recorded_catalog_is_read_without_loss(
    name: str, shared: Path, tmp_path: Path
) -> None:
    body = (shared / "fixtures" / "portals" / "dcat-ap" / name).read_bytes()
    with visiting(Documents(catalog=body), scratch=tmp_path) as (server, visit):
        taken = SOURCE.list(visit, f"{server.home}catalog.rdf", tmp_path)
    with zipfile.ZipFile(taken.path) as archive:
        assert archive.read("document-00001.rdf") == body
    judge = rdflib.Graph().parse(data=body, format="xml", publicID=f"{server.home}catalog.rdf")
    kind = rdflib.URIRef("http://www.w3.org/ns/dcat#Dataset")
    described = {str(node) for node in judge.subjects(rdflib.RDF.type, kind)}
    entries = entries_of(taken)
    assert len(entries) == RECORDED[name]
    assert {entry.identifier for entry in entries} == described
    for entry in entries:
        node = rdflib.URIRef(entry.identifier)
        titles = {str(each) for each in judge.objects(node, rdflib.DCTERMS.title)}
        assert entry.title in titles
        assert set(entry.subjects) >= {
            str(each).strip() for each in judge.objects(node, rdflib.DCAT.keyword)
        }
        downloads = {
            str(address)
            for file in judge.objects(node, rdflib.DCAT.distribution)
            for address in judge.objects(file, rdflib.DCAT.downloadURL)
        }
        assert downloads <= {offer.location for offer in entry.offers}


def test_the_recorded_pages_are_followed(shared: Path, tmp_path: Path) -> None:
    folder = shared / "fixtures" / "portals" / "dcat-ap"

    class Paged:
        def answer(self, request: Request) -> Answer | None:
            if request.path != "/catalog.jsonld":
                return None
            body = (folder / f"paged-collection-{request.query['page']}.jsonld").read_bytes()
            home = f"http://{request.headers['Host']}".encode()
            return Answer(body.replace(b"http://data.test.org", home))

    with visiting(Paged(), scratch=tmp_path) as (server, visit):
        taken = SOURCE.list(visit, f"{server.home}catalog.jsonld?page=1", tmp_path)
    complete = taken.completeness
    assert (complete.received, complete.expected, complete.pages) == (4, 4, 2)
    assert complete.proved
    entries = entries_of(taken)
    assert {entry.publisher for entry in entries} == {"An Organization"}
    assert sum(len(entry.offers) for entry in entries) > 0
    assert all(offer.role is Role.DATA for entry in entries for offer in entry.offers)


DCAT_WORDS = "http://www.w3.org/ns/dcat#"


def test_half_a_letter_in_a_title_costs_nothing(tmp_path: Path) -> None:
    """A lone surrogate is JSON and no text; the document stays as it came."""
    told = {"@context": {"dcat": f"{DCAT_WORDS}", "dct": "http://purl.org/dc/terms/"},
            "@id": "https://a.example/1", "@type": "dcat:Dataset", "dct:title": "Parks \ud800"}  # fmt: skip

    class Document:
        def answer(self, request: Request) -> Answer:
            return Answer(json.dumps(told).encode(), media_type="application/ld+json")

    with visiting(Document(), scratch=tmp_path) as (server, visit):
        taken = SOURCE.list(visit, f"{server.home}catalog.jsonld", tmp_path)
    (row,) = rows_of(taken)
    assert str(row["dct:title"]).startswith("Parks ")
