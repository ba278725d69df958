"""Pairing two lists of 64-bit hashes: which of the new may be which of the old."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]


def proposed_pairs(old: Hashes, new: Hashes) -> Places:
    """For each of `new` the place of an equal one of `old`, -1 where none is left.

    As many occurrences of a hash as both sides have go together, in any order. A hash only
    proposes: who calls compares what was hashed.
    """
    old_order, new_order = np.argsort(old), np.argsort(new)
    olds, news = old[old_order], new[new_order]
    partner = np.searchsorted(olds, news, side="left")
    if _all_differ(olds) and _all_differ(news):
        paired = partner < len(olds)
        paired[paired] = olds[partner[paired]] == news[paired]
    else:
        rank = np.arange(len(news)) - np.searchsorted(news, news, side="left")
        held = np.searchsorted(olds, news, side="right") - partner
        paired = rank < held
        partner += rank
    pairs = np.full(len(new), -1, dtype=np.int64)
    pairs[new_order[paired]] = old_order[partner[paired]]
    return pairs


def _all_differ(ordered: Hashes) -> bool:
    return not bool(np.any(ordered[1:] == ordered[:-1]))
