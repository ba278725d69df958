"""Rows of a layer whose server tells no object ids: by offset, or by a walk over its area.

By offset it may still be proved, where the count is met by different rows. A server that ignores
what it is asked for and sends a page of rows instead (trap 40) is walked by envelopes: an area that
fills a page is quartered. Nothing proves that this finds all.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from verticalfile.sources.arcgis.arcgis_layer import Layer, Rows, rows_in
from verticalfile.sources.kind import Completeness
from verticalfile.sources.pages import PagesFile
from verticalfile.sources.visit import Page, Visit

PAGES_MAX = 20_000
DEEPEST = 20
"""A quarter of a quarter: a county comes down to a doorstep."""

Box = tuple[float, float, float, float]


def rows_without_ids(
    visit: Visit, layer: Layer, pages: PagesFile, count: int | None
) -> Completeness:
    """The rows, as many as are to be had."""
    walk = _Walk(visit, layer, pages)
    if layer.can_page:
        return walk.by_offset(count)
    box = _box(layer.extent)
    if box is None or not layer.has_geometry:
        return walk.at_once(count)
    return walk.by_area(box, count)


@dataclass
class _Walk:
    visit: Visit
    layer: Layer
    pages: PagesFile
    received: int = 0
    different: set[object] = field(default_factory=set)

    def by_offset(self, count: int | None) -> Completeness:
        """Page by page, on by what came."""
        order = {"orderByFields": self.layer.oid} if self.layer.oid else {}
        size = self.layer.rows_max
        ended = "too many pages"
        for _ in range(PAGES_MAX):
            place = {"resultOffset": self.received, "resultRecordCount": size}
            page, rows = self._rows({"where": "1=1", **order, **place})
            if not rows.count:
                ended = "empty page"
                break
            known = len(self.different)
            self._keep(page, rows)
            if len(self.different) == known:
                ended = "a page came twice"
                break
            if not rows.has_more and (rows.count < size or self.received == count):
                ended = "short page"
                break
        found = len(self.different)
        why = "" if found == count == self.received else self._why(count)
        return Completeness(found, count, "pages by offset", self.pages.pages, ended, not why, why)

    def at_once(self, count: int | None) -> Completeness:
        """One page, as nothing else is possible."""
        page, rows = self._rows({"where": "1=1"})
        self._keep(page, rows)
        is_whole = count is not None and rows.count == count and not rows.has_more
        why = "" if is_whole else self._why(count)
        return Completeness(rows.count, count, "one page", 1, "end of page", is_whole, why)

    def by_area(self, whole: Box, count: int | None) -> Completeness:
        """Envelopes, quartered where a page is full."""
        todo: deque[tuple[Box, int]] = deque([(whole, 0)])
        full = self.layer.rows_max
        asked, cut = 0, 0
        while todo and asked < PAGES_MAX:
            box, depth = todo.popleft()
            page, rows = self._rows(_within(box, self.layer.spatial_reference))
            asked += 1
            if depth == 0 and rows.count:
                full = min(full, rows.count)  # a server that tells no limit shows it here
            if (rows.has_more or rows.count >= full) and depth < DEEPEST:
                todo.extend((quarter, depth + 1) for quarter in _quarters(box))
                continue
            cut += rows.has_more or rows.count >= full
            if rows.count:
                self._keep(page, rows)
        why = self._why(count) + "; rows without a place cannot be found so"
        if cut or todo:
            why += f"; {cut + len(todo):,} areas hold more than came"
        return Completeness(
            len(self.different), count, "walk over the layer's area", self.pages.pages,
            "area walked", False, why,
        )  # fmt: skip

    def _rows(self, query: Mapping[str, object]) -> tuple[Page, Rows]:
        page = self.visit.page(self.layer.query_url, {**query, **self.layer.whole_rows()})
        return page, rows_in(page, self.layer)

    def _keep(self, page: Page, rows: Rows) -> None:
        self.received += rows.count
        found: list[object] = list(rows.oids)
        if len(found) != rows.count:  # no ids: rows are told apart by all that they say
            answer = page.json()
            assert isinstance(answer, dict)
            found = [json.dumps(each, sort_keys=True) for each in answer["features"]]
        self.different.update(found)
        self.pages.page(page.body)

    def _why(self, count: int | None) -> str:
        told = "the server tells no ids" + ("" if count is not None else " and no count")
        of = "" if count is None else f" of {count:,}"
        return f"{told}; {len(self.different):,}{of} rows came"


def _box(extent: Mapping[str, object]) -> Box | None:
    found = [extent.get(name) for name in ("xmin", "ymin", "xmax", "ymax")]
    numbers = [float(n) for n in found if isinstance(n, int | float) and not isinstance(n, bool)]
    if len(numbers) != 4 or not numbers[0] < numbers[2] or not numbers[1] < numbers[3]:
        return None
    return (numbers[0], numbers[1], numbers[2], numbers[3])


def _quarters(box: Box) -> list[Box]:
    left, bottom, right, top = box
    x, y = (left + right) / 2, (bottom + top) / 2
    return [(left, bottom, x, y), (x, bottom, right, y), (left, y, x, top), (x, y, right, top)]


def _within(box: Box, reference: Mapping[str, object]) -> dict[str, object]:
    query: dict[str, object] = {
        "where": "1=1", "geometry": ",".join(map(repr, box)),
        "geometryType": "esriGeometryEnvelope", "spatialRel": "esriSpatialRelIntersects",
    }  # fmt: skip
    wkid = reference.get("wkid")
    return {**query, "inSR": wkid} if isinstance(wkid, int) else query
