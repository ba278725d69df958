"""`vf search`, `lately`: find datasets, and see what happened to them."""

from __future__ import annotations

from collections.abc import Sequence

import click

from verticalfile.catalog.register_lines import Register
from verticalfile.catalog.search import Span
from verticalfile.cli import say
from verticalfile.cli.archive_option import json_option, opened
from verticalfile.services.finding.searching import Answer, Hit, Sort
from verticalfile.services.telling.registers import NEWS, Entry


@click.command("search")
@click.argument("words", metavar="[WORDS]...", nargs=-1)
@click.option("--publisher", multiple=True, help="Of this publisher; may be given again.")
@click.option("--place", multiple=True, help="About this place.")
@click.option("--subject", multiple=True, help="On this subject.")
@click.option("--series", multiple=True, help="Of this series.")
@click.option("--format", "format_", multiple=True, help="In this format, such as CSV.")
@click.option("--rights", multiple=True, help="Such as open-licence, restricted or unclear.")
@click.option("--state", multiple=True, help="current, vanished, withdrawn or empty.")
@click.option("--shelf", multiple=True, metavar="NAME", help="On this shelf.")
@click.option(
    "--sort", type=click.Choice([str(s) for s in Sort]), default="best", help="The order."
)
@click.option("--page", type=int, default=1, help="Which twenty.")
@json_option
@click.pass_context
def search_command(
    context: click.Context,
    /,
    words: Sequence[str],
    format_: Sequence[str],
    sort: str,
    page: int,
    json_: bool,
    **chosen: Sequence[str],
) -> None:
    """Find datasets by title, description, publisher, place, shelf and columns, now and before.

    Words are understood in English and Spanish, with slips of the pen. Without words: all datasets.
    """
    from verticalfile.services.finding.searching import search

    answer = search(
        opened(context),
        " ".join(words),
        filters={**chosen, "format": format_},
        sort=Sort(sort),
        page=page,
    )
    if json_:
        say.as_json(_answer(answer))
        return
    _about(answer)
    rows = [
        (
            hit.dataset, hit.title, hit.publisher, ", ".join(hit.places),
            "" if hit.versions is None else say.count(hit.versions), say.day(hit.newest_seen_at)[:10],
            _state(hit), "; ".join(f"{w.field}: {_marked(w.spans)}" for w in hit.why[:2]),
        )
        for hit in answer.hits
    ]  # fmt: skip
    if rows:
        heads = ("name", "title", "publisher", "place", "versions", "newest", "state", "why")
        say.table(heads, rows, right=(4,))
    for facet in answer.facets:
        told = [f"{v.value} {v.count:,}" for v in facet.values]
        say.beside(f"{facet.name}: {say.listed(told, 8)}")


def _about(answer: Answer) -> None:
    """How the words were understood, and what to try where nothing was found."""
    for correction in answer.corrections:
        others = f" (or {', '.join(correction.others)})" if correction.others else ""
        say.beside(f"“{correction.typed}” is nowhere; looked for “{correction.used}”{others}.")
    for word in answer.unknown:
        say.beside(f"“{word}” is nowhere.")
    if answer.cut:
        say.beside("The question was long; its first words were used.")
    if answer.some and answer.hits:
        say.beside("No dataset has all of these words. These have some of them.")
    for tried in answer.tried if not answer.hits else ():
        say.beside(f"Looked for {tried.typed} also as {', '.join(tried.also)}.")
    for other in answer.alternatives:
        say.beside(f"Without {other.facet} “{other.value}”: {other.count:,}.")
    pages = f", page {answer.page} of {answer.pages}" if answer.pages > 1 else ""
    say.beside(f"{answer.total:,} dataset{'s' if answer.total != 1 else ''}{pages}.")


def _state(hit: Hit) -> str:
    if hit.withdrawn is not None:
        return f"withdrawn {say.day(hit.withdrawn.at)[:10]}"
    if hit.vanished_since is not None:
        return f"vanished {say.day(hit.vanished_since)[:10]}"
    return f"{hit.state}, newest may not be whole" if hit.partial else str(hit.state)


def _marked(spans: Sequence[Span]) -> str:
    """Marked words in brackets: what is piped has no bold."""
    return "".join(f"[{span.text}]" if span.marked else span.text for span in spans)


def _answer(answer: Answer) -> dict[str, object]:
    return {
        "total": answer.total, "page": answer.page, "pages": answer.pages, "sort": answer.sort,
        "corrections": [
            {"typed": c.typed, "used": c.used, "others": c.others} for c in answer.corrections
        ],
        "tried": [{"typed": t.typed, "also": t.also} for t in answer.tried],
        "unknown": answer.unknown, "some_of_the_words": answer.some, "cut": answer.cut,
        "hits": [_hit(hit) for hit in answer.hits],
        "facets": {
            facet.name: [
                {"value": v.value, "count": v.count, "chosen": v.chosen} for v in facet.values
            ]
            for facet in answer.facets
        },
        "alternatives": [
            {"facet": a.facet, "value": a.value, "count": a.count} for a in answer.alternatives
        ],
    }  # fmt: skip


def _hit(hit: Hit) -> dict[str, object]:
    gone = hit.withdrawn
    return {
        "name": hit.dataset, "title": hit.title, "title_es": hit.title_es or None,
        "description": hit.description or None, "description_es": hit.description_es or None,
        "publisher": hit.publisher or None, "places": hit.places, "subjects": hit.subjects,
        "formats": hit.formats, "shelves": hit.shelves, "state": hit.state, "rights": hit.rights or None,
        "vanished_since": hit.vanished_since,
        "withdrawn": {"at": gone.at, "how": gone.how, "reason": gone.reason} if gone else None,
        "files": hit.files, "versions": hit.versions, "first_seen_at": hit.first_seen_at,
        "newest_seen_at": hit.newest_seen_at, "checked_at": hit.checked_at,
        "newest_may_not_be_whole": hit.partial,
        "why": [
            {"field": w.field, "spans": [{"text": s.text, "marked": s.marked} for s in w.spans]}
            for w in hit.why
        ],
    }  # fmt: skip


@click.command("lately")
@click.argument("name", metavar="[NAME]", required=False)
@click.option(
    "--register", "registers", multiple=True, type=click.Choice([str(r) for r in Register]),
    help="Only this register; may be given again.",
)  # fmt: skip
@click.option("--shelf", metavar="SHELF", help="Only what stands on this shelf.")
@click.option("--page", type=int, default=1, help="Which twenty.")
@json_option
@click.pass_context
def lately_command(
    context: click.Context,
    name: str | None,
    registers: Sequence[str],
    shelf: str | None,
    page: int,
    json_: bool,
) -> None:
    """What changed lately, what has vanished, come back, is held, unreadable, new or withdrawn."""
    from verticalfile.services.names import said_of
    from verticalfile.services.telling.registers import lately, told

    wanted = tuple(Register(r) for r in registers) or NEWS
    archive = opened(context)
    found = lately(archive, wanted, dataset=name, shelf=shelf, page=page)
    if json_:
        say.as_json(
            {
                "total": found.total, "page": found.page, "pages": found.pages,
                "counts": {str(register): n for register, n in found.counts.items()},
                "entries": [{**_entry(e), "told": told(e, archive.zone)} for e in found.entries],
            }
        )  # fmt: skip
        return
    names = said_of(archive)
    rows = [
        (
            say.day(e.at)[:10], str(e.register),
            names.get(f"{e.dataset}/{e.file}", f"{e.dataset}/{e.file}"), e.title, told(e, archive.zone),
        )
        for e in found.entries
    ]  # fmt: skip
    if rows:
        say.table(("when", "what", "name", "title", "how we know"), rows)
    counts = ", ".join(f"{r} {n:,}" for r, n in found.counts.items())
    say.beside(
        f"{counts}; page {found.page} of {found.pages}." if found.pages > 1 else f"{counts}."
    )


def _entry(entry: Entry) -> dict[str, object]:
    """All that an entry has; what its register does not tell is left out."""
    found = {name: getattr(entry, name) for name in Entry.__dataclass_fields__}
    return {name: value for name, value in found.items() if value not in (None, "", ())}
