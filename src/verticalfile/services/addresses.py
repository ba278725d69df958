"""Permanent addresses of versions, and versions of permanent addresses (design 8)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from verticalfile.catalog.versions import Version
from verticalfile.kernel.addresses import MomentAddress, parse_moment

HEX = 8


def moment_of(version: Version, versions: Sequence[Version]) -> MomentAddress:
    """The moment that stands for a version among those of its file, which are in their order: its
    first sighting; of several in one second only the last goes without the beginning of its
    SHA-256. Only the next one is looked at, as pages ask for the moment of every version."""
    plain = MomentAddress(version.seen_at)
    place = bisect_left(versions, version.number, key=lambda v: v.number)
    if place + 1 < len(versions) and MomentAddress(versions[place + 1].seen_at) == plain:
        return MomentAddress(version.seen_at, version.sha256[:HEX])
    return plain


def version_at(address: MomentAddress, versions: Sequence[Version]) -> Version | None:
    """The version first seen in exactly that second; None when there is none. Of the same bytes
    seen twice in one second, with others in between, the later one is meant."""
    same = [v for v in versions if MomentAddress(v.seen_at).second == address.second]
    if address.earlier:
        same = [v for v in same[:-1] if v.sha256.startswith(address.earlier)]
    return same[-1] if same else None


def version_named(text: str, versions: Sequence[Version]) -> Version | None:
    """The version whose exact moment this is, without its `@`; None when it is not exact."""
    address = parse_moment(f"@{text}")
    return version_at(address, versions) if address else None
