"""The portals of an archive: adding one, finding one by its name, what its listing says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.source_lines import SourceLine, SourceLines
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.spans import DAILY, span_of
from verticalfile.kernel.urls import must_have_no_secret
from verticalfile.services.archive import Archive, short_id
from verticalfile.services.journal_keeping import catch_up, event, write_journal
from verticalfile.services.known.listings import LISTING_KIND
from verticalfile.services.known.selection import Selection
from verticalfile.services.names import NotHeld, check_slug
from verticalfile.sources.kind import LISTING, Recognised
from verticalfile.sources.what import slug


def add_source(
    archive: Archive,
    recognised: Recognised,
    selection: Selection,
    *,
    name: str = "",
    title: str = "",
    every: str = "",
) -> ResourceLine:
    """Follow a portal from now on; nothing is fetched yet. Added again, its selection is the new one.

    `every`: DAILY, or what was set before, where nothing is said. Raises InputRefused.
    """
    span_of(every or DAILY)
    must_have_no_secret(recognised.location)
    catch_up(archive)
    known = next(
        (s for s in SourceLines(archive.index).all() if s.location == recognised.location), None
    )
    dataset = check_slug(name or (known.dataset if known else name_for(recognised.location)))
    held = archive.index.resources(dataset)
    every = every or next((r.every for r in held), DAILY)
    if held and (known is None or known.dataset != dataset):
        raise InputRefused(
            f"{dataset} is held already, from {held[0].location}.",
            mend="give the source another --name.",
        )
    resource = short_id("resource", dataset, LISTING)
    told = title or recognised.title or urlsplit(recognised.location).hostname or dataset
    write_journal(archive, (), [
        event(
            archive, "added", resource, by="person", dataset=dataset, title=told, resource=LISTING,
            kind=f"{LISTING_KIND}{recognised.kind}", location=recognised.location, branch="",
            every=every, key=[], selection=selection.told(),
        )
    ])  # fmt: skip
    return next(r for r in archive.index.resources(dataset) if r.id == resource)


@dataclass(frozen=True, slots=True)
class Source:
    """A portal with its listing, its members by state, and what is kept of them."""

    line: SourceLine
    title: str
    listing: ResourceLine
    counts: Mapping[str, int]
    datasets: int
    files: int


def sources(archive: Archive) -> list[Source]:
    """All portals, by name."""
    lines = SourceLines(archive.index)
    files = archive.index.resources()
    found = []
    for line in lines.all():
        own = [r for r in files if r.source == line.resource and r.member]
        listing = next(r for r in files if r.id == line.resource)
        datasets = len({r.dataset for r in own})
        title = archive.index.title(line.dataset)
        found.append(Source(line, title, listing, lines.counts(line.resource), datasets, len(own)))
    return found


def name_for(location: str) -> str:
    """A name for a portal from its host: data.example.gov becomes data-example-gov."""
    parts = urlsplit(location)
    port = f"-{parts.port}" if parts.port else ""
    return slug(f"{parts.hostname or 'source'}{port}.")[:60]


def source_called(archive: Archive, name: str) -> SourceLine:
    """The portal of this name; raises NotHeld."""
    found = SourceLines(archive.index).called(name)
    if found is None:
        raise NotHeld(
            f"There is no source “{name}”.", mend="see all with `vf sources`, or add one."
        )
    return found


_FILES = re.compile(
    r"\.(csv|tsv|tab|jsonl|ndjson|geojson|parquet|zip|gz|zst|xlsx?|ods|pdf|kml|kmz|gpkg|shp|dbf)$",
    re.IGNORECASE,
)


def may_be_portal(what: str) -> bool:
    """Whether an address is worth asking what it is: its path names no file of data."""
    try:
        parts = urlsplit(what)
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or parts.path.endswith(".git"):
        return False
    return not _FILES.search(parts.path)


def is_listing(resource: ResourceLine) -> bool:
    """Whether the file is the listing of a portal."""
    return resource.kind.startswith(LISTING_KIND)
