"""The values of a column in one version, drawn: how often each, how they lie, by another column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from verticalfile.charts import (
    About,
    Bar,
    BarChart,
    Dot,
    DotChart,
    Drawn,
    HistogramChart,
    StackedChart,
    Unit,
    Whole,
    Words,
    binned,
    draw_bars,
    draw_dots,
    draw_histogram,
    draw_stacked,
)
from verticalfile.charts.rows import ROWS
from verticalfile.history.views import tallies
from verticalfile.history.views.column_facts import ColumnFacts, column_facts
from verticalfile.history.views.lenses import Lens
from verticalfile.services.archive import Archive
from verticalfile.services.reading.at_hand import AtHand, must_be_table
from verticalfile.services.reading.errors import QuestionRefused, not_on_shelf
from verticalfile.services.through_time.charting import source_of, title_of, wall_time

GROUPS = 60
"""A column with more different values makes no groups that can be read."""
BINS = 24
WEAK = 5
"""Groups of fewer rows say little of where their middle lies; their dots are hollow."""


class Drawing(StrEnum):
    """How the values of a column can be drawn."""

    HISTOGRAM = "histogram"  # numbers: how many lie in each stretch
    BARS = "bars"  # how many rows have each value
    STACKED = "stacked"  # the same, cut by the values of another column
    DOTS = "dots"  # numbers by group: the median, and the middle half as a line


@dataclass(frozen=True, slots=True)
class Spread:
    """A drawing of a column's values, and what else could be drawn."""

    drawn: Drawn
    column: ColumnFacts
    by: str
    drawing: Drawing
    columns: tuple[str, ...]
    groups: tuple[str, ...]  # columns by which this one can be cut
    drawings: tuple[Drawing, ...]
    rows_of: tuple[tuple[str, int], ...]  # values that rows share, and how many have each
    rows_by: str  # the column that has them


def drawn_values(
    archive: Archive, here: AtHand, column: str, by: str, drawing: str, words: Words
) -> Spread:
    """Draw a column of the version at hand; without one, the first. Raises NotOnShelf,
    QuestionRefused, SeveralFiles."""
    history, ordinal = must_be_table(here)
    facts = column_facts(history.history, ordinal)
    if not facts:
        raise not_on_shelf("column of that name", dataset=here.dataset.name)
    found = _column(facts, column, here) if column else _most_telling(facts)
    groups = [f for f in facts if 1 < f.distinct <= GROUPS and f.id != found.id]
    group = _column(groups, by, here) if by else None
    possible = _possible(found, group)
    if drawing and drawing not in possible:
        raise QuestionRefused("This cannot be drawn of this column.", mend="choose another.", column=found.name)  # fmt: skip
    chosen = Drawing(drawing) if drawing else possible[0]
    drawn = _Values(archive, here, found, group, words).draw(chosen)
    shared = group or found
    common = tallies.by_value(history.history, ordinal, shared.id)[:ROWS]
    return Spread(
        drawn, found, group.name if group else "", chosen, tuple(f.name for f in facts),
        tuple(f.name for f in groups), possible,
        tuple((value, n) for value, n in common if value is not None and n > 1), shared.name,
    )  # fmt: skip


def _most_telling(facts: Sequence[ColumnFacts]) -> ColumnFacts:
    """A column whose values repeat; of a table without any, the first."""
    return next((f for f in facts if 1 < f.distinct <= GROUPS), facts[0])


def _column(facts: Sequence[ColumnFacts], name: str, here: AtHand) -> ColumnFacts:
    for each in facts:
        if each.name == name:
            return each
    raise not_on_shelf("column of that name", dataset=here.dataset.name)


def _possible(column: ColumnFacts, group: ColumnFacts | None) -> tuple[Drawing, ...]:
    """The best one first."""
    is_number = column.lens is Lens.NUMBER
    if group is None:
        return (Drawing.HISTOGRAM, Drawing.BARS) if is_number else (Drawing.BARS,)
    parts = (Drawing.STACKED,) if column.distinct <= GROUPS else ()
    return (Drawing.DOTS, *parts) if is_number else parts or (Drawing.BARS,)


@dataclass(frozen=True, slots=True)
class _Values:
    archive: Archive
    here: AtHand
    column: ColumnFacts
    group: ColumnFacts | None
    words: Words

    def draw(self, drawing: Drawing) -> Drawn:
        match drawing:
            case Drawing.HISTOGRAM:
                return self._histogram()
            case Drawing.BARS:
                return self._bars()
            case Drawing.STACKED:
                return self._stacked()
            case Drawing.DOTS:
                return self._dots()

    def _histogram(self) -> Drawn:
        history, ordinal = must_be_table(self.here)
        span = tallies.range_of(history.history, ordinal, self.column.id)
        if span is None:
            return draw_histogram(HistogramChart(self._about(self._plain), (), ()), self.words)
        edges, _ = binned(span, BINS)
        counts, without = tallies.between(history.history, ordinal, self.column.id, edges)
        rows = self.words.gettext("Rows")
        chart = HistogramChart(
            self._about(self._plain), edges, counts, rows, self._without(without)
        )
        return draw_histogram(chart, self.words)

    def _bars(self) -> Drawn:
        """The most frequent values, and all others as one bar."""
        history, ordinal = must_be_table(self.here)
        found = tallies.by_value(history.history, ordinal, self.column.id)
        shown = found if len(found) <= ROWS else found[: ROWS - 1]
        bars = [Bar(self._named(value), n) for value, n in shown]
        rest = self.column.rows - sum(n for _, n in shown)
        if rest > 0:
            bars.append(Bar(self.words.gettext("all others"), rest))
        note = ""
        if len(found) > 1 and found[0][1] == 1:
            note = self.words.gettext("Each row has another value.")
        title = self.words.gettext("Rows by %(column)s: %(title)s", column=self.column.name, title=self._title)  # fmt: skip
        about = replace(self._about(title), note=note)
        chart = BarChart(about, tuple(bars), self.column.name, self.words.gettext("Rows"))
        return draw_bars(chart, self.words)

    def _stacked(self) -> Drawn:
        assert self.group is not None
        history, ordinal = must_be_table(self.here)
        cells = tallies.crossed(history.history, ordinal, self.column.id, self.group.id)
        parts: dict[str | None, int] = {}
        wholes: dict[str | None, dict[str | None, int]] = {}
        for whole, part, n in cells:
            parts[part] = parts.get(part, 0) + n
            wholes.setdefault(whole, {})[part] = n
        order = sorted(parts, key=lambda part: -parts[part])
        by_size = sorted(wholes, key=lambda whole: -sum(wholes[whole].values()))
        rows = tuple(
            Whole(self._named(whole), tuple(wholes[whole].get(part, 0) for part in order))
            for whole in by_size
        )
        chart = StackedChart(
            self._about(self._crossed), tuple(map(self._named, order)), rows, self.group.name,
            self.words.gettext("Rows"),
        )  # fmt: skip
        return draw_stacked(chart, self.words)

    def _dots(self) -> Drawn:
        assert self.group is not None
        history, ordinal = must_be_table(self.here)
        found = tallies.spreads(history.history, ordinal, self.column.id, self.group.id)
        dots = tuple(
            Dot(self._named(each.group), each.median, each.low, each.high, each.count < WEAK)
            for each in found
        )
        sure = self.words.gettext("The dot is the median; the line holds the middle half of the rows.")  # fmt: skip
        about = self._about(self._crossed)
        return draw_dots(DotChart(about, dots, self.group.name, self.column.name, sure), self.words)

    @property
    def _title(self) -> str:
        title = title_of(self.archive, self.here.dataset.name, self.words)
        table = self.here.table.name if self.here.table else ""
        return f"{title}, {table}" if table else title

    @property
    def _plain(self) -> str:
        return self.words.gettext("Values of %(column)s: %(title)s", column=self.column.name, title=self._title)  # fmt: skip

    @property
    def _crossed(self) -> str:
        assert self.group is not None
        return self.words.gettext(
            "%(column)s by %(group)s: %(title)s", column=self.column.name, group=self.group.name,
            title=self._title,
        )  # fmt: skip

    def _about(self, title: str) -> About:
        assert self.here.version is not None
        day = wall_time(self.archive, self.here.version.seen_at).date()
        source = source_of(self.archive, self.here.file, self.words)
        return About("values", title, source, day, "", Unit())

    def _named(self, value: str | None) -> str:
        return self.words.gettext("(blank)") if value is None else value

    def _without(self, rows: int) -> tuple[str, ...]:
        if not rows:
            return ()
        told = self.words.ngettext(
            "%(n)s row has no number and is not drawn.",
            "%(n)s rows have no number and are not drawn.", rows,
        )  # fmt: skip
        return (told,)
