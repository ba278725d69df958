"""Charts in words: first, last, lowest, highest, which way it went, and what is not known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from verticalfile.charts.drawing import Unit, finite
from verticalfile.charts.pen import clean
from verticalfile.charts.runs import Gap, Point
from verticalfile.charts.words import Number, Words

GAPS_TOLD = 2
"""Gaps that are told one by one; of more only the number and the longest."""


def told_of_line(points: Sequence[Point], unit: Unit, words: Words) -> str:
    """Of one line: from where to where, and the extremes that are not at its ends."""
    told = _told(points)
    if not told:
        return words.gettext("There are no values.")
    first, last = told[0], told[-1]
    named = {
        "first": unit.shown(first[1], words), "start": words.day(first[0]),
        "last": unit.shown(last[1], words), "end": words.day(last[0]),
    }  # fmt: skip
    sentences = [_way(first[2], last[2], len(told), words, named)]
    low, high = min(told, key=lambda t: t[2]), max(told, key=lambda t: t[2])
    if low[2] < min(first[2], last[2]):
        shown = unit.shown(low[1], words)
        sentences.append(
            words.gettext("Lowest: %(value)s on %(day)s.", value=shown, day=words.day(low[0]))
        )
    if high[2] > max(first[2], last[2]):
        shown = unit.shown(high[1], words)
        sentences.append(
            words.gettext("Highest: %(value)s on %(day)s.", value=shown, day=words.day(high[0]))
        )
    return " ".join(sentences)


def _told(points: Sequence[Point]) -> list[tuple[datetime, Number, float]]:
    """What has a value: when, as given, as a place needs it."""
    return [
        (p.at, p.value, v)
        for p in points
        if p.value is not None and (v := finite(p.value)) is not None
    ]


def told_of_lines(
    names: Sequence[str], lines: Sequence[Sequence[Point]], unit: Unit, words: Words
) -> str:
    """Of several: the time, each from where to where, and the highest of all."""
    told = [_told(points) for points in lines]
    every = [(name, *one) for name, points in zip(names, told, strict=True) for one in points]
    if not every:
        return words.gettext("There are no values.")
    start, end = min(e[1] for e in every), max(e[1] for e in every)
    sentences = [
        words.gettext("From %(start)s to %(end)s.", start=words.day(start), end=words.day(end))
    ]
    for name, points in zip(names, told, strict=True):
        if not points:
            sentences.append(words.gettext("%(name)s: no values.", name=name))
            continue
        first, last = unit.shown(points[0][1], words), unit.shown(points[-1][1], words)
        sentences.append(
            words.gettext(
                "%(name)s: from %(first)s to %(last)s.", name=name, first=first, last=last
            )
        )
    name, at, value, _ = max(every, key=lambda e: e[3])
    shown = unit.shown(value, words)
    sentences.append(
        words.gettext(
            "Highest: %(name)s with %(value)s on %(day)s.",
            name=name,
            value=shown,
            day=words.day(at),
        )
    )
    return " ".join(sentences)


def _way(first: float, last: float, count: int, words: Words, named: dict[str, str]) -> str:
    if count == 1:
        return words.gettext("%(first)s on %(start)s; there is one value.", **named)
    if last > first:
        return words.gettext("It rose from %(first)s on %(start)s to %(last)s on %(end)s.", **named)
    if last < first:
        return words.gettext("It fell from %(first)s on %(start)s to %(last)s on %(end)s.", **named)
    return words.gettext("It was %(first)s on %(start)s, and again on %(end)s.", **named)


def told_of_gaps(gaps: Sequence[Gap], words: Words) -> str:
    """The gaps one by one while they are few, else how many and the longest."""
    if not gaps:
        return ""
    if len(gaps) <= GAPS_TOLD:
        return " ".join(
            words.gettext(
                "From %(start)s to %(end)s: %(why)s.",
                start=words.day(g.start), end=words.day(g.end), why=clean(g.why),
            )
            for g in gaps
        )  # fmt: skip
    longest = max(gaps, key=lambda g: g.end - g.start)
    return words.ngettext(
        "There is %(n)s stretch without data; the longest is from %(start)s to %(end)s: %(why)s.",
        "There are %(n)s stretches without data; the longest is from %(start)s to %(end)s: %(why)s.",
        len(gaps),
        start=words.day(longest.start), end=words.day(longest.end), why=clean(longest.why),
    )  # fmt: skip


def told_of_parts(
    names: Sequence[str], values: Sequence[Number | None], unit: Unit, words: Words
) -> str:
    """Of values side by side: how many, the highest and the lowest."""
    told = [(n, v, f) for n, v in zip(names, values, strict=True) if v is not None and (f := finite(v)) is not None]  # fmt: skip
    if not told:
        return words.gettext("There are no values.")
    high, low = max(told, key=lambda t: t[2]), min(told, key=lambda t: t[2])
    shown = {
        "high": unit.shown(high[1], words), "highest": clean(high[0]),
        "low": unit.shown(low[1], words), "lowest": clean(low[0]),
    }  # fmt: skip
    if len(told) == 1:
        return words.gettext("%(highest)s: %(high)s.", **shown)
    if high[2] == low[2]:
        return words.ngettext("%(n)s value, %(high)s.", "%(n)s values, all of them %(high)s.", len(told), high=shown["high"])  # fmt: skip
    return words.ngettext(
        "%(n)s value; the highest is %(highest)s with %(high)s, the lowest %(lowest)s with %(low)s.",
        "%(n)s values; the highest is %(highest)s with %(high)s, the lowest %(lowest)s with %(low)s.",
        len(told), **shown,
    )  # fmt: skip
