"""Which files are the listings of portals, and how much of one may be in memory."""

from __future__ import annotations

from verticalfile.kernel import limits

LISTING_KIND = "listing:"
"""The kind of a resource that is a portal's listing: this and the name of the portal's kind."""


def small_bytes(kind: str) -> int | None:
    """Up to here an original of a file of this kind may be in memory whole, and its rows too; None
    for the limit of all files but listings."""
    return limits.LISTING_BYTES if kind.startswith(LISTING_KIND) else None
