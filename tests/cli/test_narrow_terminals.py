"""A terminal that is narrow: nothing is cut in the middle, whatever the width."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from test_the_terminal import clean_environment, on_terminal, run

STREET = "1047 North Quarry Street"
COLUMNS = [f"amount {n}" for n in range(12)]


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with a table of thirteen columns, each cell of it another figure."""
    folder = tmp_path_factory.mktemp("wide")
    run("init", "library", cwd=folder)
    rows = [",".join(f"{100_000 * n + m}.25" for m in range(12)) for n in (1, 2)]
    (folder / "budget.csv").write_text(
        f"{','.join(COLUMNS)},street\n" + "".join(f"{row},{STREET}\n" for row in rows)
    )
    run(
        "--archive", "library", "add", "budget.csv", "--name", "the-budget-of-the-town",
        "--title", "What the town means to spend, by office and purpose", cwd=folder,
    )  # fmt: skip
    run("--archive", "library", "collect", cwd=folder)
    return folder / "library"


def seen(archive: Path, width: int, *words: str) -> str:
    env = clean_environment(COLUMNS=str(width), VF_ARCHIVE=str(archive), NO_COLOR="1")
    return re.sub(r"\x1b\[[0-9;]*m", "", on_terminal(*words, cwd=archive.parent, env=env))


@pytest.mark.parametrize("width", [30, 40, 80, 200, 400])
def test_no_figure_is_cut_at_any_width(wide: Path, width: int) -> None:
    shown = seen(wide, width, "sql", "SELECT * FROM the_budget_of_the_town")
    for n in (1, 2):
        for m in range(12):
            assert re.search(rf"(?<!\d){100_000 * n + m}\.25(?!\d)", shown), (width, n, m)


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("command", ["list", "versions"])
def test_names_and_dates_of_lists_stay_whole(wide: Path, width: int, command: str) -> None:
    words = (command,) if command == "list" else (command, "the-budget-of-the-town")
    shown = seen(wide, width, *words)
    assert len(re.findall(r"(?<!\d)\d{4}-\d\d-\d\d(?!\d)", shown)) == 2
    if command == "list":
        assert "the-budget-of-the-town" in shown


def test_a_column_for_which_there_is_no_room_is_named(wide: Path) -> None:
    assert "No room here for: title." in seen(wide, 70, "list")
    assert "What the town means" in seen(wide, 140, "list")
