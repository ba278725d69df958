"""Row digests that are too many for memory, in buckets on disk by their first bytes.

Each bucket fits in memory, and all digests of one come before those of the next: so sorting,
counting and finding go bucket by bucket (engine.md 0.1: sorted with a spill folder).
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from verticalfile.history.encoding import Digests, leading

RECORD = np.dtype([("sha", "S32"), ("number", "<i8")])
BUCKET_ROWS = 500_000
"""20 MB of a bucket, and some times that to sort two of them side by side."""
BUCKETS_MAX = 256
"""Files that are open at once, twice: digests of a hundred million rows, then buckets grow."""


def buckets_for(rows: int) -> int:
    """How many buckets so many digests need."""
    return max(1, min(-(-rows // BUCKET_ROWS), BUCKETS_MAX))


class Buckets:
    """Digests, each with a number, put in as they come and taken out in order."""

    def __init__(self, folder: Path, count: int) -> None:
        self._count = count
        self._only: tuple[Digests, npt.NDArray[np.int64]] | None = None
        self._is_sorted = False
        self._files: list[BinaryIO] = [
            tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # as long as this lives
            for _ in range(count)
        ]  # fmt: skip

    def add(self, digests: Digests, numbers: npt.NDArray[np.int64]) -> None:
        records = _records(digests, numbers)
        if self._count == 1:
            self._files[0].write(records.tobytes())
            return
        owner = ((leading(digests) >> np.uint64(48)) * np.uint64(self._count)) >> np.uint64(16)
        order = np.argsort(owner, kind="stable")
        bounds = np.searchsorted(owner[order], np.arange(self._count + 1))
        for place, (start, end) in enumerate(itertools.pairwise(bounds)):
            if end > start:
                self._files[place].write(records[order[start:end]].tobytes())

    def in_order(self) -> Iterator[tuple[Digests, npt.NDArray[np.int64]]]:
        """Bucket by bucket: digests sorted, equal ones in the order in which they were put in."""
        for file in self._files:
            yield self._only or _sorted(file, is_sorted=self._is_sorted)

    def sort(self) -> None:
        """Sort once for many times of taking out; one bucket alone stays in memory."""
        if self._count == 1:
            self._only = _sorted(self._files[0], is_sorted=False)
            return
        for file in self._files:
            digests, numbers = _sorted(file, is_sorted=False)
            file.seek(0)
            file.write(_records(digests, numbers).tobytes())
        self._is_sorted = True


def _records(digests: Digests, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.void]:
    records = np.empty(len(digests), dtype=RECORD)
    records["sha"], records["number"] = digests, numbers
    return records


def _sorted(file: BinaryIO, *, is_sorted: bool) -> tuple[Digests, npt.NDArray[np.int64]]:
    file.seek(0)
    records = np.frombuffer(file.read(), dtype=RECORD)
    digests = np.ascontiguousarray(records["sha"])
    if is_sorted:
        return digests, np.ascontiguousarray(records["number"])
    order = sorting_order(digests)
    return digests[order], records["number"][order]


def sorting_order(digests: Digests) -> npt.NDArray[np.int64]:
    """The places of digests in the order of their bytes; equal ones keep theirs."""
    if not len(digests):
        return np.empty(0, dtype=np.int64)
    firsts = leading(digests)
    order = np.argsort(firsts, kind="stable")
    alike = np.flatnonzero(firsts[order[1:]] == firsts[order[:-1]])
    forged = digests[order[alike]] != digests[order[alike + 1]]  # eight bytes alike, others not
    return np.argsort(digests, kind="stable") if bool(forged.any()) else order
