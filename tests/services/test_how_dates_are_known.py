"""Of each version the reading room says how its date is known: by our own look, or by a name."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel.clock import SetClock
from verticalfile.services.archive import init
from verticalfile.services.collecting import backfill
from verticalfile.services.collecting.collect import collect
from verticalfile.services.datasets import adding
from verticalfile.services.reading.about import about
from verticalfile.services.reading.at_hand import Asked, AtHand, at_hand
from verticalfile.services.visibility import Viewer
from verticalfile.services.visiting.fetching import Fetching
from verticalfile.web.words import register_words


def test_a_version_of_a_dated_file_is_told_apart_from_one_that_we_saw(tmp_path: Path) -> None:
    archive = init(
        tmp_path / "archive", clock=SetClock(datetime(2024, 1, 1, tzinfo=UTC)),
        time_zone="America/New_York",
    )  # fmt: skip
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "trees-2023-06-15.csv").write_text("id,street\n1,Oak\n2,Elm\n")
    (tmp_path / "trees.csv").write_text("id,street\n1,Oak\n2,Ash\n")
    (resource,) = adding.add(archive, str(tmp_path / "trees.csv"), name="trees")
    collect(archive, [resource], fetching=Fetching(Rules()))
    backfill.from_folder(archive, lambda: resource, tmp_path / "old")

    def told(moment: str) -> str:
        here = at_hand(archive, Asked("trees", "", moment, "", ""), viewer=Viewer.PUBLIC)
        assert isinstance(here, AtHand)
        return register_words.seen(about(archive, here).seen_how)

    assert told("20230616T035959Z") == "The date is that of the file's name."
    assert told("") == "We saw it ourselves."
    versions = archive.index.versions(resource.id)
    assert [v.seen_at.isoformat() for v in versions] == [
        "2023-06-16T03:59:59+00:00", "2024-01-01T00:00:00+00:00",
    ]  # fmt: skip
