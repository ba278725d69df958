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
