"""How this archive behaves towards hosts: what is remembered, decided by persons, and secret.

What persons decide for one host (its robots.txt is not asked, another pause, a certificate that
nobody vouches for) is an event with a reason and a name, and stands in every exchange it touches.
What hosts asked for is remembered below `cache/` and may be deleted. Keys that publishers gave
the library stand in a file that only its owner may read, and in no backup.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from verticalfile.fetch.credentials import Credentials
from verticalfile.fetch.manners.manners import Manners
from verticalfile.fetch.manners.rules import GAP_S, HostRules
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.letters import shown
from verticalfile.kernel.moments import from_iso
from verticalfile.services.archive import Archive
from verticalfile.services.decisions import PERSON
from verticalfile.services.journal_keeping import event, write_journal
from verticalfile.services.names import HOSTS

KIND = "host set"
KEYS = "secret-keys.json"
"""Begins like the other secrets of an archive, which no backup holds."""
MAIL = "smtp://"
GAP_MAX_S = 3600.0
_HOST = re.compile(r"[a-z0-9:]([a-z0-9._:-]{0,251}[a-z0-9:])?")


def host_of(location: str) -> str:
    """Whom a look troubles: a host, or a place of this machine."""
    place = location.partition("#")[0]
    with suppress(ValueError):
        return urlsplit(place).hostname or place
    return place


def manners_of(archive: Archive) -> Manners:
    """The archive's behaviour towards hosts, shared by all its commands. Raises InputRefused."""
    return Manners(
        archive.clock,
        gap_s=_gap(archive.settings().get("gap_s", str(GAP_S))),
        hosts=host_rules(archive),
        folder=archive.root / "cache" / "hosts",
        locks=archive.root / "locks" / "hosts",
        tell=archive.tell,
    )


def credentials_of(archive: Archive) -> Credentials:
    """The keys of `secret-keys.json`: `{"https://data.example.gov": {"X-App-Token": "..."}}`.

    Raises InputRefused, which never shows what is in the file.
    """
    keys = secrets_of(archive)
    return Credentials({place: key for place, key in keys.items() if not place.startswith(MAIL)})


def secrets_of(archive: Archive) -> dict[str, dict[str, str]]:
    """All of `secret-keys.json`, that of a mail server too. Raises as `credentials_of` does."""
    path = archive.root / KEYS
    if not path.exists():
        return {}
    if path.stat().st_mode & 0o077:
        raise InputRefused(
            f"{KEYS} can be read by others on this machine.", mend=f"run `chmod 600 {path}`."
        )
    try:
        told = json.loads(path.read_bytes())
        return {
            str(origin): {str(name): str(value) for name, value in headers.items()}
            for origin, headers in told.items()
        }
    except (ValueError, AttributeError, RecursionError):
        raise InputRefused(
            f"{KEYS} cannot be read.",
            mend='write {"https://data.example.gov": {"X-App-Token": "..."}} into it.',
        ) from None  # the cause would show a part of the file


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided about a host; `gap_s` only where it is about the pause."""

    host: str
    what: str
    who: str
    reason: str
    at: datetime
    gap_s: float | None = None


def decided(archive: Archive) -> list[Decided]:
    """All that persons decided about hosts, oldest first."""
    found = []
    for body in archive.index.events([HOSTS]):
        detail = body["detail"]
        if body["kind"] != KIND or not isinstance(detail, dict):
            continue
        gap_s = float(detail["gap_s"]) if "gap_s" in detail else None
        found.append(
            Decided(
                detail["host"], detail["what"], detail["who"], detail["reason"],
                from_iso(str(body["at"])), gap_s,
            )
        )  # fmt: skip
    return found


def host_rules(archive: Archive) -> dict[str, HostRules]:
    """What persons decided, by host; the newest of a kind holds."""
    found: dict[str, HostRules] = {}
    for each in decided(archive):
        own = found.get(each.host, HostRules())
        why = f"{each.reason} ({each.who}, {each.at:%Y-%m-%d})"
        match each.what:
            case "gap":
                own = replace(own, gap_s=each.gap_s)
            case "usual gap":
                own = replace(own, gap_s=None)
            case "robots overridden":
                own = replace(own, robots_overridden=why)
            case "robots obeyed":
                own = replace(own, robots_overridden="")
            case "certificate unchecked":
                own = replace(own, certificate_unchecked=why)
            case "certificate checked":
                own = replace(own, certificate_unchecked="")
            case _:
                pass
        found[each.host] = own
    return found


def override_robots(archive: Archive, host: str, *, who: str, reason: str) -> None:
    """From now on do not ask this host's robots.txt. Raises InputRefused."""
    _decide(archive, host, "robots overridden", who=who, reason=reason)


def obey_robots(archive: Archive, host: str, *, who: str, reason: str) -> None:
    """Undo `override_robots`."""
    _decide(archive, host, "robots obeyed", who=who, reason=reason)


def take_certificate(archive: Archive, host: str, *, who: str, reason: str) -> None:
    """From now on take a certificate of this host that nobody vouches for. Raises InputRefused."""
    _decide(archive, host, "certificate unchecked", who=who, reason=reason)


def check_certificate(archive: Archive, host: str, *, who: str, reason: str) -> None:
    """Undo `take_certificate`."""
    _decide(archive, host, "certificate checked", who=who, reason=reason)


def set_gap(archive: Archive, host: str, gap_s: float, *, who: str, reason: str) -> None:
    """From now on pause for so long between two requests to this host. Raises InputRefused."""
    _decide(archive, host, "gap", who=who, reason=reason, gap_s=_gap(str(gap_s)))


def set_usual_gap(archive: Archive, host: str, *, who: str, reason: str) -> None:
    """Undo `set_gap`: the archive's own pause, or the longer one that its robots.txt asks for."""
    _decide(archive, host, "usual gap", who=who, reason=reason)


def _decide(
    archive: Archive, host: str, what: str, *, who: str, reason: str, **more: object
) -> None:
    host = host.strip().lower().removeprefix("[").removesuffix("]")
    if not _HOST.fullmatch(host):
        raise InputRefused(
            f"“{shown(host)}” is not a host.", mend="give a name such as data.example.gov."
        )
    if not who.strip() or not reason.strip():
        raise InputRefused(
            "Such a decision is kept with its reason and with who took it.",
            mend="give both; they stand in the log and beside every file that it touches.",
        )
    detail = {"host": host, "what": what, "who": who.strip(), "reason": reason.strip(), **more}
    detail["said"] = f"{what}: {detail['reason']} ({detail['who']})"
    write_journal(archive, (), [event(archive, KIND, HOSTS, by=PERSON, **detail)])


def _gap(text: str) -> float:
    try:
        gap_s = float(text)
    except ValueError:
        gap_s = -1.0
    if not 0 <= gap_s <= GAP_MAX_S:
        raise InputRefused(
            f"“{shown(text)}” is no pause between two requests.",
            mend=f"give seconds from 0 to {GAP_MAX_S:.0f}; 1 is the rule.",
        )
    return gap_s
