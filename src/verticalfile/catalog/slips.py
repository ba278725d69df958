"""Slips of the pen: which words are how many slips apart. A slip is a letter too many, too few,
another, or two neighbours that changed places."""

from __future__ import annotations

import string

LETTERS = string.ascii_lowercase
FAR_FROM_LETTERS = "\U0010ffff"
"""Sorts behind every word: the end of the words that begin with a letter."""
SHORTEST = 4
"""Shorter words have too many neighbours: "tax" is one slip from "tap", "fax" and "max"."""
LONG = 7


def furthest(word: str) -> int:
    """How many slips a word of this length may have; numbers and codes have none."""
    if len(word) < SHORTEST or not word.isalpha():
        return 0
    return 2 if len(word) >= LONG else 1


def one_slip_from(word: str) -> list[str]:
    """Every text that is one slip away, over the letters a to z; some 54 for each letter."""
    halves = [(word[:n], word[n:]) for n in range(len(word) + 1)]
    found = {left + right[1:] for left, right in halves if right}
    found |= {left + right[1] + right[0] + right[2:] for left, right in halves if len(right) > 1}
    found |= {left + letter + right[1:] for left, right in halves if right for letter in LETTERS}
    found |= {left + letter + right for left, right in halves for letter in LETTERS}
    return sorted(found - {word})


def slips_between(one: str, other: str, *, most: int) -> int:
    """How many slips lie between two words; 0 for the same word and for more than `most`.

    Optimal string alignment: no part of a word is mended twice.
    """
    if abs(len(one) - len(other)) > most or one == other:
        return 0
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        line = [row]
        for column, against in enumerate(other, start=1):
            cost = min(
                last[column] + 1, line[column - 1] + 1, last[column - 1] + (letter != against)
            )
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        if min(line) > most:
            return 0
        before, last = last, line
    return last[-1] if last[-1] <= most else 0
