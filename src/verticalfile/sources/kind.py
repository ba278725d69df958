"""What a kind of publisher must be able to do for us: recognise, list, describe, fetch.

One module each, registered under the entry point group `verticalfile.sources`, so that others can
add theirs. A kind speaks to the network through the `Visit` that it is handed, and through nothing
else; it decides nothing: what it finds is evidence, and services keep and judge it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:  # who only reads what was kept needs no network
    from verticalfile.sources.past.lists_in_pages import ListInPages
    from verticalfile.sources.visit import Page, Visit

Record = Mapping[str, object]
"""One entry of a listing as the publisher wrote it: a JSON object of any quality."""

LISTING = "listing"
"""The name of the file in which a source's listing is kept."""


class Role(StrEnum):
    """What a file is for (design: a dataset's data, or the publisher's words about it)."""

    DATA = "data"
    DOCUMENTATION = "documentation"


@dataclass(frozen=True, slots=True)
class Offer:
    """One file or layer of an entry: where it is, and which kind fetches it."""

    location: str  # an address; what it means is known to `kind`
    kind: str  # "url" for a plain file, else the name of a kind whose `fetch` takes it
    title: str = ""
    form: str = ""  # CSV, GeoJSON, ...: the publisher's word
    media_type: str = ""
    size_bytes: int | None = None  # as told, never believed
    role: Role = Role.DATA
    identifier: str = ""  # the publisher's own, such as the UUID of a CKAN resource
    checksum: str = ""  # as told, `sha256:...`: held against what came, and a finding if it differs
    written: str = ""  # the address as the publisher wrote it, where it may be another

    @property
    def was_resolved(self) -> bool:
        """Whether the publisher wrote an address without a host (`reading.address_of`)."""
        return bool(self.written) and self.written != self.location


@dataclass(frozen=True, slots=True)
class Entry:
    """What a listing says of one dataset, in the words of DCAT; "" and () where it says nothing.

    `title` and `description` are texts as published, HTML perhaps among them.
    """

    identifier: str
    title: str
    description: str = ""
    language: str = "en"
    publisher: str = ""
    contact: str = ""
    landing_page: str = ""
    licence: str = ""  # as found
    licence_field: str = ""  # which member said so
    places: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    frequency: str = ""
    modified: str = ""  # as found: a hint
    access: str = ""  # accessLevel or its like; who may reach it, never what may be done
    offers: tuple[Offer, ...] = ()
    is_part: bool = False  # a chart, filter or map of something that is listed itself


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of what there is was received, and how we know."""

    received: int
    expected: int | None = None  # as the source tells
    method: str = ""  # "one document", "pages sorted by id", "rows by object id"
    pages: int = 1
    ended: str = ""  # "end of document", "count reached", "short page", ...
    proved: bool = False
    why_not: str = ""  # a sentence, where it is not proved
    closed: tuple[str, ...] = ()  # places behind a login: what is below is not known, all else is

    def told(self) -> dict[str, object]:
        """As it stands beside a version, in the vault and in observations."""
        found: dict[str, object] = {
            "received": self.received, "expected": self.expected, "method": self.method,
            "pages": self.pages, "ended": self.ended, "proved": self.proved,
            "why_not": self.why_not or None, "closed": list(self.closed) or None,
        }  # fmt: skip
        return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Taken:
    """A whole file in a scratch folder: what a listing or a table was put together from."""

    path: Path
    sha256: str
    size_bytes: int
    file_name: str
    media_type: str
    completeness: Completeness
    exchange: Mapping[str, object]
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recognised:
    """An address is a source of this kind."""

    kind: str
    location: str  # what `list` takes
    title: str = ""
    version: str = ""  # of the publisher's software, where it tells


class PublisherKind(Protocol):
    """The interface. Methods raise the errors of `fetch.errors` and `sources.errors`."""

    name: str
    label: str  # for people: "CKAN"
    is_tried: bool  # with recordings of a real portal; else docs and previews say so
    table: str  # the table of its listing that holds the records
    volatile: frozenset[str]  # members of a record that move by themselves

    def recognise(self, visit: Visit, url: str, page: Page | None) -> Recognised | None:
        """Whether the address belongs to such a source: at most three small requests.

        `page` is what stands at the address itself, None where it answers with an error.
        """

    def list(self, visit: Visit, location: str, into: Path) -> Taken:
        """The whole listing as one file; what is missing is told in its completeness."""

    def entry(self, record: Record, location: str) -> Entry:
        """What a record says. Raises BadRecord where it is none."""

    def fetch(self, visit: Visit, location: str, into: Path) -> Taken:
        """The rows behind an offer of this kind, whole and proved or raising `CutShort`."""


@runtime_checkable
class OneAnswer(Protocol):
    """A kind whose whole list may be one answer: then a copy that somebody made of that answer is
    a list too, with its proof of completeness or without one."""

    answer_at: str  # where it stands below the location that `list` takes; "" at that itself

    def of_one_answer(self, path: Path, location: str, into: Path) -> Taken:
        """The list that one answer is, in a file of its own where `list` would have made one;
        without an exchange. Raises AnswerRefused where the file at `path` is no such answer."""


@runtime_checkable
class InPages(Protocol):
    """A kind whose list comes in several answers, of which copies can be put together to a list."""

    in_pages: tuple[ListInPages, ...]
