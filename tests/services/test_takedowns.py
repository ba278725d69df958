"""A request to take something down is a record with a state; it hides only when told and destroys
nothing."""

from __future__ import annotations

from datetime import date

import pytest
from test_embargoes import Room

from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import open_archive
from verticalfile.services.deciding import takedowns, withholding
from verticalfile.services.known.takedown_requests import By, Ground, State
from verticalfile.services.names import NotHeld
from verticalfile.services.taking_in import rebuild


@pytest.fixture
def room(tmp_path):
    room = Room(tmp_path)
    room.collect("1,a", "2,b")
    return room


def ask(room, **more):
    told = {
        "ground": Ground.PRIVACY, "by": By.CONCERNED, "part": "row 2", "reason": "a home address",
    }  # fmt: skip
    return takedowns.ask(room.archive, "plan", **(told | more))


def test_a_request_is_recorded_and_hides_nothing_by_itself(room):
    found = ask(room, answer_by=date(2024, 2, 1))
    assert (found.number, found.state, found.part) == (1, State.OPEN, "row 2")
    assert found.answer_by == date(2024, 2, 1)
    assert room.shown == [True]
    assert ask(room, part="all").number == 2


def test_with_hide_it_is_out_of_sight_at_once_and_comes_back(room):
    ask(room, hide=True)
    assert room.shown == [False]
    withholding.release(room.archive, "plan", reason="refused, see request 1")
    assert room.shown == [True]


@pytest.mark.parametrize("state", [State.GRANTED, State.REFUSED])
def test_a_decision_destroys_nothing_and_shows_nothing(room, state):
    ask(room, hide=True)
    before = room.versions
    held = room.archive.vault.captures(room.archive.index.resources("plan")[0].id)
    takedowns.decide(room.archive, "plan", 1, state, reason="looked at", authority="director")
    assert room.versions == before
    assert room.archive.vault.captures(held[0].taken.resource) == held
    assert room.archive.vault.restored(held[0]).startswith(b"id,kind")
    [found] = takedowns.requests_of(room.archive, "plan")
    assert (found.state, found.steps[-1].authority) == (state, "director")


def test_the_way_of_a_request_is_kept_whole(room):
    ask(room)
    for state in (State.REFUSED, State.APPEALED, State.GRANTED):
        takedowns.decide(room.archive, "plan", 1, state, reason=f"why {state}", authority="board")
    [found] = takedowns.requests_of(room.archive, "plan")
    assert [s.state for s in found.steps] == ["open", "refused", "appealed", "granted"]
    assert [s.reason for s in found.steps][1:] == ["why refused", "why appealed", "why granted"]


def test_what_may_not_follow_is_refused(room):
    ask(room)
    for state in (State.APPEALED, State.OPEN):
        with pytest.raises(InputRefused):
            takedowns.decide(room.archive, "plan", 1, state, reason="x", authority="y")
    with pytest.raises(InputRefused) as refused:
        takedowns.decide(room.archive, "plan", 1, State.GRANTED, reason="x")
    assert "--authority" in refused.value.mend
    with pytest.raises(NotHeld):
        takedowns.decide(room.archive, "plan", 2, State.GRANTED, reason="x", authority="y")
    takedowns.decide(room.archive, "plan", 1, State.GRANTED, reason="x", authority="y")
    with pytest.raises(InputRefused):
        takedowns.decide(room.archive, "plan", 1, State.REFUSED, reason="x", authority="y")


def test_no_address_of_a_person_gets_into_the_journal(room):
    for words in ({"part": "row of ann@example.org"}, {"reason": "ann@example.org asks"}):
        with pytest.raises(InputRefused) as refused:
            ask(room, **words)
        assert "vf receive" in refused.value.mend
    assert "ann@" not in str(room.archive.index.events())
    assert room.shown == [True]


def test_those_that_wait_stand_first_and_a_rebuild_finds_them(room):
    ask(room)
    ask(room, part="all")
    takedowns.decide(room.archive, "plan", 1, State.REFUSED, reason="no", authority="board")
    order = [(q.number, q.state) for _, q in takedowns.all_requests(room.archive)]
    assert order == [(2, "open"), (1, "refused")]
    room.archive.index.close()
    room.archive = open_archive(room.archive.root)
    rebuild.rebuild(room.archive, None)
    assert [(q.number, q.state) for _, q in takedowns.all_requests(room.archive)] == order
