"""A site with a DCAT-AP catalog in four serialisations, in one document or in pages of Hydra.

Its triples come in another order and its blank nodes under other labels at each request, as they
do where a catalog is written out of a database.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from html import escape

from verticalfile.town.portals.holdings import Holding, Holdings
from verticalfile.town.portals.serving import Answer, Request

DCAT, DCT = "http://www.w3.org/ns/dcat#", "http://purl.org/dc/terms/"
FOAF, VCARD = "http://xmlns.com/foaf/0.1/", "http://www.w3.org/2006/vcard/ns#"
HYDRA, TYPE = (
    "http://www.w3.org/ns/hydra/core#",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
)
DATE = "http://www.w3.org/2001/XMLSchema#dateTime"
FORMS = {
    "rdf": "application/rdf+xml", "ttl": "text/turtle", "nt": "application/n-triples",
    "jsonld": "application/ld+json",
}  # fmt: skip

Triple = tuple[str, str, tuple[str, str]]
"""Subject, predicate, and an object with its sort: iri, text, `@en` or a datatype."""


class DcatApSite:
    """The site. What a script may change stands in the attributes."""

    def __init__(self, holdings: Holdings, *, page_size: int | None = None) -> None:
        self.holdings = holdings
        self.page_size = page_size
        self.total: int | None = None  # told in place of the true one
        self.next_page: Callable[[str, int], str] = lambda home, number: (
            f"{home}/catalog.{{form}}?page={number}"
        )
        self.are_iris_relative = False
        self._served = 0

    def answer(self, request: Request) -> Answer | None:
        name, _, form = request.path.rpartition(".")
        if name == "/catalog" and form in FORMS:
            self._served += 1
            home = f"http://{request.headers['Host']}"
            triples = self._triples(home, request.number("page", 1), form)
            random.Random(self._served).shuffle(triples)  # noqa: S311  # an order, no secret
            return Answer(written(triples, form), media_type=FORMS[form])
        for holding in self.holdings.held:
            if request.path == f"/files/{holding.hex32}.csv":
                return Answer(holding.csv(), media_type="text/csv")
        return None

    def _triples(self, home: str, number: int, form: str) -> list[Triple]:
        held = self.holdings.held
        size = self.page_size or max(len(held), 1)
        page = held[(number - 1) * size : number * size]
        base = "" if self.are_iris_relative else f"{home}/"
        catalog = f"{base}catalog"
        found: list[Triple] = [
            (catalog, TYPE, ("iri", f"{DCAT}Catalog")),
            (catalog, f"{DCT}title", ("@en", "Alder Falls Open Data")),
        ]
        for holding in page:
            found.append((catalog, f"{DCAT}dataset", ("iri", f"{base}dataset/{holding.uuid}")))
            found += self._dataset(holding, home, base)
        if self.page_size is not None:
            view = f"{base}view"
            total = str(self.total if self.total is not None else len(held))
            found.append((view, TYPE, ("iri", f"{HYDRA}PagedCollection")))
            found.append((view, f"{HYDRA}totalItems", ("text", total)))
            if number * size < len(held):
                link = self.next_page(home, number + 1).replace("{form}", form)
                found.append((view, f"{HYDRA}nextPage", ("text", link)))
        return found

    def _dataset(self, holding: Holding, home: str, base: str) -> list[Triple]:
        own, file = f"{base}dataset/{holding.uuid}", f"{base}file/{holding.uuid}"
        contact, publisher = (f"_:b{self._served}x{holding.number}{end}" for end in "cp")
        found: list[Triple] = [
            (own, TYPE, ("iri", f"{DCAT}Dataset")),
            (own, f"{DCT}identifier", ("text", holding.uuid)),
            (own, f"{DCT}title", ("@en", holding.title)),
            (own, f"{DCT}title", ("@es", f"{holding.title} (es)")),
            (own, f"{DCT}description", ("text", holding.description)),
            (own, f"{DCT}modified", (DATE, holding.modified.isoformat())),
            (own, f"{DCT}publisher", ("iri", publisher)),
            (publisher, f"{FOAF}name", ("text", holding.publisher)),
            (own, f"{DCAT}contactPoint", ("iri", contact)),
            (contact, f"{VCARD}fn", ("text", holding.publisher)),
            (contact, f"{VCARD}hasEmail", ("iri", "mailto:data@example.org")),
            (own, f"{DCAT}distribution", ("iri", file)),
            (file, TYPE, ("iri", f"{DCAT}Distribution")),
            (file, f"{DCT}title", ("text", "CSV")),
            (file, f"{DCT}format", ("text", "CSV")),
            (file, f"{DCAT}mediaType", ("text", "text/csv")),
            (file, f"{DCAT}byteSize", ("text", str(len(holding.csv())))),
            (file, f"{DCT}modified", (DATE, holding.modified.isoformat())),
            (file, f"{DCAT}downloadURL", ("iri", f"{home}/files/{holding.hex32}.csv")),
        ]
        if holding.licence:
            kind = "iri" if "://" in holding.licence else "text"
            found.append((file, f"{DCT}license", (kind, holding.licence)))
        found += [(own, f"{DCAT}keyword", ("@en", word)) for word in holding.keywords]
        return found


def written(triples: list[Triple], form: str) -> bytes:
    """The triples in a serialisation."""
    if form == "rdf":
        return _xml(triples)
    if form == "jsonld":
        return json.dumps(_json_ld(triples), indent=1).encode()
    lines = [f"{_node(s)} <{p}> {_term(o)} ." for s, p, o in triples]
    return ("\n".join(lines) + "\n").encode()


def _node(name: str) -> str:
    return name if name.startswith("_:") else f"<{name}>"


def _term(value: tuple[str, str]) -> str:
    kind, text = value
    if kind == "iri":
        return _node(text)
    quoted = json.dumps(text)
    if kind.startswith("@"):
        return quoted + kind
    return quoted if kind == "text" else f"{quoted}^^<{kind}>"


def _json_ld(triples: list[Triple]) -> list[dict[str, object]]:
    nodes: dict[str, dict[str, object]] = {}
    for subject, predicate, (kind, text) in triples:
        node = nodes.setdefault(subject, {"@id": subject})
        value: object = {"@id": text}
        if predicate == TYPE:
            predicate, value = "@type", text
        elif kind.startswith("@"):
            value = {"@value": text, "@language": kind[1:]}
        elif kind == "text":
            value = {"@value": text}
        elif kind != "iri":
            value = {"@value": text, "@type": kind}
        values = node.setdefault(predicate, [])
        assert isinstance(values, list)
        values.append(value)
    return list(nodes.values())


def _xml(triples: list[Triple]) -> bytes:
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
    ]
    for subject, predicate, (kind, text) in triples:
        at = max(predicate.rfind("#"), predicate.rfind("/")) + 1
        space, name = predicate[:at], predicate[at:]
        about = (
            f'rdf:nodeID="{subject[2:]}"'
            if subject.startswith("_:")
            else f'rdf:about="{escape(subject)}"'
        )
        if kind == "iri":
            target = "nodeID" if text.startswith("_:") else "resource"
            inner = f'<p:{name} rdf:{target}="{escape(text.removeprefix("_:"))}"/>'
        else:
            more = f' xml:lang="{kind[1:]}"' if kind.startswith("@") else ""
            more += f' rdf:datatype="{kind}"' if "://" in kind else ""
            inner = f"<p:{name}{more}>{escape(text)}</p:{name}>"
        lines.append(f'<rdf:Description {about} xmlns:p="{space}">{inner}</rdf:Description>')
    return "\n".join([*lines, "</rdf:RDF>", ""]).encode()
