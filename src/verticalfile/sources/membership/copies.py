"""One dataset in several catalogs: linked, never merged, for each publisher says its own of it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

from verticalfile.sources.identity import Evidence
from verticalfile.sources.membership.matching import clues_of_copies

Place = tuple[str, str]  # source, and the member's key there


def copies(catalogs: Mapping[str, Iterable[tuple[str, Evidence]]]) -> tuple[tuple[Place, ...], ...]:
    """Groups of members of different sources that are one: by platform id, or service and title.

    A clue that one source has twice tells nothing. Groups and their places are sorted.
    """
    holders: dict[Hashable, dict[str, list[Place]]] = {}
    for source, members in catalogs.items():
        for key, evidence in members:
            for clue in clues_of_copies(evidence):
                holders.setdefault(clue, {}).setdefault(source, []).append((source, key))
    group_of: dict[Place, set[Place]] = {}
    for by_source in holders.values():
        if len(by_source) < 2 or any(len(places) > 1 for places in by_source.values()):
            continue
        together = {place for places in by_source.values() for place in places}
        merged = set(together).union(*(group_of.get(place, set()) for place in together))
        for place in merged:
            group_of[place] = merged
    groups = {tuple(sorted(group)) for group in group_of.values()}
    return tuple(sorted(groups))
