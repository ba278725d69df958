"""`vf receive` as a person types it."""

from __future__ import annotations

import json

import pytest
from typed import typed


@pytest.fixture
def vf(tmp_path):
    def run(*words: str) -> tuple[int, str, str]:
        return typed(tmp_path / "a", *words)

    run("init", str(tmp_path / "a"), "--time-zone", "America/Denver")
    (tmp_path / "walks.csv").write_text("id,kind\n1,a\n2,b\n")
    (tmp_path / "baker.eml").write_text("From: Tom Baker <tom@example.gov>\n\nHere it is.\n")
    return run


def test_a_delivery_is_received_shown_and_logged_without_a_word_of_its_letter(vf, tmp_path):
    words = ("receive", str(tmp_path / "walks.csv"), "--from", "County Assessor", "--received",
             "2024-11-24", "--as-of", "2023-12-31", "--letter", str(tmp_path / "baker.eml"),
             "--request", "VF-2024-0007", "--law", "the records law", "--how", "by e-mail")  # fmt: skip
    code, out, _ = vf(*words)
    assert code == 0
    assert "walks: kept as v1, as of 2023-12-31." in out
    assert "vf release walks/letter-2024-11-24" in out
    assert "held already" in vf(*words)[1]
    shown = vf("show", "walks")[1]
    assert "2024-11-24 from County Assessor; by e-mail; request VF-2024-0007" in shown
    assert "data as of 2023-12-31; letter walks/letter-2024-11-24" in shown
    [told] = json.loads(vf("show", "walks", "--json")[1])[-1]["received"]
    assert "the records law" in told
    log = vf("log", "walks")[1]
    assert "delivered" in log
    assert "VF-2024-0007" in log
    for text in (shown, log):
        assert "Baker" not in text
        assert "tom@" not in text
    assert vf("collect")[2].strip().endswith("Nothing is due.")
    assert vf("verify")[0] == 0


def test_what_cannot_be_received_is_said_with_a_mend(vf, tmp_path):
    code, _, said = vf("receive", str(tmp_path / "walks.csv"))
    assert code == 10
    assert "--from" in said
    code, _, said = vf("receive", str(tmp_path / "nothing.csv"), "--from", "County Assessor")
    assert code == 10
    assert "no file" in said
    assert vf("list")[1] == ""
