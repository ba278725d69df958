"""A statement as found, made into text that can be compared: no mark-up, one kind of space and quote.

The same words come back in a dozen mark-ups (rights.md 1); what was found is kept beside it, raw.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

LONGEST = 40_000
"""Characters read of a statement; the longest of 15,221 real ones has 32,757."""
_QUOTES = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "‐": "-", "‑": "-"}
)
_BLOCKS = frozenset(
    {"p", "div", "br", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5"}
)
_ADDRESS = re.compile(r"https?:/{1,2}(?:(?!\]\()[^\s<>\"'])+", re.I)
_END = re.compile(r"(?<=[.!?;])[\"')]*\s+(?=[\"'(]?[A-Z0-9ÁÉÍÓÚÑ(])|\s*\n\s*")
_WRAPPED = re.compile(r"(?<=[^\n]{40}[^.!?:;\n])\n(?=[a-z])|(?<=[^\n]{60}[^.!?:;\n])\n(?=[^\W_])")
_UNFINISHED = re.compile(r"\b(an?|and|are|be|by|for|in|is|may|not|of|or|the|to|under|with)\n", re.I)
"""An end of line that a text editor made in the middle of a sentence: old metadata is cut at 80."""
_ABBREVIATED = re.compile(r"\b(?:U\.S|No|St|Inc|Co|Dept|MN|Ltd|Mr|Ms|Dr|v|vs|e\.g|i\.e)\.$")


def plain(raw: str) -> str:
    """The text without mark-up; paragraphs stay on lines of their own."""
    text = _unmarked(raw[:LONGEST])
    lines = (" ".join(line.split()) for line in text.splitlines())
    joined = _UNFINISHED.sub(r"\1 ", _WRAPPED.sub(" ", "\n".join(line for line in lines if line)))
    return joined.translate(_QUOTES).replace("\ufeff", "")


def links(raw: str) -> list[str]:
    """The addresses that a statement points to, in their order."""
    parser = _Text()
    parser.feed(html.unescape(raw[:LONGEST]))
    parser.close()
    found = [*parser.links, *_ADDRESS.findall("".join(parser.words))]
    return list(dict.fromkeys(each.rstrip(".,;)]") for each in found if each.startswith("http")))


def sentences(text: str) -> list[str]:
    """The sentences of a plain text."""
    found: list[str] = []
    for piece in _END.split(text):
        if found and _ABBREVIATED.search(found[-1]):
            found[-1] = f"{found[-1]} {piece}"
        elif piece and piece.strip():
            found.append(piece.strip())
    return found


def _unmarked(raw: str) -> str:
    text = raw
    for _ in range(3):  # entities are found doubled, never deeper
        if "<" in text or "&" in text:
            parser = _Text()
            parser.feed(text)
            parser.close()
            again = "".join(parser.words)
            if again == text:
                break
            text = again
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


class _Text(HTMLParser):
    """Collects text outside of script and style, and where links lead."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.links: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")
        self.links += [value for name, value in attrs if name == "href" and value]
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= bool(self._silent) and tag in ("script", "style")
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)
