"""Addresses of licences: one form for the many in which they are written (rights.md 3).

A look-alike host never matches, a home or list page is no licence, and a fragment is kept: in old
data.json files the fragment is the value.
"""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit, urlunsplit

from verticalfile.rights.vocabulary import (
    Named,
    by_address,
    by_name,
    coded,
    creative_commons,
    rights_statement,
)

LONGEST = 2_000
"""Characters of an address that are read; the longest licence address seen has 190."""
KNOWN_HOSTS = frozenset(
    {
        "creativecommons.org", "opendatacommons.org", "opendefinition.org", "usa.gov", "spdx.org",
        "nationalarchives.gov.uk", "reference.data.gov.uk", "open.canada.ca", "etalab.gouv.fr",
        "rightsstatements.org", "publications.europa.eu", "dcat-ap.de", "govdata.de",
        "resources.data.gov", "data.norge.no", "dati.gov.it", "opensource.org", "purl.org",
        "gnu.org", "apache.org", "data.gouv.fr", "cdla.dev", "cdla.io", "data.gc.ca", "artlibre.org",
        "ontario.ca", "novascotia.ca", "geogratis.gc.ca",
    }
)  # fmt: skip
"""Hosts whose paths are vocabularies: case, query and language mean nothing there."""
LEGACY = "project-open-data.cio.gov/unknown-license"
_HREF = re.compile(r"""href\s*=\s*["']?([^"'\s>]+)""", re.I)
_TAG = re.compile(r"<[^>]*>")
_BARE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?::\d+)?(?:[/?#]\S*)?", re.I)
_DEED = re.compile(r"/(?:legalcode|deed|rdf)(?:\.[a-z_.-]+)?/?$", re.I)


def normalise(text: str) -> str:
    """The one form of an address, "" when the text is none; a second time changes nothing."""
    seen = text[:LONGEST]
    while True:
        once = _once(seen)
        if once == seen or len(once) > LONGEST:
            return once if len(once) <= LONGEST else ""
        seen = once


def licence_at(text: str) -> Named | None:
    """The licence or rights statement that an address names; None for any other address."""
    address = normalise(text)
    if not address:
        return None
    parts = urlsplit(address)
    host = parts.hostname or ""
    path = parts.path.strip("/")
    segments = path.split("/")
    if bare := f"{host}/{path}":
        if bare.startswith(LEGACY) and parts.fragment:
            return by_name(parts.fragment.rsplit("/", 1)[-1])
        if host == "creativecommons.org" and segments[0] == "licenses" and len(segments) > 1:
            named = by_address(bare) or creative_commons(*segments[1:4])
            return named
        if host == "rightsstatements.org" and segments[0] == "vocab" and len(segments) > 1:
            return rights_statement(segments[1])
        if host == "spdx.org" and segments[0] == "licenses" and len(segments) == 2:
            return by_name(segments[1].removesuffix(".html"))
        named = by_address(bare) or by_address(re.sub(r"/(?:v?1[.-]0|summary)$", "", bare))
        if named or host not in KNOWN_HOSTS:
            return named
        if host == "opendefinition.org":
            found = by_name(segments[-1])
            return found and Named(found.licence_id, found.spdx_id, found.label, "", found.kind)
        vocabulary = segments[:-1] and segments[-2] in (
            "licence",
            "licenses",
            "license",
            "TODO",
            "todo",
        )
        if host == "dcat-ap.de" and re.fullmatch(r"cc-[a-z-]+/\d\.\d", "/".join(segments[-2:])):
            return coded("-".join(segments[-2:]))
        return (coded(segments[-1]) or by_name(segments[-1])) if vocabulary else None
    return None


def is_legacy(text: str) -> str:
    """The word after `#v1-legacy/` of an old converter's address; "" for any other text."""
    parts = urlsplit(normalise(text))
    if f"{parts.hostname}{parts.path}".rstrip("/") != LEGACY or not parts.fragment:
        return ""
    return parts.fragment.removeprefix("v1-legacy/")


def _once(text: str) -> str:
    text = html.unescape(text).strip()
    if "<" in text and ">" in text:
        found = _HREF.search(text)
        text = found[1] if found else _TAG.sub(" ", text).strip()
    text = text.strip(" \t\r\n<\"'“”").rstrip(".,;)]>")
    text = re.sub(r"^(?:https?:/{0,2})+(?=https?:)", "", text, flags=re.I)
    text = re.sub(r"^(https?):/+", r"\1://", text, flags=re.I)
    if text.startswith("//"):
        text = f"https:{text}"
    elif "://" not in text:
        if not _BARE.fullmatch(text) or ("/" not in text and text.lower() not in KNOWN_HOSTS):
            return ""
        text = f"https://{text}"
    if any(c.isspace() or not c.isprintable() for c in text):
        return ""
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").removeprefix("www.")
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not re.fullmatch(r"[a-z0-9.-]+", host):
        return ""
    path, query = re.sub("/{2,}", "/", parts.path), parts.query
    if host in KNOWN_HOSTS:
        path, query = _known_path(host, path), ""
    scheme = "http" if host == "rightsstatements.org" else "https"
    netloc = host if port in (None, 80, 443) else f"{host}:{port}"
    return urlunsplit((scheme, netloc, path, query, parts.fragment))


def _known_path(host: str, path: str) -> str:
    if host != "spdx.org":
        path = path.lower()
    if host == "creativecommons.org":
        path = re.sub("^/licen[cs]es?/", "/licenses/", path)
        while (shorter := _DEED.sub("/", path)) != path:
            path = shorter
    if host == "rightsstatements.org":
        path = re.sub("^/(?:page|data)/", "/vocab/", path)
        if (code := re.match("/vocab/([^/]+)", path)) and (named := rights_statement(code[1])):
            path = f"/vocab/{named.licence_id.removeprefix('RS:')}/1.0/"
    return path if path.endswith("/") or path.endswith(".html") else f"{path}/"
