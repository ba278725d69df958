"""An Opendatasoft portal, Explore API v2.1: catalog pages and exports, tables, their CSV export.

As help.opendatasoft.com has it: 10 entries unless told and at most 100, offset + limit up to
10,000, semicolons, labels and a mark in front unless told otherwise, a quota a day.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime

from verticalfile.town.portals.holdings import Holding, Holdings
from verticalfile.town.portals.serving import Answer, Request

CATALOG = "/api/explore/v2.1/catalog/"
DEEPEST, LIMIT_MAX, LIMIT_DEFAULT = 10_000, 100, 10


class OpendatasoftSite:
    """The site. What a script may change stands in the attributes."""

    def __init__(self, holdings: Holdings, *, deepest: int = DEEPEST) -> None:
        self.holdings = holdings
        self.deepest = deepest
        self.quota: int | None = None  # requests that are left today
        self.reset_at = 0  # when the quota begins anew, in seconds since 1970
        self.tells_by_header = True  # X-RateLimit-Reset; the body tells it in any case
        self.between: Callable[[str], None] | None = None  # after each answer, with its path

    def answer(self, request: Request) -> Answer | None:
        if not request.path.startswith(CATALOG):
            return None
        if self.quota is not None:
            if self.quota <= 0:
                return self._used_up()
            self.quota -= 1
        found = self._answer(request.path.removeprefix(CATALOG), request)
        if self.between is not None:
            self.between(request.path)
        return found

    def _answer(self, path: str, request: Request) -> Answer:
        if path == "datasets":
            return self._page(request)
        if path == "exports/json":
            return _json([_dataset(holding) for holding in self.holdings.held])
        name, _, rest = path.removeprefix("datasets/").partition("/")
        holding = next((h for h in self.holdings.held if h.slug == name), None)
        if holding is None:
            return _json({"error_code": "DatasetNotFound", "message": f"{name} is not there"}, 404)
        if not rest:
            return _json(_dataset(holding))
        if rest == "exports/csv":
            return Answer(_csv(holding, request), media_type="text/csv", is_chunked=True)
        if rest.startswith("attachments/"):
            return Answer(b"%PDF-1.4 columns\n", media_type="application/pdf")
        return _json({"error_code": "NotFound", "message": "nothing there"}, 404)

    def _page(self, request: Request) -> Answer:
        limit, offset = request.number("limit", LIMIT_DEFAULT), request.number("offset", 0)
        if limit > LIMIT_MAX or offset + limit > self.deepest:
            message = f"Invalid value for limit or offset: offset + limit should be <= {DEEPEST}"
            return _json({"error_code": "InvalidRESTParameterError", "message": message}, 400)
        held = list(self.holdings.held)
        if request.query.get("order_by") == "dataset_id":
            held.sort(key=lambda holding: holding.slug)
        else:
            held.sort(key=lambda holding: (holding.modified, holding.slug), reverse=True)
        page = [_dataset(holding) for holding in held[offset : offset + limit]]
        return _json({"total_count": len(held), "results": page})

    def _used_up(self) -> Answer:
        reset = datetime.fromtimestamp(self.reset_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        body = {
            "errorcode": 10002, "reset_time": reset, "limit_time_unit": "day",
            "call_limit": 1000, "error": "You have exceeded the requests limit for anonymous users.",
        }  # fmt: skip
        headers = {"X-RateLimit-Remaining": "0"}
        headers |= {"X-RateLimit-Reset": str(self.reset_at)} if self.tells_by_header else {}
        return Answer(json.dumps(body).encode(), 429, headers=headers)


def _dataset(holding: Holding) -> dict[str, object]:
    moment = holding.modified.isoformat()
    default = {
        "title": holding.title, "description": holding.description, "theme": ["Town"],
        "keyword": list(holding.keywords), "license": "Licence of the town",
        "license_url": holding.licence or None, "language": "en", "timezone": None,
        "modified": moment, "data_processed": moment, "metadata_processed": moment,
        "publisher": holding.publisher, "attributions": None, "records_count": len(holding.rows),
        "federated": bool(holding.facts.get("federated")),
    }  # fmt: skip
    attached = [{"id": "dictionary_pdf", "title": "Dictionary", "mimetype": "application/pdf",
                 "url": "odsfile://dictionary.pdf"}]  # fmt: skip
    return {
        "dataset_id": holding.slug, "dataset_uid": f"da_{holding.hex32[:6]}", "has_records": True,
        "data_visible": True, "visibility": "domain", "features": ["analyze"],
        "attachments": attached if holding.facts.get("attached") else [],
        "alternative_exports": [],
        "fields": [
            {"name": name, "label": name.title(), "type": "text", "description": None}
            for name in holding.columns
        ],
        "metas": {"default": default, "dcat": {"created": moment}, "custom": {}},
    }  # fmt: skip


def _csv(holding: Holding, request: Request) -> bytes:
    """As the portal writes it unless every parameter is told."""
    query = request.query
    names = list(holding.columns)
    if query.get("use_labels", "true") == "true":
        names = [name.title() for name in names]
    zone = "T00:00:00+00:00" if query.get("timezone") == "UTC" else "T02:00:00+02:00"
    out = io.StringIO()
    writer = csv.writer(out, delimiter=query.get("delimiter", ";"), lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows((*row[:2], row[2] + zone, *row[3:]) for row in holding.rows)
    mark = "" if query.get("with_bom") == "false" else "\ufeff"
    return (mark + out.getvalue()).encode()


def _json(body: object, code: int = 200) -> Answer:
    return Answer(json.dumps(body).encode(), code)
