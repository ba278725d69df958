"""`vf describe`, `shelf`: say what datasets are, and put them where readers look."""

from __future__ import annotations

from collections.abc import Sequence

import click

from verticalfile.cli import say
from verticalfile.cli.archive_option import json_option, opened
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.known.statements import LANGUAGES, Description, Field, Said


@click.command("describe")
@click.argument("name", metavar="NAME")
@click.option("--title", help="What it is called, in a few words.")
@click.option("--description", help="What it is, in one sentence.")
@click.option("--publisher", help="Who publishes it.")
@click.option("--place", multiple=True, help="What place it is about; may be given again.")
@click.option("--landing-page", metavar="URL", help="The publisher's own page of it.")
@click.option("--subject", multiple=True, help="What it is about; may be given again.")
@click.option("--frequency", help="How often the publisher renews it, in words.")
@click.option("--contact", help="Whom to ask at the publisher.")
@click.option("--licence", help="The words on reuse as they were found.")
@click.option(
    "--language", type=click.Choice(LANGUAGES), default="en",
    help="The language of title and description.",
)  # fmt: skip
@json_option
@click.pass_context
def describe_command(
    context: click.Context,
    /,
    name: str,
    language: str,
    json_: bool,
    **given: str | Sequence[str] | None,
) -> None:
    """What a dataset is, who says so and since when; with options, say it.

    What a person says outranks the publisher. An empty value ("") takes back what a person said.
    """
    from verticalfile.services.datasets.describing import describe, described

    said = {
        Field(field): [value] if isinstance(value, str) else list(value)
        for field, value in given.items()
        if value is not None and value != ()
    }
    archive = opened(context)
    found = describe(archive, name, said, language=language) if said else described(archive, name)
    if json_:
        say.as_json(_description(found))
        return
    facts = {}
    for label, each in (("title", found.title), ("description", found.description)):
        for code, one in each.items():
            facts[f"{label} ({code})" if code != "en" else label] = _told(one)
    for label, one_or_none in (
        ("publisher", found.publisher), ("landing page", found.landing_page),
        ("renewed", found.frequency), ("contact", found.contact), ("licence", found.licence),
    ):  # fmt: skip
        facts[label] = _told(one_or_none) if one_or_none else ""
    facts["places"] = "; ".join(map(_told, found.places))
    facts["subjects"] = "; ".join(map(_told, found.subjects))
    facts["shelves"] = ", ".join(shelf.title for shelf in found.shelves)
    say.pairs(facts)
    missing = [f for f in ("description", "publisher", "landing page") if not facts.get(f)]
    if missing:
        say.beside(f"Not said yet: {', '.join(missing)}.")


def _told(said: Said) -> str:
    if said.by is None:
        return f"{said.value} (made from its name)"
    who = {"person": "staff", "publisher": "the publisher"}[said.by]
    return f"{said.value} ({who}, since {say.day(said.since)[:10]})"


def _description(found: Description) -> dict[str, object]:
    return {
        "name": found.dataset,
        "title": {code: _said(one) for code, one in found.title.items()},
        "description": {code: _said(one) for code, one in found.description.items()},
        "publisher": _said(found.publisher), "places": [_said(one) for one in found.places],
        "landing_page": _said(found.landing_page),
        "subjects": [_said(one) for one in found.subjects],
        "frequency": _said(found.frequency), "contact": _said(found.contact),
        "licence": _said(found.licence), "shelves": [shelf.name for shelf in found.shelves],
    }  # fmt: skip


def _said(said: Said | None) -> dict[str, object] | None:
    return {"value": said.value, "said_by": said.by, "since": said.since} if said else None


@click.command("shelf")
@click.argument("name", metavar="[NAME]", required=False)
@click.option(
    "--make", "kind", type=click.Choice(("subject", "place", "series")),
    help="Make it, or change what it is.",
)  # fmt: skip
@click.option("--title", default="", help="What it is called; without it, its name in words.")
@click.option("--title-es", default="", help="What it is called in Spanish.")
@click.option("--put", multiple=True, metavar="DATASET", help="Put a dataset on it.")
@click.option("--take-off", multiple=True, metavar="DATASET", help="Take a dataset off it.")
@click.option("--remove", is_flag=True, help="Take the shelf away; its datasets stay.")
@json_option
@click.pass_context
def shelf_command(
    context: click.Context,
    name: str | None,
    kind: str | None,
    title: str,
    title_es: str,
    put: Sequence[str],
    take_off: Sequence[str],
    remove: bool,
    json_: bool,
) -> None:
    """All shelves, or what stands on one; make it, put datasets on it, take them off."""
    from verticalfile.services.datasets import shelving

    archive = opened(context)
    if name is None:
        if kind or put or take_off or remove:
            raise InputRefused("No shelf was named.", mend="say vf shelf NAME and the rest.")
        found = shelving.shelves(archive)
    elif remove:
        gone = shelving.remove_shelf(archive, name)
        say.beside(f"The shelf {gone.title} is gone; its datasets stay.")
        return
    else:
        if (title or title_es) and not kind:
            kind = shelving.shelf(archive, name).kind
        if kind:
            shelving.make_shelf(archive, name, kind, title=title, title_es=title_es)
        if put:
            shelving.put_on_shelf(archive, name, put)
        if take_off:
            shelving.take_off_shelf(archive, name, take_off)
        found = [shelving.shelf(archive, name)]
    if json_:
        say.as_json(
            [
                {
                    "name": s.name, "kind": s.kind, "title": s.title,
                    "title_es": s.title_es or None, "datasets": s.datasets,
                }
                for s in found
            ]
        )  # fmt: skip
        return
    if not found:
        say.beside("There is no shelf yet. Make one with `vf shelf NAME --make subject`.")
        return
    rows = [
        (s.name, s.kind, s.title, s.title_es, f"{len(s.datasets):,}", say.listed(s.datasets, 6))
        for s in found
    ]
    say.table(("name", "kind", "title", "in Spanish", "datasets", "on it"), rows, right=(4,))
