"""Formats of texts in inventories, as pure functions: paths, moments, URIs."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator

NO_ELEMENTS = frozenset({"", ".", ".."})
MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?"
    r"([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")  # fmt: skip


def has_outer_slash(path: str) -> bool:
    """Whether a path begins or ends with a slash (OCFL 1.1 sections 3.5.2, 3.5.3.1)."""
    return path.startswith("/") or path.endswith("/")


def has_bad_element(path: str) -> bool:
    """Whether an element is empty, . or .. ; one slash at an end alone makes none empty."""
    inner = path.removeprefix("/").removesuffix("/")
    return not NO_ELEMENTS.isdisjoint(inner.split("/"))


def conflicts(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each path that stands twice or is also a folder of another, with that other.

    Sorted with the slash lowest, what lies below a path follows it at once: no need to take
    paths apart, whose number of elements is for others to choose.
    """
    before = ""
    for path in sorted(paths, key=_slash_lowest):
        if before and (path == before or path.startswith(before + "/")):
            yield before, path
        before = path


def _slash_lowest(path: str) -> str:
    return path.replace("\0", "\1").replace("/", "\0")


def is_moment(text: str) -> bool:
    """Whether a text is a date-time of RFC 3339 section 5.6 on a day that exists."""
    found = MOMENT.fullmatch(text)
    if found is None:
        return False
    year, month, day = (int(found[n]) for n in (1, 2, 3))
    # the calendar knows no year 0, which RFC 3339 allows and which would be a leap year
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year or 4, month)[1]


def is_uri(text: str) -> bool:
    """Whether a text has a scheme and then only what a URI may have (RFC 3986 appendix A)."""
    return URI.fullmatch(text) is not None
