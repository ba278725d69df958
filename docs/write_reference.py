"""Writes the pages of docs/ that follow from the code; `make docs` runs it.

A test compares what is written with the files, so that they cannot fall behind.
"""

from __future__ import annotations

import importlib
import pkgutil
from inspect import cleandoc
from pathlib import Path

import click

import verticalfile
from verticalfile.cli.main import COMMANDS, cli
from verticalfile.kernel.errors import VerticalFileError
from verticalfile.vault.ocfl_validation import CODES, NOT_JUDGED

HERE = Path(__file__).parent


def cli_reference() -> str:
    """Every command with its options, in the order of the help."""
    context = click.Context(cli, info_name="vf")
    lines = [
        "# The command line",
        "",
        "Written from the code by `make docs`; do not edit.",
        "`vf` works on the archive named by `--archive DIR`, else by `$VF_ARCHIVE`, else on the one in whose folder one stands.",
        "`NAME` is `NAME[/FILE[/TABLE]]`; the short form works while there is only one.",
        "`V` is `v12`, a `WHEN`, or at least 8 hex digits of the original's SHA-256.",
        "`WHEN` is a date, a time, `2021`, `2021-03` or `yesterday`; a shorter one means its last instant in the archive's time zone.",
        "Moments are shown in that zone too; where they end in Z, and in JSON, they are UTC.",
        "",
    ]
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        inner = click.Context(command, parent=context, info_name=name)
        usage = command.get_usage(inner).removeprefix("Usage: ")
        lines += [f"## vf {name}", "", cleandoc(command.help or ""), "", f"    {usage}", ""]
        rows = [
            (", ".join(p.opts), (p.help or "").strip())
            for p in command.params
            if isinstance(p, click.Option)
        ]
        if rows:
            lines += ["| option | meaning |", "|---|---|"]
            lines += [f"| `{opts}` | {told} |" for opts, told in rows]
            lines.append("")
    return "\n".join(lines)


def error_classes() -> list[type[VerticalFileError]]:
    """Every error that a person can meet, by exit code."""
    for module in pkgutil.walk_packages(verticalfile.__path__, "verticalfile."):
        if (
            not module.name.endswith("__main__")
            and ".migrations" not in module.name
            and not module.name.endswith("catalog.models")
            and not module.name.startswith(("verticalfile.web.", "verticalfile.site."))
        ):
            importlib.import_module(module.name)
    found: list[type[VerticalFileError]] = []
    waiting = list(VerticalFileError.__subclasses__())
    while waiting:
        each = waiting.pop()
        found.append(each)
        waiting += each.__subclasses__()
    return sorted(set(found), key=lambda e: (e.exit_code, e.code))


def errors_page() -> str:
    """The exit codes, and what each error means."""
    lines = [
        "# Errors and exit codes",
        "",
        "Written from the code by `make docs`; do not edit.",
        "Every error is one sentence that says what happened, and one that says how to mend it.",
        'With `--json` it comes as `{"error": code, "message": ..., "mend": ...}` on standard error.',
        "",
        "| exit code | meaning |",
        "|---|---|",
        "| 0 | done |",
        "| 1 | `vf doctor` found something to look at |",
        "| 2 | the command line could not be understood |",
        "| 3 | `vf collect`: some could not be collected, the rest was |",
        "| 10 to 19 | what was asked |",
        "| 20 to 29 | the vault and what is derived from it |",
        "| 30 to 39 | the network |",
        "| 40 to 49 | rights and withdrawals |",
        "| 50 to 59 | limits |",
        "| 130 | stopped by the keyboard; what was kept stays kept |",
        "",
        "| exit code | code | meaning |",
        "|---|---|---|",
        "| 24 | | a file could not be used: look at permissions and free space |",
        "| 26 | | the index could not be used: free space, or `vf rebuild` |",
        "| 51 | | there was not enough memory |",
        "| 70 | | something unexpected: run it again with `VF_DEBUG=1` and report it |",
    ]
    for each in error_classes():
        told = (each.__doc__ or "").strip().splitlines()[0]
        lines.append(f"| {each.exit_code} | `{each.code}` | {told} |")
    return "\n".join([*lines, ""])


def ocfl_page() -> str:
    """What our OCFL validator judges, code by code, and what it leaves out and why."""
    lines = [
        "# OCFL validation codes",
        "",
        "Written from the code by `make docs`; do not edit.",
        "`vf verify` names the clause of OCFL 1.0 or 1.1 that a file of the vault does not keep by its code, as the specification's table of validation codes has it.",
        "E is a MUST and W a SHOULD; in a vault of ours both are findings. X is ours, for what the standard has no code for.",
        "How the validator does on the public fixtures stands in `tests/suites/test_ocfl_fixtures.py`.",
        "",
        "| code | what holds in a sound object or storage root |",
        "|---|---|",
        *(f"| {code} | {rule} |" for code, rule in CODES.items()),
        "",
        "## Codes that are never given",
        "",
        "| code | why |",
        "|---|---|",
        *(f"| {code} | {why} |" for code, why in NOT_JUDGED.items()),
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    (HERE / "reference").mkdir(exist_ok=True)
    (HERE / "reference" / "cli.md").write_text(cli_reference(), encoding="utf-8")
    (HERE / "reference" / "ocfl-codes.md").write_text(ocfl_page(), encoding="utf-8")
    (HERE / "errors.md").write_text(errors_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
