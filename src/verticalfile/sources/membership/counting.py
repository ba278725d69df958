"""How two listings differ, in numbers, for reports and previews; it decides nothing.

Unlike the fold it knows no time but what was ever seen, takes the first entry where an identifier
repeats, and pairs re-keyed ones by any one clue; so it can be set beside other people's counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from verticalfile.sources.identity import Entry
from verticalfile.sources.membership.matching import unique_pairs

CLUES: dict[str, Callable[[Entry], str]] = {
    "same_last_path_segment": lambda entry: entry.evidence.tail,
    "same_service_url": lambda entry: entry.evidence.service,
    "same_title": lambda entry: entry.evidence.title.strip(),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """Counts of identifiers from one listing to the next."""

    kept: int
    changed: int
    changed_only_modified: int
    came: int
    vanished: int
    returned: int
    rekeyed_by: dict[str, int]
    same_set: bool  # the same records, whatever their order

    @property
    def rekeyed(self) -> int:
        """Pairs of an old and a new identifier that share a clue, by all clues."""
        return sum(self.rekeyed_by.values())


def difference(
    before: Sequence[Entry], after: Sequence[Entry], seen_before: Collection[str]
) -> Difference:
    """Compare two listings; `seen_before` are identifiers of all earlier ones."""
    old, new = by_identifier(before), by_identifier(after)
    kept = [(old[name], entry) for name, entry in new.items() if name in old]
    changed = [(one, other) for one, other in kept if one.digest != other.digest]
    gone = [entry for name, entry in old.items() if name not in new]
    fresh = [entry for name, entry in new.items() if name not in old and name not in seen_before]
    unheard = len(new) - len(kept) - len(fresh)
    rekeyed_by = {}
    for name, clue in CLUES.items():
        pairs = unique_pairs(gone, fresh, clue, clue)
        rekeyed_by[name] = len(pairs)
        paired = {id(entry) for pair in pairs for entry in pair}
        gone = [entry for entry in gone if id(entry) not in paired]
        fresh = [entry for entry in fresh if id(entry) not in paired]
    return Difference(
        kept=len(kept),
        changed=len(changed),
        changed_only_modified=sum(o.steady_digest == n.steady_digest for o, n in changed),
        came=len(fresh),
        vanished=len(gone),
        returned=unheard,
        rekeyed_by=rekeyed_by,
        same_set=Counter(e.digest for e in before) == Counter(e.digest for e in after),
    )


def by_identifier(entries: Sequence[Entry]) -> dict[str, Entry]:
    """The first entry of each identifier."""
    found: dict[str, Entry] = {}
    for entry in entries:
        found.setdefault(entry.evidence.identifier, entry)
    return found
