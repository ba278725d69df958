"""Where a key repeats: as counting the rows of each version gives it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_history import an_original, ingest

from verticalfile.history.history import History
from verticalfile.history.views.key_repeats import key_repeats

cells = st.sampled_from(("", "a", "b", "c", None))
versions = st.lists(st.lists(st.tuples(cells, cells, cells), max_size=7), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(versions=versions, width=st.integers(1, 2), data=st.data())
def test_it_is_what_counting_the_rows_of_each_version_gives(
    versions, width, data, tmp_path_factory
) -> None:
    folder: Path = tmp_path_factory.mktemp("history")
    history = History(folder / "h", "t", scratch=folder)
    names = ("one", "two", "three")
    ingest(history, *(an_original(f"s{n}", names, rows) for n, rows in enumerate(versions)))
    ids = history.manifest.layouts[0].ids[:width]
    wanted = data.draw(st.sets(st.integers(1, len(versions))))
    assert key_repeats(history, ids, list(wanted)) == {
        n: sum(times > 1 for times in Counter(row[:width] for row in versions[n - 1]).values())
        for n in wanted
    }
