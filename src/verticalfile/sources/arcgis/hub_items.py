"""Items of ArcGIS Online: what they are, whose, and under which terms, kept as documentation."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

from verticalfile.sources.arcgis.arcgis_answers import judged
from verticalfile.sources.kind import Completeness, Taken
from verticalfile.sources.pages import PagesFile, digest_and_size
from verticalfile.sources.visit import Visit

ITEMS = "/sharing/rest/content/items/"
VOLATILE = frozenset({
    "numViews", "avgRating", "numRatings", "numComments", "lastViewed", "scoreCompleteness",
})  # fmt: skip
"""What moves whenever somebody looks (harvesting.md 2.3)."""
_ITEM = re.compile(re.escape(ITEMS) + r"[0-9a-f]{32}$", re.IGNORECASE)


def is_item(location: str) -> bool:
    """Whether the address is the description of an item."""
    return bool(_ITEM.search(urlsplit(location).path))


def item_kept(visit: Visit, location: str, into: Path) -> Taken:
    """The description as it came, and as a table of one row without what moves by itself."""
    page = visit.page(location)
    item = judged(page.json(), location, page.exchange)
    path = into / "item.zip"
    with PagesFile(path, protocol="arcgis-item", records=(), volatile=VOLATILE) as pages:
        pages.document("item.json", page.body)
        line = f"{json.dumps(item, ensure_ascii=False)}\n"
        pages.page(line.encode("utf-8", "backslashreplace"), "jsonl")
    sha256, size_bytes = digest_and_size(path)
    complete = Completeness(1, 1, "one document", ended="end of document", proved=True)
    return Taken(
        path, sha256, size_bytes, "item.zip", "application/zip", complete, visit.last_exchange
    )
