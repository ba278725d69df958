"""`vf embargo` and `vf takedown`: what is not shown until a day, and who asked for it."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from verticalfile.cli import say
from verticalfile.cli.archive_option import complete_name, json_option, opened
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import Archive
from verticalfile.services.known.takedown_requests import By, Ground, State
from verticalfile.services.names import name_of

GROUNDS = [str(each) for each in Ground]
ROLES = [str(each) for each in By]


@click.command("embargo")
@click.argument("name", metavar="[NAME]", required=False, shell_complete=complete_name)
@click.option("--until", default="", metavar="DATE", help="The first day on which it is shown.")
@click.option(
    "--version", metavar="V", help="Of this version alone; else of all, and of later ones."
)
@click.option("--lift", is_flag=True, help="End it now.")
@click.option("--reason", default="", help="Why, for staff; the public is told the day.")
@click.option(
    "--due", is_flag=True, help="End those whose day has come; `vf run` does it by itself."
)
@json_option
@click.pass_context
def embargo_command(
    context: click.Context, name: str | None, until: str, version: str | None, lift: bool,
    reason: str, due: bool, json_: bool,
) -> None:  # fmt: skip
    """Show a file from a day on and not before; without a NAME, the embargoes that stand.

    It ends by itself on its day. Nothing is removed.
    """
    from verticalfile.services.deciding import embargoing

    archive = opened(context)
    if due:
        for each in embargoing.end_due(archive):
            say.out(f"{each} is shown from today on: the day of its embargo has come.")
        return
    if name is None:
        _standing(archive, json_)
        return
    if lift == bool(until):
        raise InputRefused(
            "An embargo is either set or lifted.", mend="say --until DATE, or --lift."
        )
    if lift:
        say.out(f"{embargoing.lift(archive, name, reason=reason)} is under embargo no more.")
        return
    held = embargoing.embargo(archive, name, until=_day(until), reason=reason, version=version)
    of = f"{version} of {name}" if version else name
    say.out(f"{of} is shown to the public from {held.until.isoformat()} on, and not before.")


def _standing(archive: Archive, json_: bool) -> None:
    from verticalfile.services.deciding import embargoing

    found = embargoing.standing(archive)
    if json_:
        say.as_json(
            [
                {
                    "name": r.dataset, "file": r.name, "until": e.until.isoformat(),
                    "since": e.since, "reason": e.reason, "all_versions": e.originals is None,
                }
                for r, e in found
            ]
        )  # fmt: skip
        return
    rows = [
        (
            name_of(archive, r), e.until.isoformat(),
            "all versions" if e.originals is None else "one version", e.reason,
        )
        for r, e in found
    ]  # fmt: skip
    if not rows:
        say.beside("Nothing is under embargo.")
        return
    say.table(("name", "until", "of", "why"), rows)


@click.command("takedown")
@click.argument("name", metavar="[NAME]", required=False, shell_complete=complete_name)
@click.option("--ground", type=click.Choice(GROUNDS), help="Of a new request: why it is asked.")
@click.option("--by", type=click.Choice(ROLES), default="other", help="Who asks, by role; no name.")
@click.option("--part", default="", help="What is to go, in words.")
@click.option("--hide", is_flag=True, help="Withhold the file until it is decided.")
@click.option("--answer-by", default="", metavar="DATE", help="The day by which to answer.")
@click.option("--request", "number", type=int, metavar="N", help="A request that was recorded.")
@click.option(
    "--decide", type=click.Choice(["granted", "refused", "appealed"]), help="Of --request."
)
@click.option("--reason", default="", help="Why, in words for staff.")
@click.option("--authority", default="", help="Who decided.")
@json_option
@click.pass_context
def takedown_command(
    context: click.Context, /, name: str | None, number: int | None, json_: bool, **given: Any
) -> None:
    """Record a request to take something down, decide it, or list them.

    A request destroys nothing: after granting one, hide or withdraw by the ordinary commands.
    """
    from verticalfile.services.deciding import takedowns

    archive = opened(context)
    if name is not None and given["ground"]:
        found = takedowns.ask(
            archive, name, ground=Ground(given["ground"]), by=By(given["by"]),
            part=given["part"], reason=given["reason"] or given["ground"], hide=given["hide"],
            answer_by=_day(given["answer_by"]) if given["answer_by"] else None,
        )  # fmt: skip
        say.out(f"Request {found.number} about {name} is recorded.")
        if given["hide"]:
            say.out(f"{name} is withheld until somebody releases it: vf release {name}.")
    elif name is not None and number is not None and given["decide"]:
        state = State(given["decide"])
        takedowns.decide(
            archive, name, number, state, reason=given["reason"], authority=given["authority"]
        )
        say.out(f"Request {number} about {name} is {state}.")
        if state is State.GRANTED:
            say.beside(f"Nothing was taken down yet: vf withhold {name}, or vf withdraw {name}.")
        elif state is State.REFUSED:
            say.beside(f"What was hidden meanwhile is shown by vf release {name}.")
    else:
        _requests(archive, name, json_)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputRefused(f"“{text}” is not a day.", mend="write it as 2027-01-31.") from None


def _requests(archive: Archive, name: str | None, json_: bool) -> None:
    from verticalfile.services.deciding import takedowns
    from verticalfile.services.names import find_resource

    found = takedowns.all_requests(archive)
    if name is not None:
        only = find_resource(archive, name)
        found = [(resource, request) for resource, request in found if resource == only]
    if json_:
        say.as_json(
            [
                {
                    "name": r.dataset, "file": r.name, "request": q.number, "state": q.state,
                    "ground": q.ground, "by": q.by, "part": q.part,
                    "answer_by": q.answer_by.isoformat() if q.answer_by else None,
                    "steps": [
                        {"state": s.state, "at": s.at, "reason": s.reason, "authority": s.authority}
                        for s in q.steps
                    ],
                }
                for r, q in found
            ]
        )  # fmt: skip
        return
    rows = [
        (
            name_of(archive, r), str(q.number), q.state, q.ground, q.by, q.part,
            q.answer_by.isoformat() if q.answer_by and not q.is_decided else "",
            say.day(q.steps[-1].at)[:10],
        )
        for r, q in found
    ]  # fmt: skip
    if not rows:
        say.beside("No request to take something down is recorded.")
        return
    say.table(("name", "request", "state", "ground", "by", "what", "answer by", "since"), rows)
