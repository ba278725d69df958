"""The last comparisons of this process: who pages through one asks for it again and again.

Bounded in rows, and only in memory. A history that was written to since is another one, and what
a viewer may see is asked before this is. Decision 0027.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from verticalfile.services.known.table_history import TableHistory
from verticalfile.tables.changes import Changes

ROWS = 60_000
"""Of all comparisons at hand together: some 100 MB of a table of 12 columns."""

_held: OrderedDict[tuple[object, ...], Changes] = OrderedDict()
_lock = threading.Lock()


def at_hand(
    history: TableHistory, ordinals: tuple[int, int], key: object, work_out: Callable[[], Changes]
) -> Changes:
    """The changes between two ordinals, worked out where they are not at hand."""
    known = held(history, ordinals, key)
    if known is not None:
        return known
    found = work_out()
    folder, state = str(history.history.folder), history.history.manifest
    asked = (folder, state, ordinals, repr(key))
    with _lock:
        for other in [each for each in _held if each[0] == folder and each[1] != state]:
            del _held[other]  # of a history that is no more
        _held[asked] = found
        while _held and sum(map(_size, _held.values())) > ROWS:
            _held.popitem(last=False)
    return found


def held(history: TableHistory, ordinals: tuple[int, int], key: object) -> Changes | None:
    """The changes between two ordinals, where they are at hand."""
    asked = (str(history.history.folder), history.history.manifest, ordinals, repr(key))
    with _lock:
        if asked in _held:
            _held.move_to_end(asked)
        return _held.get(asked)


def _size(found: Changes) -> int:
    return len(found.added) + len(found.removed) + 2 * len(found.changed)
