"""Seals of what is held in a cache: XXH3 of 128 bits (https://xxhash.com), which tells damage.

It takes a fifteenth of the time of SHA-256. It is no proof against forgery, and need not be: whoever
can write into a cache can write into the archive. What the archive promises is told by SHA-256 and
SHA-512 alone.
"""

from __future__ import annotations

import mmap

from xxhash import xxh3_128

SEAL_BYTES = 16


Part = bytes | memoryview | mmap.mmap


class Sealing:
    """A seal in the making, of parts that come one after another."""

    def __init__(self) -> None:
        self._digest = xxh3_128()

    def add(self, part: Part) -> None:
        self._digest.update(part)

    def seal(self) -> bytes:
        return self._digest.digest()


def seal_of(*parts: Part) -> bytes:
    """The seal of these parts one after another."""
    sealing = Sealing()
    for part in parts:
        sealing.add(part)
    return sealing.seal()
