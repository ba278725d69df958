"""Drawings of what is at hand: its timeline, its rows, a column, a row's numbers through time.

Each covers all versions that the reader may see, whichever of them is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verticalfile.charts import Drawn, Words, alone, draw_line, draw_timeline
from verticalfile.history.views.column_shapes import column_shapes
from verticalfile.history.views.lenses import Lens
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import Archive
from verticalfile.services.listing import versions
from verticalfile.services.names import Chosen, NotHeld
from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.errors import QuestionRefused, not_on_shelf
from verticalfile.services.reading.tables.taking import Taken
from verticalfile.services.through_time.charting import Measure, chart_column
from verticalfile.services.through_time.row_charts import charts_of_row
from verticalfile.services.through_time.timeline import timeline_of

FORMS = {"csv": "text/csv; charset=utf-8", "svg": "image/svg+xml"}
OF_NUMBERS = (Measure.MEDIAN, Measure.MIN, Measure.MAX, Measure.SUM)
OF_ANY = (Measure.VALUES, Measure.BLANK)


@dataclass(frozen=True, slots=True)
class ColumnDrawn:
    """A chart of a column, or of the rows, and what else could be drawn."""

    drawn: Drawn
    column: str  # "" is the number of rows
    measure: Measure
    columns: tuple[str, ...]
    measures: tuple[Measure, ...]  # of this column


def drawn_timeline(archive: Archive, here: AtHand, words: Words) -> Drawn | None:
    """Every version and gap; None where there are too few to draw."""
    resource, lines = versions(archive, f"{here.dataset.name}/{here.file.name}")
    if len(lines) < 2:
        return None
    chosen = Chosen(here.version, here.on) if here.version else None
    found = timeline_of(archive, resource, lines, chosen, words=words, viewer=here.viewer)
    return draw_timeline(found.chart, words)


def drawn_rows(archive: Archive, here: AtHand, words: Words) -> Drawn | None:
    """The number of rows; None where no table is at hand or nothing of it may be shown."""
    if here.table is None:
        return None
    try:
        found = chart_column(archive, name_of(here), None, words=words, viewer=here.viewer)
    except NotHeld:
        return None
    return draw_line(found.chart, words)


def drawn_column(
    archive: Archive, here: AtHand, column: str, measure: str, words: Words
) -> ColumnDrawn:
    """A column as asked; without one, the rows. Raises NotOnShelf, QuestionRefused."""
    try:
        asked = Measure(measure) if measure and column else None
        found = chart_column(
            archive, name_of(here), column or None, measure=asked, words=words, viewer=here.viewer
        )
    except NotHeld:
        raise not_on_shelf("column of that name", dataset=here.dataset.name) from None
    except (InputRefused, ValueError):
        raise QuestionRefused(
            "This cannot be drawn of this column.", mend="choose another.", column=column
        ) from None
    name = found.column or ""
    measures: tuple[Measure, ...] = OF_ANY
    if found.measure in OF_NUMBERS or name in _numeric(here):
        measures = (*OF_NUMBERS, *OF_ANY)
    return ColumnDrawn(
        draw_line(found.chart, words), name, found.measure, here.columns, measures if name else ()
    )


def _numeric(here: AtHand) -> set[str]:
    assert here.history is not None
    assert here.ordinal is not None
    shapes = column_shapes(here.history.history, here.ordinal)
    return {each.name for each in shapes if each.lens is Lens.NUMBER}


def drawn_row(
    archive: Archive, here: AtHand, key: Sequence[str], words: Words
) -> list[tuple[str, Drawn]]:
    """The numbers of a row that changed, each with its column. Raises NotOnShelf."""
    try:
        charts = charts_of_row(archive, name_of(here), key, words=words, viewer=here.viewer)
    except (NotHeld, InputRefused):
        raise not_on_shelf("row of that name", dataset=here.dataset.name) from None
    return [(chart.series[0].name, draw_line(chart, words)) for chart in charts]


def name_of(here: AtHand) -> str:
    """What is at hand, as the services are asked for it."""
    table = here.table.name if here.table else ""
    return f"{here.dataset.name}/{here.file.name}/{table}".rstrip("/")


def take_drawn(here: AtHand, drawn: Drawn, what: str, form: str) -> Taken:
    """The numbers of a drawing, or the wide drawing as a file of its own."""
    whole = in_form(drawn, form)
    until = f"_until-{drawn.about.as_of.isoformat()}" if drawn.about.as_of else ""
    alone_here = here.alone
    name = here.dataset.name if alone_here else f"{here.dataset.name}_{here.file.name}"
    return Taken(f"{name}_{what}{until}.{form}", FORMS[form], iter([whole]), len(whole))


def in_form(drawn: Drawn, form: str) -> bytes:
    """The numbers as CSV, or the wide drawing as SVG."""
    return (drawn.numbers.csv() if form == "csv" else alone(drawn.wide)).encode()
