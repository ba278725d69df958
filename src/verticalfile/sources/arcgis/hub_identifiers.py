"""How ArcGIS Hub has named the same datasets over the years (harvesting.md 2.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

_ITEM = re.compile(r"^([0-9a-f]{32})(?:_(\d+))?$", re.IGNORECASE)
_HOME = re.compile(r"/home/item\.html$", re.IGNORECASE)


class Generation(StrEnum):
    """Which way of naming an identifier follows."""

    ITEM = "item and layer"  # /datasets/<32 hex>_<layer>, first http, since 2020-09 https
    SLUG = "organisation and title"  # /datasets/<org>::<title>, since 2022-01; not unique
    KIND_SLUG = "kind, organisation and title"  # /maps/, /documents/, ... since 2022-04
    HOME = "item page"  # .../home/item.html?id=<32 hex>&sublayer=<layer>
    OTHER = "another"


@dataclass(frozen=True, slots=True)
class HubIdentifier:
    """What an identifier says; "" and None where it does not."""

    generation: Generation
    item: str = ""
    layer: int | None = None
    slug: str = ""


def hub_identifier(text: str) -> HubIdentifier:
    """The parts of an identifier of a Hub's feed."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return HubIdentifier(Generation.OTHER)
    if _HOME.search(parts.path):
        query = parse_qs(parts.query)
        item, layer = query.get("id", [""])[0], query.get("sublayer", [""])[0]
        if _ITEM.match(item):
            number = int(layer) if layer.isdecimal() else None
            return HubIdentifier(Generation.HOME, item[:32].lower(), number)
        return HubIdentifier(Generation.OTHER)
    folder, _, tail = parts.path.rstrip("/").rpartition("/")
    if found := _ITEM.match(tail):
        layer = found[2]
        return HubIdentifier(Generation.ITEM, found[1].lower(), int(layer) if layer else None)
    if folder.endswith("/datasets") and tail:
        return HubIdentifier(Generation.SLUG, slug=tail)
    if re.search(r"/(maps|documents|apps|content|pages)$", folder) and tail:
        return HubIdentifier(Generation.KIND_SLUG, slug=tail)
    return HubIdentifier(Generation.OTHER)
