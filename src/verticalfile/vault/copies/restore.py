"""Restoring all originals of a volume in one pass: each frame is decoded once.

One by one a volume of 64 costs up to 12 frames an original; in the order of positions each prefix
is at hand, and at most three are held.
"""

from __future__ import annotations

from collections.abc import Iterator

from verticalfile.kernel import limits
from verticalfile.kernel.originals import OnDisk, Original
from verticalfile.vault.capture import Capture
from verticalfile.vault.errors import DigestMismatch, NotInVault
from verticalfile.vault.volume import Volume, positions_wanted


def originals_of(volume: Volume) -> Iterator[tuple[Capture, Original | None]]:
    """Every capture with a frame in the volume and its original, checked against its SHA-256.

    None where the frame, or one that it builds on, is damaged or missing.
    """
    held: dict[int, Original | None] = {}
    framed = [c for c in volume.captures() if c.stored.position is not None]
    built_on = {c.stored.reference for c in framed}
    for capture in sorted(framed, key=lambda c: c.stored.position or 0):
        position, reference = capture.stored.position, capture.stored.reference
        assert position is not None
        prefix = held.get(reference) if reference is not None else None
        body: Original | None = None
        if reference is None or prefix is not None:
            try:
                body = _checked(volume, capture, prefix, is_end=position not in built_on)
            except (DigestMismatch, NotInVault, KeyError):
                body = None
        held[position] = body
        held = {p: b for p, b in held.items() if p in positions_wanted(position)}
        yield capture, body


def _checked(
    volume: Volume, capture: Capture, prefix: Original | None, *, is_end: bool
) -> Original:
    """`is_end`: no patch builds on it. Raises DigestMismatch, NotInVault, KeyError."""
    most = limits.LISTING_BYTES if is_end else limits.STREAM_BYTES
    if capture.taken.size_bytes > most and prefix is None:
        large = volume.in_steps(capture)
        for _ in large.chunks():  # they raise at the end where they are not as they were kept
            pass
        return large
    whole = b"".join(prefix.chunks()) if isinstance(prefix, OnDisk) else prefix
    return volume.decoded(capture, whole)
