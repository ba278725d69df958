"""`vf embargo`, `takedown`, `notice` as a person types them."""

from __future__ import annotations

import json

import pytest
from typed import an_archive_of


@pytest.fixture
def vf(tmp_path):
    return an_archive_of(tmp_path, "plans", "id,kind\n1,a\n2,b\n")


def test_an_embargo_is_set_listed_shown_and_lifted(vf):
    code, out, _ = vf("embargo", "plans", "--until", "2999-06-01", "--reason", "agreed")
    assert (code, "from 2999-06-01 on" in out) == (0, True)
    assert "not shown before 2999-06-01: agreed" in vf("show", "plans")[1]
    assert "under embargo until 2999-06-01" in vf("versions", "plans")[1]
    [told] = json.loads(vf("embargo", "--json")[1])
    assert (told["until"], told["all_versions"]) == ("2999-06-01", True)
    assert vf("embargo", "--due")[1] == ""
    assert vf("embargo", "plans", "--until", "soon", "--reason", "x")[0] == 10
    assert vf("embargo", "plans")[0] == 10
    assert vf("embargo", "plans", "--lift", "--reason", "no need")[0] == 0
    assert "under embargo" in vf("embargo")[2]
    assert "embargo ended" in vf("log", "plans")[1]


def test_a_takedown_request_is_recorded_decided_and_listed(vf):
    code, out, _ = vf("takedown", "plans", "--ground", "privacy", "--by", "person-concerned",
                      "--part", "row 2", "--hide", "--answer-by", "2999-01-01")  # fmt: skip
    assert (code, "Request 1" in out, "withheld" in out) == (0, True, True)
    assert "request 1 (privacy, open)" in vf("show", "plans")[1]
    assert "2999-01-01" in vf("takedown")[1]
    code, _, beside = vf("takedown", "plans", "--request", "1", "--decide", "granted", "--reason",
                         "it is so", "--authority", "the director")  # fmt: skip
    assert code == 0
    assert "Nothing was taken down yet" in beside
    [told] = json.loads(vf("takedown", "plans", "--json")[1])
    assert (told["state"], len(told["steps"])) == ("granted", 2)
    assert "granted" in vf("log", "plans")[1]
    assert vf("get", "plans")[1].startswith("id,kind")
    assert vf("takedown", "plans", "--ground", "privacy", "--part", "of a@b.org")[0] == 10


def test_a_notice_and_a_label_stand_before_the_rights(vf):
    project = "https://localcontextshub.org/projects/0b5c1f1e-0000-4000-8000-00000000abcd"
    assert vf("notice", "plans", "--notice", "tk")[0] == 0
    code, out, _ = vf("notice", "plans", "--label", "TK Attribution", "--community",
                      "People of the River", "--project", project)  # fmt: skip
    assert code == 0
    assert out.startswith("TK Attribution\tgiven by People of the River")
    assert vf("rights", "plans")[1].startswith("TK Attribution, a Label given by")
    assert len(json.loads(vf("rights", "plans", "--json")[1])["local_contexts"]) == 2
    assert vf("notice", "plans", "--label", "TK Attribution", "--community", "People")[0] == 10
    assert vf("notice", "plans", "--take-off", "TK Attribution", "--reason", "asked")[0] == 0
    assert "taken off" in vf("log", "plans")[1]
