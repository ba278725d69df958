"""What a source calls its file: a media type and a plain name, from headers that may lie.

The name is for people and downloads (RFC 6266); it is never used as a path here.
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from email.message import Message
from urllib.parse import unquote, urlsplit

NAME_MAX_BYTES = 180
"""File systems hold 255 bytes; room is left for a date before and `.part` behind the name."""

_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d) ?(\..*)?", re.IGNORECASE)
_FORBIDDEN = frozenset('<>:"|?*')
_EXTENDED = re.compile(
    r";\s*filename\*\s*=\s*\"?([\w-]+)'[^']*'([^;\"\s]+)", re.ASCII | re.IGNORECASE
)
_NAMELESS = "download"


def media_type_of(content_type: str) -> str:
    """`text/csv; charset=utf-8` is `text/csv`; empty where nothing sensible is said."""
    found = re.match(r"\s*([\w!#$&^.+-]+/[\w!#$&^.+-]+)\s*(;|$)", content_type, re.ASCII)
    return found[1].lower() if found else ""


def file_name_of(disposition: str, url: str) -> str:
    """The name in Content-Disposition, else the last part of the URL's path, made plain."""
    return plain_name(_said(disposition)) or plain_name(unquote(urlsplit(url).path)) or _NAMELESS


def plain_name(name: str) -> str:
    """One name without folders, controls or tricks; "" when nothing is left.

    NFC, at most NAME_MAX_BYTES of UTF-8 with the ending kept; nothing that Windows, a shell's
    option list or a reader of right-to-left marks takes for something else.
    """
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rstrip("/").rpartition("/")[2]
    kept = (c for c in name if unicodedata.category(c)[0] != "C" and c not in _FORBIDDEN)
    name = " ".join("".join(kept).split()).lstrip(" .-").rstrip(" .")
    name = _shortened(name)
    return f"_{name}" if _DEVICES.fullmatch(name) else name


def _shortened(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending.encode()) > 20:
        stem, dot, ending = name, "", ""
    room = NAME_MAX_BYTES - len((dot + ending).encode())
    stem = stem.encode()[:room].decode("utf-8", "ignore").rstrip(" .")
    return unicodedata.normalize("NFC", stem + dot + ending)


def _said(disposition: str) -> str:
    """The `filename*` or `filename` parameter (RFC 6266 4.3), by the standard library's reader."""
    if found := _EXTENDED.search(disposition):  # it wins over the plain one, wherever it stands
        with suppress(LookupError):
            return unquote(found[2], encoding=found[1], errors="replace")
    message = Message()
    try:
        message["content-disposition"] = re.sub(r"[\r\n]", " ", disposition)
        name = message.get_filename("") or ""
    except (ValueError, LookupError, TypeError):
        return ""
    try:  # servers write UTF-8 where the standard says Latin-1
        return name.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return name
