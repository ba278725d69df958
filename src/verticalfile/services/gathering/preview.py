"""What an address is and what it offers, before anything of it is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from verticalfile.fetch.errors import AnswerRefused, FetchError, NotFound, NotReady
from verticalfile.kernel.errors import InputRefused, LimitReached
from verticalfile.kernel.scratch import working_folder
from verticalfile.kernel.urls import must_have_no_secret
from verticalfile.services.archive import Archive
from verticalfile.services.gathering.entries import Listed, Listing, listing_in
from verticalfile.services.known.derive import closed_told
from verticalfile.services.known.selection import Selection
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.sources.dcat.as_written import start_of
from verticalfile.sources.kind import PublisherKind, Recognised, Role, Taken
from verticalfile.sources.registry import kind_called, kinds
from verticalfile.sources.visit import Page, Visit

YEARLY_CHECKS = 365
REQUESTS_FOR_ROWS = {"arcgis": 6, "socrata": 4}
"""Questions behind one table that comes by pages, at least: what it is, ids and counts before and
after, and a page of rows."""
FIRST_SHARE, VERSION_SHARE = 0.3, 0.02
"""What the first and each further version take of a file's size (docs/benchmarks.md, W1)."""
VERSIONS_A_YEAR = 52
"""How often a table changes, for want of better: weekly."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A source as it is found, before it is added. Sizes in bytes, as the publisher tells them."""

    recognised: Recognised
    label: str
    is_tried: bool
    entries: int
    bad: tuple[str, ...]
    chosen: int  # by the selection
    files: int  # of those that are chosen
    documents: int
    formats: tuple[tuple[str, int], ...]  # most frequent first
    licences: tuple[tuple[str, int], ...]  # as found; "" for none
    publishers: tuple[tuple[str, int], ...]
    sizes_told: int  # files with a size
    size_bytes: int  # of those together
    is_complete: bool
    why_not: str
    closed: str  # places that ask for a login, as a sentence's end
    without_files: int  # entries that name nothing that can be taken
    resolved: tuple[str, ...]  # of addresses without a host, those that they come to
    requests_a_day: int  # the pages of the listing, and what each file takes at least

    @property
    def requests_a_year(self) -> int:
        """Of a year in which all of it is looked at daily."""
        return self.requests_a_day * YEARLY_CHECKS

    @property
    def year_bytes(self) -> int | None:
        """Room for a year of weekly changes, by the sizes told; None where none is."""
        if not self.sizes_told:
            return None
        whole = self.size_bytes / self.sizes_told * self.files
        return int(whole * (FIRST_SHARE + VERSIONS_A_YEAR * VERSION_SHARE))


@dataclass(frozen=True, slots=True)
class Found:
    """A source, its listing in a scratch folder, and the entries in it."""

    recognised: Recognised
    kind: PublisherKind
    taken: Taken
    listing: Listing
    at: datetime  # when it was walked


def recognise(visit: Visit, url: str) -> Recognised | None:
    """Which source an address belongs to, None where it is a file or a page like any other.

    Raises AddressRefused, SourceAway, Blocked and others where the host does not answer us.
    """
    page: Page | None = None
    try:
        page = visit.page(url)
    except LimitReached:
        if not url.endswith("data.json"):
            return None  # too much for a page: a file
    except (NotFound, AnswerRefused, NotReady):
        pass
    if page is not None and not _may_be_portal(page):
        return None
    for kind in kinds().values():
        found = kind.recognise(visit, url, page)
        if found is not None:
            return found
    return None


def _may_be_portal(page: Page) -> bool:
    """A page, a JSON document, RDF or a list of addresses; tables and pictures are files."""
    start = start_of(page.body).lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if page.body[:4].lower() == b"http" or (start == b"#" and "plain" in page.media_type):
        return True
    return start in (b"<", b"{", b"[", b"@") or "turtle" in page.media_type or not start


@contextmanager
def found_at(archive: Archive, url: str, fetching: Fetching) -> Iterator[Found | None]:
    """What stands at an address, with its listing while the block lasts.

    Raises InputRefused, for a password or token in the address before anything is asked.
    """
    must_have_no_secret(url)
    with working_folder(archive.scratch) as scratch:
        with fetching.client(archive.clock) as client:
            visit = Visit(fetching.rules, archive.clock, scratch, client=client)
            found = _found(archive, visit, url)
        yield found


def _found(archive: Archive, visit: Visit, url: str) -> Found | None:
    recognised = recognise(visit, url)
    if recognised is None:
        return None
    kind = kind_called(recognised.kind)
    at = archive.clock.now()
    try:
        taken = kind.list(visit, recognised.location, visit.scratch)
    except FetchError as error:
        raise InputRefused(
            f"{url} is a source of the kind {kind.label}, and could not be listed: {error.message}",
            mend=error.mend,
        ) from error
    listing = listing_in(archive, kind, recognised.location, taken)
    return Found(recognised, kind, taken, listing, at)


def preview_of(found: Found, selection: Selection) -> Preview:
    """Counts for people who are about to decide."""
    chosen = [each for each in found.listing.listed if selection.takes(each.entry)]
    files = [o for each in chosen for o in each.entry.offers if o.role is Role.DATA]
    documents = sum(len(each.entry.offers) for each in chosen) - len(files)
    told = [o.size_bytes for o in files if o.size_bytes]
    complete, refused = found.taken.completeness, found.listing.refused
    asked = sum(REQUESTS_FOR_ROWS.get(o.kind, 1) for o in files)
    return Preview(
        found.recognised, found.kind.label, found.kind.is_tried, len(found.listing.listed),
        tuple(found.listing.bad), len(chosen), len(files), documents,
        _most([o.form.upper() or "?" for o in files]),
        _most([each.entry.licence for each in chosen]), _most(_publishers(chosen)), len(told),
        sum(told), complete.proved and not refused, refused or complete.why_not,
        closed_told(complete.told()),
        sum(not each.entry.offers and not each.entry.is_part for each in found.listing.listed),
        tuple(o.location for each in chosen for o in each.entry.offers if o.was_resolved),
        asked + documents + max(1, complete.pages),
    )  # fmt: skip


def _publishers(chosen: list[Listed]) -> list[str]:
    return [each.entry.publisher or "?" for each in chosen]


def _most(values: list[str]) -> tuple[tuple[str, int], ...]:
    return tuple(Counter(values).most_common())
