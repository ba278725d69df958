"""The rights card in words: answers, on whose word, conditions, doubts, the law of the place."""

from __future__ import annotations

from django.utils.translation import gettext, pgettext

from verticalfile.catalog.described import SaidBy
from verticalfile.rights import answers as doubts
from verticalfile.rights import conditions as c
from verticalfile.rights import vocabulary
from verticalfile.rights.answers import Answer
from verticalfile.rights.law import Law
from verticalfile.rights.vocabulary import Label
from verticalfile.services.known.rights_said import Period
from verticalfile.services.rights import card as cards
from verticalfile.services.rights import concluding
from verticalfile.services.rights.card import Card
from verticalfile.services.rights.concluding import Basis
from verticalfile.services.rights.local_contexts import Notice


def answer_word(answer: Answer) -> str:
    """An answer to one of the four questions."""
    return {
        Answer.YES: pgettext("may I?", "Yes"), Answer.NO: pgettext("may I?", "No"),
        Answer.ASK: pgettext("may I?", "Ask"), Answer.NOT_KNOWN: gettext("Not known"),
    }[answer]  # fmt: skip


def notice_word(notice: Notice) -> str:
    """What a Notice of Local Contexts says, in our words."""
    return {
        Notice.TRADITIONAL_KNOWLEDGE: gettext(
            "Indigenous peoples may have cultural rights and responsibilities in this, which call for care."
        ),
        Notice.BIOCULTURAL: gettext(
            "Indigenous peoples may have rights in this data on living things of their lands and waters."
        ),
        Notice.ATTRIBUTION_INCOMPLETE: gettext(
            "What is told of who made this, or whose it is, is not complete."
        ),
        Notice.OPEN_TO_COLLABORATE: gettext(
            "The library wants to care for this together with the peoples whom it is about."
        ),
    }[notice]


MARKS = {Answer.YES: "yes", Answer.NO: "cross", Answer.ASK: "ask", Answer.NOT_KNOWN: "unknown"}


def sentence(card: Card) -> str:
    """The one plain sentence at the head of the card."""
    named = bool(card.credit)
    match card.found.label:
        case Label.OPEN_LICENCE | Label.PUBLIC_DOMAIN if not card.is_free:
            return gettext("The publisher calls this free to use, and that may not hold here.")
        case Label.OPEN_LICENCE | Label.PUBLIC_DOMAIN if named:
            return gettext("You may copy, share, change and sell this if you name the source.")
        case Label.OPEN_LICENCE | Label.PUBLIC_DOMAIN:
            return gettext("You may copy, share, change and sell this.")
        case Label.CUSTOM_OPEN if card.is_free and named:
            return gettext("You may copy and share this if you name the source. Ask for the rest.")
        case Label.CUSTOM_OPEN if card.is_free:
            return gettext("You may copy and share this. Ask for the rest.")
        case Label.CUSTOM_OPEN:
            return gettext("The publisher allows some use. Ask before you rely on it.")
        case Label.RESTRICTED if c.NON_COMMERCIAL in card.found.conditions:
            return gettext("Not for commercial use.")
        case Label.RESTRICTED:
            return gettext("The publisher limits what may be done with this.")
        case Label.UNCLEAR:
            return gettext("Something is said on use, but not what may be done.")
        case _:
            return gettext("Nothing is said on what may be done with this.")


def basis_word(card: Card) -> str:
    """Who says so."""
    match card.found.basis:
        case Basis.LIBRARY:
            return gettext("The library has read and judged this.")
        case Basis.PUBLISHER:
            return gettext(
                "The publisher says so, as our rules read it. No librarian has confirmed it yet."
            )
        case _:
            return gettext("Nobody at the library has looked at the rights yet.")


def label_word(label: str) -> str:
    """A class of rights, in search and in histories; what a stranger typed is said again."""
    told: dict[str, str] = {
        Label.OPEN_LICENCE: pgettext("rights", "Open licence"),
        Label.PUBLIC_DOMAIN: pgettext("rights", "Public domain"),
        Label.CUSTOM_OPEN: pgettext("rights", "Allowed in the publisher's own words"),
        Label.RESTRICTED: pgettext("rights", "Restricted"),
        Label.UNCLEAR: pgettext("rights", "Unclear"),
        Label.NO_STATEMENT: pgettext("rights", "Nothing is said"),
    }
    return told.get(label, label)


def condition_word(condition: str) -> str:
    """What a user must do or leave."""
    return {
        c.CREDIT: gettext("You must name the source."),
        c.SHARE_ALIKE: gettext("You must share what you make of it under the same terms."),
        c.NON_COMMERCIAL: gettext("You may not use it for money."),
        c.NO_DERIVATIVES: gettext("You may not share a changed copy."),
        c.NO_RESALE: gettext("You may not sell it."),
        c.NO_REDISTRIBUTION: gettext("You may not pass it on."),
        c.KEEP_DISCLAIMER: gettext("You must keep the publisher's disclaimer with it."),
        c.NOTIFY: gettext("You must tell the publisher."),
        c.AGREE: gettext("By using it you are said to agree to terms."),
        c.ASK_FIRST: gettext("You must ask first."),
    }[condition]


def doubt(warning: str) -> str:
    """Why what is said may not be all, or not right."""
    return {
        vocabulary.NO_VERSION: gettext("The version of the licence is not given."),
        vocabulary.NO_PORTS: gettext(
            "The licence is named with a country's version that does not exist; the plain one is"
            " meant."
        ),
        doubts.FEDERAL_ON_LOCAL: gettext(
            "These words are meant for works of the U.S. federal government. They do not reach a"
            " city, a county or a state."
        ),
        doubts.LICENCE_TEXT_UNKNOWN: gettext(
            "A general word was picked from a list; the text of the terms is not known."
        ),
        doubts.SOFTWARE_LICENCE: gettext(
            "This licence is made for software. What it means for data is not settled."
        ),
        doubts.ALSO_GRANTS: gettext("The same text also allows some use. What forbids is shown."),
        concluding.GONE: gettext(
            "The publisher no longer says anything on use. What was said before stands below."
        ),
        concluding.OTHERWISE_TODAY: gettext("The publisher says something else today."),
        concluding.CHANGED_SINCE_JUDGED: gettext(
            "The publisher's words have changed since the library judged them."
        ),
        cards.TERMS_CHANGED: gettext(
            "The page with the terms says something else today than it did then."
        ),
        cards.TERMS_NOT_CAPTURED: gettext(
            "The terms stand on a page of which we could not keep a copy."
        ),
    }[warning]


def position_word(law: Law) -> str:
    """What the law of a place is known to say, in a sentence."""
    return {
        "federal-public-domain": gettext("Works of the federal government carry no copyright."),
        "public-domain-by-state-law": gettext(
            "Public records are free of copyright unless a statute says otherwise."
        ),
        "no-copyright-without-statute": gettext(
            "Public offices have no copyright in their records unless a statute gives it."
        ),
        "copyright-allowed": gettext("Public offices may hold copyright in some records."),
        "copyright-may-limit-use": gettext(
            "Records must be shown, but a copyright may limit their later use."
        ),
        "agency-claims-copyright": gettext("Offices of the state claim copyright in their works."),
        "claims-copyright-in-code": gettext(
            "The state claims copyright in its code of laws. Of data nothing is known."
        ),
        "edicts-free-other-works-unknown": gettext(
            "Laws and rulings are free. Of other works nothing is known."
        ),
        "statute-mentions-copyright": gettext(
            "A statute leaves copyright in place; it does not say who holds it."
        ),
        "agency-has-claimed-copyright": gettext("An office of the state has claimed copyright."),
        "local-claim-seen": gettext("One local government claims copyright in its data."),
    }.get(law.position, gettext("We do not know what its law says of copyright in public records."))


def speaker(period: Period) -> str:
    """Who said it."""
    if period.by is SaidBy.PERSON:
        return gettext("The publisher, as a librarian found it")
    return gettext("The publisher, in the data's description")
