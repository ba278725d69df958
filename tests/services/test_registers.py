"""The registers tell what happened, when, and how we know, and no more than each may see."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from destroyed import destroyed

from verticalfile.catalog.register_lines import Register
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services.archive import Archive, init, open_archive
from verticalfile.services.collecting import backfill
from verticalfile.services.collecting.collect import collect
from verticalfile.services.datasets import adding, shelving
from verticalfile.services.deciding import reviewing
from verticalfile.services.finding.searching import State, search
from verticalfile.services.names import NotHeld
from verticalfile.services.taking_in.rebuild import rebuild
from verticalfile.services.telling import registers
from verticalfile.services.telling.registers import Entry, lately, told
from verticalfile.services.visibility import Viewer
from verticalfile.services.visiting.fetching import Fetching

START = datetime(2024, 1, 1, tzinfo=UTC)
HEAD = "id,street,price"
ROWS = [f"{n},{n} Oak St,{n * 3}" for n in range(60)]
DAY = timedelta(days=1)


class Desk:
    """A file that a publisher changes, and a library that looks once a day."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.clock = SetClock(START)
        self.archive: Archive = init(root / "archive", clock=self.clock)
        self.rules = Rules(allow_private=True)

    def publish(self, rows: list[str] | None, name: str = "prices", head: str = HEAD) -> None:
        file = self.root / f"{name}.csv"
        if rows is None:
            file.unlink()
        else:
            file.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
        if not self.archive.index.resources(name):
            adding.add(self.archive, str(file), name=name)

    def look(self, name: str = "prices", *, after: timedelta = DAY) -> str:
        self.clock.pass_time(after)
        found = self.archive.index.resources(name)
        return collect(self.archive, found, fetching=Fetching(self.rules, lambda _: None))[
            0
        ].outcome

    def told(self, *wanted: Register, viewer: Viewer = Viewer.PUBLIC) -> list[Entry]:
        return list(lately(self.archive, wanted or registers.NEWS, viewer=viewer).entries)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.publish(ROWS)
    made.look()
    return made


def test_a_first_version_is_new_and_the_next_is_a_change(desk: Desk) -> None:
    desk.publish([*ROWS, "60,new,1"])
    desk.look()
    change, new = desk.told()
    assert (new.register, new.at, new.first_seen_at) == (Register.NEW, START + DAY, START + DAY)
    assert (change.register, change.at, change.added, change.removed, change.changed) == (
        Register.CHANGED, START + 2 * DAY, 1, 0, 0,
    )  # fmt: skip
    assert (change.kinds, change.seen_how, change.before_last_seen_at) == (
        ("data",), "own visit", START + DAY,
    )  # fmt: skip
    assert "1 row added, 0 removed, 0 changed (data); last seen otherwise 2024-01-02" in told(
        change, UTC
    )
    assert "last seen otherwise 2024-01-01 (" in told(change, ZoneInfo("America/New_York"))


def test_a_mere_export_is_no_news_and_told_when_asked_for(desk: Desk) -> None:
    desk.publish(list(reversed(ROWS)))
    desk.look()
    assert [e.register for e in desk.told()] == [Register.NEW]
    assert [e.register for e in desk.told(Register.EXPORT)] == [Register.EXPORT]


def test_a_file_has_vanished_after_three_checks_over_three_days(desk: Desk) -> None:
    desk.publish(None)
    desk.look()
    desk.look()
    assert not desk.told(Register.VANISHED), "two checks are not enough"
    desk.look(after=timedelta(hours=1))
    assert not desk.told(Register.VANISHED), "three checks over a day are not enough"
    desk.look(after=2 * DAY)
    (entry,) = desk.told(Register.VANISHED)
    assert (entry.at, entry.last_seen_at, entry.checks) == (START + 2 * DAY, START + DAY, 4)
    assert entry.evidence == "file missing"
    assert entry.noted_at == START + 5 * DAY + timedelta(hours=1)
    assert "Our copies stay" in told(entry, UTC)
    (hit,) = search(desk.archive, "prices", viewer=Viewer.PUBLIC).hits
    assert (hit.state, hit.vanished_since) == (State.VANISHED, START + 2 * DAY)


def test_a_return_ends_the_vanishing_and_an_entry_keeps_its_id(desk: Desk) -> None:
    desk.publish(None)
    for _ in range(4):
        desk.look()
    (gone,) = desk.told(Register.VANISHED)
    desk.publish(ROWS)
    desk.look()
    (back,) = desk.told(Register.RETURNED)
    (still,) = desk.told(Register.VANISHED)
    assert (still.id, still.returned_at) == (gone.id, back.at)
    assert (back.at, back.missed_from) == (START + 6 * DAY, gone.at)
    assert search(desk.archive, "prices").hits[0].state is State.CURRENT


def test_a_short_trouble_is_neither_vanishing_nor_return(desk: Desk) -> None:
    desk.publish(None)
    desk.look()
    desk.look()
    desk.publish(ROWS)
    desk.look()
    assert not desk.told(Register.VANISHED, Register.RETURNED)
    # the row of absences begins anew: two before and two after do not make three
    desk.publish(None)
    desk.look(after=9 * DAY)
    desk.look(after=9 * DAY)
    assert not desk.told(Register.VANISHED), "two checks are not enough, however far apart"


class Away(BaseHTTPRequestHandler):
    """Answers as the test says."""

    status = 200

    def do_GET(self) -> None:
        here = self.path == "/data.csv"
        self.send_response(type(self).status if here else 404)
        self.send_header("Content-Length", "10" if here and self.status == 200 else "0")
        self.end_headers()
        if here and self.status == 200:
            self.wfile.write(b"id,v\n1,10\n"[:10])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def portal() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Away)
    Away.status = 200
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_gone_for_good_is_told_and_a_failed_check_tells_nothing(
    tmp_path: Path, portal: ThreadingHTTPServer
) -> None:
    desk = Desk(tmp_path)
    port = int(portal.server_address[1])
    desk.rules = Rules(allow_private=True, extra_ports=frozenset({port}))
    adding.add(desk.archive, f"http://127.0.0.1:{port}/data.csv", name="data")
    assert desk.look("data") == "changed"
    for status, outcome in ((410, "absent"), (503, "failed"), (503, "failed"), (410, "absent")):
        Away.status = status
        assert desk.look("data") == outcome
    assert not desk.told(Register.VANISHED), "failures are no absences"
    Away.status = 410
    desk.look("data")
    (entry,) = desk.told(Register.VANISHED)
    assert (entry.evidence, entry.checks, entry.at) == ("410", 3, START + 2 * DAY)


def commit(repository: Path, day: int, content: str | None) -> None:
    file = repository / "data.csv"
    if content is None:
        file.unlink()
    else:
        file.write_text(content)
    at = f"2020-01-{day:02d}T12:00:00Z"
    env = {
        "GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at, "HOME": str(repository),
        "PATH": "/usr/bin:/bin", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b",
        "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b",
    }  # fmt: skip
    for words in (["add", "-A"], ["commit", "-qm", f"day {day}"]):
        subprocess.run(["git", "-C", str(repository), *words], check=True, env=env)


def test_a_repository_tells_of_vanishing_by_its_own_history(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    repository.mkdir()
    subprocess.run(["git", "init", "-q", str(repository)], check=True)
    commit(repository, 1, "id,v\n1,1\n")
    commit(repository, 3, None)
    commit(repository, 4, "id,v\n1,2\n")
    commit(repository, 6, None)
    commit(repository, 20, "id,v\n1,3\n")
    desk = Desk(tmp_path)
    resource = adding.add(desk.archive, str(repository), path="data.csv", name="data")[0]
    backfill.from_git(desk.archive, lambda: resource, str(repository), "data.csv")
    (gone,) = desk.told(Register.VANISHED)
    (back,) = desk.told(Register.RETURNED)
    # one day away is no vanishing, two weeks are
    assert (gone.at.day, gone.evidence, gone.returned_at) == (6, "history", back.at)
    assert back.at.day == 20
    assert [e.at.day for e in desk.told(Register.CHANGED)] == [20, 4]


def test_what_is_held_tells_the_public_the_class_of_reason_alone(desk: Desk) -> None:
    desk.publish(ROWS[:10])
    assert desk.look() == "surprising"
    (public,) = desk.told(Register.HELD)
    (staff,) = desk.told(Register.HELD, viewer=Viewer.STAFF)
    assert (public.why, public.detail, public.sha256) == ("rows gone", "", "")
    assert "50 of 60 rows are gone" in staff.detail
    assert public.id == staff.id
    assert "50" not in told(public, UTC)
    assert not desk.told(Register.CHANGED), "what is held has not changed anything yet"
    assert not desk.told(Register.CHANGED, viewer=Viewer.STAFF)


def test_what_is_held_and_then_hidden_is_told_as_withdrawn_alone(desk: Desk) -> None:
    desk.publish(ROWS[:10])
    desk.look()
    reviewing.withdraw(
        desk.archive, "prices", version="v2", how="hide", reason="names", authority="library"
    )
    assert [e.register for e in desk.told()] == [Register.WITHDRAWN, Register.NEW]
    assert desk.told(Register.HELD, viewer=Viewer.STAFF)


def test_how_a_holding_ended_is_told(desk: Desk) -> None:
    desk.publish(ROWS[:10])
    desk.look()
    desk.look()
    desk.look(after=2 * DAY)
    (entry,) = desk.told(Register.HELD)
    assert (entry.ended_by, entry.ended_at) == ("repetition", START + 5 * DAY)
    assert len(desk.told(Register.CHANGED)) == 1
    desk.publish(ROWS)
    desk.look()
    desk.publish(ROWS[:5])
    desk.look()
    reviewing.release(desk.archive, "prices", accept=False)
    assert desk.told(Register.HELD)[0].ended_by == "refused"


def test_what_cannot_be_read_is_told_with_its_reason(desk: Desk) -> None:
    (desk.root / "prices.csv").write_text("<!doctype html><html><body>Sorry</body></html>")
    assert desk.look() == "unreadable"
    (entry,) = desk.told(Register.UNREADABLE)
    assert entry.why == "html"


def test_a_withdrawn_version_leaves_its_tombstone_and_no_figures_by_difference(desk: Desk) -> None:
    desk.publish([*ROWS, "60,secret,1"])
    desk.look()
    desk.publish(ROWS)
    desk.look()
    assert [e.added for e in desk.told(Register.CHANGED)] == [0, 1]
    reviewing.withdraw(
        desk.archive, "prices", version="v2", how="hide", reason="a person's name",
        authority="the director",
    )  # fmt: skip
    (stone,) = desk.told(Register.WITHDRAWN)
    assert (stone.how, stone.why, stone.at) == ("hide", "a person's name", START + 3 * DAY)
    assert stone.in_part
    (change,) = desk.told(Register.CHANGED)
    assert (change.added, change.removed, change.before_sha256, change.kinds) == (
        None,
        None,
        "",
        (),
    )
    assert [e.removed for e in desk.told(Register.CHANGED, viewer=Viewer.STAFF)] == [1, 0]
    reviewing.let_out(desk.archive, "prices", "v2")
    assert desk.told(Register.WITHDRAWN)[0].ended_at is not None
    assert [e.added for e in desk.told(Register.CHANGED)] == [0, 1]


def test_a_dataset_that_is_withdrawn_whole_tells_nothing_but_that(desk: Desk) -> None:
    desk.publish([*ROWS, "60,new,1"])
    desk.look()
    ids = [e.id for e in desk.told()]
    reviewing.withdraw(
        desk.archive, "prices", version=None, how="restrict", reason="by law", authority="county"
    )
    (stone,) = desk.told()
    assert (stone.register, stone.in_part) == (Register.WITHDRAWN, False)
    for number in ids:
        with pytest.raises(NotHeld):
            registers.entry(desk.archive, number, viewer=Viewer.PUBLIC)
    assert {e.register for e in desk.told(viewer=Viewer.STAFF)} == {
        Register.WITHDRAWN, Register.NEW, Register.CHANGED,
    }  # fmt: skip


def test_destroyed_versions_leave_the_tombstone(desk: Desk) -> None:
    desk.publish([*ROWS, "60,new,1"])
    desk.look()
    destroyed(
        desk.archive, "prices", version=None, reason="court order",
        authority="county court",
    )  # fmt: skip
    for viewer in Viewer:
        assert [e.register for e in desk.told(viewer=viewer)] == [Register.WITHDRAWN]
    (hit,) = search(desk.archive, "prices").hits
    assert (hit.state, hit.versions) == (State.WITHDRAWN, None)


def test_entries_can_be_asked_by_dataset_shelf_and_id_in_pages(desk: Desk) -> None:
    desk.publish(ROWS, "other")
    for n in range(25):
        desk.publish([*ROWS, f"{100 + n},x,1"], "other")
        desk.look("other")
    shelving.make_shelf(desk.archive, "money", "subject")
    shelving.put_on_shelf(desk.archive, "money", ["prices"])
    everything = lately(desk.archive)
    assert (everything.total, everything.pages) == (26, 2)
    both = [*everything.entries, *lately(desk.archive, page=2).entries]
    assert len({e.id for e in both}) == 26
    assert [e.at for e in both] == sorted((e.at for e in both), reverse=True)
    assert {e.dataset for e in lately(desk.archive, dataset="prices").entries} == {"prices"}
    assert {e.dataset for e in lately(desk.archive, shelf="money").entries} == {"prices"}
    assert registers.newest(desk.archive, limit=3) == tuple(both[:3])
    assert registers.entry(desk.archive, both[7].id) == both[7]
    with pytest.raises(NotHeld):
        lately(desk.archive, dataset="nothing")
    with pytest.raises(NotHeld):
        lately(desk.archive, shelf="nothing")


def test_a_rebuild_and_a_back_fill_keep_the_ids(desk: Desk) -> None:
    desk.publish([*ROWS, "60,new,1"])
    desk.look()
    before = desk.told()
    old = desk.root / "old"
    old.mkdir()
    (old / "2020-01-01.csv").write_text("\n".join([HEAD, *ROWS]) + "\n")
    (old / "2020-02-01.csv").write_text("\n".join([HEAD, *ROWS[:50]]) + "\n")
    resource = desk.archive.index.resources("prices")[0]
    backfill.from_folder(desk.archive, lambda: resource, old)
    after = desk.told()
    assert {e.id for e in before} <= {e.id for e in after}
    archive = open_archive(desk.archive.root, clock=desk.clock)
    rebuild(archive, None)
    assert lately(archive, viewer=Viewer.PUBLIC).entries == tuple(after)
