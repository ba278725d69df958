"""A site with a `data.json` of DCAT-US 1.1, and the files that it names."""

from __future__ import annotations

import json
from collections.abc import Callable

from verticalfile.town.portals.holdings import Holding, Holdings
from verticalfile.town.portals.serving import Answer, Request


class DcatUsSite:
    """The site. `identify` gives an entry its identifier, so that a script can re-key."""

    def __init__(self, holdings: Holdings, *, path: str = "/data.json") -> None:
        self.holdings = holdings
        self.path = path
        self.is_empty = False
        self.limit: int | None = None  # entries after which the file ends (trap 5)
        self.identify: Callable[[Holding, str], str] = lambda holding, home: (
            f"{home}/datasets/{holding.hex32}_0"
        )
        self.change_body: Callable[[bytes], bytes] = lambda body: body

    def answer(self, request: Request) -> Answer | None:
        home = f"http://{request.headers['Host']}"
        if request.path == self.path:
            held = [] if self.is_empty else self.holdings.held[: self.limit]
            document = {
                "@type": "dcat:Catalog",
                "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
                "dataset": [self._entry(holding, home) for holding in held],
            }
            return Answer(self.change_body(json.dumps(document, indent=1).encode()))
        for holding in self.holdings.held:
            if request.path == f"/files/{holding.hex32}.csv":
                return Answer(holding.csv(), media_type="text/csv")
        return None

    def _entry(self, holding: Holding, home: str) -> dict[str, object]:
        return {
            "@type": "dcat:Dataset", "identifier": self.identify(holding, home),
            "title": holding.title, "description": holding.description,
            "keyword": list(holding.keywords), "issued": holding.created.isoformat(),
            "modified": holding.modified.isoformat(), "accessLevel": "public",
            "publisher": {"name": holding.publisher}, "license": holding.licence,
            "contactPoint": {"fn": holding.publisher, "hasEmail": "mailto:data@example.org"},
            "distribution": [{
                "@type": "dcat:Distribution", "title": "CSV", "format": "CSV",
                "mediaType": "text/csv", "downloadURL": f"{home}/files/{holding.hex32}.csv",
            }],
        }  # fmt: skip
