"""Writing SVG: elements, escaping, and where texts stand.

Every text that comes here may be hostile: `clean` takes out what XML cannot hold and what turns
the direction of reading, `escape` is the only way into the output. No `style=`, no script: a
strict Content-Security-Policy lets presentation attributes and classes through (web.md 2.3).
Lengths are user units of the drawing, which are CSS pixels at the width it is made for.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape as _escape
from typing import Literal

Anchor = Literal["start", "middle", "end"]

ELLIPSIS = "…"
LONGEST_LABEL = 120
"""Longer labels are cut before anything is measured; tables and CSV keep them whole."""
LONGEST_DESCRIPTION = 1200

_TURNING = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)


def clean(text: str, longest: int = LONGEST_LABEL) -> str:
    """One line without control characters, marks of direction or what XML 1.0 cannot hold."""
    kept = "".join(c if _may_stand(c) else " " for c in text[: 4 * longest])
    return " ".join(kept.split())[:longest]


def _may_stand(character: str) -> bool:
    if character in _TURNING or ord(character) in (0xFFFE, 0xFFFF):
        return False
    return unicodedata.category(character) not in ("Cc", "Cs", "Co", "Cn")


def escape(text: str) -> str:
    """Text as it may stand in an element or a quoted attribute."""
    return _escape(text, quote=True)


def number(value: float) -> str:
    """A length with one decimal at most."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


_WIDTHS = {
    **dict.fromkeys(" .,:;'|!ijl()[]-·", 0.36),
    **dict.fromkeys("ftrIJ“”", 0.46),
    **dict.fromkeys("0123456789$€", 0.66),
    **dict.fromkeys("mw×+=<>~", 0.92),
    **dict.fromkeys("MW@%…—", 1.0),
}
"""Widths as shares of the size: the wider of Atkinson Hyperlegible Next (bold) and DejaVu Sans,
which stands in where no other of the named faces is installed."""


def width_of(text: str, size: float) -> float:
    """How wide a text may be at most in the faces of the site; an estimate on the safe side."""
    return size * sum(_WIDTHS.get(c) or _width(c) for c in text)


def _width(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in ("W", "F"):
        return 1.05
    if character.isupper():
        return 0.79
    return 0.63 if character.isascii() or character.isalpha() else 1.0


def fitted(text: str, width: float, size: float) -> str:
    """The text, or its beginning with an ellipsis, so that it is at most so wide."""
    if width_of(text, size) <= width + 0.5:  # what was given just enough room has it
        return text
    cut = text
    while cut and width_of(cut.rstrip() + ELLIPSIS, size) > width:
        cut = cut[:-1]
    return cut.rstrip() + ELLIPSIS if cut else ELLIPSIS


@dataclass(frozen=True, slots=True)
class Box:
    """Where something stands."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box, apart: float = 0.0) -> bool:
        return (
            self.left < other.right + apart
            and other.left < self.right + apart
            and self.top < other.bottom
            and other.top < self.bottom
        )


def box_of(x: float, y: float, text: str, size: float, anchor: Anchor) -> Box:
    """The box of a text whose line stands at `y`."""
    wide = width_of(text, size)
    left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
    return Box(left, y - 0.8 * size, left + wide, y + 0.25 * size)


@dataclass
class Pen:
    """Gathers the elements of one drawing; `boxes` are where its texts stand."""

    width: float
    size: float  # of the text
    parts: list[str] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)

    def element(self, name: str, kind: str = "", **attributes: float | str | None) -> None:
        """An empty element; `kind` is its class, underscores in names stand for hyphens."""
        self.parts.append(f"<{name}{_attributes(kind, attributes)}/>")

    def path(self, d: str | Iterable[str], kind: str, **attributes: float | str | None) -> None:
        text = d if isinstance(d, str) else "".join(d)
        if text:
            self.element("path", kind, d=text, **attributes)

    def text(
        self, x: float, y: float, text: str, *, kind: str = "", anchor: Anchor = "start"
    ) -> Box:
        """A text of the drawing's size; cut to what is left of the width."""
        if anchor == "start":
            room = self.width - x
        else:
            room = x if anchor == "end" else 2 * min(x, self.width - x)
        shown = fitted(clean(text), room, self.size)
        box = box_of(x, y, shown, self.size, anchor)
        self.boxes.append(box)
        place = {"text_anchor": anchor} if anchor != "start" else {}
        told = _attributes(kind, {"x": x, "y": y, **place})
        self.parts.append(f"<text{told}>{escape(shown)}</text>")
        return box

    def text_if_free(
        self, x: float, y: float, text: str, *, kind: str = "", anchor: Anchor = "start",
        apart: float = 4.0, around: Sequence[Box] = (),
    ) -> bool:  # fmt: skip
        """Write a text only where it is whole and meets no other; whether it was written."""
        shown = clean(text)
        box = box_of(x, y, shown, self.size, anchor)
        if box.left < 0 or box.right > self.width:
            return False
        if any(box.meets(other, apart) for other in (*self.boxes, *around)):
            return False
        self.text(x, y, shown, kind=kind, anchor=anchor)
        return True


def _attributes(kind: str, attributes: dict[str, float | str | None]) -> str:
    told = [f' class="{escape(kind)}"'] if kind else []
    for name, value in attributes.items():
        if value is not None:
            text = number(value) if isinstance(value, int | float) else escape(value)
            told.append(f' {name.replace("_", "-")}="{text}"')
    return "".join(told)


def svg(
    pen: Pen, height: float, *, key: str, kind: str, title: str, description: str, defs: str = ""
) -> str:
    """A whole drawing: role, name and description first (web.md 4.9)."""
    return (
        f'<svg class="{kind}" viewBox="0 0 {number(pen.width)} {number(height)}" role="img"'
        f' aria-labelledby="{key}-t {key}-d">'
        f'<title id="{key}-t">{escape(clean(title))}</title>'
        f'<desc id="{key}-d">{escape(clean(description, LONGEST_DESCRIPTION))}</desc>'
        f"{f'<defs>{defs}</defs>' if defs else ''}{''.join(pen.parts)}</svg>"
    )
