"""The rule that makes versions of captures and absences, whatever the order they came in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from verticalfile.catalog.versions import (
    Absence,
    AsOf,
    Sighting,
    Version,
    as_of,
    readable_before,
    versions_of,
)

START = datetime(2021, 1, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def sighting(
    on: int, content: str, *, walk: int = 0, last: int | None = None, reason: str = "",
    held: bool = False, capture: str | None = None,
) -> Sighting:  # fmt: skip
    own = capture or f"{on}-{walk}-{content}"
    last_seen = day(on if last is None else last)
    return Sighting(own, day(on), last_seen, walk, content, 1, reason, held=held)


def contents(versions: list[Version]) -> list[str]:
    return [v.sha256 for v in versions]


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Sighting], list[Absence]]:
    """Few contents, close together in time, so that runs, ties and returns are common."""
    unreadable = draw(st.sets(st.sampled_from("abcd"), max_size=2))
    drawn = draw(
        st.lists(
            st.tuples(st.integers(0, 9), st.integers(0, 3), st.sampled_from("abcd"),
                      st.integers(0, 5), st.booleans()),
            max_size=12,
            unique_by=lambda each: each[:3],
        )
    )  # fmt: skip
    seen = [
        sighting(on, c, walk=w, last=on + more, reason="html" if c in unreadable else "", held=held)
        for on, w, c, more, held in drawn
    ]
    absent = draw(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), max_size=4))
    return seen, [Absence(day(on), walk) for on, walk in absent]


@given(histories(), st.randoms(use_true_random=False))
def test_any_order_of_coming_in_gives_the_same_versions(history, random) -> None:
    seen, absent = history
    expected = versions_of(seen, absent)
    random.shuffle(seen)
    random.shuffle(absent)
    assert versions_of(seen, absent) == expected


@given(histories())
def test_versions_are_the_maximal_runs_between_absences(history) -> None:
    seen, absent = history
    steps = [((s.seen_at, s.walk, 1, s.capture), s.sha256) for s in seen]
    steps += [((a.seen_at, a.walk, 0, ""), "") for a in absent]
    runs = [content for content, _ in groupby(c for _, c in sorted(steps))]
    versions = versions_of(seen, absent)
    assert contents(versions) == [content for content in runs if content]
    assert [v.number for v in versions] == list(range(1, len(versions) + 1))
    kept = [capture for v in versions for capture in v.captures]
    assert sorted(kept) == sorted(s.capture for s in seen)


@given(histories())
def test_a_version_lasts_at_least_as_long_as_each_of_its_sightings(history) -> None:
    by_id = {s.capture: s for s in history[0]}
    for version in versions_of(*history):
        own = [by_id[c] for c in version.captures]
        assert version.seen_at == min(s.seen_at for s in own)
        assert version.last_seen_at == max(s.last_seen_at for s in own)
        assert version.held == all(s.held for s in own)


@given(histories(), st.integers(-1, 12))
def test_as_of_is_the_last_readable_released_one_seen_by_then(history, on: int) -> None:
    versions = versions_of(*history)
    answer = as_of(versions, day(on))
    fit = [v for v in versions if v.readable and not v.held and v.seen_at <= day(on)]
    assert answer.version == (fit[-1] if fit else None)
    newer = [v for v in versions if v.seen_at <= day(on) and v not in fit[-1:]]
    newer = [v for v in newer if not fit or v.number > fit[-1].number]
    assert sorted(v.number for v in answer.passed_over) == [v.number for v in newer]
    assert all(v.held or v.reason for v in answer.passed_over)


@given(histories())
def test_comparison_is_with_the_last_readable_one_that_is_not_held(history) -> None:
    versions = versions_of(*history)
    expected = {}
    for number, version in enumerate(versions):
        fit = [v for v in versions[:number] if v.readable and not v.held]
        if version.readable and fit:
            expected[version.number] = fit[-1]
    assert readable_before(versions) == expected


def test_an_absence_ends_a_run_even_when_the_same_bytes_return() -> None:
    versions = versions_of([sighting(1, "a"), sighting(5, "a")], [Absence(day(3))])
    assert contents(versions) == ["a", "a"]
    assert versions[0].absent_from == day(3)
    assert versions[1].absent_from is None
    assert as_of(versions, day(2)) == AsOf(versions[0])
    assert as_of(versions, day(4)) == AsOf(versions[0], absent_since=day(3))
    assert as_of(versions, day(5)) == AsOf(versions[1])
    assert as_of(versions, day(0)) == AsOf(None)


def test_an_absence_before_anything_was_seen_says_nothing() -> None:
    assert versions_of([], [Absence(day(1))]) == []
    (only,) = versions_of([sighting(2, "a")], [Absence(day(1))])
    assert only.absent_from is None


def test_the_first_of_several_absences_is_the_one_told() -> None:
    (only,) = versions_of([sighting(1, "a")], [Absence(day(6)), Absence(day(4))])
    assert only.absent_from == day(4)


def test_at_one_moment_the_place_in_the_walk_decides_and_then_the_id() -> None:
    seen = [sighting(1, "b", walk=2), sighting(1, "c", walk=1), sighting(1, "a", walk=1)]
    assert contents(versions_of(seen, [])) == ["a", "c", "b"]


def test_an_earlier_capture_found_later_moves_the_numbers() -> None:
    seen = [sighting(5, "b"), sighting(9, "c")]
    assert [v.number for v in versions_of(seen, [])] == [1, 2]
    again = versions_of([*seen, sighting(1, "a"), sighting(7, "b")], [])
    assert [(v.number, v.sha256) for v in again] == [(1, "a"), (2, "b"), (3, "c")]
    assert again[1].last_seen_at == day(7)


def test_an_unreadable_version_has_a_number_and_is_never_current() -> None:
    seen = [sighting(1, "a"), sighting(2, "x", reason="html"), sighting(3, "y", held=True)]
    versions = versions_of(seen, [])
    answer = as_of(versions, day(4))
    assert [v.number for v in versions] == [1, 2, 3]
    assert answer.version == versions[0]
    assert {v.number for v in answer.passed_over} == {2, 3}


def test_absence_after_an_unreadable_version_is_told_beside_the_last_readable_one() -> None:
    versions = versions_of([sighting(1, "a"), sighting(2, "x", reason="html")], [Absence(day(3))])
    assert as_of(versions, day(4)).version == versions[0]
    assert as_of(versions, day(4)).absent_since == day(3)
    assert as_of(versions, day(2)).absent_since is None


def test_a_release_of_one_capture_releases_the_run() -> None:
    (version,) = versions_of([sighting(1, "a", held=True), sighting(2, "a")], [])
    assert not version.held
