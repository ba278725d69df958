"""An embargo has an end, ends by itself on its day with one event, and covers what comes meanwhile."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import Archive, init, open_archive
from verticalfile.services.collecting.collect import Fetching
from verticalfile.services.collecting.rounds import round_of
from verticalfile.services.datasets.adding import add
from verticalfile.services.deciding import embargoing, reviewing, withholding
from verticalfile.services.names import NotHeld
from verticalfile.services.running import chores
from verticalfile.services.taking_in import rebuild
from verticalfile.services.telling import registers
from verticalfile.services.visibility import Viewer, visible_to, withdrawal_of

FETCHING = Fetching(Rules(allow_private=True), sleep=lambda _: None)


class Room:
    def __init__(self, folder: Path) -> None:
        self.clock = SetClock(datetime(2024, 1, 10, 15, tzinfo=UTC))
        self.archive: Archive = init(
            folder / "archive", clock=self.clock, time_zone="America/Denver"
        )
        self.path = folder / "plan.csv"
        self.path.touch()
        add(self.archive, str(self.path), name="plan", title="Plan", every="weekly")

    def collect(self, *rows: str) -> None:
        self.clock.pass_time(timedelta(days=7))
        self.path.write_text("\n".join(["id,kind", *rows]) + "\n")
        round_of(self.archive, ["plan"], fetching=FETCHING)

    @property
    def versions(self):
        return self.archive.index.versions(self.archive.index.resources("plan")[0].id)

    @property
    def shown(self) -> list[bool]:
        return [visible_to(Viewer.PUBLIC, v) for v in self.versions]

    def kinds(self) -> list[str]:
        resource = self.archive.index.resources("plan")[0].id
        return [str(e["kind"]) for e in self.archive.index.events([resource])]


@pytest.fixture
def room(tmp_path):
    room = Room(tmp_path)
    room.collect("1,a", "2,b")
    return room


def test_nothing_is_shown_before_its_day_and_what_comes_meanwhile_neither(room):
    embargoing.embargo(room.archive, "plan", until=date(2024, 3, 1), reason="agreed with the town")
    assert room.shown == [False]
    room.collect("1,a", "2,b", "3,c")
    assert room.shown == [False, False]
    assert all(visible_to(Viewer.STAFF, v) for v in room.versions)
    assert withdrawal_of(room.versions[0], UTC) == "under embargo until 2024-03-01"


def test_it_ends_by_itself_on_its_day_with_one_event(room):
    embargoing.embargo(room.archive, "plan", until=date(2024, 2, 1), reason="agreed")
    room.clock.pass_time(datetime(2024, 2, 1, 6, 59, tzinfo=UTC) - room.clock.now())
    assert not embargoing.any_due(room.archive)
    assert embargoing.end_due(room.archive) == []
    room.clock.pass_time(timedelta(minutes=2))  # midnight in Denver is 07:00 UTC
    assert chores.KINDS["embargo"][1](room.archive)
    assert room.shown == [False]
    assert embargoing.end_due(room.archive) == ["plan"]
    assert embargoing.end_due(room.archive) == []
    assert room.shown == [True]
    assert room.kinds().count("embargo ended") == 1


def test_a_round_of_collecting_ends_it_as_well(room):
    embargoing.embargo(room.archive, "plan", until=date(2024, 1, 20), reason="agreed")
    room.collect("1,a", "2,b")
    assert room.shown == [True]


def test_of_one_version_alone_the_others_stay_shown(room):
    room.collect("1,a", "2,b", "3,c")
    embargoing.embargo(room.archive, "plan", until=date(2024, 5, 1), reason="a draft", version="v2")
    assert room.shown == [True, False]
    room.collect("1,a", "4,d")
    assert room.shown == [True, False, True]


def test_an_embargo_of_one_version_never_shows_what_another_covers(room):
    room.collect("1,a", "2,c")
    embargoing.embargo(room.archive, "plan", until=date(2024, 3, 1), reason="agreed", version="v1")
    with pytest.raises(InputRefused, match="would end it for other versions"):
        embargoing.embargo(
            room.archive, "plan", until=date(2024, 3, 1), reason="agreed", version="v2"
        )
    assert room.shown == [False, True]
    embargoing.embargo(room.archive, "plan", until=date(2024, 4, 1), reason="longer", version="v1")
    embargoing.embargo(room.archive, "plan", until=date(2024, 4, 1), reason="all of it")
    with pytest.raises(InputRefused):
        embargoing.embargo(
            room.archive, "plan", until=date(2024, 5, 1), reason="agreed", version="v1"
        )
    assert room.shown == [False, False]


def test_the_end_of_an_embargo_shows_nothing_that_is_withheld_or_withdrawn_otherwise(room):
    embargoing.embargo(room.archive, "plan", until=date(2024, 2, 1), reason="agreed")
    withholding.withhold(room.archive, "plan", reason="names in it", personal=True)
    room.clock.pass_time(timedelta(days=60))
    embargoing.end_due(room.archive)
    assert room.shown == [False]
    withholding.release(room.archive, "plan", reason="none in it")
    assert room.shown == [True]
    embargoing.embargo(room.archive, "plan", until=date(2025, 2, 1), reason="agreed")
    reviewing.withdraw(
        room.archive, "plan", version=None, how="restrict", reason="x", authority="director"
    )
    embargoing.lift(room.archive, "plan", reason="no need")
    assert room.shown == [False]


def test_it_is_replaced_lifted_and_listed(room):
    embargoing.embargo(room.archive, "plan", until=date(2024, 2, 1), reason="agreed")
    embargoing.embargo(room.archive, "plan", until=date(2024, 6, 1), reason="agreed again")
    [(resource, held)] = embargoing.standing(room.archive)
    assert (resource.dataset, held.until, held.reason) == ("plan", date(2024, 6, 1), "agreed again")
    embargoing.lift(room.archive, "plan", reason="published elsewhere")
    assert room.shown == [True]
    assert embargoing.standing(room.archive) == []
    with pytest.raises(NotHeld):
        embargoing.lift(room.archive, "plan", reason="again")


@pytest.mark.parametrize("until", [date(2024, 1, 17), date(2023, 1, 1)])
def test_a_day_that_has_come_is_refused(room, until):
    with pytest.raises(InputRefused) as refused:
        embargoing.embargo(room.archive, "plan", until=until, reason="agreed")
    assert "later day" in refused.value.mend
    with pytest.raises(InputRefused):
        embargoing.embargo(room.archive, "plan", until=date(2030, 1, 1), reason=" ")


def test_the_register_tells_the_day_and_nothing_of_the_reason(room):
    embargoing.embargo(room.archive, "plan", until=date(2024, 2, 1), reason="the mayor asked")
    [entry] = [
        e for e in registers.lately(room.archive, viewer=Viewer.PUBLIC).entries
        if e.register == "withdrawn"
    ]  # fmt: skip
    assert (entry.how, entry.why, entry.ended_at) == ("embargo", "until 2024-02-01", None)
    assert "under embargo" in registers.told(entry, UTC).lower()
    room.clock.pass_time(timedelta(days=60))
    embargoing.end_due(room.archive)
    [entry] = [
        e for e in registers.lately(room.archive, viewer=Viewer.PUBLIC).entries
        if e.register == "withdrawn"
    ]  # fmt: skip
    assert entry.ended_at == room.clock.now()


def test_a_rebuild_replays_it(room):
    embargoing.embargo(room.archive, "plan", until=date(2024, 3, 1), reason="agreed")
    room.archive.index.close()
    room.archive = open_archive(room.archive.root)
    rebuild.rebuild(room.archive, None)
    assert room.shown == [False]
