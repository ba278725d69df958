"""A small git history made here with the traps of real ones: every state comes out."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from verticalfile.catalog.versions import as_of
from verticalfile.charts import ENGLISH, draw_line
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services import listing
from verticalfile.services.archive import Archive, init, open_archive
from verticalfile.services.collecting import backfill
from verticalfile.services.collecting.collect import collect
from verticalfile.services.datasets import adding
from verticalfile.services.known.table_history import TableHistory
from verticalfile.services.through_time.charting import chart_column
from verticalfile.services.through_time.row_charts import charts_of_row
from verticalfile.services.through_time.timeline import timeline
from verticalfile.services.visibility import Viewer
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.sources.errors import SourceRefused
from verticalfile.sources.past import git_history

HEAD = "id,name,price\n"
ROWS = ["1,oak,10\n", "2,elm,20\n", "3,ash,30\n", "4,fir,40\n"]
ONE = HEAD + "".join(ROWS)


class Repository:
    """A git repository whose commits have the dates that they are given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str, day: int = 1) -> str:
        date = (datetime(2020, 12, 31, 12, tzinfo=UTC) + timedelta(days=day)).isoformat()
        environment = {
            **os.environ, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date,
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
        }  # fmt: skip
        done = subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@invalid", *words], cwd=self.folder,
            env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip()

    def commit(self, day: int, body: str | bytes | None, path: str = "a.csv") -> str:
        target = self.folder / path
        if body is None:
            target.unlink()
        else:
            target.write_bytes(body if isinstance(body, bytes) else body.encode())
        self.git("add", "-A", day=day)
        self.git("commit", "-q", "--allow-empty", "-m", f"day {day}", day=day)
        return self.git("rev-parse", "HEAD")


def filled(
    root: Path, repository: Repository, path: str = "a.csv", **how: object
) -> tuple[Archive, backfill.Filled]:
    archive = init(root / "archive", clock=SetClock(datetime(2022, 1, 1, tzinfo=UTC)))
    resource = adding.add(archive, str(repository.folder), path=path, name="t")[0]
    done = backfill.from_git(archive, lambda: resource, str(repository.folder), path, **how)
    return archive, done


@pytest.fixture
def traps(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "repository")
    made.commit(1, ONE)
    made.commit(2, ONE.replace("elm,20", "elm,25"))
    made.commit(3, ONE)  # back to earlier bytes
    made.commit(4, HEAD + "".join(reversed(ROWS)))  # order only
    made.commit(
        5, b"\xef\xbb\xbf" + (HEAD + "".join(reversed(ROWS))).replace("\n", "\r\n").encode()
    )
    made.commit(6, "")
    made.commit(7, "<<<<<<< HEAD\n" + ONE)
    made.commit(8, None)
    made.commit(10, ONE.replace("id,name,price", "ID,Name,Price"))  # case of names alone
    made.commit(
        9, ONE.replace("id,name,price", "ID,Name,Price").replace("10", "11")
    )  # clock ran back
    made.commit(12, HEAD.replace("id,name,price", "ID,Name,Price"))
    made.commit(13, "This table has moved.\n")
    made.commit(14, ONE.replace("id,name,price", "ID,Name,Price"))
    return made


def test_every_state_comes_out_with_its_reason_and_kind(tmp_path: Path, traps: Repository) -> None:
    archive, done = filled(tmp_path, traps)
    assert (done.states, done.kept, done.absences, done.unreadable) == (13, 12, 1, 3)
    _, lines = listing.versions(archive, "t")
    told = [
        (line.version.reason, line.rows, line.change.kinds if line.change else None)
        for line in lines
    ]
    assert told == [
        ("", 4, None), ("", 4, ("data",)), ("", 4, ("data",)), ("", 4, ("export only",)),
        ("", 4, ("export only",)), ("zero_byte", None, None), ("conflict_markers", None, None),
        ("", 4, ("columns",)), ("", 4, ("data",)), ("", 0, ("data",)), ("not_table", None, None),
        ("", 4, ("data",)),
    ]  # fmt: skip
    (resource,) = archive.index.resources()
    frames = [c for c in archive.vault.captures(resource.id) if c.stored.position is not None]
    assert len(frames) == 10, "bytes that come back take no frame: the first and the eighth state"


def test_answers_as_of_each_day_say_what_was_offered(tmp_path: Path, traps: Repository) -> None:
    archive, _ = filled(tmp_path, traps)
    (resource,) = archive.index.resources()
    versions = archive.index.versions(resource.id)

    def at(day: int) -> tuple[int | None, bool]:
        answer = as_of(versions, datetime(2021, 1, day, 18, tzinfo=UTC))
        return answer.version.number if answer.version else None, answer.absent_since is not None

    assert as_of(versions, datetime(2020, 12, 31, tzinfo=UTC)).version is None
    assert [at(day) for day in (1, 2, 3, 6, 7, 8)] == [
        (1, False), (2, False), (3, False), (5, False), (5, False), (5, True),
    ]  # fmt: skip
    assert at(10) == (9, False), (
        "the commit whose clock ran back is seen on the day before it in the walk"
    )
    assert at(13) == (10, False)
    assert at(14) == (12, False)


def test_a_look_at_a_repository_dates_no_value_and_what_is_not_recorded_since_is_a_gap(
    tmp_path: Path,
) -> None:
    made = Repository(tmp_path / "repository")
    for day in range(1, 6):
        made.commit(day, HEAD + "".join(ROWS[:day]) + f"9,yew,{day}\n")
    archive, _ = filled(tmp_path, made)
    collect(archive, archive.index.resources("t"), fetching=Fetching(Rules()))
    rows = chart_column(archive, "t", None, words=ENGLISH).chart
    [line] = rows.series
    assert [p.at.date() for p in line.points] == [date(2021, 1, day) for day in range(1, 6)]
    assert (rows.about.as_of, rows.until) == (date(2021, 1, 5), datetime(2021, 1, 5, 12))
    told = draw_line(rows, ENGLISH).summary
    assert told.startswith("It rose from 2 on January 1, 2021 to 5 on January 5, 2021.")
    assert told.endswith("From January 5, 2021 to January 1, 2022: the source records no state.")
    [price] = charts_of_row(archive, "t", ["9"], words=ENGLISH, viewer=Viewer.PUBLIC)
    assert "to 5 on January 5, 2021." in draw_line(price, ENGLISH).summary
    assert timeline(archive, "t", words=ENGLISH).chart.about.as_of == date(2021, 1, 5)


def test_doing_it_twice_adds_nothing(tmp_path: Path, traps: Repository) -> None:
    archive, _ = filled(tmp_path, traps)
    (resource,) = archive.index.resources()
    before = archive.index.versions(resource.id)
    again = backfill.from_git(archive, lambda: resource, str(traps.folder), "a.csv")
    assert (again.kept, again.absences) == (0, 0)
    assert archive.index.versions(resource.id) == before
    told = [body["detail"] for body in listing.log(archive, None) if body["kind"] == "backfilled"]
    assert told[-1] == {"said": f"0 new of {again.states} states; from {traps.folder}#a.csv"}


def test_a_merge_of_two_roots_loses_no_state_of_either(tmp_path: Path) -> None:
    made = Repository(tmp_path / "repository")
    made.commit(1, ONE)
    made.git("checkout", "-q", "--orphan", "other")
    side = made.commit(2, ONE.replace("oak", "pine"))
    made.git("checkout", "-q", "main")
    made.commit(3, ONE.replace("elm", "yew"))
    made.git(
        "merge", "-q", "--allow-unrelated-histories", "-X", "ours", "-m", "join", "other", day=4
    )
    archive, _ = filled(tmp_path, made)
    (resource,) = archive.index.resources()
    assert side in {c.taken.moment_name for c in archive.vault.captures(resource.id)}


def test_a_rename_is_offered_and_taken_in_when_it_is_followed(tmp_path: Path) -> None:
    made = Repository(tmp_path / "repository")
    made.commit(1, ONE, "old.csv")
    made.commit(2, ONE.replace("elm,20", "elm,21"), "old.csv")
    made.git("mv", "old.csv", "new.csv")
    made.git("commit", "-q", "-m", "move", day=3)
    made.commit(4, ONE.replace("elm,20", "elm,22"), "new.csv")
    (tmp_path / "one").mkdir()
    _, done = filled(tmp_path / "one", made, "new.csv")
    assert [(offer.path, offer.direction) for offer in done.renames] == [("old.csv", "from")]
    (tmp_path / "two").mkdir()
    archive, followed = filled(tmp_path / "two", made, "new.csv", follow=True)
    (resource,) = archive.index.resources()
    assert followed.kept == 3
    assert archive.index.versions(resource.id)[0].seen_at == datetime(2021, 1, 1, 12, tzinfo=UTC)


def test_a_check_of_a_repository_says_what_of_the_past_is_not_in_it(tmp_path: Path) -> None:
    made = Repository(tmp_path / "a repository")
    made.commit(1, ONE, "old.csv")
    made.git("mv", "old.csv", "new.csv")
    made.git("commit", "-q", "-m", "move", day=2)
    made.commit(3, None, "new.csv")
    made.commit(4, ONE, "new.csv")
    archive = init(tmp_path / "archive", clock=SetClock(datetime(2022, 1, 1, tzinfo=UTC)))
    resource = adding.add(archive, str(made.folder), path="new.csv", name="t")[0]
    (checked,) = collect(archive, [resource], fetching=Fetching(Rules(), lambda _: None))
    assert checked.said == (
        "2 new of 3 states, 1 of them without the file; before, it was old.csv, which"
        f" `vf backfill t/new --git '{made.folder}' --path new.csv --follow` takes in"
    )
    (checked,) = collect(archive, [resource], fetching=Fetching(Rules(), lambda _: None))
    assert checked.said == "nothing new"
    assert listing.show(archive, "t")[0].unreadable is None
    made.commit(5, "", "new.csv")
    (checked,) = collect(archive, [resource], fetching=Fetching(Rules(), lambda _: None))
    assert checked.said.startswith("1 new of 4 states; 1 of the new ones is no table; before,")
    newest = listing.show(archive, "t")[0].unreadable
    assert newest is not None
    assert newest.reason == "zero_byte"


def test_a_commit_dated_in_the_future_was_there_when_the_next_one_was(tmp_path: Path) -> None:
    made = Repository(tmp_path / "repository")
    made.commit(1, ONE)
    made.commit(3651, ONE.replace("elm", "yew"))
    made.commit(5, ONE.replace("elm", "box"))
    made.commit(3652, ONE.replace("elm", "bay"))
    archive, _ = filled(tmp_path, made)
    (resource,) = archive.index.resources()
    seen = [version.seen_at for version in archive.index.versions(resource.id)]
    fifth = datetime(2021, 1, 5, 12, tzinfo=UTC)
    assert seen == [datetime(2021, 1, 1, 12, tzinfo=UTC), fifth, fifth, archive.clock.now()]
    later = open_archive(archive.root, clock=SetClock(datetime(2023, 1, 1, tzinfo=UTC)))
    again = backfill.from_git(later, lambda: resource, str(made.folder), "a.csv")
    assert again.kept == 0
    assert [version.seen_at for version in later.index.versions(resource.id)] == seen


def test_a_shallow_clone_is_said(tmp_path: Path, traps: Repository) -> None:
    shallow = tmp_path / "shallow"
    subprocess.run(
        ["git", "clone", "-q", "--depth", "3", f"file://{traps.folder}", str(shallow)], check=True
    )
    archive = init(tmp_path / "archive", clock=SetClock(datetime(2022, 1, 1, tzinfo=UTC)))
    resource = adding.add(archive, str(shallow), path="a.csv", name="t")[0]
    done = backfill.from_git(archive, lambda: resource, str(shallow), "a.csv")
    assert done.shallow
    assert done.states == 3


def test_bytes_that_a_partial_clone_lacks_are_no_absence(tmp_path: Path) -> None:
    made = Repository(tmp_path / "repository")
    made.commit(1, "kept beside", path="b.csv")
    made.commit(2, ONE)
    made.commit(3, ONE.replace("elm", "yew"))
    made.commit(4, None)  # an absence, as the first commit is one
    made.commit(5, ONE.replace("elm", "box"))
    assert filled(tmp_path / "whole", made)[1].absences == 1
    lost = made.git("rev-parse", "HEAD~2:a.csv")
    (made.folder / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    with pytest.raises(SourceRefused, match="lacks the bytes of 1 of 3 states"):
        filled(tmp_path / "part", made)


def test_a_link_at_the_path_gives_what_it_leads_to(tmp_path: Path) -> None:
    made = Repository(tmp_path / "repository")
    made.commit(1, ONE, "first.csv")
    (made.folder / "a.csv").symlink_to("first.csv")
    made.commit(2, "beside", "b.txt")
    made.commit(3, ONE.replace("elm", "yew"), "first.csv")  # the link stays, what it names changes
    leads_to: list[str | None] = ["second.csv", "nowhere.csv", "/etc/passwd", "a.csv", None]
    for day, where in enumerate(leads_to, start=4):
        (made.folder / "a.csv").unlink()
        if where:
            (made.folder / "a.csv").symlink_to(where)
        made.commit(day, ONE.replace("elm", "box"), "second.csv" if where else "a.csv")
    archive, done = filled(tmp_path, made)
    assert (done.states, done.kept, done.absences, done.unreadable) == (5, 4, 1, 0)
    _, lines = listing.versions(archive, "t")
    assert [(line.version.seen_at.day, line.rows) for line in lines] == [
        (2, 4), (3, 4), (4, 4), (8, 4),
    ]  # fmt: skip


def test_bytes_that_a_link_leads_to_and_are_lacking_are_no_absence(tmp_path: Path) -> None:
    made = Repository(tmp_path / "repository")
    made.commit(1, ONE, "first.csv")
    (made.folder / "a.csv").symlink_to("first.csv")
    made.commit(2, ONE.replace("elm", "yew"), "first.csv")
    made.commit(3, ONE.replace("elm", "box"), "first.csv")
    lost = made.git("rev-parse", "HEAD~1:first.csv")
    (made.folder / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    with pytest.raises(SourceRefused, match="lacks the bytes of 1 of 1 states"):
        filled(tmp_path, made)


def test_bytes_of_other_paths_that_a_partial_clone_lacks_stand_in_nobody_s_way(
    tmp_path: Path,
) -> None:
    made = Repository(tmp_path / "repository")
    made.commit(1, "another thing altogether\n" * 9, path="b.csv")
    (made.folder / "b.csv").unlink()
    made.commit(2, ONE)  # git compares what came with what went
    lost = made.git("rev-parse", "HEAD~1:b.csv")
    (made.folder / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    assert filled(tmp_path, made)[1].kept == 1


def test_a_path_that_no_commit_has_is_refused_when_it_is_added(tmp_path: Path) -> None:
    made = Repository(tmp_path / "repository")
    made.commit(1, ONE)
    made.commit(2, ONE, path="b.csv")
    made.commit(3, None, path="b.csv")
    archive = init(tmp_path / "archive")
    with pytest.raises(SourceRefused, match="No commit of this branch"):
        adding.add(archive, str(made.folder), path="c.csv", name="t")
    assert adding.add(archive, str(made.folder), path="b.csv", name="t")  # it was there once


def test_objects_under_their_ids_are_paired_by_them(tmp_path: Path) -> None:
    made = Repository(tmp_path / "repository")
    counties = {f"c{n}": {"name": f"County {n}", "out": n % 4} for n in range(9)}
    made.commit(1, json.dumps(counties), "a.json")
    made.commit(2, json.dumps(counties | {"c3": {"name": "County 3", "out": 7}}), "a.json")
    made.commit(3, '{"error": {"code": 503}}', "a.json")
    made.commit(4, json.dumps({"c1": counties["c1"]}), "a.json")
    archive, _ = filled(tmp_path, made, "a.json")
    _, lines = listing.versions(archive, "t")
    assert [(line.rows, line.version.reason) for line in lines] == [
        (9, ""), (9, ""), (None, "wrong_shape"), (1, ""),
    ]  # fmt: skip
    changes = [line.change for line in lines if line.change]
    assert [(c.added, c.removed, c.changed) for c in changes] == [(0, 0, 1), (0, 8, 0)]


def test_json_whose_members_come_and_go_keeps_them_apart(tmp_path: Path) -> None:
    made = Repository(tmp_path / "repository")
    bodies = ['[{"id":1,"n":"a"}]', '[{"id":1,"n":"a","extra":null}]', '[{"id":"1","n":"a"}]', "[]",
              '[{"id":1,"n":"a"}]']  # fmt: skip
    for day, body in enumerate(bodies, start=1):
        made.commit(day, body, "a.json")
    archive, _ = filled(tmp_path, made, "a.json")
    _, lines = listing.versions(archive, "t")
    assert [line.rows for line in lines] == [1, 1, 1, 0, 1]
    assert all(line.version.readable for line in lines)
    assert "columns" in lines[1].change.kinds
    (resource,) = archive.index.resources()
    (table,) = archive.index.tables(resource.id)
    history = TableHistory(archive, table.id, table.name)
    digests = [o.table_sha256 for o in history.history.manifest.ordinals]
    assert len(set(digests)) == 4, "1 and “1”, null and missing stay apart"


def test_what_git_says_is_told_in_a_sentence_of_ours_with_its_mend(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "a.bundle").write_bytes(b"nothing of the kind")
    Repository(tmp_path / "new")
    broken = Repository(tmp_path / "broken")
    broken.commit(1, ONE)
    broken.git("update-ref", "refs/heads/gone", "HEAD")
    tree = broken.git("rev-parse", "HEAD^{tree}")
    (broken.folder / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    now = datetime(2026, 1, 1, tzinfo=UTC)

    def cloned(what: str) -> None:
        git_history.open_repository(what, tmp_path / "scratch")

    def read(folder: str, branch: str = "") -> None:
        git_history.read_history(tmp_path / folder, "a.csv", now=now, branch=branch or None)

    told = [
        (lambda: cloned(str(tmp_path / "plain")), "plain is no git repository."),
        (lambda: cloned(str(tmp_path / "a.bundle")), "a.bundle is no git repository."),
        (lambda: cloned("http://127.0.0.1:9/x.git"), "git could not reach http://127.0.0.1:9/x.git."),
        (lambda: read("new"), "new has no such branch, or no commit yet."),
        (lambda: read("broken", "other"), "broken has no such branch, or no commit yet."),
        (lambda: read("broken"), "broken is damaged, so that git cannot read all of it."),
    ]  # fmt: skip
    for ask, sentence in told:
        with pytest.raises(SourceRefused) as raised:
            ask()
        assert raised.value.message.endswith(sentence)
        assert "fatal" not in str(raised.value)
        assert str(raised.value.facts["git"]).startswith(("fatal", "error")), "as a detail"


def test_a_machine_without_git_is_told_so_and_other_files_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Repository(tmp_path / "made")
    made.commit(1, ONE)
    (tmp_path / "b.csv").write_text(ONE)
    archive = init(tmp_path / "archive", clock=SetClock(datetime(2026, 1, 1, tzinfo=UTC)))
    files = adding.add(archive, str(made.folder), path="a.csv")
    files += adding.add(archive, str(tmp_path / "b.csv"))
    monkeypatch.setenv("PATH", str(tmp_path))
    of_git, of_file = collect(archive, files, fetching=Fetching(Rules()))
    assert (of_git.outcome, of_file.outcome) == ("failed", "changed")
    assert of_git.said == "git is not installed on this machine."
