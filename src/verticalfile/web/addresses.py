"""Addresses of the reading room: `/d/<dataset>/[<file>/][@<moment>/][<screen>/]`.

The version is carried in every address as a moment, never as a number. The short form without
`<file>` serves datasets of one file; tables of files that have several are named by `?t=`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from django.urls import URLPattern, path, register_converter, reverse

from verticalfile.services.reading.at_hand import AtHand

SCREENS = (
    "dataset", "table", "time", "chart", "values", "changes", "row", "cite", "handout", "download",
    "rights",
)  # fmt: skip
"""Screens of a file at a version; the first has no word in the address."""


SCREEN_WORDS = (
    "table", "time", "timegate", "chart", "values", "as-of", "changes", "row", "cite", "handout",
    "download", "rights",
)  # fmt: skip
"""A file may be called like one of these; the short address of its first screen is then taken."""


class Moment:
    """What stands after `@`: an exact moment, or a shorter date that is sent on to one."""

    regex = r"@[0-9A-Za-z:~.+-]{4,40}"

    def to_python(self, value: str) -> str:
        return value[1:]

    def to_url(self, value: str) -> str:
        return f"@{value}"


register_converter(Moment, "moment")


def of_file(word: str, view: object, name: str) -> Iterable[URLPattern]:
    """The four addresses of a screen: with and without file, with and without moment."""
    for at in ("", "<moment:when>/"):
        for base in ("d/<slug:dataset>/", "d/<slug:dataset>/<slug:file>/"):
            yield path(f"{base}{at}{word}", view, name=name)


def address(
    here: AtHand,
    screen: str = "dataset",
    query: Mapping[str, object] | None = None,
    *,
    moment: str | None = None,
    form: str = "",
) -> str:
    """The address of a screen of what is at hand; `moment` "" is the newest, None this one."""
    asked = dict(query or {})
    when = (here.moment if here.dated else "") if moment is None else moment
    words: dict[str, str] = {"dataset": here.dataset.name}
    if not here.alone:
        words["file"] = here.file.name
    if when:
        words["when"] = when
    if form:
        words["form"] = form
    if len(here.tables) > 1 and here.table is not None:
        asked.setdefault("t", here.table.name)
    return reverse(named(screen, words), kwargs=words) + as_query(asked)


def named(screen: str, words: Mapping[str, str]) -> str:
    """The name of an address: `/d/x/table/` is a screen, so a file `table` is at `table/about/`."""
    taken = screen == "dataset" and words.get("file") in SCREEN_WORDS and "when" not in words
    return "file" if taken else screen


def as_query(query: Mapping[str, object]) -> str:
    """`?a=b`, or nothing; lists give a key several times, None and empty ones are left out."""
    kept = {k: v for k, v in query.items() if v not in (None, "", [], ())}
    return "?" + urlencode(kept, doseq=True) if kept else ""
