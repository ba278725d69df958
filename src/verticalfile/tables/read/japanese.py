"""Japanese text of Windows (Shift-JIS, code page 932), told from all other text by its own bytes.

Nothing beside the bytes is asked: a server's charset is mostly missing, and a file must be read
alike from a folder, from git and in a rebuild. Every byte must fit, and there must be kana in a row:
in text of Western, Cyrillic, Greek, Chinese or Korean machines the first bytes of kana are rare signs
(0x82, 0x83: a low quotation mark and a florin in cp1252, nothing in Latin-1), which never stand so.
What is too short to show it is left as it was.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

ENCODING = "cp932"
KANA_IN_A_ROW_LEAST = 8
"""So often a kana follows another."""
KANA_KINDS_LEAST = 5
"""Different ones: a sign that is drawn in a row is one."""
COMMON_SHARE = 0.95
"""Of the wide letters in the rows of the code that everyday text needs: kana, the common kanji,
punctuation. Other codes, taken for this one, spread over the rare kanji."""
IN_RUNS_SHARE = 0.8
"""Of the wide letters beside another: accents of Western words stand alone between ASCII letters."""
ROW_BYTES = 1 << 16
"""A longer row of wide letters is no sentence, and is counted in parts."""
WEIGHED_MAX = 1_000_000
"""Wide letters that are counted; every byte is looked at whatever their number."""
_TOKEN = re.compile(
    rb"[\x00-\x7f]+|(?P<wide>(?:[\x81-\x9f\xe0-\xfc][\x40-\x7e\x80-\xfc])+)|(?P<half>[\xa1-\xdf]+)"
)
_KANA = re.compile(rb"\x82[\x9f-\xf1]|\x83[\x40-\x7e\x80-\x96]|\x81\x5b")
_LEADS = frozenset(range(0x81, 0xA0)) | frozenset(range(0xE0, 0xFD))
_COMMON_LAST = 0x98


@dataclass
class Japanese:
    """What was counted, in letters."""

    wide: int = 0
    common: int = 0
    in_runs: int = 0
    half: int = 0  # half-width katakana, a byte each
    kana: int = 0
    kana_in_a_row: int = 0
    kinds: set[bytes] = field(default_factory=set)

    @property
    def is_it(self) -> bool:
        """Whether that is Japanese text, and nothing else."""
        return (
            self.kana_in_a_row >= KANA_IN_A_ROW_LEAST
            and len(self.kinds) >= KANA_KINDS_LEAST
            and self.common >= COMMON_SHARE * self.wide
            and self.half <= self.wide
            and self.in_runs >= IN_RUNS_SHARE * self.wide
        )

    @property
    def told(self) -> str:
        """The evidence, for the notes of a reading."""
        return (
            f"read as {ENCODING} (Shift-JIS): every byte fits, and of {self.wide:,} wide letters"
            f" {self.common:,} are everyday Japanese, {self.kana:,} of them kana"
        )

    def take(self, run: bytes) -> None:
        """Wide letters in a row."""
        if self.wide >= WEIGHED_MAX:
            return
        letters = [run[at : at + 2] for at in range(0, len(run), 2)]
        are_kana = [_KANA.fullmatch(letter) is not None for letter in letters]
        self.wide += len(letters)
        self.common += sum(letter[0] <= _COMMON_LAST for letter in letters)
        self.in_runs += len(letters) if len(letters) > 1 else 0
        self.kana += sum(are_kana)
        self.kana_in_a_row += sum(a and b for a, b in pairwise(are_kana))
        if len(self.kinds) < KANA_KINDS_LEAST:
            self.kinds.update(x for x, is_one in zip(letters, are_kana, strict=True) if is_one)


def japanese_in(steps: Iterable[bytes]) -> Japanese | None:
    """The evidence, where it says that a text is Japanese; None for all other text."""
    decoder = codecs.getincrementaldecoder(ENCODING)()
    found, held = Japanese(), b""
    try:
        for step in steps:
            decoder.decode(step)
            held = _taken(held + step, found)
        decoder.decode(b"", final=True)
    except (UnicodeDecodeError, _OtherText):
        return None
    found.take(held)  # whole letters, as the decoder found
    return found if found.is_it else None


class _OtherText(Exception):
    """A byte does not fit."""


def _taken(body: bytes, found: Japanese) -> bytes:
    """Count a step; what is returned is the row of wide letters at its end, which may go on in the
    next, with half a letter perhaps. Raises _OtherText."""
    at, row = 0, b""
    for token in _TOKEN.finditer(body):
        if token.start() != at:
            break
        found.take(row)
        at, row = token.end(), token["wide"] or b""
        found.half += len(token["half"] or b"")
    rest = body[at:]
    if rest and (len(rest) > 1 or rest[0] not in _LEADS):
        raise _OtherText
    if len(row) > ROW_BYTES or not row:
        found.take(row)
        row = b""
    return row + rest
