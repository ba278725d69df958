"""A Socrata domain: `/api/views`, discovery with scrolling, SODA 2 rows and counts, files.

As dev.socrata.com and the recordings have it: a parameter that discovery does not know is a field
that nothing has, a first page without `scroll_id` comes by relevance, rows without `$order` come in
no order, 1,000 of them unless told, and JSON leaves out what is empty.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import unquote

from verticalfile.town.portals.holdings import Holding, Holdings
from verticalfile.town.portals.serving import Answer, Request

ROWS_DEFAULT, PAGE_DEFAULT, DEEPEST = 1000, 100, 10_000
KNOWN = frozenset({
    "domains", "search_context", "ids", "names", "only", "categories", "tags", "q", "provenance",
    "audience", "visibility", "order", "offset", "limit", "scroll_id",
})  # fmt: skip
CATALOG, VIEWS, RESOURCE, DOWNLOAD = "/api/catalog/v1", "/api/views", "/resource/", "/download/"
DICTIONARY = b"%PDF-1.4 what each column means\n"


class SocrataSite:
    """The site. What a script may change stands in the attributes.

    `facts` of a holding: `type` (chart, map, story, file, ...), `children` (holdings behind a map),
    `attachment` (a file name), `computed` (the platform's own column), `ids_from` (a full replace).
    """

    def __init__(self, holdings: Holdings, *, rows_max: int | None = None) -> None:
        self.holdings = holdings
        self.rows_max = rows_max  # endpoints of version 2.0 cap at 50,000 without a word
        self.knows_itself = True  # False: discovery has nothing of this domain (trap 26)
        self.has_discovery = True
        self.tokens: frozenset[str] = frozenset()  # app tokens that it gave out
        self.untokened: int | None = None  # requests that it still answers without one
        self.between: Callable[[str], None] | None = None  # after each answer, with its path
        self._asked = 0

    def answer(self, request: Request) -> Answer | None:
        found = self._refused(request) or self._answer(request)
        if found is not None and self.between is not None:
            self.between(request.path)
        return found

    def _refused(self, request: Request) -> Answer | None:
        """A token that it does not know; no token where too many asked without one."""
        token = request.headers.get("X-App-Token") or request.query.get("$$app_token")
        if token and token not in self.tokens:
            body = {"code": "permission_denied", "error": True,
                    "message": f"Invalid app_token specified: {token}"}  # fmt: skip
            return Answer(json.dumps(body).encode(), 403)
        if token or self.untokened is None:
            return None
        self.untokened -= 1
        if self.untokened >= 0:
            return None
        return replace(_error(429, "Throttled: use an app token"), headers={"Retry-After": "3600"})

    def _answer(self, request: Request) -> Answer | None:
        path = request.path
        if path == CATALOG and self.has_discovery:
            return self._discover(request)
        if path in (VIEWS, f"{VIEWS}.json"):
            views = [self._view(holding) for holding in self.holdings.held]
            return _json(views[: request.number("limit", 50)])
        if path.startswith(f"{VIEWS}/"):
            return self._about(path.removeprefix(f"{VIEWS}/"))
        if path.startswith(RESOURCE):
            return self._rows(path.removeprefix(RESOURCE), request)
        if path.startswith(DOWNLOAD):
            holding = self._called(path.removeprefix(DOWNLOAD).partition("/")[0])
            return _missing() if holding is None else Answer(holding.csv(), media_type="text/csv")
        return None

    # discovery

    def _discover(self, request: Request) -> Answer:
        query = request.query
        if any(name not in KNOWN for name in query):
            return _json({"results": [], "resultSetSize": 0, "timings": {}, "warnings": []})
        limit, offset = request.number("limit", PAGE_DEFAULT), request.number("offset", 0)
        if offset + limit > DEEPEST:
            return _error(400, f"offset + limit must not exceed {DEEPEST}")
        if "scroll_id" in query and "order" in query:
            return _error(400, "scroll_id cannot be combined with order")
        host = request.headers.get("Host", "")
        wanted = query.get("domains", host).split(",")
        held = self.holdings.held if self.knows_itself else []
        if host not in wanted and host.partition(":")[0] not in wanted:
            held = []
        if "only" in query:
            held = [h for h in held if _type(h) in query["only"].split(",")]
        if "scroll_id" in query:
            ordered = sorted(held, key=lambda h: h.four_by_four)
            page = [h for h in ordered if h.four_by_four > query["scroll_id"]][:limit]
        else:
            ordered = sorted(held, key=lambda h: hashlib.md5(h.title.encode()).digest())  # noqa: S324  # relevance
            page = ordered[offset : offset + limit]
        results = [self._result(holding, request) for holding in page]
        self._asked += 1
        body = {"results": results, "resultSetSize": len(held), "warnings": [],
                "timings": {"serviceMillis": self._asked, "searchMillis": [self._asked]}}  # fmt: skip
        return _json(body)

    def _result(self, holding: Holding, request: Request) -> dict[str, object]:
        home = f"http://{request.headers['Host']}"
        kind = _type(holding)
        parent = holding.facts.get("parent")
        resource = {
            "name": holding.title, "id": holding.four_by_four,
            "parent_fxf": [parent.four_by_four] if isinstance(parent, Holding) else [],
            "description": holding.description, "attribution": holding.publisher,
            "attribution_link": None, "type": kind,
            "contact_email": holding.facts.get("email", "data@example.org"),
            "updatedAt": _iso(holding), "createdAt": _time(holding.created),
            "metadata_updated_at": _iso(holding), "data_updated_at": _iso(holding),
            "page_views": {"page_views_total": self._asked}, "download_count": self._asked,
            "columns_name": list(holding.columns), "columns_field_name": list(holding.columns),
            "columns_datatype": ["Text"] * len(holding.columns), "provenance": "official",
            "lens_view_type": _view_type(holding), "hide_from_data_json": False,
            "lens_display_type": "map" if kind == "map" else "table",
            "blob_mime_type": holding.facts.get("media_type", "text/csv; charset=utf-8")
            if kind == "file" else None,
        }  # fmt: skip
        return {
            "resource": resource, "permalink": f"{home}/d/{holding.four_by_four}",
            "classification": {
                "categories": [], "tags": [], "domain_category": "Town",
                "domain_tags": list(holding.keywords),
                "domain_metadata": [{"key": "Refresh_Update-Frequency", "value": "Weekly"}],
            },
            "metadata": {
                "domain": request.headers["Host"].partition(":")[0],
                "license": holding.licence or holding.facts.get("rights", ""),
            },
            "link": f"{home}/Town/{holding.slug}/{holding.four_by_four}",
            "owner": {"id": "aaaa-bbbb", "display_name": "Clerk"},
            "creator": {"id": "aaaa-bbbb", "display_name": "Clerk"},
        }  # fmt: skip

    # views

    def _about(self, rest: str) -> Answer:
        name, _, inner = rest.partition("/")
        holding = self._called(name.removesuffix(".json"))
        if holding is None:
            return _missing(f"Cannot find view with id {name}")
        if inner.startswith("files/"):
            return Answer(DICTIONARY, media_type="application/pdf")
        return _json(self._view(holding))

    def _view(self, holding: Holding) -> dict[str, object]:
        self._asked += 1
        kind, seconds = _type(holding), int(holding.modified.timestamp())
        names = [
            *holding.columns,
            *([holding.facts["computed"]] if "computed" in holding.facts else []),
        ]
        columns = [
            {
                "id": 1000 + at, "name": str(name).title(), "fieldName": name,
                "dataTypeName": "text", "renderTypeName": "text", "position": at + 1,
                "description": f"The {name}", "width": 100,
                "cachedContents": {"non_null": self._asked},
            }
            for at, name in enumerate(names)
        ]  # fmt: skip
        view: dict[str, object] = {
            "id": holding.four_by_four, "name": holding.title, "description": holding.description,
            "attribution": holding.publisher, "category": "Town", "viewType": _view_type(holding),
            "createdAt": int(holding.created.timestamp()), "viewCount": self._asked,
            "downloadCount": self._asked, "viewLastModified": seconds, "tags": list(holding.keywords),
            "license": {"name": holding.licence or "none"}, "columns": columns, "metadata": {},
            "publicationStage": "published", "rowsUpdatedAt": seconds,
        }  # fmt: skip
        if name := holding.facts.get("attachment"):
            view["metadata"] = {"attachments": [{"filename": name, "name": name, "assetId": "A1"}]}
        if kind in ("map", "file"):
            del view["rowsUpdatedAt"]
            view["columns"] = []
            children = holding.facts.get("children", ())
            view["childViews"] = [each.four_by_four for each in children]  # type: ignore[attr-defined]  # holdings
        return view

    # rows

    def _rows(self, rest: str, request: Request) -> Answer:
        name, _, form = rest.partition(".")
        holding = self._called(name)
        if holding is None or _type(holding) in ("map", "file"):
            return _missing("No service found for this URL.")
        for key in request.query:
            if not key.startswith("$") and key not in holding.columns:
                return _error(400, f"Unrecognized arguments [{key}]")
        select = request.query.get("$select", "*")
        if select.lower() == "count(*)":
            return _json([{"count": str(len(holding.rows))}])
        rows = self._records(holding)
        if request.query.get("$order", "") != ":id":
            random.Random(self._asked).shuffle(rows)  # noqa: S311  # no order is promised
            self._asked += 1
        limit = request.number("$limit", ROWS_DEFAULT)
        if self.rows_max is not None:
            limit = min(limit, self.rows_max)
        offset = request.number("$offset", 0)
        names = _selected(select, [*rows[0]] if rows else [":id", *holding.columns])
        page = [{n: row[n] for n in names} for row in rows[offset : offset + limit]]
        if form == "csv":
            return Answer(_csv(names, page), media_type="text/csv; charset=UTF-8", is_chunked=True)
        return _json([{n: value for n, value in row.items() if value != ""} for row in page])

    def _records(self, holding: Holding) -> list[dict[str, str]]:
        """With system columns, which a full replace renews (trap 28), in the order of `:id`."""
        origin = holding.facts.get("ids_from", "")
        computed = holding.facts.get("computed")
        found = []
        for at, row in enumerate(holding.rows):
            record = {":id": f"row-{origin}{at:06}", ":updated_at": _iso(holding)}
            record |= dict(zip(holding.columns, row, strict=True))
            if computed:
                record[str(computed)] = str(at % 7)
            found.append(record)
        return found

    def _called(self, name: str) -> Holding | None:
        name = unquote(name)
        everything = [*self.holdings.held]
        for holding in self.holdings.held:
            everything += holding.facts.get("children", ())  # type: ignore[arg-type]  # holdings
        return next((h for h in everything if h.four_by_four == name), None)


def _type(holding: Holding) -> str:
    return str(holding.facts.get("type", "dataset"))


def _view_type(holding: Holding) -> str:
    if _type(holding) == "map" and "children" in holding.facts:
        return "geo"
    return {"file": "blobby", "href": "href", "story": "story"}.get(_type(holding), "tabular")


def _selected(select: str, names: list[str]) -> list[str]:
    """The names that a `$select` means; `*` are those that do not begin with a colon."""
    plain = [n for n in names if not n.startswith(":") or n.startswith(":@")]
    found: list[str] = []
    for each in (part.strip().strip("`") for part in select.split(",")):
        if each == "*":
            found += plain
        elif each == ":*":
            found += [n for n in names if n not in plain]
        else:
            found.append(each)
    return found


def _csv(names: list[str], rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(names)
    writer.writerows([row[n] for n in names] for row in rows)
    return out.getvalue().encode()


def _iso(holding: Holding) -> str:
    return _time(holding.modified)


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _json(body: object, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(json.dumps(body).encode(), headers=headers or {})


def _error(code: int, message: str) -> Answer:
    return Answer(json.dumps({"error": True, "message": message}).encode(), code)


def _missing(message: str = "Not found") -> Answer:
    body = {"code": "not_found", "error": True, "message": message}
    return Answer(json.dumps(body).encode(), 404)
