"""`vf list`, `show`, `versions`."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

import click

from verticalfile.catalog.index import ResourceLine
from verticalfile.catalog.versions import Version
from verticalfile.cli import say
from verticalfile.cli.archive_option import complete_name, json_option, opened
from verticalfile.kernel.letters import counted, told_apart
from verticalfile.kernel.moments import day_of
from verticalfile.kernel.urls import without_secrets
from verticalfile.services.archive import Archive
from verticalfile.services.datasets.intervals import interval_told
from verticalfile.services.names import name_of, names_of
from verticalfile.services.visibility import withdrawal_of

if TYPE_CHECKING:  # `vf list` is to answer at once: no word of DuckDB, rights or the web
    from verticalfile.services.listing import Shown, VersionLine

_KEPT = re.compile(r"kept as v(\d+)")


@click.command("list")
@json_option
@click.pass_context
def list_command(context: click.Context, json_: bool) -> None:
    """All datasets, how many versions of each, and when it was looked at."""
    archive = opened(context)
    titles = archive.index.datasets()
    lines = [line for line in archive.index.resources() if line.is_data]
    if json_:
        say.as_json(
            [
                {
                    "name": r.dataset, "file": r.name, "title": titles[r.dataset],
                    "versions": r.versions, "newest_seen_at": r.newest_seen_at, "rows": r.rows,
                    "size_bytes": r.size_bytes, "checked_at": r.checked_at, "outcome": r.outcome,
                    "absent_since": r.absent_since, "held": r.held, "every": r.every,
                    "every_now": interval_told(archive.index, r),
                }
                for r in lines
            ]
        )  # fmt: skip
        return
    names = names_of(archive)
    rows = [
        (
            names[r.id],
            titles[r.dataset], say.count(r.versions), say.count(r.rows), _date(r.newest_seen_at),
            _date(r.checked_at), _state(r.outcome, bool(r.absent_since), r.held),
        )
        for r in lines
    ]  # fmt: skip
    if not rows:
        say.beside("Nothing is held yet. Add something with `vf add WHAT`.")
        return
    say.table(
        ("name", "title", "versions", "rows", "newest", "looked at", "state"), rows,
        right=(2, 3), spare=(1,),
    )  # fmt: skip


def _date(moment: datetime | None) -> str:
    return say.day(moment)[:10]


def _state(outcome: str, absent: bool, held: int) -> str:
    if absent:
        return "gone from the source"
    if held:
        return f"{held} held"
    return outcome


def _every(archive: Archive, resource: ResourceLine) -> str:
    """How often; of a range also how often now."""
    if ".." not in resource.every:
        return resource.every
    return f"{resource.every} (now {interval_told(archive.index, resource)})"


def _last_look(resource: ResourceLine) -> str:
    if not resource.checked_at:
        return "not looked at yet"
    said = resource.detail or resource.outcome
    if resource.newest_seen_at and resource.newest_seen_at <= resource.checked_at:
        said = numbered_now(said, resource.versions)
    return f"last {say.day(resource.checked_at)}: {said}"


def numbered_now(said: str, number: int) -> str:
    """What was said when a version was kept, with the number that it has since older ones came in."""
    then = _KEPT.match(said)
    return f"{said}; v{number} now" if then and int(then[1]) != number else said


@click.command("show")
@click.argument("name", metavar="NAME", shell_complete=complete_name)
@json_option
@click.pass_context
def show_command(context: click.Context, name: str, json_: bool) -> None:
    """One dataset: its files, tables, columns, keys, and what the last check saw."""
    from verticalfile.services.listing import show

    archive = opened(context)
    found = show(archive, name)
    if json_:
        say.as_json([_as_json(archive, each) for each in found])
        return
    for each in found:
        say.out(say.coloured(f"{each.title}", "yellow"))
        say.pairs(_facts(archive, each))


def _as_json(archive: Archive, shown: Shown) -> dict[str, object]:
    r = shown.resource
    tables = [
        {
            "name": t.name, "key": t.key, "key_how": t.key_how,
            "key_confidence": t.key_confidence, "columns": shown.columns.get(t.name, ()),
        }
        for t in shown.tables
    ]  # fmt: skip
    return {
        "name": r.dataset, "title": shown.title, "file": r.name, "kind": r.kind,
        "location": without_secrets(r.location), "every": r.every,
        "every_now": interval_told(archive.index, r), "versions": r.versions,
        "newest_seen_at": r.newest_seen_at, "checked_at": r.checked_at, "outcome": r.outcome,
        "detail": r.detail, "absent_since": r.absent_since, "rows": r.rows,
        "size_bytes": r.size_bytes, "received": _received(archive, r), "tables": tables,
    }  # fmt: skip


def _facts(archive: Archive, shown: Shown) -> dict[str, str]:
    r = shown.resource
    newest = f"{r.versions:,}"
    if r.newest_seen_at:
        newest += f"; newest first seen {say.day(r.newest_seen_at)}"
    facts = {
        "name": name_of(archive, r),
        "from": f"{r.kind} {without_secrets(r.location)}",
        "looked at": ""
        if r.kind in ("delivery", "masked copy")
        else f"{_every(archive, r)}; {_last_look(r)}",
        "versions": newest if r.versions else "none yet",
        "size": f"{say.size(r.size_bytes)}, {say.count(r.rows)} rows" if r.size_bytes else "",
        "unreadable": _unreadable(shown.unreadable, name_of(archive, r)),
        "gone": f"not offered since {say.day(r.absent_since)}" if r.absent_since else "",
        "held": f"{counted(r.held, 'surprising version')}: vf accept or vf refuse"
        if r.held
        else "",
        "rights": _rights(archive, r.dataset),
        "masked": _masked(archive, r),
        "embargo": _embargo(archive, r),
        "destruction": _to_destroy(archive, r),
        "takedown": _open_requests(archive, r),
    }
    for n, told in enumerate(_received(archive, r)):
        facts[f"received {n + 1}" if n else "received"] = told
    for table in shown.tables:
        columns = shown.columns.get(table.name, ())
        label = f"table {table.name}" if table.name else "table"
        key = ", ".join(table.key or ()) or "none"
        sure = f" ({table.key_how}, {table.key_confidence:.0%})" if table.key_confidence else ""
        many = counted(len(columns), "column")
        named = [name or "(no name)" for name in told_apart(columns)]
        listed = f"{many}: {say.listed(named)}"
        facts[label] = listed if columns else "not in the newest version"
        facts[f"{label} key"] = f"{key}{sure}"
    return facts


def _unreadable(newest: Version | None, name: str) -> str:
    """Of the newest version why it is no table."""
    if newest is None:
        return ""
    why = newest.detail or newest.reason.replace("_", " ")
    day = say.day(newest.seen_at)
    return f"the newest, first seen {day}, is no table ({why}): vf versions {name} --all"


def _local(archive: Archive, moment: datetime) -> str:
    """The day of a moment in the archive's time zone."""
    return day_of(moment, archive.zone)


def _received(archive: Archive, resource: ResourceLine) -> list[str]:
    """Each time it was handed over, in a line."""
    from verticalfile.services.known.deliveries import deliveries_of

    lines = []
    for each in deliveries_of(archive, resource.id):
        told = each.told
        parts = [f"{_local(archive, told.received_at)} from {told.sender}", told.how]
        parts += [f"request {told.request}" if told.request else ""]
        parts += [f"under {told.law}" if told.law else ""]
        parts += [f"data as of {_local(archive, told.as_of)}" if told.as_of else ""]
        parts += [f"letter {resource.dataset}/{each.letter}" if each.letter else "no letter"]
        lines.append("; ".join(part for part in parts if part))
    return lines


def _masked(archive: Archive, resource: ResourceLine) -> str:
    """Which file is masked in it, or which copy stands in its place."""
    from verticalfile.services.known.masks import masks, method_told

    for mask in masks(archive):
        if mask.copy == resource.id:
            return f"made from {mask.name}. {method_told(mask.method)['en']}"
        if mask.original == resource.id:
            copy = next(r for r in archive.index.resources() if r.id == mask.copy)
            return f"{copy.dataset} stands in its place, without counts below {mask.method.below}"
    return ""


def _embargo(archive: Archive, resource: ResourceLine) -> str:
    """Until when it is not shown, and why."""
    from verticalfile.services.known.embargoes import embargo_in

    held = embargo_in(archive.index.events([resource.id]))
    return f"not shown before {held.until.isoformat()}: {held.reason}" if held else ""


def _to_destroy(archive: Archive, resource: ResourceLine) -> str:
    """What one person asked to be destroyed, and nobody has confirmed yet."""
    from verticalfile.services.known.destructions import asked_in

    asked = asked_in(archive.index.events([resource.id]), archive.clock.now())
    return "; ".join(
        f"{a.by} asked for it; another confirms it until {say.day(a.until)[:10]}" for a in asked
    )


def _open_requests(archive: Archive, resource: ResourceLine) -> str:
    """Requests to take it down that wait for a decision."""
    from verticalfile.services.known.takedown_requests import requests_in

    waiting = [q for q in requests_in(archive.index.events([resource.id])) if not q.is_decided]
    told = ", ".join(f"request {q.number} ({q.ground}, {q.state})" for q in waiting)
    return f"{told}: vf takedown {resource.dataset}" if told else ""


def _rights(archive: Archive, dataset: str) -> str:
    """In a few words; `vf rights` tells the rest."""
    from verticalfile.services.rights.concluding import conclusion_of
    from verticalfile.services.rights.told import in_short

    return f"{in_short(conclusion_of(archive, dataset))}: vf rights {dataset}"


@click.command("versions")
@click.argument("name", metavar="NAME", shell_complete=complete_name)
@click.option("--all", "all_", is_flag=True, help="Unreadable and withdrawn ones, too.")
@json_option
@click.pass_context
def versions_command(context: click.Context, name: str, all_: bool, json_: bool) -> None:
    """Every version, newest first: when it was seen, rows, and what kind of change it was."""
    from verticalfile.services.listing import versions

    _, lines = versions(opened(context), name)
    shown = [
        line
        for line in reversed(lines)
        if all_ or line.version.readable or line.version.destroyed or line.is_document
    ]
    if json_:
        say.as_json([_version_body(line) for line in shown])
        return
    rows = []
    first = next((line.version for line in lines if line.version.readable), None)
    seen = say.dates([line.version.seen_at for line in shown])
    last = say.dates([line.version.last_seen_at for line in shown])
    for place, line in enumerate(shown):
        v, c = line.version, line.change
        figures = [f"{c.added:,}", f"{c.removed:,}", f"{c.changed:,}"] if c else ["", "", ""]
        rows.append(
            (
                f"v{v.number}", seen[place], last[place], say.count(line.rows),
                *figures, "" if v.destroyed else say.size(v.size_bytes),
                _marks(line, is_first=v is first), v.sha256[:8],
            )
        )  # fmt: skip
    say.table(
        ("version", "first seen", "last seen", "rows", "added", "removed", "changed", "size",
         "kind of change", "sha-256"),
        rows, right=(3, 4, 5, 6, 7), spare=(9,),
    )  # fmt: skip
    left = len(lines) - len(shown)
    if left:
        are = "version is" if left == 1 else "versions are"
        say.beside(f"{left:,} unreadable {are} not shown: --all shows them.")


def _version_body(line: VersionLine) -> dict[str, object]:
    """The documented JSON of a version; of one that was destroyed only its tombstone is left."""
    v, c = line.version, line.change
    told: dict[str, object] = {
        "version": v.number, "first_seen_at": v.seen_at, "last_seen_at": v.last_seen_at,
        "sha256": v.sha256, "size_bytes": v.size_bytes, "rows": line.rows, "readable": v.readable,
        "reason": v.reason or None, "held": v.held, "withdrawn": v.hidden or None,
        "withdrawn_at": v.withdrawn_at, "withdrawn_why": v.withdrawn_why or None,
        "absent_from": v.absent_from, "clock_back_from": v.clock_back_from,
        "partial": v.partial or None, "source": v.moment_name, "kinds": c.kinds if c else None, "added": c.added if c else None,
        "removed": c.removed if c else None, "changed": c.changed if c else None,
        "said": c.said if c else None,
    }  # fmt: skip
    if v.destroyed:
        told |= dict.fromkeys(("sha256", "size_bytes", "readable", "reason", "held", "source"))
    return told


def _marks(line: VersionLine, *, is_first: bool) -> str:
    """The kind of change, and what else must be said of a version."""
    version, change = line.version, line.change
    if version.destroyed:
        return withdrawal_of(version, say.zone())
    if change is not None:
        marks = [", ".join(change.kinds)]
    elif line.is_document:
        marks = ["document"]
    else:
        marks = ["first" if is_first else version.reason.replace("_", " ")]
    marks.append("partial" if version.partial else "")
    marks.append("held" if version.held else "")
    marks.append(withdrawal_of(version, say.zone()) if version.hidden else "")
    marks.append(f"gone from {_date(version.absent_from)}" if version.absent_from else "")
    marks.append(clock_told(version.clock_back_from))
    return "; ".join(mark for mark in marks if mark)


def clock_told(before: datetime | None) -> str:
    """Of what was kept by a clock that had gone back."""
    return f"kept after {say.day(before)} by a clock that went back" if before else ""
