"""Why a version may not be whole, in the language of the page.

The vault has the sentence that a kind of publisher wrote beside the bytes, in English. What is here
are those sentences with the places of their facts: one that has such a form is said again in the
language of the page, whatever program kept it; another stays as it was kept, marked as English.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, gettext_noop

FORMS = (
    gettext_noop("it is not proved that all of it came"),
    gettext_noop("the portal counted %(first)s entries at the start and %(last)s at the end"),
    gettext_noop(
        "the portal counts no entries at all, as it does for a question it misunderstands"
    ),
    gettext_noop("%(received)s of %(counted)s entries came"),
    gettext_noop("%(received)s of %(counted)s entries came, on %(pages)s pages"),
    gettext_noop("%(received)s of %(counted)s entries came, on %(pages)s of %(all)s pages"),
    gettext_noop("%(received)s entries came where the search counts %(counted)s"),
    gettext_noop("%(n)s entries came twice, as the order had moved meanwhile"),
    gettext_noop("%(n)s entries look like the limit of a page"),
    gettext_noop("its pages tell no total"),
    gettext_noop("it names a page that follows"),
    gettext_noop("an export tells no total"),
    gettext_noop("the page does not come to its end"),
    gettext_noop("the page says that more pages follow"),
    gettext_noop("the catalog counted %(first)s datasets, then %(last)s"),
    gettext_noop("%(received)s of %(counted)s datasets came"),
    gettext_noop("%(n)s datasets are named and not described"),
    gettext_noop("the catalog comes in pages and tells no total"),
    gettext_noop("a page names several next pages"),
    gettext_noop("the next page is said to be at another site, %(address)s"),
    gettext_noop("a page names one as next that came before"),
    gettext_noop("the catalog has more pages than are followed"),
    gettext_noop("the search matched %(first)s items at the start and %(last)s at the end"),
    gettext_noop("%(received)s of %(counted)s items came"),
    gettext_noop("%(address)s is on another host, or one too many"),
    gettext_noop("%(address)s cannot be read: %(error)s"),
    gettext_noop("%(address)s is an index inside an index"),
    gettext_noop("%(n)s of its services did not say what they hold: %(error)s"),
    gettext_noop("neither the portal nor the answer told its size"),
    gettext_noop("its length was not told"),
    gettext_noop("not to be had: %(names)s"),
    gettext_noop("the datastore does not say how many rows there are"),
    gettext_noop("%(received)s different rows came where %(counted)s were counted"),
    gettext_noop("%(received)s rows came where %(counted)s were counted"),
    gettext_noop("%(first)s rows were counted before and %(last)s after"),
    gettext_noop("it counted %(first)s rows at the start and %(last)s at the end"),
    gettext_noop("rows were replaced meanwhile"),
    gettext_noop("%(received)s records came where %(counted)s were counted"),
    gettext_noop("%(first)s records were counted before and %(last)s after"),
    gettext_noop("records were processed again meanwhile"),
    gettext_noop("the server tells no ids"),
    gettext_noop("the server tells no ids and no count"),
    gettext_noop("its object ids changed meanwhile"),
    gettext_noop("%(received)s rows came"),
    gettext_noop("%(received)s of %(counted)s rows came"),
    gettext_noop("%(n)s of %(counted)s rows did not come"),
    gettext_noop("%(n)s rows came that were not asked for"),
    gettext_noop("rows without a place cannot be found so"),
    gettext_noop("a layer of the kind %(names)s has no rows, and so no table"),
    gettext_noop("it is not valid JSON (%(error)s), and was read all the same"),
    gettext_noop("a login is asked for at %(names)s; what is there is not known"),
    gettext_noop("incomplete: %(n)s rows could not be had, ids %(ids)s"),
)
"""As kinds of publishers write them (`Completeness.why_not`); numbers but for the places of TEXTS."""
TEXTS = frozenset({"address", "names", "ids", "error"})
ENGLISH = "error"
"""The place of a message of ours, which stays English within a sentence."""
_PLACE = re.compile(r"%\((\w+)\)s")


def why_partial(kept: str) -> SafeString:
    """The kept sentence for a page, with a capital and a full stop."""
    said = _said(kept, _marked) or _marked(kept)
    return mark_safe(_as_sentence(said))  # noqa: S308  # `_said` and `_marked` escape its parts


def why_partial_plain(kept: str) -> str:
    """The same as plain text."""
    return _as_sentence(_said(kept, str, escaped=str) or kept)


def _as_sentence(text: str) -> str:
    start = text.index(">") + 1 if text.startswith("<") else 0
    is_address = text.startswith("http", start)
    first = text[start : start + 1] if is_address else text[start : start + 1].upper()
    whole = text[:start] + first + text[start + 1 :]
    return whole if whole.endswith((".", ".</span>", "…", "…</span>")) else f"{whole}."


def _marked(text: str) -> str:
    """English text as such within a page of another language."""
    if get_language() == "en":
        return escape(text)
    return format_html('<span lang="en">{}</span>', text)


def _said(
    kept: str, english: Callable[[str], str], *, escaped: Callable[[str], str] = escape
) -> str:
    """The sentence in the language of the page; "" where it has no known form, whole or in parts."""
    for form, pattern in _patterns():
        if found := pattern.fullmatch(kept):
            facts = {
                name: (english if name == ENGLISH else escaped)(text)
                for name, text in found.groupdict().items()
            }
            return gettext(form) % facts
    first, _, rest = kept.partition("; ")
    if not rest:
        return ""
    parts = _said(first, english, escaped=escaped), _said(rest, english, escaped=escaped)
    return "; ".join(parts) if all(parts) else ""


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((form, re.compile(_pattern(form), re.DOTALL)) for form in FORMS)


def _pattern(form: str) -> str:
    """A form as what matches the sentences that it makes."""
    parts = _PLACE.split(form)
    for place in range(0, len(parts), 2):
        parts[place] = re.escape(parts[place])
    for place in range(1, len(parts), 2):
        name = parts[place]
        parts[place] = f"(?P<{name}>{'.+' if name in TEXTS else '[0-9,]+'})"
    return "".join(parts)
