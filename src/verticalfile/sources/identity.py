"""What tells which dataset an entry of a portal's listing is: identifiers, addresses, titles.

Knows the shapes that portals give their entries; never decides what belongs together (that is
`membership`). A record may be of any quality: whatever is not text where text belongs counts as
not given. Facts: the protocol sheets of harvesting (CKAN, Socrata, Hub, Opendatasoft, DCAT-US).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

# whole last segments or the id of a query only: a publisher's own UUID in a path is no dataset's
_ITEM = re.compile(r"(?:^|[/=])([0-9a-f]{32})(?:_([0-9]{1,6}))?/?(?=$|[?&#])", re.IGNORECASE)
_SUBLAYER = re.compile(r"[?&]sublayer=([0-9]{1,6})(?![0-9])", re.IGNORECASE)
_UUID = re.compile(
    r"(?:^|[/:])([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/?$",
    re.IGNORECASE,
)
# no 0, 1, l and o in a Socrata id; a draft has `:7` behind it
_FOUR_BY_FOUR = re.compile(r"(?:^|/)([2-9a-km-np-z]{4}-[2-9a-km-np-z]{4})(?::[0-9]+)?(?:\.json)?$")
_ADDRESS = re.compile(r"https?://([^/?#]*)([^?#]*)", re.IGNORECASE)
_SERVICE = re.compile(r"(?:feature|map|image)server(?:/([0-9]+))?$")
_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}")
_PATHS_OF_HUB = ("/datasets/", "/maps/")

DIGEST_BYTES = 32  # SHA-256
DCAT_VOLATILE = frozenset({"modified", "%modified"})  # the second is DKAN's
CKAN_VOLATILE = frozenset(
    {"metadata_modified", "tracking_summary", "num_resources", "num_tags", "organization"}
    | {"archiver", "qa", "help"}
)
SOCRATA_VOLATILE = frozenset(
    {"page_views", "download_count", "updatedAt", "data_updated_at", "metadata_updated_at"}
)
ODS_VOLATILE = frozenset({"modified", "data_processed", "metadata_processed", "popularity"})


class Evidence(NamedTuple):
    """All that may tell one entry from another; "" and None stand for not given."""

    identifier: str  # as the publisher gives it, byte for byte
    folded: str = ""  # without scheme, case of host, `/datasets/` or `/maps/`, last slash
    tail: str = ""  # last segment of the identifier's path
    item: str = ""  # ArcGIS item, 32 hex digits in lower case
    layer: int | None = None  # ArcGIS layer of that item
    service: str = ""  # host and path of the ArcGIS service, lower case, layer behind
    socrata: str = ""  # Socrata's 4x4
    ckan: str = ""  # CKAN's UUID
    title: str = ""
    publisher: str = ""
    issued: str = ""  # never evidence alone; speaks for or against the other evidence

    @property
    def platform(self) -> str:
        """The id that the platform gave and never gives twice; "" where there is none.

        An ArcGIS item without a layer may cover several, so only the two together are one.
        """
        if self.socrata:
            return f"socrata {self.socrata}"
        if self.ckan:
            return f"ckan {self.ckan}"
        return f"arcgis {self.item} {self.layer}" if self.item and self.layer is not None else ""


HELD = (
    "identifier", "title", "publisher", "issued", "service", "item", "layer", "socrata", "ckan",
    "folded", "tail",
)  # fmt: skip
"""Fields of evidence in the order in which an entry holds them: those at the end are often empty."""
UNTOLD = ("", "", "", "", "", "", None, "", "", None, None)


class Entry(bytes):
    """One entry of a listing: its evidence, and digests of its canonical JSON.

    A portal may have hundreds of thousands, so each is one string of bytes, sorted by its digest:
    whoever asks for `evidence` more than once keeps what he got.
    """

    __slots__ = ()

    def __new__(cls, evidence: Evidence, digest: str, steady_digest: str) -> Entry:
        told: dict[str, object] = {name: getattr(evidence, name) for name in HELD}
        # as a rule these two follow from the identifier, and are not held
        name = evidence.identifier
        told["folded"] = None if evidence.folded == folded(name) else evidence.folded
        told["tail"] = None if evidence.tail == tail_of(name) else evidence.tail
        values = list(told.values())
        while len(values) > 1 and values[-1] == UNTOLD[len(values) - 1]:
            values.pop()
        body = json.dumps(values, separators=(",", ":")).encode()
        return super().__new__(cls, bytes.fromhex(digest + steady_digest) + body)

    @property
    def evidence(self) -> Evidence:
        told = dict(zip(HELD, json.loads(self[2 * DIGEST_BYTES :]), strict=False))
        name = told["identifier"]
        if told.get("folded") is None:
            told["folded"] = folded(name)
        if told.get("tail") is None:
            told["tail"] = tail_of(name)
        return Evidence(**told)

    @property
    def digest(self) -> str:
        """Of the whole record, keys sorted, order of keys no matter."""
        return self[:DIGEST_BYTES].hex()

    @property
    def steady_digest(self) -> str:
        """Of the record without its volatile fields."""
        return self[DIGEST_BYTES : 2 * DIGEST_BYTES].hex()

    def __repr__(self) -> str:
        return f"Entry({self.evidence}, {self.digest!r}, {self.steady_digest!r})"


def entry_of_dcat(record: Mapping[str, object]) -> Entry:
    """From one `dataset` of a DCAT-US 1.1 or 3.0 file."""
    evidence = evidence_of(
        text_of(record.get("identifier")) or text_of(record.get("@id")),
        title=text_of(record.get("title")),
        publisher=text_of(record.get("publisher")),
        issued=text_of(record.get("issued")),
        addresses=_distribution_addresses(record.get("distribution")),
    )
    return Entry(evidence, *digests(record, DCAT_VOLATILE))


def entry_of_ckan(package: Mapping[str, object]) -> Entry:
    """From one result of `package_search`; the id is the identifier, since names are edited."""
    resources = package.get("resources")
    addresses = [text_of(each.get("url")) for each in _mappings(resources)]
    evidence = evidence_of(
        text_of(package.get("id")) or text_of(package.get("name")),
        title=text_of(package.get("title")) or text_of(package.get("name")),
        publisher=text_of(package.get("organization")),
        issued=text_of(package.get("metadata_created")),
        addresses=addresses,
    )
    return Entry(evidence, *digests(package, CKAN_VOLATILE))


def entry_of_socrata(result: Mapping[str, object]) -> Entry:
    """From one result of the discovery API, or one view of `/api/views`."""
    inner = result.get("resource")
    view = inner if isinstance(inner, Mapping) else result
    evidence = evidence_of(
        text_of(view.get("id")),
        title=text_of(view.get("name")),
        publisher=text_of(view.get("attribution")),
        issued=text_of(view.get("createdAt")),
    )
    if view is result:
        return Entry(evidence, *digests(view, SOCRATA_VOLATILE))
    whole, steady = digests(view, SOCRATA_VOLATILE)
    around = canonical({name: value for name, value in result.items() if name != "resource"})
    return Entry(evidence, _sha256(whole, around), _sha256(steady, around))


def entry_of_ods(dataset: Mapping[str, object]) -> Entry:
    """From one dataset of Opendatasoft's catalog; `dataset_uid` stays when the slug is renamed."""
    metas = dataset.get("metas")
    default = metas.get("default") if isinstance(metas, Mapping) else None
    told = default if isinstance(default, Mapping) else {}
    evidence = evidence_of(
        text_of(dataset.get("dataset_uid")) or text_of(dataset.get("dataset_id")),
        title=text_of(told.get("title")),
        publisher=text_of(told.get("publisher")),
    )
    whole, steady = digests(told, ODS_VOLATILE)
    around = canonical({name: value for name, value in dataset.items() if name != "metas"})
    return Entry(evidence, _sha256(whole, around), _sha256(steady, around))


def evidence_of(
    identifier: str,
    *,
    title: str = "",
    publisher: str = "",
    issued: str = "",
    addresses: Iterable[str] = (),
) -> Evidence:
    """Evidence from an identifier, and from the addresses of what the entry distributes."""
    item, layer = _item_and_layer(identifier)
    socrata = _FOUR_BY_FOUR.search(identifier)
    uuid = _UUID.search(identifier)
    return Evidence(
        identifier=identifier,
        folded=folded(identifier),
        tail=tail_of(identifier),
        item=item,
        layer=layer,
        service=next((found for each in addresses if (found := service_of(each))), ""),
        socrata=socrata[1] if socrata else "",
        ckan=uuid[1].lower() if uuid else "",
        title=title,
        publisher=publisher,
        issued=issued,
    )


def folded(identifier: str) -> str:
    """An identifier without what platforms change of its spelling; other text stays as it is."""
    address = _ADDRESS.match(identifier)
    if not address:
        return identifier
    host, path = address[1].lower(), address[2]
    for prefix in _PATHS_OF_HUB:
        if path.startswith(prefix):
            path = "/" + path[len(prefix) :]
            break
    return f"{host}{path.rstrip('/')}{identifier[address.end() :]}"


def tail_of(identifier: str) -> str:
    """The last segment of the path of an identifier, or all of it where it has no path."""
    return identifier.rstrip("/").rsplit("/", 1)[-1]


def service_of(address: str) -> str:
    """Host and path, in lower case, of an ArcGIS service or layer; "" for any other address."""
    found = _ADDRESS.match(address)
    if not found:
        return ""
    place = f"{found[1]}{found[2]}".lower().rstrip("/ ")
    return place if _SERVICE.search(place) else ""


def text_of(value: object) -> str:
    """Text of a field of any quality; a template that was never filled counts as not given.

    Of an object its `@id`, `@value`, `name`, `title` or `fn`, of a list its first text. A number
    is written as Python reads it; who needs it as written gives text.
    """
    if isinstance(value, str):
        return "" if _TEMPLATE.fullmatch(value.strip()) else value
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, Mapping):
        names = ("@id", "@value", "name", "title", "fn")
        return next((text for name in names if (text := _flat(value.get(name)))), "")
    if isinstance(value, (list, tuple)):
        return next((text for each in value if (text := _flat(each))), "")
    return ""


def digests(record: Mapping[str, object], volatile: frozenset[str]) -> tuple[str, str]:
    """SHA-256 of a record's canonical JSON: of all of it, and of it without volatile fields."""
    steady = canonical({name: value for name, value in record.items() if name not in volatile})
    moved = canonical({name: value for name, value in record.items() if name in volatile})
    return _sha256(steady, moved), _sha256(steady)


def canonical(value: object) -> str:
    """JSON with sorted keys; equal for records that differ in the order of keys alone."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)


def _flat(value: object) -> str:
    if isinstance(value, Mapping):
        inner = value.get("@id", value.get("@value"))
        return inner if isinstance(inner, str) else ""
    return text_of(value) if isinstance(value, (str, int, float)) else ""


def _sha256(*texts: str) -> str:
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode("utf-8", "surrogatepass"))
        digest.update(b"\n")
    return digest.hexdigest()


def _item_and_layer(identifier: str) -> tuple[str, int | None]:
    found = _ITEM.search(identifier)
    if not found:
        return "", None
    number = found[2]
    if number is None:
        below = _SUBLAYER.search(identifier)
        number = below[1] if below else None
    return found[1].lower(), None if number is None else int(number)


def _distribution_addresses(distribution: object) -> Iterable[str]:
    each = [distribution] if isinstance(distribution, Mapping) else distribution
    for one in _mappings(each):
        for name in ("accessURL", "downloadURL"):
            if address := text_of(one.get(name)):
                yield address


def _mappings(values: object) -> Iterable[Mapping[str, object]]:
    if isinstance(values, (list, tuple)):
        for value in values:
            if isinstance(value, Mapping):
                yield value
