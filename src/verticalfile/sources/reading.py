"""Reading what strangers wrote: members of any quality as texts, numbers and lists.

What is of another type than was expected is nothing, never an error (harvesting.md 2.6).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

LIST_LENGTH = 200
"""Members taken of one list; the longest lists of keywords seen are search-engine bait."""


def text_of(value: object) -> str:
    """A text as it is, a number as its text, nothing else; blanks around are taken off."""
    if isinstance(value, bool):
        return ""
    if isinstance(value, str | int | float):
        return str(value).strip()
    return ""


def texts_of(value: object) -> list[str]:
    """The texts of a list, or of one text; empty ones are left out."""
    many = value if isinstance(value, list) else [value]
    return [text for each in many[:LIST_LENGTH] if (text := text_of(each))]


def first_text(value: object) -> str:
    return next(iter(texts_of(value)), "")


def member(value: object, name: str) -> object:
    """A member of what may be an object."""
    return value.get(name) if isinstance(value, Mapping) else None


def members(value: object) -> list[Mapping[str, object]]:
    """The objects of a list, or of one object."""
    many = value if isinstance(value, list) else [value]
    return [each for each in many if isinstance(each, Mapping)]


def number_of(value: object) -> int | None:
    """A whole number of 0 and more, also as text; None for anything else."""
    with suppress(ValueError, OverflowError):
        found = int(float(text_of(value)))
        return found if found >= 0 else None
    return None
