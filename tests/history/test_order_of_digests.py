"""The bytewise order of row digests, worked out from the order before, is the one of sorting."""

from __future__ import annotations

import hashlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from verticalfile.history import encoding
from verticalfile.history.step import Newest, kept_of

PREFIX = bytes(8)
digests = st.one_of(
    st.binary(min_size=32, max_size=32),
    st.integers(0, 9).map(lambda n: bytes([n]) * 32),  # the same row many times
    st.integers(0, 9).map(lambda n: PREFIX + bytes([n + 1]) * 24),  # eight bytes alike, others not
)


def as_digests(found: list[bytes]) -> encoding.Digests:
    return np.frombuffer(b"".join(found), dtype="S32")


def plainly(found: list[bytes]) -> str:
    names = hashlib.sha256(b'["a"]').digest()
    return hashlib.sha256(names + b"".join(sorted(found))).hexdigest()


@given(before=st.lists(digests, max_size=40), data=st.data())
def test_what_stays_and_what_comes_are_ordered_as_if_sorted(
    before: list[bytes], data: st.DataObject
) -> None:
    stay = data.draw(st.lists(st.sampled_from(range(len(before))), unique=True)) if before else []
    new = data.draw(st.lists(digests, max_size=20))
    places = data.draw(st.permutations([*stay, *[-1] * len(new)]))
    coming = iter(new)
    after = [before[place] if place >= 0 else next(coming) for place in places]
    held = as_digests(before)
    kept = kept_of(Newest(held, encoding.order_of(held)), np.array(places, dtype=np.int64))
    kept.digests[kept.came] = as_digests(new)
    assert kept.digests.tobytes() == b"".join(after)
    gone = sorted(set(range(len(before))) - set(stay))
    assert kept.gone.tobytes() == b"".join(before[place] for place in gone)
    order = encoding.order_with(kept.order, kept.firsts, kept.came, kept.digests)
    assert sorted(order.tolist()) == list(range(len(after)))
    assert encoding.table_digest(["a"], kept.digests, order) == plainly(after)
    assert encoding.table_digest(["a"], kept.digests) == plainly(after)
    assert encoding.in_order(kept.digests).tobytes() == b"".join(sorted(after))
