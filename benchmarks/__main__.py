"""`make bench`: every workload in a process of its own; figures into docs/benchmarks.md."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ORDER = (
    "w1",
    "w1_digest",
    "w1_volume",
    "w2",
    "real_histories",
    "keeping",
    "cold",
    "lists",
    "finding",
    "reading_room",
    "arcgis_layer",
    "big_catalog",
    "hub_series",
    "portal",
)
DOCUMENT = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def main() -> None:
    small = "--small" in sys.argv
    asked = [word for word in sys.argv[1:] if word != "--small"]
    unknown = sorted(set(asked) - set(ORDER))
    if unknown:
        raise SystemExit(
            f"There is no workload {unknown[0]}. To mend it: one of {', '.join(ORDER)}."
        )
    chosen = [name for name in ORDER if name in asked] or list(ORDER)
    rows, versions = (100_000, 5) if small else (1_000_000, 8)
    data = Path(tempfile.gettempdir()) / "verticalfile-benchmarks"
    sections: dict[str, list[dict[str, object]]] = {}
    for name in chosen:
        print(f"{name} ...", flush=True)
        with tempfile.NamedTemporaryFile(suffix=".json") as out:
            command = [
                sys.executable,
                "-m",
                "benchmarks.workloads",
                name,
                str(data),
                str(rows),
                str(versions),
                out.name,
            ]
            done = subprocess.run(command, check=False)
            if done.returncode:
                raise SystemExit(f"{name} failed.")
            sections[name] = json.loads(Path(out.name).read_text())
        for figure in sections[name]:
            mark = {True: "met", False: "NOT MET", None: ""}[figure["met"]]  # type: ignore[index]  # as written
            print(
                f"  {figure['what']}: {figure['found']} (asked {figure['asked']}) {mark}",
                flush=True,
            )
    if not small and chosen == list(ORDER):
        DOCUMENT.write_text(_document(sections), encoding="utf-8")
        print(f"Wrote {DOCUMENT.name}.")


def _document(sections: dict[str, list[dict[str, object]]]) -> str:
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    lines = [
        "# Benchmarks",
        "",
        f"Measured {datetime.now(UTC).date()} by `make bench` on {os.cpu_count()} cores and {memory_gb:.0f} GB, shared with other work:",
        "seconds swing, ratios against the bare scan of the same run less so.",
        f"Python {platform.python_version()}, DuckDB {version('duckdb')}, pyarrow {version('pyarrow')}.",
        "“Bare” is DuckDB's scan of the same file with all columns as text, two threads, just before.",
        "Figures stand as they came out.",
        "",
    ]
    for name, figures in sections.items():
        lines += [f"## {name}", "", "| what | asked | measured | |", "|---|---|---|---|"]
        for f in figures:
            mark = {True: "met", False: "**not met**", None: ""}[f["met"]]  # type: ignore[index]  # as written
            lines.append(f"| {f['what']} | {f['asked']} | {f['found']} | {mark} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
