"""`vf rights`, `release`, `withhold` as a person types them."""

from __future__ import annotations

import json

import pytest
from typed import typed

PEOPLE = "id,first_name,last_name,dob\n" + "".join(
    f"{n},{first},Brown,19{n}0-02-03\n" for n, first in enumerate(["Ann", "Bob", "Eva", "Dan"], 4)
)


@pytest.fixture
def vf(tmp_path):
    """Runs `vf` on an archive of its own; returns code, answer, what was said beside."""

    def run(*words: str) -> tuple[int, str, str]:
        return typed(tmp_path / "a", *words)

    run("init", str(tmp_path / "a"))
    (tmp_path / "permits.csv").write_text("id,kind\n1,a\n2,b\n")
    (tmp_path / "people.csv").write_text(PEOPLE)
    for name in ("permits", "people"):
        run("add", str(tmp_path / f"{name}.csv"))
        run("collect", name)
    return run


def test_the_card_tells_who_says_so_and_is_no_advice(vf):
    vf("describe", "permits", "--licence", "https://creativecommons.org/licenses/by/4.0/")
    code, out, beside = vf("rights", "permits")
    assert code == 0
    assert "read by rules" in out
    assert "CC-BY-4.0" in out
    assert "not legal advice" in beside
    assert "an open licence" in vf("show", "permits")[1]


def test_a_judgement_is_typed_shown_and_taken_back(vf):
    code, out, _ = vf("rights", "permits", "--judge", "restricted", "--reason", "a letter",
                      "--condition", "no-resale")  # fmt: skip
    assert code == 0
    assert "judged this" in out
    body = json.loads(vf("rights", "permits", "--json")[1])
    assert (body["label"], body["sell"], body["basis"]) == ("restricted", "no", "library")
    assert body["licence_url"] is None
    assert vf("rights", "permits", "--take-back", "--reason", "a slip")[0] == 0
    assert json.loads(vf("rights", "permits", "--json")[1])["basis"] == "nobody"


@pytest.mark.parametrize(
    "words",
    [
        ("rights",), ("rights", "permits", "--report"), ("rights", "nothing"),
        ("rights", "permits", "--judge", "open-licence"),
        ("rights", "permits", "--credit", "me"), ("release", "permits", "--reason", "x"),
        ("withhold", "permits", "--reason", " "),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_a_sentence(vf, words):
    code, _, beside = vf(*words)
    assert 10 <= code < 20
    assert "To mend it:" in beside
    assert "Traceback" not in beside


def test_a_flagged_file_is_withheld_shown_as_such_and_released(vf):
    out = vf("rights", "people")[1]
    assert "it may hold personal data" in out
    assert "flagged dob" in out
    assert "Brown" not in out
    assert "withheld" in vf("versions", "people")[1]
    assert vf("release", "people", "--reason", "made up")[0] == 0
    assert "withheld" not in vf("versions", "people")[1]
    told = vf("log", "people")[1]
    assert "flagged" in told
    assert "let go" in told
    assert vf("withhold", "people", "--reason", "again")[0] == 0


def test_the_report_counts(vf):
    body = json.loads(vf("rights", "--report", "--json")[1])
    assert (body["all"]["datasets"], body["all"]["withheld"]) == (2, 1)
    assert "publisher not said" in vf("rights", "--report")[1]
