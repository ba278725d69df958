"""What a layer says of itself, as far as asking for its rows needs it, and how answers are read.

Old servers leave out the name of the object id, the size of a page and the version (harvesting.md
2.4); object ids come as floats, beyond 2^31 and with gaps (trap 41).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec

from verticalfile.fetch.errors import AnswerRefused
from verticalfile.sources.arcgis.arcgis_answers import judged
from verticalfile.sources.reading import member, members, number_of, text_of
from verticalfile.sources.visit import Page

ROWS_MAX_UNTOLD = 1_000
"""What servers give at a time that do not say so."""
EXACT = 1 << 53
"""Floats are whole numbers up to here."""
NOT_COLUMNS = ("esriFieldTypeGeometry", "esriFieldTypeRaster")
GEOMETRY = "geometry"
WITH_ROWS = ("feature layer", "table")
"""Layers that can be asked for rows; group, raster and annotation layers cannot."""
PICTURES = ("raster layer", "group layer")
"""They have none also where they tell fields."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer or table that can be asked for rows."""

    location: str
    name: str
    oid: str  # the name of the object id, "" where there is none
    rows_max: int
    fields: tuple[str, ...]
    has_geometry: bool
    extras: Mapping[str, str]  # parameters for z and m values
    can_page: bool
    extent: Mapping[str, object]
    spatial_reference: Mapping[str, object]

    @property
    def query_url(self) -> str:
        return f"{self.location}/query"

    @property
    def columns(self) -> tuple[str, ...]:
        """Of its table: the fields in the layer's order, then the shape."""
        return (*self.fields, GEOMETRY) if self.has_geometry else self.fields

    def rows_query(self, ids: Sequence[int], *, by_range: bool) -> dict[str, object]:
        """The parameters that ask for these rows."""
        if by_range:
            where: dict[str, object] = {
                "where": f"{self.oid} >= {ids[0]} AND {self.oid} <= {ids[-1]}"
            }
        else:
            where = {"objectIds": ",".join(map(str, ids))}
        return where | self.whole_rows()

    def whole_rows(self) -> dict[str, object]:
        """The parameters for all fields and the shape as it is stored."""
        shape = "true" if self.has_geometry else "false"
        return {"outFields": "*", "returnGeometry": shape, **self.extras, "f": "json"}

    def told(self) -> dict[str, object]:
        """What is kept beside the rows: name and fields tell whether it is still the same layer."""
        return {
            "name": self.name, "fields": list(self.fields),
            "spatial_reference": dict(self.spatial_reference),
        }  # fmt: skip


def without_rows(about: Mapping[str, object]) -> str:
    """What a description says that it is of, where that is nothing with rows; else ""."""
    kind = text_of(about.get("type"))
    is_other = bool(kind) and kind.lower() not in WITH_ROWS and not members(about.get("fields"))
    return kind if is_other or kind.lower() in PICTURES else ""


def layer_of(location: str, about: Mapping[str, object]) -> Layer:
    """The layer that a description describes; raises AnswerRefused where it has no rows."""
    fields = [f for f in members(about.get("fields")) if f.get("type") not in NOT_COLUMNS]
    names = [name for f in fields if (name := text_of(f.get("name")))]
    if not names:
        kind = text_of(about.get("type")) or "something without fields"
        raise AnswerRefused(
            f"{location} is a {kind} and has no rows.",
            mend="nothing is wrong with what is kept; collect layers below it, if it has any.",
        )
    typed = (text_of(f.get("name")) for f in fields if f.get("type") == "esriFieldTypeOID")
    oid = text_of(about.get("objectIdField")) or next(typed, "")
    abilities = about.get("advancedQueryCapabilities")
    extent = about.get("extent")
    extent = extent if isinstance(extent, Mapping) else {}
    place = extent.get("spatialReference") or about.get("sourceSpatialReference")
    extras = {f"return{axis}": "true" for axis in "ZM" if about.get(f"has{axis}") is True}
    return Layer(
        location, text_of(about.get("name")), oid,
        max(1, number_of(about.get("maxRecordCount")) or ROWS_MAX_UNTOLD), tuple(names),
        bool(text_of(about.get("geometryType"))), extras,
        member(abilities, "supportsPagination") is True, extent,
        place if isinstance(place, Mapping) else {},
    )  # fmt: skip


def exact(page: Page) -> object:
    """The JSON of a page, whole numbers that are written as floats exact."""
    try:
        return json.loads(page.body.decode("utf-8-sig"), parse_float=_number)
    except (ValueError, RecursionError):
        return page.json()  # which refuses it


def _number(text: str) -> float | int:
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else float(text)


class _Ids(msgspec.Struct):
    objectIds: list[int]
    error: object = None
    status: object = None


def plain_ids(page: Page) -> list[int] | None:
    """The ids of an answer that is as it should be; None for any other."""
    with suppress(msgspec.MsgspecError, RecursionError):
        answer = msgspec.json.decode(page.body, type=_Ids)
        return answer.objectIds if answer.error is None and answer.status is None else None
    return None


def ids_in(answer: Mapping[str, object]) -> list[int] | None:
    """The object ids of an answer; None where it holds something else (trap 40)."""
    if "objectIds" not in answer:
        return None
    found = answer["objectIds"]
    if found is None:
        return []  # as servers say "none"
    if not isinstance(found, list):
        return None
    return [each for each in found if type(each) is int]  # no bool


@dataclass(frozen=True, slots=True)
class Rows:
    """What a page of rows holds."""

    oids: list[int]
    count: int
    has_more: bool


def rows_in(page: Page, layer: Layer) -> Rows:
    """The ids in a page; raises for an error in it and for what is none (traps 35, 48).

    A million rows come in pages whose ids are whole numbers all: of those nothing but the ids is
    built. Whatever is otherwise is read in full, and says what it is.
    """
    return _plain_rows(page, layer.oid) or _rows_read_in_full(page, layer)


def _plain_rows(page: Page, oid: str) -> Rows | None:
    """The ids of a page that is as it should be; None for any other."""
    if not oid:
        return None
    try:
        page.body.decode()  # texts that nobody builds are not looked at by the decoder
        answer = _decoder(oid).decode(page.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if answer.error is not None or answer.status == "error":
        return None
    oids = [each.attributes.oid for each in answer.features]
    return Rows(oids, len(oids), _has_more(answer.exceededTransferLimit, answer.properties))


class _Answer(msgspec.Struct):
    """What is looked at in a page, beside its features."""

    error: object = None
    status: object = None
    exceededTransferLimit: object = None
    properties: object = None


@lru_cache(maxsize=64)
def _decoder(oid: str) -> msgspec.json.Decoder[Any]:
    """Reads features whose object id bears this name, and passes over all else in them."""
    attributes = msgspec.defstruct("Attributes", [("oid", int)], rename={"oid": oid}, gc=False)
    feature: Any = msgspec.defstruct("Feature", [("attributes", attributes)], gc=False)
    fields = [("features", list[feature])]
    answer = msgspec.defstruct("Answer", fields, bases=(_Answer,), kw_only=True)
    return msgspec.json.Decoder(answer)


def _rows_read_in_full(page: Page, layer: Layer) -> Rows:
    answer = judged(page.json(), layer.query_url, page.exchange)
    features = answer.get("features")
    if not isinstance(features, list):
        raise AnswerRefused(
            f"{layer.query_url} answers without rows.",
            mend="open the address in a browser; the publisher may be out of order.",
            exchange=page.exchange,
        )
    has_more = _has_more(answer.get("exceededTransferLimit"), answer.get("properties"))
    return Rows(_oids(page, features, layer.oid), len(features), has_more)


def _has_more(flag: object, properties: object) -> bool:
    """GeoJSON hides the flag among the properties (trap 48)."""
    return flag is True or member(properties, "exceededTransferLimit") is True


def _oids(page: Page, features: list[object], name: str) -> list[int]:
    if not name:
        return []
    found: list[int] = []
    for feature in features:
        value = member(member(feature, "attributes"), name)
        if isinstance(value, float) and abs(value) >= EXACT:
            return _oids(page, members(member(exact(page), "features")), name)  # type: ignore[arg-type]  # a list of objects
        if isinstance(value, int | float) and value == value // 1:
            found.append(int(value))
    return found
