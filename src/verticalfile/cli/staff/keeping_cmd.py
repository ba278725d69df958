"""`vf verify`, `mend`, `rebuild`, `doctor`: is it safe, is it whole."""

from __future__ import annotations

from pathlib import Path

import click

from verticalfile.cli import say
from verticalfile.cli.archive_option import complete_name, json_option, opened
from verticalfile.kernel.letters import counted
from verticalfile.services.archive import Archive

DAMAGE_EXIT = 22


@click.command("verify")
@click.argument("name", metavar="[NAME]", shell_complete=complete_name, required=False)
@click.option("--quick", is_flag=True, help="Inventories and presence only, no digests of content.")
@click.option(
    "--slice", "slice_", is_flag=True, help="Ten minutes of what is due, as `vf run` does."
)
@click.option("--independent", is_flag=True, help="Ask ocfl-py, which is not ours, as well.")
@json_option
@click.pass_context
def verify_command(
    context: click.Context, name: str | None, quick: bool, slice_: bool, independent: bool,
    json_: bool,
) -> int:  # fmt: skip
    """Check every stored byte, that every version restores, and the history against the vault."""
    from verticalfile.services.names import find_all
    from verticalfile.services.safe.safekeeping import verify

    archive = opened(context)
    if slice_:
        return _verify_slice(archive)
    resources = find_all(archive, name) if name else None
    with say.progress("Verifying") as step:
        found = verify(
            archive, resources, quick=quick, independent=independent,
            progress=lambda _, done, total: step(done, total),
        )  # fmt: skip
    if json_:
        say.as_json(
            {
                "well": found.well,
                "originals": found.originals,
                "findings": [
                    {
                        "path": f.path,
                        "what": f.what,
                        "code": f.code or None,
                        "object": f.object_id,
                        "captures": f.captures,
                    }
                    for f in found.findings
                ],
                "history": found.history,
                "cleared": found.cleared,
                "independent": found.independent or None,
            }
        )
    else:
        for done in found.cleared:
            say.beside(say.clean(f"Left by a command that was interrupted, put right: {done}."))
        for finding in found.findings:
            say.out(say.clean(f"{finding.path}: {finding.what}"))
            if finding.captures:
                say.out(f"    concerns {counted(len(finding.captures), 'capture')}")
            say.out(f"    To mend it: {finding.mend}")
        for said in found.history:
            say.out(f"{said}\n    To mend it: vf rebuild")
        if found.independent:
            say.out(found.independent)
        if found.well:
            say.out(f"All well: {counted(found.originals, 'original')}, each as it was kept.")
    return 0 if found.well else DAMAGE_EXIT


def _verify_slice(archive: Archive) -> int:
    from verticalfile.services.safe.verifying import verify_slice

    archive.notes_wait = True  # `vf run` takes a slice each hour: its results share a version
    found = verify_slice(archive)
    for finding in found.findings:
        say.out(say.clean(f"{finding.path}: {finding.what}"))
        say.out(f"    To mend it: {finding.mend}")
    for said in found.differences:
        say.out(f"{said}\n    To mend it: vf rebuild")
    say.out(f"{found.verified:,} verified, {found.left:,} left for the next slices.")
    return DAMAGE_EXIT if found.findings or found.differences else 0


@click.command("mend")
@click.option("--from", "copy", required=True, metavar="COPY", type=click.Path(path_type=Path))
@click.pass_context
def mend_command(context: click.Context, copy: Path) -> None:
    """Repair what verify found, from another copy of the archive."""
    from verticalfile.services.safe.safekeeping import mend_from

    done = mend_from(opened(context), copy)
    for each in done:
        say.out(say.clean(f"{each.path}: {each.what}"))
    if not done:
        say.out(
            "Nothing was mended: all is well, or the copy could not help; vf verify tells which."
        )


@click.command("rebuild")
@click.argument("name", metavar="[NAME]", shell_complete=complete_name, required=False)
@click.pass_context
def rebuild_command(context: click.Context, name: str | None) -> int:
    """Make history, catalog and index again from the vault alone.

    Versions that our reader once failed at are read again.
    """
    from verticalfile.services.names import find_all
    from verticalfile.services.taking_in.in_time import read_what_failed
    from verticalfile.services.taking_in.rebuild import rebuild

    archive = opened(context)
    resources = find_all(archive, name) if name else None
    done = 0
    with say.progress("Rebuilding") as step:

        def one(_: str, count: int) -> None:
            nonlocal done
            done += count
            step(done, max(done, 1))

        found = rebuild(archive, resources, one)
        readable = read_what_failed(archive, resources or archive.index.resources())
    say.out(f"Rebuilt from {counted(found.originals, 'original')}.")
    if readable:
        say.out(f"{counted(readable, 'version')} that could not be read when kept can be read now.")
    say.beside("Not in the vault: settings.json, synonyms.csv. `vf backup` takes them along.")
    for difference in found.differences:
        say.out(f"Differs from what was recorded: {difference}")
    return DAMAGE_EXIT if found.differences else 0


@click.command("doctor")
@json_option
@click.pass_context
def doctor_command(context: click.Context, json_: bool) -> int:
    """Versions of what is installed, free space, clock, permissions, locks, what waits."""
    from verticalfile.services.safe.doctor import doctor

    found = doctor(opened(context))
    if json_:
        say.as_json([{"what": a.what, "said": a.said, "well": a.well} for a in found])
    else:
        rows = [("ok" if a.well else "look", a.what, a.said) for a in found]
        say.table(("", "what", "found"), rows)
    return 0 if all(a.well for a in found) else 1
