"""An ArcGIS Hub: its feed, its search, the items behind, and files made on demand."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from email.utils import format_datetime
from enum import StrEnum

from verticalfile.town.portals.holdings import Holding, Holdings
from verticalfile.town.portals.serving import Answer, Request

FEED = "/api/feed/dcat-us/1.1.json"
SEARCH = "/api/search/v1/collections/dataset/items"


class Naming(StrEnum):
    """How the Hub names its datasets, from the oldest to the newest way."""

    ITEM = "item"
    SLUG = "slug"
    MAPS = "maps"
    HOME = "home"


@dataclass
class HubSite:
    """The site. Its layers are served by an ArcGisSite of the same holdings beside it."""

    holdings: Holdings
    naming: Naming = Naming.ITEM
    has_feed: bool = True
    has_search: bool = True
    without_layer: set[int] = field(default_factory=set)  # holdings that are files alone
    not_ready: int = 0  # so often a download answers 202
    says_exporting: bool = False  # 200 with a status instead of 202
    page_max: int = 100
    _asked: dict[str, int] = field(default_factory=dict)

    def identifier(self, holding: Holding, home: str) -> str:
        """As this generation of Hubs gives it."""
        match self.naming:
            case Naming.ITEM:
                return f"{home}/datasets/{holding.hex32}_0"
            case Naming.SLUG:
                return f"{home}/datasets/alder-falls::{holding.slug}"
            case Naming.MAPS:
                return f"{home}/maps/alder-falls::{holding.slug}"
            case Naming.HOME:
                return f"{home}/home/item.html?id={holding.hex32}&sublayer=0"

    def answer(self, request: Request) -> Answer | None:
        home = f"http://{request.headers['Host']}"
        if request.path == FEED and self.has_feed:
            entries = [self._entry(holding, home) for holding in self.holdings.held]
            return _json({
                "@type": "dcat:Catalog",
                "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
                "dataset": entries,
            })  # fmt: skip
        if request.path == SEARCH and self.has_search:
            return self._search(request, home)
        if found := re.fullmatch(r"/sharing/rest/content/items/([0-9a-f]{32})", request.path):
            return self._item(found[1], home)
        if found := re.fullmatch(r"/api/v3/datasets/([0-9a-f]{32})_0", request.path):
            return self._dataset(found[1], home)
        if found := re.fullmatch(r"/api/download/v1/items/([0-9a-f]{32})/csv", request.path):
            return self._download(found[1])
        return None

    def _entry(self, holding: Holding, home: str) -> dict[str, object]:
        identifier = self.identifier(holding, home)
        made = f"{home}/api/download/v1/items/{holding.hex32}/csv?layers=0"
        distribution: list[dict[str, object]] = [
            {"title": "ArcGIS Hub Dataset", "format": "Web Page", "mediaType": "text/html",
             "accessURL": identifier},
            {"title": "ArcGIS GeoService", "format": "ArcGIS GeoServices REST API",
             "mediaType": "application/json", "accessURL": self._layer(holding, home)},
            {"title": "CSV", "format": "CSV", "mediaType": "text/csv", "accessURL": made},
        ]  # fmt: skip
        if holding.number in self.without_layer:
            del distribution[1]
        return {
            "@type": "dcat:Dataset", "identifier": identifier, "landingPage": identifier,
            "title": holding.title, "description": holding.description,
            "keyword": list(holding.keywords), "issued": holding.created.isoformat(),
            "modified": holding.modified.isoformat(), "accessLevel": "public",
            "publisher": {"name": holding.publisher}, "license": holding.licence,
            "contactPoint": {"fn": holding.publisher, "hasEmail": "mailto:data@example.org"},
            "spatial": "{{extent}}", "distribution": distribution,
        }  # fmt: skip

    def _layer(self, holding: Holding, home: str) -> str:
        name = re.sub(r"\W+", "_", holding.title)
        return f"{home}/arcgis/rest/services/{name}/FeatureServer/0"

    def _search(self, request: Request, home: str) -> Answer:
        limit = min(request.number("limit", 10), self.page_max)
        start = request.number("startindex", 1) - 1
        held = sorted(self.holdings.held, key=lambda holding: holding.hex32)
        page = held[start : start + limit]
        features = [
            {"type": "Feature", "id": f"{h.hex32}_0", "geometry": None, "properties": self._about(h, home)}
            for h in page
        ]  # fmt: skip
        return _json({
            "type": "FeatureCollection", "features": features, "numberMatched": len(held),
            "numberReturned": len(features), "links": [],
        })  # fmt: skip

    def _about(self, holding: Holding, home: str) -> dict[str, object]:
        return {
            "id": holding.hex32, "owner": "gis_alder_falls", "title": holding.title,
            "type": "Feature Service", "description": holding.description, "access": "public",
            "licenseInfo": holding.licence, "tags": list(holding.keywords),
            "url": self._layer(holding, home),
            "created": int(holding.created.timestamp() * 1000),
            "modified": int(holding.modified.timestamp() * 1000),
        }  # fmt: skip

    def _item(self, item: str, home: str) -> Answer:
        for holding in self.holdings.held:
            if holding.hex32 == item:
                views = self._asked[item] = self._asked.get(item, 0) + 1
                return _json({**self._about(holding, home), "numViews": views})
        return _json({"error": {"code": 400, "message": "Item does not exist or is inaccessible."}})

    def _dataset(self, item: str, home: str) -> Answer | None:
        for holding in self.holdings.held:
            if holding.hex32 == item and holding.number not in self.without_layer:
                attributes = {"name": holding.title, "url": self._layer(holding, home)}
                return _json(
                    {"data": {"id": f"{item}_0", "type": "dataset", "attributes": attributes}}
                )
        return None

    def _download(self, item: str) -> Answer | None:
        for holding in self.holdings.held:
            if holding.hex32 != item:
                continue
            times = self._asked[f"file {item}"] = self._asked.get(f"file {item}", 0) + 1
            if times <= self.not_ready:
                body = json.dumps({"status": "Exporting", "progressInPercent": 40}).encode()
                return Answer(body, 200 if self.says_exporting else 202)
            made = format_datetime(holding.created, usegmt=True)
            return Answer(holding.csv(), media_type="text/csv", headers={"Last-Modified": made})
        return None


def _json(body: object) -> Answer:
    return Answer(json.dumps(body).encode())
