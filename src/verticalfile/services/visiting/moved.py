"""A publisher that says something stands elsewhere for good: told to people, and never followed by
itself, as whoever took over a host could say so too (harvesting.md 3)."""

from __future__ import annotations

from collections.abc import Mapping

FOR_GOOD = (301, 308)


def moved_for_good(exchange: Mapping[str, object]) -> str:
    """The end of a sentence, where every step on the way was said to be for good; else ""."""
    steps = exchange.get("redirects")
    if not isinstance(steps, list) or not steps:
        return ""
    if all(isinstance(each, Mapping) and each.get("status") in FOR_GOOD for each in steps):
        return f"; the publisher says that it has moved for good to {exchange.get('final_url')}"
    return ""
