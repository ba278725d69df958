"""Sitemaps (sitemaps.org): lists of addresses, indexes of such lists, packed or not.

Document types are taken away, entities refused, sizes counted while unpacking (harvesting.md 2.9, trap 58).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from xml.parsers import expat

from verticalfile.fetch.errors import AnswerRefused, FetchError
from verticalfile.kernel.doctypes import trouble_of_xml, without_doctype
from verticalfile.kernel.errors import LimitReached
from verticalfile.sources.visit import Visit

SITEMAP_MAX_BYTES = 52_428_800
ADDRESSES_MAX = 50_000
"""Both as sitemaps.org sets them, for one sitemap."""
SITEMAPS_MAX = 500


@dataclass
class Sitemap:
    """What a sitemap says: addresses with their dates, or further sitemaps."""

    urls: dict[str, str] = field(default_factory=dict)
    sitemaps: list[str] = field(default_factory=list)


@dataclass
class WholeSitemap:
    """A sitemap with all that it names; `why_not` where some of it is missing."""

    urls: dict[str, str] = field(default_factory=dict)
    bodies: list[bytes] = field(default_factory=list)
    why_not: str = ""


def is_sitemap(body: bytes) -> bool:
    """Whether a document is one, by its beginning."""
    head = body[:4096]
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" and (
        b"<urlset" in head or b"<sitemapindex" in head
    )


def sitemap_in(body: bytes) -> Sitemap:
    """Read one. Raises ValueError for what is none, or not well-formed, or beyond the limits."""
    found = Sitemap()
    path: list[str] = []
    texts: dict[str, str] = {}

    def start(name: str, _: object) -> None:
        path.append(name.rpartition(":")[2])
        if path[-1] in ("url", "sitemap"):
            texts.clear()

    def end(_: str) -> None:
        name = path.pop()
        loc = texts.get("loc", "").strip()
        if name == "url" and loc:
            found.urls[loc] = texts.get("lastmod", "").strip()
            if len(found.urls) > ADDRESSES_MAX:
                raise ValueError(f"it names more than {ADDRESSES_MAX:,} addresses")
        elif name == "sitemap" and loc:
            found.sitemaps.append(loc)

    def text(data: str) -> None:
        if len(path) == 3 and path[-1] in ("loc", "lastmod"):
            texts[path[-1]] = (texts.get(path[-1], "") + data)[:4096]

    def no_doctype(*_: object) -> None:
        raise ValueError("it brings a document type, which no sitemap needs")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, no_doctype
    try:
        parser.Parse(without_doctype(unpacked(body)), True)
    except expat.ExpatError as error:
        raise ValueError(f"it is not well-formed: {trouble_of_xml(error)}") from error
    return found


def unpacked(body: bytes) -> bytes:
    """The document of a sitemap that may be packed. Raises ValueError beyond the limit."""
    if body[:2] != b"\x1f\x8b":
        if len(body) > SITEMAP_MAX_BYTES:
            raise ValueError("it is larger than a sitemap may be")
        return body
    engine = zlib.decompressobj(wbits=31)
    try:
        document = engine.decompress(body, SITEMAP_MAX_BYTES + 1)
    except zlib.error as error:
        raise ValueError("it cannot be unpacked") from error
    if len(document) > SITEMAP_MAX_BYTES:
        raise ValueError("it unpacks to more than a sitemap may have")
    return document


def whole_sitemap(visit: Visit, location: str) -> WholeSitemap:
    """The sitemap and those it names on its own host. Raises AnswerRefused for the first itself."""
    page = visit.page(location)
    try:
        first = sitemap_in(page.body)
    except ValueError as error:
        raise AnswerRefused(
            f"{location} is no sitemap: {error}.",
            mend="tell the publisher; the last good listing stays.",
            exchange=page.exchange,
        ) from error
    whole = WholeSitemap(dict(first.urls), [page.body])
    host = urlsplit(page.final_url).netloc
    for number, url in enumerate(dict.fromkeys(first.sitemaps), 1):
        if number > SITEMAPS_MAX or urlsplit(url).netloc != host:
            whole.why_not = f"{url} is on another host, or one too many"
            continue
        try:
            below = visit.page(url)
            found = sitemap_in(below.body)
        except (FetchError, LimitReached) as error:
            whole.why_not = error.message
            continue
        except ValueError as error:
            whole.why_not = f"{url} cannot be read: {error}"
            continue
        if found.sitemaps:
            whole.why_not = f"{url} is an index inside an index"
        whole.urls |= found.urls
        whole.bodies.append(below.body)
    return whole
