"""Dates, numbers, marks and addresses as the reading room shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby

from django import template
from django.template.defaultfilters import date as as_date
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext

from verticalfile.history.lenses import Lens
from verticalfile.kernel.moments import to_iso
from verticalfile.services.citing import Citation, Style
from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.differences import Differences
from verticalfile.services.reading.timeline import Stop
from verticalfile.services.reading.versions import VersionFacts
from verticalfile.web import sentences
from verticalfile.web.drawings.sum_bar import sum_parts
from verticalfile.web.foreign_html import harmless

register = template.Library()

CLIPPED_AT = 120
STYLES = {
    Style.APA: "APA 7",
    Style.MLA: "MLA 9",
    Style.CHICAGO: "Chicago 17",
    Style.BIBTEX: "BibTeX",
    Style.RIS: "RIS",
    Style.CSL_JSON: "CSL-JSON",
}
SHAPES = {
    "added": "M2 2h12v12H2zM8 5v6M5 8h6",
    "vanished": "M5 8h6",
    "changed": "M2 5.5h9M8.5 2.5l3 3-3 3M14 10.5H5M7.5 7.5l-3 3 3 3",
    "same": "M3 6h10M3 10.5h10",
    "yes": "m2.5 8.5 3.6 3.8 7.4-8.6",
    "care": "M8 1.8 14.4 14H1.6zM8 6.2v4.2M8 12v.6",
    "unknown": "M6 6.2a2 2 0 1 1 2.6 1.9c-.4.2-.6.5-.6.9v.6M8 11.6v.4",
    "cross": "m4 4 8 8M12 4l-8 8",
}


@register.filter
def day(moment: datetime | None) -> str:
    """June 1, 2024, in a `time` element."""
    return _time(moment, "DATE_FORMAT")


@register.filter
def shortday(moment: datetime | None) -> str:
    """Jun 1, 2024."""
    return _time(moment, "SHORT_DATE_FORMAT")


@register.filter
def minute(moment: datetime | None) -> str:
    """June 1, 2024, 6:00 a.m."""
    return _time(moment, "DATETIME_FORMAT")


@register.filter
def month(moment: datetime | None) -> str:
    """June 2024."""
    return _time(moment, "YEAR_MONTH_FORMAT")


@register.filter
def shortmonth(moment: datetime | None) -> str:
    """Jun 2024."""
    return _time(moment, "SHORT_MONTH_FORMAT")


@register.filter
def plainday(moment: datetime | None) -> str:
    """The date as plain text, where no element may stand."""
    form = formats.get_format("DATE_FORMAT")
    return as_date(timezone.localtime(moment), form) if moment else ""


def _time(moment: datetime | None, form: str) -> str:
    if moment is None:
        return ""
    said = as_date(timezone.localtime(moment), formats.get_format(form))
    return format_html('<time datetime="{}">{}</time>', to_iso(moment), said)


@register.filter
def open_day(here: AtHand) -> date:
    """The day that a form offers: the one asked for, else the version's, in the library's zone."""
    moment = here.on or (here.version.seen_at if here.version else None)
    return timezone.localdate(moment) if moment else timezone.localdate()


@register.simple_tag
def months() -> list[tuple[int, str]]:
    """The months with their names."""
    return [(n, as_date(date(2000, n, 1), "F")) for n in range(1, 13)]


@register.filter
def lens_word(lens: Lens) -> str:
    """How a column is read, in a word."""
    return sentences.lens_word(lens)


@register.filter
def every_word(every: str) -> str:
    """How often we look."""
    return sentences.every_word(every)


@register.filter
def happening_mark(facts: VersionFacts) -> str:
    """The shape of a version on the rail: square, diamond, cross."""
    return sentences.shape(facts)


@register.filter
def count(number: int | None) -> str:
    """12,406."""
    return sentences.number(number)


@register.filter
def size(size_bytes: int | None) -> str:
    """61.9 kB."""
    return sentences.size(size_bytes)


@register.filter
def share(part: float) -> str:
    """0.5%, and what is less than that but not nothing is said as such."""
    return sentences.share(part)


@register.filter
def cell(text: str | None) -> SafeString | str:
    """A cell is always text; a blank one says so."""
    if text is None or not text.strip():
        said = pgettext("an empty cell", "(blank)")
        return format_html('<span class="blank">{}</span>', said)
    return text


@register.filter
def foreign(html: str) -> SafeString:
    """Text or HTML of a publisher, made harmless."""
    return harmless(html)


@register.filter
def listed(names: Sequence[str]) -> str:
    """Names with commas between."""
    return sentences.in_row(names)


@register.filter
def tongued(text: str, language: str) -> str:
    """A name in its own language, within a sentence of another."""
    return format_html('<span lang="{}">{}</span>', language, text) if text else ""


@register.filter
def clipped(text: str) -> str:
    """A long cell is cut; the page of its row has all of it."""
    if isinstance(text, SafeString) or len(text) <= CLIPPED_AT:
        return text
    return text[:CLIPPED_AT].rstrip() + "…"


@register.filter
def said(facts: VersionFacts) -> str:
    """What happened in a version, in one sentence."""
    return sentences.happened(facts)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A shape beside a word; never without one."""
    ring = '<circle cx="8" cy="8" r="6.2" stroke-dasharray="3 2.2"/>'
    body = (ring if name in ("vanished", "unknown") else "") + f'<path d="{SHAPES[name]}"/>'
    return mark_safe(f'<svg viewBox="0 0 16 16" aria-hidden="true">{body}</svg>')  # noqa: S308  # ours


@register.simple_tag
def mark(kind: str) -> SafeString:
    """A change mark: shape, word, colour."""
    words = {
        "added": ("new", gettext("Added")),
        "vanished": ("gone", gettext("Vanished")),
        "changed": ("alt", gettext("Changed")),
        "format": ("same", gettext("Written differently")),
        "same": ("same", gettext("The same")),
        "first": ("new", gettext("First seen")),
        "returned": ("new", gettext("Came back")),
    }
    shapes = {"format": "same", "first": "added", "returned": "added"}
    colour, word = words[kind]
    return format_html(
        '<span class="is {}">{} {}</span>', colour, icon(shapes.get(kind, kind)), word
    )


@register.filter
def by_year(stops: Sequence[Stop]) -> list[tuple[int, list[Stop]]]:
    """Lines of a timeline under their years, in the library's zone."""
    return [
        (year, list(found))
        for year, found in groupby(
            stops, key=lambda s: timezone.localtime(s.facts.version.seen_at).year
        )
    ]


@register.filter
def difference_said(found: Differences) -> str:
    """The counts of a comparison in a sentence."""
    return sentences.difference(found)


@register.filter
def sum_bar(found: Differences) -> list[tuple[str, float, float]]:
    """Parts of the bar: class, place, width."""
    return sum_parts(found.counts)


@register.filter
def form_name(form: str) -> str:
    """What a form of download is called."""
    return sentences.form_name(form)


@register.filter
def form_said(form: str) -> str:
    """What a form of download is good for."""
    return sentences.form_said(form)


@register.filter
def why(reason: str) -> str:
    """Why a file is no table."""
    told = sentences.reason(reason)
    return told[:1].upper() + told[1:]


@register.filter
def style_name(style: Style) -> str:
    """What a citation style is called, the same everywhere."""
    return STYLES[style]


@register.filter
def as_cited(one: Citation) -> SafeString:
    """A citation with its title in italics; the service escapes every word of it."""
    return mark_safe(one.html)  # noqa: S308  # `citation_styles.as_html`: only `i` elements
