"""Sentences about facts, in the reader's language: whole ones, never glued from fragments."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import formats
from django.utils.translation import get_language, gettext, ngettext, pgettext

from verticalfile.charts import What, Words, words_for
from verticalfile.history.views.lenses import Lens
from verticalfile.services.citing.citing import Style
from verticalfile.services.reading.tables.differences import Differences, Kind
from verticalfile.services.reading.tables.spread import Drawing
from verticalfile.services.reading.versions import Happening, VersionFacts
from verticalfile.services.through_time.charting import Measure


def number(value: int | float | None) -> str:
    """12,406, the same digits in both languages."""
    if value is None:
        return ""
    return str(formats.number_format(value, use_l10n=True, force_grouping=True))


def size(size_bytes: int | None) -> str:
    """Bytes for people, in powers of 1,000."""
    if size_bytes is None:
        return ""
    value, unit = float(size_bytes), "bytes"
    for bigger in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, bigger
    return f"{value:.0f} {unit}" if unit == "bytes" or value >= 100 else f"{value:.1f} {unit}"


def share(part: float) -> str:
    """A share from 0 to 1 in percent."""
    space = "\N{NO-BREAK SPACE}" if get_language() == "es" else ""
    if 0 < part < 0.001:
        return gettext("less than %(share)s") % {"share": f"0.1{space}%"}
    text = f"{100 * part:.1f}".removesuffix(".0")
    return f"{text}{space}%"


def in_row(parts: Sequence[str]) -> str:
    """Parts of a list with commas between."""
    return ", ".join(parts)


def rows_changed(added: int, removed: int, changed: int) -> str:
    """24 rows added, 4 rows vanished, 31 rows changed. What is nought is left out."""
    parts = []
    if added:
        parts.append(ngettext("%(n)s row added", "%(n)s rows added", added) % {"n": number(added)})
    if removed:
        parts.append(
            ngettext("%(n)s row vanished", "%(n)s rows vanished", removed) % {"n": number(removed)}
        )
    if changed:
        parts.append(
            ngettext("%(n)s row changed", "%(n)s rows changed", changed) % {"n": number(changed)}
        )
    return in_row(parts)


def columns_changed(notes: Sequence[str]) -> list[str]:
    """A sentence for each column that came, went or has another name."""
    said = []
    for note in notes:
        if note.startswith("+"):
            said.append(gettext("The column “%(name)s” is new.") % {"name": note[1:]})
        elif note.startswith("-"):
            said.append(gettext("The column “%(name)s” is gone.") % {"name": note[1:]})
        elif " -> " in note:
            old, new = note.split(" -> ", 1)
            said.append(
                gettext("The column “%(old)s” is now called “%(new)s”.") % {"old": old, "new": new}
            )
    return said


def happened(facts: VersionFacts) -> str:
    """What happened in a version, in a sentence or two, and whether it may lack something."""
    told = _happened(facts)
    if facts.version.partial and facts.is_open:
        return f"{told} {gettext('This version may not be whole.')}"
    return told


def _happened(facts: VersionFacts) -> str:
    match facts.happening:
        case Happening.FIRST:
            if facts.rows is None:
                return gettext("The first version.")
            return ngettext(
                "The first version, with %(n)s row.",
                "The first version, with %(n)s rows.",
                facts.rows,
            ) % {"n": number(facts.rows)}
        case Happening.UNREADABLE:
            return gettext("This file could not be read as a table: %(why)s.") % {
                "why": reason(facts.version.reason)
            }
        case Happening.HELD:
            return gettext("Held for review: the file was unlike the ones before it.")
        case Happening.WITHDRAWN if facts.version.hidden == "embargo":
            return gettext("Not shown yet: the library keeps it under embargo.")
        case Happening.WITHDRAWN:
            return gettext("Withdrawn by the library.")
        case Happening.UNCOMPARED:
            return gettext("The version before it is not shown, so neither is the difference.")
        case Happening.FILE:
            return gettext("Another file; it has no table that could be compared.")
        case Happening.EXPORT:
            return gettext("Written anew: the same rows, none changed.")
        case Happening.FORMAT:
            assert facts.change is not None
            return ngettext(
                "%(n)s row is written differently and says the same.",
                "%(n)s rows are written differently and say the same.",
                facts.change.changed,
            ) % {"n": number(facts.change.changed)}
        case Happening.COLUMNS:
            assert facts.change is not None
            return " ".join([*columns_changed(facts.change.said), gettext("No values changed.")])
        case Happening.CHANGED:
            assert facts.change is not None
            change = facts.change
            rows = rows_changed(change.added, change.removed, change.changed)
            return (
                " ".join([f"{rows}.", *columns_changed(change.said)])
                if rows
                else gettext("Changed.")
            )


def reason(word: str) -> str:
    """Why a file could not be read, from the reader's one-word reason."""
    told = {
        "zero_byte": gettext("the file was empty"),
        "html": gettext("a web page came in place of the file"),
        "cut_off": gettext("the file broke off in the middle"),
        "conflict_markers": gettext("the file was half-merged by its publisher"),
        "elsewhere": gettext("a note came in its place, which says where the file is kept"),
        "bad_json": gettext("the file is not whole JSON"),
        "wrong_shape": gettext("the file has another shape than before"),
        "not_table": gettext("there is text where a table was"),
        "no_header": gettext("the line with the column names is missing"),
        "other_kind": gettext("it is another kind of file than before"),
        "not_tabular": gettext("it is not a kind of file that holds a table"),
        "too_large": gettext("it is larger than we can open"),
        "bad_archive": gettext("the packed file is damaged"),
        "reader_died": gettext("the program that reads it broke off"),
        "too_slow": gettext("it took longer to read than we allow"),
    }
    return told.get(word, gettext("it is not a table"))


def kind_word(kind: Kind | None) -> str:
    """A kind of change as a filter is called."""
    match kind:
        case Kind.CHANGED:
            return pgettext("rows", "Changed")
        case Kind.ADDED:
            return pgettext("rows", "Added")
        case Kind.VANISHED:
            return pgettext("rows", "Vanished")
        case Kind.FORMAT:
            return pgettext("rows", "Written differently")
        case None:
            return gettext("All changes")


def chart_words() -> Words:
    """The words of charts in the reader's language."""
    return words_for(get_language() or "en")


def measure_word(measure: Measure) -> str:
    """What is drawn of a column, in a word or two."""
    return {
        Measure.ROWS: gettext("number of rows"),
        Measure.BLANK: gettext("share of blanks"),
        Measure.VALUES: gettext("rows by value"),
        Measure.SUM: gettext("sum"),
        Measure.MIN: gettext("lowest"),
        Measure.MEDIAN: gettext("median"),
        Measure.MAX: gettext("highest"),
    }[measure]


def drawing_word(drawing: Drawing) -> str:
    """A way to draw values, in a word or two."""
    return {
        Drawing.HISTOGRAM: gettext("in stretches"),
        Drawing.BARS: gettext("each value"),
        Drawing.STACKED: gettext("rows in parts"),
        Drawing.DOTS: gettext("median and middle half"),
    }[drawing]


def style_name(style: Style) -> str:
    """What a style of citing is called; names, the same in both languages."""
    return {
        Style.APA: "APA 7", Style.MLA: "MLA 9", Style.CHICAGO: "Chicago 17",
        Style.BIBTEX: "BibTeX", Style.RIS: "RIS", Style.CSL_JSON: "CSL-JSON",
    }[style]  # fmt: skip


def style_said(style: Style) -> str:
    """Who can use it."""
    told = {
        Style.BIBTEX: gettext("For LaTeX, JabRef and Zotero."),
        Style.RIS: gettext("For Zotero, EndNote and Mendeley."),
        Style.CSL_JSON: gettext("For Zotero, Pandoc and programs."),
    }
    return told.get(style, "")


def lens_word(lens: Lens) -> str:
    """How a column is read, in a word."""
    match lens:
        case Lens.NUMBER:
            return gettext("number")
        case Lens.DATE:
            return gettext("date (year-month-day)")
        case Lens.DATE_US:
            return gettext("date (month/day/year)")
        case Lens.TEXT:
            return gettext("text")


def every_word(every: str) -> str:
    """How often we look; of a range both ends."""
    if ".." in every:
        return " – ".join(every_word(each) for each in every.split(".."))
    told = {
        "hourly": gettext("every hour"),
        "daily": gettext("every day"),
        "weekly": gettext("every week"),
        "monthly": gettext("every month"),
    }
    return told.get(every, gettext("every %(span)s") % {"span": every})


def shape(facts: VersionFacts) -> What:
    """What a version is in drawings, whose shapes the lists have too."""
    return {
        Happening.FIRST: What.FIRST, Happening.COLUMNS: What.COLUMNS, Happening.FORMAT: What.FORM,
        Happening.EXPORT: What.FORM, Happening.UNREADABLE: What.UNREADABLE,
        Happening.HELD: What.HELD, Happening.WITHDRAWN: What.WITHDRAWN,
    }.get(facts.happening, What.ROWS)  # fmt: skip


def difference(found: Differences) -> str:
    """24 rows added, 4 rows vanished, 31 rows changed (38 values), 357 rows the same."""
    c = found.counts
    parts = [said] if (said := rows_changed(c.added, c.vanished, c.changed)) else []
    if c.form:
        parts.append(
            ngettext("%(n)s row written differently", "%(n)s rows written differently", c.form)
            % {"n": number(c.form)}
        )
    same = ngettext("%(n)s row the same", "%(n)s rows the same", c.same) % {"n": number(c.same)}
    return in_row([*parts, same]) + "."


def form_name(form: str) -> str:
    """What a form of download is called."""
    told = {
        "csv": "CSV",
        "excel": gettext("CSV for spreadsheets"),
        "jsonl": "JSON Lines",
        "parquet": "Parquet",
        "geojson": "GeoJSON",
        "original": gettext("The original file"),
    }
    return told[form]


def form_said(form: str) -> str:
    """What a form of download is good for."""
    told = {
        "csv": gettext("Opens in any program. Cells are exactly as published."),
        "excel": gettext(
            "For Excel and LibreOffice. Cells that a spreadsheet would take for a formula get an"
            " apostrophe in front."
        ),
        "jsonl": gettext("One object on each line, for programs."),
        "parquet": gettext("Small and fast, for Python, R and DuckDB."),
        "geojson": gettext("For maps."),
        "original": gettext("Byte for byte as the publisher sent it."),
    }
    return told[form]
