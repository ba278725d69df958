"""Compaction: neighbouring small segments become one, so that a long history stays few files.

Size-tiered (engine.md 1.3): sixteen neighbours below 8 MB, each spanning less than sixteen times
the ordinals of the smallest, are merged by a plain union sorted by row and ordinal. The merged
files stay until no manifest lists them; a reader that meets a missing file loads the manifest anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from verticalfile.history import segments
from verticalfile.history.duck import connect
from verticalfile.history.manifest import Manifest, Segment

NEIGHBOURS = 8
SMALL_BYTES = 8 << 20


def compact(folder: Path, manifest: Manifest, scratch: Path) -> Manifest:
    """Merge while a run of neighbours is due; the caller lists the result."""
    while (run := _due(manifest.segments)) is not None:
        at = manifest.segments.index(run[0])
        merged = _merge(folder, manifest, run, scratch)
        manifest = manifest.with_(
            segments=(*manifest.segments[:at], merged, *manifest.segments[at + len(run) :])
        )
    return manifest


def _due(held: Sequence[Segment]) -> Sequence[Segment] | None:
    for start in range(len(held) - NEIGHBOURS + 1):
        run = held[start : start + NEIGHBOURS]
        spans = [s.last - s.first + 1 for s in run]
        alike = all(s.digests == run[0].digests and s.marked == run[0].marked for s in run)
        if (
            alike
            and all(s.size_bytes < SMALL_BYTES and not s.dense for s in run)
            and (max(spans) < NEIGHBOURS * min(spans))
        ):
            return run
    return None


def _merge(folder: Path, manifest: Manifest, run: Sequence[Segment], scratch: Path) -> Segment:
    columns = sorted({c for s in run for c in s.columns})
    with connect(scratch) as connection:
        table = connection.execute(
            f"SELECT * FROM {segments.relation(folder, run, columns)} ORDER BY _rid, _ord"
        ).to_arrow_table()
    names = {column.id: column.canonical for column in manifest.columns if column.id in columns}
    return segments.write(
        folder, table, first=run[0].first, last=run[-1].last, names=names, digests=run[0].digests
    )
