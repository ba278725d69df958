"""How an archive uses the network."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from verticalfile.fetch.client import Client
from verticalfile.fetch.credentials import Credentials
from verticalfile.fetch.manners.manners import Manners
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import Clock
from verticalfile.services.archive import Archive
from verticalfile.services.visiting.hosts import credentials_of, manners_of


@dataclass(frozen=True, slots=True)
class Fetching:
    """How the network is used: rules, how to wait (the demo does not), and manners.

    Without manners no host is remembered, and there is no pause between two requests.
    """

    rules: Rules
    sleep: Callable[[float], None] = time.sleep
    manners: Manners | None = None
    credentials: Credentials | None = None

    def client(self, clock: Clock) -> Client:
        """The one client of a run."""
        manners = self.manners or Manners(clock, sleep=self.sleep)
        return Client(rules=self.rules, clock=clock, manners=manners, credentials=self.credentials)


def fetching_of(archive: Archive, *, allow_private: bool) -> Fetching:
    """How the archive fetches: its contact is told to publishers; private only when allowed, and
    ports beside the usual ones only where the setting `ports` names them."""
    settings = archive.settings()
    private = allow_private or settings.get("allow_private", "") == "yes"
    page = f"{settings['address'].rstrip('/')}/robot/" if settings.get("address") else ""
    contact = "; ".join(told for told in (page, settings.get("contact", "")) if told)
    ports = frozenset(int(p) for p in settings.get("ports", "").split(",") if p.strip().isdigit())
    rules = Rules(allow_private=private, extra_ports=ports, contact=contact)
    return Fetching(rules, manners=manners_of(archive), credentials=credentials_of(archive))
