"""CKAN's Action API, version 3 (docs.ckan.org), and what DKAN shares with it.

`package_search` is walked with `sort=id asc`, as the default order loses entries that are edited
meanwhile; the walk goes on by the number received, as a portal may cut a page without a word. It is
complete where the count was the same on the first and the last page and as many ids came
(harvesting.md 2.1, traps 11 and 12).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from verticalfile.fetch.client import NotModified
from verticalfile.fetch.errors import AnswerRefused, Blocked, FetchError
from verticalfile.kernel.errors import LimitReached
from verticalfile.sources.arcgis import arcgis_addresses
from verticalfile.sources.errors import BadRecord
from verticalfile.sources.kind import (
    Completeness,
    Entry,
    Offer,
    Recognised,
    Record,
    Taken,
)
from verticalfile.sources.offers.judging import is_about, is_page, is_service, with_documentation
from verticalfile.sources.pages import PagesFile, digest_and_size
from verticalfile.sources.past.lists_in_pages import (
    Answer,
    ListInPages,
    PageRead,
    json_of,
    no_page,
)
from verticalfile.sources.reading import address_of, is_address, member, members, number_of, text_of
from verticalfile.sources.visit import Page, Visit

API = "api/3/action/"
ROWS = 500
"""Entries asked for at once; portals cap at 1,000 or less and do not say so (ckan/ckan#2589)."""
NAMED = b"ckan"
"""In pages that such a portal makes, by its own `generator`."""
PAGES_MAX = 2_000
"""A walk that does not end by then is going in circles."""
OWN_TABLES = ("datastore", "tabledesigner")
"""`url_type` of resources that have no file: the datastore is all there is."""
VOLATILE = frozenset({
    "metadata_modified", "tracking_summary", "archiver", "qa", "position", "num_resources", "num_tags",
    "relationships_as_subject", "relationships_as_object",
})  # fmt: skip
"""Members that move by themselves, or repeat another record (harvesting.md 2.1)."""


class Ckan:
    """The kind."""

    name = "ckan"
    label = "CKAN"
    is_tried = True
    table = ""
    volatile = VOLATILE

    @property
    def in_pages(self) -> tuple[ListInPages, ...]:
        """Pages of the search without a question."""
        return (PAGES,)

    def recognise(self, visit: Visit, url: str, page: Page | None) -> Recognised | None:
        """A site whose API answers, at the address or below its path."""
        for base in _bases(url):
            try:
                answer = visit.json(f"{base}{API}status_show")
            except (FetchError, LimitReached) as error:
                is_ckan = isinstance(error, Blocked) or (page and NAMED in page.body.lower())
                if is_ckan and _searches(visit, base):
                    return Recognised(self.name, base)
                continue
            status = member(answer, "result")
            if member(answer, "success") is True and isinstance(status, Mapping):
                version = text_of(status.get("ckan_version"))
                return Recognised(self.name, base, text_of(status.get("site_title")), version)
        return None

    def list(self, visit: Visit, location: str, into: Path) -> Taken:
        """Every public entry, page by page."""
        walk = _Walk()
        path = into / PAGES.file_name
        with _pages_file(path) as pages:
            for page, result in _pages(visit, location, walk):
                walk.take(result)
                pages.page(page.body)
        return Taken(
            path, *digest_and_size(path), path.name, "application/zip", walk.completeness(),
            visit.last_exchange,
        )  # fmt: skip

    def entry(self, record: Record, location: str) -> Entry:
        """What a package says."""
        identifier, title = text_of(record.get("id")), text_of(record.get("title"))
        name = text_of(record.get("name"))
        if not identifier:
            raise BadRecord(
                f"An entry of {location} has no id.",
                mend="tell the publisher; the other entries are taken.",
            )
        person, mail = (
            text_of(record.get("maintainer")) or text_of(record.get("author")),
            text_of(record.get("maintainer_email")) or text_of(record.get("author_email")),
        )
        licences = (text_of(record.get(n)) for n in ("license_url", "license_title", "license_id"))
        fields = ("license_url", "license_title", "license_id")
        field_name, licence = next(
            ((f, told) for f, told in zip(fields, licences, strict=True) if told), ("", "")
        )
        return Entry(
            identifier=identifier,
            title=title or name,
            description=text_of(record.get("notes")),
            publisher=text_of(member(record.get("organization"), "title")),
            contact=f"{person}, {mail}" if person and mail else person or mail,
            landing_page=urljoin(location, f"dataset/{name or identifier}"),
            licence=licence,
            licence_field=field_name,
            subjects=tuple(_names(record.get("groups"), "title") | _names(record.get("tags"), "name")),
            frequency=text_of(record.get("frequency") or record.get("update_frequency")),
            modified=text_of(record.get("metadata_modified")),
            access="non-public" if record.get("private") is True else "public",
            offers=tuple(with_documentation([
                offer for each in members(record.get("resources"))
                if (offer := _offer(each, location)) is not None
            ])),
        )  # fmt: skip

    def fetch(self, visit: Visit, location: str, into: Path) -> Taken:
        """The dump of a table that stands in the datastore alone, its rows counted by the API."""
        got = visit.file(location)
        assert not isinstance(got, NotModified)
        complete = Completeness(
            received=got.size_bytes, method="datastore dump", ended="end of file",
            proved=got.completeness.get("known") == "length",
        )  # fmt: skip
        return Taken(
            got.path, got.sha256, got.size_bytes, got.file_name, got.media_type, complete,
            {**got.exchange, "etag": got.etag, "last_modified": got.last_modified},
        )  # fmt: skip


def _searches(visit: Visit, base: str) -> bool:
    """Whether the search answers: some portals keep their version to themselves, and close
    `status_show`."""
    try:
        answer = visit.json(f"{base}{API}package_search", {"rows": 0})
    except (FetchError, LimitReached):
        return False
    result = member(answer, "result")
    return member(answer, "success") is True and number_of(member(result, "count")) is not None


def _pages_file(path: Path) -> PagesFile:
    return PagesFile(
        path, protocol=SOURCE.name, records=("result", "results"), key=("id",), volatile=VOLATILE
    )


def _read(answer: Answer, location: str) -> PageRead:
    """A copy of a page."""
    result = member(json_of(answer), "result")
    count, found = number_of(member(result, "count")), member(result, "results")
    if count is None or not isinstance(found, list):
        raise no_page(answer)
    return PageRead(count, tuple(text_of(each.get("id")) for each in members(found)))


PAGES = ListInPages(
    _read, _pages_file, "packages.zip", (f"{API}package_search", "api/action/package_search"),
    start="start", size="rows",
    idle={
        "sort": None, "facet": None, "facet.field": None, "facet.limit": None,
        "facet.mincount": None, "use_default_schema": None,
        "q": frozenset({"", "*", "*:*"}), "fq": frozenset({"", "*:*"}),
        "include_private": frozenset({"false", "False"}),
        "include_drafts": frozenset({"false", "False"}),
    },
)  # fmt: skip


@dataclass
class _Walk:
    """What a walk through the pages has seen."""

    counts: list[int] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    received: int = 0
    pages: int = 0
    ended: str = ""

    def take(self, result: Mapping[str, object]) -> None:
        self.pages += 1
        self.counts.append(number_of(result.get("count")) or 0)
        for record in members(result.get("results")):
            self.received += 1
            self.ids.add(text_of(record.get("id")))

    def completeness(self) -> Completeness:
        """Proved where the count stood still and as many different ids came."""
        first, last = self.counts[0], self.counts[-1]
        why = ""
        if first != last:
            why = f"the portal counted {first:,} entries at the start and {last:,} at the end"
        elif len(self.ids) != first:
            why = f"{len(self.ids):,} of {first:,} entries came"
        return Completeness(
            len(self.ids), last, "pages sorted by id", self.pages, self.ended, not why, why
        )


def _pages(visit: Visit, location: str, walk: _Walk) -> Iterator[tuple[Page, Mapping[str, object]]]:
    """Pages until as many came as were counted, or a page brings none."""
    for _ in range(PAGES_MAX):
        query = {"q": "*:*", "sort": "id asc", "rows": ROWS, "start": walk.received}
        page = visit.page(f"{location}{API}package_search", query)
        answer = page.json()
        result = member(answer, "result")
        if member(answer, "success") is not True or not isinstance(result, Mapping):
            raise AnswerRefused(
                f"{location} answers with an error instead of its list: {_error(answer)}.",
                mend="run the same command again later; nothing was changed.",
                exchange=page.exchange,
            )
        yield page, result
        if not members(result.get("results")):
            walk.ended = "empty page"
            return
        if walk.received >= walk.counts[-1]:
            walk.ended = "count reached"
            return
    walk.ended = "too many pages"


def _error(answer: object) -> str:
    told = member(member(answer, "error"), "message") or member(member(answer, "error"), "__type")
    return text_of(told) or "no reason given"


def _offer(resource: Mapping[str, object], location: str) -> Offer | None:
    """The file of a resource; the dump of the datastore where there is no file."""
    identifier, form = text_of(resource.get("id")), text_of(resource.get("format"))
    title = text_of(resource.get("name")) or text_of(resource.get("description"))[:80]
    written = text_of(resource.get("url"))
    # the bare name of a file may stand below any of CKAN's folders
    is_bare = not is_address(written) and not written.lstrip(".").startswith("/")
    url = "" if is_bare else address_of(written, location)
    told = (text_of(resource.get("mimetype")), number_of(resource.get("size")))
    if text_of(resource.get("url_type")) in OWN_TABLES and resource.get("datastore_active") is True:
        dump = urljoin(location, f"datastore/dump/{identifier}?format=csv")
        return Offer(dump, "ckan", title, "CSV", "text/csv", identifier=identifier)
    if not url:
        return None
    if arcgis_addresses.is_layer(url):
        return Offer(url, "arcgis", title, "ArcGIS layer", identifier=identifier)
    if (is_page(form) and not is_about(title, form)) or is_service(url, form):
        return None  # to look at, or to ask
    return Offer(url, "url", title, form, *told, identifier=identifier, written=written)


def _names(value: object, name: str) -> dict[str, None]:
    return dict.fromkeys(text for each in members(value) if (text := text_of(each.get(name))))


def _bases(url: str) -> list[str]:
    """The site's root, and the address itself where it has a path; `/api/3` is cut off."""
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}/"
    path = parts.path.partition("/api/3")[0].partition("/dataset")[0].strip("/")
    return list(dict.fromkeys([f"{root}{path}/" if path else root, root]))


SOURCE = Ckan()
