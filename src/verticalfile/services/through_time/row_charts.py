"""A numeric value of one row through time, as a chart; gaps and reasons are those of its table."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import islice

from verticalfile.charts import LineChart, Unit, Words
from verticalfile.charts.words import Number
from verticalfile.history.views.over_time import NUMBER
from verticalfile.services.archive import Archive
from verticalfile.services.through_time.charting import Asked, Stretch, asked_of
from verticalfile.services.through_time.comparing import RowMoment, row
from verticalfile.services.visibility import Viewer

MOST_CHARTS = 3
"""A row with more numbers that changed has the rest in its list."""
State = Mapping[str, str | None]
"""A row at one time: column to text."""
_NUMBER = re.compile(NUMBER)
_SIGNS = re.compile(r"[\s,$€£%]")


def charts_of_row(
    archive: Archive, name: str, key: Sequence[str], *, words: Words, viewer: Viewer
) -> list[LineChart]:
    """A chart for each column in which the row had more than one number, and nothing else; the
    first few. Raises NotHeld, InputRefused."""
    asked = asked_of(archive, name, words=words, viewer=viewer)
    states = _states(asked.stretches, row(archive, name, key, viewer=viewer).moments)
    newest = next(
        asked.history.layout_of(s.ordinal)
        for s in reversed(asked.stretches)
        if s.ordinal is not None
    )
    found = (
        _chart(asked, states, key, i, shown)
        for i, shown in zip(newest.ids, newest.names, strict=True)
        if i not in newest.dropped
    )
    charts = islice((chart for chart in found if chart is not None), MOST_CHARTS)
    return [
        replace(chart, about=replace(chart.about, key=f"row-{n}")) for n, chart in enumerate(charts)
    ]


def _chart(
    asked: Asked, states: Sequence[State | None], key: Sequence[str], column: str, shown: str
) -> LineChart | None:
    """None unless all its values are numbers, of which there are several."""
    gone = asked.words.gettext("the row was not in the file")
    values: dict[int, Number] = {}
    texts: list[str] = []
    stretches: list[Stretch] = []
    for stretch, state in zip(asked.stretches, states, strict=True):
        if stretch.ordinal is None or state is None:
            known = stretch.ordinal is None
            stretches.append(stretch if known else replace(stretch, ordinal=None, why=gone))
            continue
        stretches.append(stretch)
        text = (state.get(shown) or "").strip()
        if text and not _NUMBER.fullmatch(text):
            return None
        if text:
            values[stretch.ordinal] = Decimal(_SIGNS.sub("", text))
            texts.append(text)
    if len(set(values.values())) < 2:
        return None
    title = asked.words.gettext(
        "%(column)s of %(key)s: %(title)s", column=shown, key=", ".join(key), title=asked.title
    )
    return asked.chart(title, {shown: values}, stretches, _unit(texts), whole=False, said=())


def _states(stretches: Sequence[Stretch], moments: Sequence[RowMoment]) -> list[State | None]:
    """The row as it stood in the version of each stretch; the first of several of its name."""
    begun = [m.version.number for m in moments]
    found: list[State | None] = []
    for stretch in stretches:
        place = bisect_right(begun, stretch.version.number)
        values = moments[place - 1].values if place else ()
        found.append(values[0] if values else None)
    return found


def _unit(texts: Sequence[str]) -> Unit:
    """A sign that all numbers have."""
    for sign in "$€£":
        if all(sign in text for text in texts):
            return Unit(before=sign)
    return Unit(after="%") if all(text.endswith("%") for text in texts) else Unit()
