"""What must be said of the key by which rows of two versions were matched: that rows share one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from verticalfile.catalog.versions import Version
from verticalfile.history.history import History
from verticalfile.history.manifest import Segment
from verticalfile.history.views.key_repeats import key_repeats
from verticalfile.services.archive import Archive
from verticalfile.services.decisions import decisions_of
from verticalfile.services.known.table_history import TableHistory
from verticalfile.services.opening import history_of
from verticalfile.services.through_time.comparing import Compared
from verticalfile.services.visibility import Viewer, visible_to

MOST_ROWS = 2_000_000
"""Different rows up to which it is looked for: of 500,000 it takes 0.8 s of processor time, once."""
KEPT = 64
"""Tables of which the answer is kept in memory: a set of numbers each."""


@dataclass(frozen=True, slots=True)
class KeyShared:
    """Rows share a value of the key in `version`, one of two that are compared; None: so many rows
    were ever in the table that nobody looked."""

    version: Version | None
    since: Version | None = None  # where it began; None: they did in the first version already


def key_shared(archive: Archive, found: Compared, *, viewer: Viewer) -> KeyShared | None:
    """Whether rows of the newer version, or else of the older one, share a value of the key by
    which these two were matched, and since when. Versions that may not be seen are passed over."""
    history = history_of(archive, found.table)
    sides = found.new, found.old
    newer, older = (history.ordinal_of(v.sha256) for v in sides)
    if not found.changes.key or newer is None or older is None:
        return None
    ids = history.key_ids(decisions_of(archive, found.table.id).key, older, newer)
    if not ids:
        return None
    if history.history.manifest.next_rid > MOST_ROWS:
        return KeyShared(None)
    versions = archive.index.versions(found.resource.id)
    known = _shared([v for v in versions if visible_to(viewer, v)], history, ids)
    shared = next((v for v in sides if known.get(v.number)), None)
    if shared is None:
        return None
    before = sorted(number for number in known if number <= shared.number)
    since = shared.number
    while before and known[before[-1]]:
        since = before.pop()
    first = next(v for v in versions if v.number == since)
    return KeyShared(shared, first if before else None)


def _shared(
    versions: Sequence[Version], history: TableHistory, ids: tuple[str, ...]
) -> dict[int, bool]:
    """By number of each version that has the key, whether rows share a value."""
    ordinals = {
        v.number: ordinal
        for v in versions
        if (ordinal := history.ordinal_of(v.sha256)) is not None
        and set(ids) <= set(history.layout_of(ordinal).ids)
    }
    whole = history.history
    found = _repeats(
        whole.folder, history.id, whole.scratch, whole.manifest.segments, ids,
        tuple(sorted(ordinals.values())),
    )  # fmt: skip
    return {number: ordinal in found for number, ordinal in ordinals.items()}


@lru_cache(maxsize=KEPT)
def _repeats(
    folder: Path, table: str, scratch: Path, segments: tuple[Segment, ...],
    ids: tuple[str, ...], ordinals: tuple[int, ...],
) -> frozenset[int]:  # fmt: skip
    """The ordinals in which the key repeats. `segments`, which never change, tell of which rows it
    was true: it goes through all that ever happened to a table, of which a reader turns pages."""
    found = key_repeats(History(folder, table, scratch=scratch), ids, ordinals)
    return frozenset(ordinal for ordinal, times in found.items() if times)
