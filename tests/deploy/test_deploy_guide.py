"""`docs/how-to/deploy.md`: what can be run of it is run; what cannot is at least what we promise."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from guide import GUIDE, ROOT, blocks, changed

UNITS = (
    "vertical-file.service", "vertical-file-backup.service", "vertical-file-backup.timer",
    "vertical-file-verify.service", "vertical-file-verify.timer",
)  # fmt: skip
CONTAINER = (ROOT / "Containerfile").read_text(encoding="utf-8")


def vf_commands(text: str) -> set[str]:
    return set(re.findall(r"\bvf (?:--archive \S+ )?([a-z]+)", text))


def test_the_shell_lines_of_the_guide_do_what_it_says(tmp_path: Path) -> None:
    lines = "".join(blocks("sh run"))
    assert {"init", "add", "collect", "backup", "restore", "verify", "get"} <= vf_commands(lines)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", lines], cwd=tmp_path, capture_output=True, text=True,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("All well") == 1
    assert (tmp_path / "trees-again.csv").read_text() == "id,kind\n1,oak\n2,elm\n"


def test_the_units_start_commands_that_exist_and_wait_for_them_to_stop() -> None:
    from verticalfile.cli.main import COMMANDS
    from verticalfile.cli.staff.running_cmd import PAGES_STOP_S, STOP_S

    units = []
    for text in blocks("ini"):
        unit = configparser.ConfigParser(strict=False, interpolation=None)
        unit.optionxform = str
        unit.read_string(text)
        units.append(unit)
        assert vf_commands(text) <= set(COMMANDS)
    services = [u for u in units if u.has_section("Service")]
    assert len(units) == 5
    assert len(services) == 3
    assert float(services[0]["Service"]["TimeoutStopSec"]) > PAGES_STOP_S + STOP_S


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    """The units under the names that the guide gives them, with a program that exists."""
    written = []
    for name, text in zip(UNITS, blocks("ini"), strict=True):
        program = ("/opt/vertical-file/bin/vf", str(Path(sys.executable).parent / "vf"))
        text = changed(text, program) if name.endswith(".service") else text
        written.append(tmp_path / name)
        written[-1].write_text(text)
    return written


def analyzed(*words: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("systemd-analyze") is None:
        pytest.fail("There is no systemd-analyze. To mend it: sudo apt-get install systemd")
    return subprocess.run(
        ["systemd-analyze", *words], capture_output=True, text=True, check=False,
        env={**os.environ, "SYSTEMD_PAGER": ""},
    )  # fmt: skip


def test_systemd_finds_no_fault_in_the_units(units: list[Path]) -> None:
    assert all(f"/etc/systemd/system/{name}`" in GUIDE for name in UNITS if "timer" not in name)
    found = analyzed("verify", "--man=no", *map(str, units))
    assert (found.returncode, found.stderr) == (0, "")
    spoilt = units[0].read_text().replace("PrivateTmp=", "PrivateTemp=")
    units[0].write_text(spoilt)
    assert "PrivateTemp" in analyzed("verify", "--man=no", str(units[0])).stderr


def test_the_unit_that_meets_what_comes_from_outside_may_do_little(units: list[Path]) -> None:
    """In tenths of systemd's own measure, from 0 to 100; a service without any of it has 96."""
    found = analyzed("security", "--offline=yes", "--threshold=20", str(units[0]))
    assert found.returncode == 0, found.stdout


def test_the_container_runs_as_nobody_special_and_stops_in_peace() -> None:
    assert "USER vertical-file" in CONTAINER
    assert 'CMD ["run", "--host", "0.0.0.0"]' in CONTAINER
    assert "STOPSIGNAL SIGTERM" in CONTAINER


def test_every_figure_that_monitors_are_given_is_explained(tmp_path: Path) -> None:
    from verticalfile.services.archive import init
    from verticalfile.services.running.health import health

    for name in health(init(tmp_path / "archive")).figures:
        assert f"`{name}`" in GUIDE, name
