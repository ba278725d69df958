"""Opendatasoft (Huwise) Explore API v2.1 (harvesting.md 2.5). Untried on a real portal.

The catalog is paged by `dataset_id` up to 10,000 entries, above which pages end in an error (trap
50): then it is exported whole. Rows come by the CSV export with every parameter pinned, since its
defaults (semicolons, labels, a time zone, a mark in front) differ between portals (trap 49); they
are whole where `records_count` and `data_processed` were the same before and after and as many
records came. A quota that is used up is told in the body of a 429, with the moment at which it begins anew;
the network's client keeps to it (trap 51).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from verticalfile.fetch.client import Got
from verticalfile.fetch.errors import AnswerRefused, CutShort, FetchError
from verticalfile.kernel.errors import LimitReached
from verticalfile.sources.counting import count_records
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
from verticalfile.sources.reading import (
    address_of,
    first_text,
    language_of,
    member,
    members,
    number_of,
    text_of,
    texts_of,
)
from verticalfile.sources.visit import Page, Visit, with_query

API = "api/explore/v2.1/catalog/"
PAGE_ENTRIES = 100
DEEPEST = 10_000
ROUNDS = 3
PINNED = {
    "delimiter": ",",
    "use_labels": "false",
    "timezone": "UTC",
    "with_bom": "false",
    "limit": -1,
}
"""Every parameter that a portal could set otherwise; `order_by` stays unset, as the sheet has it."""
MOVING = frozenset({
    "modified", "data_processed", "metadata_processed", "records_count", "records_size",
    "popularity_score", "links",
})  # fmt: skip
"""Members of a record that move by themselves; those of `metas.default` are the record's."""


class Opendatasoft:
    """The kind."""

    name = "opendatasoft"
    label = "Opendatasoft"
    is_tried = False
    table = ""
    volatile = MOVING

    @property
    def in_pages(self) -> tuple[ListInPages, ...]:
        """Pages of the catalog, and its export."""
        return (PAGES, EXPORT)

    def recognise(self, visit: Visit, url: str, page: Page | None) -> Recognised | None:
        """A site whose catalog answers in the words of v2.1."""
        parts = urlsplit(url)
        home = f"{parts.scheme}://{parts.netloc}/"
        try:
            answer = visit.json(f"{home}{API}datasets", {"limit": 1})
        except (FetchError, LimitReached):
            return None
        results = member(answer, "results")
        if number_of(member(answer, "total_count")) is None or not isinstance(results, list):
            return None
        if results and not text_of(member(results[0], "dataset_id")):
            return None
        return Recognised(self.name, home, "", "Explore v2.1")

    def list(self, visit: Visit, location: str, into: Path) -> Taken:
        """Every dataset, by pages or, where there are too many for them, by the export."""
        path = into / PAGES.file_name
        first = visit.page(f"{location}{API}datasets", _page_query(0))
        count = number_of(member(_answer(first), "total_count")) or 0
        take = self._exported if count + PAGE_ENTRIES > DEEPEST else self._paged
        walk = take(visit, location, path, first)
        sha256, size_bytes = digest_and_size(path)
        return Taken(
            path, sha256, size_bytes, path.name, "application/zip", walk.completeness(),
            visit.last_exchange,
        )  # fmt: skip

    def _paged(self, visit: Visit, location: str, path: Path, page: Page) -> _Walk:
        walk = _Walk("pages sorted by dataset_id")
        with _pages_file(path) as pages:
            while True:
                walk.take(_answer(page))
                pages.page(page.body)
                if walk.ended:
                    return walk
                page = visit.page(f"{location}{API}datasets", _page_query(walk.received))

    def _exported(self, visit: Visit, location: str, path: Path, first: Page) -> _Walk:
        """The whole catalog in one answer; it is counted before and after."""
        walk = _Walk("catalog export")
        page = visit.page(f"{location}{API}exports/json", {"timezone": "UTC"})
        found = page.json()
        if not isinstance(found, list):
            _answer(page)
        with _export_file(path) as pages:
            pages.page(page.body)
        after = _answer(visit.page(f"{location}{API}datasets", _page_query(0)))
        for answer in (first.json(), after):
            walk.take({"total_count": member(answer, "total_count"), "results": found})
        walk.ended = "end of export"
        return walk

    def entry(self, record: Record, location: str) -> Entry:
        """What a dataset says; one that is federated belongs to the domain it comes from."""
        metas = record.get("metas")
        own = member(metas, "default") or record.get("default")
        told: Mapping[str, object] = {**record, **own} if isinstance(own, Mapping) else record
        identifier = text_of(told.get("dataset_id"))
        if not identifier:
            raise BadRecord(
                f"An entry of {location} has no dataset_id.",
                mend="tell the publisher; the other entries are taken.",
            )
        licence_field = next((n for n in ("license_url", "license") if text_of(told.get(n))), "")
        offers = _offers(told, identifier, location)
        is_federated = told.get("federated") is True
        return Entry(
            identifier=text_of(told.get("dataset_uid")) or identifier,
            title=text_of(told.get("title")) or identifier,
            description=text_of(told.get("description")),
            language=language_of(first_text(told.get("language"))),
            publisher=text_of(told.get("publisher")),
            contact=first_text(told.get("attributions")),
            landing_page=f"{location}explore/dataset/{quote(identifier, safe='')}/",
            licence=text_of(told.get(licence_field)),
            licence_field=licence_field,
            places=tuple(texts_of(told.get("territory"))),
            subjects=tuple(
                dict.fromkeys((*texts_of(told.get("theme")), *texts_of(told.get("keyword"))))
            ),
            frequency=text_of(told.get("update_frequency")),
            modified=text_of(told.get("modified")),
            access="public" if told.get("visibility") != "restricted" else "restricted",
            offers=tuple(offers),
            is_part=is_federated,
        )  # fmt: skip

    def fetch(self, visit: Visit, location: str, into: Path) -> Taken:
        """The export of a table, asked for until its rows agree with their count."""
        base = location.partition("/exports/")[0]
        address = with_query(location, PINNED)
        before, why = _state(visit, base), ""
        for _ in range(ROUNDS):
            got = visit.file(address)
            assert isinstance(got, Got)
            received = count_records(got.path)
            after = _state(visit, base)
            why = _why_not(before, received, after)
            if not why:
                complete = Completeness(
                    received, after[0], "CSV export with every parameter set", 1,
                    "count reached", True,
                )  # fmt: skip
                return Taken(
                    got.path, got.sha256, got.size_bytes, f"{base.rpartition('/')[2]}.csv",
                    got.media_type, complete,
                    {**got.exchange, "etag": got.etag, "last_modified": got.last_modified},
                )  # fmt: skip
            _refuse_error(got)
            got.path.unlink()
            before = after
        raise CutShort(
            f"The rows of {base} did not agree with their count in {ROUNDS} tries: {why}.",
            mend="run the same command again later; the last good version stays.",
            exchange=visit.last_exchange,
        )


def _pages_file(path: Path, records: tuple[str, ...] = ("results",)) -> PagesFile:
    return PagesFile(
        path, protocol=SOURCE.name, records=records, key=("dataset_id",), volatile=MOVING,
        inside=("metas", "default"),
    )  # fmt: skip


def _export_file(path: Path) -> PagesFile:
    return _pages_file(path, ())


def _read(answer: Answer, location: str) -> PageRead:
    """A copy of a page."""
    told = json_of(answer)
    total, found = number_of(member(told, "total_count")), member(told, "results")
    if total is None or not isinstance(found, list):
        raise no_page(answer)
    return PageRead(total, _ids_in(found))


def _read_export(answer: Answer, location: str) -> PageRead:
    """A copy of the export. Nothing in it tells how many entries there were."""
    found = json_of(answer)
    if not isinstance(found, list) or not all(text_of(member(e, "dataset_id")) for e in found):
        raise no_page(answer)
    return PageRead(None, _ids_in(found), why_not="an export tells no total")


def _ids_in(found: object) -> tuple[str, ...]:
    return tuple(text_of(each.get("dataset_id")) for each in members(found))


_IDLE = {
    "order_by": None, "timezone": None, "lang": None, "include_links": None,
    "include_app_metas": None,
}  # fmt: skip
PAGES = ListInPages(
    _read, _pages_file, "datasets.zip", (f"{API}datasets",), start="offset", size="limit",
    idle=_IDLE,
)  # fmt: skip
EXPORT = ListInPages(
    _read_export, _export_file, "datasets.zip", (f"{API}exports/json",),
    idle={**_IDLE, "limit": frozenset({"-1"})},
)  # fmt: skip


@dataclass
class _Walk:
    """What a walk through the catalog has seen."""

    method: str
    counts: list[int] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    received: int = 0
    ended: str = ""

    def take(self, answer: object) -> None:
        self.counts.append(number_of(member(answer, "total_count")) or 0)
        found = _ids_in(member(answer, "results"))
        self.received += len(found)
        self.ids.update(found)
        if not found:
            self.ended = "empty page"
        elif self.received >= self.counts[-1]:
            self.ended = "count reached"

    def completeness(self) -> Completeness:
        """Proved where the count stood still and as many different ids came."""
        first, last = self.counts[0], self.counts[-1]
        why = ""
        if first != last:
            why = f"the portal counted {first:,} entries at the start and {last:,} at the end"
        elif len(self.ids) != last:
            why = f"{len(self.ids):,} of {last:,} entries came"
        return Completeness(
            len(self.ids), last, self.method, len(self.counts), self.ended, not why, why
        )


def _page_query(offset: int) -> dict[str, object]:
    return {"limit": PAGE_ENTRIES, "offset": offset, "order_by": "dataset_id", "timezone": "UTC"}


def _answer(page: Page) -> object:
    """The JSON of an answer. Raises AnswerRefused for an error that comes with a 200."""
    answer = page.json()
    told = text_of(member(answer, "error_code") or member(answer, "errorcode"))
    if told or not isinstance(member(answer, "results"), list):
        said = text_of(member(answer, "message") or member(answer, "error")) or told
        raise AnswerRefused(
            f"{page.final_url} answers with an error instead of its list: {said or 'no list'}.",
            mend="run the same command again later; nothing was changed.",
            exchange=page.exchange,
        )
    return answer


def _state(visit: Visit, base: str) -> tuple[int, str]:
    """How many records there are, and when they were processed."""
    page = visit.page(base, {"timezone": "UTC"})
    told = member(member(page.json(), "metas"), "default")
    count = number_of(member(told, "records_count"))
    if count is None:
        raise AnswerRefused(
            f"{base} does not tell how many records there are.",
            mend="open the dataset's page: it may hold files in place of records.",
            exchange=page.exchange,
        )
    return count, text_of(member(told, "data_processed"))


def _why_not(before: tuple[int, str], received: int, after: tuple[int, str]) -> str:
    if received != before[0]:
        return f"{received:,} records came where {before[0]:,} were counted"
    if before[0] != after[0]:
        return f"{before[0]:,} records were counted before and {after[0]:,} after"
    return "records were processed again meanwhile" if before[1] != after[1] else ""


def _refuse_error(got: Got) -> None:
    """An error of the export in place of rows, with a status of 200."""
    with open(got.path, "rb") as handle:
        body = handle.read(64 << 10)
    if body.lstrip(b"\xef\xbb\xbf \r\n")[:1] not in (b"{", b"<"):
        return
    got.path.unlink()
    raise AnswerRefused(
        f"{got.exchange['final_url']} answers with something else than rows:"
        f" {body[:120].decode('utf-8', 'replace')}.",
        mend="open the address in a browser; the publisher may be out of order.",
        exchange=got.exchange,
    )


def _offers(told: Mapping[str, object], identifier: str, location: str) -> list[Offer]:
    """The rows where there are any, other exports that a person put up, and the attachments."""
    base = f"{location}{API}datasets/{quote(identifier, safe='')}"
    title = text_of(told.get("title")) or identifier
    found = []
    if told.get("has_records") is True and told.get("data_visible") is not False:
        found.append(
            Offer(f"{base}/exports/csv", "opendatasoft", title, "CSV", "text/csv",
                  identifier=identifier)
        )  # fmt: skip
    for name, role in (("alternative_exports", Role.DATA), ("attachments", Role.DOCUMENTATION)):
        for each in members(told.get(name)):
            url, media = text_of(each.get("url")), text_of(each.get("mimetype"))
            if url.startswith("odsfile://") and text_of(each.get("id")):
                url = f"{base}/{name}/{quote(text_of(each.get('id')), safe='')}"
            found_at = address_of(url, location)
            offer = Offer(
                found_at, "url", text_of(each.get("title")), media.rpartition("/")[2], media, role=role,
                identifier=text_of(each.get("id")), written=url,
            )  # fmt: skip
            if found_at:
                found.append(offer)
    return list({offer.location: offer for offer in found}.values())


SOURCE = Opendatasoft()
