"""Proof that a history holds the rows it says: every ordinal's table digest from the rows alone.

The digest of each distinct row is worked out from its text, stored digests are not believed; the
events then give each ordinal its multiset, whose sorted digests must hash to what was recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from verticalfile.history import segments
from verticalfile.history.births import births_by_epoch, numbered_epochs
from verticalfile.history.duck import connect
from verticalfile.history.encoding import digest_of_sorted, digests_of
from verticalfile.history.manifest import Manifest


def wrong_ordinals(folder: Path, manifest: Manifest, scratch: Path) -> Iterator[int]:
    """Numbers of the ordinals whose rows do not have the digest that was recorded.

    Time: one encoding of every distinct row, and for each ordinal one hash of its rows' digests.
    """
    epochs = numbered_epochs(manifest)
    with connect(scratch) as connection:
        births = births_by_epoch(connection, folder, manifest, epochs, believed=False)
        events = connection.sql(
            f"SELECT _rid, _ord, _dn FROM {segments.relation(folder, manifest.segments)}"
            " ORDER BY _ord"
        ).to_arrow_table()
    digests = digests_of(births.column("sha"))
    order = np.argsort(digests, kind="stable")
    in_order = digests[order]
    rank = np.full(manifest.next_rid, -1, dtype=np.int64)
    rank[births.column("rid").to_numpy()[order]] = np.arange(len(order))
    rids, changes = (events.column(c).to_numpy() for c in ("_rid", "_dn"))
    bounds = np.searchsorted(
        events.column("_ord").to_numpy(), np.arange(1, len(manifest.ordinals) + 2)
    )
    counts = np.zeros(len(digests), dtype=np.int64)
    for number, ordinal in enumerate(manifest.ordinals, start=1):
        own = slice(bounds[number - 1], bounds[number])
        places = rank[rids[own]]
        counts[places[places >= 0]] += changes[own][places >= 0]
        names = manifest.canonical(manifest.epoch_of(manifest.layouts[ordinal.layout]))
        sound = bool((places >= 0).all()) and bool((counts >= 0).all())
        if not sound or (
            digest_of_sorted(names, np.repeat(in_order, counts)) != ordinal.table_sha256
        ):
            yield number
