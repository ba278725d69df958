"""Files that a Hub makes on demand: 202 while it works, a status instead of the file, old copies.

A file is waited for, within limits; what says that it is still being made is never kept as data
(trap 33). Where the item has a layer that was edited after the file was made, or the file does not
come, the rows of the layer are fetched instead (trap 34).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from verticalfile.fetch.client import Got, NotModified
from verticalfile.fetch.errors import FetchError, NotReady
from verticalfile.kernel.errors import LimitReached
from verticalfile.sources.arcgis import arcgis_addresses
from verticalfile.sources.arcgis.arcgis_answers import asked
from verticalfile.sources.arcgis.arcgis_rows import rows_of_layer
from verticalfile.sources.kind import Completeness, Taken
from verticalfile.sources.reading import member, number_of, text_of
from verticalfile.sources.visit import Visit

DATASETS = "/api/v3/datasets/"
TRIES = 10
WAIT_S, WAIT_MAX_S = 5.0, 30.0
STATUS_MAX_BYTES = 64 << 10


def downloaded(visit: Visit, location: str, into: Path) -> Taken:
    """The file, or the rows of its layer. Raises NotReady where neither comes."""
    layer = _layer_behind(visit, location)
    try:
        got = _waited_for(visit, location)
    except NotReady:
        if layer:
            return rows_of_layer(visit, layer, into)
        raise
    if layer and _is_older(got, layer, visit):
        got.path.unlink()
        return rows_of_layer(visit, layer, into)
    proved = got.completeness.get("known") == "length"
    complete = Completeness(
        got.size_bytes, method="file made by the Hub", ended="end of file", proved=proved,
        why_not="" if proved else "its length was not told",
    )  # fmt: skip
    return Taken(
        got.path, got.sha256, got.size_bytes, got.file_name, got.media_type, complete,
        {**got.exchange, "etag": got.etag, "last_modified": got.last_modified},
    )  # fmt: skip


def _waited_for(visit: Visit, location: str) -> Got:
    """The file once it is made."""
    error: NotReady | None = None
    for _ in range(TRIES):
        wait_s = WAIT_S
        try:
            got = visit.file(location)
            assert not isinstance(got, NotModified)
            status = _status_in(got)
            if status is None:
                return got
            got.path.unlink()
            result = text_of(status.get("resultUrl"))
            if result and result != location:
                location = result
                continue
            error = NotReady(
                f"{location} is still being made.",
                mend="wait; it is tried again at the next run.",
                exchange=got.exchange,
            )
        except NotReady as not_ready:
            error = not_ready
            told = not_ready.facts.get("retry_after_s")
            wait_s = float(told) if isinstance(told, int | float) else WAIT_S
        visit.sleep(min(wait_s, WAIT_MAX_S))
    assert error is not None
    raise error


def _status_in(got: Got) -> Mapping[str, object] | None:
    """What a Hub says of its work, where that came instead of the file."""
    if got.size_bytes > STATUS_MAX_BYTES:
        return None
    try:
        found = json.loads(got.path.read_bytes())
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or "features" in found or "type" in found:
        return None
    return found if "status" in found or "resultUrl" in found else None


def _layer_behind(visit: Visit, location: str) -> str:
    """The layer that the file is made from as the same site tells, "" where it does not."""
    parts = urlsplit(location)
    item, layer = arcgis_addresses.item_of_download(location)
    if not item:
        return ""
    layer = layer or parse_qs(parts.query).get("layers", ["0"])[0]
    try:
        answer = visit.json(f"{parts.scheme}://{parts.netloc}{DATASETS}{item}_{layer}")
    except (FetchError, LimitReached):
        return ""
    told = member(member(member(answer, "data"), "attributes"), "url")
    url = arcgis_addresses.plain(text_of(told))
    if arcgis_addresses.is_layer(url):
        return url
    return f"{url}/{layer}" if arcgis_addresses.is_service(url) and layer.isdecimal() else ""


def _is_older(got: Got, layer: str, visit: Visit) -> bool:
    """Whether the layer was edited after the file was made."""
    try:
        made = parsedate_to_datetime(got.last_modified)
        _, about = asked(visit, layer)
    except (ValueError, FetchError):
        return False
    edited = number_of(member(about.get("editingInfo"), "dataLastEditDate"))
    edited = edited or number_of(member(about.get("editingInfo"), "lastEditDate"))
    if edited is None:
        return False
    if made.tzinfo is None:
        made = made.replace(tzinfo=UTC)
    return datetime.fromtimestamp(edited / 1000, UTC) > made
