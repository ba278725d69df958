"""A DKAN 2 portal: metastore, search, datastore and files, as the source of GetDKAN/dkan has them.

The metastore hands over all entries at once; the search ten unless told and at most 100. An export
of the datastore that fails midway ends with the error as its last row.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

from verticalfile.town.portals.holdings import Holding, Holdings
from verticalfile.town.portals.serving import Answer, Request

ROWS_MAX, PAGE_MAX, PAGE_DEFAULT = 500, 100, 10
ERROR = "SQLSTATE[HY000]: General error: 2006 MySQL server has gone away"


class DkanSite:
    """The site. What a script may change stands in the attributes."""

    def __init__(self, holdings: Holdings, *, base: str = "") -> None:
        self.holdings = holdings
        self.base = base  # a path below which the portal lives
        self.without_file: set[int] = set()  # holdings that stand in the datastore alone
        self.described: set[int] = set()  # holdings with a data dictionary
        self.has_search = True
        self.items_max: int | None = None  # entries that the metastore hands over at most
        self.fails_after: int | None = None  # rows after which an export ends with an error
        self.between: Callable[[str], None] | None = None  # after each answer, with its path

    def answer(self, request: Request) -> Answer | None:
        if not request.path.startswith(f"{self.base}/"):
            return None
        path = request.path.removeprefix(self.base)
        found = self._answer(path, request)
        if self.between is not None:
            self.between(path)
        return found

    def _answer(self, path: str, request: Request) -> Answer | None:
        home = f"http://{request.headers['Host']}{self.base}"
        held = self.holdings.held
        items = "/api/1/metastore/schemas/dataset/items"
        if path == "/api/1/metastore/schemas":
            return _json({name: {"title": name} for name in ("dataset", "distribution", "keyword")})
        if path == items:
            return _json([self._entry(holding, home) for holding in held[: self.items_max]])
        if path == "/data.json":
            return _json({"dataset": [self._entry(holding, home) for holding in held]})
        if path == "/api/1/search" and self.has_search:
            return self._search(request, home)
        for holding in held:
            if path == _dictionary(holding):
                fields = [
                    {"name": name, "title": name.title(), "type": "string"}
                    for name in holding.columns
                ]
                return _json({"identifier": holding.hex32, "data": {"fields": fields}})
            if path == f"{items}/{holding.uuid}":
                return _json(self._entry(holding, home))
            if path == _file(holding):
                return Answer(holding.csv(), media_type="text/csv")
            if path == f"/api/1/datastore/query/{holding.uuid}/0":
                return _rows(holding, request)
            if path == f"/api/1/datastore/query/{holding.uuid}/0/download":
                return self._download(holding, request)
        if path.startswith("/api/1/"):
            return _json({"message": f"Error: nothing at {path}", "status": 404}, 404)
        return None

    def _search(self, request: Request, home: str) -> Answer:
        size = min(request.number("page-size", PAGE_DEFAULT), PAGE_MAX)
        start = (request.number("page", 1) - 1) * size
        page = self.holdings.held[start : start + size]
        results = {f"dkan_dataset/{each.uuid}": self._entry(each, home) for each in page}
        total = str(len(self.holdings.held))
        return _json({"total": total, "results": results or [], "facets": []})

    def _download(self, holding: Holding, request: Request) -> Answer:
        if request.query.get("format") != "csv":
            message = "Streaming not currently available for JSON responses"
            return _json({"message": message, "status": 400}, 400)
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(holding.columns)
        writer.writerows(holding.rows[: self.fails_after])
        if self.fails_after is not None:
            writer.writerow([ERROR])
        return Answer(out.getvalue().encode(), media_type="text/csv", is_chunked=True)

    def _entry(self, holding: Holding, home: str) -> dict[str, object]:
        distribution: dict[str, object] = {
            "@type": "dcat:Distribution", "title": holding.title, "format": "csv",
            "mediaType": "text/csv",
        }  # fmt: skip
        if holding.number not in self.without_file:
            distribution["downloadURL"] = f"{home}{_file(holding)}"
        if holding.number in self.described:
            distribution["describedBy"] = f"{home}{_dictionary(holding)}"
            distribution["describedByType"] = "application/vnd.tableschema+json"
        return {
            "@type": "dcat:Dataset", "identifier": holding.uuid, "accessLevel": "public",
            "title": holding.title, "description": holding.description,
            "keyword": list(holding.keywords), "license": holding.licence,
            "issued": holding.created.date().isoformat(),
            "modified": holding.modified.date().isoformat(),
            "publisher": {"@type": "org:Organization", "name": holding.publisher},
            "contactPoint": {"@type": "vcard:Contact", "fn": holding.publisher,
                             "hasEmail": "mailto:data@example.org"},
            "distribution": [distribution],
        }  # fmt: skip


def _rows(holding: Holding, request: Request) -> Answer:
    limit = min(request.number("limit", ROWS_MAX), ROWS_MAX)
    start = request.number("offset", 0)
    page = holding.rows[start : start + limit]
    return _json({
        "results": [dict(zip(holding.columns, row, strict=True)) for row in page],
        "count": len(holding.rows), "schema": {holding.hex32: {"fields": {}}}, "query": {},
    })  # fmt: skip


def _dictionary(holding: Holding) -> str:
    return f"/api/1/metastore/schemas/data-dictionary/items/{holding.hex32}"


def _file(holding: Holding) -> str:
    return f"/sites/default/files/uploaded_resources/{holding.slug}.csv"


def _json(body: object, code: int = 200) -> Answer:
    return Answer(json.dumps(body).encode(), code, "application/json")
