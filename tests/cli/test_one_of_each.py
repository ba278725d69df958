"""What is said of one thing, of nothing to do, and of what is not there, on a small archive."""

from __future__ import annotations

from pathlib import Path

import pytest
from typed import an_archive_of

from verticalfile.cli.staff.collecting_cmd import _span


def test_one_original_is_one_and_a_reason_stands_in_the_log(tmp_path: Path) -> None:
    run = an_archive_of(tmp_path, "trees", "id,kind\n1,oak\n2,elm\n")
    assert run("verify")[1] == "All well: 1 original, each as it was kept.\n"
    assert run("rebuild")[1] == "Rebuilt from 1 original.\n"
    assert run("withhold", "trees", "--reason", "names of persons")[0] == 0
    [line] = [each for each in run("log", "trees")[1].splitlines() if "\twithheld\t" in each]
    assert line.endswith("reason names of persons")


def test_how_often_something_is_looked_at_is_said_in_words(tmp_path: Path) -> None:
    run = an_archive_of(tmp_path, "trees", "id,kind\n1,oak\n2,elm\n")
    assert run("every", "trees", "monthly")[1].splitlines()[-1] == "trees\tmonthly\t30 days"
    assert run("every", "trees", "never")[1].splitlines()[-1] == "trees\tnever\t"
    assert '"now": "P36500D"' in run("every", "trees", "--json")[1]


@pytest.mark.parametrize(
    ("duration", "said"),
    [("P1D", "1 day"), ("PT12H", "12 hours"), ("P2DT1H30M", "2 days, 1 hour, 30 minutes")],
)
def test_a_duration_is_said_in_words(duration: str, said: str) -> None:
    assert _span(duration) == said


def test_a_hand_out_of_a_name_that_is_not_held_says_which_are(tmp_path: Path) -> None:
    run = an_archive_of(tmp_path, "trees", "id,kind\n1,oak\n2,elm\n")
    code, _, beside = run("handout", "tree")
    assert code == 14
    assert "There is no dataset “tree”." in beside
    assert "choose trees." in beside
