"""Portals, their lists and runs as templates say them."""

from __future__ import annotations

from django import template

from verticalfile.services.reading.portals import Finding, Look
from verticalfile.web.words import partial_words, source_words

register = template.Library()
register.filter("why_partial", partial_words.why_partial)
register.filter("why_partial_plain", partial_words.why_partial_plain)


@register.filter
def check_outcome(word: str) -> str:
    """What a check came to."""
    return source_words.outcome(word)


@register.filter
def member_state(word: str) -> str:
    """How a dataset stands in its portal's list."""
    return source_words.state(word)


@register.filter
def found_at_portal(finding: Finding) -> str:
    """What a look found."""
    return source_words.found(finding)


@register.filter
def entries_counted(look: Look) -> str:
    """How many entries a look found new or changed; "" for none."""
    return ", ".join(source_words.counted(look.counts))
