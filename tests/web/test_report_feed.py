"""The feed of what collecting found: an entry a day, figures alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import feedparser

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services.archive import init
from verticalfile.services.collecting.rounds import round_of
from verticalfile.services.datasets.adding import add
from verticalfile.services.visiting.fetching import Fetching

DAY = timedelta(days=1)


def test_a_day_of_runs_is_one_entry_that_leads_to_its_report(tmp_path, enter):
    clock = SetClock(datetime.now(UTC).replace(hour=9, microsecond=0) - 3 * DAY)
    archive = init(tmp_path / "archive", clock=clock)
    (tmp_path / "trees.csv").write_text("id,kind\n1,oak\n")
    add(archive, str(tmp_path / "trees.csv"), name="secret-name")
    days = []
    for _ in range(2):
        for _ in range(2):
            clock.pass_time(timedelta(hours=1))
            round_of(archive, ("secret-name",), fetching=Fetching(Rules()))
        days.append(clock.now().date().isoformat())
        clock.pass_time(DAY - timedelta(hours=2))
    answer = enter(archive.root).get("/sources/report.atom")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    found = feedparser.parse(answer.content)
    assert not found.bozo
    assert [entry.title for entry in found.entries] == days[::-1]
    assert [entry.link.rpartition("/sources/")[2] for entry in found.entries] == [
        f"report/{day}/" for day in days[::-1]
    ]
    assert "1 file was looked at" in found.entries[0].summary
    assert "secret-name" not in answer.content.decode()


def test_where_nothing_was_collected_the_feed_is_empty(tmp_path, enter):
    archive = init(tmp_path / "archive")
    found = feedparser.parse(enter(archive.root).get("/sources/report.atom").content)
    assert (found.bozo, found.entries) == (False, [])
