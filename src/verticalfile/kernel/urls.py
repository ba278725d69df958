"""Addresses on the web as they may be shown and kept: without passwords and without tokens."""

from __future__ import annotations

import re
from urllib.parse import unquote

from verticalfile.kernel.errors import InputRefused

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


_ALONE = re.compile(r"^(?:ssh|git)(?:\+ssh)?://[^/?#@:]+@", re.I)
"""A user name by which a repository is asked over ssh: no password, and not secret."""


def must_have_no_secret(address: str) -> None:
    """Raise InputRefused for an address with a password or a token in it: what a person types is
    kept for good. The refusal does not repeat it."""
    if without_secrets(address) == address or _ALONE.match(address):
        return
    raise InputRefused(
        f"{without_secrets(address)[:200]} was typed with a password or a token, which would be kept"
        " for good.",
        mend="leave it out of the address; write a key that a publisher gave into secret-keys.json"
        " of the archive, by host (docs/reference/fetching.md).",
    )


def is_secret(name: str) -> bool:
    """Whether what stands under this name in a query or a form opens a door."""
    return _TOKEN.fullmatch(name.lower()) is not None


def _pair(found: re.Match[str]) -> str:
    mark, name, _ = found.groups()
    return f"{mark}{name}={HIDDEN}" if is_secret(unquote(name)) else found[0]
