"""The rights card in sentences, for the command line; the reading room has its own in two languages."""

from __future__ import annotations

from datetime import tzinfo

from verticalfile.catalog.described import SaidBy
from verticalfile.kernel.moments import day_of
from verticalfile.rights.answers import WARNING_SENTENCES
from verticalfile.rights.vocabulary import Label
from verticalfile.services.known.rights_said import TYPED, Period
from verticalfile.services.rights import card as cards
from verticalfile.services.rights import concluding
from verticalfile.services.rights.card import Card
from verticalfile.services.rights.concluding import Basis, Conclusion
from verticalfile.services.rights.terms import Terms

NOT_ADVICE = "This is information, not legal advice."
WARNINGS = WARNING_SENTENCES | {
    concluding.GONE: "The publisher no longer says anything on use; what was said before stays on record.",
    concluding.OTHERWISE_TODAY: "The publisher says something else today.",
    concluding.CHANGED_SINCE_JUDGED: "The publisher's words have changed since the library judged them.",
    cards.TERMS_CHANGED: "The page of terms says something else today than it did then.",
    cards.TERMS_NOT_CAPTURED: "The terms stand on a page of which no copy was kept.",
}
LABELS = {
    Label.OPEN_LICENCE: "an open licence",
    Label.PUBLIC_DOMAIN: "in the public domain",
    Label.CUSTOM_OPEN: "allowed in the publisher's own words",
    Label.RESTRICTED: "restricted",
    Label.UNCLEAR: "unclear",
    Label.NO_STATEMENT: "nothing is said",
}


def sentence(card: Card) -> str:
    """The one plain sentence at the head of a card."""
    found = card.found
    credit = " if you name the source" if card.credit else ""
    match found.label:
        case Label.OPEN_LICENCE | Label.PUBLIC_DOMAIN if not card.is_free:
            said = "The publisher calls this free to use, and that may not hold here. Ask first."
        case Label.OPEN_LICENCE | Label.PUBLIC_DOMAIN:
            said = f"You may copy, share, change and sell this{credit}."
        case Label.CUSTOM_OPEN if card.is_free:
            said = f"You may copy and share this{credit}; ask before you sell or change it."
        case Label.CUSTOM_OPEN:
            said = "The publisher allows some use; ask before you rely on it."
        case Label.RESTRICTED:
            said = "The publisher limits what may be done with this."
        case Label.UNCLEAR:
            said = "Something is said on use, but not what may be done."
        case Label.NO_STATEMENT:
            said = "Nothing is said on what may be done with this."
    return f"{said} {basis(card)}"


def in_short(found: Conclusion) -> str:
    """The label and on whose word, in a line."""
    who = {
        Basis.LIBRARY: "judged by the library", Basis.PUBLISHER: "the publisher's words, read by rules",
        Basis.NOBODY: "not yet looked at",
    }[found.basis]  # fmt: skip
    return f"{LABELS[found.label]} ({who})"


def basis(card: Card) -> str:
    """On whose word it rests, and that nobody has looked where nobody has."""
    match card.found.basis:
        case Basis.LIBRARY:
            return "The library has judged this."
        case Basis.PUBLISHER:
            return "So the publisher's words were read by rules; no librarian has confirmed it."
        case Basis.NOBODY:
            return "No librarian has looked at it yet."


def law(card: Card) -> str:
    """What the law of the place is known to say."""
    found = card.found.law
    if found is None:
        return "not known: the setting `state` does not name the library's state"
    if not found.known:
        return f"{found.name}: we do not know what its law says of copyright in public records"
    year = f", {found.source_year}" if found.source_year else ""
    return f"{found.name}: {found.position.replace('-', ' ')}. {found.note} ({found.source}{year})"


def period(each: Period, zone: tzinfo) -> str:
    """A line of the history of what was said, by the clocks of `zone`."""
    first = day_of(each.first_seen, zone)
    last = day_of(each.last_seen, zone) if each.last_seen else ""
    until = {first: "", "": " on"}.get(last, f" to {last}")
    said = "; ".join(f"“{s.raw}” ({s.field})" for s in each.said) or "nothing"
    who = TYPED if each.by is SaidBy.PERSON else "the publisher"
    return f"{first}{until}, {who}: {said}"


def terms(each: Terms, zone: tzinfo) -> str:
    """Where the terms stand and whether a copy is kept."""
    if each.version is None:
        return f"{each.address}: no copy of it was kept"
    kept = f"kept as {each.dataset}/{each.file}, version of {day_of(each.version.seen_at, zone)}"
    read = (
        f", read as {LABELS[each.reading.label]}" if each.reading else ", not a text that is read"
    )
    return f"{each.address}: {kept}{read}{'; it has changed since' if each.has_changed else ''}"
