"""Which of the new may be which of the old: as many pairs as there can be, each of equal hashes."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from verticalfile.tables.pairing import proposed_pairs

SAME_SLOT = 1 << 40
"""Hashes that differ in bits which no table of places looks at."""
hashes = st.lists(
    st.one_of(
        st.integers(0, 12), st.integers(0, 3).map(lambda n: n * SAME_SLOT + 5), st.integers(0, 2**64 - 1)
    ),
    max_size=60,
)  # fmt: skip


@given(old=hashes, new=hashes)
def test_as_many_go_together_as_both_sides_have_and_none_twice(
    old: list[int], new: list[int]
) -> None:
    pairs = proposed_pairs(np.array(old, dtype=np.uint64), np.array(new, dtype=np.uint64)).tolist()
    paired = [(place, n) for n, place in enumerate(pairs) if place >= 0]
    assert len(pairs) == len(new)
    assert all(old[place] == new[n] for place, n in paired)
    assert len({place for place, _ in paired}) == len(paired)
    assert len(paired) == (Counter(old) & Counter(new)).total()


def test_a_million_that_share_every_slot_are_paired_all_the_same() -> None:
    alike = np.arange(1_000_000, dtype=np.uint64) << np.uint64(40)
    assert (proposed_pairs(alike, alike[::-1].copy()) >= 0).all()
