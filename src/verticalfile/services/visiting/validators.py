"""How far a source is believed that says "not modified".

Servers say so though the file has changed: an ETag that is constant or of one machine of many, a
Last-Modified of a copy. So it is believed a few times, and then the file is fetched whole. Where
that shows a change of which the validators did not tell, they are not used again for this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.quiet_lines import QuietLines
from verticalfile.fetch.client import Client, Got, NotModified
from verticalfile.kernel.errors import VerticalFileError
from verticalfile.kernel.moments import from_iso
from verticalfile.services.archive import Archive
from verticalfile.services.journal_keeping import event, write_journal
from verticalfile.vault.capture import Capture

BELIEVED = 4
"""So many times in a row: every fifth look is a full one."""
BELIEVED_FOR = timedelta(days=30)
LOOKED_BACK = 64
"""Checks among which the last full one is looked for; failed ones count for nothing."""
LIE = "validators lie"
TRUSTED = "validators trusted"
TOLD = "; its ETag and date had not told of it, so it is fetched whole from now on"
_FULL = frozenset({"changed", "export only", "unreadable", "surprising"})


@dataclass(frozen=True, slots=True)
class Validators:
    """What is sent with the next request; both empty where the file is to come whole.

    `known` is what the newest file came with, and `believed` how many answers since then were
    taken without looking.
    """

    etag: str = ""
    last_modified: str = ""
    known: tuple[str, str] = ("", "")
    believed: int = 0


def validators_of(archive: Archive, resource: ResourceLine, newest: Capture | None) -> Validators:
    """The validators of the newest file, unless they have been believed for long or have lied."""
    if newest is None:
        return Validators()
    return validators_noted(archive, resource, newest.id, _pair(newest.taken.exchange))


def validators_noted(
    archive: Archive, resource: ResourceLine, newest: str, known: tuple[str, str] = ("", "")
) -> Validators:
    """`validators_of` by what was noted at the checks alone; the vault is not read."""
    believed, full_at = 0, archive.clock.now()
    for body in archive.index.newest_observations(resource.id, LOOKED_BACK):
        status, exchange = _exchange(body)
        if body["outcome"] == "unchanged" and status == 304:
            believed += 1
        elif body["outcome"] in _FULL or (body["outcome"] == "unchanged" and status is not None):
            full_at = from_iso(str(body["at"]))
            if body.get("capture") == newest and any(_pair(exchange)):
                known = _pair(exchange)  # the same file, served anew or as it came first
            break
    else:
        believed = BELIEVED
    if (
        believed >= BELIEVED
        or _is_long_ago(full_at, archive.clock.now())
        or _lied(archive, resource)
    ):
        return Validators(known=known, believed=believed)
    return Validators(*known, known=known, believed=believed)


def validators_told(capture: Capture) -> dict[str, object]:
    """What is noted beside a new capture, so that the next look need not read the vault."""
    etag, last_modified = _pair(capture.taken.exchange)
    return (
        {"validators": {"etag": etag, "last_modified": last_modified}}
        if etag or last_modified
        else {}
    )


def lie_noticed(
    archive: Archive, resource: ResourceLine, before: Validators, answer: Got, client: Client
) -> bool:
    """Whether a changed file shows that its validators do not tell of changes; noted if so.

    Either they are those of the file before, or the source says "not modified" of that one still.
    """
    if not any(before.known) or _lied(archive, resource):
        return False
    etag, last_modified = before.known
    constant = answer.etag == etag if etag else answer.last_modified == last_modified
    if not constant and not (
        before.believed and _says_not_modified(client, resource.location, *before.known)
    ):
        return False
    said = "its ETag and date did not tell of a change; it is fetched whole from now on"
    lie = event(archive, LIE, resource.id, said=said, etag=etag, last_modified=last_modified)
    write_journal(archive, (), [lie])
    return True


def _says_not_modified(client: Client, url: str, etag: str, last_modified: str) -> bool:
    try:
        answer = client.get_small(url, etag=etag, last_modified=last_modified, max_bytes=1)
    except VerticalFileError:  # a file comes, of which no more than its beginning is taken
        return False
    return isinstance(answer, NotModified)


def _lied(archive: Archive, resource: ResourceLine) -> bool:
    return QuietLines(archive.index).newest_kind(resource.id, (LIE, TRUSTED)) == LIE


def _is_long_ago(moment: datetime, now: datetime) -> bool:
    return not timedelta(0) <= now - moment <= BELIEVED_FOR


def _exchange(body: Mapping[str, object]) -> tuple[object, Mapping[str, object]]:
    detail = body.get("detail")
    told = detail if isinstance(detail, dict) else {}
    exchange = told.get("exchange", told.get("validators"))
    found = exchange if isinstance(exchange, dict) else {}
    return found.get("status"), found


def _pair(exchange: Mapping[str, object]) -> tuple[str, str]:
    return str(exchange.get("etag", "")), str(exchange.get("last_modified", ""))
