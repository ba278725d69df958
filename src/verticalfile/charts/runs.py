"""From points to what may be drawn: runs of a line that end where nothing is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from verticalfile.charts.drawing import finite
from verticalfile.charts.words import Number


@dataclass(frozen=True, slots=True)
class Point:
    """A value from a moment on; None: from here on it is not known."""

    at: datetime
    value: Number | None


@dataclass(frozen=True, slots=True)
class Gap:
    """A time of which nothing is known, and why in a few words."""

    start: datetime
    end: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Series:
    """One line. Its points may come in any order."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """Values known one after the other, the last of them until `end`."""

    points: tuple[tuple[datetime, float], ...]
    end: datetime


def known(series: Series) -> list[Point]:
    """The points by time, one a moment (the last said), what is no number as None."""
    by_moment = {}
    for point in sorted(series.points, key=lambda p: p.at):
        by_moment[point.at] = point if finite(point.value) is not None else Point(point.at, None)
    return list(by_moment.values())


def step_runs(points: Sequence[Point], gaps: Sequence[Gap], until: datetime) -> list[Run]:
    """Each value holds until the next point, the next gap or `until`; never through a gap."""
    runs: list[Run] = []
    held: list[tuple[datetime, float]] = []
    ordered = sorted(gaps, key=lambda g: g.start)
    for place, point in enumerate(points):
        value = finite(point.value)
        following = points[place + 1].at if place + 1 < len(points) else max(until, point.at)
        if value is None:
            continue
        end = min([following, *(max(g.start, point.at) for g in ordered if g.end > point.at)])
        held.append((point.at, value))
        goes_on = end == following and place + 1 < len(points) and points[place + 1].value is not None  # fmt: skip
        if not goes_on:
            runs.append(Run(tuple(held), end))
            held = []
    return runs


def slope_runs(points: Sequence[Point], gaps: Sequence[Gap]) -> list[Run]:
    """Points joined one to the next, unless a gap or something unknown lies between."""
    runs: list[Run] = []
    held: list[tuple[datetime, float]] = []
    for place, point in enumerate(points):
        value = finite(point.value)
        if value is None:
            continue
        held.append((point.at, value))
        following = points[place + 1] if place + 1 < len(points) else None
        between = following is not None and any(
            g.start < following.at and g.end > point.at for g in gaps
        )
        if following is None or following.value is None or between:
            runs.append(Run(tuple(held), point.at))
            held = []
    return runs


def thinned(points: Sequence[Point], at_most: int) -> list[Point]:
    """At most so many points: of each equal stretch of time the first, lowest, highest and last,
    so that no extreme is lost and what is unknown stays so."""
    if len(points) <= at_most:
        return list(points)
    buckets = max(1, at_most // 4)
    start, end = points[0].at, points[-1].at
    whole = (end - start).total_seconds() or 1.0
    gathered: dict[int, list[Point]] = {}
    for point in points:
        share = (point.at - start).total_seconds() / whole
        gathered.setdefault(min(buckets - 1, int(share * buckets)), []).append(point)
    found: list[Point] = []
    for inside in gathered.values():
        told = [p for p in inside if p.value is not None]
        picked = {id(inside[0]): inside[0], id(inside[-1]): inside[-1]}
        for best in (min, max):
            if told:
                one = best(told, key=lambda p: finite(p.value) or 0.0)
                picked[id(one)] = one
        found += sorted(picked.values(), key=lambda p: p.at)
    return found
