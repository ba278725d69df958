"""Proof that a history holds the rows it says: every ordinal's table digest from the rows alone.

The digest of each distinct row is worked out from its text, stored digests are not believed; the
events then give each ordinal its multiset, whose sorted digests must hash to what was recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from verticalfile.history import segments
from verticalfile.history.births import encodings_of, worked_out
from verticalfile.history.duck import connect
from verticalfile.history.encoding import digest_of_parts
from verticalfile.history.manifest import Manifest
from verticalfile.history.views.buckets import Buckets, buckets_for


def wrong_ordinals(folder: Path, manifest: Manifest, scratch: Path) -> Iterator[int]:
    """Numbers of the ordinals whose rows do not have the digest that was recorded.

    Time: one encoding of every distinct row, and for each ordinal one hash of its rows' digests.
    Memory: some bytes a row and an event; the digests of many rows are on disk.
    """
    rows = Buckets(scratch, buckets_for(manifest.next_rid))
    is_born = np.zeros(manifest.next_rid, dtype=bool)
    with connect(scratch) as connection:
        for own in encodings_of(manifest.layouts, manifest):
            for digests, rids in worked_out(connection, folder, manifest, manifest.segments, own):
                rows.add(digests, rids)
                is_born[rids] = True
        events = connection.execute(
            f"SELECT _rid, _ord, _dn FROM {segments.relation(folder, manifest.segments)}"
            " ORDER BY _ord"
        ).to_arrow_table()
    rows.sort()
    all_rids, changes = (events.column(c).to_numpy() for c in ("_rid", "_dn"))
    bounds = np.searchsorted(
        events.column("_ord").to_numpy(), np.arange(1, len(manifest.ordinals) + 2)
    )
    counts = np.zeros(manifest.next_rid, dtype=np.int32)
    for number, ordinal in enumerate(manifest.ordinals, start=1):
        own_events = slice(bounds[number - 1], bounds[number])
        rids = all_rids[own_events]
        counts[rids] += changes[own_events]
        names = manifest.canonical(manifest.epoch_of(manifest.layouts[ordinal.layout]))
        sound = bool(is_born[rids].all()) and bool((counts[rids] >= 0).all())
        present = (np.repeat(digests, counts[own]) for digests, own in rows.in_order())
        if not sound or digest_of_parts(names, present) != ordinal.table_sha256:
            counts = np.maximum(counts, 0)
            yield number
