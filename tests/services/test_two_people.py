"""Destroying takes two people: one asks, another confirms within two weeks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from destroyed import destroyed

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import init
from verticalfile.services.collecting.collect import Fetching, collect
from verticalfile.services.datasets.adding import add
from verticalfile.services.deciding import reviewing, two_people
from verticalfile.services.names import NotHeld
from verticalfile.services.telling.registers import Register, lately, told

ORDER = {"reason": "a person's address", "authority": "county court"}


class Desk:
    def __init__(self, folder: Path) -> None:
        self.clock = SetClock(datetime(2024, 1, 10, tzinfo=UTC))
        self.archive = init(folder / "archive", clock=self.clock)
        path = folder / "t.csv"
        path.write_text("id\n1\n2\n")
        add(self.archive, str(path), name="t")
        for rows in ("id\n1\n2\n", "id\n1\n3\n"):
            path.write_text(rows)
            self.clock.pass_time(timedelta(days=1))
            collect(self.archive, self.archive.index.resources("t"), fetching=Fetching(Rules()))

    def ask(self, by: str = "Ann Poe", version: str | None = "v1", **more: object):
        return two_people.ask(self.archive, "t", version=version, by=by, **(ORDER | more))

    def confirm(self, by: str = "Bob Roe", version: str | None = "v1"):
        return two_people.confirm(self.archive, "t", version=version, by=by)

    @property
    def hidden(self) -> list[str]:
        return [v.hidden for v in self.archive.index.versions(self.resource.id)]

    @property
    def resource(self):
        return self.archive.index.resources("t")[0]


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_one_person_destroys_nothing(desk):
    desk.ask()
    assert desk.hidden == ["", ""]
    assert len(desk.archive.vault.captures(desk.resource.id)) == 2
    with pytest.raises(InputRefused, match="no way to withdraw"):
        reviewing.withdraw(desk.archive, "t", version="v1", how="destroy", **ORDER)


def test_what_is_asked_for_can_be_hidden_at_once(desk):
    desk.ask(hide=True)
    assert desk.hidden == ["hide", ""]


def test_another_person_confirms_and_both_names_stand_in_the_event_alone(desk):
    desk.ask()
    desk.confirm()
    assert desk.hidden == ["destroy", ""]
    assert len(desk.archive.vault.captures(desk.resource.id)) == 1
    [event] = [e for e in desk.archive.index.events() if e["kind"] == "withdrawn"]
    assert (event["detail"]["asked_by"], event["detail"]["confirmed_by"]) == ("Ann Poe", "Bob Roe")
    [entry] = [e for e in lately(desk.archive).entries if e.register is Register.WITHDRAWN]
    assert "Decided by two people." in told(entry, UTC)
    assert "Ann" not in str(entry) + told(entry, UTC)
    assert "Bob" not in str(entry) + told(entry, UTC)


@pytest.mark.parametrize("name", ["Ann Poe", "ann  poe", "ANN POE", "\uff21nn Poe"])
def test_the_same_person_cannot_confirm(desk, name):
    desk.ask()
    with pytest.raises(InputRefused, match="cannot confirm"):
        desk.confirm(name)
    assert desk.hidden == ["", ""]


def test_nothing_is_confirmed_that_was_not_asked_for_or_only_long_ago(desk):
    with pytest.raises(NotHeld):
        desk.confirm()
    desk.ask()
    with pytest.raises(NotHeld):
        desk.confirm(version="v2")
    desk.clock.pass_time(timedelta(days=15))
    with pytest.raises(NotHeld, match="14 days"):
        desk.confirm()
    desk.ask("Bob Roe")
    desk.confirm("Ann Poe")
    assert desk.hidden == ["destroy", ""]


def test_confirming_all_takes_only_what_was_asked_for(desk):
    desk.ask()
    desk.confirm(version=None)
    assert desk.hidden == ["destroy", ""]


def test_each_needs_a_name_and_the_first_a_reason_and_an_authority(desk):
    for wrong in ({"by": " "}, {"by": "x" * 200}, {"reason": ""}, {"authority": " "}):
        with pytest.raises(InputRefused):
            desk.ask(**wrong)
    desk.ask()
    with pytest.raises(InputRefused):
        desk.confirm("")


def test_no_digest_of_it_stays_in_what_was_asked(desk):
    [first, _] = desk.archive.index.versions(desk.resource.id)
    destroyed(desk.archive, "t", version="v1", **ORDER)
    assert first.sha256 not in str(desk.archive.index.events())
    assert two_people.waiting(desk.archive, desk.resource) == []
