"""Lenses: how text as published is read for showing and sorting. Never stored over the text.

A column has a lens when every cell that is not blank fits it. Numbers may have thousands commas
and a dollar sign; a leading zero makes a code, which stays text.
"""

from __future__ import annotations

from enum import StrEnum

from verticalfile.history.encoding import quoted

NUMBER_PATTERN = r"^-?\$?(0|[1-9]\d{0,14}|[1-9]\d{0,2}(,\d{3})+)?(\.\d+)?([eE][+-]?\d{1,3})?$"
ISO_PATTERN = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$"
US_PATTERN = r"^\d{1,2}/\d{1,2}/\d{4}( .*)?$"


class Lens(StrEnum):
    """How a column is read."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"  # year-month-day, which sorts as text
    DATE_US = "date us"  # month/day/year


def fits_sql(lens: Lens, column: str) -> str:
    """SQL: whether a cell that is not blank fits the lens."""
    name = quoted(column)
    match lens:
        case Lens.NUMBER:
            return (
                f"({number_sql(column)} IS NOT NULL AND regexp_matches({name}, '{NUMBER_PATTERN}'))"
            )
        case Lens.DATE:
            return f"regexp_matches({name}, '{ISO_PATTERN}')"
        case Lens.DATE_US:
            return f"(regexp_matches({name}, '{US_PATTERN}') AND {us_date_sql(column)} IS NOT NULL)"
        case Lens.TEXT:
            return "true"


def number_sql(column: str) -> str:
    """SQL of a cell's number, NULL where it is none."""
    cell = quoted(column)
    bare = f"replace(replace({cell}, ',', ''), '$', '')"  # four times the rest: only where needed
    return f"coalesce(try_cast({cell} AS DOUBLE), try_cast({bare} AS DOUBLE))"


def us_date_sql(column: str) -> str:
    """SQL of a month/day/year as year-month-day text; hours, when there are some, behind it."""
    parts = f"split_part({quoted(column)}, ' ', 1)"
    return f"strftime(try_strptime({parts}, '%m/%d/%Y'), '%Y-%m-%d')"


def sort_sql(column: str, lens: Lens) -> str:
    """SQL by which a column is sorted and bounded; NULL for blanks and what does not fit."""
    match lens:
        case Lens.NUMBER:
            return number_sql(column)
        case Lens.DATE_US:
            return us_date_sql(column)
        case _:
            return f"nullif({quoted(column)}, '')"
