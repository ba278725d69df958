"""What is known of each host that this archive asks: how it is treated, and how it treats us.

Put together from the files that come from it, what persons decided, what is remembered of it below
`cache/hosts/`, and its last looks. Nothing is asked of anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from verticalfile.catalog.index import ResourceLine
from verticalfile.fetch.manners.manners import Manners
from verticalfile.kernel.moments import from_iso
from verticalfile.services.archive import Archive
from verticalfile.services.names import NotHeld
from verticalfile.services.visiting.hosts import Decided, decided, manners_of

OUT = frozenset({"blocked", "closed"})
"""Outcomes of looks that were not let in."""


class RobotsAre(StrEnum):
    """What stands between us and a host's files."""

    UNREAD = "not read"  # or longer ago than a month
    ALLOWING = "allow all of our files"
    REFUSING = "refuse some of our files"
    OVERRIDDEN = "overridden"


@dataclass(frozen=True, slots=True)
class KnownHost:
    """One host. `pause_s` is the pause that is kept now, whoever asked for it."""

    host: str
    files: int
    pause_s: float
    rests_until: datetime | None  # it asked for that, or does not answer
    out_since: datetime | None  # since when its firewall or login lets no look in
    robots: RobotsAre
    refused: int  # files that its robots.txt refuses, whether it is obeyed or not
    decisions: tuple[Decided, ...]  # all of them, oldest first


def known_hosts(archive: Archive) -> list[KnownHost]:
    """Every host that files come from or that somebody decided about, by name."""
    files: dict[str, list[ResourceLine]] = {}
    for resource in archive.index.resources():
        host = _host_in(resource.location)
        if host:
            files.setdefault(host, []).append(resource)
    decisions: dict[str, list[Decided]] = {}
    for each in decided(archive):
        decisions.setdefault(each.host, []).append(each)
    manners = manners_of(archive)
    try:
        return [
            _known(archive, manners, host, files.get(host, []), decisions.get(host, []))
            for host in sorted({*files, *decisions})
        ]
    finally:
        manners.close()


def known_host(archive: Archive, host: str) -> KnownHost:
    """One of them; raises NotHeld."""
    wanted = host.strip().lower().removeprefix("[").removesuffix("]")
    found = next((each for each in known_hosts(archive) if each.host == wanted), None)
    if found is None:
        raise NotHeld(
            f"No file of this archive comes from “{host}”.", mend="see all with `vf hosts`."
        )
    return found


def _known(
    archive: Archive, manners: Manners, host: str, files: Sequence[ResourceLine],
    decisions: Sequence[Decided],
) -> KnownHost:  # fmt: skip
    robots, refused = _robots(manners, files)
    if manners.rules_for(host).robots_overridden:
        robots = RobotsAre.OVERRIDDEN
    return KnownHost(
        host, len(files), manners.pause_s(host), manners.rests_until(host),
        _out_since(archive, files), robots, refused, tuple(decisions),
    )  # fmt: skip


def _robots(manners: Manners, files: Iterable[ResourceLine]) -> tuple[RobotsAre, int]:
    """What the robots.txt of each origin says of the files, as it was read last."""
    read = refused = 0
    for each in files:
        parts = urlsplit(each.location.partition("#")[0])
        robots = manners.robots(f"{parts.scheme}://{parts.netloc.lower()}", stale=True)
        read += robots is not None
        target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        refused += robots is not None and not robots.allows(target.encode())
    if not read:
        return RobotsAre.UNREAD, 0
    return (RobotsAre.REFUSING if refused else RobotsAre.ALLOWING), refused


def _out_since(archive: Archive, files: Iterable[ResourceLine]) -> datetime | None:
    """The first of the looks in a row that were not let in, up to the last one."""
    found: list[datetime] = []
    for each in files:
        if each.outcome not in OUT:
            continue
        for body in archive.index.newest_observations(each.id, -1):
            if body["outcome"] not in OUT:
                break
            found.append(from_iso(str(body["at"])))
    return min(found, default=None)


def _host_in(location: str) -> str:
    """The host of an address; "" for a place of this machine."""
    try:
        parts = urlsplit(location.partition("#")[0])
        return (parts.hostname or "") if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""
