"""Dates, numbers, marks and addresses as the reading room shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby

from django import template
from django.template.defaultfilters import date as as_date
from django.utils import formats, timezone, translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext

from verticalfile.catalog.described import SaidBy, Shelf
from verticalfile.catalog.search import Span
from verticalfile.charts import Drawn, figure
from verticalfile.charts.kinds.timeline import SHAPES as SHAPES_OF_VERSIONS
from verticalfile.history.views.lenses import Lens
from verticalfile.kernel.moments import is_day, to_iso
from verticalfile.services.citing.citing import Citation, Style
from verticalfile.services.finding.searching import Hit
from verticalfile.services.known.statements import Said
from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.described import Described, Words
from verticalfile.services.reading.news import News
from verticalfile.services.reading.tables.differences import Differences, Kind
from verticalfile.services.reading.tables.spread import Drawing
from verticalfile.services.reading.timeline import Stop
from verticalfile.services.reading.versions import VersionFacts
from verticalfile.services.through_time.charting import Measure
from verticalfile.web.drawings.sum_bar import sum_parts
from verticalfile.web.foreign_html import harmless
from verticalfile.web.links.search_links import OWN, Chip, Text, shelf_title
from verticalfile.web.words import register_words, sentences

register = template.Library()

CLIPPED_AT = 120
ON_PAPER = 60
SHAPES = {
    "added": "M2 2h12v12H2zM8 5v6M5 8h6",
    "vanished": "M5 8h6",
    "changed": "M2 5.5h9M8.5 2.5l3 3-3 3M14 10.5H5M7.5 7.5l-3 3 3 3",
    "same": "M3 6h10M3 10.5h10",
    "yes": "m2.5 8.5 3.6 3.8 7.4-8.6",
    "care": "M8 1.8 14.4 14H1.6zM8 6.2v4.2M8 12v.6",
    "unknown": "M6 6.2a2 2 0 1 1 2.6 1.9c-.4.2-.6.5-.6.9v.6M8 11.6v.4",
    "cross": "m4 4 8 8M12 4l-8 8",
    "ask": "M2 2.5h12v8.5H7.5L4.5 14v-3H2zM5 6h6M5 8.2h4",
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
    """June 1, 2024, 6:00 a.m.; the day alone where no hour of it is known."""
    if moment is not None and is_day(moment, timezone.get_current_timezone()):
        return day(moment)
    return _time(moment, "DATETIME_FORMAT")


@register.filter
def day_beside(moment: datetime, other: datetime) -> str:
    """The day; with its hour where the other is of the same day."""
    same = timezone.localtime(moment).date() == timezone.localtime(other).date()
    return minute(moment) if same and moment != other else day(moment)


@register.filter
def wholeday(told: date | None) -> str:
    """June 1, 2024, of a day that has no hours."""
    if told is None:
        return ""
    said = as_date(told, formats.get_format("DATE_FORMAT"))
    return format_html('<time datetime="{}">{}</time>', told.isoformat(), said)


@register.filter
def month(moment: datetime | None) -> str:
    """June 2024."""
    return _time(moment, "YEAR_MONTH_FORMAT")


@register.filter
def shortmonth(moment: datetime | None) -> str:
    """Jun 2024."""
    return _time(moment, "SHORT_MONTH_FORMAT")


@register.filter
def isoday(text: str) -> str:
    """A day that stands as YYYY-MM-DD, as plain text; any other text as it is."""
    try:
        return formats.date_format(date.fromisoformat(text), "DATE_FORMAT")
    except ValueError:
        return text


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
def how_seen(how: str) -> str:
    """How the date of a version is known."""
    return register_words.seen(how)


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
def named(dataset: Described) -> str:
    """The title of a dataset, in the language of the page where it has one."""
    return dataset.title_in(_language()).text


@register.filter
def named_in(dataset: Described, own: str) -> str:
    """The language of that title; `own` is the library's."""
    return dataset.title_in(_language()).language or own


@register.filter
def headed(here: AtHand) -> str:
    """The title, with the file's name where there are several."""
    title = named(here.dataset)
    return title if here.alone else f"{title}: {here.file.name}"


@register.filter
def headed_marked(here: AtHand) -> str:
    """The same within a sentence of another language."""
    return tongued(headed(here), named_in(here.dataset, here.library.language))


@register.filter
def sentence(dataset: Described) -> Words:
    """What a dataset is, in the language of the page where somebody said it."""
    return dataset.description_in(_language())


@register.filter
def who_says(said: Said) -> str:
    """Who says it, and since when."""
    told = {"day": plainday(said.since)}
    if said.by is SaidBy.PERSON:
        return gettext("A librarian, since %(day)s") % told
    return gettext("Its publisher, since %(day)s") % told


@register.filter
def is_web(text: str) -> bool:
    """Whether a text of others is an address that may be followed."""
    return text.startswith(("https://", "http://")) and " " not in text


@register.filter
def shelf_named(shelf: Shelf) -> tuple[str, str]:
    """The title of a shelf and its language."""
    return shelf_title(shelf)


@register.filter(name="shelf_title")
def shelf_titled(shelf: Shelf) -> str:
    """The same as plain text."""
    return shelf_title(shelf)[0]


@register.filter
def shelf_kind(kind: str) -> str:
    """What shelves of a kind are called."""
    return {
        "subject": gettext("Subjects"), "place": gettext("Places"), "series": gettext("Series"),
    }[kind]  # fmt: skip


@register.filter
def years(hit: Hit) -> str:
    """The years of what is kept: 2021 to 2024."""
    if hit.first_seen_at is None or hit.newest_seen_at is None:
        return ""
    first, last = (timezone.localtime(at).year for at in (hit.first_seen_at, hit.newest_seen_at))
    return f"{first}" if first == last else f"{first}–{last}"


@register.filter
def entry_named(news: News) -> str:
    """What an entry is called where links and titles must differ."""
    name = named(news.dataset) + ("" if news.alone else f": {news.entry.file}")
    word = register_words.ONE[news.entry.register]
    return f"{name}, {word}, {plainday(news.entry.at)}"


@register.filter
def class_of_reason(news: News) -> str:
    """The reason of an entry in our own words, "" where it is in those of a person."""
    return register_words.class_of_reason(news.entry)


@register.filter
def chip_said(chip: Chip, own: str) -> str:
    """The value of a filter, in its own language."""
    return format_html("<span{}>{}</span>", lang(chip.language, own), chip.said)


@register.filter
def alone(news: News) -> list[News]:
    """One entry as a list of entries."""
    return [news]


@register.simple_tag
def lang(language: str, own: str) -> str:
    """The attribute for words that are not of the page's language; "" are the page's."""
    if not language:
        return ""
    return format_html(' lang="{}"', own if language == OWN else language)


@register.simple_tag
def spans(text: Text, own: str) -> SafeString:
    """Words with what was asked for marked."""
    pieces = format_html_join("", "{}", ((_marked(s),) for s in text.spans))
    return format_html("<span{}>{}</span>", lang(text.language, own), pieces)


def _marked(span: Span) -> str:
    return format_html("<mark>{}</mark>", span.text) if span.marked else span.text


def _language() -> str:
    return translation.get_language() or "en"


@register.filter
def happened(news: News) -> str:
    """What an entry of a register says happened."""
    return register_words.happened(news.entry)


@register.filter
def known(news: News) -> str:
    """How we know."""
    return register_words.known(news.entry)


@register.simple_tag
def register_mark(news: News) -> SafeString:
    """The register of an entry: shape, word, colour."""
    shape = register_words.MARKS[news.entry.register]
    colour = register_words.COLOURS.get(shape, "same")
    word = register_words.ONE[news.entry.register]
    return format_html('<span class="is {}">{} {}</span>', colour, icon(shape), word)


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
    """The shape of a version on the rail, as in the drawing: a path around 0, 0."""
    return f"M0 0{SHAPES_OF_VERSIONS[sentences.shape(facts)]}"


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
def short(text: str) -> str:
    """A cell on paper: what is cut stands at the address of the sheet."""
    if isinstance(text, SafeString) or len(text) <= ON_PAPER:
        return text
    return text[:ON_PAPER].rstrip() + "…"


@register.filter
def kind_word(kind: Kind) -> str:
    """What happened to a row, in a word."""
    return sentences.kind_word(kind)


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
def drawing(drawn: Drawn) -> SafeString:
    """A chart with its sentence and its numbers; every text in it was escaped where it was made."""
    return mark_safe(figure(drawn, sentences.chart_words()))  # noqa: S308  # a chart escapes its texts


@register.filter
def drawing_alone(drawn: Drawn) -> SafeString:
    """The same without its numbers, where the page lists them."""
    return mark_safe(figure(drawn, sentences.chart_words(), numbers=False))  # noqa: S308  # a chart escapes its texts


@register.filter
def data_block(json: str) -> SafeString | str:
    """JSON for machines; a block of data is no script, and `json_ld` let no text end it."""
    if not json:
        return ""
    return mark_safe(f'<script type="application/ld+json">{json}</script>\n')  # noqa: S308  # `json_ld` escapes <, > and &


@register.filter
def measure_word(measure: Measure) -> str:
    """What is drawn of a column."""
    return sentences.measure_word(measure)


@register.filter
def drawing_word(drawing: Drawing) -> str:
    """A way to draw values."""
    return sentences.drawing_word(drawing)


@register.filter
def style_name(style: Style) -> str:
    """What a style of citing is called."""
    return sentences.style_name(style)


@register.filter
def style_said(style: Style) -> str:
    """Who can use a style."""
    return sentences.style_said(style)


@register.filter
def cited(found: Citation) -> SafeString:
    """A citation with its title in italics; its other text was escaped where it was made."""
    return mark_safe(found.html)  # noqa: S308  # a citation escapes its texts


@register.filter
def why(reason: str) -> str:
    """Why a file is no table."""
    told = sentences.reason(reason)
    return told[:1].upper() + told[1:]
