"""The publisher's metadata as received, read for what it says of a dataset.

A capture keeps it in `metadata` as `{"form": ..., "body": ...}`: the form names the kind of
publisher, the body is the entry of its listing, unchanged. Forms that no installed kind knows are
kept and wait. All of it is a stranger's: text is taken, never markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from urllib.parse import urlsplit

from verticalfile.services.known.deliveries import LIMITS
from verticalfile.sources.errors import BadRecord
from verticalfile.sources.kind import Entry
from verticalfile.sources.reading import members
from verticalfile.sources.registry import kinds

FORMS = {"dcat-us-1.1": "dcat-us"}
"""Names of forms that are not names of kinds."""
TEXT_LENGTH = 4_000
"""Characters taken of one text; a description longer than a page is documentation."""
LIST_LENGTH = 40
"""Keywords and places taken; the longest lists seen are search-engine bait."""
FREQUENCIES = {
    "R/PT1S": "all the time", "R/PT1H": "every hour", "R/P1D": "every day",
    "R/P1W": "every week", "R/P2W": "every two weeks", "R/P0.5M": "twice a month",
    "R/P1M": "every month", "R/P2M": "every two months", "R/P3M": "every three months",
    "R/P6M": "twice a year", "R/P1Y": "every year", "R/P2Y": "every two years",
    "R/P4Y": "every four years", "R/P10Y": "every ten years", "irregular": "irregularly",
}  # fmt: skip
"""DCAT-US 1.1 accrualPeriodicity, ISO 8601 repeating durations, in words."""

Statements = Mapping[tuple[str, str], tuple[str, ...]]
"""`{(field, language): values}`; the language is "" where a field has none."""


def said_in(metadata: Mapping[str, object]) -> Statements:
    """What the metadata of a capture says; nothing where its form is not known here."""
    entry = _entry_in(metadata)
    return said_by(entry) if entry is not None else {}


def _entry_in(metadata: Mapping[str, object]) -> Entry | None:
    """The entry as its kind reads it."""
    body = metadata.get("body")
    form = str(metadata.get("form", ""))
    kind = kinds().get(FORMS.get(form, form))
    if kind is None or not isinstance(body, Mapping):
        return None
    try:
        return kind.entry(body, str(metadata.get("location", "")))
    except BadRecord:
        return None


def said_by(entry: Entry) -> Statements:
    """What an entry of a listing says of its dataset."""
    frequency = _text(entry.frequency)
    found = {
        ("title", entry.language): [_text(entry.title)],
        ("description", entry.language): [_text(entry.description)],
        ("publisher", ""): [_text(entry.publisher)],
        ("place", ""): [_place(each) for each in entry.places[:LIST_LENGTH]],
        ("landing_page", ""): [web_address(entry.landing_page)],
        ("subject", ""): [_text(each) for each in entry.subjects[:LIST_LENGTH]],
        ("frequency", ""): [FREQUENCIES.get(frequency, frequency)],
        ("contact", ""): [_text(entry.contact)],
        ("licence", ""): [_text(entry.licence)],
    }
    kept = {key: tuple(dict.fromkeys(v for v in values if v)) for key, values in found.items()}
    return {key: values for key, values in kept.items() if values}


SHAPE = re.compile(
    r"(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON|SURFACE|CURVE)( Z| M| ZM)?\s*(\(|EMPTY)"
    r"|(GEOMETRYCOLLECTION|ENVELOPE|BOX)\s*\(",
    re.IGNORECASE,
)
"""Geometry in well-known text, as catalogs write where a dataset belongs."""
RIGHTS_MEMBERS = (
    "license", "rights", "license_id", "license_title", "license_url", "licenseId", "licenseInfo",
    "license.name", "accessConstraints", "useConstraints", "terms_of_use", "useRestriction",
    "dct:license", "dct:rights", LIMITS,
)  # fmt: skip
"""Members that hold a statement on use, in any form of metadata; `a.b` is a member of a member.
What a kind of publisher keeps elsewhere it tells as the licence of its entry.
`accessLevel` is none: it says who may reach a file, never what may be done with it."""
RIGHTS_LENGTH = 40_000
STATEMENTS_MAX = 200
"""Different statements about one dataset; more than a handful were never seen."""
FILES = ("distribution", "dcat:distribution", "resources")
"""Members that hold an entry's files, each of which may be under terms of its own."""
NODES_DEEP = 3
EXTRAS = frozenset({
    "license", "licence", "license_url", "licence_url", "rights", "terms_of_use", "use_constraints",
    "access_constraints", "use_limitations",
})  # fmt: skip
"""Members that publishers add to an entry of CKAN by `extras`, of those that speak of use."""
WORDS_OF_NODES = (
    "@value",
    "restrictionStatus",
    "specificRestriction",
    "restrictionNote",
    "rdfs:label",
    "skos:prefLabel",
    "skos:altLabel",
    "foaf:name",
    "dct:title",
    "dct:description",
    "dct:identifier",
    "rdf:value",
    "label",
    "prefLabel",
    "title",
    "name",
    "description",
    "text",
)
"""Members in which an object that stands for terms has its words: DCAT-AP, DCAT-US 3.0, schema.org."""


def rights_in(metadata: Mapping[str, object]) -> list[tuple[str, str]] | None:
    """What the metadata of a capture says of use; None where no metadata came."""
    body = metadata.get("body")
    return rights_told(body, _entry_in(metadata)) if isinstance(body, Mapping) else None


def rights_told(body: Mapping[str, object], entry: Entry | None) -> list[tuple[str, str]]:
    """`(field, text as found)` of each statement on use; [] where there is none. The text is a
    stranger's and may hold mark-up.

    `entry` is what its kind of publisher reads in `body`, which may know of another place.
    """
    found: dict[tuple[str, str], None] = {}
    for part in _parts(body):
        for field in RIGHTS_MEMBERS:
            value = part.get(field)
            if value is None and "." in field:
                outer, _, inner = field.partition(".")
                within = part.get(outer)
                value = within.get(inner) if isinstance(within, Mapping) else None
            for text in _statements(value):
                if len(found) < STATEMENTS_MAX:
                    found[(field, text[:RIGHTS_LENGTH])] = None
    licence = entry.licence[:RIGHTS_LENGTH] if entry is not None else ""
    if entry is not None and licence.strip() not in {"", *(text.strip() for _, text in found)}:
        found[(entry.licence_field or "licence", licence)] = None
    return list(found)


def _parts(body: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """The entry, each of its files, and what stands in its extras."""
    yield body
    for name in FILES:
        yield from members(body.get(name))
    for each in members(body.get("extras")):
        if str(each.get("key", "")).strip().lower().replace("-", "_") in EXTRAS:
            yield {"rights": each.get("value")}


def _statements(value: object, depth: int = 0) -> Iterator[str]:
    """Texts of a statement: one, those of a list, the address of an object and its words."""
    if isinstance(value, str):
        if value.strip():
            yield value
    elif isinstance(value, list):
        for each in value:
            yield from _statements(each, depth)
    elif isinstance(value, Mapping) and depth < NODES_DEEP:
        for name in ("@id", "uri", "url"):
            if isinstance(told := value.get(name), str) and web_address(told.strip()):
                yield told
        for name in WORDS_OF_NODES:
            yield from _statements(value.get(name), depth + 1)


def plain_text(text: str) -> str:
    """Text without tags and control characters, spaces collapsed, at most TEXT_LENGTH long."""
    if "<" in text or "&" in text:
        parser = _Words()
        parser.feed(text[: 4 * TEXT_LENGTH])
        parser.close()
        text = "".join(parser.words)
    shown = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(shown.split())[:TEXT_LENGTH]


def web_address(text: str) -> str:
    """The text if it is an http or https address, else ""."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    well = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text
    return text if well else ""


class _Words(HTMLParser):
    """Collects text outside of script and style."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._silent += tag in ("script", "style")
        self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= bool(self._silent) and tag in ("script", "style")
        self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)


def _text(value: object) -> str:
    return plain_text(value) if isinstance(value, str) else ""


def _place(text: str) -> str:
    """A place's name; a box of coordinates, a shape or an address is none."""
    text = _text(text)
    named = any(c.isalpha() for c in text) and "://" not in text
    return "" if not named or text.startswith(("{", "[")) or SHAPE.match(text) else text
