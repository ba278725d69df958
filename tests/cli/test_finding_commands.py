"""`vf search`, `lately`, `describe` and `shelf`, as a person types them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

VF = [sys.executable, "-m", "verticalfile"]


def vf(archive: Path, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*VF, "--archive", str(archive), *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("desk")
    archive = root / "archive"
    vf(archive, "init", str(archive))
    for name, head in (("pothole-repairs", "order,street"), ("street-trees", "tree,species")):
        (root / f"{name}.csv").write_text(f"{head}\n1,2\n")
        vf(archive, "add", str(root / f"{name}.csv"), "--name", name)
    vf(archive, "collect")
    (root / "pothole-repairs.csv").write_text("order,street\n1,2\n2,3\n")
    vf(archive, "collect", "pothole-repairs")
    vf(archive, "describe", "pothole-repairs", "--publisher", "Public Works", "--place", "Mill",
       "--place", "East Bank", "--description", "Where holes were filled.")  # fmt: skip
    vf(archive, "describe", "pothole-repairs", "--language", "es", "--title", "Baches reparados")
    vf(archive, "shelf", "streets", "--make", "subject", "--title-es", "Calles",
       "--put", "pothole-repairs", "--put", "street-trees")  # fmt: skip
    return archive


def test_a_typo_finds_and_says_so(desk: Path) -> None:
    done = vf(desk, "search", "potoles")
    assert done.stdout.splitlines()[1].startswith("pothole-repairs\tPothole repairs\tPublic Works")
    assert "“potoles” is nowhere; looked for “pothole”" in done.stderr
    assert "[Pothole] repairs" in done.stdout


def test_the_answer_as_json_has_spans_facets_and_dates(desk: Path) -> None:
    body = json.loads(vf(desk, "search", "baches", "--json").stdout)
    (hit,) = body["hits"]
    assert (hit["name"], hit["title_es"], hit["versions"], hit["state"]) == (
        "pothole-repairs", "Baches reparados", 2, "current",
    )  # fmt: skip
    assert {"field": "title", "spans": [
        {"text": "Baches", "marked": True}, {"text": " reparados", "marked": False}
    ]} in hit["why"]  # fmt: skip
    assert body["facets"]["place"] == [
        {"value": "East Bank", "count": 1, "chosen": False},
        {"value": "Mill", "count": 1, "chosen": False},
    ]
    assert hit["newest_seen_at"].endswith("Z")


def test_filters_narrow_and_say_what_there_would_be_without_them(desk: Path) -> None:
    assert len(vf(desk, "search", "--shelf", "streets").stdout.splitlines()) == 3
    assert len(vf(desk, "search", "--place", "Mill").stdout.splitlines()) == 2
    done = vf(desk, "search", "trees", "--place", "Mill")
    assert done.stdout == ""
    assert "Without place “Mill”: 1." in done.stderr


def test_no_words_at_all_list_everything(desk: Path) -> None:
    assert "2 datasets." in vf(desk, "search").stderr


def test_lately_tells_what_happened_and_how_we_know(desk: Path) -> None:
    lines = vf(desk, "lately").stdout.splitlines()
    assert [line.split("\t")[1] for line in lines[1:]] == ["changed", "new", "new"]
    assert "1 row added, 0 removed, 0 changed (data)" in lines[1]
    body = json.loads(vf(desk, "lately", "pothole-repairs", "--json").stdout)
    assert body["counts"]["changed"] == 1
    change = body["entries"][0]
    assert (change["register"], change["added"], len(change["id"])) == ("changed", 1, 20)
    only = json.loads(
        vf(desk, "lately", "--register", "new", "--shelf", "streets", "--json").stdout
    )
    assert {e["dataset"] for e in only["entries"]} == {"pothole-repairs", "street-trees"}


def test_describe_shows_who_says_it_and_what_is_missing(desk: Path) -> None:
    done = vf(desk, "describe", "pothole-repairs")
    assert "Public Works (staff, since " in done.stdout
    assert "Pothole repairs (made from its name)" in done.stdout
    assert "Not said yet: landing page." in done.stderr
    body = json.loads(vf(desk, "describe", "pothole-repairs", "--json").stdout)
    assert [p["value"] for p in body["places"]] == ["Mill", "East Bank"]
    assert body["title"]["en"]["said_by"] is None
    assert "described" in vf(desk, "log", "pothole-repairs").stdout


def test_shelves_are_listed_with_what_stands_on_them(desk: Path) -> None:
    body = json.loads(vf(desk, "shelf", "--json").stdout)
    assert body == [
        {"name": "streets", "kind": "subject", "title": "Streets", "title_es": "Calles",
         "datasets": ["pothole-repairs", "street-trees"]}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code"),
    [(["shelf", "nothing"], 14), (["shelf", "--put", "x"], 10), (["describe", "nothing"], 14),
     (["describe", "street-trees", "--landing-page", "javascript:x"], 10),
     (["shelf", "streets", "--put", "nothing"], 14), (["lately", "nothing"], 14),
     (["shelf", "A B", "--make", "place"], 10), (["search", "--sort", "stars"], 2)],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_one_sentence(desk: Path, words: list[str], code: int) -> None:
    done = vf(desk, *words, code=code)
    assert code == 2 or done.stderr.count("To mend it:") == 1
