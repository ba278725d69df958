"""`vf sql`: the names of tables, and answers that are larger than memory."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from verticalfile.api.library import Library
from verticalfile.fetch.manners.rules import Rules
from verticalfile.kernel import limits
from verticalfile.kernel.errors import InputRefused, LimitReached
from verticalfile.services.archive import Archive, init
from verticalfile.services.collecting.collect import collect
from verticalfile.services.datasets.adding import add
from verticalfile.services.querying import sql
from verticalfile.services.visiting.fetching import Fetching

MEMORY_BYTES = 3 << 30
"""What the command may take; the answer would be more."""


def an_archive(folder: Path, **files: str) -> Archive:
    """An archive of files; `parks__trees` is the file trees.json of the dataset parks."""
    archive = init(folder / "library")
    for name, body in files.items():
        dataset, _, file = name.rpartition("__")
        place = folder / (dataset or file)
        place.mkdir(exist_ok=True)
        (place / f"{file}.{'json' if body.startswith('{') else 'csv'}").write_text(body)
    for place in sorted(p for p in folder.iterdir() if p.name != "library"):
        parts = list(place.iterdir())
        add(archive, str(place if len(parts) > 1 else parts[0]), name=place.name)
    collect(archive, archive.index.resources(), fetching=Fetching(Rules()))
    return archive


LIST = '{"rows": [{"id": 1}, {"id": 2}]}'


def test_a_file_with_one_table_is_named_by_dataset_and_file(tmp_path: Path) -> None:
    archive = an_archive(tmp_path, parks__trees=LIST, parks__gates="id\n1\n2\n3\n")
    for name, rows in (
        ('"parks/trees"', 2), ("parks_trees", 2), ('"parks/trees/rows"', 2), ("parks_gates", 3),
    ):  # fmt: skip
        assert list(sql(archive, f"SELECT count(*) FROM {name}").rows) == [(rows,)], name


def test_a_name_that_fits_no_table_is_refused_with_those_there_are(tmp_path: Path) -> None:
    archive = an_archive(tmp_path, parks__trees=LIST, parks__gates="id\n1\n2\n")
    with pytest.raises(InputRefused) as refused:
        sql(archive, "SELECT * FROM parks")
    assert refused.value.mend == "choose among: parks_gates, parks_trees."
    with pytest.raises(InputRefused, match="syntax error") as refused:
        sql(archive, "SELEC 1")
    assert "SHOW TABLES" in refused.value.mend


def test_columns_of_one_name_stay_two(tmp_path: Path) -> None:
    answer = sql(an_archive(tmp_path, zoning="id\n1\n"), "SELECT 1 AS n, 2 AS n FROM zoning")
    assert (answer.columns, list(answer.rows)) == (("n", "n#2"), [(1, 2)])


def test_all_tables_are_shown_by_names_that_can_be_asked(tmp_path: Path) -> None:
    archive = an_archive(tmp_path, parks__trees=LIST, parks__gates="id\n1\n2\n", zoning="id\n1\n")
    names = [str(name) for (name,) in sql(archive, "show tables;").rows]
    assert names == ["parks_gates", "parks_trees", "zoning"]
    for name in names:
        assert list(sql(archive, f"SELECT * FROM {name}").rows)


def test_a_name_that_two_tables_would_bear_is_of_neither(tmp_path: Path) -> None:
    archive = an_archive(tmp_path, parks__trees=LIST, parks__gates="id\n1\n2\n")
    (tmp_path / "parks-gates.csv").write_text("id\n1\n2\n3\n")
    add(archive, str(tmp_path / "parks-gates.csv"), name="parks-gates")
    collect(archive, archive.index.resources(), fetching=Fetching(Rules()))
    with pytest.raises(InputRefused):
        sql(archive, "SELECT count(*) FROM parks_gates")
    assert list(sql(archive, 'SELECT count(*) FROM "parks-gates"').rows) == [(3,)]
    assert list(sql(archive, 'SELECT count(*) FROM "parks/gates"').rows) == [(2,)]


def test_an_answer_without_end_comes_row_by_row_and_whole_it_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = an_archive(tmp_path, zoning="id\n1\n")
    endless = "SELECT * FROM range(1000000000) a, range(1000) b"
    with subprocess.Popen(
        [sys.executable, "-m", "verticalfile", "--archive", str(archive.root), "sql", endless],
        stdout=subprocess.PIPE, text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES)),
    ) as asked:  # fmt: skip
        assert asked.stdout is not None
        assert [asked.stdout.readline() for _ in range(100_000)][-1].count("\t") == 1
        asked.kill()
    monkeypatch.setattr(limits, "ANSWER_BYTES", 1 << 20)
    with pytest.raises(LimitReached):
        Library(archive).sql(endless)


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    archive = an_archive(tmp_path, zoning="id\n1\n")
    asked = f"'{sys.executable}' -m verticalfile --archive '{archive.root}'"
    done = subprocess.run(
        ["bash", "-c", f"{asked} sql 'SELECT * FROM range(1000000)' | head -1; echo ${{PIPESTATUS[0]}}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("range\n0\n", "")
