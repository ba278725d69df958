"""The rights card as templates ask for it."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from verticalfile.rights.answers import Answer
from verticalfile.rights.law import Law
from verticalfile.rights.plain import plain
from verticalfile.services.known.rights_said import Period
from verticalfile.services.rights.card import Card
from verticalfile.services.rights.local_contexts import Notice
from verticalfile.web.templatetags.reading import icon
from verticalfile.web.words import rights_words

register = template.Library()


@register.filter
def rights_sentence(card: Card) -> str:
    """The one plain sentence."""
    return rights_words.sentence(card)


@register.filter
def notice_word(notice: Notice) -> str:
    """What a Notice of Local Contexts says."""
    return rights_words.notice_word(notice)


@register.filter
def rights_basis(card: Card) -> str:
    """On whose word."""
    return rights_words.basis_word(card)


@register.filter
def rights_label(label: str) -> str:
    """A class of rights."""
    return rights_words.label_word(label)


@register.filter
def condition_word(condition: str) -> str:
    """What one must do or leave."""
    return rights_words.condition_word(condition)


@register.filter
def doubt(warning: str) -> str:
    """Why it may not be all, or not right."""
    return rights_words.doubt(warning)


@register.filter
def position_word(law: Law) -> str:
    """What the law of a place is known to say."""
    return rights_words.position_word(law)


@register.filter
def speaker(period: Period) -> str:
    """Who said it."""
    return rights_words.speaker(period)


@register.filter
def plain_rights(raw: str) -> str:
    """A statement without its mark-up."""
    return " ".join(plain(raw).split())


@register.simple_tag
def verdict(answer: Answer) -> SafeString:
    """An answer: shape and word."""
    tone = {Answer.YES: "new", Answer.NO: "gone", Answer.ASK: "alt"}.get(answer, "quiet")
    word = rights_words.answer_word(answer)
    mark = icon(rights_words.MARKS[answer])
    return format_html('<span class="verdict {}">{} {}</span>', tone, mark, word)
