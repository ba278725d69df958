"""A destruction that is killed at any step and ordered again ends as one undisturbed: nothing is
left of what was to go, everything else is, and there is one tombstone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

CANARY = "Jane Canary"
WHAT = ("withdraw", "t", "--version", "v2", "--how", "destroy")
ASK = (*WHAT, "--reason", "a ruling", "--authority", "a court", "--by", "Ann Poe")
ORDER = (*WHAT, "--confirm", "--by", "Bob Roe", "--yes")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, vf) -> tuple[Path, str]:
    """An archive of three versions, the second naming a person; and that one's digest."""
    folder = tmp_path_factory.mktemp("whole")
    file, root = folder / "t.csv", folder / "archive"
    assert vf(folder, "init", str(root)).code == 0
    for number, more in enumerate(("", f"99,{CANARY}\n", "98,x\n")):
        rows = "".join(f"{n},{n * (n % 9 == number)}\n" for n in range(60))
        file.write_text(f"id,name\n{rows}{more}")
        if number == 0:
            assert vf(root, "add", str(file), "--name", "t", "--key", "id").code == 0
        assert vf(root, "collect", "t").code == 0
    assert vf(root, *ASK).code == 0
    return root, vf(root, "versions", "t", "--json").told[1]["sha256"]


def left_of(archive: Path, *traces: str) -> list[str]:
    wanted = [trace.encode() for trace in traces]
    return [
        p.relative_to(archive).as_posix()
        for p in archive.rglob("*")
        if p.is_file() and any(each in p.read_bytes() for each in wanted)
    ]


def killed_at(vf, whole: tuple[Path, str], folder: Path, step: int) -> bool:
    """Kill the order at this step, give it again; returns whether it was killed."""
    archive = folder / str(step)
    shutil.copytree(whole[0], archive)
    cut = vf(archive, *ORDER, step=step)
    assert cut.code in (0, 137), cut.err
    shown = vf(archive, "get", "t", "--version", "v2")
    assert shown.code in (0, 40), shown.err
    again = vf(archive, *ORDER)
    assert again.code == (40 if "destroyed" in again.err else 0), again.err
    assert left_of(archive, CANARY, whole[1]) == [], f"after step {step}"
    told = vf(archive, "versions", "t", "--json").told
    assert [(v["version"], v["withdrawn"]) for v in told] == [(3, None), (2, "destroy"), (1, None)]
    verified = vf(archive, "verify", "--json")
    assert json.loads(verified.out)["well"], verified.out
    assert json.loads(verified.out)["originals"] == 2
    shutil.rmtree(archive)
    return cut.code == 137


def test_a_destruction_killed_at_some_steps_and_ordered_again_is_whole(
    tmp_path: Path, vf, whole: tuple[Path, str]
) -> None:
    assert killed_at(vf, whole, tmp_path, 10**6) is False
    for step in (1, 45, 81, 140):
        killed_at(vf, whole, tmp_path, step)


def test_asking_that_is_killed_destroys_nothing_and_can_be_asked_again(
    tmp_path: Path, vf, whole: tuple[Path, str]
) -> None:
    for step in (1, 20, 10**6):
        archive = tmp_path / str(step)
        shutil.copytree(whole[0], archive)
        assert vf(archive, *ASK, step=step).code in (0, 137)
        assert CANARY in vf(archive, "get", "t", "--version", "v2").out
        assert vf(archive, *ASK).code == 0
        assert vf(archive, *ORDER).code == 0
        assert left_of(archive, CANARY, whole[1]) == []
        shutil.rmtree(archive)


@pytest.mark.slow
def test_a_destruction_killed_at_any_step_and_ordered_again_is_whole(
    tmp_path: Path, vf, whole: tuple[Path, str]
) -> None:
    step = 1
    while killed_at(vf, whole, tmp_path, step):
        step += 1
    assert step > 60
