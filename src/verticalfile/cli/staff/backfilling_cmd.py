"""`vf backfill`: older versions from git, a folder, or web archives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import click

from verticalfile.catalog.index import ResourceLine
from verticalfile.cli import say
from verticalfile.cli.archive_option import complete_name, opened
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.letters import counted
from verticalfile.services.archive import Archive
from verticalfile.services.collecting.backfill import Filled
from verticalfile.services.visiting.fetching import Fetching


@dataclass(frozen=True, slots=True)
class _Copies:
    """What was asked of a web archive."""

    name: str
    wayback: str | None
    memento: str | None
    since: str
    until: str
    files: bool
    allow_private: bool


@click.command("backfill")
@click.argument("name", metavar="NAME", shell_complete=complete_name)
@click.option(
    "--git", "repository", metavar="REPO", help="A git repository: its folder, bundle or address."
)
@click.option("--path", metavar="FILE", help="Which file of the repository.")
@click.option("--branch", help="Which branch; by default the one checked out.")
@click.option("--follow", is_flag=True, help="Take in what the file was called before or after.")
@click.option("--folder", metavar="DIR", type=click.Path(path_type=Path), help="Dated files.")
@click.option(
    "--wayback",
    is_flag=False,
    flag_value="",
    metavar="[URL]",
    help="What the Wayback Machine recorded of the address, or of another one.",
)
@click.option(
    "--memento", metavar="URL", help="What another web archive recorded: its TimeMap or TimeGate."
)
@click.option("--from", "since", default="", metavar="DATE", help="Of a web archive: from then on.")
@click.option("--to", "until", default="", metavar="DATE", help="Of a web archive: until then.")
@click.option(
    "--files", is_flag=True, help="Of a portal, with --wayback: also the files that its lists name."
)
@click.option("--allow-private", is_flag=True, help="Addresses inside your own network are fine.")
@click.pass_context
def backfill_command(
    context: click.Context,
    name: str,
    repository: str | None,
    path: str | None,
    branch: str | None,
    follow: bool,
    folder: Path | None,
    wayback: str | None,
    memento: str | None,
    since: str,
    until: str,
    files: bool,
    allow_private: bool,
) -> None:
    """Take in older versions: of a file in git, a folder of dated files, or web archives.

    Older lists of a portal are followed as if they had come in their time.
    """
    ways = sum(each is not None for each in (repository, folder, wayback, memento))
    if ways != 1 or (repository and not path) or (files and wayback is None):
        raise InputRefused(
            "Say where the older versions are.",
            mend="use --git REPO --path FILE, --folder DIR, --wayback or --memento URL; --files goes"
            " with --wayback.",
        )
    archive = opened(context)
    if wayback is not None or memento is not None:
        asked = _Copies(name, wayback, memento, since, until, files, allow_private)
        _from_web_archives(archive, asked)
    elif repository is not None:
        _from_git(archive, name, repository, path or "", branch, follow=follow)
    else:
        _from_folder(archive, name, folder or Path())


def _from_git(
    archive: Archive, name: str, repository: str, path: str, branch: str | None, *, follow: bool
) -> None:
    from verticalfile.services.collecting import backfill
    from verticalfile.services.datasets.adding import add
    from verticalfile.services.names import find_resource

    def resource() -> ResourceLine:
        if name.split("/")[0] not in archive.index.datasets():
            # a dataset that is known only by its past: its source is where it is filled from
            add(archive, repository, name=name, path=path, branch=branch or "")
        return find_resource(archive, name)

    with say.progress("Back-filling") as step:
        done = backfill.from_git(
            archive, resource, repository, path, branch=branch, follow=follow, progress=step
        )
    _say(archive, resource(), name, done)
    if done.shallow:
        say.out("The repository is shallow: what was before its first commit is not known.")
    for offer in done.renames:
        came = "came from" if offer.direction == "from" else "went on as"
        say.out(
            f"It {came} {say.clean(offer.path)} ({offer.similarity} % the same, commit {offer.commit[:12]})."
        )
    if done.renames:
        say.beside("Run it again with --follow to take that in too.")


def _from_folder(archive: Archive, name: str, folder: Path) -> None:
    from verticalfile.services.collecting import backfill
    from verticalfile.services.datasets.adding import add
    from verticalfile.services.names import find_resource

    def resource() -> ResourceLine:
        if name.split("/")[0] not in archive.index.datasets():
            add(archive, str(folder), name=name)
        return find_resource(archive, name)

    with say.progress("Back-filling") as step:
        done = backfill.from_folder(archive, resource, folder, progress=step)
    _say(archive, resource(), name, done)


def _say(archive: Archive, resource: ResourceLine, name: str, done: Filled) -> None:
    versions = archive.index.versions(resource.id)
    say.out(
        f"{name}: {counted(done.states, 'state')}, {done.kept:,} newly kept,"
        f" {counted(done.absences, 'time')} absent,"
        f" {done.unreadable:,} unreadable; {counted(len(versions), 'version')} now."
    )
    if done.undated:
        say.out(
            f"Left out, as their names tell no date: {counted(done.undated, 'file')}. Dates are"
            " written like 2020-01-31."
        )
    if done.passed_over:
        say.out(f"No list of this portal's kind: {counted(done.passed_over, 'state')}.")
    _say_of_the_past(archive, resource)


def _from_web_archives(archive: Archive, asked: _Copies) -> None:
    from verticalfile.services.collecting import web_archives
    from verticalfile.services.names import find_resource
    from verticalfile.services.visiting.fetching import fetching_of
    from verticalfile.sources.past.wayback import ARCHIVE

    found = find_resource(archive, asked.name)
    fetching = fetching_of(archive, allow_private=asked.allow_private)
    web_archive = archive.settings().get("web_archive", "") or ARCHIVE
    since, until = (re.sub(r"\D", "", date) for date in (asked.since, asked.until))
    with say.progress("Back-filling") as step:
        if asked.memento is not None:
            done = web_archives.from_memento(
                archive, lambda: found, asked.memento, fetching=fetching, since=since,
                until=until, progress=step, asking=_say_what_is_asked,
            )  # fmt: skip
        else:
            done = web_archives.from_wayback(
                archive, lambda: found, asked.wayback or found.location, fetching=fetching,
                since=since, until=until, web_archive=web_archive, progress=step,
                asking=_say_what_is_asked,
            )  # fmt: skip
    versions = archive.index.versions(found.id)
    what = counted(done.states, "state") + " recorded by the web archive"
    if done.whole is not None:
        what = counted(done.states, "list") + f" put together, {done.whole:,} of them whole"
    say.out(
        f"{asked.name}: {what}, {done.kept:,} newly kept,"
        f" {counted(done.absences, 'time')} absent, {done.unreadable:,} unreadable;"
        f" {counted(len(versions), 'version')} now."
    )
    if done.is_cut:
        say.out("The archive's index goes on; name a span with --from and --to to see the rest.")
    for count, what in (
        (
            done.passed_over,
            "copies were errors when they were archived, could not be had, or are no list",
        ),
        (done.bad_lines, "lines of the archive's index could not be read"),
        (done.differing, "copies do not have the digest of the index; they are kept and say so"),
        (done.rewritten, "copies may have been rewritten for showing; they are kept and say so"),
    ):
        if count:
            say.out(f"{count:,} {what}.")
    if asked.files:
        _fill_files(archive, found, fetching, since, until, web_archive)
    else:
        _say_of_the_past(archive, found)


def _say_what_is_asked(copies: int, days: int) -> None:
    say.beside(
        f"Not held, and in the web archive: {counted(copies, 'copy', 'copies')} of pages of this list,"
        f" of {counted(days, 'day')}. They are asked for a second apart; --from and --to ask for fewer."
    )


def _say_of_the_past(archive: Archive, resource: ResourceLine) -> None:
    """What copies of a portal's list told, and what could be asked for now."""
    from verticalfile.catalog.source_lines import SourceLines
    from verticalfile.services.collecting import past_files

    source = SourceLines(archive.index).of(resource.id)
    if source is None:
        return
    past = past_files.counted(archive, source)
    say.out(
        f"Known from copies of its lists alone: {counted(past.datasets, 'dataset')} with"
        f" {counted(past.files, 'file')}. Kept of others: {counted(past.held, 'file')}."
    )
    if past.files or past.held:
        say.beside(
            "What the Wayback Machine has of these files is taken in with --wayback --files:"
            f" {counted(past.files + past.held, 'address', 'addresses')} to ask for, a second apart,"
            " and every copy."
        )


def _fill_files(
    archive: Archive, resource: ResourceLine, fetching: Fetching, since: str, until: str,
    web_archive: str,
) -> None:  # fmt: skip
    from verticalfile.catalog.source_lines import SourceLines
    from verticalfile.services.collecting import past_files

    source = SourceLines(archive.index).of(resource.id)
    if source is None:
        raise InputRefused(
            f"{resource.dataset} is no portal.", mend="leave --files out: a file has no others."
        )
    services = past_files.counted(archive, source).services
    with say.progress("Asking for files") as step:
        done = past_files.fill_files(
            archive, source, fetching=fetching, since=since, until=until,
            web_archive=web_archive, progress=step,
        )  # fmt: skip
    say.out(
        f"{counted(done.asked, 'file')} asked for: of {done.filled:,} of them"
        f" {counted(done.kept, 'copy', 'copies')} newly kept;"
        f" {counted(len(done.added), 'dataset')} added, known from the past alone."
    )
    for count, what in (
        (done.closed, "addresses are closed in the web archive"),
        (services, "are handed over by a service, of which no archive has copies"),
    ):
        if count:
            say.out(f"{count:,} {what}.")
