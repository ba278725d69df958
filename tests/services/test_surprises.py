"""What a publisher's bad day leaves behind: held files, unreadable files, and what stays current."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.versions import Version
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services import listing, opening, querying
from verticalfile.services.archive import Archive, init
from verticalfile.services.collecting import backfill
from verticalfile.services.collecting.collect import Checked, collect
from verticalfile.services.datasets import adding
from verticalfile.services.deciding import reviewing
from verticalfile.services.names import NotHeld, find_version
from verticalfile.services.through_time import comparing
from verticalfile.services.visiting.fetching import Fetching

HEADER = "id,kind,street,status,opened\n"


def rows(first: int, last: int, status: str = "open") -> str:
    return "".join(
        f"R-{n},pothole,{n} Mill St,{status},2021-01-{n % 28 + 1:02d}\n" for n in range(first, last)
    )


USUAL = HEADER + rows(0, 40)
NEXT = HEADER + rows(2, 44)


@dataclass
class Desk:
    """One file that is collected day by day."""

    archive: Archive
    clock: SetClock
    resource: ResourceLine
    file: Path

    def day(self, content: str | bytes | None = None, *, days: float = 1) -> Checked:
        """Let time pass, put the content there, look."""
        self.clock.pass_time(timedelta(days=days))
        if content is not None:
            body = content.encode() if isinstance(content, str) else content
            self.file.write_bytes(body)
        (checked,) = collect(self.archive, [self.resource], fetching=Fetching(Rules()))
        return checked

    @property
    def versions(self) -> list[Version]:
        return self.archive.index.versions(self.resource.id)

    def current(self) -> int:
        return find_version(self.archive, self.resource, None).version.number

    def text(self) -> str:
        found = opening.open_version(self.archive, "requests", form=opening.Form.ORIGINAL)
        return b"".join(found.chunks).decode()

    def told(self) -> str:
        return opening.told_about(opening.open_version(self.archive, "requests"), UTC)


@pytest.fixture
def make(tmp_path: Path) -> Callable[[str], Desk]:
    def made(name: str = "requests.csv") -> Desk:
        clock = SetClock(datetime(2021, 3, 1, 6, tzinfo=UTC))
        archive = init(tmp_path / "a", clock=clock)
        file = tmp_path / name
        file.write_text("")
        resource = adding.add(archive, str(file), name="requests")[0]
        return Desk(archive, clock, resource, file)

    return made


@pytest.fixture
def desk(make: Callable[[str], Desk]) -> Desk:
    """A desk with two ordinary days behind it."""
    found = make("requests.csv")
    assert found.day(USUAL).outcome == "changed"
    assert found.day(NEXT).outcome == "changed"
    return found


SURPRISES = {
    "most rows gone": HEADER + rows(2, 15),
    "most columns gone": "id,kind\n" + "".join(f"R-{n},pothole\n" for n in range(2, 44)),
    "all rows changed": HEADER + rows(2, 44, status="closed"),
    "all rows others": HEADER + rows(500, 542),
    "nothing but a header": HEADER,
}


@pytest.mark.parametrize("content", SURPRISES.values(), ids=SURPRISES)
def test_a_surprising_file_is_kept_and_not_current(desk: Desk, content: str) -> None:
    checked = desk.day(content)
    assert checked.outcome == "surprising", checked.said
    assert "held as surprising" in checked.said
    assert [(v.number, v.held, v.reason) for v in desk.versions] == [
        (1, False, ""), (2, False, ""), (3, True, ""),
    ]  # fmt: skip
    assert desk.current() == 2
    assert desk.text() == NEXT
    assert "a later version, v3, is not offered: held as surprising" in desk.told()
    held = opening.open_version(desk.archive, "requests", version="v3", form=opening.Form.ORIGINAL)
    assert b"".join(held.chunks).decode() == content


@pytest.mark.parametrize(
    "content",
    [HEADER + rows(2, 24), "id,kind,street\n" + "".join(f"R-{n},pothole,{n} Mill St\n" for n in range(2, 44)),
     HEADER + rows(2, 43, status="closed") + rows(43, 44), HEADER + rows(2, 400)],
    ids=["less than half the rows gone", "two of five columns gone", "one row unchanged", "many more"],
)  # fmt: skip
def test_a_large_change_below_the_share_is_an_ordinary_change(desk: Desk, content: str) -> None:
    assert desk.day(content).outcome == "changed"
    assert desk.current() == 3


def test_a_small_table_that_loses_rows_is_everyday_life(make: Callable[[str], Desk]) -> None:
    desk = make("requests.csv")
    desk.day(HEADER + rows(0, 8))
    assert desk.day(HEADER + rows(0, 2)).outcome == "changed"


def test_two_more_looks_over_three_days_release_it(desk: Desk) -> None:
    desk.day(SURPRISES["most rows gone"])
    assert "confirmed" not in desk.day(days=1).said
    assert desk.current() == 2
    checked = desk.day(days=2)
    assert checked.outcome == "unchanged"
    assert "no longer held: confirmed by repetition" in checked.said
    assert desk.current() == 3
    assert desk.versions[2].seen_at == datetime(2021, 3, 4, 6, tzinfo=UTC)
    assert "not offered" not in desk.told()


def test_looks_too_close_together_or_too_few_release_nothing(desk: Desk) -> None:
    desk.day(SURPRISES["most rows gone"])
    for _ in range(5):
        desk.day(days=0.4)
    assert desk.current() == 2
    assert "confirmed by repetition" in desk.day(days=1).said
    assert desk.current() == 3


def test_one_look_after_many_days_is_not_yet_repetition(desk: Desk) -> None:
    desk.day(SURPRISES["most rows gone"])
    desk.day(days=30)
    assert desk.current() == 2
    desk.day(days=1)
    assert desk.current() == 3


def test_other_bytes_in_between_begin_the_count_anew(desk: Desk) -> None:
    desk.day(SURPRISES["most rows gone"])
    desk.day(days=2)
    assert desk.day(HEADER + rows(2, 14), days=2).outcome == "surprising"
    desk.day(days=1)
    assert desk.current() == 2
    assert [v.held for v in desk.versions] == [False, False, True, True]


def test_the_usual_file_that_comes_back_is_current_at_once(desk: Desk) -> None:
    desk.day(SURPRISES["most rows gone"])
    checked = desk.day(NEXT.replace("R-2,pothole", "R-2,pot hole"))
    assert checked.outcome == "changed", checked.said
    assert "1 changed" in checked.said, "it must be compared with what was current"
    assert desk.current() == 4


def test_accepting_makes_it_current_at_once(desk: Desk) -> None:
    desk.day(SURPRISES["all rows others"])
    accepted = reviewing.release(desk.archive, "requests", accept=True)
    assert [v.number for v in accepted] == [3]
    assert desk.current() == 3
    with pytest.raises(NotHeld):
        reviewing.release(desk.archive, "requests", accept=True)


def test_refusing_holds_it_for_good(desk: Desk) -> None:
    desk.day(SURPRISES["all rows others"])
    reviewing.release(desk.archive, "requests", accept=False)
    for _ in range(4):
        assert "confirmed" not in desk.day(days=5).said
    assert desk.current() == 2
    assert desk.text() == NEXT


def test_what_is_held_is_not_in_sql_nor_in_the_default_comparison(desk: Desk) -> None:
    desk.day(SURPRISES["all rows others"])
    (found,) = querying.sql(desk.archive, "SELECT min(id), count(*) FROM requests").rows
    assert found == ("R-10", 42)
    compared = comparing.changes(desk.archive, "requests")
    assert (compared.old.number, compared.new.number) == (1, 2)


def test_a_back_fill_never_holds(tmp_path: Path) -> None:
    folder = tmp_path / "dated"
    folder.mkdir()
    for day, content in enumerate([USUAL, *SURPRISES.values(), NEXT], start=1):
        (folder / f"requests-2021-01-{day:02d}.csv").write_text(content)
    archive = init(tmp_path / "a", clock=SetClock(datetime(2022, 1, 1, tzinfo=UTC)))
    resource = adding.add(archive, str(folder), name="requests")[0]
    backfill.from_folder(archive, lambda: resource, folder)
    versions = archive.index.versions(resource.id)
    assert len(versions) == 7
    assert not any(v.held for v in versions)
    assert find_version(archive, resource, "2021-01-02").version.number == 2


CONFLICT = USUAL.replace("R-3,", "<<<<<<< HEAD\nR-3,").replace("R-4,", "=======\nR-4,")
UNREADABLE = {
    "html": "<!DOCTYPE html>\n<html><body>We will be back soon</body></html>\n",
    "zero_byte": "",
    "conflict_markers": CONFLICT.replace("R-5,", ">>>>>>> theirs\nR-5,"),
    "cut_off": HEADER + rows(2, 30) + 'R-30,"pot',
    "not_table": "The list is being revised. Please come back next week.\n",
    "no_header": rows(2, 44),
}


@pytest.mark.parametrize("reason", UNREADABLE)
def test_an_unreadable_file_is_kept_with_its_reason_and_never_current(
    desk: Desk, reason: str
) -> None:
    content = UNREADABLE[reason]
    checked = desk.day(content)
    assert checked.outcome == "unreadable", checked.said
    newest = desk.versions[-1]
    assert (newest.number, newest.reason, newest.readable) == (3, reason, False)
    assert desk.current() == 2
    said = desk.told()
    assert said.startswith("v2, seen once, 2021-03-03")
    assert f"v3, is not offered: {reason.replace('_', ' ')}" in said
    kept = opening.open_version(desk.archive, "requests", version="3")
    assert b"".join(kept.chunks) == content.encode()
    for _ in range(3):
        desk.day(days=3)
    assert desk.current() == 2, "repetition makes nothing readable"


@pytest.mark.parametrize("reason", UNREADABLE)
def test_comparison_is_with_the_last_readable_one(desk: Desk, reason: str) -> None:
    desk.day(UNREADABLE[reason])
    checked = desk.day(NEXT.replace("R-9,pothole", "R-9,crack"))
    assert "0 rows added, 0 removed, 1 changed" in checked.said
    compared = comparing.changes(desk.archive, "requests")
    assert (compared.old.number, compared.new.number) == (2, 4)
    lines = listing.versions(desk.archive, "requests")[1]
    assert lines[2].change is None
    assert lines[2].rows is None
    assert lines[3].change is not None
    assert (lines[3].change.changed, lines[3].change.kinds) == (1, ("data",))


def test_the_same_file_after_a_bad_day_is_a_version_without_change(desk: Desk) -> None:
    desk.day(UNREADABLE["html"])
    desk.day(NEXT)
    assert [v.reason for v in desk.versions] == ["", "", "html", ""]
    assert desk.current() == 4
    compared = comparing.changes(desk.archive, "requests")
    assert (compared.old.number, compared.new.number, compared.kinds) == (2, 4, ())


def test_a_first_file_that_is_a_header_alone_is_a_table_of_no_rows(
    make: Callable[[str], Desk],
) -> None:
    desk = make("requests.csv")
    desk.day(HEADER)
    opened = opening.open_version(desk.archive, "requests")
    assert opened.rows == 0
    assert b"".join(opened.chunks).decode().split() == [HEADER.strip()]


def test_nothing_readable_yet_is_said(make: Callable[[str], Desk]) -> None:
    desk = make("requests.csv")
    desk.day(UNREADABLE["html"])
    with pytest.raises(NotHeld, match="no version that can be read"):
        desk.current()


JSON_ROWS = ", ".join(f'{{"id": {n}, "kind": "pothole"}}' for n in range(30))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"error": {"code": 503, "message": "try later"}}', "wrong_shape"),
        ('{"other": [' + JSON_ROWS + "]}", "wrong_shape"),
        ('{"records": [' + JSON_ROWS[:400], "bad_json"),
        ('{"records": 7}', "wrong_shape"),
        ("[1, 2, 3]", "wrong_shape"),
        ("Service unavailable", "bad_json"),
    ],
)
def test_json_of_another_shape_is_unreadable(
    make: Callable[[str], Desk], content: str, reason: str
) -> None:
    desk = make("requests.json")
    assert desk.day('{"records": [' + JSON_ROWS + "]}").outcome == "changed"
    assert desk.day(content).outcome == "unreadable"
    assert [v.reason for v in desk.versions] == ["", reason]
    assert desk.current() == 1


def test_a_file_that_vanishes_is_an_absence_and_comes_back_as_a_version(desk: Desk) -> None:
    desk.file.unlink()
    assert desk.day().outcome == "absent"
    assert desk.day().outcome == "absent"
    assert "gone from the source since 2021-03-04" in desk.told()
    assert desk.day(NEXT).outcome != "unchanged"
    assert [v.sha256 for v in desk.versions[1:]] == [desk.versions[1].sha256] * 2
    assert desk.current() == 3
