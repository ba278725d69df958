"""Looking at a drawing: its texts with their boxes, its marks with their places."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass

from verticalfile.charts.drawing import NARROW, WIDE
from verticalfile.charts.kinds.timeline import BROAD
from verticalfile.charts.pen import Box, box_of

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Seen:
    root: ET.Element
    width: float
    height: float

    @property
    def texts(self) -> list[str]:
        return [e.text or "" for e in self.root.iter() if e.tag == "text"]

    @property
    def boxes(self) -> list[tuple[str, Box]]:
        size = 13 if self.width == NARROW.width else 14
        return [
            (
                e.text or "",
                box_of(
                    float(e.get("x")), float(e.get("y")), e.text or "", size,
                    e.get("text-anchor", "start"),
                ),
            )
            for e in self.root.iter("text")
        ]  # fmt: skip

    def paths(self, kind: str) -> list[str]:
        """The `d` of paths of exactly this class."""
        return [e.get("d") for e in self.root.iter("path") if e.get("class") == kind]

    @property
    def marks(self) -> int:
        """Commands that draw something that stands for a value."""
        kinds = ("c-s ", "c-f", "c-p", "c-w", "c-m ")
        return sum(
            len(re.findall("M", e.get("d")))
            for e in self.root.iter("path")
            if e.get("class", "").startswith(kinds)
        )


def seen(svg: str) -> Seen:
    root = ET.fromstring(svg)
    left, top, width, height = map(float, root.get("viewBox").split())
    assert (left, top) == (0, 0)
    assert width in (WIDE.width, NARROW.width, BROAD.width, 120)
    return Seen(root, width, height)


def moves(d: str) -> list[tuple[float, float]]:
    """Where each part of a path begins."""
    return [(float(x), float(y)) for x, y in re.findall(r"M(-?[\d.]+) (-?[\d.]+)", d)]


def corners(d: str) -> list[tuple[float, float]]:
    """The corners of a path of M, H, V and L alone."""
    at, found = (0.0, 0.0), []
    for command, numbers in re.findall(r"([MHVL])([-\d. ]+)", d):
        values = [float(n) for n in numbers.split()]
        if command in "ML":
            at = (values[0], values[1])
        else:
            at = (values[0], at[1]) if command == "H" else (at[0], values[0])
        found.append(at)
    return found


def bars(d: str) -> list[tuple[float, float, float, float]]:
    """x, y, width, height of parts written as `Mx yhWvHh-Wz`."""
    return [
        tuple(map(float, part))
        for part in re.findall(r"M(-?[\d.]+) (-?[\d.]+)h(-?[\d.]+)v(-?[\d.]+)h-?[\d.]+z", d)
    ]
