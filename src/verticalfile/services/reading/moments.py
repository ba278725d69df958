"""Permanent addresses are moments (design 8): a version's name in an address, and back.

`20210301T141500Z` is the first sighting; of two in one second the earlier is told apart by
`~` and the first 8 hex digits of its SHA-256.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from verticalfile.catalog.versions import Version

_EXACT = re.compile(r"(\d{8}T\d{6}Z)(?:~([0-9a-f]{8}))?")


def _second(version: Version) -> str:
    return version.seen_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def moment_of(version: Version, versions: Sequence[Version]) -> str:
    """The name of a version in addresses."""
    second = _second(version)
    last = [v for v in versions if _second(v) == second][-1:]
    if not last or last[0].number == version.number:
        return second
    return f"{second}~{version.sha256[:8]}"


def version_named(text: str, versions: Sequence[Version]) -> Version | None:
    """The version whose exact name this is; None when it is not an exact name."""
    found = _EXACT.fullmatch(text)
    if not found:
        return None
    near = [v for v in versions if _second(v) == found[1]]
    if found[2]:
        near = [v for v in near if v.sha256.startswith(found[2])]
    return near[-1] if near else None


def in_address(moment: datetime) -> str:
    """Any moment in the form of an address, to the second."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
