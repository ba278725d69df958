"""The moment of a version as the text that stands behind `@` in an address, and back."""

from __future__ import annotations

from collections.abc import Sequence

from verticalfile.catalog.versions import Version
from verticalfile.kernel.addresses import parse_moment
from verticalfile.services import addresses


def moment_of(version: Version, versions: Sequence[Version]) -> str:
    """The name of a version in addresses."""
    return str(addresses.moment_of(version, versions)).removeprefix("@")


def version_named(text: str, versions: Sequence[Version]) -> Version | None:
    """The version whose exact name this is; None when it is not an exact name."""
    moment = parse_moment(f"@{text}")
    return addresses.version_at(moment, versions) if moment else None
