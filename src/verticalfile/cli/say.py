"""How the command line speaks: tables and colour on a terminal, plain lines when piped, JSON.

The answer goes to standard output, everything about it to standard error. `NO_COLOR` is obeyed.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from enum import Enum
from itertools import chain
from textwrap import indent

import click

from verticalfile.kernel.errors import VerticalFileError
from verticalfile.kernel.moments import for_people, to_iso

_zone: tzinfo = UTC


def on_terminal() -> bool:
    return sys.stdout.isatty()


def out(text: str) -> None:
    """A line of the answer."""
    click.echo(text)


def beside(text: str) -> None:
    """A line about the answer."""
    text = "\n".join(map(clean, text.split("\n")))
    click.echo(click.style(text, dim=True) if _coloured() else text, err=True)


def _coloured() -> bool:
    return sys.stderr.isatty() and "NO_COLOR" not in os.environ


def refusal(error: VerticalFileError, *, as_json: bool) -> None:
    """An error as one sentence and its mend."""
    if as_json:
        body = {"error": error.code, "message": error.message, "mend": error.mend}
        click.echo(json.dumps(body, ensure_ascii=False), err=True)
        return
    head = click.style("vf: ", fg="red", bold=True) if _coloured() else "vf: "
    click.echo(f"{head}{clean(error.message)}", err=True)
    click.echo(f"    To mend it: {clean(error.mend)}", err=True)


def as_json(body: object) -> None:
    """The documented JSON of a reading command."""
    click.echo(json_text(body), nl=False)


def json_text(body: object) -> str:
    """The same as text, with a line end."""
    return json.dumps(body, ensure_ascii=False, indent=2, default=_plain) + "\n"


def as_json_list(bodies: Iterable[object]) -> None:
    """The same of a list that may be longer than memory is large."""
    between = "[\n"
    for body in bodies:
        click.echo(between + indent(json_text(body).rstrip("\n"), "  "), nl=False)
        between = ",\n"
    click.echo("[]" if between == "[\n" else "\n]")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return to_iso(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset | set):
        return sorted(value)
    return str(value)


def tell_in(zone: tzinfo) -> None:
    """From now on moments are told in this time zone: that of the archive, in which a WHEN is
    understood too, so that what is shown can be asked for."""
    global _zone
    _zone = zone


def zone() -> tzinfo:
    """The time zone in which moments are told."""
    return _zone


def day(moment: datetime | None) -> str:
    """A moment for people; seconds only where they are told by `--json`."""
    return for_people(moment, _zone) if moment else ""


def dates(moments: Sequence[datetime | None]) -> list[str]:
    """Dates alone where they tell the moments apart, else with their times."""
    told = [day(moment) for moment in moments]
    known = {moment for moment in moments if moment is not None}
    short = len({text[:10] for text in told if text}) == len(known)
    return [text[:10] for text in told] if short else told


def count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def size(size_bytes: int | None) -> str:
    """Bytes for people, in powers of 1,000."""
    if size_bytes is None:
        return ""
    value, unit = float(size_bytes), "B"
    for bigger in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, bigger
    return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"


def table(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Sequence[int] = (),
    spare: Sequence[int] = (),
) -> None:
    """A table: drawn on a terminal, tab-separated with a heading line when piped.

    Columns of `spare` are left out where the terminal has no room for them, the first one first.
    """
    if on_terminal():
        from verticalfile.cli.terminal_table import draw

        draw(headings, rows, right=right, spare=spare)
        return
    for line in chain((headings,), rows):
        click.echo("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in line))


def clean(text: str) -> str:
    """Cells are a stranger's: control characters must not steer the terminal."""
    return "".join(c if c.isprintable() or c == " " else "�" for c in text.replace("\n", " "))


def coloured(text: str, colour: str) -> str:
    text = clean(text)
    if not on_terminal() or "NO_COLOR" in os.environ:
        return text
    return click.style(text, fg=colour)


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal; a plain line for each tenth otherwise."""
    if not sys.stderr.isatty():
        told = -1

        def line(done: int, total: int) -> None:
            nonlocal told
            tenth = 10 * done // max(1, total)
            if tenth != told:
                told = tenth
                click.echo(f"{label}: {done:,} of {total:,}", err=True)

        yield line
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True,
    )  # fmt: skip
    with bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def listed(names: Sequence[str], limit: int = 12) -> str:
    """Names in one line; says how many were left out."""
    shown = ", ".join(names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"


def pairs(facts: Mapping[str, str]) -> None:
    """Facts one under the other, names aligned."""
    width = max((len(name) for name in facts), default=0)
    for name, value in facts.items():
        if value:
            head = coloured(name.ljust(width), "cyan")
            click.echo(f"{head}  {clean(value)}")
