"""A table that looks like persons' data is withheld from the first moment until a person lets it go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import Archive, init, open_archive
from verticalfile.services.collecting.collect import Fetching, collect
from verticalfile.services.datasets.adding import add
from verticalfile.services.deciding import reviewing, withholding
from verticalfile.services.known.withheld import PERSONAL
from verticalfile.services.names import NotHeld
from verticalfile.services.taking_in import rebuild
from verticalfile.services.visibility import Viewer, visible_to

PEOPLE = "id,first_name,last_name,dob,email\n" + "".join(
    f"{n},{first},Brown,19{n}0-02-03,{first.lower()}@gmail.com\n"
    for n, first in enumerate(["Ann", "Bob", "Carla", "Dan"], start=4)
)
PLAIN = "id,kind\n1,a\n2,b\n3,c\n4,d\n"


class Room:
    def __init__(self, tmp_path: Path) -> None:
        self.clock = SetClock(datetime(2024, 1, 10, tzinfo=UTC))
        self.archive: Archive = init(tmp_path / "archive", clock=self.clock)
        self.path = tmp_path / "people.csv"
        self.path.touch()
        add(self.archive, str(self.path), name="people", title="People", every="weekly")

    def collect(self, text: str) -> None:
        self.path.write_text(text, encoding="utf-8")
        self.clock.pass_time(timedelta(days=7))
        rules = Fetching(Rules(allow_private=True), sleep=lambda _: None)
        collect(self.archive, self.archive.index.resources("people"), fetching=rules)

    @property
    def resource(self):
        return self.archive.index.resources("people")[0]

    @property
    def versions(self):
        return self.archive.index.versions(self.resource.id)

    @property
    def shown(self) -> list[bool]:
        return [visible_to(Viewer.PUBLIC, v) for v in self.versions]


@pytest.fixture
def room(tmp_path):
    return Room(tmp_path)


def test_a_flagged_table_is_withheld_from_its_first_capture(room):
    room.collect(PEOPLE)
    assert room.shown == [False]
    found = withholding.withholding_of(room.archive, room.resource.id)
    assert found.why == PERSONAL
    assert {c.column for c in found.columns} == {"first_name", "last_name", "dob", "email"}
    assert visible_to(Viewer.STAFF, room.versions[0])


def test_the_event_holds_no_value_of_the_table(room):
    room.collect(PEOPLE)
    told = str(room.archive.index.events([room.resource.id]))
    assert "dob" in told
    assert "gmail" not in told
    assert "Brown" not in told


def test_versions_from_before_are_withheld_with_it(room):
    room.collect(PLAIN)
    assert room.shown == [True]
    room.collect(PEOPLE)
    assert room.shown == [False, False]


def test_a_person_lets_it_go_for_the_columns_that_were_flagged(room):
    room.collect(PEOPLE)
    assert withholding.release(room.archive, "people", reason="a public roll") == ["people"]
    assert room.shown == [True]
    room.collect(PEOPLE.replace("Brown", "Green"))
    assert room.shown == [True, True]
    rows = PEOPLE.splitlines()
    more = [f"{rows[0]},ssn", *(f"{row},123-45-678{n}" for n, row in enumerate(rows[1:]))]
    room.collect("\n".join(more) + "\n")
    assert room.shown == [False, False, False]


def test_a_person_withholds_and_releases_with_a_reason(room):
    room.collect(PLAIN)
    with pytest.raises(InputRefused):
        withholding.withhold(room.archive, "people", reason=" ", personal=True)
    withholding.withhold(room.archive, "people", reason="a mother called", personal=True)
    assert room.shown == [False]
    with pytest.raises(InputRefused):
        withholding.withhold(room.archive, "people", reason="again", personal=True)
    withholding.release(room.archive, "people", reason="settled")
    assert room.shown == [True]
    with pytest.raises(NotHeld):
        withholding.release(room.archive, "people", reason="again")


def test_a_harder_word_outlasts_a_release(room):
    room.collect(PEOPLE)
    reviewing.withdraw(
        room.archive, "people", version=None, how="restrict", reason="privacy", authority="court"
    )
    withholding.release(room.archive, "people", reason="looked at")
    assert [v.hidden for v in room.versions] == ["restrict"]


def test_a_rebuild_withholds_what_was_withheld(room):
    room.collect(PEOPLE)
    archive = open_archive(room.archive.root)
    rebuild.rebuild(archive, None)
    assert [v.hidden for v in archive.index.versions(room.resource.id)] == ["withhold"]
    withholding.release(archive, "people", reason="looked at")
    rebuild.rebuild(archive, None)
    assert [v.hidden for v in archive.index.versions(room.resource.id)] == [""]


def test_a_crash_before_the_bytes_are_kept_leaves_the_flag_and_not_the_table(room, monkeypatch):
    """The flag is written first: at no step do the bytes stand in the vault without it."""
    room.path.write_text(PEOPLE, encoding="utf-8")
    seen = []
    vault = room.archive.vault
    keep = type(vault).keep

    def watched(self, *given, **named):
        seen.append([e["kind"] for e in room.archive.index.events([room.resource.id])])
        return keep(self, *given, **named)

    monkeypatch.setattr(type(vault), "keep", watched)
    room.collect(PEOPLE)
    assert "flagged" in seen[0]
