"""What a reader asks of a table, as an address: `?is.Ward=3&contains.Work=slab&sort=Price`.

A key is a comparison, a point, and the exact name of a column; several `is.` of one column mean
any of them. The form sends `column`, `how`, `value`, and is answered with such an address.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from verticalfile.history.views.pages import How
from verticalfile.services.reading.tables.table import SIZES, Question

WORDS = {
    How.IS: gettext_lazy("is"),
    How.NOT: gettext_lazy("is not"),
    How.CONTAINS: gettext_lazy("contains"),
    How.STARTS: gettext_lazy("begins with"),
    How.FROM: gettext_lazy("is at least"),
    How.TO: gettext_lazy("is at most"),
    How.BLANK: gettext_lazy("is blank"),
    How.FILLED: gettext_lazy("is not blank"),
}
HOWS = frozenset(str(how) for how in How)
FILTERS_AT_MOST = 20


def whole(text: str | None, otherwise: int) -> int:
    """A whole number of an address; what is none is the other."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def question_of(get: QueryDict) -> Question:
    """Read an address; unknown keys are nobody's concern."""
    filters = []
    for key in get:
        how, _, column = key.partition(".")
        if how in HOWS and column:
            filters += [(how, column, value) for value in get.getlist(key)]
    size = whole(get.get("rows"), SIZES[0])
    return Question(
        tuple(filters[:FILTERS_AT_MOST]), get.get("sort", ""), get.get("dir") == "down",
        tuple(get.getlist("show")), whole(get.get("page"), 1), get.get("after", ""),
        size if size in SIZES else SIZES[0], get.get("as") == "list",
    )  # fmt: skip


def added(get: QueryDict) -> Question | None:
    """The question with the filter that the form just sent; None when it sent none."""
    how, column = get.get("how", ""), get.get("column", "")
    if how not in HOWS or not column:
        return None
    value = get.get("value", "").strip()
    asked = question_of(get)
    if not value and how not in (How.BLANK, How.FILLED):
        return replace(asked, page=1, after="")
    one = (how, column, value if how not in (How.BLANK, How.FILLED) else "yes")
    kept = tuple(f for f in asked.filters if f != one)
    return replace(asked, filters=(*kept, one), page=1, after="")


def query_of(question: Question) -> dict[str, object]:
    """The question as keys and values of an address; what goes without saying is left out."""
    told: dict[str, object] = {}
    for how, column, value in question.filters:
        known = told.setdefault(f"{how}.{column}", [])
        assert isinstance(known, list)
        known.append(value)
    if question.sort:
        told |= {"sort": question.sort, "dir": "down" if question.descending else None}
    if question.columns:
        told["show"] = list(question.columns)
    if question.size != SIZES[0]:
        told["rows"] = question.size
    if question.as_list:
        told["as"] = "list"
    if question.page > 1:
        told["page"] = question.page
    if question.after:
        told["after"] = question.after
    return told


def in_words(how: str, column: str, value: str) -> str:
    """Ward is 3."""
    word = WORDS[How(how)]
    if how in (How.BLANK, How.FILLED):
        return gettext("%(column)s %(is)s") % {"column": column, "is": word}
    return gettext("%(column)s %(is)s “%(value)s”") % {"column": column, "is": word, "value": value}


def day_of(get: QueryDict) -> str:
    """`2024-03-03` from the fields year, month and day; a month or year alone will do."""
    year, month, day = (whole(get.get(k), 0) for k in ("year", "month", "day"))
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return ""
    if not month:
        return f"{year:04}"
    return f"{year:04}-{month:02}" if not day else f"{year:04}-{month:02}-{day:02}"
