"""The made-up town's whole story at one portal: every file, an index, pages, and a `data.json`.

The demo follows its publishers one by one (`publishers.py`); this is all of them in one place.
"""

from __future__ import annotations

from collections.abc import Iterable

from verticalfile.kernel.clock import Clock
from verticalfile.town import catalog_file, pages
from verticalfile.town.beats import Beat
from verticalfile.town.days import FILES
from verticalfile.town.descriptions import DESCRIPTIONS
from verticalfile.town.portals.serving import Answer, PortalServer, Request
from verticalfile.town.publishers import Told

_DICTIONARIES = {f"{name}.csv": told for name, told in DESCRIPTIONS.items() if told.columns}


class _Site:
    """The files, and what stands beside them, as of now."""

    def __init__(self, told: Told) -> None:
        self._told = told

    def answer(self, request: Request) -> Answer | None:
        file = next((name for name, each in FILES.items() if request.path == f"/{each.path}"), None)
        if file is not None:
            return self._told.answer(file)
        listed = self._told.listed(FILES)
        match request.path.split("/")[1:]:
            case [""]:
                return _page(pages.index(list(listed)))
            case ["data.json"]:
                home = f"http://{request.headers['Host']}/"
                return Answer(catalog_file.data_json(home, listed), 200, "application/json")
            case ["terms"]:
                return _page(pages.terms())
            case ["dataset", name] if name in {FILES[each].dataset for each in listed}:
                return _page(pages.landing(name, list(listed)))
            case ["dictionary", name] if name in _DICTIONARIES:
                return Answer(catalog_file.dictionary_csv(_DICTIONARIES[name]), 200, "text/csv")
        return None


def _page(body: bytes) -> Answer:
    return Answer(body, 200, "text/html; charset=utf-8")


class Portal(PortalServer):
    """Serves a story on 127.0.0.1 while the `with` block lasts; a free port is taken at once."""

    def __init__(self, story: Iterable[Beat], clock: Clock) -> None:
        self._told = Told(story, clock)
        super().__init__(_Site(self._told), now=self._told.now)

    def url(self, file: str) -> str:
        """Where a file is, whether or not it is there at this moment."""
        return f"{self.home}{FILES[file].path}"

    def beat(self, file: str) -> Beat | None:
        """The newest beat of a file at or before the clock's moment."""
        return self._told.beat(file)
