"""One wording: a pattern over a sentence, and the kind of statement that it makes."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

_ADDRESS = re.compile(r"https?://[^\s)\]>\"']+")
"""Its words are no words of the publisher."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Patterns over one sentence, read without case, and the kind of statement that they make."""

    rule: str
    kind: str
    pattern: str
    unless: str = ""

    def found_in(self, sentence: str) -> bool:
        if not _compiled(self.pattern).search(sentence):
            return False
        return not self.unless or not _compiled(self.unless).search(_ADDRESS.sub(" ", sentence))


@functools.cache  # when a statement is read and not before: of all patterns it takes 50 ms
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.I)
