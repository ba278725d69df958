"""What a folder that a person points at stands for, and what in it is none of a publisher's data."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.moments import to_iso
from verticalfile.services.archive import init
from verticalfile.sources.errors import SourceRefused
from verticalfile.sources.past import dated_folder
from verticalfile.sources.what import recognise


def written(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("id\n1\n")
    return folder


def test_an_archive_inside_a_folder_is_no_part_of_it(tmp_path: Path) -> None:
    written(tmp_path, "trees.csv", "parks/benches.csv", "parks/.hidden/x.csv", ".DS_Store")
    init(tmp_path / "parks" / "library")
    written(tmp_path / "parks" / "library", "cache/newest/of.csv")
    (tmp_path / "copy" / "vault").mkdir(parents=True)
    written(tmp_path / "copy", "vault/0=ocfl_1.1", "files/settings.json")
    (tmp_path / "link.csv").symlink_to("trees.csv")
    assert [what.name for what in recognise(str(tmp_path))] == ["benches", "trees"]


def test_of_a_folder_of_dated_files_too_the_archive_is_left_out(tmp_path: Path) -> None:
    written(tmp_path, "t-2021-02-01.csv", "t-2021-01-01.csv")
    init(tmp_path / "2020-01-01")
    states, undated = dated_folder.states_in(
        tmp_path, zone=UTC, now=datetime(2022, 1, 1, tzinfo=UTC)
    )
    found = [state.moment_name for state in states]
    assert found == ["t-2021-01-01.csv", "t-2021-02-01.csv"]
    assert undated == 0


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("t-2021-01-15.csv", "2021-01-16T04:59:59Z"),  # the last second of the day in New York
        ("2021/07/15/t.csv", "2021-07-16T03:59:59Z"),
        ("20210115T235959Z.csv", "2021-01-15T23:59:59Z"),
        ("t_2021-01-15_0830.csv", "2021-01-15T13:30:00Z"),
        ("t-2021-02-31-2021-03-01.csv", "2021-03-02T04:59:59Z"),  # the first is no day
        ("t_2021-01-01_2021-01-31.csv", "2021-02-01T04:59:59Z"),  # from and to, not 20:21 o'clock
        ("t_20210101-20210131.csv", "2021-02-01T04:59:59Z"),
        ("20210115_0830_1.csv", "2021-01-15T13:30:00Z"),
        ("t-20211.csv", None),
    ],
)
def test_the_date_in_a_name_is_read_by_the_clocks_of_the_archive(
    name: str, moment: str | None
) -> None:
    found = dated_folder.moment_in(name, ZoneInfo("America/New_York"))
    assert (to_iso(found) if found else None) == moment


def test_what_is_dated_today_was_seen_by_now_and_not_only_when_the_day_ends(tmp_path: Path) -> None:
    written(tmp_path, "t-2021-01-31.csv", "t-2021-02-01.csv", "t-2021-02-02.csv", "newest.csv")
    now = datetime(2021, 2, 2, 3, tzinfo=UTC)  # the evening of February 1 in New York
    states, undated = dated_folder.states_in(tmp_path, zone=ZoneInfo("America/New_York"), now=now)
    assert [to_iso(state.seen_at) for state in states] == [
        "2021-02-01T04:59:59Z", "2021-02-02T03:00:00Z", "2021-02-03T04:59:59Z",
    ]  # fmt: skip
    assert undated == 1


def test_an_archive_itself_is_no_folder_of_data(tmp_path: Path) -> None:
    init(tmp_path / "library")
    with pytest.raises(SourceRefused, match="is an archive"):
        recognise(str(tmp_path / "library"))


@pytest.mark.parametrize("nothing", ["", " "])
def test_an_empty_word_is_not_the_folder_one_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nothing: str
) -> None:
    monkeypatch.chdir(written(tmp_path, "trees.csv"))
    with pytest.raises(InputRefused, match="Nothing was named"):
        recognise(nothing)


def test_the_address_of_a_file_is_told_as_its_path() -> None:
    with pytest.raises(InputRefused) as caught:
        recognise("file:///srv/open%20data/trees.csv")
    assert caught.value.mend.endswith("/srv/open data/trees.csv")


def test_a_folder_that_cannot_be_read_is_told_and_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, "trees.csv", "closed/benches.csv")
    closed, scandir = tmp_path / "closed", os.scandir

    def refusing(path: str) -> object:
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", str(closed))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)  # who may read everything meets no closed folder
    with pytest.raises(SourceRefused, match=r"closed cannot be read: Permission denied"):
        recognise(str(tmp_path))


def test_too_many_files_are_a_mistake_in_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dated_folder, "FILES_MAX", 3)
    written(tmp_path, *(f"{n}.csv" for n in range(4)))
    with pytest.raises(SourceRefused, match="more than 3 files"):
        recognise(str(tmp_path))
