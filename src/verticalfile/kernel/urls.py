"""Addresses on the web as they may be shown and kept: without passwords and without tokens."""

from __future__ import annotations

import re
from urllib.parse import unquote

HIDDEN = "hidden"
_USER = re.compile(r"(^|:)[/\\]{2,}[^/?#]*@")
_PAIR = re.compile(r"([?&;#])([^=&;#?\s]+)=([^&;#\s]+)")
_TOKEN = re.compile(
    r"\$*(sig|signature|x-(amz|goog)-.+|awsaccesskeyid|googleaccessid|key-pair-id"
    r"|((access|api|app|auth|id|security|session|user)[-_]?)?token|jwt|bearer|sas"
    r"|(api|app|access|subscription|secret)[-_]?key|client[-_]?secret|secret|auth|authorization"
    r"|password|passwd|pwd|credential|session[-_]?id)"
)
"""Names of what opens a door in a query: signed links of the clouds, ArcGIS, Socrata, CKAN."""


def without_secrets(text: str) -> str:
    """A URL, or a text with URLs in it, in which user names, passwords and tokens are hidden."""
    return _PAIR.sub(_pair, _USER.sub(r"\1//", text))


def is_secret(name: str) -> bool:
    """Whether what stands under this name in a query or a form opens a door."""
    return _TOKEN.fullmatch(name.lower()) is not None


def _pair(found: re.Match[str]) -> str:
    mark, name, _ = found.groups()
    return f"{mark}{name}={HIDDEN}" if is_secret(unquote(name)) else found[0]
