"""RDF as strangers serve it: XML, Turtle, N-Triples or JSON-LD, read without reaching for anything.

A document type of XML is taken away, or refused where it declares entities, before anything is
read, so that none is ever expanded or fetched; what is nested too deep is refused; contexts of
JSON-LD are packed or refused (trap 58).
IRIs that are none, as portals publish them, stay as they are.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from xml.parsers import expat
from xml.sax import SAXParseException

import rdflib

from verticalfile.fetch.errors import AnswerRefused
from verticalfile.kernel.doctypes import trouble_of_xml, without_doctype
from verticalfile.kernel.errors import trouble_of_json
from verticalfile.sources.dcat.rdf_contexts import PACKED
from verticalfile.sources.visit import Page

DEPTH_MAX = 60
"""Elements within elements; catalogs seen nest below 15."""
_TURTLE = re.compile(
    rb"\s*(@prefix|@base|prefix\s|base\s|#|_:|<[^<>\s]*>\s+(<|a\s|[\w-]*:))", re.IGNORECASE
)
_HTML = re.compile(rb"\s*(<!--.*?-->\s*)*<(!doctype\s+html|html)", re.IGNORECASE | re.DOTALL)

rdflib.NORMALIZE_LITERALS = False  # 01 stays 01
logging.getLogger("rdflib").setLevel(logging.CRITICAL)


class NoRdf(Exception):
    """The document is none that is read here; the text says why."""


def form_of(page: Page) -> str:
    """The serialisation, by what the bytes begin with; "" for what is none of them."""
    body = page.body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if body[:1] in (b"{", b"["):
        return "json-ld"
    if _HTML.match(body[:4096]):
        return ""
    if _TURTLE.match(body[:4096]) or "turtle" in page.media_type or "n-triples" in page.media_type:
        return "turtle"
    return "xml" if body[:1] == b"<" else ""


def graph_of(page: Page) -> rdflib.Graph:
    """The triples of an answer; relative IRIs stand against its final address.

    Raises AnswerRefused.
    """
    form, body = form_of(page), page.body
    try:
        if form == "xml":
            body = without_doctype(body)
            _refuse_entities(body)
        text = _without_remote(body) if form == "json-ld" else _text(body)
        graph = rdflib.Graph(bind_namespaces="none")
        if not form:
            raise NoRdf("it is a page for people or another file")
        data = body if form == "xml" else text
        graph.parse(data=data, format=form, publicID=page.final_url)
    except RecursionError:
        raise _refused(page, "it is nested too deep") from None
    except json.JSONDecodeError as error:
        raise _refused(page, trouble_of_json(error)) from error
    except (expat.ExpatError, SAXParseException) as error:
        raise _refused(page, trouble_of_xml(error)) from error
    except Exception as error:  # rdflib raises whatever its parsers do
        raise _refused(page, " ".join(str(error).split())[:160]) from error
    return graph


def _refused(page: Page, why: str) -> AnswerRefused:
    return AnswerRefused(
        f"{page.final_url} is no catalog that can be read: {why}.",
        mend="tell the publisher; the last good listing stays.",
        exchange=page.exchange,
    )


def _text(body: bytes) -> str:
    return body.decode("utf-8-sig")


def _refuse_entities(body: bytes) -> None:
    """One pass over the XML that expands nothing. Raises NoRdf, and expat's own for broken XML."""
    depth = 0

    def doctype(*_: object) -> None:
        raise NoRdf("it declares a document type, whose entities could do harm")

    def start(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH_MAX:
            raise NoRdf("it is nested too deep")

    def end(*_: object) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(body, True)


def _without_remote(body: bytes) -> str:
    """The document with packed contexts in place of the addresses of contexts."""
    return json.dumps(_packed(json.loads(body.decode("utf-8-sig"))))


def _packed(value: object) -> object:
    if isinstance(value, list):
        return [_packed(each) for each in value]
    if not isinstance(value, Mapping):
        return value
    found: dict[str, object] = {}
    for name, inner in value.items():
        if name == "@import":
            raise NoRdf("its context asks for another one, and none is ever fetched")
        found[name] = _context(inner) if name == "@context" else _packed(inner)
    return found


def _context(value: object) -> object:
    if isinstance(value, list):
        return [_context(each) for each in value]
    if isinstance(value, str):
        if value not in PACKED:
            raise NoRdf(f"its context {value[:200]} is not known here, and none is ever fetched")
        return PACKED[value]
    return _packed(value)
