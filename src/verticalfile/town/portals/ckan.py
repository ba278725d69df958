"""A CKAN portal: `status_show`, `package_search`, `package_list`, `package_show`, files, datastore.

As docs.ckan.org and the recordings have it: 10 rows unless told, at most `rows_max` whatever was
asked, errors in the envelope, times without a zone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from verticalfile.town.portals.holdings import Holding, Holdings
from verticalfile.town.portals.serving import Answer, Request

ROWS_DEFAULT = 10
ACTION = "/api/3/action/"


class CkanSite:
    """The site. What a script may change stands in the attributes."""

    def __init__(self, holdings: Holdings, *, rows_max: int = 1000, base: str = "") -> None:
        self.holdings = holdings
        self.rows_max = rows_max  # above it the portal cuts without a word (trap 11)
        self.base = base  # a path below which the portal lives
        self.is_empty = False  # an index that lost everything (trap 1)
        self.between_pages: Callable[[], None] | None = None  # edits while somebody walks
        self.in_datastore: set[int] = set()  # holdings that have no file
        self.suffix = ""  # behind the names of files, as publishers rename them

    def answer(self, request: Request) -> Answer | None:
        if not request.path.startswith(self.base):
            return None
        path = request.path.removeprefix(self.base)
        if path.startswith(ACTION):
            return self._action(path.removeprefix(ACTION), request)
        for holding in self.holdings.held:
            if path == self._file(holding):
                return Answer(holding.csv(), media_type="text/csv")
            if path == f"/datastore/dump/{_resource(holding)}":
                return Answer(_numbered(holding), media_type="text/csv")
        return None

    def _file(self, holding: Holding) -> str:
        folder = f"/dataset/{holding.uuid}/resource/{_resource(holding)}/download"
        return f"{folder}/{holding.slug}{self.suffix}.csv"

    def _action(self, name: str, request: Request) -> Answer:
        listed = [] if self.is_empty else self.holdings.held
        match name:
            case "status_show":
                return _good({"ckan_version": "2.10.4", "site_title": "Alder Falls Open Data"})
            case "package_list":
                return _good([holding.slug for holding in listed])
            case "package_show":
                found = [h for h in listed if request.query.get("id") in (h.uuid, h.slug)]
                return _good(self._package(found[0], request)) if found else _missing()
            case "package_search":
                return self._search(listed, request)
        return Answer(json.dumps(f"Bad request - Action name not known: {name}").encode(), 400)

    def _search(self, listed: list[Holding], request: Request) -> Answer:
        rows = min(request.number("rows", ROWS_DEFAULT), self.rows_max)
        start = request.number("start", 0)
        if request.query.get("sort", "").startswith("id asc"):
            ordered = sorted(listed, key=lambda holding: holding.uuid)
        else:
            ordered = sorted(listed, key=lambda h: (h.modified, h.uuid), reverse=True)
        page = ordered[start : start + rows]
        answer = _good({
            "count": len(ordered), "sort": request.query.get("sort", "score desc"), "facets": {},
            "results": [self._package(holding, request) for holding in page], "search_facets": {},
        })  # fmt: skip
        if self.between_pages is not None:
            self.between_pages()
        return answer

    def _package(self, holding: Holding, request: Request) -> dict[str, object]:
        home = f"http://{request.headers['Host']}{self.base}"
        own = holding.number in self.in_datastore
        file = f"{home}{self._file(holding)}"
        resource = {
            "id": _resource(holding), "package_id": holding.uuid, "position": 0,
            "name": holding.title, "description": "", "format": "CSV", "mimetype": "text/csv",
            "url": f"{home}/datastore/dump/{_resource(holding)}" if own else file,
            "url_type": "datastore" if own else "upload", "datastore_active": own,
            "size": None if own else len(holding.csv()), "hash": "", "state": "active",
            "created": _time(holding.created), "last_modified": _time(holding.modified),
        }  # fmt: skip
        return {
            "id": holding.uuid, "name": holding.slug, "title": holding.title,
            "notes": holding.description, "type": "dataset", "state": "active", "private": False,
            "license_id": "cc-by" if holding.licence.startswith("https://creative") else "notspecified",
            "license_url": holding.licence, "license_title": holding.facts.get("rights", ""),
            "author": "", "maintainer": holding.facts.get("contact", holding.publisher),
            "maintainer_email": holding.facts.get("email", "data@example.org"),
            "organization": {"id": "org", "title": holding.publisher, "name": "org"}, "groups": [],
            "tags": [{"name": word} for word in holding.keywords], "extras": [],
            "metadata_created": _time(holding.created), "metadata_modified": _time(holding.modified),
            "num_resources": 1, "num_tags": len(holding.keywords), "resources": [resource],
        }  # fmt: skip


def _resource(holding: Holding) -> str:
    return f"{holding.uuid[:-4]}beef"


def _numbered(holding: Holding) -> bytes:
    """As the datastore dumps a table: with its own `_id` in front."""
    head, *rows = holding.csv().decode().splitlines()
    lines = [f"_id,{head}", *(f"{n},{row}" for n, row in enumerate(rows, 1))]
    return ("\r\n".join(lines) + "\r\n").encode()


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")


def _good(result: object) -> Answer:
    body = {"help": "/api/3/action/help_show", "success": True, "result": result}
    return Answer(json.dumps(body).encode())


def _missing() -> Answer:
    error = {"__type": "Not Found Error", "message": "Not found"}
    return Answer(json.dumps({"success": False, "error": error}).encode(), 404)
