"""`vf mask`: a copy of a table of counts without its small ones."""

from __future__ import annotations

import click

from verticalfile.cli import say
from verticalfile.cli.archive_option import complete_name, json_option, opened
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.letters import counted
from verticalfile.services.archive import Archive
from verticalfile.tables.masking.method import MARK, USUAL, Method

REASON = "small counts of persons"


@click.command("mask")
@click.argument("name", metavar="[NAME]", required=False, shell_complete=complete_name)
@click.option("--counts", default="", metavar="COL,COL", help="The columns of counts.")
@click.option(
    "--keep", default="", metavar="COL,COL", help="The columns that tell what a row is of."
)
@click.option("--total", default="", metavar="COL", help="The column of totals of a row.")
@click.option(
    "--by", default="", metavar="COL,COL", help="Of --keep: rows alike in these have a total."
)
@click.option(
    "--total-row", default="", metavar="TEXT", help="The label of rows of totals; else: total."
)
@click.option(
    "--below", type=int, default=USUAL, show_default=True, help="Counts below it are small."
)
@click.option("--zeros", type=click.Choice(("show", "hide")), default="show", show_default=True)
@click.option(
    "--name", "copy", default="", metavar="COPY", help="What to call the copy; else NAME-masked."
)
@click.option("--reason", default=REASON, show_default=True, help="Why, for staff.")
@click.option(
    "--dry-run", "is_trial", is_flag=True, help="Say what would be hidden, and do nothing."
)
@json_option
@click.pass_context
def mask_command(
    context: click.Context, name: str | None, counts: str, keep: str, total: str, by: str,
    total_row: str, below: int, zeros: str, copy: str, reason: str, is_trial: bool, json_: bool,
) -> None:  # fmt: skip
    """Withhold a table of counts and show a copy of it without small ones; without a NAME, list them.

    The copy is a dataset of its own, made anew with each version. Further counts are hidden, so that
    none can be worked out from totals. All columns that are not named are left out.
    """
    from verticalfile.services.deciding.masking import mask

    archive = opened(context)
    if name is None:
        _list(archive, json_)
        return
    if json_:
        raise InputRefused("--json is for the list.", mend="leave out NAME, or --json.")
    method = Method(
        _columns(counts), _columns(keep), total, _columns(by), total_row, below, zeros == "hide"
    )
    done = mask(archive, name, method, reason=reason, copy=copy, is_trial=is_trial)
    cells, hidden = done.cells
    would = "would be" if is_trial else "are"
    say.out(
        f"{hidden:,} of {cells:,} counts of the newest version {would} hidden, with {MARK} in their place."
    )
    if done.left_out:
        say.out(f"Left out: {say.listed(done.left_out)}.")
    if is_trial:
        return
    say.out(
        f"{name} is withheld; {done.name} stands in its place, {counted(len(done.made.copies), 'version')} made."
    )
    for at, why in sorted(done.made.not_made.items()):
        say.beside(f"Of the version first seen {say.day(at)} there is no copy: {why}.")
    if not done.is_shown:
        say.beside(f"The copy is not shown: see why with vf rights {done.name}.")
    if done.was_public:
        say.beside("It was shown until now: whoever kept it can compare the two.")
    say.beside("No copy is proof against what somebody knows from elsewhere.")


def _columns(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(",") if each.strip())


def _list(archive: Archive, json_: bool) -> None:
    from verticalfile.services.known.masks import masks, not_made

    files = {r.id: r for r in archive.index.resources()}
    found = [(files[mask.copy], mask, not_made(archive, mask)) for mask in masks(archive)]
    if json_:
        say.as_json(
            [
                {
                    "name": copy.dataset, "of": m.name, "below": m.method.below,
                    "zeros_hidden": m.method.zeros, "counts": m.method.counts,
                    "total": m.method.total or None, "keep": m.method.keep, "by": m.method.by,
                    "versions": copy.versions, "since": m.since,
                    "not_made": [{"first_seen_at": at, "why": w} for at, w in sorted(none.items())],
                }
                for copy, m, none in found
            ]
        )  # fmt: skip
        return
    rows = [
        (
            copy.dataset, m.name, str(m.method.below), ", ".join(m.method.numbers),
            str(copy.versions), "; ".join(f"{say.day(at)[:10]}: {why}" for at, why in sorted(none.items())),
        )
        for copy, m, none in found
    ]  # fmt: skip
    if not rows:
        say.beside("No file is masked.")
        return
    say.table(("copy", "of", "below", "counts", "versions", "no copy of"), rows, right=(2, 4))
