"""What every chart says about itself, and what comes out: two drawings, a summary, the numbers."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from verticalfile.charts.pen import clean, escape
from verticalfile.charts.words import Number, Words

SVG_BYTES = 6144
"""One drawing of a page (web.md 3)."""
MARKS = 400
"""Marks of one drawing; more are put together, and it is said (web.md 3)."""
EDGE = 1e300
"""Where larger numbers are drawn; their digits stand in the table."""
LONGEST_UNIT = 24
TABLE_ROWS = 200
"""Rows of the table in a page; the CSV has all."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What stands around a value: `$14.10`, `14 days`. `share`: values from 0 to 1 as percent."""

    before: str = ""
    after: str = ""
    share: bool = False

    def shown(self, value: Number, words: Words) -> str:
        """A value for people."""
        if self.share and (at := finite(value)) is not None and abs(at) < 1e6:
            return words.percent(at)
        sign, size = ("−", -value) if value < 0 else ("", value)
        before, after = clean(self.before, LONGEST_UNIT), clean(self.after, LONGEST_UNIT)
        return f"{sign}{before}{words.number(size)}{f' {after}' if after else ''}"


@dataclass(frozen=True, slots=True)
class About:
    """What a chart is of. `key` begins the ids in it and must be unique in the page."""

    key: str
    title: str  # the finding, or the question
    source: str = ""
    as_of: date | None = None
    note: str = ""  # what is drawn
    unit: Unit = Unit()

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9-]*", self.key):
            raise ValueError(f"{self.key!r} cannot begin an id")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A size to draw for. Text is never scaled below 12 px: `size` at the least width shown."""

    kind: str  # the class of the drawing
    letter: str  # in its ids
    width: float
    size: float
    height: float  # of the part with the marks

    @property
    def line(self) -> float:
        """Height of a line of text."""
        return self.size * 1.35

    @property
    def empty(self) -> float:
        """Height of a chart without values."""
        return self.size * 4

    @property
    def is_wide(self) -> bool:
        return self.letter != "n"


WIDE = Sheet("c-svg c-wide", "w", 720, 14, 230)
"""Shown from 640 px on: 14 px x 640 / 720 = 12.4 px."""
NARROW = Sheet("c-svg c-narrow", "n", 288, 13, 190)
"""Shown from 288 px on, which is what is left of 320: 13 px."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of the table: as people read it, as the CSV has it, and a moment's ISO form."""

    text: str
    exact: str
    moment: str = ""


@dataclass(frozen=True, slots=True)
class Numbers:
    """What was drawn, as a table. The first column heads its rows."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def csv(self) -> str:
        """RFC 4180 with a header; dates are ISO 8601, numbers have no separators, all rows."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(self.headings)
        writer.writerows([cell.exact for cell in row] for row in self.rows)
        return out.getvalue()

    def html(self, words: Words) -> str:
        """A `<table>` of the classes of room.css; a cut is said."""
        heads = "".join(
            f'<th scope="col"{" class=n" if n else ""}>{escape(clean(text))}</th>'
            for n, text in enumerate(self.headings)
        ).replace("class=n", 'class="n"')
        lines = []
        for row in self.rows[:TABLE_ROWS]:
            first = f'<th scope="row">{_timed(row[0])}</th>'
            rest = "".join(f'<td class="n">{_timed(cell)}</td>' for cell in row[1:])
            lines.append(f"<tr>{first}{rest}</tr>")
        cut = ""
        if len(self.rows) > TABLE_ROWS:
            said = words.gettext(
                "The first %(shown)s of %(all)s rows. The CSV file has all of them.",
                shown=words.number(TABLE_ROWS), all=words.number(len(self.rows)),
            )  # fmt: skip
            cut = f'<tfoot><tr><td colspan="{len(self.headings)}">{escape(said)}</td></tr></tfoot>'
        return (
            f'<table class="data"><caption>{escape(clean(self.caption))}</caption>'
            f"<thead><tr>{heads}</tr></thead>{cut}<tbody>{''.join(lines)}</tbody></table>"
        )


def _timed(cell: Cell) -> str:
    text = escape(clean(cell.text))
    return f'<time datetime="{escape(cell.moment)}">{text}</time>' if cell.moment else text


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart ready for a page. `said` is what a reader of the picture must know besides."""

    about: About
    wide: str
    narrow: str
    summary: str
    numbers: Numbers
    said: tuple[str, ...] = ()


def figure(drawn: Drawn, words: Words, *, numbers: bool = True) -> str:
    """The `<figure>` of a page: title, note, both drawings, the summary, the numbers (which may
    be left out where the page lists the same facts)."""
    about = drawn.about
    beside = " ".join([about.note, *drawn.said]).strip()
    table = (
        f"<details><summary>{escape(words.gettext('Show the numbers'))}</summary>"
        f'<div class="c-numbers" role="region" tabindex="0"'
        f' aria-label="{escape(clean(drawn.numbers.caption))}">{drawn.numbers.html(words)}</div>'
        "</details>"
    )
    return (
        f'<figure class="chart"><figcaption><b>{escape(clean(about.title))}</b>'
        f"{f'<span>{escape(clean(beside, 1200))}</span>' if beside else ''}</figcaption>"
        f"{drawn.wide}{drawn.narrow}"
        f'<p class="c-summary">{escape(clean(drawn.summary, 1200))}</p>'
        f"{table if numbers else ''}</figure>"
    )


def finite(value: Number | None) -> float | None:
    """A value as a place needs it; None for what is no number. What is beyond a double stands at
    the edge."""
    if value is None or (isinstance(value, Decimal) and not value.is_finite()):
        return None
    try:
        found = float(value)
    except OverflowError:
        return EDGE if value > 0 else -EDGE
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return min(EDGE, max(-EDGE, found))


def exact(value: Number | None) -> str:
    """A value for the CSV."""
    if finite(value) is None:
        return ""
    return format(value, "f") if not isinstance(value, int | float) else str(value)


def value_cell(value: Number | None, unit: Unit, words: Words) -> Cell:
    """A value in the table; what is not known is said."""
    if value is None or finite(value) is None:
        return Cell(words.gettext("not known"), "")
    return Cell(unit.shown(value, words), exact(value))


def moment_cell(at: datetime, words: Words) -> Cell:
    """A moment in the table."""
    return Cell(words.day(at), at.isoformat(), at.isoformat())


def within_budget(draw: Callable[[int], tuple[str, str]]) -> tuple[str, str, int]:
    """Draw with as many marks as `SVG_BYTES` lets through: (wide, narrow, marks at most)."""
    at_most = MARKS
    while True:
        wide, narrow = draw(at_most)
        if at_most <= 8 or max(len(wide.encode()), len(narrow.encode())) <= SVG_BYTES:
            return wide, narrow, at_most
        at_most = at_most * 3 // 4


def shared(names: Sequence[str]) -> tuple[str, ...]:
    """Names made different where they repeat."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(found)
