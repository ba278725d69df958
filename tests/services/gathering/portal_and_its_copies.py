"""A portal and a web archive on one address, for tests of what the archive has of its past."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.source_lines import SourceLine, SourceLines
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services import archive as archives
from verticalfile.services.archive import Archive
from verticalfile.services.collecting import web_archives
from verticalfile.services.collecting.collect import collect
from verticalfile.services.collecting.past_lists import Asking
from verticalfile.services.gathering.sources import add_source
from verticalfile.services.known.selection import Selection
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.sources.kind import Recognised
from verticalfile.town.portals.holdings import START, Holdings
from verticalfile.town.portals.memento import MementoSite
from verticalfile.town.portals.serving import PortalServer, Request, Site
from verticalfile.town.portals.wayback import Recorded, WaybackSite


class Portal:
    """A portal and a web archive at one address; ten days pass, four looks are ours."""

    def __init__(self, folder: Path, kind: str, site: Site, holdings: Holdings) -> None:
        self.folder, self.kind, self.site, self.holdings = folder, kind, site, holdings
        self.recorded = WaybackSite([])
        self.memento = MementoSite([])

    @contextmanager
    def open(self, path: str) -> Iterator[str]:
        with PortalServer(self.memento, self.recorded, self.site) as self.server:
            rules = Rules(allow_private=True, extra_ports=frozenset({self.server.port}))
            self.fetching = Fetching(rules, sleep=lambda _: None)
            location = f"{self.server.home}{path}"
            self.begin(self.folder / "archive", location)
            yield location

    def begin(self, folder: Path, location: str) -> None:
        """An archive that follows the portal and has nothing yet."""
        self.clock = SetClock(START)
        self.archive: Archive = archives.init(folder, clock=self.clock)
        self.listing: ResourceLine = add_source(
            self.archive, Recognised(self.kind, location), Selection(), name="portal"
        )

    def look(self) -> None:
        for days in (0, 4, 5):
            self.clock.move_to(self.clock.now() + timedelta(days=days))
            collect(self.archive, [self.listing], fetching=self.fetching)

    def record(self, timestamp: str, url: str, body: bytes) -> None:
        kept = [*self.recorded.recorded, Recorded(timestamp, url, body)]
        self.recorded.recorded = sorted(kept, key=lambda each: each.timestamp)

    def now(self, path: str, **query: str) -> bytes:
        host = self.server.home.removeprefix("http://").rstrip("/")
        answer = self.site.answer(Request("GET", path, query, {"Host": host}))
        assert answer is not None
        return answer.body

    def fill(
        self, url: str, *, since: str = "", until: str = "",
        asking: Asking = lambda *_: None,
    ) -> web_archives.Filled:  # fmt: skip
        return web_archives.from_wayback(
            self.archive, lambda: self.listing, url, fetching=self.fetching,
            web_archive=self.server.home.rstrip("/"), since=since, until=until, asking=asking,
        )  # fmt: skip

    def fill_by_memento(self, url: str, *, asking: Asking = lambda *_: None) -> web_archives.Filled:
        """What is known of a page by its TimeMap in another archive, which has the same copies."""
        self.memento.recorded += self.recorded.recorded
        self.recorded.recorded = []
        return web_archives.from_memento(
            self.archive, lambda: self.listing, f"{self.server.home}timemap/1/{url}",
            fetching=self.fetching, asking=asking,
        )  # fmt: skip

    @property
    def source(self) -> SourceLine:
        found = SourceLines(self.archive.index).of(self.listing.id)
        assert found is not None
        return found
