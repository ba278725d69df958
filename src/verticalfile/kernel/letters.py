"""Names that look alike: one text in two Unicode forms (NFC, NFD), and text that is none.

Names are kept as published, code point by code point; people type one form and files hold another.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Literal

FORMS: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")


def is_text(text: str) -> bool:
    """False for what no UTF-8 can write: a file name in another encoding, a NUL."""
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


def shown(text: str, limit: int = 80) -> str:
    """A name inside a sentence: one line, no control characters, of bearable length."""
    plain = "".join(c if c.isprintable() else "�" for c in text)
    return plain if len(plain) <= limit else f"{plain[: limit - 1]}…"


def counted(number: int, one: str, many: str = "") -> str:
    """`1 row`, `2,000 rows`: the number and what is counted; `many` where an s is not enough."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def same_letters(one: str, other: str) -> bool:
    """Whether two texts look the same and are not: they differ in Unicode form alone."""
    return one != other and _nfc(one) == _nfc(other)


def named(wanted: str, names: Sequence[str]) -> str | None:
    """The name that is wanted, else the only one of the same letters in another form."""
    if wanted in names:
        return wanted
    alike = [name for name in names if _nfc(name) == _nfc(wanted)]
    return alike[0] if len(alike) == 1 else None


def told_apart(names: Sequence[str]) -> list[str]:
    """Names for people; where two look the same, each with its form."""
    often = Counter(map(_nfc, names))
    return [f"{name} ({_form(name)})" if often[_nfc(name)] > 1 else name for name in names]


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _form(text: str) -> str:
    return next((f for f in FORMS if unicodedata.is_normalized(f, text)), "mixed forms")
