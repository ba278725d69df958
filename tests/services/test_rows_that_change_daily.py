"""A row of many contents: what stands at each time is the sum of the events before it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from verticalfile.history.history import RowState
from verticalfile.services.through_time.comparing import _standing

events = st.dictionaries(st.integers(1, 9), st.sampled_from((-1, 1, 2)), max_size=5)


@given(changes=st.lists(events, max_size=6), ordinals=st.lists(st.integers(1, 10), max_size=8))
def test_what_stands_at_an_ordinal_is_the_sum_of_the_events_up_to_it(changes, ordinals) -> None:
    states = [RowState({"c1": str(n)}, each) for n, each in enumerate(changes)]
    sums = {
        o: [(s, n) for s in states if (n := sum(c for at, c in s.events.items() if at <= o))]
        for o in ordinals
    }
    assert _standing(states, ordinals) == sums
