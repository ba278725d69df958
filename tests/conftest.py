"""What all tests share: the fixtures' folder, and a summary by suite."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A machine that stands still for a second is no fault of what is tested.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

SHARED = Path(os.environ.get("VF_SHARED", Path(__file__).parents[2] / "shared"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared fixtures; where it is absent, the test is skipped."""
    if not SHARED.exists():
        pytest.skip("the shared fixtures are not here (VF_SHARED names the folder)")
    return SHARED


@pytest.fixture(scope="session")
def suite(shared: Path, tmp_path_factory: pytest.TempPathFactory):
    """`suite("json-parsing")`: the folder of a packed suite, unpacked once."""
    unpacked: dict[str, Path] = {}

    def unpack(name: str) -> Path:
        if name not in unpacked:
            folder = tmp_path_factory.mktemp(name)
            with tarfile.open(shared / "fixtures" / "suites" / name / f"{name}.tar.xz") as packed:
                packed.extractall(folder, filter="data")
            unpacked[name] = folder / name
        return unpacked[name]

    return unpack


@pytest.fixture(scope="session")
def alder_falls(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The archive that `vf demo` leaves behind, made once, and the story it told. Not to be changed."""
    folder = tmp_path_factory.mktemp("town") / "archive"
    words = [sys.executable, "-m", "verticalfile", "demo", str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return folder, done.stdout


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Where the shared fixtures are, a skip is a failure."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and SHARED.exists() and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although the shared fixtures are here: {report.longrepr}"


def pytest_terminal_summary(terminalreporter) -> None:
    """Passed and skipped by folder of tests."""
    counted: dict[str, Counter[str]] = {}
    for outcome in ("passed", "skipped", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            if getattr(report, "when", "") == "call" or outcome == "skipped":
                folder = report.nodeid.split("/")[1] if report.nodeid.count("/") > 1 else "tests"
                counted.setdefault(folder, Counter())[outcome] += 1
    if counted:
        terminalreporter.section("by suite")
    for folder in sorted(counted):
        figures = counted[folder]
        terminalreporter.write_line(
            f"{folder:10} passed {figures['passed']:4}  skipped {figures['skipped']:3}"
            f"  failed {figures['failed']:3}"
        )
