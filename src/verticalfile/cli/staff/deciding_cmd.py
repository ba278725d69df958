"""`vf key`, `accept`, `refuse`, `withdraw`: what people decide."""

from __future__ import annotations

from collections.abc import Sized
from typing import Any

import click

from verticalfile.cli import say
from verticalfile.cli.archive_option import complete_name, json_option, opened
from verticalfile.kernel.errors import InputRefused
from verticalfile.kernel.letters import counted
from verticalfile.services.archive import Archive
from verticalfile.services.deciding.reviewing import KeyState


@click.command("key")
@click.argument("name", metavar="NAME", shell_complete=complete_name)
@click.argument("columns", metavar="[COL,COL]", required=False)
@click.option("--none", "no_key", is_flag=True, help="No column tells rows apart.")
@click.option("--find", is_flag=True, help="Forget what was set and look for it by evidence.")
@click.option("--undo", metavar="COL", help="Undo a rename into COL, or its being left out.")
@click.option("--rename", nargs=2, metavar="OLD NEW", help="Say that a column is called NEW now.")
@click.option("--volatile", metavar="COL", help="Leave a column out of comparisons.")
@json_option
@click.pass_context
def key_command(
    context: click.Context,
    name: str,
    columns: str | None,
    no_key: bool,
    find: bool,
    undo: str | None,
    rename: tuple[str, str] | None,
    volatile: str | None,
    json_: bool,
) -> None:
    """What tells rows apart, how sure and why; set it. Renames and left-out columns stand here, too."""
    from verticalfile.services.deciding import reviewing

    if sum(map(bool, (columns, no_key, find, undo, rename, volatile))) > 1:
        raise InputRefused("Several things were asked at once.", mend="ask one at a time.")
    archive = opened(context)
    if undo:
        say.out(reviewing.undo(archive, name, undo))
    elif rename:
        say.out(reviewing.call_renamed(archive, name, *rename))
    elif volatile:
        say.out(reviewing.call_volatile(archive, name, volatile))
    if columns or no_key:
        wanted = [part.strip() for part in (columns or "").split(",") if part.strip()]
        state = reviewing.set_key(archive, name, wanted or None)
    elif find:
        state = reviewing.find_key_again(archive, name)
    else:
        state = reviewing.key_state(archive, name)
    if json_:
        key = state.decisions.key
        say.as_json(
            {
                "key": key.current if key else None, "how": key.how if key else "not looked for",
                "confidence": key.confidence if key else None,
                "evidence": key.evidence if key else (),
                "earlier_keys": key.choices[1:] if key else (),
                "rows": state.rows, "repeated_keys": state.repeated,
                "renamed": state.decisions.renamed, "volatile": state.decisions.volatile,
            }
        )  # fmt: skip
        return
    _show(state)


def _show(state: KeyState) -> None:
    key = state.decisions.key
    facts = {}
    if key is None:
        facts["key"] = "not looked for yet"
    elif not key.choices:
        facts["key"] = "none"
    else:
        sure = f", {key.confidence:.0%} sure" if key.confidence is not None else ""
        facts["key"] = f"{', '.join(key.current)} ({key.how}{sure})"
    for number, sentence in enumerate(key.evidence if key else (), start=1):
        facts[f"because {number}"] = sentence
    for number, choice in enumerate(key.choices[1:] if key else (), start=1):
        facts[f"other times {number}"] = ", ".join(choice)
    if state.repeated:
        stand = "value stands" if state.repeated == 1 else "values stand"
        facts["not unique"] = f"{state.repeated:,} key {stand} on more than one row now"
    for event in state.events:
        detail = event["detail"]
        assert isinstance(detail, dict)
        if event["kind"] == "renamed":
            for found in detail.get("found", ()):
                verb = "is called" if found["taken"] else "may be called"
                facts[f"{found['old']}"] = (
                    f"{verb} {found['new']} ({found['confidence']:.0%}: {' '.join(found['evidence'])})"
                )
        elif event["kind"] == "volatile":
            facts[detail["column"]] = "left out of comparisons: " + "; ".join(
                detail.get("evidence", ("set by a person",))
            )
    say.pairs(facts)


@click.command("accept")
@click.argument("name", metavar="NAME", shell_complete=complete_name)
@click.pass_context
def accept_command(context: click.Context, name: str) -> None:
    """Take what is held as surprising for right: it becomes current."""
    _release(context, name, accept=True)


@click.command("refuse")
@click.argument("name", metavar="NAME", shell_complete=complete_name)
@click.pass_context
def refuse_command(context: click.Context, name: str) -> None:
    """Take what is held as surprising for wrong: kept for good, never current."""
    _release(context, name, accept=False)


def _release(context: click.Context, name: str, *, accept: bool) -> None:
    from verticalfile.services.deciding.reviewing import release

    for version in release(opened(context), name, accept=accept):
        done = "is accepted and current" if accept else "is refused; its bytes stay kept"
        say.out(f"v{version.number} of {name} {done}.")


@click.command("withdraw")
@click.argument("name", metavar="NAME", shell_complete=complete_name)
@click.option("--version", "version", metavar="V", help="One version; without it all of the file.")
@click.option("--how", type=click.Choice(("hide", "restrict", "destroy", "release")), required=True)
@click.option("--reason", default="", help="Why, in words for the register.")
@click.option("--authority", default="", help="Who decided, or by what law.")
@click.option("--by", default="", help="To destroy: your name, for the log; two people are needed.")
@click.option("--confirm", is_flag=True, help="To destroy: as the second person.")
@click.option("--hide", is_flag=True, help="To ask for destroying: hide it until then.")
@click.option("--yes", is_flag=True, help="Do not ask before destroying.")
@click.pass_context
def withdraw_command(
    context: click.Context,
    /,
    name: str,
    version: str | None,
    how: str,
    reason: str,
    authority: str,
    **to_destroy: Any,
) -> None:
    """Take something out of view. `destroy` removes its bytes for good, by law.

    One person asks for that; it is done when another confirms it, within two weeks.
    """
    from verticalfile.services.deciding import reviewing

    archive = opened(context)
    if how == "destroy":
        _destroy(archive, name, version, reason, authority, **to_destroy)
        return
    if how == "release":
        done = reviewing.let_out(archive, name, version)
        say.out(f"{_versions(done)} of {name} {_are(done)} shown again.")
        return
    done = reviewing.withdraw(
        archive, name, version=version, how=how, reason=reason, authority=authority
    )
    word = {"hide": "hidden", "restrict": "restricted"}[how]
    say.out(
        f"{_versions(done)} of {name} {_are(done)} {word}; the register tells when and by whom."
    )


def _versions(done: Sized) -> str:
    return counted(len(done), "version")


def _are(done: Sized) -> str:
    return "is" if len(done) == 1 else "are"


def _destroy(
    archive: Archive, name: str, version: str | None, reason: str, authority: str, *, by: str,
    confirm: bool, hide: bool, yes: bool,
) -> None:  # fmt: skip
    from verticalfile.services.deciding import two_people

    if not confirm:
        asked = two_people.ask(
            archive, name, version=version, by=by, reason=reason, authority=authority, hide=hide
        )
        say.out(
            f"It is recorded that {asked.by} asks for {counted(len(asked.originals), 'original')} of {name} to"
            " be destroyed. Nothing is destroyed yet."
        )
        only = f" --version {version}" if version else ""
        say.beside(
            f"Another person confirms it until {say.day(asked.until)[:10]}:"
            f" vf withdraw {name}{only} --how destroy --confirm --by NAME."
        )
        return
    if not yes:
        click.confirm(f"Destroy the bytes of {name} for good? This cannot be undone", abort=True)
    done = two_people.confirm(archive, name, version=version, by=by)
    say.out(f"{_versions(done)} of {name} {_are(done)} destroyed; the register tells when and why.")
    say.beside(
        "Where the source still offers these bytes, the next look keeps them again: nothing is"
        " left here by which they could be known. Copies of the archive have them, too."
    )
