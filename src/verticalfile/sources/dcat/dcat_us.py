"""DCAT-US 1.1 and 3.0: one JSON document that lists everything (resources.data.gov).

The document is kept as it came; its member `dataset` is the table of records. There are no pages:
it is complete where it is well-formed to its last byte and its length was met, and where its count
is not a round number that looks like a limit (harvesting.md, trap 5).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from verticalfile.fetch.client import NotModified
from verticalfile.fetch.errors import AnswerRefused, FetchError
from verticalfile.kernel.errors import LimitReached, trouble_of_json
from verticalfile.sources.arcgis import arcgis_addresses
from verticalfile.sources.dcat.dcat_us_document import identifier_of, look_at, together
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
from verticalfile.sources.offers.judging import (
    is_about,
    is_bare,
    is_page,
    is_service,
    with_documentation,
    without_renditions,
)
from verticalfile.sources.pages import digest_and_size
from verticalfile.sources.reading import (
    address_of,
    first_text,
    language_of,
    mail_of,
    member,
    members,
    number_of,
    text_of,
    texts_of,
    written,
)
from verticalfile.sources.socrata.socrata_addresses import is_rows, rows_offered
from verticalfile.sources.visit import Page, Visit
from verticalfile.sources.whole_answer import fetched_whole, in_place_of_a_list

PATHS = ("data.json", "api/feed/dcat-us/1.1.json")
"""Where a site has it, if the address itself is none: the second is ArcGIS Hub's."""
ROUND = frozenset({99, 100, 499, 500, 999, 1000, 1999, 2000, 4999, 5000, 9999, 10000})
"""Counts that look like the limit of a page rather than the end of a list."""


class DcatUs:
    """The kind."""

    name = "dcat-us"
    label = "DCAT-US catalog file"
    is_tried = True
    table = "dataset"
    volatile = frozenset({"modified"})
    answer_at = ""

    def recognise(self, visit: Visit, url: str, page: Page | None) -> Recognised | None:
        """The address itself where it is such a document, else the usual places of its site."""
        tried = [url] if url.endswith(".json") else [urljoin(_folder(url), path) for path in PATHS]
        for address in tried:
            try:
                got = visit.file(address)
            except (FetchError, LimitReached):
                continue
            assert not isinstance(got, NotModified)
            try:
                found = look_at(got.path)
            except (ValueError, RecursionError):
                continue
            finally:
                got.path.unlink()
            if found.is_catalog:
                return Recognised(self.name, address, found.title)
        return None

    def list(self, visit: Visit, location: str, into: Path) -> Taken:
        """The document, read in steps; one that is a bare list or odd, or has datasets
        inside of series, services or other catalogs, is kept with all of them beside it."""
        return fetched_whole(self, visit, location, into)

    def of_one_answer(self, path: Path, location: str, into: Path) -> Taken:
        """The document itself, with what stands inside of its parts beside it."""
        try:
            found = look_at(path)
        except (ValueError, RecursionError) as error:
            self._other(path, location)
            raise AnswerRefused(
                f"{location} is not valid JSON: {trouble_of_json(error)}.",
                mend="tell the publisher which place it names; the last good listing stays.",
                reason=str(error)[:200],
            ) from error
        if not found.is_catalog:
            self._other(path, location)
            raise AnswerRefused(
                f"{location} lists no datasets.", mend="give the address of a data.json."
            )
        name, media, count = "data.json", "application/json", found.count
        if found.has_inner or found.is_bare or found.is_odd:
            path, count = together(path, into / "data.zip", self.volatile)
            name, media = path.name, "application/zip"
        why_not = why_unproved(count, found.slips)
        complete = Completeness(
            received=count,
            method="one document",
            ended="end of document",
            proved=not why_not,
            why_not=why_not,
        )
        return Taken(path, *digest_and_size(path), name, media, complete, {})

    def _other(self, path: Path, location: str) -> None:
        """Raise AnswerRefused where something that people know came in place of the list."""
        if instead := in_place_of_a_list(path):
            raise AnswerRefused(
                f"{location} answers with {instead.rstrip('.')}, in place of its list.",
                mend="open the address in a browser; the publisher may have moved the list. The last"
                " good one stays.",
            )

    def entry(self, record: Record, location: str) -> Entry:
        """What an entry of 1.1 or 3.0 says."""
        return entry_of(record, location)

    def fetch(self, visit: Visit, location: str, into: Path) -> Taken:
        """Nothing: its offers are fetched as plain files or by the kind they belong to."""
        raise AnswerRefused(
            f"A {self.label} has no rows of its own.", mend="collect its datasets instead."
        )


def why_unproved(count: int, slips: str) -> str:
    """Why one document does not prove that it is all there is; "" where it does."""
    if slips:
        return f"it is not valid JSON ({slips}), and was read all the same"
    return f"{count} entries look like the limit of a page" if count in ROUND else ""


def entry_of(record: Record, location: str) -> Entry:
    """A dataset of a `data.json` (resources.data.gov/resources/dcat-us). Raises BadRecord."""
    told = identifier_of(record)
    title = written(text_of(record.get("title")))
    if not told and not title:
        raise BadRecord(
            "An entry has neither an identifier nor a title.",
            mend="tell the publisher; the other entries are taken.",
        )
    contact = next(iter(members(record.get("contactPoint"))), {})
    mail = mail_of(text_of(member(contact, "hasEmail")))
    name = written(text_of(member(contact, "fn")))
    licence_field = next((f for f in ("license", "rights") if _told(record.get(f))), "")
    return Entry(
        identifier=told or title,
        title=title,
        description=written(text_of(record.get("description"))),
        language=language_of(first_text(record.get("language"))),
        publisher=next(
            (n for each in members(record.get("publisher")) if (n := text_of(each.get("name")))), ""
        ),
        contact=f"{name}, {mail}" if name and mail else name or mail,
        landing_page=text_of(record.get("landingPage")),
        licence=_told(record.get(licence_field)),
        licence_field=licence_field,
        places=tuple(texts_of(record.get("spatial"))),
        subjects=tuple(dict.fromkeys((*texts_of(record.get("theme")), *texts_of(record.get("keyword"))))),
        frequency=text_of(record.get("accrualPeriodicity")),
        modified=text_of(record.get("modified")),
        access=text_of(record.get("accessLevel")),
        offers=tuple(_offers(record, location)),
    )  # fmt: skip


def _offers(record: Record, location: str) -> Iterable[Offer]:
    """Files and layers; what a Hub makes of its own layer on demand is passed over (2.3)."""
    found = [offer_of(each, location) for each in members(record.get("distribution"))]
    kept = without_renditions([offer for offer in found if offer is not None])
    offers = with_documentation(kept)
    for each in (record, *members(record.get("distribution"))):
        described = _told(each.get("describedBy"))
        if url := address_of(described, location):
            offers.append(
                Offer(url, "url", "Data dictionary", role=Role.DOCUMENTATION, written=described)
            )
    return {offer.location: offer for offer in offers}.values()


def offer_of(distribution: Mapping[str, object], location: str) -> Offer | None:
    """The file or layer of a distribution; None for a page, a service and for nothing."""
    written = _told(distribution.get("downloadURL"))
    is_download = bool(written)
    written = written or _told(distribution.get("accessURL"))
    url = address_of(written, location)
    title, form = text_of(distribution.get("title")), text_of(distribution.get("format"))
    media = text_of(distribution.get("mediaType")).lower()
    if not url:
        return None
    if arcgis_addresses.is_layer(url):
        return Offer(url, "arcgis", title, "ArcGIS layer", media)
    if is_service(url, form, media, title):
        return None  # to ask
    if is_rows(url):
        return rows_offered(url, title)
    looked_at = is_page(media) and (not is_download or (is_page(form or media) and is_bare(url)))
    if not is_download and (not media or form.lower().endswith("api")):
        looked_at = True
    if looked_at and not is_about(title, form or media):
        return None
    return Offer(
        url, "url", title, form or media, media,
        number_of(distribution.get("byteSize")), checksum=_checksum(distribution.get("checksum")),
        written=written,
    )  # fmt: skip


def _checksum(told: object) -> str:
    """A checksum of 3.0 as `sha256:...`; "" for an algorithm that says nothing today."""
    first = next(iter(members(told)), {})
    value = text_of(first.get("checksumValue") or first.get("spdx:checksumValue")).lower()
    named = _told(first.get("algorithm") or first.get("spdx:algorithm")).lower()
    algorithm = named.rpartition("_")[2].rpartition("/")[2].replace("-", "")
    lengths = {"sha256": 64, "sha384": 96, "sha512": 128, "sha1": 40, "md5": 32}
    is_one = re.fullmatch(r"[0-9a-f]+", value) and lengths.get(algorithm) == len(value)
    return f"{algorithm}:{value}" if is_one else ""


def _told(value: object) -> str:
    """A text, the address of an object, or the first such of a list."""
    many = value if isinstance(value, list) else [value]
    return next((t for each in many if (t := text_of(member(each, "@id") or each))), "")


def _folder(url: str) -> str:
    return url if url.endswith("/") or "." in urlsplit(url).path.rpartition("/")[2] else f"{url}/"


SOURCE = DcatUs()
