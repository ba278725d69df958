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
from verticalfile.sources.reading import member, members, number_of, text_of, texts_of
from verticalfile.sources.visit import Visit

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
    path = into / "items.zip"
    records: dict[str, dict[str, object]] = {}
    counts: list[int] = []
    received, ended = 0, "too many pages"
    with PagesFile(
        path, protocol="arcgis-hub", records=(), key=("identifier",), volatile=("modified",),
        table="dataset",
    ) as pages:  # fmt: skip
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
        lines = "".join(f"{json.dumps(r, ensure_ascii=False)}\n" for r in records.values())
        pages.page(lines.encode("utf-8", "backslashreplace"), "jsonl")
    sha256, size_bytes = digest_and_size(path)
    return Taken(
        path, sha256, size_bytes, "items.zip", "application/zip",
        _completeness(len(records), counts, ended), visit.last_exchange,
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
    site = location.partition("/api/search/")[0]
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
