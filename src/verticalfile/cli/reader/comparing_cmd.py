"""`vf changes` and `vf row`."""

from __future__ import annotations

import csv
import html
import io
import sys
from collections.abc import Sequence

import click

from verticalfile.catalog.versions import Version
from verticalfile.cli import say
from verticalfile.cli.archive_option import complete_name, json_option, opened
from verticalfile.kernel.letters import counted, told_apart
from verticalfile.kernel.moments import to_iso
from verticalfile.services.through_time.comparing import Compared, RowHistory
from verticalfile.services.through_time.key_told import KeyShared
from verticalfile.services.visibility import Viewer
from verticalfile.tables.changes import PAIRED

SHOWN_ROWS = 40
"""Rows of each kind on a terminal; a cut is said, and --as csv or json gives all."""


@click.command("changes")
@click.argument("name", metavar="NAME", shell_complete=complete_name)
@click.argument("old", metavar="[FROM", required=False)
@click.argument("new", metavar="[TO]]", required=False)
@click.option("--as", "form", type=click.Choice(("table", "csv", "json", "html")), default="table")
@click.option("--columns", type=click.Choice(("by-name", "by-id")), default="by-id",
              help="by-name: the originals with all columns, no renames taken into account.")  # fmt: skip
@click.option("--json", "json_", is_flag=True, help="The same as --as json.")
@click.pass_context
def changes_command(
    context: click.Context,
    name: str,
    old: str | None,
    new: str | None,
    form: str,
    columns: str,
    json_: bool,
) -> None:
    """What changed between two versions: rows, cells and columns. By default the last two."""
    from verticalfile.services.through_time.change_window import Window
    from verticalfile.services.through_time.comparing import changes
    from verticalfile.services.through_time.key_told import key_shared

    form = "json" if json_ else form
    window = Window(0, SHOWN_ROWS) if form == "table" else None
    archive = opened(context)
    found = changes(archive, name, old, new, by_name=columns == "by-name", window=window)
    if form == "csv":
        sys.stdout.write(as_csv(found))
        return
    shared = key_shared(archive, found, viewer=Viewer.NAMED_STAFF)
    match form:
        case "json":
            say.as_json(as_body(found, shared))
        case "html":
            say.out(as_html(name, found, shared))
        case _:
            _as_table(name, found, shared)


def _headline(name: str, found: Compared) -> str:
    return (
        f"{name}: v{found.old.number} (first seen {say.day(found.old.seen_at)})"
        f" to v{found.new.number} (first seen {say.day(found.new.seen_at)})"
    )


def _sentences(found: Compared, shared: KeyShared | None) -> list[str]:
    c = found.changes
    said = []
    if not found.kinds:
        said.append("Nothing changed.")
    elif found.kinds == ("export only",):
        said.append("Only the export changed: the same rows in other bytes.")
    else:
        said.append(
            f"{counted(c.counts.added, 'row')} added, {c.counts.removed:,} removed,"
            f" {c.counts.changed:,} changed"
            f" ({', '.join(found.kinds)})."
        )
    if found.order_changed and found.kinds == ("export only",):
        said.append("The order of rows changed.")
    if c.columns_added:
        said.append(f"Columns that came: {', '.join(c.columns_added)}.")
    if c.columns_removed:
        said.append(f"Columns that went: {', '.join(c.columns_removed)}.")
    renamed = [told_apart(pair) for pair in c.columns_renamed]
    said += [f"Column {o} is now called {n}." for o, n in renamed]
    if c.columns_moved:
        said.append("Columns moved.")
    if not c.columns and (c.counts.added or c.counts.removed):
        said.append("No column is in both, so no row is.")
    elif not c.key and (c.counts.added or c.counts.removed):
        said.append("There is no key, so a changed row is one removed and one added.")
    if c.key_form != "exact":
        said.append(f"The key changed its form; rows were paired {PAIRED[c.key_form]}.")
    if shared is not None:
        said.append(_shared(found, shared))
    return said


def _shared(found: Compared, shared: KeyShared) -> str:
    key = ", ".join(told_apart(found.changes.key))
    if shared.version is None:
        return f"The table is too large to look whether rows share their {key}."
    doubt = "a change in these may be shown on the wrong one of them."
    if shared.version != found.new:
        return f"In v{shared.version.number} some rows share their {key}: {doubt}"
    if shared.since is not None:
        return f"Since v{shared.since.number} some rows share their {key}: {doubt}"
    return f"Some rows share their {key}, as in all versions before: {doubt}"


def _as_table(name: str, found: Compared, shared: KeyShared | None) -> None:
    say.out(say.coloured(_headline(name, found), "cyan"))
    for sentence in _sentences(found, shared):
        say.out(say.clean(sentence))
    c = found.changes
    places = [c.columns.index(part) for part in c.key]
    rows: list[tuple[str, str, str, str, str]] = []
    for row in c.changed[:SHOWN_ROWS]:
        key = " ".join(str(cell[0] or "") for cell in row.key) if c.key else ""
        for column, (before, after) in row.cells.items():
            mark = "~" if not row.format_only else "≈"
            rows.append((mark, key, column, _shown(before), _shown(after)))
            key = ""
    for mark, side in (("-", c.removed), ("+", c.added)):
        for cells in side[:SHOWN_ROWS]:
            key = " ".join(str(cells[p][0] or "") for p in places)
            text = "; ".join(str(cell[0]) for cell in cells if cell[0])[:160]
            rows.append((mark, key, "", text if mark == "-" else "", text if mark == "+" else ""))
    if rows and c.columns:
        say.table(("", "key" if c.key else "", "column", "before", "after"), rows)
    whole = (c.counts.changed, c.counts.removed, c.counts.added)
    cut = [max(0, count - SHOWN_ROWS) for count in whole]
    if any(cut):
        say.beside(
            f"Not shown: {cut[0]:,} changed, {cut[1]:,} removed, {cut[2]:,} added rows;"
            " --as csv gives all."
        )


def _shown(text: str | None) -> str:
    return "(none)" if text is None else text or "(empty)"


def as_body(found: Compared, shared: KeyShared | None) -> dict[str, object]:
    """The documented JSON."""
    c = found.changes

    def row(cells: Sequence[tuple[str | None, str]]) -> dict[str, str | None]:
        return {name: cell[0] for name, cell in zip(c.columns, cells, strict=True)}

    body: dict[str, object] = {
        "from": _version(found.old), "to": _version(found.new), "kinds": found.kinds,
        "order_of_rows_changed": found.order_changed,
        "columns_added": c.columns_added, "columns_removed": c.columns_removed,
        "columns_renamed": [{"old": o, "new": n} for o, n in c.columns_renamed],
        "columns_moved": c.columns_moved, "key": c.key, "key_form": c.key_form,
        "key_shared": shared and {
            "version": shared.version and shared.version.number,
            "since": shared.since and shared.since.number,
        },
        "added": [row(r) for r in c.added], "removed": [row(r) for r in c.removed],
        "changed": [
            {
                "key": [cell[0] for cell in r.key] if c.key else None,
                "format_only": r.format_only,
                "cells": {n: {"before": b, "after": a} for n, (b, a) in r.cells.items()},
            }
            for r in c.changed
        ],
    }  # fmt: skip
    if found.counts is not None:
        body["counts"] = {
            "key_added": found.counts.key_added, "key_removed": found.counts.key_removed,
            "key_changed": found.counts.key_changed, "rows_added": found.counts.rows_added,
            "rows_removed": found.counts.rows_removed,
        }  # fmt: skip
    return body


def _version(version: Version) -> dict[str, object]:
    return {
        "version": version.number,
        "first_seen_at": to_iso(version.seen_at),
        "last_seen_at": to_iso(version.last_seen_at),
        "sha256": version.sha256,
    }


def as_csv(found: Compared) -> str:
    """One line for each changed cell, added or removed row."""
    c = found.changes
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["change", *c.key, "column", "before", "after"])
    places = [c.columns.index(part) for part in c.key]
    for row in c.changed:
        kind = "format" if row.format_only else "changed"
        key = [cell[0] or "" for cell in row.key] if c.key else []
        for column, (before, after) in row.cells.items():
            writer.writerow([kind, *key, column, before or "", after or ""])
    for kind, whole in (("removed", c.removed), ("added", c.added)):
        for cells in whole:
            key = [cells[p][0] or "" for p in places]
            for column, cell in zip(c.columns, cells, strict=True):
                pair = (cell[0] or "", "") if kind == "removed" else ("", cell[0] or "")
                if cell[0] and column not in c.key:
                    writer.writerow([kind, *key, column, *pair])
    return out.getvalue()


def as_html(name: str, found: Compared, shared: KeyShared | None) -> str:
    """One page for printing or an e-mail: no script, no foreign address, every text escaped."""
    lines = [
        '<!doctype html><html lang="en"><meta charset="utf-8">',
        f"<title>Changes of {html.escape(name)}</title>",
        "<style>body{font:16px/1.5 Georgia,serif;margin:2rem auto;max-width:60rem;padding:0 1rem}"
        "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;"
        "border-bottom:1px solid #bbb;vertical-align:top}del{color:#8a1c1c}ins{color:#14532d;"
        "text-decoration:none;font-weight:bold}</style>",
        f"<h1>{html.escape(_headline(name, found))}</h1>",
    ]
    lines += [f"<p>{html.escape(sentence)}</p>" for sentence in _sentences(found, shared)]
    lines.append(
        "<table><thead><tr><th scope='col'>Change</th><th scope='col'>Key</th>"
        "<th scope='col'>Column</th><th scope='col'>Before</th><th scope='col'>After</th></tr></thead>"
        "<tbody>"
    )
    reader = csv.reader(io.StringIO(as_csv(found)))
    next(reader)
    width = len(found.changes.key)
    for kind, *rest in reader:
        key, (column, before, after) = " ".join(rest[:width]), rest[width:]
        cells = (html.escape(t) for t in (kind, key, column, before, after))
        shown = (
            "<tr><td>{}</td><td>{}</td><td>{}</td><td><del>{}</del></td><td><ins>{}</ins></td></tr>"
        )
        lines.append(shown.format(*cells))
    lines.append("</tbody></table></html>")
    return "\n".join(lines)


@click.command("row")
@click.argument("name", metavar="NAME", shell_complete=complete_name)
@click.argument("key", metavar="KEY", nargs=-1, required=True)
@json_option
@click.pass_context
def row_command(context: click.Context, name: str, key: tuple[str, ...], json_: bool) -> None:
    """One row through time: each value, and between which sightings it changed.

    A key of several columns is given as several words, in the order of `vf key`.
    """
    from verticalfile.services.through_time.comparing import row

    found = row(opened(context), name, key)
    if json_:
        say.as_json(
            {
                "key": found.key,
                "moments": [
                    {
                        "version": m.version.number, "first_seen_at": m.version.seen_at,
                        "before_last_seen_at": m.not_earlier_than, "changed": m.changed,
                        "rows": m.values,
                    }
                    for m in found.moments
                ],
            }
        )  # fmt: skip
        return
    _row_table(name, key, found)


def _row_table(name: str, key: Sequence[str], found: RowHistory) -> None:
    say.out(say.coloured(f"{name}: {', '.join(found.key)} = {', '.join(key)}", "cyan"))
    rows = []
    last: dict[str, str | None] = {}
    for moment in found.moments:
        between = say.day(moment.version.seen_at)
        if moment.not_earlier_than is not None:
            between = f"{say.day(moment.not_earlier_than)} – {between}"
        label = f"v{moment.version.number}"
        if not moment.values:
            rows.append((label, between, "", "", "(no such row)"))
        elif moment.changed:
            for column in moment.changed:
                after = _shown(moment.values[0].get(column))
                rows.append((label, between, column, _shown(last.get(column)), after))
                label = between = ""
        else:
            text = "; ".join(f"{n}: {v}" for n, v in moment.values[0].items() if v)
            many = f" ({len(moment.values)} rows)" if len(moment.values) > 1 else ""
            rows.append((label, between, "appeared" + many, "", text))
        last = moment.values[0] if moment.values else {}
    say.table(("version", "between", "column", "before", "after"), rows)
