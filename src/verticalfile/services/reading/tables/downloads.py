"""In which forms a version can be taken, and what each is good for."""

from __future__ import annotations

from dataclasses import dataclass

from verticalfile.services.opening import Form
from verticalfile.services.reading.at_hand import AtHand

SPREADSHEET_ROWS = 1_048_576
"""What Excel and LibreOffice open; the rest would be cut off without a word."""


@dataclass(frozen=True, slots=True)
class Downloads:
    """Forms of the version at hand; `form` is the word in the address."""

    here: AtHand
    forms: tuple[str, ...]
    original_bytes: int
    too_long_for_spreadsheets: bool


def downloads(here: AtHand) -> Downloads:
    """What can be taken of the version at hand."""
    assert here.version is not None
    forms: list[str] = []
    if here.ordinal is not None:
        forms += [str(Form.CSV), "excel", str(Form.JSONL), str(Form.PARQUET)]
        if "geometry" in here.columns:
            forms.append(str(Form.GEOJSON))
    return Downloads(
        here, (*forms, str(Form.ORIGINAL)), here.version.size_bytes,
        (here.rows or 0) > SPREADSHEET_ROWS - 1,
    )  # fmt: skip
