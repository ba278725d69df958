"""Whether an address in a catalog is a file to keep, and whether that file is data or about data.

Catalogs list everything side by side: tables, pages to look at, services that draw maps, the PDF
that explains the columns. A file is kept; a page or a service that answers questions is none. What
calls itself a dictionary is documentation, also where a catalog has no word for it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from verticalfile.sources.arcgis import arcgis_addresses
from verticalfile.sources.kind import Offer, Role

PAGES = frozenset({"html", "htm", "xhtml+xml", "webpage", "web page", "website", "link", "api"})
"""Words for a page to look at, and the last parts of their media types."""
SERVICES = frozenset({
    "wms", "wfs", "wmts", "wcs", "wps", "csw", "tms", "sos", "sparql", "wms_srvc", "wfs_srvc",
    "wmts_srvc", "vnd.ogc.wms_xml", "vnd.ogc.wfs_xml", "vnd.ogc.wcs_xml", "vnd.ogc.wmts_xml",
})  # fmt: skip
"""Services that answer questions (OGC's, SPARQL), as catalogs and EU's list of file types name them."""
GEOSERVICES = frozenset({
    "arcgis geoservice", "arcgis geoservices rest api", "esri rest", "esri rest api",
})  # fmt: skip
"""What Hubs call the address of an item: a service, or the story, the site or the map that it is."""
DOCUMENTS = frozenset({"pdf", "doc", "docx", "htm", "html", "txt", "md", "rtf", "xml"})
"""Formats in which publishers write about data, where the name says so too."""
NAMES_OF_DOCUMENTS = (
    "dictionary",
    "metadata",
    "documentation",
    "codebook",
    "readme",
    "diccionario",
)
TABLES = frozenset({"csv", "tsv", "xls", "xlsx", "ods", "json"})
DICTIONARY = re.compile(
    r"\bdata[ _-]?dictionar(y|ies)\b|\bcode ?books?\b|\b(field|column|attribute)[ _-]"
    r"(descriptions?|definitions?)\b|\bdiccionarios? de (los )?datos\b",
    re.IGNORECASE,
)
"""A table that explains the columns of another says so in its own name, in these words."""
ENDINGS = {
    "msword": "doc", "vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "plain": "txt", "markdown": "md", "vnd.ms-excel": "xls",
    "vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}  # fmt: skip
"""The last parts of media types by the endings that files of them have."""
_SERVER = re.compile(
    r"/(Image|VectorTile|Scene|Geometry|GP|Geocode|Globe|NA|Stream|Map|Feature|WMS|WFS|WCS)Server/?$",
    re.IGNORECASE,
)


def word_of(form: str) -> str:
    """A format as one small word: `PDF`, `.pdf` and `application/pdf` are `pdf`."""
    last = form.strip().lower().rpartition("/")[2].partition(";")[0].strip(" .")
    last = last.removeprefix("ogc:").removeprefix("ogc ")
    return ENDINGS.get(last, last)


def is_page(*forms: str) -> bool:
    """Whether a format or a media type says that there is a page to look at."""
    return any(word_of(form) in PAGES for form in forms)


def is_bare(url: str) -> bool:
    """Whether an address names no file: its path has no ending, or that of a page."""
    name = urlsplit(url).path.rpartition("/")[2]
    return "." not in name or name.lower().endswith((".html", ".htm"))


def is_service(url: str, *words: str) -> bool:
    """Whether an address is a service that answers questions, by itself or by its title, format or
    media type; one with a question in it is a file."""
    parts = urlsplit(url)
    query = parts.query.lower()
    if "request=" in query:
        return "request=getcapabilities" in query
    if _SERVER.search(parts.path) or any(word.strip().lower() in GEOSERVICES for word in words):
        return True
    return any(word_of(word) in SERVICES for word in words)


def is_about(title: str, form: str) -> bool:
    """Whether a document says in its name that it is about the data."""
    named = title.lower()
    return word_of(form) in DOCUMENTS and any(word in named for word in NAMES_OF_DOCUMENTS)


def without_renditions(offers: Sequence[Offer]) -> list[Offer]:
    """Without what an ArcGIS Hub makes on demand of a layer that stands beside: the layer is the
    origin, and what is made of it may be older (harvesting.md 2.3)."""
    layers = {o.location.partition("://")[2]: o for o in reversed(offers) if o.kind == "arcgis"}
    if not layers:
        return list(offers)
    others = [o for o in offers if o.kind != "arcgis"]
    made = arcgis_addresses.is_download
    return [*reversed(layers.values()), *(o for o in others if not made(o.location))]


def with_documentation(offers: Sequence[Offer]) -> list[Offer]:
    """Documents about the data as documentation, and the tables that explain others; where all
    tables say that they explain, one of them is the data."""
    told = [
        replace(o, role=Role.DOCUMENTATION)
        if o.role is Role.DATA and o.kind == "url" and is_about(o.title, o.form)
        else o
        for o in offers
    ]
    about = [
        o.role is Role.DATA and word_of(o.form) in TABLES and bool(DICTIONARY.search(o.title))
        for o in told
    ]
    if not any(
        o.role is Role.DATA and not explains for o, explains in zip(told, about, strict=True)
    ):
        return told
    return [
        replace(o, role=Role.DOCUMENTATION) if explains else o
        for o, explains in zip(told, about, strict=True)
    ]
