"""Pairing two lists of 64-bit hashes: which of the new may be which of the old."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

SPARE_BITS = 1
"""Slots are two to four times the hashes: most have one of their own, and the table stays small."""

OTHER_BITS = 32
"""Where the bits begin that name a second slot."""

Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]


def proposed_pairs(old: Hashes, new: Hashes) -> Places:
    """For each of `new` the place of an equal one of `old`, -1 where none is left.

    As many occurrences of a hash as both sides have go together, in any order. A hash only
    proposes: who calls compares what was hashed. Most find their partner by a table of places,
    which costs a third of sorting; those that share a slot of it by another, named by other bits of
    the hash; the few that are left over by sorting.
    """
    pairs = np.full(len(new), -1, dtype=np.int64)
    if not len(old) or not len(new):
        return pairs
    own, partners = _by_slot(old, new, 0)
    pairs[own] = partners
    olds, news = _all_but(partners, len(old)), _all_but(own, len(new))
    if len(olds) and len(news):
        own, partners = _by_slot(old[olds], new[news], OTHER_BITS)
        pairs[news[own]] = olds[partners]
        olds, news = olds[_all_but(partners, len(olds))], news[_all_but(own, len(news))]
    rest = _by_sorting(old[olds], new[news])
    pairs[news[rest >= 0]] = olds[rest[rest >= 0]]
    return pairs


def _all_but(taken: npt.NDArray[np.int32], count: int) -> Places:
    left = np.ones(count, dtype=bool)
    left[taken] = False
    return np.flatnonzero(left)


def _by_slot(
    old: Hashes, new: Hashes, shift: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Places in `new` and `old` that go together, found at the slot that some bits of a hash name,
    from `shift` on; the last of the old ones, and of the new ones, that come to a slot has it."""
    bits = len(old).bit_length() + SPARE_BITS
    slots = np.full(1 << bits, -1, dtype=np.int32)
    slots[_slot(old, shift, bits)] = np.arange(len(old), dtype=np.int32)
    found = slots[_slot(new, shift, bits)]
    own = np.flatnonzero((found >= 0) & (old.take(found) == new)).astype(np.int32)
    partners = found[own]
    owner = np.empty(len(old), dtype=np.int32)
    owner[partners] = own
    alone = owner[partners] == own
    return own[alone], partners[alone]


def _slot(hashes: Hashes, shift: int, bits: int) -> Places:
    shifted = hashes >> np.uint64(shift) if shift else hashes
    return (shifted & np.uint64((1 << bits) - 1)).view(np.int64)


def _by_sorting(old: Hashes, new: Hashes) -> Places:
    """`proposed_pairs` of any hashes, with as many partners as there can be."""
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
