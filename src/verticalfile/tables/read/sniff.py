"""What kind of file this is, by its first bytes and its name; its encoding; pages and debris."""

from __future__ import annotations

import re
from dataclasses import dataclass

from verticalfile.kernel import limits
from verticalfile.tables.read.japanese import ENCODING, japanese_in

HEAD_BYTES = 1 << 20
MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gz"),
    (b"\x28\xb5\x2f\xfd", "zst"),
    (b"PAR1", "parquet"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"SQLite format 3", "sqlite"),
    (b"\x00\x00\x27\x0a", "shp"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x7fELF", "program"),
)
KEPT_AS_FILES = frozenset(
    [
        "pdf",
        "png",
        "jpeg",
        "gif",
        "xls",
        "sqlite",
        "shp",
        "rar",
        "7z",
        "program",
        "xlsx",
        "ods",
        "docx",
        "kmz",
        "kml",
        "xml",
        "geopackage",
    ]
)
OFFICE_MEMBERS = ((b"xl/", "xlsx"), (b"word/", "docx"), (b"ppt/", "pptx"))
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_CONFLICT = re.compile(rb"^<<<<<<< ", re.M)
_POINTER = re.compile(
    rb"version https://(?:git-lfs\.github\.com|hawser\.github\.com)/spec/v\d+\r?\n|/annex/objects/"
)
_POINTER_BYTES = 1024
"""A pointer of Git LFS is shorter than this (its specification); so is one of git-annex."""
BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and how it was decoded."""

    text: str
    encoding: str
    note: str = ""  # why it is believed to be that, where no mark and no rule of the code says so


def kind_by_magic(body: bytes, name: str) -> str:
    """`zip`, `gz`, `zst`, `parquet`, another kind that begins with a mark of its own, or ""."""
    for magic, kind in MAGIC:
        if body.startswith(magic):
            return _zip_kind(body, name) if kind == "zip" else kind
    return ""


def kind_of_rest(body: bytes) -> str:
    """`binary`, `xml`, or "" for what may be a table in text."""
    head = body[:HEAD_BYTES]
    if not _is_utf16(head) and head.count(b"\0") > len(head) // 100 + 8:
        return "binary"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith(b"<?xml") or start.startswith(b"<kml"):
        return "" if _HTML.match(head) else "xml"
    return ""


def _zip_kind(body: bytes, name: str) -> str:
    head = body[:4000]
    if b"mimetypeapplication/vnd.oasis.opendocument" in head:
        return "ods"
    if name.lower().endswith(".kmz"):
        return "kmz"
    if b"[Content_Types].xml" in head or name.lower().endswith((".xlsx", ".docx")):
        return next((kind for part, kind in OFFICE_MEMBERS if part in body), "xlsx")
    return "zip"


def _is_utf16(head: bytes) -> bool:
    if any(head.startswith(bom) for bom, _ in BOMS[1:]):
        return True
    half = len(head) // 2
    even, odd = head[0::2].count(0), head[1::2].count(0)
    return half > 1 and (odd > 0.4 * half > 10 * even or even > 0.4 * half > 10 * odd)


def utf16_by_zeros(head: bytes) -> str:
    """`utf-16-le` or `-be` where zero bytes alternate with letters, else ""."""
    if not _is_utf16(head):
        return ""
    little = head[1:200:2].count(0) > head[0:200:2].count(0)
    return "utf-16-le" if little else "utf-16-be"


def is_html(body: bytes) -> bool:
    """A web page in place of data: an error page, a log-in."""
    return _HTML.match(body[3:] if body.startswith(b"\xef\xbb\xbf") else body) is not None


def is_pointer(body: bytes) -> bool:
    """What Git LFS or git-annex keeps in a repository in place of a large file."""
    return len(body) < _POINTER_BYTES and _POINTER.match(body) is not None


def has_conflict_markers(body: bytes) -> bool:
    # a search that ends with a rare byte is ten times quicker than one that ends with a space
    return b"<<<<<<<" in body and _CONFLICT.search(body) is not None


def decode(body: bytes) -> Decoded:
    """Decode by byte order mark, as UTF-8, by the zero bytes of UTF-16, as Japanese where the bytes
    show it, else as Windows text.

    cp1252 leaves five bytes undefined; text that has them is read as Latin-1, which has all.
    """
    is_marked = False
    for bom, encoding in BOMS:
        if body.startswith(bom):
            try:
                return Decoded(body.decode(encoding), encoding)
            except UnicodeDecodeError:
                is_marked = is_marked or encoding == "utf-8-sig"
                body = body[len(bom) :] if encoding == "utf-8-sig" else body
    try:
        return Decoded(body.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    if wide := utf16_by_zeros(body[:HEAD_BYTES]):
        return Decoded(body.decode(wide, errors="replace"), wide)
    step = limits.LOOK_STEP_BYTES
    steps = (body[at : at + step] for at in range(0, len(body), step))
    if not is_marked and (japanese := japanese_in(steps)) is not None:
        return Decoded(body.decode(ENCODING), ENCODING, japanese.told)
    try:
        return Decoded(body.decode("cp1252"), "cp1252")
    except UnicodeDecodeError:
        return Decoded(body.decode("latin-1"), "latin-1")
