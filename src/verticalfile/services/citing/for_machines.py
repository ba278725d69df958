"""What we hold, described for machines: schema.org Dataset and a DCAT-US 1.1 catalogue.

Only of what the viewer may see: of withdrawn versions neither dates nor columns. What is not
known (rights that nobody looked at, a period that the data covers) is left out or said, never
guessed. Descriptions are of the library's copies; who published is told where it is known.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from verticalfile.catalog.file_names import data_of
from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.versions import Version
from verticalfile.kernel.addresses import Address
from verticalfile.kernel.moments import day_of, to_iso
from verticalfile.rights.plain import plain
from verticalfile.services.addresses import moment_of
from verticalfile.services.archive import Archive
from verticalfile.services.citing.citation_styles import one_line
from verticalfile.services.known.statements import description_of
from verticalfile.services.names import find_dataset
from verticalfile.services.opening import history_of
from verticalfile.services.rights.concluding import Conclusion, conclusion_of
from verticalfile.services.rights.told import LABELS
from verticalfile.services.visibility import Viewer, visible_to

DCAT_US = "https://project-open-data.cio.gov/v1.1/schema"
LONGEST_DESCRIPTION = 5000
_SECRET = re.compile(r"key|token|secret|passw|signature|sig=|auth", re.IGNORECASE)
_IN_ADDRESS = "/:?#[]@!$&'()*+,;=%~-._"
LONGEST_RIGHTS = 255
MOST_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class Download:
    """A file that can be had at an address."""

    address: str
    media_type: str
    name: str  # CSV, Parquet, the original


@dataclass(frozen=True, slots=True)
class FileDescribed:
    """The newest version of one file that may be seen."""

    name: str
    address: str  # its permanent one
    seen_at: datetime
    size_bytes: int
    sha256: str
    columns: tuple[str, ...] = ()
    downloads: tuple[Download, ...] = ()
    partial: str = ""  # why it may not be all of what there was


@dataclass(frozen=True, slots=True)
class Described:
    """A dataset; "" and () are not known."""

    name: str
    title: str
    address: str
    publisher: str
    description: str
    keywords: tuple[str, ...]
    landing_page: str  # at the publisher
    places: tuple[str, ...]
    rights: str  # what is said and on whose word, in a sentence or two
    licence_uri: str  # of a named licence that nothing speaks against; never of own words
    rights_uri: str  # of RightsStatements.org, where no licence can be told
    first_seen_at: datetime
    last_changed_at: datetime
    versions: int  # that may be seen
    files: tuple[FileDescribed, ...]
    offered: bool


_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Keeper:
    """The library, as its settings tell."""

    name: str
    address: str
    contact: str  # an e-mail address
    zone: ZoneInfo = _UTC  # by whose clocks it tells days


DownloadsOf = Callable[[Address, Sequence[str]], Iterable[Download]]
"""Of a permanent address, and the names of the tables in it ("" for one without a name)."""


def _no_downloads(address: Address, tables: Sequence[str]) -> tuple[Download, ...]:
    return ()


def keeper_of(archive: Archive, base: str = "") -> Keeper:
    """`base` where the library has not set its address."""
    told = archive.settings()
    return Keeper(
        told.get("library", "").strip(), told.get("address", "").strip().rstrip("/") or base,
        told.get("contact", "").strip(), archive.zone,
    )  # fmt: skip


def described(
    archive: Archive,
    name: str,
    *,
    viewer: Viewer,
    downloads_of: DownloadsOf = _no_downloads,
    base: str = "",
) -> Described | None:
    """A dataset for machines; None when the viewer may see no version of it. Raises NotHeld.

    `downloads_of` tells the addresses of downloads below a permanent address; doors know them.
    `base` is taken where the library has not said at which address it is to be found.
    """
    resources = find_dataset(archive, name)
    base = keeper_of(archive).address or base
    several = len(resources) > 1
    files = []
    every: list[Version] = []
    for resource in resources:
        versions = archive.index.versions(resource.id)
        seen = [v for v in versions if visible_to(viewer, v) and v.readable and not v.held]
        if not seen:
            continue
        every += seen
        address = Address(
            resource.dataset, resource.name if several else "", moment=moment_of(seen[-1], versions)
        )
        files.append(_file(archive, resource, seen[-1], address, base, downloads_of))
    if not every:
        return None
    dataset = resources[0].dataset
    told = description_of(archive, dataset)
    rights = conclusion_of(archive, dataset)
    texts = [said.value for said in told.description.values()]  # English first
    return Described(
        name=dataset,
        title=one_line(told.title["en"].value) or dataset,
        address=Address(dataset).under(base),
        publisher=one_line(told.publisher.value) if told.publisher else "",
        description=one_line(next(iter(texts), ""))[:LONGEST_DESCRIPTION],
        keywords=_keywords([said.value for said in told.subjects], dataset),
        landing_page=_landing_page(told.landing_page.value if told.landing_page else "", resources),
        places=tuple(one_line(said.value) for said in told.places),
        rights=rights_text(rights),
        licence_uri=rights.uri,
        rights_uri=rights.rights_uri,
        first_seen_at=min(v.seen_at for v in every),
        last_changed_at=max(v.seen_at for v in every),
        versions=len(every),
        files=tuple(files),
        offered=any(r.absent_since is None for r in resources),
    )


def all_described(
    archive: Archive, *, viewer: Viewer, downloads_of: DownloadsOf = _no_downloads, base: str = ""
) -> list[Described]:
    """Every dataset of which the viewer may see a version, by name; no portal's list. Reads the
    manifest of each table: keep the answer where there are thousands."""
    found = (
        described(archive, name, viewer=viewer, downloads_of=downloads_of, base=base)
        for name, files in _files_by_dataset(archive).items()
        if files
    )
    return [each for each in found if each is not None]


def _files_by_dataset(archive: Archive) -> dict[str, list[ResourceLine]]:
    found: dict[str, list[ResourceLine]] = {}
    datasets = set(archive.index.with_files())
    for resource in archive.index.resources():
        if resource.dataset in datasets:
            found.setdefault(resource.dataset, []).append(resource)
    return {name: data_of(files) for name, files in found.items()}


def _file(
    archive: Archive, resource: ResourceLine, version: Version, address: Address, base: str,
    downloads_of: DownloadsOf,
) -> FileDescribed:  # fmt: skip
    columns: list[str] = []
    tables: list[str] = []
    for line in archive.index.tables(resource.id):
        history = history_of(archive, line)
        ordinal = history.ordinal_of(version.sha256)
        if ordinal is not None:
            columns += history.layout_of(ordinal).names
            tables.append(line.name)
    return FileDescribed(
        resource.name, address.under(base), version.seen_at, version.size_bytes, version.sha256,
        tuple(dict.fromkeys(columns))[:MOST_COLUMNS], tuple(downloads_of(address, tables)),
        one_line(version.partial),
    )  # fmt: skip


def _keywords(subjects: Sequence[str], dataset: str) -> tuple[str, ...]:
    """What it is said to be about, else the words of its name."""
    told = [word for subject in subjects if (word := one_line(subject))]
    return tuple(dict.fromkeys(told))[:100] or tuple(
        dict.fromkeys(filter(None, dataset.split("-")))
    )


def _landing_page(said: str, resources: Sequence[ResourceLine]) -> str:
    """The publisher's own page, else where its file is; nothing that is on this machine, and no
    account or key that an address carries."""
    for place in (said, *(r.location for r in resources)):
        parts = urlsplit(place)
        if parts.scheme in ("https", "http") and parts.hostname:
            host = parts.netloc.rpartition("@")[2]
            query = "" if _SECRET.search(parts.query) else parts.query
            return quote(urlunsplit((parts.scheme, host, parts.path, query, "")), safe=_IN_ADDRESS)
    return ""


def sentence(dataset: Described, keeper: Keeper) -> str:
    """What it is, in the publisher's words, else in plain ones of ours."""
    kept = f"Kept by {keeper.name}: " if keeper.name else "Kept: "
    count = "one version" if dataset.versions == 1 else f"{dataset.versions:,} versions"
    span = f"{kept}{count}, first seen {day_of(dataset.first_seen_at, keeper.zone)}."
    gone = "" if dataset.offered else " The publisher no longer offers it."
    said = dataset.description or f"Copies of “{dataset.title}” as its publisher offered them."
    partial = (
        " Its newest version may not be whole." if any(f.partial for f in dataset.files) else ""
    )
    return f"{said} {span}{gone}{partial}"


def _not_whole(file: FileDescribed) -> dict[str, str]:
    """The description of a file that may lack something."""
    return {"description": f"May not be whole: {file.partial}."} if file.partial else {}


def schema_org(dataset: Described, keeper: Keeper) -> dict[str, object]:
    """A schema.org Dataset. Without an address of the library it has no `url` and no downloads."""
    body: dict[str, object] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": dataset.title,
        "description": sentence(dataset, keeper),
        "keywords": list(dataset.keywords),
        "dateModified": to_iso(dataset.last_changed_at),
        "isAccessibleForFree": True,
    }
    if dataset.publisher:
        body["creator"] = {"@type": "Organization", "name": dataset.publisher}
    if dataset.places:
        body["spatialCoverage"] = list(dataset.places)
    if dataset.licence_uri:
        body["license"] = dataset.licence_uri
    else:
        body["usageInfo"] = dataset.rights_uri or dataset.rights
    if keeper.name:
        body["publisher"] = {"@type": "Organization", "name": keeper.name}
    if dataset.landing_page:
        body["isBasedOn"] = dataset.landing_page
    if keeper.address:
        body |= {"@id": dataset.address, "url": dataset.address, "identifier": dataset.address}
        body["includedInDataCatalog"] = {
            "@type": "DataCatalog", "name": keeper.name or keeper.address, "url": f"{keeper.address}/",
        }  # fmt: skip
        body["distribution"] = [_distribution(f, d) for f in dataset.files for d in f.downloads]
    columns = list(dict.fromkeys(c for file in dataset.files for c in file.columns if c))
    if columns:
        body["variableMeasured"] = [{"@type": "PropertyValue", "name": name} for name in columns]
    return {name: value for name, value in body.items() if value != []}


def _distribution(file: FileDescribed, download: Download) -> dict[str, object]:
    return {
        "@type": "DataDownload",
        "name": f"{file.name}, {download.name}",
        "contentUrl": download.address,
        "encodingFormat": download.media_type,
        "dateModified": to_iso(file.seen_at),
        "isPartOf": file.address,
        **_not_whole(file),
    }


def json_ld(body: Mapping[str, object]) -> str:
    """JSON that may stand in a `<script type="application/ld+json">`: no text can end it."""
    text = json.dumps(body, ensure_ascii=False, indent=None)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def data_json(datasets: Sequence[Described], keeper: Keeper) -> dict[str, object]:
    """A DCAT-US 1.1 catalogue. Each entry is valid once the library's address and an e-mail
    address for questions are set; without them the parts that need them are left out."""
    return {
        "@context": f"{DCAT_US}/catalog.jsonld",
        **({"@id": f"{keeper.address}/data.json"} if keeper.address else {}),
        "@type": "dcat:Catalog",
        "conformsTo": DCAT_US,
        "describedBy": f"{DCAT_US}/catalog.json",
        "dataset": [_dcat(dataset, keeper) for dataset in datasets],
    }


def _dcat(dataset: Described, keeper: Keeper) -> dict[str, object]:
    publisher = dataset.publisher or keeper.name or "Publisher not known"
    body: dict[str, object] = {
        "@type": "dcat:Dataset",
        "title": dataset.title,
        "description": sentence(dataset, keeper),
        "keyword": list(dataset.keywords),
        "modified": to_iso(dataset.last_changed_at),
        "issued": to_iso(dataset.first_seen_at),
        "publisher": {"@type": "org:Organization", "name": publisher},
        "identifier": dataset.address,
        "accessLevel": "public",
        "rights": dataset.rights,
    }
    if dataset.licence_uri:
        body["license"] = dataset.licence_uri
    if dataset.places:
        body["spatial"] = "; ".join(dataset.places)
    if keeper.contact:
        name = keeper.name or keeper.contact
        body["contactPoint"] = {
            "@type": "vcard:Contact", "fn": name, "hasEmail": f"mailto:{keeper.contact}",
        }  # fmt: skip
    if keeper.address:
        body["landingPage"] = dataset.address
        body["distribution"] = [part for file in dataset.files for part in _dcat_files(file)]
    if dataset.landing_page:
        body["references"] = [dataset.landing_page]
    return body


def rights_text(found: Conclusion) -> str:
    """At most 255 characters: what the library concludes, or what the publisher says and that
    nobody has judged it. Words that are no address stand here and nowhere else."""
    if found.judgement is not None:
        told = f"The library concludes: {LABELS[found.label]}. {found.judgement.reason}"
        return told if len(told) <= LONGEST_RIGHTS else f"{told[: LONGEST_RIGHTS - 1]}…"
    unseen = "Nobody has looked at the rights yet."
    if found.said is None or not found.said.said:
        return unseen
    text = one_line("; ".join(dict.fromkeys(plain(each.raw) for each in found.said.said)))
    room = LONGEST_RIGHTS - len(unseen) - len("The publisher says: “”. ")
    said = text if len(text) <= room else f"{text[: room - 1]}…"
    return f"The publisher says: “{said}”. {unseen}"


def _dcat_files(file: FileDescribed) -> list[dict[str, object]]:
    """Its page, and each download."""
    page: dict[str, object] = {
        "@type": "dcat:Distribution", "title": file.name, "accessURL": file.address,
        **_not_whole(file),
    }  # fmt: skip
    rest: list[dict[str, object]] = [
        {
            "@type": "dcat:Distribution", "title": f"{file.name}, {d.name}",
            "downloadURL": d.address, "mediaType": d.media_type, "format": d.name,
            **_not_whole(file),
        }
        for d in file.downloads
    ]  # fmt: skip
    return [page, *rest]
