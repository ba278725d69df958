"""`vf hosts`: how each publisher's host is treated, and what staff decide about one."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import click

from verticalfile.cli import say
from verticalfile.cli.archive_option import json_option, opened
from verticalfile.kernel.errors import InputRefused

if TYPE_CHECKING:
    from verticalfile.services.visiting.hosts_known import KnownHost

SHOWN_DECISIONS = 20


@click.command("hosts")
@click.argument("host", metavar="[HOST]", default="")
@click.option("--override-robots", is_flag=True, help="Do not ask its robots.txt from now on.")
@click.option("--obey-robots", is_flag=True, help="Undo --override-robots.")
@click.option("--gap", type=float, metavar="SECONDS", help="Pause so long between two requests.")
@click.option("--usual-gap", is_flag=True, help="Undo --gap.")
@click.option(
    "--trust-certificate", is_flag=True, help="Take a certificate that nobody vouches for."
)
@click.option("--check-certificate", is_flag=True, help="Undo --trust-certificate.")
@click.option("--reason", default="", help="Why; it stands in the log and beside every file.")
@click.option("--by", default="", metavar="WHO", help="Who decided; by default who is logged in.")
@json_option
@click.pass_context
def hosts_command(
    context: click.Context, /, host: str, reason: str, by: str, gap: float | None, json_: bool,
    **asked: bool,
) -> None:  # fmt: skip
    """How each publisher's host is treated: pause, waits, robots.txt, and what was decided.

    With HOST and a decision, staff set it for that host, with a reason; it can be undone, and the
    history stays.
    """
    from verticalfile.services.visiting import hosts, hosts_known

    verbs: dict[str, Callable[..., None]] = {
        "override_robots": hosts.override_robots, "obey_robots": hosts.obey_robots,
        "usual_gap": hosts.set_usual_gap, "trust_certificate": hosts.take_certificate,
        "check_certificate": hosts.check_certificate,
    }  # fmt: skip
    chosen = [verbs[name] for name, wanted in asked.items() if wanted]
    if gap is not None:
        chosen.append(partial(hosts.set_gap, gap_s=gap))
    if (chosen or reason or by) and not (host and len(chosen) == 1):
        raise InputRefused(
            "One decision about one host was to be told.",
            mend='say, for instance, vf hosts data.example.gov --gap 5 --reason "they asked us".',
        )
    archive = opened(context)
    for verb in chosen:
        verb(archive, host, who=by or _logged_in(), reason=reason)
    if host:
        _one(hosts_known.known_host(archive, host), json_)
    else:
        _all(hosts_known.known_hosts(archive), json_)


def _logged_in() -> str:
    """The name of who is at this machine; "" where it has none, and then it must be told."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):  # an account without a name, as in a container
        return ""


def _all(found: list[KnownHost], json_: bool) -> None:
    if json_:
        say.as_json([_told(each) for each in found])
        return
    if not found:
        say.beside("No file comes from a host yet. Add one with `vf add https://...`.")
        return
    say.table(
        ("host", "files", "pause", "robots.txt", "asked to wait until", "not let in since", "decided"),
        [
            (
                each.host, say.count(each.files), f"{each.pause_s:g} s", _robots(each),
                say.day(each.rests_until), say.day(each.out_since),
                each.decisions[-1].what if each.decisions else "",
            )
            for each in found
        ],
        right=(1, 2),
    )  # fmt: skip


def _one(found: KnownHost, json_: bool) -> None:
    if json_:
        say.as_json(_told(found))
        return
    say.pairs({
        "host": found.host,
        "files": say.count(found.files),
        "pause": f"{found.pause_s:g} seconds between two requests",
        "robots.txt": _robots(found),
        "waits": f"until {say.day(found.rests_until)}" if found.rests_until else "",
        "not let in": f"since {say.day(found.out_since)}" if found.out_since else "",
    })  # fmt: skip
    for each in found.decisions[-SHOWN_DECISIONS:]:
        gap = f" {each.gap_s:g} s" if each.gap_s is not None else ""
        say.out(f"{say.day(each.at)}  {each.what}{gap}: {say.clean(each.reason)} ({say.clean(each.who)})")  # fmt: skip


def _robots(found: KnownHost) -> str:
    return f"{found.robots} ({found.refused:,})" if found.refused else str(found.robots)


def _told(found: KnownHost) -> dict[str, object]:
    return {
        "host": found.host, "files": found.files, "pause_s": found.pause_s,
        "rests_until": found.rests_until, "not_let_in_since": found.out_since,
        "robots": str(found.robots), "refused_by_robots": found.refused,
        "decisions": [
            {
                "what": each.what, "gap_s": each.gap_s, "reason": each.reason, "who": each.who,
                "at": each.at,
            }
            for each in found.decisions
        ],
    }  # fmt: skip
