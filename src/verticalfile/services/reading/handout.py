"""What stands on a hand-out: a dataset, a view of its table or a change, as of a version.

One or two pages for a table in a library: a drawing, at most so many rows, where it is from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from verticalfile.charts import Drawn, Words
from verticalfile.kernel.errors import InputRefused
from verticalfile.services.archive import Archive
from verticalfile.services.citing.citing import Citation
from verticalfile.services.names import NotHeld
from verticalfile.services.reading.about import About, about
from verticalfile.services.reading.at_hand import AtHand
from verticalfile.services.reading.citation import citations
from verticalfile.services.reading.errors import not_on_shelf
from verticalfile.services.reading.tables.columns import columns_of
from verticalfile.services.reading.tables.differences import Differences, base_of, differences
from verticalfile.services.reading.tables.drawn import drawn_column, drawn_rows
from verticalfile.services.reading.tables.table import Question, TablePage, table_page

ROWS = (25, 14, 7, 3)
"""Rows of the full sheet, and of shorter ones for where it does not fit on two pages."""
ROWS_LARGE = (10, 6, 3, 1)
COLUMNS, COLUMNS_LARGE = 6, 3


NOTHING_ASKED = Question()


class Of(StrEnum):
    """What a hand-out is of."""

    DATASET = "dataset"
    TABLE = "table"
    CHANGES = "changes"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address asks of a hand-out."""

    of: Of = Of.DATASET
    question: Question = NOTHING_ASKED  # of the table
    old: str = ""  # the moment that a change is told from
    kind: str = ""
    column: str = ""  # of a change
    chart: str = ""  # the column to draw
    large: bool = False
    paper: str = "letter"


@dataclass(frozen=True, slots=True)
class Handout:
    """Everything on the sheet; of the three kinds one is not None."""

    here: AtHand
    wanted: Wanted
    source: Citation
    drawn: Drawn | None
    about: About | None
    table: TablePage | None
    changes: Differences | None
    more_columns: int = 0  # that do not fit on paper


def handout(archive: Archive, here: AtHand, wanted: Wanted, base: str, words: Words) -> Handout:
    """Gather it. Raises NotOnShelf, QuestionRefused, Withdrawn."""
    source = citations(archive, here, base, whole=False)[0]
    drawn = _drawn(archive, here, wanted, words)
    if wanted.of is Of.TABLE:
        page, more = _table(archive, here, wanted)
        return Handout(here, wanted, source, drawn, None, page, None, more)
    if wanted.of is Of.CHANGES:
        old = base_of(here, wanted.old) if here.ordinal else None
        if old is None:
            raise not_on_shelf("change in this version", dataset=here.dataset.name)
        found = differences(archive, here, old, kind=wanted.kind, column=wanted.column)
        return Handout(here, wanted, source, drawn, None, None, found)
    told = replace(about(archive, here), columns=tuple(columns_of(here)))  # paper cannot wait
    return Handout(here, wanted, source, drawn, told, None, None)


def _drawn(archive: Archive, here: AtHand, wanted: Wanted, words: Words) -> Drawn | None:
    """The column asked for; of a dataset alone, its rows through time. None where it has no table
    or one version only: a line needs two ends."""
    if wanted.chart and here.ordinal is not None:
        return drawn_column(archive, here, wanted.chart, "", words).drawn
    if wanted.of is not Of.DATASET or here.ordinal is None or len(here.versions) < 2:
        return None
    try:
        return drawn_rows(archive, here, words)
    except (NotHeld, InputRefused):
        return None


def _table(archive: Archive, here: AtHand, wanted: Wanted) -> tuple[TablePage, int]:
    """The first rows, and how many columns are left out for the width of the paper."""
    most = COLUMNS_LARGE if wanted.large else COLUMNS
    asked = wanted.question.columns or here.columns
    question = replace(wanted.question, columns=tuple(asked[:most]), page=1, after="", size=25)
    return table_page(archive, here, question), max(0, len(asked) - most)
