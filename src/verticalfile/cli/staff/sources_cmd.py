"""`vf sources`, and what `vf add` says of a portal."""

from __future__ import annotations

from collections.abc import Sequence

import click

from verticalfile.catalog.source_lines import MemberLine
from verticalfile.cli import say
from verticalfile.cli.archive_option import json_option, opened
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import Archive
from verticalfile.services.gathering.deciding import Undecided
from verticalfile.services.gathering.preview import Preview, found_at, preview_of
from verticalfile.services.gathering.sources import add_source
from verticalfile.services.known.selection import Selection

SHOWN = 6
"""Formats, licences and publishers told by name; the others are counted."""


def added_portal(
    archive: Archive, what: str, chosen: Selection | None, *, allow_private: bool, name: str,
    title: str, every: str,
) -> bool:  # fmt: skip
    """Show what a portal offers, and add it where it was chosen; False where there is none."""
    from verticalfile.services.collecting.collect import collect
    from verticalfile.services.visiting.fetching import fetching_of

    fetching = fetching_of(archive, allow_private=allow_private)
    with found_at(archive, what, fetching) as found:
        if found is None:
            return False
        _show(preview_of(found, chosen or Selection()))
        if chosen is None:
            if not (say.on_terminal() and click.confirm("Take all of it?", default=False)):
                say.beside(
                    f"Nothing was added. Take all with `vf add {what} --all`, or some with --words,"
                    " --tag, --publisher or --format."
                )
                return True
            chosen = Selection()
        listing = add_source(archive, found.recognised, chosen, name=name, title=title, every=every)
        (checked,) = collect(archive, [listing], fetching=fetching, walked=found)
    say.out(f"Added the source {listing.dataset}: {checked.said}.")
    say.beside(f"Next: vf collect {listing.dataset}")
    return True


def no_portal_at(what: str) -> InputRefused:
    """All of a portal, or some of it, was chosen, and there is none."""
    return InputRefused(
        f"No portal of a kind that is known was found at {what}, so there is nothing to choose from.",
        mend="give the address of its list, such as one that ends in /data.json; or take the address"
        " itself as one file, with --as-file.",
    )


def _show(preview: Preview) -> None:
    known = preview.recognised
    between = " " if known.version[:1].isdigit() else ": "  # a number, or words
    kind = between.join(each for each in (preview.label, known.version) if each)
    untried = "" if preview.is_tried else "; untried on a real portal"
    say.out(say.coloured(known.title or known.location, "yellow"))
    year = preview.year_bytes
    sizes = (
        f"{say.size(preview.size_bytes)} told for {preview.sizes_told:,} of {_n(preview.files, 'file')}"
        if preview.sizes_told
        else "not told by the publisher"
    )
    say.pairs({
        "is": f"{kind}{untried}, at {known.location}",
        "lists": _n(preview.entries, "dataset")
        + ("" if preview.is_complete else f"; the list may not be whole: {preview.why_not}"),
        "closed": say.clean(preview.closed),
        "chosen": f"{_n(preview.chosen, 'dataset')} with {_n(preview.files, 'file')} and"
        f" {_n(preview.documents, 'document')} about them",
        "without files": f"{_n(preview.without_files, 'dataset')}: pages, services or addresses"
        " that cannot be taken"
        if preview.without_files
        else "",
        "addresses": f"{_n(len(preview.resolved), 'file')} without a host, resolved against the"
        f" portal's address, such as {say.clean(preview.resolved[0])}"
        if preview.resolved
        else "",
        "formats": _most(preview.formats),
        "licences": _most([(name or "none stated", n) for name, n in preview.licences]),
        "publishers": _most(preview.publishers),
        "sizes": sizes,
        "a year takes": f"about {preview.requests_a_year:,} requests when looked at daily"
        + (f" and {say.size(year)} of room (an estimate)" if year else "; room is not known"),
        "unreadable": f"{_n(len(preview.bad), 'entry', 'entries')}: {preview.bad[0]}"
        if preview.bad
        else "",
    })  # fmt: skip


def _n(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _most(counted: Sequence[tuple[str, int]]) -> str:
    told = [f"{say.clean(name)[:60]} ({n:,})" for name, n in counted[:SHOWN]]
    if len(counted) > SHOWN:
        told.append(f"{len(counted) - SHOWN:,} others")
    return ", ".join(told)


@click.command("sources")
@json_option
@click.pass_context
def sources_command(context: click.Context, json_: bool) -> None:
    """The portals that are followed, and how they were found at the last look."""
    from verticalfile.services.gathering.sources import sources

    archive = opened(context)
    found = sources(archive)
    if json_:
        say.as_json(
            [
                {
                    "name": s.line.dataset, "kind": s.line.kind, "location": s.line.location,
                    "members": s.counts, "datasets": s.datasets, "files": s.files,
                    "selection": s.line.selection, "checked_at": s.listing.checked_at,
                    "outcome": s.listing.outcome, "detail": s.listing.detail,
                    "every": s.listing.every,
                }
                for s in found
            ]
        )  # fmt: skip
        return
    if not found:
        say.beside("No portal is followed yet. Add one with `vf add https://...`.")
        return
    say.table(
        ("name", "kind", "lists", "kept datasets", "files", "looked at", "state"),
        [
            (
                s.line.dataset, s.line.kind, say.count(s.counts.get("present", 0)),
                say.count(s.datasets), say.count(s.files), say.day(s.listing.checked_at)[:10],
                s.listing.outcome,
            )
            for s in found
        ],
        right=(2, 3, 4),
    )  # fmt: skip


@click.command("report")
@click.argument("run", metavar="[RUN]", default="")
@click.option("--runs", "list_runs", is_flag=True, help="Only list the runs.")
@click.option("--send", is_flag=True, help="By e-mail, to whom the settings name.")
@json_option
@click.pass_context
def report_command(
    context: click.Context, run: str, list_runs: bool, send: bool, json_: bool
) -> None:
    """What the last run found, or a run or a day that is named: 2026-11-28, yesterday."""
    from verticalfile.services.gathering import reports

    archive = opened(context)
    if send:
        from verticalfile.services.running import mailing

        say.out(f"Sent to {say.clean(mailing.send(archive, run))}.")
        return
    if list_runs:
        known = reports.runs(archive)
        if json_:
            say.as_json([{"run": r.name, "began_at": r.began_at, "ended_at": r.ended_at, "looked": r.looked} for r in known])  # fmt: skip
            return
        say.table(
            ("run", "began", "ended", "looked at"),
            [(r.name, say.day(r.began_at), say.day(r.ended_at), say.count(r.looked)) for r in known],
            right=(3,),
        )  # fmt: skip
        return
    found = reports.report(archive, run)
    if json_:
        say.as_json({
            "since": found.since, "until": found.until, "looked": found.looked,
            "outcomes": found.outcomes, "waiting": [each.whole for each in found.waiting],
            "news": [{"name": n.file.whole, "outcome": n.outcome, "said": n.said} for n in found.news],
            "broken": [
                {"name": n.file.whole, "outcome": n.outcome, "said": n.said, "mend": n.mend}
                for n in found.broken
            ],
        })  # fmt: skip
        return
    looked = _n(found.looked, "file")
    say.out(f"From {say.day(found.since)} to {say.day(found.until)}: {looked} looked at.")
    if found.outcomes:
        say.out(", ".join(f"{n:,} {outcome}" for outcome, n in found.outcomes.items()) + ".")
    for line in found.news:
        say.out(f"{line.file.name}: {say.coloured(say.clean(line.said), 'green')}")
    if found.broken:
        say.out("What broke:")
    for line in found.broken:
        say.out(f"{line.file.name}: {say.coloured(say.clean(line.said), 'yellow')}")
        if line.mend:
            say.beside(f"    To mend it: {line.mend}")
    if found.waiting:
        names = [each.name for each in found.waiting]
        say.out("A person must judge (vf accept or vf refuse): " + say.listed(names, 12))


@click.command("members")
@click.argument("source", metavar="SOURCE")
@click.option("--state", default="", help="Only those that are present, missing or vanished.")
@click.option("--accept", is_flag=True, help="The suspect list is right.")
@click.option("--same", nargs=2, metavar="NEWER OLDER", help="The newer goes on as the older.")
@click.option("--different", nargs=2, metavar="NEWER OLDER", help="They are two datasets.")
@click.option("--undo", nargs=2, metavar="MEMBER IDENTIFIER", help="This join was wrong.")
@json_option
@click.pass_context
def members_command(
    context: click.Context, source: str, state: str, accept: bool, same: tuple[str, str] | None,
    different: tuple[str, str] | None, undo: tuple[str, str] | None, json_: bool,
) -> None:  # fmt: skip
    """What a portal lists: state, doubts and joins; and what a person decides of them."""
    from verticalfile.services.gathering import deciding

    archive = opened(context)
    if accept:
        deciding.accept_listing(archive, source)
        say.out(f"The list of {source} is accepted; it is taken at the next look.")
    if same:
        deciding.join(archive, source, *same)
        say.out(f"{same[0]} goes on as {same[1]}.")
    if different:
        deciding.tell_apart(archive, source, *different)
        say.out(f"{different[0]} and {different[1]} are two datasets.")
    if undo:
        deciding.undo(archive, source, *undo)
        say.out(f"{undo[0]} was another dataset from {undo[1]} on.")
    found = deciding.undecided(archive, source)
    shown = [m for m in found.members if state in ("", m.state)]
    if json_:
        _members_as_json(found, shown)
        return
    if found.suspect:
        say.out(f"The list is suspect ({found.suspect}). If it is right: --accept.")
    say.table(
        ("key", "title", "state", "since", "dataset"),
        [
            (
                m.member[:8], m.title, m.state + (" *" if m.member in found.copies else ""),
                say.day(m.since)[:10], m.dataset,
            )
            for m in shown
        ],
    )  # fmt: skip
    if any(m.member in found.copies for m in shown):
        say.beside("* known from copies that another archive made")
    if found.partial:
        say.beside(f"Of this list not all is known: {found.partial}.")
    for doubt in found.doubts:
        names = ", ".join(f"{c.member[:8]} ({c.title})" for c in doubt.candidates)
        say.out(f"{doubt.member.member[:8]} ({doubt.member.title}) may be {names}: --same or --different.")  # fmt: skip
    for join in found.joins:
        say.beside(f"{join.member.member[:8]}: {join.before} became {join.after} ({join.how})")


def _members_as_json(found: Undecided, shown: Sequence[MemberLine]) -> None:
    say.as_json({
        "suspect": found.suspect,
        "may_not_be_whole": found.partial or None,
        "members": [
            {
                "key": m.member, "title": m.title, "state": m.state, "since": m.since,
                "dataset": m.dataset, "known_from_copies": m.member in found.copies,
            }
            for m in shown
        ],
        "doubts": [
            {"key": d.member.member, "may_be": [c.member for c in d.candidates]}
            for d in found.doubts
        ],
        "joins": [
            {"key": j.member.member, "before": j.before, "after": j.after, "how": j.how}
            for j in found.joins
        ],
    })  # fmt: skip
