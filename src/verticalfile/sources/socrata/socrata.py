"""Socrata (dev.socrata.com): the discovery API lists, SODA 2 hands over rows as CSV.

The list is walked with `scroll_id`, empty at first: a walk that begins without it receives its
first page by relevance and then skips whatever stands before that page's last id, without a word
(harvesting.md 2.2, trap 3). It is complete where as many different ids came as the first and the
last page counted. A portal that counts nothing at all may have taken a parameter for a field of
its own (trap 26): its list is never proved. What is done with rows stands in `socrata_rows`.

An app token is a secret header of the host: the network's client sends it, this module never
sees it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from verticalfile.fetch.errors import AnswerRefused, Blocked, FetchError
from verticalfile.kernel.errors import LimitReached
from verticalfile.sources.errors import BadRecord
from verticalfile.sources.kind import Completeness, Entry, Offer, Recognised, Record, Role, Taken
from verticalfile.sources.pages import PagesFile, digest_and_size
from verticalfile.sources.past.lists_in_pages import (
    Answer,
    ListInPages,
    PageRead,
    json_of,
    no_page,
)
from verticalfile.sources.reading import member, members, number_of, text_of, texts_of
from verticalfile.sources.socrata.socrata_rows import about_view, answer_of, rows_of_view
from verticalfile.sources.visit import Page, Visit

PLATFORMS = (
    "https://api.us.socrata.com/api/catalog/v1",
    "https://api.eu.socrata.com/api/catalog/v1",
)
"""The platform's own discovery, asked where a domain serves none."""
CATALOG = "api/catalog/v1"
PAGE_ENTRIES = 500
PAGES_MAX = 2_000
"""A walk that does not end by then is going in circles."""
FOUR_BY_FOUR = re.compile(r"[0-9a-z]{4}-[0-9a-z]{4}")
TABLES = frozenset({"dataset", "calendar"})
FILES = frozenset({"file", "document"})
VOLATILE = frozenset({
    "page_views", "download_count", "updatedAt", "data_updated_at", "metadata_updated_at",
})  # fmt: skip
"""Members of an entry that move by themselves, or with rows that are looked at anyway."""


class Socrata:
    """The kind. `platforms` are asked where a domain's own discovery does not know it."""

    name = "socrata"
    label = "Socrata"
    is_tried = True
    table = ""
    volatile = VOLATILE

    def __init__(self, platforms: tuple[str, ...] = PLATFORMS) -> None:
        self.platforms = platforms
        self.in_pages = (_pages_of(platforms),)

    def recognise(self, visit: Visit, url: str, page: Page | None) -> Recognised | None:
        """A domain whose `/api/views` answers with views."""
        parts = urlsplit(url)
        home = f"{parts.scheme}://{parts.netloc}/"
        try:
            views = visit.json(f"{home}api/views", {"limit": 1})
        except (FetchError, LimitReached):
            return None
        first = views[0] if isinstance(views, list) and views else None
        if not FOUR_BY_FOUR.fullmatch(text_of(member(first, "id"))):
            return None
        return Recognised(self.name, home)

    def list(self, visit: Visit, location: str, into: Path) -> Taken:
        """Every asset of the domain, page by page in the order of ids."""
        base, page = self._first(visit, location)
        walk = _Walk()
        path = into / "assets.zip"
        with _new_file(path) as pages:
            while True:
                walk.take(answer_of(page))
                pages.page(page.body)
                if walk.ended:
                    break
                page = visit.page(base, _query(location, walk.last))
        sha256, size_bytes = digest_and_size(path)
        return Taken(
            path, sha256, size_bytes, "assets.zip", "application/zip", walk.completeness(),
            visit.last_exchange,
        )  # fmt: skip

    def _first(self, visit: Visit, location: str) -> tuple[str, Page]:
        """The discovery that knows the domain, and its first page; else the last that answered.

        Raises what the last one raised where none answers, and at once where the domain sends us away.
        """
        empty: tuple[str, Page] | None = None
        failure: FetchError | None = None
        for base in (f"{location}{CATALOG}", *self.platforms):
            try:
                page = visit.page(base, _query(location, ""))
                counted = number_of(member(answer_of(page), "resultSetSize"))
            except FetchError as error:
                if isinstance(error, Blocked) and not error.facts.get("robots_url"):
                    raise
                failure = error
                continue
            if counted:
                return base, page
            empty = empty or (base, page)
        if empty is None:
            assert failure is not None
            raise failure
        return empty

    def entry(self, record: Record, location: str) -> Entry:
        """What an asset says; charts, filters, stories, links and maps of tables are parts."""
        inner = record.get("resource")
        told: Mapping[str, object] = {**record, **inner} if isinstance(inner, Mapping) else record
        identifier, title = text_of(told.get("id")), text_of(told.get("name"))
        if not identifier:
            raise BadRecord(
                f"An entry of {location} has no id.",
                mend="tell the publisher; the other entries are taken.",
            )
        classes = told.get("classification")
        subjects = [text_of(member(classes, "domain_category"))]
        for name in ("categories", "domain_tags", "tags"):
            subjects += texts_of(member(classes, name))
        licence = text_of(member(told.get("metadata"), "license"))
        offers = tuple(_offers(told, identifier, location))
        return Entry(
            identifier=identifier,
            title=title or identifier,
            description=text_of(told.get("description")),
            publisher=text_of(told.get("attribution")),
            contact=text_of(told.get("contact_email")),
            landing_page=text_of(told.get("permalink")) or text_of(told.get("link")),
            licence=licence,
            licence_field="metadata.license" if licence else "",
            subjects=tuple(dict.fromkeys(each for each in subjects if each)),
            frequency=_frequency(classes),
            modified=text_of(told.get("data_updated_at")) or text_of(told.get("updatedAt")),
            access="public",
            offers=offers,
            is_part=not offers,
        )  # fmt: skip

    def fetch(self, visit: Visit, location: str, into: Path) -> Taken:
        """The rows of a table, or what the portal says about it with the files attached."""
        parts = urlsplit(location)
        home = f"{parts.scheme}://{parts.netloc}/"
        found = FOUR_BY_FOUR.search(parts.path)
        if found is None:
            raise AnswerRefused(
                f"{location} names no table of Socrata.", mend="give the address of a table."
            )
        take = about_view if parts.path.startswith("/api/views/") else rows_of_view
        return take(visit, home, found[0], into)


def _new_file(path: Path) -> PagesFile:
    return PagesFile(
        path, protocol="socrata", records=("results",), key=("id",), volatile=VOLATILE,
        inside=("resource",),
    )  # fmt: skip


def _read(answer: Answer, location: str) -> PageRead:
    """A copy of a page of discovery; what counts nothing misunderstood its question."""
    told = json_of(answer)
    count, found = number_of(member(told, "resultSetSize")), member(told, "results")
    if not count or not isinstance(found, list):
        raise no_page(answer)
    return PageRead(count, tuple(_ids_in(found)))


def _pages_of(platforms: tuple[str, ...]) -> ListInPages:
    return ListInPages(
        _read, _new_file, "assets.zip", (CATALOG,), platforms, host="domains", start="offset",
        after="scroll_id", size="limit", idle={"order": None},
    )  # fmt: skip


def _ids_in(results: object) -> list[str]:
    return [
        text_of(member(result, "id") or member(member(result, "resource"), "id"))
        for result in members(results)
    ]


@dataclass
class _Walk:
    """What a walk through the pages has seen."""

    counts: list[int] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    last: str = ""
    ended: str = ""

    def take(self, answer: object) -> None:
        self.counts.append(number_of(member(answer, "resultSetSize")) or 0)
        found = _ids_in(member(answer, "results"))
        last = found[-1] if found else ""
        if not found:
            self.ended = "empty page"
        elif not last or (self.last and last <= self.last and last in self.ids):
            self.ended = "the same page again"
        self.ids.update(found)
        self.last = last
        if not self.ended and len(self.ids) >= self.counts[-1]:
            self.ended = "count reached"
        if not self.ended and len(self.counts) >= PAGES_MAX:
            self.ended = "too many pages"

    def completeness(self) -> Completeness:
        """Proved where the count stood still and as many different ids came."""
        first, last = self.counts[0], self.counts[-1]
        why = ""
        if not last:
            why = "the portal counts no entries at all, as it does for a question it misunderstands"
        elif first != last:
            why = f"the portal counted {first:,} entries at the start and {last:,} at the end"
        elif len(self.ids) != last:
            why = f"{len(self.ids):,} of {last:,} entries came"
        return Completeness(
            len(self.ids), last, "pages scrolled by id from the first", len(self.counts),
            self.ended, not why, why,
        )  # fmt: skip


def _query(location: str, after: str) -> dict[str, object]:
    """`domains`, never `domain`: a name that it does not know is a field, and nothing has it."""
    host = urlsplit(location).hostname or ""
    return {"domains": host, "limit": PAGE_ENTRIES, "scroll_id": after}


def _frequency(classes: object) -> str:
    """How often it is brought up to date: a field that each portal names its own way."""
    for each in members(member(classes, "domain_metadata")):
        if "frequency" in text_of(each.get("key")).lower():
            return text_of(each.get("value"))
    return ""


def _offers(told: Mapping[str, object], identifier: str, location: str) -> list[Offer]:
    """The rows or the file, and what the portal says about them; nothing for what is a part."""
    kind, title = text_of(told.get("type")), text_of(told.get("name"))
    is_geo = kind == "map" and told.get("lens_view_type") == "geo" and not told.get("parent_fxf")
    media = text_of(told.get("blob_mime_type")).partition(";")[0].strip()
    if kind in FILES or (kind in TABLES and told.get("lens_view_type") == "blobby"):
        address = f"{location}download/{identifier}/{quote(media or 'file', safe='')}"
        form = media.rpartition("/")[2].removeprefix("x-")
        data = Offer(address, "url", title, form, media, identifier=identifier)
    elif kind in TABLES or is_geo:
        address = f"{location}resource/{identifier}"
        data = Offer(address, "socrata", title, "CSV", "text/csv", identifier=identifier)
    else:
        return []
    about = Offer(
        f"{location}api/views/{identifier}.json", "socrata", "About this dataset",
        role=Role.DOCUMENTATION, identifier=identifier,
    )  # fmt: skip
    return [data, about]


SOURCE = Socrata()
