"""`vf log`: what was seen and decided, a line each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import click

from verticalfile.cli import say
from verticalfile.cli.archive_option import complete_name, json_option, opened
from verticalfile.cli.reader.looking_cmd import clock_told, numbered_now
from verticalfile.kernel.letters import told_apart
from verticalfile.kernel.moments import from_iso
from verticalfile.services.archive import Archive
from verticalfile.services.names import said_of

VERSIONS = "versions"
FACTS = (
    "shelf", "column", "how", "authority", "reason", "location", "outcome", VERSIONS, "captures", "title",
    "community", "project", "asked_by", "confirmed_by",
)  # fmt: skip
"""What is told of an event that has no sentence, in this order."""
FACTS_OF_HOLDING = ("number", "state", "ground", "who", "part", "until", "reason", "authority")
FACTS_OF_MASKS = ("of", "counts", "total", "keep", "below", "seen_at", "why")
FACTS_OF_LETTERS = ("sender", "received", "how", "request", "law", "as_of", "letter")


@click.command("log")
@click.argument("name", metavar="[NAME]", shell_complete=complete_name, required=False)
@json_option
@click.pass_context
def log_command(context: click.Context, name: str | None, json_: bool) -> None:
    """What was seen at each check and what was decided, oldest first."""
    from verticalfile.services.listing import log

    archive = opened(context)
    found = log(archive, name)
    if json_:
        say.as_json(found)
        return
    rows = []
    said_names, versions = said_of(archive), _versions(archive, found)
    for body in found:
        said = _told(_facts(body), versions)
        if str(body.get("capture")) in versions:
            said = numbered_now(said, versions[str(body["capture"])])
        if "clock_back_from" in body:
            said += f"; {clock_told(from_iso(str(body['clock_back_from'])))}"
        what = str(body["outcome"]) if body["kind"] == "check" else str(body["kind"])
        named = said_names.get(str(body["name"]), str(body["name"]))
        rows.append((say.day(from_iso(str(body["at"]))), named, what, said))
    say.table(("when", "name", "what", "said"), rows)


def _facts(body: Mapping[str, object]) -> Mapping[str, object]:
    detail = body.get("detail")
    return detail if isinstance(detail, dict) else {}


def _versions(archive: Archive, found: Iterable[Mapping[str, object]]) -> dict[str, int]:
    """By capture, the version that it is, of the files of which events and checks name captures."""
    named = {
        str(body["subject"]) for body in found if isinstance(_facts(body).get("captures"), list)
    }
    named |= {str(body["resource"]) for body in found if body.get("capture")}
    versions = (version for each in named for version in archive.index.versions(each))
    return {capture: version.number for version in versions for capture in version.captures}


def _told(facts: Mapping[str, object], versions: Mapping[str, int]) -> str:
    """What an event or a check says, from its facts as the journal has them."""
    said = facts.get("said")
    if isinstance(said, str) and said:
        return said
    if isinstance(said, list):  # what a dataset was described as
        return "; ".join(f"{s['field']}: {', '.join(s['values']) or 'taken back'}" for s in said)
    choices = facts.get("choices")
    if isinstance(choices, list):
        key, *others = [_in_words(each) for each in choices] or ["none"]
        return "; ".join([key, *(f"at other times {each}" for each in others)])
    if "renamed" in facts:
        return _renamed(facts)
    captures = facts.get("captures")
    if isinstance(captures, list):
        known = dict.fromkeys(f"v{versions[each]}" for each in captures if each in versions)
        facts = {**facts, VERSIONS: ", ".join(known), "captures": ""}
    names: tuple[str, ...] = FACTS
    if "ground" in facts or "state" in facts or "until" in facts:
        names = FACTS_OF_HOLDING
    if "counts" in facts or "why" in facts:
        names = FACTS_OF_MASKS
    if "received" in facts:
        names = FACTS_OF_LETTERS
    return "; ".join(_with_its_name(name, facts[name]) for name in names if facts.get(name))


def _with_its_name(name: str, value: object) -> str:
    if isinstance(value, dict):  # how many entries of a list came, changed, are missing
        return ", ".join(f"{number} {what}" for what, number in value.items())
    return _in_words(value) if name == VERSIONS else f"{name.replace('_', ' ')} {_in_words(value)}"


def _renamed(facts: Mapping[str, object]) -> str:
    """Columns that are called otherwise from then on, then those of which nobody is sure."""
    sure = facts["renamed"]
    pairs = [(old, new) for new, old in sure.items()] if isinstance(sure, dict) else []
    said = ["column {} is called {}".format(*told_apart(pair)) for pair in pairs]
    found = facts.get("found")
    for each in found if isinstance(found, list) else []:
        if not each["taken"]:
            old, new = told_apart((each["old"], each["new"]))
            share = round(100 * each["confidence"])
            said.append(f"column {old} may be called {new} ({share}% sure: not taken for it)")
    return "; ".join(said)


def _in_words(value: object) -> str:
    """A fact of an event: lists of names, or itself."""
    if isinstance(value, list):
        return ", ".join(map(_in_words, value))
    return str(value)
