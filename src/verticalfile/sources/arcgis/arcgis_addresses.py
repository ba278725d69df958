"""Addresses of ArcGIS services, layers and items, told from any other."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_LAYER = re.compile(r"/(FeatureServer|MapServer)/\d+/?$", re.IGNORECASE)
_SERVICE = re.compile(r"/(FeatureServer|MapServer)/?$", re.IGNORECASE)
_DIRECTORY = re.compile(r"/rest/services(/[^/]+)?/?$", re.IGNORECASE)


def is_layer(url: str) -> bool:
    """Whether the address is one layer or table of a service that can be asked for rows."""
    return bool(_LAYER.search(urlsplit(url).path))


def is_service(url: str) -> bool:
    """Whether the address is a service with layers below it."""
    return bool(_SERVICE.search(urlsplit(url).path))


def is_directory(url: str) -> bool:
    """Whether the address is a list of services, or a folder in one."""
    return bool(_DIRECTORY.search(urlsplit(url).path))


def plain(url: str) -> str:
    """The address as it is told apart from others: no query, no slash at its end."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
