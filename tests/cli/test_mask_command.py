"""`vf mask` as a person types it."""

from __future__ import annotations

import json

import pytest
from typed import an_archive_of


@pytest.fixture
def vf(tmp_path):
    return an_archive_of(tmp_path, "cases", "tract,young,middle,old,all,rate\n1,3,250,12,265,9\n")


MASK = ("mask", "cases", "--counts", "young,middle,old", "--total", "all", "--keep", "tract")


def test_a_table_is_tried_masked_listed_and_shown(vf):
    code, out, _ = vf(*MASK, "--dry-run")
    assert (code, "2 of 4 counts of the newest version would be hidden" in out) == (0, True)
    assert "Left out: rate." in out
    assert vf("mask")[2].startswith("No file is masked")
    code, out, beside = vf(*MASK)
    assert (code, "cases is withheld; cases-masked stands in its place" in out) == (0, True)
    assert "whoever kept it can compare" in beside
    assert vf("get", "cases-masked")[1].splitlines()[1] == "1,*,250,*,265"
    assert vf("get", "cases")[1].splitlines()[1] == "1,3,250,12,265,9", "for staff"
    [told] = json.loads(vf("mask", "--json")[1])
    assert (told["name"], told["of"], told["below"], told["versions"]) == (
        "cases-masked", "cases/cases", 11, 1,
    )  # fmt: skip
    assert "cases-masked" in vf("mask")[1]
    assert "cases-masked stands in its place" in vf("show", "cases")[1]
    assert "made from cases/cases" in vf("show", "cases-masked")[1]
    assert "below 11" in vf("log", "cases-masked")[1]
    assert "is made from cases/cases" in vf("collect", "cases-masked")[1]


def test_what_cannot_be_masked_is_refused_in_one_sentence(vf):
    for more in (("--below", "3"), ("--counts", "aged"), ("--keep", "")):
        code, _, said = vf(*MASK, *more)
        assert (code, said.count("To mend it:")) == (10, 1), more
    assert vf("release", "cases", "--reason", "x")[0] == 14
    vf(*MASK)
    code, _, said = vf("release", "cases", "--reason", "x")
    assert (code, "masked copy" in said) == (10, True)
