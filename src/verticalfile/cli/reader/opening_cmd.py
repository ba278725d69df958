"""`vf get` and `vf sql`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from verticalfile.cli import say
from verticalfile.cli.archive_option import complete_name, json_option, opened
from verticalfile.kernel.errors import InputRefused

FORMS = ("original", "csv", "parquet", "jsonl", "geojson")


@click.command("get")
@click.argument("name", metavar="NAME", shell_complete=complete_name)
@click.option("--at", metavar="WHEN", help="As it stood then: 2021, 2021-03, 2021-03-01T14:15 ...")
@click.option("--version", "version", metavar="V", help="v12, or 8 hex digits of its SHA-256.")
@click.option("--as", "form", type=click.Choice(FORMS), help="csv unless it is no table.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where to; - is standard output.",
)
@click.pass_context
def get_command(
    context: click.Context,
    name: str,
    at: str | None,
    version: str | None,
    form: str | None,
    output: Path | None,
) -> None:
    """Take a version out: the original byte for byte, or its table."""
    from verticalfile.services.opening import Form, open_version, told_about

    if at and version:
        raise InputRefused("Both --at and --version were given.", mend="give one of them.")
    archive = opened(context)
    found = open_version(archive, name, at=at, version=version, form=Form(form) if form else None)
    if output is None or str(output) == "-":
        if output is None and sys.stdout.isatty() and form in ("parquet", "original"):
            say.beside("Not written to a terminal: use -o FILE.")
        else:
            for chunk in found.chunks:
                sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
    else:
        _write(output, found.chunks)
    say.beside(told_about(found, archive.zone))


def _write(named: Path, chunks: Iterable[bytes]) -> None:
    output = named
    if output.is_dir():
        raise InputRefused(f"{output} is a folder.", mend="name a file with -o.")
    if output.exists() and not output.is_file():  # a device or a pipe is written to, not replaced
        with open(output, "wb") as out:
            out.writelines(chunks)
        return
    output = output.resolve()  # a link stays a link
    part = output.with_name(f"{output.name}.{os.getpid()}.part")
    try:
        with open(part, "wb") as out:
            for chunk in chunks:
                out.write(chunk)
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
    say.out(f"Wrote {named} ({say.size(output.stat().st_size)}).")


@click.command("sql")
@click.argument("query", metavar='"SELECT ..."')
@click.option("--at", metavar="WHEN", help="Every table as it stood then.")
@json_option
@click.pass_context
def sql_command(context: click.Context, query: str, at: str | None, json_: bool) -> None:
    """Ask with SQL; every table is a view, as of a moment."""
    from verticalfile.services.querying import sql

    answer = sql(opened(context), query, at=at)
    if json_:
        say.as_json_list(dict(zip(answer.columns, row, strict=True)) for row in answer.rows)
    else:
        rows = (["" if v is None else str(v) for v in row] for row in answer.rows)
        say.table(answer.columns, rows)
    for left in answer.left_out:
        say.beside(f"Left out: {left}.")
