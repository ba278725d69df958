"""Reading what strangers wrote: members of any quality as texts, numbers and lists.

What is of another type than was expected is nothing, never an error (harvesting.md 2.6).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import unquote, urljoin, urlsplit

TEMPLATE = re.compile(r"\{\{[^{}]*\}\}")
"""ArcGIS Hub leaves its own placeholders where nothing was written (trap 22)."""
MAIL = re.compile(r"[^\s@/:;,<>?]+@[^\s@/:;,<>?]+")
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


def written(text: str) -> str:
    """The text, unless it is a placeholder that the portal left."""
    return "" if TEMPLATE.fullmatch(text.strip()) else text


def is_address(text: str) -> bool:
    """Whether a text is an http or https address that can be taken apart (`http://[x` cannot)."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and (parts.port or 0) >= 0
    except ValueError:
        return False


RELATIVE = re.compile(
    r"\.{0,2}/|([^\s./:@?#]+/)*[^/:@?#]+\.(csv|tsv|txt|jsonl?|geojson|xml|parquet|zip|gz|xlsx?|ods|pdf"
    r"|km[lz]|gpkg)(\?|$)",
    re.IGNORECASE,
)
"""An address below the document that it stands in. `www.example.gov/a.csv` and `N/A` are none."""


def address_of(text: str, base: str) -> str:
    """The address that a publisher wrote, one without a host resolved against that of the portal or
    document (RFC 3986 5.2); "" for what is no http or https address then."""
    if is_address(text) or not RELATIVE.match(text):
        return text if is_address(text) else ""
    with suppress(ValueError):
        found = urljoin(base, text)
        return found if is_address(found) else ""
    return ""


def mail_of(text: str) -> str:
    """An address of mail without its scheme and its parameters; one that lacked a scheme was made
    an address of the document's site by readers of RDF. Other addresses stay as they are."""
    found = text.removeprefix("mailto:").partition("?")[0].strip()
    if "://" in found:
        whole = unquote(found)
        own = MAIL.search(whole)
        found = own[0] if own else "" if " " in whole else text
    return written(found)


LANGUAGES = {
    "eng": "en", "english": "en", "spa": "es", "español": "es", "spanish": "es", "fra": "fr",
    "fre": "fr", "deu": "de", "ger": "de", "ita": "it", "por": "pt", "nld": "nl", "dut": "nl",
    "cat": "ca", "eus": "eu", "baq": "eu", "glg": "gl", "dan": "da", "swe": "sv", "fin": "fi",
    "nor": "no", "pol": "pl", "ces": "cs", "cze": "cs", "ell": "el", "gre": "el", "hun": "hu",
    "ron": "ro", "rum": "ro", "slv": "sl", "slk": "sk", "slo": "sk", "hrv": "hr", "est": "et",
    "lav": "lv", "lit": "lt", "bul": "bg", "gle": "ga", "mlt": "mt", "cym": "cy", "wel": "cy",
    "ukr": "uk", "rus": "ru", "ara": "ar", "zho": "zh", "chi": "zh", "jpn": "ja", "kor": "ko",
    "vie": "vi", "tgl": "tl", "hmn": "hmn", "som": "so", "hat": "ht",
}  # fmt: skip
"""ISO 639-2 and names as catalogs write them, by the codes that pages have (BCP 47)."""


def language_of(told: str) -> str:
    """The code of a language told as `fr`, `fr-FR`, `FRA` or an address that ends so; English
    where nothing is told that is known, as in every catalog that leaves it out."""
    word = told.strip().rstrip("/").rpartition("/")[2].rpartition(":")[2].lower()
    code = word.replace("_", "-").partition("-")[0]
    if code in LANGUAGES:
        return LANGUAGES[code]
    return code if re.fullmatch("[a-z]{2}", code) else "en"
