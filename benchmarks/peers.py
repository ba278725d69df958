"""Peers beside us in the same run: git, restic, borg for keeping; csv-diff, daff, datacompy for
changes. A missing peer fails the run; `make bench` installs them (Debian and PyPI)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.generator import w1_versions, w2_versions
from benchmarks.measuring import START, Figure, an_archive, bare_scan_s, take, timed
from verticalfile.kernel.originals import Original, copied
from verticalfile.services.archive import Archive, init
from verticalfile.services.datasets import adding

COLD_S = 0.6


def _run(*words: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> float:
    os.sync()  # what others wrote is not waited for by whoever comes next
    started = time.perf_counter()
    subprocess.run(
        words, cwd=cwd, env={**os.environ, **(env or {})}, check=True, capture_output=True
    )
    return time.perf_counter() - started


def keeping(folder: Path, data: Path, *, rows: int, versions: int) -> list[Figure]:
    """One further version of W1 kept by each, in seconds and as times a bare scan."""
    for name in ("git", "restic", "borg"):
        if shutil.which(name) is None:
            raise SystemExit(
                f"{name} is missing. To mend it: apt-get install git restic borgbackup"
            )
    paths = w1_versions(data, rows=rows, versions=versions)[:4]
    archive = an_archive(folder / "ours", "w1")
    work = folder / "work"
    work.mkdir()
    file = work / "w1.csv"
    file.touch()
    whole = init(folder / "whole")
    adding.add(whole, str(file), name="w1", key=["id"])
    whole.index.close()
    vf = (sys.executable, "-m", "verticalfile", "--archive", str(whole.root))
    quiet = {"GIT_CONFIG_NOSYSTEM": "1", "HOME": str(folder), "RESTIC_PASSWORD": "x",
             "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes"}  # fmt: skip
    _run("git", "init", "-q", cwd=work, env=quiet)
    _run("restic", "init", "-r", str(folder / "restic"), env=quiet)
    _run("borg", "init", "-e", "none", str(folder / "borg"), env=quiet)
    times: dict[str, list[float]] = {n: [] for n in ("ours", "vf collect", "git", "restic", "borg")}
    bare = []
    for number, path in enumerate(paths):
        shutil.copy(path, file)
        bare.append(bare_scan_s(path))
        os.sync()  # as before each of the others
        times["ours"].append(
            timed(lambda number=number: take(archive, "w1", [_come(archive, file)], number))
        )
        times["vf collect"].append(_run(*vf, "collect", "w1"))
        commit = (
            "git",
            "-c",
            "user.name=b",
            "-c",
            "user.email=b@invalid",
            "commit",
            "-qm",
            str(number),
        )
        times["git"].append(
            _run("git", "add", "w1.csv", cwd=work, env=quiet) + _run(*commit, cwd=work, env=quiet)
        )
        times["restic"].append(
            _run("restic", "-r", str(folder / "restic"), "backup", "-q", str(file), env=quiet)
        )
        times["borg"].append(
            _run("borg", "create", f"{folder / 'borg'}::{number}", str(file), env=quiet)
        )
    figures = []
    ours = sum(times["ours"][1:]) / sum(bare[1:])
    for name in ("git", "restic", "borg"):
        theirs = sum(times[name][1:]) / sum(bare[1:])
        label = "git add + git commit" if name == "git" else name
        figures.append(Figure(f"W1 next version, times a bare scan: ours against {label}", "faster",
                              f"{ours:.1f} against {theirs:.1f}", ours < theirs))  # fmt: skip
    command = sum(times["vf collect"][1:]) / sum(bare[1:])
    figures.append(Figure("beside it: the whole command `vf collect`, its start included", "",
                          f"{command:.1f}", None))  # fmt: skip
    return figures


def _come(archive: Archive, file: Path) -> Original:
    """A file of somebody else's, as collecting takes it."""
    archive.scratch.mkdir(parents=True, exist_ok=True)
    return copied(file, lambda: archive.scratch)


QUESTIONS = {
    "count as of": ("sql", "SELECT count(*) FROM {name}", "--at", "{middle}"),
    "filter as of": (
        "sql",
        "SELECT count(*) FROM {name} WHERE status = 'open' AND value LIKE '9%'",
        "--at",
        "{middle}",
    ),
    "changes between neighbours": ("changes", "{name}", "v2", "v3"),
    "one row through time": ("row", "{name}", "7"),
}


def cold(folder: Path, data: Path, *, rows: int, versions: int) -> list[Figure]:
    """Questions by cold processes of the command line on W1 and W2."""
    count = 1000 if rows >= 1_000_000 else 100
    large = an_archive(folder / "large", "w1")
    for number, path in enumerate(w1_versions(data, rows=rows, versions=versions)[:5]):
        take(large, "w1", [path.read_bytes()], number)
    small = an_archive(folder / "small", "w2")
    take(small, "w2", list(w2_versions(versions=count)), 0)
    figures = []
    for archive, name, middle in ((large, "w1", 2), (small, "w2", count // 2)):
        day = START.toordinal() + middle
        from datetime import date

        when = date.fromordinal(day).isoformat()
        for label, words in QUESTIONS.items():
            asked = [w.format(name=name, middle=when) for w in words]
            command = (sys.executable, "-m", "verticalfile", "--archive", str(archive.root), *asked)
            spent = sorted(_run(*command) for _ in range(5))[2]
            figures.append(
                Figure(
                    f"cold: {label}, {name.upper()} (median of 5)",
                    f"under {COLD_S} s",
                    f"{spent:.2f} s",
                    spent < COLD_S,
                )
            )
    figures += _differs(data, rows, versions, folder)
    return figures


def _differs(data: Path, rows: int, versions: int, folder: Path) -> list[Figure]:
    """The same neighbours by tools that compare two files."""
    old, new = w1_versions(data, rows=rows, versions=versions)[1:3]
    scripts = {
        "csv-diff": "import csv_diff, sys; a, b = (csv_diff.load_csv(open(p), key='id') for p in sys.argv[1:]);"
        " csv_diff.compare(a, b)",
        "daff": "import csv, daff, sys; a, b = (daff.PythonTableView(list(csv.reader(open(p)))) for p in sys.argv[1:]);"
        " f = daff.CompareFlags(); f.addPrimaryKey('id'); out = [];"
        " daff.TableDiff(daff.compareTables(a, b).align(), f).hilite(daff.PythonTableView(out))",
        "datacompy": "import datacompy, pandas, sys; a, b = (pandas.read_csv(p, dtype=str) for p in sys.argv[1:]);"
        " datacompy.PandasCompare(a, b, join_columns='id').report() if hasattr(datacompy, 'PandasCompare')"
        " else datacompy.Compare(a, b, join_columns='id').report()",
    }
    figures = []
    for name, script in scripts.items():
        started = time.perf_counter()
        try:
            done = subprocess.run(
                [sys.executable, "-c", script, str(old), str(new)],
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            said = (
                f"{time.perf_counter() - started:.1f} s"
                if done.returncode == 0
                else f"failed: {done.stderr.strip().splitlines()[-1][:80]}"
            )
        except subprocess.TimeoutExpired:
            said = "not done after 120 s"
        if "ModuleNotFoundError" in said:
            raise SystemExit(f"{name} is missing. To mend it: pip install csv-diff daff datacompy")
        figures.append(Figure(f"beside it: {name} on the same two files of W1", "", said, None))
    return figures


def lists(folder: Path, data: Path, *, rows: int, versions: int) -> list[Figure]:
    """`vf list` and `vf show` with 10,000 datasets."""
    archive = an_archive(folder / "many", "w0")
    with archive.index.writing():
        for n in range(10_000):
            archive.index.put_dataset(f"dataset-{n:05d}", f"Dataset {n}", START)
            archive.index.put_resource(f"r{n}", dataset=f"dataset-{n:05d}", name="file", kind="file",
                                       location="/dev/null", every="daily")  # fmt: skip
    figures = []
    for words in (("list",), ("show", "dataset-07777")):
        command = (sys.executable, "-m", "verticalfile", "--archive", str(archive.root), *words)
        spent = sorted(_run(*command) for _ in range(5))[2]
        figures.append(
            Figure(
                f"vf {words[0]} with 10,000 datasets, cold",
                "under 0.5 s",
                f"{spent:.2f} s",
                spent < 0.5,
            )
        )
    return figures
