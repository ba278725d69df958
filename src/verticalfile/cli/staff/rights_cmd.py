"""`vf rights`, `release`, `withhold`: what may be done with what we hold, and what is held back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from verticalfile.cli import say
from verticalfile.cli.archive_option import complete_name, json_option, opened
from verticalfile.kernel.errors import InputRefused
from verticalfile.rights.conditions import CONDITIONS
from verticalfile.rights.vocabulary import Label
from verticalfile.services.archive import Archive
from verticalfile.services.names import find_dataset
from verticalfile.services.rights.card import Card
from verticalfile.services.rights.local_contexts import Notice
from verticalfile.services.rights.report import Line

LABELS = [str(label) for label in Label]
NOTICES = [str(each) for each in Notice]


@click.command("rights")
@click.argument("name", metavar="[NAME]", required=False, shell_complete=complete_name)
@click.option("--at", metavar="V|WHEN", help="Of the version of that number or moment.")
@click.option("--report", is_flag=True, help="How much of what we hold may be reused.")
@click.option("--judge", type=click.Choice(LABELS), help="Say what the library concludes.")
@click.option("--licence", default="", metavar="ID", help="With --judge: such as CC-BY-4.0.")
@click.option("--credit", default="", help="With --judge: the line to credit.")
@click.option(
    "--condition", multiple=True, metavar="WORD",
    help=f"With --judge, may be given again: {', '.join(CONDITIONS)}.",
)  # fmt: skip
@click.option("--take-back", is_flag=True, help="Take the judgement back.")
@click.option("--reason", default="", help="With --judge and --take-back: why.")
@json_option
@click.pass_context
def rights_command(
    context: click.Context,
    /,
    name: str | None,
    at: str | None,
    report: bool,
    judge: str | None,
    json_: bool,
    **given: Any,
) -> None:
    """May I use it? What the publisher says, the law of the place, what the library concludes.

    With --judge a person says what the library concludes; it can be replaced, and the history
    stays. None of it is legal advice.
    """
    if report == bool(name):
        raise InputRefused(
            "Either a dataset or a report was to be asked for.",
            mend="say vf rights NAME or vf rights --report.",
        )
    archive = opened(context)
    if name is None:
        _report(archive, json_)
        return
    _decide(archive, name, judge, **given)
    _card(archive, name, at, json_)


def _decide(
    archive: Archive, name: str, judge: str | None, *, licence: str, credit: str,
    condition: Sequence[str], take_back: bool, reason: str,
) -> None:  # fmt: skip
    from verticalfile.services.deciding import judging

    if judge and take_back:
        raise InputRefused("Two things were asked at once.", mend="judge or take back.")
    if judge:
        judging.judge(
            archive, name, Label(judge), reason=reason, licence_id=licence, credit=credit,
            conditions=condition,
        )  # fmt: skip
    elif take_back:
        judging.take_back(archive, name, reason=reason)
    elif licence or credit or condition or reason:
        raise InputRefused("There was no judgement to add this to.", mend="say --judge LABEL, too.")


def _card(archive: Archive, name: str, at: str | None, json_: bool) -> None:
    from verticalfile.services.names import find_resource, find_version
    from verticalfile.services.rights.card import card_of

    moment, file = None, ""
    if at:
        resource = find_resource(archive, name)
        moment = find_version(archive, resource, at, bare_number=True).version.seen_at
        file = resource.name
    elif "/" in name:
        file = find_dataset(archive, name)[0].name
    card = card_of(archive, name, moment=moment, file=file)
    if json_:
        say.as_json(_body(card))
    else:
        _show(card)


def _show(card: Card) -> None:
    from verticalfile.services.rights import told

    found = card.found
    for mark in card.marks:
        who = f", a Label given by {mark.community}" if mark.community else ""
        say.out(f"{mark.title}{who}{': ' if mark.project else ''}{mark.project}")
    say.out(told.sentence(card))
    a = found.answers
    facts = {
        "copy it": a.copy, "share it": a.share, "sell it": a.sell, "change it": a.change,
        "licence": found.licence_id, "conditions": ", ".join(found.conditions),
        "to be named": found.reading.attribution, "credit": card.credit,
    }  # fmt: skip
    if found.judgement:
        day = say.day(found.judgement.at)[:10]
        facts["judged"] = f"{told.LABELS[found.label]}, {day}: {found.judgement.reason}"
    facts["the publisher"] = (
        told.period(found.said, say.zone()) if found.said else "nothing was ever looked up"
    )
    facts["read as"] = f"{told.LABELS[found.reading.label]} (rule {found.reading.rule})"
    for number, quoted in enumerate(found.reading.sentences, start=1):
        facts[f"it says {number}"] = f"“{quoted}”"
    for number, each in enumerate(card.terms, start=1):
        facts[f"terms {number}"] = told.terms(each, say.zone())
    facts["the law"] = told.law(card)
    for number, warning in enumerate(card.warnings, start=1):
        facts[f"careful {number}"] = told.WARNINGS[warning]
    if card.withholding.stands:
        facts["withheld"] = f"{card.withholding.why}; vf release lets it go"
    for column in card.withholding.columns:
        facts[f"flagged {column.column}"] = f"{column.kind}: {column.why} ({column.share:.0%})"
    for number, period in enumerate(card.history, start=1):
        facts[f"said {number}"] = told.period(period, say.zone())
    for number, judged in enumerate(card.judgements, start=1):
        label = told.LABELS[judged.label] if judged.label else "taken back"
        facts[f"judgement {number}"] = f"{say.day(judged.at)[:10]}, {label}: {judged.reason}"
    say.pairs(facts)
    say.beside(told.NOT_ADVICE)


def _body(card: Card) -> dict[str, object]:
    """The documented JSON of a card."""
    from verticalfile.services.rights import told

    found = card.found
    a = found.answers
    return {
        "dataset": card.dataset, "moment": card.moment, "label": found.label,
        "licence_id": found.licence_id or None, "licence_url": found.uri or None,
        "rights_url": found.rights_uri or None,
        "basis": found.basis, "since": found.since,
        "copy": a.copy, "share": a.share, "sell": a.sell, "change": a.change,
        "conditions": found.conditions, "credit": card.credit or None,
        "says": [
            {
                "field": s.field, "text": s.raw, "first_seen": p.first_seen,
                "last_seen": p.last_seen, "said_by": p.by,
            }
            for p in card.history for s in p.said
        ],
        "reading": {
            "label": found.reading.label, "kind": found.reading.kind, "rule": found.reading.rule,
            "confidence": found.reading.confidence, "sentences": found.reading.sentences,
            "raw_sha256": found.reading.raw_sha256,
        },
        "terms": [
            {
                "address": t.address, "captured": t.is_captured, "changed": t.has_changed,
                "file": f"{t.dataset}/{t.file}" if t.dataset else None,
                "label": t.reading.label if t.reading else None,
            }
            for t in card.terms
        ],
        "law": {
            "place": found.law.place, "position": found.law.position, "source": found.law.source,
            "source_year": found.law.source_year, "note": found.law.note,
        } if found.law else None,
        "judgements": [
            {
                "at": j.at, "label": j.label, "licence_id": j.licence_id or None,
                "reason": j.reason, "credit": j.credit or None, "conditions": j.conditions,
            }
            for j in card.judgements
        ],
        "warnings": {w: told.WARNINGS[w] for w in card.warnings},
        "local_contexts": [
            {
                "title": m.title, "notice": m.notice, "community": m.community or None,
                "text": m.text or None, "project": m.project or None,
            }
            for m in card.marks
        ],
        "withheld": card.withholding.why or None,
        "flagged": [
            {"table": c.table, "column": c.column, "kind": c.kind, "why": c.why, "share": c.share}
            for c in card.withholding.columns
        ],
        "not_legal_advice": True,
    }  # fmt: skip


def _report(archive: Archive, json_: bool) -> None:
    from verticalfile.services.rights import told
    from verticalfile.services.rights.report import report

    whole, lines = report(archive)
    if json_:
        say.as_json({"all": _line(whole), "by_publisher": [_line(each) for each in lines]})
        return
    rows = [
        (
            line.publisher, f"{line.datasets:,}", f"{line.reusable:,}",
            f"{line.labels[Label.RESTRICTED]:,}", f"{line.not_known:,}", f"{line.judged:,}",
            f"{line.doubted:,}", f"{line.withheld:,}",
        )
        for line in [*lines, whole]
    ]  # fmt: skip
    say.table(
        ("publisher", "datasets", "may be reused", "restricted", "not known", "judged", "doubted",
         "withheld"),
        rows, right=(1, 2, 3, 4, 5, 6, 7),
    )  # fmt: skip
    say.beside(
        "What no person has judged is the publisher's words as rules read them. " + told.NOT_ADVICE
    )


def _line(line: Line) -> dict[str, object]:
    return {
        "publisher": line.publisher, "datasets": line.datasets, "may_be_reused": line.reusable,
        "labels": {str(label): line.labels[label] for label in Label}, "judged": line.judged,
        "doubted": line.doubted, "withheld": line.withheld,
    }  # fmt: skip


@click.command("release")
@click.argument("name", metavar="NAME", shell_complete=complete_name)
@click.option("--reason", required=True, help="Why the public may see it.")
@click.pass_context
def release_command(context: click.Context, name: str, reason: str) -> None:
    """Show to the public what was withheld, for one file or all files of a dataset."""
    from verticalfile.services.deciding.withholding import release

    for each in release(opened(context), name, reason=reason):
        say.out(f"{each} is shown to the public.")


@click.command("withhold")
@click.argument("name", metavar="NAME", shell_complete=complete_name)
@click.option("--reason", required=True, help="Why, for staff; the public is told the class of it.")
@click.option("--personal/--other", default=True, help="Whether it is for data of persons.")
@click.pass_context
def withhold_command(context: click.Context, name: str, reason: str, personal: bool) -> None:
    """Hide all versions from the public until somebody releases them; nothing is removed."""
    from verticalfile.services.deciding.withholding import withhold

    for each in withhold(opened(context), name, reason=reason, personal=personal):
        say.out(f"{each} is withheld; vf release {name} shows it again.")


@click.command("notice")
@click.argument("name", metavar="NAME", shell_complete=complete_name)
@click.option("--notice", type=click.Choice(NOTICES), help="Put an institution's Notice on it.")
@click.option("--label", default="", metavar="TITLE", help="Record a Label that a community gave.")
@click.option("--community", default="", help="With --label: who gave it.")
@click.option("--text", default="", help="With --label: its words, as the community wrote them.")
@click.option("--project", default="", metavar="URL", help="Its project in the Local Contexts Hub.")
@click.option("--not-for-public", is_flag=True, help="With --label: withhold the dataset.")
@click.option("--take-off", default="", metavar="TITLE", help="Take one off.")
@click.option("--reason", default="", help="With --take-off: why.")
@click.pass_context
def notice_command(
    context: click.Context, /, name: str, notice: str | None, label: str, take_off: str,
    reason: str, project: str, **given: Any,
) -> None:  # fmt: skip
    """Notices and Labels of Local Contexts, told before the licence.

    An institution puts Notices; Labels are given by communities and recorded here.
    """
    from verticalfile.services.deciding import marking
    from verticalfile.services.rights.local_contexts import marks_of

    archive = opened(context)
    if notice:
        marks = marking.put_notice(archive, name, Notice(notice), project=project)
    elif label:
        marks = marking.put_label(archive, name, label, project=project, **given)
    elif take_off:
        marks = marking.take_off(archive, name, take_off, reason=reason)
    else:
        dataset = find_dataset(archive, name)[0].dataset
        marks = marks_of(archive, dataset)
    for mark in marks:
        who = f"given by {mark.community}" if mark.community else "Notice of the library"
        say.out(f"{mark.title}\t{who}\t{mark.project}")
    if not marks:
        say.beside("No Notice and no Label stands on it.")
