"""A column of a table through time as a chart: rows, blanks, values, sums, lowest to highest.

Computed in SQL over the history; versions that the viewer may not see are not asked for at all.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

import duckdb

from verticalfile.catalog.index import ResourceLine, TableLine
from verticalfile.catalog.versions import Version
from verticalfile.charts import About, Gap, LineChart, Point, Series, Unit, Words
from verticalfile.charts.words import Number
from verticalfile.history.views.over_time import ColumnOverTime, Lens
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import Archive
from verticalfile.services.datasets.looks import Looks, looks_of
from verticalfile.services.known.statements import description_of
from verticalfile.services.known.table_history import TableHistory
from verticalfile.services.names import NotHeld, find_table
from verticalfile.services.opening import history_of
from verticalfile.services.visibility import Viewer, visible_to
from verticalfile.sources.what import SourceKind

FEW_VALUES = 6
"""Values that are drawn one by one, as a chart has at most six lines."""
NUMERIC_SHARE = 0.9
"""Of the texts that must be numbers for a column to be taken as numbers when nobody says."""
PAIRS = 20_000_000
"""Rows times versions up to which lowest, median and highest are asked of every version: of
1,000,000 rows and 50 versions counts took 0.3 s of CPU, sums 1.8, extremes 3.1, medians 6.6."""
FEWEST_VERSIONS = 12


class Measure(StrEnum):
    """What is drawn of a column; ROWS needs none."""

    ROWS = "rows"
    BLANK = "blank"
    VALUES = "values"
    SUM = "sum"
    MIN = "min"
    MEDIAN = "median"
    MAX = "max"


@dataclass(frozen=True, slots=True)
class Charted:
    """A chart of a table and what it is of."""

    resource: ResourceLine
    table: TableLine
    column: str | None
    measure: Measure
    chart: LineChart


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when to when a version stood; `ordinal` None: nothing is known, and `why`."""

    version: Version
    start: datetime
    end: datetime
    ordinal: int | None
    why: str = ""


def chart_column(
    archive: Archive,
    name: str,
    column: str | None,
    *,
    measure: Measure | None = None,
    words: Words,
    viewer: Viewer = Viewer.NAMED_STAFF,
) -> Charted:
    """The chart of a column through all versions that the viewer may see; without a column, of
    the number of rows. Without a measure: the median of numbers, else counts by value.

    Raises NotHeld, InputRefused.
    """
    if column is None and measure not in (None, Measure.ROWS):
        raise InputRefused(
            f"A chart of {measure} needs a column.", mend=f"name one: vf show {name}."
        )
    found = asked_of(archive, name, words=words, viewer=viewer)
    if column is None or measure is Measure.ROWS:
        return found.rows()
    return found.column(column, measure)


def asked_of(archive: Archive, name: str, *, words: Words, viewer: Viewer) -> Asked:
    """What every chart of a table is made from. Raises NotHeld, InputRefused."""
    resource, line = find_table(archive, name)
    versions = archive.index.versions(resource.id)
    looked = looks_of(archive, resource, versions)
    history = history_of(archive, line)
    stretches = _stretches(versions, looked, history, viewer, words)
    known = [s.ordinal for s in stretches if s.ordinal is not None]
    if not known:
        raise NotHeld(
            f"{name} has no version that can be drawn.",
            mend=f"see them with vf versions {name} --all.",
        )
    hidden = sum(is_withdrawn(v, viewer) for v in versions)
    held = sum(v.held and not is_withdrawn(v, viewer) for v in versions)
    partial = len({s.version.number for s in stretches if s.ordinal and s.version.partial})
    return Asked(
        archive,
        resource,
        line,
        history,
        looked,
        stretches,
        words,
        _told_beside(hidden, held, partial, words),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What charts of a table are made from."""

    archive: Archive
    resource: ResourceLine
    line: TableLine
    history: TableHistory
    looked: Looks
    stretches: list[Stretch]
    words: Words
    left_out: tuple[str, ...]

    def rows(self) -> Charted:
        """The number of rows, as the manifest has it."""
        ordinals = self.history.history.manifest.ordinals
        counted = {s.ordinal: ordinals[s.ordinal - 1].rows for s in self.stretches if s.ordinal is not None}  # fmt: skip
        title = self.words.gettext("Rows in %(title)s", title=self.title)
        series = {self.words.gettext("Rows"): counted}
        chart = self.chart(title, series, self.stretches, Unit(), whole=True, said=())
        return Charted(self.resource, self.line, None, Measure.ROWS, chart)

    def column(self, name: str, measure: Measure | None) -> Charted:
        """One column; versions without it are gaps that say so."""
        ids, shown = self._find(name)
        absent = self.words.gettext("the table had no such column")
        stretches = [
            s
            if s.ordinal is None or ids in self._ids(s.ordinal)
            else Stretch(s.version, s.start, s.end, None, absent)
            for s in self.stretches
        ]
        wanted = sorted({s.ordinal for s in stretches if s.ordinal is not None})
        with ColumnOverTime(self.history.history, ids, wanted) as asked:
            lens = asked.lens()
            chosen = measure or _best(lens)
            kept, few = self._few(asked, chosen)
            stretches = [s for s in stretches if s.ordinal is None or s.ordinal in kept]
            try:
                found = self._asked(asked, chosen, lens, shown, wanted)
            except duckdb.OutOfRangeException:
                found = self._asked(asked, chosen, Lens(lens.numbers, lens.other, None, lens.sign), shown, wanted)  # fmt: skip
        title, series, unit, said = found
        said = (*said, *few)
        chart = self.chart(title, series, stretches, unit, whole=chosen is Measure.VALUES, said=said)  # fmt: skip
        return Charted(self.resource, self.line, shown, chosen, chart)

    def _few(self, asked: ColumnOverTime, measure: Measure) -> tuple[set[int], tuple[str, ...]]:
        """The ordinals that are asked; of a large table with many versions not all, and it is
        said: lowest, median and highest cost rows times versions."""
        every = list(asked.wanted)
        if measure not in (Measure.MIN, Measure.MEDIAN, Measure.MAX):
            return set(every), ()
        rows = max(self.history.history.manifest.ordinals[n - 1].rows for n in every)
        at_most = max(FEWEST_VERSIONS, PAIRS // max(1, rows))
        if len(every) <= at_most:
            return set(every), ()
        asked.wanted = sorted(
            {every[len(every) * n // at_most] for n in range(at_most)} | {every[-1]}
        )
        said = self.words.gettext(
            "Of %(all)s versions %(shown)s are drawn, as the table is large.",
            all=self.words.number(len(every)), shown=self.words.number(len(asked.wanted)),
        )  # fmt: skip
        return set(asked.wanted), (said,)

    @property
    def title(self) -> str:
        title = title_of(self.archive, self.resource.dataset, self.words)
        return f"{title}, {self.line.name}" if self.line.name else title

    def _ids(self, ordinal: int) -> set[str]:
        layout = self.history.layout_of(ordinal)
        return set(layout.ids) - set(layout.dropped)

    def _find(self, name: str) -> tuple[str, str]:
        """The id of a column and its newest name, in layouts that the viewer may see."""
        ordinals = [s.ordinal for s in reversed(self.stretches) if s.ordinal is not None]
        layouts = [self.history.layout_of(n) for n in ordinals]
        for same in (str, str.casefold):
            for layout in layouts:
                for i, shown in zip(layout.ids, layout.names, strict=True):
                    if same(shown) == same(name):
                        if i in layout.dropped:
                            raise NotHeld(
                                f"Column “{shown}” changes at each export and is left out of the history.",
                                mend=f"take it in again with vf key --undo {shown}.",
                            )
                        newest = next(e for e in layouts if i in e.ids)
                        return i, newest.names[newest.ids.index(i)]
        held = ", ".join(layouts[0].names[:12])
        raise NotHeld(f"There is no column “{name}”.", mend=f"choose one of: {held}.")

    def _asked(
        self, asked: ColumnOverTime, measure: Measure, lens: Lens, name: str, wanted: Sequence[int]
    ) -> tuple[str, dict[str, Mapping[int, Number]], Unit, tuple[str, ...]]:
        """Title, values by line and ordinal, unit, and what must be said."""
        words, title = self.words, self.title
        match measure:
            case Measure.BLANK:
                told = words.gettext("Share of rows without %(column)s: %(title)s", column=name, title=title)  # fmt: skip
                rows = self.history.history.manifest.ordinals
                shares = {n: blank / rows[n - 1].rows for n, blank in asked.blank().items() if rows[n - 1].rows}  # fmt: skip
                return told, {words.gettext("Blank"): shares}, Unit(share=True), ()
            case Measure.VALUES | Measure.ROWS:
                told = words.gettext("Rows by %(column)s: %(title)s", column=name, title=title)
                return told, self._by_value(asked, wanted), Unit(), ()
        if not lens.numbers:
            raise InputRefused(
                f"Column “{name}” has no numbers.", mend="count its values instead: --show values."
            )
        titles = {
            Measure.SUM: words.gettext("Sum of %(column)s: %(title)s", column=name, title=title),
            Measure.MIN: words.gettext("Lowest %(column)s: %(title)s", column=name, title=title),
            Measure.MEDIAN: words.gettext("Median %(column)s: %(title)s", column=name, title=title),
            Measure.MAX: words.gettext("Highest %(column)s: %(title)s", column=name, title=title),
        }
        unit = Unit(after="%") if lens.sign == "%" else Unit(before=lens.sign)
        said = []
        most = max(asked.not_numbers().values(), default=0)
        if most:
            said.append(
                words.ngettext(
                    "%(n)s value in a version is no number and is left out.",
                    "Up to %(n)s values in a version are no numbers and are left out.",
                    most,
                )
            )
        return titles[measure], {name: _numbers(asked, measure, lens)}, unit, tuple(said)

    def _by_value(
        self, asked: ColumnOverTime, wanted: Sequence[int]
    ) -> dict[str, Mapping[int, Number]]:
        """Rows by value: all of few, else the commonest and the rest together; blanks apart."""
        words, rows = self.words, self.history.history.manifest.ordinals
        blank = asked.blank()
        has_blank = any(blank.values())
        room = FEW_VALUES - int(has_blank)
        all_shown = asked.distinct() <= room
        counted = asked.counts(asked.commonest(room if all_shown else room - 1))
        found: dict[str, Mapping[int, Number]] = dict(counted)
        if not all_shown:
            rest = {
                n: rows[n - 1].rows - blank[n] - sum(each[n] for each in counted.values())
                for n in wanted
            }
            found[words.gettext("all others")] = rest
        if has_blank:
            found[words.gettext("(blank)")] = blank
        return found

    def _what_is_a_gap(self) -> str:
        if self.resource.kind == SourceKind.GIT:
            return self.words.gettext(
                "A time without a state counts as a gap when it is three times as long as is usual around it."
            )
        days = max(1, round(self.looked.allowed.total_seconds() / 86400))
        return self.words.ngettext(
            "A time without a look counts as a gap when it is longer than %(n)s day.",
            "A time without a look counts as a gap when it is longer than %(n)s days.",
            days,
        )

    def chart(
        self, title: str, series: Mapping[str, Mapping[int, Number]], stretches: Sequence[Stretch],
        unit: Unit, *, whole: bool, said: Sequence[str],
    ) -> LineChart:  # fmt: skip
        words = self.words
        gaps = [Gap(self._local(s.start), self._local(s.end), s.why) for s in stretches if s.ordinal is None and s.end > s.start]  # fmt: skip
        gaps += [Gap(self._local(a), self._local(b), not_looked(self.resource, words)) for a, b in self.looked.gaps]  # fmt: skip
        lines = tuple(
            Series(label, tuple(self._points(values, stretches)))
            for label, values in series.items()
        )
        last = self._local(self.looked.told[-1])
        told = [*said, *self.left_out]
        if self.looked.gaps:
            told.append(self._what_is_a_gap())
        about = About(
            "chart",
            title,
            source_of(self.archive, self.resource, self.words),
            last.date(),
            "",
            unit,
        )
        return LineChart(about, lines, last, tuple(sorted(gaps, key=lambda g: g.start)), whole=whole, left_out=tuple(told))  # fmt: skip

    def _points(self, values: Mapping[int, Number], stretches: Sequence[Stretch]) -> list[Point]:
        """A point where a version begins, and where it is seen again after a gap."""
        found = []
        seen_again = [end for _, end in self.looked.gaps if end not in self.looked.bare]
        for s in stretches:
            value = values.get(s.ordinal) if s.ordinal is not None else None
            found.append(Point(self._local(s.start), value))
            again = seen_again[bisect_right(seen_again, s.start) : bisect_right(seen_again, s.end)]
            found += [Point(self._local(end), value) for end in again if value is not None]
        return found

    def _local(self, moment: datetime) -> datetime:
        return wall_time(self.archive, moment)


def _told_beside(hidden: int, held: int, partial: int, words: Words) -> tuple[str, ...]:
    """What is withdrawn or held, and so not drawn, and what may lack something is said."""
    said = []
    if partial:
        said.append(
            words.ngettext(
                "%(n)s version that is drawn may not be whole.",
                "%(n)s versions that are drawn may not be whole.",
                partial,
            )
        )
    if hidden:
        said.append(
            words.ngettext(
                "%(n)s version is withdrawn and not drawn.",
                "%(n)s versions are withdrawn and not drawn.",
                hidden,
            )
        )
    if held:
        said.append(
            words.ngettext(
                "%(n)s version is held for review and not drawn.",
                "%(n)s versions are held for review and not drawn.",
                held,
            )
        )
    return tuple(said)


def _best(lens: Lens) -> Measure:
    """The median of numbers, else counts by value."""
    all_texts = lens.numbers + lens.other
    return (
        Measure.MEDIAN
        if all_texts and lens.numbers / all_texts >= NUMERIC_SHARE
        else Measure.VALUES
    )


def _numbers(asked: ColumnOverTime, measure: Measure, lens: Lens) -> Mapping[int, Number]:
    match measure:
        case Measure.SUM:
            return asked.sums(lens)
        case Measure.MEDIAN:
            return asked.medians(lens)
        case Measure.MIN:
            return {n: low for n, (low, _) in asked.extremes(lens).items()}
        case _:
            return {n: high for n, (_, high) in asked.extremes(lens).items()}


def _stretches(
    versions: Sequence[Version], looked: Looks, history: TableHistory, viewer: Viewer, words: Words
) -> list[Stretch]:
    """Each version from its first sighting to that of the next, or until it was gone; what the
    viewer may not see, what is held and what is no table has no ordinal and a reason."""
    found = []
    for place, version in enumerate(versions):
        later = versions[place + 1].seen_at if place + 1 < len(versions) else looked.moments[-1]
        end = min(later, version.absent_from) if version.absent_from else later
        ordinal, why = _known(version, history, viewer, words)
        found.append(Stretch(version, version.seen_at, max(end, version.seen_at), ordinal, why))
        if version.absent_from and later > version.absent_from:
            gone = words.gettext("the publisher did not offer it")
            found.append(Stretch(version, version.absent_from, later, None, gone))
    return found


def _known(
    version: Version, history: TableHistory, viewer: Viewer, words: Words
) -> tuple[int | None, str]:
    if is_withdrawn(version, viewer):
        return None, words.gettext("withdrawn by the library")
    if not version.readable:
        return None, words.gettext("the file could not be read")
    if version.held or not visible_to(viewer, version):
        return None, words.gettext("held for review")
    ordinal = history.ordinal_of(version.sha256)
    return ordinal, "" if ordinal is not None else words.gettext("the file had no such table")


def is_withdrawn(version: Version, viewer: Viewer) -> bool:
    """Whether the viewer may not see a version because it was taken out of view, not held."""
    return bool(version.hidden) and not visible_to(viewer, version)


def not_looked(resource: ResourceLine, words: Words) -> str:
    """Why nothing is known of a gap."""
    if resource.kind == SourceKind.GIT:
        return words.gettext("the source records no state")
    return words.gettext("we did not check")


def wall_time(archive: Archive, moment: datetime) -> datetime:
    """A moment as clocks at the library show it; charts know no zones."""
    return moment.astimezone(archive.zone).replace(tzinfo=None)


def title_of(archive: Archive, dataset: str, words: Words) -> str:
    """What a dataset is called in the language of a chart, else in English."""
    titles = description_of(archive, dataset).title
    return titles.get(words.language.split("-")[0], titles["en"]).value


def source_of(archive: Archive, resource: ResourceLine, words: Words) -> str:
    """Where a chart says its data is from: the dataset and the publisher's host. No path of a
    machine and no account in an address is shown."""
    title = title_of(archive, resource.dataset, words)
    host = urlsplit(resource.location).hostname if "://" in resource.location else None
    return f"{title} ({host})" if host else title
