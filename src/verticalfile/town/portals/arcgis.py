"""An ArcGIS server: a directory, services of one layer each, and their rows.

As developers.arcgis.com and the recordings have it: pages for people unless `f=json`, errors with
status 200, ids and counts by flags, at most `rows_max` rows whatever was asked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlencode

from verticalfile.town.portals.holdings import Holding, Holdings
from verticalfile.town.portals.serving import Answer, Request

ROOT = "/arcgis/rest/services"
WKID = {"wkid": 102100, "latestWkid": 3857}
DOMAIN = {
    "type": "codedValue", "name": "State",
    "codedValues": [{"name": "Open", "code": 1}, {"name": "Closed", "code": 2}],
}  # fmt: skip
STATES = {"Open": 1, "Closed": 2}
_RANGE = re.compile(r"^(\S+) >= (-?\d+) AND \1 <= (-?\d+)$", re.IGNORECASE)
WEST, SOUTH = -8_400_000.0, 4_900_000.0
"""Where the town lies, in metres of Web Mercator."""


@dataclass
class Layer:
    """A layer's rows and what a script may make of its server. Rows are found by their number."""

    name: str
    rows: Sequence[object]
    feature: Callable[[int, object], dict[str, object]]  # of a number and a row
    fields: list[dict[str, object]]
    number: int = 0
    item: str = ""
    kind: str = "Feature Layer"
    description: str = ""
    oid: str = "OBJECTID"
    first_id: int = 1
    step: int = 1  # between ids
    rows_max: int = 1000
    told_max: int | None = 1000  # what the description says; None: nothing, as old servers
    edited: datetime = field(default_factory=lambda: datetime(2025, 1, 6, tzinfo=UTC))
    ids_as_floats: bool = False
    ignores: frozenset[str] = frozenset()  # parameters that this server does not know
    flag: bool | None = None  # exceededTransferLimit: None as it is, else always so
    fails_at: frozenset[int] = frozenset()  # ids whose page is an error (trap 43)
    needs_token: bool = False
    repeats: int = 1  # each row so often in a page (trap 42)
    after_page: Callable[[], None] | None = None  # edits while somebody walks
    has_places: bool = True
    can_page: bool = True
    knows_ranges: bool = True  # else `OBJECTID >= 1 AND OBJECTID <= 9` is an error
    takes_forms: bool = True  # else POST is not allowed
    address_max: int | None = None  # characters of a query; longer ones are not found, as IIS says

    def ids(self) -> range:
        return range(self.first_id, self.first_id + self.step * len(self.rows), self.step)

    def row(self, oid: int) -> dict[str, object]:
        return self.feature(oid, self.rows[(oid - self.first_id) // self.step])


class ArcGisSite:
    """The server. Layers of one service stand under its name."""

    def __init__(self, holdings: Holdings | None = None, *, folder: str = "") -> None:
        self.services: dict[str, list[Layer]] = {}
        self.also_as_map: set[str] = set()  # services that a MapServer shows, too
        self.closed: set[str] = set()  # services and folders that want a token
        for holding in holdings.held if holdings else ():
            name = f"{folder}/{_service_name(holding)}" if folder else _service_name(holding)
            self.services[name] = [layer_of(holding)]

    def url(self, home: str, service: str, layer: int = 0) -> str:
        """The address of a layer."""
        return f"{home.rstrip('/')}{ROOT}/{service}/FeatureServer/{layer}"

    def answer(self, request: Request) -> Answer | None:
        if not request.path.startswith(ROOT):
            return None
        if request.query.get("f", "html") not in ("json", "pjson"):
            body = b"<html><head><title>ArcGIS REST Services Directory</title></head></html>"
            return Answer(body, media_type="text/html;charset=utf-8")
        path = request.path.removeprefix(ROOT).strip("/")
        found = re.fullmatch(r"(.+?)/(FeatureServer|MapServer)(?:/(\d+)(/query)?)?", path)
        if found is None:
            return self._directory(path)
        name, kind, number, is_query = found.groups()
        if {name, name.rpartition("/")[0]} & self.closed:
            return _error(499, "Token Required")
        layers = self.services.get(name)
        if layers is None or (kind == "MapServer" and name not in self.also_as_map):
            return _error(400, "Invalid URL")
        if number is None:
            return _json(_service(layers))
        layer = next((each for each in layers if each.number == int(number)), None)
        if layer is None:
            return _error(400, "Invalid URL")
        if layer.needs_token:
            return _error(499, "Token Required")
        return _query(layer, request) if is_query else _json(_described(layer))

    def _directory(self, folder: str) -> Answer:
        if folder in self.closed:
            return _error(499, "Token Required")
        named = {name: name.rpartition("/")[0] for name in self.services}
        folders = sorted({f for f in named.values() if f}) if not folder else []
        if folder and folder not in named.values():
            return _error(404, "Folder not found")
        services = [
            {"name": name, "type": kind}
            for name in sorted(named) if named[name] == folder
            for kind in ("FeatureServer", *(["MapServer"] if name in self.also_as_map else []))
        ]  # fmt: skip
        services.append({"name": f"{folder}/Geocode".strip("/"), "type": "GeocodeServer"})
        return _json({"currentVersion": 11.3, "folders": folders, "services": services})


def layer_of(holding: Holding) -> Layer:
    """A holding as a layer: text, a date in milliseconds, a code with a domain, a point."""
    fields: list[dict[str, object]] = [
        {"name": "OBJECTID", "type": "esriFieldTypeOID", "alias": "OBJECTID", "domain": None},
        {"name": "id", "type": "esriFieldTypeString", "alias": "Number", "length": 20, "domain": None},
        {"name": "street", "type": "esriFieldTypeString", "alias": "Street", "length": 80, "domain": None},
        {"name": "opened", "type": "esriFieldTypeDate", "alias": "Opened", "length": 8, "domain": None},
        {"name": "status", "type": "esriFieldTypeSmallInteger", "alias": "State", "domain": DOMAIN},
        {"name": "amount", "type": "esriFieldTypeDouble", "alias": "Amount", "domain": None},
    ]  # fmt: skip
    return Layer(
        holding.title, holding.rows, _feature, fields, item=holding.hex32,
        description=holding.description, edited=holding.modified,
    )  # fmt: skip


def _feature(oid: int, row: object) -> dict[str, object]:
    assert isinstance(row, tuple)
    number, street, opened, status, amount = row
    day = datetime.fromisoformat(opened).replace(tzinfo=UTC)
    return {
        "attributes": {
            "OBJECTID": oid, "id": number, "street": street,
            "opened": int(day.timestamp()) * 1000, "status": STATES.get(status),
            "amount": float(amount),
        },
        "geometry": {"x": WEST + oid % 977 * 10.25, "y": SOUTH + oid % 1009 * 9.5},
    }  # fmt: skip


def _service(layers: Sequence[Layer]) -> dict[str, object]:
    def told(of_tables: bool) -> list[dict[str, object]]:
        return [
            {
                "id": each.number, "name": each.name, "parentLayerId": -1,
                **({} if each.told_max is None else {"type": each.kind}),  # old servers do not say
                "geometryType": "esriGeometryPoint" if each.has_places else None,
            }
            for each in layers if (each.kind == "Table") == of_tables
        ]  # fmt: skip

    return {
        "currentVersion": 11.3, "serviceDescription": layers[0].description,
        "hasVersionedData": False, "maxRecordCount": layers[0].rows_max,
        "supportedQueryFormats": "JSON", "capabilities": "Query",
        "description": layers[0].description, "copyrightText": "Alder Falls GIS",
        "serviceItemId": layers[0].item, "spatialReference": WKID,
        "layers": told(False), "tables": told(True),
    }  # fmt: skip


def _described(layer: Layer) -> dict[str, object]:
    about: dict[str, object] = {
        "currentVersion": 11.3, "id": layer.number, "name": layer.name, "type": layer.kind,
        "description": layer.description, "copyrightText": "Alder Falls GIS",
        "serviceItemId": layer.item, "objectIdField": layer.oid, "globalIdField": "",
        "fields": layer.fields, "supportedQueryFormats": "JSON", "capabilities": "Query",
        "supportsStatistics": False, "hasAttachments": False,
        "advancedQueryCapabilities": {
            "supportsPagination": layer.can_page, "supportsOrderBy": True,
        },
        "editingInfo": {"lastEditDate": int(layer.edited.timestamp() * 1000)},
    }  # fmt: skip
    if layer.has_places and layer.kind != "Table":
        about["geometryType"] = "esriGeometryPoint"
        about["extent"] = {
            "xmin": WEST - 1, "ymin": SOUTH - 1, "xmax": WEST + 10_015, "ymax": SOUTH + 9_600,
            "spatialReference": WKID,
        }  # fmt: skip
    if layer.told_max is not None:
        about["maxRecordCount"] = layer.told_max
    else:
        del about["objectIdField"], about["currentVersion"]
    return about


def _query(layer: Layer, request: Request) -> Answer:
    if request.method == "POST" and not layer.takes_forms:
        return Answer(b"Method Not Allowed", 405, "text/plain")
    length = len(urlencode(request.query)) if request.method == "GET" else 0
    if layer.address_max is not None and length > layer.address_max:
        return Answer(b"<h1>Server Error</h1><h2>404 - Not found.</h2>", 404, "text/html")
    asked = {n: v for n, v in request.query.items() if n not in layer.ignores}
    if not (asked.get("where") or asked.get("objectIds") or asked.get("geometry")):
        return _error(400, "Unable to complete operation.", "'where' clause is required")
    ids = _chosen(layer, asked)
    if ids is None:
        return _error(400, "Unable to complete operation.", "Unable to perform query operation.")
    if asked.get("returnIdsOnly") == "true":
        told: Sequence[object] = [float(i) for i in ids] if layer.ids_as_floats else ids
        return _json({"objectIdFieldName": layer.oid, "objectIds": list(told) or None})
    if asked.get("returnCountOnly") == "true":
        return _json({"count": len(ids)})
    start = _number(asked, "resultOffset", 0)
    size = min(_number(asked, "resultRecordCount", layer.rows_max), layer.rows_max)
    page = ids[start : start + size]
    if not layer.fails_at.isdisjoint(page):
        return _error(500, "Error performing query operation")
    has_more = start + len(page) < len(ids)
    answer = _json(_feature_set(layer, page, asked, has_more))
    if layer.after_page is not None:
        layer.after_page()
    return answer


def _feature_set(
    layer: Layer, page: Sequence[int], asked: Mapping[str, str], has_more: bool
) -> dict[str, object]:
    features = [layer.row(oid) for oid in page for _ in range(layer.repeats)]
    if layer.ids_as_floats:
        for each in features:
            attributes = each["attributes"]
            assert isinstance(attributes, dict)
            attributes[layer.oid] = float(attributes[layer.oid])
    if asked.get("returnGeometry") == "false":
        features = [{"attributes": each["attributes"]} for each in features]
    found: dict[str, object] = {"objectIdFieldName": layer.oid, "globalIdFieldName": ""}
    if layer.has_places:
        found |= {"geometryType": "esriGeometryPoint", "spatialReference": WKID}
    found |= {"fields": layer.fields} if features else {}
    found["features"] = features
    flag = has_more if layer.flag is None else layer.flag
    return {**found, "exceededTransferLimit": True} if flag else found


def _chosen(layer: Layer, asked: Mapping[str, str]) -> Sequence[int] | None:
    """The ids that a query is about; None where it is not understood."""
    ids = layer.ids()
    if "objectIds" in asked:
        return sorted(i for part in asked["objectIds"].split(",") if (i := int(part)) in ids)
    where = asked.get("where", "1=1")
    if where != "1=1":
        found = _RANGE.match(where) if layer.knows_ranges else None
        if found is None or found[1] != layer.oid:
            return None
        low, high = int(found[2]), int(found[3])
        first = max(0, -(-(low - ids.start) // ids.step))
        last = max(first, (high - ids.start) // ids.step + 1)
        return ids[first:last]
    if "geometry" in asked:
        left, bottom, right, top = map(float, asked["geometry"].split(","))
        return [i for i in ids if _is_within(layer.row(i)["geometry"], left, bottom, right, top)]
    return ids


def _is_within(place: object, left: float, bottom: float, right: float, top: float) -> bool:
    assert isinstance(place, dict)
    return left <= float(place["x"]) <= right and bottom <= float(place["y"]) <= top


def _number(asked: Mapping[str, str], name: str, default: int) -> int:
    try:
        return int(asked.get(name, default))
    except ValueError:
        return default


def _service_name(holding: Holding) -> str:
    return re.sub(r"\W+", "_", holding.title)


def _json(body: object) -> Answer:
    return Answer(json.dumps(body).encode())


def _error(code: int, message: str, *details: str) -> Answer:
    """As these servers do: with status 200."""
    return _json({"error": {"code": code, "message": message, "details": list(details)}})
