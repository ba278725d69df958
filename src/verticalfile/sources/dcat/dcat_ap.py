"""DCAT-AP and other catalogs in RDF (harvesting.md 2.7): XML, Turtle, N-Triples, JSON-LD.

The documents are kept as they came; beside them stand their datasets as lines of JSON of one form
(`rdf_records`), and those are the table. A catalog in pages says so in the words of Hydra: only
pages of the same origin are followed and none twice (trap 57). It is complete where as many
different datasets came as `totalItems` says, or, in one document without pages, where every
dataset that the catalog names is described.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import rdflib
from rdflib.term import URIRef

from verticalfile.fetch.errors import AnswerRefused, FetchError
from verticalfile.kernel.errors import LimitReached
from verticalfile.sources.arcgis import arcgis_addresses
from verticalfile.sources.dcat.dcat_us import ROUND
from verticalfile.sources.dcat.rdf import form_of, graph_of
from verticalfile.sources.dcat.rdf_records import CATALOG, TYPE, line_of, listed_in, records_in
from verticalfile.sources.errors import BadRecord
from verticalfile.sources.kind import Completeness, Entry, Offer, Recognised, Record, Role, Taken
from verticalfile.sources.offers.judging import (
    is_about,
    is_page,
    is_service,
    with_documentation,
    without_renditions,
)
from verticalfile.sources.pages import PagesFile, digest_and_size
from verticalfile.sources.past.lists_in_pages import (
    Answer,
    ListInPages,
    PageRead,
    no_page,
)
from verticalfile.sources.reading import (
    address_of,
    is_address,
    language_of,
    mail_of,
    member,
    number_of,
    text_of,
    written,
)
from verticalfile.sources.visit import PAGE_MAX_BYTES, Page, Visit

PATHS = ("catalog.ttl", "catalog.rdf")
"""Where CKAN, udata and others have their catalog, if the address itself is none."""
PAGES_MAX = 2_000
VOLATILE = frozenset({"dct:modified"})
HYDRA = "http://www.w3.org/ns/hydra/core#"
NEXT = (URIRef(f"{HYDRA}next"), URIRef(f"{HYDRA}nextPage"))
TOTAL = URIRef(f"{HYDRA}totalItems")
TITLE = URIRef("http://purl.org/dc/terms/title")
ENDINGS = {"xml": "rdf", "turtle": "ttl", "json-ld": "jsonld"}


class DcatAp:
    """The kind."""

    name = "dcat-ap"
    label = "DCAT-AP catalog"
    is_tried = True
    table = ""
    volatile = VOLATILE

    @property
    def in_pages(self) -> tuple[ListInPages, ...]:
        """Pages that are numbered, or the one document."""
        return (PAGES,)

    def recognise(self, visit: Visit, url: str, page: Page | None) -> Recognised | None:
        """The address itself where it is such a document, else the usual places of its site."""
        if page is not None and (found := _recognised(page, url)) is not None:
            return found
        if page is not None and form_of(page):
            return None  # another document, such as a data.json
        for path in PATHS:
            address = urljoin(url, f"/{path}")
            try:
                found = _recognised(visit.page(address), address)
            except (FetchError, LimitReached):
                continue
            if found is not None:
                return found
        return None

    def list(self, visit: Visit, location: str, into: Path) -> Taken:
        """Every page as it came, and its datasets as lines."""
        path = into / PAGES.file_name
        walk = _Walk()
        try:
            with _new_file(path) as pages:
                for page, graph in _pages(visit, location, walk):
                    name = f"{PAGES.document}-{walk.pages:05}.{ENDINGS[form_of(page)]}"
                    pages.document(name, page.body)
                    fresh = walk.take(graph)
                    if fresh:
                        pages.page(b"".join(line_of(record) for record in fresh), "jsonl")
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        sha256, size_bytes = digest_and_size(path)
        return Taken(
            path, sha256, size_bytes, path.name, "application/zip", walk.completeness(),
            visit.last_exchange,
        )  # fmt: skip

    def entry(self, record: Record, location: str) -> Entry:
        """What a dataset says, in the words of DCAT."""
        identifier = text_of(record.get("@id")) or _word(record.get("dct:identifier"))
        title = written(_words(record.get("dct:title")))
        if not identifier and not title:
            raise BadRecord(
                f"An entry of {location} has neither an address nor an identifier nor a title.",
                mend="tell the publisher; the other entries are taken.",
            )
        licence, licence_field = _licence(record)
        publisher = _many(record.get("dct:publisher"))
        contact = next(iter(_many(record.get("dcat:contactPoint"))), None)
        name = written(_words(member(contact, "vcard:fn")))
        mail = mail_of(_word(member(contact, "vcard:hasEmail")))
        subjects = [_word(each) for each in _many(record.get("dcat:keyword"))]
        subjects += [_label(each) for each in _many(record.get("dcat:theme"))]
        return Entry(
            identifier=identifier or title,
            title=title or identifier,
            description=written(
                _words(record.get("dct:description") or record.get("dct:abstract"))
            ),
            language=language_of(
                text_of(member(_worded(record.get("dct:title")), "@language"))
                or _word(record.get("dct:language"))
            ),
            publisher=next((n for each in publisher if (n := _label(each))), ""),
            contact=f"{name}, {mail}" if name and mail else name or mail,
            landing_page=_address(record.get("dcat:landingPage")),
            licence=licence,
            licence_field=licence_field,
            places=tuple(n for each in _many(record.get("dct:spatial")) if (n := _label(each))),
            subjects=tuple(dict.fromkeys(each for each in subjects if each)),
            frequency=_word(record.get("dct:accrualPeriodicity")),
            modified=_word(record.get("dct:modified")),
            access=_tail(_label(record.get("dct:accessRights"))).lower().replace("_", "-"),
            offers=tuple(_offers(record, location)),
        )  # fmt: skip

    def fetch(self, visit: Visit, location: str, into: Path) -> Taken:
        """Nothing: its offers are fetched as plain files or by the kind they belong to."""
        raise AnswerRefused(
            f"A {self.label} has no rows of its own.", mend="collect its datasets instead."
        )


def _new_file(path: Path) -> PagesFile:
    return PagesFile(path, protocol="dcat-ap", records=(), key=("@id",), volatile=VOLATILE)


def _read(answer: Answer, location: str) -> PageRead:
    """A copy of a page, or of the whole document; relative names stand against its own address."""
    if answer.path.stat().st_size > PAGE_MAX_BYTES:
        raise no_page(answer)
    exchange = {"final_url": answer.address or location}
    page = Page(answer.path.read_bytes(), answer.media_type, exchange)
    walk, graph = _Walk(pages=1), graph_of(page)
    found = walk.take(graph)
    is_first = any(link for name in NEXT for link in graph.objects(None, name))
    return PageRead(
        max(walk.totals, default=None), tuple(map(_name_of, found)), tuple(map(line_of, found)),
        ENDINGS[form_of(page)],
        "it names a page that follows" if is_first else walk.completeness().why_not,
    )  # fmt: skip


PAGES = ListInPages(
    _read, _new_file, "catalog.zip", start="page", first=1, is_numbered=True, size="page_size",
    document="document",
)  # fmt: skip


@dataclass
class _Walk:
    """What a walk through the pages has seen."""

    identities: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)
    totals: list[int] = field(default_factory=list)
    received: int = 0
    pages: int = 0
    ended: str = ""
    why_not: str = ""

    def take(self, graph: rdflib.Graph) -> list[dict[str, object]]:
        """The datasets of a page that were on none before."""
        self.listed |= listed_in(graph)
        told = (number_of(str(value)) for value in graph.objects(None, TOTAL))
        self.totals += [number for number in told if number is not None]
        fresh = []
        for record in records_in(graph):
            name = _name_of(record)
            if name not in self.identities:
                self.identities.add(name)
                fresh.append(record)
        self.received += len(fresh)
        return fresh

    def completeness(self) -> Completeness:
        """Proved by the total, else by the datasets that the catalog names."""
        why, expected = self.why_not, max(self.totals, default=None)
        missing = self.listed - self.identities
        if not why and len(set(self.totals)) > 1:
            why = f"the catalog counted {min(self.totals):,} datasets, then {max(self.totals):,}"
        elif not why and expected is not None and self.received != expected:
            why = f"{self.received:,} of {expected:,} datasets came"
        elif not why and expected is None and missing:
            why = f"{len(missing):,} datasets are named and not described"
        elif not why and expected is None and self.pages > 1:
            why = "the catalog comes in pages and tells no total"
        elif not why and expected is None and self.received in ROUND:
            why = f"{self.received} entries look like the limit of a page"
        method = "pages followed by Hydra" if self.pages > 1 or expected else "one document"
        return Completeness(
            self.received, expected, method, self.pages, self.ended, not why, why
        )  # fmt: skip


def _name_of(record: Record) -> str:
    return text_of(record.get("@id")) or line_of(record).decode()


def _pages(visit: Visit, location: str, walk: _Walk) -> Iterable[tuple[Page, rdflib.Graph]]:
    """The document and those that it names as next, while they are of its origin and new."""
    address, seen, home = location, set[str](), ""
    while True:
        page = visit.page(address)
        graph = graph_of(page)
        home = home or _origin(page.final_url)
        seen |= {address, page.final_url}
        walk.pages += 1
        yield page, graph
        told = sorted({str(value) for link in NEXT for value in graph.objects(None, link)})
        if not told:
            walk.ended = "last page" if walk.pages > 1 else "end of document"
            return
        address = urljoin(page.final_url, told[0])
        if len(told) > 1:
            walk.why_not = "a page names several next pages"
        elif _origin(address) != home:
            walk.why_not = f"the next page is said to be at another site, {address[:200]}"
        elif address in seen:
            walk.why_not = "a page names one as next that came before"
        elif walk.pages >= PAGES_MAX:
            walk.why_not = "the catalog has more pages than are followed"
        if walk.why_not:
            walk.ended = "next page refused"
            return


def _recognised(page: Page, url: str) -> Recognised | None:
    """A document that describes datasets in RDF; a `data.json` is the other kind's."""
    form = form_of(page)
    if not form or (form == "json-ld" and _is_data_json(page.body)):
        return None
    try:
        graph = graph_of(page)
    except AnswerRefused:
        return None
    if not records_in(graph):
        return None
    catalog = next(graph.subjects(TYPE, CATALOG), None)
    title = str(next(graph.objects(catalog, TITLE), "")) if catalog is not None else ""
    return Recognised("dcat-ap", url, title)


def _is_data_json(body: bytes) -> bool:
    try:
        document = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return True
    if isinstance(document, dict):
        return "@context" not in document or isinstance(document.get("dataset"), list)
    first = document[0] if isinstance(document, list) and document else None
    return not isinstance(first, dict) or not any("://" in name for name in first)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _offers(record: Record, location: str) -> Iterable[Offer]:
    """Files and layers of the distributions, and the pages of documentation."""
    told = [_offer(each, location) for each in _many(record.get("dcat:distribution"))]
    kept = without_renditions([offer for offer in told if offer is not None])
    found = with_documentation(kept)
    for each in _many(record.get("foaf:page")):
        written = _word(each)
        if url := address_of(written, location):
            found.append(Offer(url, "url", _label(each), role=Role.DOCUMENTATION, written=written))
    unique: dict[str, Offer] = {}
    for offer in found:
        unique.setdefault(offer.location, offer)
    return unique.values()


def _offer(told: object, location: str) -> Offer | None:
    if not isinstance(told, Mapping):
        return None
    download = _word(told.get("dcat:downloadURL"))
    # some Hubs write accessUrl, a term that DCAT does not have
    written = download or _word(told.get("dcat:accessURL")) or _word(told.get("dcat:accessUrl"))
    url = address_of(written, location)
    title = _words(told.get("dct:title"))
    media = "/".join(_word(told.get("dcat:mediaType")).lower().split("/")[-2:])
    form = _tail(_label(told.get("dct:format"))) or media
    if not url:
        return None
    if arcgis_addresses.is_layer(url):
        return Offer(url, "arcgis", title, "ArcGIS layer", media)
    if is_service(url, form, media, title):
        return None  # to ask
    if (is_page(form, media) or (not download and not form)) and not is_about(title, form):
        return None  # to look at
    return Offer(
        url, "url", title, form, media, number_of(_word(told.get("dcat:byteSize"))),
        identifier=_word(told.get("dct:identifier")) or text_of(told.get("@id")),
        written=written,
    )  # fmt: skip


def _licence(record: Record) -> tuple[str, str]:
    """What the dataset says, else its distributions: DCAT-AP has the licence there."""
    for name in ("dct:license", "dct:rights"):
        if told := _label(record.get(name)):
            return told, name
    for each in _many(record.get("dcat:distribution")):
        for name in ("dct:license", "dct:rights"):
            if told := _label(member(each, name)):
                return told, f"dcat:distribution/{name}"
    return "", ""


def _many(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _word(value: object) -> str:
    """The text of a literal or the address of a node, the first of several."""
    for each in _many(value):
        told = text_of(member(each, "@value") or member(each, "@id") or each)
        if told:
            return told
    return ""


def _address(value: object) -> str:
    """The first that is one: nodes without an address bear labels that are none."""
    return next((told for each in _many(value) if is_address(told := _word(each))), "")


def _words(value: object) -> str:
    """A text in English where there is one, else Spanish, else without a language, else any."""
    return _word(_worded(value))


def _worded(value: object) -> object:
    """The literal that is chosen of several."""
    many = [each for each in _many(value) if _word(each)]
    for language in ("en", "es", ""):
        for each in many:
            own = text_of(member(each, "@language")).lower()
            if own.partition("-")[0] == language:
                return each
    return next(iter(many), None)


def _label(value: object) -> str:
    """A node by its name, else its address; a literal by its text."""
    for each in _many(value):
        for name in ("foaf:name", "skos:prefLabel", "rdfs:label", "dct:title", "rdf:value",
                     "dct:description"):  # fmt: skip
            if told := _words(member(each, name)):
                return told
        if told := _word(each):
            return told
    return ""


def _tail(text: str) -> str:
    """The last word of an address from a list of codes."""
    return text.rstrip("/").rpartition("/")[2].rpartition("#")[2] if "://" in text else text


SOURCE = DcatAp()
