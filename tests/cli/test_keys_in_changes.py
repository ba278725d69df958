"""`vf changes` says that rows share the key by which they were matched, in each form for people and
for machines."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typed import an_archive_of

HEAD = "name,kind\n"
FIRST = HEAD + "Ana,oak\nBob,elm\n"
DOUBT = "a change in these may be shown on the wrong one of them."
Vf = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def vf(tmp_path_factory: pytest.TempPathFactory) -> Vf:
    """Trees that are told apart by their name in the first and the last version."""
    folder = tmp_path_factory.mktemp("keys")
    run = an_archive_of(folder, "trees", FIRST)
    run("key", "trees", "name")
    for rows in ("Bob,yew\n", "Bob,yew\nEve,ash\n", ""):
        (folder / "trees.csv").write_text(FIRST + rows)
        assert run("collect", "trees")[0] == 0
    return run


@pytest.mark.parametrize(
    ("sides", "said", "told"),
    [
        (("v1", "v2"), f"Since v2 some rows share their name: {DOUBT}", {"version": 2, "since": 2}),
        (("v2", "v3"), f"Since v2 some rows share their name: {DOUBT}", {"version": 3, "since": 2}),
        (("v3", "v4"), f"In v3 some rows share their name: {DOUBT}", {"version": 3, "since": 2}),
        (("v1", "v4"), "", None),
    ],
)
def test_since_when_rows_share_their_key_is_told(
    vf: Vf, sides: tuple[str, str], said: str, told: dict[str, int] | None
) -> None:
    table, page = (
        vf("changes", "trees", *sides)[1],
        vf("changes", "trees", *sides, "--as", "html")[1],
    )
    assert json.loads(vf("changes", "trees", *sides, "--json")[1])["key_shared"] == told
    assert (said in table.splitlines(), f"<p>{said}</p>" in page) == (
        (True, True) if said else (False, False)
    )
    assert said or "share" not in table + page


def test_of_a_key_that_is_no_longer_unique_vf_key_tells_how_often(tmp_path: Path) -> None:
    run = an_archive_of(tmp_path, "trees", FIRST)
    run("key", "trees", "name")
    assert "not unique" not in run("key", "trees")[1]
    (tmp_path / "trees.csv").write_text(FIRST + "Bob,yew\n")
    run("collect", "trees")
    assert "1 key value stands on more than one row now" in run("key", "trees")[1]
    assert json.loads(run("key", "trees", "--json")[1])["repeated_keys"] == 1


def test_a_key_that_is_written_otherwise_goes_and_comes_back_is_told_each_time(
    tmp_path: Path,
) -> None:
    towns = [("00123", "Elm"), ("00456", "Oak"), ("00789", "Fir")]

    def written(rows: list[tuple[str, str]], head: str = "code,town") -> str:
        return "\n".join([head, *map(",".join, rows)]) + "\n"

    run = an_archive_of(tmp_path, "towns", written(towns))
    run("key", "towns", "code")

    def next_day(text: str) -> tuple[str, str]:
        (tmp_path / "towns.csv").write_text(text)
        return run("collect", "towns")[1], run("changes", "towns")[1]

    collected, changed = next_day(written([(code.lstrip("0"), town) for code, town in towns]))
    assert "the key changed its form" in collected
    assert "rows were paired without regard to leading zeros." in changed
    collected, changed = next_day(written([(town, "x") for _, town in towns], "town,note"))
    assert "column code went" in collected
    assert "Columns that went: code." in changed
    collected, changed = next_day(written(towns))
    assert "column code came" in collected
    assert "Columns that came: code." in changed


def test_csv_has_rows_alone(vf: Vf) -> None:
    assert vf("changes", "trees", "v1", "v2", "--as", "csv")[1] == (
        "change,name,column,before,after\nadded,Bob,kind,,yew\n"
    )


def test_where_they_did_from_the_first_version_on_no_version_is_blamed(tmp_path: Path) -> None:
    run = an_archive_of(tmp_path, "trees", FIRST + "Bob,yew\n")
    run("key", "trees", "name")
    (tmp_path / "trees.csv").write_text(FIRST + "Bob,yew\nEve,ash\n")
    run("collect", "trees")
    assert (
        f"Some rows share their name, as in all versions before: {DOUBT}"
        in run("changes", "trees")[1]
    )
    told = json.loads(run("changes", "trees", "--json")[1])
    assert told["key_shared"] == {"version": 2, "since": None}
