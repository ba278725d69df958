"""Links to files of data in what stands at an address: a page, a directory listing, a list.

The rule of a link is its address with its stamps (a day, a month, a digest, a long number, a query)
left open: as long as one link of the page follows a rule, it is the same file wherever it moved. A
year alone is a period and no stamp: the budget of 2023 is another file than that of 2024.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser
from pathlib import PurePosixPath
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

LINKS_MAX = 20_000
PAGE_MAX_BYTES = 16 << 20
FORMS = frozenset(
    [
        "csv",
        "tsv",
        "tab",
        "json",
        "geojson",
        "jsonl",
        "ndjson",
        "xlsx",
        "xls",
        "ods",
        "parquet",
        "zip",
        "gz",
        "kml",
        "kmz",
        "gpkg",
        "dbf",
    ]
)
"""Endings of files of data."""
BESIDE = frozenset({"pdf", "txt", "xml"})
"""Endings that are taken where data, or a directory listing, stand on the page too."""
_STAMPS = re.compile(
    r"\d{4}[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\d|3[01])(?:[T_-]?\d{4,6}Z?)?"  # a day
    r"|(?<!\d)(?:19|20)\d\d[-_.](?:0[1-9]|1[0-2])(?!\d)"  # a month
    r"|(?<![0-9a-z])(?=[0-9a-f]*\d)[0-9a-f]{8,}(?:-[0-9a-f]{4,}){0,4}(?![0-9a-z])"  # a digest, a UUID
    r"|\d{6,}",
    re.IGNORECASE,
)
_DATES = (
    (re.compile(r"\b(\d{4}-\d\d-\d\d \d\d:\d\d)\b"), "%Y-%m-%d %H:%M"),  # Apache
    (re.compile(r"\b(\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d)\b"), "%d-%b-%Y %H:%M"),  # nginx
    (re.compile(r"\b(\d{1,2}/\d{1,2}/\d{4}\s+\d{1,2}:\d\d [AP]M)\b"), "%m/%d/%Y %I:%M %p"),  # IIS
    (
        re.compile(r"\b([A-Z][a-z]+ \d{1,2}, \d{4}\s+\d{1,2}:\d\d [AP]M)\b"),
        "%B %d, %Y %I:%M %p",
    ),
)
_SIZE = re.compile(r"(?<![\w:/-])(\d+(?:\.\d+)?)([KMG]?)(?![\w:/.-])(?!\s*[AP]M)")
_LISTING = re.compile(r"^(?:index of /|\S+ - /)", re.IGNORECASE)
_POWERS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


@dataclass(frozen=True, slots=True)
class Link:
    """One file that is linked. `rule` tells it from the others of its page."""

    url: str
    text: str
    form: str
    rule: str
    modified: str = ""  # as a directory listing tells, without a zone
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """The files that a page links to."""

    title: str
    links: tuple[Link, ...]
    is_listing: bool  # of a directory, by the server itself
    is_whole: bool  # the page came to its end
    has_next: bool  # it says that there are more pages


def links_in(body: bytes, url: str) -> Links:
    """The links of an HTML page; none where there is no file of data."""
    parser = _Page(url)
    parser.feed(body[:PAGE_MAX_BYTES].decode("utf-8", "replace"))
    parser.close()
    is_listing = bool(_LISTING.match(parser.title.strip()))
    wanted = FORMS | BESIDE
    found = [a for a in parser.anchors if form_of(a.url) in wanted]
    if not is_listing and not any(form_of(a.url) in FORMS for a in found):
        found = []
    told = _beside(parser.anchors) if is_listing else {}
    return Links(
        parser.title.strip(),
        _ruled([(a.url, a.text.strip(), *told.get(a.url, ("", None))) for a in found]),
        is_listing, b"</html" in body[-4096:].lower() and len(body) <= PAGE_MAX_BYTES,
        parser.has_next,
    )  # fmt: skip


def links_of(urls: list[str], modified: dict[str, str] | None = None) -> tuple[Link, ...]:
    """Links of a list of addresses."""
    dates = modified or {}
    return _ruled([(u, "", dates.get(u, ""), None) for u in urls if form_of(u) in FORMS | {"pdf"}])


def form_of(url: str) -> str:
    """The ending of an address' path; that of what is inside for packed text (`csv` of csv.gz)."""
    name = unquote(urlsplit(url).path).rpartition("/")[2].lower()
    stem, _, ending = name.rpartition(".")
    inner = stem.rpartition(".")[2]
    return inner if ending in ("gz", "zip") and inner in FORMS and stem != inner else ending


def rule_of(url: str) -> str:
    """The address with its stamps left open, without its query."""
    parts = urlsplit(url)
    return f"{parts.netloc.lower()}{_STAMPS.sub('*', unquote(parts.path))}"


def name_of(rule: str) -> str:
    """What a file is called by its rule: its name without stamps and ending."""
    stem = PurePosixPath(rule).name.partition(".")[0].replace("*", " ")
    return " ".join(re.sub(r"[-_+\s]+", " ", stem).split()) or "file"


def _ruled(found: list[tuple[str, str, str, int | None]]) -> tuple[Link, ...]:
    """Each address once; where several follow one rule they are a series, each by its own path."""
    unique = {each[0]: each for each in found[:LINKS_MAX]}
    many = Counter(rule_of(url) for url in unique)
    links = []
    for url, text, modified, size in unique.values():
        rule, parts = rule_of(url), urlsplit(url)
        if many[rule] > 1:
            query = f"?{parts.query}" if parts.query else ""
            rule = f"{parts.netloc.lower()}{unquote(parts.path)}{query}"
        links.append(Link(url, text, form_of(url), rule, modified, size))
    return tuple(links)


@dataclass(slots=True)
class _Anchor:
    url: str
    text: str = ""
    before: str = ""
    after: str = ""


class _Page(HTMLParser):
    """Anchors with the text of, before and behind them; the title; `<base>`; `rel=next`."""

    def __init__(self, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.base = url
        self.title = ""
        self.has_next = False
        self.anchors: list[_Anchor] = []
        self._inside = ""
        self._between = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "base" and told.get("href"):
            self.base = _joined(self.base, told["href"]) or self.base
        if tag in ("a", "link") and "next" in told.get("rel", "").lower().split():
            self.has_next = True
        if tag == "a" and told.get("href"):
            url = _joined(self.base, told["href"])
            if url and len(self.anchors) < LINKS_MAX:
                self.anchors.append(_Anchor(url, before=self._between))
                self._between = ""
                self._inside = "a"
        elif tag == "title" and not self.title:
            self._inside = "title"

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "title":
            self.title += data
        elif self._inside == "a" and self.anchors:
            self.anchors[-1].text += data
        else:
            self._between = (self._between + " " + data)[-500:]
            if self.anchors:
                self.anchors[-1].after = (self.anchors[-1].after + " " + data)[:500]


def _joined(base: str, href: str) -> str:
    """The absolute http(s) address of a link, "" for any other."""
    try:
        url = urldefrag(urljoin(base, href.strip())).url
        return url if urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _beside(anchors: list[_Anchor]) -> dict[str, tuple[str, int | None]]:
    """Date and size of each file of a listing; IIS writes them before the name, others behind."""
    files = [a for a in anchors if form_of(a.url)]
    is_before = bool(files) and bool(_date_in(files[0].before))
    found = {}
    for anchor in files:
        text = anchor.before if is_before else anchor.after
        date = _date_in(text)
        rest = text
        for pattern, _ in _DATES:
            rest = pattern.sub(" ", rest)
        size = next(iter(_SIZE.findall(rest)), None)
        told = int(float(size[0]) * _POWERS[size[1]]) if size else None
        found[anchor.url] = (date, told)
    return found


def _date_in(text: str) -> str:
    for pattern, form in _DATES:
        if match := pattern.search(text):
            try:
                return datetime.strptime(" ".join(match[1].split()), form).isoformat("T", "minutes")
            except ValueError:
                continue
    return ""
