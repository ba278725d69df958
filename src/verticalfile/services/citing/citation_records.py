"""Citations as files of reference managers: BibTeX, RIS, CSL-JSON. Each says whether it is this
version or the dataset as a whole. Every text may be hostile; each format has its own escaping."""

from __future__ import annotations

import json
import re
import unicodedata
from urllib.parse import quote

from verticalfile.services.citing.citation_styles import PARTIAL, one_line
from verticalfile.services.citing.cited import Cited

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_TEX = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "$": r"\$",
    "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}  # fmt: skip
"""BibTeX counts braces even behind a backslash, so braces must become words."""


def which(cited: Cited) -> str:
    """One sentence: this version, or the whole."""
    if cited.is_whole:
        return "The dataset as a whole, with all its versions."
    day = f" as of {cited.version_day.isoformat()}" if cited.version_day else ""
    return f"This version{day}."


def _notes(cited: Cited) -> list[str]:
    told = [which(cited)]
    if cited.collected_day:
        told.append(f"Collected {cited.collected_day.isoformat()}.")
    if cited.received_day:
        request = (
            f" in answer to records request {one_line(cited.request)}" if cited.request else ""
        )
        told.append(f"Received {cited.received_day.isoformat()}{request}.")
    if cited.masked:
        told.append(f"{cited.masked.capitalize()}.")
    if cited.partial:
        told.append(f"This version may not be whole: {one_line(cited.partial)}.")
    if cited.sha256:
        told.append(f"SHA-256 begins {cited.sha256}.")
    if not cited.address:
        told.append("Address not set.")
    if cited.licence_uri:
        told.append(f"Licence: {cited.licence_uri}")
    elif cited.rights_uri:
        told.append(f"Rights: {cited.rights_uri}")
    return told


def _edition(cited: Cited) -> str:
    """What reference managers print as the version."""
    if cited.is_whole or not cited.version_day:
        return ""
    day = f"as of {cited.version_day.isoformat()}"
    return f"{day}, {PARTIAL}" if cited.partial else day


def bibtex(cited: Cited) -> str:
    """A @misc entry, which every style has (@dataset is biblatex's alone); UTF-8.

    Names and titles stand in a second pair of braces: an organization is no person with a first
    name, and a title keeps its capitals.
    """
    fields = {
        "author": _double(cited.publisher),
        "title": _double(cited.title),
        "howpublished": "{Data set}",
        "publisher": _double(cited.library),
        **_bibtex_date(cited),
        "version": f"{{{edition}}}" if (edition := _edition(cited)) else "",
        "url": f"{{{_safe_address(cited.address)}}}" if cited.address else "",
        "urldate": f"{{{cited.read_day.isoformat()}}}" if cited.is_whole else "",
        "note": f"{{{tex(' '.join(_notes(cited)))}}}",
    }
    lines = [f"  {name} = {value}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{_bibtex_key(cited)},", *lines, "}"]) + "\n"


def _bibtex_date(cited: Cited) -> dict[str, str]:
    if cited.version_day and not cited.is_whole:
        return {
            "year": f"{{{cited.version_day.year}}}",
            "month": MONTHS[cited.version_day.month - 1],
        }
    if cited.is_whole and cited.first_year is not None:
        last = "" if cited.last_year is None else str(cited.last_year)
        span = (
            str(cited.first_year)
            if last == str(cited.first_year)
            else f"{cited.first_year}--{last}"
        )
        return {"year": f"{{{span}}}"}
    return {}


def _double(text: str) -> str:
    return f"{{{{{tex(one_line(text))}}}}}" if one_line(text) else ""


def tex(text: str) -> str:
    """Text as TeX sets it letter for letter; what it would join (`--`, `''`) is kept apart."""
    joined = re.sub(r"([-'`])(?=\1)", "\\1\0", text.replace("\0", ""))
    return "".join(_TEX.get(c, c) for c in joined).replace("\0", "{}")


def _safe_address(address: str) -> str:
    """What could end a field or begin a comment is percent-encoded; `~` and `%XX` stay."""
    return quote(one_line(address), safe="/:?#[]@!$&'()*+,;=%~-._").replace("#", "%23")


def _bibtex_key(cited: Cited) -> str:
    plain = unicodedata.normalize("NFKD", cited.key).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-") or "dataset"
    if cited.is_whole:
        return f"{name}-whole"
    day = f"-{cited.version_day:%Y%m%d}" if cited.version_day else ""
    return f"{name}{day}{f'-{cited.sha256[:8]}' if cited.sha256 else ''}"


def ris(cited: Cited) -> str:
    """RIS (2011): `TY  - DATA` first, `ER  - ` last, a line a tag, CRLF, UTF-8.

    RIS has no escaping: a line end would begin another tag, and an asterisk may not stand in a
    name; both become spaces.
    """
    day = None if cited.is_whole else cited.version_day
    year = day.year if day else cited.first_year
    lines = [
        ("TY", "DATA"),
        ("AU", one_line(cited.publisher.replace("*", " "))),
        ("TI", one_line(cited.title)),
        ("PY", str(year) if year is not None else ""),
        ("DA", f"{day:%Y/%m/%d/}" if day else ""),
        ("ET", _edition(cited)),
        ("PB", one_line(cited.library)),
        ("UR", one_line(cited.address)),
        ("Y2", f"{cited.read_day:%Y/%m/%d/}" if cited.is_whole else ""),
        *(("N1", note) for note in _notes(cited)),
        ("ER", ""),
    ]
    told = [f"{tag}  - {text}" for tag, text in lines if text or tag == "ER"]
    return "\r\n".join(told) + "\r\n"


def csl_json(cited: Cited) -> str:
    """CSL-JSON (1.0.2): a list of one item of type dataset."""
    item: dict[str, object] = {
        "id": _bibtex_key(cited),
        "type": "dataset",
        "title": one_line(cited.title),
    }
    if one_line(cited.publisher):
        item["author"] = [{"literal": one_line(cited.publisher)}]
    if issued := _csl_date(cited):
        item["issued"] = {"date-parts": issued}
    if one_line(cited.library):
        item["publisher"] = one_line(cited.library)
    if edition := _edition(cited):
        item["version"] = edition
    if one_line(cited.address):
        item["URL"] = one_line(cited.address)
    if cited.is_whole:
        day = cited.read_day
        item["accessed"] = {"date-parts": [[day.year, day.month, day.day]]}
    item["note"] = " ".join(_notes(cited))
    return json.dumps([item], ensure_ascii=False, indent=2) + "\n"


def _csl_date(cited: Cited) -> list[list[int]]:
    if not cited.is_whole:
        day = cited.version_day
        return [[day.year, day.month, day.day]] if day else []
    if cited.first_year is None:
        return []
    if cited.last_year in (None, cited.first_year):
        return [[cited.first_year]]
    assert cited.last_year is not None
    return [[cited.first_year], [cited.last_year]]
