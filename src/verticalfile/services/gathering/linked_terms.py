"""Pages of terms that the entries of a portal's list link to: each is kept once, beside the list.

Many datasets point to one page, and it is a file of the portal and not of any of them, so that a
change of it flags them all. Only addresses that the rights card would look for are taken: texts of
well-known licences are none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from verticalfile.catalog.source_lines import SourceLine
from verticalfile.rights.addresses import licence_at, normalise
from verticalfile.rights.plain import links
from verticalfile.rights.together import Said, read_together
from verticalfile.services.archive import Archive, short_id
from verticalfile.services.journal_keeping import event
from verticalfile.services.known.received import rights_told, web_address
from verticalfile.sources.kind import Entry, Role
from verticalfile.sources.what import SourceKind, slug
from verticalfile.vault.notes.journal import Event

EVERY = "weekly"
"""Terms change seldom, and a changed page is told once a week soon enough."""
TERMS_MAX = 100
"""Pages of one portal: some give an address of its own to the terms of every dataset."""

LINKS_MAX = 3
"""Links of one statement in prose: terms stand among the first."""
KNOWN_TEXTS = (".creativecommons.org", ".opendatacommons.org", ".opendefinition.org", ".usa.gov")
"""Ends of hosts with licences that everybody has."""


class LinkedTerms:
    """The pages of terms of one portal: those that are held, and those that an entry adds."""

    def __init__(self, archive: Archive, source: SourceLine) -> None:
        self._archive, self._source = archive, source
        self._own: set[str] | None = None  # pages that are files of this portal
        self._others: set[str] | None = None  # whatever else is kept

    def added(self, record: Mapping[str, object], entry: Entry) -> Iterator[Event]:
        """Events that add the pages of which nobody keeps a copy yet."""
        for address in addresses_in(record, entry):
            place = place_of(address)
            if self._is_held(place) or self._own is None or len(self._own) >= TERMS_MAX:
                continue
            self._own.add(place)
            dataset, name = self._source.dataset, _name_for(address)
            yield event(
                self._archive, "added", short_id("resource", dataset, name), dataset=dataset,
                title=self._archive.index.title(dataset) or dataset, resource=name,
                kind=str(SourceKind.URL), location=address, branch="", every=EVERY, key=[],
                role=str(Role.DOCUMENTATION), source=self._source.resource, member="",
            )  # fmt: skip

    def _is_held(self, place: str) -> bool:
        """Looked for among the portal's own pages first: all files are many."""
        index = self._archive.index
        if self._own is None:
            own = index.resources_of(self._source.resource, [""])
            self._own = {place_of(r.location) for r in own}
        if place in self._own:
            return True
        if self._others is None:
            self._others = {place_of(r.location) for r in index.resources()}
        return place in self._others


def place_of(address: str) -> str:
    """What two spellings of one address have in common."""
    return normalise(address).rstrip("/")


def addresses_in(record: Mapping[str, object], entry: Entry | None = None) -> list[str]:
    """Where the statements on use of an entry point to."""
    return [a for a in _points_to(tuple(rights_told(record, entry))) if web_address(a)]


@lru_cache(maxsize=1_000)  # a portal says the same of most of its datasets
def _points_to(told: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """What the reading points to, and the first links in prose, but no text that everybody has."""
    found = [*read_together([Said(field, raw) for field, raw in told]).points_to]
    for _, raw in told:
        found += [link for link in links(raw)[:LINKS_MAX] if urlsplit(link).path.strip("/")]
    return tuple(dict.fromkeys(a for a in found if not _is_known(a)))


def _is_known(address: str) -> bool:
    host = urlsplit(normalise(address)).hostname or ""
    return licence_at(address) is not None or f".{host}".endswith(KNOWN_TEXTS)


def _name_for(address: str) -> str:
    parts = urlsplit(address)
    stem = slug(PurePosixPath(unquote(parts.path)).name or parts.hostname or "page")
    return f"terms-{stem[:40]}-{short_id('terms', place_of(address))[:6]}"
