"""A file is said by its dataset's name where that has no other file; machines are told the whole."""

from __future__ import annotations

import json
from pathlib import Path

from typed import an_archive_of

SAYING = (("log",), ("every", "trees"), ("lately", "--register", "new"), ("collect", "trees"),
          ("collect", "trees", "--dry-run"), ("list",))  # fmt: skip


def test_people_read_the_short_name_until_another_file_comes_and_machines_the_whole(
    tmp_path: Path,
) -> None:
    run = an_archive_of(tmp_path, "trees", "id,kind\n1,oak\n2,elm\n3,fir\n")
    for words in SAYING:
        said = run(*words)[1]
        assert "trees" in said
        assert "trees/" not in said, words
    for words in (("log", "trees"), ("every", "trees")):
        told = json.loads(run(*words, "--json")[1])
        files = told["files"] if isinstance(told, dict) else told
        assert "trees/trees" in {each["name"] for each in files}
    (tmp_path / "parks.csv").write_text("id,name\n1,Elm\n2,Oak\n3,Fir\n")
    assert run("add", str(tmp_path / "parks.csv"), "--name", "trees")[1].startswith("Added trees/")
    for words in SAYING:
        assert "trees/trees" in run(*words)[1], words
