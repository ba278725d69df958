"""Addresses of ArcGIS services, layers and items, and of files that a Hub makes, told from any other."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_LAYER = re.compile(r"/(FeatureServer|MapServer)/\d+/?$", re.IGNORECASE)
_SERVICE = re.compile(r"/(FeatureServer|MapServer)/?$", re.IGNORECASE)
_DOWNLOAD = re.compile(
    r"/api/download/v1/items/(?P<item>[0-9a-f]{32})/"
    r"|/api/v3/datasets/(?P<of>[0-9a-f]{32})(?:_(?P<nth>\d+))?/downloads/data$"
    r"|/datasets/(?P<old>[0-9a-f]{32})(?:_(?P<layer>\d+))?\.(?:csv|geojson|kml|zip)$"
    r"|/datasets/[^/]+\.(?:csv|geojson|kml|zip)$",
    re.IGNORECASE,
)
"""Every generation of a Hub's links to a file that it makes on demand (harvesting.md 2.3)."""
_DIRECTORY = re.compile(r"/rest/services(/[^/]+)?/?$", re.IGNORECASE)


def _path(url: str) -> str:
    """The path of an address, "" of one that nobody can read, as strangers write them."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def is_layer(url: str) -> bool:
    """Whether the address is one layer or table of a service that can be asked for rows."""
    return bool(_LAYER.search(_path(url)))


def is_service(url: str) -> bool:
    """Whether the address is a service with layers below it."""
    return bool(_SERVICE.search(_path(url)))


def is_directory(url: str) -> bool:
    """Whether the address is a list of services, or a folder in one."""
    return bool(_DIRECTORY.search(_path(url)))


def is_download(url: str) -> bool:
    """Whether a Hub makes the file behind an address."""
    return bool(_DOWNLOAD.search(_path(url)))


def item_of_download(url: str) -> tuple[str, str]:
    """The item that a file is made of and its layer, "" where its address does not say."""
    found = _DOWNLOAD.search(_path(url))
    if found is None:
        return "", ""
    item = found["item"] or found["of"] or found["old"] or ""
    return item.lower(), found["nth"] or found["layer"] or ""


def plain(url: str) -> str:
    """The address as it is told apart from others: no query, no slash at its end."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
