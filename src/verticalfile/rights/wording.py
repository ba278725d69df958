"""One wording: a pattern over a sentence, and the kind of statement that it makes."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ADDRESS = re.compile(r"https?://[^\s)\]>\"']+")
"""Its words are no words of the publisher."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A pattern over one sentence, and the kind of statement that it makes."""

    rule: str
    kind: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None = None

    def found_in(self, sentence: str) -> bool:
        if not self.pattern.search(sentence):
            return False
        return self.unless is None or not self.unless.search(_ADDRESS.sub(" ", sentence))


def wording(rule: str, kind: str, pattern: str, unless: str = "") -> Wording:
    """A wording of patterns that are read without case."""
    compiled = re.compile(pattern, re.I)
    return Wording(rule, kind, compiled, re.compile(unless, re.I) if unless else None)
