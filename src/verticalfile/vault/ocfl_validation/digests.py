"""Digest algorithms by their OCFL names (OCFL 1.1 section 3.4; extensions 0001 and 0009)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Protocol


class Hash(Protocol):
    """What all of hashlib's objects can do."""

    def update(self, chunk: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


HASHES: Mapping[str, Callable[[], Hash]] = {
    "md5": partial(hashlib.md5, usedforsecurity=False),
    "sha1": partial(hashlib.sha1, usedforsecurity=False),
    "sha256": hashlib.sha256,
    "sha512": hashlib.sha512,
    "blake2b-512": hashlib.blake2b,
    "blake2b-160": partial(hashlib.blake2b, digest_size=20),
    "blake2b-256": partial(hashlib.blake2b, digest_size=32),
    "blake2b-384": partial(hashlib.blake2b, digest_size=48),
}
CONTENT_ALGORITHMS = frozenset({"sha512", "sha256"})
KNOWN_BY_NAME = frozenset({"sha512/256", "size"})
"""Registered for fixity, never computed here."""

_FORMS = {name: re.compile(f"[0-9a-fA-F]{{{len(make().hexdigest())}}}") for name, make in HASHES.items()}  # fmt: skip
_FORM_CODES = {"sha1": "E029", "sha256": "E030", "sha512": "E031", "blake2b-512": "E032"}


def has_form(digest: str, algorithm: str) -> bool:
    """Whether a text can be a digest of the algorithm."""
    return _FORMS[algorithm].fullmatch(digest) is not None


def form_code(algorithm: str) -> str:
    """The code for a digest of a wrong form."""
    return _FORM_CODES.get(algorithm, "E057")
