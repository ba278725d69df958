"""DKAN 2 (docs of GetDKAN/dkan): a catalog of DCAT-US entries behind an API. Tried on recorded answers.

The metastore hands over every entry in one answer, and its search counts them: where it counts more
than came, the list is not proved. A file is fetched from the address that its distribution names;
where it names none, the table comes from the datastore as CSV, whose rows are counted before and
after, as an export that fails midway ends with the error as its last row and the status 200.

DKAN 1 speaks a part of CKAN's API with answers of other shapes (harvesting.md 2.1); it offers a
`data.json` too, and is taken as that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlsplit

from verticalfile.fetch.client import Got
from verticalfile.fetch.errors import AnswerRefused, CutShort, FetchError
from verticalfile.kernel.errors import LimitReached, trouble_of_json
from verticalfile.sources.counting import count_records
from verticalfile.sources.dcat.dcat_us import entry_of, offer_of, why_unproved
from verticalfile.sources.dcat.dcat_us_document import look_at, together
from verticalfile.sources.kind import Completeness, Entry, Offer, Recognised, Record, Taken
from verticalfile.sources.pages import digest_and_size
from verticalfile.sources.reading import member, members, number_of, text_of
from verticalfile.sources.visit import Page, Visit
from verticalfile.sources.whole_answer import fetched_whole

API = "api/1/"
ITEMS = f"{API}metastore/schemas/dataset/items"
PLACES = ("/api/1", "/dataset", "/search", "/data.json")
"""Where the addresses of a site's own pages begin; what stands before is the site."""
ROUNDS = 3
NO_COUNT = "the datastore does not say how many rows there are"


class Dkan:
    """The kind."""

    name = "dkan"
    label = "DKAN"
    is_tried = True  # with recorded answers; the export of a table on a simulator alone
    table = ""
    volatile = frozenset({"modified", "%modified"})
    answer_at = ITEMS

    def recognise(self, visit: Visit, url: str, page: Page | None) -> Recognised | None:
        """A site whose metastore knows datasets, at the root or below a path."""
        for base in _bases(url):
            try:
                schemas = visit.json(f"{base}{API}metastore/schemas")
            except (FetchError, LimitReached):
                continue
            if isinstance(schemas, Mapping) and {"dataset", "distribution"} <= set(schemas):
                return Recognised(self.name, base)
        return None

    def list(self, visit: Visit, location: str, into: Path) -> Taken:
        """Every entry, in one document; counted by the search of the site."""
        taken = fetched_whole(self, visit, location, into)
        slips = text_of(taken.facts.get("slips"))
        counted = _completeness(taken.completeness.received, _counted(visit, location), slips)
        return replace(taken, completeness=counted)

    def of_one_answer(self, path: Path, location: str, into: Path) -> Taken:
        """The document, which no search counts."""
        try:
            found = look_at(path)
        except (ValueError, RecursionError) as error:
            raise _no_list(location, f"no valid JSON: {trouble_of_json(error)}") from error
        if not found.is_catalog and not _is_empty(path):
            raise _no_list(location, "no list of datasets")
        name, media = "datasets.json", "application/json"
        if found.is_odd:
            path, _ = together(path, into / "datasets.zip", self.volatile, table=self.table)
            name, media = path.name, "application/zip"
        complete = _completeness(found.count, None, found.slips)
        facts = {"slips": found.slips}
        return Taken(path, *digest_and_size(path), name, media, complete, {}, facts)

    def entry(self, record: Record, location: str) -> Entry:
        """An entry of DCAT-US; a distribution that names no file is a table of the datastore."""
        record = {name: _referenced(value) for name, value in record.items()}
        entry = entry_of(record, location)
        uuid = quote(text_of(record.get("identifier")), safe="")
        if not uuid:
            return entry
        tables = [
            _table(f"{location}{API}datastore/query/{uuid}/{number}", each)
            for number, each in enumerate(members(record.get("distribution")))
            if not _names_an_address(each, location)
        ]
        landing_page = entry.landing_page or f"{location}dataset/{uuid}"
        return replace(entry, landing_page=landing_page, offers=(*entry.offers, *tables))

    def fetch(self, visit: Visit, location: str, into: Path) -> Taken:
        """A table of the datastore, asked for until its rows agree with their count."""
        table = location.partition("/download")[0]
        before, why = _rows_of(visit, table), ""
        for _ in range(ROUNDS):
            got = visit.file(location)
            assert isinstance(got, Got)
            received, after = count_records(got.path), _rows_of(visit, table)
            why = _why_not(before, received, after)
            if not why or why == NO_COUNT:
                complete = Completeness(
                    received, after, "CSV of the datastore", 1,
                    "end of file" if why else "count reached", not why, why,
                )  # fmt: skip
                name = "-".join(table.rsplit("/", 2)[1:])
                return Taken(
                    got.path, got.sha256, got.size_bytes, f"{name}.csv", "text/csv", complete,
                    {**got.exchange, "etag": got.etag, "last_modified": got.last_modified},
                )  # fmt: skip
            got.path.unlink()
            before = after
        raise CutShort(
            f"The rows of {table} did not agree with their count in {ROUNDS} tries: {why}.",
            mend="run the same command again later; the last good version stays.",
            exchange=visit.last_exchange,
        )


def _referenced(value: object) -> object:
    """What a reference stands for: some answers have each part as its number and its data."""
    if isinstance(value, list):
        return [_referenced(each) for each in value]
    if isinstance(value, Mapping) and set(value) == {"identifier", "data"}:
        return value["data"]
    return value


def _names_an_address(distribution: Mapping[str, object], location: str) -> bool:
    """Whether it leads to a file, to a page or to anything else outside of the datastore."""
    names = ("downloadURL", "accessURL")
    return offer_of(distribution, location) is not None or any(
        text_of(distribution.get(n)) for n in names
    )


def _table(address: str, distribution: Mapping[str, object]) -> Offer:
    title = text_of(distribution.get("title"))
    return Offer(f"{address}/download?format=csv", "dkan", title, "CSV", "text/csv")


def _counted(visit: Visit, location: str) -> int | None:
    """How many datasets the search knows; None where it does not tell."""
    try:
        answer = visit.json(f"{location}{API}search", {"page-size": 1, "facets": 0})
    except (FetchError, LimitReached):
        return None
    return number_of(member(answer, "total"))


def _completeness(received: int, counted: int | None, slips: str) -> Completeness:
    why = ""
    if slips or counted is None:
        why = why_unproved(received, slips)
    elif counted is not None and counted > received:
        why = f"{received:,} entries came where the search counts {counted:,}"
    return Completeness(
        received, counted, "one document", ended="end of document", proved=not why, why_not=why
    )


def _is_empty(path: Path) -> bool:
    with open(path, "rb") as handle:
        return b"".join(handle.read(64).split()) == b"[]"


def _no_list(location: str, what: str) -> AnswerRefused:
    return AnswerRefused(
        f"{location}{ITEMS} is {what}.",
        mend="run the same command again later; the last good listing stays.",
    )


def _rows_of(visit: Visit, table: str) -> int | None:
    """How many rows a table has; None where it is not told."""
    try:
        return number_of(member(visit.json(table, {"limit": 1}), "count"))
    except AnswerRefused:
        return None


def _why_not(before: int | None, received: int, after: int | None) -> str:
    if before is None or after is None:
        return NO_COUNT
    if before != after:
        return f"{before:,} rows were counted before and {after:,} after"
    return "" if received == after else f"{received:,} rows came where {after:,} were counted"


def _bases(url: str) -> list[str]:
    """The address as far as it is the site's, and the root of its host."""
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}/"
    path = f"/{parts.path.strip('/')}"
    for place in PLACES:
        before, found, after = path.partition(place)
        path = before if found and after[:1] in ("", "/") else path
    path = path.strip("/")
    return list(dict.fromkeys([f"{root}{path}/" if path else root, root]))


SOURCE = Dkan()
