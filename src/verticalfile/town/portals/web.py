"""Plain web servers: pages with links, listings of Apache, nginx and IIS, sitemaps, packed timetables."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Mapping

from verticalfile.town.portals.serving import Answer, Request

TYPES = {"html": "text/html; charset=utf-8", "csv": "text/csv", "xml": "application/xml",
         "txt": "text/plain", "zip": "application/zip", "gz": "application/gzip"}  # fmt: skip


class WebSite:
    """Documents by their path, which a script changes."""

    def __init__(self, documents: Mapping[str, bytes]) -> None:
        self.documents = dict(documents)

    def answer(self, request: Request) -> Answer | None:
        body = self.documents.get(request.path)
        if body is None:
            return None
        ending = request.path.rpartition(".")[2]
        return Answer(body, media_type=TYPES.get(ending, TYPES["html"]))


def page(links: Mapping[str, str], *, title: str = "Open data", base: str = "") -> bytes:
    """A page for people with these links: address to text."""
    rows = "".join(f'<li><a href="{href}">{text}</a></li>\n' for href, text in links.items())
    head = f'<base href="{base}">' if base else ""
    return (
        f"<!doctype html><html><head><title>{title}</title>{head}</head><body><ul>\n{rows}</ul>"
        '<a href="/about.html">About</a> <a href="mailto:data@example.org">Write</a></body></html>\n'
    ).encode()


def apache(path: str, files: Mapping[str, int]) -> bytes:
    """A directory as Apache lists it."""
    rows = "".join(
        f'<tr><td><a href="{name}">{name}</a></td><td align="right">2026-07-12 02:23  </td>'
        f'<td align="right"> {size // 1024}K</td></tr>\n'
        for name, size in files.items()
    )
    return (
        f"<html><head><title>Index of {path}</title></head><body><table>\n"
        f'<tr><th><a href="?C=N;O=D">Name</a></th></tr>\n'
        f'<tr><td><a href="/">Parent Directory</a></td></tr>\n{rows}</table></body></html>'
    ).encode()


def sitemap(urls: Mapping[str, str], *, packed: bool = False) -> bytes:
    """A sitemap: address to date."""
    rows = "".join(f"<url><loc>{u}</loc><lastmod>{d}</lastmod></url>\n" for u, d in urls.items())
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>\n'
    ).encode()
    return gzip.compress(body, mtime=0) if packed else body


def sitemap_index(urls: list[str]) -> bytes:
    """An index of sitemaps."""
    rows = "".join(f"<sitemap><loc>{url}</loc></sitemap>\n" for url in urls)
    return f'<?xml version="1.0"?>\n<sitemapindex>\n{rows}</sitemapindex>\n'.encode()


def timetable(members: Mapping[str, str], *, packed_in: int = 2026) -> bytes:
    """A GTFS file: a zip of tables, packed in this year."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name, (packed_in, 1, 1, 0, 0, 0)), text)
    return out.getvalue()
