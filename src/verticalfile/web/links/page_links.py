"""Links to pages by their numbers: the first, the last, and those near the open one; and what is
shown of lists that may be long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.utils import timezone

from verticalfile.catalog.versions import Version

NEAR = 2
OFFERED = 120
"""So many versions are offered all; of more those of a list's two ends weigh more than the page."""
BESIDE = 20
"""So many on each side of one that is open are offered always."""

T = TypeVar("T")


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


@dataclass(frozen=True, slots=True)
class Stretch(Generic[T]):
    """One page of a list that may be long, and the way to the others."""

    items: Sequence[T]
    page: int
    pages: int
    pager: Pager


def stretch(items: Sequence[T], page: int, *, size: int, to: Callable[[int], str]) -> Stretch[T]:
    """So many of a list; a page that is not there is the nearest one that is."""
    pages = max(1, -(-len(items) // size))
    page = min(max(1, page), pages)
    return Stretch(items[(page - 1) * size : page * size], page, pages, pager(page, pages, to))


def offered(versions: Sequence[Version], chosen: Sequence[Version]) -> list[Version]:
    """Versions to choose from, in the order given: all, or of very many those beside the chosen
    ones and the last of each month."""
    if len(versions) <= OFFERED:
        return list(versions)
    near = {i for i, v in enumerate(versions) if v in chosen}
    months: dict[tuple[int, int], int] = {}
    for i, version in enumerate(versions):
        seen = timezone.localtime(version.seen_at)
        best = months.setdefault((seen.year, seen.month), i)
        if version.seen_at > versions[best].seen_at:
            months[seen.year, seen.month] = i
    kept = {*months.values(), *(j for i in near for j in range(i - BESIDE, i + BESIDE + 1))}
    return [version for i, version in enumerate(versions) if i in kept]
