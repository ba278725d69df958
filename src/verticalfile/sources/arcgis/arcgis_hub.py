"""ArcGIS Hub sites (developers.arcgis.com/hub): their feed, or their search, and what they make.

The feed is a DCAT-US document and is kept as it came; where the editors of a site have switched it
off, the search is walked (untried on a real portal). The origin of a dataset is its service: what a
Hub makes of it on demand may be older than the layer, so it is fetched only where there is no layer.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from verticalfile.fetch.errors import AnswerRefused, FetchError
from verticalfile.kernel.errors import LimitReached
from verticalfile.sources.arcgis import arcgis_addresses, hub_search
from verticalfile.sources.arcgis.arcgis import offers_of
from verticalfile.sources.arcgis.hub_downloads import downloaded
from verticalfile.sources.arcgis.hub_identifiers import hub_identifier
from verticalfile.sources.arcgis.hub_items import ITEMS, is_item, item_kept
from verticalfile.sources.dcat import dcat_us
from verticalfile.sources.kind import Entry, Offer, Recognised, Record, Role, Taken
from verticalfile.sources.reading import member, members, text_of
from verticalfile.sources.visit import Page, Visit

FEED = "api/feed/dcat-us/1.1.json"
PORTAL = "https://www.arcgis.com"
"""Whose items a Hub shows, where an identifier names no other portal."""
_TITLE = re.compile(rb"<title[^>]*>([^<]{1,200})</title>", re.IGNORECASE)


class ArcGisHub:
    """The kind."""

    name = "arcgis-hub"
    label = "ArcGIS Hub"
    is_tried = True  # its feeds; the search says so itself
    table = "dataset"
    volatile = frozenset({"modified"})
    answer_at = ""
    in_pages = (hub_search.PAGES,)

    def recognise(self, visit: Visit, url: str, page: Page | None) -> Recognised | None:
        """A site that answers where Hubs have their feed, else where they have their search."""
        root = "{0.scheme}://{0.netloc}/".format(urlsplit(url))
        title = _title_of(page)
        try:
            document = visit.json(urljoin(root, FEED))
            if isinstance(member(document, "dataset"), list):
                return Recognised(self.name, urljoin(root, FEED), title)
        except (FetchError, LimitReached):
            pass
        try:
            answer = visit.json(urljoin(root, hub_search.SEARCH), {"limit": 1})
        except (FetchError, LimitReached):
            return None
        if member(answer, "type") != "FeatureCollection" or member(answer, "numberMatched") is None:
            return None
        version = "by its search, untried on a real portal"
        return Recognised(self.name, urljoin(root, hub_search.SEARCH), title, version)

    def list(self, visit: Visit, location: str, into: Path) -> Taken:
        """The feed as one document, or every page of the search."""
        if urlsplit(location).path.endswith(f"/{hub_search.SEARCH}"):
            return hub_search.searched(visit, location, into)
        return dcat_us.SOURCE.list(visit, location, into)

    def of_one_answer(self, path: Path, location: str, into: Path) -> Taken:
        """The feed."""
        return dcat_us.SOURCE.of_one_answer(path, location, into)

    def entry(self, record: Record, location: str) -> Entry:
        """What an entry says; its offers are its layer, else what the Hub hands over."""
        entry = dcat_us.entry_of(record, location)
        known = hub_identifier(entry.identifier)
        item = known.item or _item_in(record)
        offers = _offers(record, entry, known.layer)
        if item:
            portal = _portal(entry.identifier)
            offers.append(
                Offer(
                    f"{portal}{ITEMS}{item}?f=json", self.name, "Item description", "ArcGIS item",
                    "application/json", role=Role.DOCUMENTATION, identifier=item,
                )
            )  # fmt: skip
        unique = {offer.location: offer for offer in offers}
        return replace(entry, offers=tuple(unique.values()))

    def fetch(self, visit: Visit, location: str, into: Path) -> Taken:
        """A file that the Hub makes, or the description of an item."""
        if is_item(location):
            return item_kept(visit, location, into)
        if arcgis_addresses.is_download(location):
            return downloaded(visit, location, into)
        raise AnswerRefused(
            f"{location} is nothing that a Hub makes.", mend="add the address as a file."
        )


def _offers(record: Record, entry: Entry, layer: int | None) -> list[Offer]:
    """The layer with its description where one is named, else files; what is made on demand is
    fetched by this kind, as it may have to be waited for."""
    found: list[Offer] = []
    for offer in entry.offers:
        if offer.kind == "arcgis":
            found += offers_of(offer.location, offer.title or "Layer", offer.identifier)
        elif arcgis_addresses.is_service(offer.location):
            continue  # all layers of a service: which one follows below
        elif arcgis_addresses.is_download(offer.location):
            found.append(replace(offer, kind="arcgis-hub"))
        else:
            found.append(offer)
    if any(offer.kind == "arcgis" for offer in found):
        return found
    services = (text_of(each.get("accessURL")) for each in members(record.get("distribution")))
    service = next((url for url in services if arcgis_addresses.is_service(url)), "")
    if service:  # without a number it stands for the one layer that it has
        place = arcgis_addresses.plain(service)
        rows = offers_of(place if layer is None else f"{place}/{layer}", "Layer")
        return [*rows, *(o for o in found if o.role is Role.DOCUMENTATION)]
    return found


def _item_in(record: Record) -> str:
    """The item that the addresses of an entry name, where its identifier is a title."""
    for each in members(record.get("distribution")):
        for name in ("accessURL", "downloadURL"):
            url = text_of(each.get(name))
            item = hub_identifier(url).item or arcgis_addresses.item_of_download(url)[0]
            if item:
                return item
    return hub_identifier(text_of(record.get("landingPage"))).item


def _portal(identifier: str) -> str:
    """The portal whose item page an identifier is."""
    parts = urlsplit(identifier)
    if parts.path.lower().endswith("/home/item.html") and parts.scheme in ("http", "https"):
        return f"{parts.scheme}://{parts.netloc}"
    return PORTAL


def _title_of(page: Page | None) -> str:
    found = _TITLE.search(page.body) if page is not None else None
    return unescape(found[1].decode("utf-8", "replace")).strip() if found else ""


SOURCE = ArcGisHub()
