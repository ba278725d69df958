"""Portals in words: states of their datasets, what a look found, outcomes of a run."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext, ngettext, pgettext_lazy

from verticalfile.services.reading.portals import Finding
from verticalfile.web.words.sentences import number

STATES = {
    "present": pgettext_lazy("state of a listed dataset", "listed"),
    "missing": pgettext_lazy("state of a listed dataset", "missing from the list"),
    "vanished": pgettext_lazy("state of a listed dataset", "vanished"),
    "joined": pgettext_lazy("state of a listed dataset", "goes on under another name"),
}
OUTCOMES = {
    "changed": pgettext_lazy("outcome of a check", "changed"),
    "unchanged": pgettext_lazy("outcome of a check", "as before"),
    "export only": pgettext_lazy("outcome of a check", "exported anew"),
    "partial": pgettext_lazy("outcome of a check", "cut short"),
    "failed": pgettext_lazy("outcome of a check", "failed"),
    "blocked": pgettext_lazy("outcome of a check", "not let in"),
    "closed": pgettext_lazy("outcome of a check", "asks for a login"),
    "absent": pgettext_lazy("outcome of a check", "not there"),
    "unreadable": pgettext_lazy("outcome of a check", "not readable"),
    "surprising": pgettext_lazy("outcome of a check", "held for review"),
    "not listed": pgettext_lazy("outcome of a check", "not listed"),
}


def state(word: str) -> str:
    """A state of a dataset in a list."""
    return str(STATES.get(word, word))


def outcome(word: str) -> str:
    """What a check came to."""
    return str(OUTCOMES.get(word, word))


def counted(counts: Mapping[str, int]) -> list[str]:
    """The entries that a look found new or changed."""
    told = []
    if n := counts.get("new", 0):
        told.append(
            ngettext("%(count)s new entry", "%(count)s new entries", n) % {"count": number(n)}
        )
    if n := counts.get("changed", 0):
        text = ngettext(
            "%(count)s entry says something else", "%(count)s entries say something else", n
        )
        told.append(text % {"count": number(n)})
    return told


def found(finding: Finding) -> str:
    """What one finding says, without the title that it is about."""
    facts = finding.facts
    match finding.what:
        case "missing":
            return gettext("is missing from the list")
        case "vanished":
            return gettext("has vanished: whole lists have missed it for days. Our copies stay.")
        case "returned":
            return gettext("is listed again")
        case "re-keyed":
            return gettext("has another identifier and goes on as the same dataset")
        case "doubtful":
            return gettext("may be one that is known already; a librarian decides")
        case "suspect":
            text = gettext(
                "The list is not believed: of %(of)s datasets %(lost)s are gone and %(swapped)s have other identifiers. Nothing was changed; it is tried again."
            )
            return text % {n: number(int(str(facts.get(n, 0)))) for n in ("of", "lost", "swapped")}
        case "unproved":
            return gettext("The list may not be whole, so nothing counts as missing.")
        case "released":
            return gettext("The list is believed again.")
        case "not reached":
            return gettext("The portal could not be listed; nothing was changed.")
        case "reached":
            return gettext("The portal can be listed again.")
        case "told apart":
            return gettext("is a dataset of its own")
        case _:
            return gettext("goes on as two datasets")
