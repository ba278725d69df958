"""The document of a dataset: what search may find it by, for the public and for staff.

Made again whenever something about the dataset changes, and by `vf rebuild`. What the public may
not see is not in the public's document at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import PurePosixPath

from verticalfile.catalog.described import Shelf
from verticalfile.catalog.file_names import data_of
from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.search import Audience, Document
from verticalfile.catalog.versions import Version
from verticalfile.history.manifest import Manifest, load
from verticalfile.kernel.moments import to_iso
from verticalfile.services.archive import Archive
from verticalfile.services.known.absences import absences_of, vanished
from verticalfile.services.known.listings import LISTING_KIND
from verticalfile.services.known.statements import Description, Said, description_of
from verticalfile.services.rights.concluding import conclusion_of
from verticalfile.services.visibility import Viewer, visible_to

COLUMN_NAMES = 3_000
"""Names of columns in one document; wider tables are found by their first columns."""
NAME_LETTERS = 200
"""Of one name; a file whose first line is no header has a "column" of any length."""
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
SPLIT = " · "
"""Between a column's name as published and its words, "WorkType · Work Type"."""

FORMATS = {
    ".csv": "CSV", ".tsv": "CSV", ".txt": "CSV", ".json": "JSON", ".jsonl": "JSON",
    ".ndjson": "JSON", ".geojson": "GeoJSON", ".parquet": "Parquet", ".xlsx": "Excel",
    ".xls": "Excel", ".pdf": "PDF", ".zip": "ZIP", ".shp": "Shapefile", ".xml": "XML",
}  # fmt: skip
READERS = {"delimited": "CSV", "json": "JSON", "parquet": "Parquet", "zip": "ZIP"}


class State(StrEnum):
    """How a dataset stands. *Vanished*: the publisher dropped all its files; *withdrawn*: the
    library took all of it out of view; *empty*: nothing was kept yet."""

    CURRENT = "current"
    VANISHED = "vanished"
    WITHDRAWN = "withdrawn"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a dataset and the facts that go with it; `facts` are shown, not searched."""

    state: State
    facts: Mapping[str, object]
    rights: str = ""  # its class, by the library's judgement or the publisher's words


@dataclass(frozen=True, slots=True)
class File:
    """A file of a dataset, its versions and the histories of its tables."""

    resource: ResourceLine
    versions: Sequence[Version]
    manifests: Sequence[Manifest]


def refresh(archive: Archive, datasets: Iterable[str]) -> None:
    """Make the documents of these datasets again; the caller writes (`Index.writing`)."""
    for dataset in sorted(set(datasets)):
        resources = data_of(archive.index.resources(dataset))
        if resources:
            description = description_of(archive, dataset)
            archive.index.put_title(dataset, description.title["en"].value)
            archive.text_index.put(dataset, _documents(archive, description, resources))


def _documents(
    archive: Archive, description: Description, resources: Sequence[ResourceLine]
) -> list[Document]:
    files = [
        File(
            resource,
            archive.index.versions(resource.id),
            [
                load(archive.history_folder(line.id), line.id)
                for line in archive.index.tables(resource.id)
            ],
        )
        for resource in resources
    ]
    label = conclusion_of(archive, description.dataset).label
    standing = replace(_standing(archive, files), rights=str(label))
    added_at = archive.index.added_at(description.dataset)
    public, staff = (
        document_of(description, files, viewer, standing, added_at=added_at)
        for viewer in (Viewer.PUBLIC, Viewer.STAFF)
    )
    if any(resource.kind.startswith(LISTING_KIND) for resource in resources):
        return [replace(staff, audience=Audience.STAFF)]  # a portal, which is no dataset to readers
    if public == staff:
        return [public]
    return [replace(public, audience=Audience.PUBLIC), replace(staff, audience=Audience.STAFF)]


def _standing(archive: Archive, files: Sequence[File]) -> Standing:
    """How all files together stand."""
    versions = [v for file in files for v in file.versions]
    hidden = [v for v in versions if v.hidden and v.withdrawn_at]
    if hidden and all(version.hidden for version in versions):
        newest = max(hidden, key=lambda v: v.withdrawn_at or v.seen_at)
        at = to_iso(newest.withdrawn_at) if newest.withdrawn_at else ""
        told = {"at": at, "how": newest.hidden, "reason": newest.withdrawn_why}
        return Standing(State.WITHDRAWN, {"withdrawn": told})
    if not versions:
        return Standing(State.EMPTY, {})
    gone = [
        vanished(
            absences_of(
                file.resource,
                file.versions,
                archive.index.observations(file.resource.id),
                added_at=archive.index.added_at(file.resource.dataset),
            )
        )
        for file in files
        if file.versions
    ]
    since = [absence.first_missed_at for absence in gone if absence is not None]
    if len(since) == len(gone):
        return Standing(State.VANISHED, {"vanished_since": to_iso(max(since))})
    return Standing(State.CURRENT, {})


def document_of(
    description: Description,
    files: Sequence[File],
    viewer: Viewer,
    standing: Standing,
    *,
    added_at: datetime,
) -> Document:
    """The document as a viewer may find it; of what is withdrawn the public has the label alone."""
    seen = [
        File(f.resource, [v for v in f.versions if visible_to(viewer, v)], f.manifests)
        for f in files
    ]
    versions = [v for file in seen for v in file.versions]
    sealed = standing.state is State.WITHDRAWN and viewer is Viewer.PUBLIC
    texts = _texts(description, files, sealed=sealed)
    facts: dict[str, object] = {"files": len(files), **standing.facts}
    newest_at = ""
    if versions and not sealed:
        newest_at = to_iso(max(v.seen_at for v in versions))
        facts |= {
            "versions": len(versions),
            "first_seen_at": to_iso(min(v.seen_at for v in versions)),
            "newest_seen_at": newest_at,
            "partial": any(f.versions and f.versions[-1].partial for f in seen),
        }
        texts |= _columns(seen)
    facets = _facets(description, seen if not sealed else (), standing)
    return Document(
        description.dataset, Audience.ALL, texts, facets, facts, newest_at, to_iso(added_at)
    )


def _texts(description: Description, files: Sequence[File], *, sealed: bool) -> dict[str, str]:
    """All texts but the columns; of what is withdrawn the label alone."""
    names = [description.dataset, *(f.resource.name for f in files)]
    title = {code: said.value for code, said in description.title.items()}
    found = {
        "name": " ".join(dict.fromkeys(name.replace("-", " ") for name in names)),
        "title": title["en"],
        "title_es": title.get("es", ""),
        "publisher": description.publisher.value if description.publisher else "",
        "place": "\n".join(_with_shelves(description.places, description.shelves, "place")),
        "shelf": "\n".join(
            [
                *_with_shelves(description.subjects, description.shelves, "subject"),
                *(s.title for s in description.shelves if s.kind == "series"),
            ]
        ),
        "shelf_es": "\n".join(s.title_es for s in description.shelves if s.title_es),
    }
    if not sealed:
        sentence = {code: said.value for code, said in description.description.items()}
        found |= {
            "description": sentence.get("en")
            or next((words for code, words in sentence.items() if code != "es"), ""),
            "description_es": sentence.get("es", ""),
        }
    return found


def _with_shelves(said: Sequence[Said], shelves: Sequence[Shelf], kind: str) -> list[str]:
    """Values and the titles of shelves of a kind, each once whatever its capitals."""
    found: dict[str, str] = {}
    for text in (*(s.title for s in shelves if s.kind == kind), *(s.value for s in said)):
        found.setdefault(text.casefold(), text)
    return list(found.values())


def _facets(
    description: Description, files: Sequence[File], standing: Standing
) -> dict[str, tuple[str, ...]]:
    """By facet, its values; of what is withdrawn the class of rights is not told."""
    told = standing.rights if standing.state is not State.WITHDRAWN else ""
    formats = dict.fromkeys(form for file in files if file.versions for form in _formats(file))
    return {
        "publisher": (description.publisher.value,) if description.publisher else (),
        "place": tuple(_with_shelves(description.places, description.shelves, "place")),
        "subject": tuple(_with_shelves(description.subjects, description.shelves, "subject")),
        "series": tuple(s.title for s in description.shelves if s.kind == "series"),
        "format": tuple(formats),
        "rights": (told,) if told else (),
        "state": (str(standing.state),),
        "shelf": tuple(s.name for s in description.shelves),
    }


def _formats(file: File) -> list[str]:
    suffix = PurePosixPath(file.resource.location.partition("?")[0]).suffix.lower()
    if suffix in FORMATS:
        return [FORMATS[suffix]]
    readers = {m.ordinals[-1].reader.partition("/")[0] for m in file.manifests if m.ordinals}
    return sorted({READERS.get(reader, reader) for reader in readers})


def _columns(files: Sequence[File]) -> dict[str, str]:
    """Names of columns now and before, of the versions that may be seen, one to a line."""
    now: dict[str, None] = {}
    ever: dict[str, None] = {}
    for file in files:
        readable = [v for v in file.versions if v.readable and not v.destroyed]
        current = next((v.sha256 for v in reversed(readable) if not v.held), "")
        for manifest in file.manifests:
            layouts: dict[int, None] = {}
            for sha256 in {v.sha256 for v in readable}:
                number = manifest.ordinal_of(sha256)
                if number is not None:
                    layouts[manifest.ordinals[number - 1].layout] = None
                    if sha256 == current:
                        now |= dict.fromkeys(manifest.layout_of(number).names)
            for layout in sorted(layouts):
                ever |= dict.fromkeys(manifest.layouts[layout].names)
    past = [name for name in ever if name not in now]
    return {
        "columns": "\n".join(_in_words(name) for name in list(now)[:COLUMN_NAMES]),
        "past_columns": "\n".join(_in_words(name) for name in past[:COLUMN_NAMES]),
    }


def _in_words(name: str) -> str:
    """A column's name, and its words where capitals alone tell them apart."""
    name = " ".join(name[: 2 * NAME_LETTERS].split())[:NAME_LETTERS]
    words = _HUMP.sub(" ", name)
    return name if words == name else f"{name}{SPLIT}{words}"
