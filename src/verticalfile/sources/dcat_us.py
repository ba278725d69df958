"""DCAT-US 1.1 and 3.0: one JSON document that lists everything (resources.data.gov).

The document is kept as it came; its member `dataset` is the table of records. There are no pages:
it is complete where it is well-formed to its last byte and its length was met, and where its count
is not a round number that looks like a limit (harvesting.md, trap 5).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from verticalfile.fetch.client import NotModified
from verticalfile.fetch.errors import AnswerRefused, FetchError
from verticalfile.kernel.errors import LimitReached
from verticalfile.sources import arcgis_addresses
from verticalfile.sources.errors import BadRecord
from verticalfile.sources.kind import (
    Completeness,
    Entry,
    Offer,
    Recognised,
    Record,
    Role,
    Taken,
)
from verticalfile.sources.reading import (
    first_text,
    member,
    members,
    number_of,
    text_of,
    texts_of,
)
from verticalfile.sources.visit import Page, Visit

PATHS = ("data.json", "api/feed/dcat-us/1.1.json")
"""Where a site has it, if the address itself is none: the second is ArcGIS Hub's."""
ROUND = frozenset({99, 100, 499, 500, 999, 1000, 1999, 2000, 4999, 5000, 9999, 10000})
"""Counts that look like the limit of a page rather than the end of a list."""
PAGES = ("text/html", "application/xhtml+xml")
TEMPLATE = re.compile(r"\{\{[^}]*\}\}")
"""ArcGIS Hub leaves its own placeholders where nothing was written (trap 22)."""


class DcatUs:
    """The kind."""

    name = "dcat-us"
    label = "DCAT-US catalog file"
    is_tried = True
    table = "dataset"
    volatile = frozenset({"modified"})

    def recognise(self, visit: Visit, url: str, page: Page | None) -> Recognised | None:
        """The address itself where it is such a document, else the usual places of its site."""
        tried = [url] if url.endswith(".json") else [urljoin(_folder(url), path) for path in PATHS]
        for address in tried:
            try:
                document = visit.json(address)
            except (FetchError, LimitReached):
                continue
            if _records(document) is not None:
                title = text_of(document.get("title")) if isinstance(document, dict) else ""
                return Recognised(self.name, address, title)
        return None

    def list(self, visit: Visit, location: str, into: Path) -> Taken:
        """The document."""
        got = visit.file(location)
        assert not isinstance(got, NotModified)
        try:
            records = _records(json.loads(got.path.read_bytes().decode("utf-8-sig")))
        except (ValueError, RecursionError) as error:
            raise AnswerRefused(
                f"{location} is not well-formed JSON: {str(error)[:120]}.",
                mend="tell the publisher which place it names; the last good listing stays.",
                exchange=got.exchange,
            ) from error
        if records is None:
            raise AnswerRefused(
                f"{location} lists no datasets.",
                mend="give the address of a data.json.",
                exchange=got.exchange,
            )
        is_round = len(records) in ROUND
        complete = Completeness(
            received=len(records), method="one document", ended="end of document",
            proved=not is_round,
            why_not=f"{len(records)} entries look like the limit of a page" if is_round else "",
        )  # fmt: skip
        return Taken(
            got.path, got.sha256, got.size_bytes, "data.json", "application/json", complete,
            {**got.exchange, "etag": got.etag, "last_modified": got.last_modified},
        )  # fmt: skip

    def entry(self, record: Record, location: str) -> Entry:
        """What an entry of 1.1 or 3.0 says."""
        return entry_of(record)

    def fetch(self, visit: Visit, location: str, into: Path) -> Taken:
        """Nothing: its offers are fetched as plain files or by the kind they belong to."""
        raise AnswerRefused(
            f"A {self.label} has no rows of its own.", mend="collect its datasets instead."
        )


def entry_of(record: Record) -> Entry:
    """A dataset of a `data.json` (resources.data.gov/resources/dcat-us). Raises BadRecord."""
    identifier = record.get("identifier")
    told = text_of(member(identifier, "@id") or identifier)
    title = _written(text_of(record.get("title")))
    if not told and not title:
        raise BadRecord(
            "An entry has neither an identifier nor a title.",
            mend="tell the publisher; the other entries are taken.",
        )
    contact = record.get("contactPoint")
    mail = text_of(member(contact, "hasEmail")).removeprefix("mailto:")
    name = text_of(member(contact, "fn"))
    licence_field = next((f for f in ("license", "rights") if text_of(record.get(f))), "")
    return Entry(
        identifier=told or title,
        title=title,
        description=_written(text_of(record.get("description"))),
        language="es" if first_text(record.get("language")).lower().startswith("es") else "en",
        publisher=text_of(member(record.get("publisher"), "name")),
        contact=f"{name}, {mail}" if name and mail else name or mail,
        landing_page=text_of(record.get("landingPage")),
        licence=text_of(record.get(licence_field)),
        licence_field=licence_field,
        places=tuple(texts_of(record.get("spatial"))),
        subjects=tuple(dict.fromkeys((*texts_of(record.get("theme")), *texts_of(record.get("keyword"))))),
        frequency=text_of(record.get("accrualPeriodicity")),
        modified=text_of(record.get("modified")),
        access=text_of(record.get("accessLevel")),
        offers=tuple(_offers(record)),
    )  # fmt: skip


def _offers(record: Record) -> Iterable[Offer]:
    """Files and layers; renderings that a Hub makes of its own service are passed over."""
    found = [_offer(each) for each in members(record.get("distribution"))]
    offers = [offer for offer in found if offer is not None]
    layer = next((o for o in offers if o.kind == "arcgis"), None)
    if layer is not None:  # the service is the origin; the others are made on demand (2.3)
        offers = [layer]
    described = text_of(record.get("describedBy"))
    if _is_address(described):
        offers.append(Offer(described, "url", "Data dictionary", role=Role.DOCUMENTATION))
    return {offer.location: offer for offer in offers}.values()


def _offer(distribution: Mapping[str, object]) -> Offer | None:
    url = text_of(distribution.get("downloadURL"))
    is_download = bool(url)
    url = url or text_of(distribution.get("accessURL"))
    form = text_of(distribution.get("format"))
    media = text_of(distribution.get("mediaType")).lower()
    if not _is_address(url):
        return None
    if arcgis_addresses.is_layer(url):
        return Offer(url, "arcgis", text_of(distribution.get("title")), "ArcGIS layer", media)
    if not is_download and (media in PAGES or not media or form.lower().endswith("api")):
        return None  # a page to look at
    return Offer(
        url, "url", text_of(distribution.get("title")), form or media, media,
        number_of(distribution.get("byteSize")),
    )  # fmt: skip


def _records(document: object) -> list[object] | None:
    """The entries of a document; the oldest catalogs are bare lists (2.6)."""
    if isinstance(document, dict):
        found = document.get("dataset")
        return found if isinstance(found, list) else None
    if isinstance(document, list) and document and isinstance(document[0], dict):
        return document if "identifier" in document[0] or "distribution" in document[0] else None
    return None


def _written(text: str) -> str:
    return "" if TEMPLATE.fullmatch(text.strip()) else text


def _folder(url: str) -> str:
    return url if url.endswith("/") or "." in urlsplit(url).path.rpartition("/")[2] else f"{url}/"


def _is_address(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))


SOURCE = DcatUs()
