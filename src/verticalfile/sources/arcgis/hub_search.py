"""A Hub's search, version 1 (OGC API Records): items page by page. Untried on a real portal.

Every page is kept as it came; the records beside them have the members of a DCAT-US entry, so that
they are read and told apart as those of the feed. Complete where as many different items came as
are matched, on the first page as on the last.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from verticalfile.fetch.errors import AnswerRefused
from verticalfile.sources.kind import Completeness, Taken
from verticalfile.sources.pages import PagesFile, digest_and_size
from verticalfile.sources.past.lists_in_pages import (
    Answer,
    ListInPages,
    PageRead,
    json_of,
    no_page,
)
from verticalfile.sources.reading import member, members, number_of, text_of, texts_of
from verticalfile.sources.visit import Visit

SEARCH = "api/search/v1/collections/dataset/items"
ITEMS_ASKED = 100
PAGES_MAX = 2_000
DEEPEST = 10_000
"""Beyond it a Hub answers 500, as its index has no further pages."""
FILES = {
    "csv": "CSV", "csv collection": "ZIP", "shapefile": "ZIP", "file geodatabase": "ZIP",
    "geojson": "GeoJSON", "kml": "KML", "kml collection": "ZIP", "microsoft excel": "XLSX",
    "geopackage": "GeoPackage", "pdf": "PDF", "microsoft word": "DOCX",
}  # fmt: skip
"""Items that are a file of their own, and what that is; the portal hands it over as the item's data."""
ITEM_DATA = "https://www.arcgis.com/sharing/rest/content/items/{item}/data"


def searched(visit: Visit, location: str, into: Path) -> Taken:
    """All items as one file. Raises AnswerRefused where an answer is none."""
    path = into / PAGES.file_name
    records: dict[str, dict[str, object]] = {}
    counts: list[int] = []
    received, ended = 0, "too many pages"
    with _new_file(path) as pages:
        for number in range(1, PAGES_MAX + 1):
            page = visit.page(location, {"limit": ITEMS_ASKED, "startindex": received + 1})
            answer = page.json()
            matched = number_of(member(answer, "numberMatched"))
            if matched is None or not isinstance(member(answer, "features"), list):
                raise AnswerRefused(
                    f"{location} answers without items.",
                    mend="run the same command again later; nothing was changed.",
                    exchange=page.exchange,
                )
            pages.document(f"answer-{number:05}.json", page.body)
            counts.append(matched)
            found = members(member(answer, "features"))
            received += len(found)
            known = len(records)
            for feature in found:
                record = _record(feature, location)
                records[str(record["identifier"])] = record
            if not found or len(records) == known:
                ended = "page without new items"
                break
            if received >= matched:
                ended = "count reached"
                break
            if received + ITEMS_ASKED > DEEPEST:
                ended = "as far as the search goes"
                break
        pages.page(b"".join(map(_line, records.values())), "jsonl")
    sha256, size_bytes = digest_and_size(path)
    return Taken(
        path, sha256, size_bytes, path.name, "application/zip",
        _completeness(len(records), counts, ended), visit.last_exchange,
    )  # fmt: skip


def _new_file(path: Path) -> PagesFile:
    return PagesFile(
        path, protocol="arcgis-hub", records=(), key=("identifier",), volatile=("modified",),
        table="dataset",
    )  # fmt: skip


def _line(record: Mapping[str, object]) -> bytes:
    return f"{json.dumps(record, ensure_ascii=False)}\n".encode("utf-8", "backslashreplace")


def _read(answer: Answer, location: str) -> PageRead:
    """A copy of a page."""
    told = json_of(answer)
    matched, found = number_of(member(told, "numberMatched")), member(told, "features")
    if matched is None or not isinstance(found, list):
        raise no_page(answer)
    records = [_record(feature, location) for feature in members(found)]
    names = tuple(str(record["identifier"]) for record in records)
    return PageRead(matched, names, tuple(map(_line, records)))


PAGES = ListInPages(
    _read, _new_file, "items.zip", (SEARCH,), start="startindex", first=1, size="limit",
    document="answer",
)  # fmt: skip


def _completeness(received: int, counts: list[int], ended: str) -> Completeness:
    first, last = counts[0], counts[-1]
    why = ""
    if first != last:
        why = f"the search matched {first:,} items at the start and {last:,} at the end"
    elif received != last:
        why = f"{received:,} of {last:,} items came"
    return Completeness(received, last, "pages of the search", len(counts), ended, not why, why)


def _record(feature: Mapping[str, object], location: str) -> dict[str, object]:
    """An item in the members of DCAT-US, which says the same in other words."""
    told = feature.get("properties")
    item: Mapping[str, object] = told if isinstance(told, Mapping) else {}
    site = location.partition("/api/")[0]  # of its search, or of its feed
    identifier = text_of(feature.get("id")) or text_of(item.get("id"))
    url = text_of(item.get("url"))
    return {
        "identifier": f"{site}/datasets/{identifier}",
        "title": text_of(item.get("title")) or text_of(item.get("name")),
        "description": text_of(item.get("description")) or text_of(item.get("snippet")),
        "keyword": texts_of(item.get("tags")),
        "modified": _moment(item.get("modified")),
        "publisher": {"name": text_of(item.get("source")) or text_of(item.get("owner"))},
        "license": text_of(item.get("licenseInfo")),
        "landingPage": f"{site}/datasets/{identifier}",
        "accessLevel": text_of(item.get("access")),
        "distribution": _distribution(text_of(item.get("type")), url, identifier),
    }  # fmt: skip


def _distribution(kind: str, url: str, identifier: str) -> list[dict[str, object]]:
    """The service of an item, else its own file."""
    if url:
        return [{"format": "ArcGIS GeoServices REST API", "accessURL": url}]
    form, item = FILES.get(kind.lower(), ""), identifier.partition("_")[0]
    return [{"format": form, "downloadURL": ITEM_DATA.format(item=item)}] if form and item else []


def _moment(value: object) -> str:
    """Milliseconds as a moment; anything else as it is."""
    milliseconds = number_of(value)
    if milliseconds is None:
        return text_of(value)
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return text_of(value)
