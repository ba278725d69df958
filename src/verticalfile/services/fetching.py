"""How an archive uses the network."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from verticalfile.fetch.rules import Rules
from verticalfile.services.archive import Archive


@dataclass(frozen=True, slots=True)
class Fetching:
    """How the network is used: rules, and how to wait (the demo does not)."""

    rules: Rules
    sleep: Callable[[float], None] = time.sleep


def fetching_of(archive: Archive, *, allow_private: bool) -> Fetching:
    """How the archive fetches: its contact is told to publishers; private only when allowed, and
    ports beside the usual ones only where the setting `ports` names them."""
    settings = archive.settings()
    private = allow_private or settings.get("allow_private", "") == "yes"
    page = f"{settings['address'].rstrip('/')}/robot/" if settings.get("address") else ""
    contact = "; ".join(told for told in (page, settings.get("contact", "")) if told)
    ports = frozenset(int(p) for p in settings.get("ports", "").split(",") if p.strip().isdigit())
    return Fetching(Rules(allow_private=private, extra_ports=ports, contact=contact))
