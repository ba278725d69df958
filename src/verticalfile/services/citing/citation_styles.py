"""APA 7, MLA 9 and Chicago 17 for data: pieces of text, some of them in italics.

Titles stand as the publisher wrote them: which words are names, and keep their capitals in a
sentence, is not ours to guess.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date

from verticalfile.charts import ENGLISH
from verticalfile.services.citing.cited import Cited

Pieces = list[tuple[str, bool]]
"""Text, and whether it is in italics."""

NO_ADDRESS = "[address not set]"
PARTIAL = "may not be whole"
MLA_MONTHS = ("Jan.", "Feb.", "Mar.", "Apr.", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")  # fmt: skip


def apa(cited: Cited) -> Pieces:
    """APA 7, section 10.9 (data sets): Author. (Date). Title (Version) [Data set]. Publisher. URL

    Without an author the title comes first (9.12); without a date it is "n.d." (9.17); the
    publisher is left out when it is the author (9.29); a work that changes has the day on which
    it was retrieved (9.16). The checksum stands where APA puts what identifies a data set.
    """
    told = [] if cited.is_whole else [*_as_of(cited, ENGLISH.day), *_checksum(cited)]
    version = f" ({'; '.join(told)})" if told else ""
    title: Pieces = [(one_line(cited.title), True), (f"{version} [Data set].", False)]
    when = (f" ({_years(cited) or 'n.d.'}).", False)
    author = one_line(cited.publisher)
    head: Pieces = (
        [(_ended(author), False), when, (" ", False), *title] if author else [*title, when]
    )
    keeper = one_line(cited.library)
    if keeper and keeper != author:
        head.append((f" {_ended(keeper)}", False))
    address = one_line(cited.address) or NO_ADDRESS
    if cited.is_whole:
        return [*head, (f" Retrieved {ENGLISH.day(cited.read_day)}, from {address}", False)]
    return [*head, (f" {address}", False)]


def mla(cited: Cited) -> Pieces:
    """MLA Handbook, 9th edition, chapter 5 (core elements): Author. Title. Version, Number,
    Publisher, Date, Location.

    What is missing is left out, and "n.d." is not written (pp. 186, 248); an organization that is
    author and publisher is told as the publisher alone; addresses go without https:// (pp. 193 f.);
    what has no date or may change has the day of access. "Data set" is a supplemental element.
    """
    author, keeper = one_line(cited.publisher), one_line(cited.library)
    head: Pieces = [(f"{_ended(author)} ", False)] if author and author != keeper else []
    head.append((_ended(one_line(cited.title)), True))
    told = _as_of(cited, _mla_day, first="Version of") if not cited.is_whole else []
    told += [*_checksum(cited), *([keeper] if keeper else [])]
    told += [year] if (year := _years(cited)) else []
    address = one_line(cited.address)
    told.append(address.partition("://")[2] or address or NO_ADDRESS)
    tail = ", ".join(told)
    accessed = cited.is_whole or not _years(cited)
    end = f" Data set. Accessed {_mla_day(cited.read_day)}." if accessed else " Data set."
    return [*head, (f" {_ended(tail)}{end}", False)]


def chicago(cited: Cited) -> Pieces:
    """Chicago Manual, 17th edition, bibliography (14.21; data 14.257): Author. “Title.” What it
    is. Keeper, date. URL.

    Without an author the title comes first; without a date it is "n.d." (14.145); a day of access
    is given where there is no date, or the work changes (14.12).
    """
    author, keeper = one_line(cited.publisher), one_line(cited.library)
    head = f"{_ended(author)} " if author else ""
    title = f"“{_ended(one_line(cited.title).replace('“', '‘').replace('”', '’'))}”"
    told = ["Data set"]
    if not cited.is_whole:
        told += _as_of(cited, ENGLISH.day)
    checksum = f" ({', '.join(_checksum(cited))})" if cited.sha256 else ""
    when = _years(cited) or "n.d."
    place = f"{keeper}, {when}." if keeper else f"{when.removesuffix('.')}."
    accessed = cited.is_whole or not _years(cited)
    access = f" Accessed {ENGLISH.day(cited.read_day)}." if accessed else ""
    address = one_line(cited.address) or NO_ADDRESS
    return [(f"{head}{title} {', '.join(told)}{checksum}. {place}{access} {address}.", False)]


def as_text(pieces: Sequence[tuple[str, bool]]) -> str:
    return "".join(text for text, _ in pieces)


def as_html(pieces: Sequence[tuple[str, bool]]) -> str:
    """Escaped, with `i` for italics."""
    return "".join(
        f"<i>{html.escape(text)}</i>" if italic else html.escape(text) for text, italic in pieces
    )


def _as_of(cited: Cited, day: Callable[[date], str], first: str = "as of") -> list[str]:
    """The version's day, the day of collecting where that is another, and whether it may lack
    something: who reads the citation must know that too."""
    told = [f"{first} {day(cited.version_day)}"] if cited.version_day else []
    if cited.collected_day and cited.collected_day != cited.version_day:
        told.append(f"collected {day(cited.collected_day)}")
    told += [*_released(cited, day), *([cited.masked] if cited.masked else [])]
    return [*told, PARTIAL] if cited.partial else told


def _released(cited: Cited, day: Callable[[date], str]) -> list[str]:
    """How it was handed over: a reader cannot find it at a portal."""
    if cited.received_day is None:
        return []
    answer = f"records request {one_line(cited.request)}, " if cited.request else ""
    return [f"{answer}received {day(cited.received_day)}"]


def _checksum(cited: Cited) -> list[str]:
    return [f"SHA-256 {cited.sha256}"] if cited.sha256 else []


def _years(cited: Cited) -> str:
    """The year of a version; of a whole the first and last, or the first to the present."""
    if not cited.is_whole:
        return str(cited.version_day.year) if cited.version_day else ""
    if cited.first_year is None:
        return ""
    if cited.last_year is None:
        return f"{cited.first_year}–present"
    if cited.last_year == cited.first_year:
        return str(cited.first_year)
    return f"{cited.first_year}–{cited.last_year}"


def _mla_day(day: date) -> str:
    return f"{day.day} {MLA_MONTHS[day.month - 1]} {day.year}"


def one_line(text: str) -> str:
    """A stranger's text without line ends, control characters and marks of direction."""
    kept = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in text)
    return " ".join(kept.split())


def _ended(text: str) -> str:
    """With a full stop, unless it ends a sentence already."""
    return text if text.endswith((".", "?", "!")) else f"{text}."
