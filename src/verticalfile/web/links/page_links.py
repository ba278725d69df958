"""Links to pages by their numbers: the first, the last, and those near the open one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

NEAR = 2


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page by its number; no link: the open one; no number: pages between are left out."""

    number: int
    link: str


def numbered(here: int, last: int, to: Callable[[int], str]) -> list[PageLink]:
    """The links that a pager shows, with gaps."""
    wanted = sorted({1, last, *range(max(1, here - NEAR), min(last, here + NEAR) + 1)})
    found: list[PageLink] = []
    for n, before in zip(wanted, [0, *wanted], strict=False):
        if n > before + 1:
            found.append(PageLink(0, ""))
        found.append(PageLink(n, "" if n == here else to(n)))
    return found


@dataclass(frozen=True, slots=True)
class Pager:
    """Everything that `parts/pager.html` asks for."""

    pages: list[PageLink]
    previous: str
    following: str

    def __bool__(self) -> bool:
        return len(self.pages) > 1


def pager(here: int, last: int, to: Callable[[int], str]) -> Pager:
    """Links around one page of several."""
    return Pager(
        numbered(here, last, to),
        to(here - 1) if here > 1 else "",
        to(here + 1) if here < last else "",
    )
