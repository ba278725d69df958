"""`vf init`, `add`, `collect`."""

from __future__ import annotations

import re
from pathlib import Path

import click

from verticalfile.cli import say
from verticalfile.cli.archive_option import complete_name, json_option, opened
from verticalfile.kernel.letters import counted
from verticalfile.kernel.spans import NEVER

PROBLEM_EXIT = 3
"""Some of what was to be collected could not be; the rest was."""


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--time-zone", default="UTC", help="In which dates without a time are understood.")
@click.option("--library", default="", help="The library's name, as readers see it.")
@click.option("--place", default="", help="Whose data it keeps, such as a town and its county.")
@click.option("--contact", default="", help="An e-mail address that readers and publishers see.")
def init_command(folder: Path, time_zone: str, **told: str) -> None:
    """Make an archive in a new folder."""
    from verticalfile.services.archive import init

    archive = init(folder, time_zone=time_zone, settings={k: v for k, v in told.items() if v})
    say.out(f"Made an archive in {archive.root}.")
    say.beside(f"Next: cd {archive.root} && vf add WHAT")


@click.command("add")
@click.argument("what", metavar="WHAT")
@click.option("--name", default="", help="What to call it; by default from the file's name.")
@click.option("--title", default="", help="A title for people.")
@click.option("--path", default="", metavar="FILE", help="Which file of a git repository.")
@click.option("--branch", default="", help="Which branch of a git repository.")
@click.option("--key", default="", metavar="COL,COL", help="Columns that tell rows apart.")
@click.option("--every", default="", help="daily (if not said), weekly, PT12H, or daily..monthly.")
@click.option("--as-file", is_flag=True, help="Take an address as one file; look for no portal.")
@click.option("--all", "all_", is_flag=True, help="Of a portal: take all its datasets.")
@click.option("--words", multiple=True, help="Of a portal: those with this word. Repeatable.")
@click.option("--tag", "tags", multiple=True, help="Of a portal: those with this subject.")
@click.option("--publisher", "publishers", multiple=True, help="Of a portal: those of this office.")
@click.option("--format", "formats", multiple=True, help="Of a portal: those with this format.")
@click.option("--allow-private", is_flag=True, help="Addresses inside your own network are fine.")
@click.pass_context
def add_command(
    context: click.Context, /, what: str, as_file: bool, all_: bool, allow_private: bool,
    words: tuple[str, ...], tags: tuple[str, ...], publishers: tuple[str, ...],
    formats: tuple[str, ...], **told: str,
) -> None:  # fmt: skip
    """Add a file, a folder, an address, a portal, or a git repository and --path.

    An address of a portal is looked at and shown first; --all or a choice then takes it.
    """
    from verticalfile.services.datasets.adding import add
    from verticalfile.services.gathering.sources import may_be_portal
    from verticalfile.services.known.selection import Selection
    from verticalfile.services.names import name_of

    archive = opened(context)
    chosen = Selection(words, tags, publishers, formats)
    if not as_file and not told["path"] and may_be_portal(what):
        from verticalfile.cli.staff.sources_cmd import added_portal, no_portal_at

        taken = all_ or not chosen.is_all
        if added_portal(
            archive, what, chosen if taken else None, allow_private=allow_private,
            name=told["name"], title=told["title"], every=told["every"],
        ):  # fmt: skip
            return
        if taken:
            raise no_portal_at(what)
        say.beside(
            f"No portal of a kind that is known was found at {what}; the address itself is taken"
            " as one file."
        )
    key = [part.strip() for part in told.pop("key").split(",") if part.strip()]
    before = {resource.id for resource in archive.index.resources()}
    found = add(archive, what, key=key, **told)
    for resource in found:
        name = name_of(archive, resource)
        if resource.id not in before:
            say.out(f"Added {name}, to be looked at {resource.every}.")
            continue
        say.out(f"{name} is held already, looked at {resource.every}; nothing was changed.")
        if key or told["every"] or told["title"]:
            say.beside("To change it: vf every NAME SPAN, vf key NAME COL,COL, vf describe NAME.")
    say.beside(f"Next: vf collect {found[0].dataset}")


@click.command("every")
@click.argument("name", metavar="NAME", shell_complete=complete_name)
@click.argument("every", metavar="[SPAN]", default="")
@json_option
@click.pass_context
def every_command(context: click.Context, name: str, every: str, json_: bool) -> None:
    """How often something is looked at; with a second word, so often from now on.

    daily, weekly, monthly, hourly, a duration such as PT12H, or a range such as daily..monthly.
    The name of a source stands for its listing and all its datasets, those to come too.
    """
    from verticalfile.services.collecting.rounds import named
    from verticalfile.services.datasets.adding import set_interval
    from verticalfile.services.datasets.intervals import interval_told
    from verticalfile.services.names import names_of

    archive = opened(context)
    found = named(archive, name)
    changed = 0
    if every:
        changed = set_interval(archive, found, every)
        found = named(archive, name)
    if json_:
        files = [
            {
                "name": f"{r.dataset}/{r.name}", "every": r.every,
                "now": interval_told(archive.index, r),
            }
            for r in found
        ]  # fmt: skip
        say.as_json({"changed": changed, "files": files})
        return
    names = names_of(archive)
    lines = [
        (names[r.id], r.every, "" if r.every == NEVER else _span(interval_told(archive.index, r)))
        for r in found
    ]
    say.table(("file", "looked at", "now every"), lines)
    if every:
        say.beside(f"{changed:,} of {len(lines):,} were looked at otherwise before.")


def _span(duration: str) -> str:
    """A duration of ISO 8601 as people say it."""
    found = re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?", duration)
    parts = zip(found.groups() if found else (), ("day", "hour", "minute"), strict=False)
    return ", ".join(counted(int(number), unit) for number, unit in parts if number) or duration


@click.command("collect")
@click.argument("names", metavar="[NAME]...", shell_complete=complete_name, nargs=-1)
@click.option("--dry-run", is_flag=True, help="Only say what is due.")
@click.option("--allow-private", is_flag=True, help="Addresses inside your own network are fine.")
@click.option(
    "--notes-wait",
    is_flag=True,
    help="As `vf run` does: notes wait up to an hour, hosts that ask us to wait are left.",
)
@click.pass_context
def collect_command(
    context: click.Context,
    names: tuple[str, ...],
    dry_run: bool,
    allow_private: bool,
    notes_wait: bool,
) -> int:
    """Look at what is due, or at what is named, and keep what differs.

    The name of a source stands for its listing and all its datasets.
    """
    from verticalfile.services.collecting.collect import WAITING
    from verticalfile.services.collecting.rounds import round_of, wanted
    from verticalfile.services.names import name_of, names_of
    from verticalfile.services.visiting.fetching import fetching_of

    archive = opened(context)
    archive.notes_wait = notes_wait
    if dry_run:
        due = wanted(archive, names)
        names_by_id = names_of(archive)
        for resource in due:
            say.out(f"{names_by_id[resource.id]}\t{say.clean(resource.location)}")
        say.beside(f"{len(due)} due.")
        return 0
    with say.progress("Collecting") as step:
        done = round_of(
            archive, names, fetching=fetching_of(archive, allow_private=allow_private),
            progress=step, leave_resting=notes_wait,
        )  # fmt: skip
    failed, waiting = 0, 0
    for checked in done:
        waiting += checked.outcome == WAITING
        name = name_of(archive, checked.resource)
        colour = {"changed": "green", "unchanged": "white"}.get(checked.outcome, "yellow")
        say.out(f"{name}: {say.coloured(checked.said, colour)}")
        if checked.error is not None:
            failed += 1
            say.beside(f"    To mend it: {checked.error.mend}")
    if not done:
        say.beside("Nothing is due.")
    if waiting:
        say.beside(f"{waiting:,} of {len(done):,} wait for their hosts; they are due again then.")
    return PROBLEM_EXIT if failed else 0
